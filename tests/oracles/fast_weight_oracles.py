"""Stacks of fast-weight layers by naive loops over steps and heads in NumPy, from a state dict alone; and their ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mnemoscope.kinds import associative, ledger
from mnemoscope.models.fast_weights.stack import FastWeightStack

Floats = np.ndarray
Get = Callable[[str], Floats]

ASSOCIATION = ("keys", "write_vectors", "retention", "erase", "write_gate")
"""In the order of `associative.contributions`."""


def sigmoid(v: Floats) -> Floats:
    return 1 / (1 + np.exp(-v))


def silu(v: Floats) -> Floats:
    return v * sigmoid(v)


def softplus(v: Floats) -> Floats:
    return np.log1p(np.exp(v))


def rms(v: Floats, weight: Floats) -> Floats:
    return v / np.sqrt((v**2).mean() + 1e-5) * weight


def convolved(p: dict[str, Floats], name: str, xs: Floats, t: int) -> Floats:
    """What a short convolution makes of step t of xs [T, C]; the last tap is the step itself. No taps, no convolution."""
    if f"{name}.weight" not in p:
        return xs[t]
    taps = p[f"{name}.weight"][:, 0]
    size = taps.shape[1]
    y = p.get(f"{name}.bias", np.zeros(len(taps))).copy()
    for j in range(size):
        if t - size + 1 + j >= 0:
            y += taps[:, j] * xs[t - size + 1 + j]
    return y


def stack(
    p: dict[str, Floats], xs: Floats, layers: int, mixer: Callable[[dict[str, Floats], Floats], Floats]
) -> Floats:
    """Raw outputs [T, O] of a whole network over xs [T, I]; `mixer(weights of one mixer, x [T, D])` is the paradigm."""
    hidden = xs @ p["embed.weight"].T + p["embed.bias"]
    for n in range(layers):
        mine = {
            name.removeprefix(f"layers.{n}."): value for name, value in p.items() if name.startswith(f"layers.{n}.")
        }
        inner = {name.removeprefix("mixer."): value for name, value in mine.items() if name.startswith("mixer.")}
        hidden = hidden + mixer(inner, np.stack([rms(x, mine["norm1.weight"]) for x in hidden]))
        if "up.weight" in mine:
            for t, x in enumerate(hidden):
                gate, value = np.split(mine["up.weight"] @ rms(x, mine["norm2.weight"]), 2)
                hidden[t] = x + mine["down.weight"] @ (silu(gate) * value)
    return np.stack([rms(x, p["norm.weight"]) for x in hidden]) @ p["readout.weight"].T + p["readout.bias"]


def weights(model: FastWeightStack[Any]) -> dict[str, Floats]:
    return {name: value.numpy() for name, value in model.state_dict().items()}


def logged(seen: list[Any], layer: int, row: int = 0) -> dict[str, Floats]:
    """What one layer has seen of one sequence, by name, time first."""
    names = seen[0][layer]._fields
    return {name: torch.stack([getattr(step[layer], name)[row] for step in seen]).numpy() for name in names}


def assert_ledger_is_exact(model: FastWeightStack[Any], seen: list[Any], before: Any, *, atol: float = 1e-12) -> None:
    """What each write contributes by the log sums to what every head of every layer has read; and all shares to 1."""
    c = model.config
    for n in range(c.layers):
        log, initial = logged(seen, n), model.keyframe(before)[f"layer{n}", "memory"][0].numpy()
        for h in range(c.heads):
            for t in (0, 1, len(seen) - 1):
                past = [log[part][: t + 1, h] for part in ASSOCIATION]
                parts = associative.contributions(log["queries"][t, h], *past, initial[h])
                read = log["read_vectors"][t, h]
                np.testing.assert_allclose(parts.sum(0), read, atol=atol * max(1, np.abs(read).max()), rtol=0)
                assert abs(ledger.shares(parts, read).sum() - 1) < 1e-9


def lively(model: FastWeightStack[Any], *, by: float = 1.5) -> FastWeightStack[Any]:
    """In float64 with larger weights, so that gates open and close."""
    model = model.double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(by)
            parameter.add_(0.2 * torch.randn(parameter.shape, dtype=torch.float64))
    return model


def numbers(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
