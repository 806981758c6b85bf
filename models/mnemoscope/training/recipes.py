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

    config: dict[str, Any] = field(default_factory=dict[str, Any])
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
    snapshots: bool = False
    """Set weights aside along the training, so that one can watch the memory being learned."""
    check_every: int = 500
    stop_after: int = 0
    """Stop after so many checks in a row without an error (score 0); 0 never stops early."""


_GRAVES: dict[str, Any] = {"optimizer": "graves", "lr": 1e-4, "batch": 1, "summed": True, "clip": 10.0}
_ATTENTION: dict[str, Any] = {"batch": 32, "warm_up": 1_000, "decay": 0.01, "clip": 1.0, "stop_after": 4}
_LIGHT: dict[str, Any] = {"batch": 16, "warm_up": 500, "decay": 0.01, "clip": 1.0, "stop_after": 4}
_GATED: dict[str, Any] = {"batch": 32, "decay": 0.05, "clip": 1.0, "stop_after": 4}
_SMALL: dict[str, Any] = {"batch": 8, "decay": 0.02, "clip": 1.0}
_NTM = {"slots": 128, "width": 20}
_DNC = {"slots": 64, "width": 16}
_TRANSFORMER = {"width": 64, "layers": 3, "heads": 4}
_DELTA = {"width": 64, "layers": 2, "heads": 4}
_MLSTM = {"width": 64, "layers": 3, "heads": 4, "key_width": 32}
_MAMBA = {"width": 64, "layers": 3, "heads": 4, "groups": 4}


def _rounds(since: int) -> tuple[tuple[int, int], ...]:
    return (0, 1), (since, 3)


RECIPES: dict[tuple[str, str], Recipe] = {
    ("copy", "rnn"): Recipe({"hidden": 256}, updates=3_000, **_GATED),
    ("copy", "gru"): Recipe({"hidden": 256}, updates=4_000, **_GATED),
    ("copy", "lstm"): Recipe({"hidden": 256}, lr=2e-3, updates=8_000, snapshots=True, **_GATED),
    ("copy", "transformer"): Recipe(
        {"width": 64, "layers": 2, "heads": 4},
        batch=64,
        updates=20_000,
        warm_up=500,
        decay=0.01,
        clip=1.0,
        stop_after=6,
        snapshots=True,
    ),
    ("copy", "encoder-decoder"): Recipe({"width": 64, "layers": 2, "heads": 4}, updates=8000, **_LIGHT),
    ("copy", "universal-transformer"): Recipe({"width": 64, "depth": 4, "heads": 4}, updates=24_000, **_LIGHT),
    ("copy", "ntm"): Recipe(_NTM, updates=16_000, check_every=250, stop_after=12, snapshots=True, **_GRAVES),
    ("copy", "dnc"): Recipe(_DNC, batch=4, updates=8_000, decay=0.05, check_every=250, stop_after=12, snapshots=True),
    ("copy", "deltanet"): Recipe(_DELTA, updates=12_000, **_ATTENTION),
    ("copy", "gated-deltanet"): Recipe(_DELTA, updates=12_000, **_ATTENTION),
    ("copy", "mamba2"): Recipe(_MAMBA, updates=16_000, **_ATTENTION),
    ("copy", "mlstm"): Recipe(_MLSTM, updates=14_000, **_ATTENTION),
    ("signal-recall", "rnn"): Recipe({"hidden": 256}, lr=3e-4, updates=3_000, curriculum=3_000, **_GATED),
    ("signal-recall", "gru"): Recipe({"hidden": 256}, updates=4_000, curriculum=3_000, rounds=_rounds(3_500), **_GATED),
    ("signal-recall", "lstm"): Recipe(
        {"hidden": 256}, updates=12_000, curriculum=3_000, rounds=_rounds(5_500), snapshots=True, **_GATED
    ),
    ("signal-recall", "transformer"): Recipe(
        {"width": 96, "layers": 3, "heads": 4, "feedforward": 256},
        updates=18_000,
        curriculum=6_000,
        rounds=_rounds(11_000),
        snapshots=True,
        **_ATTENTION,
    ),
    ("signal-recall", "encoder-decoder"): Recipe(
        {"width": 64, "layers": 2, "heads": 4}, updates=10_000, curriculum=2_000, **_LIGHT
    ),
    ("signal-recall", "universal-transformer"): Recipe(
        {"width": 64, "depth": 4, "heads": 4}, updates=12_000, curriculum=4_000, **_LIGHT
    ),
    ("signal-recall", "ntm"): Recipe(
        {"slots": 64, "width": 20}, updates=24_000, decay=0.1, curriculum=4_000, snapshots=True, **_GRAVES
    ),
    ("signal-recall", "dnc"): Recipe(
        _DNC | {"deallocation": True, "sharpening": True},
        batch=4,
        updates=24_000,
        curriculum=4_000,
        decay=0.01,
        rounds=_rounds(13_000),
        snapshots=True,
    ),
    ("signal-recall", "deltanet"): Recipe(_DELTA, updates=10_000, curriculum=3_000, rounds=_rounds(6_000), **_LIGHT),
    ("signal-recall", "gated-deltanet"): Recipe(
        _DELTA, updates=10_000, curriculum=3_000, rounds=_rounds(6_000), **_LIGHT
    ),
    ("signal-recall", "mamba2"): Recipe(_MAMBA, updates=10_000, curriculum=3_000, rounds=_rounds(6_000), **_LIGHT),
    ("signal-recall", "mlstm"): Recipe(_MLSTM, updates=10_000, curriculum=3_000, rounds=_rounds(6_000), **_LIGHT),
    ("forecast", "rnn"): Recipe({"hidden": 128}, updates=3_000, **_GATED),
    ("forecast", "gru"): Recipe({"hidden": 128}, updates=5_000, **_GATED),
    ("forecast", "lstm"): Recipe({"hidden": 128}, updates=5_000, **_GATED),
    ("forecast", "transformer"): Recipe(_TRANSFORMER | {"positions": "rotary"}, updates=6_000, **_LIGHT),
    ("forecast", "encoder-decoder"): Recipe({"width": 64, "layers": 2, "heads": 4}, updates=5_000, **_LIGHT),
    ("forecast", "universal-transformer"): Recipe({"width": 64, "depth": 4, "heads": 4}, updates=6_000, **_LIGHT),
    ("forecast", "ntm"): Recipe({"slots": 32, "width": 16}, updates=4_000, **_SMALL),
    ("forecast", "dnc"): Recipe({"slots": 32, "width": 16}, updates=3_000, **_SMALL),
    ("forecast", "deltanet"): Recipe(_DELTA, updates=4_000, **_LIGHT),
    ("forecast", "gated-deltanet"): Recipe(_DELTA, updates=4_000, **_LIGHT),
    ("forecast", "mamba2"): Recipe(_MAMBA, updates=4_000, **_LIGHT),
    ("forecast", "mlstm"): Recipe(_MLSTM, updates=4_000, **_LIGHT),
    ("repeat-copy", "lstm"): Recipe({"hidden": 256}, updates=2_000, curriculum=1_000, **_GATED),
    ("repeat-copy", "transformer"): Recipe(
        _TRANSFORMER | {"positions": "rotary"}, updates=2_500, curriculum=1_000, **_LIGHT
    ),
    ("repeat-copy", "ntm"): Recipe(_NTM, updates=60_000, check_every=1_000, stop_after=8, **_GRAVES),
    ("repeat-copy", "dnc"): Recipe(
        _DNC | {"deallocation": True, "sharpening": True},
        updates=50_000,
        decay=0.02,
        check_every=1_000,
        stop_after=12,
        **_GRAVES,
    ),
    ("associative-recall", "lstm"): Recipe({"hidden": 256}, updates=2_000, **_GATED),
    ("associative-recall", "transformer"): Recipe(_TRANSFORMER, updates=3_000, **_ATTENTION),
    ("associative-recall", "ntm"): Recipe(_NTM, updates=80_000, check_every=1_000, stop_after=8, **_GRAVES),
    ("associative-recall", "dnc"): Recipe(_DNC, batch=4, updates=50_000, decay=0.02, check_every=1_000, stop_after=8),
    ("ngrams", "lstm"): Recipe({"hidden": 128}, lr=2e-3, updates=5_000, curriculum=2_500, **_GATED),
    ("ngrams", "transformer"): Recipe(
        _TRANSFORMER | {"positions": "rotary"}, updates=6_000, curriculum=2_500, **_LIGHT
    ),
    ("ngrams", "ntm"): Recipe(
        {"slots": 64, "width": 20}, batch=16, updates=16_000, curriculum=6_000, decay=0.02, clip=1.0
    ),
    ("ngrams", "dnc"): Recipe(_DNC, batch=16, updates=8_000, curriculum=4_000, decay=0.02, clip=1.0),
    ("priority-sort", "lstm"): Recipe({"hidden": 256}, updates=4_000, curriculum=2_000, **_GATED),
    ("priority-sort", "transformer"): Recipe(_TRANSFORMER, updates=3_000, curriculum=1_500, **_LIGHT),
    ("priority-sort", "ntm"): Recipe(
        _NTM | {"read_heads": 5, "write_heads": 5, "controller_layers": 2},
        batch=16,
        updates=3_000,
        curriculum=1_500,
        decay=0.02,
    ),
    ("priority-sort", "dnc"): Recipe(
        _DNC | {"read_heads": 4, "masking": True}, batch=16, updates=5_000, curriculum=2_500, decay=0.02
    ),
}


def recipe(task: str, model: str) -> Recipe:
    """The recipe of a task and a model. Raises TrainingError when there is none."""
    if (task, model) not in RECIPES:
        known = ", ".join(f"{t} --model {m}" for t, m in RECIPES)
        raise TrainingError(f"no recipe for task {task} and model {model}; there are: {known}")
    return RECIPES[task, model]
