"""The header of a WFDB record (https://physionet.org/physiotools/wag/header-5.htm)."""

import re
from dataclasses import dataclass

from mnemoscope.errors import ImportFileError

_RECORD = re.compile(
    r"(?P<name>[\w-]+)(?:/(?P<segments>\d+))?\s+(?P<signals>\d+)(?:\s+(?P<rate>[\d.eE+]+)(?:/[\d.eE+-]+(?:\([\d.eE+-]+\))?)?"
    r"(?:\s+(?P<samples>\d+)(?P<start>\s+.*)?)?)?\s*"
)
_SIGNAL = re.compile(
    r"(?P<file>~|[\w.-]+)\s+(?P<format>\d+)(?:x(?P<frame>\d+))?(?::(?P<skew>\d+))?(?:\+(?P<offset>\d+))?"
    r"(?:\s+(?P<gain>[\d.eE+-]+)(?:\((?P<baseline>-?\d+)\))?(?:/(?P<unit>\S+))?"
    r"(?:\s+(?P<bits>-?\d+)(?:\s+(?P<zero>-?\d+)(?:\s+(?P<first>-?\d+)(?:\s+(?P<checksum>-?\d+)(?:\s+(?P<block>\d+)"
    r"(?:\s+(?P<name>.*))?)?)?)?)?)?)?\s*"
)
_SEGMENT = re.compile(r"(?P<name>~|[\w-]+)\s+(?P<samples>\d{1,15})")
MAX_SIGNALS = 256
MAX_SEGMENTS = 10_000
MAX_PER_FRAME = 10_000


@dataclass(frozen=True)
class Signal:
    """One line of a header. physical = (digital - baseline) / gain."""

    file: str
    format: int
    per_frame: int
    skew: int
    offset: int
    """Bytes of the file before its first sample."""
    gain: float
    baseline: int
    unit: str
    checksum: int | None
    name: str


@dataclass(frozen=True)
class Segment:
    """One line of the header of a record in several segments."""

    name: str
    """Of the segment's own record; "~": nothing was recorded."""
    samples: int
    """Frames."""


@dataclass(frozen=True)
class Header:
    """A record, or one of its segments."""

    name: str
    rate: float
    """Frames a second, Hz."""
    samples: int | None
    """Frames, None where the header does not say."""
    signals: tuple[Signal, ...]
    """None of a record in several segments, each of which has a header with signals of its own."""
    comments: tuple[str, ...]
    segments: tuple[Segment, ...] = ()


def parse(text: str) -> Header:
    """Raises ImportFileError with the line."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1)]
    comments = tuple(line.lstrip("# ") for _, line in lines if line.startswith("#"))
    lines = [(n, line) for n, line in lines if line and not line.startswith("#")]
    again = "Bring the header as it came from its data base."
    if not lines or (found := _RECORD.fullmatch(lines[0][1])) is None:
        raise ImportFileError(
            "this is no line of a WFDB record", where=f"line {lines[0][0] if lines else 1}", hint=again
        )
    count = int(found["signals"])
    rate = _float(found["rate"] or "250", lines[0][0])
    if not 1e-6 < rate < 1e7:
        raise ImportFileError(f"the header says {rate:g} Hz", where=f"line {lines[0][0]}", hint=again)
    samples = int(found["samples"] or 0) or None
    if found["segments"]:
        segments = _segments(int(found["segments"]), lines)
        return Header(found["name"], rate, samples, (), comments, segments)
    if not 0 < count <= MAX_SIGNALS or len(lines) - 1 < count:
        raise ImportFileError(
            f"the header says {count} signals and describes {len(lines) - 1}", where=f"line {lines[0][0]}", hint=again
        )
    signals = tuple(_signal(number, line, i) for i, (number, line) in enumerate(lines[1 : count + 1]))
    return Header(found["name"], rate, samples, signals, comments)


def _segments(count: int, lines: list[tuple[int, str]]) -> tuple[Segment, ...]:
    again = "Bring the header as it came from its data base."
    if not 0 < count <= MAX_SEGMENTS or len(lines) - 1 < count:
        raise ImportFileError(
            f"the header says {count} segments and names {len(lines) - 1}", where=f"line {lines[0][0]}", hint=again
        )
    found: list[Segment] = []
    for number, line in lines[1 : count + 1]:
        part = _SEGMENT.fullmatch(line)
        if part is None:
            raise ImportFileError("this is no line of a WFDB segment", where=f"line {number}", hint=again)
        found.append(Segment(part["name"], int(part["samples"])))
    return tuple(found)


def _signal(number: int, line: str, index: int) -> Signal:
    found = _SIGNAL.fullmatch(line)
    if found is None:
        raise ImportFileError(
            "this is no line of a WFDB signal",
            where=f"line {number}",
            hint="Files are named without folders: `100.dat`.",
        )
    frame = int(found["frame"] or 1)
    if not 0 < frame <= MAX_PER_FRAME:
        raise ImportFileError(
            f"the header says {frame} samples a frame", where=f"line {number}", hint="Correct it there."
        )
    zero = int(found["zero"] or 0)
    return Signal(
        file=found["file"],
        format=int(found["format"]),
        per_frame=frame,
        skew=int(found["skew"] or 0),
        offset=int(found["offset"] or 0),
        gain=_float(found["gain"] or "0", number) or 200.0,
        baseline=zero if found["baseline"] is None else int(found["baseline"]),
        unit=found["unit"] or "mV",
        checksum=None if found["checksum"] is None else int(found["checksum"]),
        name=(found["name"] or "").strip() or f"signal {index + 1}",
    )


def _float(text: str, number: int) -> float:
    try:
        value = float(text)
        if value != value or abs(value) > 1e30:
            raise ValueError
    except ValueError:
        raise ImportFileError(f"{text!r} is no number", where=f"line {number}", hint="Correct it there.") from None
    return value
