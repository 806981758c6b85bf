"""Two web processes, one PostgreSQL, one Ray with two engines, all real: any of them serves any run, and none of them is needed for it."""

import contextlib
import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from mnemoscope.format import blocks
from mnemoscope.reading.recording import Recording
from mnemoscope_server.sessions.elsewhere import LOOK_SECONDS
from mnemoscope_server.sessions.left import Left
from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.blobs.parts import Parts
from mnemoscope_server.workers.redo import _joined
from tests.server.access import test_wheel as wheels
from tests.server.conftest import Server, make_checkpoints
from tests.server.http.test_samples import GIVEN, heard, open_source, send, sender, taken
from tests.server.ray_cluster import RayCluster
from tests.server.test_crash import watched


class Cluster:
    """The engines and the index, and web processes to start on them."""

    def __init__(self, folder, postgres, s3, *, cpus=2):
        self.folder, self.computed = folder, folder / "computed"
        make_checkpoints(folder / "checkpoints")
        self.computed.mkdir()
        environment = {"MNEMOSCOPE_CHECKPOINTS": str(folder / "checkpoints"), "FAKE_ENGINE_LOG": str(self.computed)}
        self.ray = RayCluster(cpus=cpus, environment=environment)
        self.s3, self.index, self.blobs = s3, postgres.database(), s3.bucket()
        self.webs = []

    def web(self, name, **settings):
        """One more web process, when it is ready."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for shared in ("checkpoints", "computed"):
            if not (folder / shared).exists():
                (folder / shared).symlink_to(self.folder / shared)
        web = Server(folder, ray=self.ray.address, index=self.index, blobs=self.blobs, workers=2, **settings)
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


def test_stretches_of_one_model_are_read_while_a_run_goes_on(cluster, first, second):
    """As a page asks for them that holds a long run in part: wherever it asks, while the file is with the engine."""
    identity = first.run("fake", "slow", steps=300, start="playing", speed=100)
    wait_until(lambda: first.status(identity)["steps"] > 200, "some steps")
    address, one = f"api/recordings/{identity}/chunks/0", {"stream": 1, "count": 2}
    live = [web.http.get(address, params=one) for web in (first, second)]
    assert [answer.status_code for answer in live] == [200, 200]
    assert first.http.get(address, params={"stream": 2}).status_code == 422
    first.wait(identity, "ended")
    whole = first.http.get(address, params=one)
    assert {_joined(answer.content)[1, blocks.KIND_FRAMES] for answer in (*live, whole)} == {
        _joined(whole.content)[1, blocks.KIND_FRAMES]
    }
    assert {stream for answer in live for stream, _ in _joined(answer.content)} == {1}


def test_who_drives_a_run_is_known_wherever_they_come(cluster, first, second):
    """The browser that began it, and whoever it gave the wheel to, until it is taken back through any web process."""
    with wheels.browser(first) as owner, wheels.browser(second) as there, wheels.browser(second) as other:
        identity = owner.post("api/sessions", json=run_of("fake", 3000)).json()["id"]
        introduce(there, owner)
        path = f"api/sessions/{identity}/wheel"
        assert other.get(path).status_code == 403
        assert there.get(path).json() == {"key": None}
        with wheels.line(second, identity, there) as mine, wheels.line(second, identity, other) as watching:
            assert (mine.heard("wheel"), watching.heard("wheel")) == (wheels.OWNER, wheels.WATCHING)
        key = there.post(path).json()["key"]
        assert len(key) >= 32
        assert owner.post(path).json() == owner.get(path).json() == {"key": key}
        with (
            wheels.line(first, identity, other, wheel=key) as one,
            wheels.line(second, identity, other, wheel=key) as two,
        ):
            assert one.heard("wheel") == two.heard("wheel") == wheels.GIVEN
            assert owner.delete(path).status_code == 204
            assert two("ping", "wheel") == wheels.WATCHING
            assert two("step", "error")["code"] == "not-yours"
            assert there.post(path).json()["key"] != key
            assert one("step", "error")["code"] == "not-yours"
        assert there.delete(f"api/sessions/{identity}").status_code == 204
        assert there.post(path).status_code in (404, 409), "it is over"


def test_runs_of_an_address_count_on_all_web_processes(cluster):
    """Or each of them would give it as many."""
    settings = {"allowed_hosts": '["mem.example.org"]', "no_token": "yes", "sessions_per_client": 1}
    one, two = (cluster.web(name, **settings) for name in ("ninth", "tenth"))
    begun = lambda web, address: web.http.post(  # noqa: E731
        "api/sessions", json=run_of("fake", 3000), headers={"X-Forwarded-For": address}
    )
    made = begun(one, "203.0.113.1")
    assert made.status_code == 201, made.text
    time.sleep(2 * LOOK_SECONDS)
    refused = begun(two, "203.0.113.1")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too-many-of-yours")
    other = begun(two, "203.0.113.2")
    assert other.status_code == 201, "another address has its own"
    stopped(one, made)
    answers = []
    wait_until(
        lambda: answers.append(begun(two, "203.0.113.1")) or answers[-1].status_code == 201, "its place", seconds=20
    )
    for answer in (other, answers[-1]):
        stopped(two, answer)
    for web in (one, two):
        web.close()


def stopped(web, made):
    """Stop a run that was begun there."""
    gone = web.http.delete(f"api/sessions/{made.json()['id']}")
    assert gone.status_code == 204, gone.text


def test_samples_that_come_to_another_web_process_are_passed_on(cluster, first, second):
    """In every way in which they can be sent, with the same answers."""
    identity, other = open_source(first, **GIVEN), first.run("fake", steps=3000)
    assert taken(send(first, identity, [0.0, 1.0]))["received"] == 2
    with second.socket(identity) as ws:
        wait_until(lambda: source_of(ws.recv(timeout=60)).get("received") == 2, "where the source stands")
    assert taken(send(second, identity, [2.0, 3.0]))["next"] == 4
    assert taken(send(second, identity, [5.0], first=5))["received"] == 5
    assert second.http.get(f"api/sessions/{identity}/samples").json()["source"]["next"] == 4
    many = send(second, identity, [0.0] * 8193)
    assert (many.status_code, many.json()["error"]["code"]) == (422, "bad-request")
    wrong = send(second, identity, [1.0], times=[1.0])
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "bad-signal"), "its rate is not known"
    with sender(second, identity) as ws:
        assert heard(ws)["next"] == 4
        ws.send('{"type": "samples", "values": [4.0], "first": 4}')
        assert heard(ws)["next"] == 6
    lines = second.http.post(
        f"api/sessions/{identity}/samples", content="6\n7\nx\n8\n", headers={"Content-Type": "text/plain"}
    )
    assert (lines.json()["taken"], lines.json()["malformed_count"]) == (4, 1)
    assert send(second, other, [1.0]).json()["error"]["code"] == "no-live-source"
    with sender(second, identity) as ws:
        heard(ws)
        ws.send('{"type": "end"}')
        while (said := heard(ws))["source"]["state"] != "ended":
            pass
        assert said["source"]["received"] == 10
    assert first.wait(identity, "ended")["steps"] == 10
    values = (cluster.computed / f"{identity}.fake-forecast").with_suffix(".heard").read_text().split()
    assert [float(value) for value in values] == [0, 1, 2, 3, 4, 5, 6, 7, 7, 8], (
        "and what was no number holds the one before"
    )
    assert first.http.delete(f"api/sessions/{other}").status_code == 204


def source_of(message):
    """What a message says of a live source; {} where it is another."""
    said = json.loads(message) if isinstance(message, str) else {}
    return said if said.get("type") == "source" else {}


def test_samples_for_a_server_that_does_not_answer_say_so(cluster, second):
    """Until another one has taken the run over, and stopped it."""
    web = cluster.web("eleventh")
    identity = open_source(web, **GIVEN)
    taken(send(second, identity, [0.0, 1.0]))
    web.process.send_signal(signal.SIGSTOP)
    try:
        answer = send(second, identity, [2.0])
        assert (answer.status_code, answer.json()["error"]["code"]) == (421, "fed-elsewhere")
        assert "does not answer" in answer.json()["error"]["message"]
    finally:
        web.process.send_signal(signal.SIGCONT)
    wait_until(lambda: second.status(identity).get("status") == "stopped", "its end")
    wait_until(lambda: cluster.rows("SELECT id FROM live") == [], "that one to leave it to others", seconds=20)
    assert web.status(identity)["status"] == second.status(identity)["status"] == "stopped"


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


def kill_both(cluster, web, identity):
    """A web process and the engine that computes its run, its actor and its worker: all that knows of the run."""
    worker, actor = pid_of(cluster, identity, "worker"), pid_of(cluster, identity, "actor")
    web.process.send_signal(signal.SIGKILL)
    for pid in (actor, worker):
        os.kill(pid, signal.SIGKILL)


def parts(cluster, identity):
    """What lies in the bucket of a run that goes on."""
    return Bucket(cluster.blobs).list(f"live/{identity}")


def steps_in_bucket(cluster, identity):
    return Parts(Bucket(cluster.blobs)).upto(identity)


@pytest.mark.parametrize("watched_there", [True, False])
def test_a_run_goes_on_when_its_web_process_and_its_engine_are_killed_together(cluster, second, watched_there):
    """From what lies in the bucket, on the other engine; watchers get every step once, and nothing is left in the bucket but the recording."""
    fourth = cluster.web("fourth")
    identity = fourth.run("fake", steps=900, start="playing", speed=60)
    wait_until(lambda: steps_in_bucket(cluster, identity) >= 128, "parts of it in the bucket")
    if watched_there:
        with second.socket(identity) as ws:
            ws.recv(timeout=60)
            kill_both(cluster, fourth, identity)
            steps, said = watched(ws)
    else:
        kill_both(cluster, fourth, identity)
        wait_until(lambda: second.status(identity).get("steps", 0) > 128, "the other server to have it")
        with second.socket(identity) as ws:
            steps, said = watched(ws)
    assert steps == list(range(900))
    assert said[-1]["status"] == "ended", said
    found = second.wait(identity, "ended")
    assert (found["steps"], found["manifest"]["title"]) == (900, "sines · signal-recall")
    with Recording.open(second.data / "recordings" / f"{identity}.mnemo") as rec:
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(900))
        rec.check()
    wait_until(lambda: parts(cluster, identity) == [], "its parts to be removed")
    assert cluster.rows("SELECT id FROM live") == []


def test_who_drives_a_run_is_known_when_its_web_process_and_its_engine_were_killed(cluster, second):
    """With the key that was given away."""
    web = cluster.web("eighth")
    with wheels.browser(web) as owner, wheels.browser(second) as there, wheels.browser(second) as other:
        identity = owner.post("api/sessions", json=run_of("fake", 3000) | {"start": "playing", "speed": 60}).json()[
            "id"
        ]
        key = owner.post(f"api/sessions/{identity}/wheel").json()["key"]
        introduce(there, owner)
        wait_until(lambda: steps_in_bucket(cluster, identity) >= 128, "parts of it in the bucket")
        kill_both(cluster, web, identity)
        wait_until(lambda: second.status(identity).get("steps", 0) > 128, "the other server to have it")
        with wheels.line(second, identity, there) as mine, wheels.line(second, identity, other) as watching:
            assert (mine.heard("wheel"), watching.heard("wheel")) == (wheels.OWNER, wheels.WATCHING)
        assert there.get(f"api/sessions/{identity}/wheel").json() == {"key": key}
        assert there.delete(f"api/sessions/{identity}").status_code == 204


def introduce(client, browser):
    """Have a client be that browser, as it were where all web processes are one address: cookies are called after the port."""
    [cookie] = browser.cookies.jar
    client.cookies.set(f"mnemoscope-{client.base_url.port}-me", cookie.value, domain="127.0.0.1")


def run_of(model, steps):
    """What is asked for by whoever begins a run of so many steps, paused."""
    signal_ = {"kind": "generated", "generator": "sines", "seed": 1, "steps": steps}
    return {"signal": signal_, "task": "signal-recall", "models": [model], "start": "paused"}


def test_a_run_whose_source_died_with_its_engine_ends_early_with_what_there_is(cluster, second):
    """Nobody else has what was sent: it cannot be computed again."""
    web = cluster.web("fifth")
    identity = open_source(web, **GIVEN)
    taken(send(web, identity, [k / 300 for k in range(300)]))
    wait_until(lambda: steps_in_bucket(cluster, identity) >= 256, "parts of it in the bucket")
    kill_both(cluster, web, identity)
    wait_until(lambda: second.status(identity).get("status") == "stopped", "its end")
    found = second.status(identity)
    assert (found["steps"], found["live"]) == (256, False)
    with Recording.open(second.data / "recordings" / f"{identity}.mnemo") as rec:
        assert rec["fake"].array("outputs")[:, 0].tolist() == list(range(256))
        assert (rec.manifest["stopped_by"], rec.finished) == ("server", True)
        rec.check()
    wait_until(lambda: parts(cluster, identity) == [], "its parts to be removed")
    assert cluster.rows("SELECT id FROM live") == []


def test_a_run_whose_source_died_with_its_web_process_is_stopped_with_all_that_came(cluster, second):
    """Nothing more can come to it: it holds no place."""
    web = cluster.web("seventh")
    identity = open_source(web, **GIVEN)
    taken(send(web, identity, [k / 100 for k in range(100)]))
    wait_until(lambda: second.status(identity).get("steps") == 99, "what was sent")
    web.process.send_signal(signal.SIGKILL)
    wait_until(lambda: second.status(identity).get("status") == "stopped", "its end")
    found = second.status(identity)
    assert (found["steps"], found["live"], found["manifest"]["stopped_by"]) == (99, False, "server")
    assert cluster.rows("SELECT id FROM live") == []


def test_a_run_that_cannot_go_on_keeps_what_lies_in_the_bucket(cluster, first, second):
    """Here because its checkpoint is gone with the machine of its engine."""
    web = cluster.web("sixth")
    identity = web.run("slow", steps=900, start="playing")
    wait_until(lambda: steps_in_bucket(cluster, identity) >= 128, "parts of it in the bucket")
    kept = Parts(Bucket(cluster.blobs))
    left = Left.from_bytes(kept.run(identity), Path("x"))
    kill_both(cluster, web, identity)
    other = replace(left, began=left.began | {"models": [left.began["models"][0] | {"device": "cuda"}]})
    kept.put_run(identity, other.to_bytes())
    wait_until(lambda: second.status(identity).get("status") == "failed", "its end")
    whose = first if (first.data / "recordings" / f"{identity}.mnemo").exists() else second
    with Recording.open(whose.data / "recordings" / f"{identity}.mnemo") as rec:
        assert rec.steps >= 128
        assert rec["slow"].array("outputs")[:, 0].tolist() == list(range(rec.steps))
    wait_until(lambda: parts(cluster, identity) == [], "its parts to be removed")


def test_a_bucket_that_is_away_costs_a_run_nothing(cluster, first):
    identity = first.run("fake", steps=500, start="playing", speed=60)
    wait_until(lambda: steps_in_bucket(cluster, identity) >= 64, "parts of it in the bucket")
    with first.socket(identity) as ws:
        cluster.s3.close()
        try:
            steps, said = watched(ws)
        finally:
            cluster.s3.start()
    cluster.s3.bucket(cluster.blobs.split("/")[2])  # moto forgets everything
    assert steps == list(range(500))
    assert said[-1]["status"] == "ended"
    log = (first.folder / "stderr.txt").read_text()
    assert log.count("runs that go on are not put into the bucket for the time being") == 1
    wait_until(lambda: Bucket(cluster.blobs).list(f"recordings/{identity}"), "the recording in the bucket")


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
