"""Recordings of two servers with folders of their own, one PostgreSQL and one bucket."""

import os
import shutil
import time
from dataclasses import replace

import pytest

from mnemoscope.reading import verdicts
from mnemoscope.reading.recording import Recording
from mnemoscope_server.errors import BlobTrouble, Expired, LostRun, UnknownRecording
from mnemoscope_server.storage import recovery
from mnemoscope_server.storage.blobs.shelf import note_file, noted
from mnemoscope_server.storage.fsck import fsck
from mnemoscope_server.storage.index import Entry
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.store import Store
from mnemoscope_server.storage.sweeping import pin_all
from tests.server.stored import write

AWAY = BlobTrouble("the bucket is away")


@pytest.fixture
def shared(postgres, tmp_path):
    return {"index": postgres.database(), "blobs": f"file://{tmp_path}/bucket"}


@pytest.fixture
def server(tmp_path, shared):
    """Open the folder of a server by its name."""
    stores = []

    def server(name, **more):
        stores.append(Store(tmp_path / name, **shared, **more))
        return stores[-1]

    yield server
    for store in stores:
        store.close()


@pytest.fixture
def two(server):
    return server("here"), server("there")


def finished(store, *, title="t", owner=""):
    """A run of this server that has ended, as the sessions leave it."""
    identity = write(store, title=title)
    store.put(Entry(identity, title, "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0, owner=owner))
    with Recording.open(store.path(identity)) as recording:
        store.put_eventually(recovery.index_entry(recording.manifest, steps=recording.steps, size=0))
    store.settle()
    return identity


def title(library, identity):
    with library.opened(identity) as recording:
        return recording.manifest["title"]


def keys(store):
    return {blob.key for blob in store.shelf.blobs.list("recordings")}


def away(monkeypatch, store, *names):
    """Calls of the bucket that fail from now on; of all others what they did."""

    def fail(*_):
        raise AWAY

    for name in names:
        monkeypatch.setattr(store.shelf.blobs, name, fail)


def test_a_recording_of_one_server_is_read_on_the_other(two):
    """Byte for byte, with its owner and its verdict."""
    here, there = two
    identity = finished(here, owner="somebody")
    with Recording.open(here.path(identity)) as recording:
        here.keep_verdict(identity, recording.manifest, {"said": "well"})
    library = Library(there)
    assert there.get(identity).owner == "somebody"
    assert library.find(identity).read_bytes() == here.path(identity).read_bytes()
    with library.opened(identity) as recording:
        assert verdicts.known(there.path(identity), recording.manifest) == {"said": "well"}
    assert noted(there.path(identity)) == noted(here.path(identity)) == there.get(identity).blob
    library.close()


def test_a_verdict_comes_to_copies_that_were_there_before(two, monkeypatch, caplog):
    """And into the bucket as soon as that can be had."""
    here, there = two
    identity = finished(here)
    Library(there).find(identity)
    with Recording.open(here.path(identity)) as recording:
        manifest = recording.manifest
    assert there.verdict(identity, manifest) is None
    with monkeypatch.context() as meanwhile:
        away(meanwhile, here, "put")
        here.keep_verdict(identity, manifest, {"said": "well"})
        assert "put into the bucket later" in caplog.text
        assert there.verdict(identity, manifest) is None
    here.settle()
    assert there.verdict(identity, manifest) == {"said": "well"}
    away(monkeypatch, there, "get")
    assert there.verdict(identity, manifest) == {"said": "well"}, "it lies here now"
    assert not list(there.tmp.iterdir())


def test_a_verdict_of_a_run_that_is_not_in_the_bucket_yet_comes_with_it(two):
    here, there = two
    identity = write(here)
    with Recording.open(here.path(identity)) as recording:
        here.keep_verdict(identity, recording.manifest, {"said": "well"})
        here.put_eventually(recovery.index_entry(recording.manifest, steps=recording.steps, size=0))
        verdicts.file_of(here.path(identity)).unlink()
        here.settle()
        Library(there).find(identity)
        assert there.verdict(identity, recording.manifest) == {"said": "well"}
    here.remove(identity)
    here.keep_verdict(identity, recording.manifest, {"said": "well"})
    assert here.shelf.blobs.list(f"recordings/{identity}") == [], "of what was removed nothing is kept"


def test_a_change_makes_another_object_which_all_servers_read(two):
    """Also one that had the file open."""
    here, there = two
    identity = finished(here, title="before")
    [before] = keys(here)
    ours, theirs = Library(here), Library(there)
    assert title(ours, identity) == title(theirs, identity) == "before"
    there.change(identity, title="after")
    [after] = keys(here)
    assert after != before
    assert title(ours, identity) == title(theirs, identity) == here.get(identity).title == "after"
    assert here.path(identity).read_bytes() == there.path(identity).read_bytes()
    for library in (ours, theirs):
        library.close()


def test_of_changes_on_two_servers_at_once_both_hold(two, monkeypatch):
    """Who is second changes what the first has made."""
    here, there = two
    identity = finished(here, title="before")
    put, done = here.shelf.put, []

    def interrupted(file, recording):
        key = put(file, recording)
        if not done:
            done.append(there.change(identity, sharing={"visibility": "listed", "expires": None}))
        return key

    monkeypatch.setattr(here.shelf, "put", interrupted)
    here.change(identity, title="after")
    assert (there.get(identity).title, there.get(identity).visibility) == ("after", "listed")
    assert there.get(identity).blob in keys(here)
    with Recording.open(here.path(identity)) as recording:
        assert (recording.manifest["title"], recording.manifest["sharing"]["visibility"]) == ("after", "listed")


def test_what_is_deleted_on_one_server_is_gone_on_the_other(two):
    """Its copy is read no more, and goes with the next sweep."""
    here, there = two
    identity = finished(here)
    library = Library(here)
    assert title(library, identity) == "t"
    there.pin(identity, True)
    there.remove(identity)
    assert keys(here) == set()
    assert here.pinned() == set()
    with pytest.raises(UnknownRecording), library.opened(identity):
        pass
    with pytest.raises(UnknownRecording):
        here.change(identity, title="back")
    library.close()
    own = write(here, finish=None)
    here.drop_deleted()
    assert [path.name for path in here.recordings.iterdir()] == [f"{own}.mnemo"], "the file of nobody else either"


def test_a_copy_of_what_was_deleted_meanwhile_goes_with_a_start(two, server):
    here, there = two
    identity = finished(here)
    there.remove(identity)
    here.close()
    assert not server("here").path(identity).exists()


def test_a_time_that_is_over_is_over_everywhere(two):
    here, there = two
    identity = finished(here)
    there.change(identity, sharing={"visibility": "private", "expires": "2020-01-01T00:00:00Z"})
    for store in two:
        with pytest.raises(Expired), Library(store).opened(identity):
            pass
    assert here.remove_expired(identity)
    for store in two:
        with pytest.raises(Expired):
            Library(store).find(identity)
    assert keys(here) == set()


def test_a_run_that_goes_on_is_with_its_server(two):
    here, there = two
    identity = write(here, finish=None)
    here.put(Entry(identity, "t", "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0))
    assert title(Library(here), identity) == "t"
    with pytest.raises(BlobTrouble, match="still with the server that makes it"):
        Library(there).find(identity)
    assert keys(here) == set()


def test_a_run_that_failed_with_its_server_is_said_to_be_lost_until_its_file_comes(two, server):
    """Whoever gives it up marks it; a server that comes back with the file after all brings it."""
    here, there = two
    identity = write(here)
    here.put(Entry(identity, "t", "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0))
    assert there.get(identity).bytes > 0
    there.mark_failed(identity)
    for ask in (Library(there).find, Library(there).summary, there.bring):
        with pytest.raises(LostRun, match="failed and left no recording"):
            ask(identity)
    assert title(Library(here), identity) == "t", "it has the file"
    here.close()
    again = server("here")
    recovery.mend_all(again)
    again.settle()
    assert (row := there.get(identity)).status == "ended"
    assert row.bytes > 0
    assert title(Library(there), identity) == "t"


def test_a_run_that_failed_with_a_file_is_with_its_server_until_the_bucket_has_it(two, monkeypatch):
    here, there = two
    identity = write(here, finish="failed")
    here.put(Entry(identity, "t", "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0))
    with monkeypatch.context() as meanwhile:
        away(meanwhile, here, "put")
        with Recording.open(here.path(identity)) as recording:
            here.put(recovery.index_entry(recording.manifest, steps=recording.steps, size=0))
        assert there.get(identity).status == "failed"
        with pytest.raises(BlobTrouble, match="still with the server that makes it"):
            Library(there).find(identity)
    here.settle()
    assert title(Library(there), identity) == "t"


def test_a_bucket_that_is_away_keeps_nobody_from_ending_or_deleting(two, monkeypatch):
    here, there = two
    kept = finished(here)
    with monkeypatch.context() as meanwhile:
        away(meanwhile, here, "put", "list", "delete")
        with pytest.raises(BlobTrouble):
            Library(there).find(late := finished_meanwhile(here))
        assert Library(here).find(late).exists()
        here.remove(kept)
        with pytest.raises(BlobTrouble):
            here.settle()
    assert there.get(kept) is None
    here.settle()
    assert Library(there).find(late).read_bytes() == here.path(late).read_bytes()
    assert keys(here) == {here.get(late).blob}


def finished_meanwhile(store):
    identity = write(store)
    with Recording.open(store.path(identity)) as recording:
        store.put_eventually(recovery.index_entry(recording.manifest, steps=recording.steps, size=0))
    store.settle()
    return identity


def test_what_a_killed_server_had_not_put_into_the_bucket_comes_into_it(two, server, monkeypatch):
    """Its own runs get their end; the others' are left alone."""
    here, there = two
    theirs = write(there, finish=None)
    there.put(Entry(theirs, "t", "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0))
    cut_off, ended = write(here, finish=None), write(here)
    for identity in (cut_off, ended):
        here.put(Entry(identity, "t", "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0, owner="somebody"))
    here.close()
    here = server("here")
    assert {e.id: (e.status, e.owner, bool(e.blob)) for e in here.rows()} == {
        theirs: ("running", "", False), cut_off: ("stopped", "somebody", True), ended: ("ended", "somebody", True),
    }  # fmt: skip
    assert Library(there).find(cut_off).exists()


def test_a_server_killed_between_bucket_and_index_is_made_up_for(two, server):
    here, _ = two
    identity = finished(here)
    here.put(replace(here.get(identity), status="running"))
    with here.database.writing() as execute:
        execute("UPDATE recordings SET blob = ''", {})
    here.close()
    assert server("here").get(identity).blob in keys(here)


@pytest.mark.parametrize("killed", ["with the note alone", "with the old file", "with the old note"])
def test_a_copy_that_was_cut_off_is_never_taken_for_the_object(two, server, killed):
    here, there = two
    identity = finished(here, title="before")
    Library(there).find(identity)
    old, note = there.path(identity).read_bytes(), note_file(there.path(identity)).read_bytes()
    here.change(identity, title="after")
    if killed == "with the note alone":
        there.path(identity).unlink()
    elif killed == "with the old note":
        there.path(identity).write_bytes(here.path(identity).read_bytes())
    there.close()
    there = server("there")
    assert there.get(identity).title == "after"
    assert title(Library(there), identity) == "after"
    assert there.path(identity).read_bytes() != old
    assert note_file(there.path(identity)).read_bytes() != note


def test_a_note_never_claims_more_than_the_file_is(two, monkeypatch):
    """A server may be killed before each of these steps: a new copy has its note first, one that is replaced last."""
    here, there = two
    identity = finished(here, title="before")
    path, steps, note = there.path(identity), [], there.shelf.note

    def watched(copy, key):
        steps.append(path.read_bytes() == here.path(identity).read_bytes() if path.exists() else "none yet")
        note(copy, key)

    monkeypatch.setattr(there.shelf, "note", watched)
    Library(there).find(identity)
    here.change(identity, title="after")
    Library(there).find(identity)
    assert steps == ["none yet", True]


def test_copies_that_were_not_read_for_longest_make_room(server):
    here, there = server("here"), server("there", copies_bytes=1)
    first, second = finished(here), finished(here)
    size = here.path(first).stat().st_size
    there.shelf.most_bytes = size + size // 2
    library = Library(there)
    library.find(first)
    library.find(second)
    os.utime(note_file(there.path(first)), (1, 1))
    own = write(there, finish=None)
    there.settle()
    assert [there.path(name).exists() for name in (first, second, own)] == [False, True, True]
    with library.opened(first) as recording:
        assert recording.manifest["title"] == "t", "it comes again"
    there.settle()
    assert there.path(first).exists() != there.path(second).exists()
    library.close()


def test_pins_are_everybodys(two, shared, tmp_path, capsys):
    here, there = two
    identity = finished(here)
    here.pin(identity, True)
    assert there.pinned() == {identity}
    assert pin_all(tmp_path / "nowhere", [identity, "a" * 22], wanted=False, blobs=shared["blobs"]) == 1
    assert here.pinned() == set()
    assert "there is no recording aaaa" in capsys.readouterr().err


@pytest.fixture
def old(monkeypatch):
    monkeypatch.setattr(recovery, "YOUNG_SECONDS", -60.0)


def test_bucket_and_index_are_compared_and_mended(two, shared, tmp_path, capsys, old):
    """An index that was lost, an object that was, and one that a killed server had not removed."""
    here, there = two
    good, lost, unknown = finished(here), finished(here), finished(here, owner="somebody")
    here.shelf.blobs.delete(here.get(lost).blob)
    replaced = f"recordings/{good}/0.mnemo"
    here.shelf.blobs.put(replaced, b"before")
    time.sleep(0.01)
    here.shelf.blobs.put(here.get(good).blob, here.path(good))
    with here.database.writing() as execute:
        execute("DELETE FROM recordings WHERE id = :id", {"id": unknown})
    assert fsck(tmp_path / "third", mend=False, **shared) == 1
    out = capsys.readouterr().out
    for said in ("is not in the index", "is listed but gone", f"{replaced}: was replaced", "3 differences"):
        assert said in out
    assert here.get(unknown) is None
    assert fsck(tmp_path / "third", mend=True, **shared) == 0
    assert fsck(tmp_path / "third", mend=False, **shared) == 0
    assert here.get(unknown).owner == "somebody"
    assert {e.id for e in there.rows()} == {good, unknown}
    assert replaced not in keys(here)
    assert Library(there).find(good).exists()


def test_a_change_that_is_under_way_is_none_of_fscks_business(two, shared, tmp_path):
    """An object that is not named yet may be the next moment."""
    here, _ = two
    identity = finished(here)
    here.shelf.blobs.put(f"recordings/{identity}/new.mnemo", b"")
    assert fsck(tmp_path / "third", mend=True, **shared) == 0
    assert len(keys(here)) == 2


def test_a_lost_index_is_made_again_from_the_bucket(two, postgres, shared, tmp_path, old):
    here, _ = two
    finished(here, owner="somebody")
    identity = finished(here, title="kept")
    shared["index"] = postgres.database()
    assert fsck(tmp_path / "third", mend=True, **shared) == 0
    shutil.rmtree(tmp_path / "third")
    fourth = Store(tmp_path / "fourth", **shared)
    assert {e.owner for e in fourth.rows()} == {"somebody", ""}
    assert title(Library(fourth), identity) == "kept"
    fourth.close()
