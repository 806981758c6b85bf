"""Differentiable Neural Computer: Graves et al. 2016 (Nature 538:471), Methods, with an LSTM controller.

Glossary: N slots, W width, R read heads, H controller width; ξ the interface vector of W·R + 3W + 5R + 3 numbers.
Where we differ from the paper: norms are √(Σ² + 1e-6) and usage has a floor of 1e-6 before the allocation's product
(both as in DeepMind's own code), and the usage does not pass gradients to the write weighting (DeepMind, Csordás 2019).
Memory starts at 1e-6, weightings, usage, links and precedence at 0.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mnemoscope import addressing
from mnemoscope.layout import BankSpec
from mnemoscope.model import MemoryModel, Step, TensorEntry, Traced

BLANK = 1e-6


@dataclass(frozen=True)
class DNCConfig:
    """Sizes of a DNC. `inputs` and `outputs` are features a step; the rest are the paper's letters."""

    inputs: int
    outputs: int
    slots: int = 128
    width: int = 20
    read_heads: int = 1
    controller: int = 100


class Interface(NamedTuple):
    """The interface vector, unpacked ([DNC] "Interface parameters"); shapes with the batch in front."""

    read_keys: Tensor  # [B, R, W]
    read_strengths: Tensor  # [B, R]
    write_key: Tensor  # [B, W]
    write_strength: Tensor  # [B, 1]
    erase: Tensor  # [B, 1, W]
    write_vectors: Tensor  # [B, 1, W]
    free_gates: Tensor  # [B, R]
    allocation_gate: Tensor  # [B, 1]
    write_gate: Tensor  # [B, 1]
    read_modes: Tensor  # [B, R, 3]: backward, content, forward


class DNCState(NamedTuple):
    """All that the next step needs."""

    memory: Tensor  # [B, N, W]
    usage: Tensor  # [B, N]
    links: Tensor  # [B, N, N]
    precedence: Tensor  # [B, N]
    write_weights: Tensor  # [B, 1, N]
    read_weights: Tensor  # [B, R, N]
    read_vectors: Tensor  # [B, R, W]
    hidden: Tensor  # [B, H]
    cell: Tensor  # [B, H]


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
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        c = config
        self.controller = nn.LSTMCell(c.inputs + c.read_heads * c.width, c.controller)
        r, w = c.read_heads, c.width
        self._sizes = [r * w, r, w, 1, w, w, r + 2, 3 * r]
        self.interface = nn.Linear(c.controller, sum(self._sizes))
        self.controller_output = nn.Linear(c.controller, c.outputs)  # υ_t = W_y h_t
        self.read_output = nn.Linear(r * w, c.outputs, bias=False)  # W_r
        self.register_buffer("off_diagonal", 1 - torch.eye(c.slots), persistent=False)

    def initial_state(self, batch: int) -> DNCState:
        """Blank memory and a resting controller."""
        c, like = self.config, self.interface.weight
        return DNCState(
            memory=like.new_full((batch, c.slots, c.width), BLANK),
            usage=like.new_zeros(batch, c.slots),
            links=like.new_zeros(batch, c.slots, c.slots),
            precedence=like.new_zeros(batch, c.slots),
            write_weights=like.new_zeros(batch, 1, c.slots),
            read_weights=like.new_zeros(batch, c.read_heads, c.slots),
            read_vectors=like.new_zeros(batch, c.read_heads, c.width),
            hidden=like.new_zeros(batch, c.controller),
            cell=like.new_zeros(batch, c.controller),
        )

    def _unpack(self, hidden: Tensor) -> Interface:
        """ξ_t = W_ξ h_t, in the paper's order, each part through its activation."""
        batch, r, w = hidden.shape[0], self.config.read_heads, self.config.width
        keys, strengths, key, strength, erase, vector, gates, modes = self.interface(hidden).split(self._sizes, -1)
        gates = torch.sigmoid(gates)
        return Interface(
            read_keys=keys.view(batch, r, w),
            read_strengths=addressing.oneplus(strengths),
            write_key=key,
            write_strength=addressing.oneplus(strength),
            erase=torch.sigmoid(erase).unsqueeze(1),
            write_vectors=vector.unsqueeze(1),
            free_gates=gates[:, :r],
            allocation_gate=gates[:, r : r + 1],
            write_gate=gates[:, r + 1 :],
            read_modes=torch.softmax(modes.view(batch, r, 3), -1),
        )

    def step(self, x: Tensor, state: DNCState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next DNCState, DNCSeen."""
        batch = x.shape[0]
        # χ_t = [x_t; r_{t−1}]
        hidden, cell = self.controller(torch.cat((x, state.read_vectors.flatten(1)), 1), (state.hidden, state.cell))
        xi = self._unpack(hidden)

        kept = addressing.retention(xi.free_gates, state.read_weights)  # ψ_t
        usage = addressing.usage_after(state.usage, state.write_weights.squeeze(1).detach(), kept)  # u_t
        allocation = addressing.allocation_weighting(usage)  # a_t
        content = addressing.content_weighting(state.memory, xi.write_key.unsqueeze(1), xi.write_strength).squeeze(
            1
        )  # c^w_t
        write = xi.write_gate * torch.lerp(content, allocation, xi.allocation_gate)  # w^w_t
        write_weights = write.unsqueeze(1)
        memory = addressing.erase_and_write(state.memory, write_weights, xi.erase, xi.write_vectors)

        links = addressing.link_matrix(state.links, state.precedence, write, self.off_diagonal)  # L_t, from p_{t−1}
        precedence = addressing.precedence_after(state.precedence, write)  # p_t
        forward = torch.bmm(state.read_weights, links.transpose(1, 2))  # f_t = L_t w^r_{t−1}
        backward = torch.bmm(state.read_weights, links)  # b_t = L_tᵀ w^r_{t−1}
        looked_up = addressing.content_weighting(memory, xi.read_keys, xi.read_strengths)  # c^r_t
        modes = torch.stack((backward, looked_up, forward), 2)  # [B, R, 3, N]
        read_weights = torch.matmul(xi.read_modes.unsqueeze(2), modes).squeeze(2)  # w^r_t
        reads = torch.bmm(read_weights, memory)  # r_t = M_tᵀ w^r_t

        from_memory = self.read_output(reads.view(batch, -1))
        output = self.controller_output(hidden) + from_memory
        return Step(
            output,
            DNCState(memory, usage, links, precedence, write_weights, read_weights, reads, hidden, cell),
            DNCSeen(write_weights, read_weights, reads, xi, from_memory),
        )

    def banks(self) -> list[BankSpec]:
        """One matrix of N slots with usage and temporal links."""
        c = self.config
        return [
            BankSpec(
                name="memory",
                kind="matrix",
                slots=c.slots,
                width=c.width,
                write_heads=1,
                read_heads=c.read_heads,
                usage=True,
                links=True,
            )
        ]

    def frame_entries(self) -> list[TensorEntry]:
        """Addresses, vectors and gates; keys are not recorded and reads follow from the rest."""
        c, bank = self.config, "memory"
        r, w = c.read_heads, c.width
        return [
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
        traced: Traced = {
            ("memory", name): value
            for name, value in seen.interface._asdict().items()
            if not name.endswith("key") and name != "read_keys"
        }
        for name in ("write_weights", "read_weights"):
            traced["memory", name] = getattr(seen, name)
        traced[None, "output_memory"] = seen.output_memory
        return traced

    def keyframe(self, state: DNCState) -> Traced:
        """Tensors of `keyframe_entries`."""
        return {("memory", name): getattr(state, name) for name in DNCState._fields[:6]}
