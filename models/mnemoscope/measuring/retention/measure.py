"""What a measurement of retention is, and what may be asked of one. No torch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mnemoscope.errors import MnemoscopeError
from mnemoscope.measuring.retention import order
from mnemoscope.measuring.retention.rows import Capacity, HalfLife, Horizon, Row, horizons
from mnemoscope.tasks import SignalRecall

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Retention:
    """What was measured: rows, what follows from them, on what signal, and how long it took."""

    signal: str
    rows: list[Row]
    seconds: float
    notes: tuple[str, ...] = ()
    causes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Of what the segment died at the first delay at which a model's error passes 0.5: behaviour."""
    capacities: list[Capacity] = field(default_factory=list[Capacity])
    """Memory capacity of every bank: content."""
    half_lives: list[HalfLife] = field(default_factory=list[HalfLife])
    """Half-life of every default bank: provenance."""

    @property
    def horizons(self) -> list[Horizon]:
        """A horizon for every curve of errors and every level."""
        return horizons(self.rows)

    def to_json(self) -> dict[str, Any]:
        """Plain data: "signal", "rows", "horizons", "causes", "capacities", "half_lives", "seconds", "notes"."""
        return {
            "signal": self.signal,
            "rows": [row.to_json() for row in self.rows],
            "horizons": [horizon.to_json() for horizon in self.horizons],
            "causes": self.causes,
            "capacities": [capacity.to_json() for capacity in self.capacities],
            "half_lives": [found.to_json() for found in self.half_lives],
            "seconds": round(self.seconds, 3),
            "notes": list(self.notes),
        }

    def figure(self) -> "go.Figure":
        """The picture of it (plotly)."""
        from mnemoscope.measuring.retention import figures

        return figures.figure(self.rows, signal=self.signal)

    def surfaces(self) -> "list[go.Figure]":
        """Delay × segment (plotly), a picture a model, where several of both were measured."""
        from mnemoscope.measuring.retention import looks, surface_figure

        several = [{row.segment for row in self.rows}, {row.delay for row in self.rows}]
        if min(map(len, several)) < 2:
            return []
        names = [name for name in dict.fromkeys(row.model for row in self.rows) if name not in looks.REFERENCES]
        return [surface_figure.figure(surface_figure.cells(self.rows, name), name) for name in names]


def longest(delays: Sequence[int] | None) -> int:
    """The longest delay that will be measured, if windows allow."""
    return max(delays) if delays else order.COARSE[-1]


def checked(segments: Sequence[int], delays: Sequence[int] | None, windows: int) -> None:
    """Raises UnknownTask for a segment or delay that the task does not have, MnemoscopeError for none at all."""
    if not segments or (delays is not None and not delays) or windows < 1:
        raise MnemoscopeError("name at least one segment, one delay and one window")
    for segment in segments:
        for delay in delays or (0,):
            SignalRecall().checked({"segment": segment, "delay": delay})


def missing(delays: Sequence[int] | None, segments: Sequence[int], rows: Sequence[Row]) -> list[str]:
    """A sentence for the delays that no window was long enough for."""
    wanted = set(order.COARSE if delays is None else delays)
    left = [
        str(delay)
        for segment in segments
        for delay in sorted(wanted - {row.delay for row in rows if row.segment == segment})
    ]
    named = ", ".join(dict.fromkeys(left))
    return [f"the signal is too short for a delay of {named} steps: not measured"] if left else []


def untrained(rows: Sequence[Row]) -> list[str]:
    """A sentence where something was measured that no model of the task has met in training."""
    found: list[str] = []
    for option in SignalRecall.options:
        if option.name not in ("segment", "delay") or option.trained is None:
            continue
        measured = {row.segment if option.name == "segment" else row.delay for row in rows}
        outside = sorted(value for value in measured if value is not None and not option.was_trained(value))
        if outside:
            low, high = option.trained
            long = len(outside) > 3 and (outside[0] > low or outside[-1] < high)
            named = f"{outside[0]} to {outside[-1]}" if long else ", ".join(map(str, outside))
            found.append(f"{option.name} {named}: outside the {low} to {high} steps that models were trained on")
    return found
