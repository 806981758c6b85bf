"""The index over the recordings of a data folder: one SQLite file, `index.sqlite`. It only finds files; they are the truth.

`sqlite3.Error` goes no further than this module: outside it is `IndexTrouble`. An index that is damaged, or that a newer version
has made, is set aside and begun anew; one that cannot be opened now (full disk, held by another program) is kept in memory until
it can. All methods may be called from any thread.
"""

import contextlib
import json
import logging
import re
import sqlite3
import threading
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from mnemoscope.format.manifest import model_label
from mnemoscope.reading import tokens
from mnemoscope_server.errors import IndexTrouble
from mnemoscope_server.storage.aside import set_aside

log = logging.getLogger("mnemoscope.index")

FILE = "index.sqlite"
VERSION = 3
BUSY_SECONDS = 5.0
"""How long a statement waits for another program that holds the index."""
MAX_LISTED = 200
"""Rows of one answer; the others follow."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS recordings (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, task TEXT NOT NULL, models TEXT NOT NULL, steps INTEGER NOT NULL,
  status TEXT NOT NULL, created TEXT NOT NULL, bytes INTEGER NOT NULL, visibility TEXT NOT NULL, expires TEXT,
  owner TEXT NOT NULL, modified INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS recordings_created ON recordings (created);
CREATE TABLE IF NOT EXISTS expired (id TEXT PRIMARY KEY, expires TEXT NOT NULL);
PRAGMA user_version = {VERSION};
"""
_NAMES = ("id", "title", "task", "models", "steps", "status", "created", "bytes", "visibility", "expires", "owner", "modified")  # fmt: skip
_COLUMNS = ", ".join(_NAMES)
_PUT = (
    f"INSERT INTO recordings ({_COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))}) ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name not in ("id", "owner"))
)
"""An owner once known stays."""


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
    """Who began it. "" = unknown, or whoever sits at this machine."""
    modified: int = 0
    """When its file was last written, in ns, as of this row; 0 = not known."""


def timestamp(when: datetime) -> str:
    """A point in time as text that sorts by time."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    return timestamp(datetime.now(UTC))


class _Unusable(Exception):
    """What lies there is no index that this version can go on with."""


class Index:
    """The rows of a data folder, and which recordings have expired."""

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        """Not writable: a copy in memory, which changes nothing in the folder."""
        self.path, self._writable = folder / FILE, writable
        self._guard = threading.Lock()
        self._owed: dict[str, Entry | None] = {}
        """Rows that could not be written when they were new; None = to be deleted."""
        self._expires: dict[str, str] = {}
        self.volatile = False
        """Whether the rows are in memory alone, since the file cannot be opened."""
        self.unread = ""
        """Why nothing can be read of the file."""
        self._database = self._opened()
        self._expires = dict(self._database.execute("SELECT id, expires FROM expired").fetchall())
        self._expires |= {entry.id: entry.expires for entry in self.rows() if entry.expires is not None}

    def close(self) -> None:
        with contextlib.suppress(IndexTrouble):  # a start reads what differs from the files
            if self._writable:
                self.settle()
        with self._guard:
            self._database.close()

    # --- reading

    def rows(self) -> list[Entry]:
        """All of them. Raises IndexTrouble, as every method that reads."""
        return self._read(f"SELECT {_COLUMNS} FROM recordings", ())

    def get(self, recording: str) -> Entry | None:
        found = self._read(f"SELECT {_COLUMNS} FROM recordings WHERE id = ?", (recording,))
        return found[0] if found else None

    def latest(
        self, *, query: str = "", limit: int = MAX_LISTED, owner: str | None = None, after: str | None = None
    ) -> list[Entry]:
        """Newest first; `query` is looked for in title, task and models. owner: only theirs and what is listed for all.

        after: those that follow the recording of that id; of one that is gone meanwhile there are none.
        """
        where, values = self._listed(query, owner)
        if after is not None:
            where += " AND (created, rowid) < (SELECT created, rowid FROM recordings WHERE id = ?)"
            values.append(after)
        order = "ORDER BY created DESC, rowid DESC LIMIT ?"
        return self._read(f"SELECT {_COLUMNS} FROM recordings WHERE {where} {order}", (*values, limit))

    def count(self, *, query: str = "", owner: str | None = None) -> int:
        """How many `latest` would list without a limit."""
        where, values = self._listed(query, owner)
        with self._used() as database:
            return int(database.execute(f"SELECT COUNT(*) FROM recordings WHERE {where}", values).fetchone()[0])

    def totals(self) -> tuple[int, int]:
        """How many recordings there are, and their bytes."""
        with self._used() as database:
            count, size = database.execute("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM recordings").fetchone()
        return int(count), int(size)

    def bytes_of(self, owner: str) -> int:
        """Bytes of all recordings of an owner."""
        with self._used() as database:
            return int(
                database.execute("SELECT COALESCE(SUM(bytes), 0) FROM recordings WHERE owner = ?", (owner,)).fetchone()[
                    0
                ]
            )

    def expires(self, recording: str) -> str | None:
        """When a recording goes, or went."""
        return self._expires.get(recording)

    def expired(self) -> list[str]:
        """Recordings whose time is over and that are still here."""
        rows = self._read(f"SELECT {_COLUMNS} FROM recordings WHERE expires <= ?", (now(),))
        return [entry.id for entry in rows]

    # --- writing

    def put(self, entry: Entry) -> None:
        """Write or replace a row. Raises IndexTrouble."""
        self._write({entry.id: entry})
        self._noted(entry)

    def put_eventually(self, entry: Entry) -> None:
        """As `put`; a row that cannot be written now is written by `settle`, and read as if it were."""
        with self._eventually({entry.id: entry}):
            self._write({entry.id: entry})
        self._noted(entry)

    def remove(self, recording: str) -> None:
        """A row is gone, at once or eventually; of one whose time was over, that it was is remembered."""
        expires = self._expires.get(recording)
        if expires is not None and expires > now():
            del self._expires[recording]
        with self._eventually({recording: None}):
            self._write({recording: None})

    def settle(self) -> None:
        """Write what could not be written when it was new. Raises IndexTrouble where it still cannot."""
        if self.volatile:
            self._move_to_disk()
        if self._owed:
            self._write({})

    # --- SQL

    def _noted(self, entry: Entry) -> None:
        if entry.expires is None:
            self._expires.pop(entry.id, None)
        else:
            self._expires[entry.id] = entry.expires

    @contextlib.contextmanager
    def _eventually(self, rows: dict[str, Entry | None]) -> Generator[None, None, None]:
        try:
            yield
        except IndexTrouble as error:
            log.warning("%s; what is new is written later", error)
            with self._guard:
                self._owed = self._owed | rows

    @contextlib.contextmanager
    def _used(self) -> Generator[sqlite3.Connection, None, None]:
        """The database for one thread at a time. Raises IndexTrouble for whatever goes wrong with it."""
        with self._guard:
            try:
                yield self._database
            except sqlite3.Error as error:
                raise trouble(error) from error

    def _read(self, statement: str, values: tuple[Any, ...]) -> list[Entry]:
        with self._used() as database:
            rows = database.execute(statement, values).fetchall()
        found = [Entry(r[0], r[1], r[2], [_signed(model) for model in json.loads(r[3])], *r[4:]) for r in rows]
        owed = self._owed
        newest = ((entry, owed.get(entry.id, entry)) for entry in found)
        return [replace(new, owner=entry.owner) for entry, new in newest if new is not None]

    def _write(self, rows: dict[str, Entry | None]) -> None:
        """Write rows, those that are owed first, in one transaction; None deletes one."""
        with self._used() as database:
            with _transaction(database):
                for recording, entry in (self._owed | rows).items():
                    if entry is not None:
                        database.execute(_PUT, _values(entry))
                        continue
                    database.execute("DELETE FROM recordings WHERE id = ?", (recording,))
                    if expires := self._expires.get(recording):  # its time was over
                        database.execute("INSERT OR REPLACE INTO expired VALUES (?, ?)", (recording, expires))
            self._owed = {}

    def _listed(self, query: str, owner: str | None) -> tuple[str, list[Any]]:
        """The condition and values of what may be listed now."""
        where, values = ["(expires IS NULL OR expires > ?)"], cast("list[Any]", [now()])
        if query:
            like = "%" + re.sub(r"([%_\\])", r"\\\1", query) + "%"
            columns = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in ("title", "task", "models"))
            where.append(f"({columns})")
            values += [like] * 3
        if owner is not None:
            where.append("(visibility = 'listed' OR owner = ?)")
            values.append(owner)
        gone = [
            recording for recording, entry in self._owed.items() if entry is None
        ]  # _owed is replaced, never changed
        if gone:
            where.append(f"id NOT IN ({', '.join('?' * len(gone))})")
            values += gone
        return " AND ".join(where), values

    # --- opening

    def _opened(self) -> sqlite3.Connection:
        """The index of the folder; a new one where it cannot be used; one in memory where none can be opened."""
        if not self._writable:
            return self._in_memory()
        try:
            try:
                return _connect(self.path)
            except _Unusable as error:
                aside = set_aside(self.path.parent, self.path, *(Path(f"{self.path}{end}") for end in ("-wal", "-shm")))
                log.warning("the index %s: it is set aside as %s and made again from the recordings", error, aside)
                return _connect(self.path)
        except (sqlite3.Error, _Unusable, OSError) as error:
            log.warning("the index cannot be opened (%s): it is kept in memory until it can be", error)
            return self._in_memory()

    def _in_memory(self) -> sqlite3.Connection:
        """What can be read of the file; the recordings have the rest."""
        self.volatile, self.unread = True, ""
        database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        database.executescript(_SCHEMA)
        logged = Path(f"{self.path}-wal")
        ways = ["mode=ro&immutable=1"]  # which makes no files beside it
        if logged.exists() and logged.stat().st_size:
            ways.insert(0, "mode=ro")
        for way in ways:
            try:
                _copy(self.path, way, database)
                break
            except sqlite3.Error as error:
                self.unread = str(error)
        return database

    def _move_to_disk(self) -> None:
        """Go on in the file, which could not be opened before. Raises IndexTrouble where it still cannot."""
        with self._used() as memory:
            try:
                disk = _connect(self.path)
            except _Unusable as error:  # at the next start it is set aside
                raise IndexTrouble(f"the index {error}") from error
            try:
                with _transaction(disk):
                    disk.execute("DELETE FROM recordings")
                    for row in memory.execute(f"SELECT {_COLUMNS} FROM recordings").fetchall():
                        disk.execute(_PUT, row)
                    for row in memory.execute("SELECT id, expires FROM expired").fetchall():
                        disk.execute("INSERT OR REPLACE INTO expired VALUES (?, ?)", row)
            except BaseException:
                disk.close()
                raise
            self._database, self.volatile = disk, False
            memory.close()
        log.warning("the index is in its file again")


def trouble(error: sqlite3.Error) -> IndexTrouble:
    """What an error of SQLite means for whoever asked."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexTrouble("the index of recordings is held by another program")
    if code == sqlite3.SQLITE_FULL:
        return IndexTrouble("the index of recordings cannot be written: the disk is full")
    return IndexTrouble(f"the index of recordings cannot be used: {error}")


def _connect(path: Path) -> sqlite3.Connection:
    """Open or make the file. Raises _Unusable, sqlite3.Error."""
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise _Unusable("was made by a newer version of Mnemoscope")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if (found := database.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise _Unusable(f"is damaged ({found})")
        if version < 2:
            database.execute("DROP TABLE IF EXISTS recordings")  # made again from the files
        elif version < 3:
            database.execute("ALTER TABLE recordings ADD COLUMN modified INTEGER NOT NULL DEFAULT 0")
        if version < VERSION:  # nothing is written otherwise: the disk may be full
            database.executescript(_SCHEMA)
        database.execute(f"SELECT {_COLUMNS} FROM recordings LIMIT 0")
        database.execute("SELECT id, expires FROM expired LIMIT 0")
    except sqlite3.Error as error:
        database.close()
        damaged = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in damaged:
            raise _Unusable(f"is damaged ({error})") from error
        raise
    except _Unusable:
        database.close()
        raise
    return database


def _copy(path: Path, way: str, target: sqlite3.Connection) -> None:
    """Take over the rows of a file that is only read. Raises sqlite3.Error."""
    source = sqlite3.connect(f"{path.absolute().as_uri()}?{way}", uri=True, timeout=BUSY_SECONDS)
    with contextlib.closing(source), _transaction(target):
        for row in source.execute(f"SELECT {_COLUMNS} FROM recordings"):
            target.execute(_PUT, row)
        for row in source.execute("SELECT id, expires FROM expired"):
            target.execute("INSERT OR REPLACE INTO expired VALUES (?, ?)", row)


@contextlib.contextmanager
def _transaction(database: sqlite3.Connection) -> Generator[None, None, None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # a full disk ends it by itself
            with contextlib.suppress(sqlite3.Error):  # the first error says more
                database.execute("ROLLBACK")
        raise


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


def _values(entry: Entry) -> tuple[Any, ...]:
    values = [getattr(entry, name) for name in _NAMES]
    values[_NAMES.index("models")] = json.dumps(entry.models)
    return tuple(values)


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
