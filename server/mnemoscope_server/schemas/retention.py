"""How long signals are remembered, over HTTP: what is asked, and the measurement as it grows."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mnemoscope_server.schemas.base import Answer, Question
from mnemoscope_server.schemas.sessions import GeneratedSignal, NoSignal, UploadSignal, ValuesSignal

MAX_RETENTION_MODELS, MAX_DELAYS, MAX_DELAY, MAX_SEGMENTS, MAX_SEGMENT = 16, 16, 2000, 12, 128


class RecordedSignal(Question):
    """The longest stretch of a recording's signal that its models could hear."""

    kind: Literal["recording"]
    id: str = Field(max_length=64)


class RetentionRequest(Question):
    """Measure how long a segment of a signal is remembered, at several delays."""

    signal: Annotated[
        UploadSignal | GeneratedSignal | ValuesSignal | RecordedSignal | NoSignal, Field(discriminator="kind")
    ]
    """none: held-out mixtures, the kind of signal that the models were trained on."""
    models: list[str] = Field(min_length=1, max_length=MAX_RETENTION_MODELS)
    """Models or checkpoints of signal-recall, as in POST /api/sessions."""
    segment: int = Field(default=24, ge=1, le=MAX_SEGMENT)
    """Steps to hold."""
    delays: list[Annotated[int, Field(ge=0, le=MAX_DELAY)]] | None = Field(
        default=None, min_length=1, max_length=MAX_DELAYS
    )
    """Steps between the segment and the cue; null = 10, 40, 120, 400, then where the curves jump."""
    segments: list[Annotated[int, Field(ge=1, le=MAX_SEGMENT)]] | None = Field(default=None, max_length=MAX_SEGMENTS)
    """Other steps to hold, each measured at a few of the delays; null = 4, 8, 16, 24, 32, 48, 64, [] = none."""
    contents: bool = True
    """Also what a linear read-out gets from the memories."""


class RetentionCreated(Answer):
    id: str
    """The measurement opens at /long/{id}; the same question has the same id."""


class RetentionRow(Answer):
    """One model at one delay, in one view."""

    view: Literal["behaviour", "content", "provenance"]
    model: str
    checkpoint: str | None
    """null: a reference."""
    delay: int
    error: float | None
    """Relative RMSE of the replay (behaviour) or of the best linear read-out (content)."""
    low: float | None
    """5 % of the view's figure over resampled windows, and checkpoints; null where there are too few for a band."""
    high: float | None
    n: int
    """Windows, samples or writes that the figure is taken over."""
    trained: bool
    """The delay and the segment lie inside the training."""
    segment: int | None
    """Steps that had to be held: behaviour."""
    seeds: int
    """Checkpoints of the model that the figure is the mean of; the band is over them too where there are several."""
    bank: str | None
    """The bank that was looked into; null for all of them."""
    r2: float | None
    """Held-out share of the variance that a linear read-out explains: content."""
    shuffled: float | None
    """The same where the targets are shuffled in time: content."""
    held: float | None
    """Share of a write that is still there: provenance."""


class Horizon(Answer):
    """Up to where a model's error stays below a level: between two measured delays, never a number between them."""

    view: str
    model: str
    checkpoint: str | None
    level: float
    delay: int | None
    """The last measured delay below the level; null: not even the shortest."""
    above: int | None
    """The first measured delay above it; null: none is."""
    text: str
    """As people say it: "80 – 100", "not at 10", "> 400"."""


class Capacity(Answer):
    """Memory capacity of a bank: the sum over lags of what a linear read-out gets from it."""

    model: str
    checkpoint: str | None
    bank: str | None
    """null: of the whole state."""
    capacity: float
    shuffled: float
    """The same where the targets are shuffled in time: what is measured of a memory that holds nothing."""
    lags: int
    """Lags 0 … lags − 1 are read out."""
    n: int
    """Samples that are scored."""
    grows: bool
    """The bank keeps every step, so that the sum has no end where anything is read out at all."""
    text: str
    """As people say it: "63.8", "> 128"."""


class CauseOfDeath(Answer):
    """Why a model no longer answers at a delay, from exact quantities."""

    model: str
    delay: int
    cause: str
    evidence: str


class FollowedSegment(Answer):
    """What the ledger says of the segment at one delay, in one window of the signal."""

    model: str
    delay: int
    kept: float | None
    """The part of what was written that is still there at the cue; null without a ledger."""
    right: float | None
    """The part of the reads that comes from the right moment ± 1 step."""


class PriceOfMemory(Answer):
    """What a model keeps and takes after so many steps."""

    model: str
    floats: list[tuple[int, int]]
    """(steps heard, floats kept): counted, exact."""
    ms: list[tuple[int, float]]
    """(steps heard, milliseconds of one step): measured."""


class RetentionModel(Answer):
    id: str
    """Its name in the rows."""
    checkpoint: str
    """Of several checkpoints, seeds of one training: all their names, with commas."""
    label: str
    glyph: str


class Reference(Answer):
    """A memory whose retention is known, measured beside the models."""

    id: str
    label: str


class RetentionStage(Answer):
    """The part of a measurement that is under way."""

    name: Literal["delays", "ledger", "segments", "contents"]
    done: int
    of: int


class Retention(Answer):
    """A measurement, whole or as far as it has come."""

    id: str
    version: int
    """Grows with everything that is added; ask with `after` to wait for more."""
    status: Literal["waiting", "running", "ended", "stopped", "failed"]
    """stopped: somebody stopped it; what was measured until then stays."""
    reason: str | None
    """Why it failed."""
    mine: bool
    """Whoever asks may stop or delete it."""
    signal: str
    """What was remembered, in a few words."""
    sample_rate: float | None
    """Steps a second; null = unknown."""
    segment: int
    trained_delay: int | None
    """The longest delay of the training; null while nothing is measured."""
    planned: int
    """Delays that are to be measured, fewer where the signal is too short for some."""
    shortest: int
    longest: int
    """Ends of the delays that may be measured: for the axis, before they are."""
    stage: RetentionStage | None
    """null before the first delay is measured, and when it is over."""
    measured: list[int]
    """Delays that are measured, ascending."""
    n: int
    """Windows of the signal."""
    seconds: float
    """Spent so far."""
    seconds_left: float | None
    """Of the stage, about; null while that is not known."""
    created: str
    models: list[RetentionModel]
    references: list[Reference]
    rows: list[RetentionRow]
    horizons: list[Horizon]
    capacities: list[Capacity]
    causes: list[CauseOfDeath]
    prices: list[PriceOfMemory]
    followed: list[FollowedSegment]
    figures: dict[str, Any]
    """Plotly figures by name: behaviour, price, held, found, content, and "content M" with the banks of model M, "segments D" with the
    error against the segment after D steps, "surface M" with delay × segment of model M."""
    notes: list[str]
    """What to know of it: delays that do not fit, what lies outside the training, what had to be assumed."""
    command: str | None
    """What measured it, for results that ship."""


class DelayRequest(Question):
    delay: int = Field(ge=0, le=MAX_DELAY)


class DelayRecording(Answer):
    """The recording of one measured delay."""

    id: str
    cue: int
    """The step at which the segment is asked for."""
