"""Whether something elsewhere answers: one question at a time, its answer good for some seconds, silence no answer."""

import asyncio
import threading

import pytest

from mnemoscope_server.errors import BlobTrouble
from mnemoscope_server.observing import probe
from mnemoscope_server.observing.probe import Probe


class Bucket:
    def __init__(self):
        self.asked, self.away, self.silent = 0, False, threading.Event()
        self.silent.set()

    def check(self):
        self.asked += 1
        self.silent.wait(30)
        if self.away:
            raise BlobTrouble("away")


@pytest.fixture
def bucket():
    return Bucket()


def test_an_answer_is_good_for_some_seconds(bucket, monkeypatch):
    async def story():
        asked = Probe(bucket.check)
        assert [await asked.answers(seconds=5) for _ in range(9)] == [True] * 9
        assert bucket.asked == 1
        bucket.away = True
        assert await asked.answers(seconds=5)
        monkeypatch.setattr(probe, "KNOWN_SECONDS", 0.0)
        assert not await asked.answers(seconds=5)
        bucket.away = False
        assert await asked.answers(seconds=5)

    asyncio.run(story())


def test_one_that_says_nothing_is_asked_once_and_does_not_answer(bucket, monkeypatch):
    async def story():
        asked = Probe(bucket.check)
        bucket.silent.clear()
        try:
            many = await asyncio.gather(*(asked.answers(seconds=0.05) for _ in range(20)))
            assert (many, bucket.asked) == ([False] * 20, 1)
            assert not await asked.answers(seconds=0.01)
        finally:
            bucket.silent.set()
        assert await asked.answers(seconds=5)
        assert bucket.asked == 1, "the answer to the first question"

    asyncio.run(story())
