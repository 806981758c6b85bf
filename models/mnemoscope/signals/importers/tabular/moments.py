"""Dates of a binary file as the texts that a table would have, written when they are looked at."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray


class Moments(Sequence[str]):
    """datetime64 [n] as "2020-01-31 12:00:00.000", empty where there is none: eight bytes each as long as nobody asks."""

    def __init__(self, moments: NDArray[np.datetime64]) -> None:
        self._moments = moments

    def __len__(self) -> int:
        return len(self._moments)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: Any) -> str | list[str]:
        if not isinstance(index, slice):
            return self[index : index + 1 or None][0]
        texts: list[str] = np.datetime_as_string(self._moments[index]).tolist()
        return ["" if text == "NaT" else text.replace("T", " ") for text in texts]


class MomentBlocks:
    """The texts of moments, joined by line breaks, `size` of them at a time."""

    def __init__(self, moments: Moments, size: int) -> None:
        self._moments, self._size = moments, size

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self._moments), self._size):
            yield "\n".join(self._moments[start : start + self._size])
