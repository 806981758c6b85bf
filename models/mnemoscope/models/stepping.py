"""Many sequences of one model stepped as one batch: the walk through them, and what can be done with the states of a batch.

A state is a tree (`MemoryModel.step`). Its tensors have the batch as their first axis; numbers, and tensors without an axis, are
shared by all sequences. Sweeps over delays, lenses, ablations, training and sessions on a GPU all step through here.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

if TYPE_CHECKING:
    from mnemoscope.models.base import MemoryModel, Step

YIELD_EVERY = 8
"""Steps between two yields."""


def each(model: MemoryModel, inputs: Tensor, state: Any = None) -> Iterator[Step]:
    """The steps through inputs [B, T, I], from a state or the start; autograd follows them where it is on."""
    state = model.initial_state(len(inputs)) if state is None else state
    for x in inputs.unbind(1):
        step = model.step(x, state)
        state = step.state
        yield step


@torch.no_grad()
def run(model: MemoryModel, inputs: Tensor, state: Any = None) -> Generator[None, None, tuple[Tensor, Any]]:
    """Raw outputs [B, T, O] of inputs [B, T, I], and the state after them. Yields every few milliseconds."""
    state = model.initial_state(len(inputs)) if state is None else state
    outputs: list[Tensor] = []
    for k, step in enumerate(each(model, inputs, state)):
        outputs.append(step.output)
        state = step.state
        if k % YIELD_EVERY == 0:
            yield
    return torch.stack(outputs, 1) if outputs else inputs.new_empty(len(inputs), 0, model.outputs), state


def sequences(state: Any) -> int:
    """Sequences in the batch of a state; 1 where nothing of it has a batch."""
    return max((len(leaf) for leaf in pytree.tree_leaves(state) if has_batch(leaf)), default=1)


def numbers(state: Any) -> int:
    """Numbers of one sequence's state."""
    return sum(leaf[0].numel() for leaf in pytree.tree_leaves(state) if has_batch(leaf))


def has_batch(leaf: Any) -> TypeGuard[Tensor]:
    """Whether a leaf of a state differs from sequence to sequence."""
    return isinstance(leaf, Tensor) and leaf.dim() > 0


def rows(state: Any, first: int, last: int) -> Any:
    """The state of sequences first … last − 1 of a batch."""
    return _mapped(lambda leaf: leaf[first:last], state)


def repeated(state: Any, count: int) -> Any:
    """The state of one sequence for a batch of `count` of them."""
    return _mapped(lambda leaf: _expanded(leaf, count).contiguous(), state)


def detached(state: Any) -> Any:
    """The state without what autograd knows of it."""
    return _mapped(lambda leaf: leaf.detach(), state)


def alike(states: Sequence[Any]) -> list[list[int]]:
    """Places of states that can be joined: the same tree and shapes, and the same numbers where there is no batch."""
    groups: dict[Any, list[int]] = {}
    for k, state in enumerate(states):
        leaves, tree = pytree.tree_flatten(state)
        groups.setdefault((str(tree), tuple(map(_likeness, leaves))), []).append(k)
    return list(groups.values())


def joined(states: Sequence[Any]) -> tuple[Any, list[int]]:
    """States that are alike as one -> it, and how many sequences each had."""
    sizes = [sequences(state) for state in states]
    flat = [pytree.tree_leaves(state) for state in states]
    tree = pytree.tree_flatten(states[0])[1]
    leaves = [
        torch.cat([_expanded(leaf, size) for leaf, size in zip(parts, sizes, strict=True)])
        if has_batch(parts[0])
        else parts[0]
        for parts in zip(*flat, strict=True)
    ]
    return pytree.tree_unflatten(leaves, tree), sizes


def _mapped(change: Callable[[Tensor], Tensor], state: Any) -> Any:
    def changed(leaf: Any) -> Any:
        return change(leaf) if has_batch(leaf) else leaf

    return pytree.tree_map(changed, state)


def _expanded(leaf: Tensor, count: int) -> Tensor:
    return leaf.expand(count, *leaf.shape[1:])


def _likeness(leaf: Any) -> Any:
    if isinstance(leaf, Tensor):
        return tuple(leaf.shape[1:]) if has_batch(leaf) else leaf.item()
    return leaf
