"""The state machine of a session and its watchers, without sockets, workers or a web framework."""

import asyncio
import json
import subprocess
import sys

import pytest

from mnemoscope.format.entries import Failure
from mnemoscope_server.errors import IllegalMove
from mnemoscope_server.schemas import messages as wire
from mnemoscope_server.sessions import session as session_module
from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.sessions.session import MOVES, Session, Watcher
from mnemoscope_server.settings import Settings
from mnemoscope_server.workers import protocol as exchange
from tests.server.fake_messages import frames, keyframe, steps_of

COMMANDS = {
    "play": (lambda s: s.play(), exchange.Play),
    "pause": (lambda s: s.pause(), exchange.Pause),
    "step": (lambda s: s.step_on(3), exchange.Advance),
    "stop": (lambda s: s.stop(), exchange.Stop),
    "speed": (lambda s: s.set_speed(5.0), exchange.SetSpeed),
}
STATES = ("opened", "running", "paused", "ended", "stopped", "failed")


def make(*, ring_bytes=10**6, read_chunk=None):
    sent = []
    manifest = {"id": "x" * 22, "status": "running", "models": [{"id": "fake"}]}
    session = Session(manifest, speed=30.0, send=sent.append, read_chunk=read_chunk or None, ring_bytes=ring_bytes)
    return session, sent


def chunk(first, upto):
    head = (keyframe(first),) if first % 64 == 0 else ()
    return exchange.Chunk("x" * 22, first, upto, (*head, frames(first, upto)))


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("command", list(COMMANDS))
def test_illegal_moves_are_refused_by_name_and_legal_ones_reach_the_worker(command, status):
    """Nothing is dropped in silence: the refusal says what is possible when."""

    async def body():
        session, sent = make()
        session.status = status
        act, kind = COMMANDS[command]
        live = status in ("opened", "running", "paused")
        legal = live if command == "speed" else status in MOVES[command]
        if legal:
            act(session)
            assert isinstance(sent[0], kind)
        else:
            with pytest.raises(IllegalMove, match=f"cannot {command} while {status}") as caught:
                act(session)
            assert caught.value.hint
            assert not sent
            assert session.status == status

    asyncio.run(body())


def test_no_web_framework_and_no_torch_is_imported():
    """Sessions are tested and reused without a server."""
    unwanted = ("fastapi", "starlette", "torch")
    code = f"import sys, mnemoscope_server.sessions.session; print([m for m in {unwanted} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def collect(watcher, *, until):
    got = []
    async for message in watcher.messages():
        got.append(message)
        if until(got):
            return got
    return got


def test_watchers_get_every_step_in_order_and_the_end():
    """Live, late and resumed watchers end with the same steps."""

    async def body():
        session, _ = make()
        live = Watcher(session, have=0)
        task = asyncio.create_task(collect(live, until=lambda got: False))
        for first, upto in ((0, 10), (10, 50), (50, 64), (64, 65), (65, 100)):
            await asyncio.sleep(0)
            session.on_event(chunk(first, upto))
        late, resumed = Watcher(session, have=0), Watcher(session, have=37)
        session.on_event(exchange.Finished(session.id, "ended", 100, session.manifest | {"status": "ended"}))
        everyone = [await task] + [await collect(w, until=lambda got: False) for w in (late, resumed)]
        for got, begin in zip(everyone, (0, 0, 37), strict=True):
            steps = steps_of(b"".join(m for m in got if isinstance(m, bytes)))
            assert [step for _, step in steps if isinstance(step, int)] == list(range(begin, 100))
            assert got[-1] == wire.Ended(steps=100, status="ended")

    asyncio.run(body())


def test_a_slow_watcher_skips_and_is_notified_while_memory_stays_bounded():
    """The model is never slowed down; what was skipped is named so that it can be fetched."""

    async def body():
        session, _ = make(ring_bytes=4000)
        slow = Watcher(session, have=0)
        for first in range(0, 64 * 40, 16):
            session.on_event(chunk(first, first + 16))
            if first == 32:  # the slow one has begun, then looks away
                await collect(slow, until=lambda got: len(got) == 3)
        assert session.tail.bytes < 6000
        got = await collect(slow, until=lambda got: len(got) >= 2)
        behind = got[0]
        assert isinstance(behind, wire.Behind)
        assert behind.from_ == 48
        assert behind.to == session.tail.start
        assert steps_of(got[1])[0] == (0, f"k{behind.to}")

    asyncio.run(body())


def test_a_late_watcher_catches_up_from_the_file_without_gaps():
    """What memory has forgotten is read in whole chunks, then the tail takes over."""

    async def body():
        read = []

        async def read_chunk(n):
            read.append(n)
            return keyframe(64 * n) + frames(64 * n, 64 * n + 64)

        session, _ = make(ring_bytes=4000, read_chunk=read_chunk)
        for first in range(0, 640, 16):
            session.on_event(chunk(first, first + 16))
        session.end("stopped", 640)
        watcher = Watcher(session, have=70)
        got = await collect(watcher, until=lambda got: False)
        steps = [s for _, s in steps_of(b"".join(m for m in got if isinstance(m, bytes))) if isinstance(s, int)]
        assert steps == list(range(70, 640))
        assert read == list(range(1, session.tail.start // 64))
        assert not any(isinstance(m, wire.Behind) for m in got)

    asyncio.run(body())


def test_a_watcher_of_a_run_that_is_met_at_a_chunks_end_gets_what_came_before():
    """Nothing of it is in memory then, and its first chunk to come begins where it stands."""

    async def body():
        async def read_chunk(n):
            return keyframe(64 * n) + frames(64 * n, 64 * n + 64)

        session, _ = make(read_chunk=read_chunk)
        session.step = 192
        watcher = Watcher(session, have=0)
        async with asyncio.timeout(5):
            got = await collect(watcher, until=lambda got: watcher.position == 192)
        session.on_event(chunk(192, 200))
        session.end("stopped", 200)
        got += await collect(watcher, until=lambda got: False)
        steps = [s for _, s in steps_of(b"".join(m for m in got if isinstance(m, bytes))) if isinstance(s, int)]
        assert steps == list(range(200))

    asyncio.run(body())


@pytest.mark.parametrize("tries", [2, None])
def test_a_chunk_that_is_nowhere_for_a_moment_is_asked_for_again_and_named_where_it_cannot_be_had(tries, monkeypatch):
    """So it is while a run moves to another engine; steps that are passed over in silence would be missing for ever."""
    monkeypatch.setattr(session_module, "READ_AGAIN", (0.001, 0.001, 0.001))

    async def body():
        asked = []

        async def read_chunk(n):
            asked.append(n)
            away = n == 1 and (tries is None or asked.count(1) <= tries)
            return b"" if away else keyframe(64 * n) + frames(64 * n, 64 * n + 64)

        session, _ = make(ring_bytes=4000, read_chunk=read_chunk)
        for first in range(0, 640, 16):
            session.on_event(chunk(first, first + 16))
        session.end("stopped", 640)
        got = await collect(Watcher(session, have=70), until=lambda got: False)
        steps = [s for _, s in steps_of(b"".join(m for m in got if isinstance(m, bytes))) if isinstance(s, int)]
        named = [(m.from_, m.to) for m in got if isinstance(m, wire.Behind)]
        assert (steps, named) == (list(range(70 if tries else 128, 640)), [] if tries else [(70, 128)])

    asyncio.run(body())


def test_states_are_coalesced_and_come_after_the_frames_they_name():
    """A watcher that was away learns where things stand, not how they got there."""

    async def body():
        session, _ = make()
        watcher = Watcher(session, have=0)
        for step in range(5):
            session.on_event(exchange.Moved(session.id, True, step, 30.0))
        session.on_event(chunk(0, 5))
        session.on_event(exchange.Moved(session.id, False, 5, 30.0))
        session.on_event(exchange.StreamFailed(session.id, Failure(0, 4, "NaN")))
        got = await collect(watcher, until=lambda got: len(got) == 3)
        assert isinstance(got[0], bytes)
        assert got[1] == wire.State(status="paused", step=5, speed=30.0)
        assert got[2] == wire.ModelFailed(stream=0, step=4, reason="NaN")

    asyncio.run(body())


def test_watchers_of_one_batch_share_its_bytes_and_one_state_its_text():
    """Whatever is sent to all of them is made once; who comes in amid a batch gets the rest of it."""

    async def body():
        session, _ = make()
        watchers = [Watcher(session, have=0), Watcher(session, have=0), Watcher(session, have=7)]
        session.on_event(chunk(0, 10))
        session.on_event(exchange.Moved(session.id, step=10, running=False, speed=30.0))
        one, other, late = [await collect(watcher, until=lambda got: len(got) == 2) for watcher in watchers]
        assert one[0] is other[0]
        assert one[1].text is other[1].text
        assert json.loads(one[1].text) == {"type": "state", "status": "opened", "step": 10, "speed": 30.0}
        assert [step for _, step in steps_of(late[0])] == [7, 8, 9]

    asyncio.run(body())


def test_forgotten_sessions_are_stopped(tmp_path):
    """A paused run that nobody watches holds a place that others could have."""

    async def body():
        settings = Settings(data_dir=tmp_path, idle_minutes=1, workers=0)
        live = LiveSessions(settings, None, None, None)
        sessions = {}
        for name, status, watched, minutes in (
            ("a", "paused", False, 2), ("b", "paused", True, 2), ("c", "running", False, 2), ("d", "opened", False, 0),
        ):  # fmt: skip
            session, sent = make()
            session.status = status
            session.touched -= 60 * minutes
            if watched:
                session.watchers.add(object())
            live.sessions[name] = session
            sessions[name] = sent
        live.stop_idle()
        assert {name for name, sent in sessions.items() if sent} == {"a"}

    asyncio.run(body())


def test_runs_that_nobody_looks_at_are_paused(tmp_path):
    """A slow run would keep its place for months; one that is watched, asked about, or fed from outside goes on."""

    async def body():
        live = LiveSessions(Settings(data_dir=tmp_path, unwatched_minutes=1, workers=0), None, None, None)
        for name, minutes, watched in (("old", 2, False), ("watched", 2, True), ("asked", 0, False)):
            session, sent = make()
            session.play()
            sent.clear()
            session.looked_at -= 60 * minutes
            if watched:
                session.watchers.add(object())
            live.sessions[name] = session
        fed, _ = make()
        fed.play()
        fed.looked_at -= 120
        fed.inlet = object()
        live.sessions["fed"] = fed
        live.stop_idle()
        assert {name for name, session in live.sessions.items() if session.status == "paused"} == {"old"}

    asyncio.run(body())


def test_hello_hands_the_manifest_on_untouched():
    """A key of a later version must reach the page."""

    async def body():
        session, _ = make()
        session.manifest["future"] = {"x": 1}
        message = json.loads(session.hello())
        assert message["manifest"]["future"] == {"x": 1}
        assert {"type", "manifest", "status", "steps", "speed", "live"} == set(message)

    asyncio.run(body())
