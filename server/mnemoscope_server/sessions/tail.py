"""The newest frames of a live session in memory, in order, bounded in bytes; what is older is in the file."""

import struct
from collections import deque
from dataclasses import dataclass
from functools import cached_property

from mnemoscope.format import blocks
from mnemoscope.format.manifest import KEYFRAME_EVERY

MIN_CHUNKS = 2
"""Chunks of 64 steps that stay whatever their size: the current one is not yet whole in the file."""


class Shared(bytes):
    """What many watchers are sent: its websocket frame is made once and not for each of them."""

    @cached_property
    def frame(self) -> bytes:
        """As a server sends it in one unmasked, final binary frame (RFC 6455, section 5.2)."""
        length = len(self)
        if length < 126:
            return struct.pack("!BB", 0x82, length) + self
        if length < 1 << 16:
            return struct.pack("!BBH", 0x82, 126, length) + self
        return struct.pack("!BBQ", 0x82, 127, length) + self


@dataclass(frozen=True)
class Batch:
    """Steps `first … upto` (upto excluded) of all living streams; inside one chunk of 64."""

    number: int
    """Position since the session began, counted from 0."""
    first: int
    upto: int
    messages: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.messages))

    @cached_property
    def data(self) -> Shared:
        """All of it, as it is sent."""
        return Shared(b"".join(self.messages))


class Tail:
    """Append at one end, forget at the other, whole chunks at a time."""

    def __init__(self, *, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.batches: deque[Batch] = deque()
        self.bytes = 0
        self.next_number = 0

    @property
    def first_number(self) -> int:
        """Number of the oldest batch held; `next_number` where there is none."""
        return self.batches[0].number if self.batches else self.next_number

    @property
    def start(self) -> int:
        """First step held."""
        return self.batches[0].first if self.batches else 0

    def append(self, first: int, upto: int, messages: tuple[bytes, ...]) -> None:
        batch = Batch(self.next_number, first, upto, messages)
        self.batches.append(batch)
        self.bytes += batch.size
        self.next_number += 1
        while self.bytes > self.limit_bytes and self._chunks() > MIN_CHUNKS:
            self._forget()

    def since(self, number: int) -> Batch:
        """The batch of that number; it must be held."""
        return self.batches[number - self.first_number]

    def messages(self, chunk: int) -> bytes:
        """Messages of steps 64·chunk … as far as they are held and known."""
        low, high = chunk * KEYFRAME_EVERY, (chunk + 1) * KEYFRAME_EVERY
        return b"".join(b"".join(b.messages) for b in self.batches if low <= b.first < high)

    def _chunks(self) -> int:
        return self.batches[-1].first // KEYFRAME_EVERY - self.start // KEYFRAME_EVERY + 1

    def _forget(self) -> None:
        chunk = self.start // KEYFRAME_EVERY
        while self.batches and self.batches[0].first // KEYFRAME_EVERY == chunk:
            self.bytes -= self.batches.popleft().size


def from_step(messages: bytes, have: int) -> bytes:
    """Wire messages without the steps before `have`; a keyframe before an earlier step is left out."""
    rest: list[bytes] = []
    position = 0
    while position < len(messages):
        stream, kind, first, count, length = blocks.MESSAGE.unpack_from(messages, position)
        body = position + blocks.MESSAGE.size
        position = body + length
        if first >= have:
            rest.append(messages[body - blocks.MESSAGE.size : position])
        elif kind == blocks.KIND_FRAMES and first + count > have:
            cut = (have - first) * (length // count)
            payload = messages[body + cut : position]
            rest.append(blocks.message(stream, kind, have, first + count - have, payload))
    return b"".join(rest)


def of_stream(messages: bytes, stream: int) -> bytes:
    """Wire messages of one stream among those of several."""
    rest: list[bytes] = []
    position = 0
    while position < len(messages):
        found, _, _, _, length = blocks.MESSAGE.unpack_from(messages, position)
        end = position + blocks.MESSAGE.size + length
        if found == stream:
            rest.append(messages[position:end])
        position = end
    return b"".join(rest)
