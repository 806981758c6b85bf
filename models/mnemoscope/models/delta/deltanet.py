"""DeltaNet: fast weights under the delta rule, Schlag et al. 2021 (arXiv 2102.11174), layers of Yang et al. 2024 (arXiv 2406.06484).

    S_t = S_{t−1} + β_t k_t (v_t − S_{t−1}ᵀ k_t)ᵀ        r_t = S_tᵀ q_t        β_t = σ(W_β x_t), one a head

A step asks the memory what it holds under the key and replaces a share β of it by the value: β = 0 writes nothing, β = 1
overwrites exactly. In the words of the log: retention 1, erase gate and write gate both β.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mnemoscope.models.delta.mixer import DeltaConfig, DeltaMixer
from mnemoscope.models.fast_weights.memory import Write
from mnemoscope.models.fast_weights.stack import FastWeightStack


@dataclass(frozen=True)
class DeltaNetConfig(DeltaConfig):
    """Sizes of a DeltaNet; see DeltaConfig. With `reflect`, β reaches 2, for erasing and writing alike."""


class DeltaNetMixer(DeltaMixer):
    """One β a head; the interface is packed [q | k | v | β]."""

    def __init__(self, config: DeltaConfig) -> None:
        super().__init__(config, config.heads)

    def emit(self, queries: Tensor, keys: Tensor, values: Tensor, gates: Tensor) -> tuple[Write, Tensor | None]:
        """Erase and write by the same β; nothing decays, and the read has no gate."""
        strength = torch.sigmoid(gates).unsqueeze(-1)
        if self.config.reflect:
            strength = 2 * strength
        return Write(queries, keys, values, strength.expand_as(keys), strength.expand_as(values), None), None


class DeltaNet(FastWeightStack[DeltaNetConfig]):
    """DeltaNet layers over real-valued features.

    Example: `net = DeltaNet(DeltaNetConfig(inputs=9, outputs=8)); net.step(torch.zeros(1, 9), net.initial_state(1))`.
    """

    def mixer(self) -> DeltaMixer:
        """See DeltaNetMixer."""
        return DeltaNetMixer(self.config)
