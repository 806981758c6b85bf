"""Causal Transformer as a memory that is written once a step: Vaswani et al. 2017 (arXiv 1706.03762), pre-norm layers.

Glossary: D model width, A attention heads, d = D/A width of a head, t step. Each layer is one `append` bank: step t writes
(k_t, v_t) to slot t, nothing is ever modified, and every head reads Σ_s softmax(q_t·k_s/√d) v_s over the slots s ≤ t.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.format.layout import BankSpec
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.attention import (
    AttentionLayer,
    AttentionSeen,
    Store,
    attend,
    attention_bank,
    attention_entries,
    causal_bias,
    join_heads,
)
from mnemoscope.models.attention.positions import PositionKind
from mnemoscope.models.base import MemoryModel, ModelConfig, Step, TensorEntry, Traced


@dataclass(frozen=True)
class TransformerConfig(ModelConfig):
    """Sizes of a causal Transformer, and how it knows the order of its slots (positions.py).

    `period` is the longest wavelength base of sinusoidal and rotary positions (both papers: 10000).
    """

    width: int = 64
    layers: int = 2
    heads: int = 4
    feedforward: int = 256
    period: float = 10000.0
    positions: PositionKind = "sinusoidal"


class TransformerState(NamedTuple):
    """The write-once stores of every layer, keys and values [B, A, t, d], and the number of steps written."""

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    steps: int


class Transformer(MemoryModel):
    """A causal Transformer over real-valued features.

    Example: `tr = Transformer(TransformerConfig(inputs=9, outputs=8)); tr.step(torch.zeros(1, 9), tr.initial_state(1))`.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        positions.check(config.positions, config.width, config.heads)
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.embed = nn.Linear(config.inputs, config.width)
        self.layers = nn.ModuleList(
            AttentionLayer(config.width, config.heads, config.feedforward) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.width)
        self.readout = nn.Linear(config.width, config.outputs)

    def positions(self, first: int, count: int) -> Tensor:
        """Sinusoidal positions of steps first … first+count−1 (section 3.5 of the paper) -> [count, D]."""
        c, weight = self.config, self.readout.weight
        places = torch.arange(first, first + count, device=weight.device, dtype=torch.float64)
        return positions.sinusoidal(places, c.width, c.period, weight.dtype)

    def initial_state(self, batch: int) -> TransformerState:
        """Empty stores."""
        c = self.config
        empty = self.readout.weight.new_zeros(batch, c.heads, 0, c.width // c.heads)
        return TransformerState((empty,) * c.layers, (empty,) * c.layers, 0)

    def step(self, x: Tensor, state: TransformerState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next TransformerState, one AttentionSeen a layer."""
        outputs, stores, seen = self._advance(x.unsqueeze(1), state, state.steps)
        keys, values = tuple(store.keys for store in stores), tuple(store.values for store in stores)
        return Step(outputs.squeeze(1), TransformerState(keys, values, state.steps + 1), tuple(seen))

    def forward(self, inputs: Tensor, *, first: int = 0) -> Tensor:
        """The training path, all steps at once; equals the fold of `step` up to rounding.

        inputs [B, T, I] -> [B, T, O]. `first` is the position of the first step (training on shifted positions).
        """
        return self._advance(inputs, self.initial_state(inputs.shape[0]), first)[0]

    def _advance(
        self, inputs: Tensor, state: TransformerState, first: int
    ) -> tuple[Tensor, list[Store], list[AttentionSeen]]:
        """T steps at once behind those of `state` -> outputs [B, T, O], stores and, of a single step, what it saw."""
        c, count, slots = self.config, inputs.shape[1], state.steps + inputs.shape[1]
        x, rotation, bias = self.embed(inputs), None, None
        if c.positions == "sinusoidal":
            x = x + self.positions(first, count)
        elif c.positions == "rotary":
            places = torch.arange(first, first + count, device=x.device, dtype=torch.float64)
            rotation = positions.rotation(places, c.width // c.heads, c.period, x.dtype)
        else:
            places = torch.arange(slots, device=x.device, dtype=torch.float64)
            bias = positions.distance_bias(places[state.steps :], places, c.heads, x.dtype)
            bias = bias if count == 1 else bias + causal_bias(count, slots, x)
        stores: list[Store] = []
        seen: list[AttentionSeen] = []
        for layer, keys, values in zip(self.layers, state.keys, state.values, strict=True):
            assert isinstance(layer, AttentionLayer)
            q, k, v = layer.emit(layer.norm1(x), rotation)
            store = Store(keys, values).written(k, v)
            read = attend(q, store, bias)
            x = layer.transition(x + layer.out(join_heads(read)))
            stores.append(store)
            if count == 1:
                seen.append(AttentionSeen.of(q, k, v, read))
        return self.readout(self.norm(x)), stores, seen

    def banks(self) -> list[BankSpec]:
        """One write-once bank a layer: "layer0", "layer1", …; width is that of one head."""
        c = self.config
        slopes = positions.slopes(c.heads) if c.positions == "alibi" else None
        return [attention_bank(f"layer{n}", c.heads, c.width // c.heads, bias_slopes=slopes) for n in range(c.layers)]

    def frame_entries(self) -> list[TensorEntry]:
        """Queries, keys, values and reads of every layer; the rows are recomputed from them."""
        c = self.config
        return [entry for n in range(c.layers) for entry in attention_entries(f"layer{n}", c.heads, c.width // c.heads)]

    def keyframe_entries(self) -> list[TensorEntry]:
        """None: the log is the memory."""
        return []

    def frame(self, seen: tuple[AttentionSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {(f"layer{n}", name): value for n, layer in enumerate(seen) for name, value in layer._asdict().items()}

    def keyframe(self, state: TransformerState) -> Traced:
        """Nothing."""
        return {}
