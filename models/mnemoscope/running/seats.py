"""Runs of one model on a GPU as one batch: their states sit side by side, and a step of all of them is one replay of a CUDA graph.

A run takes a seat when it begins and leaves it when it ends. The seats of a model are a bucket of 1, 2, 4, … of them; where it is full
all move to the next, and back where a quarter is enough. In a round each seat does as many steps as it was asked for, and seats
that have none left keep their state: what a run does depends on its neighbours by rounding alone. Inputs of a round go to the
device in one copy, and what the steps did comes back in one through pinned memory.

Without CUDA, or where a step cannot be captured, the same function runs as it is (tests hold it to runs that are alone). On a CPU the
engine's loops at batch 1 are faster (engine/), and the server asks for no seats.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnemoscope.errors import Unsupported
from mnemoscope.measuring import price
from mnemoscope.models import stepping
from mnemoscope.models.base import MemoryModel
from mnemoscope.running.recorded_step import taken_apart

log = logging.getLogger("mnemoscope.seats")

WARM_UP = 3
"""Steps before a capture, as torch asks for: what is lazy has then happened."""
REPLAY_ERROR = 1e-3
"""A graph that was just captured replays a step that was computed without it, to this."""
SHRINK = 4
"""All move to a smaller bucket where only one of so many seats is taken."""


class Job(NamedTuple):
    """Steps of one seat: rows [K, inputs + wanted] on the host; from row `free_from` on the first input is the last output."""

    seat: Seat
    rows: NDArray[np.float32]
    free_from: int


class Seat:
    """The place of one run. The same to a Stepper as an engine of its own."""

    def __init__(self, seats: Seats, index: int) -> None:
        self._seats, self.index = seats, index

    @property
    def seats(self) -> Seats:
        """The batch it belongs to."""
        return self._seats

    @property
    def identity(self) -> dict[str, Any]:
        """As the manifest names it."""
        return {"kind": "torch"}

    def begin(self, state: Any, last: Tensor) -> None:
        """Go on from the state of one sequence and its last output [1, O]."""
        self._seats.put(self.index, state, last)

    def run(self, rows: NDArray[np.float32], *, free_from: int) -> NDArray[np.float32]:
        """What the steps did, [K, F]; all other seats wait."""
        return self._seats.run([Job(self, rows, free_from)])[0]

    def state(self) -> tuple[Any, Tensor]:
        """State and last output of its run, as they are now."""
        return self._seats.look(self.index)

    def floats(self, steps: int) -> int:
        """Floats of the state: the same after any number of steps."""
        return self._seats.floats

    def leave(self) -> None:
        """The run is over."""
        self._seats.free(self)


class Seats:
    """All runs of one model on a device."""

    def __init__(
        self, model: MemoryModel, wanted: int, *, binary: bool, device: str, graphs: bool | None = None
    ) -> None:
        """wanted: numbers beside the input that a frame carries (targets, mask). graphs: whether to capture; None: on CUDA.

        Raises Unsupported for a model whose state grows or counts its steps.
        """
        self._plan = _Plan(model, wanted, binary, device, device == "cuda" if graphs is None else graphs)
        with torch.inference_mode():
            begin = model.initial_state(1)
            after = model.step(torch.zeros(1, model.inputs, device=device), begin).state
        self.floats = price.floats_of(begin)
        shapes = [
            [leaf.shape if stepping.has_batch(leaf) else None for leaf in taken_apart(s)[0]] for s in (begin, after)
        ]
        if shapes[0] != shapes[1] or None in shapes[0]:
            raise Unsupported("a state that grows or counts its steps has no seat in a batch")
        self._buckets: dict[int, _Bucket] = {}
        self._taken: list[Seat] = []
        self._capacity = 0

    @property
    def taken(self) -> int:
        """Runs that have a seat."""
        return len(self._taken)

    @property
    def capacity(self) -> int:
        """Seats there are now."""
        return self._capacity

    @property
    def captured(self) -> bool:
        """Whether a step is the replay of a graph."""
        return self._capacity > 0 and self._bucket.graph is not None

    def take(self) -> Seat:
        """A seat, for a run that says how it begins."""
        if len(self._taken) == self._capacity:
            self._move(max(1, 2 * self._capacity))
        seat = Seat(self, len(self._taken))
        self._taken.append(seat)
        return seat

    @torch.inference_mode()
    def free(self, seat: Seat) -> None:
        """A seat is empty; the last run takes it, so that there are no gaps."""
        if seat not in self._taken:
            return
        last = self._taken.pop()
        if last is not seat:
            self._bucket.put(seat.index, *self._bucket.look(last.index))
            self._taken[seat.index], last.index = last, seat.index
        if self._taken and len(self._taken) * SHRINK <= self._capacity:
            self._move(self._capacity // 2)

    @torch.inference_mode()
    def put(self, index: int, state: Any, last: Tensor) -> None:
        self._bucket.put(index, taken_apart(state)[0], last)

    @torch.inference_mode()
    def look(self, index: int) -> tuple[Any, Tensor]:
        parts, last = self._bucket.look(index)
        return self._plan.rebuilt(parts), last

    @torch.inference_mode()
    def run(self, jobs: Sequence[Job]) -> list[NDArray[np.float32]]:
        """The steps of some seats, each as many as it has rows -> [K, F] of each."""
        return self._bucket.run(jobs)

    @property
    def _bucket(self) -> _Bucket:
        return self._buckets[self._capacity]

    @torch.inference_mode()
    def _move(self, capacity: int) -> None:
        """All seats into the bucket of another size."""
        kept = [self._bucket.look(seat.index) for seat in self._taken] if self._taken else []
        if capacity not in self._buckets:
            self._buckets[capacity] = _Bucket(self._plan, capacity)
        self._capacity = capacity
        for seat, (parts, last) in zip(self._taken, kept, strict=True):
            self._bucket.put(seat.index, parts, last)


class _Plan:
    """What is the same in every bucket."""

    def __init__(self, model: MemoryModel, wanted: int, binary: bool, device: str, graphs: bool) -> None:
        self.model, self.device, self.graphs, self.binary = model, device, graphs, binary
        self.columns = model.inputs + wanted
        self.entries = model.frame_entries()
        self.rebuilt = taken_apart(model.initial_state(1))[1]


class _Bucket:
    """So many seats: the tensors that a captured step reads and writes, which never move."""

    def __init__(self, plan: _Plan, capacity: int) -> None:
        self._plan, self.capacity = plan, capacity
        model, device = plan.model, plan.device
        parts = taken_apart(model.initial_state(capacity))[0]
        self._state = [part.clone(memory_format=torch.contiguous_format) for part in parts if isinstance(part, Tensor)]
        self._last = torch.zeros(capacity, model.outputs, device=device)
        self._row = torch.zeros(capacity, plan.columns + 2, device=device)
        """Inputs, what is wanted, whether the seat does the step, whether it hears its own last output."""
        self._frame = self._computed()[0].clone()
        self.graph = self._captured() if plan.graphs else None

    def put(self, index: int, parts: Sequence[Any], last: Tensor) -> None:
        for kept, part in zip(self._state, parts, strict=True):
            kept[index : index + 1].copy_(part)
        self._last[index : index + 1].copy_(last)

    def look(self, index: int) -> tuple[list[Tensor], Tensor]:
        return [part[index : index + 1].clone() for part in self._state], self._last[index : index + 1].clone()

    def run(self, jobs: Sequence[Job]) -> list[NDArray[np.float32]]:
        most = max(len(job.rows) for job in jobs)
        heard = self._host(most, self.capacity, self._plan.columns + 2).zero_()
        for job in jobs:
            steps, at = len(job.rows), job.seat.index
            heard[:steps, at, :-2] = torch.from_numpy(job.rows)  # pyright: ignore[reportUnknownMemberType]
            heard[:steps, at, -2] = 1.0
            heard[job.free_from : steps, at, -1] = 1.0
        heard = heard.to(self._plan.device, non_blocking=True)
        seats = torch.tensor([job.seat.index for job in jobs], device=self._plan.device)
        did = torch.empty(most, len(jobs), self._frame.shape[1], device=self._plan.device)
        for k in range(most):
            self._row.copy_(heard[k])
            self._advance()
            torch.index_select(self._frame, 0, seats, out=did[k])
        host = self._host(*did.shape).copy_(did)
        return [host[: len(job.rows), n].contiguous().numpy() for n, job in enumerate(jobs)]

    def _host(self, *shape: int) -> Tensor:
        return torch.empty(shape, pin_memory=self._plan.device == "cuda")

    def _advance(self) -> None:
        if self.graph is not None:
            self.graph.replay()
        else:
            self._step()

    def _step(self) -> None:
        """One step of every seat that does it, from the tensors that never move into them."""
        frame, state, last = self._computed()
        self._frame.copy_(frame)
        for kept, part in zip(self._state, state, strict=True):
            kept.copy_(part)
        self._last.copy_(last)

    def _computed(self) -> tuple[Tensor, list[Tensor], Tensor]:
        """The frames of a step, and what state and last outputs are after it. All is computed before any of it is written."""
        plan, row = self._plan, self._row
        does, free = row[:, -2] > 0, row[:, -1] > 0
        first = torch.where(free, self._last[:, 0], row[:, 0])
        heard = torch.cat((first[:, None], row[:, 1:-2]), 1)
        made = plan.model.step(heard[:, : plan.model.inputs], plan.rebuilt(self._state))
        seen = plan.model.frame(made.seen)
        answer = torch.sigmoid(made.output) if plan.binary else made.output
        columns = [heard, answer, *(seen[entry[0], entry[1]].reshape(self.capacity, -1) for entry in plan.entries)]
        parts = [part for part in taken_apart(made.state)[0] if isinstance(part, Tensor)]
        state = [_chosen(does, new, old) for new, old in zip(parts, self._state, strict=True)]
        return torch.cat(columns, 1), state, _chosen(does, made.output, self._last)

    def _captured(self) -> Any:
        """A CUDA graph of `_step`; None where it cannot be captured, or does not replay what the step computes: logged, and never wrong."""
        begin = [part.clone() for part in self._state]
        self._row.fill_(1.0)
        try:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(WARM_UP):
                    self._step()
            torch.cuda.current_stream().wait_stream(side)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self._step()
            wanted = self._computed()
            graph.replay()
            torch.cuda.synchronize()
            made = (self._frame, self._state, self._last)
            pairs = zip([wanted[0], *wanted[1], wanted[2]], [made[0], *made[1], made[2]], strict=True)
            if not all(_close(one, other) for one, other in pairs):
                raise RuntimeError("the graph does not replay the step")
        except RuntimeError as error:
            log.info("steps of %s are not captured: %s", type(self._plan.model).__name__, error)
            graph = None
        for kept, part in zip(self._state, begin, strict=True):
            kept.copy_(part)
        self._last.zero_()
        return graph


def _chosen(does: Tensor, new: Tensor, old: Tensor) -> Tensor:
    return torch.where(does.reshape(-1, *[1] * (old.dim() - 1)), new, old)


def _close(one: Tensor, other: Tensor) -> bool:
    bound = REPLAY_ERROR * max(1.0, float(one.abs().max())) if one.numel() else 0.0
    return torch.allclose(one.float(), other.float(), rtol=0, atol=bound, equal_nan=True)
