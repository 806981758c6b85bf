"""What is left of a run whose engine took its file along."""

import numpy as np

from mnemoscope import tasks
from mnemoscope.reading.recording import Recording
from mnemoscope_server.sessions import rescue
from mnemoscope_server.sessions.tail import Tail
from mnemoscope_server.workers.protocol import Chunk, Open
from mnemoscope_server.workers.run import Run
from tests.server.fake_engine import FakeEngine

ID = "r" * 22


def reported(folder, steps):
    """(manifest, chunks, file) of a run that came so far."""
    episode = tasks.get("signal-recall").episode(np.zeros(200))
    order = Open(ID, folder / "engine.mnemo", "t", 0, ("fake-signal-recall", "fake-signal-recall"), episode, None)
    events = []
    prepared = FakeEngine("cpu").prepare(order)
    run = Run(order, prepared, events.append)
    run.play(steps)
    while run.done < steps:
        run.tick()
    run.pause()
    run.abandon()
    return prepared.manifest, [event for event in events if isinstance(event, Chunk)], order.path


def test_it_has_every_step_that_was_reported(tmp_path):
    manifest, chunks, file = reported(tmp_path, 150)
    tail = Tail(limit_bytes=10**7)
    for chunk in chunks:
        tail.append(chunk.first, chunk.upto, chunk.messages)
    rescue.try_to_write(tmp_path / "rescued.mnemo", manifest, tail)
    with Recording.open(tmp_path / "rescued.mnemo") as rec, Recording.open(file) as whole:
        assert (rec.steps, rec.finished) == (150, False)
        assert rec.content_hash() == whole.content_hash()
        assert rec.keyframe_bytes(1, 2) == whole.keyframe_bytes(1, 2)


def test_one_that_memory_does_not_reach_back_to_is_not_half_written(tmp_path, caplog):
    manifest, chunks, _ = reported(tmp_path, 190)
    tail = Tail(limit_bytes=1)
    for chunk in chunks:
        tail.append(chunk.first, chunk.upto, chunk.messages)
    assert tail.start > 0
    rescue.try_to_write(tmp_path / "rescued.mnemo", manifest, tail)
    assert not (tmp_path / "rescued.mnemo").exists()
    assert "does not reach back" in caplog.text


def test_a_file_that_is_there_is_left(tmp_path):
    (tmp_path / "it.mnemo").write_bytes(b"whole")
    rescue.try_to_write(tmp_path / "it.mnemo", {}, Tail(limit_bytes=1))
    assert (tmp_path / "it.mnemo").read_bytes() == b"whole"
