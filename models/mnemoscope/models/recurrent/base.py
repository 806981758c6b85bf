"""What the Elman network, the GRU and the LSTM share: their sizes, one bank a layer, and how a step enters the log.

No equation is here: the `step` of elman.py, gru.py and lstm.py is each paper's.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol

from torch import Tensor, nn

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import Kind
from mnemoscope.models.base import MemoryModel, ModelConfig, TensorEntry, Traced
from mnemoscope.models.controllers import require_sizes


@dataclass(frozen=True)
class RecurrentConfig(ModelConfig):
    """Sizes of a recurrent network: features a step, units, layers."""

    hidden: int = 256
    layers: int = 1


class LayerSeen(Protocol):
    """What one layer did at one step. It is kept as it was computed, in few tensors, and taken apart once a chunk."""

    def named(self) -> dict[str, Tensor]:
        """The tensors that enter the log, [B, H] each."""
        ...


class RecurrentStack(MemoryModel):
    """Layers that keep one state each, with a linear read-out of the last; a subclass makes its parameters and steps.

    `kind` and `direct` are those of every layer's bank, `bank` its name; `roles` are the names of what a layer has seen.
    """

    kind: ClassVar[Kind[Any]]
    direct: ClassVar[bool] = False
    bank: ClassVar[str]
    roles: ClassVar[Mapping[str, str]]
    readout: nn.Linear

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        require_sizes(**asdict(config))
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs

    def bank_names(self) -> list[str]:
        """The name of the bank, numbered from 0 where there are several layers."""
        layers = self.config.layers
        return [self.bank] if layers == 1 else [f"{self.bank}{layer}" for layer in range(layers)]

    def banks(self) -> list[BankSpec]:
        """One bank a layer: "cell", or "cell0", "cell1", … when there are several."""
        options = {"direct": True} if self.direct else {}
        return [self.kind.bank(name, slots=1, width=self.config.hidden, **options) for name in self.bank_names()]

    def zeros(self, batch: int) -> tuple[Tensor, ...]:
        """A blank state [B, H] of every layer."""
        return (self.readout.weight.new_zeros(batch, self.config.hidden),) * self.config.layers

    def units(self, roles: Mapping[str, str]) -> list[TensorEntry]:
        """Entries of tensors [H], by name and role, in every bank."""
        shape = (self.config.hidden,)
        return [(bank, name, role, ("unit",), shape) for bank in self.bank_names() for name, role in roles.items()]

    def frame_entries(self) -> list[TensorEntry]:
        """All that every layer has seen."""
        return self.units(self.roles)

    def frame(self, seen: tuple[LayerSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {
            (bank, name): value
            for bank, layer in zip(self.bank_names(), seen, strict=True)
            for name, value in layer.named().items()
        }
