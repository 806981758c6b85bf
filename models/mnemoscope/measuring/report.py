"""`docs/results.md`: the measured table for people to read, made from the rows of `mnemoscope evaluate`."""

import math
from collections.abc import Iterable
from typing import Any

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.measuring import published
from mnemoscope.models import registry

_HEAD = """# What the shipped models can do

Made from the rows of this command; every figure was measured on the checkpoints of this repository with {sequences} seeded
sequences a condition, failures included. Do not edit by hand.

```sh
mnemoscope evaluate --markdown docs/results.md{options}
```

Lower is better everywhere. In brackets the 90 % interval over the sequences (5 and 95 % of 400 resamplings; the windows of a real
series are not independent, so there it is too narrow). It says how far another draw of sequences would move the figure, not
another training: these are single checkpoints, mostly of one seed. What several seeds say stands in [questions.md](questions.md).
*Outside*: outside the range that was trained. *Chance* is what a model that knows nothing scores; *best possible* that of the
optimal estimator. Figures of papers were measured under their own conditions, named below.
{elsewhere}
"""


def markdown(rows: Iterable[dict[str, Any]], *, options: str = "") -> str:
    """The whole document from rows of `evaluate.rows` and `evaluate.baseline_rows`."""
    table = list(rows)
    sequences = next((row["sequences"] for row in table if row.get("seed") is not None), "")
    parts = [_HEAD.format(options=options, sequences=sequences, elsewhere=published.ELSEWHERE)]
    for task in tasks.names():
        if mine := [row for row in table if row["task"] == task]:
            parts.append(f"## {task}\n\n{tasks.get(task).measure}\n\n{_grid(mine)}")
            parts.extend(_notes(mine))
    parts.append(_seeds())
    parts.append(_trainings())
    return "\n".join(parts)


def _grid(rows: list[dict[str, Any]]) -> str:
    """Models down, conditions across; models of the same weights as another one share its figures."""
    found = list(dict.fromkeys(row["model"] for row in rows))
    order = (*registry.names(), *found)
    models = sorted(found, key=order.index)  # as on the stage, baselines last
    values = {(row["model"], row["condition"]): row for row in rows}
    conditions = {row["condition"]: row for row in rows}
    heads = [name if row["trained"] else f"{name} (*outside*)" for name, row in conditions.items()]
    lines = [_line(["model", *heads]), _line(["---", *["---:"] * len(heads)])]
    for model in models:
        if same := next(
            (row["same_weights"] for row in rows if row["model"] == model and row.get("same_weights")), None
        ):
            lines.append(_line([_label(model), f"same weights as {same}", *[""] * (len(heads) - 1)]))
            continue
        cells = [_cell(values[model, name]) if (model, name) in values else "" for name in conditions]
        lines.append(_line([_label(model), *cells]))
    for key, label in (("chance", "*chance*"), ("best", "*best possible*")):
        if any(row[key] is not None for row in conditions.values()):
            cells = ["" if row[key] is None else _number(row[key]) for row in conditions.values()]
            lines.append(_line([label, *cells]))
    return "\n".join(lines) + "\n"


def _cell(row: dict[str, Any]) -> str:
    """The value and its interval."""
    low, high = row["low"], row["high"]
    return _number(row["value"]) + (f" ({_number(low)}–{_number(high)})" if math.isfinite(low) else "")


def _notes(rows: list[dict[str, Any]]) -> list[str]:
    """One line a published figure."""
    found = [row for row in rows if row.get("published")]
    if not found:
        return []
    lines = [
        f"- {_label(row['model'])}, {row['condition']}: measured {_number(row['value'])}; published {row['published']['value']} "
        f"({row['published']['source']}, {row['published']['note']})"
        for row in found
    ]
    return ["In the literature:\n\n" + "\n".join(lines) + "\n"]


def _seeds() -> str:
    """The spread over seeds of those recipes that were run with several."""
    parts: list[str] = []
    for card in store.cards():
        if "seeds" in card:
            conditions = list(card["seeds"][0]["conditions"])
            lines = [_line(["seed", "updates", *conditions]), _line(["---:"] * (len(conditions) + 2))]
            for run in sorted(card["seeds"], key=lambda run: run["seed"]):
                mark = f"{run['seed']} (kept)" if run["seed"] == card["seed"] else str(run["seed"])
                values = [_number(run["conditions"][condition]) for condition in conditions]
                lines.append(_line([mark, f"{run['updates']:,}", *values]))
            parts.append(f"### {card['name']}, {card['metric']}\n\n" + "\n".join(lines) + "\n")
    return "## The same recipe with other seeds\n\n" + "\n".join(parts) if parts else ""


def _trainings() -> str:
    """How each checkpoint came about, from its card."""
    lines = ["## Trainings\n", _line(["checkpoint", "parameters", "seed", "updates", "CPU minutes", "validation"])]
    lines.append(_line(["---", *["---:"] * 5]))
    for card in store.cards():
        cells = [
            card["name"],
            f"{card['parameters']:,}",
            card["seed"],
            f"{card['updates']:,}",
            card.get("cpu_minutes", ""),
        ]
        lines.append(_line([*map(str, cells), _number(card["validation"])]))
    return "\n".join(lines) + "\n"


def _label(model: str) -> str:
    return registry.get(model).label if model in registry.names() else model


def _number(value: float) -> str:
    """Three significant figures, 0 as 0."""
    return "0" if value == 0 else f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
