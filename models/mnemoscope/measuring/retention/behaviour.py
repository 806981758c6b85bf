"""Retention as models show it: the error of the replay against the delay, row by row, coarse to fine."""

from collections.abc import Callable, Generator, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import MnemoscopeError
from mnemoscope.measuring.retention import bands, order, references
from mnemoscope.measuring.retention.rows import Row, trained
from mnemoscope.measuring.retention.subjects import Subject
from mnemoscope.measuring.retention.sweep import Sweep
from mnemoscope.measuring.retention.windows import LEAD, Windows, needed
from mnemoscope.tasks import SignalRecall

Floats = NDArray[np.float64]

SEGMENT = 24


def rows(
    subjects: Sequence[Subject],
    windows: Windows,
    *,
    delays: Sequence[int] | None = None,
    points: int = order.POINTS,
    segment: int = SEGMENT,
    with_references: bool = True,
    device: str = "cpu",
) -> Iterator[Row | None]:
    """Relative RMSE of the replay of a segment after each delay, a row a model and delay, as they become known.

    delays: all of these; None: the coarse ones and then `points` in all, where the curves jump. windows: wide enough for the
    longest (windows.make). Raises MnemoscopeError for a model that cannot be asked to replay. None is yielded every few milliseconds while nothing new is known, so that a caller can serve
    others or stop. A delay that no window is long enough for has no row.
    """
    for subject in subjects:
        for model in subject.models:
            if (model.inputs, model.outputs) != (SignalRecall.inputs, SignalRecall.outputs):
                raise MnemoscopeError(
                    f"{subject.name} has {model.inputs} inputs and {model.outputs} outputs; to replay a segment it takes "
                    "3 inputs [value, store flag, recall flag] and 1 output"
                )
    sweeps = [
        [
            Sweep(model, windows.values, segment, lead=LEAD, along=delays or (), device=device)
            for model in subject.models
        ]
        for subject in subjects
    ]
    curves: list[dict[int, float]] = [{} for _ in subjects]
    rounds = order.first_round(delays)
    while rounds:
        wanted = [delay for delay in rounds.pop(0) if len(windows.holding(needed(segment, delay)))]
        for subject, models, curve in zip(subjects, sweeps, curves, strict=True):
            answers: list[dict[int, Floats]] = []
            for sweep in models:
                answers.append((yield from sweep.answers(wanted)))
            for delay in wanted:
                row = _row(subject.name, subject.checkpoint, windows, segment, delay, [a[delay] for a in answers])
                curve[delay] = np.inf if row.error is None else row.error
                yield row
        if with_references and wanted:
            for name, found in references.replays(windows.values, segment, wanted, lead=LEAD).items():
                for delay in wanted:
                    yield _row(name, None, windows, segment, delay, [found[delay]])
        if not rounds and curves and curves[0]:
            possible = None if delays is None else [d for d in delays if len(windows.holding(needed(segment, d)))]
            more = order.next_round(curves, possible, points=points)
            rounds = [more] if more else []


def _row(
    name: str, checkpoint: str | None, windows: Windows, segment: int, delay: int, answers: Sequence[Floats]
) -> Row:
    """One row from the replays of every checkpoint [window, segment]."""
    chosen = windows.holding(needed(segment, delay))
    targets = windows.values[chosen, LEAD : LEAD + segment]
    powers = (targets**2).sum(1)
    errors = np.stack([((answer[chosen] - targets) ** 2).sum(1) for answer in answers])
    finite = bool(np.isfinite(errors).all())
    error = float(bands.relative_rmse(errors, powers).mean()) if finite else None
    low, high = (bands.band(errors, powers) if finite else None) or (None, None)
    return Row(
        view="behaviour",
        model=name,
        checkpoint=checkpoint,
        delay=int(delay),
        error=error,
        low=low,
        high=high,
        n=len(chosen),
        trained=trained(segment, delay),
        segment=segment,
        seeds=len(answers),
    )


def of_segments(
    subjects: Sequence[Subject],
    make: Callable[[int], Windows],
    segments: Sequence[int],
    *,
    delays: Sequence[int],
    with_references: bool = True,
    device: str = "cpu",
) -> Generator[Row | None, None, None]:
    """The same for several segment lengths: `make(segment)` are the windows for each. Delay × segment is a surface."""
    for segment in segments:
        yield from rows(
            subjects, make(segment), delays=delays, segment=segment, with_references=with_references, device=device
        )
