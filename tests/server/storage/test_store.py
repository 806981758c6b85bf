"""The data folder: index, files, one server at a time, and what a killed server leaves behind."""

import sqlite3
import threading
from dataclasses import replace

import pytest

from mnemoscope.format.manifest import model_label
from mnemoscope.reading.recording import Recording, amend
from mnemoscope_server.errors import DataFolderInUse, DiskFull, Expired, LostRun, UnknownRecording
from mnemoscope_server.storage.index import Entry
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.store import new_id
from tests.server.stored import entry, on_sqlite, write


def test_what_a_killed_server_left_is_closed_listed_or_removed(open_store, tmp_path):
    """Steps are kept, runs without any are not worth keeping, half-written temporary files go."""
    store = open_store()
    running, empty, foreign = write(store, finish=None), write(store, steps=0, finish=None), write(store)
    for identity in (running, empty):
        store.put(Entry(identity, "t", "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0))
    gone = entry(1)
    store.put(gone)
    with store.path(running).open("ab") as file:
        file.write(b"FRAM torn")
    (store.tmp / "x.upload").write_bytes(b"half")
    (store.tmp / "folder").mkdir()
    (store.recordings / "notes.txt").write_text("not ours")
    store.close()

    store = open_store()
    assert {e.id: (e.status, e.steps) for e in store.latest()} == {running: ("stopped", 64), foreign: ("ended", 64)}
    with Recording.open(store.path(running)) as recording:
        assert recording.manifest["status"] == "stopped"
        assert recording.torn == 0
    assert not store.path(empty).exists()
    assert list(store.tmp.iterdir()) == []
    assert (store.recordings / "notes.txt").exists()


def test_the_index_is_made_again_from_the_files(open_store, tmp_path):
    """The files are the truth."""
    store = open_store()
    identity = write(store, title="kept")
    store.close()
    for file in (tmp_path / "data").glob("index.sqlite*"):
        file.unlink()
    assert [(e.id, e.title) for e in open_store().latest()] == [(identity, "kept")]


def test_a_file_that_is_no_recording_is_left_alone_and_not_listed(open_store):
    """Somebody may have put it there; the server starts in any case."""
    store = open_store()
    path = store.path(new_id())
    path.write_bytes(b"\x89MNEMO\r\n garbage")
    store.close()
    store = open_store()
    assert store.latest() == []
    assert path.exists()


def test_one_server_per_data_folder(open_store):
    """Two would close each other's recordings."""
    open_store()
    with pytest.raises(DataFolderInUse, match="--data-dir"):
        open_store()


def test_searching_takes_every_character_as_itself(open_store):
    """Percent and underscore are no wild cards for a person."""
    store = open_store()
    for number in range(12):
        store.put(entry(number))
    assert [e.steps for e in store.latest(query="% _3_")] == [3]
    assert store.latest(query="%%") == []
    assert [e.steps for e in store.latest(limit=2)] == [11, 10]


def test_a_list_goes_on_where_it_ended(open_store):
    """Whatever comes or goes meanwhile: nothing twice, nothing left out."""
    store = open_store()
    for number in range(9):
        store.put(entry(number))
    first = store.latest(limit=4)
    store.put(entry(9))
    second = store.latest(limit=4, after=first[-1].id)
    store.remove(second[0].id)
    third = store.latest(limit=4, after=second[-1].id)
    assert [[e.steps for e in part] for part in (first, second, third)] == [[8, 7, 6, 5], [4, 3, 2, 1], [0]]
    assert store.latest(after=second[0].id) == [], "nothing follows what is gone"
    assert (store.count(), store.count(query="_3_"), store.count(owner="you")) == (9, 1, 0)


def test_many_threads_write_without_losing_a_row(open_store):
    """Read and write transactions begin immediate, or the busy index loses them."""
    store = open_store()
    threads = [
        threading.Thread(target=lambda: [store.put(entry(n % 60)) and None for n in range(25)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.latest(limit=1000)) == 200


@pytest.mark.parametrize("bad", ["", "x", "../../etc/passwd", "a" * 21 + "/", "a" * 23, "a" * 21 + "\n", "ä" * 22])
def test_nothing_but_an_id_becomes_a_path(open_store, bad):
    """No text of a user's is ever joined to a folder."""
    store = open_store()
    with pytest.raises(ValueError, match="not an id"):
        store.path(bad)
    with pytest.raises(UnknownRecording):
        Library(store).find(bad)


def test_ids_are_long_and_not_in_order():
    """128 random bits: a link cannot be guessed."""
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(i) for i in ids} == {22}


def test_space_is_kept_free(open_store):
    """A full disk is reported before anything is written."""
    store = open_store(free_bytes=1 << 62)
    with pytest.raises(DiskFull, match="are kept free"):
        store.require_space()


def test_renaming_is_written_into_the_file(open_store):
    """A file that is sent on carries its name."""
    store = open_store()
    identity = write(store, title="before")
    store.change(identity, title="after")
    with Recording.open(store.path(identity)) as recording:
        assert recording.manifest["title"] == "after"
    assert [e.title for e in store.latest()] == ["after"]


def test_rules_of_sharing_are_written_into_the_file(open_store, tmp_path):
    """The index is made again from the files, and a promise to delete outlives it."""
    store = open_store()
    identity = write(store)
    store.index(identity, owner="somebody")
    rules = {"visibility": "listed", "expires": "2999-01-01T00:00:00Z"}
    store.change(identity, sharing=rules)
    found = store.get(identity)
    assert (found.visibility, found.expires, found.owner) == ("listed", "2999-01-01T00:00:00Z", "somebody")
    store.close()
    for file in (tmp_path / "data").glob("index.sqlite*"):
        file.unlink()
    found = open_store().get(identity)
    assert (found.visibility, found.expires, found.owner) == ("listed", "2999-01-01T00:00:00Z", "somebody")


@pytest.mark.parametrize(
    "rules", [None, 7, [], {"visibility": "all", "expires": "soon"}, {"expires": 3}, {"expires": "9"}]
)
def test_rules_that_are_none_are_left_out(open_store, rules):
    """A file may have been put there by anybody."""
    store = open_store()
    identity = write(store)
    amend(store.path(identity), {"sharing": rules}).close()
    store.index(identity)
    assert (store.get(identity).visibility, store.get(identity).expires) == ("private", None)


def test_rows_of_before_get_the_sign_of_each_model(open_store):
    """They hold the glyph of a family; what the model was stands at the beginning of its id."""
    store = open_store()
    rows = [("lstm", "rnn", "lstm"), ("gru-2", "rnn", "gru"), ("ntm@*", "ntm", "ntm"), ("encoder-decoder", "tr", None)]
    models = [{"id": ident, "label": ident, "glyph": glyph} for ident, glyph, _ in rows]
    old = Entry(new_id(), "t", "copy", models, 5, "ended", "2026-01-01T00:00:00Z", 1)
    store.put(old)
    assert [m["glyph"] for m in store.get(old.id).models] == [sign or ident for ident, _, sign in rows]


def test_a_recording_whose_time_is_over_is_refused_then_gone_and_still_remembered(open_store):
    """Refused at once, deleted by the next sweep; that it was is remembered, and told to nobody."""
    store = open_store()
    stays, goes = write(store), write(store)
    for identity, expires in ((stays, "2999-01-01T00:00:00Z"), (goes, "2020-01-01T00:00:00Z")):
        store.change(identity, sharing={"visibility": "listed", "expires": expires})
    library = Library(store)
    assert [e.id for e in store.latest()] == [stays]
    with pytest.raises(Expired, match="its time is over"):
        library.find(goes)
    with pytest.raises(Expired), library.opened(goes):
        pass
    assert store.expired() == [goes]
    for identity in store.expired():
        store.remove(identity)
    assert store.expired() == []
    assert not store.path(goes).exists()
    assert store.path(stays).exists()
    store.close()
    store = open_store()
    with pytest.raises(Expired, match="its time is over"):
        Library(store).find(goes)
    store.remove(stays)
    with pytest.raises(UnknownRecording):
        Library(store).find(stays)


def test_lists_show_ones_own_and_what_is_listed_for_all(open_store):
    """Nobody finds another's recording but by its link."""
    store = open_store()
    for number, (owner, visibility) in enumerate(
        (("me", "private"), ("you", "private"), ("you", "listed"), ("", "private"))
    ):
        store.put(replace(entry(number), owner=owner, visibility=visibility))
    assert [e.steps for e in store.latest(owner="me")] == [2, 0]
    assert [e.steps for e in store.latest(owner="you")] == [2, 1]
    assert [e.steps for e in store.latest(owner="")] == [3, 2]
    assert [e.steps for e in store.latest(owner="you", query="_1_")] == [1]
    assert [e.steps for e in store.latest()] == [3, 2, 1, 0]


@on_sqlite
def test_an_index_of_the_first_version_is_made_again(open_store, tmp_path):
    """It had fewer columns; the files have everything."""
    store = open_store()
    identity = write(store, title="old")
    store.close()
    database = sqlite3.connect(tmp_path / "data" / "index.sqlite")
    database.executescript(
        "DROP TABLE recordings; DROP TABLE expired; PRAGMA user_version = 1; CREATE TABLE recordings (id TEXT PRIMARY KEY, "
        "title TEXT, task TEXT, models TEXT, steps INTEGER, status TEXT, created TEXT, bytes INTEGER);"
    )
    database.close()
    assert [(e.id, e.title) for e in open_store().latest()] == [(identity, "old")]


def test_the_library_keeps_few_files_open_and_closes_the_rest(open_store, monkeypatch):
    """A gallery of thousands must not run out of file handles."""
    monkeypatch.setattr("mnemoscope_server.storage.library.MAX_OPEN", 3)
    store = open_store()
    library = Library(store)
    ids = [write(store) for _ in range(6)]
    with library.opened(ids[0]) as first:
        for identity in ids[1:]:
            library.messages(identity, 0)
        assert len(library._open) == 3
        assert first.messages(0), "a file in use stays open"
    library.close()


@on_sqlite
def test_index_is_in_wal_mode(open_store, tmp_path):
    """Readers do not wait for writers."""
    open_store()
    with sqlite3.connect(tmp_path / "data" / "index.sqlite") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


@pytest.mark.parametrize(
    ("label", "training", "name"),
    [
        ("NTM, 250 updates", {"update": 250}, "NTM"),
        ("NTM, 1 update", {"update": 1}, "NTM"),
        ("A, B", {"update": 250}, "A, B"),
        ("NTM, 250 updates", {"update": 250, "label": "Mine"}, "Mine"),
        ("Mine, 3 updates", None, "Mine, 3 updates"),
    ],
)
def test_a_moment_of_a_training_has_its_models_name(label, training, name):
    """Recordings before the manifest's own field hold it in the moment's label."""
    assert model_label({"label": label, "training": training}) == name


def test_a_run_that_left_no_file_is_said_to_be_lost_and_can_be_removed(open_store):
    store = open_store()
    identity = new_id()
    store.put(Entry(identity, "t", "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0))
    with pytest.raises(UnknownRecording) as known:
        Library(store).find(identity)
    assert not isinstance(known.value, LostRun), "it may come"
    store.mark_failed(identity)
    with pytest.raises(LostRun, match="failed and left no recording"):
        Library(store).find(identity)
    store.remove(identity)
    with pytest.raises(UnknownRecording, match="there is no recording"):
        Library(store).find(identity)
