"""Signals over HTTP: files that are brought, windows of them, and series that are made."""

from typing import Annotated, Literal

from pydantic import Field

from mnemoscope.format.entries import Event
from mnemoscope.format.schema import MAX_BESIDE
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope_server.schemas.base import Answer, Finite, Question
from mnemoscope_server.settings import MAX_MODELS


class FileFormat(Answer):
    """A kind of file that can be brought."""

    name: str
    label: str
    """For people: "CSV and other text tables"."""
    extensions: list[str]
    """Of file names, with their point; what a file is, is decided by its bytes."""
    available: bool
    """Whether all that reading it needs is installed here."""
    install: str | None
    """The command that would install it; null where nothing is lacking."""
    several: bool
    """Whether a record of it may be spread over several files of one name, which are brought together."""


class ColumnReport(Answer):
    """One column of an imported file."""

    index: int
    name: str
    kind: Literal["time", "value", "label", "text"]
    unit: str | None
    min: float | None
    max: float | None
    mean: float | None
    missing: int
    """Cells without a number."""
    missing_fraction: float
    rows: int
    """How many values it has: channels of one file may be sampled at different rates."""
    sample_rate: float | None
    """Hz of this column; null = unknown or irregular."""
    rate_text: str
    """The same as people say it."""
    resample_to: float | None
    """Hz that suits the models; null = as it is."""
    labels: int
    """Ranges of rows that a column of labels names; they can become events of a run."""
    states: int
    """How many whole numbers a column of states has, such as 0 and 1; its changes can become events of a run. 0: it is none."""
    spark: list[float | None]
    """At most 128 numbers over the whole column, smallest and largest of each bucket; null = nothing but gaps there."""


class Sentinel(Answer):
    """A number that repeats far outside of a column's others, and may mean "no number"."""

    column: int
    """Index of the column."""
    value: float
    count: int
    """How many times it occurs."""


class Alternative(Answer):
    """Another way to read a file."""

    label: str
    options: ImportOptions
    """What is to be added to the options the file was sent with."""
    switches: str
    """The same for the command line."""


class Guess(Answer):
    """One thing that was decided without being told."""

    what: str
    chosen: str
    evidence: str
    alternatives: list[Alternative]


class LeftOut(Answer):
    """One line of a file that became no row."""

    line: int
    """Counted from 1."""
    why: str
    text: str
    """Its beginning."""


class FileLine(Answer):
    """One of the first lines of a text file, and what it was taken for."""

    line: int
    """Counted from 1."""
    role: Literal["skipped", "facts", "names", "units", "row", "other series", "left out"]
    """facts: it says the rate, a start or the like; other series: a row of a series that was not chosen."""
    why: str
    """Why it became no row, where it became none."""
    cells: list[str]
    """As they stand in the file; one with the whole text where it is no row."""
    values: list[Finite | None]
    """Of a row: what its cells were read as, null where that is no number."""


class ImportReport(Answer):
    """What was read, and every assumption made on the way."""

    format: str
    """"CSV", "EDF+", "WAV" …; with what it was packed in: "CSV in gzip"."""
    details: dict[str, str]
    """Further facts by format, name and value for people: "samples": "24-bit integers"."""
    parts: list[str]
    """Files of an archive, sheets of a workbook, arrays of a NumPy or MATLAB file; `part` of the options chooses one."""
    encoding: str | None
    """null: the file is no text."""
    delimiter: str | None
    """null: one number per line, columns aligned by blanks (`delimiter` " "), or no text."""
    decimal: Literal[".", ","] | None
    """null: the file is no text."""
    header: bool
    """Whether the file names its columns."""
    rows: int
    bytes: int
    time_column: int | None
    """Index of the column used as time."""
    channel: int
    """Index of the column to look at first: of measured values where there are any, else of labels that are numbers."""
    sample_rate: float | None
    """Hz; null = unknown or irregular."""
    sample_rate_source: str
    """The arithmetic behind `sample_rate`, for people."""
    rate_text: str
    """The rate as people say it: "360 Hz", "1 per 30 min", "unknown"."""
    time_columns: list[int]
    """All columns that make the time."""
    gaps: int
    missing_rows: int
    """Rows that are missing in the gaps."""
    grouping: str | None
    """Sign between groups of digits."""
    names_line: int | None
    """Line of the names, counted from 1."""
    first_line: int | None
    """Line of the first row, counted from 1; null: the file has no lines."""
    first_rows: list[list[str]]
    """Cells of the first rows, as they stand in the file."""
    lines: list[FileLine]
    """The first lines of the file, those above the rows among them; empty for what is no text."""
    span: list[str]
    """First and last time, for people ("2 Nov 2026, 00:00:10"); empty where the file has no dates."""
    options: ImportOptions
    """What the file was read by; the rest was found out."""
    resolved: ImportOptions
    """The same together with what was found out, for a form."""
    questions: list[Guess]
    """What only the user can decide."""
    assumptions: list[Guess]
    left_out: list[LeftOut]
    """The first 1000 lines that became no row."""
    left_out_count: int
    notes: list[str]
    sentinels: list[Sentinel]
    """Numbers to ask the user about; read as they are unless `sentinels` of the options has them."""
    columns: list[ColumnReport]


class ReadingProgress(Answer):
    """How far the reading of a file is."""

    reading: bool
    """false: nothing is being read under this name, not yet or not any more."""
    rows: int
    bytes: int


class Upload(Answer):
    id: str
    report: ImportReport


class Window(Question):
    """What part of a channel to use and how to turn it into the model's input."""

    channel: int = Field(ge=0)
    """Index of the column."""
    beside: list[int] = Field(default_factory=list[int], max_length=MAX_BESIDE)
    """Indices of further columns, shown beside the channel and not heard by the models."""
    labels: int | None = Field(default=None, ge=0)
    """Index of a column of labels, or of states such as 0 and 1, which become events of the run; null = none."""
    start: int = Field(default=0, ge=0)
    """First row, counted from 0 below the header."""
    stop: int | None = Field(default=None, ge=1)
    """Row after the last one; null = to the end."""
    sample_rate: Finite | None = Field(default=None, gt=0)
    """Hz of the file, where the user knows better than the report; null = as reported."""
    resample_to: Finite | None = Field(default=None, gt=0)
    """Hz wanted; null = as it is."""
    missing: Literal["hold", "linear", "drop"] = "hold"
    """hold: repeat the last number; linear: a straight line over the gap; drop: leave the rows out."""
    scaling: Literal["zscore", "robust", "none"] = "zscore"


class PreviewRequest(Window):
    task: str = "signal-recall"
    """Task that the window is wanted for: warnings and estimate are for it."""
    task_params: dict[str, Finite] = Field(default_factory=dict)
    models: list[str] = Field(default_factory=list, max_length=MAX_MODELS)
    """Models to estimate for, named as in POST /api/sessions; empty = all checkpoints of the task."""
    view: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1)]] | None = None
    """Rows from … to (excluded) that `overview` is wanted of; null = all."""


class WindowQuestion(Question):
    """Which part of a channel would be looked at first."""

    channel: int = Field(ge=0)
    """Index of the column."""
    labels: int | None = Field(default=None, ge=0)
    """Index of a column of labels; null = none."""
    task: str = "signal-recall"
    task_params: dict[str, Finite] = Field(default_factory=dict)
    """Options that are asked for; the others are as they are by default."""


class MadeQuestion(Question):
    """How long a generated signal would be run, and with what options."""

    kind: str
    seed: int = Field(default=0, ge=0, lt=2**31)
    params: dict[str, Finite] = Field(default_factory=dict)
    task: str = "signal-recall"
    task_params: dict[str, Finite] = Field(default_factory=dict)
    """Options that are asked for; the others are as they are by default."""


class Suggestion(Answer):
    """One question of the task, around the rarest label or the stretch that moves most."""

    start: int
    """First row; of a generated signal 0."""
    stop: int
    """Row after the last one; of a generated signal its number of steps."""
    resample_to: float | None
    """Hz that the models would see; null = as it is."""
    task_params: dict[str, int]
    """All options, shortened where the signal has no room for them."""
    why: str
    """What the part to remember holds: "it holds V at row 1234, of all labels the rarest"."""


class Estimate(Answer):
    seconds: float | None
    """Computing time on this host at full speed; null until the models have been measured."""
    bytes: int | None
    """Size of the recording before compression; null until the models are loaded."""


class BesidePreview(Answer):
    """A further channel as it would be shown."""

    column: int
    name: str
    unit: str | None
    values: list[float | None]
    """On the steps of the run, at most 2000 points, smallest and largest of each bucket; null = missing."""


class Preview(Answer):
    """What the model would see."""

    steps: int
    values: list[float]
    """After resampling and scaling; at most 2000 points, smallest and largest of each bucket in order."""
    before: list[float | None]
    """The same window as it is in the file; null = missing."""
    overview: list[float | None]
    """The channel as it is in the file, or the rows of it that were asked for by `view`, at most 1000 points."""
    offset: float
    scale: float
    """raw = value · scale + offset"""
    sample_rate: float | None
    """Steps per second."""
    events: list[Event]
    """What the column of labels says of the steps."""
    beside: list[BesidePreview]
    """The channels beside it on the same steps, in the order in which they were asked for."""
    warnings: list[str]
    estimate: Estimate


class ShippedSeries(Answer):
    """A measured series that comes with the program."""

    name: str
    title: str
    description: str
    source: str
    """Who measured it, and the licence."""


class GeneratorParam(Answer):
    name: str
    label: str
    default: float
    min: float
    max: float


class Generator(Answer):
    kind: str
    label: str
    params: list[GeneratorParam]


class SignalPreviewRequest(Question):
    kind: str
    seed: int = Field(default=0, ge=0, lt=2**31)
    steps: int = Field(default=512, ge=2, le=20_000)
    params: dict[str, Finite] = Field(default_factory=dict)


class SignalPreview(Answer):
    values: list[float]
    sample_rate: float | None
    events: list[Event]
