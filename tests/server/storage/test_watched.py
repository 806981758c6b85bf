"""A watched folder: its recordings are listed as they appear and grow, proved before they are read, and nothing in it is touched."""

import asyncio
import os
import shutil
import time

import pytest

from mnemoscope.errors import ImportFileError
from mnemoscope.reading.recording import Recording, amend
from mnemoscope.running import record
from mnemoscope.tasks import episodes
from mnemoscope_server.errors import UnknownRecording
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import watched as module
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.store import Store
from mnemoscope_server.storage.watched import Watched

STEPS = 130


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "run.mnemo"
    episode = episodes.from_generator("signal-recall", "heartbeat", steps=STEPS, seed=3, params={}, options={})
    record.record_file(path, episode, record.load_models(["lstm", "ntm"], "signal-recall"), title="my heart", seed=3)
    return path.read_bytes()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


class Here:
    """A watched folder with a clock that is moved by hand."""

    def __init__(self, store, folder):
        self.now, self.store = 100.0, store
        settings = Settings(data_dir=store.folder, watch=folder)
        self.watched = Watched(settings, store, clock=lambda: self.now)
        self.library = Library(store, self.watched)
        self.watched.changed = self.library.forget

    def look(self, seconds=60.0):
        self.now += seconds
        asyncio.run(self.watched.look())
        return {entry.title: entry for entry in self.store.latest()}

    def only(self):
        (entry,) = self.look().values()
        return entry

    def prove(self, identity):
        asyncio.run(self.watched.prove(identity))


@pytest.fixture
def here(tmp_path, folder):
    store = Store(tmp_path / "data")
    here = Here(store, folder)
    yield here
    here.library.close()
    store.close()


def renamed(content, path, **values):
    path.write_bytes(content)
    amend(path, values).close()


def test_a_recording_appears_private_and_opens_under_its_own_id(here, folder, made):
    (folder / "run.mnemo").write_bytes(made)
    entry = here.only()
    with Recording.open(folder / "run.mnemo") as recording:
        assert entry.id == recording.manifest["id"]
    assert (entry.title, entry.steps, entry.status) == ("my heart", STEPS, "ended")
    assert (entry.visibility, entry.expires, entry.owner) == ("private", None, "bearer")
    here.prove(entry.id)
    with here.library.opened(entry.id) as recording:
        assert recording.steps == STEPS
    assert here.library.find(entry.id) == folder / "run.mnemo"
    assert list(here.store.recordings.iterdir()) == []  # not copied
    assert sorted(path.name for path in folder.iterdir()) == ["run.mnemo"]
    assert (folder / "run.mnemo").read_bytes() == made


def test_it_vanishes_from_the_list_with_its_file(here, folder, made):
    (folder / "run.mnemo").write_bytes(made)
    entry = here.only()
    (folder / "run.mnemo").unlink()
    with pytest.raises(UnknownRecording):
        here.prove(entry.id)
    assert here.look() == {}
    assert not here.watched.has(entry.id)
    with pytest.raises(UnknownRecording):
        here.library.find(entry.id)


def test_what_a_file_says_of_its_sharing_is_not_believed(here, folder, made):
    renamed(made, folder / "run.mnemo", sharing={"visibility": "listed", "expires": "2001-01-01T00:00:00Z"})
    entry = here.only()
    assert (entry.visibility, entry.expires) == ("private", None)
    here.store.require_current(entry.id)


def test_links_and_special_files_are_passed_over(here, folder, tmp_path, made, caplog):
    """They are not read to be refused: whoever opens a pipe waits until somebody writes."""
    outside = tmp_path / "outside.mnemo"
    outside.write_bytes(made)
    (folder / "link.mnemo").symlink_to(outside)
    (folder / "folder.mnemo").mkdir()
    os.mkfifo(folder / "pipe.mnemo")
    (folder / ".part.mnemo").write_bytes(made)
    (folder / "other.txt").write_bytes(made)
    assert here.look() == {}
    assert caplog.text == ""


def test_a_file_that_becomes_a_link_is_not_followed(here, folder, tmp_path, made):
    (folder / "run.mnemo").write_bytes(made)
    entry = here.only()
    here.prove(entry.id)
    secret = tmp_path / "secret"
    secret.write_text("private")
    (folder / "run.mnemo").unlink()
    (folder / "run.mnemo").symlink_to(secret)
    with pytest.raises(UnknownRecording):
        here.library.find(entry.id)
    with pytest.raises(UnknownRecording):
        here.prove(entry.id)
    assert here.look() == {}


def test_a_recording_that_contradicts_itself_is_not_opened(here, folder, made):
    content = bytearray(made)
    content[len(content) // 2] ^= 1
    (folder / "run.mnemo").write_bytes(content)
    entry = here.only()
    with pytest.raises(ImportFileError):
        here.prove(entry.id)


def test_what_is_no_recording_is_left_out_and_read_once(here, folder, made, caplog, monkeypatch):
    (folder / "bad.mnemo").write_bytes(b"no recording")
    (folder / "good.mnemo").write_bytes(made)
    assert list(here.look()) == ["my heart"]
    assert "bad.mnemo in the watched folder cannot be listed" in caplog.text

    async def never(*arguments, **options):
        raise AssertionError("nothing has changed")

    monkeypatch.setattr(module.child, "run", never)
    assert list(here.look()) == ["my heart"]


def test_two_files_of_one_recording_have_an_id_each_that_stays(here, folder, made, tmp_path):
    for name in ("a.mnemo", "b.mnemo"):
        (folder / name).write_bytes(made)
    here.look()
    ids = {entry.id for entry in here.store.latest()}
    assert len(ids) == 2
    again = Here(here.store, folder)
    again.look()
    assert {entry.id for entry in here.store.latest()} == ids


def test_another_file_of_the_same_name_is_another_recording(here, folder, made):
    (folder / "run.mnemo").write_bytes(made)
    first = here.only()
    here.prove(first.id)
    with here.library.opened(first.id):
        pass
    (folder / "new").write_bytes(made)
    amend(folder / "new", {"id": "x" * 22, "title": "another"}).close()
    (folder / "new").replace(folder / "run.mnemo")
    second = here.only()
    assert (second.id, second.title) == ("x" * 22, "another")
    here.prove(second.id)
    with here.library.opened(second.id) as recording:
        assert recording.manifest["title"] == "another"


def test_it_grows_as_it_is_written(here, folder, made):
    cut = len(made) * 2 // 3
    (folder / "run.mnemo").write_bytes(made[:cut])
    entry = here.only()
    assert entry.status == "running"
    assert 0 < entry.steps < STEPS
    here.prove(entry.id)
    assert here.watched.growing(entry.id)
    with here.library.opened(entry.id) as recording:
        before = recording.steps
    with (folder / "run.mnemo").open("ab") as file:
        file.write(made[cut:])
    here.prove(entry.id)  # it only grew: what was proved holds
    assert here.library.grown(entry.id).steps == STEPS > before
    now = here.only()
    assert (now.id, now.status, now.steps) == (entry.id, "ended", STEPS)
    assert not here.watched.growing(entry.id)
    here.prove(entry.id)


def test_a_file_that_grows_is_read_for_the_list_only_now_and_then(here, folder, made):
    cut = len(made) // 2
    (folder / "run.mnemo").write_bytes(made[:cut])
    before = here.only().bytes
    (folder / "run.mnemo").write_bytes(made[: cut + 20_000])
    assert here.look(seconds=1.0)["my heart"].bytes == before
    assert here.look(seconds=module.GROWING_SECONDS)["my heart"].bytes == before + 20_000


def test_one_whose_writer_is_gone_is_stopped(here, folder, made):
    path = folder / "run.mnemo"
    path.write_bytes(made[: len(made) // 2])
    assert here.only().status == "running"
    old = time.time() - module.LIVE_SECONDS - 5
    os.utime(path, (old, old))
    assert here.only().status == "stopped"
    assert not here.watched.growing(here.only().id)


def test_a_recording_of_this_server_stays_when_the_watched_one_goes(here, folder, made):
    (folder / "run.mnemo").write_bytes(made)
    identity = here.only().id
    here.store.path(identity).write_bytes(made)
    here.store.index(identity)
    here.look()
    assert not here.watched.has(identity)
    (folder / "run.mnemo").unlink()
    assert [entry.id for entry in here.look().values()] == [identity]
    assert here.store.path(identity).exists()


def test_a_file_that_ends_its_reader_does_not_hide_the_others(here, folder, made, monkeypatch):
    for name in ("a.mnemo", "b.mnemo", "c.mnemo"):
        (folder / name).write_bytes(made)
    run = module.child.run

    async def dies_at_b(name, files, answer, memory, *, seconds):
        import json
        from pathlib import Path

        paths = json.loads(Path(files).read_text())
        bad = [k for k, path in enumerate(paths) if path.endswith("b.mnemo")]
        if bad:
            Path(files).write_text(json.dumps(paths[: bad[0]]))
            await run(name, files, answer, memory, seconds=seconds)
            return -11, "segmentation fault"
        return await run(name, files, answer, memory, seconds=seconds)

    monkeypatch.setattr(module.child, "run", dies_at_b)
    for _ in range(3):
        here.look()
    assert here.store.count() == 2


def test_ten_thousand_files_cost_little_once_they_are_known(here, folder, made, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILES", 200)
    for k in range(260):
        os.link(folder / "0.mnemo", folder / f"{k}.mnemo") if k else (folder / "0.mnemo").write_bytes(made)
    here.look()
    assert here.store.count() == 200  # the newest, and no more than so many
    began = time.process_time()
    here.look()
    assert time.process_time() - began < 0.5


def test_a_folder_that_cannot_be_read_ends_nothing(here, folder):
    shutil.rmtree(folder)
    with pytest.raises(OSError):
        here.look()
