"""Gated DeltaNet-2: erasing and writing decoupled, Hatamizadeh, Choi, Kautz 2026 (arXiv 2605.22791).

    S_t = (I − k_t (b_t ⊙ k_t)ᵀ) Diag(α_t) S_{t−1} + k_t (w_t ⊙ v_t)ᵀ        r_t = S_tᵀ q_t

b = σ(W_b x) chooses the key channels whose content is read out and removed, w = σ(W_w x) the value channels that are
committed, α = exp(−e^a softplus(W_α x + c)) what every key channel keeps: the erase and add vectors of the NTM on the axes
of a fast-weight memory. b = w = β is Kimi's delta attention, with one α a head Gated DeltaNet, with α = 1 DeltaNet.
Two liberties: W_α and the output gate are full matrices (published: of low rank), and α is not below 0.7 % (rule.FLOOR).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mnemoscope.models.delta import rule as delta_rule
from mnemoscope.models.delta.mixer import DeltaConfig, DeltaMixer
from mnemoscope.models.fast_weights.memory import Write
from mnemoscope.models.fast_weights.stack import FastWeightStack


@dataclass(frozen=True)
class GatedDeltaNetConfig(DeltaConfig):
    """Sizes of a Gated DeltaNet-2; see DeltaConfig. With `reflect`, only the erase gate reaches 2."""


class GatedDeltaNetMixer(DeltaMixer):
    """Gates a channel; the interface is packed [q | k | v | b | w | α | output gate]."""

    def __init__(self, config: DeltaConfig) -> None:
        a, k, v = config.heads, config.key_width, config.value_width
        super().__init__(config, a * (2 * k + 2 * v))
        self.log_rate = nn.Parameter(torch.empty(a, 1).uniform_(1, 16).log())
        span = math.log(0.1) - math.log(0.001)
        first = torch.exp(torch.rand(a, k) * span + math.log(0.001))  # softplus(bias): per step 0.1 to 10 % of the rate
        self.retention_bias = nn.Parameter(first + torch.log(-torch.expm1(-first)))

    def emit(self, queries: Tensor, keys: Tensor, values: Tensor, gates: Tensor) -> tuple[Write, Tensor | None]:
        """Erase gate and retention a key channel, write gate a value channel, and a gate on the read."""
        c = self.config
        k, v = c.heads * c.key_width, c.heads * c.value_width
        erase, write_gate, decay, gate = (
            torch.unflatten(x, -1, (c.heads, -1)) for x in torch.split_with_sizes(gates, (k, v, k, v), -1)
        )
        erase = torch.sigmoid(erase)
        if c.reflect:
            erase = 2 * erase
        log_retention = delta_rule.log_retention(decay, self.log_rate, self.retention_bias)
        return Write(queries, keys, values, erase, torch.sigmoid(write_gate), log_retention), gate


class GatedDeltaNet(FastWeightStack[GatedDeltaNetConfig]):
    """Gated DeltaNet-2 layers over real-valued features.

    Example: `net = GatedDeltaNet(GatedDeltaNetConfig(inputs=9, outputs=8)); net.step(torch.zeros(1, 9), net.initial_state(1))`.
    """

    def mixer(self) -> DeltaMixer:
        """See GatedDeltaNetMixer."""
        return GatedDeltaNetMixer(self.config)
