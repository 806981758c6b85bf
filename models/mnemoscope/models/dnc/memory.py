"""The memory of Graves et al. 2016 (Nature 538:471, Methods) alone: state + interface -> state + reads, one pure function.

Nothing here knows a controller. `step` is the paper's memory, unmodified unless an option of [CS] is asked for: cosine
content weighting, dynamic allocation from usage and free gates, erase and write, temporal links, three read modes. Whoever
emits an `Interface` whose values lie in the ranges of the paper's activations runs inside it: an LSTM does (dnc.py), and so
does a Transformer layer (lifted.py).

[CS] Csordas & Schmidhuber 2019 (arXiv 1904.10278): masks (M), de-allocation (D), sharpened links (S).
Glossary: B batch, N slots, W width of a slot, R read heads. Shapes as in addressing.py.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from mnemoscope.models import addressing

NOTHING = torch.empty(1, 0)
"""What an option that is off says."""


class Interface(NamedTuple):
    """The interface vector ξ_t, unpacked and through its activations ([DNC] "Interface parameters").

    The last three are of [CS]; one without elements leaves its option off.
    """

    read_keys: Tensor  # k^{r,i} [B, R, W], any
    read_strengths: Tensor  # β^{r,i} [B, R], oneplus: ≥ 1
    write_key: Tensor  # k^w [B, W], any
    write_strength: Tensor  # β^w [B, 1], oneplus: ≥ 1
    erase: Tensor  # e [B, 1, W] in [0, 1]
    write_vectors: Tensor  # v [B, 1, W], any
    free_gates: Tensor  # f^i [B, R] in [0, 1]
    allocation_gate: Tensor  # g^a [B, 1] in [0, 1]
    write_gate: Tensor  # g^w [B, 1] in [0, 1]
    read_modes: Tensor  # π^i [B, R, 3]: backward, content, forward; on the simplex
    read_masks: Tensor = NOTHING  # m^{r,i} [B, R, W] in [0, 1]
    write_mask: Tensor = NOTHING  # m^w [B, W] in [0, 1]
    link_sharpening: Tensor = NOTHING  # s^i [B, R, 2]: backward, forward, oneplus: ≥ 1


class GravesState(NamedTuple):
    """All that the memory carries from one step to the next."""

    memory: Tensor  # M [B, N, W]
    usage: Tensor  # u [B, N]
    links: Tensor  # L [B, N, N]
    precedence: Tensor  # p [B, N]
    write_weights: Tensor  # w^w [B, 1, N]
    read_weights: Tensor  # w^r [B, R, N]


class Access(NamedTuple):
    """One step: the next state (its weightings are those of this step) and the read vectors r [B, R, W]."""

    state: GravesState
    read_vectors: Tensor


def blank(batch: int, slots: int, width: int, read_heads: int, like: Tensor) -> GravesState:
    """Everything 0, as in DeepMind's code; `like` gives device and dtype."""
    return GravesState(
        memory=like.new_zeros(batch, slots, width),
        usage=like.new_zeros(batch, slots),
        links=like.new_zeros(batch, slots, slots),
        precedence=like.new_zeros(batch, slots),
        write_weights=like.new_zeros(batch, 1, slots),
        read_weights=like.new_zeros(batch, read_heads, slots),
    )


def step(
    state: GravesState,
    xi: Interface,
    off_diagonal: Tensor,
    *,
    usage_epsilon: float = addressing.USAGE_EPSILON,
    usage_grid: int | None = addressing.USAGE_GRID,
    deallocation: bool = False,
    through_usage: bool = False,
) -> Access:
    """One access: free, allocate, write, link, read ([DNC] Methods, in the order of the paper).

    off_diagonal [N, N] = 1 − I. `usage_epsilon=0` is the paper's allocation; the default has the floor that training needs,
    and compares usages on `usage_grid` (`allocation_weighting`).
    `deallocation` (D of [CS]) also wipes a slot that is freed. `through_usage` lets gradients of the write weights flow into
    usage; without it they stop there, as in DeepMind's code, which trains better and changes no value.
    """
    retention = addressing.retention(xi.free_gates, state.read_weights)  # ψ_t
    written = state.write_weights.squeeze(1)
    usage = addressing.usage_after(state.usage, written if through_usage else written.detach(), retention)  # u_t
    allocation = addressing.allocation_weighting(usage, epsilon=usage_epsilon, grid=usage_grid)  # a_t
    content = _look_up(state.memory, xi.write_key.unsqueeze(1), xi.write_strength, xi.write_mask).squeeze(1)  # c^w_t
    write = xi.write_gate * torch.lerp(content, allocation, xi.allocation_gate)  # w^w_t
    write_weights = write.unsqueeze(1)
    found = state.memory * retention.unsqueeze(2) if deallocation else state.memory  # M_{t−1} ⊙ ψ_t 1ᵀ in DNC-D
    memory = addressing.erase_and_write(found, write_weights, xi.erase, xi.write_vectors)  # M_t

    links = addressing.link_matrix(state.links, state.precedence, write, off_diagonal)  # L_t, from p_{t−1}
    precedence = addressing.precedence_after(state.precedence, write)  # p_t
    forward = torch.bmm(state.read_weights, links.transpose(1, 2))  # f_t = L_t w^r_{t−1}
    backward = torch.bmm(state.read_weights, links)  # b_t = L_tᵀ w^r_{t−1}
    if xi.link_sharpening.shape[1]:
        backward, forward = (
            addressing.sharpen(way, sharpness, epsilon=addressing.LINK_EPSILON)
            for way, sharpness in zip((backward, forward), xi.link_sharpening.unbind(2), strict=True)
        )
    looked_up = _look_up(memory, xi.read_keys, xi.read_strengths, xi.read_masks)  # c^r_t
    modes = torch.stack((backward, looked_up, forward), 2)  # [B, R, 3, N]
    read_weights = torch.matmul(xi.read_modes.unsqueeze(2), modes).squeeze(2)  # w^r_t
    reads = torch.bmm(read_weights, memory)  # r_t = M_tᵀ w^r_t
    return Access(GravesState(memory, usage, links, precedence, write_weights, read_weights), reads)


def _look_up(memory: Tensor, keys: Tensor, strengths: Tensor, masks: Tensor) -> Tensor:
    """C(M, k, β), through the masks of DNC-M where there are any."""
    if masks.shape[1]:
        return addressing.masked_content_weighting(memory, keys, strengths, masks.view(keys.shape))
    return addressing.content_weighting(memory, keys, strengths)
