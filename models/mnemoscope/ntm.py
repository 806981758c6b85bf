"""Neural Turing Machine: Graves, Wayne, Danihelka 2014 (arXiv 1410.5401), with an LSTM controller.

Glossary: N slots, W width, R read heads, H_w write heads, H controller width, S shifts (offsets −1, 0, 1).
What the paper leaves open is settled so: write first, then address and read the memory just written; keys through tanh,
add vectors linear; initial memory, weightings and reads are learned, the weightings start focused on slot 0 (a uniform
start on a constant memory never breaks the symmetry between slots).
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope import addressing
from mnemoscope.layout import BankSpec
from mnemoscope.model import MemoryModel, Step, TensorEntry, Traced


@dataclass(frozen=True)
class NTMConfig:
    """Sizes of an NTM. `inputs` and `outputs` are features a step; the rest are the paper's letters."""

    inputs: int
    outputs: int
    slots: int = 128
    width: int = 20
    read_heads: int = 1
    write_heads: int = 1
    controller: int = 100
    shifts: int = 3


class Heads(NamedTuple):
    """What the controller tells a group of heads: keys [B, H, W], the rest [B, H] and shifts [B, H, S]."""

    keys: Tensor
    strengths: Tensor
    interpolation_gates: Tensor
    shifts: Tensor
    sharpening: Tensor


class NTMState(NamedTuple):
    """All that the next step needs: memory [B, N, W], weightings [B, H, N], reads [B, R, W], controller (h, c) [B, H]."""

    memory: Tensor
    write_weights: Tensor
    read_weights: Tensor
    read_vectors: Tensor
    hidden: Tensor
    cell: Tensor


class NTMSeen(NamedTuple):
    """What one step did to the memory."""

    write_weights: Tensor
    erase: Tensor
    write_vectors: Tensor
    read_weights: Tensor
    read_vectors: Tensor
    write: Heads
    read: Heads
    output_memory: Tensor


class NTM(MemoryModel):
    """A Neural Turing Machine.

    Example: `ntm = NTM(NTMConfig(inputs=9, outputs=8)); step = ntm.step(torch.zeros(1, 9), ntm.initial_state(1))`.
    """

    def __init__(self, config: NTMConfig) -> None:
        super().__init__()
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        c = config
        heads = c.write_heads + c.read_heads
        self.controller = nn.LSTMCell(c.inputs + c.read_heads * c.width, c.controller)
        # one product for all heads, laid out by kind so that one activation covers all heads:
        # softplus: strengths, sharpening | sigmoid: gates, erase | tanh: keys | softmax: shifts | none: add vectors
        self._sizes = [
            heads,
            heads,
            heads,
            c.write_heads * c.width,
            heads * c.width,
            heads * c.shifts,
            c.write_heads * c.width,
        ]
        self.interface = nn.Linear(c.controller, sum(self._sizes))
        self.controller_output = nn.Linear(c.controller, c.outputs)
        self.read_output = nn.Linear(c.read_heads * c.width, c.outputs, bias=False)
        self.initial_memory = nn.Parameter(torch.randn(c.slots, c.width) * 0.05)
        focused = torch.zeros(heads, c.slots)
        focused[:, 0] = 5.0
        self.initial_weights = nn.Parameter(focused)
        self.initial_reads = nn.Parameter(torch.zeros(c.read_heads, c.width))
        self.initial_hidden = nn.Parameter(torch.zeros(2, c.controller))

    def initial_state(self, batch: int) -> NTMState:
        """The learned start, expanded to `batch` sequences."""
        weights = torch.softmax(self.initial_weights, -1).expand(batch, -1, -1)
        hidden, cell = self.initial_hidden.unbind(0)
        return NTMState(
            memory=self.initial_memory.expand(batch, -1, -1),
            write_weights=weights[:, : self.config.write_heads],
            read_weights=weights[:, self.config.write_heads :],
            read_vectors=self.initial_reads.expand(batch, -1, -1),
            hidden=hidden.expand(batch, -1),
            cell=cell.expand(batch, -1),
        )

    def _interface(self, hidden: Tensor) -> tuple[Heads, Heads, Tensor, Tensor]:
        """Controller output [B, H] -> (write heads, read heads, erase [B, H_w, W], add vectors [B, H_w, W])."""
        c = self.config
        batch, heads = hidden.shape[0], c.write_heads + c.read_heads
        raw = self.interface(hidden)
        positive, unit, keys, shifts, vectors = raw.split(
            [2 * heads, heads + c.write_heads * c.width, *self._sizes[4:]], -1
        )
        positive, unit = F.softplus(positive), torch.sigmoid(unit)
        keys = torch.tanh(keys).view(batch, heads, c.width)
        shifts = torch.softmax(shifts.view(batch, heads, c.shifts), -1)
        strengths, sharpening, gates = positive[:, :heads], 1 + positive[:, heads:], unit[:, :heads]
        n = c.write_heads
        write = Heads(keys[:, :n], strengths[:, :n], gates[:, :n], shifts[:, :n], sharpening[:, :n])
        read = Heads(keys[:, n:], strengths[:, n:], gates[:, n:], shifts[:, n:], sharpening[:, n:])
        return write, read, unit[:, heads:].view(batch, n, c.width), vectors.view(batch, n, c.width)

    def step(self, x: Tensor, state: NTMState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next NTMState, NTMSeen."""
        batch = x.shape[0]
        hidden, cell = self.controller(torch.cat((x, state.read_vectors.flatten(1)), 1), (state.hidden, state.cell))
        write, read, erase, vectors = self._interface(hidden)
        write_weights = address(state.memory, write, state.write_weights)
        memory = addressing.erase_and_write(state.memory, write_weights, erase, vectors)
        read_weights = address(memory, read, state.read_weights)
        reads = torch.bmm(read_weights, memory)  # r_t = Σ_i w_t(i) M_t(i), eq. 2
        from_memory = self.read_output(reads.view(batch, -1))
        output = self.controller_output(hidden) + from_memory
        return Step(
            output,
            NTMState(memory, write_weights, read_weights, reads, hidden, cell),
            NTMSeen(write_weights, erase, vectors, read_weights, reads, write, read, from_memory),
        )

    def banks(self) -> list[BankSpec]:
        """One matrix of N slots."""
        c = self.config
        return [
            BankSpec(
                name="memory",
                kind="matrix",
                slots=c.slots,
                width=c.width,
                write_heads=c.write_heads,
                read_heads=c.read_heads,
            )
        ]

    def frame_entries(self) -> list[TensorEntry]:
        """Addresses, vectors and gates of both kinds of head; keys are not recorded and reads follow from the rest."""
        c, bank = self.config, "memory"
        entries: list[TensorEntry] = [
            (None, "output_memory", "output", ("output",), (c.outputs,)),
            (bank, "write_weights", "write", ("write_head", "slot"), (c.write_heads, c.slots)),
            (bank, "erase", "erase", ("write_head", "width"), (c.write_heads, c.width)),
            (bank, "write_vectors", "write", ("write_head", "width"), (c.write_heads, c.width)),
            (bank, "read_weights", "read", ("read_head", "slot"), (c.read_heads, c.slots)),
        ]
        for kind, heads in (("write", c.write_heads), ("read", c.read_heads)):
            axis = f"{kind}_head"
            entries += [
                (bank, f"{kind}_strengths", "gate", (axis,), (heads,)),
                (bank, f"{kind}_interpolation_gates", "gate", (axis,), (heads,)),
                (bank, f"{kind}_shifts", "gate", (axis, "shift"), (heads, c.shifts)),
                (bank, f"{kind}_sharpening", "gate", (axis,), (heads,)),
            ]
        return entries

    def keyframe_entries(self) -> list[TensorEntry]:
        """Memory and the weightings that the next step interpolates with."""
        c = self.config
        return [
            ("memory", "memory", "state", ("slot", "width"), (c.slots, c.width)),
            ("memory", "write_weights", "state", ("write_head", "slot"), (c.write_heads, c.slots)),
            ("memory", "read_weights", "state", ("read_head", "slot"), (c.read_heads, c.slots)),
        ]

    def frame(self, seen: NTMSeen) -> Traced:
        """Tensors of `frame_entries`."""
        traced: Traced = {(None, "output_memory"): seen.output_memory}
        for name in ("write_weights", "erase", "write_vectors", "read_weights"):
            traced["memory", name] = getattr(seen, name)
        for kind, heads in (("write", seen.write), ("read", seen.read)):
            traced |= {
                ("memory", f"{kind}_{name}"): value for name, value in zip(Heads._fields[1:], heads[1:], strict=True)
            }
        return traced

    def keyframe(self, state: NTMState) -> Traced:
        """Tensors of `keyframe_entries`."""
        return {("memory", name): getattr(state, name) for name in ("memory", "write_weights", "read_weights")}


def address(memory: Tensor, heads: Heads, previous: Tensor) -> Tensor:
    """The four stages of figure 2 of the paper: content, interpolation, convolutional shift, sharpening.

    memory [B, N, W], previous weighting [B, H, N] -> weighting [B, H, N].
    """
    content = addressing.content_weighting(memory, heads.keys, heads.strengths)
    gated = addressing.interpolate(content, previous, heads.interpolation_gates)
    shifted = addressing.circular_shift(gated, heads.shifts)
    return addressing.sharpen(shifted, heads.sharpening)
