"""Who drives a live run: the browser that began it, and whoever it gave the wheel to."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

BROWSER = {"Sec-Fetch-Site": "same-origin"}
GIVEN = {"drives": True, "owner": False}
WATCHING = {"drives": False, "owner": False}
OWNER = {"drives": True, "owner": True}


@contextmanager
def browser(server, **headers) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30, headers=BROWSER | headers) as client:
        yield client


@contextmanager
def line(server, identity, client=None, *, wheel=""):
    """A socket with the cookies of a browser that has said hello -> ask(command): the next answer that is a message."""
    cookies = "; ".join(f"{c.name}={c.value}" for c in client.cookies.jar) if client is not None else ""
    headers = {"Origin": server.url.rstrip("/"), "Cookie": cookies} if client is not None else {}
    with server.socket(identity, have=None, additional_headers=headers) as socket:

        def heard(kind):
            while True:
                data = socket.recv(timeout=30)
                if isinstance(data, str) and (message := json.loads(data))["type"] == kind:
                    return {key: value for key, value in message.items() if key != "type"}

        def ask(command, kind):
            socket.send(json.dumps({"type": command}))
            return heard(kind)

        hello = {"type": "hello", "have": 0} | ({} if wheel is None else {"wheel": wheel})
        socket.send(json.dumps(hello))
        heard("hello")
        ask.heard = heard
        yield ask


@pytest.mark.parametrize(
    "settings", [{}, {"allowed_hosts": '["far.example"]', "no_token": True}], ids=["here", "shared"]
)
def test_a_second_browser_watches_until_it_is_given_the_wheel(start, settings):
    server = start(**settings)
    with browser(server) as owner, browser(server) as other:
        server.http = owner
        identity = server.run("fake", steps=3000)
        path = f"api/sessions/{identity}/wheel"
        assert owner.get(path).json() == {"key": None}
        for method, asked in (("GET", path), ("POST", path), ("DELETE", path), ("DELETE", f"api/sessions/{identity}")):
            refused = other.request(method, asked)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not-yours"), (method, asked)
        with line(server, identity, owner) as mine, line(server, identity, other) as watching:
            assert mine.heard("wheel") == OWNER
            assert watching.heard("wheel") == WATCHING
            assert watching("play", "error")["code"] == "not-yours"
            key = owner.post(path).json()["key"]
            assert len(key) >= 32
            assert owner.post(path).json() == owner.get(path).json() == {"key": key}
            assert watching("play", "error")["code"] == "not-yours"  # the key is for whoever has it
        with line(server, identity, other, wheel=key) as driving:
            assert driving.heard("wheel") == GIVEN
            assert driving("step", "state")["status"] in ("running", "paused")
            assert other.post(path).status_code == 403  # and is not handed on
            assert owner.delete(path).status_code == 204
            assert driving("ping", "wheel") == WATCHING
            assert driving("step", "error")["code"] == "not-yours"
            assert owner.post(path).json()["key"] != key
            assert driving("step", "error")["code"] == "not-yours"
        while not server.status(identity)["steps"]:  # of no steps no recording would be left to ask for
            time.sleep(0.02)
        assert owner.delete(f"api/sessions/{identity}").status_code == 204
        assert owner.post(path).json()["error"]["code"] == "not-live"
    server.http = httpx.Client()


def test_a_link_without_the_token_drives_by_the_key_alone(start):
    server = start(host="0.0.0.0")
    token = server.url.partition("?token=")[2]
    server.url = server.url.partition("?")[0]
    with browser(server) as owner, browser(server) as guest:
        owner.get(f"?token={token}")
        server.http = owner
        identity = server.run("fake", steps=3000)
        path = f"api/sessions/{identity}/wheel"
        assert guest.post(path).status_code == 401
        key = owner.post(path).json()["key"]
        with line(server, identity, guest, wheel="x" * 32) as guessing:
            assert guessing.heard("wheel") == WATCHING
            assert guessing("play", "error")["code"] == "read-only"
        with line(server, identity, guest, wheel=key) as driving:
            assert driving.heard("wheel") == GIVEN
            assert driving("step", "state")["status"] in ("running", "paused")
        owner.delete(f"api/sessions/{identity}")
    server.http = httpx.Client()


def test_programs_on_this_machine_are_the_operators(start):
    """They have no cookie, and drive and stop whatever a browser began; a run that a program began is everybody's here."""
    server = start()
    program = server.http
    with browser(server) as owner:
        server.http = owner
        identity = server.run("fake", steps=3000)
        with line(server, identity, wheel=None) as script:
            assert script("step", "state")["status"] in ("running", "paused")
        assert program.delete(f"api/sessions/{identity}").status_code == 204
        server.http = program
        theirs = server.run("fake", steps=3000)
        with line(server, theirs, owner) as page:
            assert page.heard("wheel") == OWNER
        assert owner.delete(f"api/sessions/{theirs}").status_code == 204
