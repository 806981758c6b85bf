"""What this data folder holds: an SQLite index, recordings as files, parsed uploads as folders.

    <data>/index.sqlite   <data>/recordings/<id>.mnemo   <data>/uploads/<id>/   <data>/tmp/   <data>/lock

The files are the truth; the index only finds them, and is made again from them where it is missing or differs. Beside a recording
lie its verdict and the name of its owner. Where several servers share the index, finished recordings are objects of a bucket
(`blobs/shelf.py`), and the folder has copies of those that are read. All methods may be called from any thread.
"""

import contextlib
import logging
import re
import secrets
import shutil
import time
from collections.abc import Callable, Container
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from mnemoscope.reading import verdicts
from mnemoscope.reading.recording import Recording, amend
from mnemoscope_server.errors import BlobTrouble, DataFolderInUse, Expired, IndexTrouble, LostRun, UnknownRecording
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import recovery, space, sweeping
from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.blobs.shelf import NOTE, Shelf, note_file, noted
from mnemoscope_server.storage.database.protocol import Database
from mnemoscope_server.storage.index import MAX_LISTED, Entry, Index, index_entry, now
from mnemoscope_server.storage.locks import FileLock, NamedLocks

log = logging.getLogger("mnemoscope.store")

ID = re.compile(r"[A-Za-z0-9_-]{22}")
TEMPORARY_SECONDS, MAX_TEMPORARY = 3600.0, 64
"""How long a recording stays that is not to be kept, and how many of them there are; the oldest go first."""

COPIES_BYTES = 4 << 30
"""Copies of objects that are kept, where nobody says how many."""
ATTEMPTS = 5
"""How often a change is made anew where another server was first."""

Mender = Callable[["Store"], None]


def open_store(settings: Settings) -> "Store":
    """The data folder of a server with these settings. Raises as Store does."""
    return Store(
        settings.data_dir,
        index=settings.index,
        blobs=settings.blobs,
        copies_bytes=settings.copies_bytes,
        free_bytes=settings.free_bytes,
    )


def new_id() -> str:
    """128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


def _is_lost(entry: Entry) -> bool:
    """Whether a run left no file, here or elsewhere (`mark_failed`)."""
    return entry.status == "failed" and not entry.blob and not entry.bytes


def _is_whole(entry: Entry) -> bool:
    """Whether the file of a row has its end."""
    return entry.status != "running" and entry.modified != recovery.READ_AGAIN


class Store:
    """The data folder of one server."""

    def __init__(
        self,
        folder: Path,
        *,
        index: str | None = None,
        blobs: str | None = None,
        copies_bytes: int = COPIES_BYTES,
        free_bytes: int = 0,
        mend: Mender | None = recovery.mend_all,
    ) -> None:
        """Raises DataFolderInUse where another server holds the folder, OSError where it cannot be written, IndexTrouble, BlobTrouble.

        index: URL of a PostgreSQL that has the index, instead of a file of the folder. blobs: URL of the bucket that finished
        recordings go into, of which so many bytes are kept here as copies. mend: brings the index up to date with the files;
        without it none of its files is changed.
        """
        self.folder, self.free_bytes = folder, free_bytes
        self.recordings, self.uploads, self.tmp = (folder / name for name in ("recordings", "uploads", "tmp"))
        for path in (self.recordings, self.uploads, self.tmp):
            if mend is not None or blobs is not None:
                path.mkdir(parents=True, exist_ok=True)
        self._lock_file = FileLock(folder / "lock")
        if not self._lock_file.acquire(seconds=0.5):
            raise DataFolderInUse(
                f"another server works in {folder}; stop it, or choose another folder with --data-dir"
            )
        self._locks = NamedLocks()
        self._temporary: dict[str, float] = {}
        self.shelf = None if blobs is None else Shelf(Bucket(blobs), self.recordings, most_bytes=copies_bytes)
        """The bucket; None = the folder has all there is."""
        self._unkept, self._unremoved = set[str](), set[str]()
        """Recordings that could not be put into the bucket when they were new, or removed from it."""
        self._unsaid = set[str]()
        """Recordings whose verdicts could not."""
        self._index = Index(folder, url=index, writable=mend is not None)
        if mend is not None:
            mend(self)

    def close(self) -> None:
        self._index.close()
        self._lock_file.release()

    def require_space(self, more: int = 0) -> None:
        """Raises DiskFull where less than the reserve would be left."""
        space.require_space(self.folder, reserve=self.free_bytes, more=more)

    # --- recordings

    def path(self, recording: str) -> Path:
        """Where the file of a recording is or will be. Raises ValueError for anything that is no id."""
        if not ID.fullmatch(recording):
            raise ValueError(f"not an id: {recording!r}")
        if recording in self._temporary:
            return self.tmp / f"{recording}.mnemo"
        return self.recordings / f"{recording}.mnemo"

    def hold(self, recording: str) -> AbstractContextManager[None]:
        """While a recording is changed, removed or opened anew: nobody else does, and what is read is whole."""
        return self._locks.hold(recording)

    def mark_temporary(self, recording: str) -> None:
        """Do not keep a recording that is yet to begin: it is never listed, and lies in the folder that a start empties."""
        self._temporary[recording] = time.monotonic()

    def is_temporary(self, recording: str) -> bool:
        """Whether a recording is not to be kept."""
        return recording in self._temporary

    def overdue_temporary(self, *, busy: Container[str] = ()) -> list[str]:
        """Recordings that are not kept and have been here long enough, or are too many; none of `busy`."""
        old = time.monotonic() - TEMPORARY_SECONDS
        ages = list(self._temporary.items())
        spare = len(ages) - MAX_TEMPORARY
        return [name for k, (name, since) in enumerate(ages) if (since < old or k < spare) and name not in busy]

    def put(self, entry: Entry) -> None:
        """Write or replace a row; a temporary recording has none. Raises IndexTrouble."""
        if entry.id not in self._temporary:
            kept = self._kept(self._as_it_is(entry))
            self._index.put(kept)
            self._note(kept)

    def put_eventually(self, entry: Entry) -> None:
        """As `put`; where the index cannot be written now, the row is read as if it were, and written later.

        What is finished comes into the bucket with the next `settle`: nobody has to wait for that.
        """
        if entry.id not in self._temporary:
            self._index.put_eventually(self._as_it_is(entry))
            if self.shelf is not None and _is_whole(entry):
                self._unkept.add(entry.id)

    def mark_failed(self, recording: str) -> None:
        """List a run as failed that went on and left no file."""
        try:
            if not self.path(recording).exists() and (entry := self._index.get(recording)) is not None:
                # Of the file of a server that is gone nothing is known any more; where it comes back, the row is made anew.
                self.put_eventually(replace(entry, status="failed", steps=0, bytes=0, modified=0))
        except IndexTrouble as error:
            log.warning("run %s cannot be noted as failed: %s", recording, error)

    def _as_it_is(self, entry: Entry) -> Entry:
        """A row with size and time of the file, by which a later start sees whether the row is up to date."""
        path = self.path(entry.id)
        try:
            facts = path.stat()
        except FileNotFoundError:  # it is not this folder's
            return entry
        if entry.owner and not (note := recovery.owner_file(path)).exists():
            try:
                note.write_text(entry.owner, encoding="utf-8")
            except OSError as error:  # the row has it; a start tries again
                log.warning("whose recording %s is cannot be noted beside it: %s", entry.id, error)
        return replace(entry, bytes=facts.st_size, modified=entry.modified or facts.st_mtime_ns)

    def _kept(self, entry: Entry) -> Entry:
        """A row with the object that a finished recording of this folder is now; one that cannot be made is made by `settle`."""
        path = self.path(entry.id)
        if self.shelf is None or entry.blob or not _is_whole(entry) or not path.is_file():
            return entry
        try:
            key = noted(path) or self.shelf.keep(path, owner=recovery.owner_of(path))
        except (BlobTrouble, OSError) as error:
            log.warning("recording %s is put into the bucket later: %s", entry.id, error)
            self._unkept.add(entry.id)
            return entry
        self._unkept.discard(entry.id)
        return replace(entry, blob=key)

    def _note(self, entry: Entry) -> None:
        """What is in the bucket and in the index is a copy here."""
        if self.shelf is not None and entry.blob:
            self.shelf.note(self.path(entry.id), entry.blob)

    def bring(self, recording: str) -> str:
        """See that the file of a recording is here, as it is now -> the object that it is a copy of, "" for none.

        Raises Expired; and where there is a bucket UnknownRecording (LostRun), IndexTrouble, BlobTrouble, DiskFull.
        """
        if self.shelf is None or recording in self._temporary or not ID.fullmatch(recording):
            self.require_current(recording)
            return ""
        path = self.path(recording)
        for _ in range(ATTEMPTS):
            entry = self._current(recording, path)
            if entry is None or not entry.blob:
                if path.exists():
                    return ""
                if entry is not None and _is_lost(entry):
                    raise LostRun(recording)
                raise BlobTrouble(f"recording {recording} is still with the server that makes it")
            if noted(path) == entry.blob and path.exists():
                self.shelf.read(path)
                return entry.blob
            try:
                with self.hold(recording):
                    if noted(path) == entry.blob and path.exists():  # another thread was first
                        continue
                    self.require_space(entry.bytes)
                    part = self.tmp / f"{recording}.{secrets.token_hex(4)}.fetched"
                    self.shelf.fetch(path, entry.blob, part)
            except FileNotFoundError:  # it has been changed or removed since
                continue
        raise BlobTrouble(f"the object of recording {recording} is gone")

    def missing(self, recording: str) -> UnknownRecording:
        """What to say of a recording whose file is not here. Raises IndexTrouble."""
        entry = self._index.get(recording)
        return LostRun(recording) if entry is not None and _is_lost(entry) else UnknownRecording(recording)

    def _current(self, recording: str, path: Path) -> Entry | None:
        """The row of a recording now; None = it is here and has none yet. Raises Expired, UnknownRecording, IndexTrouble."""
        entry = self._index.get(recording)
        if entry is None:
            self.require_current(recording)
            if noted(path) or not path.exists():
                raise UnknownRecording(recording)
        elif entry.expires is not None and entry.expires <= now():
            raise Expired(recording)
        return entry

    def has(self, recording: str) -> bool:
        """Whether there is a recording of this id, here or in the bucket. Raises IndexTrouble."""
        return self.path(recording).exists() or (self.shelf is not None and self._index.get(recording) is not None)

    @property
    def database(self) -> Database:
        """Where the rows are, for what else servers share."""
        return self._index.database

    def get(self, recording: str) -> Entry | None:
        return self._index.get(recording)

    @property
    def index_unread(self) -> str:
        """Why nothing can be read of the index; "" where it can."""
        return self._index.unread

    @property
    def index_volatile(self) -> bool:
        """Whether the index is in memory alone, since its file cannot be opened."""
        return self._index.volatile

    def totals(self) -> tuple[int, int]:
        """How many recordings there are, and their bytes. Raises IndexTrouble."""
        return self._index.totals()

    def rows(self) -> list[Entry]:
        """The whole index."""
        return self._index.rows()

    def latest(
        self, *, query: str = "", limit: int = MAX_LISTED, owner: str | None = None, after: str | None = None
    ) -> list[Entry]:
        """As Index.latest."""
        return self._index.latest(query=query, limit=limit, owner=owner, after=after)

    def count(self, *, query: str = "", owner: str | None = None) -> int:
        """How many `latest` would list without a limit."""
        return self._index.count(query=query, owner=owner)

    def settle(self) -> None:
        """Write what index and bucket have not taken yet. Raises IndexTrouble, BlobTrouble where they still cannot."""
        self._index.settle()
        if self.shelf is None:
            return
        self.shelf.make_room(self.hold)
        for recording in list(self._unkept):
            with self.hold(recording):
                entry = self._index.get(recording)
                self._unkept.discard(recording)  # or `put` says so again
                if entry is not None:
                    self.put(entry)
        for recording in list(self._unsaid):
            with self.hold(recording):
                if self.path(recording).exists():
                    self.shelf.keep_verdict(self.path(recording))
            self._unsaid.discard(recording)
        for recording in list(self._unremoved):
            self.shelf.remove(recording)
            self._unremoved.discard(recording)

    def change(self, recording: str, *, title: str | None = None, sharing: dict[str, Any] | None = None) -> None:
        """New title, or other rules of sharing, in the index and in the file. It must be finished.

        sharing: {"visibility": "private" or "listed", "expires": `timestamp` or None}, both of them.
        Raises UnknownRecording, RecordingError.
        """
        values = {key: value for key, value in (("title", title), ("sharing", sharing)) if value is not None}
        with self.hold(recording):
            self.bring(recording)
            if not self.path(recording).exists():
                raise UnknownRecording(recording)
            if noted(self.path(recording)):
                self._change_object(recording, values)
                return
            with amend(self.path(recording), values) as changed:
                entry = index_entry(changed.manifest, steps=changed.steps, size=0)
            self.put_eventually(replace(entry, id=recording))  # the file says so already

    def _change_object(self, recording: str, values: dict[str, Any]) -> None:
        """A recording becomes another object, unless another server has changed it meanwhile: then that is changed."""
        assert self.shelf is not None
        path = self.path(recording)
        part = self.tmp / f"{recording}.{secrets.token_hex(4)}.amended"
        try:
            for _ in range(ATTEMPTS):
                before = self.bring(recording)
                shutil.copyfile(path, part)
                with amend(part, values) as changed:
                    entry = index_entry(changed.manifest, steps=changed.steps, size=0)
                facts, key = part.stat(), self.shelf.put(part, recording)
                entry = replace(entry, id=recording, bytes=facts.st_size, modified=facts.st_mtime_ns, blob=key)
                if self._index.exchange(entry, before):
                    part.replace(path)
                    self.shelf.note(path, key)
                    if key != before:
                        self._let_go(before)
                    return
        finally:
            part.unlink(missing_ok=True)
        raise BlobTrouble(f"recording {recording} is being changed by others all the time")

    def _let_go(self, key: str) -> None:
        """Remove an object that is no recording any more."""
        assert self.shelf is not None
        try:
            self.shelf.blobs.delete(key)
        except BlobTrouble as error:  # `mnemoscope fsck` finds it
            log.warning("the object %s stays, though it was replaced: %s", key, error)

    def adopt(self, recording: str, key: str) -> Entry:
        """An object of the bucket becomes a recording again, of the owner it names. Raises RecordingError, BlobTrouble, IndexTrouble, OSError."""
        assert self.shelf is not None
        path = self.path(recording)
        with self.hold(recording):
            if not noted(path):
                path.unlink(missing_ok=True)
            self.shelf.fetch(path, key, self.tmp / f"{recording}.fetched")
            return self.index(recording, owner=self.shelf.owner(recording))

    def require_current(self, recording: str) -> None:
        """Raises Expired where the time of a recording is over, also when its file is gone by now."""
        expires = self._index.expires(recording)
        if expires is not None and expires <= now():
            raise Expired(recording)

    def expired(self) -> list[str]:
        """Recordings whose time is over and that are still here."""
        return self._index.expired()

    def remove_expired(self, recording: str) -> bool:
        """Remove a recording if its time is over still -> whether it was."""
        with self.hold(recording):
            try:
                self.require_current(recording)
            except Expired:
                self.remove(recording)
                return True
        return False

    def drop_deleted(self) -> None:
        """Remove copies of recordings that another server has deleted. Raises IndexTrouble."""
        if self.shelf is None:
            return
        known = {entry.id for entry in self._index.rows()}
        for note in self.recordings.glob(f"*{NOTE}"):
            if note.stem not in known:
                with self.hold(note.stem):
                    if self._index.get(note.stem) is None:
                        self.shelf.drop(self.path(note.stem))

    def pin(self, recording: str, wanted: bool) -> None:
        """The sweep keeps a recording, or no longer. Raises OSError."""
        with self.hold(recording):
            if self.shelf is not None:
                self.shelf.pin(recording, wanted)
            elif self.path(recording).exists():
                sweeping.pin(self.path(recording), wanted)

    def pinned(self) -> set[str]:
        """Recordings that the sweep keeps. Raises BlobTrouble."""
        if self.shelf is not None:
            return self.shelf.pinned()
        return {path.stem for path in self.recordings.glob(f"*{sweeping.PIN}")}

    def keep_verdict(self, recording: str, manifest: dict[str, Any], verdict: dict[str, Any]) -> None:
        """Put a verdict beside a recording that has ended, for all servers, at the latest with the next `settle`. Raises OSError."""
        path = self.path(recording)
        with self.hold(recording):
            if not path.exists():  # removed meanwhile
                return
            verdicts.keep(path, manifest, verdict)
            if self.shelf is None or recording in self._temporary:
                return
            try:
                self.shelf.keep_verdict(path)
            except BlobTrouble as error:
                log.warning("the verdict of %s is put into the bucket later: %s", recording, error)
                self._unsaid.add(recording)

    def verdict(self, recording: str, manifest: dict[str, Any]) -> dict[str, Any] | None:
        """The verdict on a recording of the folder that has this manifest, whichever server reached it. Raises OSError, BlobTrouble."""
        path = self.path(recording)
        found = verdicts.known(path, manifest)
        if found is None and self.shelf is not None and noted(path):
            with self.hold(recording):
                if noted(path):
                    self.shelf.fetch_verdict(path, self.tmp / f"{recording}.{secrets.token_hex(4)}.verdict")
            found = verdicts.known(path, manifest)
        return found

    def taken_by(self, owner: str) -> int:
        """Bytes of an owner's recordings."""
        return self._index.bytes_of(owner)

    def remove(self, recording: str) -> None:
        """The file and its row are gone; of one whose time was over, that it was is remembered. Needs no space."""
        with self.hold(recording):
            path = self.path(recording)
            if self.shelf is not None and recording not in self._temporary:
                try:
                    self.shelf.remove(recording)
                except BlobTrouble as error:
                    log.warning("recording %s is removed from the bucket later: %s", recording, error)
                    self._unremoved.add(recording)
            beside = (verdicts.file_of(path), recovery.owner_file(path), sweeping.pin_file(path), note_file(path))
            for file in (path, *beside):
                file.unlink(missing_ok=True)
            self._temporary.pop(recording, None)
            self._index.remove(recording)

    def unlist(self, recording: str) -> None:
        """Take out the row of a recording whose file is not this folder's; one that has its file here keeps it."""
        if not self.path(recording).exists():
            self._index.remove(recording)

    def take_in(self, part: Path, recording: str, *, owner: str = "") -> Entry:
        """A file that was made elsewhere in this folder becomes a recording. Raises RecordingError, IndexTrouble: then it is none."""
        path = self.path(recording)
        with self.hold(recording):
            if owner:  # first: whoever is killed between the two leaves no recording without its owner
                recovery.owner_file(path).write_text(owner, encoding="utf-8")
            part.replace(path)
            try:
                return self.index(recording, owner=owner)
            except IndexTrouble:
                with contextlib.suppress(OSError):
                    self.remove(recording)
                raise

    def drop_row(self, recording: str) -> None:
        """A recording is not listed any more; its file stays."""
        self._index.remove(recording)

    def index(self, recording: str, *, owner: str = "") -> Entry:
        """Read a file's manifest into the index. An owner once known stays. Raises RecordingError, IndexTrouble."""
        path = self.path(recording)
        with self.hold(recording), Recording.open(path) as opened:
            entry = index_entry(opened.manifest, steps=opened.steps, size=path.stat().st_size, owner=owner)
            entry = replace(entry, id=recording)
            self.put(entry)
        return entry
