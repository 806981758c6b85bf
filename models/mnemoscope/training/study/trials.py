"""Every training of the study: which model, of what size, on which question, from which seed, for how many updates.

Groups, each one view of the same field:

    updates   every paradigm at the size it is usually run at, the same number of updates and sequences for all
    floats    every bounded memory at about 512 floats kept between two steps, the same number of updates
    ladder    from a Transformer to a DNC by one mechanism at a time (models/stateless/hybrid.py), the same controller
    lengths   how far beyond its training a memory copies: slots enough or not, three ways to know a place

All use Adam with one warm-up and one cosine decay, and the weights of the last update: nothing is selected. A trial's id names
all of it, so that a study that was interrupted knows what it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mnemoscope.training.recipes import Recipe

HYBRID = "hybrid"
"""The model of the ladder; all other names are the registry's."""


@dataclass(frozen=True)
class Trial:
    """One training. `label` is what its row is called; `config` what is not the model's default."""

    group: str
    question: str
    model: str
    label: str
    seed: int
    recipe: Recipe
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def id(self) -> str:
        """Unique and stable."""
        return f"{self.group}/{self.question}/{self.label}/{self.seed}"


def _recipe(updates: int, *, lr: float = 1e-3, batch: int = 16) -> Recipe:
    return Recipe(lr=lr, batch=batch, updates=updates, warm_up=300, decay=0.02, clip=1.0, curriculum=updates // 4)


_DNC = {"deallocation": True, "sharpening": True}
_STACK = {"width": 48, "layers": 2, "heads": 4}
_TRANSFORMER = {"width": 48, "layers": 2, "heads": 4, "feedforward": 96}
_SMALL_STACK = {"width": 48, "layers": 2, "heads": 4, "convolution": 0, "key_width": 8, "value_width": 8}

# label: (model, configuration, learning rate)
USUAL: dict[str, tuple[str, dict[str, Any], float]] = {
    "RNN": ("rnn", {"hidden": 128}, 3e-4),
    "GRU": ("gru", {"hidden": 128}, 2e-3),
    "LSTM": ("lstm", {"hidden": 128}, 2e-3),
    "Transformer": ("transformer", _TRANSFORMER, 1e-3),
    "Transformer, rotary": ("transformer", _TRANSFORMER | {"positions": "rotary"}, 1e-3),
    "Transformer, ALiBi": ("transformer", _TRANSFORMER | {"positions": "alibi"}, 1e-3),
    "Encoder-decoder": ("encoder-decoder", {"width": 32, "layers": 2, "heads": 4, "feedforward": 64}, 1e-3),
    "Universal Transformer": ("universal-transformer", {"width": 48, "depth": 3, "heads": 4}, 1e-3),
    "NTM": ("ntm", {"slots": 32, "width": 16}, 1e-3),
    "DNC": ("dnc", {"slots": 32, "width": 16} | _DNC, 1e-3),
    "DeltaNet": ("deltanet", _STACK, 1e-3),
    "Gated DeltaNet-2": ("gated-deltanet", _STACK, 1e-3),
    "Mamba-2": ("mamba2", _STACK | {"groups": 4}, 1e-3),
    "mLSTM": ("mlstm", _STACK | {"key_width": 24}, 1e-3),
}

EQUAL: dict[str, tuple[str, dict[str, Any], float]] = {
    "RNN": ("rnn", {"hidden": 512}, 3e-4),
    "GRU": ("gru", {"hidden": 512}, 1e-3),
    "LSTM": ("lstm", {"hidden": 256}, 2e-3),
    "Transformer, window of 6": (HYBRID, {"slots": 6, "width": 16}, 1e-3),
    "NTM": ("ntm", {"slots": 18, "width": 14}, 1e-3),
    "DNC": ("dnc", {"slots": 12, "width": 9} | _DNC, 1e-3),
    "DeltaNet": ("deltanet", _SMALL_STACK, 1e-3),
    "Gated DeltaNet-2": ("gated-deltanet", _SMALL_STACK, 1e-3),
    "Mamba-2": ("mamba2", _SMALL_STACK | {"groups": 4}, 1e-3),
    "mLSTM": ("mlstm", _SMALL_STACK | {"key_width": 7}, 1e-3),
}

RUNGS: dict[str, dict[str, Any]] = {
    "every step kept": {"slots": 256},
    "window": {},
    "least used goes": {"eviction": "least-used"},
    "+ erase": {"eviction": "least-used", "erase": True},
    "+ allocation, free": {"eviction": "allocation", "erase": True},
    "+ links": {"eviction": "allocation", "erase": True, "links": True},
    "+ recurrent controller": {"eviction": "allocation", "erase": True, "links": True, "recurrence": True},
    "closed after writing": {"closed": True},
}
"""From the Transformer to the DNC; the last one is the other way out: a bank that is closed while nothing is to be stored."""

LADDER_SLOTS = {"recall-rounds": 24, "associative-recall": 16}
"""Less than the steps of a sequence, more than what has to be held."""

LENGTHS: dict[str, tuple[str, dict[str, Any]]] = {
    "NTM, 128 slots": ("ntm", {"slots": 128, "width": 20}),
    "DNC, 64 slots": ("dnc", {"slots": 64, "width": 16} | _DNC),
    "DNC, 128 slots": ("dnc", {"slots": 128, "width": 16} | _DNC),
    "Transformer": ("transformer", _TRANSFORMER),
    "Transformer, rotary": ("transformer", _TRANSFORMER | {"positions": "rotary"}),
    "Transformer, ALiBi": ("transformer", _TRANSFORMER | {"positions": "alibi"}),
}

UPDATES = {"updates": 4_000, "floats": 4_000, "ladder": 4_000, "lengths": 4_000}
SEEDS = {"updates": 5, "floats": 3, "ladder": 3, "lengths": 3}


def trials() -> list[Trial]:
    """All of them, seed by seed: an interrupted study has whole rows."""
    found = [*_ladder(), *_updates(), *_floats(), *_lengths()]
    return sorted(found, key=lambda trial: trial.seed)


def _updates() -> Iterator[Trial]:
    for seed in range(SEEDS["updates"]):
        for label, (model, config, lr) in USUAL.items():
            yield Trial("updates", "recall", model, label, seed, _recipe(UPDATES["updates"], lr=lr), config)


def _floats() -> Iterator[Trial]:
    for seed in range(SEEDS["floats"]):
        for label, (model, config, lr) in EQUAL.items():
            yield Trial("floats", "recall", model, label, seed, _recipe(UPDATES["floats"], lr=lr), config)


def _ladder() -> Iterator[Trial]:
    for seed in range(SEEDS["ladder"]):
        for question, slots in LADDER_SLOTS.items():
            closes = {"flag": 1} if question == "recall-rounds" else {"flag": 7, "flag_stops": True}
            for label, settings in RUNGS.items():
                config = {"slots": slots} | settings | (closes if settings.get("closed") else {})
                rounds = ((0, 1), (UPDATES["ladder"] // 4, 3)) if question == "recall-rounds" else ((0, 1),)
                recipe = _recipe(UPDATES["ladder"])
                yield Trial("ladder", question, HYBRID, label, seed, replace(recipe, rounds=rounds), config)


def _lengths() -> Iterator[Trial]:
    for seed in range(SEEDS["lengths"]):
        for label, (model, config) in LENGTHS.items():
            yield Trial("lengths", "copy", model, label, seed, _recipe(UPDATES["lengths"]), config)
