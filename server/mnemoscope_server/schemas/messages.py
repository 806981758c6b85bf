"""What travels over `/ws/{id}` as JSON: both directions, one class per message.

Frames travel beside these as binary messages (docs/format.md, "On the wire"). `ServerMessage` and `ClientMessage` at
the end are the unions; `python -m mnemoscope_server.contract` writes them into the contract the page is typed by.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from mnemoscope.format.schema import Manifest

SessionStatus = Literal["opened", "running", "paused", "ended", "stopped", "failed"]
"""opened: nothing computed yet · running · paused: the next step is not computed · ended: all steps computed ·
stopped: somebody ended it early, or the server was killed · failed: no model is left that can go on."""

FinalStatus = Literal["ended", "stopped", "failed"]

MIN_SPEED = 0.05
"""Steps per second of the slowest run, one step in twenty seconds: a slower one holds its place for months."""
Speed = Annotated[float, Field(ge=MIN_SPEED, le=1_000_000, allow_inf_nan=False)]


class Message(BaseModel):
    """Base of all messages: unknown fields are refused, so that a misspelt command is an error."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        defer_build=True,  # as in base.py
        populate_by_name=True,
        frozen=True,  # the text below is made once
        json_schema_serialization_defaults_required=True,  # the tag `type` is always sent
    )

    @cached_property
    def text(self) -> str:
        """As JSON, field names as on the wire; made once, however many watchers it is sent to."""
        return self.model_dump_json(by_alias=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Another message, whose text is its own."""
        copied = super().model_copy(update=update, deep=deep)
        cast("dict[str, Any]", copied.__dict__).pop("text", None)
        return copied


# --- server → client -------------------------------------------------------------------------------------------------


class ServerHello(Message):
    """First message, the answer to the client's hello. Chunk messages from `have` on follow where `live` is true."""

    type: Literal["hello"] = "hello"
    manifest: Manifest
    """The manifest as far as it is known now."""
    status: SessionStatus
    steps: int
    """Steps that every living model has computed and that can be had."""
    speed: float | None
    """Steps per second asked for; null = as fast as the host can."""
    live: bool
    """False: nothing more will be computed. The server closes with 1000; load the chunks by HTTP."""


class State(Message):
    """The session moved: sent on every change of status or speed, and as the answer to a ping."""

    type: Literal["state"] = "state"
    status: SessionStatus
    step: int
    """Steps computed so far; the next one to be computed has this index."""
    speed: float | None
    """Steps per second asked for; null = as fast as the host can."""


class ModelFailed(Message):
    """One model cannot go on (NaN, out of memory, its process died); the others do."""

    type: Literal["model-failed"] = "model-failed"
    stream: int
    """Index into manifest.models."""
    step: int
    """First step this model did not deliver."""
    reason: str
    """What happened, without the model and the step."""
    tensor: str | None = None
    """Name of the recorded tensor it happened in, where it is known."""


class Behind(Message):
    """Steps that were not sent because the watcher was too slow: fetch their chunks by HTTP."""

    type: Literal["behind"] = "behind"
    from_: int = Field(alias="from")
    """First step that was skipped."""
    to: int
    """First step after the gap."""


class Source(Message):
    """Where a live source stands: sent after the hello, and while samples come in about twice a second."""

    type: Literal["source"] = "source"
    state: Literal["waiting", "receiving", "silent", "ended"]
    """waiting: nothing has come yet · silent: nothing for some seconds, and for the time of some samples · ended: no more is taken."""
    received: int
    """Samples that were sent, whatever became of them."""
    next: int
    """Number of the sample that is waited for."""
    room: int
    """Samples that would be taken now; 0 once it has ended."""
    queued: int
    """Samples that are not computed yet."""
    rate: float | None
    """Samples a second as they were announced; null = not."""
    measured_rate: float | None
    """Samples a second of the last seconds; null before the first."""
    seen_seconds: float | None
    """Since the last sample; null before the first."""
    gaps: int
    missing: int
    """Samples that are missing in the gaps."""
    late: int
    """Came when their place had been given up; left out."""
    duplicates: int
    """Came again; left out."""
    blank: int
    """Without a number: their places hold the value before."""
    beyond: int
    """Came after the last step of the run; left out."""
    senders: int
    """Connections that are open to send."""
    warming: int
    """Samples still wanted before anything is computed: they settle the scaling."""
    ends_in: int | None
    """Seconds until the run ends because nothing comes; null while something does, or a sender is connected."""


class Revised(Message):
    """The manifest has changed (scaling and gaps of a live source): ask for it again by HTTP."""

    type: Literal["revised"] = "revised"


class Wheel(Message):
    """Whether this watcher may drive: sent after the hello of one that says `wheel`, and when it becomes otherwise."""

    type: Literal["wheel"] = "wheel"
    drives: bool
    owner: bool
    """Whether the run was begun here, and the wheel may be given away."""


class Ended(Message):
    """Nothing more will be computed. The socket closes after this message."""

    type: Literal["ended"] = "ended"
    steps: int
    """Steps the recording holds."""
    status: FinalStatus


class Refused(Message):
    """A command was not carried out; the session is as it was."""

    type: Literal["error"] = "error"
    code: str
    """Stable name of the error: `illegal-move`, `bad-message`, `unknown-recording`, `too-many-messages`, …"""
    message: str
    """What was wanted and what came."""
    hint: str = Field(serialization_alias="cure")
    """What to do about it."""


# --- client → server -------------------------------------------------------------------------------------------------


class ClientHello(Message):
    """First message of a client: what it already holds."""

    type: Literal["hello"]
    have: int = Field(ge=0, le=2**31)
    """Contiguous steps held by all living streams; 0 for a fresh page. The server sends from here on."""
    wheel: str | None = Field(default=None, max_length=64)
    """The key of the wheel where it was given to this client, "" where not: it is then told by `wheel` messages whether it drives."""


class Play(Message):
    """Compute on, at the current speed."""

    type: Literal["play"]


class Pause(Message):
    """Compute nothing more until play or step."""

    type: Literal["pause"]


class Step(Message):
    """Compute exactly `count` steps and pause."""

    type: Literal["step"]
    count: int = Field(default=1, ge=1, le=100_000)


class SetSpeed(Message):
    """Change the speed; allowed in every state that is not final."""

    type: Literal["speed"]
    steps_per_second: Speed | None
    """null = as fast as the host can."""


class Stop(Message):
    """End the session here; what was computed stays as a recording with status `stopped`."""

    type: Literal["stop"]


class Ping(Message):
    """Answered with a `state` message."""

    type: Literal["ping"]


ServerMessage = Annotated[
    ServerHello | State | ModelFailed | Behind | Source | Revised | Wheel | Ended | Refused,
    Field(discriminator="type"),
]

ClientMessage = Annotated[
    ClientHello | Play | Pause | Step | SetSpeed | Stop | Ping,
    Field(discriminator="type"),
]

SERVER_MESSAGES: tuple[type[Message], ...] = (
    ServerHello,
    State,
    ModelFailed,
    Behind,
    Source,
    Revised,
    Wheel,
    Ended,
    Refused,
)
CLIENT_MESSAGES: tuple[type[Message], ...] = (ClientHello, Play, Pause, Step, SetSpeed, Stop, Ping)

_client_messages: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


def parse_client_message(text: str | bytes) -> ClientMessage:
    """Read one JSON message of a client. Raises pydantic.ValidationError."""
    return _client_messages.validate_json(text)


def to_json(message: Message) -> str:
    """JSON text of a server message, field names as on the wire."""
    return message.text
