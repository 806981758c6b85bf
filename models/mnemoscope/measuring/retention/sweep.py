"""One model over many windows: what it answers after any delay, with as little computing as the truth allows.

All delays share their beginning: lead, segment and waiting are stepped once, and the state is kept at every delay on the way. The
replays that fork off there, of all delays and all windows, run as one batch. A memory that grows with every step would be kept many
times over; where such a model has a parallel path, it runs that from the start instead, which is cheaper.
"""

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnemoscope import kinds
from mnemoscope.models import stepping, torch_api
from mnemoscope.models.base import MemoryModel
from mnemoscope.tasks import SignalRecall

Floats = NDArray[np.float64]
Work = Generator[None, None, dict[int, Floats]]

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
        numbers = 0 if self._parallel else stepping.numbers(model.initial_state(1))
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
            for upto in (*sorted(t for t in stops if first <= t < last), last):
                _, state = yield from stepping.run(self.model, self._heard(values, range(first, upto)), state)
                kept.setdefault(stops[upto], state)
                first = upto

    def _heard(self, values: Tensor, steps: range) -> Tensor:
        """Inputs [window, step, 3] of steps before the cue."""
        times = torch.arange(steps.start, steps.stop, device=values.device)
        storing = ((times >= self.lead) & (times < self.lead + self.segment)).to(values).expand(len(values), -1)
        return torch.stack((values[:, steps.start : steps.stop], storing, torch.zeros_like(storing)), 2)

    def _replays(self, states: list[Any]) -> Generator[None, None, list[Tensor]]:
        """Answers [rows of the state, segment] from each state on; states of one shape share a batch."""
        found: list[Tensor | None] = [None] * len(states)
        for group in stepping.alike(states):
            joined, sizes = stepping.joined([states[k] for k in group])
            parts: list[Tensor] = []
            total = sum(sizes)
            for first in range(0, total, self._batch):
                parts.append((yield from self._replay(stepping.rows(joined, first, min(first + self._batch, total)))))
            for k, part in zip(group, torch_api.split(torch.cat(parts), sizes), strict=True):
                found[k] = part
        return [part for part in found if part is not None]

    def _replay(self, state: Any) -> Generator[None, None, Tensor]:
        asked = self._values.new_tensor((0.0, 0.0, 1.0)).expand(stepping.sequences(state), self.segment, 3)
        outputs, _ = yield from stepping.run(self.model, asked, state)
        return outputs[:, :, 0]

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
