"""The plain recurrent network: Elman 1990 (Finding structure in time, Cognitive Science 14), tanh, in torch's arrangement.

Glossary: H units; W recurrent weights [H, H]; U input weights; b the sum of torch's two biases; h hidden; a pre-activation.

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

from mnemoscope.kinds import RECURRENT
from mnemoscope.models.base import Step, TensorEntry, Traced
from mnemoscope.models.recurrent.base import RecurrentConfig, RecurrentStack


@dataclass(frozen=True)
class RNNConfig(RecurrentConfig):
    """Sizes of an Elman network; see RecurrentConfig."""


class RNNState(NamedTuple):
    """Hidden of every layer, [B, H] each."""

    hidden: tuple[Tensor, ...]


class RNNLayerSeen(NamedTuple):
    """What one layer did at one step, [B, H] each."""

    write_vectors: Tensor  # d
    slopes: Tensor  # ρ
    read_vectors: Tensor  # h

    def named(self) -> dict[str, Tensor]:
        """By the names of `RNN.roles`."""
        return self._asdict()


class RNN(RecurrentStack):
    """A stack of Elman layers with a linear read-out of the last.

    Example: `rnn = RNN(RNNConfig(inputs=9, outputs=8)); step = rnn.step(torch.zeros(1, 9), rnn.initial_state(1))`.
    """

    kind, bank = RECURRENT, "state"
    roles = {"write_vectors": "write", "slopes": "gate", "read_vectors": "read"}

    def __init__(self, config: RNNConfig) -> None:
        super().__init__(config)
        self.rnn = nn.RNN(config.inputs, config.hidden, config.layers, batch_first=True)
        self.readout = nn.Linear(config.hidden, config.outputs)

    def initial_state(self, batch: int) -> RNNState:
        """Zeros."""
        return RNNState(self.zeros(batch))

    def step(self, x: Tensor, state: RNNState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next RNNState, one RNNLayerSeen a layer."""
        hiddens: list[Tensor] = []
        seen: list[RNNLayerSeen] = []
        for hidden, (u, w, b, c) in zip(state.hidden, self.rnn.all_weights, strict=True):
            written = torch.addmm(b + c, x, u.t())
            raw = torch.addmm(written, hidden, w.t())
            x = torch.tanh(raw)
            hiddens.append(x)
            seen.append(RNNLayerSeen(written, secant_slope(raw, x), x))
        return Step(self.readout(x), RNNState(tuple(hiddens)), tuple(seen))

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path through torch's fused RNN; equals the fold of `step` up to rounding."""
        return self.readout(self.rnn(inputs)[0])

    def keyframe_entries(self) -> list[TensorEntry]:
        """Hidden, and the recurrent weights, which never change but without which no reader could go on."""
        h = self.config.hidden
        entries: list[TensorEntry] = []
        for bank in self.bank_names():
            entries.append((bank, "hidden", "state", ("unit",), (h,)))
            entries.append((bank, "recurrent_weights", "state", ("unit", "from_unit"), (h, h)))
        return entries

    def keyframe(self, state: RNNState) -> Traced:
        """Tensors of `keyframe_entries`."""
        traced: Traced = {}
        for bank, hidden, (_, w, *_) in zip(self.bank_names(), state.hidden, self.rnn.all_weights, strict=True):
            traced[bank, "hidden"] = hidden
            traced[bank, "recurrent_weights"] = w.expand(hidden.shape[0], -1, -1)
        return traced


def secant_slope(raw: Tensor, squashed: Tensor) -> Tensor:
    """ρ = tanh(a) / a, and its limit 1 at a = 0; `squashed` is tanh(a). In (0, 1]."""
    zero = raw == 0
    return torch.where(zero, 1.0, squashed / torch.where(zero, 1.0, raw))
