"""Fits over HTTP: a model trained further on a user's own series."""

from typing import Annotated, Literal

from pydantic import Field

from mnemoscope_server.schemas.base import Answer, Finite, Question
from mnemoscope_server.schemas.sessions import GeneratedSignal, UploadSignal, ValuesSignal

MAX_SECONDS = 600.0
FitSignal = Annotated[UploadSignal | GeneratedSignal | ValuesSignal, Field(discriminator="kind")]

FitTask = Literal["forecast", "signal-recall"]


class FitPlanRequest(Question):
    """A signal to be fitted to. Its `scaling` does not matter: a fit scales by the part it is fitted to."""

    signal: FitSignal
    task: FitTask = "forecast"


class FitRequest(FitPlanRequest):
    model: str = Field(max_length=200)
    """A model or checkpoint of the task: `lstm`."""
    seconds: Finite | None = Field(default=None, gt=0, le=MAX_SECONDS)
    """Of training; null with null `updates` = 60."""
    updates: int | None = Field(default=None, ge=1, le=1_000_000)
    """Of training, whichever is spent first; the same updates and seed give the same weights."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    scratch: bool = False
    """Start from random weights instead of the shipped checkpoint."""


class FitSplit(Answer):
    """[first step, stop] of the parts, one after another in time."""

    fit: tuple[int, int]
    held_back: tuple[int, int]
    """Training stops by it."""
    test: tuple[int, int]
    """Never seen; the scores are of it."""
    steps: int


class BaselineErrors(Answer):
    """The task's own error, lower is better; null where a baseline has no meaning for the task."""

    ar32: float | None
    """AR(32) by least squares on the part that is fitted to."""
    seasonal: float | None
    """The value one season before."""
    persistence: float | None
    """The last value again: of the next value MASE is 1; of a replay, the last one heard before the cue."""
    mean: float | None
    """The mean of the part that is fitted to, always."""
    shift_register: float | None
    """A delay line as long as segment and delay: exact, where these are known beforehand."""


class FitErrors(BaselineErrors):
    before: float
    """As shipped, or with random weights."""
    after: float


Band = tuple[float, float] | None


class FitBands(Answer):
    """5 to 95 % over resamplings of blocks; null of fewer than eight blocks, or without a meaning."""

    ar32: Band
    seasonal: Band
    persistence: Band
    mean: Band
    shift_register: Band
    before: Band
    after: Band


class FitPlan(Answer):
    """What a fit would do with a signal, before it begins."""

    name: str
    task: str
    unit: str | None
    sample_rate: float | None
    """Steps per second; null = unknown."""
    split: FitSplit
    values: list[float]
    """The series in raw units; at most 2000 points, smallest and largest of each bucket in order."""
    period: int | None
    """Steps of its season; null where no baseline has one."""
    held_back: BaselineErrors
    """Errors of the baselines on the held-back part."""
    reasons: dict[str, str]
    """Why a baseline has no meaning here, by its name above."""
    notes: list[str]
    """What was assumed or left out."""
    seconds: float
    """Budget where none is given."""
    max_seconds: float


class FitExample(Answer):
    """The beginning of the part never seen, in raw units: what came or was stored, and what was answered."""

    start: int
    values: list[float]
    before: list[float]
    after: list[float]
    baseline: list[float]
    """Of the best one that a model is advised against."""
    name: str
    """What that baseline is called."""


class FitResult(Answer):
    scores: FitErrors
    """On the part never seen."""
    bands: FitBands
    blocks: int
    """Blocks that the part never seen was scored in."""
    held_back: FitErrors
    reasons: dict[str, str]
    """Why a baseline has no meaning here, by its name."""
    split: FitSplit
    period: int | None
    take: Literal["after", "before", "ar32", "seasonal", "persistence", "mean"]
    """What to take, the baselines included."""
    text: str
    """The same as a sentence with its figures."""
    updates: int
    best_update: int
    """The weights are those after so many updates."""
    seconds: float
    ended: Literal["seconds", "updates", "no longer better", "stopped", "not finite"]
    sha256: str
    """Of the weights."""
    example: FitExample


class Fit(Answer):
    """One fit, from when it was asked for."""

    id: str
    state: Literal["waiting", "running", "done", "failed"]
    stopping: bool
    """It was asked to end; the best so far becomes the result."""
    model: str
    label: str
    glyph: str
    task: str
    name: str
    """Of the signal."""
    signal: Annotated[UploadSignal | GeneratedSignal, Field(discriminator="kind")] | None
    """What it is fitted to, to be asked for again; null for a drawn one."""
    seconds: float | None
    updates: int | None
    seed: int
    scratch: bool
    created: str
    curve: list[tuple[int, float, float]]
    """[updates, seconds, error on the held-back part] of every look so far."""
    result: FitResult | None
    error: str | None
    """Why there is no result."""
