"""The index over recordings: it only finds files, which are the truth. In SQLite or PostgreSQL (`database/`).

Trouble with the database is `IndexTrouble`. What must be written and cannot be now is owed: read as if it were written, and written
later. All methods may be called from any thread.
"""

import contextlib
import json
import logging
import re
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from mnemoscope.format.manifest import model_label
from mnemoscope.reading import tokens
from mnemoscope_server.errors import IndexTrouble
from mnemoscope_server.storage.database.protocol import Database
from mnemoscope_server.storage.database.sqlite import SQLite

log = logging.getLogger("mnemoscope.index")

MAX_LISTED = 200
"""Rows of one answer; the others follow."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


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
    blob: str = ""
    """The object that it is now, where recordings are objects of a bucket; "" = there is none yet."""


def timestamp(when: datetime) -> str:
    """A point in time as text that sorts by time."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    return timestamp(datetime.now(UTC))


_NAMES = tuple(field.name for field in fields(Entry))
_COLUMNS = ", ".join(_NAMES)
_PUT = (
    f"INSERT INTO recordings ({_COLUMNS}) VALUES ({', '.join(f':{name}' for name in _NAMES)}) ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name not in ("id", "owner", "blob"))
    + ", blob = CASE excluded.blob WHEN '' THEN recordings.blob ELSE excluded.blob END"
)
"""An owner once known stays, and so does an object until there is another."""
_REMEMBER = (
    "INSERT INTO expired (id, expires) SELECT id, expires FROM recordings WHERE id = :id AND expires <= :now "
    "ON CONFLICT (id) DO UPDATE SET expires = excluded.expires"
)


class Index:
    """The rows of a data folder, or of servers that share them, and which recordings have expired."""

    def __init__(self, folder: Path, *, url: str | None = None, writable: bool = True) -> None:
        """url: of a PostgreSQL. Not writable: a copy in memory, which changes nothing in the folder. Raises IndexTrouble."""
        self._owing = threading.Lock()
        self._owed: dict[str, Entry | None] = {}
        """Rows that could not be written when they were new; None = to be deleted."""
        self._database = _database(folder, url, writable=writable)
        self._writable = writable
        self._expires: dict[str, str] = {}
        """When recordings go, or went, where nobody else changes that."""
        if not self._database.shared:
            gone = self._database.read("SELECT id, expires FROM expired")
            self._expires = {row[0]: row[1] for row in gone}
            self._expires |= {entry.id: entry.expires for entry in self.rows() if entry.expires is not None}

    @property
    def database(self) -> Database:
        """Where the rows are."""
        return self._database

    @property
    def volatile(self) -> bool:
        """Whether the rows are in memory alone, since the file cannot be opened."""
        return self._database.volatile

    @property
    def unread(self) -> str:
        """Why nothing can be read of the file."""
        return self._database.unread

    def close(self) -> None:
        with contextlib.suppress(IndexTrouble):  # a start reads what differs from the files
            if self._writable:
                self.settle()
        self._database.close()

    # --- reading

    def rows(self) -> list[Entry]:
        """All of them. Raises IndexTrouble, as every method that reads."""
        return self._read(f"SELECT {_COLUMNS} FROM recordings")

    def get(self, recording: str) -> Entry | None:
        found = self._read(f"SELECT {_COLUMNS} FROM recordings WHERE id = :id", {"id": recording})
        return found[0] if found else None

    def latest(
        self, *, query: str = "", limit: int = MAX_LISTED, owner: str | None = None, after: str | None = None
    ) -> list[Entry]:
        """Newest first; `query` is looked for in title, task and models. owner: only theirs and what is listed for all.

        after: those that follow the recording of that id; of one that is gone meanwhile there are none.
        """
        where, values = self._listed(query, owner)
        arrival = self._database.arrival
        if after is not None:
            where += f" AND (created, {arrival}) < (SELECT created, {arrival} FROM recordings WHERE id = :after)"
            values["after"] = after
        order = f"ORDER BY created DESC, {arrival} DESC LIMIT :limit"
        return self._read(f"SELECT {_COLUMNS} FROM recordings WHERE {where} {order}", values | {"limit": limit})

    def count(self, *, query: str = "", owner: str | None = None) -> int:
        """How many `latest` would list without a limit."""
        where, values = self._listed(query, owner)
        return int(self._database.read(f"SELECT COUNT(*) FROM recordings WHERE {where}", values)[0][0])

    def totals(self) -> tuple[int, int]:
        """How many recordings there are, and their bytes."""
        [(count, size)] = self._database.read("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM recordings")
        return int(count), int(size)

    def bytes_of(self, owner: str) -> int:
        """Bytes of all recordings of an owner."""
        statement = "SELECT COALESCE(SUM(bytes), 0) FROM recordings WHERE owner = :owner"
        return int(self._database.read(statement, {"owner": owner})[0][0])

    def expires(self, recording: str) -> str | None:
        """When a recording goes, or went."""
        if not self._database.shared:
            return self._expires.get(recording)
        owed = self._owed.get(recording)
        if owed is not None:
            return owed.expires
        of = "SELECT expires FROM {} WHERE id = :id"
        rows = self._database.read(f"{of.format('recordings')} UNION ALL {of.format('expired')}", {"id": recording})
        return rows[0][0] if rows else None

    def expired(self) -> list[str]:
        """Recordings whose time is over and that are still here."""
        rows = self._read(f"SELECT {_COLUMNS} FROM recordings WHERE expires <= :now", {"now": now()})
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

    def exchange(self, entry: Entry, blob: str) -> bool:
        """Replace a row whose object is still `blob` -> whether it was; another server may have been first. Raises IndexTrouble."""
        names = [name for name in _NAMES if name not in ("id", "owner")]
        changes = ", ".join(f"{name} = :{name}" for name in names)
        statement = f"UPDATE recordings SET {changes} WHERE id = :id AND blob = :before"
        with self._database.writing() as execute:
            done = execute(statement, _values(entry) | {"before": blob})
        return done == 1

    def settle(self) -> None:
        """Write what could not be written when it was new. Raises IndexTrouble where it still cannot."""
        self._database.settle()
        if self._owed:
            self._write({})

    # --- SQL

    def _noted(self, entry: Entry) -> None:
        if entry.expires is None:
            self._expires.pop(entry.id, None)
        elif not self._database.shared:
            self._expires[entry.id] = entry.expires

    @contextlib.contextmanager
    def _eventually(self, rows: dict[str, Entry | None]) -> Generator[None, None, None]:
        try:
            yield
        except IndexTrouble as error:
            log.warning("%s; what is new is written later", error)
            with self._owing:
                self._owed = self._owed | rows

    def _read(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Entry]:
        rows = self._database.read(statement, values or {})
        found = [Entry(r[0], r[1], r[2], [_signed(model) for model in json.loads(r[3])], *r[4:]) for r in rows]
        owed = self._owed
        newest = ((entry, owed.get(entry.id, entry)) for entry in found)
        return [replace(new, owner=entry.owner) for entry, new in newest if new is not None]

    def _write(self, rows: dict[str, Entry | None]) -> None:
        """Write rows, those that are owed first, in one transaction; None deletes one."""
        # only one thread at a time writes what is owed: it could come after something newer
        with self._owing if self._owed else contextlib.nullcontext():
            with self._database.writing() as execute:
                for recording, entry in (self._owed | rows).items():
                    if entry is not None:
                        execute(_PUT, _values(entry))
                        continue
                    execute(_REMEMBER, {"id": recording, "now": now()})
                    execute("DELETE FROM recordings WHERE id = :id", {"id": recording})
            if self._owed:
                self._owed = {}

    def _listed(self, query: str, owner: str | None) -> tuple[str, dict[str, Any]]:
        """The condition and values of what may be listed now."""
        where, values = ["(expires IS NULL OR expires > :now)"], cast("dict[str, Any]", {"now": now()})
        if query:
            values["query"] = "%" + re.sub(r"([%_\\])", r"\\\1", query) + "%"
            columns = ("title", "task", "models")
            where.append(
                " OR ".join(f"LOWER({column}) LIKE LOWER(:query) ESCAPE '\\'" for column in columns).join("()")
            )
        if owner is not None:
            where.append("(visibility = 'listed' OR owner = :owner)")
            values["owner"] = owner
        gone = [recording for recording, entry in self._owed.items() if entry is None]  # replaced, never changed
        if gone:
            names = {f"gone{number}": recording for number, recording in enumerate(gone)}
            where.append(f"id NOT IN ({', '.join(f':{name}' for name in names)})")
            values |= names
        return " AND ".join(where), values


def _database(folder: Path, url: str | None, *, writable: bool) -> Database:
    if url is None:
        return SQLite(folder, writable=writable)
    from mnemoscope_server.storage.database.postgresql import PostgreSQL  # slow to load

    return PostgreSQL(url)


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


def _values(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _NAMES} | {"models": json.dumps(entry.models)}


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
