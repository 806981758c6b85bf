"""The picture of a recording that a chat shows beside a link: its signal on top, a tape of writes and reads a model below.

1200 × 630, in the inks of the dark page; no letters, and nothing of the signal but its shape. NumPy and zlib only.
"""

import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec, unpack
from mnemoscope.format.manifest import KEYFRAME_EVERY, of_bits
from mnemoscope.reading import tokens
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.view import ModelView

WIDTH, HEIGHT = 1200, 630
LEFT, RIGHT, TOP, BOTTOM, GAP = 56, 40, 40, 40, 14
SIGNAL_HEIGHT, STRIP, BAR = 96, 6, 8
MAX_LANES = 5
MAX_ROWS = 160
"""Attention rows of one lane that are computed; the picture has no more room than that for them."""
TOUCHED = 0.1
"""Weight from which on a head has turned to a slot."""
MAX_PICTURES = 32
ROWS_AT_ONCE = 64
BLOCK = 4 * KEYFRAME_EVERY
"""Steps that are looked at together."""

Image = NDArray[np.float64]


def _ink(text: str) -> Image:
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], np.float64)


PAPER, GROUND, TEXT, WRITE, READ = (_ink(tokens.ink(name, "dark")) for name in ("bg", "sk", "tx", "wf", "rf"))


class Pictures:
    """Drawn once, kept while they are asked for; one is drawn at a time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._drawing = threading.Lock()

    def get(self, recording: Recording) -> bytes:
        """The picture of a recording as PNG. One that has not ended is drawn anew each time."""
        key = recording.manifest.get("content_hash") if recording.finished else None
        with self._drawing:
            if key is None or key not in self._kept:
                picture = png(draw(recording))
                if key is None:
                    return picture
                self._kept[key] = picture
            self._kept.move_to_end(key)
            while len(self._kept) > MAX_PICTURES:
                self._kept.popitem(last=False)
            return self._kept[key]


def png(image: Image) -> bytes:
    """[height, width, 3] of 0 … 255 -> an RGB PNG."""
    height, width, _ = image.shape
    packer, packed = zlib.compressobj(6), b""
    for first in range(0, height, ROWS_AT_ONCE):
        rows = np.clip(np.rint(image[first : first + ROWS_AT_ONCE]), 0, 255).astype(np.uint8)
        filters = np.zeros((len(rows), 1), np.uint8)  # each row with filter 0
        packed += packer.compress(np.concatenate((filters, rows.reshape(len(rows), -1)), 1).tobytes())
    packed += packer.flush()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def draw(recording: Recording) -> Image:
    """The picture as [height, width, 3]; a recording without steps is an empty sheet."""
    sheet = np.broadcast_to(PAPER, (HEIGHT, WIDTH, 3)).copy()
    models = [
        (i, model) for i, model in enumerate(recording.models) if recording[model].steps and recording[model].banks
    ]
    if not models or not recording.steps:
        return sheet
    inner = sheet[TOP : HEIGHT - BOTTOM, LEFT : WIDTH - RIGHT]
    steps = recording.steps
    _events(inner[:STRIP], recording.manifest["task"]["events"], steps)
    _signal(
        inner[STRIP + 4 : STRIP + 4 + SIGNAL_HEIGHT],
        _inputs(recording[models[0][1]], steps),
        of_bits(recording.manifest),
    )
    shown: list[tuple[int, str]] = [
        models[k] for k in sorted({round(n) for n in np.linspace(0, len(models) - 1, MAX_LANES)})
    ]
    below = STRIP + 4 + SIGNAL_HEIGHT + GAP
    pitch = (len(inner) - below + GAP) // len(shown)
    for place, (stream, model) in enumerate(shown):
        begin = TOP + below + place * pitch
        entry: dict[str, Any] = recording.manifest["models"][stream]
        sheet[begin : begin + pitch - GAP, LEFT - 2 * BAR : LEFT - BAR] = _ink(
            tokens.hue(tokens.sign_of(entry), "dark")
        )
        tape = sheet[begin : begin + pitch - GAP, LEFT : WIDTH - RIGHT]
        view = recording[model]
        writes, reads = marks(view, view.bank(), steps, tape.shape[:2])
        amount = np.sqrt(writes)[:, :, None] * (WRITE - GROUND) + np.sqrt(reads)[:, :, None] * (READ - GROUND)
        tape[:] = np.clip(GROUND + amount, 0, 255)
    return sheet


def marks(view: ModelView, bank: BankSpec, steps: int, size: tuple[int, int]) -> tuple[Image, Image]:
    """How strongly a bank is written and read, [rows, columns] of 0 … 1: rows are slots, units or steps, columns steps."""
    log, kind = kinds.BankLog(view, bank), kinds.of(bank)
    have = min(steps, view.steps)
    if kind.grows:
        return _looking_back(log, have, steps, size)
    pair = _largest(view, bank, have, steps, size[1])
    writes, reads = (_scaled(_pooled(part.T, size)) for part in (_touched(*pair) if kind.addressed else pair))
    return (writes, reads) if kind.addressed else (writes**3, reads**3)  # a state is always half full: only peaks


def _inputs(view: ModelView, steps: int) -> NDArray[np.float32]:
    """What came in at every step, without what the view would keep of it."""
    found = np.empty(
        (steps, *view.frame[None, "inputs"].shape), np.float32
    )  # at once: small pieces would lie between large ones
    for first, stop in _blocks(steps):
        found[first:stop] = unpack(view.frame, view.frame_bytes(first, stop - first))[None, "inputs"]
    return found


def _blocks(steps: int) -> Iterator[tuple[int, int]]:
    return ((first, min(first + BLOCK, steps)) for first in range(0, steps, BLOCK))


def _largest(view: ModelView, bank: BankSpec, have: int, steps: int, columns: int) -> list[Image]:
    """Writes and reads, [step, place]; of more steps than columns the largest in each column, [column, place]."""
    times = min(steps, columns)
    first = np.arange(times) * steps // times
    pair: list[Image] = []
    for a, b in _blocks(have):
        column = np.searchsorted(first, np.arange(a, b), side="right") - 1
        starts = np.flatnonzero(np.diff(column, prepend=-1))
        tables = kinds.of(bank).marks(kinds.BankLog(view, bank), np.arange(a, b))
        pair = pair or [np.zeros((times, table.shape[1])) for table in tables]
        for most, table in zip(pair, tables, strict=True):
            most[column[starts]] = np.maximum(most[column[starts]], np.maximum.reduceat(table, starts, axis=0))
    return pair


def _touched(writes: Image, reads: Image) -> tuple[Image, Image]:
    """The slots that a head ever turned to, in their order; all where none stands out."""
    most = np.maximum(writes.max(0), reads.max(0))
    kept = most > TOUCHED if (most > TOUCHED).any() else most >= 0
    return writes[:, kept], reads[:, kept]


def _looking_back(log: kinds.BankLog, have: int, steps: int, size: tuple[int, int]) -> tuple[Image, Image]:
    """Every step writes its own row; a step reads the rows that attention puts its weight on, the most of any head."""
    rows, columns = size
    kind = kinds.of(log.bank)
    asked = np.unique(np.linspace(0, have - 1, min(have, MAX_ROWS)).astype(int))
    looked = np.zeros((steps, len(asked)))
    looked[:have] = kind.marks(log, asked)[1].T
    at = np.searchsorted(asked, np.arange(columns) * steps // columns).clip(max=len(asked) - 1)
    reads = _pooled(looked, (rows, len(asked)))[:, at]
    reads[:, np.arange(columns) * steps // columns >= have] = 0
    here, slot = np.arange(columns) * steps // columns, np.arange(rows) * steps // rows
    writes = (slot[:, None] == here).astype(np.float64)
    if steps > rows:  # several steps share a row
        writes[np.arange(columns) * rows // columns, np.arange(columns)] = 1
    wrote = np.zeros(steps, bool)
    wrote[:have] = kind.held_row(log, have - 1) > 0
    writes[:, ~wrote[here]] = 0
    return writes, reads


def _pooled(table: Image, size: tuple[int, int]) -> Image:
    """[a, b] -> [rows, columns]: the largest of what falls together, the same again where there is more room."""
    for axis, wanted in enumerate(size):
        have: int = table.shape[axis]
        first: NDArray[np.intp] = np.arange(wanted) * have // wanted
        table = np.maximum.reduceat(table, first, axis=axis) if have > wanted else table.take(first, axis=axis)
    return table


def _scaled(table: Image) -> Image:
    """0 … 1, where weights already are; what has no bound is seen beside its own 99th percentile."""
    top = float(np.quantile(table, 0.99)) if table.max() > 1 else 1.0
    return np.clip(table / (top or 1.0), 0, 1)


def _signal(band: Image, inputs: NDArray[np.float32], bits: bool) -> None:
    """The first input as a line; bits beside each other as a raster."""
    rows: int = band.shape[0]
    columns: int = band.shape[1]
    values = np.nan_to_num(inputs.astype(np.float64))
    if bits and values.shape[1] > 3:
        band[:] = GROUND + np.clip(_pooled(values.T, (rows, columns)), 0, 1)[:, :, None] * (TEXT - GROUND) * 0.75
        return
    line = values[:, 0]
    low, high = float(line.min()), float(line.max())
    level: Image = (high - line) / ((high - low) or 1.0) * (rows - 3)
    at = np.linspace(0, len(line) - 1, 4 * columns)
    heights = np.interp(at, np.arange(len(line)), level).reshape(columns, 4)
    y = np.arange(rows)[:, None]
    lit = (y >= np.floor(heights.min(1))) & (y <= np.floor(heights.max(1)) + 2)
    band[lit] = TEXT


def _events(strip: Image, events: list[dict[str, Any]], steps: int) -> None:
    """Where the task stores and where it recalls."""
    columns = strip.shape[1]
    for event in events:
        ink = {"store": WRITE, "recall": READ}.get(event["kind"])
        if ink is not None:
            strip[:, event["step"] * columns // steps : event["until"] * columns // steps] = ink
