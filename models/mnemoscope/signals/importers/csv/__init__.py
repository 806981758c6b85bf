"""Text tables: dialect, layout, rows, and what their columns are."""

from pathlib import Path

from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table


def _read(path: Path, options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.csv import reader

    return reader.read(path, options)


def _sniff(data: bytes) -> float:
    """Text is read as a table where no other format claims it; what is no text is refused there by name."""
    return 0.1


IMPORTER = Importer(
    "csv", "CSV and other text tables", (".csv", ".tsv", ".txt", ".dat", ".tab", ".asc", ".lvm"), _sniff, _read
)
