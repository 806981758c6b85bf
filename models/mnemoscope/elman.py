"""The plain recurrent network: Elman 1990 (Finding structure in time, Cognitive Science 14), tanh, in torch's arrangement.

Glossary: H units; W recurrent weights [H, H]; U input weights; b the sum of both biases; h hidden; a pre-activation.

    d_t = U x_t + b        what the step writes
    a_t = W h_{t−1} + d_t
    h_t = tanh(a_t) = ρ_t ⊙ (W h_{t−1} + d_t),   ρ_t = tanh(a_t) / a_t  (1 at a = 0)

ρ is the slope of the secant from the origin to (a, tanh a), not a derivative. With it the step is linear in h_{t−1} and
d_t, so the hidden state is exactly a sum over what the steps wrote. There is no erase: all that is kept passes through W.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.layout import BankSpec
from mnemoscope.model import MemoryModel, Step, TensorEntry, Traced


@dataclass(frozen=True)
class RNNConfig:
    """Sizes of an Elman network: features a step, units, layers."""

    inputs: int
    outputs: int
    hidden: int = 256
    layers: int = 1


class RNNState(NamedTuple):
    """Hidden of every layer, [B, H] each."""

    hidden: tuple[Tensor, ...]


class RNNLayerSeen(NamedTuple):
    """What one layer did at one step, [B, H] each."""

    write_vectors: Tensor  # d
    slopes: Tensor  # ρ
    read_vectors: Tensor  # h


class RNN(MemoryModel):
    """A stack of Elman layers with a linear read-out of the last.

    Example: `rnn = RNN(RNNConfig(inputs=9, outputs=8)); step = rnn.step(torch.zeros(1, 9), rnn.initial_state(1))`.
    """

    def __init__(self, config: RNNConfig) -> None:
        super().__init__()
        for name in ("inputs", "outputs", "hidden", "layers"):
            if getattr(config, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(config, name)}")
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.rnn = nn.RNN(config.inputs, config.hidden, config.layers, batch_first=True)
        self.readout = nn.Linear(config.hidden, config.outputs)

    def initial_state(self, batch: int) -> RNNState:
        """Zeros."""
        return RNNState((self.readout.weight.new_zeros(batch, self.config.hidden),) * self.config.layers)

    def step(self, x: Tensor, state: RNNState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next RNNState, one RNNLayerSeen a layer."""
        hiddens, seen = [], []
        for layer, hidden in enumerate(state.hidden):
            bias = getattr(self.rnn, f"bias_ih_l{layer}") + getattr(self.rnn, f"bias_hh_l{layer}")
            written = torch.addmm(bias, x, getattr(self.rnn, f"weight_ih_l{layer}").t())
            raw = torch.addmm(written, hidden, self._recurrent(layer).t())
            x = torch.tanh(raw)
            hiddens.append(x)
            seen.append(RNNLayerSeen(written, secant_slope(raw, x), x))
        return Step(self.readout(x), RNNState(tuple(hiddens)), tuple(seen))

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path through torch's fused RNN; equals the fold of `step` up to rounding."""
        return self.readout(self.rnn(inputs)[0])

    def _recurrent(self, layer: int) -> Tensor:
        return getattr(self.rnn, f"weight_hh_l{layer}")

    def banks(self) -> list[BankSpec]:
        """One recurrent bank a layer: "state", or "state0", "state1", … when there are several."""
        return [
            BankSpec(name=name, kind="recurrent", slots=1, width=self.config.hidden, write_heads=1, read_heads=1)
            for name in self._names()
        ]

    def _names(self) -> list[str]:
        layers = self.config.layers
        return ["state"] if layers == 1 else [f"state{layer}" for layer in range(layers)]

    def frame_entries(self) -> list[TensorEntry]:
        """What was written, the secant slopes, hidden."""
        roles = {"write_vectors": "write", "slopes": "gate", "read_vectors": "read"}
        return [
            (bank, name, role, ("unit",), (self.config.hidden,))
            for bank in self._names()
            for name, role in roles.items()
        ]

    def keyframe_entries(self) -> list[TensorEntry]:
        """Hidden, and the recurrent weights, which never change but without which no reader could go on."""
        h = self.config.hidden
        entries: list[TensorEntry] = []
        for bank in self._names():
            entries.append((bank, "hidden", "state", ("unit",), (h,)))
            entries.append((bank, "recurrent_weights", "state", ("unit", "from_unit"), (h, h)))
        return entries

    def frame(self, seen: tuple[RNNLayerSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {
            (bank, name): value
            for bank, layer in zip(self._names(), seen, strict=True)
            for name, value in layer._asdict().items()
        }

    def keyframe(self, state: RNNState) -> Traced:
        """Tensors of `keyframe_entries`."""
        traced: Traced = {}
        for layer, (bank, hidden) in enumerate(zip(self._names(), state.hidden, strict=True)):
            traced[bank, "hidden"] = hidden
            traced[bank, "recurrent_weights"] = self._recurrent(layer).expand(hidden.shape[0], -1, -1)
        return traced


def secant_slope(raw: Tensor, squashed: Tensor) -> Tensor:
    """ρ = tanh(a) / a, and its limit 1 at a = 0; `squashed` is tanh(a). In (0, 1]."""
    zero = raw == 0
    return torch.where(zero, 1.0, squashed / torch.where(zero, 1.0, raw))
