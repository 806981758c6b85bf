"""How a file is read, by command: switches for every guess, and `mnemoscope read`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from mnemoscope.cli.commands import NOT_OK, OK, echo
from mnemoscope.errors import ImportFileError, SignalError
from mnemoscope.signals.counted import counted

if TYPE_CHECKING:
    from mnemoscope.signals.importers.options import ImportOptions
    from mnemoscope.signals.importers.table import Table

SIGNS = {
    "tab": "\t",
    "\\t": "\t",
    "blank": " ",
    "space": " ",
    "none": "",
    "comma": ",",
    "semicolon": ";",
    "apostrophe": "'",
    "point": ".",
}
"""Words for signs that are hard to give to a shell."""
TIME_UNITS = ("s", "ms", "us", "ns", "min", "h", "d", "year", "unix", "spreadsheet", "none")
DEST = "reading_"


def add_switches(command: argparse.ArgumentParser, *, rate: bool = False) -> None:
    """A switch for each field of ImportOptions; `rate`: also --sample-rate, where the command has none."""
    group = command.add_argument_group("how the file is read, where it is not to be found out")

    def add(switch: str, name: str, **more: Any) -> None:
        group.add_argument(switch, dest=DEST + name, **more)

    add("--encoding", "encoding", metavar="E", help="utf-8, cp1252, shift_jis, …")
    add("--skip-lines", "skip", type=_lines, metavar="N", help="lines above the names, or the rows, to leave out")
    add(
        "--delimiter",
        "delimiter",
        type=_sign(",", ";", "\t", "|", " ", ""),
        metavar="D",
        help=", ; | tab blank none (one number a line)",
    )
    add("--decimal", "decimal", type=_sign(".", ","), metavar="D", help="sign before the fraction: . or ,")
    add(
        "--grouping",
        "grouping",
        type=_sign(",", ".", " ", "'", ""),
        metavar="G",
        help="sign between groups of digits: , . ' blank none",
    )
    add(
        "--header", "header", action=argparse.BooleanOptionalAction, default=None, help="whether the first row is names"
    )
    add("--names-line", "names_line", type=_lines, metavar="N", help="line of the names, from 1")
    add("--units-line", "units_line", type=_lines, metavar="N", help="line of the units, from 1; 0 = none")
    add(
        "--time",
        "time",
        action="append",
        metavar="C",
        help="column of times; again for date and time of day apart; none",
    )
    add("--time-unit", "time_unit", choices=TIME_UNITS, help="of times that are numbers; none: they count rows")
    add("--time-format", "time_format", metavar="F", help="of dates, such as %%d/%%m/%%Y %%H:%%M")
    add(
        "--order",
        "order",
        choices=("file", "time", "reversed"),
        help="rows as they stand, oldest first, or last row first",
    )
    add(
        "--layout",
        "layout",
        choices=("columns", "rows", "wrapped"),
        help="a channel is a column, a row, or all rows one after the other",
    )
    add("--series-column", "series_column", metavar="C", help="column that says which series a row belongs to; none")
    add("--series", "series", metavar="NAME", help="which series of such a table; of a series in every row its number")
    add("--part", "part", metavar="NAME", help="which file of an archive, sheet of a workbook, array of an NPZ or MAT")
    add("--text-column", "text_columns", action="append", metavar="C", help="column that is text; may be given again")
    add("--missing-word", "missing", action="append", metavar="W", help="cell that means missing; may be given again")
    add(
        "--sentinel",
        "sentinels",
        action="append",
        type=float,
        metavar="X",
        help="number that means missing; may be given again",
    )
    add("--ragged", "ragged", choices=("refuse", "skip"), help="rows with another number of values (refuse)")
    add("--tables", "tables", choices=("join", "first"), help="tables of the same columns below each other")
    add("--infinite", "infinite", choices=("refuse", "missing"), help="infinite values (refuse)")
    if rate:
        add(
            "--sample-rate",
            "sample_rate",
            type=float,
            metavar="HZ",
            help="where the file does not say it, or says it wrongly",
        )


def options_from(args: argparse.Namespace) -> ImportOptions:
    """The switches that were given. Raises SignalError for what no file can be read by."""
    from mnemoscope.signals.importers.options import ImportOptions

    given = {
        name[len(DEST) :]: value for name, value in vars(args).items() if name.startswith(DEST) and value is not None
    }
    if given.get("time") == ["none"]:
        given["time"] = []
    try:
        return ImportOptions.from_json(given)
    except ValueError as error:
        raise SignalError(f"{error}.") from error


def reading_of(args: argparse.Namespace) -> dict[str, Any]:
    """`reading=` for what takes a file, empty where no switch was given."""
    options = options_from(args)
    return {"reading": options} if options.given() else {}


def way_out(error: ImportFileError) -> str:
    """The error with the switch that would help."""
    from mnemoscope.signals.importers.options import switches

    return str(error) + (f" {error.retry.label}: {switches(error.retry.options)}" if error.retry else "")


def read(args: argparse.Namespace) -> int:
    """Say how a file is read: channels, rate, gaps, what was assumed, asked and left out."""
    from mnemoscope.signals.importers.files import column_index
    from mnemoscope.signals.importers.protocol import read_table

    try:
        table = read_table(args.file, options_from(args))
        channel = column_index(table, args.channel)
    except (ImportFileError, SignalError) as error:
        return _problem(error, as_json=args.json)
    facts = summary(table, channel)
    if args.json:
        print(json.dumps(facts, ensure_ascii=False, allow_nan=False))
    else:
        _print(facts)
    return OK


def _problem(error: ImportFileError | SignalError, *, as_json: bool) -> int:
    if not as_json:
        echo(f"mnemoscope: {way_out(error) if isinstance(error, ImportFileError) else error}", file=sys.stderr)
        return NOT_OK
    place, cure = None, None
    message = str(error)
    if isinstance(error, ImportFileError):
        place, cure, message = error.where, error.hint, error.message
        if error.retry:
            cure = way_out(error)[len(str(error)) - len(cure or "") :]
    print(json.dumps({"code": "import-failed", "message": message, "where": place, "cure": cure}, ensure_ascii=False))
    return NOT_OK


def summary(table: Table, channel: int) -> dict[str, Any]:
    """What `read --json` prints."""
    report = table.report
    names = {column.index: column.name for column in table.columns}
    rates = {entry["index"]: (entry["sample_rate"], entry["rate_text"]) for entry in report["columns"]}
    return {
        "format": report["format"],
        "rows": report["rows"],
        "channel": names[channel],
        "rate_hz": rates[channel][0],
        "rate": rates[channel][1],
        "rate_source": report["sample_rate_source"],
        "gaps": report["gaps"],
        "missing_rows": report["missing_rows"],
        "channels": [
            {
                "name": column.name, "unit": column.unit, "n": len(column.values), "missing": column.missing, "min": column.low,
                "max": column.high, "mean": column.mean, "rate_hz": rates[column.index][0], "rate": rates[column.index][1],
            }
            for column in table.columns
            if column.values is not None
        ],
        "time": [names[index] for index in report["time_columns"]],
        "questions": report["questions"],
        "assumptions": report["assumptions"],
        "left_out": report["left_out"],
        "left_out_count": report["left_out_count"],
        "notes": report["notes"],
        "encoding": report.get("encoding"),
        "delimiter": report.get("delimiter"),
        "decimal": report.get("decimal"),
        "details": report["details"],
        "parts": report["parts"],
    }  # fmt: skip


def _print(facts: dict[str, Any]) -> None:
    from mnemoscope.signals.importers.report import question_lines

    rate = facts["rate"] if facts["rate_hz"] else f"unknown: {facts['rate_source']}"
    echo(
        f"{facts['format']}, {facts['rows']} rows, rate {rate}, {counted(facts['gaps'], 'gap')} with {counted(facts['missing_rows'], 'missing row')}"
    )
    for what, value in facts["details"].items():
        echo(f"{what}: {value}")
    several = len({channel["rate"] for channel in facts["channels"]}) > 1
    for channel in facts["channels"]:
        mark = "*" if channel["name"] == facts["channel"] else " "
        unit = f" [{channel['unit']}]" if channel["unit"] not in (None, channel["name"]) else ""
        low, high, mean = ("none" if channel[key] is None else f"{channel[key]:.6g}" for key in ("min", "max", "mean"))
        echo(
            f"{mark} {channel['name']}{unit}: {channel['n']} values, {channel['missing']} missing, {low} … {high}, mean {mean}"
            + f", rate {channel['rate']}" * several
        )
    for line in question_lines(facts):
        echo(f"question    {line}")
    for assumed in facts["assumptions"]:
        others = "; ".join(f"{other['label']}: {other['switches']}" for other in assumed["alternatives"])
        echo(
            f"assumption  {assumed['what']}: {assumed['chosen']} ({assumed['evidence']})"
            + (f". Otherwise {others}" if others else "")
        )
    for note in facts["notes"]:
        echo(f"note        {note}")
    for line in facts["left_out"]:
        echo(f"left out    line {line['line']}: {line['why']}" + (f": {line['text']}" if line["text"] else ""))
    if facts["left_out_count"] > len(facts["left_out"]):
        echo(f"left out    {facts['left_out_count'] - len(facts['left_out'])} further lines")


def _lines(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"wanted a number of lines, got {text!r}")
    return int(text)


class _sign:
    """A sign, or the word for one."""

    def __init__(self, *able: str) -> None:
        self.able = able

    def __call__(self, text: str) -> str:
        sign = SIGNS.get(text.lower(), text)
        if sign not in self.able:
            words = ", ".join({"\t": "tab", " ": "blank", "": "none"}.get(one, one) for one in self.able)
            raise argparse.ArgumentTypeError(f"wanted one of {words}; got {text!r}")
        return sign
