"""What fits and measurements have in common: a number at a time, news, an end, and a memory of those that came to nothing."""

import asyncio
import time

import pytest

from mnemoscope_server.errors import NotPossible
from mnemoscope_server.sessions import jobs
from mnemoscope_server.sessions.jobs import Job, Jobs


def run(story):
    async def work():
        door = asyncio.Event()

        async def waiting(job):
            await door.wait()

        await asyncio.wait_for(story(Jobs("walks", most=2), door, waiting), 10)

    asyncio.run(work())


def test_no_more_than_may_run_at_a_time_and_one_that_is_over_makes_room():
    async def story(walks, door, waiting):
        for name in "ab":
            walks.start(Job(id=name, owner="me"), waiting)
        with pytest.raises(NotPossible, match="2 walks wait or run") as refused:
            walks.start(Job(id="c", owner="me"), waiting)
        assert refused.value.code == "too-many-walks"
        assert walks.get("c") is None
        door.set()
        await walks.wait("a", until=lambda job: False, seconds=5)
        assert not walks.get("a").live
        walks.start(Job(id="c", owner="me"), waiting)
        await walks.wait("c", until=lambda job: False, seconds=5)

    run(story)


def test_who_waits_hears_of_news_of_the_end_of_a_removal_and_of_nothing_too_long():
    async def story(walks, door, waiting):
        walks.start(one := Job(id="a", owner="me"), waiting)
        asyncio.get_running_loop().call_later(0.02, one.touch)
        await walks.wait("a", until=lambda job: job.version > 0, seconds=5)
        assert one.version == 1
        asyncio.get_running_loop().call_later(0.02, walks.remove, "a")
        await walks.wait("a", until=lambda job: False, seconds=5)
        assert walks.get("a") is None
        walks.start(Job(id="b", owner="me"), waiting)
        began = time.monotonic()
        await walks.wait("b", until=lambda job: False, seconds=0.05)
        assert walks.get("b").live
        assert 0.04 < time.monotonic() - began < 4
        await walks.close()
        assert not walks.get("b").live

    run(story)


def test_the_oldest_that_are_over_are_forgotten(monkeypatch):
    monkeypatch.setattr(jobs, "MAX_OVER", 2)

    async def story(walks, door, waiting):
        door.set()
        for name in "abcd":
            walks.start(Job(id=name, owner="me"), waiting)
            await walks.wait(name, until=lambda job: False, seconds=5)
        assert [job.id for job in walks] == ["b", "c", "d"]  # d was added when two were over

    run(story)


def test_a_job_whose_work_breaks_off_is_over_and_says_why(caplog):
    """A bug in it must not leave it running for ever."""

    class Walk(Job):
        why = ""

        def failed(self, why):
            self.why = why

    async def story(walks, door, waiting):
        async def broken(job):
            raise ValueError("no legs")

        walks.start(walk := Walk(id="a", owner="me"), broken)
        await walks.wait("a", until=lambda job: False, seconds=5)
        assert not walk.live
        assert walk.why == "ValueError: no legs"

    run(story)
    assert "no legs" in caplog.text
