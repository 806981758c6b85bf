"""Fast weights: a memory that associates keys with values, and is read by a query. Pure functions, one equation each.

One update has the delta rule, state spaces with a matrix state and the matrix LSTM as special cases (Gated DeltaNet-2,
Hatamizadeh, Choi, Kautz 2026, arXiv 2605.22791):

    S_t = (I − k_t (b_t ⊙ k_t)ᵀ) Diag(α_t) S_{t−1} + k_t (w_t ⊙ v_t)ᵀ        r_t = S_tᵀ q_t

Glossary (B batch, T steps, A heads, K key size, V value size)
    S  memory [B, A, K, V]      q, k  query and key [B, A, K]      v  value [B, A, V]
    α  retention [B, A, K], carried as its logarithm g ≤ 0      b  erase gate [B, A, K]      w  write gate [B, A, V]
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor


class Write(NamedTuple):
    """What a layer emits for its memory, at one step [B, A, ·] or at T steps at once [B, T, A, ·]."""

    queries: Tensor  # q [.., K]
    keys: Tensor  # k [.., K]
    values: Tensor  # v [.., V]
    erase: Tensor | None  # b [.., K]; None: nothing is erased under the key
    write_gate: Tensor  # w [.., V] or [.., 1]
    log_retention: Tensor | None  # g = log α [.., K] or [.., 1]; None: nothing decays


def update(memory: Tensor, write: Write) -> Tensor:
    """One step of the memory: S_t from S_{t−1} [B, A, K, V] and what the layer emitted.

    First decay, then subtract what the memory answers to b ⊙ k and add w ⊙ v, both under the key.
    """
    if write.log_retention is not None:
        memory = memory * write.log_retention.exp().unsqueeze(-1)
    added = (write.write_gate * write.values).unsqueeze(-2)  # [B, A, 1, V]
    if write.erase is not None:
        added = added - torch.matmul((write.erase * write.keys).unsqueeze(-2), memory)
    return memory + write.keys.unsqueeze(-1) * added


def read(memory: Tensor, queries: Tensor) -> Tensor:
    """What the memory answers, r = Sᵀ q: memory [B, A, K, V], queries [B, A, K] -> [B, A, V]."""
    return torch.matmul(queries.unsqueeze(-2), memory).squeeze(-2)


def log_decay(log_retention: Tensor) -> Tensor:
    """What is left at step t of what step s wrote, log Π_{s<j≤t} α_j, for one α a head: [B, T, A] -> [B, A, t, s].

    −∞ for s > t. Its exponential is the 1-semiseparable matrix of Dao & Gu 2024 (arXiv 2405.21060, section 3.2.2).
    """
    total = log_retention.transpose(1, 2).cumsum(-1)
    between = total.unsqueeze(-1) - total.unsqueeze(-2)
    later = torch.ones(between.shape[-2:], dtype=torch.bool, device=between.device).triu(1)
    return between.masked_fill(later, -math.inf)
