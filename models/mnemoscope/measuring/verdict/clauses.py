"""What the ledger shows of a model, one clause a fact, each with the step that shows it.

The words and what each of them needs are settled once: "reads its last steps" needs half of the read from there, "kept whole" 95 % of
what was written, a cause of death the agreement of a blanked run (reading/causes.py, measuring/agreement.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mnemoscope.reading.causes import ALIVE, LIMITS, UNEXAMINED, Cause, percent
from mnemoscope.reading.segment import Segment, Source, main_source
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
EXACT, BLUR = 0.1, 0.5
"""Errors up to which a replay is exact, or a blur."""
NEAR = 3
"""Reads whose sources lie as far back as each other, give or take so many steps, follow one lag."""


class Clause(NamedTuple):
    """A fact in words, and the step that shows it."""

    text: str
    step: int


def of_segment(part: Segment, found: Cause, thing: str, end: int) -> list[Clause]:
    """Of a model that was asked to replay a segment. thing: what that is called; end: the last step of the run."""
    if found.name == UNEXAMINED:
        return []
    cue, error = part.recall.start, float(found.evidence["error"])
    if found.name != ALIVE:
        return [Clause(found.sentence, cue if found.step is None else found.step)]
    said = _kept(part, thing, cue, end, error)
    reading = _reading(part)
    if reading is None:
        return [*said, Clause(f"reads back {thing}", part.recall[len(part.recall) // 2])] if len(said) == 1 else said
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
        return [Clause(f"no single source: its largest has {share} of a read", t)]
    return [_sourced([(t, source) for t, source in single], t, source)]


def one_source(part: Segment, k: int) -> bool | None:
    """Whether the read at the k-th asked step has one source; None where nothing was read."""
    source = part.sources[k]
    return None if source is None else source.share >= ONE_SOURCE


def _kept(part: Segment, thing: str, cue: int, end: int, error: float) -> list[Clause]:
    before, after = part.held(cue - 1), part.held(min(part.recall.stop, end))
    freed = float(part.lost("freed")[cue : part.recall.stop + 1].sum())
    if not part.losses:
        return [Clause("nothing is lost", cue)]
    if freed >= FREED:
        return [
            Clause("frees each slot as it replays it", cue),
            Clause(f"{percent(before)} held at t = {cue}", cue),
            Clause(f"{percent(after)} held at t = {min(part.recall.stop, end)}", min(part.recall.stop, end)),
        ]
    said: list[Clause] = []
    if before >= WHOLE:
        said.append(Clause("kept whole to the cue", cue))
    else:
        left = f"{percent(before)} of the writes left at t = {cue}"
        said.append(Clause(left if error <= EXACT else f"of {thing} a blur is left, {left}", cue))
    later = part.lost("overwritten")[part.recall.stop :]
    if later.sum() >= LATER:
        first = part.recall.stop + int(np.flatnonzero(later > later.sum() / 100)[0])
        said.append(Clause(f"its slots are written again from t = {first} on", first))
        said.append(Clause(f"{percent(part.held(end))} held at t = {end}", end))
    return said


def _reading(part: Segment) -> Clause | None:
    """Where the reads come from, where that is not simply the right moment."""
    read = [(k, source) for k, source in enumerate(part.sources) if source is not None]
    if not read:
        return Clause("reads nothing of it", part.recall.start)
    right, inside = float(np.nanmean(part.right)), float(np.nanmean(part.inside))
    k = read[len(read) // 2][0]
    if right >= LIMITS["inside"]:
        own = float(np.mean([source.own for _, source in read]))
        whole = float(np.mean([source.share for _, source in read]))
        spread = own < SPREAD * whole
        return Clause("the read spreads to the neighbours of the right moment", part.recall[k]) if spread else None
    if inside >= LIMITS["inside"]:
        return Clause(f"reads the segment, not in order: {percent(right)} from the right moment", part.recall[k])
    if float(np.nanmean(part.recent)) >= ONE_SOURCE:
        return Clause("reads its last steps", part.recall[k])
    single = [(part.recall[k], source) for k, source in read if source.share >= ONE_SOURCE]
    if 2 * len(single) > len(read):
        return _sourced(single, *single[len(single) // 2])
    return Clause(f"no single source: {percent(right)} from the right moment", part.recall[k])


def _sourced(single: list[tuple[int, Source]], t: int, source: Source) -> Clause:
    lags = np.array([at - found.step for at, found in single])
    if np.median(lags) <= LAST_STEPS:
        return Clause("reads its last steps", t)
    if np.ptp(lags) <= NEAR:
        return Clause(f"reads {int(np.median(lags))} steps back", t)
    return Clause(f"at t = {t} reads t = {source.step}", t)
