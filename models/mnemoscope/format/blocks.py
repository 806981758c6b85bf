"""The blocks of a recording file: a 24-byte header, then a payload (docs/format.md, "File").

Pure bytes: what a block means is recording.py's business. Lengths, counts and offsets come from a file that anybody may
have made, so none is used before it is bounded by the size of the file or by what the manifest announces.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import zstandard

from mnemoscope.errors import CorruptRecording

MAGIC = b"\x89MNEMO\r\n"
PREAMBLE = struct.Struct("<8sIII")  # magic, version, length and crc32 of the manifest
HEADER = struct.Struct("<4sHHIIII")  # tag, stream, flags, first step, count, payload length, crc32
INDEX_ENTRY = struct.Struct("<4sHHIIQ")  # tag, stream, flags, first step, count, offset of the header
MESSAGE = struct.Struct("<HHIII")  # on the wire: stream, kind, first step, count, payload length

FRAMES, KEYFRAME, META, INDEX = b"FRAM", b"KEYF", b"META", b"INDX"
TAGS = (FRAMES, KEYFRAME, META, INDEX)
NO_STREAM = 0xFFFF
ZSTD = 1
ZSTD_LEVEL = 1
MAX_WINDOW = 8 << 20  # bytes of history a zstd frame may ask a reader to keep; level 1 needs 0.5 MiB
KIND_FRAMES, KIND_KEYFRAME = 1, 2


@dataclass(frozen=True, slots=True)
class Block:
    """One block header and where it stands in the file."""

    tag: bytes
    stream: int
    flags: int
    first: int
    count: int
    length: int
    crc: int
    offset: int

    @property
    def end(self) -> int:
        return self.offset + HEADER.size + self.length


def encode(tag: bytes, *, stream: int = NO_STREAM, first: int = 0, count: int = 0, payload: bytes) -> bytes:
    """A whole block; the payload is compressed when that makes it smaller. The index never is: its end must be found."""
    flags = 0
    if tag != INDEX:
        packed = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(payload)
        if len(packed) < len(payload):
            payload, flags = packed, ZSTD
    return HEADER.pack(tag, stream, flags, first, count, len(payload), zlib.crc32(payload)) + payload


def walk(file: BinaryIO, offset: int, size: int) -> Iterator[Block]:
    """Hop from header to header up to `size`, stopping before a torn tail.

    A tail is torn when a header or payload is cut short, when the last block's crc fails, or when only zeros follow
    (what some file systems leave after a power cut). Payloads of other blocks are checked when they are read.
    Raises CorruptRecording where there is no block header.
    """
    while offset + HEADER.size <= size:
        file.seek(offset)
        header = file.read(HEADER.size)
        if len(header) < HEADER.size:
            return
        block = Block(*HEADER.unpack(header), offset=offset)
        if block.tag not in TAGS:
            if not any(header) and _only_zeros(file, size):
                return
            raise CorruptRecording(f"Wanted a block header, found tag {block.tag!r}.", offset=offset)
        if block.end > size or (block.end == size and zlib.crc32(file.read(block.length)) != block.crc):
            return
        yield block
        offset = block.end


def read_payload(file: BinaryIO, block: Block, *, size: int | None, limit: int) -> bytes:
    """The payload of a block, checked against its crc and uncompressed.

    size: its exact length in bytes where that is known; otherwise it may have at most `limit` bytes, so that a small
    hostile payload cannot unfold into gigabytes. Raises CorruptRecording with the block's offset.
    """
    file.seek(block.offset + HEADER.size)
    payload = file.read(block.length)
    if len(payload) != block.length:
        raise CorruptRecording(
            f"Wanted {block.length} bytes of payload, the file ends after {len(payload)}.", offset=block.offset
        )
    if zlib.crc32(payload) != block.crc:
        raise CorruptRecording(f"The checksum of a {_name(block)} block does not match.", offset=block.offset)
    if block.flags & ZSTD:
        payload = _decompress(payload, block, limit if size is None else size)
    if (size is not None and len(payload) != size) or len(payload) > limit:
        wanted = f"{size}" if size is not None else f"at most {limit}"
        raise CorruptRecording(
            f"A {_name(block)} block holds {len(payload)} bytes, wanted {wanted}.", offset=block.offset
        )
    return payload


def encode_index(blocks: list[Block], offset: int) -> bytes:
    """The INDX block that closes a finished recording and will stand at `offset`."""
    entries = b"".join(INDEX_ENTRY.pack(b.tag, b.stream, b.flags, b.first, b.count, b.offset) for b in blocks)
    payload = struct.pack("<I", len(blocks)) + entries + struct.pack("<Q", offset)
    return encode(INDEX, count=len(blocks), payload=payload)


def check_index(payload: bytes, index: Block, blocks: list[Block]) -> None:
    """Compare a closing index with the blocks that were walked over; raises CorruptRecording when they disagree."""
    wanted = encode_index(blocks, index.offset)[HEADER.size :]
    if payload != wanted:
        raise CorruptRecording(
            f"The index does not agree with the {len(blocks)} blocks before it.", offset=index.offset
        )


def closing_index(file: BinaryIO, size: int) -> int | None:
    """Where the last 8 bytes say that the closing index starts, if an index header does stand there."""
    if size < HEADER.size + 12:
        return None
    file.seek(size - 8)
    (offset,) = struct.unpack("<Q", file.read(8))
    if offset > size - HEADER.size - 12:
        return None
    file.seek(offset)
    block = Block(*HEADER.unpack(file.read(HEADER.size)), offset=offset)
    return offset if block.tag == INDEX and block.end == size else None


def message(stream: int, kind: int, first: int, count: int, payload: bytes) -> bytes:
    """A wire message: 16-byte header and whole frames, uncompressed."""
    return MESSAGE.pack(stream, kind, first, count, len(payload)) + payload


def _decompress(payload: bytes, block: Block, limit: int) -> bytes:
    try:
        # The announced size is checked first: the library would allocate it, whatever max_output_size says.
        announced = zstandard.frame_content_size(payload)
        if announced > limit:
            raise CorruptRecording(
                f"A {_name(block)} block unfolds to {announced} bytes, wanted at most {limit}.", offset=block.offset
            )
        decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        return decompressor.decompress(payload, max_output_size=max(limit, 1), allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise CorruptRecording(
            f"A {_name(block)} block cannot be uncompressed: {error}.", offset=block.offset
        ) from error


def _only_zeros(file: BinaryIO, size: int) -> bool:
    while file.tell() < size:
        part = file.read(min(1 << 20, size - file.tell()))
        if not part or any(part):
            return not any(part)
    return True


def _name(block: Block) -> str:
    return block.tag.decode("ascii", "replace")
