"""NumPy's .npy and .npz; nothing is ever unpickled."""

import io
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.archive import MAX_UNPACKED, check_sizes, first_names
from mnemoscope.signals.importers.foreign import foreign
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table

MAX_HEADER = 10_000
"""Bytes of the description in front of an array."""
_SAVE = "Save plain numbers: `numpy.save('data.npy', {})`."


def _sniff(data: bytes) -> float:
    if data.startswith(b"\x93NUMPY"):
        return 1.0
    names = first_names(data)
    return 1.0 if names and all(name.endswith(".npy") for name in names) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.arrays import table_of_arrays
    from mnemoscope.signals.importers.report import file_facts

    packed = path.stat().st_size
    with path.open("rb") as file:
        if file.read(6) == b"\x93NUMPY":
            file.seek(0)
            arrays, name = {"values": _array("the array", file, packed)}, "NPY"
        else:
            arrays, name = _npz(path, packed), "NPZ"
    if name == "NPY":
        _explain(arrays["values"].dtype, "the array")
        if arrays["values"].squeeze().ndim > 2:
            raise ImportFileError(
                f"an array of shape {list(arrays['values'].shape)}; a table has rows and channels",
                hint=_SAVE.format("x[0]"),
            )
    shapes = ", ".join(
        f"{'' if name == 'NPY' else key + ' '}{a.dtype} {list(a.shape)}" for key, a in list(arrays.items())[:8]
    )
    facts = file_facts(path, name, options, details={"arrays" if len(arrays) > 1 else "array": shapes})
    return table_of_arrays(arrays, facts, options, named=name == "NPZ")


def _npz(path: Path, packed: int) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            check_sizes(archive, packed)
            found: dict[str, NDArray[Any]] = {}
            complaint: ImportFileError | None = None
            for member in archive.infolist():
                if not member.filename.endswith(".npy"):
                    continue
                with archive.open(member) as file:
                    name = member.filename.removesuffix(".npy")
                    try:
                        found[name] = _array(f"array {name}", file, member.file_size)
                    except _PickleError as error:  # others beside it may be numbers
                        complaint = error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ImportFileError(
            f"the NPZ archive is damaged ({error})", hint="Save it again: `numpy.savez('data.npz', x=x)`."
        ) from error
    if complaint is not None and not found:
        raise complaint
    if not found:
        raise ImportFileError("the NPZ archive holds no array", hint="Save it again: `numpy.savez('data.npz', x=x)`.")
    return found


class _PickleError(ImportFileError):
    """An array of Python objects."""


def _array(what: str, file: IO[bytes], size: int) -> NDArray[Any]:
    """The array in `size` bytes, whose header must agree with them. Raises ImportFileError."""
    head = file.read(12)
    one = head[6:7] == b"\x01"
    header = 10 if one else 12
    length = int.from_bytes(head[8:header], "little")
    if head[:6] != b"\x93NUMPY" or len(head) < 12 or length > MAX_HEADER:
        raise ImportFileError(f"{what} has a damaged header", where="byte 0", hint=_SAVE.format("x"))
    text = head[header:] + file.read(max(length - (12 - header), 0))
    with foreign(f"the header of {what}", _SAVE.format("x")):
        read = npy.read_array_header_1_0 if one else npy.read_array_header_2_0
        shape, fortran, dtype = read(io.BytesIO(head[8:header] + text), max_header_size=MAX_HEADER)
    header += length
    if dtype.hasobject:
        raise _PickleError(
            f"{what} holds Python objects, which only pickle can read and which are never read",
            hint=_SAVE.format("x.astype(float)"),
        )
    count = 1
    for length in shape:
        count *= int(length)
    wanted = count * dtype.itemsize
    if min(shape, default=0) < 0 or wanted > min(size - header, MAX_UNPACKED):
        raise ImportFileError(
            f"{what} says it has {count} values of {dtype} ({wanted} bytes); "
            + (f"the file has {size}: it is cut short" if wanted > size - header else "that is too large"),
            where="byte 0",
            hint="Save it again, or bring a part of it.",
        )
    data = file.read(wanted)
    if len(data) < wanted:
        raise ImportFileError(
            f"{what} ends after {len(data)} of {wanted} bytes: it is cut short", hint="Save it again."
        )
    array = np.frombuffer(data, dtype, count)
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


def _explain(dtype: np.dtype[Any], what: str) -> None:
    """Raises ImportFileError for numbers that are no series."""
    if dtype.kind == "c":
        raise ImportFileError(
            f"{what} holds complex numbers; a series has real ones",
            hint="Save the magnitude, or the real part: `numpy.save('data.npy', numpy.abs(x))`.",
        )
    if dtype.kind == "V":
        names = ", ".join(dtype.names or ()) or "no names"
        raise ImportFileError(
            f"{what} is structured (fields {names})",
            hint=f"Save one field: `numpy.save('data.npy', x[{(dtype.names or ('a',))[0]!r}])`.",
        )
    if dtype.kind not in "fiub":
        raise ImportFileError(f"{what} holds {dtype}, no numbers", hint=_SAVE.format("x.astype(float)"))


IMPORTER = Importer("numpy", "NumPy arrays", (".npy", ".npz"), _sniff, _read, binary=True)
