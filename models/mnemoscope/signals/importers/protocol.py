"""One protocol for every format: look at the first bytes, read by options, return a Table.

    table = read_table("ecg.csv", ImportOptions(decimal=","))
    table = read_table(["100.hea", "100.dat", "100.atr"])       # one record in several files

A format is one entry of IMPORTERS. What it assumes, asks and leaves out stands in the table's report, in the same words for all.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers import apart, archive, csv
from mnemoscope.signals.importers.formats import (
    arrow,
    audio,
    edf,
    json_values,
    labelled,
    matlab,
    numpy_arrays,
    series_files,
    spreadsheet,
    wfdb,
)
from mnemoscope.signals.importers.importer import CONTROL, SNIFFED, Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table

IMPORTERS: tuple[Importer, ...] = tuple(
    room.IMPORTER
    for room in (
        csv,
        edf,
        wfdb,
        audio,
        numpy_arrays,
        matlab,
        arrow,
        spreadsheet,
        json_values,
        labelled,
        series_files,
        archive,
    )
)


def importer_of(data: bytes) -> Importer:
    """The format that the first bytes of a file speak for most."""
    text = CONTROL.search(data) is None
    able = [importer for importer in IMPORTERS if not (importer.binary and text)]
    return max(able, key=lambda importer: importer.sniff(data))


def read_table(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]], options: ImportOptions | None = None
) -> Table:
    """Read a file of any format that is known, or the files of one record. Raises ImportFileError (line, column, hint)."""
    paths = [Path(path)] if isinstance(path, str | os.PathLike) else [Path(one) for one in path]
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # steps between numbers near 1e308 are infinite, and none is shown
        return _read(paths, options or ImportOptions())


def _read(paths: list[Path], options: ImportOptions) -> Table:
    if len(paths) != 1:
        return _read_set(paths, options)
    importer = importer_of(first_bytes(paths[0]))
    if importer is csv.IMPORTER and (header := wfdb.header_beside(paths[0])) is not None:
        return wfdb.IMPORTER.read(header, options)
    _require(importer)
    if importer.apart and not apart.is_within():
        return apart.read(paths, options, importer.label)
    return importer.read(paths[0], options)


def first_bytes(path: Path) -> bytes:
    """What a format is recognised by. Raises ImportFileError for a file that cannot be opened."""
    try:
        with path.open("rb") as file:
            return file.read(SNIFFED)
    except OSError as error:
        raise ImportFileError(
            f"cannot open {path.name}: {error.strerror}", hint="Check the name of the file."
        ) from error


def _read_set(paths: list[Path], options: ImportOptions) -> Table:
    for path in paths:
        importer = importer_of(first_bytes(path))
        if importer.read_set is not None:
            _require(importer)
            return importer.read_set({path.name: path for path in paths}, options)
    raise ImportFileError(
        f"{len(paths)} files that do not make one record",
        hint="Give one file, or those of one WFDB record, or an EDF and its annotations.",
    )


def _require(importer: Importer) -> None:
    if importer.install is not None:
        raise ImportFileError(
            f"this is {importer.label}, whose reader is not installed", hint=f"Install it: {importer.install}."
        )
