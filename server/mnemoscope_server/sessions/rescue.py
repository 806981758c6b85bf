"""A recording written from what is left of a run whose engine died and took the file along: the bucket's parts, and this process's memory."""

import itertools
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mnemoscope.errors import RecordingError
from mnemoscope.format import blocks
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.reading.recording import RecordingWriter
from mnemoscope_server.errors import BlobTrouble
from mnemoscope_server.sessions.tail import Tail

log = logging.getLogger("mnemoscope.live")


def write(path: Path, manifest: dict[str, Any], tail: Tail, older: Iterable[bytes] = ()) -> bool:
    """Write the steps of a run without a gap, without its end -> whether there are any.

    manifest: as it is now. older: messages of whole chunks from the first on, as far as they lie elsewhere; they are asked for only
    where memory does not reach back. Raises OSError, RecordingError, BlobTrouble.
    """
    pieces = _pieces(tail, older)
    first = next(pieces, None)
    if first is None:
        return False
    with RecordingWriter(path, manifest) as writer:
        for piece in itertools.chain((first,), pieces):
            _append(writer, piece)
    return True


def try_to_write(path: Path, manifest: dict[str, Any], tail: Tail, older: Iterable[bytes] = ()) -> None:
    """As `write`, where there is no file; that it is not possible is logged."""
    if path.exists():
        return
    try:
        if not write(path, manifest, tail, older):
            log.warning("run %s is lost with its engine: memory does not reach back to its beginning", path.stem)
    except (OSError, RecordingError, BlobTrouble) as error:
        path.unlink(missing_ok=True)
        log.warning("run %s cannot be written from memory: %s", path.stem, error)


def _pieces(tail: Tail, older: Iterable[bytes]) -> Iterator[bytes]:
    """Messages from step 0 on, as far as there is no gap."""
    known = 0
    if tail.start > 0 or not tail.batches:
        for messages in older:
            if tail.batches and known >= tail.start:
                break
            yield messages
            known += KEYFRAME_EVERY
    if known >= tail.start:
        for batch in tail.batches:
            if batch.first >= known:
                yield batch.data


def _append(writer: RecordingWriter, messages: bytes) -> None:
    position = 0
    while position < len(messages):
        stream, kind, first, _, length = blocks.MESSAGE.unpack_from(messages, position)
        position += blocks.MESSAGE.size + length
        payload = messages[position - length : position]
        if kind == blocks.KIND_KEYFRAME:
            writer.keyframe(stream, first, payload)
        else:
            writer.frames(stream, first, payload)
