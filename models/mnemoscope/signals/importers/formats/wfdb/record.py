"""A WFDB record from its files."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.formats.wfdb import annotations
from mnemoscope.signals.importers.formats.wfdb.header import Header, Signal, parse
from mnemoscope.signals.importers.formats.wfdb.samples import FORMATS, Format
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.regular import MAX_VALUES, Channel, Event, table_of, unique_names
from mnemoscope.signals.importers.report import file_facts
from mnemoscope.signals.importers.table import Table

SEGMENTED = re.compile(rb"(?:\s*#.*\r?\n|\s*\r?\n)*[\w-]+/\d+\s")
"""The first line of a record of several segments."""
MAX_HEADER = 1 << 20
MAX_ANNOTATORS = 8
_CONVERT = "Convert the record: `xform -i NAME -o NEW`, or save it as CSV: `rdsamp -c -p -v -r NAME > data.csv`."


def header_of(files: Mapping[str, Path]) -> Path:
    """The one header among the files. Raises ImportFileError."""
    headers = [name for name in files if name.lower().endswith(".hea")]
    if len(headers) == 1:
        return files[headers[0]]
    if len(headers) > 1 and (whole := _of_segments([files[name] for name in headers])) is not None:
        return whole
    if len(headers) > 1:
        raise ImportFileError(f"{len(headers)} records at once: {', '.join(headers[:8])}", hint="Bring one record.")
    from mnemoscope.signals.importers.formats.wfdb import IMPORTER

    for path in files.values():
        with path.open("rb") as file:
            if IMPORTER.sniff(file.read(4096)):
                return path
    raise ImportFileError("no header among the files", hint="Bring the record's .hea too.")


def _of_segments(headers: list[Path]) -> Path | None:
    """The one header among several that says of which segments its record is made."""
    found: list[Path] = []
    for path in headers:
        with path.open("rb") as file:
            if SEGMENTED.match(file.read(4096)):
                found.append(path)
    return found[0] if len(found) == 1 else None


def read(header_path: Path, files: Mapping[str, Path], options: ImportOptions) -> Table:
    """The record of a header, its other files by name. Raises ImportFileError."""
    header = header_at(header_path)
    notes: list[str] = [f"header: {comment[:200]}" for comment in header.comments[:5] if comment]
    known = {name for name, path in files.items() if path == header_path}
    known |= {header_path.name, *(signal.file for signal in header.signals)}
    formats = {signal.format for signal in header.signals}
    if header.segments:
        from mnemoscope.signals.importers.formats.wfdb.segments import joined

        channels, more = joined(header, files, notes)
        known |= more.files
        formats = more.formats
    else:
        channels = channels_of(header, files, notes)
    events = _events(header, {n: p for n, p in files.items() if n not in known}, notes)
    rates = sorted({channel.sample_rate or 0.0 for channel in channels}, reverse=True)
    details = {
        "record": header.name,
        "samples": ", ".join(f"format {f}" for f in sorted(formats)),
    }
    if header.segments:
        details["segments"] = str(len(header.segments))
    if events:
        details["annotations"] = ", ".join(f"{len(found)} in {name}" for name, found in events.items())
    facts = file_facts(header_path, "WFDB", options, details=details)
    source = " and ".join(f"{rate:g} Hz" for rate in rates) + ", as the header says"
    return table_of(channels, facts, options, rate_source=source, events=events, notes=notes)


def header_at(path: Path) -> Header:
    """The header in a file. Raises ImportFileError."""
    with path.open("rb") as file:
        return parse(file.read(MAX_HEADER).decode("latin-1"))


def channels_of(header: Header, files: Mapping[str, Path], notes: list[str]) -> list[Channel]:
    """The signals of a header in their units, NaN where the recorder had none."""
    channels: list[Channel] = []
    names = unique_names([signal.name for signal in header.signals])
    for name, signal, values in zip(names, header.signals, _digital(header, files, notes), strict=True):
        missing = FORMATS[signal.format].missing
        physical = (values - float(signal.baseline)) / signal.gain
        if missing is not None:
            physical[values == missing] = np.nan
        channels.append(Channel(name, physical, _unit(signal.unit), header.rate * signal.per_frame))
    return channels


def _unit(text: str) -> str:
    return {"uV": "µV", "degC": "°C"}.get(text, text)


def _digital(header: Header, files: Mapping[str, Path], notes: list[str]) -> list[NDArray[np.int64]]:
    """Integers of every signal, file by file: signals of one file take turns, frame by frame."""
    found: dict[int, NDArray[np.int64]] = {}
    for name in dict.fromkeys(signal.file for signal in header.signals):
        group = [(i, signal) for i, signal in enumerate(header.signals) if signal.file == name]
        for i, values in _of_file(header, name, [signal for _, signal in group], files, notes).items():
            found[group[i][0]] = values
    return [found[i] for i in range(len(header.signals))]


def _of_file(
    header: Header, name: str, signals: list[Signal], files: Mapping[str, Path], notes: list[str]
) -> dict[int, NDArray[np.int64]]:
    first = signals[0]
    form = FORMATS.get(first.format)
    if form is None or any(signal.format != first.format for signal in signals):
        kinds = ", ".join(sorted({str(signal.format) for signal in signals}))
        raise ImportFileError(
            f"{name} has samples in format {kinds}; read are {', '.join(map(str, FORMATS))}",
            hint=_CONVERT,
        )
    if name not in files:
        raise ImportFileError(
            f"the samples of record {header.name} lie in {name}, which is not there",
            hint=f"Bring {name} together with its header, in one go or as a ZIP.",
        )
    path = files[name]
    size = path.stat().st_size - first.offset
    frame = sum(signal.per_frame for signal in signals)
    unpacked = _unpacked(path, form, signals) if form.compressed else None
    there = (max(form.count_in(size), 0) if unpacked is None else len(unpacked)) // frame
    frames = there if header.samples is None else min(header.samples, there)
    if frames < 1:
        raise ImportFileError(f"{name} holds no sample: it is empty or cut short", hint="Bring the whole file.")
    if header.samples is not None and there < header.samples:
        notes.append(f"the header says {header.samples} samples; {name} holds {there}: it is cut short")
    if frames * frame > MAX_VALUES:
        raise ImportFileError(f"{name} holds more than {MAX_VALUES} samples", hint="Bring a part of the record.")
    if unpacked is not None:
        raw = unpacked[: frames * frame].reshape(frames, frame)
    else:
        with path.open("rb") as file:
            file.seek(first.offset)
            raw = form.read(file.read(form.bytes_of(frames * frame)), frames * frame).reshape(frames, frame)
    found: dict[int, NDArray[np.int64]] = {}
    at = 0
    for i, signal in enumerate(signals):
        values = raw[:, at : at + signal.per_frame].reshape(-1).astype(np.int64)
        at += signal.per_frame
        if signal.format == 8:
            values = np.cumsum(values)
        whole = header.samples is None or frames == header.samples
        if whole and signal.checksum is not None and (int(values.sum()) - signal.checksum) % 65_536:
            notes.append(f"{signal.name}: the samples do not add up to the checksum of the header")
        if signal.skew:
            shift = min(signal.skew * signal.per_frame, len(values))
            gone = np.full(shift, form.missing if form.missing is not None else values[-1], np.int64)
            values = np.concatenate((values[shift:], gone))
        found[i] = values
    return found


def _unpacked(path: Path, form: Format, signals: list[Signal]) -> NDArray[np.int32]:
    """All samples of a compressed file in the order of the other formats: frame by frame, signal by signal."""
    with path.open("rb") as file:
        file.seek(signals[0].offset)
        values = form.read(file.read(), MAX_VALUES)
    per_frame = signals[0].per_frame
    if any(signal.per_frame != per_frame for signal in signals):
        raise ImportFileError(f"{path.name} is compressed and has signals of several rates", hint=_CONVERT)
    if per_frame == 1:
        return values
    frames = len(values) // (per_frame * len(signals))
    turns = values[: frames * per_frame * len(signals)].reshape(frames, per_frame, len(signals))
    return turns.transpose(0, 2, 1).reshape(-1)


def _events(header: Header, files: Mapping[str, Path], notes: list[str]) -> dict[str, list[Event]]:
    """The annotations beside a record, by the suffix of their file."""
    found: dict[str, list[Event]] = {}
    for name in sorted(files)[:MAX_ANNOTATORS]:
        if name.lower().endswith((".hea", ".dat", ".mat")):
            notes.append(f"{name} belongs to another record and was left out")
            continue
        try:
            listed, rate = annotations.parse(files[name].read_bytes())
        except (ValueError, IndexError) as error:
            notes.append(f"{name} holds no annotations that can be read ({error}); it was left out")
            continue
        rate = rate or header.rate
        key = name.rsplit(".", 1)[-1] if name.startswith(f"{header.name}.") else name
        found[key] = [Event(one.sample / rate, 0.0, one.text) for one in listed]
    return found
