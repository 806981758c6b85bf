"""A real nginx and a real Caddy with the configurations of deploy/: a path, TLS, a unix socket; uploads, runs, websockets and cookies go through them."""

import json
import os
import re
import select
import socket
import ssl
import subprocess
import time
from typing import NamedTuple

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


def adapted(name, **here):
    """A file of deploy/ with what is elsewhere on this machine: each word stands in it."""
    site = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    for said, instead in here.items():
        assert said in site
        site = site.replace(said, str(instead))
    return site


def nginx(folder, port, path):
    """What is called to run nginx with deploy/nginx.conf."""
    binary = program("nginx")
    site = adapted("nginx.conf", **{
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl", "/run/mnemoscope/http": path,
        "/etc/ssl/mem.example.org.pem": folder / "cert.pem", "/etc/ssl/mem.example.org.key": folder / "key.pem",
    })  # fmt: skip
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temporary}\n{site} }}"
    )
    return [binary, "-c", folder / "nginx.conf", "-p", folder]


def caddy(folder, port, path):
    """What is called to run Caddy with deploy/Caddyfile. The certificate is one of ours: there is nobody to fetch one from."""
    binary = program("caddy")
    site = adapted("Caddyfile", **{
        f"{HOST} {{": f"https://{HOST}:{port} {{\n\tbind 127.0.0.1\n\ttls {folder}/cert.pem {folder}/key.pem",
        "/run/mnemoscope/http": path,
    })  # fmt: skip
    ours = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_sni {HOST}\n\tstorage file_system {folder}/kept\n}}\n"
    (folder / "Caddyfile").write_text(ours + site)
    return [binary, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]


PROXIES = {
    "nginx": (nginx, r"[0-9a-f]{32}", (400, "forbidden-host")),
    "caddy": (caddy, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", (200, "")),
}
"""What runs each, the ids that it gives to requests, and what is answered to another name: Caddy itself says nothing."""


class Proxied(NamedTuple):
    """A server, and the address of the proxy before it."""

    server: Server
    url: str
    tls: ssl.SSLContext
    port: int
    ids: str
    foreign: tuple[int, str]


@pytest.fixture(scope="module", params=list(PROXIES))
def proxied(request, tmp_path_factory):
    called, *answers = PROXIES[request.param]
    openssl = program("openssl")
    folder = tmp_path_factory.mktemp("proxy")
    port, path = free_port(), folder / "http"
    command = called(folder, port, path)
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        check=True, capture_output=True,
    )  # fmt: skip
    server = Behind(
        folder, unix_socket=path, root_path="/memory", allowed_hosts=json.dumps([HOST]), token=TOKEN, log="json",
        access_log="yes",
    )  # fmt: skip
    said = folder / "said"
    with said.open("w") as out:
        proxy = subprocess.Popen(command, env=os.environ | {"HOME": str(folder)}, stdout=out, stderr=out)
    tls = ssl.create_default_context(cafile=folder / "cert.pem")
    tls.check_hostname = False  # the name is not in any DNS
    url = f"https://127.0.0.1:{port}/memory/"
    deadline = time.monotonic() + 60
    while True:
        try:
            if httpx.get(url + "readyz", headers={"Host": HOST}, verify=tls).status_code == 200:
                break
        except httpx.TransportError:
            assert proxy.poll() is None, said.read_text()
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.1)
    yield Proxied(server, url, tls, port, *answers)
    proxy.terminate()
    proxy.wait(30)
    server.close()
    assert not path.exists(), "the socket goes with the server"


@pytest.fixture
def browser(proxied):
    """Somebody who came in by the token, as a browser says it."""
    url, tls, port = proxied.url, proxied.tls, proxied.port
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


def test_a_whole_run_through_the_proxy(proxied, browser):
    """Upload, run, watch and drive it, read it: below a path, by TLS, from a page of that very address."""
    url, tls = proxied.url, proxied.tls
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
    raw = socket.create_connection(("127.0.0.1", proxied.port))
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
        address.replace("127.0.0.1", HOST), sock=socket.create_connection(("127.0.0.1", proxied.port)), ssl=tls,
        server_hostname=HOST, origin="https://evil.example",
    ):  # fmt: skip
        pass
    assert refused.value.response.status_code == 403
    assert browser.get(f"api/recordings/{identity}").json()["steps"] == 200
    assert len(browser.get(f"api/recordings/{identity}/file").content) > 1000
    page = browser.get("api/recordings", params={"limit": 1})
    assert page.headers.get("link", "</memory/").startswith("</memory/")


def test_the_server_knows_who_asks_and_which_request_it_is(proxied, browser):
    """The proxy says both; what a visitor says of himself is not believed."""
    server = proxied.server
    answer = browser.get("api/status", headers={"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "made-up-by-me"})
    identity = answer.headers["X-Request-Id"]
    assert re.fullmatch(proxied.ids, identity)
    deadline = time.monotonic() + 30
    while not (lines := [line for line in (server.folder / "stderr.txt").read_text().splitlines() if identity in line]):
        assert time.monotonic() < deadline, "the line is written after the answer"
    line = json.loads(lines[0])
    assert (line["client"], line["route"]) == ("127.0.0.1", "/api/status")


def test_the_path_without_its_slash_leads_to_the_page(proxied):
    """With the token that may stand behind it."""
    url = proxied.url.removesuffix("/")
    with httpx.Client(verify=proxied.tls, headers={"Host": f"{HOST}:{proxied.port}"}) as client:
        for asked in ("", f"?token={TOKEN}"):
            answer = client.get(url + asked)
            assert answer.status_code in (301, 302)
            where = httpx.URL(url).join(answer.headers["location"])
            assert (where.path, where.query.decode()) == ("/memory/", asked[1:])


def test_a_body_that_is_too_large_is_refused(proxied, browser):
    """By the proxy, before it is all there, or by the server."""
    answer = browser.post("api/uploads", files={"file": ("a.csv", b"1," * (27 << 20))})
    assert answer.status_code == 413


def test_without_the_token_the_proxy_lets_nobody_in(proxied):
    """It connects from this machine, and is still not this machine's user."""
    url, tls, port = proxied.url, proxied.tls, proxied.port
    with httpx.Client(base_url=url, verify=tls, headers={"Host": f"{HOST}:{port}"}) as stranger:
        assert stranger.get("api/recordings").status_code == 401
        assert stranger.get("metrics").status_code == 401
        answer = stranger.get("api/status", headers={"Host": "evil.example"})
        said = answer.json()["error"]["code"] if answer.content else ""
        assert (answer.status_code, said) == proxied.foreign


def test_the_caddyfile_of_a_cluster_is_one(tmp_path):
    """It says whose samples and fits go where; its upstreams are found by a name that only that network has."""
    file = ROOT / "deploy/cluster/Caddyfile"
    called = [program("caddy"), "adapt", "--validate", "--config", file, "--adapter", "caddyfile"]
    done = subprocess.run(
        called, env=os.environ | {"DOMAIN": HOST, "HOME": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert f'"host":["{HOST}"]' in done.stdout
    assert '"selection_policy":{"policy":"ip_hash"}' in done.stdout


def test_what_is_deployed_names_settings_that_there_are():
    """A name that is none would keep the server from starting."""
    known = {variable(name) for name in Settings.model_fields} | set(ELSEWHERE)
    files = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())
    assert len(files) >= 5
    for file in files:
        found = set(re.findall(r"MNEMOSCOPE_[A-Z_]+", file.read_text(encoding="utf-8")))
        assert found <= known, file.name
