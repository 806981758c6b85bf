"""One channel of a measured series, and its preparation for a model: window, missing values, resampling, scaling.

Each step is one small function, reported in `Prepared` and stored in the recording, so that a link reproduces it. Nothing
is filled in without being asked for, and raw = value · scale + offset always leads back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mnemoscope.errors import ImportFileError, SignalError
from mnemoscope.format.entries import Event
from mnemoscope.signals.counted import counted

Missing = Literal["hold", "linear", "drop"]
Scaling = Literal["zscore", "robust", "none"]

Floats = NDArray[np.float32] | NDArray[np.float64]

FILLED = {"hold": "repeat the number before", "linear": "lie on a straight line", "drop": "were left out"}
IQR_OF_NORMAL = 1.349  # interquartile range of a normal distribution with standard deviation 1
MAX_STEPS = 10_000_000  # samples after resampling
LARGEST = float(np.finfo(np.float32).max)
"""Models compute in 32 bits: a number beyond is none."""
MAX_FACTOR = 1000
HEART_RATE = 36.0
"""Hz at which one heartbeat is about one segment of 24 steps."""
FAST_HZ = 100.0


class Label(NamedTuple):
    """A label of a range of a series: rows (of a Series) or steps (of Prepared) `start … stop`, stop excluded."""

    start: int
    stop: int
    text: str


@dataclass(frozen=True)
class Series:
    """One channel as it was measured; `len(series)` is its number of rows n."""

    name: str
    values: Floats
    """[n]; NaN = missing. float64 where float32 would lose steps of the values."""
    time: NDArray[np.float64] | None = None
    """[n] seconds from the first row; None = unknown."""
    sample_rate: float | None = None
    """Hz; None = unknown or uneven."""
    unit: str | None = None
    gaps: tuple[tuple[int, int], ...] = ()
    """Neighbouring rows between which rows are missing."""
    labels: tuple[Label, ...] = ()
    """Labels of ranges of rows, in order."""
    source: dict[str, Any] = field(default_factory=dict[str, Any])
    """Where it came from: detected format, sha256 of the file …"""
    beside: tuple[Series, ...] = ()
    """Further channels of the same file, shown and never heard (beside.py)."""

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Prepared:
    """What a model sees. raw = values · scaling["scale"] + scaling["offset"]."""

    values: NDArray[np.float32]
    """[steps], finite."""
    sample_rate: float | None
    """Steps per second; None = unknown."""
    scaling: dict[str, Any]
    """{"method", "offset", "scale"}"""
    raw: Floats
    """The window as it is in the file, NaN = missing."""
    source: dict[str, Any]
    """Series.source with what was done: window, missing, resampling."""
    warnings: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    """Labels of ranges of steps, in order."""
    seconds: NDArray[np.float64] | None = None
    """[steps] when each step is, on the clock of the series; its rows where the series has no clock."""
    rows: NDArray[np.int64] | None = None
    """[steps] row of the series that each step is; None where steps lie between rows."""

    @property
    def steps(self) -> int:
        return len(self.values)

    def first(self, steps: int) -> Prepared:
        """Its first steps alone, scaled as all of them were."""
        return replace(
            self,
            values=self.values[:steps],
            labels=tuple(label._replace(stop=min(label.stop, steps)) for label in self.labels if label.start < steps),
            seconds=None if self.seconds is None else self.seconds[:steps],
            rows=None if self.rows is None else self.rows[:steps],
        )

    @property
    def events(self) -> list[Event]:
        """`labels` as events of an episode."""
        return [Event(a, b, "label", text) for a, b, text in self.labels]


def labels_of(known: Mapping[int, tuple[str, tuple[Label, ...]]], column: int | None) -> tuple[Label, ...]:
    """Labels of the rows by a column; `known` has name and labels of the columns that have any, None asks for none.

    Raises ImportFileError for a column without labels.
    """
    if column is None:
        return ()
    if column not in known:
        names = ", ".join(f"{index} ({name})" for index, (name, _) in known.items()) or "none in this file"
        raise ImportFileError(f"column {column} holds no labels", hint=f"Columns of labels: {names}.")
    return known[column][1]


def require_single(name: str, values: ArrayLike, *, first: int = 0) -> None:
    """Raises SignalError for a number beyond LARGEST in rows `first` … of a series, with its row."""
    if (beyond := np.abs(np.asarray(values, np.float64)) > LARGEST).any():
        raise SignalError(
            f"{name}: the number in row {first + int(beyond.argmax())} is beyond {LARGEST:.1e}, where 32 bits end; "
            "choose another window, or another unit"
        )


def prepare(
    series: Series,
    *,
    start: int = 0,
    stop: int | None = None,
    sample_rate: float | None = None,
    missing: Missing = "hold",
    scaling: Scaling = "zscore",
) -> Prepared:
    """Cut rows `start … stop` (stop excluded), treat missing values, resample to `sample_rate` Hz (None: as is), scale.

    Raises SignalError when the window is empty, holds no number or one beyond LARGEST, and when resampling needs a rate nobody knows.
    """
    stop = len(series) if stop is None else stop
    if not 0 <= start < stop <= len(series) or stop - start < 2:
        raise SignalError(
            f"the window {start} … {stop} does not hold two of the series' {len(series)} rows; "
            f"choose it inside 0 … {len(series)}"
        )
    warnings: list[str] = []
    raw = series.values[start:stop]
    values = raw.astype(np.float64)
    time = None if series.time is None else series.time[start:stop]
    gaps = sum(start <= i and j < stop for i, j in series.gaps)
    absent = int(np.isnan(values).sum())
    if absent == len(values):
        raise SignalError(
            f"{series.name}: all {absent} rows of the window are missing; choose another window or channel"
        )
    require_single(series.name, values, first=start)
    if missing not in FILLED:
        raise SignalError(f"missing must be hold, linear or drop, got {missing!r}")
    if absent:
        warnings.append(f"{absent} of {len(values)} values are missing and {FILLED[missing]}")
    rate = series.sample_rate
    rows: NDArray[np.int64] | None = None
    if sample_rate is not None and rate is not None and gaps and time is not None:
        values, places = _on_grid(values, time, rate, missing, warnings)
        values = resample(values, rate, sample_rate)
        places, rate = places * (sample_rate / rate), sample_rate
        seconds = time[np.isfinite(time)][0] + np.arange(len(values)) / sample_rate
    elif sample_rate is not None and rate is None and time is not None:
        even = _regular(values, time, sample_rate, missing, warnings)
        began = time[np.isfinite(time) & ~np.isnan(values)][0]
        places = (time - began) * sample_rate
        values, rate = even, sample_rate
        seconds = began + np.arange(len(values)) / sample_rate
    else:
        if gaps:
            warnings.append(
                f"{counted(gaps, 'gap')} in the times inside this window; unless resampled, steps close over them"
            )
        # The step that each row becomes: of a row that is left out the next one.
        places = np.arange(len(values)) if missing != "drop" else np.cumsum(~np.isnan(values)) - ~np.isnan(values)
        kept = start + (np.flatnonzero(~np.isnan(values)) if missing == "drop" else np.arange(len(values)))
        values = fill(values, missing)
        if sample_rate is not None:
            values = resample(values, rate, sample_rate)
            between = np.interp(np.arange(len(values)) * (rate or 1.0) / sample_rate, np.arange(len(kept)), kept)
            seconds = seconds_of(series, between)
            places = places * (sample_rate / rate) if rate else places
            rate = sample_rate
        else:
            rows, seconds = kept, seconds_of(series, kept)
    scaled, parameters = scale(values, scaling)
    if np.ptp(values) == 0:
        warnings.append("the window is constant: there is nothing to remember but one number")
    done = {"window": [start, stop], "missing": missing, "missing_values": absent, "resampled_to": sample_rate}
    labels = _placed(series.labels, start, places, len(scaled))
    source = dict(series.source) | done
    return Prepared(scaled, rate, parameters, raw, source, tuple(warnings), labels, seconds, rows)


def seconds_of(series: Series, rows: NDArray[Any]) -> NDArray[np.float64]:
    """When rows of a series are (fractions lie between two of them); the rows themselves where it has no clock."""
    if series.time is not None:
        return np.interp(rows, np.arange(len(series)), series.time)
    return np.asarray(rows, np.float64) / (series.sample_rate or 1.0)


def _placed(labels: tuple[Label, ...], first: int, places: NDArray[Any], steps: int) -> tuple[Label, ...]:
    """Labels of rows as labels of steps, at least one step long; places [n] are the steps of rows first, first + 1, …"""
    found: list[Label] = []
    for start, stop, text in labels:
        a, b = max(start - first, 0), min(stop - first, len(places))
        if a >= b or not np.isfinite(places[[a, b - 1]]).all():
            continue
        step, last = (min(max(round(float(places[row])), 0), steps - 1) for row in (a, b - 1))
        found.append(Label(step, max(step, last) + 1, text))
    return tuple(found)


def fill(values: NDArray[np.float64], missing: Missing) -> NDArray[np.float64]:
    """Treat NaN. hold: the number before (at the start the one after); linear: a straight line; drop: left out."""
    known = ~np.isnan(values)
    if known.all():
        return values
    if missing == "drop":
        return values[known]
    if missing == "hold":
        index = np.where(known, np.arange(len(values)), -1)
        index = np.maximum.accumulate(index)
        return values[np.where(index < 0, np.argmax(known), index)]
    at = np.arange(len(values))
    return np.interp(at, at[known], values[known])


def resample(values: NDArray[np.float64], rate: float | None, to: float) -> NDArray[np.float64]:
    """Evenly sampled values at `rate` Hz -> at `to` Hz, without aliasing (polyphase filter, scipy's resample_poly).

    Raises SignalError when `rate` is unknown or the result would be absurdly long or short.
    """
    if rate is None:
        raise SignalError("resampling needs the sampling rate of the file, which is unknown; enter it first")
    if not (np.isfinite(to) and to > 0):
        raise SignalError(f"the rate to resample to must be a positive number of Hz, got {to}")
    wanted = len(values) * to / rate
    if not 2 <= wanted <= MAX_STEPS:
        raise SignalError(
            f"resampling {len(values)} values from {rate:g} Hz to {to:g} Hz would make {wanted:.3g} steps; "
            f"choose a rate between {2 * rate / len(values):.3g} and {MAX_STEPS * rate / len(values):.3g} Hz"
        )
    ratio = Fraction(to / rate).limit_denominator(MAX_FACTOR)
    if ratio == 1:
        return values
    if ratio == 0 or ratio.numerator > MAX_FACTOR or abs(float(ratio) * rate / to - 1) > 1e-4:
        return _interpolated(values, rate, to)
    from scipy.signal import resample_poly

    return resample_poly(values, ratio.numerator, ratio.denominator, padtype="line")


def _interpolated(values: NDArray[np.float64], rate: float, to: float) -> NDArray[np.float64]:
    """Odd ratios: bring the rate below with whole factors (filtered), then straight lines."""
    down = max(1, int(rate / to))
    if down > 1:
        from scipy.signal import resample_poly

        values, rate = resample_poly(values, 1, down, padtype="line"), rate / down
    count = max(2, int(np.floor((len(values) - 1) * to / rate)) + 1)
    return np.interp(np.arange(count) * rate / to, np.arange(len(values)), values)


def rate_for_models(unit: str | None, sample_rate: float | None) -> float | None:
    """Hz to resample to before a model hears it: a fast series in millivolts is taken for an ECG, of which a segment as it is
    would hold a fraction of a beat. None: as it is.
    """
    return HEART_RATE if unit == "mV" and sample_rate is not None and sample_rate >= FAST_HZ else None


def with_rate(series: Series, rate: float) -> Series:
    """The same rows when somebody who knows says their rate, in Hz: they stay where they lie on the grid, and gaps stay gaps.

    Channels beside it that have its clock follow; those with one of their own keep it.
    """
    beside = tuple(with_rate(other, rate) if same_clock(series, other) else other for other in series.beside)
    if series.time is None or series.sample_rate is None:
        return replace(series, sample_rate=rate, beside=beside)
    return replace(series, sample_rate=rate, time=series.time * (series.sample_rate / rate), beside=beside)


def same_clock(series: Series, other: Series) -> bool:
    """Whether each row of the one was measured when that row of the other was."""
    if len(series) != len(other) or series.sample_rate != other.sample_rate:
        return False
    if series.time is None or other.time is None:
        return series.time is other.time
    return series.time is other.time or np.array_equal(series.time, other.time, equal_nan=True)


def _on_grid(
    values: NDArray[np.float64], time: NDArray[np.float64], rate: float, missing: Missing, warnings: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Every row at its own time on a grid of `rate` Hz, the places of missing rows treated as asked; and where the rows lie."""
    usable = np.isfinite(time)
    if not usable.any() or (np.diff(time[usable]) < 0).any():
        raise SignalError(
            "time runs back inside this window, so it cannot be resampled; choose a window where it rises"
        )
    places: NDArray[np.float64] = (time - time[usable][0]) * rate
    at: NDArray[np.int64] = np.round(places[usable]).astype(np.int64)
    count = int(at[-1]) + 1
    if not 2 <= count <= MAX_STEPS:
        raise SignalError(f"a grid of {rate:g} Hz would have {count} steps; choose a shorter window or another rate")
    grid = np.full(count, np.nan)
    grid[at] = values[usable]
    measured = int((~np.isnan(grid)).sum())
    warnings.append(f"{measured} of {count} values are measured; {count - measured} are missing and {FILLED[missing]}")
    return fill(grid, missing), places


def _regular(
    values: NDArray[np.float64], time: NDArray[np.float64], rate: float, missing: Missing, warnings: list[str]
) -> NDArray[np.float64]:
    """Uneven times -> an even grid by straight lines; grid points inside a gap are missing and treated as asked."""
    usable = np.isfinite(time)
    time, values = time[usable], values[usable]
    if len(time) < 2 or (np.diff(time) < 0).any():
        raise SignalError(
            "time runs back inside this window, so it cannot be resampled; choose a window where it rises"
        )
    keep = np.concatenate(([True], np.diff(time) > 0))
    time, values = time[keep], values[keep]
    known = ~np.isnan(values)
    if known.sum() < 2:
        raise SignalError("fewer than two values of this window have a time; choose another window")
    time, values = time[known], values[known]
    count = int((time[-1] - time[0]) * rate) + 1
    if not 2 <= count <= MAX_STEPS:
        raise SignalError(f"a grid of {rate:g} Hz would have {count} steps; choose another rate")
    grid: NDArray[np.float64] = time[0] + np.arange(count) / rate
    result = np.interp(grid, time, values)
    steps = np.diff(time)
    after = np.clip(np.searchsorted(time, grid, side="right"), 1, len(steps))
    inside = (steps[after - 1] > 2 * np.median(steps)) & (np.abs(grid - time[after - 1]) > np.median(steps))
    if missing != "linear":
        result[inside] = np.nan
    warnings.append(
        f"the times are uneven: {len(time)} measured values, straight lines between them on a grid of {rate:g} Hz ({count} values); "
        "details shorter than a step can alias"
        + (f"; {int(inside.sum())} grid points lie in gaps" if inside.any() else "")
    )
    return fill(result, missing)


def scale(values: ArrayLike, method: Scaling) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Scaled float32 values and {"method", "offset", "scale"}; raw = value · scale + offset.

    zscore: mean and standard deviation; robust: median and interquartile range / 1.349. Constants give 0, not NaN.
    """
    values = np.asarray(values, np.float64)
    if method == "none":
        offset, width = 0.0, 1.0
    elif method == "zscore":
        offset, width = float(values.mean()), float(values.std())
    elif method == "robust":
        low, offset, high = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
        width = (high - low) / IQR_OF_NORMAL or float(values.std())
    else:
        raise SignalError(f"scaling must be zscore, robust or none, got {method!r}")
    if not width > 1e-12 * max(1.0, abs(offset)):
        width = 1.0
    return ((values - offset) / width).astype(np.float32), {"method": method, "offset": offset, "scale": width}


def rescaled(prepared: Prepared, known: Mapping[str, dict[str, Any]]) -> Prepared:
    """The same window as a file was scaled before, by its sha256; itself where nothing is known of the file."""
    scaling = known.get(str(prepared.source.get("sha256")))
    if scaling is None:
        return prepared
    raw = np.asarray(prepared.values, np.float64) * prepared.scaling["scale"] + prepared.scaling["offset"]
    values = ((raw - scaling["offset"]) / scaling["scale"]).astype(np.float32)
    return replace(prepared, values=values, scaling=scaling)


def decimate(values: ArrayLike, points: int) -> list[float | None]:
    """At most `points` numbers for a picture: smallest, then largest of each bucket; None where all is missing."""
    array = np.asarray(values)
    array = array if array.dtype.kind == "f" else array.astype(np.float64)
    if len(array) > points:
        edges = np.linspace(0, len(array), points // 2 + 1).astype(np.int64)[:-1]
        array = np.stack((np.fmin.reduceat(array, edges), np.fmax.reduceat(array, edges)), 1).reshape(-1)
    return [None if np.isnan(v) else float(f"{v:.7g}") for v in array]
