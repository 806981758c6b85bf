"""What travels over HTTP as JSON. Answers have no defaults: a field is always there, and null says it is not known."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from mnemoscope_server.manifest import Manifest, Paradigm
from mnemoscope_server.wire import SessionStatus, Speed


class Answer(BaseModel):
    """Base of what the server answers."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Question(BaseModel):
    """Base of what a client asks: unknown fields are refused, so that a misspelt option is told so."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


Finite = Annotated[float, Field(allow_inf_nan=False)]


# --- errors, status --------------------------------------------------------------------------------------------------


class ErrorDetail(Answer):
    """One error, told to a person."""

    code: str
    """Stable name: `unknown-recording`, `import-failed`, `too-large`, `bad-request`, `forbidden-origin`, …"""
    message: str
    """What was wanted and what came."""
    where: str | None
    """Place: line and column of a file, field of a request; null where there is none."""
    cure: str | None
    """What to do about it."""


class ErrorBody(Answer):
    """Body of every answer with a status of 400 or more."""

    error: ErrorDetail


class Limits(Answer):
    upload_bytes: int
    """Largest request body that is accepted."""
    steps: int
    """Most steps of one run."""


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
    limits: Limits


# --- models, gallery, recordings -------------------------------------------------------------------------------------


class TaskOption(Answer):
    """One knob of a task; a key of `task_params`. Values are whole numbers of low … high."""

    name: str
    label: str
    default: int
    low: int
    high: int


class TaskCard(Answer):
    """One task that models can be run on."""

    name: str
    """Name to ask for in POST /api/sessions."""
    metric: str
    """What an answer is measured in; lower is better."""
    description: str
    """What the model is asked to do, in one sentence."""
    takes_signal: bool
    """True: runs on an uploaded, generated or drawn signal (or on one that it makes up); false: makes its own bits, and
    only `{"kind": "none"}` is a signal for it."""
    options: list[TaskOption]


class ModelCard(Answer):
    """One checkpoint that can be run."""

    name: str
    """Name of the checkpoint: `ntm-copy`."""
    model: str
    """Id to ask for in POST /api/sessions: `ntm`."""
    label: str
    task: str
    glyph: Paradigm
    parameters: int
    description: str
    """How it remembers, in one sentence."""
    snapshots: list[int]
    """Updates of its training after which the weights were set aside, ascending; `ntm@250` runs those after 250 updates,
    `ntm@*` all of them side by side. Empty: none were."""
    measured_ms_per_step: float | None
    """Milliseconds one step took on this host, measured by a worker; null until it is known."""
    metrics: dict[str, Any]
    """Measured results of the checkpoint's card."""


class RunModel(Answer):
    """One model of a recording, in short."""

    id: str
    label: str
    glyph: str


class GalleryEntry(Answer):
    """A recording that ships with the product."""

    id: str
    title: str
    caption: str
    task: str
    models: list[RunModel]
    steps: int


Visibility = Literal["private", "listed"]
"""private: opens for whoever has the link, and is listed for whoever made it; listed: is listed for everybody."""


class Shared(Answer):
    """Who finds a recording, and for how long."""

    visibility: Visibility
    """private: opens for whoever has the link, and is listed for whoever made it; listed: is listed for everybody."""
    expires: str | None
    """UTC, `2026-12-01T00:00:00Z`: from then on it answers 410 and is deleted; null = never."""
    mine: bool
    """It may be changed and deleted from here. On a server for one machine alone everything is."""


class RecordingSummary(Shared):
    """A recording in this data folder."""

    id: str
    title: str
    task: str
    models: list[RunModel]
    steps: int
    """Steps it holds."""
    status: Literal["running", "ended", "stopped", "failed"]
    created: str
    bytes: int
    """Size of the file."""


class RecordingDetail(Shared):
    """Everything needed to open a recording; its chunks follow by HTTP, or by /ws/{id} while it is live."""

    id: str
    title: str
    status: SessionStatus
    steps: int
    """Steps that can be had now."""
    manifest: Manifest
    live: bool


class Change(Question):
    """New title or rules of a finished recording; what is left out stays as it is."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    visibility: Visibility | None = None
    expires: AwareDatetime | None = None
    """A moment in the future, with its zone; null = never."""


class ShareRequest(Question):
    """A copy that nothing changes any more, of the chunks of 64 steps around `first … stop` (stop excluded)."""

    first: int = Field(default=0, ge=0)
    stop: int | None = Field(default=None, ge=1)
    """null = to the end."""
    strip_signal: bool = False
    """Leave out what says whose signal it is: name, channel, unit, source, offset and scale, labels, seed."""
    title: str | None = Field(default=None, min_length=1, max_length=200)
    """null = the title of the original; without the facts of the signal, the name of the task."""
    visibility: Visibility = "private"
    expires: AwareDatetime | None = None


class ShareCreated(Answer):
    id: str
    """Opens at /s/{id}."""
    first: int
    """Step of the original that is step 0 of the copy."""
    stop: int
    note: str | None
    """Why it holds more than whole chunks around what was asked for: attention needs every step before."""


# --- uploads ---------------------------------------------------------------------------------------------------------


class ColumnReport(Answer):
    """One column of an imported file."""

    index: int
    name: str
    kind: Literal["time", "value", "label", "text"]
    unit: str | None
    min: float | None
    max: float | None
    mean: float | None
    missing: int
    """Cells without a number."""
    missing_fraction: float
    spark: list[float | None]
    """At most 128 numbers over the whole column, smallest and largest of each bucket; null = nothing but gaps there."""


class ImportReport(Answer):
    """What was read, and every assumption made on the way."""

    format: str
    encoding: str
    delimiter: str | None
    """null: one number per line, or columns aligned by blanks (`delimiter` " ")."""
    decimal: Literal[".", ","]
    header: bool
    rows: int
    bytes: int
    time_column: int | None
    """Index of the column used as time."""
    sample_rate: float | None
    """Hz; null = unknown or irregular."""
    sample_rate_source: str
    """The arithmetic behind `sample_rate`, for people."""
    notes: list[str]
    columns: list[ColumnReport]


class Upload(Answer):
    id: str
    report: ImportReport


class ImportOptions(Question):
    """What the user knows better than the sniffer: the form field `options` of POST /api/uploads, as JSON."""

    delimiter: Literal[",", ";", "\t", "|", " ", ""] | None = None
    """" ": columns aligned by blanks; "": one number a line; null: find out."""
    decimal: Literal[".", ","] | None = None
    header: bool | None = None
    """false: the columns have no names, or these are to be ignored."""
    missing: list[str] = Field(default_factory=list, max_length=20)
    """More cells that mean "no number"."""
    sentinels: list[Finite] = Field(default_factory=list, max_length=20)
    """Numbers that mean "no number", such as -999."""
    ragged: Literal["refuse", "skip"] = "refuse"
    """skip: leave out rows with another number of values, and report them."""
    infinite: Literal["refuse", "missing"] = "refuse"


class Window(Question):
    """What part of a channel to use and how to turn it into the model's input."""

    channel: int = Field(ge=0)
    """Index of the column."""
    start: int = Field(default=0, ge=0)
    """First row, counted from 0 below the header."""
    stop: int | None = Field(default=None, ge=1)
    """Row after the last one; null = to the end."""
    sample_rate: Finite | None = Field(default=None, gt=0)
    """Hz of the file, where the user knows better than the report; null = as reported."""
    resample_to: Finite | None = Field(default=None, gt=0)
    """Hz wanted; null = as it is."""
    missing: Literal["hold", "linear", "drop"] = "hold"
    """hold: repeat the last number; linear: a straight line over the gap; drop: leave the rows out."""
    scaling: Literal["zscore", "robust", "none"] = "zscore"


class PreviewRequest(Window):
    task: str = "signal-recall"
    """Task that the window is wanted for: warnings and estimate are for it."""
    task_params: dict[str, Finite] = Field(default_factory=dict)
    models: list[str] = Field(default_factory=list, max_length=64)
    """Models to estimate for, named as in POST /api/sessions; empty = all checkpoints of the task."""


class Estimate(Answer):
    seconds: float | None
    """Computing time on this host at full speed; null until the models have been measured."""
    bytes: int | None
    """Size of the recording before compression; null until the models are loaded."""


class Preview(Answer):
    """What the model would see."""

    steps: int
    values: list[float]
    """After resampling and scaling; at most 2000 points, smallest and largest of each bucket in order."""
    before: list[float | None]
    """The same window as it is in the file; null = missing."""
    overview: list[float | None]
    """The whole channel as it is in the file, at most 1000 points."""
    offset: float
    scale: float
    """raw = value · scale + offset"""
    sample_rate: float | None
    """Steps per second."""
    warnings: list[str]
    estimate: Estimate


# --- generated signals -----------------------------------------------------------------------------------------------


class GeneratorParam(Answer):
    name: str
    label: str
    default: float
    min: float
    max: float


class Generator(Answer):
    kind: str
    label: str
    params: list[GeneratorParam]


class SignalPreviewRequest(Question):
    kind: str
    seed: int = Field(default=0, ge=0, lt=2**31)
    steps: int = Field(default=512, ge=2, le=20_000)
    params: dict[str, Finite] = Field(default_factory=dict)


class SignalEvent(Answer):
    step: int
    until: int
    kind: str
    label: str


class SignalPreview(Answer):
    values: list[float]
    sample_rate: float | None
    events: list[SignalEvent]


# --- sessions --------------------------------------------------------------------------------------------------------


class UploadSignal(Window):
    kind: Literal["upload"]
    upload_id: str
    keep_name: bool = False
    """Write the file's name into the recording; a link shows it to everybody. Without it the channel's name is used."""


class GeneratedSignal(Question):
    kind: Literal["generated"]
    generator: str
    seed: int = Field(default=0, ge=0, lt=2**31)
    steps: int = Field(default=512, ge=2)
    params: dict[str, Finite] = Field(default_factory=dict)


class ValuesSignal(Question):
    """A series given number by number, for example drawn with the mouse."""

    kind: Literal["values"]
    values: list[Finite] = Field(min_length=2, max_length=100_000)
    name: str = Field(default="drawn signal", max_length=200)
    sample_rate: Finite | None = Field(default=None, gt=0)


class NoSignal(Question):
    """The task makes its own input: bits, or a random mixture where it takes a signal."""

    kind: Literal["none"]


SignalChoice = Annotated[UploadSignal | GeneratedSignal | ValuesSignal | NoSignal, Field(discriminator="kind")]


class BridgeSettings(Question):
    """A Transformer's weights as a stateless DNC: where its memory lives, and what of the DNC is turned on (the ladder).

    Everything at rest, it computes what the Transformer computes.
    """

    RUNGS: ClassVar = ("slots", "overwrite", "erase", "free", "links", "recurrence")

    memory: Literal["stores", "graves"] = "stores"
    """stores: one write-once slot a step; graves: the memory of Graves 2016. The settings below want `graves`."""
    slots: int | None = Field(default=None, ge=1, le=1024)
    """Slots of the memory; null = one for every step of the run."""
    overwrite: Finite = Field(default=0.0, ge=0, le=1)
    """1 - allocation gate: writes go to the most similar slot instead of the next unused one."""
    erase: Finite = Field(default=0.0, ge=0, le=1)
    """Erase vector: how much of a slot is wiped as it is written."""
    free: Finite = Field(default=0.0, ge=0, le=1)
    """Free gates: slots that were read are given back."""
    links: Finite = Field(default=0.0, ge=0, le=1)
    """Read modes: the part of a read that follows the order of writing, half of it backward and half forward."""
    recurrence: Finite = Field(default=0.0, ge=0, le=2)
    """How loud the controller hears its last reads."""


class SessionRequest(Question):
    """Open a session: a recording that starts now."""

    signal: SignalChoice
    task: str
    task_params: dict[str, Finite] = Field(default_factory=dict)
    """Options of the task (GET /api/tasks): segment, delay, lead … ; missing ones take the task's defaults."""
    models: list[str] = Field(min_length=1, max_length=64)
    """Models or checkpoints in the order of the streams, at most 64 in the end: `["ntm", "dnc-copy", "ntm@250", "ntm@*"]`;
    `@250` = after 250 updates of its training, `@*` = all moments of its training, in their order."""
    title: str | None = Field(default=None, min_length=1, max_length=200)
    """null = made from signal and task."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    start: Literal["paused", "playing"] = "playing"
    speed: Speed | None = 30.0
    """Steps per second; null = as fast as the host can."""
    bridge: BridgeSettings | None = None
    """Adds a second stream, `sdnc`: the one model asked for, a Transformer, as a stateless DNC with these settings."""
    keep: bool = True
    """false: the recording is not listed, and is gone an hour later, at the next start, or when others need its place."""


class SessionCreated(Answer):
    id: str
    """Opens at /s/{id}; the socket is /ws/{id}."""
