"""The manifest of a recording as typed JSON: the page's types are generated from here.

`docs/format.md` is the definition; these classes describe it to OpenAPI. The server hands manifests on exactly as the
file holds them and never drops a key it does not know, so that recordings of later versions still open.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Open(BaseModel):
    """Base of everything inside a manifest: unknown keys are kept."""

    # built at the first use: only the contract needs them, and the server must answer soon after its start
    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True, defer_build=True)


class TensorEntry(Open):
    """One tensor inside a frame or keyframe; identified by (`bank`, `name`)."""

    name: str
    """Name shared by all models: `inputs`, `write_weights`, `erase`, …"""
    bank: str | None
    """Bank it belongs to; null for what the whole model did (`inputs`, `targets`, `mask`, `outputs` …)."""
    role: str
    """What it is to a reader: input, output, weight, vector, gate, state …"""
    axes: list[str]
    """Names of the axes, outermost first: feature, slot, width, write_head, read_head, shift, mode, head, key, unit …"""
    shape: list[int]
    """Length of each axis."""
    dtype: Literal["float32"]
    """Numbers are little-endian float32 in version 1."""
    offset: int
    """Bytes from the start of the frame."""


class FrameEntry(Open):
    """Layout of one fixed-size frame."""

    bytes: int
    """Bytes of one frame; 0 where a stream has none (keyframes of write-once memories)."""
    tensors: list[TensorEntry]


class BankEntry(Open):
    """One memory of a model."""

    name: str
    kind: Literal["matrix", "cell", "append", "recurrent", "associative"]
    """matrix: NTM and DNC; cell: LSTM and GRU state; append: an attention layer's keys and values, never modified;
    recurrent: Elman state; associative: a DeltaNet layer's matrices."""
    slots: int | None
    """Number of slots, of an associative memory the size of a key; null for a memory that grows by one slot per step."""
    width: int
    """Numbers per slot."""
    write_heads: int
    read_heads: int
    usage: bool | None = None
    """The keyframe holds `usage` (DNC); the reader rebuilds it between keyframes."""
    links: bool | None = None
    """The keyframe holds `links` and `precedence` (DNC)."""
    deallocation: bool | None = None
    """Freed slots are also wiped (factor ψ in the memory update)."""
    direct: bool | None = None
    """What is read of a cell is the cell itself (GRU)."""
    gated: bool | None = None
    """An append bank where each step says whether it wrote and whether it read (encoder-decoder)."""
    bias_slopes: list[float] | None = None
    """Per head, what a step of distance costs in the score of an append bank (ALiBi)."""


class CheckpointEntry(Open):
    """The weights a stream was run with."""

    name: str
    sha256: str


class TrainingEntry(Open):
    """Of a stream that is a checkpoint as it was at a moment of its training."""

    of: str
    """Name of the checkpoint; streams of one `of` are moments of one training."""
    update: int
    """Updates of training before this moment."""
    updates: list[int]
    """All moments that were set aside, ascending, whether they are in this recording or not."""


class ModelEntry(Open):
    """One model (one stream of frames) of a recording."""

    id: str
    """Short id, unique inside the recording: `dnc`, `ntm@250`."""
    label: str
    paradigm: str
    glyph: str
    """Which hue and sign the page gives it, an id in reading/tokens.json; one that a reader does not know is drawn as `rnn`."""
    task: str
    training: TrainingEntry | None = None
    checkpoint: CheckpointEntry | None = None
    config: dict[str, Any]
    parameters: int
    """Number of trained numbers."""
    device: str
    dtype: str
    versions: dict[str, str]
    banks: list[BankEntry]
    frame: FrameEntry
    keyframe: FrameEntry


class EventEntry(Open):
    """Something that happens in the episode: steps `step … until` (until excluded)."""

    step: int
    until: int
    kind: str
    """store | recall | label"""
    label: str


class TaskEntry(Open):
    """The task whose episode was run."""

    name: str
    params: dict[str, Any]
    events: list[EventEntry]


class ScalingEntry(Open):
    """How the raw signal became the model's input: raw = value · scale + offset."""

    method: str
    """zscore | robust | none"""
    offset: float
    scale: float


class SignalEntry(Open):
    """Where the signal came from; null in recordings of tasks that make their own input."""

    name: str
    channel: str | None
    unit: str | None
    sample_rate: float | None
    """Steps per second; null = unknown."""
    source: dict[str, Any]
    """Detected format, window, resampling, sha256 of the file …"""
    scaling: ScalingEntry


class ExcerptEntry(Open):
    """What a copy that was made to be shared holds of the recording it was made from."""

    first: int
    """Step of the original that is step 0 here."""
    stop: int
    """Step of the original after the last one here."""
    of: int
    """Steps of the original."""
    signal_stripped: bool
    """Name, channel, unit, source, scale, labels and seed were left out: values are scaled ones without a way back."""


class SharingEntry(Open):
    """Rules that this server keeps for the recording."""

    visibility: Literal["private", "listed"]
    expires: str | None


class Manifest(Open):
    """What a recording is, before its frames."""

    format: Literal["mnemoscope-recording"]
    version: int
    id: str
    title: str
    created: str
    """ISO 8601, UTC."""
    seed: int | None
    """null = left out, in a copy without the facts of the signal."""
    status: Literal["running", "ended", "stopped", "failed"]
    steps: int
    """Planned steps while running, reached steps afterwards."""
    keyframe_every: int
    task: TaskEntry
    signal: SignalEntry | None
    models: list[ModelEntry]
    excerpt: ExcerptEntry | None = None
    sharing: SharingEntry | None = None
    content_hash: str | None = None
    """sha256 of all frame bytes in order of (stream, step); known when the recording has ended."""
