"""What a format is to the registry: its names, how its files are recognised, how they are read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table

CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
"""Bytes that text does not have."""
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
    read_set: Callable[[Mapping[str, Path], ImportOptions], Table] | None = None
    """Of a format that spreads a record over files: reads it from files by name. None where one file is all."""
    same_name: bool = False
    """Whether the files of such a record have one name, and only their suffixes differ."""
    extra: str | None = None
    """The extra of the package that brings what reading needs, None where nothing more is needed."""
    module: str | None = None
    """The package of that extra, as it is imported."""
    binary: bool = False
    """Its files hold bytes that no text has: a table whose first name is "PAR1" is none of them."""

    apart: bool = False
    """Whether its reader, written in another language, can end its process over damaged bytes: it is run in one of its own."""

    @property
    def available(self) -> bool:
        """Whether all that reading needs is installed."""
        return self.module is None or find_spec(self.module) is not None

    @property
    def install(self) -> str | None:
        """The command that brings what is not installed; None where nothing is lacking."""
        return None if self.available else f'pip install "mnemoscope[{self.extra}]"'
