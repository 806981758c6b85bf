"""The price of a memory: how many floats a model keeps between two steps, and how long a step takes, against the steps heard.

Floats are counted in the state itself, which is all that the next step needs; milliseconds are measured on this machine.
Neither asks what kind of memory it is: a tensor that is longer after twice the steps is one that grows.
"""

import statistics
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from mnemoscope.models.base import MemoryModel

COUNTED = (10, 100, 1_000, 10_000, 100_000)
"""Steps heard at which floats are counted."""
TIMED = (10, 100, 1_000, 10_000)
"""Steps heard at which a step is timed: beyond, the stores of a Transformer alone take half a gigabyte."""
PROBES = (8, 12, 16)
"""Steps after which states are compared: the first two say how a tensor grows, the third that it goes on so."""
ROUNDS, ROUND_SECONDS = 15, 0.2
"""Steps that are timed, and after how many seconds no other is begun."""


@dataclass(frozen=True)
class Price:
    """What one model keeps and takes.

    floats: (steps heard, floats of the state) at `COUNTED`; exact.
    ms: (steps heard, milliseconds of one step, the median of up to `ROUNDS`) at `TIMED`.
    grows: whether the state becomes larger with every step.
    """

    floats: tuple[tuple[int, int], ...]
    ms: tuple[tuple[int, float], ...]
    grows: bool


def price(model: MemoryModel, *, counted: tuple[int, ...] = COUNTED, timed: tuple[int, ...] = TIMED) -> Price:
    """Count and time a model after these steps heard, one sequence at a time. Raises ValueError for a state that grows, but not evenly."""
    states = _states(model)
    growing = {path for path, leaf in _leaves(states[0]) if _size(leaf) != _size(dict(_leaves(states[1]))[path])}
    floats = tuple((t, floats_at(states, t)) for t in counted)
    with _one_thread():
        ms = tuple((t, _milliseconds(model, _grown(states, t))) for t in timed)
    return Price(floats, ms, bool(growing))


def floats_of(state: Any) -> int:
    """Floats of one state."""
    return sum(leaf.numel() for _, leaf in _leaves(state) if _is_float(leaf))


def floats_at(states: list[Any], t: int) -> int:
    """Floats of the state after t steps, from the states after `PROBES`: a straight line, checked at the third."""
    first, second, third = map(floats_of, states)
    slope = (second - first) / (PROBES[1] - PROBES[0])
    if first + slope * (PROBES[2] - PROBES[0]) != third:
        raise ValueError(
            f"the state has {first}, {second}, {third} floats after {PROBES} steps: it does not grow evenly"
        )
    return round(first + slope * (t - PROBES[0]))


@torch.inference_mode()
def _states(model: MemoryModel) -> list[Any]:
    """The states after `PROBES` steps of a signal that stays at 1, no flag set."""
    state = model.initial_state(1)
    found: list[Any] = []
    x = torch.zeros(1, model.inputs, device=next(model.parameters()).device)
    x[0, 0] = 1
    for t in range(1, PROBES[-1] + 1):
        state = model.step(x, state).state
        if t in PROBES:
            found.append(state)
    return found


@contextmanager
def _one_thread() -> Generator[None, None, None]:
    """A step of one sequence gains nothing from a second thread, and on a busy machine waits for it a hundred times as long."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@torch.inference_mode()
def _milliseconds(model: MemoryModel, state: Any) -> float:
    """One step from this state, the median after a first one that warms up."""
    x = torch.zeros(1, model.inputs, device=next(model.parameters()).device)
    model.step(x, state)
    times: list[float] = []
    until = time.perf_counter() + ROUND_SECONDS
    while not times or (len(times) < ROUNDS and time.perf_counter() < until):
        began = time.perf_counter()
        model.step(x, state)
        times.append(time.perf_counter() - began)
    return round(statistics.median(times) * 1000, 4)


def _grown(states: list[Any], t: int) -> Any:
    """A state of the size it has after t steps: what grows is its own contents over again, what counts steps counts on."""
    second = dict(_leaves(states[1]))
    per = PROBES[1] - PROBES[0]

    def grown(path: tuple[Any, ...], leaf: Any) -> Any:
        if isinstance(leaf, int) and not isinstance(leaf, bool):
            return leaf + (second[path] - leaf) // per * (t - PROBES[0])
        if not isinstance(leaf, Tensor) or leaf.shape == second[path].shape:
            return leaf
        axis = next(k for k, (a, b) in enumerate(zip(leaf.shape, second[path].shape, strict=True)) if a != b)
        slots = leaf.shape[axis] + (second[path].shape[axis] - leaf.shape[axis]) // per * (t - PROBES[0])
        again = torch.arange(slots, device=leaf.device) % leaf.shape[axis]
        return leaf.index_select(axis, again)

    return _mapped(states[0], grown)


def _leaves(state: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Everything in a nest of tuples, with its place."""
    parts = _parts(state)
    if parts is None:
        yield path, state
        return
    for n, part in enumerate(parts):
        yield from _leaves(part, (*path, n))


def _mapped(state: Any, change: Callable[[tuple[Any, ...], Any], Any], path: tuple[Any, ...] = ()) -> Any:
    """The same nest with every leaf changed."""
    parts = _parts(state)
    if parts is None:
        return change(path, state)
    changed = [_mapped(part, change, (*path, n)) for n, part in enumerate(parts)]
    return type(state)(*changed) if hasattr(state, "_fields") else tuple(changed)


def _parts(state: Any) -> tuple[Any, ...] | None:
    """What a tuple or a list is made of; None for a leaf."""
    return tuple(cast("tuple[Any, ...]", state)) if isinstance(state, tuple | list) else None


def _is_float(leaf: Any) -> bool:
    return isinstance(leaf, Tensor) and leaf.is_floating_point()


def _size(leaf: Any) -> Any:
    return leaf.shape if isinstance(leaf, Tensor) else None
