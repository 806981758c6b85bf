"""The delta rule: a memory of fast weights that overwrites what it holds under a key. Pure functions, one equation each.

Papers: [Schlag] Schlag, Irie, Schmidhuber 2021 (arXiv 2102.11174); [Yang] Yang et al. 2024 (arXiv 2406.06484);
[GDN-2] Hatamizadeh, Choi, Kautz 2026 (arXiv 2605.22791). Update, read and glossary: fast_weights/memory.py.

DeltaNet is α = 1, b = w = β: S_t = S_{t−1} + β k (v − S_{t−1}ᵀ k)ᵀ. With β = 1 and a key of length 1 the memory then answers
the key with exactly v; with β = 0 nothing happens. All steps of a sequence are computed together by `run`.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from mnemoscope.models import torch_api
from mnemoscope.models.fast_weights.memory import Write

NORM_EPSILON = 1e-6
"""Added under the square root of the length of a key: the gradient of a zero key stays finite."""

FLOOR = -5.0
"""Least log retention of a step: it keeps at least 0.7 % of a key. Half a chunk then fades by at most e⁻⁴⁰, whose inverse
is still far from the largest float32, so the steps of a chunk can be solved together by plain matrix products."""

CHUNK = 16
"""Steps that `run` solves together."""


def unit(x: Tensor) -> Tensor:
    """Length 1: x / √(|x|² + ε) over the last axis, for keys and queries ([Yang])."""
    return x * torch.rsqrt(x.square().sum(-1, keepdim=True) + NORM_EPSILON)


def log_retention(raw: Tensor, log_rate: Tensor, bias: Tensor) -> Tensor:
    """The logarithm g = −exp(a) softplus(raw + bias) of α, as in Mamba-2 and [GDN-2], not below FLOOR. log_rate a [A, 1]."""
    return (-log_rate.exp() * F.softplus(raw + bias)).clamp_min(FLOOR)


def run(memory: Tensor, write: Write, *, chunk: int = CHUNK) -> tuple[Tensor, Tensor]:
    """All T steps: memory [B, A, K, V] and emissions [B, T, A, ·] -> reads [B, T, A, V] and the memory after the last step.

    Equals `fast_weights.update` and `read` step by step up to rounding, with T / chunk sequential steps ([Yang], with the decay of
    [GDN-2]). Within a chunk S_t = Γ_t S_0 + Σ_{s≤t} (Γ_t / Γ_s) k_s u_sᵀ, where Γ is the running product of α and
    u_t = w_t v_t − S_0ᵀ (Γ_t b_t k_t) − Σ_{s<t} a_ts u_s, a_ts = (b_t k_t)ᵀ (Γ_t / Γ_s) k_s: a unit triangular system.
    Raises ValueError without an erase gate, and for a chunk above CHUNK, for which log retentions down to FLOOR could overflow.
    """
    if not 1 <= chunk <= CHUNK:
        raise ValueError(f"chunk must be from 1 to {CHUNK}, got {chunk}")
    if write.erase is None:
        raise ValueError("the delta rule needs an erase gate")
    steps = write.keys.shape[1]
    size = min(steps, chunk)
    erasing, queries, keys, adding = (
        _chunks(x, size) for x in (write.erase * write.keys, write.queries, write.keys, write.write_gate * write.values)
    )
    asked, kept = torch.cat((erasing, queries), 3), None
    if write.log_retention is None:
        products = torch.matmul(asked, keys.transpose(3, 4))
    else:
        total = _chunks(write.log_retention, size).cumsum(3)  # log Γ within the chunk
        middle, last = total[:, :, :, size // 2 :][:, :, :, :1], total[:, :, :, -1:]
        rising = (total - middle).exp()
        products = torch.matmul(asked * torch.cat((rising, rising), 3), (keys / rising).transpose(3, 4))
        grown = total.exp()
        erasing, queries, keys = erasing * grown, queries * grown, keys * (last - total).exp()
        kept = grown[:, :, :, -1].unsqueeze(-1)
    between, seen = products[:, :, :, :size].tril(-1), products[:, :, :, size:].tril()
    solved = torch_api.solve_triangular(between, torch.cat((adding, erasing), 4), upper=False, unitriangular=True)
    from_values, from_memory = torch.split_with_sizes(solved, (adding.shape[-1], erasing.shape[-1]), 4)
    keys = keys.transpose(3, 4)
    memories: list[Tensor] = []
    written: list[Tensor] = []
    for n in range(keys.shape[2]):
        memories.append(memory)
        written.append(from_values[:, :, n] - torch.matmul(from_memory[:, :, n], memory))
        decayed = memory if kept is None else memory * kept[:, :, n]
        memory = decayed + torch.matmul(keys[:, :, n], written[-1])
    reads = torch.matmul(queries, torch.stack(memories, 2)) + torch.matmul(seen, torch.stack(written, 2))
    return reads.flatten(2, 3)[:, :, :steps].transpose(1, 2), memory


def _chunks(x: Tensor, size: int) -> Tensor:
    """[B, T, A, ·] -> [B, A, N, size, ·], filled up with steps that do nothing (zeros)."""
    missing = -x.shape[1] % size
    if missing:
        x = F.pad(x, (0, 0, 0, 0, 0, missing))
    return torch.unflatten(x, 1, (-1, size)).permute(0, 3, 1, 2, 4)
