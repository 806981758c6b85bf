"""In what files and index of a data folder differ, and how it is mended: at every start, and by `mnemoscope fsck`.

A killed server leaves runs without an end, and rows that are older than their files; a restore or a copy by hand leaves anything.
Nothing that may be of use is removed: what cannot be used is left alone or set aside.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mnemoscope.errors import MnemoscopeError
from mnemoscope.reading import verdicts
from mnemoscope.reading.recording import Recording, amend
from mnemoscope_server.errors import StorageTrouble
from mnemoscope_server.storage.aside import set_aside
from mnemoscope_server.storage.blobs.shelf import NOTE, noted
from mnemoscope_server.storage.database.sqlite import FILE
from mnemoscope_server.storage.index import Entry, index_entry
from mnemoscope_server.storage.locks import FileLock
from mnemoscope_server.storage.sweeping import PIN

if TYPE_CHECKING:
    from mnemoscope_server.storage.store import Store

log = logging.getLogger("mnemoscope.recovery")

WRITER_SECONDS = 5.0
"""How long a worker of a killed server is given to close its file."""
YOUNG_SECONDS = 3600.0
"""An object that is younger may be about to come into the index."""
READ_AGAIN = -1
"""Time of the file in a row that the next start must make again."""
OWNER = ".owner"


def owner_file(recording: Path) -> Path:
    """Where the owner of a recording stands, so that it outlives the index. What is sent on does not name them."""
    return recording.with_suffix(OWNER)


@dataclass(frozen=True)
class Finding:
    """One difference."""

    name: str
    """The file or folder, in the data folder."""
    what: str
    """What is wrong with it."""
    mend: Callable[[], str] | None = None
    """Mends it -> what was done. None: it is left as it is. Raises MnemoscopeError, OSError, StorageTrouble."""
    routine: bool = False
    """Whether every start finds such things."""

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


def mend_all(store: Store) -> None:
    """Mend what can be, and say so; whatever is found, the server starts."""
    mended = 0
    for finding in examine(store):
        try:
            done = finding.mend and finding.mend()
        except Exception as error:  # one bad file must not keep the others
            log.warning("%s; it cannot be mended: %s", finding, error, exc_info=_is_bug(error))
            continue
        if done is None:
            log.warning("%s; it is left alone", finding)
        else:
            mended += not finding.routine
            log.info("%s; %s", finding, done)
    if mended:
        many = "1 difference" if mended == 1 else f"{mended} differences"
        log.warning("%s between the recordings of %s and its index mended", many, store.folder)


def examine(store: Store) -> Iterator[Finding]:
    """Everything in which files and index differ. Raises IndexTrouble, OSError."""
    if store.index_unread:
        yield Finding(FILE, f"cannot be read: {store.index_unread}", lambda: "it is made again", routine=True)
    for path in store.tmp.iterdir():
        yield Finding(f"tmp/{path.name}", "was left half-written", lambda path=path: _discard(path), routine=True)
    rows = {entry.id: entry for entry in store.rows()}
    present: set[str] = set()
    if store.shelf is not None:
        yield from _copies(store, rows)
        return
    for path in sorted(store.recordings.iterdir()):
        name = f"recordings/{path.name}"
        recording = path.name.removesuffix(".mnemo")
        if path.suffix != ".mnemo" or not _is_id(store, recording):
            yield from _companion(path, name)
        elif path.is_symlink() or not path.is_file():
            yield Finding(name, "is no plain file")
        else:
            present.add(recording)
            if what := _difference(path, rows.get(recording)):
                yield Finding(name, what, lambda id=recording: _take_in(store, id, rows.get(id)))
    for recording in rows.keys() - present:
        yield Finding(f"recordings/{recording}.mnemo", "is listed but gone", lambda id=recording: _unlist(store, id))


def _copies(store: Store, rows: dict[str, Entry]) -> Iterator[Finding]:
    """Of a folder beside a bucket: copies of objects, and what has not come into the bucket. What others have is none of its business."""
    for path in sorted(store.recordings.iterdir()):
        name, recording = f"recordings/{path.name}", path.name.removesuffix(".mnemo")
        if path.suffix != ".mnemo" or not _is_id(store, recording):
            yield from _companion(path, name)
            continue
        row, key = rows.get(recording), noted(path)
        if key and row is None:
            gone = lambda id=recording: _forget(store, id)  # noqa: E731
            yield Finding(name, "is a copy of a recording that was deleted", gone, routine=True)
        elif row is not None and row.blob and not key:
            gone = lambda id=recording: _forget(store, id)  # noqa: E731
            yield Finding(name, "is in the bucket, as another object", gone, routine=True)
        elif row is None or not row.blob:
            yield Finding(name, "is not in the bucket", lambda id=recording, row=row: _take_in(store, id, row))


def examine_bucket(store: Store) -> Iterator[Finding]:
    """Everything in which the bucket and its index differ. Other servers may work. Raises IndexTrouble, BlobTrouble."""
    assert store.shelf is not None
    objects = store.shelf.objects()
    rows = {entry.id: entry for entry in store.rows()}  # after the objects: what is new has its row
    young = time.time() - YOUNG_SECONDS
    for recording, blobs in objects.items():
        row = rows.get(recording)
        for blob in blobs:
            if blob.modified > young or not _is_id(store, recording):
                continue
            if row is None and blob is blobs[-1]:
                adopt = lambda id=recording, key=blob.key: _adopt(store, id, key)  # noqa: E731
                yield Finding(blob.key, "is not in the index", adopt)
            elif row is not None and row.blob and blob.key != row.blob:
                delete = lambda key=blob.key: _delete(store, key)  # noqa: E731
                yield Finding(blob.key, "was replaced by another object", delete)
    for recording, row in rows.items():
        if row.blob and row.blob not in {blob.key for blob in objects.get(recording, ())}:
            yield Finding(row.blob, "is listed but gone", lambda id=recording: _unlist(store, id))
        elif not row.blob and not store.path(recording).exists():
            yield Finding(f"recordings/{recording}.mnemo", "is with another server, which makes it or was lost")


def _companion(path: Path, name: str) -> Iterator[Finding]:
    """What lies among the recordings and is none: something that belongs to one, or a stranger."""
    for end in (verdicts.file_of(Path("x.mnemo")).name[1:], OWNER, PIN, NOTE):
        if path.name.endswith(end):
            if not path.with_name(path.name.removesuffix(end) + ".mnemo").exists():
                yield Finding(name, "belongs to a recording that is gone", lambda: _discard(path))
            return
    if path.name.startswith(".") and path.suffix == ".part":
        yield Finding(name, "was left half-written", lambda: _discard(path))
    elif path.suffix == ".mnemo":
        yield Finding(name, "is not named by an id, so it cannot be listed; `mnemoscope open` takes it in")


def _difference(path: Path, row: Entry | None) -> str | None:
    """In what a recording differs from its row."""
    facts = path.stat()
    if row is None:
        return "is not in the index"
    if row.status == "running":
        return "has no end"
    if row.bytes != facts.st_size or (row.modified and row.modified != facts.st_mtime_ns):
        return "is not as the index says"
    if row.owner and not owner_file(path).exists():
        return "does not say whose it is"
    return None


def _take_in(store: Store, recording: str, row: Entry | None) -> str:
    """Close what was left open, and make the row again."""
    path = store.path(recording)
    try:
        writer, writable = FileLock(path), True
        if not writer.acquire(seconds=WRITER_SECONDS):
            return "another process still writes it: it is left to that"
    except OSError as error:
        log.warning("recording %s cannot be written: %s", recording, error.strerror)
        writer, writable = None, False
    try:
        return _close_and_index(store, path, row, writable=writable)
    except MnemoscopeError:
        if row is not None:
            store.drop_row(recording)
        raise
    finally:
        if writer is not None:
            writer.release()


def _close_and_index(store: Store, path: Path, row: Entry | None, *, writable: bool) -> str:
    recording = path.stem
    with Recording.open(path) as opened:
        running, steps, torn = not opened.finished, opened.steps, opened.torn
        entry = index_entry(opened.manifest, steps=steps, size=path.stat().st_size)
    if steps == 0 and row is not None and row.status == "running" and not torn:
        store.remove(recording)  # begun, but nothing was computed: there is nothing to look at
        return "it has no step and is removed"
    if steps == 0:
        aside = set_aside(store.folder, path, owner_file(path), verdicts.file_of(path))
        store.drop_row(recording)
        log.warning("recording %s has no whole step left: it is set aside as %s", recording, aside)
        return f"it has no whole step left and is set aside as {aside.name}"
    done = "its row is made again"
    if running:
        entry = replace(entry, status="stopped")
        try:
            if writable:
                amend(path, {"status": "stopped", "stopped_by": "server"}).close()
                done = "it is closed as stopped"
        except MnemoscopeError as error:  # no space, as a rule: the next start closes it
            log.warning("recording %s stays without an end: %s", recording, error)
            writable = False
        if not writable:
            entry = replace(entry, modified=READ_AGAIN)
    # a copy under another name is opened, and so listed, by that name
    store.put(replace(entry, id=recording, owner=owner_of(path) or (row.owner if row else "")))
    return done


def owner_of(path: Path) -> str:
    """Whose a recording is, by what lies beside it."""
    try:
        return owner_file(path).read_text(encoding="utf-8").strip()[:64]
    except (OSError, ValueError):
        return ""


def _unlist(store: Store, recording: str) -> str:
    store.drop_row(recording)
    return "its row is removed"


def _forget(store: Store, recording: str) -> str:
    assert store.shelf is not None
    store.shelf.drop(store.path(recording))
    return "the copy is removed"


def _adopt(store: Store, recording: str, key: str) -> str:
    store.adopt(recording, key)
    return "its row is made again"


def _delete(store: Store, key: str) -> str:
    assert store.shelf is not None
    store.shelf.blobs.delete(key)
    return "it is removed"


def _discard(path: Path) -> str:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return "it is removed"


def _is_id(store: Store, name: str) -> bool:
    try:
        store.path(name)
    except ValueError:
        return False
    return True


def _is_bug(error: Exception) -> bool:
    return not isinstance(error, MnemoscopeError | OSError | StorageTrouble)
