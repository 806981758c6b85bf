"""Causal Transformer as a memory that is written once a step: Vaswani et al. 2017 (arXiv 1706.03762), pre-norm layers.

Glossary: D model width, A attention heads, d = D/A width of a head, t step. Each layer is one `append` bank: step t writes
(k_t, v_t) to slot t, nothing is ever modified, and every head reads Σ_s softmax(q_t·k_s/√d) v_s over the slots s ≤ t.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.layout import BankSpec
from mnemoscope.model import MemoryModel, Step, TensorEntry, Traced


@dataclass(frozen=True)
class TransformerConfig:
    """Sizes of a causal Transformer. `period` is the longest wavelength base of the sinusoidal positions (paper: 10000)."""

    inputs: int
    outputs: int
    width: int = 64
    layers: int = 2
    heads: int = 4
    feedforward: int = 256
    period: float = 10000.0


class TransformerState(NamedTuple):
    """The write-once stores of every layer, keys and values [B, A, t, d], and the number of steps written."""

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    steps: int


class AttentionSeen(NamedTuple):
    """One layer at one step, [B, A, d] each; the read weighting [B, A, t+1] follows from queries and keys."""

    queries: Tensor
    keys: Tensor
    values: Tensor
    read_vectors: Tensor


class Layer(nn.Module):
    """Pre-norm layer: y = x + W_o·attention(LN₁ x); z = y + FFN(LN₂ y)."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(config.width)
        self.interface = nn.Linear(config.width, 3 * config.width)  # packed [q | k | v], as torch's in_proj
        self.out = nn.Linear(config.width, config.width)
        self.norm2 = nn.LayerNorm(config.width)
        self.up = nn.Linear(config.width, config.feedforward)
        self.down = nn.Linear(config.feedforward, config.width)

    def transition(self, y: Tensor) -> Tensor:
        """The position-wise part: y + FFN(LN₂ y)."""
        return y + self.down(F.gelu(self.up(self.norm2(y))))


class Transformer(MemoryModel):
    """A causal Transformer with sinusoidal positions, over real-valued features.

    Example: `tr = Transformer(TransformerConfig(inputs=9, outputs=8)); tr.step(torch.zeros(1, 9), tr.initial_state(1))`.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"width must be a multiple of heads, got width={config.width}, heads={config.heads}")
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.embed = nn.Linear(config.inputs, config.width)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.readout = nn.Linear(config.width, config.outputs)

    def positions(self, first: int, count: int) -> Tensor:
        """Sinusoidal positions of steps first … first+count−1 (section 3.5 of the paper) -> [count, D]."""
        weight = self.readout.weight
        half = torch.arange(0, self.config.width, 2, device=weight.device, dtype=torch.float64)
        rates = torch.exp(-math.log(self.config.period) * half / self.config.width)
        angles = torch.arange(first, first + count, device=weight.device, dtype=torch.float64).unsqueeze(1) * rates
        return torch.stack((torch.sin(angles), torch.cos(angles)), -1).flatten(1).to(weight.dtype)

    def initial_state(self, batch: int) -> TransformerState:
        """Empty stores."""
        c = self.config
        empty = self.readout.weight.new_zeros(batch, c.heads, 0, c.width // c.heads)
        return TransformerState((empty,) * c.layers, (empty,) * c.layers, 0)

    def step(self, x: Tensor, state: TransformerState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next TransformerState, one AttentionSeen a layer."""
        c = self.config
        batch = x.shape[0]
        x = self.embed(x) + self.positions(state.steps, 1)
        keys, values, seen = [], [], []
        for layer, stored_keys, stored_values in zip(self.layers, state.keys, state.values, strict=True):
            assert isinstance(layer, Layer)
            q, k, v = layer.interface(layer.norm1(x)).view(batch, 3, c.heads, 1, -1).unbind(1)
            stored_keys, stored_values = torch.cat((stored_keys, k), 2), torch.cat((stored_values, v), 2)
            weights = torch.softmax(torch.matmul(q, stored_keys.transpose(2, 3)) / math.sqrt(q.shape[-1]), -1)
            read = torch.matmul(weights, stored_values)
            x = layer.transition(x + layer.out(read.view(batch, c.width)))
            keys.append(stored_keys)
            values.append(stored_values)
            seen.append(AttentionSeen(q.squeeze(2), k.squeeze(2), v.squeeze(2), read.squeeze(2)))
        output = self.readout(self.norm(x))
        return Step(output, TransformerState(tuple(keys), tuple(values), state.steps + 1), tuple(seen))

    def forward(self, inputs: Tensor, *, first: int = 0) -> Tensor:
        """The training path, all steps at once; equals the fold of `step` up to rounding.

        inputs [B, T, I] -> [B, T, O]. `first` is the position of the first step (training on shifted positions).
        """
        c = self.config
        batch, steps, _ = inputs.shape
        x = self.embed(inputs) + self.positions(first, steps)
        for layer in self.layers:
            assert isinstance(layer, Layer)
            q, k, v = layer.interface(layer.norm1(x)).view(batch, steps, 3, c.heads, -1).permute(2, 0, 3, 1, 4)
            read = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = layer.transition(x + layer.out(read.transpose(1, 2).reshape(batch, steps, c.width)))
        return self.readout(self.norm(x))

    def banks(self) -> list[BankSpec]:
        """One write-once bank a layer: "layer0", "layer1", …; width is that of one head."""
        c = self.config
        return [
            BankSpec(
                name=f"layer{n}",
                kind="append",
                slots=None,
                width=c.width // c.heads,
                write_heads=c.heads,
                read_heads=c.heads,
            )
            for n in range(c.layers)
        ]

    def frame_entries(self) -> list[TensorEntry]:
        """Queries, keys, values and reads of every layer; the rows are recomputed from them."""
        c = self.config
        roles = {"queries": "gate", "keys": "write", "values": "write", "read_vectors": "read"}
        return [
            (f"layer{n}", name, role, ("head", "width"), (c.heads, c.width // c.heads))
            for n in range(c.layers)
            for name, role in roles.items()
        ]

    def keyframe_entries(self) -> list[TensorEntry]:
        """None: the log is the memory."""
        return []

    def frame(self, seen: tuple[AttentionSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {(f"layer{n}", name): value for n, layer in enumerate(seen) for name, value in layer._asdict().items()}

    def keyframe(self, state: TransformerState) -> Traced:
        """Nothing."""
        return {}
