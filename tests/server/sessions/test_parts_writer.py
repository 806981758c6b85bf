"""Runs put into the bucket while they go on: a part at a time, behind where the bucket is slow, gone when the recording is there."""

import asyncio
import os
import threading
import time
from types import SimpleNamespace

import pytest

from mnemoscope.format import blocks
from mnemoscope_server.errors import BlobTrouble
from mnemoscope_server.sessions import parts_writer
from mnemoscope_server.sessions.left import Left
from mnemoscope_server.sessions.orders import Orders
from mnemoscope_server.sessions.parts_writer import PartsWriter
from mnemoscope_server.sessions.session import Session
from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.blobs.parts import Parts
from mnemoscope_server.workers.protocol import Chunk, Moved
from tests.server.sessions.test_left import an_order

ID = "x" * 22


class Rows:
    """The store, as far as parts ask it."""

    def __init__(self):
        self.rows, self.temporary = {ID: SimpleNamespace(blob="")}, set()

    def get(self, identity):
        return self.rows.get(identity)

    def is_temporary(self, identity):
        return identity in self.temporary


class Engine:
    """Reads whole chunks of the file of a run."""

    def __init__(self):
        self.there, self.asked = True, []

    async def read(self, identity, number):
        self.asked.append(number)
        return frames(number * 64, 64) if self.there else None


def frames(first, count):
    return blocks.message(0, blocks.KIND_FRAMES, first, count, b"abcd" * count)


class Live:
    def __init__(self, ring_bytes=10**6):
        self.store, self.pool = Rows(), Engine()
        session = Session({"id": ID, "title": "t"}, speed=24.5, send=print, read_chunk=None, ring_bytes=ring_bytes)
        self.session, self.sessions = session, {ID: session}
        self.orders = {ID: Orders(an_order(), {"id": ID}, None, part=None)}

    def compute(self, upto):
        """Steps up to there, in pieces of sixteen."""
        while self.session.step < upto:
            first = self.session.step
            count = min(16 - first % 16, upto - first)
            self.session.on_event(Chunk(ID, first, first + count, (frames(first, count),)))


@pytest.fixture
def parts(tmp_path):
    return Parts(Bucket(f"file://{tmp_path}/bucket"))


@pytest.fixture
def live():
    return Live()


@pytest.fixture
def writer(parts, live):
    return PartsWriter(parts, live)


def put(writer):
    asyncio.run(writer.put([ID]))


def steps(parts):
    """Of all messages, in their order."""
    found, messages, position = [], b"".join(parts.chunks(ID)), 0
    while position < len(messages):
        _, _, first, count, length = blocks.MESSAGE.unpack_from(messages, position)
        found += range(first, first + count)
        position += blocks.MESSAGE.size + length
    return found


def keys(parts):
    return {blob.key.rpartition("/")[2] for blob in parts.blobs.list("live")}


def test_whole_chunks_come_into_the_bucket_as_they_are_done(writer, parts, live, tmp_path):
    live.compute(40)
    put(writer)
    assert keys(parts) == {"run"}
    live.compute(150)
    put(writer)
    put(writer)
    assert keys(parts) == {"run", "0-128.chunks"}
    live.compute(200)
    put(writer)
    assert keys(parts) == {"run", "0-128.chunks", "128-192.chunks"}
    assert steps(parts) == list(range(192))
    assert live.pool.asked == [], "all that is in memory"


def test_where_a_run_stands_is_put_when_it_is_another(writer, parts, live, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(parts, "put_run", lambda identity, data: told.append(Left.from_bytes(data, tmp_path)))
    put(writer)
    put(writer)
    assert [(left.speed, left.until, left.order.title) for left in told] == [(24.5, None, "Ämter")]
    live.orders[ID].heard(Moved(ID, True, 0, 8.0, 200))
    put(writer)
    put(writer)
    assert [(left.speed, left.until) for left in told[1:]] == [(8.0, 200)]
    live.session.manifest.setdefault("failures", []).append({"stream": 0, "step": 3, "reason": "r"})
    put(writer)
    assert len(told[2].manifest["failures"]) == len(told) - 2 == 1


def test_a_run_faster_than_the_bucket_is_behind_and_read_from_its_engine(parts, monkeypatch):
    """A part ends at so many bytes; what memory has forgotten by then the engine has."""
    live = Live(ring_bytes=1)
    writer = PartsWriter(parts, live)
    monkeypatch.setattr(parts_writer, "PART_BYTES", len(frames(0, 64)) * 2)
    live.compute(64 * 7)
    put(writer)
    assert (parts.upto(ID), live.pool.asked) == (128, [0, 1])
    put(writer)
    put(writer)
    put(writer)
    assert parts.upto(ID) == 64 * 7
    assert max(live.pool.asked) == 4, "the newest two chunks are in memory"


def test_an_engine_that_is_gone_just_now_is_waited_for(parts):
    live = Live(ring_bytes=1)
    writer = PartsWriter(parts, live)
    live.compute(64 * 7)
    live.pool.there = False
    put(writer)
    assert keys(parts) == {"run"}
    live.pool.there = True
    put(writer)
    assert parts.upto(ID) == 64 * 7


def test_a_bucket_that_is_away_is_said_once_and_made_up_for(writer, parts, live, caplog, monkeypatch):
    live.compute(100)
    put(writer)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(parts.blobs, "put", lambda *_: fail())
        live.compute(300)
        put(writer)
        put(writer)
    assert caplog.text.count("for the time being") == 1
    assert parts.upto(ID) == 64
    put(writer)
    assert parts.upto(ID) == 256
    assert steps(parts) == list(range(256))


def fail():
    raise BlobTrouble("the bucket is away")


def test_who_takes_a_run_over_goes_on_where_the_bucket_ends(writer, parts, live):
    live.compute(200)
    put(writer)
    other = PartsWriter(parts, live)
    live.compute(300)
    put(other)
    assert keys(parts) == {"run", "0-192.chunks", "192-256.chunks"}


def test_parts_go_when_the_recording_is_in_the_bucket(writer, parts, live):
    live.compute(200)
    put(writer)
    asyncio.run(writer.over(ID))
    assert keys(parts) != set(), "it has not come there yet"
    live.store.rows[ID].blob = "recordings/x"
    asyncio.run(writer.over(ID))
    assert keys(parts) == set()


def test_what_is_being_put_as_a_run_ends_goes_too(writer, parts, live, monkeypatch):
    async def story():
        begun, go_on, put_part = threading.Event(), threading.Event(), parts.put

        def slow(*arguments):
            begun.set()
            go_on.wait(30)
            put_part(*arguments)

        monkeypatch.setattr(parts, "put", slow)
        putting = asyncio.create_task(writer.put([ID]))
        await asyncio.to_thread(begun.wait, 30)
        del live.orders[ID]
        live.store.rows[ID].blob = "recordings/x"
        over = asyncio.create_task(writer.over(ID))
        await asyncio.sleep(0.05)
        go_on.set()
        await asyncio.gather(putting, over)

    live.compute(200)
    asyncio.run(story())
    assert keys(parts) == set()


def test_nothing_is_put_of_a_run_that_is_over_or_not_to_be_kept(writer, parts, live):
    live.compute(200)
    live.store.temporary = {ID}
    put(writer)
    live.store.temporary = set()
    del live.orders[ID]
    put(writer)
    assert keys(parts) == set()


def test_the_sweep_removes_what_nobody_needs(writer, parts, live, tmp_path):
    for name in ("going", "done", "unkept", "deleted", "forgotten"):
        parts.put_run(name, b"")
    live.store.rows = {"going": SimpleNamespace(blob="x"), "done": SimpleNamespace(blob="x"), "unkept": SimpleNamespace(blob=""), "forgotten": SimpleNamespace(blob="")}  # fmt: skip
    old = time.time() - parts_writer.UNNEEDED_SECONDS - 60
    os.utime(tmp_path / "bucket/live/forgotten/run", (old, old))
    writer.sweep(lambda: {"going"})
    assert set(parts.identities()) == {"going", "unkept"}
