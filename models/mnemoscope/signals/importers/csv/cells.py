"""Cells and bytes of text tables: encodings, files that are no text, what counts as a number and as missing."""

import csv
import re

from mnemoscope.errors import ImportFileError

MISSING = frozenset(
    ["", "na", "n/a", "nan", "-nan", "null", "none", "nil", "-", "--", "---", "?", ".", "*", "#n/a", "#na", "missing"]
)
"""Cells that mean "no number", compared in lower case without blanks around."""

_MAGIC = (
    (b"PK\x03\x04", "a ZIP container (Excel, NPZ)", "save the sheet as CSV"),
    (b"\x93NUMPY", "a NumPy array", "save it with numpy.savetxt(name, array, delimiter=',')"),
    (b"PAR1", "a Parquet file", "export it as CSV"),
    (b"ARROW1", "an Arrow file", "export it as CSV"),
    (b"RIFF", "a WAV file", "export its samples as CSV"),
    (b"fLaC", "a FLAC file", "export its samples as CSV"),
    (b"\x89HDF", "an HDF5 file", "export one data set as CSV"),
    (b"MATLAB 5.0", "a MATLAB file", "export one variable with writematrix"),
    (b"\xffBIOSEMI", "a BDF recording", "export its channels as CSV"),
    (b"0       ", "an EDF recording", "export its channels as CSV"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"),
    (b"%PDF", "a PDF document", "export the table as CSV"),
    (b"\x89PNG", "a PNG picture", "choose a table of numbers"),
    (b"\xff\xd8\xff", "a JPEG picture", "choose a table of numbers"),
    (b"\x89MNEM", "a Mnemoscope recording", "open it instead of importing it"),
    (b"\x80\x04", "a Python pickle, which is never read", "save the numbers as CSV"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1c-\x1f]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.IGNORECASE)
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?"),
}
_MONTH = "[A-Za-z]{3}"
_DATE = (
    rf"\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|\d{{1,2}}[-. ]{_MONTH}[-. ]\d{{2,4}}"
    rf"|{_MONTH}[-. ]\d{{1,2}}(?:,? |-)\d{{4}}|{_MONTH}[- ]\d{{4}}|\d{{4}}-{_MONTH}|\d{{4}}-\d\d"
)
CLOCK = re.compile(
    rf"(?=.)(?:{_DATE})?[T ]?(?:\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?:Z| ?[+-]\d\d:?\d\d)?)?"
)
"""A cell that is written like a date, a time of day, or both."""


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: by byte order mark, then UTF-8, else Windows-1252."""
    if not data.strip():
        raise ImportFileError("the file is empty", hint="Choose a file with at least two rows of numbers.")
    for magic, what, hint in _MAGIC:
        if data.startswith(magic):
            raise ImportFileError(f"this is {what}, not a text table", where="byte 0", hint=f"To import it, {hint}.")
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(data) - 4:  # not just the last character cut by the end of the sample
            encoding = "cp1252"
        text = data.decode(encoding, "replace" if encoding == "cp1252" else "ignore")
    if found := _CONTROL.search(text):
        raise ImportFileError(
            f"the file is binary (byte value {ord(found.group()):#04x}), not a text table",
            where=f"character {found.start()}",
            hint="Export the data as CSV: one row per sample, numbers as text.",
        )
    return text, encoding


def _encoding(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for name, zeros in (("utf-16-le", data[1:400:2]), ("utf-16-be", data[0:400:2])):
        if len(zeros) > 4 and zeros.count(0) > 0.9 * len(zeros):
            return name
    return "utf-8"


def is_number(cell: str, decimal: str = ".") -> bool:
    """Whether a cell holds one number, written with that decimal sign (digit groups allowed)."""
    cell = cell.strip()
    if _GROUPED[decimal].fullmatch(cell):
        return True
    if decimal == ",":
        if "." in cell:
            return False
        cell = cell.replace(",", ".")
    return _NUMBER.fullmatch(cell) is not None


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or one of the words for nothing."""
    return cell.strip().lower() in MISSING


def split(line: str, delimiter: str | None) -> list[str]:
    """Cells of one line, quotes removed."""
    if delimiter is None:
        return [line.strip().strip('"')]
    if delimiter == " ":
        return line.split()
    try:
        rows = list(csv.reader([line], delimiter=delimiter))
        return [cell.strip() for cell in rows[0]] if rows else []
    except csv.Error:
        return [cell.strip() for cell in line.split(delimiter)]
