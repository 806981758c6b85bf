"""One protocol for every format: look at the first bytes, read by options, return a Table.

    table = read_table("ecg.csv", ImportOptions(decimal=","))

A format is one entry of IMPORTERS. What it assumes, asks and leaves out stands in the table's report, in the same words for all.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table

SNIFFED = 65_536
"""Bytes from the beginning of a file that a reader is shown."""


@dataclass(frozen=True)
class Importer:
    """A format that can be read."""

    name: str
    label: str
    """For people: "CSV and other text tables"."""
    suffixes: tuple[str, ...]
    """Of file names, for a picker; what a file is, is decided by its bytes."""
    sniff: Callable[[bytes], float]
    """How sure the first bytes make it that a file is of this format: 0 (no) … 1 (it says so itself)."""
    read: Callable[[Path, ImportOptions], Table]
    """Raises ImportFileError for what cannot be read without guessing."""
    extra: str | None = None
    """The extra of the package that brings what reading needs, None where nothing more is needed."""
    module: str | None = None
    """The module of that extra."""

    @property
    def available(self) -> bool:
        """Whether all that reading needs is installed."""
        return self.module is None or find_spec(self.module) is not None

    @property
    def install(self) -> str | None:
        """The command that brings what is not installed; None where nothing is lacking."""
        return None if self.available else f'pip install "mnemoscope[{self.extra}]"'


def _read_csv(path: Path, options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.csv import reader

    return reader.read(path, options)


def _sniff_csv(data: bytes) -> float:
    """Text is read as a table where no other format claims it; what is no text is refused there by name."""
    return 0.1


IMPORTERS = (
    Importer(
        "csv",
        "CSV and other text tables",
        (".csv", ".tsv", ".txt", ".dat", ".tab", ".asc", ".lvm"),
        _sniff_csv,
        _read_csv,
    ),
)


def importer_of(data: bytes) -> Importer:
    """The format that the first bytes of a file speak for most."""
    return max(IMPORTERS, key=lambda importer: importer.sniff(data))


def read_table(path: str | os.PathLike[str], options: ImportOptions | None = None) -> Table:
    """Read a file of any format that is known. Raises ImportFileError (line, column, hint)."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(SNIFFED)
    except OSError as error:
        raise ImportFileError(
            f"cannot open {path.name}: {error.strerror}", hint="Check the name of the file."
        ) from error
    importer = importer_of(data)
    if importer.install is not None:
        raise ImportFileError(
            f"this is {importer.label}, whose reader is not installed", hint=f"Install it: {importer.install}."
        )
    return importer.read(path, options or ImportOptions())
