"""Recordings that are brought as files: sound ones open under their own id, private; others are refused, and nothing of them stays."""

import asyncio
import io
import os
import random
import re
import sys
import time
from pathlib import Path

import pytest

from mnemoscope.errors import ImportFileError
from mnemoscope.format.blocks import INDEX
from mnemoscope.reading import verify
from mnemoscope.reading.recording import Recording, amend
from mnemoscope.running import record
from mnemoscope.tasks import episodes
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import child as processes
from mnemoscope_server.storage import proof
from mnemoscope_server.storage.brought import Bringing
from mnemoscope_server.storage.store import Store

STEPS = 130


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "run.mnemo"
    episode = episodes.from_generator("signal-recall", "heartbeat", steps=STEPS, seed=3, params={}, options={})
    record.record_file(path, episode, record.load_models(["lstm", "ntm"], "signal-recall"), title="my heart", seed=3)
    return path.read_bytes()


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def bring(store):
    bringing = Bringing(Settings(data_dir=store.folder), store)
    return lambda content, owner="me": asyncio.run(bringing.take(io.BytesIO(content), owner=owner))


def identity_of(content, tmp_path):
    path = tmp_path / "look.mnemo"
    path.write_bytes(content)
    with Recording.open(path) as opened:
        return opened.manifest["id"]


def amended(content, tmp_path, **values):
    path = tmp_path / "other.mnemo"
    path.write_bytes(content)
    amend(path, values).close()
    return path.read_bytes()


def nothing_stays(store):
    assert list(store.tmp.iterdir()) == []
    assert list(store.recordings.iterdir()) == []
    assert store.latest() == []


def test_a_recording_keeps_its_id_and_bytes_and_is_its_bringers(bring, store, made, tmp_path):
    found = bring(made)
    assert (found.known, found.notes) == (False, [])
    assert found.entry.id == identity_of(made, tmp_path)
    assert store.path(found.entry.id).read_bytes() == made
    [row] = store.latest(owner="me")
    assert (row.title, row.steps, row.visibility, row.owner) == ("my heart", STEPS, "private", "me")
    assert list(store.tmp.iterdir()) == []


def test_the_same_recording_twice_is_one(bring, store, made, tmp_path):
    first = bring(made)
    again = bring(amended(made, tmp_path, title="called otherwise"), owner="somebody")
    assert (again.known, again.entry.id) == (True, first.entry.id)
    assert again.entry.title == "my heart", "what is here is not renamed by a file"
    assert len(store.latest()) == 1


def test_another_recording_of_the_same_id_gets_a_new_one(bring, store, made, tmp_path):
    first = bring(made)
    other = amended(made, tmp_path, seed=4)
    second = bring(other)
    assert not second.known
    assert second.entry.id != first.entry.id
    assert store.path(first.entry.id).read_bytes() == made
    with Recording.open(store.path(second.entry.id)) as opened:
        assert verify.verify(opened)["ok"]
        assert opened.manifest["id"] == second.entry.id
    again = bring(other)
    assert (again.known, again.entry.id) == (True, second.entry.id), "brought again it is still that one"


def test_an_id_whose_time_was_over_is_not_given_away(bring, store, made, tmp_path):
    identity = bring(made).entry.id
    store.change(identity, sharing={"visibility": "listed", "expires": "2020-01-01T00:00:00Z"})
    store.remove(identity)
    assert bring(made).entry.id != identity


def test_who_may_find_it_is_decided_here(bring, store, made, tmp_path):
    rules = {"visibility": "listed", "expires": "2020-01-01T00:00:00Z"}
    entry = bring(amended(made, tmp_path, sharing=rules)).entry
    assert (entry.visibility, entry.expires) == ("private", None)
    store.require_current(entry.id)


def test_an_id_that_is_no_path_of_ours_is_replaced(bring, store, made, tmp_path):
    entry = bring(amended(made, tmp_path, id="../../elsewhere")).entry
    assert store.path(entry.id).is_file()
    assert not (tmp_path / "elsewhere.mnemo").exists()


def test_a_run_that_was_cut_off_gets_its_end(bring, store, made):
    torn = made[: made.rindex(INDEX) - 10]
    found = bring(torn)
    assert any("belong to no whole block" in note for note in found.notes)
    assert (found.entry.status, 0 < found.entry.steps <= STEPS) == ("stopped", True)
    with Recording.open(store.path(found.entry.id)) as opened:
        assert verify.verify(opened)["verdict"] == "whole"


def test_a_recording_that_contradicts_itself_is_refused(bring, store, made):
    """Whatever byte it is."""
    rng = random.Random(5)
    for _ in range(4):
        place = rng.randrange(len(made) // 4, len(made) * 3 // 4)
        with pytest.raises(ImportFileError):
            bring(made[:place] + bytes([made[place] ^ 0x10]) + made[place + 1 :])
        nothing_stays(store)


def test_a_damaged_recording_is_told_from_what_is_none(bring, store, made):
    place = len(made) // 2
    with pytest.raises(ImportFileError, match="the recording is damaged") as damaged:
        bring(made[:place] + bytes([made[place] ^ 0x10]) + made[place + 1 :])
    assert "Download or copy the file again" in (damaged.value.hint or "")
    with pytest.raises(ImportFileError) as none:
        bring(b"not at all" * 40)
    assert "damaged" not in str(none.value)
    nothing_stays(store)


def test_steps_of_another_run_under_a_right_checksum_are_refused(bring, store, made, tmp_path):
    """The checksums are right, the hash is of other steps."""
    with pytest.raises(ImportFileError, match="the steps have another hash"):
        bring(amended(made, tmp_path, content_hash="0" * 64))
    nothing_stays(store)


@pytest.mark.parametrize(("content", "message"), [(b"t,v\n1,2\n", "Wanted a .mnemo"), (b"", "an empty file")])
def test_another_file_is_refused(bring, store, content, message):
    with pytest.raises(ImportFileError, match=message):
        bring(content)
    nothing_stays(store)


def test_a_proof_that_does_not_end_is_ended(bring, store, made, monkeypatch):
    async def never(*_, seconds):
        raise TimeoutError

    monkeypatch.setattr(processes, "run", never)
    with pytest.raises(ImportFileError, match="more time or memory") as raised:
        bring(made)
    assert "a part of it" in (raised.value.hint or "")
    nothing_stays(store)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are read from /proc")
def test_a_proof_has_so_much_processor_time_and_waits_for_it_on_a_busy_machine(store, tmp_path, monkeypatch):
    """The process is looked at while it waits for its file, which here is a pipe that nobody writes."""
    os.mkfifo(tmp_path / "pipe")
    seen = []

    async def looked_at(process, told=None, *, seconds):
        until = time.monotonic() + 30
        while not (found := re.search(r"Max cpu time +(\d+)", Path(f"/proc/{process.pid}/limits").read_text())):
            assert time.monotonic() < until, "no limit of processor time"
            await asyncio.sleep(0.02)
        seen.append((int(found[1]), seconds))
        await processes.kill(process)
        raise TimeoutError

    monkeypatch.setattr(processes, "ended", looked_at)
    with pytest.raises(ImportFileError, match="more time or memory"):
        asyncio.run(proof.prove(tmp_path / "pipe", tmp_path / "answer", memory=3 << 30))
    [(processor, clock)] = seen
    assert processor == proof.CPU_SECONDS
    assert clock >= 10 * processor


def test_a_proof_that_a_signal_ended_is_tried_again(bring, store, made, monkeypatch):
    run, ends = processes.run, [(-11, "")]

    async def once(*arguments, seconds):
        return ends.pop() if ends else await run(*arguments, seconds=seconds)

    monkeypatch.setattr(processes, "run", once)
    assert bring(made).entry.steps == STEPS
