"""`mnemoscope fsck`: what it lists, what it mends, and that listing changes nothing."""

import contextlib
import os
import sqlite3

import pytest

from mnemoscope.cli.main import main
from mnemoscope.reading.recording import Recording, amend
from mnemoscope_server.storage.store import new_id
from tests.server.stored import entry, on_sqlite, write

pytestmark = on_sqlite  # main() looks at the folder alone


@pytest.fixture
def drifted(open_store):
    """A folder in which files and index differ in every way."""
    store = open_store()
    names = {name: write(store, title=name) for name in ("good", "renamed", "unknown")}
    names["cut off"] = write(store, finish=None)
    for name in ("good", "renamed", "cut off"):
        store.index(names[name], owner="somebody")
    gone = entry(1)
    store.put(gone)
    names["gone"] = gone.id
    amend(store.path(names["renamed"]), {"title": "another"}).close()
    (store.recordings / f"{new_id()}.owner").write_text("nobody")
    (store.recordings / f"{new_id()}.mnemo").mkdir()
    (store.tmp / "half").write_text("x")
    return store, names


def state(folder):
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*") if path.is_file()}


def test_differences_are_listed_and_nothing_is_changed(drifted, capsys):
    store, names = drifted
    store.close()
    before = state(store.folder)
    assert main(["fsck", str(store.folder)]) == 1
    assert state(store.folder) == before
    out = capsys.readouterr().out
    for said in (
        f"{names['renamed']}.mnemo: is not as the index says", f"{names['unknown']}.mnemo: is not in the index",
        f"{names['cut off']}.mnemo: has no end", f"{names['gone']}.mnemo: is listed but gone",
        ".owner: belongs to a recording that is gone", "is no plain file", "tmp/half: was left half-written", "7 differences",
    ):  # fmt: skip
        assert said in out
    assert names["good"] not in out


def test_another_recording_of_the_same_size_is_noticed(open_store, capsys):
    """A file that was put in the place of another: its bytes are as many, and it is younger."""
    store = open_store()
    first, second = write(store, title="a"), write(store, title="b")
    store.index(first, owner="somebody")
    store.index(second, owner="somebody")
    store.close()
    facts = store.path(first).stat()
    os.utime(store.path(first), ns=(facts.st_atime_ns, facts.st_mtime_ns + 1_000_000))
    assert main(["fsck", str(store.folder)]) == 1
    out = capsys.readouterr().out
    assert f"{first}.mnemo: is not as the index says" in out
    assert second not in out


def test_what_is_mended_stays_mended(drifted, capsys, open_store):
    store, names = drifted
    store.close()
    assert main(["fsck", str(store.folder), "--mend"]) == 1
    out = capsys.readouterr().out
    assert f"{names['cut off']}.mnemo: has no end; it is closed as stopped" in out
    assert "is no plain file; it is left alone" in out
    assert "7 differences, 1 left" in out
    with contextlib.closing(sqlite3.connect(store.folder / "index.sqlite")) as database:
        rows = dict(database.execute("SELECT id, title FROM recordings"))
    assert rows.keys() == {names[name] for name in ("good", "renamed", "unknown", "cut off")}
    assert rows[names["renamed"]] == "another"
    with Recording.open(store.path(names["cut off"])) as recording:
        assert recording.manifest["status"] == "stopped"
    [folder] = [path for path in store.recordings.iterdir() if path.is_dir()]
    folder.rmdir()
    assert main(["fsck", str(store.folder)]) == 0
    assert "4 recordings" in capsys.readouterr().out
    assert open_store().get(names["renamed"]).owner == "somebody"


def test_an_index_that_is_none_is_named_and_made_again(open_store, capsys):
    store = open_store()
    identity = write(store)
    store.index(identity)
    store.close()
    (store.folder / "index.sqlite").write_bytes(b"garbage" * 1000)
    assert main(["fsck", str(store.folder)]) == 1
    assert "index.sqlite: cannot be read: file is not a database" in capsys.readouterr().out
    assert main(["fsck", str(store.folder), "--mend"]) == 0
    assert main(["fsck", str(store.folder)]) == 0
    assert "no differences" in capsys.readouterr().out


def test_a_folder_in_use_and_one_that_is_none_are_refused(open_store, capsys, tmp_path):
    store = open_store()
    assert main(["fsck", str(store.folder)]) == 2
    assert "another server works in" in capsys.readouterr().err
    assert main(["fsck", str(tmp_path / "nothing")]) == 2
    assert "is no data folder" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()
