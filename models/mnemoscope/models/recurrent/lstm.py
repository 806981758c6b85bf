"""Long short-term memory: Hochreiter & Schmidhuber 1997 with forget gates (Gers et al. 2000), in torch's arrangement.

Glossary: H units; i, f, o gates; g candidate; c cell; h hidden. Parameters are those of `torch.nn.LSTM` (gate order i, f, g,
o), which runs the training path; `step` computes the same numbers and shows the gates:

    i = σ(W_i x + b_i + U_i h + c_i), f and o alike        g = tanh(W_g x + b_g + U_g h + c_g)
    c' = f ⊙ c + i ⊙ g        h' = o ⊙ tanh(c')
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.kinds import CELL
from mnemoscope.models.base import Step, TensorEntry, Traced
from mnemoscope.models.recurrent.base import RecurrentConfig, RecurrentStack


@dataclass(frozen=True)
class LSTMConfig(RecurrentConfig):
    """Sizes of an LSTM; see RecurrentConfig."""


class LSTMState(NamedTuple):
    """Hidden and cell of every layer, [B, H] each."""

    hidden: tuple[Tensor, ...]
    cell: tuple[Tensor, ...]


class LSTMLayerSeen(NamedTuple):
    """Gates, candidate and hidden of one layer at one step."""

    gates: Tensor  # [B, 4H]: i, f, of no meaning, o
    write_vectors: Tensor  # [B, H]: g, the candidate
    read_vectors: Tensor  # [B, H]: h

    def named(self) -> dict[str, Tensor]:
        """By the names of `LSTM.roles`, [B, H] each."""
        i, f, _, o = self.gates.chunk(4, 1)
        return {
            "input_gate": i,
            "forget_gate": f,
            "write_vectors": self.write_vectors,
            "output_gate": o,
            "read_vectors": self.read_vectors,
        }


class LSTM(RecurrentStack):
    """A stack of LSTM layers with a linear read-out of the last.

    Example: `lstm = LSTM(LSTMConfig(inputs=9, outputs=8)); step = lstm.step(torch.zeros(1, 9), lstm.initial_state(1))`.
    """

    kind, bank = CELL, CELL.name
    roles = {
        "input_gate": "gate",
        "forget_gate": "erase",
        "write_vectors": "write",
        "output_gate": "gate",
        "read_vectors": "read",
    }

    def __init__(self, config: LSTMConfig) -> None:
        super().__init__(config)
        self.lstm = nn.LSTM(config.inputs, config.hidden, config.layers, batch_first=True)
        self.readout = nn.Linear(config.hidden, config.outputs)

    def initial_state(self, batch: int) -> LSTMState:
        """Zeros."""
        return LSTMState(self.zeros(batch), self.zeros(batch))

    def step(self, x: Tensor, state: LSTMState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next LSTMState, one LSTMLayerSeen a layer."""
        hiddens: list[Tensor] = []
        cells: list[Tensor] = []
        seen: list[LSTMLayerSeen] = []
        for hidden, cell, (w, u, b, c) in zip(state.hidden, state.cell, self.lstm.all_weights, strict=True):
            raw = torch.addmm(b, x, w.t()) + torch.addmm(c, hidden, u.t())
            gates = torch.sigmoid(raw)  # of all four, though g has no use for it: one call is cheaper than three
            i, f, _, o = gates.chunk(4, 1)
            g = torch.tanh(raw.chunk(4, 1)[2])
            cell = f * cell + i * g
            x = o * torch.tanh(cell)
            hiddens.append(x)
            cells.append(cell)
            seen.append(LSTMLayerSeen(gates, g, x))
        return Step(self.readout(x), LSTMState(tuple(hiddens), tuple(cells)), tuple(seen))

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path through torch's fused LSTM; equals the fold of `step` up to rounding."""
        return self.readout(self.lstm(inputs)[0])

    def keyframe_entries(self) -> list[TensorEntry]:
        """Cell and hidden."""
        return self.units({CELL.state_tensor: "state", "hidden": "state"})

    def keyframe(self, state: LSTMState) -> Traced:
        """Tensors of `keyframe_entries`."""
        traced: Traced = {}
        for bank, cell, hidden in zip(self.bank_names(), state.cell, state.hidden, strict=True):
            traced[bank, CELL.state_tensor], traced[bank, "hidden"] = cell, hidden
        return traced
