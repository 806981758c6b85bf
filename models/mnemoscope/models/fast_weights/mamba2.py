"""Mamba-2: a state space with a matrix state, Dao & Gu 2024 (arXiv 2405.21060), with their block.

    S_t = α_t S_{t−1} + B_t (Δ_t x_t)ᵀ        y_t = S_tᵀ C_t + D x_t        (SSD, sections 5 and 7)
    Δ_t = softplus(raw + bias)        α_t = exp(−e^a Δ_t)

As fast weights: B is the key, C the query, x the value; the step size Δ is the write gate, and one α a head the retention.
Nothing is erased under a key, and keys have whatever length they have. Keys and queries are shared by the heads of a
group, and recorded for each head. D x passes by the memory: it is added after the read and is no part of the log.
Then RMSNorm(y ⊙ SiLU(z)) group by group, and back to the width of the model. The block is the whole layer: there is no SwiGLU by default.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.models.fast_weights import memory as fast_weights
from mnemoscope.models.fast_weights.memory import Write
from mnemoscope.models.fast_weights.stack import (
    EPSILON,
    FastWeightStack,
    LayerSeen,
    Mixer,
    ShortConvolution,
    StackConfig,
    seen_of,
)


@dataclass(frozen=True)
class Mamba2Config(StackConfig):
    """Sizes of a Mamba-2; see StackConfig. `key_width` is the paper's state size N, `value_width` its head size P.

    `groups`: sets of heads that share keys and queries. The convolution is over x, B and C.
    """

    key_width: int = 32
    value_width: int = 32
    feedforward: int = 0
    groups: int = 1


class Mamba2State(NamedTuple):
    """The memory [B, A, N, P] and the last [x | B | C] the convolution still sees [B, convolution − 1, A P + 2 G N]."""

    memory: Tensor
    window: Tensor


def log_retention(step_size: Tensor, log_rate: Tensor) -> Tensor:
    """Log α = −e^a Δ: step sizes Δ [.., A], log_rate a [A]."""
    return -log_rate.exp() * step_size


def run(write: Write) -> Tensor:
    """All reads from a blank memory at once, the quadratic form of SSD (section 5.1): emissions [B, T, A, ·] -> [B, T, A, V].

    R = (L ∘ Q Kᵀ) (w ⊙ V) a head, with L_ts = Π_{s<j≤t} α_j. Write.log_retention is [B, T, A, 1] and required.
    """
    assert write.log_retention is not None
    queries, keys, added = (
        part.transpose(1, 2) for part in (write.queries, write.keys, write.write_gate * write.values)
    )
    mask = fast_weights.log_decay(write.log_retention.squeeze(-1)).exp()
    return torch.matmul(torch.matmul(queries, keys.transpose(2, 3)) * mask, added).transpose(1, 2)


class Mamba2Mixer(Mixer[Mamba2Config]):
    """The Mamba-2 block without its residual; the interface is packed [z | x | B | C | Δ]."""

    def __init__(self, config: Mamba2Config) -> None:
        super().__init__(config)
        a, self._inner = config.heads, config.heads * config.value_width
        self._shared = config.groups * config.key_width
        self._packed = self._inner + 2 * self._shared
        self.interface = nn.Linear(config.width, self._inner + self._packed + a, bias=False)
        self.convolution = ShortConvolution(self._packed, config.convolution, bias=True)
        self.log_rate = nn.Parameter(torch.empty(a).uniform_(1, 16).log())
        first = torch.exp(torch.rand(a) * (math.log(0.1) - math.log(0.001)) + math.log(0.001))
        self.step_bias = nn.Parameter(first + torch.log(-torch.expm1(-first)))  # softplus(bias) = first
        self.skip = nn.Parameter(torch.ones(a))
        self.norm = nn.Parameter(torch.ones(config.groups, self._inner // config.groups))
        self.out = nn.Linear(self._inner, config.width, bias=False)

    def _split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.interface(x).split((self._inner, self._packed, self.config.heads), -1)

    def _emit(self, packed: Tensor, raw: Tensor) -> Write:
        """Convolved [x | B | C] [.., ·] and raw step sizes [.., A] -> what goes to the memory [.., A, ·]."""
        heads, groups = self.config.heads, self.config.groups
        values, keys, queries = torch.split_with_sizes(F.silu(packed), (self._inner, self._shared, self._shared), -1)
        keys, queries = (
            torch.unflatten(part, -1, (groups, -1)).repeat_interleave(heads // groups, -2) for part in (keys, queries)
        )
        size = F.softplus(raw + self.step_bias)
        retention = log_retention(size, self.log_rate)
        return Write(
            queries, keys, torch.unflatten(values, -1, (heads, -1)), None, size.unsqueeze(-1), retention.unsqueeze(-1)
        )

    def _project_back(self, reads: Tensor, values: Tensor, gate: Tensor) -> Tensor:
        y = (reads + self.skip.unsqueeze(-1) * values).flatten(-2) * F.silu(gate)
        y = torch.unflatten(y, -1, (self.config.groups, -1))
        return self.out((F.rms_norm(y, y.shape[-1:], eps=EPSILON) * self.norm).flatten(-2))

    def initial_state(self, batch: int) -> Mamba2State:
        """Zeros."""
        memory = self.blank(batch)
        return Mamba2State(memory, self.convolution.initial_window(batch, memory))

    def step(self, x: Tensor, state: Mamba2State) -> tuple[Tensor, Mamba2State, LayerSeen]:
        """See Mixer."""
        gate, packed, raw = self._split(x)
        packed, window = self.convolution.step(packed, state.window)
        write = self._emit(packed, raw)
        memory = fast_weights.update(state.memory, write)
        reads = fast_weights.read(memory, write.queries)
        return self._project_back(reads, write.values, gate), Mamba2State(memory, window), seen_of(write, reads)

    def forward(self, x: Tensor) -> Tensor:
        """See Mixer."""
        gate, packed, raw = self._split(x)
        write = self._emit(self.convolution(packed), raw)
        return self._project_back(run(write), write.values, gate)


class Mamba2(FastWeightStack[Mamba2Config]):
    """Mamba-2 blocks over real-valued features.

    Example: `net = Mamba2(Mamba2Config(inputs=9, outputs=8)); net.step(torch.zeros(1, 9), net.initial_state(1))`.
    """

    def __init__(self, config: Mamba2Config) -> None:
        """Raises ValueError for sizes below one and for groups that do not divide the heads."""
        if config.groups < 1 or config.heads % config.groups:
            raise ValueError(f"groups must divide the {config.heads} heads, got {config.groups}")
        super().__init__(config)

    def mixer(self) -> Mamba2Mixer:
        """See Mamba2Mixer."""
        return Mamba2Mixer(self.config)
