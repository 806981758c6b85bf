"""Linear read-outs: ridge regression whose penalty is chosen on a part of the data that it is not scored on.

In torch, so that it keeps to the threads that models are given.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from mnemoscope.models import torch_api

Floats = NDArray[np.float64]

PENALTIES = (1e-9, 1e-7, 1e-5, 1e-3, 1e-2, 1e-1, 1.0, 1e2, 1e5)
"""Relative to the mean variance of a feature; the last one answers the mean."""
INNER = 0.25
"""Last part of the training data, on which the penalty is chosen."""


def read_out(x: ArrayLike, y: Floats, of: ArrayLike) -> Floats:
    """Predictions [m, k] of targets from features `of` [m, f], fitted to x [n, f] and y [n, k]; features of any precision.

    Each target has the penalty that does best on the last quarter of x and y after a fit to the rest; then it is fitted to all.
    """
    features, targets, asked = torch.as_tensor(x), torch.as_tensor(y), torch.as_tensor(of)
    cut = len(y) - max(1, int(len(y) * INNER))
    tried = _predictions(features[:cut], targets[:cut], features[cut:], PENALTIES)
    best = torch.stack([((found - targets[cut:]) ** 2).sum(0) for found in tried]).argmin(0)
    chosen = [k for k in range(len(PENALTIES)) if bool((best == k).any())]
    found = torch.empty(len(asked), y.shape[1], dtype=torch.float64)
    for k, predicted in zip(
        chosen, _predictions(features, targets, asked, [PENALTIES[k] for k in chosen]), strict=True
    ):
        found[:, best == k] = predicted[:, best == k]
    return found.numpy()


def _predictions(x: Tensor, y: Tensor, of: Tensor, penalties: Sequence[float]) -> list[Tensor]:
    """Fits with several penalties, by whichever system is smaller: features × features, or samples × samples.

    The products are taken in the precision of the features, the systems solved in float64.
    """
    middle, height = x.mean(0), y.mean(0)
    centred, asked, wanted = x - middle, of - middle, y - height
    scale = float((centred**2).mean()) * len(x) or 1.0
    few = x.shape[1] <= len(x)
    gram = (centred.T @ centred if few else centred @ centred.T).double()
    right = (centred.T @ wanted.to(x.dtype)).double() if few else wanted
    left = (asked if few else asked @ centred.T).double()
    found: list[Tensor] = []
    for penalty in penalties:
        weighted = gram.clone()
        weighted.diagonal().add_(penalty * scale)
        factor, failed = torch_api.cholesky_ex(weighted)
        solved = torch_api.solve(weighted, right) if failed else torch.cholesky_solve(right, factor)
        found.append(left @ solved + height)
    return found
