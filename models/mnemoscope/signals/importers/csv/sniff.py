"""Find out how a text table is written, from its first 64 kB: encoding, delimiter, decimal sign, header, units.

Usual readers guess and shift columns without a word (a header with fewer names than values, a decimal comma, a title
line). Here every guess is an answer in `Sniff`, can be overridden, and a table that contradicts itself is an error.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.csv.cells import CLOCK, decode, is_missing, is_number, split
from mnemoscope.signals.importers.options import ImportOptions, retry

SNIFF_BYTES = 65_536
MAX_COLUMNS = 1024

_COMMENT = ("#", "%", "//", "!")
RULE = re.compile(r"[\s=\-_+*~|]{3,}")
_UNIT = re.compile(r"[\[(]?\s*[A-Za-zµμ°Ωω%/²³·*^\-\d.]{1,10}\s*[\])]?|")


@dataclass(frozen=True)
class Sniff:
    """How a table is written."""

    encoding: str
    delimiter: str | None
    """None: one value a line. " ": any run of blanks."""
    decimal: str
    thousands: str | None
    header: bool
    names: tuple[str, ...]
    units: tuple[str | None, ...]
    skip: int
    """Physical lines before the first row of data."""
    rows: tuple[tuple[str, ...], ...]
    """Cells of the first rows of data."""
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        return len(self.names)


def sniff(data: bytes, *, options: ImportOptions | None = None) -> Sniff:
    """How a table is written, from the first bytes of its file (`SNIFF_BYTES` are looked at).

    Raises ImportFileError for an empty file, a binary file, and text that is no table of numbers.
    """
    options = options or ImportOptions()
    whole = len(data) < SNIFF_BYTES
    text, encoding = decode(data[:SNIFF_BYTES])
    lines = re.split(r"\r\n|\n|\r", text)
    if not whole:
        if len(lines) < 2:
            raise ImportFileError(
                f"the line is longer than {SNIFF_BYTES} characters; a table has one row per line",
                where="line 1",
                hint="Write one sample per line.",
            )
        lines.pop()  # cut in the middle
    delimiter, decimal = _dialect(_body(lines), options)
    return _layout(lines, encoding, delimiter, decimal, options)


def _body(lines: list[str]) -> list[str]:
    """Lines that may be rows: not blank, no comment, no rule of dashes."""
    kept = [line for line in lines if line.strip() and not line.lstrip().startswith(_COMMENT)]
    return [line for line in kept if not RULE.fullmatch(line)] or kept


def _dialect(body: list[str], options: ImportOptions) -> tuple[str | None, str]:
    """The delimiter and decimal sign under which most cells of most rows are numbers or times."""
    if not body:
        raise ImportFileError("the file holds comments only", hint="Choose a file with rows of numbers.")
    sample = body[len(body) // 4 :][:200]
    delimiters: Iterable[str | None] = (",", ";", "\t", "|", " ", None)
    if options.delimiter is not None:
        delimiters = (options.delimiter or None,)
    decimals = (options.decimal,) if options.decimal else (".", ",")
    best: tuple[float, str | None, str] = (-1.0, None, ".")
    for delimiter in delimiters:
        if delimiter and delimiter != " " and max(line.count(delimiter) for line in body[:50]) >= MAX_COLUMNS:
            raise ImportFileError(
                f"a row has more than {MAX_COLUMNS} columns (separated by {delimiter!r})",
                hint=f"Keep at most {MAX_COLUMNS} columns; one row per sample, not one column per sample.",
            )
        rows = [split(line, delimiter) for line in sample]
        width, agreeing = Counter(map(len, rows)).most_common(1)[0]
        if width < 2 and delimiter is not None:
            continue
        for decimal in decimals:
            if decimal == delimiter:
                continue
            score = agreeing / len(rows) * _numeric(rows, width, decimal)
            if delimiter is None and decimal == ",":  # "1,2" is two numbers sooner than one
                score *= 0.6
            if score > best[0] + 1e-9:
                best = (score, delimiter, decimal)
    return best[1], best[2]


def _numeric(rows: list[list[str]], width: int, decimal: str) -> float:
    """Share of cells that are numbers (1), times (0.9) or missing (0.5); text counts a little, for label columns."""
    total = count = 0.0
    for row in rows:
        if len(row) != width:
            continue
        for cell in row:
            count += 1
            if is_number(cell, decimal):
                total += 1
            elif is_missing(cell):
                total += 0.5
            elif CLOCK.fullmatch(cell):
                total += 0.9
            elif not re.search(r"\d[,.;:|\s]+\S*\d", cell):
                total += 0.2
    return total / count if count else 0.0


def _layout(lines: list[str], encoding: str, delimiter: str | None, decimal: str, options: ImportOptions) -> Sniff:
    """Where the data begins, and what the lines before it mean."""
    body = _body(lines)
    width = Counter(len(split(line, delimiter)) for line in body[len(body) // 4 :]).most_common(1)[0][0]
    numeric = _numeric_columns([split(line, delimiter) for line in body[len(body) // 4 :]], width, decimal)
    if not numeric:
        shown = next((line.strip() for line in body), "")[:60]
        raise ImportFileError(
            f"no column holds numbers; the file reads {shown!r}",
            where="the first rows",
            hint="Choose a table with at least one column of numbers.",
        )
    first = next((i for i, line in enumerate(lines) if _is_row(line, delimiter, width, numeric, decimal)), None)
    if first is None:
        raise ImportFileError("no row of numbers was found", hint="Choose a table with rows of numbers.")
    notes: list[str] = []
    names, units, header, skip = _names(lines[:first], delimiter, width, options, notes, first)
    rows = [split(line, delimiter) for line in lines[first:] if line.strip() and not line.lstrip().startswith(_COMMENT)]
    rows = [row for row in rows if len(row) == width]
    thousands = _thousands(rows, numeric, decimal)
    if thousands:
        notes.append(f"{thousands!r} groups digits (as in 1{thousands}234) and was left out")
    if decimal == ",":
        notes.append("numbers are written with a decimal comma")
    if delimiter == "," and width == 2 and not header and all(is_number(c) and len(c) <= 3 for r in rows for c in r):
        notes.append("read as two columns separated by commas; if these are decimal commas, import them so")
    return Sniff(
        "utf-8" if encoding == "utf-8-sig" else encoding,
        delimiter, decimal, thousands, header, names, units, skip, tuple(map(tuple, rows)), tuple(notes),
    )  # fmt: skip


def _numeric_columns(rows: list[list[str]], width: int, decimal: str) -> list[int]:
    """Columns in which at least nine tenths of the cells that are there are numbers."""
    found: list[int] = []
    for column in range(width):
        cells = [row[column] for row in rows if len(row) == width and not is_missing(row[column])]
        numbers = sum(is_number(cell, decimal) for cell in cells)
        if numbers and numbers >= 0.9 * len(cells) - 1:
            found.append(column)
    return found


def _is_row(line: str, delimiter: str | None, width: int, numeric: list[int], decimal: str) -> bool:
    if not line.strip() or line.lstrip().startswith(_COMMENT) or RULE.fullmatch(line):
        return False
    cells = split(line, delimiter)
    if len(cells) != width:
        return False
    numbers = [is_number(cells[i], decimal) for i in numeric]
    return any(numbers) and all(n or is_missing(cells[i]) for n, i in zip(numbers, numeric, strict=True))


def _names(
    above: list[str], delimiter: str | None, width: int, options: ImportOptions, notes: list[str], skip: int
) -> tuple[tuple[str, ...], tuple[str | None, ...], bool, int]:
    """Names and units from the lines above the data."""
    plain = tuple(f"column {i + 1}" for i in range(width))
    texts = [(i, line) for i, line in enumerate(above) if line.strip() and not RULE.fullmatch(line)]
    comments = [line for _, line in texts if line.lstrip().startswith(_COMMENT)]
    texts = [(i, line) for i, line in texts if not line.lstrip().startswith(_COMMENT)]
    units: tuple[str | None, ...] = (None,) * width
    if options.header is False:
        if texts:
            notes.append(f"{len(texts)} line(s) of text above the data were left out, as asked")
        return plain, units, False, skip
    if len(texts) >= 2 and _is_units(split(texts[-1][1], delimiter), width, split(texts[-2][1], delimiter)):
        units = tuple(_bare(cell) or None for cell in split(texts.pop()[1], delimiter))
        notes.append("the row below the names was read as units")
    header: list[str] | None = None
    if texts:
        cells = split(texts[-1][1], delimiter)
        if delimiter not in (None, " ") and (len(cells) > width or 1 < len(cells) == width - 1):
            raise ImportFileError(
                f"the header has {len(cells)} names, the rows have {width} values",
                where=f"line {texts[-1][0] + 1}",
                hint="Give every column one name, or import without the header (columns are then numbered).",
                retry=retry("Import without the header", header=False),
            )
        if len(cells) == width:
            header = cells
            texts.pop()
    elif comments and width > 1:
        cells = split(comments[-1].lstrip().lstrip("#%/! "), delimiter)
        if len(cells) == width and not any(is_number(cell) for cell in cells):
            header = cells
            comments.pop()
            notes.append("the names were taken from the comment above the data")
    left = len(texts) + len(comments)
    if left:
        notes.append(f"{left} line(s) of text above the data were left out")
    if header is None:
        notes.append("the file has no names; columns are numbered")
        return plain, units, False, skip
    return _distinct(header, notes), units, True, skip


def _is_units(cells: list[str], width: int, above: list[str]) -> bool:
    if len(cells) != width or len(above) != width or not any(cells):
        return False
    return all(_UNIT.fullmatch(cell) for cell in cells) and sum(map(len, cells)) <= sum(map(len, above)) + 4 * width


def _bare(cell: str) -> str:
    return cell.strip().strip("[]()").strip()


def _distinct(names: list[str], notes: list[str]) -> tuple[str, ...]:
    """Every column one name of its own; control characters and marks that reorder text are removed."""
    cleaned = [
        re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", name).strip() for name in names
    ]
    result: list[str] = []
    for i, name in enumerate(cleaned):
        name = name[:200] or f"column {i + 1}"
        candidate, n = name, 2
        while candidate in result:
            candidate, n = f"{name} ({n})", n + 1
        if candidate != name:
            notes.append(f"two columns are named {name!r}; column {i + 1} is shown as {candidate!r}")
        result.append(candidate)
    return tuple(result)


def _thousands(rows: list[list[str]], numeric: list[int], decimal: str) -> str | None:
    """The sign that groups digits, if the numbers need one to be read."""
    sign = "," if decimal == "." else "."
    return sign if any(sign in row[i] for row in rows for i in numeric) else None


def with_encoding(found: Sniff, encoding: str) -> Sniff:
    """The same table in another encoding: a letter beyond the sample has proved the first guess wrong."""
    return replace(found, encoding=encoding)
