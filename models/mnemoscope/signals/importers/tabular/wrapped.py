"""Files whose rows are parts of one series, as seismologists write them: told by how many values they say they have, or by how these go on."""

from __future__ import annotations

import numpy as np

from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.tabular.draft import Draft
from mnemoscope.signals.importers.tabular.sampled import TimeChoice
from mnemoscope.signals.series import Floats

SMOOTHER = 0.5
"""How much less neighbours in a row differ than neighbours in a column."""
JUMP = 2.0
"""How much more the last value of a row and the first of the next may differ than neighbours in a row."""
MIN_ROWS, MIN_COLUMNS = 6, 4
AS_COLUMNS = Alternative("a column is a channel", {"layout": "columns"})


def values_of(draft: Draft) -> Floats:
    """All values of the columns of numbers, row after row, without the missing ones at the end of the last."""
    numeric = [i for i in range(len(draft.raw.names)) if draft.raw.is_numeric(i)]
    values: Floats = np.stack([draft.raw.values[i] for i in numeric], 1).reshape(-1).astype(np.float64)
    end = len(values)
    while end and np.isnan(values[end - 1]):
        end -= 1
    return values[:end]


def goes_on(draft: Draft, choice: TimeChoice | None, samples: int | None) -> bool:
    """Whether rows without names or times are one series; what speaks for it is among the guesses.

    samples: how many values the lines above the data say there are.
    """
    raw = draft.raw
    width = len(raw.names)
    if (
        draft.options.layout is not None
        or draft.sampled.header
        or width < 2
        or (choice is not None and choice.kind != "index")
    ):
        return False
    if not all(raw.is_numeric(i) for i in range(width)):
        return False
    if samples is not None and samples != raw.count:
        if len(values_of(draft)) != samples:
            return False
        draft.guesses.append(
            Guess("layout", "one series over all rows", f"the file says that it has {samples} values", (AS_COLUMNS,))
        )
        return True
    if samples is not None or raw.count < MIN_ROWS or width < MIN_COLUMNS:
        return False
    table = np.stack([values[:1000] for values in raw.values], 1).astype(np.float64)[:-1]
    if not np.isfinite(table).all():
        return False
    along, down = np.abs(np.diff(table, axis=1)).mean(), np.abs(np.diff(table, axis=0)).mean()
    between = np.abs(table[1:, 0] - table[:-1, -1]).mean()
    if not (along < SMOOTHER * down and between <= JUMP * along):
        return False
    evidence = f"{raw.count} rows of {width} values without names, each going on where the one before it ends"
    draft.guesses.append(Guess("layout", "one series over all rows", evidence, (AS_COLUMNS,), question=True))
    return True
