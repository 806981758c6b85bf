"""Which sign stands between cells, which before the fraction, which between groups of digits."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.csv.splitting import split
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import MAX_COLUMNS
from mnemoscope.signals.importers.tabular.numbers import (
    APOSTROPHES,
    BLANKS,
    Style,
    bare,
    is_missing,
    is_truth,
    number_in,
)

CLOCK = re.compile(
    r"(?=.*\d)[\['\"]?(?:\d{1,4}(?:[-/]|\.\s?)\d{1,2}(?:(?:[-/]|\.\s?)\d{1,4}\.?)?|\d{1,2}[-. ][^\W\d_]{3,9}[-. ]\d{2,4}|[^\W\d_]{3,9}[-. ]\d{1,2},? \d{4}"
    r"|\d{4}-?W\d\d|\d{4}-?Q\d|\d{8})?[T :_,]*(?:\d{1,3}:\d\d(?::\d\d)?(?:[.,:]\d+)?|\d{6}|\d{4})?\s?(?:[AaPp]\.?[Mm]\.?)?\s?(?:Z|[A-Z]{2,5}|[+-]\d\d:?\d*)?[\]'\"]?"
)
"""A cell that is written like a date, a time of day, or both."""

_ONE = re.compile(rf"[+-]?\s*(?:[^\d\s.,+-]{{1,3}}\s*)?(\d[\d.,{BLANKS}{APOSTROPHES}]*\d|\d)(?:\s*[^\d\s.,]+.*)?")
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?!\d)")
_WORD = re.compile(r"[\"']?[^\W\d]\w*(?:\s?[\[(][^\])]*[\])])?[\"']?")
"""The name of one column, with or without a unit."""
_TIE = re.compile(r"[1-9]\d{0,2},\d{3}")


@dataclass(frozen=True)
class Dialect:
    """How rows are cut into cells, and cells read as numbers."""

    delimiter: str | None
    """None: one value a line. " ": any run of blanks."""
    style: Style
    guesses: tuple[Guess, ...] = ()


def dialect_of(
    sample: Sequence[str], options: ImportOptions, known: tuple[str | None, str | None], first: Sequence[str] = ()
) -> Dialect:
    """The dialect under which most cells of most rows are numbers or times.

    sample: lines that may be rows. first: the first lines of the file, among them the names. known: delimiter and decimal sign that the file itself names, None where it does not.
    """
    delimiters: Iterable[str | None] = (",", ";", "\t", "|", " ", None)
    if options.delimiter is not None:
        delimiters = (options.delimiter or None,)
    elif known[0] is not None:
        delimiters = (known[0],)
    best: tuple[float, str | None, str] = (-1.0, None, ".")
    texts = [line for line in first if not any(c.isdecimal() for c in line)]
    for delimiter in delimiters:
        if delimiter and delimiter != " " and max(line.count(delimiter) for line in sample) >= MAX_COLUMNS * 100:
            raise ImportFileError(
                f"a row has more than {MAX_COLUMNS * 100} values (separated by {delimiter!r})",
                hint="Write one row per sample, or cut the rows into parts.",
            )
        rows = [split(line, delimiter) for line in sample]
        width, agreeing = Counter(map(len, rows)).most_common(1)[0]
        if width < 2 and delimiter is not None:
            continue
        named = 1.0 if not texts or any(len(split(line, delimiter)) == width for line in texts) else 0.75
        for decimal in (options.decimal,) if options.decimal else (".", ","):
            if decimal == delimiter and not (options.decimal and options.delimiter):
                continue
            score = named * agreeing / len(rows) * _readable(rows, width, Style(decimal, options.grouping), delimiter)
            if delimiter is None and decimal == "," and options.decimal is None:  # "1,2" is two numbers sooner than one
                score *= 0.6
            if delimiter == " " and options.delimiter is None:  # blanks group digits and part dates, too
                score *= 0.5 if _parted(sample) else 0.9 if best[0] >= 0.9 else 1.0
            if score > best[0] + 1e-9:
                best = (score, delimiter, decimal)
    delimiter = best[1]
    rows = [split(line, delimiter) for line in sample]
    width = Counter(map(len, rows)).most_common(1)[0][0]
    columns = list(zip(*(row for row in rows if len(row) == width), strict=True))
    style, guesses = style_of(columns, delimiter, options, known[1], best[2])
    free = delimiter == "," and options.delimiter is None and options.decimal is None
    if free and (pairs := _may_be_decimals(rows)):
        tie = f"{pairs[0][0]},{pairs[0][1]} can be two whole numbers or one with a decimal comma, as can all others"
        two = Alternative("two columns separated by commas", {"delimiter": ","})
        one = Alternative("one column of numbers with a decimal comma", {"delimiter": "", "decimal": ","})
        if texts and _WORD.fullmatch(texts[-1].strip()):
            style, guesses = style_of([tuple(sample)], None, options, known[1], ",")
            evidence = f"{tie}; “{texts[-1].strip()}” names one"
            return Dialect(None, style, (*guesses, Guess("the comma", one.label, evidence, (two,), question=True)))
        guesses.append(Guess("the comma", two.label, tie, (one,), question=True))
    if (
        delimiter == " "
        and options.delimiter is None
        and all(number_in(line, Style(style.decimal, " ")) for line in sample[:50])
    ):
        whole = Alternative(
            "one column of numbers with blanks between groups of digits", {"delimiter": "", "grouping": " "}
        )
        evidence = "every row is also one number whose digits are grouped"
        guesses.append(Guess("the blank", "columns separated by blanks", evidence, (whole,), question=True))
    return Dialect(delimiter, style, tuple(guesses))


def _parted(sample: Sequence[str]) -> bool:
    """Whether every line has as many semicolons, or tabs, as every other: then blanks stand within cells."""
    return any(
        len(counts) == 1 and min(counts) > 0 for sign in ";\t" for counts in [{line.count(sign) for line in sample}]
    )


def _may_be_decimals(rows: list[list[str]]) -> list[list[str]]:
    """Rows of two whole numbers, where all may be one column of decimal commas; else none."""
    body = [row for row in rows if len(row) == 2 and all(cell.lstrip("+-").isdecimal() for cell in row)]
    if len(body) < 0.9 * len(rows) - 2:
        return []
    widths = {len(row[1]) for row in body}
    leading = sum(row[1][:1] == "0" and len(row[1]) > 1 for row in body)
    if (len(widths) > 1 and not leading) or any(row[1][:1] in "+-" for row in body) or widths == {1}:
        return []
    return body


def _readable(rows: list[list[str]], width: int, style: Style, delimiter: str | None) -> float:
    """Share of cells that are numbers (1), times (0.9) or missing (0.5); text counts a little, for label columns."""
    total = count = 0.0
    either = style if style.grouping is not None else None
    for row in rows:
        if len(row) != width:
            continue
        for cell in row:
            count += 1
            if _number(cell, style, either):
                total += 1
            elif is_missing(cell):
                total += 0.5
            elif CLOCK.fullmatch(cell.strip("'\"")) or is_truth(cell):
                total += 0.9
            elif not re.search(r"\d[,.;:|\s]+\S*\d", cell):
                total += 0.2
    return total / count if count else 0.0


def _number(cell: str, style: Style, either: Style | None) -> bool:
    if either is not None:
        return number_in(cell, style) is not None
    other = "," if style.decimal == "." else "."
    return number_in(cell, style) is not None or number_in(cell, Style(style.decimal, other)) is not None


@dataclass
class _Signs:
    """What cells say of "." and ","."""

    comma_decimal: int = 0
    point_decimal: int = 0
    comma_groups: int = 0
    point_groups: int = 0
    tie_comma: int = 0
    tie_point: int = 0
    plain_large: int = 0
    """Whole numbers of four digits or more without a group."""
    plain_small: int = 0
    blanks: int = 0
    apostrophes: int = 0


def _look(cell: str, signs: _Signs) -> None:
    text = bare(cell)
    found = _ONE.fullmatch(text)
    if found is None or ":" in text or _DATE.match(text):
        return
    text = found[1]
    if re.search(rf"\d[{BLANKS}]\d", text):
        signs.blanks += 1
    if re.search(rf"\d[{APOSTROPHES}]\d", text):
        signs.apostrophes += 1
    text = re.sub(rf"[{BLANKS}{APOSTROPHES}]", "", text)
    commas, points = text.count(","), text.count(".")
    if commas and points:
        if text.rindex(",") > text.rindex("."):
            signs.comma_decimal += 1
        else:
            signs.point_decimal += 1
    elif commas > 1:
        signs.comma_groups += 1
    elif points > 1:
        signs.point_groups += 1
    elif commas:
        tie = _TIE.fullmatch(text) is not None
        signs.tie_comma += tie
        signs.comma_decimal += not tie
    elif points:
        tie = _TIE.fullmatch(text.replace(".", ",")) is not None
        signs.tie_point += tie
        signs.point_decimal += not tie
    elif len(text) > 3:
        signs.plain_large += 1
    else:
        signs.plain_small += 1


def style_of(
    columns: Iterable[Sequence[str]], delimiter: str | None, options: ImportOptions, known: str | None, fallback: str
) -> tuple[Style, list[Guess]]:
    """The style of these cells: what one of them proves holds for all; where none proves anything the user is asked."""
    signs = _Signs()
    for column in columns:
        own = _Signs()
        for cell in column:
            _look(cell, own)
        if not own.tie_comma and not own.tie_point:  # whole numbers of other columns prove nothing
            own.plain_large = own.plain_small = 0
        signs = _Signs(*(a + b for a, b in zip(astuple(signs), astuple(own), strict=True)))
    grouping = " " if signs.blanks else "'" if signs.apostrophes else None
    decimal = options.decimal
    guesses: list[Guess] = []
    if decimal is None:
        decimal, guesses = _decide(signs, delimiter, fallback)
        if known is not None and guesses:  # where the numbers do not decide, the file's own word does
            decimal, guesses = known, []
    if options.grouping is not None:
        return Style(decimal, options.grouping), guesses
    other = "," if decimal == "." else "."
    uses = (
        signs.comma_groups + signs.tie_comma + signs.point_decimal * bool(signs.comma_groups)
        if decimal == "."
        else signs.point_groups + signs.tie_point
    )
    both = signs.comma_decimal if decimal == "," else signs.point_decimal
    if grouping is None and (uses or both) and delimiter != other:
        grouping = other
    elif grouping is None and delimiter == other:
        grouping = other if uses or signs.comma_groups or signs.point_groups or both else None
    return Style(decimal, grouping), guesses


def _decide(signs: _Signs, delimiter: str | None, fallback: str) -> tuple[str, list[Guess]]:
    comma = signs.comma_decimal + signs.point_groups
    point = signs.point_decimal + signs.comma_groups
    if comma or point:
        return ("," if comma > point else "."), []
    if signs.tie_comma and not signs.tie_point:
        evidence = f"{signs.tie_comma} numbers such as 1,234 have three digits after the comma, and no number decides"
        as_decimal = Alternative("a decimal comma", {"decimal": ","})
        as_groups = Alternative("commas between groups of digits", {"decimal": ".", "grouping": ","})
        if signs.plain_large or (delimiter in (";", "\t", "|", " ", None) and not signs.plain_small):
            return ",", [Guess("decimal sign", "decimal comma", evidence, (as_groups,), question=True)]
        return ".", [Guess("decimal sign", "commas between groups of digits", evidence, (as_decimal,), question=True)]
    if signs.tie_point and not signs.tie_comma and delimiter != "," and not signs.plain_large and signs.tie_point > 2:
        evidence = f"{signs.tie_point} numbers such as 1.234 have three digits after the point, and no number decides"
        other = Alternative("points between groups of digits", {"decimal": ",", "grouping": "."})
        return ".", [Guess("decimal sign", "decimal point", evidence, (other,), question=True)]
    if signs.tie_comma and signs.tie_point:  # 1,234 and 1.234 in one file
        return fallback, []
    return (fallback if fallback == "," and delimiter != "," else "."), []
