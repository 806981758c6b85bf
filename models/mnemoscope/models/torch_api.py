"""The few functions of torch that this library uses and that torch ships without types, with types.

Each is its namesake and nothing more; pyright's remark is silenced here, once, instead of at every call.
"""

from contextlib import AbstractContextManager

import torch
from torch import Tensor


def solve_triangular(a: Tensor, b: Tensor, *, upper: bool, unitriangular: bool = False) -> Tensor:
    """X with A X = B, A [..., n, n] triangular, B [..., n, k] -> [..., n, k]; see torch.linalg.solve_triangular."""
    return torch.linalg.solve_triangular(a, b, upper=upper, unitriangular=unitriangular)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def spectral_norm(matrix: Tensor) -> Tensor:
    """The largest singular value of [..., m, n] -> [...]; see torch.linalg.matrix_norm."""
    return torch.linalg.matrix_norm(matrix, ord=2)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def vector_norm(x: Tensor, *, dim: int | None = None) -> Tensor:
    """The Euclidean length, of all numbers or along an axis; see torch.linalg.vector_norm."""
    return torch.linalg.vector_norm(x, dim=dim)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def manual_seed(seed: int) -> None:
    """Seed the generators of every device; see torch.manual_seed."""
    torch.manual_seed(seed)  # pyright: ignore[reportUnknownMemberType]


def forked_cpu_rng() -> AbstractContextManager[None]:
    """The CPU's generator is afterwards where it was before; see torch.random.fork_rng."""
    return torch.random.fork_rng(devices=[])  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def backward(loss: Tensor) -> None:
    """Gradients of a scalar into the leaves; see Tensor.backward."""
    loss.backward()  # pyright: ignore[reportUnknownMemberType]


def cholesky_ex(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The lower factor of a symmetric matrix and 0, or a number above 0 where it has none; see torch.linalg.cholesky_ex."""
    return torch.linalg.cholesky_ex(matrix)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def solve(a: Tensor, b: Tensor) -> Tensor:
    """X with A X = B; see torch.linalg.solve."""
    return torch.linalg.solve(a, b)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def split(x: Tensor, sizes: int | list[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of one size, or of several, along an axis; see torch.split."""
    return torch.split(x, sizes, dim)  # pyright: ignore[reportUnknownMemberType, reportPrivateImportUsage]
