"""Why a segment is not there when it is asked for, from the ledger of a recording.

    found = cause(rec["ntm"], store=range(16, 40), recall=range(160, 184))
    found.name, found.sentence     # "overwritten", "overwritten: t = 101 to 124 took 49%"

Each write gets a label by the table of `LIMITS`; the cause is the label that weighs more than half, each write by what it
held. What the ledger cannot decide is "not settled". It says where content went, not what the answer depends on: a
cause is spoken only after `mnemoscope.measuring.agreement` has blanked the segment and found the answer to agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.kinds.ledger import Floats
from mnemoscope.reading.segment import Segment, follow, taking
from mnemoscope.reading.view import ModelView

ALIVE, FADED, OVERWRITTEN, FREED = "alive", "faded", "overwritten", "freed"
MISREAD, DISORDERED, UNWRITTEN = "kept, misread", "order lost", "never written"
UNSETTLED, UNEXAMINED = "not settled", "not examined"
CAUSES = (ALIVE, FADED, OVERWRITTEN, FREED, MISREAD, DISORDERED, UNWRITTEN, UNSETTLED, UNEXAMINED)
KEPT = "kept"
"""The label of a write that is there when it is asked for; how it was read is said of the whole replay."""
GONE = (FADED, OVERWRITTEN, FREED, UNWRITTEN)
"""Causes that say the content is not in the memory any more."""

LIMITS = {
    "error": 0.5,
    "written": 0.05,
    "gone": 0.25,
    "kept": 0.7,
    "inside": 0.5,
    "right": 0.1,
    "majority": 0.5,
}
"""
error        a replay up to this error is alive (0 is perfect, 1 is what a model that knows nothing gets)
written      a segment of which at most this went in, of what was offered, was never written
gone         a write of which at most this is kept is lost, by the mechanism that took most of it
kept         a write of which at least this is kept is there; one of which less is kept is lost by being overwritten or freed, where
             nothing is read of it either
inside       a replay that comes from the segment by at least this reads the segment; by at least this from the right moments, in order
right        a read that comes from the right moment by at most this does not read it
majority     a cause needs more than this of the segment
"""


@dataclass(frozen=True)
class Cause:
    """One of `CAUSES`, the step that shows it, a clause in words, and the numbers it rests on with the limits they were held against."""

    name: str
    step: int | None
    sentence: str
    evidence: dict[str, Any] = field(default_factory=dict[str, Any])

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"cause": self.name, "step": self.step, "sentence": self.sentence, "evidence": self.evidence}

    def unsettled(self, why: str, **evidence: Any) -> Cause:
        """The same numbers with the verdict withheld, and why."""
        return replace(
            self,
            name=UNSETTLED,
            sentence=f"not settled: {why}",
            evidence=self.evidence | {"ledger": self.name} | evidence,
        )


def cause(
    view: ModelView,
    store: range,
    recall: range,
    *,
    bank: str | None = None,
    places: Sequence[int] | None = None,
) -> Cause:
    """Why what steps `store` wrote is, or is not, what steps `recall` answer. bank, places: as in `follow`.

    Of several banks the default one speaks; where it has lost what another still keeps, nothing is settled.
    Raises RecordingError for steps that the model does not have.
    """
    if not view.banks:
        return unexamined(view, recall)
    return of_segment(view, follow(view, store, recall, places=places, bank=bank), whole=bank is None)


def unexamined(view: ModelView, recall: range) -> Cause:
    """Of a model whose log holds no memory."""
    evidence = {"error": relative_error(view, recall), "limits": LIMITS}
    return Cause(UNEXAMINED, None, "not examined: no memory was recorded", evidence)


def of_segment(view: ModelView, part: Segment, *, whole: bool = True) -> Cause:
    """`cause` of a segment that was followed already; whole: as the one of all banks that speaks for the model."""
    found = judged(part, relative_error(view, part.recall))
    if found.name in GONE and whole:
        for other in (bank.name for bank in view.banks if bank.name != part.bank):
            kept = _kept(follow(view, part.store, part.recall, places=part.places, bank=other))
            if kept >= LIMITS["kept"]:
                return found.unsettled(f"{part.bank} has lost it, {other} still keeps {percent(kept)}", elsewhere=other)
    return found


def relative_error(view: ModelView, steps: range) -> float:
    """Error of the scored ones of some steps: 0 is perfect, 1 what a model that knows nothing gets. NaN where none is scored.

    Of real values the RMSE relative to the RMS of what was asked for; of bits the part that is wrong, twice, since guessing
    gets half of them.
    """
    outputs, targets, mask = (
        view.array(name, start=steps.start, stop=steps.stop).astype(np.float64)
        for name in ("outputs", "targets", "mask")
    )
    scored = mask[:, 0] > 0
    if not scored.any():
        return float("nan")
    answers, wanted = outputs[scored], targets[scored]
    if view.bits:
        return 2.0 * float(((answers > 0.5) != (wanted > 0.5)).mean())
    power = float((wanted**2).sum())
    return float(np.sqrt(((answers - wanted) ** 2).sum() / power)) if power > 0 else float("nan")


def judged(part: Segment, error: float) -> Cause:
    """The cause that the ledger of one bank names for a replay with this error."""
    taken, kept = part.taken(), part.kept
    evidence: dict[str, Any] = {
        "bank": part.bank,
        "writes": len(part.store),
        "error": error,
        "kept": float(part.weights @ kept),
        "right": _mean(part.right),
        "inside": _mean(part.inside),
        **{name: float(part.weights @ lost) for name, lost in taken.items()},
        "half_gone": part.half_gone(),
        "limits": LIMITS,
    }
    if error <= LIMITS["error"]:
        return Cause(ALIVE, part.recall.stop - 1, "alive", evidence)
    offered = float(np.linalg.norm(part.offered))
    evidence["written"] = float(np.linalg.norm(part.written)) / offered if offered else 0.0
    if evidence["written"] <= LIMITS["written"]:
        return _spoken(UNWRITTEN, part, evidence)
    labels = _labels(part, taken, kept)
    votes = {name: float(part.weights[labels == name].sum()) for name in sorted(set(labels.tolist()))}
    evidence["votes"] = votes
    name, weight = max(votes.items(), key=lambda vote: vote[1])
    if name == UNSETTLED or weight <= LIMITS["majority"]:
        return Cause(
            UNSETTLED,
            part.recall.start,
            f"not settled: {some(evidence['kept'])} kept, no cause for most of it",
            evidence,
        )
    if name == KEPT:  # by the whole replay: of a shuffled one a few reads are next to the right moment by chance
        ordered = evidence["inside"] < LIMITS["inside"] or evidence["right"] >= LIMITS["inside"]
        name = MISREAD if ordered else DISORDERED
    return _spoken(name, part, evidence)


def percent(share: float) -> str:
    """In whole percent, as "34%"; below one percent with a decimal, so that something is not nothing."""
    value = 100 * share
    whole = abs(value) >= 0.95 or abs(value) < 0.05
    return f"{round(value) + 0:d}%" if whole else f"{value:.1f}%"


def some(share: float) -> str:
    """A share of what there was, as "34%" or "nothing": what later writes cancel or turn round is less than nothing."""
    return percent(share) if share >= 0.0005 else "nothing"


def steps_in_words(first: int, last: int) -> str:
    """As "t = 114 to 131" or "t = 7"."""
    return f"t = {first}" if first == last else f"t = {first} to {last}"


def _labels(part: Segment, taken: dict[str, Floats], kept: Floats) -> NDArray[np.str_]:
    right = _by_write(part, part.right)
    labels: list[str] = []
    for n in range(len(part.store)):
        largest = max(taken, key=lambda name, n=n: taken[name][n], default="")
        unread = largest in (OVERWRITTEN, FREED) and not right[n] > LIMITS["right"]
        if largest and kept[n] <= LIMITS["kept" if unread else "gone"]:
            labels.append(largest)
        elif kept[n] >= LIMITS["kept"]:
            labels.append(KEPT)
        else:
            labels.append(UNSETTLED)
    return np.array(labels)


def _by_write(part: Segment, shares: Floats) -> Floats:
    """[n] of the step that asks for each write; NaN where none does."""
    out = np.full(len(part.store), np.nan)
    for k, place in enumerate(part.places):
        if place in part.store:
            out[part.store.index(place)] = shares[k]
    return out


def _spoken(name: str, part: Segment, evidence: dict[str, Any]) -> Cause:
    left = some(evidence["kept"])
    if name in (OVERWRITTEN, FREED):
        run = taking(part.lost_before_asked(name))
        if run is None:  # what turned back to it in other writes outweighs what was taken of these
            return Cause(name, part.recall.start, f"{name}: {left} is left", evidence)
        evidence["run"] = run._asdict()
        sentence = f"{name}: {steps_in_words(run.first, run.last)} took {percent(run.share)}, {left} is left"
        return Cause(name, run.first, sentence, evidence)
    if name == FADED:
        half = evidence["half_gone"]
        gone = "" if half is None else f", half was gone by t = {half}"
        return Cause(name, half if half is not None else part.recall.start, f"faded: {left} is left{gone}", evidence)
    if name == UNWRITTEN:
        went_in = percent(evidence["written"])
        return Cause(name, part.store.start, f"never written: {went_in} of what was offered went in", evidence)
    wrong = int(np.nanargmin(part.right)) if np.isfinite(part.right).any() else 0
    source = part.sources[wrong]
    evidence["source"] = None if source is None else source._asdict()
    inside, right = some(evidence["inside"]), some(evidence["right"])
    if name == DISORDERED:
        sentence = f"order lost: {inside} is read from the segment, {right} from the right moment"
    elif evidence["right"] >= LIMITS["inside"]:
        sentence = f"kept, misread: {right} is read from the right moment, and the answer is another"
    else:
        sentence = f"kept, misread: {left} is there, {right} is read from the right moment"
    return Cause(name, part.recall[wrong], sentence, evidence)


def _kept(part: Segment) -> float:
    return float(part.weights @ part.kept)


def _mean(shares: Floats) -> float:
    """Of the steps that read anything; 0 where none did."""
    read = np.isfinite(shares)
    return float(shares[read].mean()) if read.any() else 0.0
