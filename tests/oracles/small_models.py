"""Every registered paradigm in a small size, derived from its configuration: no list beside the registry.

Whole numbers of a configuration become small ones, each another where it can be, so that mixed-up axes are noticed. Everything that
is not a size keeps its default.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache
from typing import Any

import torch

from mnemoscope.models import registry
from mnemoscope.models.base import MemoryModel

FEW, SOME = (3, 2, 4, 1), (7, 9, 11, 13, 5, 24, 12, 16, 8)
"""Sizes to try for what is 1 … 8 by default (heads, layers, depth) and for what is larger (slots, widths, units)."""


def sizes(name: str, inputs: int, outputs: int) -> dict[str, Any]:
    """A configuration of a paradigm that builds and steps, with small sizes."""
    return dict(_sizes(name, inputs, outputs))


@cache
def _sizes(name: str, inputs: int, outputs: int) -> tuple[tuple[str, Any], ...]:
    config: dict[str, Any] = {"inputs": inputs, "outputs": outputs}
    free = []
    for field in fields(registry.get(name).config):
        if field.default is MISSING and field.name not in config:
            config[field.name] = inputs - 1  # the only other thing a configuration must say: which input is the cue
        elif type(field.default) is int and field.default > 0:
            free.append(field)
    for field in free:
        taken = set(config.values())
        choices = FEW if field.default <= 8 else SOME
        for size in sorted(choices, key=lambda size: (size == 1, size in taken, choices.index(size))):
            if _steps(name, config | {field.name: size}):
                config[field.name] = size
                break
        else:
            raise AssertionError(f"{name}: no small size of {field.name} builds; tried {choices}")
    return tuple(config.items())


def _steps(name: str, config: dict[str, Any]) -> bool:
    try:
        model = registry.build(name, config)
        model.step(torch.zeros(1, config["inputs"]), model.initial_state(1))
    except (ValueError, RuntimeError):  # a size that the others do not allow
        return False
    return True


def small(name: str, inputs: int = 6, outputs: int = 5, *, seed: int = 0) -> MemoryModel:
    """A small model in float64 with random weights, in evaluation mode."""
    config = sizes(name, inputs, outputs)
    torch.manual_seed(seed)
    return registry.build(name, config).double().eval()
