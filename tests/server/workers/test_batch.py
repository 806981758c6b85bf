"""Runs that a worker steps as one batch, as it does on a GPU: here on the CPU, where nothing is gained by it."""

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.reading.recording import Recording
from mnemoscope_server.workers.process import Worker
from mnemoscope_server.workers.protocol import Declined, Finished, Open, Opened, Play
from mnemoscope_server.workers.torch_engine import TorchEngine

MODELS = {
    "a": ("lstm-signal-recall", "dnc-signal-recall"),
    "b": ("dnc-signal-recall",),
    "c": ("transformer-signal-recall",),
}
STEPS = 150


class Line:
    """The worker's end of a pipe that keeps what is sent."""

    def __init__(self):
        self.sent = []

    def send(self, event):
        self.sent.append(event)

    def flush_late(self):
        pass

    def of(self, kind):
        return [event for event in self.sent if isinstance(event, kind)]


def order(folder, identity, seed):
    episode = tasks.get("signal-recall").episode(np.sin(np.arange(STEPS) / (3 + seed)))
    return Open(identity, folder / f"{identity}.mnemo", identity, seed, MODELS[identity], episode, speed=None)


@pytest.fixture
def engine(monkeypatch):
    monkeypatch.setenv("MNEMOSCOPE_STEP_ENGINE", "torch")  # what there is on a GPU
    return TorchEngine("cpu")


def recorded(engine, folder, batches):
    """The outputs of all models of all runs, and how many streams a round of the engine advanced."""
    engine.batches = batches
    rounds, advance = [], engine.advance
    engine.advance = lambda wishes: rounds.append(len(wishes)) or advance(wishes)
    line = Line()
    worker = Worker(line, engine)
    for seed, identity in enumerate(MODELS):
        worker._handle(order(folder, identity, seed))
        worker._handle(Play(identity))
    while worker.runs:
        worker._tick()
    engine.advance = advance
    assert {event.id for event in line.of(Opened)} == set(MODELS)
    assert [event.status for event in line.of(Finished)] == ["ended"] * 3
    found = {}
    for identity in MODELS:
        with Recording.open(folder / f"{identity}.mnemo") as recording:
            for n, entry in enumerate(recording.manifest["models"]):
                found[identity, n] = recording[entry["id"]].array("outputs")
    return found, rounds


def test_runs_are_recorded_as_they_are_alone(engine, tmp_path):
    """Same steps, same files; and they were stepped together."""
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    alone, none = recorded(engine, tmp_path / "one", batches=False)
    together, rounds = recorded(engine, tmp_path / "many", batches=True)
    assert not none
    assert rounds[0] == 4
    assert [seats.taken for seats in engine._seats.values() if seats] == [0, 0]
    for key, outputs in alone.items():
        assert outputs.shape[0] == STEPS
        np.testing.assert_allclose(together[key], outputs, rtol=0, atol=1e-5)


def test_a_run_that_cannot_begin_leaves_no_seat_taken(engine, tmp_path):
    """Its file is there already, or one of its models is of another task."""
    engine.batches = True
    line = Line()
    worker = Worker(line, engine)
    first = order(tmp_path, "a", 0)
    first.path.touch()
    worker._handle(first)
    worker._handle(
        Open("d", tmp_path / "d.mnemo", "", 0, ("lstm-signal-recall", "lstm-copy"), first.episode, speed=None)
    )
    assert [event.id for event in line.of(Declined)] == ["a", "d"]
    assert not worker.runs
    assert [seats.taken for seats in engine._seats.values() if seats] == [0, 0, 0]
