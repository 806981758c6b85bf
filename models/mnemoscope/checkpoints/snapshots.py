"""Weights set aside along a training, in a quarter of their size: 8 bits a number, and one scale a row of a matrix.

They are to be looked at, not trained on: with such weights the shipped NTM, DNC and Transformer copy the same bits.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from mnemoscope.models.base import MemoryModel

MIN_MOMENTS, MAX_BYTES = 8, 2_200_000
"""Moments that are kept at least, and what more of them may weigh."""

SMALL = 1024
"""Tensors of fewer numbers stay in half precision."""

SCALE = ":scale"


def weights_of(model: "MemoryModel") -> dict[str, "Tensor"]:
    """A copy of the weights as they are now, in half precision."""
    import torch

    return {name: tensor.detach().to("cpu", torch.float16, copy=True) for name, tensor in model.state_dict().items()}


def packed(weights: dict[str, "Tensor"]) -> dict[str, "Tensor"]:
    """Matrices [rows, …] as int8 beside "name:scale" [rows] in half precision; the rest in half precision."""
    import torch

    out: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        if tensor.dim() < 2 or tensor.numel() < SMALL:
            out[name] = tensor.to(torch.float16)
            continue
        rows = tensor.to(torch.float32).flatten(1)
        scale = (rows.abs().amax(1) / 127).clamp_min(torch.finfo(torch.float16).tiny).to(torch.float16)
        steps = rows / scale.to(torch.float32).unsqueeze(1)
        out[name] = steps.round().clamp(-127, 127).to(torch.int8).view(tensor.shape)
        out[name + SCALE] = scale
    return out


def unpacked(found: dict[str, "Tensor"]) -> dict[str, "Tensor"]:
    """Weights in float32 from `packed` ones, or from half precision."""
    import torch

    out: dict[str, Tensor] = {}
    for name, tensor in found.items():
        if name.endswith(SCALE):
            continue
        values = tensor.to(torch.float32)
        scale = found.get(name + SCALE)
        if scale is not None:
            values = values * scale.to(torch.float32).view(-1, *[1] * (values.dim() - 1))
        out[name] = values
    return out


def thinned(updates: list[int], size: int) -> list[int]:
    """Of moments of `size` bytes each as many as MAX_BYTES hold, at least MIN_MOMENTS: the first, the last, and evenly between."""
    count = max(MIN_MOMENTS, MAX_BYTES // max(1, size))
    if len(updates) <= count:
        return updates
    kept = [updates[round(k * (len(updates) - 1) / (count - 1))] for k in range(count)]
    assert all(a < b for a, b in pairwise(kept))
    return kept
