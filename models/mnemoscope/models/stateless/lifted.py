"""A Transformer layer inside the unmodified memory of Graves 2016, and the ladder that leads from one to the other.

The memory (graves_memory.step) compares by cosine and holds one vector a slot; attention compares by dot product and holds
a key and a value. **Norm lifting** makes them agree exactly. With A heads of width d, D = A·d, the row written by step s is

    M_s = [k^1 … k^A | v^1 … v^A | 1 | p_s | ℓ_s],  ℓ_s = √(C² − ‖k_s‖² − ‖v_s‖² − 1 − p_s²)    so that ‖M_s‖ = C

(the column p_s = s / HORIZON only where ALiBi needs it), with C an upper bound that follows from the weights: LayerNorm bounds
what the interface can emit. Head h reads with q^h in its own block of the key and b = B√d in the column of ones, at strength

    β_h = √(‖key_h‖² + ε) · √(C² + ε) / √d,  ε = addressing.NORM_EPSILON    so that β·cos = q^h·k_s^h/√d + B exactly

for every written row, and 0 for a blank one: the softmax over all N slots is the softmax over the written ones, up to
(N − t) e^{−MARGIN}, because B = MARGIN + max(0, −q_t·k_t/√d) keeps the row just written that far above a blank one.
Writes: allocation gate 1, write gate 1, erase 0, free gates 0, content reads only; usage without floor, as in the paper.
Every value is in the range of the paper's activations: β ≥ B ≥ 1 goes through oneplus, gates and modes are the limits of
sigmoid and softmax.

**The ladder.** Each rung turns one mechanism of the DNC on, on the same weights; at its resting value the Transformer is exact.

rung        rests at   equation                              what to look for
slots       N ≥ T      N slots, reused                       full memory: u = 1 everywhere, so a = 0, nothing more is written
overwrite   0          g^a = 1 − overwrite                   writes move from the next unused slot to the most similar one
erase       0          e = erase · 1                         what stood in a slot that is written again is wiped, not added to
free        0          f^i = free for every head             slots that were just read lose usage and are allocated again
links       0          π = (links/2, 1 − links, links/2)     reads slide to what was written just before and just after
recurrence  0          χ_t = x_t + recurrence · W_r[r_{t−1}]   the controller hears its last reads: it has a state again

`erase` alone changes nothing: a fresh slot holds nothing to wipe. `free` below 1 changes nothing while unused slots are left: they
are freer than freed ones. Both speak once `slots` is below the number of steps (erase also with `overwrite`). At `free` = 1 a
slot that was read with weight 1 is as free as an unused one, so the first slot is written over and over from the start.
Freed slots keep their content and are still found by content: the DNC's own weakness (Csordas & Schmidhuber 2019). A row that
was written in part, or onto another one, has lost the norm C: the cosine then hears its direction only.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.models import addressing, torch_api
from mnemoscope.models.dnc import memory as graves_memory
from mnemoscope.models.dnc.memory import GravesState, Interface

MARGIN = 45.0
"""How far, in logits, the row just written stands above a blank one: e^-45 = 3e-20 is below float64's rounding."""

HORIZON = 2**16
"""Most steps of a run with ALiBi inside the genuine memory: the position column stays below 1."""

SLACK = 1.001
"""The bound of a row's norm is taken this much larger, so that rounding never makes the lift the root of a negative number."""


@dataclass(frozen=True)
class Rungs:
    """The mechanisms of the DNC that the Transformer lacks, each resting at its default (see above)."""

    overwrite: float = 0.0
    erase: float = 0.0
    free: float = 0.0
    links: float = 0.0
    recurrence: float = 0.0


class LiftedState(NamedTuple):
    """One layer inside the genuine memory: what the memory carries, and what a recurrent controller would hear."""

    memory: GravesState
    heard: Tensor  # [B, 1, D]: W_r[r_{t−1}], the reads of the step before through the read output; 0 at first
    bound: Tensor  # [] : C, the norm of every row


class LiftedSeen(NamedTuple):
    """What one step did in the genuine memory: the fields of the interface that are recorded, and the weightings."""

    write_weights: Tensor  # [B, 1, N]
    erase: Tensor  # [B, 1, W]
    write_vectors: Tensor  # [B, 1, W]
    read_weights: Tensor  # [B, A, N]
    read_strengths: Tensor  # [B, A]
    write_strength: Tensor  # [B, 1]
    free_gates: Tensor  # [B, A]
    allocation_gate: Tensor  # [B, 1]
    write_gate: Tensor  # [B, 1]
    read_modes: Tensor  # [B, A, 3]
    recurrence_gate: Tensor  # [B, 1]


def row_width(width: int, *, located: bool = False) -> int:
    """Numbers in a row: keys and values of all heads, the one, the lift, and the position column where there is one."""
    return 2 * width + 2 + located


def emission_bound(interface: nn.Linear, norm: nn.LayerNorm) -> Tensor:
    """C: no row [k | v | 1 | p | ℓ] can need a larger norm, whatever the input.

    c = γ ⊙ z + β with ‖z‖ ≤ √D, so ‖[k; v]‖ ≤ ‖W diag γ‖₂ √D + ‖W β + b‖, W and b the key and value rows of the interface.
    """
    width = norm.normalized_shape[0]
    weight, bias = interface.weight[width:], interface.bias[width:]
    spectral = torch_api.spectral_norm(weight * norm.weight)
    reach = spectral * math.sqrt(width) + torch_api.vector_norm(weight @ norm.bias + bias)
    return torch.sqrt((SLACK * reach).square() + 2)


def inverse_oneplus(strengths: Tensor) -> Tensor:
    """β̂ with oneplus(β̂) = β, for β > 1: log(e^{β−1} − 1)."""
    rest = strengths - 1
    return torch.where(rest > 20, rest, torch.log(torch.expm1(rest.clamp(max=20))))


def rows(keys: Tensor, values: Tensor, bound: Tensor, *, location: Tensor | None = None) -> Tensor:
    """M_s: keys, values [B, A, 1, d] -> [B, 1, W], every row of norm C. location [] is p_s."""
    content = torch.cat((keys.flatten(1), values.flatten(1)), 1)
    one = torch.ones_like(content[:, :1])
    parts = [content, one] if location is None else [content, one, one * location]
    row = torch.cat(parts, 1)
    lift = torch.sqrt(bound.square() - row.square().sum(1, keepdim=True))
    return torch.cat((row, lift), 1).unsqueeze(1)


def _strength(keys: Tensor, bound: Tensor, head_width: int) -> Tensor:
    """β = √(‖key‖² + ε) √(C² + ε) / √d, through oneplus: [B, R, W] -> [B, R]."""
    epsilon = addressing.NORM_EPSILON
    wanted = torch.sqrt((keys.square().sum(-1) + epsilon) * (bound.square() + epsilon) / head_width)
    return addressing.oneplus(inverse_oneplus(wanted))


def interface(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    bound: Tensor,
    rungs: Rungs,
    *,
    slopes: Tensor | None = None,
    step: int = 0,
) -> Interface:
    """What the layer's controller says to the genuine memory at one step; queries, keys, values [B, A, 1, d].

    slopes [A] are those of ALiBi: the term −m_h (t − s) becomes m_h √d HORIZON in the position column and −m_h t in the bias.
    Raises ValueError when an ALiBi run is longer than HORIZON.
    """
    if slopes is not None and step >= HORIZON:
        raise ValueError(f'ALiBi in the genuine memory has places for {HORIZON} steps; use memory="stores" beyond them')
    batch, heads, _, head_width = queries.shape
    root = math.sqrt(head_width)
    own = (queries * keys).sum((2, 3)) / root  # [B, A]: the score of the row written now
    bias = MARGIN + torch.relu(-own)
    ends = []
    if slopes is not None:
        bias = bias - slopes * step
        ends = [(slopes * (root * HORIZON)).expand(batch, heads)]
    ends = torch.stack([bias * root, *ends, torch.zeros_like(bias)], 2)  # columns 1, p, ℓ
    own_block = torch.eye(heads, device=queries.device, dtype=queries.dtype)[:, :, None] * queries  # [B, A, A, d]
    read_keys = torch.cat((own_block.flatten(2), torch.zeros_like(own_block).flatten(2), ends), 2)
    location = None if slopes is None else queries.new_tensor(step / HORIZON)
    row = rows(keys, values, bound, location=location)
    tag = keys.flatten(1)  # a content write looks for the slot whose keys are most similar, over all heads
    beside = [torch.full_like(tag[:, :1], MARGIN * root), torch.zeros_like(ends[:, 0, 1:])]
    write_key = torch.cat((tag, torch.zeros_like(tag), *beside), 1)
    everyone, once = queries.new_ones(batch, heads), queries.new_ones(batch, 1)
    aside = everyone * (rungs.links / 2)
    return Interface(
        read_keys=read_keys,
        read_strengths=_strength(read_keys, bound, head_width),
        write_key=write_key,
        write_strength=_strength(write_key.unsqueeze(1), bound, head_width),
        erase=torch.full_like(row, rungs.erase),
        write_vectors=row,
        free_gates=everyone * rungs.free,
        allocation_gate=once * (1 - rungs.overwrite),
        write_gate=once,
        read_modes=torch.stack((aside, everyone * (1 - rungs.links), aside), 2),
    )


def access(
    state: LiftedState, xi: Interface, rungs: Rungs, off_diagonal: Tensor
) -> tuple[GravesState, Tensor, LiftedSeen]:
    """One step of the unmodified memory -> its next state, the reads [B, 1, D] of all heads' own value blocks, what was seen."""
    memory, reads = graves_memory.step(state.memory, xi, off_diagonal, usage_epsilon=0.0)
    batch, heads, _ = reads.shape
    width = state.heard.shape[2]
    blocks = reads[:, :, width : 2 * width].reshape(batch, heads, heads, -1)  # head h finds v^h in block h
    own = torch.diagonal(blocks, dim1=1, dim2=2).transpose(1, 2).reshape(batch, 1, width)
    seen = LiftedSeen(
        write_weights=memory.write_weights,
        erase=xi.erase,
        write_vectors=xi.write_vectors,
        read_weights=memory.read_weights,
        read_strengths=xi.read_strengths,
        write_strength=xi.write_strength,
        free_gates=xi.free_gates,
        allocation_gate=xi.allocation_gate,
        write_gate=xi.write_gate,
        read_modes=xi.read_modes,
        recurrence_gate=torch.full_like(xi.write_gate, rungs.recurrence),
    )
    return memory, own, seen


Entry = tuple[str, str, tuple[str, ...], tuple[int, ...]]
"""(name, role, axes, shape) of one recorded tensor of a bank."""


def frame_entries(slots: int, width: int, heads: int) -> list[Entry]:
    """What a bank of N slots of W numbers with A read heads records at every step: the fields of LiftedSeen."""
    return [
        ("write_weights", "write", ("write_head", "slot"), (1, slots)),
        ("erase", "erase", ("write_head", "width"), (1, width)),
        ("write_vectors", "write", ("write_head", "width"), (1, width)),
        ("read_weights", "read", ("read_head", "slot"), (heads, slots)),
        ("read_strengths", "gate", ("read_head",), (heads,)),
        ("write_strength", "gate", ("gate",), (1,)),
        ("free_gates", "gate", ("read_head",), (heads,)),
        ("allocation_gate", "gate", ("gate",), (1,)),
        ("write_gate", "gate", ("gate",), (1,)),
        ("read_modes", "gate", ("read_head", "mode"), (heads, 3)),
        ("recurrence_gate", "gate", ("gate",), (1,)),
    ]


def keyframe_entries(slots: int, width: int, heads: int) -> list[Entry]:
    """The state of such a bank: the fields of GravesState."""
    return [
        ("memory", "state", ("slot", "width"), (slots, width)),
        ("usage", "state", ("slot",), (slots,)),
        ("links", "state", ("slot", "from_slot"), (slots, slots)),
        ("precedence", "state", ("slot",), (slots,)),
        ("write_weights", "state", ("write_head", "slot"), (1, slots)),
        ("read_weights", "state", ("read_head", "slot"), (heads, slots)),
    ]
