"""Read a `.mnemo` recording (docs/format.md): a finished one, a torn one, or one that is still being written.

    rec = Recording.open("run.mnemo")
    rec["ntm"].array("write_weights")         # [step, write_head, slot], float32
    rec["ntm"].memory(100)                    # [slot, width] after step 100's write
    rec["ntm"].shares(100, head=0).sum()      # 1.0

Opening reads the block headers only; payloads are read, checked and uncompressed when they are asked for. Another
process may go on appending: `refresh()` picks up the whole blocks that came since.
"""

from __future__ import annotations

import os
import threading
import weakref
import zlib
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from mnemoscope import kinds
from mnemoscope.errors import CorruptRecording, RecordingError, TruncatedRecording, UnsupportedVersion
from mnemoscope.format import blocks, hashes, manifest
from mnemoscope.format.blocks import Block
from mnemoscope.format.checks import is_object
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.format.writer import RecordingWriter
from mnemoscope.reading import remote
from mnemoscope.reading.view import ModelView

__all__ = ["KEYFRAME_EVERY", "Recording", "RecordingWriter", "amend"]

CACHE_BYTES = 16 << 20
"""Uncompressed payloads kept by an open recording."""


class Recording:
    """One recording, read-only. Safe to use from several threads.

    manifest: the JSON object with every META merged; models: their ids; steps: what all models that did not fail have.
    torn: bytes at the end of the file that belong to no whole block; closed: it ends with its index.
    """

    def __init__(self, path: str | os.PathLike[str], file: BinaryIO) -> None:
        self.path = Path(path)
        self.torn = 0
        self.closed = False
        self._file = file
        weakref.finalize(self, file.close)  # a notebook rarely closes what it opened
        self._lock = threading.RLock()
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self._cached = 0
        self._blocks: list[Block] = []
        size = os.fstat(file.fileno()).st_size
        self.manifest, self._end = _read_preamble(file, size)
        try:
            self._streams = kinds.streams(self.manifest)
        except UnsupportedVersion:
            raise
        except RecordingError as error:
            raise CorruptRecording(str(error), offset=blocks.PREAMBLE.size) from error
        self._frames: list[list[Block]] = [[] for _ in self._streams]
        self._keyframes: list[dict[int, Block]] = [{} for _ in self._streams]
        self._views = {spec.id: ModelView(self, spec) for spec in self._streams}
        self.refresh()

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Recording:
        """Open a file, or what an address (http, https) leads to: a page of a recording, or a .mnemo file.

        Raises RecordingError when there is no such file, CorruptRecording (with the offset) when its bytes contradict
        themselves, UnsupportedVersion when a newer program wrote it.
        """
        try:
            if remote.is_address(path):
                file = remote.download(str(path))
                path = file.name
            else:
                file = open(path, "rb")  # noqa: SIM115 (closed by close)
        except OSError as error:
            raise RecordingError(f"Cannot open the recording {os.fspath(path)}: {error.strerror}.") from error
        try:
            return cls(path, file)
        except BaseException:
            file.close()
            raise

    def refresh(self) -> int:
        """Take in the whole blocks appended since; returns `steps`."""
        with self._lock:
            size = os.fstat(self._file.fileno()).st_size
            if size < self._end:
                raise CorruptRecording(f"The file shrank to {size} bytes while it was open; open it again.")
            closing = blocks.closing_index(self._file, size)
            for block in blocks.walk(self._file, self._end, size):
                if block.offset == closing:  # not passed: `amend` puts META in its place
                    payload = blocks.read_payload(self._file, block, size=None, limit=block.length)
                    blocks.check_index(payload, block, self._blocks)
                    self.torn, self.closed = 0, True
                    return self.steps
                if block.tag != blocks.INDEX:
                    self._take(block)
                self._end = block.end
            if closing is not None:
                raise CorruptRecording("The file has an index, but its blocks break off.", offset=self._end)
            self.torn, self.closed = size - self._end, False
            return self.steps

    @property
    def models(self) -> list[str]:
        """Ids of the models, in the order of their streams."""
        return [spec.id for spec in self._streams]

    @property
    def steps(self) -> int:
        """Steps that all models have; those named in the manifest's `failures` do not hold the others back."""
        counts, failed = [self.steps_of(i) for i in range(len(self._streams))], self.failed
        return min((n for i, n in enumerate(counts) if i not in failed), default=max(counts))

    @property
    def failed(self) -> set[Any]:
        """Streams that could not go on, by the manifest's `failures`."""
        failures: Any = self.manifest.get("failures")
        entries = cast(list[Any], failures) if isinstance(failures, list) else []
        return {entry.get("stream") for entry in entries if is_object(entry)}

    @property
    def finished(self) -> bool:
        """Whether the recording says that nothing more will come."""
        return self.manifest["status"] != "running"

    def steps_of(self, stream: int) -> int:
        """Steps that this stream has."""
        taken = self._frames[stream]
        return taken[-1].first + taken[-1].count if taken else 0

    def __getitem__(self, model: str) -> ModelView:
        """One model by its id. Raises RecordingError listing those there are."""
        if model not in self._views:
            raise RecordingError(f"There is no model {model!r} in this recording; it has: {', '.join(self.models)}.")
        return self._views[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    @property
    def chunks(self) -> int:
        """Chunks of 64 steps, the last one possibly not full."""
        most = max(self.steps_of(i) for i in range(len(self._streams)))
        return -(-most // KEYFRAME_EVERY)

    def messages(self, chunk: int, stream: int | None = None) -> bytes:
        """The wire messages of steps 64·chunk … 64·chunk+63 of all streams, or of one: keyframes first, then frames.

        Raises RecordingError where there is no such chunk or stream, CorruptRecording where its bytes do not fit their checksum.
        """
        with self._lock:
            if not 0 <= chunk < self.chunks:
                raise RecordingError(f"Wanted a chunk of 0 … {self.chunks - 1}, got {chunk}.")
            if stream is not None and not 0 <= stream < len(self._streams):
                raise RecordingError(f"Wanted a stream of 0 … {len(self._streams) - 1}, got {stream}.")
            wanted = range(len(self._streams)) if stream is None else (stream,)
            first = chunk * KEYFRAME_EVERY
            out: list[bytes] = []
            for i in wanted:
                payload = self.keyframe_bytes(i, chunk)
                if payload is not None:
                    out.append(blocks.message(i, blocks.KIND_KEYFRAME, first, 1, payload))
            for i in wanted:
                count = min(self.steps_of(i) - first, KEYFRAME_EVERY)
                if count > 0:
                    payload = self.frame_bytes(i, first, count)
                    out.append(blocks.message(i, blocks.KIND_FRAMES, first, count, payload))
            return b"".join(out)

    def frame_bytes(self, stream: int, first: int, count: int) -> bytes:
        """`count` whole frames of one stream from step `first` on. Raises as `messages`."""
        spec = self._streams[stream]
        with self._lock:
            have = self.steps_of(stream)
            if first < 0 or count < 0 or first + count > have:
                raise RecordingError(
                    f"Model {spec.id}: wanted steps {first} … {first + count - 1}, the recording has {have} steps."
                )
            taken = self._frames[stream]
            parts: list[bytes] = []
            begin = bisect_right(taken, first, key=lambda block: block.first) - 1
            end = bisect_left(taken, first + count, key=lambda block: block.first)
            for block in taken[max(begin, 0) : end]:
                start, stop = max(first - block.first, 0), min(first + count - block.first, block.count)
                payload = self._payload(block, block.count * spec.frame.bytes)
                parts.append(payload[start * spec.frame.bytes : stop * spec.frame.bytes])
            return b"".join(parts)

    def keyframe_bytes(self, stream: int, k: int) -> bytes | None:
        """The state of one stream before step 64·k, or None where none was recorded. Raises CorruptRecording."""
        with self._lock:
            block = self._keyframes[stream].get(k)
            return None if block is None else self._payload(block, self._streams[stream].keyframe.bytes)

    def blocks(self) -> tuple[list[Block], int]:
        """The whole blocks of the file, and the offset behind the last of them, where a META may be appended."""
        with self._lock:
            return list(self._blocks), self._blocks[-1].end if self._blocks else self._end

    def check(self) -> None:
        """Read every payload; raises CorruptRecording at the first one whose checksum or length is wrong."""
        with self._lock:
            for block in self._blocks:
                if block.tag in (blocks.FRAMES, blocks.KEYFRAME):
                    blocks.read_payload(self._file, block, size=self._size(block), limit=self._size(block))

    def content_hash(self) -> str:
        """sha256 of all frame bytes, computed now (the manifest holds the one of when the recording ended)."""
        with self._lock:
            return hashes.content_hash(self._file, self._streams, self._blocks)

    def recording_hash(self, content: str, *, values: dict[str, Any] | None = None) -> str:
        """sha256 of manifest, keyframes and `content`, the content hash, computed now; `values`: as if that META stood there."""
        with self._lock:
            described = self.manifest | (values or {})
            return hashes.recording_hash(self._file, self._streams, self._blocks, described, content)

    def close(self) -> None:
        """Close the file; what was read before stays usable."""
        self._file.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Recording {self.manifest['title']!r}: {', '.join(self.models)}; {self.steps} steps>"

    def _take(self, block: Block) -> None:
        """Check what a block announces against the manifest and the blocks before it, and note it."""
        if block.tag == blocks.META:
            payload = blocks.read_payload(self._file, block, size=None, limit=manifest.MAX_MANIFEST_BYTES)
            self._merge(payload, block.offset)
            self._blocks.append(block)
            return
        if block.stream >= len(self._streams):
            raise CorruptRecording(
                f"A block of stream {block.stream}, but the manifest has {len(self._streams)} models.",
                offset=block.offset,
            )
        if block.tag == blocks.KEYFRAME:
            if block.first % KEYFRAME_EVERY or block.count != 1 or not self._size(block):
                raise CorruptRecording(
                    f"A keyframe before step {block.first}; wanted a multiple of {KEYFRAME_EVERY}.", offset=block.offset
                )
            self._keyframes[block.stream][block.first // KEYFRAME_EVERY] = block
        else:
            wanted = self.steps_of(block.stream)
            room = KEYFRAME_EVERY - wanted % KEYFRAME_EVERY
            if block.first != wanted or not 1 <= block.count <= room:
                raise CorruptRecording(
                    f"Frames of steps {block.first} … {block.first + block.count - 1} where step {wanted} and at most "
                    f"{room} steps were wanted.",
                    offset=block.offset,
                )
            self._frames[block.stream].append(block)
        self._blocks.append(block)

    def _merge(self, payload: bytes, offset: int) -> None:
        try:
            self.manifest = manifest.merge(self.manifest, manifest.parse(payload))
        except RecordingError as error:
            raise CorruptRecording(f"META: {error}", offset=offset) from error

    def _size(self, block: Block) -> int:
        spec = self._streams[block.stream]
        return spec.keyframe.bytes if block.tag == blocks.KEYFRAME else block.count * spec.frame.bytes

    def _payload(self, block: Block, size: int) -> bytes:
        payload = self._cache.get(block.offset)
        if payload is None:
            payload = blocks.read_payload(self._file, block, size=size, limit=size)
            self._cache[block.offset] = payload
            self._cached += size
            while self._cached > CACHE_BYTES and len(self._cache) > 1:
                self._cached -= len(self._cache.popitem(last=False)[1])
        else:
            self._cache.move_to_end(block.offset)
        return payload


def amend(path: str | os.PathLike[str], values: dict[str, Any]) -> Recording:
    """Append META to a recording that nobody is writing, cut its torn tail, and close it with a fresh index.

    This is how a run whose server died gets its end, `amend(path, {"status": "stopped"})`, and how a title changes.
    A reader finds a valid file at every moment. Where the recording had no end yet, steps reached and hashes are filled in;
    where it had a recording hash and `values` are covered by it, it is computed again. Returns it opened.
    """
    with Recording.open(path) as rec:
        covered = "recording_hash" in rec.manifest and any(key not in hashes.MAY_CHANGE for key in values)
        if not rec.finished:
            planned = rec.manifest["steps"]
            early = {"planned_steps": planned} if rec.steps < planned and not rec.manifest.get("open_ended") else {}
            values = {"steps": rec.steps, "content_hash": rec.content_hash()} | early | values
        merged = manifest.merge(rec.manifest, values)
        if not rec.finished or covered:
            content = merged.get("content_hash") or rec.content_hash()
            values = values | {"recording_hash": rec.recording_hash(content, values=values)}
        payload = manifest.dump(values)
        stored, end = rec.blocks()
    block = blocks.encode(blocks.META, payload=payload)
    try:
        with open(path, "r+b", buffering=0) as file:
            stored.append(Block(*blocks.HEADER.unpack_from(block), offset=end))
            _replace_tail(file, end, block + blocks.encode_index(stored, end + len(block)))
    except OSError as error:
        raise RecordingError(f"Cannot write to the recording {os.fspath(path)}: {error.strerror}.") from error
    return Recording.open(path)


def _replace_tail(file: FileIO, end: int, tail: bytes) -> None:
    """Put `tail` at `end`, in place of what follows there. Zeros come first, which readers leave out: on a full disk they fail,
    and the file is as it was; what is written after them needs no space.
    """
    size = file.seek(0, os.SEEK_END)
    try:
        _write(file, size, bytes(max(0, end + len(tail) - size)))
    except OSError:
        file.truncate(size)
        raise
    _write(file, end, tail)
    file.truncate(end + len(tail))
    os.fsync(file.fileno())


def _write(file: FileIO, offset: int, data: bytes) -> None:
    """All of it; a disk that is nearly full takes a part. Raises OSError."""
    file.seek(offset)
    while data:
        data = data[file.write(data) or 0 :]


def _read_preamble(file: BinaryIO, size: int) -> tuple[dict[str, Any], int]:
    """Magic, version and manifest; returns the manifest and the offset of the first block."""
    head = file.read(blocks.PREAMBLE.size)
    if not head.startswith(blocks.MAGIC[:6]):
        found = "an empty file" if not head else f"a file that starts with {head[:8]!r}"
        raise RecordingError(f"Wanted a .mnemo recording, got {found}; choose a file that mnemoscope recorded.")
    if len(head) < blocks.PREAMBLE.size:
        raise TruncatedRecording(f"The file ends after {len(head)} bytes, inside its header.", offset=len(head))
    magic, version, length, crc = blocks.PREAMBLE.unpack(head)
    if magic != blocks.MAGIC:
        raise CorruptRecording(
            f"The signature reads {magic!r}: a transfer in text mode has changed the file; copy it again as binary.",
            offset=0,
        )
    if version > manifest.VERSION:
        raise UnsupportedVersion(
            f"This recording is of format version {version}; this program reads up to {manifest.VERSION}. "
            "Install a newer mnemoscope."
        )
    if version < 1 or length > manifest.MAX_MANIFEST_BYTES:
        raise CorruptRecording(
            f"Version {version} with a manifest of {length} bytes in a file of {size} bytes.", offset=8
        )
    if length > size - blocks.PREAMBLE.size:
        raise TruncatedRecording(
            f"The file ends after {size} bytes, inside its manifest of {length} bytes.", offset=size
        )
    data = file.read(length)
    if zlib.crc32(data) != crc:
        raise CorruptRecording("The checksum of the manifest does not match.", offset=blocks.PREAMBLE.size)
    try:
        return manifest.parse(data), blocks.PREAMBLE.size + length
    except RecordingError as error:
        raise CorruptRecording(f"Manifest: {error}", offset=blocks.PREAMBLE.size) from error
