"""What this data folder holds: an SQLite index, recordings as files, parsed uploads as folders.

    <data>/index.sqlite   <data>/recordings/<id>.mnemo   <data>/uploads/<id>/   <data>/tmp/   <data>/lock

The files are the truth; the index only finds them. It is made again from them where it is missing. All methods may be
called from any thread.
"""

import json
import logging
import re
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnemoscope.errors import MnemoscopeError
from mnemoscope.recording import Recording, amend
from mnemoscope_server.locks import FileLock

log = logging.getLogger("mnemoscope.store")

ID = re.compile(r"[A-Za-z0-9_-]{22}")
WRITER_SECONDS = 5.0
"""How long a worker of a killed server is given to close its file."""

PASSING_SECONDS, PASSING_MOST = 3600.0, 64
"""How long a recording stays that is not to be kept, and how many of them there are; the oldest go first."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS recordings (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, task TEXT NOT NULL, models TEXT NOT NULL, steps INTEGER NOT NULL,
  status TEXT NOT NULL, created TEXT NOT NULL, bytes INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS recordings_created ON recordings (created);
PRAGMA user_version = 1;
"""


class DataFolderInUse(Exception):
    """Another server works in this data folder."""


class DiskFull(Exception):
    """Less space is left than the settings keep free."""


@dataclass(frozen=True)
class Entry:
    """One row of the index."""

    id: str
    title: str
    task: str
    models: list[dict[str, str]]
    steps: int
    status: str
    created: str
    bytes: int


def new_id() -> str:
    """128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


class Store:
    """The data folder of one server."""

    def __init__(self, folder: Path, *, free_bytes: int = 0) -> None:
        """Raises DataFolderInUse where another server holds the folder, OSError where it cannot be written."""
        self.folder = folder
        self.recordings, self.uploads, self.tmp = (folder / name for name in ("recordings", "uploads", "tmp"))
        for path in (self.recordings, self.uploads, self.tmp):
            path.mkdir(parents=True, exist_ok=True)
        self._free_bytes = free_bytes
        self._lock_file = FileLock(folder / "lock")
        if not self._lock_file.acquire(seconds=0.5):
            raise DataFolderInUse(
                f"another server works in {folder}; stop it, or choose another folder with --data-dir"
            )
        self._guard = threading.Lock()
        self._passing: dict[str, float] = {}
        self._database = sqlite3.connect(folder / "index.sqlite", check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_SCHEMA)
        self._recover()

    def close(self) -> None:
        with self._guard:
            self._database.close()
        self._lock_file.release()

    def require_space(self, more: int = 0) -> None:
        """Raises DiskFull where less than the reserve would be left."""
        free = shutil.disk_usage(self.folder).free
        if free - more < self._free_bytes:
            raise DiskFull(f"{free >> 20} MB are free in {self.folder.name}, {self._free_bytes >> 20} MB are kept free")

    # --- recordings

    def path(self, recording: str) -> Path:
        """Where the file of a recording is or will be. Raises ValueError for anything that is no id."""
        if not ID.fullmatch(recording):
            raise ValueError(f"not an id: {recording!r}")
        if recording in self._passing:
            return self.tmp / f"{recording}.mnemo"
        return self.recordings / f"{recording}.mnemo"

    def passing(self, recording: str) -> None:
        """Do not keep a recording that is yet to begin: it is never listed, and lies in the folder that a start empties."""
        self._passing[recording] = time.monotonic()

    def overdue(self, *, busy: Container[str] = ()) -> list[str]:
        """Recordings that are not kept and have been here long enough, or are too many; none of `busy`."""
        old = time.monotonic() - PASSING_SECONDS
        ages = list(self._passing.items())
        spare = len(ages) - PASSING_MOST
        return [name for k, (name, since) in enumerate(ages) if (since < old or k < spare) and name not in busy]

    def put(self, entry: Entry) -> None:
        """Write or replace a row; a passing recording has none."""
        if entry.id in self._passing:
            return
        values = (
            entry.id, entry.title, entry.task, json.dumps(entry.models), entry.steps, entry.status, entry.created,
            entry.bytes,
        )  # fmt: skip
        self._write("INSERT OR REPLACE INTO recordings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def get(self, recording: str) -> Entry | None:
        rows = self._read("SELECT * FROM recordings WHERE id = ?", (recording,))
        return rows[0] if rows else None

    def latest(self, *, query: str = "", limit: int = 200) -> list[Entry]:
        """Newest first; `query` is looked for in title and task."""
        if not query:
            return self._read("SELECT * FROM recordings ORDER BY created DESC, rowid DESC LIMIT ?", (limit,))
        like = "%" + re.sub(r"([%_\\])", r"\\\1", query) + "%"
        where = "title LIKE ? ESCAPE '\\' OR task LIKE ? ESCAPE '\\' OR models LIKE ? ESCAPE '\\'"
        return self._read(
            f"SELECT * FROM recordings WHERE {where} ORDER BY created DESC, rowid DESC LIMIT ?",
            (like, like, like, limit),
        )

    def rename(self, recording: str, title: str) -> None:
        """New title, in the index and in the file. The recording must be finished. Raises RecordingError."""
        amend(self.path(recording), {"title": title}).close()
        self.index(recording)

    def remove(self, recording: str) -> None:
        """The file and its row are gone."""
        self.path(recording).unlink(missing_ok=True)
        self._passing.pop(recording, None)
        self._write("DELETE FROM recordings WHERE id = ?", (recording,))

    def index(self, recording: str) -> Entry:
        """Read a file's manifest into the index. Raises RecordingError."""
        path = self.path(recording)
        with Recording.open(path) as opened:
            entry = describe(opened.manifest, steps=opened.steps, size=path.stat().st_size)
        self.put(entry)
        return entry

    # --- after a crash

    def _recover(self) -> None:
        """Close what a killed server left open, forget what is gone, find what is not in the index; sweep."""
        for path in self.tmp.iterdir():
            _discard(path)
        known = {entry.id: entry for entry in self._read("SELECT * FROM recordings", ())}
        present = {path.stem for path in self.recordings.glob("*.mnemo") if ID.fullmatch(path.stem)}
        for recording in known.keys() - present:
            self._write("DELETE FROM recordings WHERE id = ?", (recording,))
        for recording in present:
            if recording not in known or known[recording].status == "running":
                try:
                    self._close_left_open(recording)
                except MnemoscopeError as error:
                    log.warning("recording %s cannot be opened: %s", recording, error)
                    self._write("DELETE FROM recordings WHERE id = ?", (recording,))

    def _close_left_open(self, recording: str) -> None:
        path = self.path(recording)
        writer = FileLock(path)
        if not writer.acquire(seconds=WRITER_SECONDS):
            log.warning("recording %s is still being written by another process", recording)
            return
        try:
            with Recording.open(path) as opened:
                running, steps = not opened.finished, opened.steps
            if running and steps:
                amend(path, {"status": "stopped"}).close()
        finally:
            writer.release()
        if steps:
            self.index(recording)
        else:  # begun, but nothing was computed: there is nothing to look at
            self.remove(recording)

    # --- SQL

    def _read(self, statement: str, values: tuple[Any, ...]) -> list[Entry]:
        with self._guard:
            rows = self._database.execute(statement, values).fetchall()
        return [Entry(r[0], r[1], r[2], json.loads(r[3]), *r[4:]) for r in rows]

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._guard:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.execute(statement, values)
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                raise


def describe(manifest: dict[str, Any], *, steps: int, size: int) -> Entry:
    """The row of a recording. The moments of a training are told as one model."""
    models: dict[str, dict[str, str]] = {}
    for entry in manifest["models"]:
        model = {key: str(entry.get(key, "")) for key in ("id", "label", "glyph")}
        if isinstance(entry.get("training"), dict):
            model |= {"id": model["id"].split("@")[0] + "@*", "label": model["label"].split(",")[0] + " in training"}
        models.setdefault(model["id"], model)
    return Entry(
        manifest["id"], manifest["title"], manifest["task"]["name"], list(models.values()), steps, manifest["status"],
        manifest["created"], size,
    )  # fmt: skip


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
