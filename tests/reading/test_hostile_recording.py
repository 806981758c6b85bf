"""Files that somebody made to hurt: each is refused with a sentence, quickly and without taking memory."""

import copy
import json
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnemoscope.errors import CorruptRecording, RecordingError, UnsupportedVersion
from mnemoscope.format import blocks
from mnemoscope.reading.recording import Recording
from tests.oracles.random_logs import Made

SMALL = Made(steps=70, models=("lstm", "transformer"), seed=1)
FRAME = SMALL.manifest["models"][0]["frame"]["bytes"]


def preamble(manifest: Any, *, version: int = 1, length: int | None = None) -> bytes:
    data = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    size = len(data) if length is None else length
    return blocks.PREAMBLE.pack(blocks.MAGIC, version, size, zlib.crc32(data)) + data


def block(tag: bytes, payload: bytes, *, stream: int = 0, flags: int = 0, first: int = 0, count: int = 1) -> bytes:
    return blocks.HEADER.pack(tag, stream, flags, first, count, len(payload), zlib.crc32(payload)) + payload


def open_bytes(tmp_path: Path, data: bytes) -> Recording:
    path = tmp_path / "hostile.mnemo"
    path.write_bytes(data)
    return Recording.open(path)


NOT_RECORDINGS = [
    (b"", "empty file"),
    (b"time,mv\n0,1\n", "starts with b'time,mv"),
    (b"PK\x03\x04" + bytes(100), "starts with"),
    (blocks.MAGIC, "inside its header"),
    (b"\x89MNEMO\n" + bytes(40), "text mode"),
    (preamble(SMALL.manifest, length=2**32 - 1), "manifest of 4294967295 bytes"),
    (preamble(SMALL.manifest)[:200], "manifest of"),
    (preamble(b"\xff\xfe{}"), "JSON object in UTF-8"),
    (preamble(b"[1, 2]"), "Wanted a JSON object, got list"),
    (preamble(b"{" * 200_000), "JSON"),
    (preamble(b"[" * 200_000), "JSON"),
    (preamble(b'{"steps": NaN}'), "NaN is not JSON"),
    (preamble(b'{"steps": ' + b"9" * 9000 + b"}"), "JSON"),
]


@pytest.mark.parametrize(("data", "message"), NOT_RECORDINGS, ids=[m for _, m in NOT_RECORDINGS])
def test_what_is_no_recording_is_refused_with_a_sentence(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(RecordingError, match=message):
        open_bytes(tmp_path, data)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"Cannot open .*nowhere.mnemo: No such file"):
        Recording.open(tmp_path / "nowhere.mnemo")
    with pytest.raises(RecordingError, match="Is a directory"):
        Recording.open(tmp_path)


def test_a_newer_version_says_to_upgrade(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedVersion, match=r"version 2; this program reads up to 1\. Install"):
        open_bytes(tmp_path, preamble(SMALL.manifest, version=2))
    with pytest.raises(UnsupportedVersion, match="Install a newer"):
        open_bytes(tmp_path, preamble(SMALL.manifest | {"version": 7}))


Change = Callable[[dict[str, Any]], Any]
TENSOR = ("models", 0, "frame", "tensors", 0)
CHANGES: list[tuple[str, tuple[Any, ...], Any]] = [
    ("format: wanted", ("format",), "other"),
    ("version: wanted a whole number", ("version",), "1"),
    ("version: wanted a whole number", ("version",), True),
    ("title: wanted a string", ("title",), None),
    ("seed: wanted", ("seed",), 1.5),
    ("status: wanted one of", ("status",), "done"),
    ("steps: wanted", ("steps",), -1),
    ("keyframe_every: wanted 64", ("keyframe_every",), 0),
    ("task: wanted an object", ("task",), []),
    ("task.events: wanted a list", ("task", "events"), {}),
    (r"task.events\[0\]: wanted an object", ("task", "events"), [3]),
    ("signal: wanted an object", ("signal",), "ecg"),
    ("models: wanted a list", ("models",), {}),
    ("models: wanted between 1 and 256", ("models",), []),
    (r"models\[0\]: wanted an object", ("models",), [1]),
    (r"models\[0\].id: wanted a string", ("models", 0, "id"), 7),
    ("every model id once", ("models", 0, "id"), "transformer"),
    ("every bank name once", ("models", 1, "banks", 0, "name"), "layer1"),
    (r"banks\[0\].kind: wanted one of", ("models", 0, "banks", 0, "kind"), "stack"),
    (r"banks\[0\].slots: wanted the number of slots", ("models", 0, "banks", 0), {"name": "m", "kind": "matrix"}),
    (r"banks\[0\].slots: wanted null or 1", ("models", 0, "banks", 0, "slots"), 5),
    (r"banks\[0\].width: wanted", ("models", 0, "banks", 0, "width"), 2**40),
    (r"banks\[0\].read_heads: wanted", ("models", 0, "banks", 0, "read_heads"), 0),
    ("direct only on a bank of kind cell", ("models", 1, "banks", 0, "direct"), True),
    ("gated only on a bank of kind append", ("models", 0, "banks", 0, "gated"), True),
    (r"bias_slopes: wanted one slope per head", ("models", 1, "banks", 0, "bias_slopes"), [0.5]),
    (r"bias_slopes: wanted finite numbers", ("models", 1, "banks", 0, "bias_slopes"), ["a", "b"]),
    (r"bias_slopes only on a bank of kind append", ("models", 0, "banks", 0, "bias_slopes"), [1]),
    (
        "as many write heads as read heads for an associative",
        ("models", 0, "banks", 0),
        {"kind": "associative", "name": "m", "slots": 2, "width": 3, "write_heads": 1, "read_heads": 2},
    ),
    ("usage only on a bank of kind matrix", ("models", 0, "banks", 0, "usage"), True),
    (r"banks\[0\].links: wanted true or false", ("models", 0, "banks", 0, "links"), "yes"),
    ("slots null and as many write heads", ("models", 1, "banks", 0, "write_heads"), 3),
    ("shape .* got", ("models", 0, "banks", 0, "width"), 8),
    (r"frame.bytes: wanted", ("models", 0, "frame", "bytes"), 2**40),
    (r"frame.bytes: wanted a multiple", ("models", 0, "frame", "bytes"), 6),
    (r"frame.bytes: wanted", ("models", 0, "frame", "bytes"), 10.0),
    ("tensor inside the frame", ("models", 0, "frame", "bytes"), 8),
    (r"tensors\[0\].name: wanted a string", (*TENSOR, "name"), None),
    (r"tensors\[0\].bank: wanted a string", (*TENSOR, "bank"), 3),
    (r'tensors\[0\].dtype: wanted "float32"', (*TENSOR, "dtype"), "float64"),
    (r"tensors\[0\].axes: wanted one axis name", (*TENSOR, "axes"), []),
    (r"tensors\[0\].shape: wanted positive", (*TENSOR, "shape"), [0]),
    (r"tensors\[0\].shape: wanted positive", (*TENSOR, "shape"), [-3]),
    (r"tensors\[0\].shape: wanted positive", (*TENSOR, "shape"), [True]),
    (r"tensors\[0\].shape: wanted positive", (*TENSOR, "shape"), [2**63]),
    ("tensor inside the frame", (*TENSOR, "offset"), FRAME - 4),
    (r"tensors\[0\].offset: wanted", (*TENSOR, "offset"), -4),
    ("aligned to 4", (*TENSOR, "offset"), 2),
    ("once, got", (*TENSOR, "name"), "outputs"),
    ("a tensor 'forget_gate' for bank 'cell'", ("models", 0, "frame", "tensors", 2, "name"), "gate"),
    ("a tensor 'cell' for bank 'cell'", ("models", 0, "keyframe"), {"bytes": 0, "tensors": []}),
]


@pytest.mark.parametrize(("message", "place", "value"), CHANGES, ids=[f"{m} {v!r}"[:60] for m, _, v in CHANGES])
def test_a_wrong_manifest_names_the_place(tmp_path: Path, message: str, place: tuple[Any, ...], value: Any) -> None:
    manifest = copy.deepcopy(SMALL.manifest)
    inner: Any = manifest
    for key in place[:-1]:
        inner = inner[key]
    if isinstance(value, dict) and "kind" in value:
        value = inner[place[-1]] | {"slots": None} | value
    inner[place[-1]] = value
    with pytest.raises(CorruptRecording, match=message) as caught:
        open_bytes(tmp_path, preamble(manifest))
    assert caught.value.offset == 20
    assert len(str(caught.value)) < 400


def test_blocks_that_contradict_the_manifest_are_refused_with_their_offset(tmp_path: Path) -> None:
    head, frames = preamble(SMALL.manifest), SMALL.frames[0]
    good = block(b"KEYF", SMALL.keyframes[0][0]) + block(b"FRAM", frames[: 64 * FRAME], count=64)
    more = block(b"META", b'{"status": "ended"}', stream=0xFFFF, count=0)
    cases: list[tuple[bytes, str]] = [
        (b"JUNK" + bytes(60), "found tag b'JUNK'"),
        (block(b"FRAM", frames[:FRAME], stream=9), "stream 9, but the manifest has 2 models"),
        (block(b"FRAM", frames[:FRAME], first=63), "steps 63 … 63 where step 64"),
        (block(b"FRAM", frames[:FRAME], first=65), "where step 64"),
        (block(b"FRAM", frames[:FRAME] * 65, first=64, count=65), "at most 64 steps"),
        (block(b"FRAM", b"", first=64, count=0), "at most 64 steps"),
        (block(b"KEYF", SMALL.keyframes[0][1], first=65), "keyframe before step 65"),
        (block(b"KEYF", b"", stream=1, first=64), "keyframe before step 64"),
        (block(b"META", b"[]", stream=0xFFFF), "META: Wanted a JSON object"),
        (block(b"META", b'{"models": []}', stream=0xFFFF), "META cannot change models"),
        (block(b"META", b'{"status": "won"}', stream=0xFFFF), "status: wanted one of"),
    ]
    for bad, message in cases:
        with pytest.raises(CorruptRecording, match=message) as caught:
            open_bytes(tmp_path, head + good + bad + more)
        assert caught.value.offset == len(head + good)


def test_payloads_of_another_length_are_refused_when_read(tmp_path: Path) -> None:
    head = preamble(SMALL.manifest)
    for payload, flags in ((bytes(FRAME - 4), 0), (bytes(FRAME * 9), 0), (b"not zstd", 1)):
        with open_bytes(tmp_path, head + block(b"FRAM", payload, count=2, flags=flags)) as rec:
            with pytest.raises(CorruptRecording, match="FRAM block") as caught:
                rec["lstm"].array("inputs")
            assert caught.value.offset == len(head)


def test_a_zstd_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    """1 GiB of zeros in 32 kB, with and without its size announced: never more than a few MB are taken."""
    big = bytes(1 << 30)
    announced = zstandard.ZstdCompressor(level=1).compress(big)
    silent = zstandard.ZstdCompressor(level=1, write_content_size=False).compress(big)
    del big
    head = preamble(SMALL.manifest)
    for bomb in (announced, silent):
        with open_bytes(tmp_path, head + block(b"FRAM", bomb, count=64, flags=1)) as rec:
            tracemalloc.start()
            with pytest.raises(CorruptRecording, match=r"unfolds to|cannot be uncompressed"):
                rec.messages(0)
            assert tracemalloc.get_traced_memory()[1] < 8 << 20
            tracemalloc.stop()
        with pytest.raises(CorruptRecording, match=r"unfolds to|cannot be uncompressed"):
            open_bytes(tmp_path, head + block(b"META", bomb, stream=0xFFFF, flags=1))


def test_two_zstd_frames_in_one_payload_are_refused(tmp_path: Path) -> None:
    one = zstandard.compress(SMALL.frames[0][:FRAME])
    with (
        open_bytes(tmp_path, preamble(SMALL.manifest) + block(b"FRAM", one + one, flags=1)) as rec,
        pytest.raises(CorruptRecording),
    ):
        rec.messages(0)


def test_an_index_that_lies_is_refused(tmp_path: Path) -> None:
    data = bytearray(SMALL.save(tmp_path / "a.mnemo").read_bytes())
    (offset,) = struct.unpack("<Q", data[-8:])
    entries = data[offset + 24 + 4 : -8]
    entries[8] ^= 4  # the first step of the first block
    payload = data[offset + 24 : offset + 28] + entries + data[-8:]
    with pytest.raises(CorruptRecording, match=f"index does not agree.*at byte {offset}"):
        open_bytes(tmp_path, bytes(data[:offset]) + block(b"INDX", bytes(payload), stream=0xFFFF, count=len(entries)))
    with Recording.open(tmp_path / "a.mnemo") as rec:  # a length in the middle that runs over the end of the file
        struct.pack_into("<I", data, rec._blocks[1].offset + 16, 2**31)
    with pytest.raises(CorruptRecording, match="break off"):
        open_bytes(tmp_path, bytes(data))


@given(st.binary(max_size=200), st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_after_the_manifest_never_crash_the_reader(tmp_path: Path, junk: bytes, length: int) -> None:
    """Whatever follows: whole blocks, a torn tail, or CorruptRecording. Nothing else escapes."""
    head = preamble(SMALL.manifest)
    for data in (junk, b"FRAM" + junk, blocks.HEADER.pack(b"META", 0xFFFF, 0, 0, 0, length, 0) + junk):
        offset: int | None = len(head)
        try:
            with open_bytes(tmp_path, head + data) as rec:
                rec.check()
        except CorruptRecording as error:
            offset = error.offset
        assert offset == len(head)
