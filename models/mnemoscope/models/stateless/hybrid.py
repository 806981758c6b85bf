"""Between Transformer and DNC, trained: an attention layer whose memory gains the mechanisms of a DNC one by one.

Where `lifted.py` turns mechanisms on in weights that were never trained for them, here every rung is a model of its own that
learns to use what it has. All rungs share one controller (pre-norm attention layers, sinusoidal positions) and differ in the
memory alone: N slots of a key and a value, M [B, N, 2D] = [k | v], written by

    M_t = M_{t−1} ⊙ (1 − w eᵀ) + w [k_t | v_t]ᵀ

and read by head h with softmax_n(q^h·k_n^h/√d + log o_n) over the values of its own block; o_n in [0, 1] is how far slot n has
been written. What a rung decides is w, e, and where else a head may look:

setting                  w and e                                                                     source
eviction "window"        one-hot at the oldest slot, e = 1 (N ≥ T: a Transformer)                       a bounded key-value cache
eviction "least-used"    one-hot at the lowest u = γu + Σ_h w^r_h + w, e = 1                          Santoro et al. 2016, eq. 20-22
erase                    e = σ(·) of the controller instead of 1                                      Graves et al. 2014
eviction "allocation"    w = g^w (g^a a + (1 − g^a) c), usage freed by f^h                            Graves et al. 2016
links                    read modes backward, content, forward                                        Graves et al. 2016
recurrence               the controller hears its last reads                                          Graves et al. 2016
closed                   nothing is written outside the steps that are to be stored                   the encoder's bank of an encoder-decoder

New gates start near the rung before (erase and write open, free shut, content reads), so that a rung begins as its predecessor.
Glossary: B batch, N slots, D width, A heads, d = D/A.
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import MATRIX
from mnemoscope.models import addressing
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.attention import Store, attend, blocked, join_heads, split_heads
from mnemoscope.models.base import MemoryModel, ModelConfig, Step, TensorEntry, Traced

Eviction = Literal["window", "least-used", "allocation"]

DECAY = 0.95
"""γ of the usage that the least-used slot is chosen by (Santoro et al. 2016)."""

UNWRITTEN = 1e-9
"""Occupancy of a slot that nobody wrote: its score is log(1e-9) = −21 below that of a written one."""

PERIOD = 10_000.0
"""Longest wavelength base of the positions, as in the paper."""

OPEN = 2.0
"""Bias of a gate that starts open (σ = 0.88); a gate that starts shut has its negative."""


@dataclass(frozen=True)
class HybridConfig(ModelConfig):
    """Sizes and mechanisms (see above).

    `flag`: the input feature that marks steps of storing, of a memory that is `closed` otherwise; with `flag_stops` the memory
    closes for good at the first step with that feature instead.
    """

    slots: int = 24
    width: int = 32
    layers: int = 2
    heads: int = 4
    feedforward: int = 64
    eviction: Eviction = "window"
    erase: bool = False
    links: bool = False
    recurrence: bool = False
    closed: bool = False
    flag: int = 1
    flag_stops: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for sizes and choices of which no hybrid can be built."""
        if self.eviction not in get_args(Eviction):
            raise ValueError(f"eviction must be one of {', '.join(get_args(Eviction))}, got {self.eviction!r}")
        if self.width % self.heads:
            raise ValueError(f"width must be a multiple of heads, got {self.width} and {self.heads}")
        if not 0 <= self.flag < self.inputs:
            raise ValueError(f"flag must be an input feature 0 … {self.inputs - 1}, got {self.flag}")


class HybridMemory(NamedTuple):
    """One layer's memory between two steps. Links and precedence are empty where the rung has none."""

    rows: Tensor  # M [B, N, 2D]
    occupied: Tensor  # o [B, N]
    usage: Tensor  # u [B, N]
    write_weights: Tensor  # [B, N]
    read_weights: Tensor  # [B, A, N]
    links: Tensor  # [B, N, N] or [B, 0, 0]
    precedence: Tensor  # [B, N] or [B, 0]
    heard: Tensor  # [B, D]: the reads of the step before through the read output


class HybridState(NamedTuple):
    """The memories of all layers, the number of steps done, and whether the memory is still open [B, 1]."""

    memories: tuple[HybridMemory, ...]
    steps: Tensor  # [] float, so that a compiled step is compiled once
    written: Tensor  # how many steps were written, [B, 1]: where the window stands
    open: Tensor


class HybridSeen(NamedTuple):
    """What one layer did at one step."""

    write_weights: Tensor  # [B, 1, N]
    erase: Tensor  # [B, 1, 2D]
    write_vectors: Tensor  # [B, 1, 2D]
    read_weights: Tensor  # [B, A, N]


class HybridLayer(nn.Module):
    """One controller layer and the interface to its memory."""

    def __init__(self, config: HybridConfig) -> None:
        super().__init__()
        c, self.config = config, config
        self.norm1 = nn.LayerNorm(c.width)
        self.interface = nn.Linear(c.width, 3 * c.width)  # packed [q | k | v]
        self.out = nn.Linear(c.width, c.width)
        self.norm2 = nn.LayerNorm(c.width)
        self.up = nn.Linear(c.width, c.feedforward)
        self.down = nn.Linear(c.feedforward, c.width)
        if c.erase:
            self.erase = _gates(c.width, 2 * c.width, OPEN)
        if c.eviction == "allocation":
            self.write_query = nn.Linear(c.width, c.width)
            self.allocation = _gates(c.width, 2, OPEN)  # g^a, g^w
            self.free = _gates(c.width, c.heads, -OPEN)
        if c.links:
            self.modes = nn.Linear(c.width, 3 * c.heads)
            with torch.no_grad():
                self.modes.weight.mul_(0.1)
                self.modes.bias.copy_(torch.tensor([0.0, OPEN, 0.0]).repeat(c.heads))

    def step(
        self, x: Tensor, memory: HybridMemory, one_hot: Tensor, gate: Tensor
    ) -> tuple[Tensor, HybridMemory, HybridSeen]:
        """X [B, D]; one_hot [B, N] where the window stands; gate [B, 1], 0 where nothing may be written."""
        c = self.config
        z = self.norm1(x + memory.heard if c.recurrence else x)
        q, k, v = self.interface(z).chunk(3, 1)
        if c.eviction == "window":
            w, usage = one_hot, memory.usage
        elif c.eviction == "least-used":
            w = F.one_hot(_lowest(memory.usage), c.slots).to(x.dtype)
            usage = memory.usage
        else:
            w, usage = self._allocated(z, memory)
        w = w * gate
        e = torch.sigmoid(self.erase(z)) if c.erase else torch.ones_like(memory.rows[:, 0])
        row = torch.cat((k, v), 1)
        rows = addressing.erase_and_write(memory.rows, w.unsqueeze(1), e.unsqueeze(1), row.unsqueeze(1))
        occupied = memory.occupied + w - memory.occupied * w
        weights = self._looked_up(q, rows, occupied)
        links, precedence = memory.links, memory.precedence
        if c.links:
            off = 1 - torch.eye(c.slots, dtype=x.dtype, device=x.device)
            links = addressing.link_matrix(memory.links, memory.precedence, w, off)
            precedence = addressing.precedence_after(memory.precedence, w)
            ways = torch.stack(
                (torch.bmm(memory.read_weights, links), weights, torch.bmm(memory.read_weights, links.transpose(1, 2))),
                2,
            )
            modes = torch.softmax(self.modes(z).view(-1, c.heads, 3), 2)
            weights = torch.matmul(modes.unsqueeze(2), ways).squeeze(2)
        if c.eviction == "least-used":
            usage = DECAY * usage + (weights.sum(1) + w).detach()
        values = rows[:, :, c.width :].view(len(x), c.slots, c.heads, -1).transpose(1, 2)  # [B, A, N, d]
        heard = self.out(torch.matmul(weights.unsqueeze(2), values).reshape(len(x), c.width))
        y = self.transition(x + heard)
        seen = HybridSeen(w.unsqueeze(1), e.unsqueeze(1), row.unsqueeze(1), weights)
        return y, HybridMemory(rows, occupied, usage, w, weights, links, precedence, heard), seen

    def transition(self, y: Tensor) -> Tensor:
        """The position-wise part: y + FFN(LN₂ y)."""
        return y + self.down(F.gelu(self.up(self.norm2(y))))

    def _looked_up(self, query: Tensor, rows: Tensor, occupied: Tensor) -> Tensor:
        """Read weights [B, A, N] of the queries [B, D] over the keys in the rows."""
        c = self.config
        d = c.width // c.heads
        keys = rows[:, :, : c.width].view(len(rows), c.slots, c.heads, d).permute(0, 2, 3, 1)  # [B, A, d, N]
        scores = torch.matmul(query.view(len(rows), c.heads, 1, d), keys).squeeze(2) / math.sqrt(d)
        return torch.softmax(scores + torch.log(occupied + UNWRITTEN).unsqueeze(1), 2)

    def _allocated(self, z: Tensor, memory: HybridMemory) -> tuple[Tensor, Tensor]:
        """The write weighting of the DNC and the usage that it was made from, [B, N] each."""
        retention = addressing.retention(torch.sigmoid(self.free(z)), memory.read_weights)
        usage = addressing.usage_after(memory.usage, memory.write_weights.detach(), retention)
        content = self._looked_up(self.write_query(z), memory.rows, memory.occupied).mean(1)
        allocation_gate, write_gate = torch.sigmoid(self.allocation(z)).unsqueeze(2).unbind(1)
        mixed = torch.lerp(content, addressing.allocation_weighting(usage), allocation_gate)
        return write_gate * mixed, usage


class Hybrid(MemoryModel):
    """A stack of attention layers over bounded memories.

    Example: `Hybrid(HybridConfig(inputs=3, outputs=1, eviction="allocation", erase=True))`.
    """

    def __init__(self, config: HybridConfig) -> None:
        super().__init__()
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.embed = nn.Linear(config.inputs, config.width)
        self.layers = nn.ModuleList(HybridLayer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.readout = nn.Linear(config.width, config.outputs)

    def initial_state(self, batch: int) -> HybridState:
        """Blank memories."""
        c, like = self.config, self.readout.weight
        linked = c.slots if c.links else 0
        memories = tuple(
            HybridMemory(
                rows=like.new_zeros(batch, c.slots, 2 * c.width),
                occupied=like.new_zeros(batch, c.slots),
                usage=like.new_zeros(batch, c.slots),
                write_weights=like.new_zeros(batch, c.slots),
                read_weights=like.new_zeros(batch, c.heads, c.slots),
                links=like.new_zeros(batch, linked, linked),
                precedence=like.new_zeros(batch, linked),
                heard=like.new_zeros(batch, c.width),
            )
            for _ in range(c.layers)
        )
        return HybridState(memories, like.new_zeros(()), like.new_zeros(batch, 1), like.new_ones(batch, 1))

    def step(self, x: Tensor, state: HybridState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next HybridState, one HybridSeen a layer."""
        c = self.config
        flag = x[:, c.flag : c.flag + 1]
        still_open = state.open * (1 - flag) if c.flag_stops else state.open
        gate = (still_open if c.flag_stops else flag) if c.closed else torch.ones_like(state.open)
        slots = torch.arange(c.slots, device=x.device, dtype=x.dtype)
        one_hot = (slots == torch.remainder(state.written, c.slots)).to(x.dtype)
        y = self.embed(x) + positions.sinusoidal(state.steps.reshape(1).double(), c.width, PERIOD, x.dtype)
        memories: list[HybridMemory] = []
        seen: list[HybridSeen] = []
        for layer, memory in zip(self.layers, state.memories, strict=True):
            assert isinstance(layer, HybridLayer)
            y, memory, what = layer.step(y, memory, one_hot, gate)
            memories.append(memory)
            seen.append(what)
        after = HybridState(tuple(memories), state.steps + 1, state.written + gate, still_open)
        return Step(self.readout(self.norm(y)), after, tuple(seen))

    def floats(self, steps: int) -> int:
        """Floats kept after so many steps; slots that a window has not come to yet need not be there."""
        c, state = self.config, self.initial_state(1)
        idle = max(0, c.slots - steps) if c.eviction == "window" else 0
        a_slot = 2 * c.width + 3 + c.heads  # the row, o, u, w and the read weights
        return sum(part.numel() for memory in state.memories for part in memory) - c.layers * idle * a_slot

    @property
    def trains_by_steps(self) -> bool:
        """Whether training has to go step by step: a window without gates of its own is attention under a mask."""
        c = self.config
        return c.eviction != "window" or c.erase or c.links or c.recurrence

    def forward(self, inputs: Tensor) -> Tensor:
        """[B, T, I] -> [B, T, O]: all steps at once where the memory is a window, else the fold of `step`."""
        if self.trains_by_steps:
            return super().forward(inputs)
        c, (batch, steps, _) = self.config, inputs.shape
        flag = inputs[:, :, c.flag]
        gates = torch.ones_like(flag)
        if c.closed:
            gates = torch.cumprod(1 - flag, 1) if c.flag_stops else flag
        written = gates.cumsum(1)  # [B, T], with the step's own
        age = written.unsqueeze(2) - written.unsqueeze(1)
        there = (gates.unsqueeze(1) > 0) & (age >= 0) & (age < c.slots)
        there &= torch.ones(steps, steps, dtype=torch.bool, device=inputs.device).tril()
        blank = torch.log(UNWRITTEN * (c.slots - written).clamp(min=0)).clamp(min=blocked(inputs.dtype))  # all in one
        bias = inputs.new_zeros(batch, steps, steps).masked_fill(~there, blocked(inputs.dtype))
        bias = torch.cat((blank.unsqueeze(2), bias), 2).unsqueeze(1)
        places = torch.arange(steps, device=inputs.device, dtype=torch.float64)
        x = self.embed(inputs) + positions.sinusoidal(places, c.width, PERIOD, inputs.dtype)
        for layer in self.layers:
            assert isinstance(layer, HybridLayer)
            q, k, v = split_heads(layer.interface(layer.norm1(x)), 3, c.heads)
            store = Store(F.pad(k, (0, 0, 1, 0)), F.pad(v, (0, 0, 1, 0)))
            x = layer.transition(x + layer.out(join_heads(attend(q, store, bias))))
        return self.readout(self.norm(x))

    def banks(self) -> list[BankSpec]:
        """The banks "layer0", "layer1", …: matrices of N rows [key | value]."""
        c = self.config
        return [MATRIX.bank(f"layer{n}", slots=c.slots, width=2 * c.width, read_heads=c.heads) for n in range(c.layers)]

    def frame_entries(self) -> list[TensorEntry]:
        """Per layer what was written, erased and read."""
        c = self.config
        sizes: dict[str, tuple[str, tuple[str, ...], tuple[int, ...]]] = {
            "write_weights": ("write", ("write_head", "slot"), (1, c.slots)),
            "erase": ("erase", ("write_head", "width"), (1, 2 * c.width)),
            "write_vectors": ("write", ("write_head", "width"), (1, 2 * c.width)),
            "read_weights": ("read", ("read_head", "slot"), (c.heads, c.slots)),
        }
        return [(f"layer{n}", name, *entry) for n in range(c.layers) for name, entry in sizes.items()]

    def keyframe_entries(self) -> list[TensorEntry]:
        """Per layer the rows."""
        c = self.config
        return [(f"layer{n}", "memory", "state", ("slot", "width"), (c.slots, 2 * c.width)) for n in range(c.layers)]

    def frame(self, seen: tuple[HybridSeen, ...]) -> Traced:
        """Tensors of `frame_entries`."""
        return {(f"layer{n}", name): value for n, layer in enumerate(seen) for name, value in layer._asdict().items()}

    def keyframe(self, state: HybridState) -> Traced:
        """Tensors of `keyframe_entries`."""
        return {(f"layer{n}", "memory"): memory.rows for n, memory in enumerate(state.memories)}


def _gates(inputs: int, count: int, bias: float) -> nn.Linear:
    """Gates that start at σ(bias), nearly whatever the input."""
    made = nn.Linear(inputs, count)
    with torch.no_grad():
        made.weight.mul_(0.1)
        made.bias.fill_(bias)
    return made


def _lowest(usage: Tensor) -> Tensor:
    """The first of the least used slots [B]; usages are compared as allocation compares them (addressing.py)."""
    compared = torch.round(usage * addressing.USAGE_GRID)
    return torch.sort(compared, dim=1, stable=True).indices[:, 0]
