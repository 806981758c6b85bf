"""mLSTM: the LSTM with a matrix memory and exponential gates, xLSTM, Beck et al. 2024 (arXiv 2405.04517, eq. 19-27).

    C_t = f_t C_{t−1} + i_t k_t v_tᵀ        n_t = f_t n_{t−1} + i_t k_t        h_t = o_t ⊙ C_tᵀ q_t / max(|n_tᵀ q_t|, 1)
    i_t = exp(ĩ_t)        f_t = σ(f̃_t), or exp(f̃_t)        o_t = σ(õ_t)

(C transposed against the paper: keys are rows.) exp(ĩ) overflows, so C and n are carried divided by exp(m_t), where the
stabiliser m_t = max(log f_t + m_{t−1}, ĩ_t) (eq. 15): f' = exp(log f + m_{t−1} − m), i' = exp(ĩ − m) (eq. 16, 17), and the 1
below becomes exp(−m). m is a change of scale that cancels from every output, so no gradient is taken through it.

As fast weights: f' is the retention, i' the write gate, one of each a head; nothing is erased under a key. The recorded
query is q / max(|nᵀ q|, exp(−m)), so that r = Cᵀ q is exactly what the model reads. Retention and write gate are thus
*relative to the stabiliser*: at most 1, and where a write raises m, retention falls below f, because everything older
counts less beside it. Shares do not depend on m: it scales all of a read alike. The stabiliser and the divisor are recorded too.

The arrangement around the memory: q and k see the last steps through a short convolution and SiLU, as in the paper's mLSTM
block; reads are normalised head by head, gated by o, and a SwiGLU follows, as in xLSTM 7B (Beck et al. 2025, arXiv 2503.13427).
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
    Mixer,
    Named,
    ShortConvolution,
    StackConfig,
    seen_of,
)


@dataclass(frozen=True)
class MLSTMConfig(StackConfig):
    """Sizes of an mLSTM; see StackConfig. The convolution is over what queries and keys are made of.

    `exponential_forget`: the forget gate is exp(f̃), which may exceed 1, instead of σ(f̃) (eq. 26).
    """

    exponential_forget: bool = False


class MLSTMState(NamedTuple):
    """C [B, A, K, V] and n [B, A, K] divided by exp(m), m [B, A], and what the convolution still sees [B, convolution − 1, D]."""

    memory: Tensor
    normaliser: Tensor
    stabiliser: Tensor
    window: Tensor


class MLSTMSeen(NamedTuple):
    """One layer at one step: the fields of LayerSeen, and by what a read was scaled."""

    queries: Tensor  # q / divisor [B, A, K]
    keys: Tensor  # k [B, A, K]
    write_vectors: Tensor  # v [B, A, V]
    retention: Tensor  # f' [B, A, K]
    erase: Tensor  # 0 [B, A, K]
    write_gate: Tensor  # i' [B, A, V]
    read_vectors: Tensor  # r [B, A, V]
    stabiliser: Tensor  # m [B, A]
    divisor: Tensor  # max(|nᵀ q|, exp(−m)) [B, A]


class Emitted(NamedTuple):
    """What a layer emits, at one step [B, A, ·] or at T steps at once [B, T, A, ·]."""

    queries: Tensor  # q [.., K]
    keys: Tensor  # k [.., K]
    values: Tensor  # v [.., V]
    log_input: Tensor  # log i = ĩ [..]
    log_forget: Tensor  # log f [..]
    output_gate: Tensor  # o [.., V]


def stabilise(log_input: Tensor, log_forget: Tensor, before: Tensor) -> Tensor:
    """m_t = max(log f_t + m_{t−1}, ĩ_t), without gradient (eq. 15)."""
    return torch.maximum(log_forget + before, log_input).detach()


def divisor(product: Tensor, stabiliser: Tensor) -> Tensor:
    """max(|nᵀ q|, exp(−m)), from nᵀ q in the scale of m (eq. 21)."""
    return torch.maximum(product.abs(), (-stabiliser).exp())


def run(e: Emitted) -> Tensor:
    """All reads from a blank memory at once, the parallel form (appendix A.3): emissions [B, T, A, ·] -> [B, T, A, V].

    With log D_ts = log Π_{s<j≤t} f_j + ĩ_s and m_t = max_s log D_ts: W = (Q Kᵀ) ∘ exp(log D − m), and row t of W V is
    divided by max(|Σ_s W_ts|, exp(−m_t)).
    """
    queries, keys, values = (part.transpose(1, 2) for part in (e.queries, e.keys, e.values))
    log_weights = fast_weights.log_decay(e.log_forget) + e.log_input.transpose(1, 2).unsqueeze(2)
    stabiliser = log_weights.amax(-1).detach()
    weights = torch.matmul(queries, keys.transpose(2, 3)) * (log_weights - stabiliser.unsqueeze(-1)).exp()
    scale = divisor(weights.sum(-1), stabiliser)
    return (torch.matmul(weights, values) / scale.unsqueeze(-1)).transpose(1, 2)


class MLSTMMixer(Mixer[MLSTMConfig]):
    """The mLSTM of one layer: `address` gives [q | k], `interface` is packed [v | o | i | f]."""

    def __init__(self, config: MLSTMConfig) -> None:
        super().__init__(config)
        a, inner = config.heads, config.heads * config.value_width
        self._sizes = (inner, inner, a, a)
        self.convolution = ShortConvolution(config.width, config.convolution, bias=True)
        self.address = nn.Linear(config.width, 2 * a * config.key_width, bias=False)
        self.interface = nn.Linear(config.width, sum(self._sizes), bias=False)
        with torch.no_grad():
            self.interface.weight[2 * inner :] = 0  # the gates start from their biases, as published
        self.input_bias = nn.Parameter(0.1 * torch.randn(a))
        self.forget_bias = nn.Parameter(torch.linspace(3, 6, a))
        self.norm = nn.Parameter(torch.ones(a, config.value_width))
        self.out = nn.Linear(inner, config.width, bias=False)

    def _emit(self, convolved: Tensor, x: Tensor) -> Emitted:
        heads = self.config.heads
        seen = F.silu(convolved) if self.config.convolution else x
        queries, keys = (part.unflatten(-1, (heads, -1)) for part in self.address(seen).chunk(2, -1))
        values, output, log_input, forget = self.interface(x).split(self._sizes, -1)
        forget = forget + self.forget_bias
        return Emitted(
            queries,
            keys / math.sqrt(self.config.key_width),
            values.unflatten(-1, (heads, -1)),
            log_input + self.input_bias,
            forget if self.config.exponential_forget else F.logsigmoid(forget),
            torch.sigmoid(output).unflatten(-1, (heads, -1)),
        )

    def _project_back(self, reads: Tensor, gate: Tensor) -> Tensor:
        normal = F.layer_norm(reads, reads.shape[-1:], eps=EPSILON) * self.norm
        return self.out((gate * normal).flatten(-2))

    def initial_state(self, batch: int) -> MLSTMState:
        """Zeros; with C and n blank, any stabiliser does."""
        memory = self.blank(batch)
        window = self.convolution.initial_window(batch, memory)
        return MLSTMState(memory, memory.new_zeros(memory.shape[:3]), memory.new_zeros(memory.shape[:2]), window)

    def step(self, x: Tensor, state: MLSTMState) -> tuple[Tensor, MLSTMState, MLSTMSeen]:
        """See Mixer."""
        convolved, window = self.convolution.step(x, state.window)
        e = self._emit(convolved, x)
        m = stabilise(e.log_input, e.log_forget, state.stabiliser)
        log_retention = (e.log_forget + state.stabiliser - m).unsqueeze(-1)
        gate = (e.log_input - m).exp().unsqueeze(-1)
        normaliser = log_retention.exp() * state.normaliser + gate * e.keys
        scale = divisor((normaliser * e.queries).sum(-1), m)
        write = Write(e.queries / scale.unsqueeze(-1), e.keys, e.values, None, gate, log_retention)
        memory = fast_weights.update(state.memory, write)
        reads = fast_weights.read(memory, write.queries)
        after = MLSTMState(memory, normaliser, m, window)
        return self._project_back(reads, e.output_gate), after, MLSTMSeen(*seen_of(write, reads), m, scale)

    def forward(self, x: Tensor) -> Tensor:
        """See Mixer."""
        e = self._emit(self.convolution(x), x)
        return self._project_back(run(e), e.output_gate)

    def frame_tensors(self) -> Named:
        """See Mixer; beside it the stabiliser and the divisor of the query."""
        heads = ("gate", ("head",), (self.config.heads,))
        return super().frame_tensors() | {"stabiliser": heads, "divisor": heads}

    def keyframe_tensors(self) -> Named:
        """See Mixer; beside it the normaliser and the stabiliser."""
        c = self.config
        return super().keyframe_tensors() | {
            "normaliser": ("state", ("head", "key"), (c.heads, c.key_width)),
            "stabiliser": ("state", ("head",), (c.heads,)),
        }


class MLSTM(FastWeightStack[MLSTMConfig]):
    """mLSTM layers over real-valued features.

    Example: `net = MLSTM(MLSTMConfig(inputs=9, outputs=8)); net.step(torch.zeros(1, 9), net.initial_state(1))`.
    """

    def mixer(self) -> MLSTMMixer:
        """See MLSTMMixer."""
        return MLSTMMixer(self.config)
