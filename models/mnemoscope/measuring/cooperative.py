"""Long work as a generator that yields every few milliseconds, so that a worker can serve others in between."""

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")


def run_to_end(work: Generator[None, None, Result]) -> Result:
    """Run it to its end -> what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value
