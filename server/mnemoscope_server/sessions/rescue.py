"""A recording written from what a web process has in memory, where its engine died and took the file along."""

import logging
from pathlib import Path
from typing import Any

from mnemoscope.errors import RecordingError
from mnemoscope.format import blocks
from mnemoscope.reading.recording import RecordingWriter
from mnemoscope_server.sessions.tail import Tail

log = logging.getLogger("mnemoscope.live")


def write(path: Path, manifest: dict[str, Any], tail: Tail) -> bool:
    """Write all steps of a run, without its end -> whether memory reached back to the first. manifest: as the recording began.

    Raises OSError, RecordingError.
    """
    if tail.start > 0 or not tail.batches:
        return False
    with RecordingWriter(path, manifest) as writer:
        for batch in tail.batches:
            data, position = batch.data, 0
            while position < len(data):
                stream, kind, first, _, length = blocks.MESSAGE.unpack_from(data, position)
                position += blocks.MESSAGE.size + length
                payload = data[position - length : position]
                if kind == blocks.KIND_KEYFRAME:
                    writer.keyframe(stream, first, payload)
                else:
                    writer.frames(stream, first, payload)
    return True


def try_to_write(path: Path, manifest: dict[str, Any], tail: Tail) -> None:
    """As `write`, where there is no file; that it is not possible is logged."""
    if path.exists():
        return
    try:
        if not write(path, manifest, tail):
            log.warning("run %s is lost with its engine: memory does not reach back to its beginning", path.stem)
    except (OSError, RecordingError) as error:
        path.unlink(missing_ok=True)
        log.warning("run %s cannot be written from memory: %s", path.stem, error)
