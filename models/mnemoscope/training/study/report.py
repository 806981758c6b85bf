"""The study's rows as tables: means over seeds with their intervals, for a terminal and for docs/results.md."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from mnemoscope.training.study.questions import QUESTIONS, Measure
from mnemoscope.training.study.rows import Row
from mnemoscope.training.study.trials import Trial

CONFIDENCE = 0.9

COLUMNS = {
    ("updates", "recall"): ("d=0", "d=16", "d=32", "d=64", "d=128", "s=24", "noise=0.5"),
    ("floats", "recall"): ("d=0", "d=16", "d=32", "d=64", "d=128", "s=24", "noise=0.5"),
    ("ladder", "recall-rounds"): ("d=0", "d=8", "d=16", "d=32", "d=64"),
    ("ladder", "associative-recall"): ("items=2", "items=4", "items=6", "items=8", "items=12"),
    ("lengths", "copy"): ("length=10", "length=20", "length=30", "length=40", "length=60", "length=120"),
}
"""What a table of a group and question shows; the rows hold more."""

TITLES = {
    ("updates", "recall"): "Equal updates: segment of 8 replayed after a delay d (relative RMSE)",
    ("floats", "recall"): "Equal floats: about 512 numbers kept between two steps (relative RMSE)",
    ("ladder", "recall-rounds"): "The ladder on signal recall, three rounds in one memory (relative RMSE)",
    ("ladder", "associative-recall"): "The ladder on associative recall (wrong bits of 18)",
    ("lengths", "copy"): "Copying beyond the trained 20 vectors (wrong bits)",
}


@dataclass(frozen=True)
class Figure:
    """A mean over seeds with its interval: the 90 % t-interval of the mean; of one seed the 90 % interval over its sequences."""

    mean: float
    low: float
    high: float
    seeds: int

    def __str__(self) -> str:
        return f"{number(self.mean)} ({number(self.low)}–{number(self.high)})"


def figure(rows: Sequence[Row], key: str) -> Figure | None:
    """The figure of one measure over the rows of one label; None where nothing was measured."""
    values = [row["values"][key] for row in rows if key in row["values"]]
    if not values:
        return None
    if len(values) == 1:
        mean, low, high = values[0]
        return Figure(mean, low, high, 1)
    points = [value for value, _, _ in values]
    mean = sum(points) / len(points)
    deviation = math.sqrt(sum((point - mean) ** 2 for point in points) / (len(points) - 1))
    reach = float(stdtrit(len(points) - 1, (1 + CONFIDENCE) / 2)) * deviation / math.sqrt(len(points))
    return Figure(mean, max(0.0, mean - reach), mean + reach, len(points))  # no score is below 0


@dataclass(frozen=True)
class Line:
    """One model or rung of a table: seeds measured and wanted, floats kept at the end of the trained range, a figure a column."""

    label: str
    seeds: int
    wanted: int
    floats: int | None
    parameters: int | None
    figures: list[Figure | None]


@dataclass(frozen=True)
class Table:
    """One group on one question."""

    group: str
    question: str
    title: str
    updates: int
    columns: list[Measure]
    lines: list[Line]

    @property
    def metric(self) -> str:
        """What its figures are measured in."""
        return QUESTIONS[self.question].task.metric


def tables(rows: Iterable[Row], wanted: Sequence[Trial]) -> list[Table]:
    """All tables that have a trial among those wanted, what is missing included."""
    have = {row["id"]: row for row in rows}
    found: list[Table] = []
    for (group, question), keys in COLUMNS.items():
        mine = [trial for trial in wanted if (trial.group, trial.question) == (group, question)]
        if not mine:
            continue
        measures = {measure.key: measure for measure in QUESTIONS[question].measures}
        lines: list[Line] = []
        for label in dict.fromkeys(trial.label for trial in mine):
            ids = [trial.id for trial in mine if trial.label == label]
            measured = [have[name] for name in ids if name in have]
            floats, parameters = (measured[0]["floats"][1], measured[0]["parameters"]) if measured else (None, None)
            figures = [figure(measured, key) for key in keys]
            lines.append(Line(label, len(measured), len(ids), floats, parameters, figures))
        columns = [measures[key] for key in keys]
        found.append(Table(group, question, TITLES[group, question], mine[0].recipe.updates, columns, lines))
    return found


def text(rows: Iterable[Row], wanted: Sequence[Trial]) -> str:
    """All tables for a terminal."""
    parts: list[str] = []
    for table in tables(rows, wanted):
        parts.append(f"\n{table.title}; mean over seeds (90 % interval)")
        parts.append(f"{'':26}{'seeds':>7}" + "".join(f"{column.label:>22}" for column in table.columns))
        for line in table.lines:
            cells = "".join(f"{'…' if cell is None else str(cell):>22}" for cell in line.figures)
            parts.append(f"{line.label:26}{line.seeds:>5}/{line.wanted}" + cells)
    return "\n".join(parts)


def markdown(rows: Iterable[Row], wanted: Sequence[Trial]) -> str:
    """All tables for a document."""
    parts: list[str] = []
    for table in tables(rows, wanted):
        heads = [column.label + ("" if column.trained else " (*outside*)") for column in table.columns]
        lines = [["", "seeds", "floats kept", *heads], ["---", *["---:"] * (len(heads) + 2)]]
        for line in table.lines:
            floats = "" if line.floats is None else f"{line.floats:,}"
            cells = ["" if cell is None else str(cell) for cell in line.figures]
            lines.append([line.label, f"{line.seeds} of {line.wanted}", floats, *cells])
        lines.append(["*chance*", "", "", *(number(column.chance) for column in table.columns)])
        grid = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
        parts.append(f"### {table.title}\n\n{table.updates:,} updates each.\n\n{grid}\n")
    return "\n".join(parts)


def number(value: float) -> str:
    """Two significant figures below 10, whole numbers above."""
    return "0" if value == 0 else f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"
