"""What the index asks of a database: statements with named values (`:id`) that SQLite and PostgreSQL both understand.

Whatever goes wrong in one is `IndexTrouble`; errors of drivers go no further than their module.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

VERSION = 6
"""Of the tables; the newest migration has the same number."""
BUSY_SECONDS = 5.0
"""How long a statement waits for another program that holds what it needs."""

Values = Mapping[str, Any]
Execute = Callable[[str, Values], int]
"""Runs a statement -> how many rows it changed."""


class Database(Protocol):
    """All methods may be called from any thread, and raise IndexTrouble."""

    shared: bool
    """Whether other servers change the rows too."""
    volatile: bool
    """Whether the rows are in memory alone, since their file cannot be opened."""
    unread: str
    """Why nothing can be read of the file; "" where it can."""
    arrival: str
    """The column that orders rows as they came."""

    def read(self, statement: str, values: Values = ...) -> Sequence[Sequence[Any]]:
        """The rows of a SELECT."""
        ...

    def writing(self) -> AbstractContextManager[Execute]:
        """One transaction; it is rolled back where anything is raised."""
        ...

    def settle(self) -> None:
        """Go on in the file, where there was none to be opened before."""
        ...

    def close(self) -> None: ...


def revision(version: int) -> str:
    """A version of the tables as Alembic names it."""
    return f"{version:04}"
