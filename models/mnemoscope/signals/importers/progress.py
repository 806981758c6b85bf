"""How far the reading of a file is, for whoever wants to hear: with it a long reading is no silence.

with hearing(lambda rows, bytes_read: ...):
    read_table("long.csv")
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[int, int], None]
"""Is told rows and bytes read so far, many times a second."""

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def hearing(listener: Listener) -> Generator[None]:
    """Readings of this thread report to `listener` as long as the block lasts."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def report(rows: int, bytes_read: int) -> None:
    """Called by readers now and then; costs nothing where nobody listens."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(rows, bytes_read)
