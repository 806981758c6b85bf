"""How long a signal is remembered: the one call for libraries and the command line."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from mnemoscope.errors import MnemoscopeError
from mnemoscope.measuring.retention import behaviour, order
from mnemoscope.measuring.retention.rows import Horizon, Row, horizons
from mnemoscope.measuring.retention.subjects import Models, Subject, subjects
from mnemoscope.measuring.retention.windows import WINDOWS, Windows, make
from mnemoscope.signals.series import Series
from mnemoscope.tasks import SignalRecall

if TYPE_CHECKING:
    import plotly.graph_objects as go

Signal = str | os.PathLike[str] | ArrayLike | Series | None


@dataclass(frozen=True)
class Retention:
    """What was measured: rows, where the errors pass 0.1 and 0.5, on what, and how long it took."""

    signal: str
    rows: list[Row]
    seconds: float
    notes: tuple[str, ...] = ()
    causes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def horizons(self) -> list[Horizon]:
        """A horizon for every curve and level."""
        return horizons(self.rows)

    def to_json(self) -> dict[str, Any]:
        """Plain data: "signal", "rows", "horizons", "causes", "seconds", "notes"."""
        return {
            "signal": self.signal,
            "rows": [row.to_json() for row in self.rows],
            "horizons": [horizon.to_json() for horizon in self.horizons],
            "causes": self.causes,
            "seconds": round(self.seconds, 3),
            "notes": list(self.notes),
        }

    def figure(self) -> "go.Figure":
        """The picture of it (plotly)."""
        from mnemoscope.measuring.retention import figures

        return figures.figure(self.rows, signal=self.signal)


def retention(
    models: Models,
    signal: Signal = None,
    *,
    delays: Sequence[int] | None = None,
    segments: int | Sequence[int] = behaviour.SEGMENT,
    windows: int = WINDOWS,
    references: bool = True,
    seed: int = 0,
    device: str = "cpu",
    progress: Callable[[Row], object] | None = None,
    **of_series: Any,
) -> Retention:
    """How long models hold a segment of a signal: relative RMSE of the replay against the delay before they are asked for it.

        found = mnemoscope.retention(["lstm", "ntm"], "ecg.csv", resample_to=36, delays=[20, 40, 120])
        for row in found.rows:
            print(row.model, row.delay, row.error, row.low, row.high)
        found.figure().write_html("retention.html")

    models: paradigms or checkpoints of signal-recall; several checkpoints of one model are measured together, as seeds of it. A
    mapping from names to models of one's own (`MemoryModel`, inputs [value, store flag, recall flag]) works too.
    signal: None for held-out mixtures, a generator's name, a file, numbers [step], or a Series. of_series: `channel`,
    `sample_rate`, `resample_to`, `start`, `stop`, `missing`, `scaling`.
    delays: in steps, of any length; None: 10, 40, 120, 400 and then where the curves jump. segments: steps to hold, one or
    several. windows: of the signal, at most. references: memories whose retention is known are measured beside the models.
    progress: called with every row as it becomes known.

    Bands are 5 to 95 % of a resampling over windows, and over checkpoints where there are several; fewer than 8 windows have
    none. Raises UnknownModel, CheckpointError, SignalError, ImportFileError or UnknownTask for what cannot be measured.
    """
    begun = time.perf_counter()
    lengths = [segments] if isinstance(segments, int) else list(segments)
    checked(lengths, delays, windows)
    chosen = subjects(models, SignalRecall.name, device=device)
    rows: list[Row] = []
    notes: list[str] = []
    name = ""
    for length in lengths:
        of = make(
            signal, delays or order.COARSE[:1], length, count=windows, seed=seed, longest=longest(delays), **of_series
        )
        name, notes = of.name, [*of.notes]
        for row in _behaviour(chosen, of, delays, length, references, device):
            rows.append(row)
            if progress is not None:
                progress(row)
    notes += missing(delays, lengths, rows)
    return Retention(name, rows, time.perf_counter() - begun, tuple(dict.fromkeys(notes)))


def _behaviour(
    chosen: Sequence[Subject], of: Windows, delays: Sequence[int] | None, segment: int, references: bool, device: str
) -> Iterator[Row]:
    found = behaviour.rows(chosen, of, delays=delays, segment=segment, with_references=references, device=device)
    return (row for row in found if row is not None)


def longest(delays: Sequence[int] | None) -> int:
    """The longest delay that will be measured, if windows allow."""
    return max(delays) if delays else order.COARSE[-1]


def checked(segments: Sequence[int], delays: Sequence[int] | None, windows: int) -> None:
    """Raises UnknownTask for a segment or delay that the task does not have, MnemoscopeError for none at all."""
    if not segments or (delays is not None and not delays) or windows < 1:
        raise MnemoscopeError("name at least one segment, one delay and one window")
    for segment in segments:
        for delay in delays or ():
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
