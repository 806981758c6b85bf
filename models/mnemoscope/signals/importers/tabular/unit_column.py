"""A column that says the unit of the numbers beside it: one unit is that of the column, several are a question."""

from __future__ import annotations

import re

from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import Column
from mnemoscope.signals.importers.tabular.draft import Draft
from mnemoscope.signals.importers.tabular.names import is_unit, unit_of

_NAME = re.compile(r"(?:.*[ _.])?(?:units?|uom|einheit(?:en)?|unit[ée]s?|unidad(?:es)?|unità)", re.IGNORECASE)
MOST = 4
"""Units that are offered."""


def units_beside(draft: Draft, columns: list[Column]) -> None:
    """Gives columns the unit that the column behind them says; a meter that changes its range is asked about."""
    for i, column in enumerate(columns):
        if column.kind not in ("text", "label") or _NAME.fullmatch(column.name) is None:
            continue
        cells = draft.raw.cells[i]
        units = [text for text, code in cells.texts.items() if cells.counts[code] > 0]
        beside = next((c for c in reversed(columns[:i]) if c.kind == "value"), None)
        if beside is None or not units or not all(map(is_unit, units)):
            continue
        if len(units) == 1:
            beside.unit = beside.unit or unit_of(units[0])
            draft.notes.append(f"{beside.name}: the unit {beside.unit} stands in the column {column.name}")
        elif draft.options.series_column is None:
            ways = tuple(
                Alternative(f"the rows in {unit} alone", {"series_column": column.name, "series": unit})
                for unit in units[:MOST]
            )
            evidence = f"column {column.name} says {', '.join(units[:MOST])}: the numbers do not compare"
            draft.guesses.append(
                Guess(f"unit of {beside.name}", "all rows as they stand", evidence, ways, question=True)
            )
