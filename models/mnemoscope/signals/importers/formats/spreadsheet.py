"""Workbooks: .xlsx, .xls, .xlsb and .ods by calamine. A sheet becomes the text table that it would be as CSV, and is read as one."""

import re
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.archive import check_sizes, first_names
from mnemoscope.signals.importers.foreign import foreign
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import Table

MAX_CELLS = 30_000_000
"""Cells of the rectangle that holds all that is on a sheet; they are in memory at once."""
MIN_SPAN, SPAN_OF_A_BYTE = 1_000_000, 20
"""Cells that an .xls may span whatever its size is, and for each of its bytes."""
BLOCK = 1 << 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"')
_COMMA = re.compile(r"\s*[-+−]?\d+,\d+\s*")

Cell = str | float | bool | date | time | timedelta


def _sniff(data: bytes) -> float:
    if data.startswith(OLE) or ODS in data[:200]:
        return 0.9
    names = first_names(data)
    office = any(name.startswith(("[Content_Types].xml", "xl/")) for name in names)
    return 0.9 if office and not any(name.startswith(("word/", "ppt/")) for name in names) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    import python_calamine

    with path.open("rb") as file:
        head = file.read(200)
    with foreign("the workbook", "Save the sheet as CSV, or as .xlsx anew."):
        if head.startswith(b"PK"):
            _check(path)
        book = python_calamine.CalamineWorkbook.from_path(str(path))  # pyright: ignore[reportUnknownMemberType]
        kinds = python_calamine.SheetTypeEnum
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == kinds.WorkSheet]
        if options.part is not None and options.part not in names:
            raise ImportFileError(
                f"the workbook has no sheet {options.part!r}", hint=f"Its sheets are {', '.join(names[:20])}.",
                retry=retry(f"Read {names[0]}", part=names[0]) if names else None,
            )  # fmt: skip
        most = MAX_CELLS
        if head.startswith(
            OLE
        ):  # its cells are not packed: a sheet far wider than its bytes has a stray cell, or is damaged
            most = min(most, max(MIN_SPAN, SPAN_OF_A_BYTE * path.stat().st_size))
        rows, chosen = list[list[Cell]](), options.part
        for name in names if chosen is None else [chosen]:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > most:
                raise ImportFileError(
                    f"sheet {name} spans {sheet.total_height} rows and {sheet.total_width} columns, more than {most} cells",
                    hint="Delete what lies far outside of the table, or save it as CSV.",
                )
            rows, chosen = sheet.to_python(skip_empty_area=False), name
            if len(rows) >= 2:
                break
    if len(rows) < 2 or chosen is None:
        raise ImportFileError("no sheet of the workbook holds a table", hint="Choose a workbook with rows of numbers.")
    return _as_text(path, "OpenDocument" if ODS in head else "Excel", rows, chosen, names, options)


def _check(path: Path) -> None:
    """Raises ImportFileError where the workbook would become too large."""
    with zipfile.ZipFile(path) as archive:
        check_sizes(archive, path.stat().st_size)
        names = archive.namelist()
        for folder, what in (("word/", "a Word document"), ("ppt/", "a PowerPoint presentation")):
            if any(name.startswith(folder) for name in names):
                raise ImportFileError(f"this is {what}, not a table", where="byte 0", hint="Save its table as CSV.")
        for name in names:
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as file:
                    _check_span(name, iter(lambda: file.read(BLOCK), b""))


def _check_span(name: str, blocks: Iterable[bytes]) -> None:
    """A single cell far outside makes a rectangle of billions, which calamine would put into memory."""
    last, rows, columns = b"", 0, 0
    for block in blocks:
        for letters, digits in set(_CELL.findall(last + block)):
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            rows, columns = max(rows, int(digits)), max(columns, column)
        last = block[-40:]
    if rows * columns > MAX_CELLS:
        raise ImportFileError(
            f"{name} spans {rows} rows and {columns} columns, more than {MAX_CELLS} cells",
            hint="Delete what lies far outside of the table, or save it as CSV.",
        )


def _as_text(
    path: Path, kind: str, rows: list[list[Cell]], chosen: str, names: list[str], options: ImportOptions
) -> Table:
    from dataclasses import replace

    from mnemoscope.signals.importers.csv import reader
    from mnemoscope.signals.importers.report import file_facts

    decimal = options.decimal
    if decimal is None:  # cells that are text may be numbers with a comma
        comma = any(isinstance(cell, str) and _COMMA.fullmatch(cell) for row in rows[:300] for cell in row)
        decimal = "," if comma else "."
    rows = [[_rounded(cell) if isinstance(cell, datetime | time) else cell for cell in row] for row in rows]
    moments = {i for row in rows for i, cell in enumerate(row) if isinstance(cell, datetime)}
    for row in rows:  # midnight comes as a date
        for i in moments:
            cell = row[i]
            if isinstance(cell, date) and not isinstance(cell, datetime):
                row[i] = datetime.combine(cell, time())
    fine = any(isinstance(cell, datetime | time) and cell.microsecond for row in rows for cell in row)
    width = max((n for row in rows for n, cell in enumerate(row, 1) if cell != ""), default=0)
    with tempfile.TemporaryDirectory(prefix="mnemoscope-") as folder:
        text = Path(folder) / "sheet.tsv"
        with text.open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                file.write("\t".join(_text(cell, decimal, fine=fine) for cell in row[:width]) + "\n")
        written = replace(options, encoding="utf-8", delimiter="\t" if width > 1 else "", decimal=decimal, part=None)
        if written.grouping is None:
            written = replace(written, grouping="")
        table = reader.read(text, written)
    facts = file_facts(path, kind, options, details={"sheet": chosen})
    keep = ("header", "names_line", "first_line", "first_rows", "lines", "span")
    found = {key: value for key, value in table.report["resolved"].items() if key not in ("encoding", "delimiter")}
    table.report |= facts | {key: table.report[key] for key in keep} | {"resolved": found | {"part": chosen}}
    others = tuple(Alternative(name, {"part": name}) for name in names if name != chosen)[:40]
    if others:
        table.report["parts"] = names
        guess = Guess("sheet", chosen, f"the workbook has {len(names)} sheets", others, question=options.part is None)
        table.report["questions" if guess.question else "assumptions"].insert(0, guess.entry())
    return table


def _rounded(cell: datetime | time) -> datetime | time:
    """To the millisecond, which is what the fraction of a day in a cell holds."""
    moment = cell if isinstance(cell, datetime) else datetime.combine(date(2000, 1, 1), cell)
    try:
        moment += timedelta(microseconds=500)
    except OverflowError:  # the last moment of the calendar
        return cell
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return moment if isinstance(cell, datetime) else moment.time()


def _text(cell: Cell, decimal: str, *, fine: bool) -> str:
    """A cell as it would stand in a CSV file; fine: times have milliseconds."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        whole = cell == cell and abs(cell) < 2**53 and cell == int(cell)
        return str(int(cell)) if whole else repr(float(cell)).replace(".", decimal)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "milliseconds" if fine else "seconds")
    if isinstance(cell, time):
        return cell.isoformat("milliseconds" if fine else "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, rest = divmod(round(cell.total_seconds(), 3), 60)
        return f"{int(minutes // 60):02}:{int(minutes % 60):02}:{rest:06.3f}".removesuffix(".000")
    return " ".join(cell.replace('"', "'").split())


IMPORTER = Importer(
    "spreadsheet",
    "Excel and OpenDocument sheets",
    (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"),
    _sniff,
    _read,
    binary=True,
)
