"""What a SIGKILL leaves: a recording that opens, and a server that starts again as if nothing had happened."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from mnemoscope.reading.recording import Recording


def worker_pids(server):
    """Children of the server that are its workers."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == server.process.pid and b"spawn_main" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def running(server, identity, *, steps):
    deadline = time.monotonic() + 60
    while server.computed(identity) < steps:
        assert time.monotonic() < deadline, "the run does not get anywhere"
        time.sleep(0.02)


def test_server_and_worker_killed_mid_run(start):
    """Everything is killed at once: the file is readable up to half a second before, and is listed as stopped."""
    server = start()
    identity = server.run("fake", steps=4096, start="playing", speed=100)
    running(server, identity, steps=150)
    done = server.computed(identity)
    os.killpg(server.process.pid, signal.SIGKILL)  # one after the other would give the worker time to close its file
    server.kill()
    path = server.data / "recordings" / f"{identity}.mnemo"
    with Recording.open(path) as rec:
        assert not rec.finished
        assert rec.steps >= done // 64 * 64
        assert rec.steps >= done - 80, "at most half a second of steps is lost"
        steps = rec.steps
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(steps))
    again = start()
    found = again.status(identity)
    assert (found["status"], found["steps"], found["live"]) == ("stopped", steps, False)
    assert [e["status"] for e in again.http.get("api/recordings").json()] == ["stopped"]
    with Recording.open(path) as rec:
        assert rec.manifest["status"] == "stopped"
        assert (rec.manifest["planned_steps"], rec.manifest["stopped_by"]) == (4096, "server")
        assert rec.manifest["content_hash"]


def test_only_the_server_killed(start):
    """The worker notices, closes the file as stopped and ends; a new server finds it so."""
    server = start()
    identity = server.run("fake", steps=4096, start="playing", speed=100)
    running(server, identity, steps=70)
    workers = worker_pids(server)
    assert workers
    server.kill()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < deadline, "a worker outlives its server"
        time.sleep(0.02)
    with Recording.open(server.data / "recordings" / f"{identity}.mnemo") as rec:
        assert (rec.manifest["status"], rec.manifest["stopped_by"]) == ("stopped", "server")
        assert rec.steps == server.computed(identity)
        assert rec.manifest["planned_steps"] == 4096
    assert start().status(identity)["status"] == "stopped"


def test_a_dead_worker_fails_its_sessions_and_is_replaced(start):
    """The reason is reported, the file keeps its whole chunks, the next session runs."""
    server = start()
    identity = server.run("deadly", "fake", steps=200, start="paused")
    neighbour = server.run("fake", steps=200, start="paused")
    with server.socket(identity) as ws, server.socket(neighbour) as beside:
        ws.recv(timeout=60)
        ws.send('{"type":"play"}')
        received = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = ws.recv(timeout=60)
                if isinstance(message, str):
                    received.append(json.loads(message))
        others = [json.loads(message) for message in [beside.recv(timeout=60) for _ in range(2)]]
    assert "while it computed another run" in others[-1]["message"]
    assert received[-1]["type"] == "ended"
    assert received[-1]["status"] == "failed"
    said = next(m["message"] for m in received if m["type"] == "error")
    assert said == "the worker process ended (exit code 9) while it computed this run"
    found = server.wait(identity, "failed")
    assert found["steps"] == 64
    with Recording.open(server.data / "recordings" / f"{identity}.mnemo") as rec:
        assert rec.manifest["status"] == "failed"
    after = server.run("fake", steps=100, start="playing")
    server.wait(after, "ended")


def test_a_worker_that_cannot_start_leaves_a_replay_server(start):
    """Live runs are off, and it says why; everything else works."""
    server = start(engine="tests.server.fake_engine:BrokenEngine")
    deadline = time.monotonic() + 60
    while server.http.get("api/status").json()["workers"] == "starting":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    status = server.http.get("api/status").json()
    assert status["workers"] == "failed"
    assert status["replay_only"] is True
    assert "no engine today" in status["workers_reason"]
    assert server.http.get("readyz").status_code == 503
    signal_ = {"kind": "none"}
    answer = server.http.post("api/sessions", json={"signal": signal_, "task": "signal-recall", "models": ["fake"]})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "no-workers"
    assert server.http.get("api/recordings").json() == []


def test_a_polite_end_closes_recordings_and_leaves_nothing_running(start):
    """SIGTERM, as a container gives it."""
    server = start()
    identity = server.run("fake", steps=4096, start="playing", speed=100)
    running(server, identity, steps=30)
    workers = worker_pids(server)
    for pid in (*workers, server.process.pid):  # as a service manager does; a container tells the server alone
        os.kill(pid, signal.SIGTERM)
    assert server.process.wait(10) in (0, -signal.SIGTERM)  # uvicorn passes the signal on when everything is closed
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
    with Recording.open(server.data / "recordings" / f"{identity}.mnemo") as rec:
        assert (rec.manifest["status"], rec.manifest["stopped_by"]) == ("stopped", "server")
        assert rec.steps == server.computed(identity)
        assert rec.manifest["planned_steps"] == 4096
    assert (server.folder / "stderr.txt").read_text() == ""


def test_two_servers_do_not_share_a_folder_or_a_port(start):
    """The second one says what to do."""
    server = start()
    code, text = second(server, port=0)
    assert code == 1
    assert "--data-dir" in text
    code, text = second(server, port=server.url.rsplit(":", 1)[1].rstrip("/"), data=server.folder / "other")
    assert code == 1
    assert "--port" in text


def second(server, *, port, data=None):
    """Exit code and complaint of another server."""
    folder = str(data or server.data)
    code = (
        "import argparse, sys; from pathlib import Path; from mnemoscope_server import serving; "
        "from mnemoscope_server.settings import Settings; "
        f"sys.exit(serving.run(Settings.from_arguments(argparse.Namespace(port={port}, no_browser=True, data_dir=Path({folder!r})))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr
