"""What is left of a run whose engine took its file along."""

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.format import blocks
from mnemoscope.reading.recording import Recording
from mnemoscope_server.errors import BlobTrouble
from mnemoscope_server.sessions import rescue
from mnemoscope_server.sessions.tail import Tail, from_step
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


def wholes(chunks):
    """Messages of the whole chunks among what was reported, as the bucket has them."""
    found = {}
    for chunk in chunks:
        found[chunk.first // 64] = found.get(chunk.first // 64, b"") + b"".join(chunk.messages)
    return [found[number] for number in sorted(found)[:-1]]


@pytest.mark.parametrize("forgotten", [1, 2, None])
def test_what_memory_has_forgotten_is_read_elsewhere(tmp_path, forgotten):
    """forgotten: chunks; None = this process has none at all, and what lies elsewhere is what there is."""
    manifest, chunks, file = reported(tmp_path, 190)
    tail = Tail(limit_bytes=10**7)
    for chunk in chunks if forgotten is not None else ():
        if chunk.first >= 64 * forgotten:
            tail.append(chunk.first, chunk.upto, chunk.messages)
    asked = []
    older = (asked.append(number) or piece for number, piece in enumerate(wholes(chunks)))
    rescue.try_to_write(tmp_path / "rescued.mnemo", manifest, tail, older)
    with Recording.open(tmp_path / "rescued.mnemo") as rec, Recording.open(file) as whole:
        assert (rec.steps, rec.finished) == (128 if forgotten is None else 190, False)
        assert rec["fake"].array("outputs").tobytes() == whole["fake"].array("outputs")[: rec.steps].tobytes()
        assert rec.keyframe_bytes(1, 1) == whole.keyframe_bytes(1, 1)
    assert len(asked) <= (forgotten or 2) + 1, "no more than is wanted"


def test_memory_that_begins_inside_a_chunk_is_joined_to_what_lies_elsewhere(tmp_path):
    """As that of a process that heard of the run when it was there."""
    manifest, chunks, file = reported(tmp_path, 190)
    tail = Tail(limit_bytes=10**7)
    tail.append(70, 128, (from_step(wholes(chunks)[1], 70),))
    for chunk in chunks:
        if chunk.first >= 128:
            tail.append(chunk.first, chunk.upto, chunk.messages)
    rescue.try_to_write(tmp_path / "rescued.mnemo", manifest, tail, wholes(chunks))
    with Recording.open(tmp_path / "rescued.mnemo") as rec, Recording.open(file) as whole:
        assert rec.content_hash() == whole.content_hash()


def test_a_gap_ends_what_is_rescued(tmp_path):
    manifest, chunks, _ = reported(tmp_path, 190)
    tail = Tail(limit_bytes=10**7)
    for chunk in chunks:
        if chunk.first >= 128:
            tail.append(chunk.first, chunk.upto, chunk.messages)
    rescue.try_to_write(tmp_path / "rescued.mnemo", manifest, tail, wholes(chunks)[:1])
    with Recording.open(tmp_path / "rescued.mnemo") as rec:
        assert rec.steps == 64


def test_a_bucket_that_is_away_leaves_no_half_file(tmp_path, caplog):
    manifest, chunks, _ = reported(tmp_path, 190)

    def away():
        yield wholes(chunks)[0]
        raise BlobTrouble("away")

    rescue.try_to_write(tmp_path / "rescued.mnemo", manifest, Tail(limit_bytes=1), away())
    assert not (tmp_path / "rescued.mnemo").exists()
    assert "away" in caplog.text


def test_a_model_that_failed_ends_where_it_did(tmp_path):
    """The manifest says so, as it is by then; the others' steps are there."""
    manifest, chunks, _ = reported(tmp_path, 150)
    tail = Tail(limit_bytes=10**7)
    for chunk in chunks:
        messages = chunk.messages
        if chunk.first >= 64:  # of the first stream alone
            messages = tuple(each for each in messages if blocks.MESSAGE.unpack_from(each)[0] == 0)
        tail.append(chunk.first, chunk.upto, messages)
    failed = manifest | {"failures": [{"stream": 1, "step": 64, "reason": "gave up"}]}
    rescue.try_to_write(tmp_path / "rescued.mnemo", failed, tail)
    with Recording.open(tmp_path / "rescued.mnemo") as rec:
        assert (rec.steps, rec.steps_of(1)) == (150, 64)


def test_a_file_that_is_there_is_left(tmp_path):
    (tmp_path / "it.mnemo").write_bytes(b"whole")
    rescue.try_to_write(tmp_path / "it.mnemo", {}, Tail(limit_bytes=1))
    assert (tmp_path / "it.mnemo").read_bytes() == b"whole"
