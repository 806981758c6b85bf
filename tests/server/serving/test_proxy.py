"""A real nginx with the configuration of deploy/: a path, TLS, a unix socket; uploads, runs, websockets and cookies go through it."""

import json
import re
import select
import socket
import ssl
import subprocess
import time

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from mnemoscope_server.settings import ELSEWHERE, Settings, variable
from tests import ROOT
from tests.programs import free_port, program
from tests.server.conftest import Server

TOKEN = "a-token-that-is-long-enough"
HOST = "mem.example.org"


class Behind(Server):
    """A server on a unix socket; its address is not one that a browser opens."""

    def _url(self):
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        assert ready
        assert re.match(r"Mnemoscope: unix:\S+/http /memory/\?token=", self.process.stdout.readline())
        return "http://unix/"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """(address, TLS) of nginx before a server."""
    nginx, openssl = program("nginx"), program("openssl")
    folder = tmp_path_factory.mktemp("proxy")
    port, path = free_port(), folder / "http"
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for said, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/run/mnemoscope/http", str(path)),
        ("/etc/ssl/mem.example.org.pem", str(folder / "cert.pem")),
        ("/etc/ssl/mem.example.org.key", str(folder / "key.pem")),
    ):
        assert said in site
        site = site.replace(said, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temporary}\n{site} }}"
    )
    server = Behind(
        folder, unix_socket=path, root_path="/memory", allowed_hosts=json.dumps([HOST]), token=TOKEN, log="json",
        access_log="yes",
    )  # fmt: skip
    proxy = subprocess.Popen([nginx, "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.PIPE)
    tls = ssl.create_default_context(cafile=folder / "cert.pem")
    tls.check_hostname = False  # the name is not in any DNS
    url = f"https://127.0.0.1:{port}/memory/"
    deadline = time.monotonic() + 60
    while True:
        try:
            if httpx.get(url + "readyz", headers={"Host": HOST}, verify=tls).status_code == 200:
                break
        except httpx.TransportError:
            assert proxy.poll() is None, proxy.stderr.read()
        assert time.monotonic() < deadline, (folder / "error.log").read_text()
        time.sleep(0.1)
    yield server, url, tls, port
    proxy.terminate()
    proxy.wait(30)
    proxy.stderr.close()
    server.close()
    assert not path.exists(), "the socket goes with the server"


@pytest.fixture
def browser(proxied):
    """Somebody who came in by the token, as a browser says it."""
    _, url, tls, port = proxied
    origin = {"Host": f"{HOST}:{port}", "Origin": f"https://{HOST}:{port}"}
    with httpx.Client(base_url=url, verify=tls, headers=origin, timeout=60) as client:
        answer = client.get("", params={"token": TOKEN})
        assert (answer.status_code, answer.headers["location"]) == (303, "/memory/")
        cookie = answer.headers["set-cookie"].lower()
        assert "path=/memory/" in cookie
        assert "secure" in cookie
        client.cookies.clear()
        client.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
        yield client


def test_a_whole_run_through_nginx(proxied, browser):
    """Upload, run, watch and drive it, read it: below a path, by TLS, from a page of that very address."""
    _, url, tls, _ = proxied
    rows = b"t,v\n" + b"".join(b"%d,%d\n" % (k, k % 9) for k in range(300))
    upload = browser.post("api/uploads", files={"file": ("a.csv", rows)})
    assert upload.status_code == 201, upload.text
    signal = {"kind": "generated", "generator": "sines", "steps": 200}
    body = {"signal": signal, "task": "signal-recall", "models": ["fake"], "start": "paused"}
    made = browser.post("api/sessions", json=body)
    assert made.status_code == 201, made.text
    identity = made.json()["id"]
    address = url.replace("https", "wss") + f"ws/{identity}"
    cookies = "; ".join([browser.headers["Cookie"], made.headers["set-cookie"].split(";")[0]])
    headers = {"Host": browser.headers["Host"], "Cookie": cookies}
    raw = socket.create_connection(("127.0.0.1", proxied[3]))
    with connect(
        address.replace("127.0.0.1", HOST), sock=raw, ssl=tls, server_hostname=HOST, compression=None, max_size=None,
        origin=browser.headers["Origin"], additional_headers={"Cookie": headers["Cookie"]},
    ) as ws:  # fmt: skip
        ws.send('{"type":"hello","have":0}')
        assert json.loads(ws.recv(timeout=30))["type"] == "hello"
        ws.send('{"type":"play"}')
        kinds = set()
        while "ended" not in kinds:
            message = ws.recv(timeout=60)
            kinds.add(json.loads(message)["type"] if isinstance(message, str) else "frames")
        assert "frames" in kinds
    with pytest.raises(InvalidStatus) as refused, connect(
        address.replace("127.0.0.1", HOST), sock=socket.create_connection(("127.0.0.1", proxied[3])), ssl=tls,
        server_hostname=HOST, origin="https://evil.example",
    ):  # fmt: skip
        pass
    assert refused.value.response.status_code == 403
    assert browser.get(f"api/recordings/{identity}").json()["steps"] == 200
    assert len(browser.get(f"api/recordings/{identity}/file").content) > 1000
    page = browser.get("api/recordings", params={"limit": 1})
    assert page.headers.get("link", "</memory/").startswith("</memory/")


def test_the_server_knows_who_asks_and_which_request_it_is(proxied, browser):
    """nginx says both; what a visitor says of himself is not believed."""
    server = proxied[0]
    answer = browser.get("api/status", headers={"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "made-up-by-me"})
    identity = answer.headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{32}", identity)
    deadline = time.monotonic() + 30
    while not (lines := [line for line in (server.folder / "stderr.txt").read_text().splitlines() if identity in line]):
        assert time.monotonic() < deadline, "the line is written after the answer"
    line = json.loads(lines[0])
    assert (line["client"], line["route"]) == ("127.0.0.1", "/api/status")


def test_without_the_token_nginx_lets_nobody_in(proxied):
    """It connects from this machine, and is still not this machine's user."""
    _, url, tls, port = proxied
    with httpx.Client(base_url=url, verify=tls, headers={"Host": f"{HOST}:{port}"}) as stranger:
        assert stranger.get("api/recordings").status_code == 401
        assert stranger.get("metrics").status_code == 401
        assert stranger.get("api/status", headers={"Host": "evil.example"}).status_code == 400


def test_what_is_deployed_names_settings_that_there_are():
    """A name that is none would keep the server from starting."""
    known = {variable(name) for name in Settings.model_fields} | set(ELSEWHERE)
    files = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())
    assert len(files) >= 5
    for file in files:
        found = set(re.findall(r"MNEMOSCOPE_[A-Z_]+", file.read_text(encoding="utf-8")))
        assert found <= known, file.name
