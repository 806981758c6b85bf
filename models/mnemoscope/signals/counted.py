"""Numbers of things in sentences."""

from collections.abc import Sequence


def counted(number: int, thing: str) -> str:
    """A number with its thing: 1 row, 3 rows, 2 series."""
    return f"{number} {thing}" if number == 1 or thing.endswith("s") else f"{number} {thing}s"


def lines_text(lines: Sequence[int], count: int | None = None, *, shown: int = 5) -> str:
    """The first of some lines by their numbers: "line 32", "lines 3, 5, 9, …". count: how many there are, where not all are listed."""
    count = len(lines) if count is None else count
    numbers = ", ".join(map(str, lines[:shown])) + ", …" * (count > shown)
    return f"line{'' if count == 1 else 's'} {numbers}"
