"""The mixer around a delta-rule memory: what DeltaNet and Gated DeltaNet-2 share.

The mixer projects x, lets each channel of queries, keys and values see the last few steps (a short convolution), applies
SiLU, gives queries and keys length 1, updates and reads its memory by the delta rule (rule.py), normalises each head's
read and projects it back. This is the arrangement of Yang et al. 2024 (arXiv 2406.06484) and of Gated DeltaNet-2 (arXiv 2605.22791).

Glossary: D model width, A heads, K key size, V value size, t step.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.models.delta import rule as delta_rule
from mnemoscope.models.fast_weights import memory as fast_weights
from mnemoscope.models.fast_weights.memory import Write
from mnemoscope.models.fast_weights.stack import EPSILON, LayerSeen, Mixer, ShortConvolution, StackConfig, seen_of


@dataclass(frozen=True)
class DeltaConfig(StackConfig):
    """Sizes of a stack of delta-rule layers; see StackConfig. The convolution is over queries, keys and values.

    `reflect` doubles the erase gate, so that a write can flip the sign of what its key holds, not only replace it: negative
    eigenvalues (Grazzi et al. 2024, arXiv 2411.12537), without which no layer can count modulo 2.
    """

    reflect: bool = False


class DeltaState(NamedTuple):
    """The memory [B, A, K, V] and the last projections the convolution still sees [B, convolution − 1, A(2K + V)]."""

    memory: Tensor
    window: Tensor


class DeltaMixer(Mixer[DeltaConfig]):
    """Projections, short convolution, memory and read-out of one layer; a subclass says how the gates come about."""

    def __init__(self, config: DeltaConfig, gates: int) -> None:
        """`gates`: columns of the interface behind the packed [q | k | v], which `emit` receives."""
        super().__init__(config)
        self._packed = config.heads * (2 * config.key_width + config.value_width)
        self.interface = nn.Linear(config.width, self._packed + gates, bias=False)
        self.convolution = ShortConvolution(self._packed, config.convolution)
        self.norm = nn.RMSNorm(config.value_width, eps=EPSILON)
        self.out = nn.Linear(config.heads * config.value_width, config.width, bias=False)

    @abstractmethod
    def emit(self, queries: Tensor, keys: Tensor, values: Tensor, gates: Tensor) -> tuple[Write, Tensor | None]:
        """Gates from their raw columns [.., gates] -> what goes to the memory [.., A, ·], raw output gate [.., A, V] or None."""

    def _emit(self, packed: Tensor, gates: Tensor) -> tuple[Write, Tensor | None]:
        c = self.config
        k, v = c.heads * c.key_width, c.heads * c.value_width
        queries, keys, values = (
            torch.unflatten(x, -1, (c.heads, -1)) for x in torch.split_with_sizes(F.silu(packed), (k, k, v), -1)
        )
        return self.emit(delta_rule.unit(queries), delta_rule.unit(keys), values, gates)

    def _project_back(self, reads: Tensor, gate: Tensor | None) -> Tensor:
        reads = self.norm(reads)
        return self.out((reads if gate is None else reads * F.silu(gate)).flatten(-2))

    def initial_state(self, batch: int) -> DeltaState:
        """Zeros."""
        memory = self.blank(batch)
        return DeltaState(memory, self.convolution.initial_window(batch, memory))

    def step(self, x: Tensor, state: DeltaState) -> tuple[Tensor, DeltaState, LayerSeen]:
        """See Mixer."""
        raw = self.interface(x)
        packed, gates = raw[:, : self._packed], raw[:, self._packed :]
        packed, window = self.convolution.step(packed, state.window)
        write, gate = self._emit(packed, gates)
        memory = fast_weights.update(state.memory, write)
        reads = fast_weights.read(memory, write.queries)
        return self._project_back(reads, gate), DeltaState(memory, window), seen_of(write, reads)

    def forward(self, x: Tensor) -> Tensor:
        """See Mixer."""
        raw = self.interface(x)
        packed, gates = raw[:, :, : self._packed], raw[:, :, self._packed :]
        write, gate = self._emit(self.convolution(packed), gates)
        reads, _ = delta_rule.run(self.blank(x.shape[0]), write)
        return self._project_back(reads, gate)
