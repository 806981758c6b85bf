"""Long short-term memory: Hochreiter & Schmidhuber 1997 with forget gates (Gers et al. 2000), in torch's arrangement.

Glossary: H units; i, f, o gates; g candidate; c cell; h hidden. Parameters are those of `torch.nn.LSTM` (gate order i, f, g,
o), which runs the training path; `step` computes the same numbers and shows the gates.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.layout import BankSpec
from mnemoscope.model import MemoryModel, Step, TensorEntry, Traced


@dataclass(frozen=True)
class LSTMConfig:
    """Sizes of an LSTM: features a step, units, layers."""

    inputs: int
    outputs: int
    hidden: int = 256
    layers: int = 1


class LSTMState(NamedTuple):
    """Hidden and cell of every layer, [B, H] each."""

    hidden: tuple[Tensor, ...]
    cell: tuple[Tensor, ...]


class LSTMLayerSeen(NamedTuple):
    """Gates, candidate and hidden of one layer at one step, [B, H] each."""

    input_gate: Tensor
    forget_gate: Tensor
    write_vectors: Tensor  # g, the candidate
    output_gate: Tensor
    read_vectors: Tensor  # h


class LSTM(MemoryModel):
    """A stack of LSTM layers with a linear read-out of the last.

    Example: `lstm = LSTM(LSTMConfig(inputs=9, outputs=8)); step = lstm.step(torch.zeros(1, 9), lstm.initial_state(1))`.
    """

    def __init__(self, config: LSTMConfig) -> None:
        super().__init__()
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.lstm = nn.LSTM(config.inputs, config.hidden, config.layers, batch_first=True)
        self.readout = nn.Linear(config.hidden, config.outputs)

    def initial_state(self, batch: int) -> LSTMState:
        """Zeros."""
        zeros = self.readout.weight.new_zeros(batch, self.config.hidden)
        return LSTMState((zeros,) * self.config.layers, (zeros,) * self.config.layers)

    def step(self, x: Tensor, state: LSTMState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next LSTMState, one LSTMLayerSeen a layer."""
        hiddens, cells, seen = [], [], []
        for layer in range(self.config.layers):
            weights = [
                getattr(self.lstm, f"{name}_l{layer}") for name in ("weight_ih", "bias_ih", "weight_hh", "bias_hh")
            ]
            raw = torch.addmm(weights[1], x, weights[0].t()) + torch.addmm(
                weights[3], state.hidden[layer], weights[2].t()
            )
            i, f, g, o = raw.chunk(4, 1)
            i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
            cell = f * state.cell[layer] + i * g
            x = o * torch.tanh(cell)
            hiddens.append(x)
            cells.append(cell)
            seen.append(LSTMLayerSeen(i, f, g, o, x))
        return Step(self.readout(x), LSTMState(tuple(hiddens), tuple(cells)), tuple(seen))

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path through torch's fused LSTM; equals the fold of `step` up to rounding."""
        return self.readout(self.lstm(inputs)[0])

    def banks(self) -> list[BankSpec]:
        """One cell bank a layer: "cell", or "cell0", "cell1", … when there are several."""
        return [
            BankSpec(name=name, kind="cell", slots=1, width=self.config.hidden, write_heads=1, read_heads=1)
            for name in self._names()
        ]

    def _names(self) -> list[str]:
        layers = self.config.layers
        return ["cell"] if layers == 1 else [f"cell{layer}" for layer in range(layers)]

    def frame_entries(self) -> list[TensorEntry]:
        """Gates, candidate, hidden."""
        roles = {
            "input_gate": "gate",
            "forget_gate": "erase",
            "write_vectors": "write",
            "output_gate": "gate",
            "read_vectors": "read",
        }
        return [
            (bank, name, role, ("unit",), (self.config.hidden,))
            for bank in self._names()
            for name, role in roles.items()
        ]

    def keyframe_entries(self) -> list[TensorEntry]:
        """Cell and hidden."""
        return [
            (bank, name, "state", ("unit",), (self.config.hidden,))
            for bank in self._names()
            for name in ("cell", "hidden")
        ]

    def frame(self, seen: tuple[LSTMLayerSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {
            (bank, name): value
            for bank, layer in zip(self._names(), seen, strict=True)
            for name, value in layer._asdict().items()
        }

    def keyframe(self, state: LSTMState) -> Traced:
        """Tensors of `keyframe_entries`."""
        traced: Traced = {}
        for bank, cell, hidden in zip(self._names(), state.cell, state.hidden, strict=True):
            traced[bank, "cell"], traced[bank, "hidden"] = cell, hidden
        return traced
