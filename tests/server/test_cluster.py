"""Two web processes, one PostgreSQL, one Ray with two engines, all real: any of them serves any run, and none of them is needed for it."""

import contextlib
import json
import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from mnemoscope.reading.recording import Recording
from tests.server.conftest import Server, make_checkpoints
from tests.server.ray_cluster import RayCluster
from tests.server.test_crash import watched


class Cluster:
    """The engines and the index, and web processes to start on them."""

    def __init__(self, folder, postgres, s3):
        self.folder, self.computed = folder, folder / "computed"
        make_checkpoints(folder / "checkpoints")
        self.computed.mkdir()
        environment = {"MNEMOSCOPE_CHECKPOINTS": str(folder / "checkpoints"), "FAKE_ENGINE_LOG": str(self.computed)}
        self.ray = RayCluster(environment=environment)
        self.index, self.blobs = postgres.database(), s3.bucket()
        self.webs = []

    def web(self, name):
        """One more web process, when it is ready."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for shared in ("checkpoints", "computed"):
            if not (folder / shared).exists():
                (folder / shared).symlink_to(self.folder / shared)
        web = Server(folder, ray=self.ray.address, index=self.index, blobs=self.blobs, workers=2)
        self.webs.append(web)
        wait_until(lambda: web.http.get("readyz").status_code == 200, "an engine")
        return web

    def engine_of(self, identity):
        """The process that computes a run: the worker of the engine that has it."""
        [(engine,)] = self.rows(f"SELECT engine FROM live WHERE id = '{identity}'")
        return engine

    def rows(self, statement):
        with psycopg.connect(self.index, autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def close(self):
        for web in self.webs:
            web.close()
        self.ray.close()


def wait_until(holds, what, *, seconds=90):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waiting for {what}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, postgres, _s3):
    with pytest.MonkeyPatch.context() as environment:
        for name, value in _s3.environment.items():
            environment.setenv(name, value)
        made = Cluster(tmp_path_factory.mktemp("cluster"), postgres, _s3)
        yield made
        made.close()


@pytest.fixture(scope="module")
def first(cluster):
    return cluster.web("first")


@pytest.fixture(scope="module")
def second(cluster):
    return cluster.web("second")


def test_a_second_web_process_serves_a_run_that_it_did_not_open(cluster, first, second):
    """Its watchers get every step from the beginning, and whoever began the run drives it from there."""
    identity = first.run("fake", steps=300, start="playing", speed=100)
    wait_until(lambda: first.status(identity)["steps"] > 100, "some steps")
    with second.socket(identity) as ws:
        hello = json.loads(ws.recv(timeout=60))
        assert (hello["type"], hello["live"], hello["manifest"]["id"]) == ("hello", True, identity)
        ws.send('{"type":"pause"}')
        wait_until(lambda: first.status(identity)["status"] == "paused", "the pause")
        ws.send('{"type":"speed","steps_per_second":null}')
        ws.send('{"type":"play"}')
        steps, said = watched(ws)
    assert steps == list(range(300))
    assert said[-1] == {"type": "ended", "steps": 300, "status": "ended"}
    assert first.wait(identity, "ended")["steps"] == 300
    with Recording.open(first.data / "recordings" / f"{identity}.mnemo") as rec:
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(300))
    assert cluster.rows("SELECT id FROM live") == []


def test_a_run_goes_on_when_its_web_process_is_killed(cluster, second):
    """The other one takes it over, closes it and lists it; its watcher notices nothing."""
    third = cluster.web("third")
    identity = third.run("fake", steps=900, start="playing", speed=60)
    wait_until(lambda: second.status(identity).get("steps", 0) > 10, "some steps")
    with second.socket(identity) as ws:
        ws.recv(timeout=60)
        third.process.send_signal(signal.SIGKILL)
        steps, said = watched(ws)
    assert steps == list(range(900))
    assert said[-1]["status"] == "ended"
    assert second.wait(identity, "ended")["steps"] == 900
    with Recording.open(second.data / "recordings" / f"{identity}.mnemo") as rec:
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(900))
    assert cluster.rows("SELECT id FROM live") == []


@pytest.mark.parametrize("whom", ["worker", "actor"])
def test_a_run_goes_on_when_its_engine_is_killed(cluster, first, second, whom):
    """On the other engine, or on the same when it is back; who watches through the other web process gets every step once."""
    identity = first.run("fake", steps=400, start="playing", speed=60)
    wait_until(lambda: first.status(identity)["steps"] > 100, "some steps")
    with second.socket(identity) as ws, first.socket(identity) as beside:
        ws.recv(timeout=60)
        beside.recv(timeout=60)
        os.kill(pid_of(cluster, identity, whom), signal.SIGKILL)
        steps, said = watched(ws)
        assert steps == list(range(400))
        assert said[-1]["status"] == "ended", said
        assert watched(beside)[0] == list(range(400))
    with Recording.open(first.data / "recordings" / f"{identity}.mnemo") as rec:
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(400))
        assert rec.manifest["status"] == "ended"


def pid_of(cluster, identity, whom):
    """The worker that computes a run, or the actor that it belongs to."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if not (entry / "fd").exists() or not any(
                identity in os.readlink(fd) for fd in (entry / "fd").iterdir() if os.path.islink(fd)
            ):
                continue
            if b"spawn_main" in (entry / "cmdline").read_bytes():
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                return int(entry.name) if whom == "worker" else parent
    raise AssertionError("nobody computes it")


def test_a_run_that_kills_two_workers_fails_with_what_it_had_and_is_named(cluster, first, second):
    """Its neighbours go on; what its watchers saw is a recording."""
    identity = first.run("deadly", steps=200, start="playing")
    found = first.wait(identity, "failed")
    assert found["steps"] >= 64
    with Recording.open(first.data / "recordings" / f"{identity}.mnemo") as rec:
        assert (rec.manifest["status"], rec.steps) == ("failed", found["steps"])
    wait_until(lambda: second.status(identity).get("status") == "failed", "the other server to know")
    assert second.http.get(f"api/recordings/{identity}/chunks/0").status_code == 200
    first.wait(first.run("fake", steps=100, start="playing"), "ended")
