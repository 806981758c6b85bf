"""The study's rows as tables: means over seeds with their intervals, for a terminal and for docs/questions.md."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from mnemoscope.training.study.questions import NOISE, QUESTIONS, SURFACE, Measure
from mnemoscope.training.study.rows import Row
from mnemoscope.training.study.trials import RUNGS, Trial

CONFIDENCE = 0.9


class View(NamedTuple):
    """One table: which group on which question, and the measures that it shows."""

    group: str
    question: str
    title: str
    keys: tuple[str, ...]


_DELAYS = tuple(f"d={delay}" for delay in (0, 16, 32, 64, 128, 192))

VIEWS = (
    View("updates", "recall", "Equal updates: a segment of 8 after a delay (relative RMSE)", _DELAYS),
    View(
        "updates",
        "recall",
        "Equal updates: a longer segment after a delay of 8 (relative RMSE)",
        tuple(f"s={segment}" for segment in (4, 8, 12, 16, 24, 32)),
    ),
    View(
        "updates",
        "recall",
        "Equal updates: noise during a delay of 16, its deviation relative to the signal's (relative RMSE)",
        ("d=16", *(f"noise={noise}" for noise in NOISE)),
    ),
    *(
        View(
            "updates",
            "recall",
            f"Equal updates, delay × segment: after a delay of {delay} (relative RMSE)",
            tuple(f"s={s} d={d}" for s, d in SURFACE if d == delay),
        )
        for delay in dict.fromkeys(d for _, d in SURFACE)
    ),
    View("floats", "recall", "Equal floats: about 512 numbers kept between two steps (relative RMSE)", _DELAYS),
    View(
        "lengths",
        "copy",
        "Copying beyond the trained 20 vectors (wrong bits)",
        tuple(f"length={length}" for length in (10, 20, 30, 40, 60, 120)),
    ),
    View(
        "ladder",
        "recall-rounds",
        "The ladder on signal recall, three rounds in one memory (relative RMSE)",
        tuple(f"d={delay}" for delay in (0, 8, 16, 32, 64)),
    ),
    View(
        "ladder",
        "associative-recall",
        "The ladder on associative recall (wrong bits of 18)",
        tuple(f"items={items}" for items in (2, 4, 6, 8, 12)),
    ),
)
"""In the order of docs/questions.md."""

BEFORE = {label: before for before, label in pairwise(list(RUNGS)[:-1])} | {"closed after writing": "window"}
"""The rung that a rung of the ladder is compared with: the one below it; a closed bank with the window that it closes."""


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
    from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]  # slow to import

    points = [value for value, _, _ in values]
    mean = sum(points) / len(points)
    deviation = math.sqrt(sum((point - mean) ** 2 for point in points) / (len(points) - 1))

    reach = float(stdtrit(len(points) - 1, (1 + CONFIDENCE) / 2)) * deviation / math.sqrt(len(points))
    return Figure(mean, max(0.0, mean - reach), mean + reach, len(points))  # no score is below 0


Change = Literal["better", "worse", "level"]
"""Of two figures: the interval lies below the other's, above it, or they overlap. Lower is better everywhere."""


def compare(now: Figure | None, before: Figure | None) -> Change | None:
    """None where one of them has fewer than two seeds: then nothing can be said."""
    if now is None or before is None or min(now.seeds, before.seeds) < 2:
        return None
    if now.high < before.low:
        return "better"
    return "worse" if now.low > before.high else "level"


@dataclass(frozen=True)
class Line:
    """One model or rung of a table: seeds measured and wanted, floats kept at the end of the trained range, a figure a column."""

    label: str
    seeds: int
    wanted: int
    floats: int | None
    parameters: int | None
    figures: list[Figure | None]
    changes: list["Change | None"]
    """Against the line that it is compared with, a column each."""


@dataclass(frozen=True)
class Table:
    """One group on one question."""

    group: str
    question: str
    title: str
    updates: int
    columns: list[Measure]
    lines: list[Line]
    sentences: list[str]
    """What can be said of each column."""

    @property
    def metric(self) -> str:
        """What its figures are measured in."""
        return QUESTIONS[self.question].task.metric


def tables(rows: Iterable[Row], wanted: Sequence[Trial]) -> list[Table]:
    """All tables that have a trial among those wanted, what is missing included."""
    have = {row["id"]: row for row in rows}
    found: list[Table] = []
    for group, question, title, keys in VIEWS:
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
            before = next((line for line in lines if line.label == BEFORE.get(label)), None)
            changes: list[Change | None] = [compare(now, before and before.figures[n]) for n, now in enumerate(figures)]
            lines.append(Line(label, len(measured), len(ids), floats, parameters, figures, changes))
        sentences = [_sentence(group, lines, n) for n in range(len(keys))]
        columns = [measures[key] for key in keys]
        found.append(Table(group, question, title, mine[0].recipe.updates, columns, lines, sentences))
    return found


_HEAD = """# Which memory, how long, and what mixing buys

Made by `make study`, which trains {trials} models from several seeds ({done} of them are in these tables) and goes on where it
was interrupted. Do not edit by hand:

```sh
mnemoscope study --report --markdown docs/questions.md
```

All trainings are short and small on purpose, so that every model gets the same and every figure has its seeds: signals of
`signal-recall` with segments of 4 to 12 steps and delays of 0 to 16, batches of 16, Adam with one warm-up and one cosine decay,
the weights of the last update. A figure is the mean over seeds with the 90 % t-interval of that mean; of a single seed it is the
90 % interval over its 64 sequences. Two figures are told apart only where their intervals do not overlap. *Outside*: not seen in
training. What the larger shipped checkpoints do stands in [results.md](results.md).
"""

_QUESTIONS = {
    "updates": """## How long is a signal remembered, and by which memory?

Every paradigm at the size it is usually run at, the same number of updates and sequences for all. Memory differs: *floats kept* is
what is carried from one step to the next at the end of the trained range; an attention store grows by a slot a step.
""",
    "floats": """## And if all may keep the same amount?

About 512 floats for everybody. A Transformer of that size is a window of six slots in two layers.
""",
    "lengths": """## Is copying beyond the training a matter of slots, or of places?

Trained on up to 20 vectors. 120 of them cannot lie one a slot in 64 slots; sinusoidal places beyond the training were never seen.
""",
    "ladder": """## Does mixing help?

From a Transformer to a DNC by one mechanism at a time, every rung a model of its own with the same attention controller
(`models/mnemoscope/models/stateless/hybrid.py`). Slots are fewer than steps. *Closed after writing* is the other way out: nothing is
written that is not to be stored.
""",
}


def document(rows: Sequence[Row], wanted: Sequence[Trial]) -> str:
    """docs/questions.md: every question with its tables."""
    done = len({row["id"] for row in rows} & {trial.id for trial in wanted})
    parts = [_HEAD.format(trials=len(wanted), done=done)]
    for group, question in _QUESTIONS.items():
        parts.append(question)
        parts.append(markdown(rows, [trial for trial in wanted if trial.group == group]))
    return "\n".join(parts)


def _sentence(group: str, lines: Sequence[Line], column: int) -> str:
    """What a column allows to say: of the ladder which rungs differ from the one before, of models which have the fewest errors."""
    if group != "ladder":
        known = [(line.label, found) for line in lines if (found := line.figures[column]) and found.seeds > 1]
        if len(known) < 2:
            return "Too few seeds yet to tell one from another."
        label, best = min(known, key=lambda pair: pair[1].mean)
        level = [other for other, found in known if other != label and compare(best, found) == "level"]
        return f"Fewest errors: {label}" + (
            f", level with {_listed(level)}." if level else ", its interval below all others."
        )
    named = {
        change: [line.label for line in lines if line.changes[column] == change]
        for change in ("better", "worse", "level")
    }
    if not any(named.values()):
        return "Too few seeds yet to tell a rung from the one before it."
    if not named["better"] and not named["worse"]:
        return "No rung differs from the one before it by more than its interval."
    parts = [f"Fewer errors than the rung before: {_listed(named['better'])}." if named["better"] else ""]
    parts.append(f"More: {_listed(named['worse'])}." if named["worse"] else "")
    parts.append("The others are level." if named["level"] else "")
    return " ".join(filter(None, parts))


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(f"“{label}”" for label in labels)


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
        said = "\n".join(f"- {c.label}: {text}" for c, text in zip(table.columns, table.sentences, strict=True))
        parts.append(f"### {table.title}\n\n{table.updates:,} updates each.\n\n{grid}\n\n{said}\n")
    return "\n".join(parts)


def number(value: float) -> str:
    """Two significant figures below 10, whole numbers above."""
    return "0" if value == 0 else f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"
