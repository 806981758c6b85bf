"""Attention by naive loops over heads, steps and slots in NumPy, from the weights of our modules; and what a log must hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from mnemoscope.kinds import append, ledger
from mnemoscope.models.base import MemoryModel

Floats = np.ndarray

torch.set_num_threads(
    1
)  # as the program does: with tensors this small, threads that wait for each other are all the time


def linear(module: Any, x: Floats) -> Floats:
    return x @ module.weight.detach().numpy().T + module.bias.detach().numpy()


def norm(module: Any, x: Floats) -> Floats:
    scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + module.eps)
    return scaled * module.weight.detach().numpy() + module.bias.detach().numpy()


def gelu(x: Floats) -> Floats:
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def turned(vector: Floats, place: float, period: float = 10000.0) -> Floats:
    """RoPE eq. 34 as the block-diagonal matrix R of the paper, times a vector."""
    d = len(vector)
    matrix = np.zeros((d, d))
    for j in range(0, d, 2):
        angle = place * period ** (-j / d)
        matrix[j : j + 2, j : j + 2] = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    return matrix @ vector


def sinusoid(place: float, width: int, period: float = 10000.0) -> Floats:
    """Section 3.5 of the paper, number by number."""
    return np.array(
        [(math.sin if i % 2 == 0 else math.cos)(place / period ** (2 * (i // 2) / width)) for i in range(width)]
    )


def attention(
    queries: Floats, keys: Floats, values: Floats, heads: int, *, kind: str, may_read: Callable[[int, int], bool]
) -> Floats:
    """Queries [T, D], keys and values [S, D] at places 0, 1, … -> reads [T, D]; `may_read(t, s)` says who sees what.

    kind: "rotary" turns queries and keys, "alibi" subtracts 2^(−8h/A)·|t − s|, anything else adds nothing.
    """
    out = np.zeros_like(queries)
    d = queries.shape[1] // heads
    for h in range(heads):
        part = slice(h * d, (h + 1) * d)
        for t in range(len(queries)):
            seen = [s for s in range(len(keys)) if may_read(t, s)]
            scores = []
            for s in seen:
                q, k = queries[t, part], keys[s, part]
                if kind == "rotary":
                    q, k = turned(q, t), turned(k, s)
                slope = 2 ** (-8 * (h + 1) / heads) if kind == "alibi" else 0.0
                scores.append(q @ k / math.sqrt(d) - slope * abs(t - s))
            weights = np.exp(np.array(scores) - max(scores))
            out[t, part] = (weights / weights.sum()) @ values[seen, part]
    return out


def self_attention(layer: Any, x: Floats, *, kind: str, causal: bool = True) -> Floats:
    """Features [T, D] -> what the heads of a layer read, before W_o."""
    q, k, v = np.split(linear(layer.interface, x), 3, axis=1)
    return attention(q, k, v, layer.heads, kind=kind, may_read=lambda t, s: not causal or s <= t)


def pre_norm_layer(layer: Any, x: Floats, *, kind: str, causal: bool = True) -> Floats:
    """y = x + W_o·attention(LN₁ x); y + FFN(LN₂ y)."""
    y = x + linear(layer.out, self_attention(layer, norm(layer.norm1, x), kind=kind, causal=causal))
    return y + linear(layer.down, gelu(linear(layer.up, norm(layer.norm2, y))))


def torch_weights(pairs: dict[str, nn.Module]) -> dict[str, torch.Tensor]:
    """A state_dict for torch's layers: their names -> our modules. "in_proj" is one parameter, not a module, there."""
    out = {}
    for name, module in pairs.items():
        joint = "_" if name.endswith("in_proj") else "."
        out |= {f"{name}{joint}{kind}": value.detach() for kind, value in module.named_parameters()}
    return out


def fold(model: MemoryModel, x: torch.Tensor) -> tuple[torch.Tensor, list[Any]]:
    """Outputs [B, T, O] of T calls of `step`, and what each has seen."""
    state, outputs, seen = model.initial_state(len(x)), [], []
    for t in range(x.shape[1]):
        output, state, one = model.step(x[:, t], state)
        outputs.append(output)
        seen.append(one)
    return torch.stack(outputs, 1), seen


def logged(model: MemoryModel, seen: list[Any], member: int = 0) -> dict[tuple[str | None, str], Floats]:
    """What a recording of one sequence of the batch would hold, [T, *shape] in float64."""
    frames = [model.frame(one) for one in seen]
    return {key: np.stack([frame[key][member].numpy() for frame in frames]).astype(np.float64) for key in frames[0]}


def rows_of(model: MemoryModel, log: dict[tuple[str | None, str], Floats], bank: str) -> Floats:
    """Attention rows [T, A, T] that the reader derives from a log."""
    spec = next(one for one in model.banks() if one.name == bank)
    queries, keys = log[bank, "queries"], log[bank, "keys"]
    steps, heads, _ = queries.shape
    rows = np.zeros((steps, heads, steps))
    for t in range(steps):
        if spec.gated and log[bank, "read_gate"][t, 0] == 0:
            continue
        written = log[bank, "write_gate"][: t + 1, 0] > 0 if spec.gated else None
        for h in range(heads):
            slope = spec.bias_slopes[h] if spec.bias_slopes else 0.0
            rows[t, h, : t + 1] = append.attention_row(
                queries[t, h], keys[: t + 1, h], bias_slope=slope, written=written
            )
    return rows


def check_ledger(model: MemoryModel, log: dict[tuple[str | None, str], Floats], *, atol: float = 1e-10) -> int:
    """The identity of the ledger for every bank, step and head: Σ contributions = what was read, shares sum to 1.

    Returns how many rows had something to read.
    """
    found = 0
    for bank in model.banks():
        rows, values, reads = rows_of(model, log, bank.name), log[bank.name, "values"], log[bank.name, "read_vectors"]
        for t, h in np.ndindex(reads.shape[:2]):
            parts = append.contributions(rows[t, h, : t + 1], values[: t + 1, h])
            np.testing.assert_allclose(parts.sum(0), reads[t, h], atol=atol, rtol=0)
            if rows[t, h].any():
                np.testing.assert_allclose(rows[t, h].sum(), 1, atol=1e-12)
                np.testing.assert_allclose(ledger.shares(parts, reads[t, h]).sum(), 1, atol=atol)
                found += 1
            else:
                assert not reads[t, h].any()
    return found
