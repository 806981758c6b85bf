"""Whether what a model answers depends on the stored segment as its ledger says: the segment is blanked, and the run goes on.

The ledger follows content, the answer is what the model made of it: it may have copied a write into later ones, or lost its
way after a right read. So the values of the segment are blanked and the model runs again to its answer; how much of the
answer goes with them decides whether a cause of death is spoken (`settled`). Flags stay as they were: the model still stores, and
is still asked, which the intervention of lenses.py would take away too.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnemoscope.errors import MnemoscopeError
from mnemoscope.measuring import lenses
from mnemoscope.models import stepping
from mnemoscope.models.base import MemoryModel
from mnemoscope.reading.causes import DISORDERED, GONE, MISREAD, Cause, percent
from mnemoscope.reading.segment import NEIGHBOURS
from mnemoscope.reading.view import ModelView

MAX_ASKED = 32
"""Asked steps whose right moment is blanked, spread over the replay: each is a run of its own."""

SAME_ANSWER = 0.02
"""What a run may differ from the recorded one by, relative to the largest answer: rounding, and no more."""

LIMITS = {"gone": 0.5, DISORDERED: 0.5, MISREAD: 0.25}
"""How much of an answer a cause allows to go when the segment is blanked that it says is gone, or the right moment that it
says is not read: in a smooth signal, and with a controller that carries a step over, a neighbour helps to answer out of order.
"""


@dataclass(frozen=True)
class Moves:
    """What blanking takes from an answer, as the part of what was asked for: 1 takes all of it, 0 nothing.

    from_segment: with the whole segment blanked. from_right_moment: at each asked step with its own moment and its neighbours
    blanked. moved: RMS of the change with the whole segment blanked, relative to the RMS of what was asked for.
    """

    from_segment: float
    from_right_moment: float
    moved: float


def moves(
    model: MemoryModel,
    view: ModelView,
    store: range,
    recall: range,
    *,
    values: int,
    places: Sequence[int] | None = None,
) -> Generator[None, None, Moves]:
    """Blank the values of `store` and see what becomes of the answers at `recall`; yields every few steps.

    `model` is the one that made the recording; values: its first so many input features are values, the rest flags. places: as in
    `reading.segment.follow`.
    Raises MnemoscopeError where the replay ends beyond lenses.MAX_STEP, or the run does not answer as recorded.
    """
    if recall.stop > lenses.MAX_STEP:
        raise MnemoscopeError(
            f"a run can be repeated up to step {lenses.MAX_STEP}, the replay ends at {recall.stop - 1}"
        )
    device = next(iter(model.parameters()), torch.empty(0)).device
    inputs = torch.tensor(view.array("inputs"), device=device)[: recall.stop]
    wanted = view.array("targets")[recall.start : recall.stop].astype(np.float64)
    places = tuple(store[: len(recall)]) if places is None else tuple(places)
    spread = np.linspace(0, len(recall) - 1, min(MAX_ASKED, len(recall)))
    asked: list[int] = sorted({round(float(k)) for k in spread})
    runs = inputs.repeat(len(asked) + 2, 1, 1)  # as it was, all of the segment blanked, then a moment each
    runs[1, store.start : store.stop, :values] = 0
    for n, k in enumerate(asked):
        runs[n + 2, max(0, places[k] - NEIGHBOURS) : places[k] + NEIGHBOURS + 1, :values] = 0
    answers = yield from _answers(model, runs, recall, max(0, min(store.start, *places) - NEIGHBOURS))
    if view.bits:
        answers = 1.0 / (1.0 + np.exp(-answers))
    truth, blank = answers[0], answers[1]
    recorded = view.array("outputs")[recall.start : recall.stop].astype(np.float64)
    if np.abs(truth - recorded).max() > SAME_ANSWER * max(1.0, np.abs(recorded).max()):
        raise MnemoscopeError("run again, it does not answer as recorded")
    own = np.stack([truth[k] - answers[n + 2, k] for n, k in enumerate(asked)])
    return Moves(
        from_segment=_part(truth - blank, wanted),
        from_right_moment=_part(own, wanted[asked]),
        moved=float(np.sqrt(((truth - blank) ** 2).sum() / max((wanted**2).sum(), 1e-12))),
    )


def settled(found: Cause, seen: Moves | None, *, why: str = "its weights are not here to run it again") -> Cause:
    """The cause where blanking agrees with it, else "not settled" with the same numbers. None: nothing could be run, and why."""
    if seen is None:
        return found.unsettled(f"the ledger says {found.name}, and {why}") if _claims(found) else found
    evidence = {"intervention": asdict(seen) | {"limits": LIMITS}}
    if found.name in GONE and seen.from_segment > LIMITS["gone"]:
        said = f"the ledger says {found.name}, yet {percent(seen.from_segment)} of the answer goes when the segment is blanked"
        return found.unsettled(said, **evidence)
    if found.name in (MISREAD, DISORDERED) and seen.from_right_moment > LIMITS[found.name]:
        why = f"the ledger says {found.name}, yet {percent(seen.from_right_moment)} of the answer goes with the right moment"
        return found.unsettled(why, **evidence)
    return Cause(found.name, found.step, found.sentence, found.evidence | evidence)


def _claims(found: Cause) -> bool:
    """Whether it says of what a segment died."""
    return found.name in (*GONE, MISREAD, DISORDERED)


def _part(change: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """How much of `wanted` a change of the answers is, along it."""
    power = float((wanted**2).sum())
    return float((change * wanted).sum() / power) if power > 0 else 0.0


def _answers(model: MemoryModel, runs: Tensor, recall: range, first: int) -> Generator[None, None, NDArray[np.float64]]:
    """Raw outputs [run, asked step, output]; up to step `first` all runs are one."""
    state = yield from lenses.state_before(model, runs[0], first)
    state = stepping.repeated(state, len(runs))
    outputs, _ = yield from stepping.run(model, runs[:, first : recall.stop], state)
    return outputs[:, recall.start - first :].to("cpu", torch.float64).numpy()
