"""A node of a Ray cluster that is cut off whole: raylet, engine and worker. What it computed goes on on what is left."""

import contextlib
import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mnemoscope.reading.recording import Recording
from tests.server.test_cluster import Cluster, parts, pid_of, wait_until
from tests.server.test_crash import watched

STEPS = 900


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, postgres, _s3):
    """A head with room for one engine."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in _s3.environment.items():
            environment.setenv(name, value)
        made = Cluster(tmp_path_factory.mktemp("nodes"), postgres, _s3, cpus=1)
        yield made
        made.close()


@pytest.fixture(scope="module")
def webs(cluster):
    return cluster.web("first"), cluster.web("second")


def on_node(cluster, web, node):
    """A run that the engine of that node computes; what other runs it took to find one are stopped."""
    until = time.monotonic() + 90
    others = []
    while time.monotonic() < until:
        identity = web.run("fake", steps=STEPS, start="playing", speed=60)
        wait_until(lambda: web.status(identity)["steps"] > 5, "some steps")  # noqa: B023
        if pid_of(cluster, identity, "worker") in node.processes():
            for other in others:
                web.http.delete(f"api/sessions/{other}")
            return identity
        others.append(identity)
        if len(others) > 2:
            web.http.delete(f"api/sessions/{others.pop(0)}")
    raise AssertionError("the node gets no run")


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_a_run_goes_on_when_its_node_is_cut_off(cluster, webs, how):
    """Its watchers, at either web process, get every step once; a node that was only silent and comes back changes nothing."""
    first, second = webs
    with contextlib.closing(cluster.ray.node(cpus=1)) as node:
        goes_on(cluster, first, second, node, how)
    assert cluster.rows("SELECT id FROM live") == []


def goes_on(cluster, first, second, node, how):
    identity = on_node(cluster, first, node)
    wait_until(lambda: first.status(identity)["steps"] > 130, "two whole chunks")
    with first.socket(identity) as ws, second.socket(identity) as beside:
        for socket in (ws, beside):
            assert json.loads(socket.recv(timeout=60))["type"] == "hello"
        with ThreadPoolExecutor() as pool:
            seen = [pool.submit(watched, socket) for socket in (ws, beside)]
            if how == "killed":
                node.close()
            else:
                node.tell(signal.SIGSTOP)
            began, before = time.monotonic(), first.status(identity)["steps"]
            wait_until(lambda: first.status(identity)["steps"] > before + 64, "the run to go on", seconds=120)
            assert time.monotonic() - began < 45, "Ray alone takes more than a minute"
            if how == "frozen":
                node.tell(signal.SIGCONT)
            for steps, said in (one.result(timeout=60) for one in seen):
                assert steps == list(range(STEPS))
                assert said[-1]["status"] == "ended", said
    assert first.wait(identity, "ended")["steps"] == STEPS
    with Recording.open(first.data / "recordings" / f"{identity}.mnemo") as rec:
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(STEPS))
        rec.check()
    wait_until(lambda: parts(cluster, identity) == [], "its parts to be removed")
