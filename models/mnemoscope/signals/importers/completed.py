"""The report of a table whose columns are all there, in the same words for every format."""

from collections.abc import Mapping, Sequence
from typing import Any

from mnemoscope.signals.clock import rate_in_words
from mnemoscope.signals.importers.report import Guess, LeftOut
from mnemoscope.signals.importers.table import Table
from mnemoscope.signals.importers.tabular.columns import default_channel, describe


def complete(
    table: Table,
    facts: Mapping[str, Any],
    *,
    rows: int,
    sample_rate: float | None,
    rate_source: str,
    time_columns: Sequence[int] = (),
    guesses: Sequence[Guess] = (),
    notes: Sequence[str] = (),
    left_out: LeftOut | None = None,
    sentinels: Sequence[dict[str, Any]] = (),
) -> Table:
    """`table` with its report: `facts` of the file (`file_facts`), then what was read, asked, assumed and left out.

    sample_rate: Hz of the rows, None = unknown; rate_source: the arithmetic behind it, for people.
    """
    clock, left_out = table.timing, left_out or LeftOut()
    table.report = dict(facts) | {
        "rows": rows,
        "time_column": time_columns[0] if time_columns else None,
        "time_columns": list(time_columns),
        "channel": default_channel(table.columns),
        "sample_rate": sample_rate,
        "sample_rate_source": rate_source,
        "rate_text": rate_in_words(sample_rate) if sample_rate else "unknown",
        "gaps": len(clock.gaps) if clock is not None else 0,
        "missing_rows": clock.missing_rows if clock is not None else 0,
        "questions": [guess.entry() for guess in guesses if guess.question],
        "assumptions": [guess.entry() for guess in guesses if not guess.question],
        "left_out": left_out.lines,
        "left_out_count": left_out.count,
        "notes": [*notes, *left_out.sentences()],
        "sentinels": list(sentinels),
        "columns": [describe(column, rows, sample_rate) for column in table.columns],
    }
    return table
