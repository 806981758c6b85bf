"""Dates and times as lands, programs and spreadsheets dress them, brought into the words that the formats of `dates` know."""

import re

_HALF = re.compile(r"(오전|오후|上午|下午|午前|午後)\s*(\d{1,2}(?::\d\d){0,2})")
"""Morning and afternoon, before the time in Korean, Chinese and Japanese."""
_SIGNS = re.compile(r"(\d{1,2})[時时시]\s?(\d{1,2})[分분](?:\s?(\d{1,2})[秒초])?")
_ZONE_AGAIN = re.compile(r"(?<=\d)\s*\([^()\d]+\)$")
"""The name of a zone behind its offset, as browsers write it."""
_CLOSE = re.compile(r"(?<=\d)([AaPp]\.?[Mm]\.?)$")
"""The half of the day, without a blank before it."""
_DAYS = re.compile(r"(\d{1,2})(?: days?,? |d |\.)(\d{1,2}):(\d\d:\d\d(?:[.,]\d+)?)")
"""Days, hours, minutes and seconds that went by."""
_DURATION = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
"""The same in ISO 8601."""
_LETTERED = re.compile(r"(?:(\d+)\s?h(?:rs?)?[\s,]*)?(\d+)\s?m(?:in)?[\s,]*(\d+(?:[.,]\d+)?)\s?s(?:ec)?")
"""Hours, minutes and seconds that went by, each with its letter."""
_SPOKEN = re.compile(r"\s(?:klo|kl\.?|um|à|a las|alle|ore)\s+(?=\d)", re.IGNORECASE)
"""The word before a time of day in Finnish, Danish, Swedish, German, French, Spanish and Italian."""
_OCLOCK = re.compile(r"(?<=\d)\s?(?:Uhr|uur|ч\.?)$")
_OF_YEAR = re.compile(r"(?<=\d{4})\s?(?:г\.?|року|р\.)(?=$|[\s,])")
"""The word for year behind its number in Russian and Ukrainian."""
_ERA = re.compile(r"(令和|平成|昭和|[RHS])\s?(\d{1,2}|元)(?=[年./-])")
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
"""Years before the first of an era of Japan."""
_UNTIL = re.compile(r"(.{8,}?:\d\d.*?)\s?(?:-|–|—|to|bis|until|→)\s(.*\d:\d\d.*)")
"""An interval of times, each with its hours and minutes."""
_LAST_YEAR = re.compile(r"([A-Za-z]{3} +\d{1,2}) (\d\d:\d\d:\d\d)( [A-Z]{3,4})? (\d{4})$")
"""The end of "Mon Mar  1 09:30:00 UTC 2021", as Unix writes it."""


def cleaned(cell: str) -> str:
    """A cell without blanks, quotes and brackets around, and only the start of an interval."""
    text = cell.strip().strip("'\"").strip()
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1].strip()
    if text[:2] == '="':
        text = text[2:].strip('"')
    if not text.isascii():
        text = _HALF.sub(lambda found: f"{found[2]} {'AM' if found[1] in ('오전', '上午', '午前') else 'PM'}", text)
        text = _SIGNS.sub(lambda found: ":".join(part for part in found.groups() if part), text)
        text = _OF_YEAR.sub("", text)
    text = _ERA.sub(lambda found: str(_ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))), text)
    text = _OCLOCK.sub("", _SPOKEN.sub(" ", text))
    if (found := _UNTIL.fullmatch(text)) is not None:
        text = found[1]
    if found := _LETTERED.fullmatch(text):
        return f"{found[1] or 0}:{found[2]:0>2}:{found[3]:0>2}"
    text = _LAST_YEAR.sub(r"\1 \4 \2\3", _ZONE_AGAIN.sub("", text))
    text = _CLOSE.sub(r" \1", text)
    if found := _DAYS.fullmatch(text):
        return f"{24 * int(found[1]) + int(found[2])}:{found[3]}"
    if found := _DURATION.fullmatch(text):
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
        whole, fraction = divmod(86_400 * days + 3600 * hours + 60 * minutes + seconds, 1)
        return f"{whole // 3600:.0f}:{whole // 60 % 60:02.0f}:{whole % 60:02.0f}" + f"{fraction:.6f}"[1:].rstrip(
            "0."
        ) * bool(fraction)
    start, slash, end = text.partition("/")
    return start if slash and len(start) >= 10 and "T" in start and len(end) >= 8 else text
