"""A measurement as the page shows it, while it grows: replays after every delay, prices, the ledger, other segments, contents."""

import time
from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.measuring import price
from mnemoscope.measuring.retention import behaviour, content, looks, order, subjects, windows
from mnemoscope.measuring.retention.measure import checked, longest, missing, untrained
from mnemoscope.measuring.retention.rows import LEVELS, horizons
from mnemoscope.measuring.retention.subjects import Subject
from mnemoscope.measuring.retention.windows import Windows
from mnemoscope.running import followed
from mnemoscope.running.retention_report import Known, Report, named
from mnemoscope.tasks import SignalRecall

LAGS = (1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 120)
"""Steps ago at which contents are read out."""
SEGMENTS = (4, 8, 16, 24, 32, 48, 64)
"""Steps to hold at which the error is measured too, after a few of the delays."""
GRID = (10, 40, 80, 120, 200, 400)
"""The delays that are taken for that: those measured that are nearest to these."""
REPORT_SECONDS = 0.25
"""Shortest time between two reports: drawing the figures takes a tenth of it."""
MIN_LAGS = 8

Growing = Generator[Known | None, None, None]


def measured(
    names: Sequence[str],
    values: NDArray[np.floating] | None = None,
    *,
    signal: str = "held-out mixtures",
    segment: int = behaviour.SEGMENT,
    delays: Sequence[int] | None = None,
    segments: Sequence[int] = SEGMENTS,
    count: int = windows.WINDOWS,
    contents: bool = True,
    device: str = "cpu",
) -> Generator[Known | None, None, Known]:
    """Measure how long a signal is remembered -> all that is known, as plain data; on the way, what is known so far.

    values: a z-scored series [step]; None for held-out mixtures. segments: other steps to hold, each measured at a few of the
    delays; contents: also what a linear read-out gets from the memory. None is yielded every few milliseconds, so that a worker can
    serve others. The fields are those of the server's Retention. Raises what `retention` raises.
    """
    checked([segment, *segments], delays, count)
    loaded = {name: store.load(name, device=device) for name in names}
    chosen = subjects.subjects(list(loaded.values()), SignalRecall.name, device=device)
    of = _windows(values, delays, segment, count)
    facts: Known = {
        "models": [named(subject) for subject in chosen],
        "references": [{"id": name, "label": label} for name, label in looks.REFERENCES.items()],
        "trained_delay": next(o.trained[1] for o in SignalRecall.options if o.name == "delay" and o.trained),
        "example": [round(float(value), 5) for value in of.values[0, : of.steps[0]]],
    }
    report = Report(facts, signal, segment, [subject.name for subject in chosen])
    yield from _delays(report, chosen, of, delays, device)
    for subject in chosen:
        report.prices.append(_price(subject))
        yield None
    yield report.known("delays", len(report.measured()), len(report.measured()))
    yield from _ledger(report, chosen, loaded, device)
    yield from _segments(report, chosen, values, segments, count, device)
    if contents:
        yield from _contents(report, chosen, values, device)
    return report.known(None)


def _windows(values: NDArray[np.floating] | None, delays: Sequence[int] | None, segment: int, count: int) -> Windows:
    shortest, last = delays or order.COARSE[:1], longest(delays)
    if values is None:
        return windows.make(None, shortest, segment, count=count, longest=last)
    return windows.make(values, shortest, segment, count=count, longest=last, scaling="none")


def _delays(
    report: Report, chosen: Sequence[Subject], of: Windows, delays: Sequence[int] | None, device: str
) -> Growing:
    """The error of the replay after every delay."""
    planned, reported = order.POINTS if delays is None else len(set(delays)), 0.0
    for row in behaviour.rows(chosen, of, delays=delays, segment=report.segment, device=device):
        if row is None:
            yield None
            continue
        report.rows.append(row)
        if row.checkpoint is not None and time.perf_counter() - reported > REPORT_SECONDS:
            yield report.known("delays", len(report.measured()), planned)
            reported = time.perf_counter()
    report.notes += missing(delays, [report.segment], report.rows)


def _ledger(report: Report, chosen: Sequence[Subject], loaded: dict[str, LoadedModel], device: str) -> Growing:
    """What the ledger says at every delay, and the causes at the first delay that is lost, or the longest."""
    models = {subject.name: loaded[subject.checkpoint.split(",")[0]] for subject in chosen if subject.checkpoint}
    delays = sorted({row.delay for row in report.rows})
    lost = {horizon.model: horizon.above for horizon in horizons(report.rows) if horizon.level == LEVELS[-1]}
    dies = {name: lost.get(name) or delays[-1] for name in models}
    done = 0
    work = followed.follow(models, report.facts["example"], report.segment, delays, dies, device=device)
    for found in work:
        if found is None:
            yield None
            continue
        done += 1
        report.followed, report.causes = [row.to_json() for row in found[0]], found[1]
        yield report.known("ledger", done, len(delays))


def _segments(
    report: Report,
    chosen: Sequence[Subject],
    values: NDArray[np.floating] | None,
    segments: Sequence[int],
    count: int,
    device: str,
) -> Growing:
    """The error of the replay of other segments, after a few of the delays; a segment that the signal has no room for is left out."""
    known = report.measured()
    delays = sorted({min(known, key=lambda delay: abs(np.log1p(delay) - np.log1p(wanted))) for wanted in GRID})
    others = sorted(set(segments) - {report.segment})
    room = [one for one in others if values is None or len(values) >= windows.needed(one, delays[0])]
    for done, segment in enumerate(room):
        yield report.known("segments", done, len(room))
        of = _windows(values, delays, segment, count)
        work = behaviour.rows(chosen, of, delays=delays, segment=segment, with_references=False, device=device)
        for row in work:
            if row is None:
                yield None
            else:
                report.grid.append(row)
    report.notes += untrained([*report.rows, *report.grid])


def _contents(report: Report, chosen: Sequence[Subject], values: NDArray[np.floating] | None, device: str) -> Growing:
    """What is read out of every bank and whole state at LAGS, and the capacities; fewer lags of a short series."""
    series = None if values is None else np.asarray(values, np.float64)
    most = content.LONGEST if series is None else min(content.LONGEST, len(series) // 3 - 8)
    if most < MIN_LAGS:
        report.notes.append(f"the signal has {len(series or ())} steps: too few to read out what a memory holds of it")
        return
    heard = content.sequences(series, most)
    if len(heard) < content.SEQUENCES:
        report.notes.append(content.few(len(heard)))
    for done, subject in enumerate(chosen):
        yield report.known("contents", done, len(chosen))
        rows, capacities = yield from content.measure(subject, heard, lags=LAGS, longest=most, device=device)
        report.contents += rows
        report.capacities += [capacity.to_json() for capacity in capacities]


def _price(subject: Subject) -> Known:
    found = price.price(subject.models[0])
    return {
        "model": subject.name,
        "floats": [list(pair) for pair in found.floats],
        "ms": [list(pair) for pair in found.ms],
    }
