"""What is asked for when a run begins: signal, task, models, a bridge."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from mnemoscope.models.stateless.ladder import RANGES
from mnemoscope.tasks.growing import MAX_AVERAGED, MAX_WARMUP, WARMUP
from mnemoscope_server.schemas.base import Answer, Finite, Question
from mnemoscope_server.schemas.messages import Speed
from mnemoscope_server.schemas.signals import Window
from mnemoscope_server.settings import MAX_MODELS, MAX_SLOTS


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


class LiveSourceSignal(Question):
    """Samples that come in while the run goes on: POST /api/sessions/{id}/samples, or the websocket there.

    Mean and deviation of the first steps scale it, unless offset and scale are given; what is missing holds the value before.
    """

    kind: Literal["live"]
    name: str = Field(default="live source", min_length=1, max_length=200)
    rate: Finite | None = Field(default=None, gt=0)
    """Samples a second; null = unknown, and samples cannot be placed by their times."""
    unit: str | None = Field(default=None, max_length=40)
    steps: int | None = Field(default=None, ge=2)
    """The most the run may have; null = what this server allows."""
    average: int = Field(default=1, ge=1, le=MAX_AVERAGED)
    """Samples whose mean is one step."""
    offset: Finite | None = None
    scale: Finite | None = Field(default=None, gt=0)
    """Model input = (value - offset) / scale; both or neither."""
    warmup: int = Field(default=WARMUP, ge=2, le=MAX_WARMUP)
    """Steps that settle offset and scale where they are not given; nothing is computed before they have come."""
    grace_seconds: Finite | None = Field(default=None, ge=1, le=86_400)
    """Without a sample for so long, and without a sender connected, the run is stopped; null = the server's setting."""

    @model_validator(mode="after")
    def _both(self) -> "LiveSourceSignal":
        if (self.offset is None) != (self.scale is None):
            raise ValueError("give offset and scale, or neither")
        return self


class NoSignal(Question):
    """The task makes its own input: bits, or a random mixture where it takes a signal."""

    kind: Literal["none"]


SignalChoice = Annotated[
    UploadSignal | GeneratedSignal | ValuesSignal | LiveSourceSignal | NoSignal, Field(discriminator="kind")
]


def _rung(name: str) -> Any:
    low, high = RANGES[name]
    return Field(default=0.0, ge=low, le=high)


class BridgeSettings(Question):
    """A Transformer's weights as a stateless DNC: where its memory lives, and what of the DNC is turned on (the ladder).

    Everything at rest, it computes what the Transformer computes.
    """

    RUNGS: ClassVar = ("slots", *RANGES)

    memory: Literal["stores", "graves"] = "stores"
    """stores: one write-once slot a step; graves: the memory of Graves 2016. The settings below want `graves`."""
    slots: int | None = Field(default=None, ge=1, le=MAX_SLOTS)
    """Slots of the memory; null = one for every step of the run."""
    overwrite: Finite = _rung("overwrite")
    """1 - allocation gate: writes go to the most similar slot instead of the next unused one."""
    erase: Finite = _rung("erase")
    """Erase vector: how much of a slot is wiped as it is written."""
    free: Finite = _rung("free")
    """Free gates: slots that were read are given back."""
    links: Finite = _rung("links")
    """Read modes: the part of a read that follows the order of writing, half of it backward and half forward."""
    recurrence: Finite = _rung("recurrence")
    """How loud the controller hears its last reads."""


class SessionRequest(Question):
    """Open a session: a recording that starts now."""

    signal: SignalChoice
    task: str
    task_params: dict[str, Finite] = Field(default_factory=dict)
    """Options of the task (GET /api/tasks): segment, delay, lead … ; missing ones take the task's defaults."""
    models: list[str] = Field(min_length=1, max_length=MAX_MODELS)
    """Models or checkpoints in the order of the streams, at most 64 in the end: `["ntm", "dnc-copy", "ntm@250", "ntm@*"]`;
    `@250` = after 250 updates of its training, `@*` = all moments of its training, in their order; `fit:<id>` = a checkpoint that was fitted here (POST /api/fits)."""
    title: str | None = Field(default=None, min_length=1, max_length=200)
    """null = made from signal and task."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    start: Literal["paused", "playing"] = "playing"
    speed: Speed | None = 30.0
    """Steps per second; null = as fast as the host can. A live source sets its own pace."""
    bridge: BridgeSettings | None = None
    """Adds a second stream, `sdnc`: the one model asked for, a Transformer, as a stateless DNC with these settings."""
    keep: bool = True
    """false: the recording is not listed, and is gone an hour later, at the next start, or when others need its place."""


class WheelGiven(Answer):
    """Who besides the owner drives a live run."""

    key: str | None
    """To be sent as `wheel` of the hello, in the page behind `#drive=`; null = given to nobody."""


class SessionCreated(Answer):
    id: str
    """Opens at /s/{id}; the socket is /ws/{id}."""
