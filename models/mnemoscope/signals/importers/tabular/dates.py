"""Dates and times of day as text: which formats fit, and seconds since 1970 by one of them.

Formats are written in the words of strptime; beyond these, seconds may have a fraction, a zone may follow, a weekday may stand
before. %q is a quarter; hours may exceed 24 where there is no date.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnemoscope.signals.importers.gathered import gathered
from mnemoscope.signals.importers.tabular.written import cleaned

_DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d", "%d-%b-%Y",
    "%b-%d-%Y", "%d %b %Y", "%b %d, %Y", "%b %d %Y", "%d/%b/%Y", "%Y-%b-%d", "%Y %b %d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
    "%y/%m/%d", "%y-%m-%d", "%y.%m.%d", "%d-%b-%y", "%d %b %y", "%d-%m-%y", "%m-%d-%y", "%d. %b %Y", "%d %m %Y", "%Y %m %d", "%G-W%V-%u", "%GW%V%u",
    "%Y-%j", "%Y/%j", "%Y年%m月%d日", "%d%b%Y", "%Y:%m:%d",
    "%Y. %m. %d.", "%d. %m. %Y",
)  # fmt: skip
_PARTIAL = (
    "%G-W%V", "%GW%V", "%Y-%m", "%Y/%m", "%Y-%b", "%b-%Y", "%b %Y", "%Y %b", "%m/%Y", "%m.%Y", "%b-%y", "%Y-Q%q", "%YQ%q", "%Y Q%q",
    "Q%q %Y", "Q%q-%Y", "%YM%m", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d%H", "%Y%j", "%Y_%m_%d_%H_%M_%S", "%Y_%m_%d_%H_%M", "%Y-%m-%d-%H-%M-%S", "%Y-%m-%d_%H-%M-%S",
    "%m/%d %H:%M:%S", "%d/%m %H:%M:%S", "%m/%d %H:%M", "%d/%m %H:%M", "%d.%m. %H:%M:%S", "%d.%m. %H:%M", "%b %d %H:%M:%S",
)  # fmt: skip
_CLOCKS = (
    "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H%M%S", "%H%M", "%H.%M.%S", "%H.%M", "%Hh%M", "%H", "%I %p", "%I.%M.%S %p", "%H:%M:%S:%f",
)  # fmt: skip
_BETWEEN = (" ", "T", ":", ", ", "-", "_", "; ", "  ", " at ", " - ")
CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%M:%S", "%H:%M:%S:%f", "%H.%M.%S", "%H%M%S")
"""Times of day without a date."""

MONTHS = (
    ("jan", "jän", "ene", "gen", "sty", "oca", "янв", "ιαν", "ian"), ("feb", "fév", "fev", "lut", "şub", "фев", "φεβ"),
    ("mar", "mär", "mrz", "maa", "mrt", "már", "мар", "μαρ"), ("apr", "avr", "abr", "kwi", "ápr", "nis", "апр", "απρ"),
    ("may", "mai", "mag", "mei", "maj", "máj", "мая", "май", "μαΐ", "μαι"), ("jun", "juin", "giu", "cze", "jún", "haz", "июн", "ιουν", "iun"),
    ("jul", "juil", "lug", "lip", "júl", "tem", "июл", "ιουλ", "iul"), ("aug", "aoû", "aou", "ago", "sie", "agu", "ağu", "авг", "αυγ"),
    ("sep", "set", "wrz", "sze", "eyl", "сен", "σεπ"), ("oct", "okt", "ott", "out", "paź", "eki", "окт", "οκτ"),
    ("nov", "lis", "kas", "ноя", "νοε", "noi"), ("dec", "dez", "déc", "dic", "gru", "des", "ara", "дек", "δεκ"),
)  # fmt: skip
_MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9, "KST": 9, "AEST": 10,
    "AEDT": 11, "HKT": 8, "SGT": 8, "AWST": 8, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_DIRECTIVES = {
    "%Y": r"(?P<Y>\d{4})", "%G": r"(?P<G>\d{4})", "%y": r"(?P<y>\d\d)", "%m": r"(?P<m>\d{1,2})", "%d": r"(?P<d>\d{1,2})",
    "%b": r"(?P<b>[^\W\d_]{3,9}\.?)", "%j": r"(?P<j>\d{3})", "%V": r"(?P<V>\d\d)", "%u": r"(?P<u>[1-7])", "%q": r"(?P<q>[1-4])",
    "%H": r"(?P<H>\d{1,3})", "%I": r"(?P<H>\d{1,2})", "%M": r"(?P<M>\d{1,2})", "%S": r"(?P<S>\d{1,2})(?:[.,](?P<f>\d{1,12}))?",
    "%p": r"(?P<p>[AaPp]\.?\s?[Mm]\.?)", "%f": r"(?P<f>\d{1,12})", "%z": "", "%Z": "",
}  # fmt: skip
_ZONE = (
    r"(?:\s*(?P<zone>Z|(?![AP]M)[A-Z]{2,5}|(?:UTC|GMT)?\s?[+−-]\d\d?(?::?\d\d)?)(?:\s?\[[\w/+-]+\]|\s(?:UTC|GMT))?)?"
)
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Mo|Di|Mi|Do|Fr|Sa|So)[a-z]*[.,]?\s+)?"
MANY = 20
"""Cells of which one may be damaged."""
_MINUTES = re.compile(r"\d{1,3}:[0-5]\d(?:[.,]\d+)?")


class Stamps(NamedTuple):
    """Times of rows: whole seconds since 1970 (or since the first midnight) and the fraction of a second."""

    whole: NDArray[np.int64]
    part: NDArray[np.float64]
    known: NDArray[np.bool_]
    zones: frozenset[str]
    """Names of zones whose offset is not known."""

    def seconds(self) -> NDArray[np.float64]:
        """From the first known row, NaN where unknown; exact to a nanosecond over centuries of whole seconds."""
        if not self.known.any():
            return np.full(len(self.whole), np.nan)
        seconds = (self.whole - self.whole[np.argmax(self.known)]).astype(np.float64)
        seconds += self.part
        seconds[~self.known] = np.nan
        return seconds


def fitting(cells: Sequence[str]) -> list[str]:
    """All formats that read every one of these cells."""
    cells = [cleaned(cell) for cell in cells]
    if not cells or not all(any(c.isdecimal() for c in cell) for cell in cells) or max(map(len, cells)) > 60:
        return []
    return [form for form in _candidates(cells[0]) if all(_matches(form, cell) for cell in cells)]


def fitting_most(cells: Sequence[str]) -> list[str]:
    """All formats that read every one of these cells, or all but one in a hundred, of those that hold a damaged one."""
    if found := fitting(cells):
        return found
    able = max(1, len(cells) // 100) if len(cells) >= MANY else 0
    digits = [len(re.findall(r"\d", cell)) for cell in cells]
    usual = [cell for cell, count in zip(cells, digits, strict=True) if count == max(set(digits), key=digits.count)]
    for first in usual[: able + 1]:  # one of them is not damaged
        for form in _candidates(cleaned(first)):
            wrong = sum(not _matches(form, cleaned(cell)) for cell in cells)
            if wrong <= able and form not in found:
                found.append(form)
        if found:
            return found
    return []


def _candidates(cell: str) -> Iterator[str]:
    """Formats that the first cell could be in: dates first, then what follows them."""
    for form in (*CLOCKS, *_PARTIAL):
        if _matches(form, cell):
            yield form
    for date in _DATES:
        if _matches(date, cell):
            yield date
        found = _prefix(date).match(cell)
        if found is None:
            continue
        rest = cell[found.end() :]
        for between, clock in product(_BETWEEN, _CLOCKS):
            if rest.startswith(between.strip() or " ") and _matches(date + between + clock, cell):
                yield date + between + clock
    for date, clock in product(("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d"), _CLOCKS[:4]):
        if _matches(clock + " " + date, cell):
            yield clock + " " + date


@cache
def pattern(form: str) -> re.Pattern[str]:
    """The regular expression of a format."""
    clock = any(word in form for word in ("%H", "%I", "%M", "%S"))
    return re.compile(_WEEKDAY + _body(form) + (_ZONE if clock else ""))


@cache
def _prefix(form: str) -> re.Pattern[str]:
    return re.compile(_WEEKDAY + _body(form))


def _body(form: str) -> str:
    parts = re.split(r"(%[A-Za-z])", form)
    compact = re.search(r"%Y%m%d|%H%M|%d%b|%Y%j|%V%u", form) is not None
    made = ""
    for part in parts:
        if part.startswith("%") and len(part) == 2:
            word = {"%B": "%b", "%h": "%b"}.get(part, part)
            if word not in _DIRECTIVES:
                raise ValueError(f"the format word {part} is not known")
            text = r"(?P<S>\d{1,2})" if word == "%S" and "%f" in form else _DIRECTIVES[word]
            made += text.replace("{1,2}", "{2}").replace("{1,3}", "{2}") if compact else text
        else:
            made += re.sub(r"\\? ", r"\\s+", re.escape(part))
    return made


def _matches(form: str, cell: str) -> bool:
    found = pattern(form).fullmatch(cell)
    if found is None:
        return False
    got = found.groupdict()
    hour_at_most = 999 if "%Y" not in form and "%y" not in form and "%I" not in form else 24
    low_high = (
        ("m", 1, 12),
        ("d", 1, 31),
        ("M", 0, 59),
        ("S", 0, 60),
        ("H", 0, hour_at_most),
        ("j", 1, 366),
        ("V", 1, 53),
    )
    for name, low, high in low_high:
        if got.get(name) is not None and not low <= int(got[name]) <= high:
            return False
    if form == "%M:%S" and _MINUTES.fullmatch(cell) is None:
        return False
    if got.get("p") and not 1 <= int(got["H"]) <= 12:
        return False
    year = got.get("Y") or got.get("G")
    if year is not None and not 1500 <= int(year) <= 2999:
        return False  # 1404 and 1447 are years of Iran's and of the Islamic calendar
    if got.get("b") is not None and month_of(got["b"]) is None:
        return False
    if got.get("d") and got.get("m") and int(got["d"]) > 29:
        return int(got["d"]) <= (30 if int(got["m"]) in (4, 6, 9, 11) else 29 if int(got["m"]) == 2 else 31)
    return True


def month_of(name: str) -> int | None:
    """1 … 12 of a month's name or abbreviation in half a dozen languages."""
    lower = name.lower().rstrip(".")
    return _MONTH_OF.get(lower[:4]) or _MONTH_OF.get(lower[:3])


def parse(cells: Sequence[str], form: str) -> tuple[Stamps, list[int]]:
    """Times of cells by one format, and indices of the first cells that it does not read (empty ones are not among them)."""
    return parse_blocks(["\n".join(cells)], form) if cells else (_none(0), [])


def parse_blocks(blocks: Iterable[str], form: str) -> tuple[Stamps, list[int]]:
    """The same of cells that are joined by line breaks, a block of them at a time."""
    whole: list[NDArray[np.int64]] = []
    part: list[NDArray[np.float64]] = []
    known: list[NDArray[np.bool_]] = []
    zones = frozenset[str]()
    bad: list[int] = []
    before = 0
    for block in blocks:
        cells = block.split("\n")
        stamps = _fixed(block, cells, form)
        if stamps is None:
            stamps, more = _one_by_one(cells, form)
            bad += [before + row for row in more][: 100 - len(bad)]
        elif not stamps.known.all():
            bad += [before + int(row) for row in np.flatnonzero(~stamps.known)][: 100 - len(bad)]
        whole.append(stamps.whole)
        part.append(stamps.part)
        known.append(stamps.known)
        zones |= stamps.zones
        before += len(cells)
    return Stamps(gathered(whole), gathered(part), gathered(known), zones), bad


def _none(count: int) -> Stamps:
    return Stamps(np.zeros(count, np.int64), np.zeros(count), np.zeros(count, bool), frozenset())


def _fixed(block: str, cells: Sequence[str], form: str) -> Stamps | None:
    """Cells that differ in nothing but digits, cut by position: some ten times as fast; None for any other."""
    first = pattern(form).fullmatch(cells[0])
    if first is None or not block.isascii() or len(block) != len(cells) * (len(cells[0]) + 1) - 1:
        return None
    letters = np.frombuffer((block + "\n").encode(), np.uint8).reshape(len(cells), len(cells[0]) + 1)
    digits = [i for i, c in enumerate(cells[0]) if c.isdecimal() and not first.start("zone") <= i] if "zone" in first.re.groupindex and first["zone"] else [
        i for i, c in enumerate(cells[0]) if c.isdecimal()
    ]  # fmt: skip
    fixed = np.ones(letters.shape[1], bool)
    fixed[digits] = False
    if (letters[:, fixed] != letters[0, fixed]).any() or (letters[:, digits] - np.uint8(48) > 9).any():
        return None
    fields: dict[str, Any] = {}
    for name, text in first.groupdict().items():
        if text is None or name in ("zone", "b", "p"):
            continue
        a, b = first.span(name)
        powers = 10 ** np.arange(b - a - 1, -1, -1, dtype=np.int64)
        fields[name] = (letters[:, a:b] - np.uint8(48)).astype(np.int64) @ powers
        if name == "f":
            fields[name] = fields[name] / 10.0 ** (b - a)
    count = len(cells)
    for name in ("b", "p", "zone"):
        if first.groupdict().get(name):
            fields[name] = _words(name, [first[name]] * 1).repeat(count)
    zones = _unknown([first.groupdict().get("zone") or ""])
    return _stamps(fields, count, form, np.ones(count, bool), zones)


def _one_by_one(cells: Sequence[str], form: str) -> tuple[Stamps, list[int]]:
    """Cells of any length; those that do not match and are not empty are listed."""
    match = pattern(form).fullmatch
    found = [match(cell) or match(cleaned(cell)) for cell in cells]
    known = np.array([one is not None for one in found], bool)
    read = [one.groups("") for one in found if one is not None]
    names = tuple(pattern(form).groupindex)
    texts: dict[str, Sequence[str]] = dict(zip(names, zip(*read, strict=True), strict=True)) if read else {}
    fields: dict[str, Any] = {}
    for name, column in texts.items():
        if name == "f":
            fields[name] = np.array([float(f"0.{text}") if text else 0.0 for text in column])
        elif name in ("b", "p", "zone"):
            fields[name] = _words(name, column)
        else:
            default = 1 if name in ("m", "d", "j", "V", "u", "q") else 0
            fields[name] = np.array([int(text) if text else default for text in column], np.int64)
    stamps = _stamps(fields, len(read), form, known, _unknown(texts.get("zone", ())))
    bad = [int(i) for i in np.flatnonzero(~stamps.known).tolist() if cells[i].strip()][:100]
    return stamps, bad


def _words(name: str, column: Sequence[str]) -> NDArray[np.int64]:
    """Months of names, hours of AM and PM, seconds east of zones."""
    known = {
        text: {"b": lambda text=text: month_of(text) or 0, "p": lambda text=text: 12 * (text[:1] in "pP"), "zone": lambda text=text: _offset(text) or 0}[name]()
        for text in set(column)
    }  # fmt: skip
    return np.array([known[text] for text in column], np.int64)


def _unknown(column: Sequence[str]) -> frozenset[str]:
    return frozenset(zone for zone in set(column) if _offset(zone) is None)


def _stamps(fields: dict[str, Any], count: int, form: str, known: NDArray[np.bool_], zones: frozenset[str]) -> Stamps:
    """Times from the numbers in their fields, which are those of the known cells."""
    days, second, refused = _seconds(fields, count, form)
    made = _none(len(known))
    made.whole[known] = days * 86_400 + second - fields.get("zone", 0)
    made.part[known] = fields.get("f", 0.0)
    made.known[known] = ~refused
    return Stamps(made.whole, made.part, made.known, zones)


def _seconds(
    fields: dict[str, Any], count: int, form: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Days since 1970, seconds of the day, and which rows hold a day or an hour that does not exist."""
    refused = np.zeros(count, bool)
    days = np.zeros(count, np.int64)
    ones = np.ones(count, np.int64)
    if "G" in fields:
        fourth = _day(fields["G"], ones, 4 * ones)
        days = fourth - (fourth + 3) % 7 + 7 * (fields["V"] - 1) + fields.get("u", ones) - 1
    elif "Y" in fields or "y" in fields or "d" in fields:
        year = fields.get("Y", 2001 * ones)  # where none is written: any that is no leap year
        if "y" in fields:
            year = np.where(fields["y"] < 69, 2000, 1900) + fields["y"]
        month = fields.get("b", fields.get("m", ones))
        if "q" in fields:
            month = 3 * fields["q"] - 2
        day = fields.get("d", ones)
        refused |= (month < 1) | (month > 12) | (day < 1) | (day > 31)
        month = np.clip(month, 1, 12)
        days = _day(year, month, day)
        refused |= days >= _day(year + (month == 12), month % 12 + 1, ones)
        if "j" in fields:
            days = _day(year, ones, ones) + fields["j"] - 1
    hour = fields.get("H", np.zeros(count, np.int64))
    if "p" in fields:
        hour = hour % 12 + fields["p"]
    elif "Y" in fields or "y" in fields:
        refused |= hour > 24
    minute, second = fields.get("M", 0 * ones), fields.get("S", 0 * ones)
    refused |= ((minute > 59) & ("%H" in form)) | (second > 60)
    return days, hour * 3600 + minute * 60 + second, refused


def _day(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Days since 1970 of a date."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64) + day - 1


def days_of(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Days since 1970 of dates given as numbers."""
    return _day(year, month, day)


def _offset(zone: str) -> int | None:
    if not zone:
        return 0
    if zone in _ZONES:
        return 3600 * _ZONES[zone]
    found = re.fullmatch(r"(?:UTC|GMT)?\s?([+−-])(\d\d?):?(\d\d)?", zone)
    if found is None:
        return None
    return (int(found[2]) * 3600 + int(found[3] or 0) * 60) * (1 if found[1] == "+" else -1)


def resolution(cells: Sequence[str], form: str) -> float:
    """Seconds that the last written digit of these cells stands for."""
    if "%S" in form or "%f" in form:
        places = 0
        for cell in cells:
            found = pattern(form).fullmatch(cleaned(cell))
            fraction = found and found.groupdict().get("f")
            places = max(places, len(fraction.rstrip("0")) if fraction else 0)
        return 10.0**-places
    for word, width in (("%M", 60.0), ("%H", 3600.0), ("%I", 3600.0)):
        if word in form:
            return width
    return 86_400.0


def swapped(form: str) -> str:
    """The format with day and month in each other's places."""
    return form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")
