"""Memories that replay a segment of `signal-recall` by rule, with a death that is known: what causes are held against.

    rec = recorded(Tape(slots=40), segment=12, delay=28, folder=tmp_path)   # overwritten: 12 + 28 = 40

Inputs are (value, store flag, recall flag). Each memory counts where the segment began and reads by its own rule.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.format.layout import BankSpec
from mnemoscope.models.base import MemoryModel, ModelConfig, Step, TensorEntry, Traced
from mnemoscope.reading.recording import Recording
from mnemoscope.running.record import record_file

WIDTH = 5
DIRECTION = torch.tensor([1.0, -0.5, 0.25, 0.75, -1.0])
"""How a value stands in a slot."""


class Clock(NamedTuple):
    """Step, first step of the segment (-1 before it) and of the replay, steps stored so far."""

    t: int
    start: int
    cue: int
    stored: int

    def after(self, x: Tensor) -> Clock:
        """With the flags of one more input [B, 3] seen; they are the same in a whole batch."""
        store, recall = bool(x[0, 1] > 0), bool(x[0, 2] > 0)
        start = self.t if store and self.start < 0 else self.start
        cue = self.t if recall and self.cue < 0 else self.cue
        return Clock(self.t, start, cue, self.stored + store)

    def next(self) -> Clock:
        return self._replace(t=self.t + 1)


def one_hot(place: int, size: int, blur: float = 0.0) -> Tensor:
    """A weighting [size] on one place, a little of it on the next."""
    w = torch.zeros(size)
    w[place % size] += 1.0 - blur
    w[(place + 1) % size] += blur
    return w


class Synthetic(MemoryModel):
    """Sizes of signal-recall, and noise that is the same in every run and every row of a batch."""

    inputs, outputs = 3, 1

    def __init__(self, noise: float = 0.0) -> None:
        super().__init__()
        self.noise, self.config = noise, ModelConfig(self.inputs, self.outputs)

    def noisy(self, clock: Clock, *shape: int) -> Tensor:
        random = torch.Generator().manual_seed(clock.t)
        return self.noise * torch.randn(*shape, generator=random)


class TapeState(NamedTuple):
    clock: Clock
    memory: Tensor
    read_weights: Tensor
    trace: Tensor


class Tape(Synthetic):
    """Step t writes slot t mod `slots`. Reads the place of each asked step, by `order` where it has one.

    gate: how much of a write goes in; frees: read heads release each stored slot before the cue; heads: readers, all alike;
    trace: a second bank, a leaky state that nothing is answered from.
    """

    def __init__(
        self,
        slots: int,
        *,
        order: list[int] | None = None,
        gate: float = 1.0,
        frees: bool = False,
        heads: int = 1,
        blur: float = 0.0,
        trace: bool = False,
        noise: float = 0.0,
    ) -> None:
        super().__init__(noise)
        self.slots, self.order, self.gate, self.frees = slots, order, gate, frees
        self.heads, self.blur, self.trace = heads, blur, trace

    def initial_state(self, batch: int) -> TapeState:
        memory = torch.zeros(batch, self.slots, WIDTH)
        return TapeState(Clock(0, -1, -1, 0), memory, torch.zeros(batch, self.heads, self.slots), torch.zeros(batch, 3))

    def step(self, x: Tensor, state: TapeState) -> Step:
        batch, clock = len(x), state.clock.after(x)
        waiting = clock.start >= 0 and clock.cue < 0 and clock.t >= clock.start + clock.stored
        place = clock.t - clock.stored if waiting else clock.t
        if clock.cue >= 0 and clock.t - clock.cue < clock.stored:
            k = clock.t - clock.cue
            place = clock.start + (k if self.order is None else self.order[k])
        free = torch.full((batch, self.heads), float(self.frees and waiting))
        psi = (1.0 - free[:, :, None] * state.read_weights).prod(1) if self.frees else torch.ones(batch, self.slots)
        write = self.gate * one_hot(clock.t, self.slots, self.blur).expand(batch, 1, -1)
        erase = torch.ones(batch, 1, WIDTH)
        vector = (x[:, :1] * DIRECTION + self.noisy(clock, WIDTH))[:, None]
        memory = state.memory * psi[:, :, None] * (1.0 - write[:, 0, :, None] * erase[:, 0, None])
        memory = memory + write[:, 0, :, None] * vector
        read = one_hot(place, self.slots, self.blur).expand(batch, self.heads, -1)
        vectors = read @ memory
        trace = 0.5 * state.trace + 0.5 * x
        output = vectors.mean(1) @ DIRECTION[:, None] / (DIRECTION @ DIRECTION)
        seen = (write, erase, vector, read, vectors, free, trace, x)
        return Step(output, TapeState(clock.next(), memory, read, trace), seen)

    def banks(self) -> list[BankSpec]:
        tape = BankSpec("memory", "matrix", self.slots, WIDTH, 1, self.heads, deallocation=self.frees)
        return [tape, BankSpec("trace", "cell", None, 3, direct=True)] if self.trace else [tape]

    def frame_entries(self) -> list[TensorEntry]:
        n, h = self.slots, self.heads
        entries: list[TensorEntry] = [
            ("memory", "write_weights", "weight", ("write_head", "slot"), (1, n)),
            ("memory", "erase", "gate", ("write_head", "width"), (1, WIDTH)),
            ("memory", "write_vectors", "vector", ("write_head", "width"), (1, WIDTH)),
            ("memory", "read_weights", "weight", ("read_head", "slot"), (h, n)),
            ("memory", "read_vectors", "vector", ("read_head", "width"), (h, WIDTH)),
            ("memory", "free_gates", "gate", ("read_head",), (h,)),
        ]
        names = ("forget_gate", "input_gate", "write_vectors", "read_vectors")
        return entries + [("trace", name, "gate", ("unit",), (3,)) for name in names if self.trace]

    def keyframe_entries(self) -> list[TensorEntry]:
        entries: list[TensorEntry] = [
            ("memory", "memory", "state", ("slot", "width"), (self.slots, WIDTH)),
            ("memory", "read_weights", "weight", ("read_head", "slot"), (self.heads, self.slots)),
        ]
        return [*entries, ("trace", "cell", "state", ("unit",), (3,))] if self.trace else entries

    def frame(self, seen: Any) -> Traced:
        write, erase, vector, read, vectors, free, trace, x = seen
        out = dict(zip(
            [(bank, name) for bank, name, *_ in self.frame_entries()],
            (write, erase, vector, read, vectors, free, 0.5 + 0 * x, 0.5 + 0 * x, x, trace),
            strict=False,
        ))  # fmt: skip
        return out

    def keyframe(self, state: TapeState) -> Traced:
        traced: Traced = {("memory", "memory"): state.memory, ("memory", "read_weights"): state.read_weights}
        return traced | ({("trace", "cell"): state.trace} if self.trace else {})


class LeakyState(NamedTuple):
    clock: Clock
    cell: Tensor


class Leaky(Synthetic):
    """A unit for every stored step, which loses `leak` of what it holds at each step after."""

    def __init__(self, units: int, leak: float, *, noise: float = 0.0) -> None:
        super().__init__(noise)
        self.units, self.leak = units, leak

    def initial_state(self, batch: int) -> LeakyState:
        return LeakyState(Clock(0, -1, -1, 0), torch.zeros(batch, self.units))

    def step(self, x: Tensor, state: LeakyState) -> Step:
        clock = state.clock.after(x)
        chosen = one_hot(clock.stored - 1, self.units) if x[0, 1] > 0 else torch.zeros(self.units)
        chosen = chosen.expand(len(x), -1)
        forget = (1.0 - self.leak) * (1.0 - chosen)
        candidates = x[:, :1].expand(-1, self.units) + self.noisy(clock, self.units)
        cell = forget * state.cell + chosen * candidates
        asked = max(0, clock.t - clock.cue) if clock.cue >= 0 else 0
        return Step(
            cell[:, asked % self.units, None], LeakyState(clock.next(), cell), (forget, chosen, candidates, cell)
        )

    def banks(self) -> list[BankSpec]:
        return [BankSpec("cell", "cell", None, self.units, direct=True)]

    def frame_entries(self) -> list[TensorEntry]:
        names = ("forget_gate", "input_gate", "write_vectors", "read_vectors")
        return [("cell", name, "gate", ("unit",), (self.units,)) for name in names]

    def keyframe_entries(self) -> list[TensorEntry]:
        return [("cell", "cell", "state", ("unit",), (self.units,))]

    def frame(self, seen: Any) -> Traced:
        return {(bank, name): tensor for (bank, name, *_), tensor in zip(self.frame_entries(), seen, strict=True)}

    def keyframe(self, state: LeakyState) -> Traced:
        return {("cell", "cell"): state.cell}


class PointerState(NamedTuple):
    clock: Clock
    keys: Tensor
    values: Tensor


class Pointer(Synthetic):
    """A window of keys and values, `layers` times the same; asked for a step it looks `off` steps beside the right one."""

    width = 24

    def __init__(self, off: int = 0, *, heads: int = 1, layers: int = 1, noise: float = 0.0) -> None:
        super().__init__(noise)
        self.off, self.heads, self.layers = off, heads, layers

    def code(self, step: int) -> Tensor:
        """The key of a step [heads, width]."""
        random = torch.Generator().manual_seed(1000 + step)
        return torch.randint(0, 2, (self.heads, self.width), generator=random) * 2.0 - 1.0

    def initial_state(self, batch: int) -> PointerState:
        empty = torch.zeros(batch, 0, self.heads, self.width)
        return PointerState(Clock(0, -1, -1, 0), empty, empty)

    def step(self, x: Tensor, state: PointerState) -> Step:
        clock = state.clock.after(x)
        keys = torch.cat([state.keys, self.code(clock.t).expand(len(x), 1, -1, -1)], 1)
        spread = torch.ones(self.width) / self.width**0.5
        value = (x[:, :1, None] * spread + self.noisy(clock, self.heads, self.width))[:, None]
        values = torch.cat([state.values, value.expand(-1, 1, self.heads, -1)], 1)
        place = clock.t
        if clock.cue >= 0 and clock.t - clock.cue < clock.stored:
            place = max(0, clock.start + clock.t - clock.cue + self.off)
        query = 4.0 * self.code(place).expand(len(x), -1, -1)
        scores = torch.einsum("bhw,bshw->bhs", query, keys) / self.width**0.5
        read = torch.einsum("bhs,bshw->bhw", scores.softmax(-1), values)
        output = (read.mean(1) @ spread)[:, None]
        return Step(output, PointerState(clock.next(), keys, values), (query, keys[:, -1], values[:, -1], read))

    def banks(self) -> list[BankSpec]:
        return [BankSpec(f"layer{n}", "append", None, self.width, self.heads, self.heads) for n in range(self.layers)]

    def frame_entries(self) -> list[TensorEntry]:
        names = ("queries", "keys", "values", "read_vectors")
        shape = (self.heads, self.width)
        return [(bank.name, name, "vector", ("head", "width"), shape) for bank in self.banks() for name in names]

    def keyframe_entries(self) -> list[TensorEntry]:
        return []

    def frame(self, seen: Any) -> Traced:
        return {
            (bank, name): tensor
            for (bank, name, *_), tensor in zip(self.frame_entries(), seen * self.layers, strict=True)
        }

    def keyframe(self, state: PointerState) -> Traced:
        return {}


class RuleState(NamedTuple):
    clock: Clock
    memory: Tensor


class Rule(Synthetic):
    """A delta rule: step t stores its value under key t mod `keys` and erases what that key held; all decays by `decay` a step."""

    def __init__(self, keys: int, *, decay: float = 1.0, heads: int = 1, noise: float = 0.0) -> None:
        super().__init__(noise)
        self.keys, self.decay, self.heads = keys, decay, heads

    def initial_state(self, batch: int) -> RuleState:
        return RuleState(Clock(0, -1, -1, 0), torch.zeros(batch, self.heads, self.keys, WIDTH))

    def step(self, x: Tensor, state: RuleState) -> Step:
        batch, clock = len(x), state.clock.after(x)
        asked = clock.cue >= 0 and clock.t - clock.cue < clock.stored
        place = clock.start + clock.t - clock.cue if asked else clock.t
        key, query = (one_hot(n, self.keys).expand(batch, self.heads, -1) for n in (clock.t, place))
        vector = (x[:, :1] * DIRECTION + self.noisy(clock, WIDTH))[:, None].expand(-1, self.heads, -1)
        gate, retention = torch.ones_like(vector), torch.full_like(key, self.decay)
        decayed = retention[..., None] * state.memory
        found = torch.einsum("bhk,bhkw->bhw", key, decayed)
        memory = decayed + key[..., None] * (vector - found)[:, :, None]
        read = torch.einsum("bhk,bhkw->bhw", query, memory)
        output = read.mean(1) @ DIRECTION[:, None] / (DIRECTION @ DIRECTION)
        seen = (query, key, retention, torch.ones_like(key), vector, gate, read)
        return Step(output, RuleState(clock.next(), memory), seen)

    def banks(self) -> list[BankSpec]:
        return [BankSpec("state", "associative", self.keys, WIDTH, self.heads, self.heads)]

    def frame_entries(self) -> list[TensorEntry]:
        by_key, by_width = (("head", "key"), (self.heads, self.keys)), (("head", "width"), (self.heads, WIDTH))
        shapes = dict.fromkeys(("queries", "keys", "retention", "erase"), by_key)
        shapes |= dict.fromkeys(("write_vectors", "write_gate", "read_vectors"), by_width)
        return [("state", name, "vector", axes, shape) for name, (axes, shape) in shapes.items()]

    def keyframe_entries(self) -> list[TensorEntry]:
        return [("state", "memory", "state", ("head", "key", "width"), (self.heads, self.keys, WIDTH))]

    def frame(self, seen: Any) -> Traced:
        return {(bank, name): tensor for (bank, name, *_), tensor in zip(self.frame_entries(), seen, strict=True)}

    def keyframe(self, state: RuleState) -> Traced:
        return {("state", "memory"): state.memory}


def recorded(model: Synthetic, folder: Path, *, segment: int, delay: int, lead: int = 16, seed: int = 1) -> Recording:
    """The memory over one round of signal-recall on a smooth random signal."""
    steps = lead + 2 * segment + delay + 8
    values = np.convolve(np.random.default_rng(seed).standard_normal(steps + 4), np.ones(3) / 3**0.5, "valid")[:steps]
    episode = tasks.get("signal-recall").episode(values, segment=segment, delay=delay, lead=lead)
    loaded = LoadedModel("synthetic", "synthetic", "Synthetic", "rnn", "signal-recall", model.eval(), {}, "0" * 64)
    path = folder / "synthetic.mnemo"
    record_file(path, episode, [loaded])
    return Recording.open(path)
