"""Neural Turing Machine: Graves, Wayne, Danihelka 2014 (arXiv 1410.5401), with an LSTM or feed-forward controller.

Glossary: N slots, W width, R read heads, H_w write heads, H controller width, S shifts (offsets −S//2 … S//2; −1, 0, 1).
What the paper leaves open is settled so: write first, then address and read the memory just written; keys through tanh,
add vectors linear; initial memory, weightings and reads are learned, the weightings start focused (start.py).
There is no option to read M_{t−1} before writing: a recording derives what was read as `M_tᵀ w^r_t` (docs/format.md), and
its ledger ends with the write of the same step, so such a run could be recorded only falsely.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import MATRIX
from mnemoscope.models import addressing, controllers
from mnemoscope.models.base import MemoryModel, ModelConfig, Step, TensorEntry, Traced
from mnemoscope.models.controllers import ControllerKind
from mnemoscope.models.ntm import start
from mnemoscope.models.ntm.start import InitialMemory, InitialWeighting


@dataclass(frozen=True)
class NTMConfig(ModelConfig):
    """Sizes of an NTM and how it starts.

    `inputs` and `outputs` are features a step; `slots` … `shifts` the paper's letters; `controller` units a layer.
    `initial_memory`, `initial_weighting`: see start.py. `gate_bias`, where given, is what the bias of every
    interpolation gate is initialised with: −2 keeps the heads walking by shifts at first (it helps repeat-copy).
    """

    slots: int = 128
    width: int = 20
    read_heads: int = 1
    write_heads: int = 1
    controller: int = 100
    shifts: int = 3
    controller_kind: ControllerKind = "lstm"
    controller_layers: int = 1
    initial_memory: InitialMemory = "learned"
    initial_weighting: InitialWeighting = "focused"
    gate_bias: float | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for sizes and choices of which no NTM can be built, or none that can learn."""
        names = ("inputs", "outputs", "slots", "width", "read_heads", "write_heads", "controller", "controller_layers")
        controllers.require_sizes(**{name: getattr(self, name) for name in names}, shifts=self.shifts)
        controllers.require_choice("controller_kind", self.controller_kind, controllers.KINDS)
        if self.shifts % 2 == 0 or self.shifts > self.slots:
            raise ValueError(
                f"shifts must be an odd number of at most slots = {self.slots} (as many to either side of staying), "
                f"got {self.shifts}; take 1, 3 or 5"
            )
        start.require(self.initial_memory, self.initial_weighting)


class Heads(NamedTuple):
    """What the controller emits for a group of heads: keys [B, H, W], the rest [B, H] and shifts [B, H, S]."""

    keys: Tensor
    strengths: Tensor
    interpolation_gates: Tensor
    shifts: Tensor
    sharpening: Tensor


class NTMState(NamedTuple):
    """All that the next step needs: memory [B, N, W], weightings [B, H, N], reads [B, R, W], controller (h, c).

    hidden and cell are [B, L·H] for L LSTM layers, [B, 0] for a feed-forward controller.
    """

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

    initial_memory: Tensor
    initial_weights: Tensor

    def __init__(self, config: NTMConfig) -> None:
        super().__init__()
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        c = config
        heads = c.write_heads + c.read_heads
        reads, features = c.read_heads * c.width, c.controller * c.controller_layers
        self.controller = controllers.make(c.controller_kind, c.inputs + reads, c.controller, c.controller_layers)
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
        self.interface = nn.Linear(features, sum(self._sizes))
        if c.gate_bias is not None:
            nn.init.constant_(self.interface.bias[2 * heads : 3 * heads], c.gate_bias)
        self.controller_output = nn.Linear(features, c.outputs)
        self.read_output = nn.Linear(reads, c.outputs, bias=False)
        start.add_memory(self, "initial_memory", c.initial_memory, c.slots, c.width)
        start.add_weighting(self, "initial_weights", c.initial_weighting, (c.write_heads, c.read_heads), c.slots)
        self.initial_reads = nn.Parameter(torch.zeros(c.read_heads, c.width))
        kept = controllers.state_size(c.controller_kind, c.controller, c.controller_layers)
        self.initial_hidden = nn.Parameter(torch.zeros(2, kept))

    def initial_state(self, batch: int) -> NTMState:
        """The start, learned or fixed, expanded to `batch` sequences."""
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

    def _interface(self, features: Tensor) -> tuple[Heads, Heads, Tensor, Tensor]:
        """Controller output [B, L·H] -> (write heads, read heads, erase [B, H_w, W], add vectors [B, H_w, W])."""
        c = self.config
        batch, heads = features.shape[0], c.write_heads + c.read_heads
        raw = self.interface(features)
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
        chi = torch.cat((x, state.read_vectors.flatten(1)), 1)
        features, hidden, cell = controllers.advance(self.controller, chi, state.hidden, state.cell)
        write, read, erase, vectors = self._interface(features)
        write_weights = address(state.memory, write, state.write_weights)
        memory = addressing.erase_and_write(state.memory, write_weights, erase, vectors)
        read_weights = address(memory, read, state.read_weights)
        reads = torch.bmm(read_weights, memory)  # r_t = Σ_i w_t(i) M_t(i), eq. 2
        from_memory = self.read_output(reads.view(batch, -1))
        output = self.controller_output(features) + from_memory
        return Step(
            output,
            NTMState(memory, write_weights, read_weights, reads, hidden, cell),
            NTMSeen(write_weights, erase, vectors, read_weights, reads, write, read, from_memory),
        )

    def banks(self) -> list[BankSpec]:
        """One matrix of N slots."""
        c = self.config
        return [
            MATRIX.bank(
                "memory",
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
