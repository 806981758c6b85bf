"""The controllers of NTM and DNC: an LSTM of one or more layers, or feed-forward layers without a state.

What a controller gives to its interface is the outputs of all its layers, [h^1 … h^L] ([DNC] Graves et al. 2016, Methods,
"Controller network": υ_t = W_y[h^1; …; h^L], ξ_t = W_ξ[h^1; …; h^L]). Every layer also sees the controller's input.

Glossary: B batch, I inputs (x_t and the reads of the step before), H units a layer, L layers.
"""

from typing import Literal, get_args

import torch
from torch import Tensor, nn

ControllerKind = Literal["lstm", "feedforward"]
KINDS: tuple[str, ...] = get_args(ControllerKind)


class DeepLSTM(nn.ModuleList):
    """L LSTM layers; layer l sees [χ_t; h^{l−1}_t] beside its own h^l_{t−1} ([DNC] Methods; Graves 2013, arXiv 1303.5778)."""

    def __init__(self, inputs: int, width: int, layers: int) -> None:
        super().__init__(nn.LSTMCell(inputs + (width if layer else 0), width) for layer in range(layers))

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Input x [B, I], hidden and cell [B, L·H] -> the next hidden, which is also the output, and cell."""
        hiddens: list[Tensor] = []
        cells: list[Tensor] = []
        for layer, hidden, cell in zip(self, *(part.chunk(len(self), 1) for part in state), strict=True):
            hidden, cell = layer(torch.cat((x, *hiddens[-1:]), 1), (hidden, cell))
            hiddens.append(hidden)
            cells.append(cell)
        return torch.cat(hiddens, 1), torch.cat(cells, 1)


class Feedforward(nn.ModuleList):
    """L tanh layers, h^l = tanh(W^l [χ_t; h^{l−1}] + b^l); one in the paper ([NTM] Graves et al. 2014, section 4)."""

    def __init__(self, inputs: int, width: int, layers: int) -> None:
        super().__init__(nn.Linear(inputs + (width if layer else 0), width) for layer in range(layers))

    def forward(self, x: Tensor) -> Tensor:
        """Input x [B, I] -> [B, L·H]."""
        hiddens: list[Tensor] = []
        for layer in self:
            hiddens.append(torch.tanh(layer(torch.cat((x, *hiddens[-1:]), 1))))
        return torch.cat(hiddens, 1)


def make(kind: ControllerKind, inputs: int, width: int, layers: int) -> nn.Module:
    """A controller. One LSTM layer is a plain `nn.LSTMCell`, whose parameter names the shipped checkpoints have."""
    if kind == "feedforward":
        return Feedforward(inputs, width, layers)
    return nn.LSTMCell(inputs, width) if layers == 1 else DeepLSTM(inputs, width, layers)


def state_size(kind: ControllerKind, width: int, layers: int) -> int:
    """Numbers in `hidden` and in `cell`: L·H of an LSTM, none of a feed-forward controller."""
    return 0 if kind == "feedforward" else width * layers


def advance(controller: nn.Module, x: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """One step of any controller: x [B, I] -> features [B, L·H], the next hidden and cell."""
    if isinstance(controller, Feedforward):
        return controller(x), hidden, cell
    hidden, cell = controller(x, (hidden, cell))
    return hidden, hidden, cell


def require_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raises ValueError naming the choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}; choose one of these")


def require_sizes(**sizes: object) -> None:
    """Raises ValueError for a size that is no whole number of at least 1."""
    for name, value in sizes.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}; give it such a number")
