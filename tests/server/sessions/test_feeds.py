"""A live source that is fed through another web process: what comes back from the one that keeps the run. Without processes."""

import asyncio

import pytest

from mnemoscope.errors import SignalError
from mnemoscope_server.errors import NotPossible, QueueFull
from mnemoscope_server.sessions import feeds
from mnemoscope_server.sessions.feeds import Far, received
from tests.server.sessions.test_inlet import Source


class Others:
    """The process that keeps the run, at hand."""

    def __init__(self, kept):
        self.kept = kept

    async def pass_on(self, samples):
        await asyncio.sleep(0)
        return received(self.kept, samples)


class Session:
    def __init__(self):
        self.id, self.live, self.finished = "run", True, asyncio.Event()


def far(kept, *, queue=8):
    return Far(Session(), Others(kept), queue)


def test_what_is_refused_there_is_refused_here_in_the_same_words():
    async def story():
        kept = Source(queue=8).inlet
        feed = await far(kept).look()
        await feed.take([1.0] * 6, first=0)
        assert (feed.state().received, feed.state().room) == (6, 2)
        with pytest.raises(QueueFull, match="3 samples came, and there is room for 2 now"):
            await feed.take([1.0] * 3)
        with pytest.raises(SignalError) as there:
            await feed.take([1.0], times=[-1.0])
        with pytest.raises(SignalError) as here:
            kept.take([1.0], times=[-1.0])
        assert str(there.value) == str(here.value)
        await feed.end()
        await feed.end()
        with pytest.raises(NotPossible) as over:
            await feed.take([1.0])
        assert over.value.code == "source-ended"
        assert feed.state().state == "ended"

    asyncio.run(story())


def test_it_is_waited_for_until_there_is_room_or_an_end(monkeypatch):
    monkeypatch.setattr(feeds, "LOOK_SECONDS", 0.01)

    async def story():
        kept = Source(queue=8).inlet
        feed = await far(kept).look()
        await feed.take([1.0] * 8)
        room, over = asyncio.create_task(feed.wait_for_room(3)), asyncio.create_task(feed.over())
        await asyncio.sleep(0.05)
        assert not room.done()
        kept.computed(4)
        await asyncio.wait_for(room, 5)
        assert not over.done()
        kept.end()
        await asyncio.wait_for(over, 5)

    asyncio.run(story())


def test_a_run_that_ends_here_ends_the_waiting(monkeypatch):
    """Its keeper may not answer any more."""
    monkeypatch.setattr(feeds, "LOOK_SECONDS", 0.01)

    async def story():
        feed = await far(Source(queue=8).inlet).look()

        async def nobody(samples):
            raise NotPossible("fed-elsewhere", "nobody answers", "")

        feed.others.pass_on = nobody
        over = asyncio.create_task(feed.over())
        await asyncio.sleep(0.05)
        assert not over.done()
        feed.session.live = False
        feed.session.finished.set()
        await asyncio.wait_for(over, 5)

    asyncio.run(story())
