"""The clock of a series: a grid on which its rows lie, or none.

Times are written to a digit, so a row may lie half a digit beside its place: the step of the grid follows from the span, and the
digit says how exactly. A step 1.5 times as long as the grid's or longer is a gap, in which rows are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.counted import counted

Seconds = NDArray[np.float64]
Indices = NDArray[np.int64]

DAY = 86_400.0
YEAR = 31_556_952.0  # seconds of a mean Gregorian year
GAP = 1.5
"""Steps of the grid from which on rows are missing between two rows."""
EVEN = 0.9
"""Share of steps that must fit a grid."""
JITTER = 0.1
"""How far beside the grid a step may be, in steps."""
COMMON = (
    *(
        1,
        2,
        4,
        5,
        8,
        10,
        16,
        20,
        24,
        25,
        30,
        32,
        40,
        50,
        60,
        64,
        75,
        80,
        100,
        120,
        125,
        128,
        150,
        200,
        240,
        250,
        256,
        300,
        360,
        400,
    ),
    *(
        480,
        500,
        512,
        600,
        750,
        800,
        1000,
        1024,
        1200,
        2000,
        2048,
        2500,
        4000,
        4096,
        5000,
        8000,
        10_000,
        12_000,
        16_000,
        20_000,
    ),
    *(24_000, 25_000, 32_000, 40_000, 48_000, 50_000, 96_000, 100_000),
)
RARER = (29.97, 12.5, 37.5, 62.5, 59.94, 700, 1250, 11_025, 22_050, 30_000, 44_100, 23.976)
"""Hz of instruments: the first to be believed among rates that rounded times allow."""
PERIODS = (
    *(
        1,
        2,
        3,
        4,
        5,
        6,
        10,
        12,
        15,
        20,
        30,
        60,
        120,
        180,
        240,
        300,
        360,
        600,
        720,
        900,
        1200,
        1800,
        3600,
        7200,
        10_800,
        14_400,
    ),
    *(21_600, 28_800, 43_200, 86_400, 172_800, 604_800, 1_209_600),
)
"""Seconds between the readings of loggers: believed likewise."""


@dataclass(frozen=True)
class Clock:
    """What the times of a series are like. All durations in seconds."""

    median: float
    shortest: float
    longest: float
    duplicates: int
    backward: int
    gaps: tuple[tuple[int, int], ...]
    """Neighbouring rows between which rows are missing."""
    missing_rows: int
    """Places of the grid inside the gaps."""
    sample_rate: float | None
    """Hz; None where rows lie on no grid."""
    text: str
    """The arithmetic behind `sample_rate`."""
    low: float | None = None
    high: float | None = None
    """Rates that fit the written times as well, Hz; None where they are exact."""
    places: Indices | None = None
    """[n] steps of the grid from the first row, where every row is within the written digit of its place; -1 = no time."""
    otherwise: float | None = None
    """A rate at which no row is missing, where the times allow that too, Hz."""

    @property
    def uncertain(self) -> bool:
        """Whether the written times leave more than half a per cent open."""
        return bool(self.low and self.high and self.sample_rate and self.high - self.low > 0.005 * self.sample_rate)


def clock_of(seconds: Seconds, *, name: str, resolution: float = 0.0, dates: bool = False) -> Clock | None:
    """The clock of times [n] (NaN = unknown); None when fewer than two rows have one.

    resolution: seconds of the last written digit, 0 = exact. dates: whether times are of the calendar, where months and years are
    steps although their days differ.
    """
    finite = np.isfinite(seconds)
    at = None if finite.all() else np.flatnonzero(finite)
    known = seconds if at is None else seconds[at]
    if len(known) < 2:
        return None
    steps = np.diff(known)
    positive = steps[steps > 0] if (steps <= 0).any() else steps
    median = float(np.median(positive)) if len(positive) else 0.0
    backward, duplicates = int((steps < 0).sum()), int((steps == 0).sum())

    def made(rate: float | None, text: str, counts: Indices | None = None, **more: Any) -> Clock:
        wide = np.flatnonzero(counts > 1) if counts is not None else np.zeros(0, np.int64)
        missing = int((counts[wide] - 1).sum()) if counts is not None else 0
        places = None
        if counts is not None and more.pop("exact", False):
            places = np.full(len(seconds), -1, np.int64)
            places[... if at is None else at] = _places(counts)
        more = {"duplicates": duplicates} | more
        gaps = tuple((int(i), int(i + 1)) if at is None else (int(at[i]), int(at[i + 1])) for i in wide)
        return Clock(
            median=median, shortest=float(steps.min()), longest=float(steps.max()), backward=backward, gaps=gaps,
            missing_rows=missing, sample_rate=rate, text=text, places=places, **more,
        )  # fmt: skip

    none = f"steps of {name} vary from {steps.min():g} s to {steps.max():g} s: no single rate"
    if not median or backward > 0.1 * len(steps):
        return made(None, none)
    if dates and backward == duplicates == 0 and (found := _calendar(known)) is not None:
        rate, words, counts = found
        return made(rate, f"{len(counts)} steps of {name}, {words}", counts)
    ones = np.broadcast_to(np.int64(1), len(steps))
    by_rank = _on_grid(known, ones, resolution) if backward == 0 else None
    longer = steps > median + 0.5 * max(resolution, 1e-9 * median)
    if (
        by_rank
        and not duplicates
        and longer.any()
        and float(steps.min()) >= median * (1 - 1e-9)
        and longer.mean() <= 0.2
    ):
        # as well a row missing here and there, which is likelier than a clock that is a little slow
        gapped = _with_gaps(known, steps, median, resolution, strict=True)
        if gapped is not None and gapped[1].max() > 1:
            rate, counts, more = gapped
            return made(rate, _gap_text(name, median, rate, counts), counts, **more, otherwise=by_rank[0])
    if by_rank:
        rate, bounds = by_rank
        span = float(known[-1] - known[0])
        text = f"{len(steps)} steps of {name} in {span:g} s = {rate_in_words(rate)}"
        return made(rate, text, ones, exact=True, duplicates=0 if resolution else duplicates, **bounds)
    if duplicates >= 0.3 * len(steps) and resolution and backward == 0 and (found := _in_groups(known)) is not None:
        rate, counts = found
        text = f"{duplicates} rows repeat the time of the row before, as times written to {resolution:g} s do: {rate_in_words(rate)}"
        return made(rate, text, counts, exact=True, duplicates=0)
    gapped = _with_gaps(known, steps, median, resolution, strict=float(steps.min()) >= median * (1 - 1e-9))
    if gapped is None:
        return made(None, none)
    rate, counts, more = gapped
    return made(rate, _gap_text(name, median, rate, counts), counts, **more)


def _gap_text(name: str, median: float, rate: float, counts: Indices) -> str:
    wide = counts[counts > 1]
    text = f"median step of {name} {median:g} s = {rate_in_words(rate)}"
    return text + (
        f"; {counted(len(wide), 'gap')}, {counted(int((wide - 1).sum()), 'row')} missing" if len(wide) else ""
    )


def _on_grid(
    known: Seconds, counts: Indices, resolution: float, within: tuple[float, float] = (0.0, np.inf)
) -> tuple[float, dict[str, float]] | None:
    """The rate of a grid that every row lies on within the written digit, and the bounds of all such rates.

    counts [n - 1]: steps of the grid from row to row. within: the lowest and the highest rate that can be meant.
    """
    places = _places(counts).astype(np.float64)
    times = known - known[0]
    total, span = float(places[-1]), float(times[-1])
    if total <= 0 or span <= 0:
        return None
    centred = places - places.mean()
    step = float(centred @ times / (centred @ centred))
    del centred
    slack = resolution * (1 + 1e-6) + 1e-9 * span
    low, high = max(total / (span + slack), within[0]), min(total / max(span - slack, 0.5 * span), within[1])
    if low > high:
        return None
    if float(np.ptp(np.diff(times) / counts)) <= 1e-9 * span:  # written exactly
        rate = next(iter(_likely(1 / step, (1 - 1e-6) / step, (1 + 1e-6) / step)), 1 / step)
        return rate, {}

    def fits(rate: float, more: float = 1.0) -> bool:
        return float(np.ptp(times - places / rate)) <= more * slack

    rate = next((rate for rate in _likely(1 / step, low, high) if fits(rate)), 1 / step)
    if not fits(rate, 1.05) or not low * (1 - 1e-9) <= rate <= high * (1 + 1e-9):
        return None
    exact = high - low < 1e-6 * rate
    return rate, {} if exact else {"low": low, "high": high}


def _places(counts: Indices) -> Indices:
    """Steps of the grid from the first row [n], of those from row to row [n - 1]."""
    places = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=places[1:])
    return places


def _likely(rate: float, low: float, high: float) -> list[float]:
    """Rates between low and high in the order in which they are to be believed; `rate` is the best fit."""
    periods = [1 / period for period in PERIODS]
    found: list[float] = []
    for group in (COMMON, periods, RARER):
        found += sorted((float(one) for one in group if low <= one <= high), key=lambda one: abs(one - rate))
    found += [
        round(rate, digits) for digits in range(7) if low <= round(rate, digits) <= high and round(rate, digits) > 0
    ]
    found += [1 / float(f"{1 / rate:.{digits}g}") for digits in range(1, 16)]
    return [one for one in found if low <= one <= high]


def _in_groups(known: Seconds) -> tuple[float, Indices] | None:
    """Rows that share a written time, the same number of them each time: rate and steps from row to row."""
    stamps, sizes = np.unique(known, return_counts=True)
    inner = sizes[1:-1]
    if len(inner) < 2:
        return None
    usual = int(np.bincount(inner).argmax())
    apart = np.diff(stamps)
    step = float(np.median(apart))
    if usual < 2 or (inner > usual).any() or (inner == usual).mean() < 0.7:
        return None
    between = np.round(apart / step).astype(np.int64)
    if (between < 1).any() or np.abs(apart - between * step).max() > 0.01 * step:
        return None
    counts = np.ones(len(known) - 1, np.int64)
    ends = np.cumsum(sizes)[:-1] - 1
    absent = usual - sizes[:-1]
    absent[0] = 0  # the first group may have begun before the file
    counts[ends] = 1 + absent + usual * (between - 1)
    return float(f"{usual / step:.9g}"), counts


def _with_gaps(
    known: Seconds, steps: Seconds, median: float, resolution: float, *, strict: bool = False
) -> tuple[float, Indices, dict[str, Any]] | None:
    """A grid with missing rows, or rows a little beside it: rate, steps from row to row, further facts.

    strict: a step that the written digit alone would explain is a gap all the same.
    """
    present = steps[steps > 0]
    near = present[np.abs(present - median) <= max(1.01 * resolution, JITTER * median)]
    step = float(near.mean()) if len(near) else median
    counts = np.ones(len(steps), np.int64)
    for _ in range(3):
        counts = np.maximum(np.floor(steps / step + 2 - GAP), 1).astype(np.int64)
        if not strict:  # a step that the written digit alone explains is no gap
            counts[(counts == 2) & (steps <= step + 1.01 * resolution) & (step < 2 * resolution)] = 1
        singles = steps[(counts == 1) & (steps > 0)]
        if not len(singles):
            return None
        step = float(singles.mean())
    fits = np.abs(steps - counts * step) <= 1.01 * resolution + JITTER * step
    coarse = resolution > 0.3 * step
    if (not coarse and fits.mean() < EVEN) or (counts == 1).mean() < 0.5:
        return None
    edges = np.flatnonzero(np.concatenate(([True], (counts > 1) | (steps <= 0), [True])))
    longest = int(np.diff(edges).argmax())
    run = slice(int(edges[longest]), int(edges[longest + 1]))
    if run.stop - run.start >= 3:
        alone = _on_grid(known[run], np.ones(run.stop - run.start - 1, np.int64), resolution)
        if alone is not None:
            near = 1e-6 * alone[0]
            within = (alone[1].get("low", alone[0] - near), alone[1].get("high", alone[0] + near))
            whole = _on_grid(known, counts, resolution, within) if (steps > 0).all() else None
            if whole is not None:
                return whole[0], counts, {"exact": True, **whole[1]}
            return alone[0], counts, alone[1]
    if coarse:
        return None
    usual = steps[(counts == 1) & fits & (steps > 0)]
    return 1 / float(usual.mean()), counts, {}


def _calendar(known: Seconds) -> tuple[float, str, Indices] | None:
    """Months, quarters or years as steps: rate, words and months counted in steps; None for anything shorter.

    `known` are seconds from any midnight of the calendar's first row; only the lengths of the steps are looked at.
    """
    steps = np.diff(known) / DAY
    months = np.round(steps / 30.436875).astype(np.int64)
    if (
        (months < 1).any()
        or np.abs(steps - months * 30.436875).max() > 3.1 + 0.02 * months.max()
        or (steps < 27.9).any()
    ):
        return None
    usual = int(np.median(months))
    if (months == usual).mean() < EVEN - 0.2 or (months % usual).any():
        return None
    if usual == 1 and float(np.ptp(steps)) < 0.5 and not steps.mean() > 28.5:
        return None  # every four weeks
    if usual == 1 and float(np.ptp(steps)) == 0 and len(steps) > 2:
        return None
    words = {1: "one per month", 3: "one per quarter", 6: "one per half year", 12: "one per year"}.get(
        usual, f"one per {usual} months"
    )
    return 12 / usual / YEAR, words, months // usual


def rate_in_words(rate: float) -> str:
    """A rate as people say it: "360 Hz", "1 per 30 min"."""
    if rate >= 0.5:
        return f"{rate:.6g} Hz"
    period = 1 / rate
    for name, length in (
        ("year", YEAR),
        ("month", YEAR / 12),
        ("week", 7 * DAY),
        ("day", DAY),
        ("h", 3600.0),
        ("min", 60.0),
        ("s", 1.0),
    ):
        if period >= length * (1 - 1e-9):
            units = period / length
            if abs(units - round(units)) < 1e-4 * units or name == "s":
                return f"1 per {name}" if abs(units - 1) < 1e-4 else f"1 per {units:.6g} {name}"
    return f"1 per {period:.6g} s"
