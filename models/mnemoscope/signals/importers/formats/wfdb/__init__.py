"""WFDB, the format of PhysioNet: a header (.hea), samples (.dat, .mat) and annotations (.atr, .qrs, …) in files of one record.

The readers here are our own: the `wfdb` package brings pandas, matplotlib and a client that downloads by record name.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table

_HEADER = re.compile(
    rb"(?:\s*#.*\r?\n|\s*\r?\n)*[\w-]+(?:/\d+[ \t]+\d+.*\r?\n|[ \t]+\d+(?:[ \t]+[\d.].*)?\r?\n"
    rb"(?:#.*\r?\n)*(?:[^\s,;]+\.[A-Za-z]\w{0,4}|~)[ \t]+\d+(?:[ \t]|x|:|\+|\r?\n|$))"
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
ANNOTATORS = ("atr", "qrs", "ecg", "ari", "apn", "st", "ann", "wqrs", "rdt", "cmp", "pwave", "sta", "stb", "stc")
"""Suffixes of annotations that are looked for beside a header."""


def _sniff(data: bytes) -> float:
    return 0.8 if _HEADER.match(data) else 0.0


class Beside(Mapping[str, Path]):
    """The files in the folder of a header, by name; nothing outside of it."""

    def __init__(self, header: Path) -> None:
        self._header = header

    def __getitem__(self, name: str) -> Path:
        path = self._header.parent / name
        if Path(name).name != name or not path.is_file():
            raise KeyError(name)
        return path

    def __iter__(self) -> Iterator[str]:
        stem = self._header.stem
        yield self._header.name
        yield from (name for name in (f"{stem}.{suffix}" for suffix in ANNOTATORS) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def header_beside(path: Path) -> Path | None:
    """The header of a record of which `path` holds samples or annotations; None where there is none beside it."""
    header = path.with_suffix(".hea")
    if path.suffix.lower() not in (".dat", ".mat", *(f".{one}" for one in ANNOTATORS)) or not header.is_file():
        return None
    with path.open("rb") as samples, header.open("rb") as file:
        return header if _BINARY.search(samples.read(4096)) and _sniff(file.read(4096)) else None


def _read(path: Path, options: ImportOptions) -> Table:
    return _record(path, Beside(path), options)


def _read_set(files: Mapping[str, Path], options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.formats.wfdb.record import header_of

    return _record(header_of(files), files, options)


def _record(header: Path, files: Mapping[str, Path], options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.formats.wfdb.record import read

    return read(header, files, options)


IMPORTER = Importer(
    "wfdb",
    "WFDB records (header, samples and annotations together)",
    (".hea", ".dat", ".atr"),
    _sniff,
    _read,
    _read_set,
    same_name=True,
)
