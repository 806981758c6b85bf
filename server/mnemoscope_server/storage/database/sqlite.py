"""The index as one SQLite file, `index.sqlite`, for one server.

A file that is damaged, or that a newer version has made, is set aside and begun anew; one that cannot be opened now (full disk, held
by another program) is kept in memory until it can. An older one is migrated.
"""

import contextlib
import functools
import logging
import sqlite3
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from mnemoscope_server.errors import IndexTrouble
from mnemoscope_server.storage.aside import set_aside
from mnemoscope_server.storage.database.protocol import BUSY_SECONDS, VERSION, Execute, Values

log = logging.getLogger("mnemoscope.index")

FILE = "index.sqlite"
FIRST_MIGRATED = 2
"""Older files are made again."""
TABLES = ("recordings", "expired")


class _Unusable(Exception):
    """What lies there is no index that this version can go on with."""


class SQLite:
    """A database of the protocol: one connection, for one thread at a time."""

    shared, arrival = False, "rowid"

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        """Not writable: a copy in memory, which changes nothing in the folder."""
        self.path, self._writable = folder / FILE, writable
        self._guard = threading.Lock()
        self.volatile, self.unread = False, ""
        self.connection = self._opened()

    def read(self, statement: str, values: Values | None = None) -> Sequence[Sequence[Any]]:
        with self._used() as database:
            return database.execute(statement, values or {}).fetchall()

    @contextlib.contextmanager
    def writing(self) -> Generator[Execute, None, None]:
        with self._used() as database, _transaction(database):
            yield lambda statement, values: database.execute(statement, values).rowcount

    def settle(self) -> None:
        if self.volatile:
            self._move_to_disk()

    def close(self) -> None:
        with self._guard:
            self.connection.close()

    @contextlib.contextmanager
    def _used(self) -> Generator[sqlite3.Connection, None, None]:
        """The connection for one thread at a time. Raises IndexTrouble for whatever goes wrong with it."""
        with self._guard:
            try:
                yield self.connection
            except sqlite3.Error as error:
                raise _trouble(error) from error

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
        database.executescript(_schema())
        logged = Path(f"{self.path}-wal")
        ways = ["mode=ro&immutable=1"]  # which makes no files beside it
        if logged.exists() and logged.stat().st_size:
            ways.insert(0, "mode=ro")
        for way in ways:
            try:
                _copy_file(self.path, way, database)
                break
            except sqlite3.Error as error:
                self.unread = str(error)
        return database

    def _move_to_disk(self) -> None:
        """Raises IndexTrouble where it still cannot be opened."""
        with self._used() as memory:
            try:
                disk = _connect(self.path)
            except _Unusable as error:  # at the next start it is set aside
                raise IndexTrouble(f"the index {error}") from error
            try:
                with _transaction(disk):
                    disk.execute("DELETE FROM recordings")
                    _copy(memory, disk)
            except BaseException:
                disk.close()
                raise
            self.connection, self.volatile = disk, False
            memory.close()
        log.warning("the index is in its file again")


def _trouble(error: sqlite3.Error) -> IndexTrouble:
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
        if version < FIRST_MIGRATED:
            database.execute("DROP TABLE IF EXISTS recordings")  # made again from the files
            database.executescript(_schema())
        elif version < VERSION:  # nothing is written otherwise: the disk may be full
            _migrate(database, version)
        for name, columns in _columns().items():
            database.execute(f"SELECT {', '.join(columns)} FROM {name} LIMIT 0")
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


def _migrate(database: sqlite3.Connection, version: int) -> None:
    """All of it or nothing: a start may be killed. Raises sqlite3.Error."""
    import sqlalchemy as sa  # only here: it is slow to load
    from sqlalchemy.exc import DBAPIError

    from mnemoscope_server.storage.database import migrate

    engine = sa.create_engine("sqlite://", creator=lambda: database, poolclass=sa.StaticPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            migrate.upgrade(connection, version=version)
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
            connection.commit()
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise


def _copy_file(path: Path, way: str, target: sqlite3.Connection) -> None:
    """Take over the rows of a file that is only read, also of an older version. Raises sqlite3.Error."""
    source = sqlite3.connect(f"{path.absolute().as_uri()}?{way}", uri=True, timeout=BUSY_SECONDS)
    with contextlib.closing(source), _transaction(target):
        _copy(source, target)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    for table, columns in _columns().items():
        there = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}
        names = ", ".join(name for name in columns if name in there) or "*"  # without the table, it says so
        for row in source.execute(f"SELECT {names} FROM {table} ORDER BY rowid"):
            target.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", row)


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


def _schema() -> str:
    """The tables of this version (`tables.py` makes the file)."""
    return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


@functools.cache
def _columns() -> dict[str, list[str]]:
    """The columns of every table of this version."""
    with contextlib.closing(sqlite3.connect(":memory:")) as made:
        made.executescript(_schema())
        return {table: [row[1] for row in made.execute(f"PRAGMA table_info({table})")] for table in TABLES}
