"""A recording in other people's formats: NumPy archive, spreadsheet table, one HTML page.

Every file appears under its name only when it is whole.
"""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, TypeGuard

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import RecordingError
from mnemoscope.format import manifest
from mnemoscope.format.layout import BESIDE
from mnemoscope.reading import verdicts
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.view import ModelView


def to_npz(rec: Recording, path: str | os.PathLike[str]) -> Path:
    """Every recorded tensor as "model.name" or "model.bank.name" [step, …], and the manifest as JSON text.

    Opens with `numpy.load(path)` without pickle. Derived states are left out: they take far more room than the log.
    Returns the path. Raises RecordingError where it cannot be written.
    """
    arrays: dict[str, np.ndarray] = {"manifest": np.array(json.dumps(rec.manifest, ensure_ascii=False))}
    for model in rec:
        view = rec[model]
        for tensor in view.tensors:
            parts = (model, tensor.bank, tensor.name) if tensor.bank else (model, tensor.name)
            arrays[".".join(parts)] = view.array(tensor.name, tensor.bank)
    with _whole(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return Path(path)


def to_csv(rec: Recording, path: str | os.PathLike[str]) -> Path:
    """One row a step: step, seconds (where the rate is known), inputs, targets, mask, and the outputs of every model.

    Where the recording knows the signal's scaling, a column `signal` holds the first input in its own unit; the channels beside it
    follow by their names. Texts that a
    spreadsheet would run as a formula get an apostrophe in front; numbers are numbers. Missing steps are empty cells.
    Returns the path. Raises RecordingError where it cannot be written.
    """
    header, columns = ["step"], [np.arange(rec.steps).astype(str).tolist()]
    signal: dict[str, Any] = rec.manifest.get("signal") or {}
    scaling: dict[str, Any] = signal.get("scaling") or {}
    rate = signal.get("sample_rate")
    if _number(rate) and rate > 0:
        header.append("seconds")
        columns.append([f"{step / rate:.9g}" for step in range(rec.steps)])
    first = rec[rec.models[0]]
    if _number(scaling.get("scale")) and _number(scaling.get("offset")) and (None, "inputs") in first:
        raw = first.array("inputs")[: rec.steps].reshape(rec.steps, -1)[:, 0].astype(np.float64)
        header.append(f"signal ({signal['unit']})" if signal.get("unit") else "signal")
        columns.append([_cell(value) for value in raw * scaling["scale"] + scaling["offset"]])
    for name, values in _beside(first, signal):
        header.append(name)
        columns.append([_cell(value) for value in values[: rec.steps]])
    wanted = [(first, name, "") for name in ("inputs", "targets", "mask")]
    for view, name, owner in [*wanted, *((rec[model], "outputs", f"{model}.") for model in rec)]:
        if (None, name) not in view:
            continue
        array = view.array(name)[: rec.steps]
        table = array.reshape(len(array), -1)
        for i in range(table.shape[1]):
            header.append(f"{owner}{name}" if table.shape[1] == 1 else f"{owner}{name}[{i}]")
            columns.append([_cell(value) for value in table[:, i]] + [""] * (rec.steps - len(table)))
    with _whole(path) as file:
        lines = csv.writer(_Text(file))
        lines.writerow([inert(name) for name in header])
        lines.writerows(zip(*columns, strict=True))
    return Path(path)


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


def _beside(view: ModelView, signal: dict[str, Any]) -> Generator[tuple[str, NDArray[np.float64]]]:
    """Name with unit, and values [steps], of every channel beside the signal; whatever a file says of them."""
    if (None, BESIDE) not in view:
        return
    table = view.array(BESIDE).astype(np.float64).reshape(view.steps, -1)
    for (name, offset), values in zip(manifest.beside(signal, table.shape[1]), table.T, strict=True):
        yield name, values + offset


def inert(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe in front of = + - @ and of control characters (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _cell(value: float) -> str:
    return f"{value:.9g}" if math.isfinite(value) else ""


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


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
