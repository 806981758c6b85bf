"""The token: asked for on every address beyond this machine, on every route, sockets included; links to recordings open."""

import json
import subprocess
import sys
import time
from http.cookies import SimpleCookie

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from mnemoscope.cli import main as cli
from mnemoscope_server import app as application
from mnemoscope_server.access import guesses
from mnemoscope_server.serving import address
from mnemoscope_server.settings import Settings
from tests.server.access.test_guard import HOST, ask, routes, whatever

TOKEN = "a-token-that-is-long-enough"
LINK = "x" * 22
OPEN = {
    ("/healthz", "GET"), ("/readyz", "GET"), ("/assets/x", "GET"), (f"/s/{LINK}", "GET"), (f"/embed/{LINK}", "GET"),
    (f"/ws/{LINK}", "WEBSOCKET"), (f"/api/recordings/{LINK}", "GET"), (f"/api/recordings/{LINK}/chunks/{LINK}", "GET"),
    (f"/api/recordings/{LINK}/file", "GET"), (f"/api/recordings/{LINK}/export.html", "GET"),
    (f"/api/recordings/{LINK}/picture.png", "GET"), (f"/api/recordings/{LINK}/verdict", "GET"),
}  # fmt: skip


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """(the layers of the application around nothing, all its paths)"""
    app = application.create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), workers=0, token=TOKEN))
    found = routes(app)
    app.router = whatever
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guesses, "MAX_MISSES", 10**6)  # all tests here ask from one address
        yield app, [(path.replace("/assets/" + LINK, "/assets/x"), methods) for path, methods in found]


def ticket(app, path="/", **more):
    status, headers, _ = ask(app, path, "GET", {"host": HOST}, query=f"token={TOKEN}", **more)
    assert status == 303
    return headers


def test_nothing_but_a_link_opens_without_the_token(guarded):
    """Every route there is: whoever adds one decides here whether strangers may have it."""
    app, found = guarded
    opened = set()
    for path, methods in found:
        for method in methods:
            status, _, body = ask(app, path, method, {"host": HOST})
            if status in (204, "accepted"):
                opened.add((path, method))
            else:
                assert status == 401, (path, method)
                assert b"token" in body
    assert opened == OPEN


@pytest.mark.parametrize("given", ["cookie", "header"])
def test_with_the_token_everything_opens(guarded, given):
    """As a cookie for browsers, as a header for scripts; the same guard stands before both."""
    app, found = guarded
    cookie = SimpleCookie(ticket(app)["set-cookie"])["mnemoscope-8000"]
    entry = (
        {"cookie": f"x=1; mnemoscope-8000={cookie.value}"}
        if given == "cookie"
        else {"authorization": f"Bearer {TOKEN}"}
    )
    for path, methods in found:
        for method in methods:
            assert ask(app, path, method, {"host": HOST} | entry)[0] in (204, "accepted")
            unsafe = method not in ("GET", "HEAD", "OPTIONS")
            status = ask(app, path, method, {"host": HOST, "origin": "http://evil.example"} | entry)[0]
            assert (status == 403) is unsafe, "a cookie is no licence for other sites"
            assert ask(app, path, method, {"host": "evil.example"} | entry)[0] == 400


def test_the_address_with_the_token_becomes_one_without(guarded):
    """Neither history nor referrer keep it; scripts cannot read the cookie, and it does not hold the token."""
    app, _ = guarded
    headers = ticket(app, "/s/abc")
    cookie = SimpleCookie(headers["set-cookie"])["mnemoscope-8000"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "lax", "/", "")
    assert TOKEN not in cookie.value
    assert (headers["location"], headers["cache-control"]) == ("/s/abc", "no-store")
    status, headers, _ = ask(app, "/new", "GET", {"host": HOST}, query=f"a=1&token={TOKEN}&b=%26")
    assert (status, headers["location"]) == (303, "/new?a=1&b=%26")
    headers = ticket(app, "/tool/new", root="/tool")
    assert headers["location"] == "/tool/new"
    assert SimpleCookie(headers["set-cookie"])["mnemoscope-8000"]["path"] == "/tool/"
    assert SimpleCookie(ticket(app, scheme="https")["set-cookie"])["mnemoscope-8000"]["secure"] is True


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/\\evil.example", "///evil.example", "/%0d%0aX: y", "/a\r\nX: y"]
)
def test_the_way_in_leads_nowhere_else(guarded, path):
    """An address of a stranger's making cannot send a visitor to another server."""
    headers = ticket(guarded[0], path)
    assert headers["location"].startswith("/")
    assert not headers["location"].startswith(("//", "/\\", "/%5C"))
    assert "x" not in headers


WRONG = ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é" * 20, "\x00"]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_tokens_are_not_right(guarded, wrong):
    """In the address, the header and the cookie; of two in the address the last one counts."""
    app, _ = guarded
    ask_with = {"query": httpx.QueryParams({"token": wrong}).__str__()}
    assert ask(app, "/api/models", "GET", {"host": HOST}, **ask_with)[0] == 401
    assert ask(app, "/", "GET", {"host": HOST}, query=f"token={TOKEN}&" + ask_with["query"])[0] == 401
    for headers in (
        {"authorization": f"Bearer {wrong}"},
        {"authorization": f"Basic {TOKEN}"},
        {"cookie": f"mnemoscope-8000={wrong}"},
        {"cookie": f"mnemoscope-8000={TOKEN}"},
    ):
        assert ask(app, "/api/models", "GET", {"host": HOST} | headers)[0] == 401
        assert ask(app, "/ws/x/y", "WEBSOCKET", {"host": HOST} | headers)[0] == 401
    assert ask(app, "/api/sessions", "POST", {"host": HOST}, query=f"token={TOKEN}")[0] == 401, (
        "only an address that is opened"
    )


def test_a_person_is_asked_and_a_program_is_refused(guarded):
    """A field to put the token in, or an error with a way out."""
    app, _ = guarded
    status, headers, body = ask(app, "/new", "GET", {"host": HOST})
    assert (status, headers["content-type"].split(";")[0], headers["cache-control"]) == (401, "text/html", "no-store")
    assert b'name="token"' in body
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    status, headers, body = ask(app, "/api/models", "GET", {"host": HOST})
    error = json.loads(body)["error"]
    assert (status, error["code"], headers["www-authenticate"]) == (401, "token-required", "Bearer")
    assert "Authorization: Bearer" in error["cure"]


def test_which_addresses_ask(tmp_path, monkeypatch):
    """This machine does not; every other does, unless that is typed out."""
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.9"):
        assert Settings(host=host).token is None
    for host in (
        "0.0.0.0",
        "::",
        "192.168.1.4",
        "10.0.0.1",
        "lab.example",
        "127.evil.example",
        "127.0.0.1.evil.example",
        "1270.0.0.1",
    ):
        made = Settings(host=host)
        assert len(made.token) >= 32, host
        assert made.token != Settings(host=host).token
        assert f"?token={made.token}" in address(made)
        assert Settings(host=host, no_token=True).token is None
    behind = Settings(allowed_hosts=["mem.example.org"])  # a proxy on this machine brings the whole net
    assert len(behind.token) >= 32
    assert Settings(allowed_hosts=["mem.example.org"], no_token=True).token is None
    monkeypatch.setenv("MNEMOSCOPE_TOKEN", TOKEN)
    assert Settings(host="0.0.0.0").token == Settings().token == TOKEN
    monkeypatch.setenv("MNEMOSCOPE_TOKEN", "short")
    with pytest.raises(ValueError, match="at least 16"):
        Settings()


def test_the_command_line_says_it(monkeypatch):
    """--workers and --no-token reach the settings; what is not said is the environment's."""
    monkeypatch.setenv("MNEMOSCOPE_WORKERS", "3")
    for words, wanted in (
        ([], (3, None)), (["--workers", "2"], (2, None)), (["--workers", "0"], (0, None)),
        (["--host", "0.0.0.0", "--no-token"], (3, None)),
    ):  # fmt: skip
        settings = Settings.from_arguments(cli.parser().parse_args(["serve", *words]))
        assert (settings.workers, settings.token) == wanted
    assert Settings.from_arguments(cli.parser().parse_args(["serve", "--host", "0.0.0.0"])).token
    monkeypatch.setenv("MNEMOSCOPE_PORT", "9000")
    monkeypatch.setenv("MNEMOSCOPE_DEVICE", "cpu")
    for words, wanted in (
        ([], (9000, "cpu")), (["--port", "8000", "--device", "auto"], (8000, "auto")),  # the defaults, but said
    ):  # fmt: skip
        settings = Settings.from_arguments(cli.parser().parse_args(["serve", *words]))
        assert (settings.port, settings.device) == wanted
    done = subprocess.run(
        [sys.executable, "-m", "mnemoscope", "serve", "--workers", "many"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "0 … 64" in done.stderr


def test_a_server_for_a_network(start):
    """It prints its token once; a browser comes in by it, a link opens without it and drives nothing."""
    server = start(host="0.0.0.0", workers=2)
    token = server.url.partition("?token=")[2]
    base = server.url.partition("?")[0]
    assert len(token) >= 32
    assert "Others come in" in (server.folder / "stderr.txt").read_text()
    with httpx.Client(base_url=base, timeout=30) as me, httpx.Client(base_url=base, timeout=30) as stranger:
        assert me.get("api/models").status_code == 401
        answer = me.get(f"?token={token}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert me.get("api/models").status_code == 200
        server.http, server.url = me, base
        deadline = time.monotonic() + 60
        while me.get("readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        identity = server.run("fake", steps=200)
        assert [e["id"] for e in me.get("api/recordings").json()] == [identity]
        script = httpx.get(f"{base}api/recordings", headers={"Authorization": f"Bearer {token}"})
        assert script.json() == []
        assert stranger.get(f"api/recordings/{identity}").json()["mine"] is False
        assert stranger.get("api/recordings").status_code == 401
        for method, path in (
            ("DELETE", f"api/recordings/{identity}"),
            ("POST", f"api/recordings/{identity}/share"),
            ("DELETE", f"api/sessions/{identity}"),
            ("DELETE", f"api/uploads/{identity}"),
        ):
            assert stranger.request(method, path).status_code == 401
        with server.socket(identity) as guest:
            assert json.loads(guest.recv(timeout=30))["type"] == "hello"
            for command in (
                '{"type":"play"}',
                '{"type":"stop"}',
                '{"type":"speed","steps_per_second":null}',
                '{"type":"step"}',
            ):
                guest.send(command)
                assert json.loads(guest.recv(timeout=30))["code"] == "read-only"
            guest.send('{"type":"ping"}')
            assert json.loads(guest.recv(timeout=30)) == {"type": "state", "status": "opened", "step": 0, "speed": None}
            cookies = "; ".join(f"{c.name}={c.value}" for c in me.cookies.jar)
            with server.socket(identity, additional_headers={"Cookie": cookies}) as driver:
                driver.send('{"type":"play"}')
                server.wait(identity, "ended")
            while not isinstance(guest.recv(timeout=30), bytes):
                pass
        with httpx.Client(base_url=base, timeout=30) as you:  # who has the token too, in another browser
            you.get(f"?token={token}")
            other = server.run("fake", steps=200)
            table = {"file": ("x.csv", b"t,v\n" + b"".join(b"%d,%d\n" % (i, i % 7) for i in range(50)))}
            brought = me.post("api/uploads", files=table).json()["id"]
            for path in (f"api/sessions/{other}", f"api/recordings/{other}", f"api/uploads/{brought}"):
                answer = you.delete(path)
                assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not-yours"), path
            cookies = "; ".join(f"{c.name}={c.value}" for c in you.cookies.jar)
            with server.socket(other, additional_headers={"Cookie": cookies}) as watcher:
                assert json.loads(watcher.recv(timeout=30))["type"] == "hello"
                watcher.send('{"type":"play"}')
                assert json.loads(watcher.recv(timeout=30))["code"] == "not-yours"
            assert me.delete(f"api/uploads/{brought}").status_code == 204
            operator = {"Authorization": f"Bearer {token}"}
            assert httpx.delete(f"{base}api/recordings/{other}", headers=operator).status_code == 204
            assert me.get(f"api/recordings/{other}").status_code == 404
        assert "no-store" in me.get("api/recordings").headers["cache-control"]
        picture = f"api/recordings/{identity}/picture.png"
        assert me.get(picture).headers["cache-control"] == "private, max-age=3600"
        assert me.patch(f"api/recordings/{identity}", json={"visibility": "listed"}).status_code == 204
        assert me.get(picture).headers["cache-control"] == "public, max-age=3600"
        with pytest.raises(InvalidStatus) as refused, server.socket("x/y"):
            pass
        assert refused.value.response.status_code == 401
        assert len(stranger.get(f"api/recordings/{identity}/chunks/0").content) > 1000
    server.http = httpx.Client()
    assert token not in (server.folder / "stderr.txt").read_text()
