"""The index in a PostgreSQL, which several servers share. SQLAlchemy keeps the connections.

A server that does not answer is trouble for whoever asks, and asked again by the next one.
"""

import contextlib
import functools
from collections.abc import Generator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from mnemoscope_server.errors import IndexTrouble
from mnemoscope_server.storage.database.protocol import BUSY_SECONDS, VERSION, Execute, Values, revision

CONNECTIONS = 16
"""Most connections of one server; threads beyond them wait."""
MIGRATING = 0x6D6E656D
"""Number of the lock that one server holds while it migrates."""
OPTIONS = f"-c statement_timeout={BUSY_SECONDS:.0f}s -c lock_timeout={BUSY_SECONDS:.0f}s -c timezone=UTC"


class PostgreSQL:
    """A database of the protocol."""

    shared, volatile, unread, arrival = True, False, "", "number"

    def __init__(self, url: str) -> None:
        """Connect, and bring the tables up to date. Raises IndexTrouble."""
        address = sa.make_url(url).set(drivername="postgresql+psycopg")
        pool: dict[str, Any] = {
            "pool_size": CONNECTIONS // 4,
            "max_overflow": CONNECTIONS // 4,
            "pool_timeout": BUSY_SECONDS,
            "pool_pre_ping": True,  # one that was cut off, as by a restart of the database, is replaced unnoticed
            "connect_args": {
                "connect_timeout": int(BUSY_SECONDS), "options": OPTIONS, "application_name": "mnemoscope",
            },
        }  # fmt: skip
        self.engine = sa.create_engine(address, **pool)
        self._reading = sa.create_engine(address, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, **pool)
        """Reads are no transactions: that is half the round trips."""
        try:
            self._bring_up_to_date()
        except BaseException:
            self.close()
            raise

    def read(self, statement: str, values: Values | None = None) -> Sequence[Sequence[Any]]:
        with _troubled(), self._reading.connect() as connection:
            return connection.execute(_text(statement), dict(values or {})).fetchall()

    @contextlib.contextmanager
    def writing(self) -> Generator[Execute, None, None]:
        with _troubled(), self.engine.begin() as connection:
            yield lambda statement, values: connection.execute(_text(statement), _storable(values)).rowcount

    def settle(self) -> None:
        """There is no file."""

    def close(self) -> None:
        self._reading.dispose()
        self.engine.dispose()

    def _bring_up_to_date(self) -> None:
        if (found := self._version()) == revision(VERSION):
            return
        if found is not None and found > revision(VERSION):
            raise IndexTrouble(
                "the index was made by a newer version of Mnemoscope: start that version, or one database of each"
            )
        from mnemoscope_server.storage.database import migrate  # slow to load

        with _troubled(), self.engine.begin() as connection:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
            migrate.upgrade(connection)

    def _version(self) -> str | None:
        """The migration that the tables are at; None where there are none."""
        if self.read("SELECT to_regclass('alembic_version')")[0][0] is None:
            return None
        found = self.read("SELECT version_num FROM alembic_version")
        return found[0][0] if found else None


@functools.lru_cache(256)
def _text(statement: str) -> sa.TextClause:
    """Compiled once: SQLAlchemy finds what it made of it by the object."""
    return sa.text(statement)


def _storable(values: Values) -> dict[str, Any]:
    """PostgreSQL has no text with a zero byte in it; a title in a file of anybody's may have one."""
    return {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in values.items()}


@contextlib.contextmanager
def _troubled() -> Generator[None, None, None]:
    """Raises IndexTrouble for whatever goes wrong with the database."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise IndexTrouble(f"the index of recordings cannot be used: {said}") from error
