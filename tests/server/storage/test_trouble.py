"""A data folder in trouble: index locked, damaged, newer or not to be opened, files that are none, disks that are full."""

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from mnemoscope.errors import RecordingError
from mnemoscope.reading.recording import Recording, amend
from mnemoscope_server.errors import DiskFull, IndexTrouble, UnknownRecording, is_full
from mnemoscope_server.storage import index, locks
from mnemoscope_server.storage.database import sqlite
from mnemoscope_server.storage.index import Index
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.recovery import owner_file
from mnemoscope_server.storage.store import Store, new_id
from tests.server.stored import entry, on_sqlite, write


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@contextlib.contextmanager
def held(data):
    """Another program that holds the index."""
    other = sqlite3.connect(data / "index.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def damage(path):
    path.write_bytes(b"garbage" * 1000)


def flip(path):
    content = bytearray(path.read_bytes())
    content[4096:4112] = bytes(range(240, 256))
    path.write_bytes(content)


def age(path):
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 7")
    database.execute("ALTER TABLE recordings ADD COLUMN later TEXT")
    database.commit()
    database.close()


def strip(path):
    database = sqlite3.connect(path)
    database.execute("ALTER TABLE recordings DROP COLUMN title")
    database.commit()
    database.close()


@on_sqlite
@pytest.mark.parametrize("spoil", [damage, flip, age, strip])
def test_an_index_that_cannot_be_used_is_set_aside_and_made_again(open_store, data, caplog, spoil):
    """A restore or a downgrade: the recordings are listed for their owners, and nothing is removed."""
    store = open_store()
    identity = write(store, title="kept")
    store.index(identity, owner="somebody")
    store.close()
    spoil(data / "index.sqlite")
    spoilt = (data / "index.sqlite").read_bytes()
    store = open_store()
    assert [(e.id, e.title, e.owner) for e in store.latest()] == [(identity, "kept", "somebody")]
    [aside] = [path for path in (data / "set-aside").iterdir() if path.suffix == ".sqlite"]
    assert aside.read_bytes() == spoilt
    assert "it is set aside" in caplog.text
    assert ("newer version" in caplog.text) == (spoil is age)


@on_sqlite
def test_an_index_that_cannot_be_opened_is_kept_in_memory_until_it_can(open_store, data, caplog):
    """A full disk at the start, for one. What happens meanwhile is in the file as soon as there is one."""
    store = open_store()
    kept, goes = write(store), write(store)
    store.close()
    for file in data.glob("index.sqlite*"):
        file.unlink()
    (data / "index.sqlite").mkdir()
    store = open_store()
    assert {e.id for e in store.latest()} == {kept, goes}
    assert "kept in memory" in caplog.text
    store.remove(goes)
    with pytest.raises(IndexTrouble):
        store.settle()
    (data / "index.sqlite").rmdir()
    store.settle()
    with contextlib.closing(sqlite3.connect(data / "index.sqlite")) as database:
        assert database.execute("SELECT id FROM recordings").fetchall() == [(kept,)]


@on_sqlite
def test_a_locked_index_is_an_error_with_a_name_and_what_must_be_is_written_later(open_store, data, monkeypatch):
    """Deleting and ending go on; beginning is refused."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    store = open_store()
    ended, gone = entry(1), entry(2)
    store.put(ended)
    store.put(gone)
    with held(data):
        with pytest.raises(IndexTrouble, match="held by another program"):
            store.put(entry(3))
        store.put_eventually(index.replace(ended, status="stopped", steps=77))
        store.remove(gone.id)
        assert [(e.steps, e.status) for e in store.latest()] == [(77, "stopped")]
        assert (store.get(gone.id), store.count()) == (None, 1)
        with pytest.raises(IndexTrouble):
            store.settle()
    store.settle()
    with contextlib.closing(sqlite3.connect(data / "index.sqlite")) as database:
        assert database.execute("SELECT steps FROM recordings").fetchall() == [(77,)]


@on_sqlite
def test_a_full_disk_is_named_and_its_transaction_is_over(open_store):
    """SQLite rolls back by itself then; the next statement must find it so."""
    store = open_store()
    database = store._index._database.connection
    database.execute(f"PRAGMA max_page_count = {database.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(IndexTrouble, match="the disk is full"):
        store.put(index.replace(entry(1), title="x" * 40000))
    assert not database.in_transaction
    store.latest()


def test_owners_of_an_index_of_the_second_version_stay(data):
    """It lacks the time of the files only."""
    with contextlib.closing(Index(tmp := data.parent)) as made:
        made.put(index.replace(entry(1), owner="somebody"))
    database = sqlite3.connect(tmp / "index.sqlite")
    database.executescript(
        "ALTER TABLE recordings DROP COLUMN modified; ALTER TABLE recordings DROP COLUMN blob; DROP TABLE live; PRAGMA user_version = 2;"
    )
    database.close()
    with contextlib.closing(Index(tmp)) as made:
        assert [(e.owner, e.modified) for e in made.rows()] == [("somebody", 0)]


def test_whatever_lies_among_the_recordings_the_server_starts(open_store, data, caplog, monkeypatch):
    """A restore by another user, a copy that broke off, a slip of the hand: skipped or set aside, and said."""
    store = open_store()
    good, unwritable, cut = write(store), write(store, finish=None), write(store)
    store.close()
    half = store.path(cut).read_bytes()[:-60]
    cut_short = len(half)
    with Recording.open(store.path(cut)) as recording:
        cut_short = recording.blocks()[0][0].offset + 10
    store.path(cut).write_bytes(half[:cut_short])
    (store.recordings / f"{new_id()}.mnemo").mkdir()
    (store.recordings / "holiday.mnemo").write_bytes(store.path(good).read_bytes())
    link = store.recordings / f"{new_id()}.mnemo"
    link.symlink_to("/etc/passwd")
    acquire = locks.FileLock.acquire

    def foreign(self, *, seconds=0.0):
        if self.path.stem == unwritable:
            raise PermissionError(1, "Operation not permitted")
        return acquire(self, seconds=seconds)

    monkeypatch.setattr(locks.FileLock, "acquire", foreign)
    store = open_store()
    assert {e.id: e.status for e in store.latest()} == {good: "ended", unwritable: "stopped"}
    assert not store.path(cut).exists()
    [aside] = (data / "set-aside").iterdir()
    assert aside.read_bytes() == half[:cut_short]
    for said in ("has no whole step left: it is set aside", "is no plain file", "not named by an id", "not permitted"):
        assert said in caplog.text
    with pytest.raises(UnknownRecording):
        Library(store).find(link.stem)
    monkeypatch.setattr(locks.FileLock, "acquire", acquire)
    store.close()
    open_store()
    with Recording.open(store.path(unwritable)) as recording:
        assert recording.manifest["status"] == "stopped", "as soon as it can be written, it gets its end"


def test_a_row_older_than_its_file_is_made_again(open_store):
    """A server killed between the two: title and expiry are what the file says."""
    store = open_store()
    identity = write(store, title="before")
    store.index(identity, owner="somebody")
    store.close()
    sharing = {"visibility": "listed", "expires": "2999-01-01T00:00:00Z"}
    amend(store.path(identity), {"title": "after", "sharing": sharing}).close()
    [found] = open_store().latest()
    assert (found.title, found.visibility, found.expires) == ("after", "listed", "2999-01-01T00:00:00Z")
    assert found.owner == "somebody"


def test_a_copy_under_another_name_is_a_recording_of_its_own(open_store):
    """It is opened by its name; listed by the id in it, it would take the place of the other at every start."""
    store = open_store()
    identity, other = write(store, title="twice"), new_id()
    store.index(identity, owner="somebody")
    store.close()
    store.path(other).write_bytes(store.path(identity).read_bytes())
    for _ in range(2):
        store = open_store()
        assert {e.id: e.owner for e in store.latest()} == {identity: "somebody", other: ""}
        store.change(other, title="copy")
        assert {e.id: e.title for e in store.latest()} == {identity: "twice", other: "copy"}
        store.close()


def test_a_start_reads_only_files_that_have_changed(open_store, monkeypatch):
    """Thousands of recordings, opened one by one, would keep a server from answering."""
    store = open_store()
    for _ in range(3):
        store.index(write(store))
    store.close()
    monkeypatch.setattr(Recording, "open", lambda path: pytest.fail(f"{path} is read"))
    assert len(open_store().latest()) == 3


def test_renames_reads_and_a_removal_at_once(open_store):
    """Two tabs, a script: every answer is right, and list and file agree."""
    store = open_store()
    library = Library(store)
    ids = [write(store) for _ in range(3)]
    for identity in ids:
        store.index(identity)
    wrong, going = [], True

    def renaming(number):
        for k in range(12):
            for identity in ids:
                try:
                    store.change(identity, title=f"{number}" * (1 + 40 * (k % 3)))
                    library.forget(identity)
                except UnknownRecording:
                    if identity != ids[2]:
                        wrong.append("gone")
                except Exception as error:
                    wrong.append(repr(error))

    def reading():
        while going:
            for identity in ids:
                try:
                    with library.opened(identity) as recording:
                        recording.messages(0)
                except UnknownRecording:
                    if identity != ids[2]:
                        wrong.append("gone")
                except Exception as error:
                    wrong.append(repr(error))

    threads = [threading.Thread(target=renaming, args=(number,)) for number in range(4)]
    readers = [threading.Thread(target=reading) for _ in range(2)]
    for thread in (*threads, *readers):
        thread.start()
    time.sleep(0.1)
    library.forget(ids[2])
    store.remove(ids[2])
    for thread in threads:
        thread.join()
    going = False
    for thread in readers:
        thread.join()
    assert wrong == []
    rows = {e.id: e.title for e in store.latest()}
    assert rows.keys() == set(ids[:2])
    for identity, title in rows.items():
        with Recording.open(store.path(identity)) as recording:
            assert recording.manifest["title"] == title
    library.close()


def test_a_time_that_was_made_longer_meanwhile_is_kept(open_store):
    """The sweep looks again before it removes."""
    store = open_store()
    identity = write(store)
    store.change(identity, sharing={"visibility": "private", "expires": "2999-01-01T00:00:00Z"})
    assert not store.remove_expired(identity)
    assert store.path(identity).exists()


def test_an_owner_is_noted_before_the_recording_is_there(open_store, monkeypatch):
    """Killed between the two, a copy still belongs to who made it; without an index it does not come to be."""
    store = open_store()
    part = store.tmp / "x.share"
    original = write(store)
    part.write_bytes(store.path(original).read_bytes())
    identity = new_id()
    monkeypatch.setattr(store, "index", lambda *_, **__: (_ for _ in ()).throw(IndexTrouble("locked")))
    with pytest.raises(IndexTrouble):
        store.take_in(part, identity, owner="somebody")
    assert not store.path(identity).exists()
    assert not owner_file(store.path(identity)).exists()
    owner_file(store.path(original)).write_text("somebody")
    store.close()
    assert open_store().get(original).owner == "somebody"


AMENDING = """
import resource, sys
from mnemoscope.errors import RecordingError
from mnemoscope.reading.recording import Recording, amend
path, limit = sys.argv[1], int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    amend(path, {"title": "".join(chr(33 + k * k % 89) for k in range(150))})
except RecordingError as error:
    print(error)
"""


def test_a_title_that_finds_no_space_leaves_the_file_as_it_was(open_store):
    """The old end is overwritten only when the new one has room."""
    store = open_store()
    path = store.path(write(store, title="before"))
    before = path.read_bytes()
    for spare in (0, 1, 40):
        limit = str(len(before) + spare)
        done = subprocess.run([sys.executable, "-c", AMENDING, str(path), limit], capture_output=True, text=True, timeout=60)  # fmt: skip
        assert "Cannot write to the recording" in done.stdout, done.stderr
        assert path.read_bytes() == before


def test_a_recording_cannot_be_renamed_on_a_full_disk_but_is_still_deleted(open_store, monkeypatch):
    """Deleting needs no space."""
    store = open_store(free_bytes=1 << 62)
    identity = write(store)
    store.index(identity)
    with pytest.raises(DiskFull):
        store.require_space()
    monkeypatch.setattr("mnemoscope.reading.recording._write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))  # fmt: skip
    with pytest.raises(RecordingError, match="No space left") as caught:
        store.change(identity, title="after")
    assert is_full(caught.value), "which is answered 507"
    store.remove(identity)
    assert store.latest() == []


@on_sqlite
def test_a_copy_in_memory_changes_nothing(open_store, data):
    """What lists the differences of a folder must not mend them."""
    store = open_store()
    identity = write(store, finish=None)
    store.close()
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*") if path.is_file()}
    looked = Store(data, mend=None)
    assert looked.rows() == []
    looked.close()
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*") if path.is_file()} == before
    assert [e.id for e in open_store().latest()] == [identity]


def test_locks_by_name_are_forgotten_when_nobody_holds_them():
    names = locks.NamedLocks()
    with names.hold("a"), names.hold("a"), names.hold("b"):
        assert set(names._locks) == {"a", "b"}
    assert not names._locks
