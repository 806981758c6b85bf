"""The verdict of a recording over HTTP: which model answered best, and why (mnemoscope.measuring.verdict)."""

from typing import Any

from mnemoscope_server.schemas.base import Answer


class VerdictRow(Answer):
    """One model of the ranking, best first."""

    model: str
    """Its id in the recording."""
    label: str
    error: float | None
    """Over all asked steps: 0 is perfect, `chance` what a model that knows nothing gets; null: nothing was asked."""
    low: float | None
    """The 5 to 95 % band of the error over rounds or blocks; null where there are fewer than eight."""
    high: float | None
    unit_error: float | None
    """The error of one answer in `unit`; of bits the wrong ones in all."""
    unit: str | None
    """Of the signal, or `bits`; null = not known."""
    right_share: float | None
    """Part of the reads that comes from the moment asked for, one step to either side included; it may pass 1 where writes
    cancel. null: the task replays nothing, or no memory was recorded."""
    floats: int | None
    """Numbers kept between two steps after the last asked step; null = not known."""
    floats_grow: bool
    """With every step."""
    ms_per_step: float | None
    """Milliseconds; `note` says where they were measured."""
    tied: bool
    """Level with the row before."""
    cause: str | None
    """`alive`, or of what the segment died: `faded`, `overwritten`, `freed`, `order lost`, `kept, misread`, `never written`; `not settled`
    where ledger and intervention do not agree, `not examined` without a memory; null: nothing was asked back."""
    evidence: dict[str, Any] | None
    """The numbers that the cause rests on, with the limits they were held against."""
    because: str
    """The clauses of this model, as one sentence."""


class VerdictClause(Answer):
    """A fact about one model, and the step and the place that show it."""

    text: str
    model: str
    step: int
    bank: str | None
    slot: int | None
    """The slot it is about, of `bank`: of a single state the unit, of a memory that grows the step; null: no single one."""


class VerdictBaseline(Answer):
    """What a forecast has to beat."""

    name: str
    label: str
    error: float | None
    low: float | None
    high: float | None
    unit_error: float | None


class Elsewhere(Answer):
    """Which of the same checkpoints is ahead on the signals of the results that ship (GET /api/retention/standing)."""

    text: str
    """A sentence, by the wording rules of a verdict: "On 48 other signals NTM and DNC are level."""
    delay: int
    """Steps between storing and asking, of the run and there."""
    n: int
    """Signals."""


class Verdict(Answer):
    """What a recording answers; it follows from the recording alone, but for milliseconds that are measured now."""

    question: str
    when: str
    """What was stored and asked when; empty where the task stores nothing."""
    note: str
    """How many draws there are, what a band is, and why something is null."""
    poster: int | None
    """The last asked step whose read has one source in most models."""
    store: tuple[int, int] | None
    """First step of the last segment and the one after its last."""
    recall: tuple[int, int] | None
    n: int
    """Rounds, or blocks of steps of a task that replays nothing."""
    chance: float
    """The error of a model that knows nothing."""
    error_of: str
    """What an error is a part of: `the signal`, `the bits`."""
    error_says: str
    """What an error is, in a sentence."""
    baselines: list[VerdictBaseline]
    ranking: list[VerdictRow]
    clauses: list[VerdictClause]
    elsewhere: Elsewhere | None = None
    """null where these models were not measured at this segment and delay; never part of an exported page."""
