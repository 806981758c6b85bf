"""Retention as the memory shows it: how much of x(t − lag) a linear read-out gets from the state after step t.

For any model that can be stepped. It hears a series, by default independent random numbers, and at every step its state is kept;
ridge regressions fitted to some sequences are scored on others. The sum over lags is the memory capacity (Jaeger 2001, GMD report
152), here with lag 0 and never negative, so that n numbers hold at most n of independent input. Beside it stands the same with
the targets shuffled in time, which must be 0.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils import _pytree as pytree

from mnemoscope import kinds
from mnemoscope.measuring.retention import references, ridge
from mnemoscope.measuring.retention.bands import BAND, MIN_WINDOWS, RESAMPLINGS
from mnemoscope.measuring.retention.reservoirs import Reservoir
from mnemoscope.measuring.retention.rows import Capacity, Row, trained_age
from mnemoscope.measuring.retention.subjects import Subject
from mnemoscope.models import stepping
from mnemoscope.models.base import MemoryModel

Floats = NDArray[np.float64]
Features = dict[str | None, Tensor]
"""Bank -> what a read-out sees of it [sequence, number]; None is the whole state."""

LONGEST = 128
"""Lags 0 … LONGEST − 1 unless others are asked for."""
SEQUENCES, SCORED = 24, 8
"""Sequences of a measurement, and those of them that are scored; the others are fitted to."""
STEPS = 160
"""Steps of a sequence that count; as many as the longest lag come before."""
MANY = 1_500
"""Numbers of a state from which on a fit sees half the steps: its cost grows with samples², and samples² × numbers."""
INDEPENDENT = "independent random numbers"


def sequences(values: Floats | None, longest: int, *, count: int = SEQUENCES, seed: int = 0) -> Floats:
    """What is heard [sequence, step]: parts of a scaled series one after another, or independent normal numbers.

    A series too short for `count` parts makes fewer, and shorter ones down to twice the longest lag; the last third of the
    series is scored, whatever the parts.
    """
    length = longest + STEPS
    if values is None:
        return np.random.default_rng([20_140, 7, seed]).standard_normal((count, length))
    parts = min(count, len(values) // length)
    if parts < 3:
        parts, length = 3, len(values) // 3
    return np.asarray(values[: parts * length], np.float64).reshape(parts, length)


def few(parts: int) -> str:
    """What is to be said where a series has room for fewer parts than are wanted."""
    return (
        f"the signal has room for {parts} of {SEQUENCES} parts: no band where fewer than {MIN_WINDOWS} are scored, and what is read "
        "out of a large state may be far too low"
    )


def measure(
    subject: Subject,
    heard: Floats,
    *,
    lags: Sequence[int] | None = None,
    longest: int = LONGEST,
    device: str = "cpu",
) -> Generator[None, None, tuple[list[Row], list[Capacity]]]:
    """Rows by lag and capacities, of the whole state and of every bank. Yields every few milliseconds.

    heard [sequence, step], all from one source; the last third of them is scored. lags: those that make a row, by default all.
    The value is the model's first input; of a checkpoint the second one is 1 throughout, which is how a model of
    signal-recall is asked to hold what it hears. Of several checkpoints the first is looked into.
    """
    model = subject.models[0]
    scored = max(1, round(len(heard) * SCORED / SEQUENCES))
    marked = subject.checkpoint is not None and model.inputs > 1
    seen, grown = yield from _states(model, heard, longest, marked, device)
    rows: list[Row] = []
    capacities: list[Capacity] = []
    wanted = range(longest) if lags is None else [lag for lag in lags if lag < longest]
    for bank in sorted(seen, key=lambda name: name or ""):
        found = read(seen.pop(bank), heard, longest, scored, grows=bank in grown)
        yield
        capacities.append(found.capacity(subject.name, subject.checkpoint, bank, grows=bank in grown))
        rows += found.rows(subject.name, subject.checkpoint, bank, wanted)
    return rows, capacities


def of_reference(
    memory: Reservoir, heard: Floats, *, lags: Sequence[int] | None = None, longest: int = LONGEST
) -> tuple[list[Row], Capacity]:
    """The same of a memory whose law is known."""
    scored = max(1, round(len(heard) * SCORED / SEQUENCES))
    after = range(longest + 1, heard.shape[1] + 1)
    states = references.states(memory, heard, after)
    found = read(torch.as_tensor(np.stack([states[t] for t in after], 1)), heard, longest, scored)
    wanted = range(longest) if lags is None else [lag for lag in lags if lag < longest]
    return found.rows(memory.name, None, None, wanted), found.capacity(memory.name, None, None)


def chance(lags: Iterable[int]) -> list[Row]:
    """What answers the mean knows nothing at any lag."""
    rows = [Row("content", "chance", None, int(lag), 1.0, None, None, 0, trained_age(lag)) for lag in lags]
    return [replace(row, r2=0.0, shuffled=0.0) for row in rows]


@torch.inference_mode()
def _states(
    model: MemoryModel, heard: Floats, longest: int, marked: bool, device: str
) -> Generator[None, None, tuple[Features, set[str | None]]]:
    """What a read-out sees after every step that counts, [sequence, step, number] by bank; and the banks that grow.

    Of a bank that keeps every step that is what the step wrote: a slot knows its lag by its place.
    """
    weights = next(model.parameters(), torch.empty(0))
    values = torch.as_tensor(heard, dtype=weights.dtype, device=device)
    banks = model.banks()
    growing = {bank.name for bank in banks if kinds.of(bank).grows}
    written: set[tuple[str | None, str]] = {
        (e[0], e[1]) for e in model.frame_entries() if e[0] in growing and e[2] == "write"
    }
    found: dict[str | None, list[Tensor]] = {}
    grown: set[str | None] = {*growing, None} if growing else set()
    state = model.initial_state(len(values))
    every = 2 if not growing and stepping.numbers(state) > MANY else 1
    inputs = values.new_zeros(*values.shape, model.inputs)
    inputs[:, :, 0] = values
    inputs[:, :, 1:2] = float(marked)
    for t, step in enumerate(stepping.each(model, inputs, state)):
        if t >= longest and (t - longest) % every == 0:
            for bank, numbers in _features(model, step.state, step.seen, growing, written).items():
                found.setdefault(bank, []).append(numbers)
        if t % stepping.YIELD_EVERY == 0:
            yield
    return {bank: torch.stack(parts, 1).cpu() for bank, parts in found.items()}, grown


def _features(
    model: MemoryModel, state: Any, seen: Any, growing: set[str], written: set[tuple[str | None, str]]
) -> Features:
    def flat(tensors: Sequence[Tensor]) -> Tensor:
        return torch.cat([tensor.reshape(len(tensor), -1) for tensor in tensors], 1)

    found: Features = {}
    kept = model.keyframe(state)
    for bank in {name for name, _ in kept if name is not None and name not in growing}:
        found[bank] = flat([tensor for (owner, _), tensor in kept.items() if owner == bank])
    if growing:
        frame = model.frame(seen)
        for bank in growing:
            found[bank] = flat([frame[key] for key in written if key[0] == bank])
        found[None] = flat(list(found.values()))
    else:
        leaves = [leaf for leaf in pytree.tree_leaves(state) if stepping.has_batch(leaf)]
        found[None] = flat([leaf for leaf in leaves if leaf.is_floating_point()])
    return found


class Read(NamedTuple):
    """R² [lag] of a read-out, its band (None: too few sequences), the same with shuffled targets, and the samples scored."""

    r2: Floats
    band: Floats | None
    control: Floats
    n: int

    def capacity(self, model: str, checkpoint: str | None, bank: str | None, *, grows: bool = False) -> Capacity:
        """The sums over lags."""
        held, control = (float(np.maximum(part, 0).sum()) for part in (self.r2, self.control))
        return Capacity(model, checkpoint, bank, held, control, len(self.r2), self.n, grows)

    def rows(self, model: str, checkpoint: str | None, bank: str | None, lags: Iterable[int]) -> list[Row]:
        """A row a lag."""
        found: list[Row] = []
        for lag in lags:
            low, high = (None, None) if self.band is None else (float(self.band[0, lag]), float(self.band[1, lag]))
            error = float(np.sqrt(max(0.0, 1 - self.r2[lag])))
            row = Row("content", model, checkpoint, int(lag), error, low, high, self.n, trained_age(lag))
            found.append(replace(row, bank=bank, r2=float(self.r2[lag]), shuffled=float(self.control[lag])))
        return found


def read(numbers: Tensor, heard: Floats, longest: int, scored: int, *, grows: bool = False) -> Read:
    """Read out every lag from numbers [sequence, step, number], of which the last `scored` sequences are scored.

    The steps are those from `longest` on, or every second of them.
    """
    every = -(-(heard.shape[1] - longest) // numbers.shape[1])
    at = longest + every * np.arange(numbers.shape[1])
    lags = (0,) if grows else range(longest)  # the slot of a step holds the same whatever its age: one fit for all
    lagged = np.stack([heard[:, at - lag] for lag in lags], 2)
    x, rng = (numbers if numbers.shape[-1] > MANY else numbers.double()).numpy(), np.random.default_rng(1)
    mixed = np.concatenate([_in_another_order(part, rng) for part in (lagged[:-scored], lagged[-scored:])])
    both = np.concatenate((lagged, mixed), 2)
    fitted, asked = (a.reshape(-1, a.shape[-1]) for a in (x[:-scored], x[-scored:]))
    targets, wanted = both[:-scored].reshape(-1, both.shape[-1]), both[-scored:]
    said = ridge.read_out(fitted, targets, asked).reshape(wanted.shape)
    errors = ((said - wanted) ** 2).sum(1)
    spread = ((wanted - wanted.mean((0, 1))) ** 2).sum(1)
    r2 = 1 - errors.sum(0) / spread.sum(0)
    ends: Floats | None = None
    if scored >= MIN_WINDOWS:
        chosen = np.random.default_rng(2).integers(0, scored, (RESAMPLINGS, scored))
        ends = np.asarray(np.quantile(1 - errors[chosen].sum(1) / spread[chosen].sum(1), BAND, axis=0), np.float64)
    half, repeats = len(lagged[0, 0]), longest if grows else 1
    return Read(
        np.repeat(r2[:half], repeats),
        None if ends is None else np.repeat(ends[:, :half], repeats, axis=1),
        np.repeat(r2[half:], repeats),
        len(asked),
    )


def _in_another_order(part: Floats, rng: np.random.Generator) -> Floats:
    """Targets [sequence, step, lag] in another order of time."""
    flat = part.reshape(-1, part.shape[-1])
    return flat[rng.permutation(len(flat))].reshape(part.shape)
