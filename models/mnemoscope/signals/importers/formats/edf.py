"""EDF, EDF+, BDF and BDF+ by edfio: every channel at its own rate, annotations as labels.

edfio believes its files; what they say of themselves is checked here.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.foreign import foreign
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table

if TYPE_CHECKING:
    from edfio import Bdf, Edf

RATES = (1e-6, 1e7)
"""Hz that a channel can be sampled at."""
MAX_SIGNALS = 1024
_AGAIN = "Export it again from the program that made it."


def _sniff(data: bytes) -> float:
    return 1.0 if data.startswith((b"0       ", b"\xffBIOSEMI")) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    return _recording(_Fields(path), [], options)


def _read_set(files: Mapping[str, Path], options: ImportOptions) -> Table:
    """A recording and files of annotations alone that belong to it, such as the stages of a night."""
    found: list[_Fields] = []
    for name, path in files.items():
        with path.open("rb") as file:
            if not _sniff(file.read(16)):
                raise ImportFileError(f"{name} is no EDF", hint="Bring a recording and its annotations.")
        found.append(_Fields(path))
    recordings = [fields for fields in found if not fields.annotations_only]
    if len(recordings) != 1:
        raise ImportFileError(f"{len(recordings)} recordings among {len(found)} files", hint="Bring one at a time.")
    return _recording(recordings[0], [fields for fields in found if fields.annotations_only], options)


def _open(fields: "_Fields") -> "Edf | Bdf":
    import edfio

    read = edfio.read_edf if fields.width == 2 else edfio.read_bdf
    return read(fields.path, header_encoding="latin-1")


def _recording(fields: "_Fields", beside: "list[_Fields]", options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.regular import Channel, Event, table_of, unique_names
    from mnemoscope.signals.importers.report import file_facts

    notes = fields.notes
    with foreign("this " + fields.kind, _AGAIN):
        recording = _open(fields)
        starts = fields.starts()
        channels: list[Channel] = []
        names = unique_names([signal.label or f"channel {i + 1}" for i, signal in enumerate(recording.signals)])
        for name, signal in zip(names, recording.signals, strict=True):
            rate = signal.samples_per_data_record / fields.duration if fields.duration else 0.0
            if not RATES[0] < rate < RATES[1]:
                raise ImportFileError(f"channel {name} has a rate of {rate:g} Hz", where="header", hint=_AGAIN)
            if signal.physical_min == signal.physical_max or signal.digital_min == signal.digital_max:
                notes.append(f"{name}: the header says no scale; its values are those of the converter")
            values = np.asarray(signal.data)
            time = None
            if starts is not None:
                within = np.arange(signal.samples_per_data_record) / rate
                time = (starts[:, None] + within).reshape(-1)
            channels.append(Channel(name, values, _unit(signal.physical_dimension), rate, time))
    events = [Event(onset, duration, text) for onset, duration, text in _annotations(recording, notes)]
    for other in beside:
        with foreign("this " + other.kind, _AGAIN):
            later = (other.begins - fields.begins).total_seconds() if other.begins and fields.begins else 0.0
            events += [Event(onset + later, length, text) for onset, length, text in _annotations(_open(other), notes)]
    if not channels:
        raise ImportFileError(
            f"this {fields.kind} holds {len(events)} annotations and no signal",
            hint="Bring the recording that they belong to.",
        )
    rates = sorted({channel.sample_rate or 0.0 for channel in channels}, reverse=True)
    source = " and ".join(f"{rate:g} Hz" for rate in rates) + ", as the header says"
    details = {"records": f"{fields.records} of {fields.duration:g} s", "annotations": str(len(events))}
    facts = file_facts(fields.path, fields.kind, options, details=details)
    return table_of(channels, facts, options, rate_source=source, events={"annotations": events}, notes=notes)


def _moment(text: str) -> datetime | None:
    """Date and time of a header, "24.04.8916.13.00"; None where they were taken out."""
    try:
        return datetime.strptime(text, "%d.%m.%y%H.%M.%S")
    except ValueError:
        return None


def _unit(text: str) -> str | None:
    return {"uV": "µV", "degC": "°C", "DegC": "°C", "": None}.get(text.strip(), text.strip())


def _annotations(recording: "Edf | Bdf", notes: list[str]) -> list[tuple[float, float, str]]:
    """Onset and duration in seconds and text; a file whose annotations are damaged is read without them."""
    try:
        found = recording.annotations
    except Exception as error:  # damaged lists fail in edfio in any way at all; the signals are whole
        notes.append(f"the annotations are damaged and were left out ({str(error)[:80]})")
        return []
    return [(a.onset, a.duration or 0.0, a.text) for a in found]


class _Fields:
    """What the header says, held against the size of the file. Raises ImportFileError."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            width = 3 if file.read(1) == b"\xff" else 2
        self.path, self.width = path, width
        """`width`: bytes of a sample."""
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(256)
            reserved = head[192:236].decode("latin-1").strip()
            self.kind = ("EDF" if width == 2 else "BDF") + ("+" if reserved[3:4] == "+" else "")
            if len(head) < 256:
                raise ImportFileError(f"the header of this {self.kind} is cut short", where="byte 0", hint=_AGAIN)
            self.gapped = reserved[3:5] == "+D"
            self.begins = _moment(head[168:184].decode("latin-1"))
            self.signals = int(self._number(head, 252, 256, "number of signals"))
            self.duration = self._number(head, 244, 252, "length of a record")
            self.records = int(self._number(head, 236, 244, "number of records"))
            if not 0 < self.signals <= MAX_SIGNALS:
                raise ImportFileError(f"the header says {self.signals} signals", where="byte 252", hint=_AGAIN)
            rest = file.read(256 * self.signals)
        if len(rest) < 256 * self.signals:
            raise ImportFileError(f"the header of this {self.kind} is cut short", where="byte 256", hint=_AGAIN)
        n = self.signals
        self.labels = [rest[16 * i : 16 * i + 16].decode("latin-1").strip() for i in range(n)]
        at = 216 * n
        self.samples = [
            int(self._number(rest, at + 8 * i, at + 8 * i + 8, "samples of a record", 256)) for i in range(n)
        ]
        if min(self.samples) < 0 or sum(self.samples) == 0:
            raise ImportFileError("the header says that a record has no samples", where=f"byte {256 + at}", hint=_AGAIN)
        if not 0 <= self.duration < 1e9 or (self.duration == 0 and not all(map(self.is_annotation, range(n)))):
            raise ImportFileError(f"the header says records of {self.duration:g} s", where="byte 244", hint=_AGAIN)
        self.notes: list[str] = []
        record = sum(self.samples) * width
        there = (size - 256 * (n + 1)) // record
        if there < 1:
            raise ImportFileError(
                f"this {self.kind} holds no whole record of {record} bytes: it is cut short", where=f"byte {256 * (n + 1)}",
                hint=_AGAIN,
            )  # fmt: skip
        if self.records not in (-1, there):
            self.notes.append(f"the header says {self.records} records; {there} whole ones are there")
        self.records = there

    def _number(self, data: bytes, start: int, stop: int, what: str, offset: int = 0) -> float:
        text = data[start:stop].decode("latin-1").strip()
        try:
            value = float(text)
            if value != value or abs(value) > 1e12:
                raise ValueError
        except ValueError:
            raise ImportFileError(
                f"the {what} is {text!r}, no number", where=f"byte {start + offset}", hint=_AGAIN
            ) from None
        return value

    @property
    def annotations_only(self) -> bool:
        """Whether there is no signal."""
        return all(map(self.is_annotation, range(self.signals)))

    def is_annotation(self, i: int) -> bool:
        """Whether signal `i` is a list of annotations."""
        return self.labels[i] in ("EDF Annotations", "BDF Annotations")

    def starts(self) -> NDArray[np.float64] | None:
        """Seconds at which the records begin, where there are gaps between them."""
        if not self.gapped:
            return None
        number = next((i for i in range(self.signals) if self.is_annotation(i)), None)
        if number is None:
            self.notes.append("the header says that there are gaps, and no annotation says where; taken as continuous")
            return None
        record = sum(self.samples) * self.width
        first = 256 * (self.signals + 1) + sum(self.samples[:number]) * self.width
        found = np.full(self.records, np.nan)
        with self.path.open("rb") as file:
            for i in range(self.records):
                file.seek(first + i * record)
                onset = file.read(40).split(b"\x14")[0].split(b"\x15")[0]
                try:
                    found[i] = float(onset)
                except ValueError:
                    raise ImportFileError(
                        f"record {i + 1} does not say when it begins", where=f"byte {first + i * record}", hint=_AGAIN
                    ) from None
        if (np.diff(found) <= 0).any():
            raise ImportFileError("the records do not follow each other in time", where="annotations", hint=_AGAIN)
        return found - found[0]


IMPORTER = Importer("edf", "EDF, EDF+, BDF and BDF+", (".edf", ".bdf", ".rec"), _sniff, _read, _read_set, binary=True)
