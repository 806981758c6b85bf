"""Samples of WFDB as integers, format by format (https://physionet.org/physiotools/wag/signal-5.htm)."""

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError

Integers = NDArray[np.int32]


def _int16(data: bytes, count: int) -> Integers:
    return np.frombuffer(data, "<i2", count).astype(np.int32)


def _int16_big(data: bytes, count: int) -> Integers:
    return np.frombuffer(data, ">i2", count).astype(np.int32)


def _int32(data: bytes, count: int) -> Integers:
    return np.frombuffer(data, "<i4", count).astype(np.int32)


def _int24(data: bytes, count: int) -> Integers:
    parts = np.frombuffer(data, np.uint8, 3 * count).reshape(-1, 3).astype(np.int32)
    return _signed(parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16, 24)


def _offset8(data: bytes, count: int) -> Integers:
    return np.frombuffer(data, np.uint8, count).astype(np.int32) - 128


def _offset16(data: bytes, count: int) -> Integers:
    return np.frombuffer(data, "<u2", count).astype(np.int32) - 32_768


def _differences(data: bytes, count: int) -> Integers:
    return np.frombuffer(data, np.int8, count).astype(np.int32)


def _packed12(data: bytes, count: int) -> Integers:
    """Two samples in three bytes."""
    pairs = (count + 1) // 2
    b = np.frombuffer(data.ljust(3 * pairs, b"\0"), np.uint8, 3 * pairs).reshape(-1, 3).astype(np.int32)
    found = np.empty(2 * pairs, np.int32)
    found[::2] = b[:, 0] | (b[:, 1] & 0x0F) << 8
    found[1::2] = b[:, 2] | (b[:, 1] & 0xF0) << 4
    return _signed(found[:count], 12)


def _packed10(data: bytes, count: int) -> Integers:
    """Three samples in four bytes: two in 11 bits of a word each with one bit to spare, the third in what is left (310)."""
    groups = (count + 2) // 3
    words = np.frombuffer(data.ljust(4 * groups, b"\0"), "<u2", 2 * groups).reshape(-1, 2).astype(np.int32)
    found = np.empty(3 * groups, np.int32)
    found[::3] = words[:, 0] >> 1 & 0x3FF
    found[1::3] = words[:, 1] >> 1 & 0x3FF
    found[2::3] = words[:, 0] >> 11 & 0x1F | (words[:, 1] >> 11 & 0x1F) << 5
    return _signed(found[:count], 10)


def _packed10_low(data: bytes, count: int) -> Integers:
    """Three samples in 30 bits of four bytes, the first lowest (311)."""
    groups = (count + 2) // 3
    words = np.frombuffer(data.ljust(4 * groups, b"\0"), "<u4", groups).astype(np.int64)
    found = np.empty(3 * groups, np.int32)
    for i in range(3):
        found[i::3] = words >> 10 * i & 0x3FF
    return _signed(found[:count], 10)


def _signed(values: Integers, bits: int) -> Integers:
    return np.where(values >= 1 << (bits - 1), values - (1 << bits), values).astype(np.int32)


def _flac(data: bytes, most: int) -> Integers:
    """All samples of a FLAC, a channel a signal; the signals take turns as in the other formats."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if file.frames * file.channels > most:
                raise ImportFileError(
                    f"the file says it has more than {most} samples", hint="Bring a part of the record."
                )
            bits = {"PCM_S8": 8, "PCM_16": 16}.get(file.subtype, 24)
            values: Integers = file.read(dtype="int32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ImportFileError(
            f"the compressed samples cannot be read ({error.error_string})", hint="Bring the whole file."
        ) from error
    return (values >> (32 - bits)).reshape(-1)


class Format:
    """How samples are packed: bytes of `group` samples, the number that means missing, the reader; of a compressed one group is 0."""

    def __init__(self, size: int, group: int, missing: int | None, read: Callable[[bytes, int], Integers]) -> None:
        self.size, self.group, self.missing, self.read = size, group, missing, read

    @property
    def compressed(self) -> bool:
        """Whether only unpacking tells how many samples there are; the reader then takes the most there may be."""
        return self.group == 0

    def bytes_of(self, count: int) -> int:
        """Bytes that `count` samples take at least."""
        groups, rest = divmod(count, self.group)
        return groups * self.size + (rest and (rest * self.size + self.group - 1) // self.group)

    def count_in(self, size: int) -> int:
        """How many whole samples `size` bytes hold."""
        groups, rest = divmod(size, self.size)
        return groups * self.group + rest * self.group // self.size


FORMATS = {
    8: Format(1, 1, None, _differences),
    16: Format(2, 1, -(1 << 15), _int16),
    24: Format(3, 1, -(1 << 23), _int24),
    32: Format(4, 1, -(1 << 31), _int32),
    61: Format(2, 1, -(1 << 15), _int16_big),
    80: Format(1, 1, -(1 << 7), _offset8),
    160: Format(2, 1, -(1 << 15), _offset16),
    212: Format(3, 2, -(1 << 11), _packed12),
    310: Format(4, 3, -(1 << 9), _packed10),
    311: Format(4, 3, -(1 << 9), _packed10_low),
    **{500 + bits: Format(0, 0, -(1 << (bits - 1)), _flac) for bits in (8, 16, 24)},
}
