"""What workers are asked once: shared by those who wait, kept when it is an answer, forgotten when it is a failure."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from mnemoscope_server.sessions import manager as live
from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.workers import protocol as exchange
from mnemoscope_server.workers.memo import MAX_ANSWERS, Answers


def test_the_same_question_is_asked_once():
    asked = []

    async def all_of_it():
        answers, door = Answers(), asyncio.Event()

        async def ask():
            asked.append(1)
            await door.wait()
            return {"n": len(asked)}

        waiting = [asyncio.create_task(answers.get("a", ask)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()  # who leaves does not take it from the others
        await asyncio.sleep(0)
        door.set()
        found = [await waiting[1], await waiting[2], await answers.get("a", ask)]
        assert found == [{"n": 1}] * 3
        for n in range(MAX_ANSWERS):
            await answers.get(n, ask)
        assert await answers.get("a", ask) == {"n": MAX_ANSWERS + 2}, "the oldest was let go"

    asyncio.run(all_of_it())


def test_a_failure_is_not_kept_even_if_nobody_waited_for_it():
    async def all_of_it():
        answers, tries = Answers(), []

        async def ask():
            tries.append(1)
            await asyncio.sleep(0)
            if len(tries) < 3:
                raise ValueError(len(tries))
            return {}

        with pytest.raises(ValueError, match="1"):
            await answers.get("a", ask)
        gone = asyncio.create_task(answers.get("a", ask))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0.01)
        assert await answers.get("a", ask) == {}

    asyncio.run(all_of_it())


@pytest.fixture
def services(tmp_path, monkeypatch):
    """Sessions over a pool that takes orders and says nothing."""
    monkeypatch.setattr(live, "OPEN_SECONDS", 0.01)
    monkeypatch.setattr(live, "ANSWER_SECONDS", 0.01)

    class Pool:
        measured, sent, released = {}, [], []

        async def ready(self, *, seconds):
            return True

        def open(self, order):
            return self

        def send(self, command):
            self.sent.append(command)

        def release(self, session):
            self.released.append(session)

    class Settings:
        sessions = 4

    return LiveSessions(Settings(), SimpleNamespace(free_bytes=0), None, Pool())


def test_a_file_that_nobody_waited_for_is_removed_when_the_worker_closes_it(services, tmp_path):
    """The order was too late to be taken back: the worker opens, hears Stop and closes an empty file."""
    order = exchange.Open("x" * 22, tmp_path / "x.mnemo", "", 0, ("lstm-copy",), None, None)

    async def all_of_it():
        with pytest.raises(live.NotPossible, match="did not open"):
            await services.open(order, playing=True)
        order.path.write_bytes(b"empty")
        assert services.pool.sent == [exchange.Stop(order.id)]
        services.on_event(exchange.Finished(order.id, "stopped", 0, {}))

    asyncio.run(all_of_it())
    assert not order.path.exists()


def test_questions_take_no_place_of_a_session(services, monkeypatch):
    """As many are asked as sessions may live; a session is still opened, and waits for its worker alone."""
    monkeypatch.setattr(live, "ANSWER_SECONDS", 5.0)
    order = exchange.Open("x" * 22, Path("x.mnemo"), "", 0, ("lstm-copy",), None, None)

    async def all_of_it():
        questions = [services.ask(exchange.Compare(f"q{n}", "transformer-copy", 0)) for n in range(4)]
        asked = [asyncio.create_task(question) for question in questions]
        await asyncio.sleep(0)
        with pytest.raises(live.NotPossible, match="did not open"):
            await services.open(order, playing=True)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    asyncio.run(all_of_it())


def test_a_question_that_takes_too_long_is_taken_back(services):
    async def all_of_it():
        with pytest.raises(live.NotPossible, match="did not answer"):
            await services.ask(exchange.Compare("q", "transformer-copy", 0))
        assert services.pool.sent == [exchange.Stop("q")]
        assert services.pool.released == ["q"]

    asyncio.run(all_of_it())
