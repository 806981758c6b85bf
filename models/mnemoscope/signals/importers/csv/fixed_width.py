"""Tables whose columns stand at fixed places with nothing between them: they look like one column of long numbers."""

import re
from collections.abc import Sequence

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.csv.dialect import CLOCK
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess

MIN_DIGITS = 6
MIN_CELL = 8
"""Digits of a cell beside others."""
EXACT_DIGITS = 15
"""More digits than these no number of a measurement has: a float does not hold them."""
_DIGITS = re.compile(rf"\d{{{MIN_DIGITS},}}")
_GLUED = re.compile(r"[+-]?\d*\.?\d+(?:[+-]\d*\.?\d+|\d*\.\d+)+")
"""Numbers that follow each other by a sign or a second point alone."""


def refuse_glued(body: Sequence[str], options: ImportOptions) -> None:
    """Raises ImportFileError where every line is equally many digits and may be several numbers; `delimiter` "" says it is one."""
    lines = [line.strip() for line in body]
    while lines and not any(c.isdecimal() for c in lines[0]):  # names
        lines.pop(0)
    length = len(lines[0]) if lines else 0
    if options.delimiter is not None or length < MIN_DIGITS or any(len(line) != length for line in lines):
        return
    digits = all(_DIGITS.fullmatch(line) for line in lines)
    padded = any(line[0] == "0" for line in lines) or length > EXACT_DIGITS
    signs = not digits and all(_is_glued(line) for line in lines) and len(set(map(_places, lines))) == 1
    if not (digits and padded) and (not signs or CLOCK.fullmatch(lines[0])):
        return
    raise ImportFileError(
        f"every line is {length} {'digits' if digits else 'characters'} with nothing between them, such as {lines[0][:40]}: several numbers of fixed width, or one",
        where="the first rows",
        hint="Put a delimiter between the columns: `pandas.read_fwf('FILE', widths=[4, 4], header=None).to_csv('data.csv')` with the widths of yours"
        + (", or read each line as one number." if digits else "."),
        retry=retry("Read each line as one number", delimiter="") if digits else None,
    )  # fmt: skip


def glued_columns(names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[Guess]:
    """A question for each column beside others whose cells are equally many digits, filled up with noughts."""
    found: list[Guess] = []
    for name, cells in zip(names, columns, strict=True):
        shown = next(iter(cells), "")
        if len(shown) < MIN_CELL or not all(len(cell) == len(shown) and cell.isdecimal() for cell in cells):
            continue
        if any(cell[0] == "0" for cell in cells) and len(set(cells)) > 1:
            evidence = f"every cell is {len(shown)} digits, such as {shown}: it may be several numbers with nothing between them, or a code"
            text = Alternative("text", {"text_columns": [name]})
            found.append(Guess(f"column {name}", "one number", evidence, (text,), question=True))
    return found


def _is_glued(line: str) -> bool:
    """Whether a line is more than one number: it has a second point, or a sign inside."""
    return _GLUED.fullmatch(line) is not None and (line.count(".") > 1 or bool(set("+-") & set(line[1:])))


def _places(line: str) -> tuple[int, ...]:
    """Where the signs and points of a line stand."""
    return tuple(i for i, sign in enumerate(line) if sign in "+-.")
