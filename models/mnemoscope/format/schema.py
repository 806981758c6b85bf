"""The manifest of a recording as types: the one place where its fields stand.

The table in docs/format.md, the server's contract and the page's types are generated from these classes
(`python -m mnemoscope_server.contract`, `npm run wire`), and what is read is checked against them (checks.py). How the fields fit
each other (sizes, shapes) is checked by manifest.py, what a kind of memory needs by mnemoscope.kinds. Keys that are not here are kept
and ignored, so that recordings of later versions still open; that is why a manifest in memory stays the JSON it was read from.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from mnemoscope.format.checks import Between, Shown
from mnemoscope.format.entries import Event, Failure

MAX_STEPS = 2**32 - 1
MAX_FRAME_BYTES = 4 << 20  # so a chunk of 64 steps, which is read at once, stays below 256 MiB
MAX_KEYFRAME_BYTES = 64 << 20
MAX_BESIDE = 7
"""Channels shown beside the one that models hear: eight in all."""

Status = Literal["running", "ended", "stopped", "failed"]

StoppedBy = Literal["owner", "server", "idle", "source", "disk"]
"""Why a run was stopped: by who drives it, because the server ended, because nobody watched while it was paused, because its live source
sent nothing more, or because the disk was full."""

Count = Annotated[int, Between(1)]
"""A whole number of at least 1."""


@dataclass(frozen=True, kw_only=True)
class TensorEntry:
    """One tensor inside a frame or keyframe; identified by (`bank`, `name`)."""

    name: str
    """Name shared by all models: `inputs`, `write_weights`, `erase`, …"""
    bank: str | None
    """Bank it belongs to; null for what the whole model did (`inputs`, `targets`, `mask`, `outputs` …)."""
    role: str
    """What it is to a reader: input, output, weight, vector, gate, state …"""
    axes: list[str]
    """Names of the axes, outermost first: feature, slot, width, write_head, read_head, shift, mode, head, key, unit …"""
    shape: list[Count]
    """Length of each axis."""
    dtype: Literal["float32"]
    """Numbers are little-endian float32 in version 1."""
    offset: int
    """Bytes from the start of the frame."""


@dataclass(frozen=True, kw_only=True)
class FrameEntry:
    """Layout of one fixed-size frame."""

    bytes: Annotated[int, Between(0, MAX_KEYFRAME_BYTES)]
    """Bytes of one frame; 0 where a stream has none (keyframes of write-once memories)."""
    tensors: list[TensorEntry]
    """What lies in it."""


@dataclass(frozen=True, kw_only=True)
class BankEntry:
    """One memory of a model."""

    name: str
    """Name inside the model; its tensors carry it."""
    kind: str
    """Kind of memory: one of the table of kinds below."""
    slots: Count | None
    """Number of slots, or the size of a key; null where the memory grows by one per step or is one state."""
    width: Count
    """Numbers per slot; of one state its units; where each head has slots of its own the width of one head."""
    write_heads: Count
    """Addresses it is written at in one step."""
    read_heads: Count
    """Addresses it is read at in one step."""
    usage: bool | None = None
    """The keyframe holds `usage` (DNC); the reader rebuilds it between keyframes."""
    links: bool | None = None
    """The keyframe holds `links` and `precedence` (DNC)."""
    deallocation: bool | None = None
    """Freed slots are also wiped (factor ψ in the memory update)."""
    direct: bool | None = None
    """What is read is the state itself (GRU)."""
    gated: bool | None = None
    """Each step says whether it wrote and whether it read (encoder-decoder)."""
    bias_slopes: list[float] | None = None
    """Per head, what a step of distance costs in the score of attention (ALiBi)."""


@dataclass(frozen=True, kw_only=True)
class CheckpointEntry:
    """The weights a stream was run with."""

    name: str
    """Name of the checkpoint, `dnc-copy` or `ntm-copy@250`."""
    sha256: str
    """Of the file of weights."""


@dataclass(frozen=True, kw_only=True)
class EngineEntry:
    """What computed the steps of a stream."""

    kind: Literal["torch", "wasm"]
    """torch itself, or the model's step as WebAssembly, whose bits are the same on every machine."""
    emitter: Count | None = None
    """Of wasm: the version of what made the module."""
    module: str | None = None
    """Of wasm: sha256 of the module. It belongs to the model's sizes and options, not to its weights."""


@dataclass(frozen=True, kw_only=True)
class TrainingEntry:
    """Of a stream that is a checkpoint as it was at a moment of its training."""

    of: str
    """Name of the checkpoint; streams of one `of` are moments of one training."""
    update: int
    """Updates of training before this moment."""
    updates: list[int]
    """All moments that were set aside, ascending, whether they are in this recording or not."""
    label: str | None = None
    """Name of the model without the moment: "NTM" where the label of the stream is "NTM, 250 updates"."""


@dataclass(frozen=True, kw_only=True)
class FitEntry:
    """Of a stream whose model was fitted to the series that it runs on (`mnemoscope fit`)."""

    of: str | None
    """sha256 of the weights that it began from; null = random ones."""
    residuals: dict[str, list[float]]
    """5 and 95 % quantiles of target − output on the part held back from the fit, as inputs are scaled: `before`, `after`, `ar32`."""
    ar32: list[float]
    """AR(32) fitted to the same part: coefficients of the newest 32 inputs, newest first, then the constant."""
    period: Shown[int | None] = None
    """Steps of the season of the same part; a seasonal forecast says the value that many steps before. Missing before 0.3."""


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """One model (one stream of frames) of a recording."""

    id: str
    """Short id, unique inside the recording: `dnc`, `ntm@250`."""
    label: str
    """Its name for people."""
    paradigm: Shown[str]
    """Id of the paradigm in the registry of the program that recorded it."""
    glyph: Shown[str]
    """Which sign it has, an id in reading/tokens.json. A reader takes that of `paradigm` where it knows it: older recordings name a family."""
    task: Shown[str]
    """Task it was trained for."""
    training: Shown[TrainingEntry | None] = None
    """Where it is a moment of a training."""
    fit: Shown[FitEntry | None] = None
    """Where it was fitted to this series."""
    checkpoint: Shown[CheckpointEntry | None] = None
    """Where the weights have a name."""
    config: Shown[dict[str, Any]]
    """What the model was built with."""
    parameters: Shown[int]
    """Number of trained numbers."""
    device: Shown[str]
    """Where it ran: `cpu`, `cuda`."""
    dtype: Shown[str]
    """Precision it ran in."""
    engine: Shown[EngineEntry | None] = None
    """What computed it; recordings before 0.3 do not say, and were computed by torch."""
    versions: Shown[dict[str, str]]
    """Of the programs it ran on."""
    banks: list[BankEntry]
    """Its memories, in the order in which data flows through them."""
    frame: FrameEntry
    """What one step records."""
    keyframe: FrameEntry
    """The full state, recorded before every multiple of 64."""


@dataclass(frozen=True, kw_only=True)
class TaskEntry:
    """The task whose episode was run."""

    name: str
    """Id of the task."""
    values: Shown[Literal["bits", "real"] | None] = None
    """What inputs, targets and outputs are; older recordings do not say (see below)."""
    params: dict[str, Any]
    """Options of the task."""
    events: list[Event]
    """What happens when, in order."""


@dataclass(frozen=True, kw_only=True)
class ScalingEntry:
    """How the raw signal became the model's input: raw = value · scale + offset."""

    method: str
    """zscore, robust or none."""
    offset: float
    """In the unit of the signal."""
    scale: float
    """In the unit of the signal; 1 where nothing was scaled."""


@dataclass(frozen=True, kw_only=True)
class BesideEntry:
    """One further channel of the file, shown beside the signal and never heard by a model."""

    channel: str
    """Name of the column."""
    unit: str | None
    """Unit of its values."""
    sample_rate: float | None
    """Rows per second in the file; null = unknown or uneven. Its values lie on the steps of the run all the same."""
    offset: float
    """What was taken off, so that float32 keeps the steps of its values: value = number in `beside` + offset."""


@dataclass(frozen=True, kw_only=True)
class SignalEntry:
    """Where the signal came from; without source and scaling where the task made its own input."""

    name: str
    """Of a file only where it was kept on purpose, else of the channel or the generator."""
    channel: Shown[str | None]
    """Name of the column."""
    unit: Shown[str | None]
    """Unit of the values before scaling."""
    sample_rate: Shown[float | None]
    """Steps per second; null = unknown."""
    source: Shown[dict[str, Any] | None] = None
    """Detected format, window, resampling, sha256 of the file …; `{"given": "array"}` where only values were given."""
    scaling: Shown[ScalingEntry | None] = None
    """How it became the input."""
    beside: Shown[list[BesideEntry] | None] = None
    """Channels shown beside it, at most seven, in the order of the numbers in every frame's `beside`."""


@dataclass(frozen=True, kw_only=True)
class CostEntry:
    """What one stream cost while it was recorded."""

    ms_per_step: float
    """Milliseconds a step took, recording included."""
    floats: int
    """Numbers that the model kept after its first step."""
    per_step: int
    """Numbers that each later step added; 0 where the memory does not grow."""


@dataclass(frozen=True, kw_only=True)
class ExcerptEntry:
    """What a copy that was made to be shared holds of the recording it was made from."""

    first: int
    """Step of the original that is step 0 here."""
    stop: int
    """Step of the original after the last one here."""
    of: int
    """Steps of the original."""
    signal_stripped: bool
    """Name, channel, unit, source, scale, labels and seed were left out: values are scaled ones without a way back."""


@dataclass(frozen=True, kw_only=True)
class SharingEntry:
    """Rules that this server keeps for the recording."""

    visibility: Literal["private", "listed"]
    """listed: shown to everybody who can reach the server; private: to those who have its id."""
    expires: str | None
    """When it goes, ISO 8601, UTC; null = never."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a recording is, before its frames."""

    format: Literal["mnemoscope-recording"]
    """Always this word."""
    version: Count
    """Of the format; 1."""
    id: str
    """Unguessable, at least 128 bits."""
    title: str
    """Name for people."""
    created: str
    """ISO 8601, UTC."""
    seed: Annotated[int, Between(-(2**63), 2**64)] | None
    """null = left out, in a copy without the facts of the signal."""
    status: Status
    """ended: all planned steps; stopped: somebody ended it early; failed: no model could go on."""
    steps: Annotated[int, Between(0, MAX_STEPS)]
    """Planned steps while running, reached steps afterwards."""
    planned_steps: Shown[Count | None] = None
    """Steps it was planned to have, where it ended before."""
    open_ended: Shown[bool | None] = None
    """Its signal came from a live source while it ran: `steps` are the most it may have while running, and no end was planned."""
    stopped_by: Shown[StoppedBy | None] = None
    """owner: by who drives it; server: the server ended; idle: nobody watched while it was paused; source: its live source sent
    nothing more; disk: the disk was full; older ones do not say."""
    keyframe_every: int
    """Steps of a chunk; 64."""
    task: TaskEntry
    """What was run."""
    signal: SignalEntry | None
    """On what it was run; null = not known."""
    models: list[ModelEntry]
    """One entry a stream, in the order of the streams."""
    failures: Shown[list[Failure] | None] = None
    """Models that could not go on, each at most once."""
    costs: Shown[list[CostEntry | None] | None] = None
    """What each stream cost while this was recorded, in their order, null for one without a step; known when the recording has ended,
    and missing in older ones."""
    excerpt: Shown[ExcerptEntry | None] = None
    """Where this is a copy of a part of another recording."""
    sharing: Shown[SharingEntry | None] = None
    """Where a server keeps rules for it."""
    content_hash: Shown[str | None] = None
    """sha256 of all frame bytes in order of (stream, step); known when the recording has ended."""
    recording_hash: Shown[str | None] = None
    """sha256 of manifest, keyframes and content hash (see below); known when the recording has ended, and missing in older ones."""
