"""Training recipes that converged, one a model and task. `mnemoscope train TASK --model M` runs them."""

from dataclasses import dataclass, field
from typing import Any

from mnemoscope.errors import TrainingError


@dataclass(frozen=True)
class Recipe:
    """How one checkpoint is trained.

    `rounds` are (first update, longest number of rounds in a sequence): a memory that will be used again and again must be
    trained so. `curriculum` is the number of updates over which lengths grow to their full range.
    """

    config: dict[str, Any] = field(default_factory=dict)
    optimizer: str = "adam"
    """"adam", or "graves": the centred RMSProp with momentum of Graves 2013 (arXiv 1308.0850, eq. 38-45)."""
    lr: float = 1e-3
    batch: int = 16
    updates: int = 10_000
    warm_up: int = 0
    decay: float = 1.0
    """Share of the rate that is left at the end of a cosine decay; 1 is a constant rate."""
    clip: float = 10.0
    summed: bool = False
    """Sum the loss over steps (Graves) instead of taking its mean over scored steps."""
    curriculum: int = 0
    rounds: tuple[tuple[int, int], ...] = ((0, 1),)
    check_every: int = 500
    stop_after: int = 0
    """Stop after so many checks in a row without an error (score 0); 0 never stops early."""


_GRAVES = {"optimizer": "graves", "lr": 1e-4, "batch": 1, "summed": True, "clip": 10.0}

RECIPES: dict[tuple[str, str], Recipe] = {
    ("copy", "ntm"): Recipe({"slots": 128, "width": 20}, updates=16_000, check_every=250, stop_after=12, **_GRAVES),
    ("copy", "dnc"): Recipe(
        {"slots": 64, "width": 16}, batch=4, updates=8_000, decay=0.05, check_every=250, stop_after=12
    ),
    ("copy", "transformer"): Recipe(
        {"width": 64, "layers": 2, "heads": 4},
        batch=64,
        updates=20_000,
        warm_up=500,
        decay=0.01,
        clip=1.0,
        stop_after=6,
    ),
    ("copy", "lstm"): Recipe({"hidden": 256}, lr=2e-3, batch=32, updates=8_000, decay=0.05, clip=1.0),
    ("signal-recall", "ntm"): Recipe(
        {"slots": 64, "width": 20}, updates=20_000, curriculum=4_000, rounds=((0, 1), (9_000, 3)), **_GRAVES
    ),
    ("signal-recall", "dnc"): Recipe(
        {"slots": 64, "width": 16}, batch=4, updates=14_000, curriculum=4_000, decay=0.02, rounds=((0, 1), (7_000, 3))
    ),
    ("signal-recall", "transformer"): Recipe(
        {"width": 96, "layers": 3, "heads": 4, "feedforward": 256},
        batch=32,
        updates=16_000,
        warm_up=1_000,
        decay=0.01,
        clip=1.0,
        curriculum=6_000,
        rounds=((0, 1), (9_000, 3)),
    ),
    ("signal-recall", "lstm"): Recipe(
        {"hidden": 256}, batch=32, updates=10_000, decay=0.05, clip=1.0, curriculum=4_000, rounds=((0, 1), (7_000, 3))
    ),
}


def recipe(task: str, model: str) -> Recipe:
    """The recipe of a task and a model. Raises TrainingError when there is none."""
    if (task, model) not in RECIPES:
        known = ", ".join(f"{t} --model {m}" for t, m in RECIPES)
        raise TrainingError(f"no recipe for task {task} and model {model}; there are: {known}")
    return RECIPES[task, model]
