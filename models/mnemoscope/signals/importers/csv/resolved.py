"""What a reader found out, written as the ImportOptions that would ask for it: what a form is filled with."""

from typing import Any

from mnemoscope.signals.importers.csv.dialect import Dialect
from mnemoscope.signals.importers.csv.layout import START_AND_RATE, Layout
from mnemoscope.signals.importers.options import ImportOptions


def resolved(options: ImportOptions, encoding: str, dialect: Dialect, layout: Layout) -> dict[str, Any]:
    """The options given, and those for what is known before the rows are read."""
    names = layout.names_line
    above = any(guess.what == START_AND_RATE for guess in layout.guesses)  # rows that are read for what they say
    first = None if above else min(names, layout.units_line or names) - 1 if names is not None else layout.skip
    return {
        "layout": "columns",
        **options.given(),
        "encoding": {"utf-8-sig": "utf-8"}.get(encoding, encoding),
        "skip": first if options.skip is None else options.skip,
        "delimiter": dialect.delimiter or "",
        "decimal": dialect.style.decimal,
        "grouping": dialect.style.grouping or "",
        "header": None
        if layout.header and names is None
        else layout.header,  # names that stand in no line of their own
        "names_line": names,
        "units_line": layout.units_line or 0,
    }
