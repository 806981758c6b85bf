"""Tasks that no request waits for: a failure is logged and costs nothing but itself."""

import asyncio
import sqlite3

from mnemoscope_server import background
from mnemoscope_server.background import Background
from mnemoscope_server.errors import IndexTrouble


def test_work_that_fails_once_goes_on(monkeypatch, caplog):
    """A sweep that met a locked index: expired recordings are still deleted afterwards."""
    monkeypatch.setattr(background, "FIRST_PAUSE", 0.001)
    done = []

    async def story():
        async def work():
            done.append(len(done))
            if len(done) == 1:
                raise IndexTrouble("the index is held by another program")
            if len(done) == 3:
                raise sqlite3.OperationalError("a bug")

        chores = Background()
        chores.again_and_again("sweeping", work, every=lambda: 0.001)
        async with asyncio.timeout(10):
            while len(done) < 6:
                await asyncio.sleep(0.001)
        chores.cancel()

    asyncio.run(story())
    assert "sweeping failed and is tried again in 0 s: the index is held" in caplog.text
    assert [record.exc_info is not None for record in caplog.records] == [False, True]


def test_the_pause_grows_while_it_fails(monkeypatch):
    pauses = []

    async def story():
        async def sleep(seconds):
            pauses.append(seconds)
            if len(pauses) == 12:
                raise asyncio.CancelledError

        async def work():
            if len(pauses) != 10:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(background.asyncio, "sleep", sleep)
        await asyncio.gather(Background._repeated("x", work, lambda: 7.0), return_exceptions=True)

    asyncio.run(story())
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 7.0, 1]


def test_work_that_ends_by_itself_is_heard_of_when_it_fails(caplog):
    async def story():
        async def work():
            raise ValueError("no such thing")

        chores = Background()
        chores.once("closing x", work())
        await chores.end(seconds=5)

    asyncio.run(story())
    assert "closing x: a bug" in caplog.text
    assert "no such thing" in caplog.text
