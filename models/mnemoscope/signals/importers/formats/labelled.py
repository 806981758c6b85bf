"""Lines whose numbers carry their names, as programs on an Arduino print them for the serial plotter: Temp:20.5,Hum:40."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers import csv, encodings
from mnemoscope.signals.importers.csv.dialect import CLOCK
from mnemoscope.signals.importers.csv.splitting import is_comment
from mnemoscope.signals.importers.importer import SNIFFED, Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.report import LeftOut, file_facts
from mnemoscope.signals.importers.table import MAX_COLUMNS, Table
from mnemoscope.signals.importers.tabular.numbers import UNIT, Style, number_in

SURE = 0.8
"""Share of the first lines that have to be written so."""
MIN_LINES = 3
STAMP = "time"
"""What the time is called that stands in front of the names, without one of its own."""

_MOMENT = r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?Z?)?|\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?"
_NUMBER = r"[-+−]?(?:\d+(?:[.,]\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
_CELL = rf"(?:{_MOMENT}|{_NUMBER}(?:\s?(?:{UNIT.pattern}))?|[-+]?(?:nan|inf)|null|none|n/a|-+|)"
_PAIR = re.compile(
    rf"[\"']?(?P<label>[^\W\d](?:[\w .%°/()\[\]#+-]{{0,60}}[\w%)\]])?)[\"']?\s*[:=]\s*[\"']?(?P<value>{_CELL})[\"']?(?=\s*(?:[,;|\t]|\s|$))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[,;|\t]\s*|\s+")


class Line(NamedTuple):
    """One line, taken apart."""

    stamp: str
    """What stands before the first name: a time or a number; empty where nothing does."""
    cells: dict[str, str]
    number: int = 0
    """In its file, from 1."""
    text: str = ""


def line_of(text: str) -> Line | None:
    """Names and cells of a line; None for a line that is written in another way."""
    text = text.strip().rstrip(",;|")
    first = _PAIR.search(text)
    if first is None:
        return None
    stamp = text[: first.start()].strip().removesuffix("->").strip(" \t,;|")
    if stamp and CLOCK.fullmatch(stamp) is None and number_in(stamp, Style()) is None:
        return None
    cells: dict[str, str] = {}
    at = first.start()
    while True:
        pair = _PAIR.match(text, at)
        if pair is None or pair["label"] in cells:
            return None
        cells[pair["label"]] = pair["value"]
        if pair.end() == len(text):
            return Line(stamp, cells, text=text)
        between = _BETWEEN.match(text, pair.end())
        if between is None:
            return None
        at = between.end()


def _sniff(data: bytes) -> float:
    lines = data.decode("utf-8", "replace").splitlines()
    lines = [line for line in lines if line.strip() and not is_comment(line)][:400]
    if len(data) >= SNIFFED:
        lines = lines[:-1]
    if len(lines) < MIN_LINES or line_of(lines[-1]) is None:  # most files cost no more than this one look
        return 0.0
    found = [line for text in lines if (line := line_of(text)) is not None]
    labels = Counter(label for line in found for label in line.cells)
    again = max(labels.values(), default=0) >= MIN_LINES and 2 * len(labels) <= labels.total()
    return 0.5 if again and len(found) >= SURE * len(lines) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.tabular.typed import Given, table_of

    if options.delimiter is not None or options.skip is not None or options.names_line is not None:
        return csv.IMPORTER.read(path, options)  # asked for as a table, whatever stands in its cells
    with path.open("rb") as file:
        encoding, doubt = encodings.encoding_of(file.read(SNIFFED), path, options.encoding)
    left_out = LeftOut()
    lines = _without_cut(list(_lines(path, encoding, left_out)), left_out)
    if left_out.count > len(lines):
        raise ImportFileError(
            f"{left_out.count} lines have no named values, and {len(lines)} have", hint="Keep the lines of one kind."
        )
    rows, together = _rows(lines)
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > MAX_COLUMNS:
        raise ImportFileError(
            f"the lines name {len(names)} different values", hint="Keep those you need, and bring these."
        )
    notes = ["the names were taken from the lines: name and value stand in one cell"]
    if together:
        notes.append(f"{len(names)} lines of one name each are a row")
    absent = sum(len(names) - len(row) for row in rows)
    if absent:
        notes.append(f"{absent} values are not in their line, and missing there")
    return table_of(
        [Given(name, [row.get(name, "") for row in rows]) for name in names],
        file_facts(path, "named values", options, encoding={"utf-8-sig": "utf-8"}.get(encoding, encoding)),
        options,
        notes=notes,
        guesses=[doubt] if doubt is not None else [],
        left_out=left_out,
    )


def _lines(path: Path, encoding: str, left_out: LeftOut) -> Iterator[Line]:
    try:
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding) as file:
            for number, text in enumerate(file, 1):
                line = line_of(text)
                if line is not None:
                    yield line._replace(number=number)
                elif text.strip("\x1a\r\n\t "):
                    left_out.add(number, "a comment" if is_comment(text) else "no named values", text.strip())
    except UnicodeDecodeError as error:
        raise encodings.undecodable(encoding, error.start) from error


def _without_cut(lines: list[Line], left_out: LeftOut) -> list[Line]:
    """Lines but the first and the last, where these have a name that no other has: a port is opened in the middle of a line."""
    labels = Counter(label for line in lines for label in line.cells)
    cut = [line for line in (*lines[:1], *lines[-1:]) if any(labels[label] == 1 for label in line.cells)]
    if len(lines) < MIN_LINES or not cut:
        return lines
    for line in cut:
        left_out.add(line.number, "a name that no other line has: it seems to be cut", line.text)
    left_out.lines.sort(key=lambda entry: entry["line"])
    return [line for line in lines if line not in cut]


def _rows(lines: list[Line]) -> tuple[list[dict[str, str]], bool]:
    """Rows by name, and whether each is made of several lines: of one name each, a row is over where a name comes again."""
    single = all(len(line.cells) == 1 and not line.stamp for line in lines)
    if not single or len({name for line in lines for name in line.cells}) == 1:
        stamp = any(line.stamp for line in lines)
        return [({STAMP: line.stamp} if stamp else {}) | line.cells for line in lines], False
    rows: list[dict[str, str]] = [{}]
    for line in lines:
        if line.cells.keys() & rows[-1].keys():
            rows.append({})
        rows[-1] |= line.cells
    return rows, True


IMPORTER = Importer("labelled", "lines of named values", (".log",), _sniff, _read)
