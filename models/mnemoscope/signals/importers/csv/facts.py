"""What stands above the data besides names: rate, increment, separators, words of the programs that wrote the file."""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from mnemoscope.signals.importers.tabular.numbers import UNIT, Style, number_in

_RATE = re.compile(
    r"(?:sampl(?:e|ing)[ _]?(?:rate|freq(?:uency)?)|sample[ _]?hz|\bfs\b|frequency"
    r"|(?<!heart[ _])(?<!pulse[ _])(?<!breathing[ _])(?<!respiratory[ _])(?<!flow[ _])(?<!dose[ _])(?<!bit[ _])(?<!baud[ _])\brate\b|abtastrate|samples?[ _]?per[ _]?sec(?:ond)?)"
    r"\s*[\"']?\s*(?:[(\[]\s*(?P<in>[^)\]]{1,12}?)\s*[)\]])?[\"']?\s*(?::=|[:=,;\t ])\s*[\"'\[]*\s*(?P<value>[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?)",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"(?:^interval(?==)|sampl(?:e|ing)[ _]?(?:interval|period|time|increment)|(?:time|x)[ _]?(?:increment|step|base[ _]?increment)|increment"
    r"|delta[ _]?(?:x|t)|xincr?(?:ement)?|h(?:orizontal)?[ _]?(?:interval|resolution)|\bdt\b|time[ _]?step|\bxinc\b|abtastintervall)"
    r"\s*[\"']?\s*(?:[(\[]\s*(?P<in>[^)\]]{1,12}?)\s*[)\]])?[\"']?\s*(?::=|[:=,;\t ])\s*[\"']*\s*"
    r"(?P<value>[-+]?(?:\d[\d.,]*|\.\d+)(?:[eE][-+]?\d+)?)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[\"']?\s?,?;?\t?\s?[\"']?(?P<unit>[A-Za-zµμ%/]+(?:\s?(?:/|per)\s?[A-Za-z]+)?)?")
"""What stands behind a number."""
_HERTZ = re.compile(
    r"(?P<prefix>[kKMGm]?)(?:[Hh][Zz]|[Hh]ertz|[Ss](?:a|amples?)?\s?(?:/|per)\s?s(?:ec(?:ond)?)?|[Ss][Pp][Ss]|1/s|/s(?:ec)?)"
)
_OFTEN = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "m": 1e-3, "": 1.0}
_DURATION = re.compile(
    r"(?P<prefix>[munpµμ]?)(?:s(?:ec(?:ond)?s?)?)|(?P<long>milli|micro|nano)seconds?|(?P<more>min(?:ute)?s?|h(?:(?:ou)?rs?)?|d(?:ays?)?)",
    re.IGNORECASE,
)
_LONG = {"milli": 1e-3, "micro": 1e-6, "nano": 1e-9}
_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86_400.0}
_PREFIXES = {"m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "n": 1e-9, "p": 1e-12}
_A_SAMPLE = re.compile(r"(\d+(?:\.\d+)?) (m|u|µ)?sec/sample")
_LABELS = re.compile(r"^\W*(?:labels?|columns?|channels?)\s*(?::=|:|=)\s*(.+)$", re.IGNORECASE)

_COUNT = re.compile(
    r"\bNPTS\s*[=:]?\s*(\d+)|\bn(?:umber|o\.?) of (?:data )?(?:points|samples|values)\s*[=:]?\s*(\d+)", re.IGNORECASE
)
_SAMPLES_AND_RATE = re.compile(r"\b(\d+) samples, (\d+(?:\.\d+)?) sps\b")
_WID = re.compile(r"WID[12]\s.*\b(?:INT|AU\d|CM\d)\s+(\d+)\s+(\d+(?:\.\d+)?)\s")
"""The head of a waveform in GSE and IMS."""
_ACTIGRAPH = re.compile(r"-+ Data File Created By ActiGraph.*? at (\d+) Hz")

_ATTRIBUTE = re.compile(r"@attribute\s+('[^']+'|\"[^\"]+\"|\S+)\s", re.IGNORECASE)
"""A column of ARFF."""


@dataclass(frozen=True)
class Facts:
    """What the lines above the data say of the signal."""

    sample_rate: float | None = None
    evidence: str = ""
    """The line that says the rate."""
    names: tuple[str, ...] = ()
    decimal: str | None = None
    delimiter: str | None = None
    skip: int = 0
    """Lines that the file itself says stand above its names."""
    samples: int | None = None
    """How many values the file says it holds."""
    program: str = ""
    """Which program's layout the file has: TOA5, LabVIEW, OpenSignals …"""


def facts_of(lines: list[str]) -> Facts:
    """The facts in the first lines of a file, as far as they are known."""
    found = Facts()
    for line in lines[:80]:
        text = line.strip()
        if not text or len(text) > 4000:
            continue
        if found.sample_rate is None and (rate := _rate(text)) is not None:
            found = replace(found, sample_rate=rate, evidence=text[:120])
        if '"sampling rate"' in text and "{" in text:
            found = _opensignals(text, found)
        if labels := _LABELS.match(text):
            names = tuple(name.strip() for name in re.split(r"[,;\t|]", labels[1]) if name.strip())
            found = replace(found, names=found.names or names)
        if attribute := _ATTRIBUTE.match(text):
            found = replace(found, names=(*found.names, attribute[1].strip("'\"")), program="ARFF")
        if line.startswith("ChannelTitle="):  # behind the time, which has no title
            found = replace(found, names=("Time", *(cell.strip() for cell in line.split("\t")[1:])), program="LabChart")
        if text.lower().startswith("decimal_separator"):
            found = replace(found, decimal=text.split()[-1] if text[-1:] in ",." else None)
        if match := re.fullmatch(r"[\"']?sep=(.+?)[\"']?", text, re.IGNORECASE):
            found = replace(found, delimiter={"\\t": "\t", "tab": "\t"}.get(match[1].lower(), match[1]))
    if found.sample_rate is None and (stated := _increment_below(lines[:10])) is not None:
        found = replace(found, sample_rate=stated[0], evidence=stated[1], program="Rigol")
    head = lines[0].strip().strip('"') if lines else ""
    found = _of_program(lines, found)
    if head.startswith(("TOA5", "TOACI1")):
        found = replace(found, program=head[:4])
    elif head.startswith("LabVIEW Measurement"):
        found = replace(found, program="LabVIEW")
    return found


def _of_program(lines: list[str], found: Facts) -> Facts:
    """What the first lines of known programs say in words of their own."""
    head = lines[0] if lines else ""
    if re.match(r"ATF\s+\d", head) and len(lines) > 2 and (counts := re.match(r"\s*(\d{1,3})\s+\d+\s*$", lines[1])):
        return replace(found, skip=2 + int(counts[1]), program="ATF")
    if match := _SAMPLES_AND_RATE.search(head):  # IRIS
        return replace(found, samples=int(match[1]), sample_rate=float(match[2]), evidence=head.strip()[:120])
    if match := _WID.match(head):
        return replace(found, samples=int(match[1]), sample_rate=float(match[2]), evidence=head.strip()[:120])
    if match := _ACTIGRAPH.match(head):
        epoch = next(
            (m for line in lines[:12] if (m := re.match(r"Epoch Period \(hh:mm:ss\) (\d+):(\d+):(\d+)", line))), None
        )
        seconds = (
            sum(int(part) * unit for part, unit in zip(epoch.groups(), (3600, 60, 1), strict=True)) if epoch else 0
        )
        return replace(
            found, sample_rate=1 / seconds if seconds else float(match[1]), evidence=(epoch or match)[0][:120]
        )
    for line in lines[:80]:
        if match := _COUNT.search(line):
            return replace(found, samples=int(match[1] or match[2]))
    lasting = next((m for line in lines[:80] if (m := re.match(r"Duration Time\(s\)\s+(\d+)", line))), None)
    if lasting is not None and found.sample_rate:  # K-NET
        return replace(found, samples=round(int(lasting[1]) * found.sample_rate))
    return found


def _rate(text: str) -> float | None:
    if match := _A_SAMPLE.fullmatch(text):
        return 1 / (float(match[1]) * _PREFIXES.get(match[2], 1.0)) if float(match[1]) > 0 else None
    if match := _STEP.search(text):
        seconds, factor = _number(match["value"]), _unit_of(text, match, _seconds_in)
        if seconds and seconds > 0 and factor:
            return 1 / (seconds * factor)
    if match := _RATE.search(text):
        hertz, factor = _number(match["value"]), _unit_of(text, match, _hertz_in)
        if hertz and hertz > 0 and factor:
            return hertz * factor
    return None


def _unit_of(text: str, match: re.Match[str], size: Callable[[str], float | None]) -> float | None:
    """How large the unit of a number is that a fact gives: before it in brackets, or behind it; 1 where there is none.

    None where a word stands right behind the number that is no unit here: what it counts in is not known then.
    """
    if match["in"] is not None and (factor := size(match["in"].strip())) is not None:
        return factor
    behind = _UNIT.match(text, match.end())
    word = behind["unit"] if behind else None
    if behind is None or word is None:
        return 1.0
    if (factor := size(word)) is not None:
        return factor
    if UNIT.fullmatch(word):  # 60 bpm is no rate of samples
        return None
    attached = behind.start("unit") == match.end() or "/" in word or " per " in word
    return None if attached or re.match(r"(?:weeks?|months?|years?|cycles?|samples?)\b", word, re.IGNORECASE) else 1.0


def _hertz_in(unit: str) -> float | None:
    found = _HERTZ.fullmatch(unit)
    return _OFTEN[found["prefix"]] if found else None


def _seconds_in(unit: str) -> float | None:
    found = _DURATION.fullmatch(unit)
    if found is None:
        return None
    if found["long"]:
        return _LONG[found["long"].lower()]
    if found["more"]:
        return _SECONDS[found["more"][0].lower()]
    return _PREFIXES.get(found["prefix"].lower(), 1.0)


def _increment_below(lines: list[str]) -> tuple[float, str] | None:
    """A column named Increment that has one value, below its name (Rigol)."""
    for above, line in itertools.pairwise(lines):
        names, cells = re.split(r"[,;\t]", above), re.split(r"[,;\t]", line)
        at = next(
            (i for i, name in enumerate(names) if name.strip().lower() in ("increment", "xincrement", "tinc")), None
        )
        if at is not None and at < len(cells) and (step := _number(cells[at].strip())) and step > 0:
            return 1 / step, f"{names[at].strip()} {cells[at].strip()}"
    return None


def _number(text: str) -> float | None:
    text = text.rstrip(".,")
    for style in (Style(".", ","), Style(",", ".")):
        if (found := number_in(text, style)) is not None:
            return found.value
    return None


def _opensignals(text: str, found: Facts) -> Facts:
    """The JSON of an OpenSignals header: {"device": {"sampling rate": 1000, "column": ["nSeq", "A1"], …}}."""
    try:
        devices: dict[str, dict[str, Any]] = json.loads(text[text.index("{") :])
        listed = list(devices.values())
    except (ValueError, RecursionError, AttributeError):
        return found
    for device in listed:
        if isinstance(device, dict) and isinstance(rate := device.get("sampling rate"), int | float) and rate > 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            names = tuple(map(str, device.get("column") or ()))
            return replace(
                found, sample_rate=float(rate), evidence=f"sampling rate {rate}", names=names, program="OpenSignals"
            )
    return found


def lone_start_and_rate(rows: list[list[str]], style: Style) -> float | None:
    """The rate of a file that begins with the start in Unix seconds and the rate, a row each, the same in all columns (Empatica)."""
    if len(rows) < 4 or not (len(rows[0]) == len(rows[1]) == len(rows[2])):
        return None
    numbers = [[number_in(cell, style) for cell in row] for row in rows[:4]]
    if any(number is None for row in numbers for number in row):
        return None
    start, rate, *rest = ([number.value for number in row if number is not None] for row in numbers)
    same = len(set(start)) == len(set(rate)) == 1
    usual = max(abs(value) for row in rest for value in row)
    if same and 631_152_000 <= start[0] <= 4_102_444_800 and 0.01 <= rate[0] <= 20_000 and usual < start[0] / 100:
        return rate[0]
    return None
