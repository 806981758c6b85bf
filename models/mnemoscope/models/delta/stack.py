"""Residual layers around a delta-rule memory: what DeltaNet and Gated DeltaNet-2 share.

A layer is pre-norm: y = x + mixer(RMSNorm(x)), z = y + SwiGLU(RMSNorm(y)). The mixer projects x, lets each channel of queries,
keys and values see the last few steps (a short convolution), applies SiLU, gives queries and keys length 1, updates and reads
its memory (delta_rule.py), normalises each head's read and projects it back. This is the arrangement of Yang et al. 2024
(arXiv 2406.06484) and of Gated DeltaNet-2 (arXiv 2605.22791); features are real numbers, embedded linearly.

Glossary: D model width, A heads, K key size, V value size, t step. Each layer is one `associative` bank [A, K, V].
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.format.layout import BankSpec
from mnemoscope.models.base import MemoryModel, Step, TensorEntry, Traced
from mnemoscope.models.delta import rule as delta_rule
from mnemoscope.models.delta.rule import Write


@dataclass(frozen=True)
class DeltaConfig:
    """Sizes of a stack of delta-rule layers.

    `key_width`, `value_width`: sizes of one head. `convolution`: steps that queries, keys and values see, counting their own;
    0 leaves it out. `reflect` doubles the erase gate, so that a write can flip the sign of what its key holds, not only
    replace it: negative eigenvalues (Grazzi et al. 2024, arXiv 2411.12537), without which no layer can count modulo 2.
    """

    inputs: int
    outputs: int
    width: int = 64
    layers: int = 2
    heads: int = 4
    key_width: int = 16
    value_width: int = 16
    feedforward: int = 128
    convolution: int = 4
    reflect: bool = False


class DeltaState(NamedTuple):
    """Per layer: the memory [B, A, K, V] and the last projections the convolution still sees [B, convolution − 1, A(2K + V)]."""

    memory: tuple[Tensor, ...]
    window: tuple[Tensor, ...]


class DeltaLayerSeen(NamedTuple):
    """One layer at one step: S ← (I − k (b ⊙ k)ᵀ) Diag(α) S + k (w ⊙ v)ᵀ, r = Sᵀ q."""

    queries: Tensor  # q [B, A, K]
    keys: Tensor  # k [B, A, K]
    write_vectors: Tensor  # v [B, A, V]
    retention: Tensor  # α [B, A, K]
    erase: Tensor  # b [B, A, K]
    write_gate: Tensor  # w [B, A, V]
    read_vectors: Tensor  # r [B, A, V]


class DeltaMixer(nn.Module):
    """Projections, short convolution, memory and read-out of one layer; a subclass says how the gates come about."""

    def __init__(self, config: DeltaConfig, gates: int) -> None:
        """`gates`: columns of the interface behind the packed [q | k | v], which `emit` receives."""
        super().__init__()
        self.config = config
        self._packed = config.heads * (2 * config.key_width + config.value_width)
        self.interface = nn.Linear(config.width, self._packed + gates, bias=False)
        if config.convolution:
            self.convolution = nn.Conv1d(
                self._packed, self._packed, config.convolution, groups=self._packed, bias=False
            )
        self.norm = nn.RMSNorm(config.value_width, eps=1e-5)
        self.out = nn.Linear(config.heads * config.value_width, config.width, bias=False)

    @abstractmethod
    def emit(self, queries: Tensor, keys: Tensor, values: Tensor, gates: Tensor) -> tuple[Write, Tensor | None]:
        """Gates from their raw columns [.., gates] -> what goes to the memory [.., A, ·], raw output gate [.., A, V] or None."""

    def _emit(self, packed: Tensor, gates: Tensor) -> tuple[Write, Tensor | None]:
        c = self.config
        k, v = c.heads * c.key_width, c.heads * c.value_width
        queries, keys, values = (x.unflatten(-1, (c.heads, -1)) for x in F.silu(packed).split((k, k, v), -1))
        return self.emit(delta_rule.unit(queries), delta_rule.unit(keys), values, gates)

    def _project_back(self, reads: Tensor, gate: Tensor | None) -> Tensor:
        reads = self.norm(reads)
        return self.out((reads if gate is None else reads * F.silu(gate)).flatten(-2))

    def step(self, x: Tensor, memory: Tensor, window: Tensor) -> tuple[Tensor, Tensor, Tensor, DeltaLayerSeen]:
        """One step: x [B, D] -> what the layer adds [B, D], the next memory and window, what was seen."""
        raw = self.interface(x)
        packed, gates = raw[:, : self._packed], raw[:, self._packed :]
        if self.config.convolution:
            seen = torch.cat((window, packed.unsqueeze(1)), 1)
            packed, window = (seen * self.convolution.weight.squeeze(1).t()).sum(1), seen[:, 1:]
        write, gate = self._emit(packed, gates)
        memory = delta_rule.update(memory, write)
        reads = delta_rule.read(memory, write.queries)
        retention = torch.ones_like(write.keys) if write.log_retention is None else write.log_retention.exp()
        seen = DeltaLayerSeen(write.queries, write.keys, write.values, retention, write.erase, write.write_gate, reads)
        return self._project_back(reads, gate), memory, window, seen

    def forward(self, x: Tensor) -> Tensor:
        """The training path from a blank memory: x [B, T, D] -> what the layer adds [B, T, D]."""
        c = self.config
        raw = self.interface(x)
        packed, gates = raw[:, :, : self._packed], raw[:, :, self._packed :]
        if c.convolution:
            packed = self.convolution(F.pad(packed.transpose(1, 2), (c.convolution - 1, 0))).transpose(1, 2)
        write, gate = self._emit(packed, gates)
        blank = x.new_zeros(x.shape[0], c.heads, c.key_width, c.value_width)
        reads, _ = delta_rule.run(blank, write)
        return self._project_back(reads, gate)


class DeltaLayer(nn.Module):
    """Pre-norm residual layer: mixer, then a SwiGLU."""

    def __init__(self, config: DeltaConfig, mixer: DeltaMixer) -> None:
        super().__init__()
        self.norm1 = nn.RMSNorm(config.width, eps=1e-5)
        self.mixer = mixer
        self.norm2 = nn.RMSNorm(config.width, eps=1e-5)
        self.up = nn.Linear(config.width, 2 * config.feedforward, bias=False)  # packed [gate | value]
        self.down = nn.Linear(config.feedforward, config.width, bias=False)

    def transition(self, y: Tensor) -> Tensor:
        """The position-wise part: y + W_down (SiLU(gate) ⊙ value)."""
        gate, value = self.up(self.norm2(y)).chunk(2, -1)
        return y + self.down(F.silu(gate) * value)


class DeltaStack(MemoryModel):
    """Embedding, layers, norm and read-out; a subclass names its mixer."""

    def __init__(self, config: DeltaConfig) -> None:
        super().__init__()
        sizes = ("inputs", "outputs", "width", "layers", "heads", "key_width", "value_width", "feedforward")
        for name in sizes:
            if getattr(config, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(config, name)}")
        if config.convolution < 0:
            raise ValueError(f"convolution must be 0 (none) or a number of steps, got {config.convolution}")
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.embed = nn.Linear(config.inputs, config.width)
        self.layers = nn.ModuleList(DeltaLayer(config, self.mixer()) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width, eps=1e-5)
        self.readout = nn.Linear(config.width, config.outputs)

    @abstractmethod
    def mixer(self) -> DeltaMixer:
        """A fresh mixer for one layer."""

    def initial_state(self, batch: int) -> DeltaState:
        """Zeros."""
        c, weight = self.config, self.readout.weight
        memory = weight.new_zeros(batch, c.heads, c.key_width, c.value_width)
        window = weight.new_zeros(batch, max(c.convolution - 1, 0), c.heads * (2 * c.key_width + c.value_width))
        return DeltaState((memory,) * c.layers, (window,) * c.layers)

    def step(self, x: Tensor, state: DeltaState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next DeltaState, one DeltaLayerSeen a layer."""
        x = self.embed(x)
        memories, windows, seen = [], [], []
        for layer, memory, window in zip(self.layers, state.memory, state.window, strict=True):
            assert isinstance(layer, DeltaLayer)
            added, memory, window, did = layer.mixer.step(layer.norm1(x), memory, window)
            x = layer.transition(x + added)
            memories.append(memory)
            windows.append(window)
            seen.append(did)
        return Step(self.readout(self.norm(x)), DeltaState(tuple(memories), tuple(windows)), tuple(seen))

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path, layer by layer over all steps; equals the fold of `step` up to rounding."""
        x = self.embed(inputs)
        for layer in self.layers:
            assert isinstance(layer, DeltaLayer)
            x = layer.transition(x + layer.mixer(layer.norm1(x)))
        return self.readout(self.norm(x))

    def banks(self) -> list[BankSpec]:
        """One associative bank a layer: "layer0", "layer1", …; slots are key channels, the width is that of a value."""
        c = self.config
        return [
            BankSpec(
                name=f"layer{n}",
                kind="associative",
                slots=c.key_width,
                width=c.value_width,
                write_heads=c.heads,
                read_heads=c.heads,
            )
            for n in range(c.layers)
        ]

    def frame_entries(self) -> list[TensorEntry]:
        """Queries, keys, values, the three gates and reads of every layer."""
        c = self.config
        tensors = {
            "queries": ("address", "key"),
            "keys": ("address", "key"),
            "write_vectors": ("write", "width"),
            "retention": ("erase", "key"),
            "erase": ("erase", "key"),
            "write_gate": ("gate", "width"),
            "read_vectors": ("read", "width"),
        }
        sizes = {"key": c.key_width, "width": c.value_width}
        return [
            (f"layer{n}", name, role, ("head", axis), (c.heads, sizes[axis]))
            for n in range(c.layers)
            for name, (role, axis) in tensors.items()
        ]

    def keyframe_entries(self) -> list[TensorEntry]:
        """The memory of every layer."""
        c = self.config
        shape = (c.heads, c.key_width, c.value_width)
        return [(f"layer{n}", "memory", "state", ("head", "key", "width"), shape) for n in range(c.layers)]

    def frame(self, seen: tuple[DeltaLayerSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {(f"layer{n}", name): value for n, layer in enumerate(seen) for name, value in layer._asdict().items()}

    def keyframe(self, state: DeltaState) -> Traced:
        """Tensors of `keyframe_entries`."""
        return {(f"layer{n}", "memory"): memory for n, memory in enumerate(state.memory)}
