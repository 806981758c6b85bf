"""Blocks of numbers as one array, without holding all of them twice."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def gathered(blocks: list[Any]) -> NDArray[Any]:
    """The blocks one after another [n]; the list is empty afterwards, and each block is let go once it is copied."""
    if len(blocks) == 1:
        return blocks.pop()
    whole = np.empty(sum(map(len, blocks)), np.result_type(*blocks))
    at = len(whole)
    while blocks:
        block = blocks.pop()
        whole[at - len(block) : at] = block
        at -= len(block)
    return whole
