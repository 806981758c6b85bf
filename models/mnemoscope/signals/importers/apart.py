"""Formats whose reader can end its process, read in a process of its own: a damaged file is then an error, and never a dead program.

    with within():                  # a process that is one already, such as that of a server for an upload
        read_table(path)

The child is `python -m mnemoscope.signals.importers.apart FOLDER REQUEST`. It leaves the table in FOLDER, arrays as .npy and the rest as
JSON, or the error; what it leaves is read back without unpickling anything.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np

from mnemoscope.errors import ImportFileError, Retry
from mnemoscope.signals.clock import Clock
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Column, Table
from mnemoscope.signals.series import Label

_WITHIN: ContextVar[bool] = ContextVar("within", default=False)
_ARRAYS = ("values", "time", "places")


@contextmanager
def within() -> Generator[None]:
    """Readings inside are in a process that may end: no other is started for them."""
    token = _WITHIN.set(True)
    try:
        yield
    finally:
        _WITHIN.reset(token)


def is_within() -> bool:
    """Whether this process may end by a damaged file."""
    return _WITHIN.get()


def read(paths: Sequence[Path], options: ImportOptions, label: str) -> Table:
    """Read files of a format named `label` in a process of its own. Raises ImportFileError, also where the reader ended it."""
    with tempfile.TemporaryDirectory(prefix="mnemoscope-") as name:
        folder = Path(name)
        request = {"paths": [str(path.absolute()) for path in paths], "options": dataclasses.asdict(options)}
        command = [sys.executable, "-P", "-m", __name__, str(folder), json.dumps(request)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=environment)
        if (folder / "error.json").is_file():
            error = json.loads((folder / "error.json").read_text(encoding="utf-8"))
            retry = error.pop("retry")
            raise ImportFileError(error.pop("message"), retry=retry and Retry(**retry), **error)
        if not (folder / "table.json").is_file():
            raise _ended(done, label)
        return _load(folder)


def _ended(done: subprocess.CompletedProcess[bytes], label: str) -> ImportFileError:
    said = done.stderr.decode(errors="replace")
    if "MemoryError" in said or "memory allocation of" in said:
        return ImportFileError("reading the file took too much memory", hint="Save the columns or rows you need.")
    if done.returncode > 0:
        raise RuntimeError(f"the process that reads {label} failed: {said.strip()[-500:]}")
    return ImportFileError(
        f"this file ({label}) is damaged: its reader gave up", hint="Save it again, or bring it as CSV."
    )


def _save(table: Table, folder: Path) -> None:
    def plain(one: Any, name: str) -> dict[str, Any]:
        fields = {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}
        for key in _ARRAYS:
            if isinstance(fields.get(key), np.ndarray):
                np.save(folder / f"{name}.{key}.npy", fields[key], allow_pickle=False)
                fields[key] = f"{name}.{key}.npy"
        return fields

    found = {
        "columns": [plain(column, f"column{i}") for i, column in enumerate(table.columns)],
        "timing": None if table.timing is None else plain(table.timing, "timing"),
        "time": None if table.time is None else "time.npy",
        "report": table.report,
    }
    if table.time is not None:
        np.save(folder / "time.npy", table.time, allow_pickle=False)
    _leave(folder / "table.json", found)


def _load(folder: Path) -> Table:
    found = json.loads((folder / "table.json").read_text(encoding="utf-8"))

    def whole(fields: dict[str, Any]) -> dict[str, Any]:
        fields["gaps"] = tuple((i, j) for i, j in fields["gaps"])
        for key in _ARRAYS:
            if fields.get(key) is not None:
                fields[key] = np.load(folder / fields[key], allow_pickle=False)
        return fields

    columns = [whole(fields) for fields in found["columns"]]
    for fields in columns:
        fields["labels"] = tuple(Label(*label) for label in fields["labels"])
    timing = found["timing"]
    return Table(
        [Column(**fields) for fields in columns],
        None if found["time"] is None else np.load(folder / found["time"], allow_pickle=False),
        None if timing is None else Clock(**whole(timing)),
        found["report"],
    )


def _leave(path: Path, value: Any) -> None:
    """Write JSON; it is renamed into place, so where it lies it is whole."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(value), encoding="utf-8")
    os.replace(partial, path)


def main(folder: Path, request: dict[str, Any]) -> None:
    """The child."""
    from mnemoscope.signals.importers.protocol import read_table

    try:
        with within():
            table = read_table(request["paths"], ImportOptions.from_json(request["options"]))
    except ImportFileError as error:
        retry = error.retry and {"label": error.retry.label, "options": error.retry.options}
        said = {"message": error.message, "where": error.where, "hint": error.hint, "retry": retry}
        _leave(folder / "error.json", said)
    else:
        _save(table, folder)


if __name__ == "__main__":
    from mnemoscope.signals.importers import apart  # this file as the readers know it: `__main__` would be another

    apart.main(Path(sys.argv[1]), json.loads(sys.argv[2]))
    os._exit(0)  # threads of a reader must not meet an interpreter that takes itself apart
