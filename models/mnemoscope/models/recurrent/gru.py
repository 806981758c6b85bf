"""Gated recurrent unit: Cho et al. 2014 (arXiv 1406.1078), in torch's arrangement.

Glossary: H units; r reset gate; z update gate; n candidate; h hidden, which is the cell itself and is read as it is.
Parameters are those of `torch.nn.GRU` (gate order r, z, n), which runs the training path; `step` computes the same numbers:

    r = σ(W_r x + b_r + U_r h + c_r)        z = σ(W_z x + b_z + U_z h + c_z)
    n = tanh(W_n x + b_n + r ⊙ (U_n h + c_n))        h' = (1 − z) ⊙ n + z ⊙ h

The reset gate acts *after* the recurrent product and its bias (version 1 of the paper and cuDNN; version 3 resets h before it).
So z is what a step keeps and 1 − z what it writes of n: per unit the weights of all writes and of h_0 sum to 1.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.kinds import CELL
from mnemoscope.models.base import Step, TensorEntry, Traced
from mnemoscope.models.recurrent.base import RecurrentConfig, RecurrentStack


@dataclass(frozen=True)
class GRUConfig(RecurrentConfig):
    """Sizes of a GRU; see RecurrentConfig."""


class GRUState(NamedTuple):
    """Hidden of every layer, [B, H] each."""

    hidden: tuple[Tensor, ...]


class GRULayerSeen(NamedTuple):
    """Gates, candidate and hidden of one layer at one step."""

    gates: Tensor  # [B, 2H]: r, z
    write_vectors: Tensor  # [B, H]: n, the candidate
    read_vectors: Tensor  # [B, H]: h

    def named(self) -> dict[str, Tensor]:
        """By the names of `GRU.roles`, [B, H] each."""
        reset, update = self.gates.chunk(2, 1)
        return {
            "forget_gate": update,
            "input_gate": 1 - update,
            "write_vectors": self.write_vectors,
            "read_vectors": self.read_vectors,
            "reset_gate": reset,
        }


class GRU(RecurrentStack):
    """A stack of GRU layers with a linear read-out of the last; its banks are cells that are read directly.

    Example: `gru = GRU(GRUConfig(inputs=9, outputs=8)); step = gru.step(torch.zeros(1, 9), gru.initial_state(1))`.
    """

    kind, bank, direct = CELL, CELL.name, True
    roles = {
        "forget_gate": "erase",
        "input_gate": "gate",
        "write_vectors": "write",
        "read_vectors": "read",
        "reset_gate": "gate",
    }

    def __init__(self, config: GRUConfig) -> None:
        super().__init__(config)
        self.gru = nn.GRU(config.inputs, config.hidden, config.layers, batch_first=True)
        self.readout = nn.Linear(config.hidden, config.outputs)

    def initial_state(self, batch: int) -> GRUState:
        """Zeros."""
        return GRUState(self.zeros(batch))

    def step(self, x: Tensor, state: GRUState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next GRUState, one GRULayerSeen a layer."""
        hiddens: list[Tensor] = []
        seen: list[GRULayerSeen] = []
        for hidden, (w, u, b, c) in zip(state.hidden, self.gru.all_weights, strict=True):
            sizes = (2 * self.config.hidden, self.config.hidden)
            gates_from_input, from_input = torch.split_with_sizes(torch.addmm(b, x, w.t()), sizes, 1)
            gates_from_hidden, from_hidden = torch.split_with_sizes(torch.addmm(c, hidden, u.t()), sizes, 1)
            gates = torch.sigmoid(gates_from_input + gates_from_hidden)
            reset, update = gates.chunk(2, 1)
            candidate = torch.tanh(torch.addcmul(from_input, reset, from_hidden))
            x = torch.addcmul((1 - update) * candidate, update, hidden)
            hiddens.append(x)
            seen.append(GRULayerSeen(gates, candidate, x))
        return Step(self.readout(x), GRUState(tuple(hiddens)), tuple(seen))

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path through torch's fused GRU; equals the fold of `step` up to rounding."""
        return self.readout(self.gru(inputs)[0])

    def keyframe_entries(self) -> list[TensorEntry]:
        """The cell, which is the hidden state."""
        return self.units({CELL.state_tensor: "state"})

    def keyframe(self, state: GRUState) -> Traced:
        """Tensors of `keyframe_entries`."""
        return {(bank, CELL.state_tensor): hidden for bank, hidden in zip(self.bank_names(), state.hidden, strict=True)}
