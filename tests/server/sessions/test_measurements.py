"""Measurements of retention in the web process: one owner, a few at a time, kept when they end. No worker, no sockets."""

import asyncio
import os
import time

import numpy as np
import pytest

from mnemoscope_server.errors import BlobTrouble, NotPossible, UnknownMeasurement
from mnemoscope_server.sessions import measurements
from mnemoscope_server.sessions.measurements import Asked, Measurements
from mnemoscope_server.storage import measurements as files
from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.measurements import MeasurementFiles
from mnemoscope_server.workers.protocol import Remember

KNOWN = {
    "measured": [10],
    "n": 9,
    "rows": [{"delay": 10, "segment": 24, "seeds": 1}],
    "example": [0.0, 1.0],
    "stage": {"name": "delays", "done": 1, "of": 2},
}


class Worker:
    """Answers when it is allowed to; `fails` instead of that."""

    def __init__(self, *, fails=None):
        self.door, self.asked, self.cancelled, self.fails = asyncio.Event(), [], 0, fails

    async def ask(self, question, *, seconds, progress):
        self.asked.append(question.id)
        try:
            await asyncio.sleep(0)
            if self.fails is None or self.fails == "late":
                progress(KNOWN)
            await self.door.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fails is not None:
            raise NotPossible("worker-failed", "the worker process ended", "Try again.")
        return KNOWN | {"measured": [10, 40], "prices": [1]}


def asked(letter="a"):
    facts = {
        "signal": "waves",
        "sample_rate": None,
        "segment": 24,
        "planned": 2,
        "shortest": 10,
        "longest": 40,
        "models": [],
    }
    return Asked(letter * 22, facts, Remember(letter, ("ntm-copy",), np.zeros(9, np.float32), "waves", 24, (10, 40)))


def run(tmp_path, story, **worker):
    async def work():
        live = Worker(**worker)
        await story(Measurements(live, MeasurementFiles(tmp_path / "m")), live)

    asyncio.run(work())


async def until(measured, name, version, caller=None):
    while (found := measured.report(name, caller))["version"] < version:
        await measured.wait(name, after=found["version"], seconds=2)
    return found


def test_what_is_known_so_far_is_reported_and_the_end_is_kept(tmp_path):
    async def story(measured, live):
        await measured.begin(asked(), "me")
        assert measured.report("a" * 22, None)["status"] == "waiting"
        found = await until(measured, "a" * 22, 1)
        assert (found["status"], found["measured"], found["n"], found["prices"]) == ("running", [10], 9, [])
        assert found["seconds_left"] >= 0
        assert "example" not in found
        await measured.begin(asked(), "you")  # the same question: one looks on
        live.door.set()
        found = await until(measured, "a" * 22, 2)
        assert (found["status"], found["measured"], found["seconds_left"]) == ("ended", [10, 40], 0.0)
        assert found["stage"] is None
        await asyncio.sleep(0.05)
        again = Measurements(live, MeasurementFiles(tmp_path / "m"))
        assert again.report("a" * 22, None) == found | {"mine": True}
        assert again.example("a" * 22)[1] == [0.0, 1.0]
        await again.begin(asked(), "you")
        assert live.asked == ["a"]

    run(tmp_path, story)


def test_only_its_owner_stops_it_and_what_it_has_stays(tmp_path):
    async def story(measured, live):
        await measured.begin(asked(), "me")
        await until(measured, "a" * 22, 1)
        assert [measured.report("a" * 22, caller)["mine"] for caller in ("me", "you", "", None)] == [
            True, False, False, True,
        ]  # fmt: skip
        with pytest.raises(NotPossible, match="another browser"):
            await measured.stop("a" * 22, "you")
        with pytest.raises(NotPossible, match="under way"):
            measured.remove("a" * 22, "me")
        await measured.stop("a" * 22, "me")
        found = await until(measured, "a" * 22, 2)
        assert (found["status"], found["measured"], live.cancelled) == ("stopped", [10], 1)
        await asyncio.sleep(0.05)
        await measured.stop("a" * 22, "you")  # it is over: nothing to stop
        with pytest.raises(NotPossible, match="another browser"):
            measured.remove("a" * 22, "you")
        await measured.begin(asked(), "me")  # half is not whole: measured again
        assert measured.report("a" * 22, "me")["status"] == "waiting"
        await measured.close()
        measured.remove("a" * 22, "me")  # of the second, which had nothing
        measured.remove("a" * 22, "me")
        with pytest.raises(UnknownMeasurement):
            measured.report("a" * 22, "me")

    run(tmp_path, story)


def test_a_dead_worker_costs_what_was_not_measured_yet(tmp_path):
    async def early(measured, live):
        live.door.set()
        await measured.begin(asked(), "me")
        found = await until(measured, "a" * 22, 1)
        assert (found["status"], found["reason"]) == ("failed", "the worker process ended")
        await asyncio.sleep(0.05)
        assert measured.report("a" * 22, None)["reason"] == "the worker process ended"
        await measured.begin(asked(), "me")
        assert measured.report("a" * 22, None)["status"] == "waiting"
        await measured.close()

    async def late(measured, live):
        await measured.begin(asked(), "me")
        await until(measured, "a" * 22, 1)
        live.door.set()
        found = await until(measured, "a" * 22, 2)
        assert (found["status"], found["measured"], found["reason"]) == ("stopped", [10], "the worker process ended")

    run(tmp_path / "early", early, fails="early")
    run(tmp_path / "late", late, fails="late")


def test_few_run_at_a_time(tmp_path):
    async def story(measured, live):
        for letter in "abcdefgh"[: measurements.MAX_AT_ONCE]:
            await measured.begin(asked(letter), "me")
        with pytest.raises(NotPossible) as refused:
            await measured.begin(asked("z"), "me")
        assert refused.value.code == "too-many-measurements"
        await measured.close()
        await measured.begin(asked("z"), "me")
        await measured.close()

    run(tmp_path, story)


def test_servers_that_share_a_bucket_share_measurements(tmp_path, monkeypatch, caplog):
    """One that is deleted is deleted everywhere; one that found the bucket away stays with its server."""
    bucket = Bucket(f"file://{tmp_path}/bucket")
    here, there = (MeasurementFiles(tmp_path / name, bucket) for name in ("here", "there"))
    monkeypatch.setattr(files, "MAX_KEPT", 2)
    for letter in "abc":
        here.write(letter * 22, {"status": "ended", "n": letter})
        time.sleep(0.02)  # the folder has the order
    assert [there.read(letter * 22)["n"] for letter in "bc"] == ["b", "c"]
    with pytest.raises(UnknownMeasurement):
        here.read("a" * 22)
    there.remove("c" * 22)
    with pytest.raises(UnknownMeasurement):
        here.read("c" * 22)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(bucket, "put", fail)
        here.write("d" * 22, {"status": "stopped", "n": "d"})
    assert "stays with this server" in caplog.text
    assert here.read("d" * 22)["n"] == "d"
    with pytest.raises(UnknownMeasurement):
        there.read("d" * 22)


def fail(*_):
    raise BlobTrouble("the bucket is away")


def test_a_measurement_that_ends_while_the_bucket_is_away_is_kept(tmp_path, monkeypatch):
    async def story():
        bucket, live = Bucket(f"file://{tmp_path}/bucket"), Worker()
        measured = Measurements(live, MeasurementFiles(tmp_path / "m", bucket))
        await measured.begin(asked(), "me")
        await until(measured, "a" * 22, 1)
        for name in ("get", "put", "list"):
            monkeypatch.setattr(bucket, name, fail)
        with pytest.raises(BlobTrouble):
            await measured.begin(asked("b"), "me")
        live.door.set()
        await measured.wait("a" * 22, after=99, seconds=5)
        monkeypatch.undo()
        assert measured.report("a" * 22, "me")["status"] == "ended"
        await measured.close()

    asyncio.run(story())


def test_the_oldest_files_go_first(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_KEPT", 2)
    kept = MeasurementFiles(tmp_path)
    for k, letter in enumerate("abc"):
        kept.write(letter * 22, {"status": "ended"})
        os.utime(tmp_path / f"{letter * 22}.json", (k, k))
    kept.write("d" * 22, {"status": "ended"})
    assert {path.stem[0] for path in tmp_path.glob("*.json")} == {"c", "d"}
    (tmp_path / f"{'c' * 22}.json").write_text("{")
    with pytest.raises(UnknownMeasurement):
        kept.read("c" * 22)
    for name in ("../index", "x", "c" * 23):
        with pytest.raises(UnknownMeasurement):
            kept.read(name)
