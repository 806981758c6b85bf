"""A child that is started before there is anything to read."""

import asyncio
import contextlib
import dataclasses
import json
import re
import sys
import time
from pathlib import Path

import pytest

from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope_server.storage import spare_child
from mnemoscope_server.storage.spare_child import SpareChild
from mnemoscope_server.storage.uploads import PARSE_CHILD


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(spare_child, "AFTER_SECONDS", 0.0)


@pytest.fixture
def job(tmp_path):
    """Arguments of a reading, and where its report will be."""
    source, folder = tmp_path / "source", tmp_path / "folder"
    source.mkdir()
    folder.mkdir()
    (source / "a.csv").write_text("t,x\n" + "".join(f"{i},{i * i}\n" for i in range(20)))
    bounds = json.dumps({"memory": 2 << 30, "import": dataclasses.asdict(ImportOptions())})
    return (str(source), str(folder), bounds), folder / "report.json"


async def waiting(spare):
    """The child that waits, once it does."""
    spare.expect()
    assert spare._starting is not None
    await spare._starting
    assert spare._waiting is not None
    return spare._waiting


def test_it_reads_what_comes_and_is_used_once(job):
    arguments, report = job

    async def story():
        spare = SpareChild(PARSE_CHILD)
        process = await waiting(spare)
        spare.expect()  # it is there already
        assert await spare.run(*arguments, seconds=60) == (0, "")
        assert process.returncode == 0
        assert json.loads(report.read_text())["report"]["rows"] == 20
        report.unlink()
        assert await spare.run(*arguments, seconds=60) == (0, "")  # none waits: one is started now
        assert report.exists()
        await spare.close()

    asyncio.run(story())


def test_one_that_died_while_it_waited_is_not_relied_on(job):
    arguments, report = job

    async def story():
        spare = SpareChild(PARSE_CHILD)
        process = await waiting(spare)
        process.kill()
        await process.wait()
        assert await spare.run(*arguments, seconds=60) == (0, "")
        assert report.exists()
        await spare.close()

    asyncio.run(story())


def test_it_ends_with_its_server_and_when_nobody_needs_it(monkeypatch):
    async def story():
        spare = SpareChild(PARSE_CHILD)
        process = await waiting(spare)
        await spare.close()
        assert process.returncode is not None
        spare.expect()
        assert spare._starting is None, "closed: none is started any more"
        abandoned = await waiting(SpareChild(PARSE_CHILD))
        abandoned.stdin.close()  # as when the server was killed
        assert await asyncio.wait_for(abandoned.wait(), 60) == 0
        monkeypatch.setattr(spare_child, "WAITS_SECONDS", 0.05)
        unneeded = SpareChild(PARSE_CHILD)
        process = await waiting(unneeded)
        assert await asyncio.wait_for(process.wait(), 60) < 0
        await unneeded.close()

    asyncio.run(story())


@pytest.mark.skipif(sys.platform != "linux", reason="which processes there are is read from /proc")
def test_a_page_that_asks_for_formats_has_it_started(server):
    """And every file that was brought the next one: what reads is there when it comes."""

    def readers():
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                parent = re.search(r"^PPid:\t(\d+)$", (process / "status").read_text(), re.MULTILINE)
                words = (process / "cmdline").read_bytes().split(b"\0")
                if PARSE_CHILD.encode() in words and parent and int(parent[1]) == server.process.pid:
                    found.add(process.name)
        return found

    def come(condition):
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, "no reader waits"
            time.sleep(0.05)

    assert server.http.get("api/formats").status_code == 200
    come(lambda: len(readers()) == 1)
    first = readers()
    brought = server.http.post("api/uploads", files={"file": ("a.csv", b"t,x\n0,1\n1,2\n2,3\n3,4\n")})
    assert brought.status_code == 201, brought.text
    come(lambda: len(readers()) == 1 and readers() != first)
