"""A measurement as the page shows it, while it grows: rows so far, horizons, prices and the figures drawn from them."""

import json
import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.measuring import price
from mnemoscope.measuring.retention import (
    behaviour,
    content,
    content_figure,
    figures,
    followed_figures,
    looks,
    order,
    price_figure,
    subjects,
    windows,
)
from mnemoscope.measuring.retention.measure import checked, longest
from mnemoscope.measuring.retention.rows import LEVELS, Row, horizons
from mnemoscope.measuring.retention.subjects import Subject
from mnemoscope.running import followed
from mnemoscope.tasks import SignalRecall

Known = dict[str, Any]

LAGS = (1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 120)
"""Steps ago at which contents are read out."""
REPORT_SECONDS = 0.25
"""Shortest time between two reports: drawing the figures takes a tenth of it."""


def measured(
    names: Sequence[str],
    values: NDArray[np.floating] | None = None,
    *,
    signal: str = "held-out mixtures",
    segment: int = behaviour.SEGMENT,
    delays: Sequence[int] | None = None,
    count: int = windows.WINDOWS,
    contents: bool = False,
    device: str = "cpu",
) -> Generator[Known | None, None, Known]:
    """Measure how long a signal is remembered -> all that is known, as plain data; on the way, what is known so far.

    values: a z-scored series [step]; None for held-out mixtures. contents: also what a linear read-out gets from the memory, which takes
    as long again. None is yielded every few milliseconds, so that a worker can
    serve others. The fields are those of the server's Retention. Raises what `retention` raises.
    """
    checked([segment], delays, count)
    loaded = {name: store.load(name, device=device) for name in names}
    chosen = subjects.subjects(list(loaded.values()), SignalRecall.name, device=device)
    of = windows.make(
        values, delays or order.COARSE[:1], segment, count=count, longest=longest(delays), scaling="none"
    ) if values is not None else windows.make(
        None, delays or order.COARSE[:1], segment, count=count, longest=longest(delays)
    )  # fmt: skip
    example = [round(float(value), 5) for value in of.values[0, : of.steps[0]]]
    facts: Known = {
        "models": [_model(subject) for subject in chosen],
        "references": [{"id": name, "label": label} for name, label in looks.REFERENCES.items()],
        "trained_delay": next(o.trained[1] for o in SignalRecall.options if o.name == "delay" and o.trained),
        "example": example,
    }
    rows: list[Row] = []
    reported = 0.0
    for row in behaviour.rows(chosen, of, delays=delays, segment=segment, device=device):
        if row is None:
            yield None
            continue
        rows.append(row)
        if row.checkpoint is not None and time.perf_counter() - reported > REPORT_SECONDS:
            yield facts | _known(rows, chosen, signal)
            reported = time.perf_counter()
    prices: list[Known] = []
    for subject in chosen:
        prices.append(_price(subject))
        yield None
    known = facts | _known(rows, chosen, signal) | {"prices": prices}
    yield known | {"figures": drawn(rows, prices, [], signal)}
    ledgers, causes = yield from _followed(loaded, chosen, rows, example, segment, device)
    if contents:
        rows += yield from _contents(chosen, values, device)
    whole = {"rows": [asdict(row) for row in rows], "causes": causes, "followed": ledgers}
    return known | whole | {"figures": drawn(rows, prices, ledgers, signal)}


def _contents(
    chosen: Sequence[Subject], values: NDArray[np.floating] | None, device: str
) -> Generator[None, None, list[Row]]:
    """Rows of the whole state of every model, at LAGS."""
    series = None if values is None else np.asarray(values, np.float64)
    heard = content.sequences(series, content.LONGEST)
    found: list[Row] = []
    for subject in chosen:
        rows, _ = yield from content.measure(subject, heard, lags=LAGS, device=device)
        found += [row for row in rows if row.bank is None]
    return found


def _followed(
    loaded: dict[str, LoadedModel],
    chosen: Sequence[Subject],
    rows: Sequence[Row],
    window: Sequence[float],
    segment: int,
    device: str,
) -> Generator[None, None, tuple[list[Known], list[Known]]]:
    """What the ledger says at every delay, and the causes at the first delay that is lost, or the longest."""
    models = {subject.name: loaded[subject.checkpoint.split(",")[0]] for subject in chosen if subject.checkpoint}
    delays = sorted({row.delay for row in rows})
    lost = {horizon.model: horizon.above for horizon in horizons(rows) if horizon.level == LEVELS[-1]}
    dies = {name: lost.get(name) or delays[-1] for name in models}
    found, causes = yield from followed.follow(models, window, segment, delays, dies, device=device)
    return [row.to_json() for row in found], causes


def drawn(rows: Sequence[Row], prices: Sequence[Known], ledgers: Sequence[Known], signal: str) -> dict[str, Known]:
    """The figures of the page by name, as plotly's JSON."""
    replays, read = ([row for row in rows if row.view == view] for view in ("behaviour", "content"))
    found = {"behaviour": figures.figure(replays, signal=signal)}
    if read:
        found["content"] = content_figure.figure(read)
    if prices:
        found["price"] = price_figure.figure(prices)
    if ledgers:
        found["held"] = followed_figures.figure(ledgers, "kept")
        found["found"] = followed_figures.figure(ledgers, "right")
    return {name: json.loads(figure.to_json()) for name, figure in found.items()}


def _known(rows: Sequence[Row], chosen: Iterable[Subject], signal: str) -> Known:
    """What follows from the rows so far."""
    of_delay: dict[int, set[str]] = {}
    for row in rows:
        of_delay.setdefault(row.delay, set()).add(row.model)
    names = {subject.name for subject in chosen}
    return {
        "measured": sorted(delay for delay, models in of_delay.items() if names <= models),
        "n": max((row.n for row in rows), default=0),
        "rows": [asdict(row) for row in rows],
        "horizons": [horizon.to_json() for horizon in horizons(rows)],
        "causes": [],
        "prices": [],
        "followed": [],
        "figures": drawn(rows, (), (), signal),
    }


def _model(subject: Subject) -> Known:
    """A model as the page names it."""
    name = subject.name
    return {"id": name, "checkpoint": subject.checkpoint, "label": looks.label(name), "glyph": looks.glyph(name) or ""}


def _price(subject: Subject) -> Known:
    found = price.price(subject.models[0])
    return {
        "model": subject.name,
        "floats": [list(pair) for pair in found.floats],
        "ms": [list(pair) for pair in found.ms],
    }
