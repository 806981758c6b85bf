"""Arrays of a container (NPY, NPZ, MAT, JSON) as columns: which make the table, which axis is time, which number is the rate."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.csv.series_rows import MAX_SERIES, SMOOTHER
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import Table
from mnemoscope.signals.importers.tabular.moments import Moments
from mnemoscope.signals.importers.tabular.typed import Given, table_of
from mnemoscope.signals.series import Floats

MAX_CHANNELS = 16
"""Length up to which the shorter axis of an array is taken for channels without asking."""
_RATE = re.compile(
    r"(?i)(?:.*[._])?(fs|sf|sr|hz|srate|sfreq|freq|frequency|rate|sampl(?:e|ing)_?(?:rate|freq(?:uency)?)|fsamp)"
)
_STEP = re.compile(r"(?i)(?:.*[._])?(dt|delta_?t|t_?step|time_?step|sampl(?:e|ing)_?(?:interval|period)|tsamp)")

Array = NDArray[Any]


def table_of_arrays(
    arrays: Mapping[str, Array],
    facts: dict[str, Any],
    options: ImportOptions,
    *,
    named: bool = True,
    notes: Sequence[str] = (),
) -> Table:
    """The arrays that belong together as a table. named: whether their names are of the file.

    Arrays as long as the largest are its columns; another is chosen by `part`, and the user is asked. A single number named as
    a rate is the rate. Raises ImportFileError.
    """
    notes, guesses = [*notes], list[Guess]()
    rate, evidence = stated_rate(arrays)
    usable = {
        name: array for name, array in ((n, _usable(n, a, notes)) for n, a in arrays.items()) if array is not None
    }
    numeric = [name for name, array in usable.items() if array.dtype.kind in "fiub" and array.size >= 2]
    if not numeric:
        raise ImportFileError(
            "no array of numbers with at least two of them" + (f" ({'; '.join(notes)})" if notes else ""),
            hint="Save one series: `numpy.save('data.npy', x)`.",
        )
    chosen = _chosen(numeric, usable, options, guesses)
    length = _length(chosen, usable[chosen], options, guesses, notes, facts)
    given: list[Given] = []
    for name, array in usable.items():
        together = options.part is None or (usable[chosen].ndim == 1 and array.ndim == 1)
        if name == chosen or (
            together and length in array.shape and (array.ndim == 1 or array.shape[0] != array.shape[1])
        ):
            given += _columns(name, array, length, options, notes, alone=len(usable) == 1, named=named)
    table = table_of(
        given, facts, options, header=named, stated_rate=rate, evidence=evidence, notes=notes, guesses=guesses
    )
    table.report["parts"] = numeric if len(numeric) > 1 else []
    return table


def stated_rate(arrays: Mapping[str, Array]) -> tuple[float | None, str]:
    """A rate in Hz that a single number says, and the words for it."""
    for name, array in arrays.items():
        if array.size != 1 or array.dtype.kind not in "fiu":
            continue
        value = float(array.reshape(-1)[0])
        if np.isfinite(value) and value > 0:
            if _RATE.fullmatch(name):
                return value, f"{name} = {value:g}"
            if _STEP.fullmatch(name):
                return 1 / value, f"{name} = {value:g}"
    return None, ""


def _usable(name: str, array: Array, notes: list[str]) -> Array | None:
    """The array without axes of length one; None, with a note, for what is no series."""
    if array.dtype.kind == "c":
        if array.size > 1:
            notes.append(f"{name}: complex numbers were left out; save its magnitude: `abs({name})`")
        return None
    if array.dtype.kind in "VO":
        notes.append(f"{name}: a structure of several arrays was left out; save one of them by itself")
        return None
    array = array.squeeze()
    if array.ndim > 2:
        notes.append(f"{name}: an array of shape {list(array.shape)} was left out; save one series of it: `{name}[0]`")
        return None
    if array.size < 2 or array.dtype.kind not in "fiubUSMm":
        return None
    return array


def _chosen(numeric: list[str], usable: Mapping[str, Array], options: ImportOptions, guesses: list[Guess]) -> str:
    """The array that decides what the rows are: the user's, else the largest."""
    if options.part is not None:
        if options.part in numeric:
            return options.part
        raise ImportFileError(
            f"there is no array of numbers {options.part!r}",
            hint=f"Choose one of {', '.join(numeric[:20])}.",
            retry=retry(f"Read {numeric[0]}", part=numeric[0]),
        )
    chosen = max(numeric, key=lambda name: usable[name].size)
    length = max(usable[chosen].shape)
    others = [name for name in numeric if length not in usable[name].shape]
    if others:
        evidence = f"the largest of {len(numeric)} arrays; those of its length are columns beside it"
        ways = tuple(Alternative(name, {"part": name}) for name in others[:40])
        guesses.append(Guess("array", chosen, evidence, ways, question=True))
    return chosen


def _length(
    name: str,
    array: Array,
    options: ImportOptions,
    guesses: list[Guess],
    notes: list[str],
    facts: dict[str, Any],
) -> int:
    """How many rows the table has: along which axis of the array time goes."""
    if array.ndim == 1:
        return len(array)
    rows, columns = array.shape
    down = rows >= columns
    if min(rows, columns) > MAX_CHANNELS and array.dtype.kind in "fiub":
        part = array[:200, :2000].astype(np.float64)
        with np.errstate(invalid="ignore"):
            along, across = (float(np.nanmean(np.abs(np.diff(part, axis=axis)))) for axis in (1, 0))
        if along < SMOOTHER * across:
            down = False
        elif across < SMOOTHER * along:
            down = True
    if options.layout in ("columns", "rows"):
        down = options.layout == "columns"
    else:
        ways = ("a column is a channel", "a row is a channel")
        other = Alternative(ways[down], {"layout": "rows" if down else "columns"})
        guesses.append(
            Guess(
                f"axis of time of {name}", ways[not down], f"its shape is [{rows}, {columns}]", (other,),
                question=min(rows, columns) > MAX_CHANNELS or rows == columns,
            )
        )  # fmt: skip
    return rows if down else columns


def _columns(
    name: str, array: Array, length: int, options: ImportOptions, notes: list[str], *, alone: bool, named: bool
) -> list[Given]:
    """One array as columns of `length` rows."""
    if array.ndim == 1:
        return [Given(name if named or not alone else "values", _cells(array))]
    rows, columns = array.shape
    by_rows = options.layout == "rows" if options.layout in ("columns", "rows") and rows != columns else rows != length
    if rows == columns:
        by_rows = options.layout == "rows"
    series = array if by_rows else array.T
    word = "row" if by_rows else "column"
    names = [f"{name} {i + 1}" if named else f"{word} {i + 1}" for i in range(len(series))]
    if options.series is not None and by_rows:
        at = options.series.lower().removeprefix("row").strip()
        if not at.isdecimal() or not 1 <= int(at) <= len(series):
            raise ImportFileError(
                f"there is no row {options.series}; the array has {len(series)}",
                hint=f"Choose a row from 1 to {len(series)}.",
            )
        return [Given(names[int(at) - 1], _cells(series[int(at) - 1]))]
    if by_rows and len(series) > MAX_SERIES:
        notes.append(f"{name}: the first {MAX_SERIES} of {len(series)} rows are channels; say which row for another")
        series = series[:MAX_SERIES]
    return [Given(one, _cells(values)) for one, values in zip(names, series, strict=False)]


def _cells(array: Array) -> Floats | Sequence[str]:
    """Numbers, in float32 where that loses nothing, or texts and dates as a table would have them."""
    if array.dtype.kind in "fiub":
        if np.can_cast(array.dtype, np.float32):
            return np.ascontiguousarray(array).astype(np.float32, copy=False)
        return np.ascontiguousarray(array).astype(np.float64, copy=False)
    if array.dtype.kind == "m":
        seconds: NDArray[np.float64] = array.astype("timedelta64[ns]").astype(np.float64) / 1e9
        return np.where(np.isnat(array), np.nan, seconds)
    if array.dtype.kind == "M":
        return Moments(array)
    if array.dtype.kind == "S":
        return [text.decode("utf-8", "replace").replace("\0", "") for text in array.tolist()]
    return [str(text).replace("\n", " ") for text in array.tolist()]
