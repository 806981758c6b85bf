"""Requests have ids, the log has lines that a machine reads and no secrets, and figures say what the server does."""

import io
import json
import logging
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mnemoscope_server.observing import logs

TOKEN = "a-token-that-is-long-enough"


@pytest.fixture
def restored():
    """The loggers as pytest had them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in (*logs.SAID, logs.ACCESS):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_lines_are_json_with_request_and_traceback(restored):
    stream = io.StringIO()
    logs.configure("json", access=True, stream=stream)
    token = logs.REQUEST.set("abcdefgh")
    try:
        raise ValueError("über")
    except ValueError:
        logging.getLogger("mnemoscope.x").exception("it failed at %d", 7)
    logging.getLogger("mnemoscope.x").info("nobody asked for this")
    logging.getLogger("mnemoscope.swept").info("a recording is removed")
    logging.getLogger(logs.ACCESS).info("GET", extra={logs.FACTS: {"status": 200}})
    logs.REQUEST.reset(token)
    logging.getLogger().warning("outside\nof a request")
    first, swept, access, outside = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (first["level"], first["logger"], first["message"], first["request"]) == (
        "error", "mnemoscope.x", "it failed at 7", "abcdefgh",
    )  # fmt: skip
    assert "ValueError: über" in first["traceback"]
    assert first["time"].endswith("Z")
    assert swept["level"] == "info"
    assert access["status"] == 200
    assert "request" not in outside


def test_text_lines_end_with_the_request_and_access_is_off_by_itself(restored):
    stream = io.StringIO()
    logs.configure("text", access=False, stream=stream)
    token = logs.REQUEST.set("abcdefgh")
    logging.getLogger("mnemoscope.x").warning("a sentence")
    logging.getLogger(logs.ACCESS).info("GET")
    logs.REQUEST.reset(token)
    assert stream.getvalue() == "WARNING mnemoscope.x: a sentence [abcdefgh]\n"


def test_every_answer_has_the_id_of_its_request(server):
    """Given and well-formed it is kept, otherwise made; refusals of the outer layers have one too."""
    given = server.http.get("healthz", headers={"X-Request-Id": "from-a-proxy.1"})
    assert given.headers["X-Request-Id"] == "from-a-proxy.1"
    made = set()
    for bad in ("short", "x" * 65, "with space and more", "a\tb-c-d-e-f"):
        made.add(server.http.get("healthz", headers={"X-Request-Id": bad}).headers["X-Request-Id"])
    assert len(made) == 4
    assert all(len(one) == 16 for one in made)
    assert server.http.get("api/status", headers={"host": "evil.example"}).headers["X-Request-Id"]
    assert server.http.get("api/recordings/" + "A" * 22).headers["X-Request-Id"]


def test_the_log_has_requests_and_neither_links_nor_tokens_nor_signals(start):
    server = start(log="json", access_log="yes", token=TOKEN)
    base = server.url.split("?")[0]
    good = {"Authorization": f"Bearer {TOKEN}"}
    file = {"file": ("my heart.csv", b"t,pulse\n" + b"".join(b"%d,%d\n" % (k, k) for k in range(99)))}
    upload = server.http.post(base + "api/uploads", files=file, headers=good).json()["id"]
    answer = server.http.get(
        base + f"api/recordings/{'S' * 22}?query=secret", headers=good | {"X-Request-Id": "my-request"}
    )
    assert answer.status_code == 404
    server.http.get(base + f"?token={TOKEN}")
    server.http.get(base + "no/such/place/secret")
    lines = [
        json.loads(line) for line in (server.folder / "stderr.txt").read_text().splitlines() if line.startswith("{")
    ]
    access = [line for line in lines if line["logger"] == "mnemoscope.access"]
    [mine] = [line for line in access if line["request"] == "my-request"]
    assert (mine["method"], mine["route"], mine["status"], mine["client"]) == (
        "GET", "/api/recordings/{id}", 404, "127.0.0.1",
    )  # fmt: skip
    assert ("/api/uploads", 201) in [(line["route"], line["status"]) for line in access]
    whole = (server.folder / "stderr.txt").read_text()
    for secret in (TOKEN, "S" * 22, "secret", upload, "my heart", "pulse"):
        assert secret not in whole


def figures(server, base="", **more):
    answer = server.http.get(base + "metrics", **more)
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_figures_say_what_the_server_does(start):
    server = start(sessions=1)
    identity = server.run("fake", steps=200)
    before = figures(server)
    assert before["mnemoscope_sessions", "opened"] == 1
    assert before["mnemoscope_workers", "ready"] == before["mnemoscope_workers_alive",] == 1
    assert before["mnemoscope_connections",] >= 1
    with server.socket(identity) as ws:
        ws.recv(timeout=30)
        assert figures(server)["mnemoscope_watchers",] == 1
        signal = {"kind": "generated", "generator": "sines", "steps": 200}
        refused = server.http.post("api/sessions", json={"signal": signal, "task": "signal-recall", "models": ["fake"]})
        assert refused.status_code == 429
        ws.send('{"type":"play"}')
        server.wait(identity, "ended")
    deadline = time.monotonic() + 30
    while (after := figures(server))["mnemoscope_watchers",] or after["mnemoscope_sessions", "running"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert after["mnemoscope_steps_total",] == 200
    assert after["mnemoscope_queue",] == 1
    assert after["mnemoscope_recordings",] == 1
    assert after["mnemoscope_recordings_bytes",] == (server.data / "recordings" / f"{identity}.mnemo").stat().st_size
    assert after["mnemoscope_requests_total", "/api/sessions", "429", "POST"] == 1
    assert after["mnemoscope_requests_total", "/api/sessions", "201", "POST"] == 1
    assert after["mnemoscope_sockets_total", "/ws/{identity}", "101"] == 1
    assert after["mnemoscope_request_seconds_count", "/metrics"] >= 2
    assert after["mnemoscope_disk_free_bytes",] > 0
    assert not any(identity in label for name in after for label in name)


def test_readiness_says_what_is_amiss(start):
    """Replay only is what was wanted; a disk below its reserve is not ready to run anything."""
    server = start(workers=0)
    answer = server.http.get("readyz")
    assert (answer.status_code, answer.text) == (200, "replay only")
    server.close()
    full = start(free_bytes=1 << 60)
    deadline = time.monotonic() + 60
    while (answer := full.http.get("readyz")).text != "disk full":
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
    assert answer.status_code == 503
    assert full.http.get("healthz").status_code == 200
