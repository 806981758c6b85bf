"""What the ledger shows of a model, one clause a fact, each with the step and the place that show it.

The words and what each of them needs are settled once: "reads its last steps" needs half of the read from there, "kept whole" 95 % of
what was written, a cause of death the agreement of a blanked run (reading/causes.py, measuring/agreement.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mnemoscope.kinds.ledger import Floats
from mnemoscope.reading.causes import ALIVE, LIMITS, UNEXAMINED, Cause, percent, some, steps_in_words
from mnemoscope.reading.segment import LOUD, Segment, Source, main_source, taking
from mnemoscope.reading.view import ModelView

WHOLE = 0.95
"""Kept whole from this on."""
ONE_SOURCE = 0.5
"""A read has one source when a step and its neighbours have this much of it."""
LAST_STEPS = 2
"""A source at most this far back is one of the last steps."""
SPREAD = 0.85
"""A read spreads to the neighbours when the step itself has less than this of what it has with them."""
FREED, LATER = 0.3, 0.2
"""How much of a segment has to be freed in its replay, or overwritten after it, to be worth a clause."""
SEVERAL = 0.02
"""What other steps have to take for what is left to be said beside what one run of steps took."""
GONE = 0.05
"""A write of which less than this is left anywhere has no place any more."""
EXACT, BLUR = 0.1, 0.5
"""Errors up to which a replay is exact, or a blur."""
NEAR = 3
"""Reads whose sources lie as far back as each other, give or take so many steps, follow one lag."""


class Clause(NamedTuple):
    """A fact in words, the step that shows it, and the write it is about: the step that made it, None for no single one."""

    text: str
    step: int
    moment: int | None = None


def slot_of(view: ModelView, clause: Clause) -> int | None:
    """Where a clause is seen, in the default bank: the slot in which its write stands, or from which its step takes most of it.

    Of a single state the unit, of a memory that grows the step; of a write of which next to nothing is left the slot in which it was
    put. None for a clause about no write.
    """
    step, moment = clause.step, clause.moment
    if moment is None or moment > step:
        return None
    held = view.held_by_slot(moment, step)
    if step > moment:
        before = view.held_by_slot(moment, step - 1)
        taken = before - held[: len(before)]
        if taken.max() > LOUD:
            held = taken
    if held.sum() < GONE:
        held = view.held_by_slot(moment, moment)
    return int(held.argmax()) if held.max() > 0 else None


def of_segment(part: Segment, found: Cause, thing: str, end: int, *, bits: bool) -> list[Clause]:
    """Of a model that was asked to replay a segment. thing: what that is called; end: the last step of the run."""
    if found.name == UNEXAMINED:
        return []
    cue, error = part.recall.start, float(found.evidence["error"])
    if found.name != ALIVE:
        step = cue if found.step is None else found.step
        return [Clause(found.sentence, step, _moment(part, step))]
    blurred = error > EXACT and not bits
    said = _kept(part, cue, end, blurred=blurred)
    reading = _reading(part)
    if reading is None:
        k = len(part.recall) // 2
        back = Clause(f"reads back {thing}", part.recall[k], part.places[k])
        return [*said, back] if len(said) == 1 else said
    return [reading, *said] if reading.text.startswith("reads its last") else [*said, reading]


def of_reads(view: ModelView, steps: list[int]) -> list[Clause]:
    """Of a model that replays nothing: where its reads at some steps come from."""
    if not view.banks or not steps:
        return []
    rows = [(t, main_source(view.shares(t, None)[1:])) for t in steps]
    sourced = [(t, source) for t, source in rows if source is not None]
    if not sourced:
        return [Clause("reads nothing", steps[-1])]
    single = [(t, source) for t, source in sourced if source.share >= ONE_SOURCE]
    t, source = single[-1] if single else sourced[-1]
    if 2 * len(single) <= len(sourced):
        share = percent(float(np.mean([source.share for _, source in sourced])))
        return [Clause(f"no single source: its largest has {share} of a read", t, source.step)]
    return [_sourced([(t, source) for t, source in single], t, source)]


def one_source(part: Segment, k: int) -> bool | None:
    """Whether the read at the k-th asked step has one source; None where nothing was read."""
    source = part.sources[k]
    return None if source is None else source.share >= ONE_SOURCE


def _kept(part: Segment, cue: int, end: int, *, blurred: bool) -> list[Clause]:
    last, after = cue - 1, min(part.recall.stop, end)
    before, standing = part.held(last), _standing(part, last)
    freed = part.lost("freed")
    if not part.losses:
        return [Clause("nothing is lost", cue, standing)]
    if float(freed[cue : part.recall.stop + 1].sum()) >= FREED:
        first = cue + int(np.flatnonzero(freed[cue:] > freed[cue:].max() / 2)[0])
        return [
            Clause("frees each slot as it replays it", first, _moment(part, first)),
            Clause(f"{percent(before)} held at t = {last}", last, standing),
            Clause(f"{some(part.held(after))} at t = {after}", after, _heaviest(part)),
        ]
    said: list[Clause] = []
    if before >= WHOLE:
        said.append(Clause("kept whole to the cue", last, standing))
    else:
        left = f"{some(before)} left" if blurred else f"{some(before)} of it left"
        said.append(Clause(f"{'keeps a blur of it: ' if blurred else ''}{left} at t = {last}", last, standing))
    later = taking(part.lost("overwritten")[part.recall.stop :])
    if later is not None and later.share >= LATER:
        first, last = part.recall.stop + later.first, part.recall.stop + later.last
        took = f"later {steps_in_words(first, last)} overwrote {percent(later.share)}"
        said.append(Clause(took, first, _moment(part, first)))
        left = part.held(end)
        if before - later.share - left > SEVERAL:  # other steps took of it too: the two numbers would not add up
            said.append(Clause(f"{some(left)} left at t = {end}", end, _heaviest(part)))
    return said


def _reading(part: Segment) -> Clause | None:
    """Where the reads come from, where that is not simply the right moment."""
    read = [(k, source) for k, source in enumerate(part.sources) if source is not None]
    if not read:
        return Clause("reads nothing of it", part.recall.start)
    right, inside = float(np.nanmean(part.right)), float(np.nanmean(part.inside))
    k, source = read[len(read) // 2]
    t = part.recall[k]
    if right >= LIMITS["inside"]:
        own = float(np.mean([source.own for _, source in read]))
        whole = float(np.mean([source.share for _, source in read]))
        words = "the read spreads to neighbouring moments"
        return Clause(words, t, part.places[k]) if own < SPREAD * whole else None
    if inside >= LIMITS["inside"]:
        return Clause(f"reads all over the segment: {some(right)} from the right moment", t, source.step)
    if float(np.nanmean(part.recent)) >= ONE_SOURCE:
        return Clause("reads its last steps", t, source.step)
    single = [(part.recall[k], source) for k, source in read if source.share >= ONE_SOURCE]
    if 2 * len(single) > len(read):
        return _sourced(single, *single[len(single) // 2])
    return Clause(f"no single source: {some(right)} from the right moment", t, source.step)


def _sourced(single: list[tuple[int, Source]], t: int, source: Source) -> Clause:
    lags = np.array([at - found.step for at, found in single])
    if np.median(lags) <= LAST_STEPS:
        return Clause("reads its last steps", t, source.step)
    if np.ptp(lags) <= NEAR:
        return Clause(f"reads {int(np.median(lags))} steps back", t, source.step)
    return Clause(f"at t = {t} reads t = {source.step}", t, source.step)


def _standing(part: Segment, step: int) -> int:
    """The write that is most of what is left of the segment after a step."""
    gone: Floats = sum((table[:, : step + 1].sum(1) for table in part.losses.values()), np.zeros(len(part.store)))
    return part.store[int((part.weights * (1.0 - gone)).argmax())]


def _heaviest(part: Segment) -> int:
    """The write that is most of the segment, whatever is left of it."""
    return part.store[int(part.weights.argmax())]


def _moment(part: Segment, step: int) -> int:
    """The write that a step is about: of which it takes most; else the one it asks for; else what stands there most of."""
    taken: Floats = sum((table[:, step] for table in part.losses.values() if step < table.shape[1]), np.zeros(1))
    weighed = part.weights * taken
    if weighed.max() > LOUD / len(part.store):
        return part.store[int(weighed.argmax())]
    return part.places[part.recall.index(step)] if step in part.recall else _standing(part, step)
