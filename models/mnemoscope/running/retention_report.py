"""What is known of a measurement while it grows, as the plain data that the server answers and the page draws.

A figure is drawn again only when a row of it is new.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import plotly.graph_objects as go

from mnemoscope.measuring.retention import (
    content_figure,
    figures,
    followed_figures,
    looks,
    price_figure,
    surface_figure,
)
from mnemoscope.measuring.retention.rows import Row, horizons
from mnemoscope.measuring.retention.subjects import Subject

Known = dict[str, Any]
STAGES = ("delays", "ledger", "segments", "contents")
"""Parts of a measurement, in their order."""


@dataclass
class Report:
    """All that is known so far. rows: of the replays at the segment that was asked for; grid: of the other segments."""

    facts: Known
    signal: str
    segment: int
    names: list[str]
    """Of the models, in the rows."""
    rows: list[Row] = field(default_factory=list[Row])
    grid: list[Row] = field(default_factory=list[Row])
    contents: list[Row] = field(default_factory=list[Row])
    capacities: list[Known] = field(default_factory=list[Known])
    prices: list[Known] = field(default_factory=list[Known])
    followed: list[Known] = field(default_factory=list[Known])
    causes: list[Known] = field(default_factory=list[Known])
    notes: list[str] = field(default_factory=list[str])
    figures: Known = field(default_factory=dict[str, Any])

    def measured(self) -> list[int]:
        """Delays at which all models are."""
        of_delay: dict[int, set[str]] = {}
        for row in self.rows:
            of_delay.setdefault(row.delay, set()).add(row.model)
        return sorted(delay for delay, models in of_delay.items() if set(self.names) <= models)

    def known(self, stage: str | None, done: int = 0, of: int = 0) -> Known:
        """As a message, with the figures of the stage drawn again. stage: the one under way, None at the end."""
        for name in STAGES if stage is None else (stage,):
            self.figures |= drawn(self, name)
        rows = (*self.rows, *self.grid, *self.contents)
        return self.facts | {
            "stage": None if stage is None else {"name": stage, "done": done, "of": of},
            "measured": self.measured(),
            "n": max((row.n for row in self.rows), default=0),
            "rows": [asdict(row) for row in rows],
            "horizons": [horizon.to_json() for horizon in horizons(self.rows)],
            "capacities": [*self.capacities],
            "causes": [*self.causes],
            "prices": [*self.prices],
            "followed": [*self.followed],
            "notes": [*self.notes],
            "figures": dict(self.figures),
        }

    @classmethod
    def of(cls, found: Known) -> "Report":
        """Of what a report said: to draw its figures again."""
        names = [model["id"] for model in found["models"]]
        rows = [Row(**row) for row in found["rows"]]
        replays = [row for row in rows if row.view == "behaviour"]
        return cls(
            facts={key: found[key] for key in ("models", "references", "trained_delay") if key in found},
            signal=found["signal"],
            segment=found["segment"],
            names=names,
            rows=[row for row in replays if row.segment == found["segment"]],
            grid=[row for row in replays if row.segment != found["segment"]],
            contents=[row for row in rows if row.view == "content"],
            capacities=found["capacities"],
            prices=found["prices"],
            followed=found["followed"],
            causes=found["causes"],
            notes=found["notes"],
        )


def drawn(report: Report, stage: str) -> Known:
    """The figures of a stage by name, as plotly's JSON."""
    found: dict[str, go.Figure] = {}
    if stage == "delays":
        found["behaviour"] = figures.figure(report.rows, signal=report.signal)
        if report.prices:
            found["price"] = price_figure.figure(report.prices)
    elif stage == "ledger" and report.followed:
        found["held"] = followed_figures.figure(report.followed, "kept")
        found["found"] = followed_figures.figure(report.followed, "right")
    elif stage == "segments" and report.grid:
        found |= _of_segments(report)
    elif stage == "contents" and report.contents:
        found["content"] = content_figure.figure(report.contents)
        for name in dict.fromkeys(row.model for row in report.contents):
            found[f"content {name}"] = content_figure.banks(report.contents, name)
    return {name: json.loads(figure.to_json()) for name, figure in found.items()}


def _of_segments(report: Report) -> dict[str, go.Figure]:
    """Error against segment, a figure a delay, and delay × segment, a figure a model."""
    delays = sorted({row.delay for row in report.grid})
    rows = [row for row in (*report.grid, *report.rows) if row.delay in delays]
    found = {f"segments {delay}": figures.figure(_at(rows, delay), signal=report.signal) for delay in delays}
    for name in report.names:
        found[f"surface {name}"] = surface_figure.figure(surface_figure.cells(rows, name), name)
    return found


def _at(rows: Iterable[Row], delay: int) -> Sequence[Row]:
    return [row for row in rows if row.delay == delay]


def named(subject: Subject) -> Known:
    """A model as the page names it."""
    name = subject.name
    return {"id": name, "checkpoint": subject.checkpoint, "label": looks.label(name), "glyph": looks.glyph(name) or ""}
