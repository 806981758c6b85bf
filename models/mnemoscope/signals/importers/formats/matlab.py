"""MATLAB's .mat of versions 4 to 7, by scipy.io, which the package needs anyway."""

import struct
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.archive import MAX_UNPACKED
from mnemoscope.signals.importers.foreign import foreign
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table

_WAY = "Save plain numbers in MATLAB: `save('data.mat', 'x', '-v7')`."


def _sniff(data: bytes) -> float:
    if data.startswith(b"MATLAB 5.0") and data[126:128] in (b"IM", b"MI"):
        return 1.0
    return 0.7 if _version4(data) else 0.0


def _version4(data: bytes) -> bool:
    """Whether a file begins with the header of a matrix of version 4, which has no magic bytes."""
    for order, machine in (("<", 0), (">", 1000)):
        if len(data) < 22:
            return False
        kind, rows, columns, imaginary, length = struct.unpack(order + "5i", data[:20])
        if not (machine <= kind < machine + 60 and kind % 10 in (0, 1, 2) and kind // 10 % 10 <= 5):
            continue
        name = data[20 : 20 + length] if 1 < length <= 64 else b""
        if (
            rows > 0
            and columns > 0
            and imaginary in (0, 1)
            and name[-1:] == b"\0"
            and name[:-1].isalnum() | (b"_" in name)
        ):
            return True
    return False


def _read(path: Path, options: ImportOptions) -> Table:
    import scipy.io

    from mnemoscope.signals.importers.arrays import table_of_arrays
    from mnemoscope.signals.importers.report import file_facts

    with foreign("this MATLAB file", _WAY):
        listed = scipy.io.whosmat(str(path))
        size = sum(8 * int(np.prod([int(n) for n in shape], dtype=object)) for _, shape, _ in listed)
        if size > MAX_UNPACKED:
            raise ImportFileError(
                f"its variables hold {size >> 20} MB, more than {MAX_UNPACKED >> 20} MB", hint="Save the one you need."
            )
        loaded: dict[str, Any] = scipy.io.loadmat(str(path), squeeze_me=False)
    arrays: dict[str, NDArray[Any]] = {}
    for name, value in loaded.items():
        if name.startswith("__"):
            continue
        value = value.toarray() if hasattr(value, "toarray") else value
        if isinstance(value, np.ndarray) and cast(NDArray[Any], value).dtype.kind != "U":
            arrays[name] = value
    shapes = ", ".join(f"{name} {list(shape)} {kind}" for name, shape, kind in listed[:8])
    facts = file_facts(path, "MATLAB", options, details={"variables": shapes})
    complex_only = arrays and all(value.dtype.kind == "c" for value in arrays.values())
    if complex_only:
        raise ImportFileError(
            "its variables are complex; a series has real numbers",
            hint="Save the magnitude: `x = abs(x); save('data.mat', 'x', '-v7')`.",
        )
    if arrays and all(value.dtype.kind in "VO" for value in arrays.values()):
        raise ImportFileError(
            f"its variables are structures or cells ({shapes})",
            hint="Save one field of numbers: `x = s.data; save('data.mat', 'x', '-v7')`.",
        )
    if not arrays:
        raise ImportFileError(f"it holds no variable of numbers ({shapes or 'none at all'})", hint=_WAY)
    return table_of_arrays(arrays, facts, options)


IMPORTER = Importer("matlab", "MATLAB up to version 7", (".mat",), _sniff, _read, binary=True)
