"""What each column is: numbers with their unit, labels, text, a time."""

from __future__ import annotations

import numpy as np

from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import Column
from mnemoscope.signals.importers.tabular import times
from mnemoscope.signals.importers.tabular.cells import ABSENT
from mnemoscope.signals.importers.tabular.columns import (
    FAR,
    LABEL_NAMES,
    figures,
    known_of,
    narrowed,
    sentinel,
)
from mnemoscope.signals.importers.tabular.draft import Draft
from mnemoscope.signals.importers.tabular.names import named_unit, unit_of
from mnemoscope.signals.importers.tabular.numbers import TRUTHS
from mnemoscope.signals.importers.tabular.sampled import TimeChoice
from mnemoscope.signals.series import Floats
from mnemoscope.signals.states import MAX_LABELS, labelled_ranges, numbered


def column(draft: Draft, i: int, choice: TimeChoice | None) -> Column:
    """Column `i` of the table."""
    raw, cells = draft.raw, draft.raw.cells[i]
    name, unit = named_unit(raw.names[i], raw.units[i])
    absent = int((raw.codes[i] == ABSENT).sum())
    if choice is not None and i in choice.columns:
        return Column(i, raw.names[i], "time", unit, None, absent)
    codes = raw.codes[i]
    if not raw.is_numeric(i) and not (cells.truths() and i not in raw.as_text and (codes >= 0).any()):
        return _text(draft, i, name, unit, absent)
    values = raw.values[i]
    truths = False
    if not raw.is_numeric(i):
        table = np.array([TRUTHS[text.lower()] for text in cells.texts] or [np.nan])
        values = np.where(codes >= 0, table[np.maximum(codes, 0)], np.nan)
        truths = True
        draft.notes.append(f"{name}: {' and '.join(list(cells.texts)[:4])} were read as 1 and 0")
    if unit is None and len(cells.units) == 1:
        unit = unit_of(next(iter(cells.units)))
        draft.notes.append(f"{name}: the unit {unit} stands in the cells")
    if not truths and (extreme := sentinel(values)) is not None:
        values = _sentinel(draft, i, name, values, extreme)
    low, high, mean = figures(values)
    label = name.lower() in LABEL_NAMES and _few_kinds(values)
    narrow = narrowed(values)
    again = choice is not None and (i in choice.beside or times.says_time(draft.sampled, i))
    kind = "label" if label else "time" if again else "value"
    return Column(
        i,
        name,
        kind,
        unit,
        narrow,
        int(np.isnan(values).sum()),
        low,
        high,
        mean,
        labels=numbered(narrow) if label else (),
    )


def _few_kinds(values: Floats) -> bool:
    known = known_of(values)
    return bool((known == np.round(known)).all()) and len(np.unique(values[:10_000])) <= 20


def _sentinel(draft: Draft, i: int, name: str, values: Floats, extreme: tuple[float, int]) -> Floats:
    value, count = extreme
    draft.notes.append(
        f"{name}: {value:g} occurs {count} times and lies far outside; if it means missing, import it so"
    )
    draft.sentinels.append({"column": i, "value": value, "count": count})
    if abs(value) > FAR:
        draft.guesses.append(
            Guess(
                f"{value:g} in {name}",
                "missing",
                f"{counted(count, 'such value')}; nothing measured is so large",
                (),
                question=True,
            )
        )
        return np.where(np.abs(values) > FAR, np.nan, values)
    ask = Alternative("missing", {"sentinels": [value]})
    evidence = f"it occurs {count} times and lies far outside"
    draft.guesses.append(Guess(f"{value:g} in {name}", "a value", evidence, (ask,), question=True))
    return values


def _text(draft: Draft, i: int, name: str, unit: str | None, absent: int) -> Column:
    codes, cells = draft.raw.codes[i], draft.raw.cells[i]
    present = codes[codes != ABSENT]
    kinds = np.unique(present)
    few = 1 <= len(kinds) <= min(MAX_LABELS, max(len(codes) // 2, 1)) and (kinds >= 0).all()
    if not few:
        return Column(i, name, "text", unit, None, absent)
    names = list(cells.texts)
    at = {int(code): n for n, code in enumerate(kinds)}
    table = np.full(max(len(names), 1) + 4, -1, np.int16)
    for code, n in at.items():
        table[code] = n
    ranges = labelled_ranges(
        np.where(codes >= 0, table[codes], -1).astype(np.int16), [names[int(code)] for code in kinds]
    )
    return Column(i, name, "label", unit, None, absent, labels=ranges)
