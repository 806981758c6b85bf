"""Softmax attention as a write-once memory: what the Transformer, the encoder-decoder and the Universal Transformer share.

Glossary: B batch, T new steps, S slots, D model width, A attention heads, d = D/A width of a head. A step writes (k, v) to a
slot of its own, nothing is ever modified, and every head reads Σ_s softmax(q·k_s/√d) v_s (Vaswani et al. 2017, arXiv 1706.03762,
eq. 1).
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import APPEND
from mnemoscope.models.attention.positions import Rotation, rotate
from mnemoscope.models.base import TensorEntry


class AttentionSeen(NamedTuple):
    """One bank at one step, [B, A, d] each; the read weighting [B, A, t+1] follows from queries and keys."""

    queries: Tensor
    keys: Tensor
    values: Tensor
    read_vectors: Tensor

    @classmethod
    def of(cls, queries: Tensor, keys: Tensor, values: Tensor, read_vectors: Tensor) -> "AttentionSeen":
        """From [B, A, 1, d] each."""
        return cls(queries.squeeze(2), keys.squeeze(2), values.squeeze(2), read_vectors.squeeze(2))


class Store(NamedTuple):
    """The slots of one bank so far: keys and values [B, A, S, d]."""

    keys: Tensor
    values: Tensor

    def written(self, keys: Tensor, values: Tensor) -> "Store":
        """With the slots of further steps [B, A, T, d] behind those there are."""
        return Store(torch.cat((self.keys, keys), 2), torch.cat((self.values, values), 2))


def split_heads(packed: Tensor, parts: int, heads: int) -> tuple[Tensor, ...]:
    """Packed interface [B, T, parts·D] -> that many [B, A, T, d]."""
    batch, steps, _ = packed.shape
    if steps == 1:  # the same in fewer operations
        return packed.view(batch, parts, heads, 1, -1).unbind(1)
    return packed.view(batch, steps, parts, heads, -1).permute(2, 0, 3, 1, 4).unbind(0)


def join_heads(reads: Tensor) -> Tensor:
    """Reads of all heads [B, A, T, d] side by side -> [B, T, D]."""
    batch, _, steps, _ = reads.shape
    return (reads if steps == 1 else reads.transpose(1, 2)).reshape(batch, steps, -1)


def blocked(dtype: torch.dtype) -> float:
    """What is added to a score so that its slot is not read: the weight underflows to exactly 0.

    Finite, and small enough to be added twice: a row that may read nothing stays free of NaN, its gradient too.
    """
    return torch.finfo(dtype).min / 2


def causal_bias(steps: int, slots: int, like: Tensor) -> Tensor:
    """`blocked` where slot s lies behind step t, else 0 -> [T, S]; the T new steps are the last of the S slots."""
    return like.new_full((steps, slots), blocked(like.dtype)).triu(slots - steps + 1)


def attend(queries: Tensor, store: Store, bias: Tensor | None = None) -> Tensor:
    """Σ_s softmax_s(q·k_s/√d + bias) v_s: queries [B, A, T, d], bias broadcasting to [B, A, T, S] -> [B, A, T, d].

    Without a bias every step reads the slots up to its own; the T steps are the last of the S slots.
    """
    steps, slots = queries.shape[2], store.keys.shape[2]
    if steps > 1:
        if bias is None and steps < slots:
            bias = causal_bias(steps, slots, queries)
        return F.scaled_dot_product_attention(queries, store.keys, store.values, attn_mask=bias, is_causal=bias is None)
    scores = torch.matmul(queries, store.keys.transpose(2, 3)) / math.sqrt(queries.shape[-1])
    weights = torch.softmax(scores if bias is None else scores + bias, -1)
    return torch.matmul(weights, store.values)


class AttentionLayer(nn.Module):
    """Pre-norm layer: y = x + W_o·attention(LN₁ x); z = y + FFN(LN₂ y)."""

    def __init__(self, width: int, heads: int, feedforward: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.interface = nn.Linear(width, 3 * width)  # packed [q | k | v], as torch's in_proj
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, feedforward)
        self.down = nn.Linear(feedforward, width)

    def emit(
        self, x: Tensor, rotation: Rotation | None = None, gate: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys, values [B, A, T, d] of controller features [B, T, D]; queries and keys turned by RoPE.

        gate [B, T, 1]: 0 where a step has no part in this bank and emits zeros.
        """
        packed = self.interface(x)
        queries, keys, values = split_heads(packed if gate is None else packed * gate, 3, self.heads)
        if rotation is not None:
            queries, keys = rotate(torch.stack((queries, keys)), rotation).unbind(0)
        return queries, keys, values

    def transition(self, y: Tensor) -> Tensor:
        """The position-wise part: y + FFN(LN₂ y)."""
        return y + self.down(F.gelu(self.up(self.norm2(y))))


class DecoderLayer(AttentionLayer):
    """Pre-norm: y = x + W_o·self(LN₁ x); c = y + W_c·cross(LN_c y, memory); z = c + FFN(LN₂ c)."""

    def __init__(self, width: int, heads: int, feedforward: int) -> None:
        super().__init__(width, heads, feedforward)
        self.cross_norm = nn.LayerNorm(width)
        self.cross_query = nn.Linear(width, width)  # W_Q: the decoder's read keys
        self.cross_store = nn.Linear(width, 2 * width)  # packed [W_K | W_V]: what the encoder's output writes
        self.cross_out = nn.Linear(width, width)

    def stored(self, memory: Tensor, rotation: Rotation | None, gate: Tensor) -> Store:
        """Keys and values of this layer for the encoder's output [B, T, D]; zeros where gate [B, T, 1] is 0."""
        keys, values = split_heads(self.cross_store(memory) * gate, 2, self.heads)
        return Store(keys if rotation is None else rotate(keys, rotation), values)

    def asked(self, x: Tensor, rotation: Rotation | None, gate: Tensor) -> Tensor:
        """Queries [B, A, T, d] of decoder features [B, T, D] for the cross bank; zeros where gate [B, T, 1] is 0."""
        (queries,) = split_heads(self.cross_query(self.cross_norm(x)) * gate, 1, self.heads)
        return queries if rotation is None else rotate(queries, rotation)


def attention_entries(bank: str, heads: int, width: int) -> list[TensorEntry]:
    """What is recorded of one write-once bank at every step: queries, keys, values, reads."""
    roles = {"queries": "gate", "keys": "write", "values": "write", "read_vectors": "read"}
    return [(bank, name, role, ("head", "width"), (heads, width)) for name, role in roles.items()]


def attention_bank(
    name: str, heads: int, width: int, *, gated: bool = False, bias_slopes: list[float] | None = None
) -> BankSpec:
    """A write-once bank of A heads, each of width d."""
    return APPEND.bank(
        name,
        width=width,
        write_heads=heads,
        read_heads=heads,
        gated=gated,
        bias_slopes=None if bias_slopes is None else tuple(bias_slopes),
    )
