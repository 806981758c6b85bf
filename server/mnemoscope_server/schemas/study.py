"""The study over HTTP: what was measured with several seeds, as tables."""

from typing import Literal

from mnemoscope_server.schemas.base import Answer


class StudyFigure(Answer):
    """A mean over seeds with its 90 % interval: a t-interval of the mean; of one seed the interval over its sequences."""

    mean: float
    low: float
    high: float
    seeds: int


class StudyLine(Answer):
    """One model or rung."""

    label: str
    seeds: int
    """How many are measured."""
    wanted: int
    """How many the study has."""
    floats: int | None
    """Numbers kept between two steps at the end of the trained range; null where nothing is measured yet."""
    parameters: int | None
    figures: list[StudyFigure | None]
    """In the order of the columns; null where nothing is measured yet."""
    changes: list[Literal["better", "worse", "level"] | None]
    """Of a rung of the ladder against the one before it: its interval lies below, above, or they overlap; null: cannot be said."""


class StudyColumn(Answer):
    """What was measured."""

    key: str
    label: str
    trained: bool
    """Whether training saw such sequences."""
    chance: float
    """What knowing nothing scores."""


class StudyTable(Answer):
    """One group of models on one question."""

    group: str
    question: str
    title: str
    metric: str
    updates: int
    """Of every training."""
    columns: list[StudyColumn]
    lines: list[StudyLine]
    sentences: list[str]
    """What can be said of each column."""


class Study(Answer):
    """All tables of the study that ships with this program."""

    tables: list[StudyTable]
    command: str
    """What repeats it."""
