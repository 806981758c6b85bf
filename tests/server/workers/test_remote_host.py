"""An engine of a cluster that says nothing any more: given up, and not believed when it is back. Without Ray."""

import asyncio
import time
from types import SimpleNamespace

import pytest

from mnemoscope_server.workers import remote_host
from mnemoscope_server.workers.engine_actor import LIFE, EngineActor, Report
from mnemoscope_server.workers.protocol import Pause
from mnemoscope_server.workers.ray_hosts import RayHosts
from mnemoscope_server.workers.remote_host import RemoteHost

OLD, NEW = "o" * LIFE, "n" * LIFE


class Engine:
    """As Ray hands on an actor: every method has `remote`."""

    def __init__(self):
        self.life, self.box, self.silent, self.ended, self.obeyed = OLD, 0, asyncio.Event(), [], []
        self.number, self.said = 0, []
        for name in ("events", "obey", "end"):
            setattr(self, name, SimpleNamespace(remote=getattr(self, f"_{name}")))

    def say(self, event):
        self.number += 1
        self.said.append((self.number, event))

    async def _answer(self):
        while self.silent.is_set():
            await asyncio.sleep(0.01)

    async def _events(self, web, life, after):
        await self._answer()
        await asyncio.sleep(0.01)
        return Report(self.life + "box", "ready", "", "cpu", 0, 0, [entry for entry in self.said if entry[0] > after])

    async def _obey(self, web, commands):
        await self._answer()
        self.obeyed += commands

    async def _end(self, life):
        await self._answer()
        self.ended.append(life)
        self.life, self.said, self.number = NEW, [], 0
        raise ConnectionError("it ends")


class Hosts:
    """What hears of it."""

    web = "web"

    def __init__(self, engine):
        self.engine, self.heard, self.lost = engine, [], []

    def actor(self, name):
        return self.engine

    def on_event(self, host, event):
        self.heard.append(event)

    def on_lost(self, sessions, reason, blamed):
        self.lost.append((sessions, reason, blamed))


async def until(holds):
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


def test_an_engine_that_says_nothing_is_given_up_and_begins_anew_when_it_is_back(monkeypatch):
    """Its runs are lost once; nothing is taken of what it says of them afterwards, and commands do not wait for it."""
    monkeypatch.setattr(remote_host, "SILENT_SECONDS", 0.3)
    monkeypatch.setattr(remote_host, "AGAIN_SECONDS", 0.01)

    async def story():
        engine = Engine()
        hosts = Hosts(engine)
        host = RemoteHost(hosts, "engine-0")
        await until(lambda: host.state == "ready")
        host.sessions.add("run")
        engine.say("first")
        await until(lambda: hosts.heard == ["first"])
        engine.silent.set()
        host.send(Pause("run"))
        await until(lambda: hosts.lost)
        assert (host.state, host.sessions) == ("starting", set())
        assert [(ids, blamed) for ids, _, blamed in hosts.lost] == [({"run"}, "")]
        assert "does not answer" in hosts.lost[0][1]
        assert host.given_up
        await asyncio.sleep(0.4)  # longer than a command waits
        engine.say("of the past")
        engine.silent.clear()
        await until(lambda: engine.ended)
        assert engine.ended == [OLD]
        await until(lambda: host.state == "ready")
        engine.say("anew")
        host.send(Pause("next"))
        await until(lambda: engine.obeyed)
        await until(lambda: "anew" in hosts.heard)
        assert hosts.heard == ["first", "anew"]
        assert not host.given_up
        assert (engine.obeyed, len(hosts.lost)) == ([Pause("next")], 1)
        host.end()

    asyncio.run(story())


def test_a_web_process_that_was_stopped_itself_gives_no_engine_up(monkeypatch):
    """It finds its time over, and the answer waiting: an engine that others use is not ended for that."""
    monkeypatch.setattr(remote_host, "SILENT_SECONDS", 0.4)

    async def story():
        engine = Engine()
        hosts = Hosts(engine)
        host = RemoteHost(hosts, "engine-0")
        await until(lambda: host.state == "ready")
        host.sessions.add("run")
        engine.say("first")
        await until(lambda: hosts.heard)
        for event in ("second", "third"):
            await asyncio.sleep(0.005)
            time.sleep(1)
            engine.say(event)
            await until(lambda: hosts.heard[-1] == event)  # noqa: B023
        assert (hosts.lost, engine.ended, host.state) == ([], [], "ready")
        assert hosts.heard == ["first", "second", "third"]
        host.end()

    asyncio.run(story())


def test_an_engine_that_starts_takes_its_time(monkeypatch):
    monkeypatch.setattr(remote_host, "SILENT_SECONDS", 0.1)

    async def story():
        engine = Engine()
        engine.silent.set()
        hosts = Hosts(engine)
        host = RemoteHost(hosts, "engine-0")
        await asyncio.sleep(0.5)
        engine.silent.clear()
        await until(lambda: host.state == "ready")
        assert (engine.ended, hosts.lost) == ([], [])
        host.end()

    asyncio.run(story())


def test_nobody_attaches_to_an_engine_that_was_given_up():
    """Nor where it was asked before, and answers when it is back: who did would hear nothing of the run any more."""
    hosts = RayHosts("nowhere", count=1, device="cpu", engine="", gpu_share=0.25)
    host = SimpleNamespace(name="engine-0", given_up=True, sessions=set())

    async def back(method, *_):
        host.given_up = not host.given_up
        return SimpleNamespace(lost="")

    host.call = back
    hosts.hosts = [host]
    assert asyncio.run(hosts.attach("run", "engine-0")) is None
    assert host.given_up, "it was not even asked"
    host.given_up = False
    assert asyncio.run(hosts.attach("run", "engine-0")) is None
    assert asyncio.run(hosts.attach("run", "engine-0")) is None
    assert (host.sessions, hosts.place("run")) == (set(), "")


def test_an_engine_ends_only_if_it_is_the_one_that_is_meant(monkeypatch):
    """Or who comes second would end the one that follows."""
    ends = []
    monkeypatch.setattr("mnemoscope_server.workers.engine_actor.os._exit", ends.append)

    async def story():
        engine = EngineActor("cpu", "tests.server.fake_engine:FakeEngine")
        await engine.end(OLD)
        assert ends == []
        await engine.end(engine.life + "box")
        assert ends == [1]

    asyncio.run(story())


@pytest.fixture(autouse=True)
def _quiet(caplog):
    caplog.set_level("ERROR")
