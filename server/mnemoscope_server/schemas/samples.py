"""Samples of a live source: how they are sent, by HTTP or by the websocket of the same address, and what the sender hears."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from mnemoscope.signals.arrivals import MAX_NUMBER
from mnemoscope_server.schemas.base import Answer, Finite, Question
from mnemoscope_server.schemas.messages import Message, Refused, Source

MAX_BATCH = 8192
"""Samples of one request or message."""
Values = Annotated[list[float | None], Field(max_length=MAX_BATCH)]


class Batch(Question):
    """Samples that follow each other."""

    values: Values
    """null, NaN and infinity: no number came; its place stays, and holds the value before."""
    first: int | None = Field(default=None, ge=0, lt=MAX_NUMBER)
    """Number of the first of them, counted by the sender; null = they follow what came before. Later numbers show what is missing."""
    times: list[Finite] | None = Field(default=None, max_length=MAX_BATCH)
    """Seconds, one for each value, instead of `first`: they are placed on the grid of the source's rate."""
    end: bool = False
    """Nothing comes after these: the run ends when they have been computed."""

    @model_validator(mode="after")
    def _one_clock(self) -> "Batch":
        if self.times is not None and self.first is not None:
            raise ValueError("give first or times, not both")
        if self.times is not None and len(self.times) != len(self.values):
            raise ValueError(f"wanted a time for each of {len(self.values)} values, got {len(self.times)}")
        return self


class BadLine(Answer):
    """A line of text that is no sample."""

    line: int
    """Counted from 1."""
    why: str
    text: str


class Taken(Answer):
    """What has become of the samples of one request."""

    taken: int
    """Samples of this request that were taken."""
    source: Source
    """Where the source stands now; `next` and `room` say what to send and how much."""
    malformed: list[BadLine]
    """Of a body of text: the first lines that are no samples."""
    malformed_count: int


class Feeding(Answer):
    """How to feed a session."""

    path: str
    """Where samples go, by POST or as a websocket."""
    key: str | None
    """Goes with them as `Authorization: Bearer …`; it opens nothing but this. null: none is needed."""
    source: Source


# --- websocket: sender → server --------------------------------------------------------------------------------------


class Samples(Message):
    """Samples that follow each other, as in `Batch`."""

    type: Literal["samples"]
    values: Values
    first: int | None = Field(default=None, ge=0, lt=MAX_NUMBER)
    times: list[Finite] | None = Field(default=None, max_length=MAX_BATCH)


class End(Message):
    """Nothing more comes: the run ends when what came has been computed."""

    type: Literal["end"]


# --- websocket: server → sender --------------------------------------------------------------------------------------


class Credit(Message):
    """First message, the answer to every `samples`, and whenever there is room again."""

    type: Literal["credit"] = "credit"
    next: int
    """Number of the sample that is waited for: after a lost connection, go on from here."""
    room: int
    """Samples that may be sent now. More are refused, and none of that message is taken."""
    source: Source


FeedMessage = Annotated[Samples | End, Field(discriminator="type")]
FEED_MESSAGES: tuple[type[Message], ...] = (Samples, End)
FEED_ANSWERS: tuple[type[Message], ...] = (Credit, Refused)

_feed_messages: TypeAdapter[FeedMessage] = TypeAdapter(FeedMessage)


def parse_feed_message(text: str | bytes) -> FeedMessage:
    """Read one JSON message of a sender. Raises pydantic.ValidationError."""
    return _feed_messages.validate_json(text)
