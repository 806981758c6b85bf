"""Append a run to a `.mnemo` file while it happens (docs/format.md).

    with RecordingWriter(path, manifest) as writer:
        writer.keyframe(0, 0, state_bytes)
        writer.frames(0, 0, frame_bytes)      # any number of whole steps; blocks never cross a chunk of 64
        writer.flush()                        # from here on a reader sees them, also after SIGKILL
        writer.finish("ended", steps=512)

Durability: `flush` hands everything to the operating system, so it survives the death of this process; `finish` (and
`flush(sync=True)`) also waits for the disk, so it survives a power cut.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal

from mnemoscope.errors import RecordingError
from mnemoscope.format import blocks, manifest
from mnemoscope.format.blocks import Block
from mnemoscope.format.hashes import content_hash, recording_hash
from mnemoscope.format.manifest import KEYFRAME_EVERY, StreamSpec
from mnemoscope.format.schema import StoppedBy


class RecordingWriter:
    """Writes one recording; the only writer of its file.

    Raises RecordingError when the manifest is inconsistent or the file exists, and later when frames do not follow
    each other. Without `finish` (an exception, a crash) the file stays readable, with the status "running".
    """

    def __init__(self, path: str | os.PathLike[str], manifest_: dict[str, Any], *, overwrite: bool = False) -> None:
        self.path = Path(path)
        self._manifest = manifest_
        self._streams = manifest.streams(manifest_)
        data = manifest.dump(manifest_)
        if len(data) > manifest.MAX_MANIFEST_BYTES:
            raise RecordingError(f"The manifest has {len(data)} bytes, at most {manifest.MAX_MANIFEST_BYTES} are read.")
        try:
            self._file: BinaryIO = open(self.path, "wb" if overwrite else "xb")  # noqa: SIM115 (closed by close)
        except OSError as error:
            raise RecordingError(f"Cannot create {self.path}: {error.strerror}.") from error
        self._blocks: list[Block] = []
        self._written = [0] * len(self._streams)
        self._pending = [bytearray() for _ in self._streams]
        self._offset = blocks.PREAMBLE.size + len(data)
        try:
            self._file.write(blocks.PREAMBLE.pack(blocks.MAGIC, manifest.VERSION, len(data), zlib.crc32(data)) + data)
            self.flush()
        except OSError:
            with contextlib.suppress(OSError):  # it closes, although the same bytes fail again
                self._file.close()
            raise

    def steps(self, stream: int) -> int:
        """Steps handed over for this stream so far."""
        spec = self._spec(stream)
        return self._written[stream] + len(self._pending[stream]) // spec.frame.bytes

    def frames(self, stream: int, first: int, payload: bytes | bytearray | memoryview) -> None:
        """Append whole frames of steps `first`, `first + 1`, …

        Complete chunks go to the file at once, the rest waits for more steps or for `flush`.
        """
        spec, pending = self._spec(stream), self._pending[stream]
        wanted = self.steps(stream)
        if first != wanted:
            raise RecordingError(f"Model {spec.id}: wanted the frames from step {wanted} on, got step {first}.")
        if len(payload) % spec.frame.bytes:
            raise RecordingError(
                f"Model {spec.id}: wanted whole frames of {spec.frame.bytes} bytes, got {len(payload)} bytes."
            )
        pending += payload
        while True:
            room = KEYFRAME_EVERY - self._written[stream] % KEYFRAME_EVERY
            if len(pending) < room * spec.frame.bytes:
                return
            self._put_frames(stream, room)

    def keyframe(self, stream: int, first: int, payload: bytes | bytearray | memoryview) -> None:
        """Append the full state before step `first`, a multiple of 64. Streams without keyframe tensors have none."""
        spec = self._spec(stream)
        if first % KEYFRAME_EVERY or first != self.steps(stream):
            raise RecordingError(
                f"Model {spec.id}: a keyframe stands before step {self.steps(stream)} and at a multiple of "
                f"{KEYFRAME_EVERY}, got step {first}."
            )
        if len(payload) != spec.keyframe.bytes or not payload:
            raise RecordingError(
                f"Model {spec.id}: wanted a keyframe of {spec.keyframe.bytes} bytes, got {len(payload)}."
            )
        self._put(blocks.KEYFRAME, stream, first, 1, bytes(payload))

    def meta(self, values: dict[str, Any]) -> None:
        """Append JSON that is merged over the manifest's top level; later wins."""
        self._manifest = manifest.merge(self._manifest, values)
        self._put(blocks.META, blocks.NO_STREAM, 0, 0, manifest.dump(values))

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest with all that `meta` and `finish` have added."""
        return self._manifest

    def move(self, path: str | os.PathLike[str]) -> None:
        """Give the file another name on the same disk, in place of what had it; writing goes on. Raises OSError."""
        os.replace(self.path, path)
        self.path = Path(path)

    def flush(self, *, sync: bool = False) -> None:
        """Hand every step so far to the operating system; `sync` also waits until it is on the disk."""
        for stream, pending in enumerate(self._pending):
            if pending:
                self._put_frames(stream, len(pending) // self._streams[stream].frame.bytes)
        self._file.flush()
        if sync:
            os.fsync(self._file.fileno())

    def finish(
        self,
        status: Literal["ended", "stopped", "failed"],
        *,
        steps: int | None = None,
        stopped_by: StoppedBy | None = None,
    ) -> str:
        """Close the recording for good: status, steps reached, both hashes and index. Returns the content hash.

        steps: number of steps reached; by default the most that any model has. stopped_by: why it was stopped, where that is known.
        """
        if status not in manifest.STATUSES[1:]:
            raise RecordingError(f"Wanted the status {', '.join(manifest.STATUSES[1:])}, got {status!r}.")
        self.flush()
        reached = max(self._written) if steps is None else steps
        end: dict[str, Any] = {"status": status, "steps": reached}
        if reached < self._manifest["steps"] and not self._manifest.get("open_ended"):
            end["planned_steps"] = self._manifest["steps"]
        if stopped_by is not None:
            end["stopped_by"] = stopped_by
        with open(self.path, "rb") as file:
            content = content_hash(file, self._streams, self._blocks)
            whole = recording_hash(file, self._streams, self._blocks, self._manifest | end, content)
        self.meta(end | {"content_hash": content, "recording_hash": whole})
        self._file.write(blocks.encode_index(self._blocks, self._offset))
        self.flush(sync=True)
        self.close()
        return content

    def close(self) -> None:
        """Flush what is complete and close the file, without an end. It is closed in any case. Raises OSError."""
        if not self._file.closed:
            try:
                self.flush()
            finally:
                self._file.close()

    def __enter__(self) -> RecordingWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _spec(self, stream: int) -> StreamSpec:
        if not 0 <= stream < len(self._streams):
            raise RecordingError(f"Wanted a stream of 0 … {len(self._streams) - 1}, got {stream}.")
        if self._file.closed:
            raise RecordingError(f"The recording {self.path} is closed; open a new one to write.")
        return self._streams[stream]

    def _put_frames(self, stream: int, count: int) -> None:
        size = count * self._streams[stream].frame.bytes
        pending = self._pending[stream]
        self._put(blocks.FRAMES, stream, self._written[stream], count, bytes(pending[:size]))
        self._written[stream] += count
        del pending[:size]

    def _put(self, tag: bytes, stream: int, first: int, count: int, payload: bytes) -> None:
        data = blocks.encode(tag, stream=stream, first=first, count=count, payload=payload)
        self._file.write(data)
        self._blocks.append(Block(*blocks.HEADER.unpack_from(data), offset=self._offset))
        self._offset += len(data)
