"""A stored segment and its replay, followed through the ledger of one bank: what was kept of it, who took what, what was read.

    part = follow(rec["ntm"], range(25, 49), range(79, 103))
    part.kept        # [write]: what of each write was still there when it was asked for
    part.right       # [asked step]: share of its read that comes from the right moment, one step to either side included

Reads are those of all heads of the bank side by side. No torch.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnemoscope import kinds
from mnemoscope.errors import RecordingError
from mnemoscope.kinds import BankLog
from mnemoscope.kinds.ledger import Floats
from mnemoscope.reading.view import ModelView

NEIGHBOURS = 1
"""Steps to either side of a moment that count as that moment."""

RECENT = 2
"""Steps before a read that are, with its own, its last steps."""

READS_AT_ONCE = 32
"""Reads whose sources are looked up together: a row of shares is as long as the run."""

LOUD = 0.01
"""A step takes part in a run of losses when it takes more than this of the segment."""

EDGE = 0.05
"""Of a loss that is spread over many steps this part is left out at either end."""


class Run(NamedTuple):
    """Steps first … last that together took this share of the segment."""

    first: int
    last: int
    share: float


class Source(NamedTuple):
    """The step whose write has the largest share of a read, and that share with its neighbours'."""

    step: int
    share: float
    own: float
    """Of the step alone."""


@dataclass(frozen=True)
class Segment:
    """n writes of `store`, m steps of `recall`; every share is of what was written, or of what was read."""

    bank: str
    store: range
    recall: range
    places: tuple[int, ...]
    """For each asked step the step that holds the answer."""
    written: Floats
    """[n] ‖A‖ of each write."""
    offered: Floats
    """[n] what it would have been with address and gates fully open."""
    losses: dict[str, Floats]
    """[n, steps] by mechanism, to the end of the run."""
    right: Floats
    """[m] share of a read from the right moment; NaN where nothing was read."""
    inside: Floats
    """[m] share of a read from the whole segment; NaN where nothing was read."""
    recent: Floats
    """[m] share of a read from its own step and the two before it; NaN where nothing was read."""
    sources: tuple[Source | None, ...]
    """[m]; None where nothing was read."""

    @property
    def weights(self) -> Floats:
        """[n] part of each write in the segment, ‖A‖² normalised; equal where nothing was written at all."""
        power = self.written**2
        return power / power.sum() if power.any() else np.full(len(power), 1.0 / len(power))

    def asked_at(self) -> NDArray[np.intp]:
        """[n] the step that asks for each write; the last one of the replay where none does."""
        out = np.full(len(self.store), self.recall.stop - 1)
        for t, place in reversed(list(zip(self.recall, self.places, strict=True))):
            if place in self.store:
                out[self.store.index(place)] = t
        return out

    def taken(self) -> dict[str, Floats]:
        """[n] by mechanism: what each write had lost when it was asked for. Slots freed during the replay are no loss."""
        return {name: (table * self._unasked(name)).sum(1) for name, table in self.losses.items()}

    @property
    def kept(self) -> Floats:
        """[n] what of each write was still there when it was asked for; 0 of one that wrote nothing."""
        return np.where(self.written > 0, 1.0 - sum(self.taken().values(), np.zeros(len(self.store))), 0.0)

    def held(self, t: int) -> float:
        """What is left of the whole segment after step t, of what it was when written."""
        after = [table[:, : t + 1].sum(1) for table in self.losses.values()]
        made = (np.array(self.store) <= t) & (self.written > 0)
        return float(self.weights @ np.where(made, 1.0 - sum(after, np.zeros(len(self.store))), 0.0))

    def lost(self, mechanism: str) -> Floats:
        """[step] what each step took of the whole segment."""
        table = self.losses.get(mechanism)
        return np.zeros(self._steps) if table is None else self.weights @ table

    def lost_before_asked(self, mechanism: str) -> Floats:
        """[step] what each step took of the segment's writes before those were asked for: it sums to the loss in `taken`."""
        table = self.losses.get(mechanism)
        return np.zeros(self._steps) if table is None else self.weights @ (table * self._unasked(mechanism))

    def half_gone(self) -> int | None:
        """The first step after which at most half of the segment is left, or None."""
        gone = np.cumsum(sum((self.lost(name) for name in self.losses), np.zeros(self._steps)))
        found = np.flatnonzero(gone >= 0.5)
        return int(found[0]) if len(found) else None

    def _unasked(self, mechanism: str) -> NDArray[np.bool_]:
        """[n, step] whether what a step takes of a write counts as lost to its answer."""
        asked = self.asked_at()
        until = np.full(len(asked), self.recall.start - 1) if mechanism == "freed" else asked
        return np.arange(self._steps) <= until[:, None]

    @property
    def _steps(self) -> int:
        return max((table.shape[1] for table in self.losses.values()), default=self.recall.stop)


def follow(
    view: ModelView,
    store: range,
    recall: range,
    *,
    places: Sequence[int] | None = None,
    bank: str | None = None,
) -> Segment:
    """Follow the writes of steps `store` to the reads of steps `recall`, in one bank (None: the default one).

    places: for each asked step the step that holds the answer; by default the replay is in order, step for step.
    Raises RecordingError for steps that the model does not have, or where the answers' places are not known.
    """
    work = following(view, store, recall, places=places, bank=bank)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def following(
    view: ModelView,
    store: range,
    recall: range,
    *,
    places: Sequence[int] | None = None,
    bank: str | None = None,
) -> Generator[None, None, Segment]:
    """`follow`, which yields every few milliseconds, so that others can be served meanwhile."""
    spec = view.bank(bank)
    if places is None:
        if len(recall) > len(store):
            raise RecordingError(f"{len(recall)} steps are asked for of {len(store)}: say with places= which.")
        places = tuple(store[: len(recall)])
    if not store or not recall or len(places) != len(recall) or recall.stop > view.steps or recall.start < store.stop:
        raise RecordingError(
            f"Wanted a replay of steps {store} before step {view.steps} of model {view.id}, got {recall} "
            f"with {len(places)} places."
        )
    log, kind = BankLog(view, spec), kinds.of(spec)
    right, inside, recent = (np.full(len(recall), np.nan) for _ in range(3))
    sources: list[Source | None] = []
    for begin in range(0, len(recall), READS_AT_ONCE):
        asked = recall[begin : begin + READS_AT_ONCE]
        rows = yield from _shares_of_all_heads(view, log, asked)
        for k, (t, row) in enumerate(zip(asked, rows, strict=True), begin):
            row = row[: t + 1]
            sources.append(main_source(row))
            if row.any():
                right[k] = row[max(0, places[k] - NEIGHBOURS) : places[k] + NEIGHBOURS + 1].sum()
                inside[k] = row[store.start : store.stop].sum()
                recent[k] = row[max(0, t - RECENT) :].sum()
    yield
    return Segment(
        bank=spec.name,
        store=store,
        recall=recall,
        places=tuple(places),
        written=kind.write_norms(log, store.start, store.stop),
        offered=kind.offered_norms(log, store.start, store.stop),
        losses=view.losses(store, view.steps, spec.name),
        right=right,
        inside=inside,
        recent=recent,
        sources=tuple(sources),
    )


def _shares_of_all_heads(view: ModelView, log: BankLog, steps: range) -> Generator[None, None, Floats]:
    """`view.shares(t, None)` of consecutive steps without the initial content, [read, step]: one way back for all of them."""
    kind, heads = kinds.of(log.bank), range(log.bank.read_heads)
    reads = np.stack([[view.read_vector(t, head, log.bank.name) for head in heads] for t in steps])
    powers = np.einsum("thw,thw->th", reads, reads)
    total = powers.sum(axis=1, keepdims=True)
    weights = np.divide(powers, total, out=np.zeros_like(powers), where=total > 0)
    rows = np.zeros((len(steps), steps.stop))
    for head in heads:
        for first, shares in kind.shares_back(log, head, steps.start, reads[:, head]):
            if first >= 0:
                rows[:, first : first + shares.shape[1]] += weights[:, head, None] * shares
            yield
    return rows


def main_source(row: Floats) -> Source | None:
    """The step with the largest share in a row [step], and what it has with its neighbours; None where nothing was read."""
    if not row.any():
        return None
    step = int(row.argmax())
    return Source(step, float(row[max(0, step - NEIGHBOURS) : step + NEIGHBOURS + 1].sum()), float(row[step]))


def taking(lost: Floats) -> Run | None:
    """Which steps took it, of a row [step] of what each took: those that follow one another and take more than 1 % each, where they
    took most of it; else all from the first to the last but for a twentieth of it at either end. None where nothing was lost.
    """
    whole = float(lost.sum())
    if whole <= 0:
        return None
    loud = np.concatenate([[False], lost > LOUD, [False]])
    edges: list[int] = np.flatnonzero(loud[1:] != loud[:-1]).tolist()
    runs = [Run(a, b - 1, float(lost[a:b].sum())) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    most = max(runs, key=lambda run: run.share, default=None)
    if most is not None and most.share > whole / 2:
        return most
    gone = np.cumsum(np.maximum(lost, 0))
    first, last = (int((gone < part * gone[-1]).sum()) for part in (EDGE, 1 - EDGE))
    return Run(first, last, float(lost[first : last + 1].sum()))
