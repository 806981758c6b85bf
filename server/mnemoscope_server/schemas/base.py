"""What travels over HTTP as JSON, and first of all: errors, what the server is, what can be run on it.

Answers have no defaults: a field is always there, and null says it is not known.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mnemoscope.signals.importers.options import ImportOptions


class Answer(BaseModel):
    """Base of what the server answers. Validators are built at first use: those of the manifest alone cost 90 ms of a start."""

    model_config = ConfigDict(use_attribute_docstrings=True, defer_build=True)


class Question(BaseModel):
    """Base of what a client asks: unknown fields are refused, so that a misspelt option is an error."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


Finite = Annotated[float, Field(allow_inf_nan=False)]


class Retry(Answer):
    """A hint that the page can follow by itself: the same file again with more options."""

    label: str
    """What that does, for a button."""
    options: ImportOptions
    """What is to be added to the options the file was sent with; what is left out stays as it was."""


class ErrorDetail(Answer):
    """One error, for a person to read."""

    code: str
    """Stable name: `unknown-recording`, `import-failed`, `too-large`, `bad-request`, `forbidden-origin`, …"""
    message: str
    """What was wanted and what came."""
    where: str | None
    """Place: line and column of a file, field of a request; null where there is none."""
    hint: str | None = Field(serialization_alias="cure")  # what version 0.1 called it
    """What to do about it."""
    retry: Retry | None
    """What of it can be done for the user; null where nothing can."""


class ErrorBody(Answer):
    """Body of every answer with a status of 400 or more."""

    error: ErrorDetail


class Limits(Answer):
    upload_bytes: int
    """Largest request body that is accepted."""
    steps: int
    """Most steps of one run."""
    models: int
    """Most models of one recording, moments of a training counted one by one."""
    uploads_hours: float
    """Hours after which what was read of an uploaded file is deleted."""


class Status(Answer):
    """What this server is and can do now."""

    version: str
    device: str | None
    """Where models run: `cpu`, `cuda`; null until a worker is ready."""
    workers: Literal["starting", "ready", "failed"]
    """failed: no live runs, for the reason in `workers_reason`; recordings still open."""
    workers_reason: str | None
    replay_only: bool
    """Live runs are off on this host."""
    watching: bool
    """Recordings of a watched folder are listed too, as they appear."""
    limits: Limits


class ModelCard(Answer):
    """One checkpoint that can be run."""

    name: str
    """Name of the checkpoint: `ntm-copy`."""
    model: str
    """Id to ask for in POST /api/sessions: `ntm`."""
    label: str
    task: str
    glyph: str
    """Id of its sign and hue."""
    parameters: int
    family: str
    """What it shares with others of its kind, "Attention: every step kept"; "" of one's own."""
    description: str
    """How it remembers, in one sentence."""
    horizon: str | None
    """Steps of delay up to which it replays held-out mixtures with an error of at most 0.5, as measured once for How long?:
    "150 – 200" (passed between these two), "> 400", "not at 10"; null where that was not measured."""
    snapshots: list[int]
    """Updates of its training after which the weights were set aside, ascending; `ntm@250` runs those after 250 updates,
    `ntm@*` all of them side by side. Empty: none were."""
    measured_ms_per_step: float | None
    """Milliseconds one step took on this host, measured by a worker; null until it is known."""
    bytes_per_step: float | None
    """Bytes that one step takes in a recording before compression, its part of the keyframes included; null until it is known."""
    metrics: dict[str, Any]
    """Measured results of the checkpoint's card."""
