"""Runs that go on, as objects: whole chunks in the order of their steps, whoever put them."""

import pytest

from mnemoscope.format import blocks
from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.blobs.parts import Parts

ID, OTHER = "r" * 22, "s" * 22


def chunk(number, *, streams=2):
    """As a run reports it: keyframes first, then the frames of every stream."""
    step = 64 * number
    keyframes = [blocks.message(stream, blocks.KIND_KEYFRAME, step, 1, b"k") for stream in range(streams)]
    frames = [
        blocks.message(stream, blocks.KIND_FRAMES, step, 64, bytes([number]) * 64 * 4) for stream in range(streams)
    ]
    return b"".join(keyframes + frames)


def put(parts, first, upto, identity=ID):
    parts.put(identity, 64 * first, 64 * upto, b"".join(chunk(number) for number in range(first, upto)))


@pytest.fixture
def parts(tmp_path):
    return Parts(Bucket(f"file://{tmp_path}/bucket"))


def test_chunks_come_back_one_by_one_and_all_in_a_row(parts):
    assert (parts.upto(ID), parts.chunk(ID, 0), list(parts.chunks(ID)), parts.run(ID)) == (0, b"", [], None)
    put(parts, 0, 3)
    put(parts, 3, 12)
    put(parts, 12, 13)  # "768" stands before "192" in the order of letters
    parts.put_run(ID, b"first")
    parts.put_run(ID, b"ordered")
    put(parts, 0, 1, OTHER)
    assert parts.upto(ID) == 13 * 64
    assert [parts.chunk(ID, number) for number in (0, 2, 3, 12, 13)] == [*map(chunk, (0, 2, 3, 12)), b""]
    assert list(parts.chunks(ID)) == [chunk(number) for number in range(13)]
    assert parts.run(ID) == b"ordered"
    assert set(parts.identities()) == {ID, OTHER}
    parts.remove(ID)
    assert set(parts.identities()) == {OTHER}
    assert (parts.run(ID), parts.upto(ID)) == (None, 0)


def test_what_two_keepers_put_overlaps_and_counts_once(parts):
    put(parts, 0, 4)
    put(parts, 0, 2)
    put(parts, 2, 7)
    put(parts, 5, 6)
    assert parts.upto(ID) == 7 * 64
    assert list(parts.chunks(ID)) == [chunk(number) for number in range(7)]


def test_what_lies_behind_a_gap_is_not_there(parts):
    put(parts, 0, 2)
    put(parts, 3, 5)
    assert parts.upto(ID) == 2 * 64
    assert len(list(parts.chunks(ID))) == 2
    assert parts.chunk(ID, 3) == b""
