"""What a stateless DNC is made of: the sizes of the Transformer it is, where its memory lives, and the rungs of the ladder."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Literal, get_args

from torch import Tensor
from torch.nn import functional as F

from mnemoscope.models.attention import positions
from mnemoscope.models.attention.positions import PositionKind
from mnemoscope.models.base import ModelConfig
from mnemoscope.models.stateless.ladder import RANGES
from mnemoscope.models.stateless.lifted import Rungs

Activation = Literal["gelu", "gelu-tanh", "relu"]
NormPlace = Literal["pre", "post"]
MemoryKind = Literal["stores", "graves"]

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "gelu-tanh": partial(F.gelu, approximate="tanh"),
    "relu": F.relu,
}


@dataclass(frozen=True)
class StatelessDNCConfig(ModelConfig):
    """Sizes as in TransformerConfig; `norm` before (pre) or after (post) each part, `memory`, and the rungs at rest (lifted.py).

    `memory="stores"` are the Transformer's write-once stores, `"graves"` the genuine memory. `slots` are those of the genuine
    memory: a run of at most so many steps never fills it; stores have no bound.
    """

    width: int = 64
    layers: int = 2
    heads: int = 4
    feedforward: int = 256
    period: float = 10000.0
    positions: PositionKind = "sinusoidal"
    norm: NormPlace = "pre"
    norm_epsilon: float = 1e-5
    activation: Activation = "gelu"
    memory: MemoryKind = "stores"
    slots: int = 128
    overwrite: float = 0.0
    erase: float = 0.0
    free: float = 0.0
    links: float = 0.0
    recurrence: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for sizes and choices of which no stateless DNC can be built."""
        positions.check(self.positions, self.width, self.heads)
        choices = {"norm": get_args(NormPlace), "activation": get_args(Activation), "memory": get_args(MemoryKind)}
        for name, wanted in choices.items():
            if getattr(self, name) not in wanted:
                raise ValueError(f"{name} must be one of {', '.join(wanted)}, got {getattr(self, name)!r}")
        for name in ("inputs", "outputs", "layers", "feedforward", "slots"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        for name, (low, high) in RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be in {low:g} … {high:g}, got {getattr(self, name)!r}")
        if self.memory == "stores" and self.rungs != Rungs():
            moved = ", ".join(rung.name for rung in fields(Rungs) if getattr(self, rung.name))
            raise ValueError(f'{moved} can only move in the genuine memory; set memory="graves"')
        if self.memory == "graves" and self.norm == "post":
            raise ValueError(
                'memory="graves" needs rows of bounded norm, which LayerNorm promises only where it comes first; '
                'use norm="pre", or memory="stores"'
            )

    @property
    def rungs(self) -> Rungs:
        """The mechanisms of the DNC, as lifted.py takes them."""
        return Rungs(**{name: float(getattr(self, name)) for name in RANGES})
