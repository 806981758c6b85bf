"""How attention learns what stands where: three ways to give a write-once memory its order, one function an equation.

`sinusoidal`  added to the features of a step (Vaswani et al. 2017, arXiv 1706.03762, section 3.5)
`rotary`      queries and keys are angle by an angle that grows with the step, so that q_t·k_s depends on t − s only
              (RoPE: Su et al. 2021, arXiv 2104.09864, eq. 34). The angle keys are what is stored.
`alibi`       nothing is added; head h subtracts m_h (t − s) from its score (ALiBi: Press et al. 2021, arXiv 2108.12409)

Glossary: D model width, A heads, d = D/A width of a head, h head from 1, t place of the query, s place of the key.
"""

import math
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor

PositionKind = Literal["sinusoidal", "rotary", "alibi"]
KINDS: tuple[str, ...] = get_args(PositionKind)


class Rotation(NamedTuple):
    """Cosines and signed sines of the angles of RoPE, [..., d] each, a pair of neighbours sharing its angle."""

    cos: Tensor
    sin: Tensor


def check(kind: str, width: int, heads: int) -> None:
    """Raises ValueError when there is no such kind of positions, or heads do not divide the width as it needs."""
    if kind not in KINDS:
        raise ValueError(f"positions must be one of {', '.join(KINDS)}, got {kind!r}")
    if heads < 1 or width % heads:
        raise ValueError(f"width must be a multiple of heads, got width={width}, heads={heads}")
    if kind == "sinusoidal" and width % 2:
        raise ValueError(f"sinusoidal positions are pairs of sine and cosine, so width must be even, got width={width}")
    if kind == "rotary" and width // heads % 2:
        raise ValueError(
            f"rotary positions rotate pairs of numbers, so width / heads must be even, got {width} / {heads} = {width // heads}"
        )


def angles(places: Tensor, width: int, period: float) -> Tensor:
    """Angles t · period^(−2j/width), j < width/2, in float64: places [...] -> [..., ⌈width/2⌉]."""
    half = torch.arange(0, width, 2, device=places.device, dtype=torch.float64)
    rates = torch.exp(-math.log(period) * half / width)
    return places.double().unsqueeze(-1) * rates


def sinusoidal(places: Tensor, width: int, period: float, dtype: torch.dtype) -> Tensor:
    """PE(t, 2j) = sin(t / period^(2j/D)), PE(t, 2j+1) = cos(…): places [...] -> [..., D] (section 3.5)."""
    angle = angles(places, width, period)
    return torch.stack((torch.sin(angle).to(dtype), torch.cos(angle).to(dtype)), -1).flatten(-2)


def rotation(places: Tensor, width: int, period: float, dtype: torch.dtype) -> Rotation:
    """What turns heads of width d at these places (RoPE eq. 34): places [...] -> cos, sin [..., d]."""
    angle = angles(places, width, period)
    cos, sin = torch.cos(angle).to(dtype), torch.sin(angle).to(dtype)
    return Rotation(torch.stack((cos, cos), -1).flatten(-2), torch.stack((-sin, sin), -1).flatten(-2))


def rotate(x: Tensor, by: Rotation) -> Tensor:
    """(x₁, x₂) -> (x₁ cos − x₂ sin, x₂ cos + x₁ sin) for every pair of neighbours of the last axis (RoPE eq. 34)."""
    swapped = torch.unflatten(x, -1, (-1, 2)).flip(-1).flatten(-2)
    return torch.addcmul(x * by.cos, swapped, by.sin)


def slopes(heads: int) -> list[float]:
    """m_h = 2^(−8h/A), h = 1 … A (ALiBi section 3; for any A, where the paper interpolates unless A is a power of 2)."""
    return [2.0 ** (-8.0 * h / heads) for h in range(1, heads + 1)]


def distance_bias(queries: Tensor, keys: Tensor, heads: int, dtype: torch.dtype) -> Tensor:
    """−m_h |t − s|, what ALiBi adds to the scores: places queries [T], keys [S] -> [A, T, S]."""
    falls = torch.exp2(torch.arange(1, heads + 1, device=keys.device, dtype=torch.float64) * (-8.0 / heads))
    distance = (queries.double().unsqueeze(1) - keys.double()).abs()
    return (-falls[:, None, None] * distance).to(dtype)
