"""A recording in other people's formats: NumPy archive, spreadsheet table, one HTML page.

Every file appears under its name only when it is whole.
"""

from __future__ import annotations

import csv
import json
import math
import os
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, BinaryIO, TypeGuard

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import RecordingError
from mnemoscope.format import manifest
from mnemoscope.format.layout import BESIDE, DTYPE
from mnemoscope.kinds.base import STRETCH
from mnemoscope.reading import verdicts
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.view import ModelView


def to_npz(rec: Recording, path: str | os.PathLike[str]) -> Path:
    """Every recorded tensor as "model.name" or "model.bank.name" [step, …], and the manifest as JSON text.

    Opens with `numpy.load(path)` without pickle. Derived states are left out: they take far more room than the log.
    Returns the path. Raises RecordingError where it cannot be written.
    """
    with _whole(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with _member(archive, "manifest") as out:
            np.lib.format.write_array(out, np.array(json.dumps(rec.manifest, ensure_ascii=False)), allow_pickle=False)
        for view in (rec[model] for model in rec):
            for tensor in view.tensors:
                parts = (view.id, tensor.bank, tensor.name) if tensor.bank else (view.id, tensor.name)
                facts = {"descr": DTYPE.str, "fortran_order": False, "shape": (view.steps, *tensor.shape)}
                with _member(archive, ".".join(parts)) as out:
                    np.lib.format.write_array_header_1_0(out, facts)
                    for first, stop in _stretches(view.steps):
                        out.write(view.array(tensor.name, tensor.bank, start=first, stop=stop).astype(DTYPE).tobytes())
    return Path(path)


def to_csv(rec: Recording, path: str | os.PathLike[str]) -> Path:
    """One row a step: step, seconds (where the rate is known), inputs, targets, mask, and the outputs of every model.

    Where the recording knows the signal's scaling, a column `signal` holds the first input in its own unit; the channels beside it
    follow by their names. Texts that a
    spreadsheet would run as a formula get an apostrophe in front; numbers are numbers. Missing steps are empty cells.
    Returns the path. Raises RecordingError where it cannot be written.
    """
    columns = list(_columns(rec))
    with _whole(path) as file:
        lines = csv.writer(_Text(file))
        lines.writerow([inert(name) for name, _ in columns])
        for first, stop in _stretches(rec.steps):
            cells = [[_cell(value) for value in values(first, stop)] for _, values in columns]
            lines.writerows(zip_longest(*cells, fillvalue=""))
    return Path(path)


def _columns(rec: Recording) -> Iterator[tuple[str, Values]]:
    """Name and values of every column of the table."""
    signal: dict[str, Any] = rec.manifest.get("signal") or {}
    scaling: dict[str, Any] = signal.get("scaling") or {}
    rate = signal.get("sample_rate")
    yield "step", lambda first, stop: np.arange(first, stop, dtype=np.float64)
    if _number(rate) and rate > 0:
        yield "seconds", lambda first, stop: np.arange(first, stop) / rate
    heard = rec[rec.models[0]]
    if (
        _number(scale := scaling.get("scale"))
        and _number(offset := scaling.get("offset"))
        and (None, "inputs") in heard
    ):
        raw = _column(heard, "inputs", 0)
        name = f"signal ({signal['unit']})" if signal.get("unit") else "signal"
        yield name, lambda first, stop: raw(first, stop) * scale + offset
    yield from _beside(heard, signal)
    wanted = [(heard, name, "") for name in ("inputs", "targets", "mask")]
    for view, name, owner in [*wanted, *((rec[model], "outputs", f"{model}.") for model in rec)]:
        if (None, name) in view:
            width = view.frame[None, name].size
            for i in range(width):
                yield f"{owner}{name}" if width == 1 else f"{owner}{name}[{i}]", _column(view, name, i)


def _column(view: ModelView, name: str, i: int) -> Values:
    """One number of a tensor that belongs to the whole model, of the steps that there are."""
    size = view.frame[None, name].size

    def values(first: int, stop: int) -> NDArray[np.floating]:
        have = min(stop, view.steps)
        return view.array(name, start=min(first, have), stop=have).reshape(-1, size)[:, i].astype(np.float64)

    return values


def to_html(
    rec: Recording,
    path: str | os.PathLike[str],
    *,
    verdict: dict[str, Any] | None = None,
    engines: Mapping[int, bytes] = MappingProxyType({}),
) -> Path:
    """One HTML file that holds the viewer and the recording and opens from disk, offline.

    engines: by stream, what `mnemoscope.running.packed` makes of its model, so that the page can run it again.
    verdict: what `mnemoscope.verdict` returns, to be shown; by default the one that lies beside the recording, if one does.
    Returns the path. Raises RecordingError where it cannot be written, BundleMissing where the viewer was not built.
    """
    from mnemoscope_viewer import parts

    known = verdicts.known(rec.path, rec.manifest) if verdict is None else verdict
    found = parts(rec, verdict=known, engines=engines)
    with _whole(path) as file:
        file.writelines(found)
    return Path(path)


def _beside(view: ModelView, signal: dict[str, Any]) -> Iterator[tuple[str, Values]]:
    """Name with unit, and values, of every channel beside the signal; whatever a file says of them."""
    if (None, BESIDE) not in view:
        return
    for i, (name, offset) in enumerate(manifest.beside(signal, view.frame[None, BESIDE].size)):
        raw = _column(view, BESIDE, i)
        yield name, lambda first, stop, raw=raw, offset=offset: raw(first, stop) + offset


def _stretches(steps: int) -> Iterator[tuple[int, int]]:
    """Steps that are in memory at a time."""
    return ((first, min(first + STRETCH, steps)) for first in range(0, steps, STRETCH))


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """An array of an archive, to be written."""
    return archive.open(f"{name}.npy", "w", force_zip64=True)


def inert(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe in front of = + - @ and of control characters (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _cell(value: float) -> str:
    return f"{value:.9g}" if math.isfinite(value) else ""


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


Values = Callable[[int, int], NDArray[np.floating]]
"""Numbers of a column, of the steps from one to before another; fewer where a model has fewer steps."""


class _Text:
    """What csv.writer needs, over a binary file: UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(text.encode())


@contextmanager
def _whole(path: str | os.PathLike[str]) -> Generator[BinaryIO]:
    """Write beside the target and rename, so that nothing half-written ever has its name."""
    target = Path(path)
    part = target.with_name(f".{target.name}.part")
    try:
        with open(part, "wb") as file:
            yield file
        part.replace(target)
    except OSError as error:
        raise RecordingError(f"Cannot write {target}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
