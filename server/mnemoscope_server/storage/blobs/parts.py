"""Runs that go on, as objects: who takes over one whose server and engine died together begins from here.

    live/<id>/run                     how it was ordered, and where it stands
    live/<id>/<first>-<upto>.chunks   wire messages of whole chunks of 64 steps: steps first … upto (upto excluded)

Two servers that kept a run one after the other may have put some of its steps twice; they are the same bytes.
"""

import re
from collections.abc import Iterator

from mnemoscope.format import blocks
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope_server.storage.blobs.bucket import Blobs

LIVE = "live"
PART = re.compile(r"(\d+)-(\d+)\.chunks")


class Parts:
    """What the bucket has of runs that go on. All methods raise BlobTrouble, and may be called from any thread."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs

    def put_run(self, identity: str, content: bytes) -> None:
        """How a run was ordered and where it stands, in place of what was said before."""
        self.blobs.put(f"{LIVE}/{identity}/run", content)

    def run(self, identity: str) -> bytes | None:
        """What `put_run` was told last; None where there is nothing of this run."""
        return self.blobs.get(f"{LIVE}/{identity}/run")

    def put(self, identity: str, first: int, upto: int, messages: bytes) -> None:
        """Whole chunks, steps first … upto."""
        self.blobs.put(f"{LIVE}/{identity}/{first}-{upto}.chunks", messages)

    def upto(self, identity: str) -> int:
        """Steps that are here, from the first on without a gap."""
        return max((upto for _, upto, _ in self._row(identity)), default=0)

    def chunk(self, identity: str, number: int) -> bytes:
        """Messages of steps 64·number … ; b"" where they are not here."""
        step = number * KEYFRAME_EVERY
        for first, upto, key in self._row(identity):
            if first <= step < upto:
                return _chunks(self.blobs.get(key) or b"").get(number, b"")
        return b""

    def chunks(self, identity: str) -> Iterator[bytes]:
        """Messages of every chunk, from the first on without a gap."""
        number = 0
        for _, upto, key in self._row(identity):
            found = _chunks(self.blobs.get(key) or b"")
            while number < upto // KEYFRAME_EVERY:
                if number not in found:  # removed meanwhile
                    return
                yield found[number]
                number += 1

    def remove(self, identity: str) -> None:
        """All of a run."""
        self.blobs.delete(*(blob.key for blob in self.blobs.list(f"{LIVE}/{identity}")))

    def identities(self) -> dict[str, float]:
        """Runs of which there is something, and when something of them came last, in seconds since 1970."""
        found: dict[str, float] = {}
        for blob in self.blobs.list(LIVE):
            identity = blob.key.split("/")[1]
            found[identity] = max(found.get(identity, 0.0), blob.modified)
        return found

    def _row(self, identity: str) -> list[tuple[int, int, str]]:
        """(first, upto, key) of objects that lead from step 0 on, each further than the one before."""
        named = [
            (int(match[1]), int(match[2]), blob.key)
            for blob in self.blobs.list(f"{LIVE}/{identity}")
            if (match := PART.fullmatch(blob.key.rpartition("/")[2]))
        ]
        row: list[tuple[int, int, str]] = []
        upto = 0
        for part in sorted(named, key=lambda part: (part[0], -part[1])):
            if part[0] <= upto < part[1]:
                row.append(part)
                upto = part[1]
        return row


def _chunks(messages: bytes) -> dict[int, bytes]:
    """Wire messages, by the chunk that they are of."""
    found: dict[int, bytes] = {}
    position = 0
    while position < len(messages):
        _, _, first, _, length = blocks.MESSAGE.unpack_from(messages, position)
        end = position + blocks.MESSAGE.size + length
        number = first // KEYFRAME_EVERY
        found[number] = found.get(number, b"") + messages[position:end]
        position = end
    return found
