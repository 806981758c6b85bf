"""Events on their way to a web process: in order, once, under a credit."""

import asyncio

from mnemoscope_server.workers import mailbox as module
from mnemoscope_server.workers.mailbox import BATCH_BYTES, CREDIT_BYTES, Mailbox
from mnemoscope_server.workers.protocol import Chunk, Moved, Sent

ID = "x" * 22


def chunk(first, size):
    return Chunk(ID, first, first + 1, (b"." * size,))


def test_what_is_not_acknowledged_is_handed_out_again_and_what_is_is_not():
    """An answer may be lost on its way."""

    async def story():
        box = Mailbox()
        for first in range(3):
            box.put(chunk(first, 10))
        taken = await box.take(0, seconds=0)
        assert [number for number, _ in taken] == [1, 2, 3]
        assert await box.take(0, seconds=0) == taken
        assert [event.first for _, event in await box.take(2, seconds=0)] == [2]
        assert await box.take(3, seconds=0) == []

    asyncio.run(story())


def test_samples_count_by_their_number():
    """Half a second of a fast source is most of a batch."""
    box = Mailbox()
    for _ in range(CREDIT_BYTES // (9 * 8192) + 1):
        assert not box.full
        box.put(Sent(ID, "t", (1.0,) * 8192))
    assert box.full


def test_answers_stay_under_what_ray_sends_inline_and_a_larger_event_goes_alone():
    async def story():
        box = Mailbox()
        sizes = [BATCH_BYTES // 2, BATCH_BYTES // 2, BATCH_BYTES // 2, 3 * BATCH_BYTES, 5]
        for first, size in enumerate(sizes):
            box.put(chunk(first, size))
        after, batches = 0, []
        while taken := await box.take(after, seconds=0):
            batches.append([sizes[event.first] for _, event in taken])
            after = taken[-1][0]
        assert batches == [sizes[:2], sizes[2:3], sizes[3:4], sizes[4:]]

    asyncio.run(story())


def test_its_credit_is_what_was_not_acknowledged():
    async def story():
        box = Mailbox()
        box.put(chunk(0, CREDIT_BYTES - 1))
        assert not box.full
        box.put(chunk(1, 1))
        assert box.full
        await box.take(0, seconds=0)
        assert box.full, "handed out is not arrived"
        await box.take(1, seconds=0)
        assert not box.full

    asyncio.run(story())


def test_who_asks_too_early_is_answered_when_something_comes():
    async def story():
        box = Mailbox()
        asking = asyncio.create_task(box.take(0, seconds=60))
        await asyncio.sleep(0)
        box.put(Moved(ID, True, 0, None))
        [(_, event)] = await asyncio.wait_for(asking, 5)
        assert isinstance(event, Moved)

    asyncio.run(story())


def test_who_has_not_asked_for_long_is_gone(monkeypatch):
    now = 100.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    box = Mailbox()
    now += module.GONE_SECONDS
    assert not box.gone
    now += 0.1
    assert box.gone
