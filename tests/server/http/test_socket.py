"""Live runs over real websockets against a real server."""

import contextlib
import json
import socket
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from mnemoscope.format import blocks
from mnemoscope.reading.recording import Recording


class Seen:
    """What one watcher was sent."""

    def __init__(self, ws, *, until=None, timeout=60):
        self.messages, self.data, self.code = [], b"", None
        deadline = time.monotonic() + timeout
        try:
            while not (until and until(self)):
                message = ws.recv(timeout=max(0.01, deadline - time.monotonic()))
                if isinstance(message, bytes):
                    self.data += message
                else:
                    self.messages.append(json.loads(message))
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else None

    def steps(self, stream=0):
        found, at = [], 0
        while at < len(self.data):
            number, kind, first, count, length = blocks.MESSAGE.unpack_from(self.data, at)
            if number == stream and kind == blocks.KIND_FRAMES:
                found += range(first, first + count)
            at += 16 + length
        return found

    def last(self, kind):
        return next((m for m in reversed(self.messages) if m["type"] == kind), None)


def say(ws, kind, **more):
    ws.send(json.dumps({"type": kind, **more}))


def paused_at(step):
    return lambda seen: (seen.last("state") or {}) == {"type": "state", "status": "paused", "step": step, "speed": None}


def test_a_whole_run_over_a_websocket(server):
    """Hello, frames, the end, goodbye; the file holds the same, and chunks by HTTP are the same bytes."""
    identity = server.run("fake", "fake", steps=200)
    with server.socket(identity) as ws:
        say(ws, "play")
        seen = Seen(ws)
    assert seen.messages[0]["type"] == "hello"
    assert seen.messages[0]["status"] == "opened"
    assert seen.messages[0]["manifest"]["steps"] == 200
    assert seen.messages[-1] == {"type": "ended", "steps": 200, "status": "ended"}
    assert seen.code == 1000
    assert seen.steps(0) == seen.steps(1) == list(range(200))
    over_http = b"".join(server.http.get(f"api/recordings/{identity}/chunks/{n}").content for n in range(4))
    with Recording.open(server.data / "recordings" / f"{identity}.mnemo") as rec:
        assert over_http == b"".join(rec.messages(n) for n in range(4))
    with server.socket(identity) as ws:
        again = Seen(ws)
    assert again.messages[0]["live"] is False
    assert again.messages[0]["status"] == "ended"
    assert again.code == 1000
    assert again.data == b""


def test_pause_stops_computing_and_step_computes_exactly(server):
    """Stepwise is real: the next step does not exist."""
    identity = server.run("fake", steps=4000, start="playing", speed=200)
    with server.socket(identity) as ws:
        Seen(ws, until=lambda s: len(s.steps()) > 20)
        say(ws, "pause")
        step = Seen(ws, until=lambda s: (s.last("state") or {}).get("status") == "paused").last("state")["step"]
        time.sleep(0.4)
        assert server.computed(identity) == step
        say(ws, "speed", steps_per_second=None)
        say(ws, "step", count=3)
        Seen(ws, until=paused_at(step + 3))
        time.sleep(0.2)
        assert server.computed(identity) == step + 3
        say(ws, "stop")
        assert Seen(ws).messages[-1] == {"type": "ended", "steps": step + 3, "status": "stopped"}


def test_speed_changes_on_the_fly(server):
    """Slow to look, fast to skip."""
    identity = server.run("fake", steps=4096, start="playing", speed=10)
    with server.socket(identity) as ws:
        Seen(ws, until=lambda s: len(s.steps()) >= 3)
        say(ws, "speed", steps_per_second=None)
        began = time.perf_counter()
        seen = Seen(ws)
        assert seen.messages[-1]["steps"] == 4096
        assert time.perf_counter() - began < 200  # at the speed before it would be twice that


@pytest.mark.parametrize("have", [0, 1, 64, 100])
def test_resuming_sends_exactly_what_is_lacking(server, have):
    """A broken connection costs nothing twice; a keyframe comes where its stretch is begun."""
    identity = server.run("fake", steps=300)
    with server.socket(identity) as ws:
        say(ws, "step", count=150)
        Seen(ws, until=paused_at(150))
    with server.socket(identity, have=have) as ws:
        seen = Seen(ws, until=lambda s: s.data and s.steps()[-1] == 149)
        assert seen.steps() == list(range(have, 150))
        assert blocks.MESSAGE.unpack_from(seen.data)[1] == (2 if have % 64 == 0 else 1)
        say(ws, "stop")
        Seen(ws)


def test_everybody_watches_and_anybody_drives(server):
    """One run, several pages open on it."""
    identity = server.run("fake", steps=300)
    with server.socket(identity) as one, server.socket(identity) as two:
        Seen(one, until=lambda s: s.messages)
        Seen(two, until=lambda s: s.messages)
        say(one, "step", count=10)
        assert Seen(two, until=lambda s: s.data and paused_at(10)(s)).steps() == list(range(10))
        say(two, "play")
        assert Seen(one).messages[-1]["type"] == "ended"


def test_a_failing_model_is_reported_and_the_others_go_on(server):
    """Its lane stops, the run does not."""
    identity = server.run("broken", "fake", steps=150, start="playing")
    with server.socket(identity) as ws:
        seen = Seen(ws)
    if seen.last("model-failed") is None:  # it had failed before we looked
        seen.messages += [{"type": "model-failed", **seen.messages[0]["manifest"]["failures"][0]}]
    assert seen.last("model-failed")["step"] == 70
    manifest = server.wait(identity, "ended")["manifest"]
    assert manifest["failures"] == [
        {"stream": 0, "step": 70, "reason": "a number that is not finite", "tensor": "outputs"}
    ]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("{", "bad-message", "JSON"),
        ('{"type":"jump"}', "bad-message", "jump"),
        ('{"type":"step","count":0}', "bad-message", "count"),
        ('{"type":"step","count":1,"extra":1}', "bad-message", "extra"),
        ('{"type":"speed"}', "bad-message", "steps_per_second"),
        ('{"type":"speed","steps_per_second":-1}', "bad-message", "steps_per_second"),
        ('{"type":"speed","steps_per_second":NaN}', "bad-message", "steps_per_second"),
        ('{"type":"pause"}', "illegal-move", "cannot pause while opened"),
        ("[]", "bad-message", "object"),
    ],
)
def test_bad_messages_get_an_error_and_the_session_stays(server, text, code, message):
    """What was wanted, what came, what to do; the connection goes on."""
    identity = server.run("fake", steps=100)
    with server.socket(identity) as ws:
        ws.send(text)
        error = Seen(ws, until=lambda s: s.last("error")).last("error")
        assert error["code"] == code
        assert message in error["message"]
        assert error["cure"]
        say(ws, "ping")
        assert Seen(ws, until=lambda s: s.last("state")).last("state")["status"] == "opened"
        say(ws, "stop")
        Seen(ws)


def test_a_stopped_run_without_steps_leaves_nothing(server):
    """There would be nothing to look at."""
    identity = server.run("fake", steps=100)
    assert server.http.delete(f"api/sessions/{identity}").status_code == 204
    assert server.status(identity)["error"]["code"] == "unknown-recording"
    assert not (server.data / "recordings" / f"{identity}.mnemo").exists()


def test_unknown_ids_are_refused_and_closed(server):
    """Same answer for every id that is not there."""
    for identity in ("x" * 22, "odd", "..%5C..%5Cetc", "%00"):
        with server.socket(identity) as ws:
            seen = Seen(ws)
        assert seen.last("error")["code"] == "unknown-recording"
        assert seen.code == 1000


def test_whoever_says_no_hello_or_too_much_is_closed(server):
    """Commands are few; a flood is no driver."""
    identity = server.run("fake", steps=100)
    with server.socket(identity, have=None) as ws:
        say(ws, "play")
        assert Seen(ws).code == 1008
    with server.socket(identity) as ws:
        with contextlib.suppress(ConnectionClosed):  # it is closed in the midst of the flood, or after it
            for _ in range(100):
                say(ws, "ping")
        seen = Seen(ws)
    assert seen.code == 1008
    assert seen.last("error")["code"] == "too-many-messages"
    with server.socket(identity) as ws:
        ws.send("x" * 100_000)
        assert Seen(ws).code == 1009
    assert server.status(identity)["status"] == "opened"
    server.http.delete(f"api/sessions/{identity}")


def test_compression_is_off(server):
    """Deflate costs more than it saves on numbers."""
    identity = server.run("fake", steps=100)
    with connect(server.url.replace("http", "ws") + f"ws/{identity}") as ws:
        assert "Sec-WebSocket-Extensions" not in ws.response.headers
    server.http.delete(f"api/sessions/{identity}")


def test_a_client_that_never_reads_is_cut_off_while_the_others_go_on(server):
    """A stalled tab must not freeze a run, and must not be kept for ever."""
    identity = server.run("wide", steps=1600, speed=1000)  # 20 MB a second
    host, port = server.url.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port))) as stalled:
        stalled.sendall(
            f"GET /ws/{identity} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert b"101" in stalled.recv(64)
        hello = b'{"type":"hello","have":0}'
        stalled.sendall(bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)  # and reads nothing from here on
        with server.socket(identity) as ws:
            say(ws, "play")
            seen = Seen(ws, timeout=60)
        assert seen.messages[-1] == {"type": "ended", "steps": 1600, "status": "ended"}
        skipped = [step for m in seen.messages if m["type"] == "behind" for step in range(m["from"], m["to"])]
        assert sorted([*seen.steps(), *skipped]) == list(range(1600))
        stalled.settimeout(5)
        taken = 0
        with contextlib.suppress(ConnectionResetError):
            while data := stalled.recv(1 << 20):
                taken += len(data)
        assert taken < 16 << 20, "it was cut off early, with most of the run unsent"


def test_sockets_of_other_sites_are_refused_before_they_are_accepted(server):
    """403, not a socket that is closed afterwards."""
    with pytest.raises(InvalidStatus) as caught, server.socket("x" * 22, origin="http://evil.example"):
        pass
    assert caught.value.response.status_code == 403
    assert json.loads(caught.value.response.body)["error"]["code"] == "forbidden-origin"
