"""From the cells of a whole file to a table: types, time, order, which series, units, report."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.clock import clock_of
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.completed import complete
from mnemoscope.signals.importers.options import retry
from mnemoscope.signals.importers.report import LeftOut
from mnemoscope.signals.importers.table import Column, Table
from mnemoscope.signals.importers.tabular.columns import (
    figures,
    narrowed,
)
from mnemoscope.signals.importers.tabular.draft import Draft
from mnemoscope.signals.importers.tabular.in_order import add_day_in_order, add_months_in_order
from mnemoscope.signals.importers.tabular.kinds import column
from mnemoscope.signals.importers.tabular.numbers import is_missing
from mnemoscope.signals.importers.tabular.rates import rate_of
from mnemoscope.signals.importers.tabular.sampled import TimeChoice
from mnemoscope.signals.importers.tabular.seconds import ask_of_unread_times, seconds_of, time_columns
from mnemoscope.signals.importers.tabular.spans import spanned
from mnemoscope.signals.importers.tabular.unit_column import units_beside
from mnemoscope.signals.importers.tabular.which_rows import ask_of_cycling_labels, one_series, ordered, without_damaged
from mnemoscope.signals.importers.tabular.which_table import one_table
from mnemoscope.signals.importers.tabular.wrapped import goes_on, values_of


def assemble(
    draft: Draft,
    report: dict[str, Any],
    stated_rate: float | None,
    evidence: str,
    left_out: LeftOut,
    samples: int | None = None,
) -> Table:
    """The table; stated_rate: Hz that the lines above the data say, by the line `evidence`; samples: how many values they say."""
    if draft.options.layout == "wrapped":
        return _wrapped(draft, report, stated_rate, evidence, left_out)
    choice = time_columns(draft)
    if goes_on(draft, choice, samples):
        draft.resolved |= {"layout": "wrapped", "time": []}
        return _wrapped(draft, report, stated_rate, evidence, left_out)
    ask_of_unread_times(draft, choice)
    seconds, resolution = seconds_of(draft, choice) if choice else (None, 0.0)
    if seconds is not None:
        seconds = without_damaged(draft, seconds, left_out)
    seconds = one_series(draft, choice, seconds)
    if draft.parts is not None and draft.picked is None:
        seconds = one_table(draft, draft.parts, seconds, left_out)
    if choice is None or choice.kind == "index":
        ask_of_cycling_labels(draft, choice)
    seconds = ordered(draft, choice, seconds)
    clock = None
    if seconds is not None and choice is not None:
        name = " and ".join(draft.raw.names[i] for i in choice.columns)
        clock = clock_of(seconds, name=name, resolution=resolution, dates=choice.calendar)
    rate, source, time, clock = rate_of(draft, choice, seconds, clock, stated_rate, evidence)
    if draft.origin is not None and seconds is not None and np.isfinite(seconds).any():
        known = seconds[np.isfinite(seconds)]
        report = report | {"span": spanned(draft.origin + float(known[0]), draft.origin + float(known[-1]))}
    columns: list[Column] = []
    for i in range(len(draft.raw.names)):
        columns.append(column(draft, i, choice))
        draft.raw.let_go(i)
    if all(c.values is None or c.missing == len(c.values) for c in columns):
        raise _nothing(draft, columns)
    units_beside(draft, columns)
    add_months_in_order(draft, columns)
    add_day_in_order(draft, columns, seconds)
    table = Table(columns, time, clock)
    missing_time = int(np.isnan(seconds).sum()) if seconds is not None else 0
    if missing_time:
        draft.notes.append(f"{counted(missing_time, 'row')} without a time")
    _finish(draft, table, report, choice, rate, source, left_out)
    return table


def _nothing(draft: Draft, columns: list[Column]) -> ImportFileError:
    shown = next((next(iter(cells.texts)) for cells in draft.raw.cells if cells.texts and not cells.stamps), None)
    if shown is None and all(cells.dates for cells in draft.raw.cells):  # these keep no text of their own
        shown = next((cell for cells in draft.sampled.cells for cell in cells if not is_missing(cell)), None)
    if shown is None:
        return ImportFileError(
            "no column holds a number: every cell is missing",
            hint="Choose a file with at least one column of numbers.",
        )
    asked = next((guess for guess in draft.guesses if guess.what.startswith("column ")), None)
    return ImportFileError(
        f"no column holds numbers alone; a cell reads {shown[:40]!r}",
        where=asked.what if asked else None,
        hint="Choose a file with at least one column of numbers."
        + (" Or import with these words as missing values." if asked else ""),
        retry=retry("Treat them as missing", **asked.alternatives[0].options) if asked else None,
    )


def _wrapped(draft: Draft, report: dict[str, Any], stated: float | None, evidence: str, left_out: LeftOut) -> Table:
    """One series that goes on from row to row."""
    values = values_of(draft)
    low, high, mean = figures(values)
    column = Column(0, "values", "value", None, narrowed(values), int(np.isnan(values).sum()), low, high, mean)
    table = Table([column], None, None)
    rate = draft.options.sample_rate or stated
    source = f"{evidence!r} above the data" if stated else "the file has no column of times; enter a sampling rate"
    _finish(draft, table, report, None, rate, source, left_out)
    table.report["rows"] = len(values)
    return table


def _finish(
    draft: Draft,
    table: Table,
    report: dict[str, Any],
    choice: TimeChoice | None,
    rate: float | None,
    source: str,
    left_out: LeftOut,
) -> None:
    complete(
        table,
        report | {"resolved": report["resolved"] | draft.resolved},
        rows=draft.raw.count,
        sample_rate=rate,
        rate_source=source,
        time_columns=choice.columns if choice is not None else (),
        guesses=draft.guesses,
        notes=draft.notes,
        left_out=left_out,
        sentinels=draft.sentinels,
    )
