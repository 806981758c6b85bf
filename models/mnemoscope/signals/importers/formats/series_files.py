"""Files of many series: .ts of sktime and aeon (with classes), .tsf of Monash (with starts and a frequency)."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.clock import DAY, YEAR, clock_of, rate_in_words
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.regular import Channel, table_of, unique_names
from mnemoscope.signals.importers.table import Table

MAX_SERIES = 100
"""Series that become channels; another one is named by `series`."""
MAX_LINE = 64 << 20
_TS = re.compile(
    rb"(?:\s*(?:[#%].*)?\r?\n)*\s*@(?:problemname|timestamps|univariate|classlabel|targetlabel)", re.IGNORECASE
)
_TSF = re.compile(
    rb"(?:\s*(?:[#%].*)?\r?\n)*\s*@relation[\s\S]*?^@(?:frequency|horizon|missing|equallength)",
    re.IGNORECASE | re.MULTILINE,
)
_STEP = re.compile(
    r"(?:(\d+)[ _]?|half[ _]?)?(second|minute|minutely|hour|dai|day|week|month|quarter|year)(?:ly|s)?", re.IGNORECASE
)
SECONDS = {
    "second": 1.0, "minute": 60.0, "minutely": 60.0, "hour": 3600.0, "dai": DAY, "day": DAY, "week": 7 * DAY, "month": YEAR / 12,
    "quarter": YEAR / 4, "year": YEAR,
}  # fmt: skip
MISSING = ("?", "", "nan", "na", "null")

Floats = NDArray[np.float64]


def _sniff(data: bytes) -> float:
    return 0.9 if _TS.match(data) or _TSF.match(data) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.report import file_facts

    with path.open("rb") as file:
        timed = _TSF.match(file.read(65_536)) is not None
    found = _Reading(path, options, monash=timed)
    channels = found.channels()
    details = {key: value for key, value in (("problem", found.title), ("series", str(found.total))) if value}
    facts = file_facts(path, ".tsf" if timed else ".ts", options, details=details, encoding=found.encoding)
    return table_of(channels, facts, options, rate_source=found.source, notes=found.notes)


class _Reading:
    """One pass over the lines of a file."""

    def __init__(self, path: Path, options: ImportOptions, *, monash: bool) -> None:
        self.path, self.options, self.monash = path, options, monash
        self.notes: list[str] = []
        self.title, self.encoding, self.total = "", "utf-8", 0
        self.rate: float | None = None
        self.source = "the file says no rate; enter a sampling rate"
        self.attributes: list[str] = []
        self.stamped = self.classes = False
        self.wanted = self._wanted()

    def _wanted(self) -> int | None:
        if self.options.series is None:
            return None
        digits = re.sub(r"(?i)^(row|case|series)\s*", "", self.options.series.strip())
        return int(digits) if digits.isdecimal() and not self.monash else None

    def channels(self) -> list[Channel]:
        """The series that become channels. Raises ImportFileError with the line."""
        found: list[tuple[str, Floats, Floats | None]] = []
        for number, line in self._data():
            self.total += 1
            if self._chosen(len(found), line):
                found += self._monash(number, line) if self.monash else self._case(number, line)
        if not found:
            what = f"no series {self.options.series!r} among {self.total}" if self.total else "the file has no series"
            raise ImportFileError(
                what,
                hint="Choose a series by its number or name." if self.total else "Choose a file with rows below @data.",
            )
        if self.total > MAX_SERIES and self.options.series is None:
            self.notes.append(f"the first {MAX_SERIES} of {self.total} series are channels; say which for another")
        names = unique_names([name for name, _, _ in found])
        channels: list[Channel] = []
        for name, (_, values, time) in zip(names, found, strict=True):
            clock = clock_of(time, name=name) if time is not None else None
            rate = clock.sample_rate if clock is not None else self.rate
            channels.append(Channel(name, values, None, rate, time))
            if clock is not None and len(channels) == 1:
                self.source = clock.text
        return channels

    def _chosen(self, have: int, line: str) -> bool:
        if self.options.series is None:
            return self.total <= MAX_SERIES
        if self.wanted is not None:
            return self.total == self.wanted
        return line.split(":", 1)[0].strip() == self.options.series or str(self.total) == self.options.series

    # --- the head

    def _data(self) -> Iterator[tuple[int, str]]:
        """Lines below @data, with their numbers."""
        begun = False
        with self.path.open(encoding="utf-8-sig", errors="replace") as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                text = line.strip()
                if len(line) >= MAX_LINE:
                    raise ImportFileError(
                        f"a line is longer than {MAX_LINE} characters", where=f"line {number}", hint="Cut the file."
                    )
                if not text or text.startswith(("#", "%")):
                    continue
                if begun:
                    yield number, text
                elif text.lower().startswith("@data"):
                    begun = True
                elif text.startswith("@"):
                    self._fact(text)
                else:
                    raise ImportFileError(
                        "a row stands above @data", where=f"line {number}", hint="Write @data above the first series."
                    )
        if not begun:
            raise ImportFileError("there is no @data", hint="Bring the whole file.")

    def _fact(self, text: str) -> None:
        key, _, value = text[1:].partition(" ")
        key, value = key.lower(), value.strip()
        if key in ("problemname", "relation"):
            self.title = "".join(c for c in value if c.isprintable())[:80]
        elif key == "timestamps":
            self.stamped = value.lower() == "true"
        elif key in ("classlabel", "targetlabel"):
            self.classes = value.lower().startswith("true")
        elif key == "attribute":
            self.attributes.append(value.split()[0] if value else "")
        elif key == "frequency" and (found := _STEP.fullmatch(value)) is not None:
            seconds = SECONDS[found[2].lower()] * (0.5 if value.lower().startswith("half") else float(found[1] or 1))
            self.rate = 1 / seconds
            self.source = f"@frequency {value} = {rate_in_words(self.rate)}"

    # --- rows

    def _monash(self, number: int, line: str) -> list[tuple[str, Floats, Floats | None]]:
        parts = line.split(":")
        if len(parts) != len(self.attributes) + 1:
            raise ImportFileError(
                f"{len(parts) - 1} attributes where {len(self.attributes)} were expected", where=f"line {number}",
                hint="Correct the line.",
            )  # fmt: skip
        facts = dict(zip(self.attributes, parts[:-1], strict=True))
        name = facts.get("series_name") or (parts[0] if self.attributes else "") or f"series {self.total}"
        start = next((value for key, value in facts.items() if "start" in key.lower()), None)
        if start and self.total <= 3:
            self.notes.append(f"{name} begins at {start.strip()[:40]}")
        return [(name.strip()[:60], _values(parts[-1], number), None)]

    def _case(self, number: int, line: str) -> list[tuple[str, Floats, Floats | None]]:
        if self.stamped:
            parts, label = _split_stamped(line, self.classes)
        else:
            parts = line.split(":")
            label = parts.pop().strip() if len(parts) > 1 and (self.classes or _is_word(parts[-1])) else ""
        found: list[tuple[str, Floats, Floats | None]] = []
        for i, part in enumerate(parts):
            name = f"case {self.total}" + (f" dimension {i + 1}" if len(parts) > 1 else "")
            name += f" (class {label[:20]})" if label else ""
            if self.stamped:
                values, time = _stamped(part, number)
                found.append((name, values, time))
            else:
                found.append((name, _values(part, number), None))
        return found


def _is_word(text: str) -> bool:
    """Whether the end of a row is a class although the head does not say that there are any."""
    return "," not in text and any(c.isalpha() for c in text) and text.strip().lower() not in MISSING


def _values(text: str, number: int) -> Floats:
    cells = text.split(",")
    try:
        return np.array([float("nan") if cell.strip().lower() in MISSING else float(cell) for cell in cells])
    except ValueError as error:
        word = str(error).rsplit(":", 1)[-1].strip()[:40]
        raise ImportFileError(
            f"{word} is not a number", where=f"line {number}", hint="Correct it there, or write ? for missing."
        ) from error


def _split_stamped(line: str, classes: bool) -> tuple[list[str], str]:
    """Dimensions of a case whose values are pairs (time, value), split at colons outside of brackets."""
    parts = re.split(r":(?=\s*\()|:(?=[^()]*$)", line) if "(" in line else line.split(":")
    label = parts.pop().strip() if classes and len(parts) > 1 and "(" not in parts[-1] else ""
    return parts, label


def _stamped(text: str, number: int) -> tuple[Floats, Floats]:
    """Values and seconds of "(time,value),(time,value),…"; times are numbers or dates."""
    pairs = re.findall(r"\(\s*([^(),]*(?:,[^(),]*)*?)\s*,\s*([^(),]*)\s*\)", text)
    if not pairs:
        return np.zeros(0), np.zeros(0)
    values = _values(",".join(value for _, value in pairs), number)
    stamps = [stamp.strip() for stamp, _ in pairs]
    try:
        seconds = np.array([float(stamp) for stamp in stamps])
    except ValueError:
        try:
            moments = np.array([stamp.replace(" ", "T") for stamp in stamps], "datetime64[us]")
        except ValueError as error:
            raise ImportFileError(
                f"{stamps[0][:40]!r} is not a time",
                where=f"line {number}",
                hint="Write times as 2020-01-31 12:00:00, or as numbers.",
            ) from error
        seconds = moments.astype(np.int64) / 1e6
    return values, seconds - seconds[0]


IMPORTER = Importer("series", ".ts and .tsf of many series", (".ts", ".tsf"), _sniff, _read)
