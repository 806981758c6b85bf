"""Channels with clocks of their own, as recorders write them: every channel its rate, labels by their times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.clock import Clock, clock_of, rate_in_words
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.completed import complete
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Guess
from mnemoscope.signals.importers.table import Column, Table
from mnemoscope.signals.importers.tabular.columns import figures, narrowed
from mnemoscope.signals.series import Label
from mnemoscope.signals.states import LABEL_LENGTH, MAX_LABELLED

MAX_VALUES = 100_000_000
"""Values of all channels of a file."""


@dataclass
class Channel:
    """One channel: values [n] with NaN for missing, at `sample_rate` Hz or at `time` [n] in seconds."""

    name: str
    values: NDArray[np.float64] | NDArray[np.float32]
    unit: str | None = None
    sample_rate: float | None = None
    time: NDArray[np.float64] | None = None


@dataclass
class Event:
    """A label of a file, in seconds from its beginning."""

    onset: float
    duration: float
    text: str


def table_of(
    channels: Sequence[Channel],
    facts: dict[str, Any],
    options: ImportOptions,
    *,
    rate_source: str,
    events: Mapping[str, Sequence[Event]] | None = None,
    notes: Sequence[str] = (),
    guesses: Sequence[Guess] = (),
) -> Table:
    """The channels as columns; the rows of the file are those of its fastest channel. `events` become columns of labels.

    rate_source: the words behind the rate, for people. Raises ImportFileError where nothing is to be seen.
    """
    notes = [*notes, *options.notes()]
    channels = [channel for channel in channels if len(channel.values) >= 2]
    if not channels:
        raise ImportFileError("the file holds no channel with two samples", hint="Choose a file with a signal in it.")
    fastest = max((c.sample_rate for c in channels if c.sample_rate), default=None)
    main = max(
        (c for c in channels if c.sample_rate == fastest), key=lambda channel: len(channel.values), default=channels[0]
    )
    factor = 1.0
    rate = fastest
    if options.sample_rate is not None:
        rate, factor = options.sample_rate, options.sample_rate / fastest if fastest else 1.0
        rate_source = f"{rate_in_words(rate)}, as entered"
    time = None if main.time is None else main.time / factor
    clock = _clock(main, time)
    columns = [_column(i, channel, main, factor, options, time, rate) for i, channel in enumerate(channels)]
    for name, found in (events or {}).items():
        said = [event for event in found if event.text.strip()]
        labels = _labels(said, rate, factor, time, len(main.values))
        if len(labels) < len(said):
            notes.append(f"{name}: {len(said) - len(labels)} of {len(said)} labels lie outside of the signal")
        if len(labels) > MAX_LABELLED:
            notes.append(f"{name}: {len(labels)} labels, more than can be shown; they were left out")
        elif labels:
            columns.append(Column(len(columns), name, "label", None, None, labels=labels))
    if all(c.values is None or c.missing == len(c.values) for c in columns):
        raise ImportFileError("no channel holds a number: every sample is missing", hint="Choose another file.")
    if clock is not None and clock.gaps:
        notes.append(
            f"{counted(len(clock.gaps), 'gap')} with {counted(clock.missing_rows, 'missing row')}: longest {clock.longest:g} s; nothing was filled in"
        )
    return complete(
        Table(columns, time, clock),
        facts,
        rows=len(main.values),
        sample_rate=rate,
        rate_source=rate_source,
        guesses=guesses,
        notes=notes,
    )


def _clock(channel: Channel, time: NDArray[np.float64] | None) -> Clock | None:
    return None if time is None else clock_of(time, name=channel.name)


def _column(
    index: int,
    channel: Channel,
    main: Channel,
    factor: float,
    options: ImportOptions,
    time: NDArray[np.float64] | None,
    rate: float | None,
) -> Column:
    values = channel.values
    infinite = np.isinf(values)
    if infinite.any():
        if options.infinite != "missing":
            raise ImportFileError(
                f"{counted(int(infinite.sum()), 'infinite value')}",
                where=f"sample {int(np.argmax(infinite)) + 1}, channel {channel.name}",
                hint="Replace them, or import with infinite values as missing.",
                retry=retry("Treat infinite values as missing", infinite="missing"),
            )
        values = np.where(infinite, np.nan, values)
    for number in options.sentinels:
        values = np.where(values == number, np.nan, values)
    low, high, mean = figures(values)
    own = channel is not main and (
        channel.sample_rate != main.sample_rate
        or len(channel.values) != len(main.values)
        or (channel.time is not None and main.time is not None and not np.array_equal(channel.time, main.time))
    )
    own_rate = channel.sample_rate * factor if channel.sample_rate else None
    own_time = None if channel.time is None else channel.time / factor
    gaps: tuple[tuple[int, int], ...] = ()
    if own and own_time is not None and (clock := clock_of(own_time, name=channel.name)) is not None:
        gaps, own_rate = clock.gaps, own_rate or clock.sample_rate
    return Column(
        index,
        channel.name,
        "value",
        channel.unit,
        narrowed(values),
        int(np.isnan(values).sum()),
        low,
        high,
        mean,
        sample_rate=own_rate if own else None,
        time=own_time if own else None,
        gaps=gaps,
    )


def _labels(
    events: Sequence[Event], rate: float | None, factor: float, time: NDArray[np.float64] | None, rows: int
) -> tuple[Label, ...]:
    """Events as ranges of the file's rows, at least one row long; none where rows have no time."""

    def row(seconds: float) -> int:
        if time is not None:
            return int(np.searchsorted(time, seconds - 1e-9))
        return round(seconds * (rate or 0.0))

    if rate is None and time is None:
        return ()
    found: list[Label] = []
    for event in sorted(events, key=lambda event: event.onset):
        start, stop = row(event.onset / factor), row((event.onset + event.duration) / factor)
        if 0 <= start < rows:
            text = "".join(c for c in event.text.strip() if c.isprintable())[:LABEL_LENGTH]
            found.append(Label(start, min(max(stop, start + 1), rows), text))
    return tuple(found)


def unique_names(names: Sequence[str]) -> list[str]:
    """The names, numbered where they repeat."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
