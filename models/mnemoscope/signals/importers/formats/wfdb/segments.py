"""A WFDB record in segments (https://physionet.org/physiotools/wag/header-5.htm): of a fixed layout, or of one that changes.

In a fixed layout every segment has the same signals. In a variable one the first segment has no samples, and its header lists every
signal of the record (format 0, file "~"); a segment has some of them. What a segment lacks, and what was not recorded, is missing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.formats.wfdb.header import Header
from mnemoscope.signals.importers.formats.wfdb.record import channels_of, header_at
from mnemoscope.signals.importers.regular import MAX_VALUES, Channel, unique_names

MIN_CLAIMED, CLAIMED_OF_A_SAMPLE = 10_000_000, 100
"""Values that a record may have, most of them missing, whatever its segments hold, and for each value that is there."""


class Parts(NamedTuple):
    """What a record of segments is made of."""

    files: set[str]
    formats: set[int]


def joined(header: Header, files: Mapping[str, Path], notes: list[str]) -> tuple[list[Channel], Parts]:
    """The signals of all segments, one after the other. Raises ImportFileError for a segment that is not there."""
    headers = [_header_of(segment.name, files) if segment.name != "~" else None for segment in header.segments]
    variable = header.segments[0].samples == 0 and headers[0] is not None
    listed = headers[0] if variable else next((one for one in headers if one is not None), None)
    if listed is None:
        raise ImportFileError("no segment of the record holds a signal", hint="Bring the segments too.")
    names = unique_names([signal.name for signal in listed.signals])
    per_frame = _per_frame(listed, headers[1:] if variable else headers)
    read = [
        None if own is None or segment.samples == 0 else channels_of(own, files, notes)
        for segment, own in zip(header.segments, headers, strict=True)
    ]
    total = sum(segment.samples for segment in header.segments)
    there = sum(len(channel.values) for channels in read if channels is not None for channel in channels)
    if total * sum(per_frame) > min(MAX_VALUES, max(MIN_CLAIMED, CLAIMED_OF_A_SAMPLE * there)):
        raise ImportFileError(
            f"the record says {total} samples a signal, and {there} values are there", hint="Bring one of its segments."
        )
    values = [np.full(total * many, np.nan) for many in per_frame]
    units: list[str | None] = [None] * len(names)
    parts, at = Parts(set(), set()), 0
    for segment, own, channels in zip(header.segments, headers, read, strict=True):
        if own is not None:
            parts.files.update((f"{segment.name}.hea", *(signal.file for signal in own.signals)))
        for channel in channels or ():
            i = _place(channel.name, names, variable, own)
            units[i] = _unit(units[i], channel, segment.name)
            start = at * per_frame[i]
            room = values[i][start : start + segment.samples * per_frame[i]]
            room[: len(channel.values)] = channel.values[: len(room)]
        if own is not None and channels is not None:
            parts.formats.update(signal.format for signal in own.signals)
        at += segment.samples
    lacking = headers.count(None)
    if lacking:
        notes.append(f"{counted(lacking, 'segment')} without a recording: missing values")
    rates = [header.rate * many for many in per_frame]
    made = zip(names, values, units, rates, strict=True)
    return [Channel(name, own, unit, rate) for name, own, unit, rate in made], parts


def _header_of(name: str, files: Mapping[str, Path]) -> Header:
    if f"{name}.hea" not in files:
        raise ImportFileError(
            f"the segment {name} of the record is not there",
            hint="Bring the headers and samples of all segments together with the record's own header, in one go or as a ZIP.",
        )
    header = header_at(files[f"{name}.hea"])
    if header.segments:
        raise ImportFileError(f"the segment {name} is made of segments again", hint="Bring that record by itself.")
    return header


def _per_frame(listed: Header, headers: list[Header | None]) -> list[int]:
    """Samples a frame of every signal: what the segments say, which must agree."""
    found: list[int] = []
    for signal in listed.signals:
        own = [one for header in headers if header is not None for one in header.signals if one.name == signal.name]
        kinds = {one.per_frame for one in own} or {signal.per_frame}
        if len(kinds) > 1:
            raise ImportFileError(
                f"{signal.name} has {', '.join(map(str, sorted(kinds)))} samples a frame in different segments",
                hint="Bring one segment.",
            )
        found.append(kinds.pop())
    return found


def _place(name: str, names: list[str], variable: bool, own: Header | None) -> int:
    if name in names:
        return names.index(name)
    where = "the record's list of signals" if variable else "the first segment"
    raise ImportFileError(
        f"the segment {own.name if own else name} has a signal {name!r} that {where} does not have",
        hint="Bring one segment.",
    )


def _unit(before: str | None, channel: Channel, segment: str) -> str | None:
    if before is not None and before != channel.unit:
        raise ImportFileError(
            f"{channel.name} is in {before} and, in segment {segment}, in {channel.unit}", hint="Bring one segment."
        )
    return channel.unit
