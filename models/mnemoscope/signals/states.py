"""A column of states (0 and 1 of a marker, the number of a phase) as the labels of ranges of rows: when it changes, something happens."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.series import Floats, Label

MAX_LABELS = 64
LABEL_LENGTH = 40
SAMPLED = 10_000
BLOCK = 1 << 20
MAX_LABELLED = 20_000
"""Most labelled ranges of a column that is shown; a column with more is no longer readable."""


def events_of(
    name: str, values: Floats, labelled: Mapping[int, tuple[str, object]] = MappingProxyType({})
) -> tuple[Label, ...]:
    """Rows that share a state, of a column of at most MAX_LABELS whole numbers; the commonest is the usual state, left out.

    Raises ImportFileError saying why a column has no events, and which have; `labelled`: columns of labels by index, each with its name.
    """
    hint = f"A column has events where it is text of few kinds, or at most {MAX_LABELS} whole numbers such as 0 and 1."
    if labelled:
        hint += f" Columns of labels: {', '.join(f'{index} ({other})' for index, (other, _) in labelled.items())}."
    known = values[~np.isnan(values)]
    if (known != np.round(known)).any():
        raise ImportFileError(f"{name} holds numbers with fractions, so it is no column of states", hint=hint)
    distinct = len(np.unique(known))
    if distinct > MAX_LABELS:
        raise ImportFileError(f"{name} holds {distinct} different numbers, so it is no column of states", hint=hint)
    if distinct < 2:
        raise ImportFileError(f"{name} never changes, so nothing happens in it", hint=hint)
    found = numbered(values)
    if not found:
        raise ImportFileError(f"{name} changes more than {MAX_LABELLED} times", hint=hint)
    numbers, counts = np.unique(known, return_counts=True)
    usual = f"{numbers[counts.argmax()]:g}" if len(known) > len(values) / 2 else None
    return tuple(label._replace(text=f"{name} {label.text}"[:LABEL_LENGTH]) for label in found if label.text != usual)


def states_in(values: Floats) -> int:
    """How many states a column has; 0 where `events_of` finds none in it."""
    for part in (values[:SAMPLED], values):  # most columns are none of states, and say so at once
        absent = np.isnan(part)
        known = part[~absent] if absent.any() else part
        states = len(np.unique(known))
        if states > MAX_LABELS or (known != np.round(known)).any():
            return 0
    return states if states > 1 and numbered(values) else 0


def numbered(values: Floats) -> tuple[Label, ...]:
    """Ranges of rows that share a value of a column of whole numbers (0 and 1 of an anomaly); of more than MAX_LABELS none."""
    distinct = np.unique(values)
    distinct = distinct[~np.isnan(distinct)]
    if len(distinct) > MAX_LABELS:
        return ()
    codes = np.empty(len(values), np.int16)
    for start in range(0, len(values), BLOCK):  # the places in `distinct` are four times as wide
        part = values[start : start + BLOCK]
        codes[start : start + BLOCK] = np.where(np.isnan(part), -1, np.searchsorted(distinct, part))
    return labelled_ranges(codes, [f"{number:g}" for number in distinct.tolist()])


def labelled_ranges(codes: NDArray[np.int16], names: list[str]) -> tuple[Label, ...]:
    """Neighbouring rows of one label, in order; codes [n] are indices into `names`, -1 for rows without.

    Where every row has a label the commonest is the usual state, which is left out. Of a column with more ranges than
    MAX_LABELLED none is.
    """
    if np.count_nonzero(codes[1:] != codes[:-1]) > 2 * MAX_LABELLED:  # at most every other range is left out
        return ()
    usual = -1
    if len(codes) and len(names) > 1 and (codes >= 0).all():
        usual = int(np.argmax([np.count_nonzero(codes == code) for code in range(len(names))]))
    edges = np.flatnonzero(np.diff(codes)) + 1
    starts, stops = np.concatenate(([0], edges)), np.concatenate((edges, [len(codes)]))
    listed = (codes[starts] >= 0) & (codes[starts] != usual) if len(codes) else np.zeros(1, bool)
    if listed.sum() > MAX_LABELLED:
        return ()
    shown = ["".join(c for c in name if c.isprintable())[:LABEL_LENGTH] for name in names]
    return tuple(Label(int(a), int(b), shown[codes[a]]) for a, b in zip(starts[listed], stops[listed], strict=True))
