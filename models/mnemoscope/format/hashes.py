"""The two hashes of a recording (docs/format.md, "Hashes"): of its frames alone, and of all that must not change once it has ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from mnemoscope.format import blocks
from mnemoscope.format.blocks import Block
from mnemoscope.format.manifest import StreamSpec

MAY_CHANGE = ("title", "sharing", "content_hash", "recording_hash")
"""Top-level keys of the manifest that `recording_hash` leaves out: what an owner may change afterwards, and the hashes."""


def content_hash(file: BinaryIO, streams: tuple[StreamSpec, ...], stored: list[Block]) -> str:
    """sha256 (hexadecimal) of all frame bytes in order of (stream, step): the identity of what was recorded."""
    return _sha256(_payloads(file, streams, stored, blocks.FRAMES))


def recording_hash(
    file: BinaryIO, streams: tuple[StreamSpec, ...], stored: list[Block], manifest: dict[str, Any], content: str
) -> str:
    """sha256 (hexadecimal) of three lines: manifest, sha256 of all keyframes in order of (stream, step), `content`.

    manifest: with every META merged; its keys of MAY_CHANGE are left out. content: the content hash.
    """
    covered = {key: value for key, value in manifest.items() if key not in MAY_CHANGE}
    text = json.dumps(covered, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    keyframes = _sha256(_payloads(file, streams, stored, blocks.KEYFRAME))
    return hashlib.sha256(f"{text}\n{keyframes}\n{content}\n".encode()).hexdigest()


def _payloads(file: BinaryIO, streams: tuple[StreamSpec, ...], stored: list[Block], tag: bytes) -> Iterator[bytes]:
    """Uncompressed payloads of all blocks of one tag in order of (stream, step), a block at a time."""
    for spec in streams:
        layout = spec.frame if tag == blocks.FRAMES else spec.keyframe
        for block in stored:
            if block.tag == tag and block.stream == spec.index:
                size = block.count * layout.bytes
                yield blocks.read_payload(file, block, size=size, limit=size)


def _sha256(parts: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
