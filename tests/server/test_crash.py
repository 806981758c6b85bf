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

from mnemoscope.format import blocks
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


def outputs(server, identity, model="fake"):
    with Recording.open(server.data / "recordings" / f"{identity}.mnemo") as rec:
        return rec.manifest["status"], rec.manifest["content_hash"], rec[model].array("outputs")[:, 0].tolist()


def watched(socket):
    """All that a watcher is sent: the steps of the first model, and the messages."""
    steps, said = [], []
    with contextlib.suppress(ConnectionClosed):
        while True:
            message = socket.recv(timeout=60)
            if isinstance(message, str):
                said.append(json.loads(message))
                continue
            position = 0
            while position < len(message):
                stream, kind, first, count, length = blocks.MESSAGE.unpack_from(message, position)
                position += blocks.MESSAGE.size + length
                if kind == blocks.KIND_FRAMES and stream == 0:
                    steps += range(first, first + count)
    return steps, said


def test_a_run_that_kills_its_worker_twice_fails_and_its_neighbour_goes_on(start):
    """The reason is reported, the file keeps its whole chunks, what ran beside it is computed anew, the next session runs."""
    server = start()
    identity = server.run("deadly", "fake", steps=200, start="paused")
    neighbour = server.run("fake", steps=200, start="paused")
    with server.socket(identity) as ws, server.socket(neighbour) as beside:
        ws.recv(timeout=60)
        ws.send('{"type":"play"}')
        _, received = watched(ws)
        assert received[-1]["type"] == "ended"
        assert received[-1]["status"] == "failed"
        said = next(m["message"] for m in received if m["type"] == "error")
        assert said == "the worker process ended (exit code 9) while it computed this run"
        found = server.wait(identity, "failed")
        assert found["steps"] == 64
        with Recording.open(server.data / "recordings" / f"{identity}.mnemo") as rec:
            assert rec.manifest["status"] == "failed"
        beside.send('{"type":"play"}')
        steps, others = watched(beside)
        assert steps == list(range(200))
        assert (others[-1]["type"], others[-1]["status"]) == ("ended", "ended")
        assert not [m for m in others if m["type"] == "error"]
    after = server.run("fake", steps=100, start="playing")
    server.wait(after, "ended")
    assert list((server.data / "tmp").glob("*.again")) == []


def test_a_run_whose_worker_is_killed_goes_on_as_if_nothing_had_happened(start):
    """Its watcher gets every step once, its file is that of a run that was left alone, and it can be driven as before."""
    server = start()
    left_alone = server.run("fake", "broken", steps=300, start="playing")
    server.wait(left_alone, "ended")
    identity = server.run("fake", "broken", steps=300, start="playing", speed=150)
    with server.socket(identity) as ws:
        ws.recv(timeout=60)
        running(server, identity, steps=150)
        [worker] = worker_pids(server)
        os.kill(worker, signal.SIGKILL)
        steps, said = watched(ws)
    assert steps == list(range(300))
    assert said[-1]["status"] == "ended"
    assert [m["type"] for m in said].count("failure") <= 1
    assert worker_pids(server) != [worker]
    for model in ("fake", "broken-1"):
        assert outputs(server, identity, model) == outputs(server, left_alone, model)
    with Recording.open(server.data / "recordings" / f"{identity}.mnemo") as rec:
        assert [failure["stream"] for failure in rec.manifest["failures"]] == [1]
        rec.check()


def test_what_is_ordered_while_no_worker_has_a_run_is_carried_out(start):
    """A paused run stays paused, its speed is the one that was set last, and it can be stopped at once."""
    server = start()
    paused, stopped = (server.run("slow", steps=300, start="paused", speed=30) for _ in range(2))
    with server.socket(paused) as ws, server.socket(stopped):
        ws.recv(timeout=60)
        ws.send('{"type":"step","count":70}')
        deadline = time.monotonic() + 60
        while server.status(paused)["steps"] < 70:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        [worker] = worker_pids(server)
        os.kill(worker, signal.SIGKILL)
        ws.send('{"type":"speed","steps_per_second":100}')
        ws.send('{"type":"step","count":10}')
        assert server.http.delete(f"api/sessions/{stopped}").status_code == 204
        while server.status(paused)["status"] != "paused" or server.status(paused)["steps"] < 80:
            assert time.monotonic() < deadline, server.status(paused)
            time.sleep(0.02)
        assert server.status(paused)["steps"] == 80
    assert server.http.delete(f"api/sessions/{paused}").status_code == 204
    status, _, values = outputs(server, paused, "slow")
    assert (status, values) == ("stopped", list(range(80)))
    assert server.http.get(f"api/recordings/{stopped}").status_code == 404, "it had no step"


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
