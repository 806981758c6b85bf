"""What a file is taken for, by its first bytes: a text table stays one, whatever its first name is."""

from pathlib import Path

import pytest

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.protocol import read_table

WORDS = [
    "PAR1",
    "ARROW1",
    "BZh",
    "ID3",
    "ORC",
    "GIF8",
    "FEA1",
    "TDSm",
    "OggS",
    "fLaC",
    "RIFF",
    "softftyp",
    "<t>",
    "[s]",
    "x 2",
]


@pytest.mark.parametrize("name", WORDS)
def test_a_table_whose_first_name_is_the_magic_of_another_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{name},b\n1,2\n3,4\n5,7\n")
    table = read_table(path)
    assert (table.report["format"], table.report["rows"]) == ("CSV", 3)


def test_a_table_aligned_by_blanks_is_no_edf(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("".join(f"{k:<8d}{k * 1.5:.1f}\n" for k in range(40)))
    table = read_table(path)
    assert (table.report["rows"], table.report["columns"][1]["max"]) == (40, 58.5)


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"ID3\x03\x00\x00", "MP3"), (b"GIF89a\x01\x00", "GIF"), (b"ORC\n\x03\x00", "ORC"), (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"%PDF-1.7\n%\xe2\xe3\n\x00", "PDF"), (b"<?xml version='1.0'?>\n<a/>", "XML"), (b"<gpx>\n  <trk>\n", "XML"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named_with_a_way_out(tmp_path: Path, head: bytes, named: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(head + b"\n" * 40)
    with pytest.raises(ImportFileError, match=named) as refused:
        read_table(path)
    assert refused.value.hint
