"""Half requests, half uploads, silent sockets: closed in time, and whoever has something to ask is served meanwhile."""

import base64
import contextlib
import json
import os
import socket
import time

import httpx
import pytest

UPLOAD = (
    b"POST /api/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    b'Content-Length: %d\r\n\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
)
LIMIT = 40


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A server with few places and little patience."""
    from tests.server.conftest import Server

    made = Server(
        tmp_path_factory.mktemp("small"), connections=LIMIT, receive_seconds=1.5, receive_rate=1000, watchers=2
    )
    yield made
    made.close()


def connected(server, payload=b""):
    """A raw connection that has sent something."""
    host, port = server.url.removeprefix("http://").rstrip("/").split(":")
    connection = socket.create_connection((host, int(port)), 10)
    connection.sendall(payload)
    return connection


def said(connection, seconds=30):
    """Everything that the server says until it closes."""
    connection.settimeout(seconds)
    found = b""
    with connection, contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            found += part
    return found


def upgrade(path):
    key = base64.b64encode(os.urandom(16))
    return (
        b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n"
    ) % (path.encode(), key)


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: b\r\n", b"HTTP/1.1 408 "),
        (UPLOAD % 100_000, b"HTTP/1.1 408 "),
        (upgrade("/ws/" + "A" * 22), b"HTTP/1.1 101 "),
    ],
    ids=["nothing", "half a head", "half a body", "no hello"],
)  # fmt: skip
def test_what_is_announced_has_to_come(small, payload, answer):
    connection = connected(small, payload)
    found = said(connection)
    assert found.startswith(answer)
    assert answer or not found


def test_a_head_that_trickles_is_not_waited_for(small):
    """A byte now and then does not begin the time anew, on a fresh connection or between two requests."""
    for payload in (b"", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"):
        connection = connected(small, payload)
        time.sleep(0.3)
        with pytest.raises(OSError):  # noqa: PT012
            for _ in range(100):
                connection.sendall(b"G")
                time.sleep(0.2)
        connection.close()


def test_a_body_as_slow_as_the_floor_is_taken_and_a_slower_one_not(small):
    """The floor is an average: bytes that come too slowly are no upload."""
    text = b"t,v\n" + b"".join(b"%d,%d\n" % (k, k % 7) for k in range(1000))
    end = b"\r\n--x--\r\n"
    head = len(UPLOAD % 0) - (UPLOAD % 0).index(b"--x")
    whole = UPLOAD % (head + len(text) + len(end))
    steady, slow = connected(small, whole), connected(small, whole)
    for at in range(0, len(text), 500):  # 2000 bytes a second for about 4 s
        steady.sendall(text[at : at + 500])
        try:
            slow.sendall(text[at : at + 10])
        except OSError:
            break
        time.sleep(0.25)
    else:
        pytest.fail("the slow one was taken")
    for rest in range(at + 500, len(text), 500):
        steady.sendall(text[rest : rest + 500])
        time.sleep(0.25)
    steady.sendall(end)
    steady.settimeout(60)
    assert steady.recv(4096).startswith(b"HTTP/1.1 201 ")
    slow.close()
    steady.close()


def test_an_answered_request_does_not_keep_the_connection_by_its_body(small):
    """Refused before its body has come: the rest of it is waited for no longer than that of any other."""
    connection = connected(small, b"POST /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\nx")
    assert said(connection).count(b"HTTP/1.1 ") == 1


def test_a_live_source_may_send_when_it_has_something(small):
    """Its body is a stream of samples: the floor for uploads is not for it."""
    source = {"kind": "live", "rate": 1, "name": "bench"}
    body = {"signal": source, "task": "signal-recall", "models": ["fake"], "start": "playing"}
    made = small.http.post("api/sessions", json=body)
    assert made.status_code == 201, made.text
    identity = made.json()["id"]
    head = f"POST /api/sessions/{identity}/samples HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
    connection = connected(small, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(4):
        time.sleep(1.0)
        connection.sendall(b"4\r\n0.5\n\r\n")
    connection.sendall(b"0\r\n\r\n")
    assert b'"taken":4' in said(connection)
    small.http.delete(f"api/sessions/{identity}")


def test_whoever_asks_is_served_while_strangers_hold_connections(small):
    """Three times as many as there are places, of each kind; an owner begins a run, watches it and is not cut off."""
    small.http.close()  # a connection that waits for its next request makes room too: this client keeps none
    small.http = httpx.Client(base_url=small.url, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
    identity = small.run("fake", steps=200)
    with small.socket(identity) as watching:
        assert json.loads(watching.recv(timeout=30))["type"] == "hello"
        for payload in (b"", b"GET / HTTP/1.1\r\n", upgrade("/ws/" + "A" * 22), UPLOAD % 100_000):
            strangers = [connected(small, payload) for _ in range(3 * LIMIT)]
            assert small.http.get("healthz").status_code == 200
            other = small.run("fake", steps=200, start="playing")
            with small.socket(other) as ws:
                assert json.loads(ws.recv(timeout=30))["type"] == "hello"
            for stranger in strangers:
                stranger.close()
        watching.send('{"type":"step","count":5}')
        while not (isinstance(message := watching.recv(timeout=30), str) and json.loads(message).get("step") == 5):
            pass
        watching.send('{"type":"stop"}')


def test_only_who_watches_something_takes_a_watchers_place(small):
    """Silent ones and those at unknown recordings take none; the third that watches hears when to come."""
    identity = small.run("fake", steps=200)
    silent = [connected(small, upgrade(f"/ws/{identity}")) for _ in range(4)]
    with small.socket("B" * 22) as unknown, small.socket(identity) as one, small.socket(identity) as two:
        assert json.loads(unknown.recv(timeout=30))["code"] == "unknown-recording"
        for ws in (one, two):
            assert json.loads(ws.recv(timeout=30))["type"] == "hello"
        with small.socket(identity) as three, pytest.raises(Exception, match="too many watchers"):
            three.recv(timeout=30)
        one.send('{"type":"stop"}')
    for connection in silent:
        connection.close()
