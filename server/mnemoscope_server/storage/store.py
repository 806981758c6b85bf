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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from mnemoscope.errors import MnemoscopeError
from mnemoscope.format.manifest import model_label
from mnemoscope.reading import tokens, verdicts
from mnemoscope.reading.recording import Recording, amend
from mnemoscope_server.errors import DataFolderInUse, DiskFull, Expired
from mnemoscope_server.storage.locks import FileLock

log = logging.getLogger("mnemoscope.store")

ID = re.compile(r"[A-Za-z0-9_-]{22}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
WRITER_SECONDS = 5.0
"""How long a worker of a killed server is given to close its file."""

TEMPORARY_SECONDS, MAX_TEMPORARY = 3600.0, 64
"""How long a recording stays that is not to be kept, and how many of them there are; the oldest go first."""

MAX_LISTED = 200
"""Rows of one answer; the others follow."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS recordings (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, task TEXT NOT NULL, models TEXT NOT NULL, steps INTEGER NOT NULL,
  status TEXT NOT NULL, created TEXT NOT NULL, bytes INTEGER NOT NULL, visibility TEXT NOT NULL, expires TEXT,
  owner TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS recordings_created ON recordings (created);
CREATE TABLE IF NOT EXISTS expired (id TEXT PRIMARY KEY, expires TEXT NOT NULL);
PRAGMA user_version = 2;
"""
_COLUMNS = ("id", "title", "task", "models", "steps", "status", "created", "bytes", "visibility", "expires", "owner")


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
    visibility: str = "private"
    """private: listed for its owner; listed: for everybody. Whoever has the id can open either."""
    expires: str | None = None
    """When it goes, as `timestamp` writes it; None = never."""
    owner: str = ""
    """Who began it; only the index knows. "" = unknown, or whoever sits at this machine."""


def timestamp(when: datetime) -> str:
    """A point in time as text that sorts by time."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
        self._temporary: dict[str, float] = {}
        self._database = sqlite3.connect(folder / "index.sqlite", check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        if self._database.execute("PRAGMA user_version").fetchone()[0] < 2:
            self._database.execute("DROP TABLE IF EXISTS recordings")  # made again from the files
        self._database.executescript(_SCHEMA)
        self._expires = dict(self._database.execute("SELECT id, expires FROM expired").fetchall())
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
        if recording in self._temporary:
            return self.tmp / f"{recording}.mnemo"
        return self.recordings / f"{recording}.mnemo"

    def mark_temporary(self, recording: str) -> None:
        """Do not keep a recording that is yet to begin: it is never listed, and lies in the folder that a start empties."""
        self._temporary[recording] = time.monotonic()

    def overdue_temporary(self, *, busy: Container[str] = ()) -> list[str]:
        """Recordings that are not kept and have been here long enough, or are too many; none of `busy`."""
        old = time.monotonic() - TEMPORARY_SECONDS
        ages = list(self._temporary.items())
        spare = len(ages) - MAX_TEMPORARY
        return [name for k, (name, since) in enumerate(ages) if (since < old or k < spare) and name not in busy]

    def put(self, entry: Entry) -> None:
        """Write or replace a row; a temporary recording has none."""
        if entry.id in self._temporary:
            return
        values = [getattr(entry, name) for name in _COLUMNS]
        values[_COLUMNS.index("models")] = json.dumps(entry.models)
        kept = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("id", "owner"))
        self._write(
            f"INSERT INTO recordings VALUES ({', '.join('?' * len(values))}) ON CONFLICT (id) DO UPDATE SET {kept}",
            tuple(values),
        )
        if entry.expires is None:
            self._expires.pop(entry.id, None)
        else:
            self._expires[entry.id] = entry.expires

    def get(self, recording: str) -> Entry | None:
        rows = self._read("SELECT * FROM recordings WHERE id = ?", (recording,))
        return rows[0] if rows else None

    def latest(
        self, *, query: str = "", limit: int = MAX_LISTED, owner: str | None = None, after: str | None = None
    ) -> list[Entry]:
        """Newest first; `query` is looked for in title, task and models. owner: only theirs and what is listed for all.

        after: those that follow the recording of that id; of one that is gone meanwhile there are none.
        """
        where, values = _listed(query, owner)
        if after is not None:
            where += " AND (created, rowid) < (SELECT created, rowid FROM recordings WHERE id = ?)"
            values.append(after)
        order = "ORDER BY created DESC, rowid DESC LIMIT ?"
        return self._read(f"SELECT * FROM recordings WHERE {where} {order}", (*values, limit))

    def count(self, *, query: str = "", owner: str | None = None) -> int:
        """How many `latest` would list without a limit."""
        where, values = _listed(query, owner)
        with self._guard:
            return int(self._database.execute(f"SELECT COUNT(*) FROM recordings WHERE {where}", values).fetchone()[0])

    def change(self, recording: str, *, title: str | None = None, sharing: dict[str, Any] | None = None) -> None:
        """New title, or other rules of sharing, in the index and in the file. It must be finished. Raises RecordingError.

        sharing: {"visibility": "private" or "listed", "expires": `timestamp` or None}, both of them.
        """
        values = {key: value for key, value in (("title", title), ("sharing", sharing)) if value is not None}
        amend(self.path(recording), values).close()
        self.index(recording)

    def require_current(self, recording: str) -> None:
        """Raises Expired where the time of a recording is over, also when its file is gone by now."""
        expires = self._expires.get(recording)
        if expires is not None and expires <= timestamp(datetime.now(UTC)):
            raise Expired(expires)

    def expired(self) -> list[str]:
        """Recordings whose time is over and that are still here."""
        rows = self._read("SELECT * FROM recordings WHERE expires <= ?", (timestamp(datetime.now(UTC)),))
        return [entry.id for entry in rows]

    def remove(self, recording: str) -> None:
        """The file and its row are gone; of one whose time was over, that it was is remembered."""
        path = self.path(recording)
        path.unlink(missing_ok=True)
        verdicts.file_of(path).unlink(missing_ok=True)
        self._temporary.pop(recording, None)
        self._write("DELETE FROM recordings WHERE id = ?", (recording,))
        try:
            self.require_current(recording)
        except Expired:
            self._write("INSERT OR REPLACE INTO expired VALUES (?, ?)", (recording, self._expires[recording]))
        else:
            self._expires.pop(recording, None)

    def unlist(self, recording: str) -> None:
        """Take out the row of a recording whose file is not this folder's; one that has its file here keeps it."""
        if not self.path(recording).exists():
            self._write("DELETE FROM recordings WHERE id = ?", (recording,))

    def index(self, recording: str, *, owner: str = "") -> Entry:
        """Read a file's manifest into the index. An owner once known stays. Raises RecordingError."""
        path = self.path(recording)
        with Recording.open(path) as opened:
            entry = index_entry(opened.manifest, steps=opened.steps, size=path.stat().st_size, owner=owner)
        self.put(entry)
        return entry

    # --- after a crash

    def _recover(self) -> None:
        """Close what a killed server left open, forget what is gone, find what is not in the index; sweep."""
        for path in self.tmp.iterdir():
            _discard(path)
        known = {entry.id: entry for entry in self._read("SELECT * FROM recordings", ())}
        self._expires |= {entry.id: entry.expires for entry in known.values() if entry.expires is not None}
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
                amend(path, {"status": "stopped", "stopped_by": "server"}).close()
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
        return [Entry(r[0], r[1], r[2], [_signed(model) for model in json.loads(r[3])], *r[4:]) for r in rows]

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._guard:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.execute(statement, values)
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                raise


def _listed(query: str, owner: str | None) -> tuple[str, list[Any]]:
    """The condition and values of what may be listed now."""
    where, values = ["(expires IS NULL OR expires > ?)"], [timestamp(datetime.now(UTC))]
    if query:
        like = "%" + re.sub(r"([%_\\])", r"\\\1", query) + "%"
        columns = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in ("title", "task", "models"))
        where.append(f"({columns})")
        values += [like] * 3
    if owner is not None:
        where.append("(visibility = 'listed' OR owner = ?)")
        values.append(owner)
    return " AND ".join(where), values


def index_entry(manifest: dict[str, Any], *, steps: int, size: int, owner: str = "") -> Entry:
    """The row of a recording. The moments of a training are listed as one model."""
    models: dict[str, dict[str, str]] = {}
    for entry in manifest["models"]:
        model = {key: str(entry.get(key, "")) for key in ("id", "label")} | {"glyph": tokens.sign_of(entry)}
        if isinstance(entry.get("training"), dict):
            model |= {"id": model["id"].split("@")[0] + "@*", "label": model_label(entry) + " in training"}
        models.setdefault(model["id"], model)
    return Entry(
        manifest["id"], manifest["title"], manifest["task"]["name"], list(models.values()), steps, manifest["status"],
        manifest["created"], size, *_sharing(manifest.get("sharing")), owner,
    )  # fmt: skip


def _signed(model: dict[str, str]) -> dict[str, str]:
    """A model of a row; rows of before name the sign of a family, where the paradigm is what its id begins with."""
    paradigm = re.sub(r"(@.*|-\d+)$", "", model["id"])
    return model | {"glyph": tokens.sign(paradigm, model["glyph"])}


def _sharing(rules: Any) -> tuple[str, str | None]:
    """(visibility, expires) of a manifest; a file may come from anywhere, and what is no rule is none."""
    found = cast("dict[str, Any]", rules) if isinstance(rules, dict) else {}
    expires = found.get("expires")
    known = isinstance(expires, str) and _MOMENT.fullmatch(expires) is not None
    return "listed" if found.get("visibility") == "listed" else "private", expires if known else None


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
