"""Who may call, from which page, and what a page may do: every route, sockets included."""

import asyncio
import gzip
import json
import os
import re
from types import SimpleNamespace

import pytest

from mnemoscope_server import app as application
from mnemoscope_server.access.guard import inline_hashes
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.store import Store

HOST = "127.0.0.1:8000"
ORIGINS = {
    "absent": (None, True),
    "same": ("http://127.0.0.1:8000", True),
    "evil": ("http://evil.example", False),
    "null": ("null", False),
    "empty": ("", False),
    "suffix": ("http://127.0.0.1.evil.example:8000", False),
    "prefix": ("http://evil127.0.0.1:8000", False),
    "other port": ("http://127.0.0.1:8001", False),
    "other scheme": ("https://127.0.0.1:8000", False),
    "other name of this machine": ("http://localhost:8000", False),
    "with a path": ("http://127.0.0.1:8000/x", False),
    "with a user": ("http://127.0.0.1:8000@evil.example", False),
    "no address": ("http://[", False),
}
HOSTS = {
    "127.0.0.1:8000": True, "localhost": True, "LOCALHOST:1": True, "[::1]:8000": True, "evil.example": False,
    "127.0.0.1.evil.example": False, "10.0.0.5:8000": False, "": False, "localhost.": False,
    "127.0.0.1@evil.example": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """An application with its data folder, though nothing serves it."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), workers=0)
    app, store = application.create_app(settings), Store(settings.data_dir)
    app.state.services = SimpleNamespace(library=Library(store), settings=settings)
    yield app
    app.state.services.library.close()
    store.close()


async def whatever(scope, receive, send):
    """Stands where the endpoints stand: what reaches it was let through."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """(the real layers of the application around nothing, all its paths)"""
    app = application.create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), workers=0))
    found = routes(app)
    app.router = whatever
    return app, found


def routes(app):
    """Every path of the application with what it can be asked, sockets included."""
    found = []

    def walk(listed):
        for route in listed:
            inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
            if inner:
                walk(inner)
            elif hasattr(route, "path"):
                path = re.sub(r"\{number\}", "0", re.sub(r"\{\w+\}", "x" * 22, route.path))
                found.append((path, sorted(getattr(route, "methods", None) or ["WEBSOCKET"])))

    walk(app.routes)
    return found


def ask(app, path, method, headers, *, root="", query="", scheme="http"):
    """One request without a server -> (status or "accepted", headers, body)."""
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items() if value is not None]
    kind = "websocket" if method == "WEBSOCKET" else "http"
    scope = {
        "type": kind, "path": path, "raw_path": path.encode("utf-8"), "query_string": query.encode("latin-1"), "headers": encoded,
        "method": method, "scheme": "ws" if kind == "websocket" else scheme, "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 5), "http_version": "1.1", "root_path": root, "state": {}, "subprotocols": [],
        "asgi": {"version": "3.0"}, "extensions": {"websocket.http.response": {}},
    }  # fmt: skip
    sent = []

    asked = []

    async def receive():
        asked.append(1)
        if len(asked) > 1:  # the other side says nothing more
            await asyncio.sleep(3600)
        return {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    if sent[0]["type"] == "websocket.accept":
        return "accepted", {}, b""
    given = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], given, b"".join(m.get("body", b"") for m in sent[1:])


def test_every_route_is_found(guarded):
    """A route that this file does not see would not be tested: the socket and the unsafe ones must be among them."""
    found = {(path, method) for path, methods in guarded[1] for method in methods}
    identity = "x" * 22
    for wanted in (
        (f"/ws/{identity}", "WEBSOCKET"), ("/api/sessions", "POST"), ("/api/uploads", "POST"),
        (f"/api/recordings/{identity}", "DELETE"), (f"/api/recordings/{identity}", "PATCH"), ("/", "GET"),
        (f"/api/uploads/{identity}", "DELETE"),
    ):  # fmt: skip
        assert wanted in found


@pytest.mark.parametrize("name", list(ORIGINS))
def test_pages_of_other_sites_reach_no_unsafe_route_and_no_socket(guarded, name):
    """Checked before anything is accepted, on every route there is."""
    app, found = guarded
    origin, allowed = ORIGINS[name]
    for path, methods in found:
        for method in methods:
            status, _, body = ask(app, path, method, {"host": HOST, "origin": origin})
            if method in ("GET", "HEAD", "OPTIONS") or allowed:
                assert status in (204, "accepted"), (path, method)
            else:
                assert status == 403, (path, method)
                assert b"forbidden-origin" in body


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_requests_that_browsers_call_foreign_are_refused(guarded, site):
    """Also where an old browser leaves the origin out."""
    app, _ = guarded
    assert ask(app, "/api/sessions", "POST", {"host": HOST, "sec-fetch-site": site})[0] == 403
    assert ask(app, "/ws/x", "WEBSOCKET", {"host": HOST, "sec-fetch-site": site})[0] == 403
    assert ask(app, "/", "GET", {"host": HOST, "sec-fetch-site": site})[0] == 204, "links to us work"


@pytest.mark.parametrize("host", list(HOSTS))
def test_names_that_are_not_ours_are_refused(guarded, host):
    """DNS rebinding brings the stranger's name along."""
    app, found = guarded
    for path, methods in found:
        for method in methods:
            status, _, body = ask(app, path, method, {"host": host})
            assert status == (400 if not HOSTS[host] else "accepted" if method == "WEBSOCKET" else 204), (path, method)
            assert HOSTS[host] or b"forbidden-host" in body


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"])
def test_what_a_proxy_passes_on_is_refused_where_nobody_is_asked_for_a_token(guarded, tmp_path, name):
    """A proxy on this machine brings anybody: a token is asked for, or it is typed out that none is."""
    app, found = guarded
    for path, methods in found:
        for method in methods:
            status, _, body = ask(app, path, method, {"host": HOST, name.lower(): "203.0.113.7"})
            assert status == 403, (path, method)
            assert b"no-token" in body
    for settings in (Settings(data_dir=tmp_path, workers=0, no_token=True), Settings(data_dir=tmp_path, workers=0, token="t" * 20)):  # fmt: skip
        opened = application.create_app(settings)
        opened.router = whatever
        assert ask(opened, "/healthz", "GET", {"host": HOST, name.lower(): "203.0.113.7"})[0] == 204


def test_addresses_are_good_names_where_everybody_may_come(tmp_path):
    """In a container the server listens on all addresses; names still have to be listed."""
    settings = Settings(data_dir=tmp_path, workers=0, host="0.0.0.0", allowed_hosts=["lab.example"], no_token=True)
    app = application.create_app(settings)
    app.router = whatever
    for host, good in (("10.0.0.5:8000", True), ("[fe80::1]", True), ("lab.example", True), ("evil.example", False)):
        assert (ask(app, "/api/status", "GET", {"host": host})[0] == 400) is not good


@pytest.mark.parametrize(
    "path",
    ["/", "/new", "/s/odd-beat", "/embed/odd-beat", "/embed/none", "/api/docs", "/api/nothing", "/assets/x.js", "/x"],
)
def test_every_answer_says_what_a_page_may_do(app, path):
    """Nothing from elsewhere, no frames but the one that is made for it."""
    status, headers, _ = ask(app, path, "GET", {"host": HOST})
    assert status in (200, 404, 503)
    rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == "'none'"
    sources = {word for word in rules["script-src"].split() if not word.startswith("'sha256-")}
    assert sources == {"'self'", "'wasm-unsafe-eval'"}, "models run in the page; nothing else is let in by that"
    assert "http" not in headers["content-security-policy"]
    assert rules["frame-ancestors"] == ("*" if path.startswith("/embed/") else "'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"


def test_inline_scripts_of_the_page_are_allowed_one_by_one():
    """By hash: what is injected later has another one."""
    assert inline_hashes("<script>1</script><script src=x></script>") == [
        "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    ]


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """A bundle of two files."""
    bundle = tmp_path / "mnemoscope_viewer" / "static"
    (bundle / "assets").mkdir(parents=True)
    (bundle / "index.html").write_text("<html><head><title>x</title></head><script>1</script></html>")
    (bundle / "assets" / "app-1a2b.js").write_text("1")
    monkeypatch.setattr("mnemoscope_server.http.pages.bundle", lambda: bundle)
    return bundle


def test_pages_have_their_base_at_the_root(app, bundled):
    """One bundle at every address, also behind a proxy's path."""
    for path in ("/", "/new", "/s/odd-beat", "/embed/odd-beat"):
        status, headers, body = ask(app, path, "GET", {"host": HOST})
        assert status == 200
        assert b'<head><base href="/">' in body
        assert "sha256-" in headers["content-security-policy"]
    status, headers, _ = ask(app, "/assets/app-1a2b.js", "GET", {"host": HOST})
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    for name in ("../index.html", "..%2findex.html", "nothing.js"):
        assert ask(app, f"/assets/{name}", "GET", {"host": HOST})[0] == 404
    _, headers, body = ask(app, "/tool/embed/odd-beat", "GET", {"host": HOST}, root="/tool")
    assert b'<base href="/tool/">' in body
    assert b"http://127.0.0.1:8000/tool/api/recordings/odd-beat/picture.png" in body
    assert b'rel="preload" as="fetch" crossorigin href="api/recordings/odd-beat"' in body
    assert "frame-ancestors *" in headers["content-security-policy"]


def test_the_first_chunks_are_sent_for_before_the_script_is_there(app, bundled):
    """The page of a recording tells which they are; its policy allows that script and no other."""
    _, headers, body = ask(app, "/s/odd-beat", "GET", {"host": HOST})
    script = re.search(rb"<head\b.*?<script>(.*?)</script>", body, re.DOTALL)[1].decode()
    assert "Math.min(Math.floor(t[1] / 64), 2)" in script, "160 steps are chunks 0 to 2"
    assert '"api/recordings/odd-beat/chunks/"' in script
    assert inline_hashes(f"<script>{script}</script>")[0] in headers["content-security-policy"]
    assert b"/chunks/" not in ask(app, "/s/unknown", "GET", {"host": HOST})[2]


def test_the_scripts_of_the_stage_are_sent_for_with_its_page(app, bundled):
    """All that its part of the bundle imports, each once; the pages of others carry none of it."""
    chunks = {
        "src/pages/StagePage.svelte": {"file": "assets/stage-1.js", "imports": ["_ink.js", "_wire.js"]},
        "_ink.js": {"file": "assets/ink-1.js", "imports": ["_wire.js"]},
        "_wire.js": {"file": "assets/wire-1.js"},
        "src/pages/GalleryPage.svelte": {"file": "assets/home-1.js"},
    }
    (bundled / "manifest.json").write_text(json.dumps(chunks))
    preloaded = re.compile(rb'<link rel="modulepreload" crossorigin href="([^"]*)">')
    for path in ("/s/odd-beat", "/embed/odd-beat"):
        found = preloaded.findall(ask(app, path, "GET", {"host": HOST})[2])
        assert sorted(found) == [b"assets/ink-1.js", b"assets/stage-1.js", b"assets/wire-1.js"]
    assert not preloaded.findall(ask(app, "/", "GET", {"host": HOST})[2])
    (bundled / "manifest.json").write_text(json.dumps(chunks).replace("stage-1", "stage-2"))
    os.utime(bundled / "manifest.json", ns=(1, 1))
    found = preloaded.findall(ask(app, "/s/odd-beat", "GET", {"host": HOST})[2])
    assert b"assets/stage-2.js" in found, "the page was built again while the server runs"


def test_scripts_are_sent_compressed_to_those_who_take_it(app, bundled):
    """The same bytes either way; a file that is compressed already is sent as it is."""
    (bundled / "assets" / "inter-1a2b.woff2").write_bytes(b"wOF2")
    packed = {"host": HOST, "accept-encoding": "gzip, br"}
    _, headers, body = ask(app, "/assets/app-1a2b.js", "GET", packed)
    assert (headers["content-encoding"], gzip.decompress(body)) == ("gzip", b"1")
    assert headers["content-type"].startswith("text/javascript")
    _, plain, body = ask(app, "/assets/app-1a2b.js", "GET", {"host": HOST})
    assert "content-encoding" not in plain
    assert (body, plain["vary"], headers["vary"]) == (b"1", "Accept-Encoding", "Accept-Encoding")
    assert plain["cache-control"] == headers["cache-control"]
    _, headers, body = ask(app, "/assets/inter-1a2b.woff2", "GET", packed)
    assert "content-encoding" not in headers
    assert body == b"wOF2"


@pytest.mark.parametrize("root", ["", "/tool"])
def test_addresses_that_lead_nowhere_show_the_page_and_tell_programs(app, bundled, root):
    """The page says "not found" itself; the status is for those that do not look."""
    for path in (
        "/nowhere",
        "/s",
        "/s/",
        "/s/a/b",
        "/index.html",
        "/.env",
        "/api",
        f"/s/{'x' * 22}",
        "/embed/none",
    ):
        status, headers, body = ask(app, root + path, "GET", {"host": HOST}, root=root)
        assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8"), path
        assert f'<base href="{root}/">'.encode() in body
        assert b"og:" not in body
    for path, method, wanted in (
        ("/api/nothing", "GET", 404), ("/api/sessions", "GET", 405), ("/api/status", "PUT", 405), ("/nowhere", "POST", 404),
        ("/assets/none.js", "GET", 404), ("/ws/none", "GET", 404),
    ):  # fmt: skip
        status, headers, body = ask(app, root + path, method, {"host": HOST}, root=root)
        assert (status, headers["content-type"]) == (wanted, "application/json"), path
        assert b'"cure"' in body


def test_a_missing_bundle_says_how_to_build_it(app, monkeypatch):
    """A developer's first start is no blank page."""
    monkeypatch.setattr("mnemoscope_server.http.pages.bundle", lambda: None)
    status, _, body = ask(app, "/", "GET", {"host": HOST})
    assert status == 503
    assert b"npm --prefix frontend run build" in body


def test_what_a_link_opens_is_read_from_a_sandboxed_frame_and_nothing_else_is(guarded):
    """Such a frame has the origin `null`; it gets no more than whoever has the link, and no other page gets that."""
    link = "x" * 22
    for path, method, origin, allowed in (
        (f"/api/recordings/{link}", "GET", "null", "*"),
        (f"/api/recordings/{link}/chunks/3", "GET", "null", "*"),
        ("/assets/x.js", "GET", "null", "*"),
        (f"/api/recordings/{link}", "GET", "https://evil.example", None),
        (f"/api/recordings/{link}", "DELETE", "null", None),
        ("/api/recordings", "GET", "null", None),
        ("/api/status", "GET", "null", None),
        (f"/api/recordings/{link}/file", "GET", "null", None),
        ("/metrics", "GET", "null", None),
    ):
        _, headers, _ = ask(guarded[0], path, method, {"host": HOST, "origin": origin})
        assert headers.get("access-control-allow-origin") == allowed, path
        assert "access-control-allow-credentials" not in headers
