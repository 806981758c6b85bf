"""Numbers as people and programs write them: digit groups, units, currencies, other minus signs, spreadsheet residue.

number_in("−1 234,5 mV", Style(",", " "))      # Number(-1234.5, "mV")
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

MISSING = frozenset(
    [
        "", "na", "n/a", "nan", "-nan", "null", "none", "nil", "-", "--", "---", "–", "—", "?", ".", "..", "...", "*", "**", "#n/a",
        "#na", "missing", "#n/a n/a", "#div/0!", "#num!", "#ref!", "#value!", "#name?", "#null!", "<na>", "nat", "1.#qnan",
        "-1.#ind", "1.#ind", "nan(ind)", "-nan(ind)", "\\n", ":", "n.a.", "nodata",
    ]
)  # fmt: skip
"""Cells that mean "no number", compared in lower case without blanks around."""

TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "on": 1.0, "off": 0.0}
"""Words of a column that is on or off."""

BLANKS = " \u00a0\u2007\u2009\u202f"
APOSTROPHES = "'’ʼ`´"

_SIGNS = str.maketrans(
    dict.fromkeys("−–‒‑﹣－", "-")
    | {"＋": "+", "٫": ".", "٬": "'", "\u200e": "", "\u200f": "", "\u061c": "", "\ufeff": ""}
)
_BASE = r"V|A|W|Hz|Pa|g|m|s|N|J|K|F|H|T|Ω|Ohm|ohm|mol|M|eV|bar|L|l|Wh|Ah|VA|VAr|var|B|b|Bq|Gy|Sv|Sa|S|C|cd|lm|lx|rad|cal|VDC|VAC|Vrms"
_WHOLE = (
    r"°\s?[CFK]?|℃|℉|deg\s?[CFK]?|degrees?|%|‰|pct|ppm|ppb|mmHg|inHg|inH2O|mmH2O|cmH2O|bpm|BPM|rpm|RPM|mph|km/h|kmh|kph|kn|kt|kts"
    r"|knots|ft|in|inch|mi|lb|lbs|lbf|psi|psig|atm|h|hr|hrs|min|sec|secs|seconds|minutes|hours|days|d|dBm|dBFS|dBA|dB|Volts?|volts?"
    r"|Amps?|Watts?|Torr|hPa|mbar|gal|oz|nmi|pH|counts?|cnt|LSB|ADU|IU|U|mEq|gpm|cfm|lux|SECS|RDNG#|oktas?|mcg|x|Nm|a\.?u\.?|arb|pc|pcs|Celsius"
    r"|Kelvin|Fahrenheit|percent|bits?|bytes?|px|Mbps|kbps|PSU|psu|FTU|NTU|pu|p\.u\."
)
_LARGE = r"M(?:Hz|Wh?|VA|V|Pa|J|N|Ω|[Oo]hm|eV|B|b|bar|L|l)|[GT](?:Hz|Wh?|Pa|B|b|J|eV)"
_ONE = rf"(?:(?:{_WHOLE})|{_LARGE}|[munpfµμkcdh]?(?:{_BASE}))(?:[²³]|\^?[-−]?\d|\^\(-?\d\)|⁻[¹²³])?"
UNIT = re.compile(rf"(?:{_ONE}(?:\s?[/·*.⋅ ]\s?{_ONE}){{0,3}}|1/s|1/min)")
"""A unit that is known as such."""
_CURRENCY = r"[$€£¥₹₽₩₪₺฿₫₴]|(?:US|C|A|NZ|HK)\$|R\$|(?:USD|EUR|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|RUB|BRL|AUD|CAD)\b|kr\.?|Fr\.?|zł|Kč"
_DRESSED = re.compile(
    rf"(?P<open>\()?(?P<sign>[+-])?\s*(?P<money>{_CURRENCY})?\s*(?P<inner>[+-])?(?P<body>[\d.,{BLANKS}{APOSTROPHES}_]*\d[.,]?)"
    rf"(?P<power>[eE][+-]?\d+|[dD][+-]?\d+|[+-]\d{{3}}|\s?[x×*·]\s?10(?:\^|\*\*)?\s?[({{]?[+-]?\d+[)}}]?)?"
    rf"\s*(?P<after>-)?\s*(?P<unit>(?:{_CURRENCY})|{UNIT.pattern})?(?P<close>\))?"
)
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")


class Number(NamedTuple):
    """A number, and the unit that was written beside it in its cell."""

    value: float
    unit: str | None


@dataclass(frozen=True)
class Style:
    """How numbers are written."""

    decimal: str = "."
    grouping: str | None = None
    """Sign between groups of digits; " " any blank, "'" any apostrophe; "" none; None: any blank or apostrophe."""

    def body(self, digits: str) -> str | None:
        """Digits with groups and fraction as float() reads them; None where they are not written so."""
        if _PLAIN.fullmatch(digits) and self.decimal == ".":
            return digits
        whole, point, fraction = digits.partition(self.decimal)
        if point and not fraction.isdecimal() and fraction:
            return None
        if not whole.isdecimal() and whole and (whole := self._ungrouped(whole) or "") == "":
            return None
        return f"{whole or '0'}.{fraction or '0'}" if whole or fraction else None

    def _ungrouped(self, whole: str) -> str | None:
        kinds = {c for c in whole if not c.isdecimal()}
        blanks, apostrophes = set(BLANKS), set(APOSTROPHES)
        allowed = {" ": blanks, "'": apostrophes, None: blanks | apostrophes}.get(self.grouping, {self.grouping})
        if not kinds <= allowed or len(kinds) != 1:
            return None
        parts = whole.split(kinds.pop())
        if not parts[0] or parts[0][0] == "0" or len(parts[0]) > 3 or len(parts[-1]) != 3:
            return None
        middle = {len(part) for part in parts[1:-1]}
        return "".join(parts) if middle <= {3} or (middle <= {2} and len(parts[0]) <= 2) else None


def number_in(cell: str, style: Style) -> Number | None:
    """The number of a cell, None for one that is none."""
    text = bare(cell)
    if not text or not any(c.isdecimal() for c in text):
        return _infinite(text)
    found = _DRESSED.fullmatch(text)
    if found is None:
        if re.fullmatch(r"[+-]?0[xX][0-9a-fA-F]+", text):
            return Number(float(int(text, 16)), None)
        return None
    if (
        bool(found["open"]) != bool(found["close"])
        or sum(map(bool, (found["sign"], found["inner"], found["after"]))) > 1
    ):
        return None
    body = style.body(found["body"].strip())
    if body is None:
        return None
    power = found["power"]
    exponent = 0
    if power:
        exponent = int(re.sub(r"^\s?[x×*·]\s?10(?:\^|\*\*)?\s?[({]?|^[eEdD]|[)}]$", "", power))
    negative = "-" in (found["sign"], found["inner"], found["after"]) or bool(found["open"])
    try:
        value = float(f"{body}e{exponent}")
    except ValueError:
        return None
    unit = found["unit"] or found["money"]
    return Number(-value if negative else value, unit and " ".join(unit.split()))


def bare(cell: str) -> str:
    """A cell without what spreadsheets put around it: blanks, quotes, ="…", a leading apostrophe; minus signs made one."""
    text = cell.strip().translate(_SIGNS)
    if text[:2] == '="' and text[-1:] == '"':
        text = text[2:-1].strip()
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        text = text[1:-1].strip()
    elif text[:1] == "'" and text[1:2] and (text[1].isdecimal() or text[1] in "+-.,"):
        text = text[1:]
    return text


def _infinite(text: str) -> Number | None:
    found = re.fullmatch(r"([+-]?)(?:inf(?:inity)?|∞|1\.#inf)", text, re.IGNORECASE)
    return Number(float(f"{found[1]}inf"), None) if found else None


def is_number(cell: str, style: Style) -> bool:
    """Whether a cell holds one number."""
    return number_in(cell, style) is not None


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or one of the words for nothing."""
    return bare(cell).lower() in MISSING


def is_truth(cell: str) -> bool:
    """Whether a cell says on or off."""
    return bare(cell).lower() in TRUTHS


def decimals_of(cells: Iterable[str], decimal: str) -> int | None:
    """Digits after the decimal sign that numbers are written with at most, zeros at the end not counted; None where one has an exponent."""
    most = 0
    for cell in cells:
        text = bare(cell)
        if re.search(r"\d[eEdD][+-]?\d", text):
            return None
        _, point, fraction = text.partition(decimal)
        if point:
            digits = re.match(r"\d*", fraction)
            most = max(most, len(digits[0].rstrip("0")) if digits else 0)
    return most
