"""Stateless DNC: a Transformer layer written as a DNC (after Tang & Xie, arXiv 2603.19272; not the *Sparse* DNC).

One layer, token t, A read heads of width d, D = A·d. Nothing but the memory is carried from step to step.

    controller   c_t = LN₁(x_t), no state; positions are its clock (pre-norm; with post-norm c_t = x_t)
    interface    ξ_t = W_ξ c_t + b_ξ = [read keys q | write keys k | write vectors v]
    write        allocation gate 1, write gate 1, erase 0, free gates 0: one-hot on the next unused slot, K_t = [K_{t−1}; k_t]
    read         read mode content only, strength 1/√d, dot product: w^h = softmax_{s ≤ t}(q^h·k_s^h/√d), r^h = Σ_s w^h(s) v_s^h
    output       y_t = υ_t + W_r[r^1 … r^A] with υ_t = x_t; the feed-forward part belongs to the stateless controller of the next layer

`memory="stores"` keeps write-once stores and computes, operation for operation, what the Transformer's own step does (equal to
the last bit). `memory="graves"` runs every layer inside the unmodified memory of Graves 2016 (lifted.py), where each
mechanism that the Transformer lacks can be turned on, on the same weights: the ladder.
"""

import math
from dataclasses import asdict, replace
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import MATRIX
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.attention import (
    AttentionSeen,
    Store,
    attend,
    attention_bank,
    attention_entries,
    causal_bias,
    join_heads,
    split_heads,
)
from mnemoscope.models.attention.positions import Rotation
from mnemoscope.models.attention.transformer import Transformer
from mnemoscope.models.base import MemoryModel, Step, TensorEntry, Traced
from mnemoscope.models.dnc import memory as graves_memory
from mnemoscope.models.stateless import lifted
from mnemoscope.models.stateless.config import ACTIVATIONS, StatelessDNCConfig
from mnemoscope.models.stateless.ladder import RANGES
from mnemoscope.models.stateless.lifted import LiftedSeen, LiftedState

NAMES = {"norm1": "controller_norm", "out": "read_output", "norm2": "transition_norm"}
"""The Transformer's names of a layer's parts, and ours; the others are the same."""


class StatelessDNCState(NamedTuple):
    """The memories of every layer and the number of steps written; the controller has none of its own."""

    memories: tuple[Store | LiftedState, ...]
    steps: int


class Clock(NamedTuple):
    """What the controller knows of the time besides x: how RoPE turns keys, what ALiBi adds to scores; None where it is not so."""

    rotation: Rotation | None = None
    bias: Tensor | None = None  # [A, T, S]


def write_once(store: Store, key: Tensor, vector: Tensor) -> Store:
    """Allocation gate 1, write gate 1, erase 0, one-hot on the next unused slot: slot t := (k_t, v_t), no other changes."""
    return Store(torch.cat((store.keys, key), 2), torch.cat((store.values, vector), 2))


def read_by_content(store: Store, read_keys: Tensor, location: Tensor | None = None) -> Tensor:
    """Read mode (0, 1, 0), similarity dot product, strength 1/√d: r = softmax(q·k/√d) v over all written slots.

    read_keys [B, A, 1, d] -> [B, A, 1, d]. `location` [A, 1, t] is ALiBi's term beside the content.
    """
    scores = torch.matmul(read_keys, store.keys.transpose(2, 3)) / math.sqrt(read_keys.shape[-1])
    return torch.matmul(torch.softmax(scores if location is None else scores + location, -1), store.values)


class ControllerLayer(nn.Module):
    """What one layer computes around its memory: controller, interface, read output, transition."""

    def __init__(self, config: StatelessDNCConfig) -> None:
        super().__init__()
        self.before = config.norm == "pre"
        self.activation = ACTIVATIONS[config.activation]
        self.heads = config.heads
        self.controller_norm = nn.LayerNorm(config.width, config.norm_epsilon)
        self.interface = nn.Linear(
            config.width, 3 * config.width
        )  # W_ξ, packed [read keys | write keys | write vectors]
        self.read_output = nn.Linear(config.width, config.width)  # W_r
        self.transition_norm = nn.LayerNorm(config.width, config.norm_epsilon)
        self.up = nn.Linear(config.width, config.feedforward)
        self.down = nn.Linear(config.feedforward, config.width)

    def emit(self, x: Tensor, rotation: Rotation | None, gate: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """ξ of x [B, T, D] -> read keys, write keys, write vectors, [B, A, T, d] each; keys are turned by RoPE.

        gate [B, T, 1]: 0 where a step has no part in this memory and emits zeros.
        """
        xi = self.interface(self.controller_norm(x) if self.before else x)
        read_keys, write_keys, write_vectors = split_heads(xi if gate is None else xi * gate, 3, self.heads)
        if rotation is not None:
            read_keys, write_keys = positions.rotate(torch.stack((read_keys, write_keys)), rotation).unbind(0)
        return read_keys, write_keys, write_vectors

    def transition(self, y: Tensor) -> Tensor:
        """The position-wise part, [B, …, D]: z = y + FFN(LN₂ y), or LN₂(y' + FFN(y')) with y' = LN₁ y where norms come after."""
        if self.before:
            return y + self.down(self.activation(self.up(self.transition_norm(y))))
        y = self.controller_norm(y)
        return self.transition_norm(y + self.down(self.activation(self.up(y))))


class StatelessDNC(MemoryModel):
    """A stack of stateless DNCs, the Transformer of the same weights.

    Example: `sdnc = StatelessDNC.from_transformer(transformer); sdnc.switched(memory="graves", links=0.3)`.
    """

    off_diagonal: Tensor

    def __init__(self, config: StatelessDNCConfig) -> None:
        super().__init__()
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.layers = nn.ModuleList(ControllerLayer(config) for _ in range(config.layers))
        self.make_ends()
        self.register_buffer("off_diagonal", _off_diagonal(config), persistent=False)

    def make_ends(self) -> None:
        """What stands before the first layer and behind the last; adapters of other people's models have their own."""
        c = self.config
        self.embed = nn.Linear(c.inputs, c.width)
        self.norm = nn.LayerNorm(c.width, c.norm_epsilon) if c.norm == "pre" else nn.Identity()
        self.readout = nn.Linear(c.width, c.outputs)

    @property
    def like(self) -> Tensor:
        """A weight, whose dtype and device are the model's."""
        first = self.layers[0]
        assert isinstance(first, ControllerLayer)
        return first.interface.weight

    @classmethod
    def from_transformer(cls, model: Transformer, **changes: Any) -> "StatelessDNC":
        """The same weights (copied) and sizes; `changes` are settings such as `memory="graves"`. Keeps dtype and device."""
        shared = asdict(model.config)
        weights = {_renamed(name): tensor.clone() for name, tensor in model.state_dict().items()}
        return cls.with_weights(StatelessDNCConfig(**(shared | changes)), weights).train(model.training)

    @classmethod
    def with_weights(cls, config: StatelessDNCConfig, weights: dict[str, Tensor]) -> Self:
        """A model of these very tensors; nothing is drawn at random or copied on the way."""
        with torch.device("meta"):
            made = cls(config)
        made.load_state_dict(weights, assign=True)
        made.off_diagonal = _off_diagonal(config).to(made.like)
        return made

    def switched(self, **changes: Any) -> Self:
        """The same model with other settings of memory or ladder, on the *same* weights (shared, not copied).

        A state goes on from here as long as `memory` and `slots` stay what they are. Raises ValueError for a setting that
        would need other weights.
        """
        live = {"memory", "slots", *RANGES}
        if wrong := sorted(set(changes) - live):
            raise ValueError(
                f"wanted settings that keep the weights ({', '.join(sorted(live))}), got {', '.join(wrong)}; build a new model"
            )
        made = self.with_weights(replace(self.config, **changes), self.state_dict())
        for old, new in zip(self.parameters(), made.parameters(), strict=True):
            new.requires_grad_(old.requires_grad)
        return made.train(self.training)

    def hear(self, inputs: Tensor, first: int) -> Tensor:
        """What the first controller gets: inputs [B, T, I] of the steps from `first` on, embedded, with sinusoidal positions."""
        c, x = self.config, self.embed(inputs)
        if c.positions != "sinusoidal":
            return x
        places = torch.arange(first, first + inputs.shape[1], device=x.device, dtype=torch.float64)
        return x + positions.sinusoidal(places, c.width, c.period, x.dtype)

    def clock(self, first: int, count: int, like: Tensor) -> Clock:
        """RoPE's rotation or ALiBi's bias for the steps first … first+count−1 (positions.py)."""
        c = self.config
        places = torch.arange(first + count, device=like.device, dtype=torch.float64)
        if c.positions == "rotary":
            return Clock(rotation=positions.rotation(places[first:], c.width // c.heads, c.period, like.dtype))
        if c.positions == "alibi":
            bias = positions.distance_bias(places[first:], places, c.heads, like.dtype)
            return Clock(bias=bias if count == 1 else bias + causal_bias(count, first + count, like))
        return Clock()

    def answer(self, x: Tensor) -> Tensor:
        """The raw output, from what leaves the last layer."""
        return self.readout(self.norm(x))

    def initial_state(self, batch: int) -> StatelessDNCState:
        """Empty stores, or blank memories with the bound of their rows' norm, computed from the weights."""
        c, like = self.config, self.like
        if c.memory == "stores":
            empty = like.new_zeros(batch, c.heads, 0, c.width // c.heads)
            return StatelessDNCState((Store(empty, empty),) * c.layers, 0)
        memory = graves_memory.blank(batch, c.slots, _row_width(c), c.heads, like)
        heard = like.new_zeros(batch, 1, c.width)
        return StatelessDNCState(tuple(LiftedState(memory, heard, bound) for bound in self._bounds()), 0)

    def _bounds(self) -> list[Tensor]:
        bounds: list[Tensor] = []
        for layer in self.layers:
            assert isinstance(layer, ControllerLayer)
            bounds.append(lifted.emission_bound(layer.interface, layer.controller_norm))
        return bounds

    def step(self, x: Tensor, state: StatelessDNCState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next StatelessDNCState, an AttentionSeen or LiftedSeen a layer."""
        x = self.hear(x.unsqueeze(1), state.steps)
        clock = self.clock(state.steps, 1, x)
        memories: list[Store | LiftedState] = []
        seen: list[AttentionSeen | LiftedSeen] = []
        for layer, memory in zip(self.layers, state.memories, strict=True):
            assert isinstance(layer, ControllerLayer)
            if isinstance(memory, LiftedState):
                x, memory, what = self._lifted(layer, x, memory, clock, state.steps)
            else:
                q, k, v = layer.emit(x, clock.rotation)
                memory = write_once(memory, k, v)
                read = read_by_content(memory, q, clock.bias)
                x = layer.transition(x + layer.read_output(join_heads(read)))
                what = AttentionSeen.of(q, k, v, read)
            memories.append(memory)
            seen.append(what)
        return Step(self.answer(x).squeeze(1), StatelessDNCState(tuple(memories), state.steps + 1), tuple(seen))

    def _lifted(
        self, layer: ControllerLayer, x: Tensor, state: LiftedState, clock: Clock, step: int
    ) -> tuple[Tensor, LiftedState, LiftedSeen]:
        """One layer inside the genuine memory; x [B, 1, D]."""
        rungs = self.config.rungs
        if rungs.recurrence:
            x = x + rungs.recurrence * state.heard  # χ_t
        xi = lifted.interface(*layer.emit(x, clock.rotation), state.bound, rungs, step=step, slopes=self._slopes(x))
        memory, read, seen = lifted.access(state, xi, rungs, self.off_diagonal)
        heard = layer.read_output(read)
        return layer.transition(x + heard), LiftedState(memory, heard, state.bound), seen

    def _slopes(self, like: Tensor) -> Tensor | None:
        c = self.config
        return like.new_tensor(positions.slopes(c.heads)) if c.positions == "alibi" else None

    def forward(self, inputs: Tensor) -> Tensor:
        """All steps at once where the memory is write-once; the fold of `step` in the genuine memory. [B, T, I] -> [B, T, O]."""
        if self.config.memory == "graves":
            return super().forward(inputs)
        x = self.hear(inputs, 0)
        clock = self.clock(0, inputs.shape[1], x)
        for layer in self.layers:
            assert isinstance(layer, ControllerLayer)
            q, k, v = layer.emit(x, clock.rotation)
            x = layer.transition(x + layer.read_output(join_heads(attend(q, Store(k, v), clock.bias))))
        return self.answer(x)

    def banks(self) -> list[BankSpec]:
        """The banks "layer0", "layer1", …: write-once and a head wide, or matrices of N lifted rows with usage and links."""
        c = self.config
        names = [f"layer{n}" for n in range(c.layers)]
        if c.memory == "stores":
            slopes = positions.slopes(c.heads) if c.positions == "alibi" else None
            return [attention_bank(name, c.heads, c.width // c.heads, bias_slopes=slopes) for name in names]
        return [
            MATRIX.bank(name, slots=c.slots, width=_row_width(c), read_heads=c.heads, usage=True, links=True)
            for name in names
        ]

    def frame_entries(self) -> list[TensorEntry]:
        """Stores: read keys, write keys, write vectors, reads. Genuine memory: what a DNC records, and the recurrence."""
        c = self.config
        names = [f"layer{n}" for n in range(c.layers)]
        if c.memory == "stores":
            return [entry for name in names for entry in attention_entries(name, c.heads, c.width // c.heads)]
        return [(name, *entry) for name in names for entry in lifted.frame_entries(c.slots, _row_width(c), c.heads)]

    def keyframe_entries(self) -> list[TensorEntry]:
        """None for stores, where the log is the memory; else memory and all of which usage and links are made."""
        c = self.config
        if c.memory == "stores":
            return []
        entries = lifted.keyframe_entries(c.slots, _row_width(c), c.heads)
        return [(f"layer{layer}", *entry) for layer in range(c.layers) for entry in entries]

    def frame(self, seen: tuple[AttentionSeen, ...] | tuple[LiftedSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {(f"layer{n}", name): value for n, layer in enumerate(seen) for name, value in layer._asdict().items()}

    def keyframe(self, state: StatelessDNCState) -> Traced:
        """Tensors of `keyframe_entries`."""
        return {
            (f"layer{n}", name): value
            for n, memory in enumerate(state.memories)
            if isinstance(memory, LiftedState)
            for name, value in memory.memory._asdict().items()
        }


def _row_width(config: StatelessDNCConfig) -> int:
    return lifted.row_width(config.width, located=config.positions == "alibi")


def _off_diagonal(config: StatelessDNCConfig) -> Tensor:
    """1 − I over the slots of the genuine memory."""
    return 1 - torch.eye(config.slots if config.memory == "graves" else 0)


def _renamed(name: str) -> str:
    return ".".join(NAMES.get(part, part) for part in name.split("."))
