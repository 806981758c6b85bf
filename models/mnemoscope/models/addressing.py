"""The addressing mechanisms of the NTM and the DNC, one equation a function.

Papers: [NTM] Graves, Wayne, Danihelka 2014 (arXiv 1410.5401); [DNC] Graves et al. 2016 (Nature 538:471), Methods;
[CS] Csordas & Schmidhuber 2019 (arXiv 1904.10278): masked lookup, de-allocation, sharpened links.

Glossary (paper's letter: meaning)
    B  batch                       M  memory [B, N, W]          k  key [B, H, W]      β  strength [B, H]
    N  slots                       w  weighting [B, H, N]       g  interpolation gate [B, H]
    W  width of a slot             s  shift weighting [B, H, S] γ  sharpening [B, H]
    H  heads (R for read heads)    u  usage [B, N]   ψ retention [B, N]   a allocation [B, N]   f free gates [B, R]
    L  link matrix [B, N, N]       p  precedence [B, N]         m  lookup mask [B, H, W]

All functions are pure and differentiable where the papers are. Products over heads are taken factor by factor: where torch
2.13 compiles a step for the CPU, `Tensor.prod(dim)` in it silently gets a wrong gradient (by up to 3 % of the largest).
"""

from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional as F

NORM_EPSILON = 1e-6
"""Added under the square root of a norm. With √(Σ²+ε) the gradient of the cosine at an all-zero row stays below
1e3; with the usual division by (|a||b|+ε) it is 4e6, and the first steps of a run on blank memory explode."""

USAGE_EPSILON = 1e-6
"""Keeps the cumulative product of the allocation away from zero so that its gradient exists (DeepMind's dnc)."""

USAGE_GRID = 2**12
"""Steps of the grid on which usages are compared: finer ones (2^16) still let rounding choose slots of trained DNCs."""

SHARPEN_EPSILON = 1e-20
"""Keeps the logarithm of a weight of 0 finite where the NTM sharpens; far below what a float32 weighting resolves."""

LINK_EPSILON = 1e-6
"""The ε of [CS] (their code): added to forward and backward weightings before they are sharpened, which may be all zero."""


def oneplus(x: Tensor) -> Tensor:
    """1 + log(1 + eˣ), in [1, ∞): read and write strengths ([DNC] Methods, "Interface parameters")."""
    return 1 + F.softplus(x)


def content_weighting(memory: Tensor, keys: Tensor, strengths: Tensor) -> Tensor:
    """C(M, k, β)_i = softmax_i(β · cos(k, M_i)) ([NTM] eq. 5-6, [DNC] "Content-based addressing").

    memory [B, N, W], keys [B, H, W], strengths [B, H] -> [B, H, N]; each row sums to 1.
    """
    dots = torch.bmm(keys, memory.transpose(1, 2))
    memory_scale = torch.rsqrt(memory.square().sum(-1) + NORM_EPSILON)
    key_scale = strengths * torch.rsqrt(keys.square().sum(-1) + NORM_EPSILON)
    return torch.softmax(dots * memory_scale.unsqueeze(1) * key_scale.unsqueeze(2), -1)


def masked_content_weighting(memory: Tensor, keys: Tensor, strengths: Tensor, masks: Tensor) -> Tensor:
    """C(M, k, β, m)_i = softmax_i(β · cos(k ⊙ m, M_i ⊙ m)) ([CS]): the lookup sees only part of the width.

    memory [B, N, W], keys and masks [B, H, W], strengths [B, H] -> [B, H, N]; each row sums to 1. The mask is moved onto
    key and squares, so no [B, H, N, W] is made; norms are √(Σ² + ε) of the masked vectors.
    """
    squares = masks.square()
    dots = torch.bmm(keys * squares, memory.transpose(1, 2))
    memory_scale = torch.rsqrt(torch.bmm(squares, memory.square().transpose(1, 2)) + NORM_EPSILON)
    key_scale = strengths * torch.rsqrt((keys.square() * squares).sum(-1) + NORM_EPSILON)
    return torch.softmax(dots * memory_scale * key_scale.unsqueeze(2), -1)


def floored_mask(raw: Tensor, floor: float) -> Tensor:
    """The mask m = σ(m̂)(1 − m_min) + m_min ([CS]): with a floor above 0 no part of the width is ever lost to gradients."""
    return floor + (1 - floor) * torch.sigmoid(raw)


def interpolate(content: Tensor, previous: Tensor, gates: Tensor) -> Tensor:
    """w^g = g w^c + (1 − g) w_{t−1} ([NTM] eq. 7). content, previous [B, H, N], gates [B, H] -> [B, H, N]."""
    return torch.lerp(previous, content, gates.unsqueeze(2))


def circular_shift(weights: Tensor, shifts: Tensor) -> Tensor:
    """w̃(i) = Σ_j w(j) s(i − j mod N) ([NTM] eq. 8).

    weights [B, H, N]; shifts [B, H, S], S odd, a distribution over the offsets −S//2 … S//2 in that order -> [B, H, N].
    """
    size = shifts.shape[-1]
    half = size // 2
    padded = torch.cat((weights[..., -half:], weights, weights[..., :half]), -1) if half else weights
    windows = padded.unfold(-1, size, 1)  # [B, H, N, S]: w(i−half) … w(i+half)
    return torch.matmul(windows, shifts.flip(-1).unsqueeze(-1)).squeeze(-1)


def sharpen(weights: Tensor, gamma: Tensor, *, epsilon: float = SHARPEN_EPSILON) -> Tensor:
    """S(w̃, γ) = (w̃ + ε)^γ / Σ (w̃ + ε)^γ ([NTM] eq. 9; with ε = LINK_EPSILON the sharpened links of [CS]).

    Computed as softmax(γ log(w̃ + ε)), which neither under- nor overflows: the softmax takes out the largest term, which is
    the division by max(w̃ + ε) of [CS]. An all-zero row becomes the uniform one.
    weights [B, H, N], gamma [B, H] (≥ 1) -> [B, H, N], rows sum to 1.
    """
    return torch.softmax(gamma.unsqueeze(2) * torch.log(weights + epsilon), -1)


def erase_and_write(memory: Tensor, weights: Tensor, erase: Tensor, vectors: Tensor) -> Tensor:
    """M_t = M_{t−1} ⊙ Π_h(1 − w_h e_hᵀ) + Σ_h w_h v_hᵀ ([NTM] eq. 3-4; [DNC] "Memory" with one head).

    All erasures first, then all additions, so the order of the heads does not matter.
    memory [B, N, W], weights [B, H, N], erase in [0, 1] and vectors [B, H, W] -> [B, N, W].
    """
    across = weights.transpose(1, 2)
    if weights.shape[1] == 1:
        remaining = torch.addcmul(memory, memory, torch.bmm(across, erase), value=-1)  # M − M ⊙ w eᵀ
    else:
        remaining = memory
        for w, e in zip(weights.unbind(1), erase.unbind(1), strict=True):
            remaining = torch.addcmul(remaining, remaining, w.unsqueeze(2) * e.unsqueeze(1), value=-1)
    return torch.baddbmm(remaining, across, vectors)


def retention(free_gates: Tensor, read_weights: Tensor) -> Tensor:
    """ψ_t = Π_i (1 − f^i_t w^{r,i}_{t−1}) ([DNC] "Dynamic memory allocation"). [B, R], [B, R, N] -> [B, N]."""
    factors = 1 - free_gates.unsqueeze(2) * read_weights
    return factors.squeeze(1) if factors.shape[1] == 1 else reduce(torch.mul, factors.unbind(1))


def usage_after(usage: Tensor, write_weights: Tensor, retention: Tensor) -> Tensor:
    """u_t = (u_{t−1} + w^w_{t−1} − u_{t−1} ⊙ w^w_{t−1}) ⊙ ψ_t ([DNC] "Dynamic memory allocation").

    usage, write_weights (both of the step before), retention = ψ_t, all [B, N] -> [B, N] in [0, 1].
    """
    return torch.addcmul(usage + write_weights, usage, write_weights, value=-1) * retention


def allocation_weighting(usage: Tensor, *, epsilon: float = USAGE_EPSILON, grid: int | None = USAGE_GRID) -> Tensor:
    """a_t[φ_j] = (1 − u[φ_j]) Π_{i<j} u[φ_i], φ = slots by ascending usage ([DNC] eq. 1).

    usage [B, N] -> [B, N], Σ ≤ 1. The gradient through the order itself is ignored, as in the paper. `epsilon=0` gives the
    paper's equation, without the floor and without the grid.

    The order is that of usage on a grid of 2^-12, and slots that are alike on it go by their number. Slots that nobody wrote have
    equal usage in exact arithmetic and differ by rounding alone: sorted on the bare numbers, another precision, batch size
    or machine would write to other slots. Only the order is taken from the grid, never a value. `grid=None` sorts the bare numbers
    all the same, as mnemoscope did at first.
    """
    floored = epsilon + (1 - epsilon) * usage if epsilon else usage
    compared = torch.round(usage.detach() * grid) if epsilon and grid else usage
    order = torch.sort(compared, dim=-1, stable=True).indices
    ascending = torch.gather(floored, -1, order)
    through = torch.cumprod(ascending, -1)
    before = F.pad(through[..., :-1], (1, 0), value=1.0)
    return torch.zeros_like(usage).scatter(-1, order, before - through)  # (1 − u) Π = Π before − Π through


def link_matrix(links: Tensor, precedence: Tensor, write_weights: Tensor, off_diagonal: Tensor) -> Tensor:
    """L_t[i,j] = (1 − w_i − w_j) L_{t−1}[i,j] + w_i p_{t−1}[j], zero diagonal ([DNC] "Temporal memory linkage").

    links [B, N, N]; precedence of the step *before*, write_weights [B, N]; off_diagonal [N, N] = 1 − I -> [B, N, N].
    """
    w = write_weights.unsqueeze(2)
    faded = torch.addcmul(links, links, w + write_weights.unsqueeze(1), value=-1)
    return torch.baddbmm(faded, w, precedence.unsqueeze(1)) * off_diagonal


def precedence_after(precedence: Tensor, write_weights: Tensor) -> Tensor:
    """p_t = (1 − Σ_i w_i) p_{t−1} + w ([DNC] "Temporal memory linkage"). [B, N], [B, N] -> [B, N], Σ ≤ 1."""
    return torch.addcmul(precedence + write_weights, precedence, write_weights.sum(-1, keepdim=True), value=-1)
