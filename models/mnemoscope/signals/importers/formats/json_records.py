"""Long arrays of JSON as columns, a block of rows at a time: as objects of Python each number would take ten times the room."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.importers.gathered import gathered

BLOCK = 8192
"""Records that are objects of Python at a time."""
MAX_DEPTH = 4
"""Objects inside objects that are fields with dotted names."""
_BLANK, _NEXT = re.compile(r"[ \t\r\n]*"), re.compile(r"[ \t\r\n]*([,\]])[ \t\r\n]*")

Json = Any
Scan = Callable[[str, int], tuple[Json, int]]
"""The value that begins at a place of a text, and where it ends."""
Cells = NDArray[np.float64] | list[str]


class Records(NamedTuple):
    """Records of one and the same fields."""

    columns: dict[str, Cells]
    lines: bool
    """Whether every record stands on a line of its own."""


def records_in(text: str) -> Records | None:
    """An array of flat records, or records a line. None for any other text: another shape, other fields in some record, no JSON."""
    lines = text.lstrip()[:1] == "{"
    parts: dict[str, list[Cells]] = {}
    for block in _blocks(text, _lines if lines else _elements):
        flat = [flattened(cast(dict[str, Json], record)) for record in block if isinstance(record, dict)]
        if not flat or len(flat) < len(block):
            return None
        parts = parts or {name: [] for name in flat[0]}
        names = list(parts)
        for record in flat:
            if list(record) != names or any(isinstance(value, list | dict) for value in record.values()):
                return None
        for name in names:
            parts[name].append(cells_of([record[name] for record in flat]))
    if not parts or not next(iter(parts.values())):
        return None
    columns = {name: _joined(part) for name, part in parts.items()}
    if any(column is None for column in columns.values()):
        return None
    return Records({name: column for name, column in columns.items() if column is not None}, lines)


def matrix_in(text: str) -> NDArray[np.float64] | None:
    """An array of rows of numbers [n, width]. None for any other text."""
    parts: list[NDArray[np.float64]] = []
    for block in _blocks(text, _elements):
        width = len(cast(list[Json], block[0])) if isinstance(block[0], list) else 0
        if not width or not all(isinstance(row, list) and len(cast(list[Json], row)) == width for row in block):
            return None
        if not all(is_number(cell) for row in block for cell in row) or (parts and parts[0].shape[1] != width):
            return None
        parts.append(np.array([[number(cell) for cell in row] for row in block], np.float64))
    if not parts:
        return None
    return gathered([part.reshape(-1) for part in parts]).reshape(-1, parts[0].shape[1])


def is_number(value: Json) -> bool:
    """Whether a value is a number, or null for a missing one."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def number(value: Json) -> float:
    """NaN for null, infinite beyond what a float holds."""
    try:
        return float("nan") if value is None else float(value)
    except OverflowError:
        return float("inf")


def flattened(record: Mapping[str, Json], before: str = "", depth: int = 0) -> dict[str, Json]:
    """Fields of a record; those of objects inside it by dotted names."""
    found: dict[str, Json] = {}
    for key, value in record.items():
        if isinstance(value, dict) and depth < MAX_DEPTH:
            found |= flattened(cast(dict[str, Json], value), f"{before}{key}.", depth + 1)
        else:
            found[before + key] = value
    return found


def cells_of(column: Sequence[Json]) -> Cells:
    """A column of values, none of them an array or an object: numbers where all are, else texts as a table would have them."""
    if all(map(is_number, column)):
        return np.array([number(value) for value in column], np.float64)
    cells: list[str] = []
    for value in column:
        if isinstance(value, bool):
            cells.append("true" if value else "false")
        elif value is None or value != value:
            cells.append("")
        else:
            cells.append(" ".join(str(value).split()) if isinstance(value, str) else repr(value))
    return cells


def _blocks(text: str, each: Callable[[str, Scan], Iterator[Json]]) -> Iterator[list[Json]]:
    """The values of a text in blocks, the first one alone; None among them where it is no such text."""
    scan = json.JSONDecoder().raw_decode
    block, size = list[Json](), 1
    try:
        for value in each(text, scan):
            block.append(value)
            if len(block) == size:
                yield block
                block, size = [], BLOCK
    except (ValueError, RecursionError):  # whoever reads all of it says what is wrong, and where
        block = [None]
    if block:
        yield block


def _elements(text: str, scan: Scan) -> Iterator[Json]:
    at = _blank(text, 0)
    if text[at : at + 1] != "[":
        raise ValueError
    at = _blank(text, at + 1)
    while True:
        value, at = scan(text, at)
        yield value
        found = _NEXT.match(text, at)
        if found is None:
            raise ValueError
        at = found.end()
        if found[1] == "]":
            if at < len(text):
                raise ValueError
            return


def _lines(text: str, scan: Scan) -> Iterator[Json]:
    at = _blank(text, 0)
    while at < len(text):
        value, end = scan(text, at)
        after = _blank(text, end)
        if text.find("\n", at, end) >= 0 or (after < len(text) and text.find("\n", end, after) < 0):
            raise ValueError
        yield value
        at = after


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found is not None else at


def _joined(parts: list[Cells]) -> Cells | None:
    """One column; None where numbers of one block and texts of another would have to be written anew."""
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    if len(arrays) == len(parts):
        parts.clear()
        return gathered(arrays)
    if any(not np.isnan(part).all() for part in arrays):
        return None
    return [cell for part in parts for cell in (part if isinstance(part, list) else [""] * len(part))]
