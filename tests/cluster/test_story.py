"""`make cluster`, with nginx and all: runs survive the kill of a web process and of an engine, and are read from the bucket afterwards."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from mnemoscope.format import blocks
from mnemoscope.reading.recording import Recording
from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.blobs.parts import Parts
from tests.cluster.parts import TOKEN, Cluster
from tests.programs import free_port
from tests.server.conftest import make_checkpoints
from tests.server.test_cluster import pid_of, wait_until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    make_checkpoints(folder / "checkpoints")
    made = Cluster(
        environment={"MNEMOSCOPE_CHECKPOINTS": str(folder / "checkpoints")},
        engine="tests.server.fake_engine:FakeEngine",
    )
    yield made
    made.close()


class Viewer:
    """A page, as far as frames go: it connects again where its line is cut, and says what it has."""

    def __init__(self, cluster, identity):
        self.cluster, self.identity = cluster, identity
        self.steps, self.said, self.lines = [], [], 0

    def watch(self, *, until=lambda: False):
        """Until the run is over, or it is enough."""
        address = self.cluster.url.replace("http", "ws") + f"ws/{self.identity}"
        deadline = time.monotonic() + 120
        while not (self.said and self.said[-1]["type"] == "ended") and not until():
            assert time.monotonic() < deadline, self.said[-3:]
            with contextlib.suppress(ConnectionClosed, InvalidStatus, EOFError, OSError, TimeoutError):
                headers = {"Authorization": f"Bearer {TOKEN}"}
                with connect(
                    address, max_size=None, compression=None, close_timeout=1, additional_headers=headers
                ) as ws:
                    self.lines += 1
                    ws.send(json.dumps({"type": "hello", "have": len(self.steps)}))
                    while not until():
                        self._take(ws.recv(timeout=60))
            time.sleep(0.2)

    def _take(self, message):
        if isinstance(message, str):
            self.said.append(json.loads(message))
            assert self.said[-1]["type"] != "error", self.said[-1]
            return
        position = 0
        while position < len(message):
            stream, kind, first, count, length = blocks.MESSAGE.unpack_from(message, position)
            position += blocks.MESSAGE.size + length
            if kind == blocks.KIND_FRAMES and stream == 0:
                self.steps += range(first, first + count)


def test_a_run_survives_a_web_process_and_an_engine_and_is_read_from_the_bucket(cluster, tmp_path):
    signal_ = {"kind": "generated", "generator": "sines", "seed": 1, "steps": 900}
    body = {"signal": signal_, "task": "signal-recall", "models": ["fake"], "start": "playing", "speed": 40}
    opened = cluster.webs[0]
    with opened.http() as direct:
        made = direct.post("api/sessions", json=body)
    assert made.status_code == 201, made.text
    identity = made.json()["id"]
    viewer = Viewer(cluster, identity)
    viewer.watch(until=lambda: len(viewer.steps) > 60)
    opened.kill()
    viewer.watch(until=lambda: len(viewer.steps) > 300)
    # nobody has taken it over yet: what it was ordered is known to its engine alone
    os.kill(pid_of(cluster, identity, "worker"), signal.SIGKILL)
    viewer.watch()
    assert viewer.steps == list(range(900)), "every step, once"
    assert viewer.said[-1]["status"] == "ended"
    assert viewer.lines > 1
    wait_until(lambda: cluster.http.get(f"api/recordings/{identity}").json().get("live") is False, "its end")
    cluster.webs.append(cluster.web(opened.name))  # it has no file of this run
    address = f"api/recordings/{identity}"
    for _ in range(8):  # whichever of the two is asked
        found = cluster.http.get(address)
        assert (found.status_code, found.json()["status"], found.json()["steps"]) == (200, "ended", 900), found.text
        file = cluster.http.get(f"{address}/file")
        assert file.status_code == 200, file.text
    (tmp_path / "it.mnemo").write_bytes(file.content)
    with Recording.open(tmp_path / "it.mnemo") as rec:
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(900))
        rec.check()
    assert [entry["id"] for entry in cluster.http.get("api/recordings").json()] == [identity]
    assert rows(cluster, "SELECT count(*) FROM live") == [(0,)]


def test_a_run_outlives_all_processes_that_knew_of_it(cluster, monkeypatch):
    """As after a power cut: what is left is PostgreSQL and the bucket, and whoever starts next goes on with it."""
    for name, value in cluster.s3.environment.items():
        monkeypatch.setenv(name, value)
    parts = Parts(Bucket(cluster.blobs))
    signal_ = {"kind": "generated", "generator": "sines", "seed": 2, "steps": 600}
    body = {"signal": signal_, "task": "signal-recall", "models": ["fake"], "start": "playing", "speed": 40}
    made = cluster.http.post("api/sessions", json=body)
    assert made.status_code == 201, made.text
    identity = made.json()["id"]
    viewer = Viewer(cluster, identity)
    viewer.watch(until=lambda: len(viewer.steps) > 200)
    wait_until(lambda: parts.upto(identity) >= 128, "parts of it in the bucket")
    pids = [pid_of(cluster, identity, whom) for whom in ("worker", "actor")]
    for web in cluster.webs:
        if web.process.poll() is None:
            web.kill()
    for pid in pids[::-1]:
        os.kill(pid, signal.SIGKILL)
    cluster.webs = [cluster.web(name) for name in ("first", "second")]
    viewer.watch()
    assert viewer.steps == list(range(600)), "every step, once"
    assert viewer.said[-1]["status"] == "ended"
    wait_until(lambda: parts.run(identity) is None, "its parts to be removed")
    assert rows(cluster, "SELECT count(*) FROM live") == [(0,)]
    assert cluster.http.delete(f"api/recordings/{identity}").status_code == 204


def rows(cluster, statement):
    import psycopg

    with psycopg.connect(cluster.index, autocommit=True) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.server
def test_make_cluster_ends_cleanly_by_ctrl_c():
    """One command, and nothing is left of it."""
    port = free_port()
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.cluster", "--port", str(port), "--webs", "1", "--engines", "1"],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        lines = [run.stdout.readline() for _ in range(3)]
        assert f"http://127.0.0.1:{port}/?token=" in lines[1], lines
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(90) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.stdout.close()
