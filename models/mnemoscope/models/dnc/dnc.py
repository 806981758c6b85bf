"""Differentiable Neural Computer: Graves et al. 2016 (Nature 538:471), Methods, and the variants of Csordas & Schmidhuber.

Glossary: N slots, W width, R read heads, H controller width; ξ the interface vector of W·R + 3W + 5R + 3 numbers.
Options ([CS] Csordas & Schmidhuber 2019, arXiv 1904.10278): `masking` (M), `deallocation` (D), `sharpening` (S); the DNC-MD
and DNC-MDS of that paper are combinations of them.
Where we differ from the paper: norms are √(Σ² + 1e-6) and usage has a floor of 1e-6 before the allocation's product
(both as in DeepMind's own code), and the usage does not pass gradients to the write weighting (DeepMind, Csordás 2019).
Memory starts at 1e-6, weightings, usage, links and precedence at 0.
"""

import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import MATRIX
from mnemoscope.models import controllers
from mnemoscope.models.addressing import USAGE_GRID
from mnemoscope.models.base import MemoryModel, Step, TensorEntry, Traced
from mnemoscope.models.dnc import memory as graves_memory
from mnemoscope.models.dnc.interface import DNCConfig, interface_size, interface_sizes, unpack
from mnemoscope.models.dnc.memory import GravesState, Interface

__all__ = ["BLANK", "DNC", "DNCConfig", "DNCSeen", "DNCState", "Interface", "interface_size"]

BLANK = 1e-6


class DNCState(NamedTuple):
    """All that the next step needs: the fields of GravesState, then what the controller carries."""

    memory: Tensor  # [B, N, W]
    usage: Tensor  # [B, N]
    links: Tensor  # [B, N, N]
    precedence: Tensor  # [B, N]
    write_weights: Tensor  # [B, 1, N]
    read_weights: Tensor  # [B, R, N]
    read_vectors: Tensor  # [B, R, W]
    hidden: Tensor  # [B, L·H] of L layers, [B, 0] of a feed-forward controller
    cell: Tensor  # as hidden


class DNCSeen(NamedTuple):
    """What one step did to the memory; retention, usage and links follow from it (docs/format.md)."""

    write_weights: Tensor
    read_weights: Tensor
    read_vectors: Tensor
    interface: Interface
    output_memory: Tensor


class DNC(MemoryModel):
    """A Differentiable Neural Computer.

    Example: `dnc = DNC(DNCConfig(inputs=9, outputs=8)); step = dnc.step(torch.zeros(1, 9), dnc.initial_state(1))`.
    """

    off_diagonal: Tensor

    def __init__(self, config: DNCConfig) -> None:
        super().__init__()
        self.usage_grid: int | None = USAGE_GRID
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        c = config
        reads, features = c.read_heads * c.width, c.controller * c.controller_layers
        self.controller = controllers.make(c.controller_kind, c.inputs + reads, c.controller, c.controller_layers)
        self._sizes = interface_sizes(c)
        self.interface = nn.Linear(features, sum(self._sizes))
        self.controller_output = nn.Linear(features, c.outputs)  # υ_t = W_y h_t
        self.read_output = nn.Linear(reads, c.outputs, bias=False)  # W_r
        self.register_buffer("off_diagonal", 1 - torch.eye(c.slots), persistent=False)

    def initial_state(self, batch: int) -> DNCState:
        """Blank memory and a resting controller."""
        c, like = self.config, self.interface.weight
        kept = controllers.state_size(c.controller_kind, c.controller, c.controller_layers)
        return DNCState(
            memory=like.new_full((batch, c.slots, c.width), BLANK),
            usage=like.new_zeros(batch, c.slots),
            links=like.new_zeros(batch, c.slots, c.slots),
            precedence=like.new_zeros(batch, c.slots),
            write_weights=like.new_zeros(batch, 1, c.slots),
            read_weights=like.new_zeros(batch, c.read_heads, c.slots),
            read_vectors=like.new_zeros(batch, c.read_heads, c.width),
            hidden=like.new_zeros(batch, kept),
            cell=like.new_zeros(batch, kept),
        )

    def step(self, x: Tensor, state: DNCState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next DNCState, DNCSeen."""
        return self._step(x, state, through_usage=False)

    def differentiable_step(self, x: Tensor, state: DNCState) -> Step:
        """`step`, with gradients that flow from usage into the writes before it (graves_memory.step)."""
        return self._step(x, state, through_usage=True)

    def _step(self, x: Tensor, state: DNCState, *, through_usage: bool) -> Step:
        batch, c = x.shape[0], self.config
        chi = torch.cat((x, state.read_vectors.flatten(1)), 1)  # χ_t = [x_t; r_{t−1}]
        features, hidden, cell = controllers.advance(self.controller, chi, state.hidden, state.cell)
        xi = unpack(self.interface(features), c, self._sizes)  # ξ_t = W_ξ h_t

        memory = GravesState(*state[: len(GravesState._fields)])
        after, reads = graves_memory.step(
            memory,
            xi,
            self.off_diagonal,
            usage_grid=self.usage_grid,
            deallocation=c.deallocation,
            through_usage=through_usage,
        )

        from_memory = self.read_output(reads.view(batch, -1))
        output = self.controller_output(features) + from_memory
        return Step(
            output,
            DNCState(*after, reads, hidden, cell),
            DNCSeen(after.write_weights, after.read_weights, reads, xi, from_memory),
        )

    def earlier(self) -> "DNC":
        """Usage sorted on its bare numbers, whose last digit decided between slots of equal usage."""
        model = copy.copy(self)  # of the same weights
        model.usage_grid = None
        return model

    def banks(self) -> list[BankSpec]:
        """One matrix of N slots with usage and temporal links."""
        c = self.config
        return [
            MATRIX.bank(
                "memory",
                slots=c.slots,
                width=c.width,
                write_heads=1,
                read_heads=c.read_heads,
                usage=True,
                links=True,
                deallocation=c.deallocation,
            )
        ]

    def frame_entries(self) -> list[TensorEntry]:
        """Addresses, vectors and gates; keys are not recorded and reads follow from the rest."""
        c, bank = self.config, "memory"
        r, w = c.read_heads, c.width
        entries: list[TensorEntry] = [
            (None, "output_memory", "output", ("output",), (c.outputs,)),
            (bank, "write_weights", "write", ("write_head", "slot"), (1, c.slots)),
            (bank, "erase", "erase", ("write_head", "width"), (1, w)),
            (bank, "write_vectors", "write", ("write_head", "width"), (1, w)),
            (bank, "read_weights", "read", ("read_head", "slot"), (r, c.slots)),
            (bank, "read_strengths", "gate", ("read_head",), (r,)),
            (bank, "write_strength", "gate", ("gate",), (1,)),
            (bank, "free_gates", "gate", ("read_head",), (r,)),
            (bank, "allocation_gate", "gate", ("gate",), (1,)),
            (bank, "write_gate", "gate", ("gate",), (1,)),
            (bank, "read_modes", "gate", ("read_head", "mode"), (r, 3)),
        ]
        if c.masking:
            entries.append((bank, "read_masks", "gate", ("read_head", "width"), (r, w)))
            entries.append((bank, "write_mask", "gate", ("width",), (w,)))
        if c.sharpening:
            entries.append((bank, "link_sharpening", "gate", ("read_head", "direction"), (r, 2)))
        return entries

    def keyframe_entries(self) -> list[TensorEntry]:
        """Memory and everything of which usage and links are made."""
        c = self.config
        return [
            ("memory", "memory", "state", ("slot", "width"), (c.slots, c.width)),
            ("memory", "usage", "state", ("slot",), (c.slots,)),
            ("memory", "links", "state", ("slot", "from_slot"), (c.slots, c.slots)),
            ("memory", "precedence", "state", ("slot",), (c.slots,)),
            ("memory", "write_weights", "state", ("write_head", "slot"), (1, c.slots)),
            ("memory", "read_weights", "state", ("read_head", "slot"), (c.read_heads, c.slots)),
        ]

    def frame(self, seen: DNCSeen) -> Traced:
        """Tensors of `frame_entries`."""
        return {
            (bank, name): getattr(seen if hasattr(seen, name) else seen.interface, name)
            for bank, name, *_ in self.frame_entries()
        }

    def keyframe(self, state: DNCState) -> Traced:
        """Tensors of `keyframe_entries`."""
        return {("memory", name): getattr(state, name) for name in DNCState._fields[:6]}
