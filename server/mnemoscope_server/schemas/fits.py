"""Fits over HTTP: a forecasting model trained further on a user's own series."""

from typing import Annotated, Literal

from pydantic import Field

from mnemoscope_server.schemas.base import Answer, Finite, Question
from mnemoscope_server.schemas.sessions import GeneratedSignal, UploadSignal, ValuesSignal

MAX_SECONDS = 600.0
FitSignal = Annotated[UploadSignal | GeneratedSignal | ValuesSignal, Field(discriminator="kind")]


class FitPlanRequest(Question):
    """A signal to be fitted to. Its `scaling` does not matter: a fit scales by the part it is fitted to."""

    signal: FitSignal


class FitRequest(FitPlanRequest):
    model: str = Field(max_length=200)
    """A model or checkpoint of the task `forecast`: `lstm`."""
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
    """MASE: 1 is persistence, lower is better."""

    ar32: float
    """AR(32) by least squares on the part that is fitted to."""
    seasonal: float
    """The value one season before."""
    persistence: float


class FitErrors(BaselineErrors):
    before: float
    """As shipped, or with random weights."""
    after: float


class FitBands(Answer):
    """5 to 95 % over resamplings of blocks; null of fewer than eight blocks."""

    ar32: tuple[float, float] | None
    seasonal: tuple[float, float] | None
    persistence: tuple[float, float] | None
    before: tuple[float, float] | None
    after: tuple[float, float] | None


class FitPlan(Answer):
    """What a fit would do with a signal, before it begins."""

    name: str
    unit: str | None
    sample_rate: float | None
    """Steps per second; null = unknown."""
    split: FitSplit
    values: list[float]
    """The series in raw units; at most 2000 points, smallest and largest of each bucket in order."""
    period: int
    """Steps of its season."""
    held_back: BaselineErrors
    """Errors of the baselines on the held-back part."""
    notes: list[str]
    """What was assumed or left out."""
    seconds: float
    """Budget where none is given."""
    max_seconds: float


class FitExample(Answer):
    """The beginning of the part never seen, in raw units: what came, and what was predicted one step ahead."""

    start: int
    values: list[float]
    before: list[float]
    after: list[float]
    ar32: list[float]


class FitResult(Answer):
    scores: FitErrors
    """On the part never seen."""
    bands: FitBands
    blocks: int
    """Blocks that the part never seen was scored in."""
    held_back: FitErrors
    split: FitSplit
    period: int
    take: Literal["after", "before", "ar32", "seasonal", "persistence"]
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
