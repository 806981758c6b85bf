"""Cells of a whole table that are no numbers: refused, missing, text, or numbers of another style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.tabular.cells import Cells, Codes
from mnemoscope.signals.importers.tabular.draft import Raw
from mnemoscope.signals.importers.tabular.numbers import Style, number_in
from mnemoscope.signals.importers.tabular.sampled import Sampled

MAX_WORDS = 3
"""Words of a column that may all mean "missing"."""


class OtherStyleError(Exception):
    """Cells beyond the sample prove another style of numbers."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.style = style


@dataclass
class Checks:
    """What is looked at once all rows are there; `notes` and `guesses` grow."""

    sampled: Sampled
    options: ImportOptions
    where: Callable[..., str]
    """Row and column as a place in the file."""
    text_columns: set[int]
    style: Style
    notes: list[str]
    guesses: list[Guess]
    again: bool
    """Whether the table is read a second time, in another style of numbers."""

    def check(self, raw: Raw) -> None:
        """Refuse words among numbers, infinite values, and units that differ; read again where another style explains them."""
        for i in range(len(raw.cells)):
            self._check_column(raw, i)
        for i, values in enumerate(raw.values):
            infinite = np.flatnonzero(np.isinf(values))
            if len(infinite) and raw.is_numeric(i) and i not in self.text_columns:
                if self.options.infinite != "missing":
                    raise ImportFileError(
                        f"{counted(len(infinite), 'infinite value')}",
                        where=self.where(int(infinite[0]), i),
                        hint="Replace them, or import with infinite values as missing.",
                        retry=retry("Treat infinite values as missing", infinite="missing"),
                    )
                values[infinite] = np.nan
            for sentinel in self.options.sentinels:
                values[values == sentinel] = np.nan

    def _check_column(self, raw: Raw, i: int) -> None:
        column, codes = raw.cells[i], raw.codes[i]
        if i in self.text_columns:
            raw.as_text.add(i)
            return
        if column.only_numbers or (column.stamps and i in self.sampled.stamps):
            self._check_units(raw, i)
            return
        numbers, texts = int((codes == -1).sum()), int(((codes >= 0) | (codes == -3)).sum())
        if not texts or (column.truths() and not numbers):
            self._check_units(raw, i)
            return
        if not numbers or numbers < 0.9 * (numbers + texts) - 1:
            if numbers:
                self.notes.append(f"{raw.names[i]}: {numbers} numbers among {texts} texts; read as text")
                self._ask_of_words(raw, i, numbers, texts)
            raw.as_text.add(i)
            return
        tokens = [
            text
            for text, code in column.texts.items()
            if column.counts[code] > 0 and text.lower() not in self.options.tokens
        ]
        other = self._other_style(tokens)
        if other is not None and not self.again:
            raise OtherStyleError(other)
        self._refuse_cells(raw, column, codes, tokens, i, texts)

    def _ask_of_words(self, raw: Raw, i: int, numbers: int, texts: int) -> None:
        """A column of more numbers than words may be numbers, of which some are missing."""
        column = raw.cells[i]
        words = [text for text, code in column.texts.items() if column.counts[code] > 0]
        if (
            numbers < texts
            or not 0 < len(words) <= MAX_WORDS
            or not all(len(w) < 40 and w.isprintable() for w in words)
        ):
            return
        listed = " and ".join(f"“{word}”" for word in words)
        other = Alternative(f"numbers; {listed} {'is' if len(words) == 1 else 'are'} missing", {"missing": words})
        evidence = f"{numbers} numbers stand among {counted(texts, 'text')}"
        self.guesses.append(Guess(f"column {raw.names[i]}", "text", evidence, (other,), question=True))

    def _other_style(self, tokens: list[str]) -> Style | None:
        """A style in which these cells are numbers, unless the user has said which one it is."""
        if self.options.decimal or not tokens:
            return None
        other = "," if self.style.decimal == "." else "."
        for style in (
            Style(other, None),
            Style(other, self.style.decimal),
            Style(self.style.decimal, other),
            Style(self.style.decimal, None),
        ):
            if style != self.style and all(number_in(token, style) is not None for token in tokens):
                return style
        return None

    def _refuse_cells(self, raw: Raw, column: Cells, codes: Codes, tokens: list[str], i: int, texts: int) -> None:
        first = int(np.flatnonzero((codes >= 0) | (codes == -3))[0])
        reverse = {code: text for text, code in column.texts.items()}
        token = reverse.get(int(codes[first]), "")[:40]
        # A cell that was cut would only be refused again.
        able = [text for text in tokens if len(text) < 40 and text.isprintable()]
        offer = None
        if len(able) == len(tokens) and len(tokens) <= 3:
            offer = retry(f"Treat {' and '.join(f'“{text}”' for text in able)} as missing", missing=able)
        elif len(tokens) > 3 and len(raw.names) > 1:
            offer = retry(
                f"{len(tokens)} kinds of text in {raw.names[i]}: treat it as text", text_columns=[raw.names[i]]
            )
        same = int((codes == codes[first]).sum())
        raise ImportFileError(
            f"{token!r} is not a number ({counted(same, 'such cell')}; {texts} cells of {len(tokens)} kinds are none)"
            if len(tokens) > 1
            else f"{token!r} is not a number ({counted(same, 'such cell')})",
            where=self.where(first, i),
            hint=f"Correct the cell, or import with {token!r} as a missing value.",
            retry=offer,
        )

    def _check_units(self, raw: Raw, i: int) -> None:
        column = raw.cells[i]
        if len(column.units) > 1:
            listed = ", ".join(column.units)
            raise ImportFileError(
                f"the numbers have different units: {listed}",
                where=f"column {raw.names[i]}",
                hint="Write the column in one unit, or import it as text.",
                retry=retry(f"Treat {raw.names[i]} as text", text_columns=[raw.names[i]]),
            )
