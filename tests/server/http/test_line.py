"""What a watcher is sent, and how long it may take nothing."""

import asyncio

import pytest
from pydantic import ValidationError

from mnemoscope_server.http.socket import Line
from mnemoscope_server.schemas.messages import State
from mnemoscope_server.sessions.tail import Shared

STATE = State(status="running", step=3, speed=None)


class FakeSocket:
    """A websocket that takes what it is sent, or never does."""

    def __init__(self, *, takes: bool, extended: bool = True) -> None:
        self.sent: list[object] = []
        self._takes = takes
        named = {"mnemoscope.takes": lambda: takes, "mnemoscope.send": self._at_once}
        self.scope = {"extensions": named if extended else {}}

    def _at_once(self, frame: bytes) -> bool:
        if self._takes:
            self.sent.append(("frame", frame))
        return self._takes

    async def send_bytes(self, data: bytes) -> None:
        await self._send(("bytes", data))

    async def send_text(self, text: str) -> None:
        await self._send(("text", text))

    async def _send(self, what: object) -> None:
        if not self._takes:
            await asyncio.Event().wait()
        self.sent.append(what)


def test_what_all_are_sent_goes_out_as_it_is():
    """Frames of a batch as they were framed for all; other bytes, text and messages by the usual way."""
    socket = FakeSocket(takes=True)
    line = Line(socket, seconds=1)  # type: ignore[arg-type]

    async def body():
        for message in (Shared(b"abc"), b"abc", "text", STATE):
            await line.send(message)

    asyncio.run(body())
    assert socket.sent == [("frame", b"\x82\x03abc"), ("bytes", b"abc"), ("text", "text"), ("text", STATE.text)]


@pytest.mark.parametrize("extended", [True, False])
@pytest.mark.parametrize("message", [Shared(b"abc"), b"abc", STATE])
def test_who_takes_nothing_has_a_deadline(message, extended):
    """Whatever it is sent, and also where the server cannot tell whether it takes anything."""
    line = Line(FakeSocket(takes=False, extended=extended), seconds=0.01)  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        asyncio.run(line.send(message))


def test_a_line_without_the_servers_help_sends_all_the_same():
    """Under another server than ours."""
    socket = FakeSocket(takes=True, extended=False)
    asyncio.run(Line(socket, seconds=1).send(Shared(b"abc")))  # type: ignore[arg-type]
    assert socket.sent == [("bytes", b"abc")]


def test_the_text_of_a_message_is_its_own():
    """Made once; a message cannot be changed, and a copy that says something else has another."""
    assert STATE.text is STATE.text
    assert '"step":4' in STATE.model_copy(update={"step": 4}).text
    with pytest.raises(ValidationError, match="frozen"):
        STATE.step = 4
