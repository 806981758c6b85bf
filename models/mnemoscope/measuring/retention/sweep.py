"""One model over many windows: what it answers after any delay, with as little computing as the truth allows.

All delays share their beginning: lead, segment and waiting are stepped once, and the state is kept at every delay on the way. The
replays that fork off there, of all delays and all windows, run as one batch. A memory that grows with every step would be kept many
times over; where such a model has a parallel path, it runs that from the start instead, which is cheaper.
"""

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils import _pytree as pytree

from mnemoscope import kinds
from mnemoscope.models import torch_api
from mnemoscope.models.base import MemoryModel
from mnemoscope.tasks import SignalRecall

Floats = NDArray[np.float64]
Work = Generator[None, None, dict[int, Floats]]

YIELD_EVERY = 8
"""Steps between two yields."""
BATCH_NUMBERS = 1 << 19
"""Numbers of state in one batch: 2 MB. Beyond, the links of a DNC fall out of the cache and a larger batch is slower."""
MAX_BATCH = 512
ATTENDED = 1 << 22
"""Windows × steps² that the parallel path takes at once: what bounds its memory."""


class Sweep:
    """The replays of one model. `answers` is asked round by round; states are kept in between."""

    def __init__(
        self,
        model: MemoryModel,
        values: Floats,
        segment: int,
        *,
        lead: int,
        along: Sequence[int] = (),
        device: str = "cpu",
    ) -> None:
        """Values [window, step]. along: delays that will be asked for, so that their states are kept when passing by."""
        self.model, self.segment, self.lead = model, segment, lead
        self.along = sorted(set(along))
        weights = next(model.parameters(), torch.empty(0))  # a model of one's own may have none, or float64
        self._values = torch.as_tensor(values, dtype=weights.dtype, device=device)
        self._parallel = runs_in_parallel(model)
        numbers = 0 if self._parallel else _numbers(model.initial_state(1))
        self._batch = max(8, min(MAX_BATCH, BATCH_NUMBERS // max(numbers, 1)))
        self._states: list[dict[int, Any]] = [{} for _ in range(0, len(values), self._batch)]

    @torch.inference_mode()
    def answers(self, delays: Sequence[int]) -> Work:
        """The replays after each delay [window, segment], by delay. Yields every few milliseconds."""
        if self._parallel:
            return (yield from self._by_forward(delays))
        for n, kept in enumerate(self._states):
            rows = self._values[n * self._batch : (n + 1) * self._batch]
            yield from self._reach(rows, kept, sorted(delays))
        wanted = [(delay, n) for delay in delays for n in range(len(self._states))]
        replays = yield from self._replays([self._states[n][delay] for delay, n in wanted])
        found: dict[int, list[Tensor]] = {}
        for (delay, _), replay in zip(wanted, replays, strict=True):
            found.setdefault(delay, []).append(replay)
        return {delay: torch.cat(parts).cpu().double().numpy() for delay, parts in found.items()}

    def _reach(self, values: Tensor, kept: dict[int, Any], delays: Sequence[int]) -> Generator[None, None, None]:
        """Keep the state before the cue of every delay, from the nearest one that is kept."""
        for delay in delays:
            if delay in kept:
                continue
            before = [known for known in kept if known < delay]
            at = max(before) if before else None
            state = self.model.initial_state(len(values)) if at is None else kept[at]
            first = 0 if at is None else self.lead + self.segment + at
            last = self.lead + self.segment + delay
            stops = {self.lead + self.segment + d: d for d in (*self.along, delay)}
            for t in range(first, last):
                if t in stops and stops[t] not in kept:
                    kept[stops[t]] = state
                state = self.model.step(self._heard(values[:, t], t), state).state
                if t % YIELD_EVERY == 0:
                    yield
            kept[delay] = state

    def _heard(self, values: Tensor, t: int) -> Tensor:
        """Inputs [window, 3] of a step before the cue."""
        storing = self.lead <= t < self.lead + self.segment
        return torch.stack((values, torch.full_like(values, float(storing)), torch.zeros_like(values)), 1)

    def _replays(self, states: list[Any]) -> Generator[None, None, list[Tensor]]:
        """Answers [rows of the state, segment] from each state on; states of one shape share a batch."""
        found: list[Tensor | None] = [None] * len(states)
        for group in _alike(states):
            joined, sizes = _join([states[k] for k in group])
            parts: list[Tensor] = []
            total = sum(sizes)
            for first in range(0, total, self._batch):
                parts.append((yield from self._replay(_rows(joined, first, min(first + self._batch, total)))))
            for k, part in zip(group, torch_api.split(torch.cat(parts), sizes), strict=True):
                found[k] = part
        return [part for part in found if part is not None]

    def _replay(self, state: Any) -> Generator[None, None, Tensor]:
        count = next(leaf.shape[0] for leaf in pytree.tree_leaves(state) if _batched(leaf))
        asked = self._values.new_tensor((0.0, 0.0, 1.0)).expand(count, 3)
        outputs: list[Tensor] = []
        for k in range(self.segment):
            output, state, _ = self.model.step(asked, state)
            outputs.append(output[:, 0])
            if k % YIELD_EVERY == 0:
                yield
        return torch.stack(outputs, 1)

    def _by_forward(self, delays: Sequence[int]) -> Work:
        task, found = SignalRecall(), dict[int, Floats]()
        for delay in delays:
            steps = self.lead + 2 * self.segment + delay
            inputs = torch.as_tensor(task.inputs_of(self._values.cpu().numpy(), self.segment, delay, lead=self.lead))
            inputs = inputs.to(self._values)
            parts: list[Tensor] = []
            for rows in torch_api.split(inputs, max(1, min(MAX_BATCH, ATTENDED // steps**2))):
                parts.append(self.model(rows)[:, -self.segment :, 0])
                yield
            found[delay] = torch.cat(parts).cpu().double().numpy()
        return found


def runs_in_parallel(model: MemoryModel) -> bool:
    """Whether all steps at once are cheaper than forks: every bank grows, and the model has such a path."""
    grows = [kinds.of(bank).grows for bank in model.banks()]
    return bool(grows) and all(grows) and type(model).forward is not MemoryModel.forward


def _batched(leaf: Any) -> bool:
    return isinstance(leaf, Tensor) and leaf.dim() > 0


def _numbers(state: Any) -> int:
    """Numbers of one sequence's state."""
    return sum(leaf.numel() for leaf in pytree.tree_leaves(state) if _batched(leaf))


def _alike(states: list[Any]) -> Iterator[list[int]]:
    """Places of states that can share a batch: the same tree and shapes, and the same numbers where there is no batch."""
    groups: dict[Any, list[int]] = {}
    for k, state in enumerate(states):
        leaves, tree = pytree.tree_flatten(state)
        shapes = tuple(
            tuple(leaf.shape[1:]) if _batched(leaf) else leaf.item() if isinstance(leaf, Tensor) else leaf
            for leaf in leaves
        )
        groups.setdefault((str(tree), shapes), []).append(k)
    yield from groups.values()


def _join(states: list[Any]) -> tuple[Any, list[int]]:
    """Several states as one -> it, and the number of rows of each."""
    sizes = [max(leaf.shape[0] for leaf in pytree.tree_leaves(state) if _batched(leaf)) for state in states]
    flat = [pytree.tree_leaves(state) for state in states]
    tree = pytree.tree_flatten(states[0])[1]
    joined = [
        torch.cat([row.expand(size, *row.shape[1:]) for row, size in zip(leaves, sizes, strict=True)])
        if _batched(leaves[0])
        else leaves[0]
        for leaves in zip(*flat, strict=True)
    ]
    return pytree.tree_unflatten(joined, tree), sizes


def _rows(state: Any, first: int, last: int) -> Any:
    def some(leaf: Any) -> Any:
        return leaf[first:last] if _batched(leaf) else leaf

    return pytree.tree_map(some, state)
