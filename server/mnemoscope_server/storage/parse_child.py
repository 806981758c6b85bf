"""Read an upload in a process of its own: `python -m mnemoscope_server.storage.parse_child SOURCE FOLDER OPTIONS`.

Without arguments it imports what reading takes, and waits for them as a line of JSON: it may be started before there is a file.
SOURCE is a folder with the file, or with the files of one record; what is packed is unpacked in FOLDER.
The process is limited in memory, computing time and file size before it opens anything, so that a hostile file costs
nothing but itself. It leaves `report.json` and raw float32/float64 numbers in FOLDER, or `error.json` and exit code 3.
Either JSON file is renamed into place when everything else is on disk: where it lies, the result is whole.
"""

import importlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mnemoscope_server.storage.child import FAILED, leave, limit

CPU_SECONDS = 40
PROGRESS = "progress.json"
"""File of FOLDER that says how far the reading is, as long as it lasts."""
EVERY_SECONDS = 0.2


TAKEN = ("numpy", "mnemoscope.signals.importers.protocol", "mnemoscope.signals.importers.csv.reader")
"""What most files need to be read."""


class Telling:
    """Writes how far the reading is, a few times a second."""

    def __init__(self, path: Path) -> None:
        self.path, self.next = path, time.monotonic() + EVERY_SECONDS

    def __call__(self, rows: int, bytes_read: int) -> None:
        if time.monotonic() >= self.next:
            leave(self.path, {"rows": rows, "bytes": bytes_read})
            self.next = time.monotonic() + EVERY_SECONDS


def main(arguments: list[str]) -> int:
    source, folder, options = Path(arguments[0]), Path(arguments[1]), json.loads(arguments[2])
    limit(options["memory"], CPU_SECONDS)
    files = sorted(source.iterdir())
    tempfile.tempdir = str(folder)
    import numpy as np

    from mnemoscope.errors import ImportFileError
    from mnemoscope.signals.importers import apart
    from mnemoscope.signals.importers.options import ImportOptions
    from mnemoscope.signals.importers.progress import hearing
    from mnemoscope.signals.importers.protocol import read_table

    try:
        with apart.within(), hearing(Telling(folder / PROGRESS)):
            table = read_table(files, ImportOptions.from_json(options["import"]))
    except ImportFileError as error:
        retry = error.retry and {"label": error.retry.label, "options": error.retry.options}
        answer = {"message": error.message, "where": error.where, "hint": error.hint, "retry": retry}
        leave(folder / "error.json", answer)
        return FAILED
    except MemoryError:
        hint = "Keep the columns you need, or cut the file into parts."
        message = f"reading the file needs more than {options['memory'] >> 20} MB of memory"
        leave(folder / "error.json", {"message": message, "where": None, "hint": hint, "retry": None})
        return FAILED
    channels: dict[str, Any] = {}
    with (folder / "values.f32").open("wb") as file:
        for column in table.columns:
            if column.values is not None:
                channels[str(column.index)] = {
                    "name": column.name, "unit": column.unit, "offset": file.tell(), "count": len(column.values),
                    "sample_rate": column.sample_rate, "type": column.values.dtype.newbyteorder("<").str,
                }  # fmt: skip
                file.write(np.ascontiguousarray(column.values, channels[str(column.index)]["type"]).data)
                if column.own_clock:
                    channels[str(column.index)]["gaps"] = column.gaps
                if column.time is not None:
                    channels[str(column.index)]["time"] = file.tell()
                    file.write(np.ascontiguousarray(column.time, "<f8").data)
    if table.time is not None:
        (folder / "time.f64").write_bytes(np.ascontiguousarray(table.time, "<f8").data)
    gaps: tuple[tuple[int, int], ...] = () if table.timing is None else table.timing.gaps
    labels = {str(column.index): column.labels for column in table.columns if column.labels}
    leave(folder / "report.json", {"report": table.report, "channels": channels, "gaps": gaps, "labels": labels})
    return 0


def waited() -> list[str]:
    """The arguments, when they come. Where none come the process ends: whoever started it is gone, or needs it no longer."""
    for module in TAKEN:
        importlib.import_module(module)
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    return json.loads(line)


if __name__ == "__main__":
    # The answer is on disk; threads of libraries that read formats must not meet an interpreter that takes itself apart.
    os._exit(main(sys.argv[1:] or waited()))
