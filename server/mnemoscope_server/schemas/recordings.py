"""Recordings over HTTP: in short, in full, who finds them, copies of them."""

from typing import Literal

from pydantic import AwareDatetime, Field

from mnemoscope.format.schema import Manifest
from mnemoscope_server.schemas.base import Answer, Question
from mnemoscope_server.schemas.messages import SessionStatus


class RunModel(Answer):
    """One model of a recording, in short."""

    id: str
    label: str
    glyph: str


class GalleryEntry(Answer):
    """A recording that ships with the product."""

    id: str
    question: str
    """What it is an example of; those of one question stand together."""
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
    """UTC, `2026-12-01T00:00:00Z`: from then on it is as if it had never been; null = never."""
    mine: bool
    """It may be changed and deleted from here. On a server for one machine alone everything is, but what is `watched`."""
    pinned: bool | None
    """Whether the server keeps it when it makes room; null where it removes none by itself, or not this one."""
    watched: bool
    """It is a file in the folder that this server watches, where nothing is changed from here."""


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


class Brought(Answer):
    """A recording that was brought as a file; it opens at /s/{id}."""

    id: str
    """That of the file, unless it is another recording's here."""
    title: str
    known: bool
    """It was here already."""
    notes: list[str]
    """What the file lacked, such as its end."""


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
    pinned: bool = False
    """Keep it when the server makes room."""


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
