"""MATLAB's .mat of versions 4 to 7: variables that are arrays of real numbers."""

import struct
from pathlib import Path

from mnemoscope.errors import ImportFileError
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
    from mnemoscope.signals.importers.arrays import table_of_arrays
    from mnemoscope.signals.importers.formats.matlab_variables import version4, version5
    from mnemoscope.signals.importers.report import file_facts

    data = path.read_bytes()
    try:
        found = list((version5 if data.startswith(b"MATLAB 5.0") else version4)(data))
    except ValueError as error:
        raise ImportFileError(f"this MATLAB file is damaged: {error}", hint=_WAY) from error
    arrays = {one.name: one.values for one in found if one.values is not None}
    shapes = ", ".join(f"{one.name} {list(one.shape)} {one.kind}" for one in found[:8])
    if not arrays and any(one.kind.startswith("complex") for one in found):
        raise ImportFileError(
            f"its variables are complex ({shapes}); a series has real numbers",
            hint="Save the magnitude: `x = abs(x); save('data.mat', 'x', '-v7')`.",
        )
    if not arrays and any(one.kind in ("struct", "cells", "object") for one in found):
        raise ImportFileError(
            f"its variables are structures or cells ({shapes})",
            hint="Save one field of numbers: `x = s.data; save('data.mat', 'x', '-v7')`.",
        )
    if not arrays:
        raise ImportFileError(f"it holds no variable of numbers ({shapes or 'none at all'})", hint=_WAY)
    others = [f"{one.name} ({one.kind})" for one in found if one.values is None]
    notes = [f"variables that are no arrays of real numbers were left out: {', '.join(others[:8])}"] if others else []
    facts = file_facts(path, "MATLAB", options, details={"variables": shapes})
    return table_of_arrays(arrays, facts, options, notes=notes)


IMPORTER = Importer("matlab", "MATLAB up to version 7", (".mat",), _sniff, _read, binary=True)
