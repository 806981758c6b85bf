"""The first lines of a text table as they stand in the file, each with what it was taken for."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.importers.csv.dialect import Dialect
from mnemoscope.signals.importers.csv.layout import Layout
from mnemoscope.signals.importers.csv.splitting import RULE, split
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.report import LeftOut
from mnemoscope.signals.importers.tabular.numbers import Style, is_missing, number_in

MAX_ROWS = 6
MAX_ABOVE = 8
"""Lines above the rows that are shown: the first ones and the last ones."""
MAX_CELLS = 64
MAX_TEXT = 200


def first_lines(
    lines: Sequence[str],
    layout: Layout,
    dialect: Dialect,
    options: ImportOptions,
    left_out: LeftOut,
    picked: NDArray[np.bool_] | None = None,
    styles: Sequence[Style] = (),
) -> list[dict[str, Any]]:
    """Entries with `line` (from 1), `role`, `cells`, and `values`: the numbers the cells were read as, None for any other cell.

    picked: which rows belong to the series, where several stand in one column; styles: of each column, where they differ. Blank lines are passed over.
    """
    reasons = {entry["line"]: entry["why"] for entry in left_out.lines}
    above = [i for i in range(min(layout.skip, len(lines))) if lines[i].strip()]
    if len(above) > MAX_ABOVE:
        above = [*above[: MAX_ABOVE // 2], *above[-MAX_ABOVE // 2 :]]
    found = [_above(i + 1, lines[i], layout, dialect, reasons) for i in above]
    rows = 0
    for i in range(layout.skip, len(lines)):
        if rows >= MAX_ROWS or len(found) >= MAX_ABOVE + 2 * MAX_ROWS:
            break
        line, number = lines[i], i + 1
        if not line.strip():
            continue
        cells = split(line, dialect.delimiter)
        if number in reasons or len(cells) < layout.columns or RULE.fullmatch(line):
            found.append(_text(number, "left out", line, reasons.get(number, "")))
            continue
        other = picked is not None and rows < len(picked) and not picked[rows]
        rows += 1
        cells = [cell[:MAX_TEXT] for cell in cells[: min(layout.columns, MAX_CELLS)]]
        own = styles or [dialect.style] * len(cells)
        values = [_value(cell, style, options) for cell, style in zip(cells, own, strict=False)]
        found.append({
            "line": number, "role": "other series" if other else "row", "why": "", "cells": cells, "values": values
        })  # fmt: skip
    return found


def _above(number: int, line: str, layout: Layout, dialect: Dialect, reasons: dict[int, str]) -> dict[str, Any]:
    role = {layout.names_line: "names", layout.units_line: "units"}.get(number)
    if role is None:
        used = number not in reasons and not RULE.fullmatch(line)
        return _text(number, "facts" if used else "skipped", line, reasons.get(number, ""))
    cells = [cell[:MAX_TEXT] for cell in split(line, dialect.delimiter)[: min(layout.columns, MAX_CELLS)]]
    return {"line": number, "role": role, "why": "", "cells": cells, "values": []}


def _text(number: int, role: str, line: str, why: str) -> dict[str, Any]:
    text = "".join(c if c.isprintable() else " " for c in line.strip()[:MAX_TEXT])
    return {"line": number, "role": role, "why": why, "cells": [text], "values": []}


def _value(cell: str, style: Style, options: ImportOptions) -> float | None:
    if is_missing(cell) or cell.strip().lower() in options.tokens:
        return None
    number = number_in(cell, style)
    if number is None or not math.isfinite(number.value) or number.value in options.sentinels:
        return None
    return number.value
