"""Variables of MATLAB files of version 4 and 5 to 7, numbers alone (MathWorks, MAT-File Format).

scipy's readers allocate what a damaged file claims, and crash on some; here every size is held against the bytes that are there.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.importers.archive import MAX_UNPACKED

MAX_VARIABLES = 10_000
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_MATRIX, _COMPRESSED = 14, 15
_CLASSES = {
    1: "cells", 2: "struct", 3: "object", 4: "text", 5: "sparse", 6: "double", 7: "single", 8: "int8", 9: "uint8", 10: "int16", 11: "uint16",
    12: "int32", 13: "uint32", 14: "int64", 15: "uint64", 16: "function", 17: "object",
}  # fmt: skip
_NUMERIC = range(6, 16)
_VERSION4 = ("f8", "f4", "i4", "i2", "u2", "u1")


@dataclass(frozen=True)
class Variable:
    """One variable of a file; `values` is None for what is no full array of real numbers."""

    name: str
    shape: tuple[int, ...]
    kind: str
    """"double", "struct", "complex double" …"""
    values: NDArray[Any] | None


def version4(data: bytes) -> Iterator[Variable]:
    """Variables of a file of version 4. Raises ValueError for what cannot be."""
    at, count = 0, 0
    while at < len(data):
        order = next(
            (order for order, low in (("<", 0), (">", 1000)) if _kind(data, at, order) in range(low, low + 60)), None
        )
        if order is None or at + 20 > len(data):
            raise ValueError(f"no variable begins at byte {at}")
        head: tuple[int, ...] = struct.unpack(order + "5i", data[at : at + 20])
        kind, rows, columns, imaginary, length = head
        precision, form = kind // 10 % 10, kind % 10
        if min(rows, columns) < 0 or not 0 < length <= 256 or precision >= len(_VERSION4) or form > 2:
            raise ValueError(f"the header at byte {at} cannot be")
        name = data[at + 20 : at + 20 + length].split(b"\0")[0].decode("latin-1")
        dtype: np.dtype[Any] = np.dtype(order + _VERSION4[precision])
        start = at + 20 + length
        size = rows * columns * dtype.itemsize
        at = start + size * (2 if imaginary else 1)
        if at > len(data):
            raise ValueError(f"{name} says {rows} rows and {columns} columns, more than there is: it is cut short")
        word: str = ("double", "text", "sparse")[form]
        plain = form == 0 and not imaginary
        values = (
            np.frombuffer(data, dtype, rows * columns, start).reshape((rows, columns), order="F") if plain else None
        )
        yield Variable(name, (rows, columns), f"complex {word}" if imaginary else word, values)
        count += 1
        if count > MAX_VARIABLES:
            raise ValueError(f"more than {MAX_VARIABLES} variables")


def _kind(data: bytes, at: int, order: str) -> int:
    return int.from_bytes(data[at : at + 4], "little" if order == "<" else "big", signed=True)


def version5(data: bytes) -> Iterator[Variable]:
    """Variables of a file of version 5 to 7. Raises ValueError for what cannot be."""
    order = "<" if data[126:128] == b"IM" else ">"
    at, count, budget = 128, 0, MAX_UNPACKED
    while at + 8 <= len(data):
        kind, content, at = _element(data, at, order)
        if kind == _COMPRESSED:
            try:
                packer = zlib.decompressobj()
                unpacked = packer.decompress(content, budget)
            except zlib.error as error:
                raise ValueError(f"a variable before byte {at} is damaged ({error})") from error
            if packer.unconsumed_tail:
                raise ValueError(f"its variables hold more than {MAX_UNPACKED >> 20} MB")
            budget -= len(unpacked)
            kind, content, _ = _element(unpacked, 0, order)
        if kind == _MATRIX:
            yield _matrix(content, order)
        count += 1
        if count > MAX_VARIABLES:
            raise ValueError(f"more than {MAX_VARIABLES} variables")


def _element(data: bytes, at: int, order: str) -> tuple[int, bytes, int]:
    """Type and content of the element at a place, and where the next one begins."""
    if at + 8 > len(data):
        raise ValueError(f"it ends at byte {len(data)} within an element: it is cut short")
    first, size = struct.unpack(order + "2I", data[at : at + 8])
    if first >> 16:  # a small element: size, type and content in eight bytes
        kind, size = first & 0xFFFF, first >> 16
        if size > 4:
            raise ValueError(f"the element at byte {at} cannot be")
        return kind, data[at + 4 : at + 4 + size], at + 8
    stop = at + 8 + size
    if stop > len(data):
        raise ValueError(f"the element at byte {at} says {size} bytes, more than there is: it is cut short")
    return first, data[at + 8 : stop], stop if first == _COMPRESSED else stop + -size % 8


def _matrix(data: bytes, order: str) -> Variable:
    at = 0
    parts: list[tuple[int, bytes]] = []
    while at < len(data) and len(parts) < 4:
        kind, content, at = _element(data, at, order)
        parts.append((kind, content))
    if len(parts) < 3 or len(parts[0][1]) < 8:
        raise ValueError("a variable has no head")
    flags = struct.unpack(order + "I", parts[0][1][:4])[0]
    number = flags & 0xFF
    word = _CLASSES.get(number, "object")
    dimensions = parts[1][1]
    shape = struct.unpack(f"{order}{len(dimensions) // 4}i", dimensions[: len(dimensions) // 4 * 4])
    name = parts[2][1].decode("latin-1")
    if len(shape) < 2 or len(shape) > 32 or min(shape) < 0:
        raise ValueError(f"{name} says a shape of {list(shape)}")
    if number not in _NUMERIC or flags & 0x800 or len(parts) < 4:
        return Variable(name, shape, f"complex {word}" if flags & 0x800 else word, None)
    kind, content = parts[3]
    if kind not in _TYPES:
        raise ValueError(f"{name} holds numbers of an unknown type {kind}")
    dtype: np.dtype[Any] = np.dtype(order + _TYPES[kind])
    count = 1
    for length in shape:
        count *= length
    if count * dtype.itemsize != len(content):
        raise ValueError(f"{name} says {count} numbers, and {len(content) // dtype.itemsize} are there")
    return Variable(name, shape, word, np.frombuffer(content, dtype, count).reshape(shape, order="F"))
