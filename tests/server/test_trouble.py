"""A whole server in trouble: it answers, ends what it began, and is as before when the trouble is over."""

import contextlib
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from mnemoscope.reading.recording import Recording
from mnemoscope_server.workers.process import BEHIND
from tests.server.test_crash import worker_pids

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process, and file systems in memory")


@contextlib.contextmanager
def held(server):
    """Another program that holds the index."""
    other = sqlite3.connect(server.data / "index.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def listed(server):
    return {row["id"]: row["status"] for row in server.http.get("api/recordings").json()}


def test_a_locked_index_costs_nothing_that_was_begun_and_no_place(start):
    """Runs end and say so, deleting works; beginning is refused with the time to come back, and leaves no ghost."""
    server = start(sessions=2)
    live, gone = server.run("fake"), server.run("fake", start="playing")
    server.wait(gone, "ended")
    with held(server), server.socket(live) as ws:
        ws.recv(timeout=60)
        ws.send('{"type":"play"}')
        server.wait(live, "ended")
        assert server.http.delete(f"api/recordings/{gone}").status_code == 204
        signal = {"kind": "generated", "generator": "sines", "steps": 100}
        refused = server.http.post("api/sessions", json={"signal": signal, "task": "signal-recall", "models": ["fake"]})
        assert refused.status_code == 503, refused.text
        assert (refused.json()["error"]["code"], refused.headers["Retry-After"]) == ("index-trouble", "5")
        assert listed(server) == {live: "ended"}
        files = [path.stem for path in (server.data / "recordings").glob("*.mnemo")]
        assert files == [live], "what was refused left no file"
    for _ in range(2):
        server.wait(server.run("fake", start="playing"), "ended")
    assert len(listed(server)) == 3
    deadline = time.monotonic() + 30
    while dict(rows(server))[live] != "ended":
        assert time.monotonic() < deadline, "what was new is never written"
        time.sleep(0.1)


def rows(server):
    with contextlib.closing(sqlite3.connect(server.data / "index.sqlite")) as database:
        return database.execute("SELECT id, status FROM recordings").fetchall()


def until_the_end(ws):
    """Messages of a socket up to the last one."""
    messages = []
    while not messages or messages[-1]["type"] != "ended":
        message = ws.recv(timeout=60)
        if isinstance(message, str):
            messages.append(json.loads(message))
    return messages


@linux
def test_a_run_that_fills_the_disk_ends_with_the_step_and_its_neighbours_go_on(start):
    """The file may grow no more: what is in it stays, watchers are told, its place is free and it can be deleted."""
    server = start(sessions=2)
    wide, other = server.run("wide", steps=1000), server.run("fake", steps=150)
    [worker] = worker_pids(server)
    path = server.data / "recordings" / f"{wide}.mnemo"
    with server.socket(wide) as ws, server.socket(other) as neighbour:
        ws.send('{"type":"step","count":70}')
        server.wait(wide, "paused")
        limit = path.stat().st_size + 400
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        ws.send('{"type":"play"}')
        messages = until_the_end(ws)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        neighbour.send('{"type":"play"}')
        assert until_the_end(neighbour)[-1]["status"] == "ended"
    [said] = [message for message in messages if message["type"] == "error"]
    assert said["code"] == "disk-full"
    assert "the disk is full: the run stopped at step" in said["message"]
    assert messages[-1]["status"] == "stopped"
    found = server.status(wide)
    assert (found["status"], found["live"], found["manifest"]["stopped_by"]) == ("stopped", False, "disk")
    with Recording.open(path) as rec:
        assert rec.steps == found["steps"] >= 64
        rec.check()
    assert server.http.delete(f"api/recordings/{wide}").status_code == 204
    assert not path.exists()
    server.wait(server.run("fake", start="playing"), "ended")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@linux
def test_a_server_starts_on_a_full_disk_lists_deletes_and_then_goes_on(start, small_disk):
    """Whoever has to free the disk needs the server for it."""
    data = small_disk / "data"
    first = start(data=data)
    kept = [first.run("fake", steps=100, start="playing") for _ in range(2)]
    for identity in kept:
        first.wait(identity, "ended")
    first.close()
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(os.urandom(4096))
    server = start(data=data)
    assert set(listed(server)) == set(kept)
    assert server.http.get(f"api/recordings/{kept[0]}/chunks/0").status_code == 200
    signal = {"kind": "generated", "generator": "sines", "steps": 100}
    refused = server.http.post("api/sessions", json={"signal": signal, "task": "signal-recall", "models": ["fake"]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "disk-full"), refused.text
    assert server.http.delete(f"api/recordings/{kept[0]}").status_code == 204
    assert list(listed(server)) == [kept[1]]
    filler.unlink()
    server.wait(server.run("fake", start="playing"), "ended")
    assert len(listed(server)) == 2
    assert "Traceback" not in (server.folder / "stderr.txt").read_text()


@linux
def test_workers_let_the_web_process_go_first(start):
    """On a crowded machine the steps come later, and not the answers."""
    server = start()
    server.wait(server.run("fake", steps=150, start="playing"), "ended")
    web, [worker] = os.getpriority(os.PRIO_PROCESS, server.process.pid), worker_pids(server)
    assert os.getpriority(os.PRIO_PROCESS, worker) == min(19, web + BEHIND)


@linux
def test_a_frozen_worker_is_no_bug_and_readiness_knows(start):
    """Whoever stops a run is told that it still stops, and when to ask again; then it has."""
    server = start()
    identity = server.run("fake", steps=4096, start="playing", speed=50)
    [worker] = worker_pids(server)
    deadline = time.monotonic() + 60
    while server.http.get("readyz").status_code != 200 or not server.computed(identity):  # of no steps nothing is kept
        assert time.monotonic() < deadline
    os.kill(worker, signal.SIGSTOP)
    try:
        ready = server.http.get("readyz")
        assert (ready.status_code, ready.text) == (503, "not answering")
        assert server.http.get("healthz").status_code == 200
        for place in ("sessions", "recordings"):
            refused = server.http.delete(f"api/{place}/{identity}")
            assert (refused.status_code, refused.json()["error"]["code"]) == (409, "still-stopping"), refused.text
            assert refused.headers["Retry-After"] == "10"
    finally:
        os.kill(worker, signal.SIGCONT)
    server.wait(identity, "stopped")
    assert server.http.get("readyz").status_code == 200
    assert server.http.delete(f"api/recordings/{identity}").status_code == 204
