"""Residual layers around a memory of fast weights: what every model with such a memory shares.

A layer is pre-norm: y = x + mixer(RMSNorm(x)), z = y + SwiGLU(RMSNorm(y)). The mixer is the paradigm: it emits keys, values and
gates, updates its memory (memory.py), reads it and projects what it read back. Features are real numbers, embedded
linearly. A new paradigm is a mixer, a stack that names it, and a line in the registry.

Glossary: D model width, A heads, K key size, V value size, t step. Each layer is one bank [A, K, V].
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import ASSOCIATIVE
from mnemoscope.models.base import MemoryModel, ModelConfig, Step, TensorEntry, Traced
from mnemoscope.models.fast_weights.memory import Write

EPSILON = 1e-5
"""Added to the mean square in every norm."""

Named = dict[str, tuple[str, tuple[str, ...], tuple[int, ...]]]
"""name -> (role, axes, shape) of the tensors of one layer, without batch and time."""


@dataclass(frozen=True)
class StackConfig(ModelConfig):
    """Sizes of a stack of layers.

    `key_width`, `value_width`: sizes of one head. `feedforward`: width of the SwiGLU after each mixer. `convolution`: steps that
    a mixer's short convolution sees, counting the present one. 0 leaves either out.
    """

    width: int = 64
    layers: int = 2
    heads: int = 4
    key_width: int = 16
    value_width: int = 16
    feedforward: int = 128
    convolution: int = 4


Config = TypeVar("Config", bound=StackConfig)


class LayerSeen(NamedTuple):
    """One layer at one step: S ← (I − k (b ⊙ k)ᵀ) Diag(α) S + k (w ⊙ v)ᵀ, r = Sᵀ q."""

    queries: Tensor  # q [B, A, K]
    keys: Tensor  # k [B, A, K]
    write_vectors: Tensor  # v [B, A, V]
    retention: Tensor  # α [B, A, K]
    erase: Tensor  # b [B, A, K]
    write_gate: Tensor  # w [B, A, V]
    read_vectors: Tensor  # r [B, A, V]


def seen_of(write: Write, reads: Tensor) -> LayerSeen:
    """What is recorded of one step: gates a head are spread over its channels, gates that are not there stand at rest."""
    keys, values = write.keys, write.values
    erase = torch.zeros_like(keys) if write.erase is None else write.erase
    retention = torch.ones_like(keys) if write.log_retention is None else write.log_retention.exp().expand_as(keys)
    return LayerSeen(write.queries, keys, values, retention, erase, write.write_gate.expand_as(values), reads)


class ShortConvolution(nn.Module):
    """Each channel sees the last `size` steps: y_t = Σ_j taps_j x_{t − size + 1 + j} (+ bias); of size 0, y = x."""

    weight: Tensor | None
    bias: Tensor | None

    def __init__(self, channels: int, size: int, *, bias: bool = False) -> None:
        super().__init__()
        self.channels = channels
        self.register_parameter("weight", nn.Parameter(torch.empty(channels, 1, size)) if size else None)
        self.register_parameter("bias", nn.Parameter(torch.empty(channels)) if size and bias else None)
        if self.weight is not None:  # as torch.nn.Conv1d starts
            nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn.init.uniform_(self.bias, -1 / math.sqrt(size), 1 / math.sqrt(size))

    def initial_window(self, batch: int, like: Tensor) -> Tensor:
        """The size − 1 inputs before the first step: zeros [B, size − 1, C] of the type and device of `like`."""
        return like.new_zeros(batch, 0 if self.weight is None else self.weight.shape[2] - 1, self.channels)

    def step(self, x: Tensor, window: Tensor) -> tuple[Tensor, Tensor]:
        """One step: x [B, C] and the window [B, size − 1, C] -> y [B, C] and the next window."""
        if self.weight is None:
            return x, window
        seen = torch.cat((window, x.unsqueeze(1)), 1)
        y = (seen * self.weight.squeeze(1).t()).sum(1)
        return (y if self.bias is None else y + self.bias), seen[:, 1:]

    def forward(self, x: Tensor) -> Tensor:
        """All steps: x [B, T, C] -> y [B, T, C]."""
        if self.weight is None:
            return x
        padded = F.pad(x.transpose(1, 2), (self.weight.shape[2] - 1, 0))
        return F.conv1d(padded, self.weight, self.bias, groups=self.channels).transpose(1, 2)


class Mixer(nn.Module, ABC, Generic[Config]):
    """The memory of one layer and everything that writes and reads it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config

    @abstractmethod
    def initial_state(self, batch: int) -> Any:
        """A NamedTuple with `memory` [B, A, K, V] and whatever else the next step needs."""

    @abstractmethod
    def step(self, x: Tensor, state: Any) -> tuple[Tensor, Any, Any]:
        """One step: x [B, D] -> what the layer adds [B, D], the next state, what was seen (fields of `frame_tensors`)."""

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """The training path from the initial state: x [B, T, D] -> what the layer adds [B, T, D]."""

    def blank(self, batch: int) -> Tensor:
        """An empty memory [B, A, K, V]."""
        c, weight = self.config, next(self.parameters())
        return weight.new_zeros(batch, c.heads, c.key_width, c.value_width)

    def frame_tensors(self) -> Named:
        """What is recorded of a step: fields of what `step` has seen."""
        c = self.config
        key, width = (("head", "key"), (c.heads, c.key_width)), (("head", "width"), (c.heads, c.value_width))
        return {
            "queries": ("address", *key),
            "keys": ("address", *key),
            "write_vectors": ("write", *width),
            "retention": ("erase", *key),
            "erase": ("erase", *key),
            "write_gate": ("gate", *width),
            "read_vectors": ("read", *width),
        }

    def keyframe_tensors(self) -> Named:
        """What is recorded of a state: fields of it."""
        c = self.config
        return {"memory": ("state", ("head", "key", "width"), (c.heads, c.key_width, c.value_width))}


class Layer(nn.Module):
    """Pre-norm residual layer: mixer, then a SwiGLU unless `feedforward` is 0."""

    def __init__(self, config: StackConfig, mixer: Mixer[Any]) -> None:
        super().__init__()
        self.norm1 = nn.RMSNorm(config.width, eps=EPSILON)
        self.mixer = mixer
        self.feedforward = config.feedforward
        if config.feedforward:
            self.norm2 = nn.RMSNorm(config.width, eps=EPSILON)
            self.up = nn.Linear(config.width, 2 * config.feedforward, bias=False)  # packed [gate | value]
            self.down = nn.Linear(config.feedforward, config.width, bias=False)

    def transition(self, y: Tensor) -> Tensor:
        """The position-wise part: y + W_down (SiLU(gate) ⊙ value)."""
        if not self.feedforward:
            return y
        gate, value = self.up(self.norm2(y)).chunk(2, -1)
        return y + self.down(F.silu(gate) * value)


class FastWeightStack(MemoryModel, Generic[Config]):
    """Embedding, layers, norm and read-out; a subclass names its mixer. A state is the tuple of its mixers' states."""

    def __init__(self, config: Config) -> None:
        """Raises ValueError naming a size that is too small."""
        super().__init__()
        for name in ("inputs", "outputs", "width", "layers", "heads", "key_width", "value_width"):
            if getattr(config, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(config, name)}")
        for name in ("feedforward", "convolution"):
            if getattr(config, name) < 0:
                raise ValueError(f"{name} must be 0 (none) or more, got {getattr(config, name)}")
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.embed = nn.Linear(config.inputs, config.width)
        self.layers = nn.ModuleList(Layer(config, self.mixer()) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width, eps=EPSILON)
        self.readout = nn.Linear(config.width, config.outputs)

    @abstractmethod
    def mixer(self) -> Mixer[Any]:
        """A fresh mixer for one layer."""

    def _layers(self) -> list[Layer]:
        return [layer for layer in self.layers if isinstance(layer, Layer)]

    def initial_state(self, batch: int) -> tuple[Any, ...]:
        """Each mixer's own."""
        return tuple(layer.mixer.initial_state(batch) for layer in self._layers())

    def step(self, x: Tensor, state: tuple[Any, ...]) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next state, what each layer has seen."""
        x = self.embed(x)
        after: list[Any] = []
        seen: list[LayerSeen] = []
        for layer, before in zip(self._layers(), state, strict=True):
            added, kept, did = layer.mixer.step(layer.norm1(x), before)
            x = layer.transition(x + added)
            after.append(kept)
            seen.append(did)
        return Step(self.readout(self.norm(x)), tuple(after), tuple(seen))

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path, layer by layer over all steps; equals the fold of `step` up to rounding."""
        x = self.embed(inputs)
        for layer in self._layers():
            x = layer.transition(x + layer.mixer(layer.norm1(x)))
        return self.readout(self.norm(x))

    def banks(self) -> list[BankSpec]:
        """One associative bank a layer: "layer0", "layer1", …; slots are key channels, the width is that of a value."""
        c = self.config
        return [
            ASSOCIATIVE.bank(
                f"layer{n}",
                slots=c.key_width,
                width=c.value_width,
                write_heads=c.heads,
                read_heads=c.heads,
            )
            for n in range(c.layers)
        ]

    def frame_entries(self) -> list[TensorEntry]:
        """Queries, keys, values, the three gates and reads of every layer, and what its mixer has beyond them."""
        return _entries([layer.mixer.frame_tensors() for layer in self._layers()])

    def keyframe_entries(self) -> list[TensorEntry]:
        """The memory of every layer, and what its mixer has beyond it."""
        return _entries([layer.mixer.keyframe_tensors() for layer in self._layers()])

    def frame(self, seen: tuple[Any, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {
            (f"layer{n}", name): getattr(did, name)
            for n, (layer, did) in enumerate(zip(self._layers(), seen, strict=True))
            for name in layer.mixer.frame_tensors()
        }

    def keyframe(self, state: tuple[Any, ...]) -> Traced:
        """Tensors of `keyframe_entries`."""
        return {
            (f"layer{n}", name): getattr(kept, name)
            for n, (layer, kept) in enumerate(zip(self._layers(), state, strict=True))
            for name in layer.mixer.keyframe_tensors()
        }


def _entries(layers: list[Named]) -> list[TensorEntry]:
    return [
        (f"layer{n}", name, role, axes, shape)
        for n, tensors in enumerate(layers)
        for name, (role, axes, shape) in tensors.items()
    ]
