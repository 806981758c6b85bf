"""Universal Transformer: one layer applied again and again, as often as each position needs (arXiv 1807.03819).

Papers: [UT] Dehghani et al. 2018 (arXiv 1807.03819), [ACT] Graves 2016, adaptive computation time (arXiv 1603.08983).

Glossary: D model width, A heads, d = D/A, t step (position), n depth step from 1, P_n embedding of position and depth, s_n state
after depth step n, p_n halting probability, N depth step at which a position halts, R remainder, ε threshold.

The weights are tied over depth, the memory is not: depth step n writes and reads a bank of its own, "depth0", "depth1", …; each
is an `append` bank like a Transformer layer's. Layers are post-norm with a ReLU transition, as in [UT] section 2.1:

    x = s_{n−1} + P_n,   a = LN₁(x + W_o·attention(x)),   s_n = LN₂(a + FFN(a))
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.format.layout import BankSpec
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.attention import (
    AttentionLayer,
    AttentionSeen,
    Store,
    attend,
    attention_bank,
    attention_entries,
    join_heads,
)
from mnemoscope.models.base import MemoryModel, ModelConfig, Step, TensorEntry, Traced

HaltingKind = Literal["accumulated", "interpolated", "none"]


@dataclass(frozen=True)
class UniversalTransformerConfig(ModelConfig):
    """Sizes, and how depth is chosen. `depth` is the most that a position may ponder.

    halting: "accumulated", the weighted mean Σ_n w_n s_n of [ACT]; "interpolated", out ← w_n s_n + (1 − w_n) out, what
    the published code of [UT] computes (here from out = s_1, so that the weights over depth are convex; there from 0);
    "none", all depth steps for every position. `threshold` is ε. A `halting_bias` of 0 or more makes positions halt at once and
    stay shallow; −3 starts deep (arXiv 2604.21999). `ponder_cost` is what training adds per depth step.
    """

    width: int = 64
    depth: int = 6
    heads: int = 4
    feedforward: int = 256
    halting: HaltingKind = "accumulated"
    threshold: float = 0.01
    halting_bias: float = -3.0
    ponder_cost: float = 0.01
    period: float = 10000.0


class UniversalState(NamedTuple):
    """The write-once store of every depth step and the number of steps written."""

    stores: tuple[Store, ...]
    steps: int


class UniversalSeen(NamedTuple):
    """The banks of one step, the convex weights over depth [B, depth] and how much was pondered [B, 1].

    A position that halted at N keeps s_N: deeper banks get keys and values of that state and answer its queries, but what
    they answer is dropped: the weights after N are 0. ponder is N + R of [ACT]; of the interpolated form N.
    """

    banks: tuple[AttentionSeen, ...]
    halting_weights: Tensor
    ponder: Tensor


class Pondering(NamedTuple):
    """Where adaptive computation time stands at every position [B, T]: Σp so far, who still runs, R and N so far."""

    spent: Tensor
    running: Tensor
    remainder: Tensor
    updates: Tensor


def ponder(probability: Tensor, before: Pondering, threshold: float, *, last: bool) -> tuple[Tensor, Pondering]:
    """One depth step of [ACT] section 2 -> (weight of its state, Pondering).

    A position runs while Σp ≤ 1 − ε; at the step where it halts (the `last` one at the latest) the weight is the remainder
    R = 1 − Σ_{n<N} p_n, before that p_n, afterwards 0. So the weights sum to 1.
    """
    left = 1 - before.spent
    halts = before.running & (probability > left - threshold) if not last else before.running
    runs_on = before.running & ~halts
    remainder = left * halts
    weight = torch.where(runs_on, probability, remainder)
    updates = before.updates + before.running
    return weight, Pondering(before.spent + weight, runs_on, before.remainder + remainder, updates)


def convex(weights: Tensor) -> Tensor:
    """Interpolation weights u_n [..., depth] -> u_n Π_{m>n}(1 − u_m), the share of s_n in the last output; u_1 counts as 1."""
    first, rest = torch.ones_like(weights[..., :1]), weights[..., 1:]
    kept = (1 - rest).flip(-1).cumprod(-1).flip(-1)
    return torch.cat((first, rest), -1) * torch.cat((kept, first), -1)


class UniversalLayer(AttentionLayer):
    """The same parts as a Transformer's layer, post-norm."""

    def transition(self, y: Tensor) -> Tensor:
        """LN₂(a + FFN a) of a = LN₁ y, where y = x + W_o·attention(x)."""
        a = self.norm1(y)
        return self.norm2(a + self.down(F.relu(self.up(a))))


class UniversalTransformer(MemoryModel):
    """A causal Universal Transformer over real-valued features.

    Example: `ut = UniversalTransformer(UniversalTransformerConfig(inputs=9, outputs=8))`. Every position runs all `depth` steps
    of arithmetic, halted or not: branches on the data would keep it from being batched and compiled.
    """

    def __init__(self, config: UniversalTransformerConfig) -> None:
        super().__init__()
        positions.check("sinusoidal", config.width, config.heads)
        if config.halting not in get_args(HaltingKind):
            raise ValueError(f"halting must be one of {', '.join(get_args(HaltingKind))}, got {config.halting!r}")
        if config.depth < 1:
            raise ValueError(f"depth must be at least 1, got {config.depth}")
        if not 0 < config.threshold < 1:
            raise ValueError(f"threshold must lie between 0 and 1, got {config.threshold}; the paper's is 0.01")
        self.config = config
        self.inputs, self.outputs = config.inputs, config.outputs
        self.embed = nn.Linear(config.inputs, config.width)
        self.layer = UniversalLayer(config.width, config.heads, config.feedforward)
        self.readout = nn.Linear(config.width, config.outputs)
        if config.halting != "none":
            self.halting = nn.Linear(config.width, 1)
            nn.init.constant_(self.halting.bias, config.halting_bias)

    def initial_state(self, batch: int) -> UniversalState:
        """Empty stores."""
        c = self.config
        slots = self.readout.weight.new_zeros(batch, c.heads, 0, c.width // c.heads)
        return UniversalState((Store(slots, slots),) * c.depth, 0)

    def step(self, x: Tensor, state: UniversalState) -> Step:
        """One step: x [B, I] -> output [B, O] (raw), the next UniversalState, UniversalSeen."""
        kind = self.config.halting
        outputs, stores, banks, weights, pondered = self._advance(x.unsqueeze(1), state)
        shown = convex(weights) if kind == "interpolated" else weights
        amount = pondered.updates if kind == "interpolated" else pondered.updates + pondered.remainder
        seen = UniversalSeen(tuple(banks), shown.squeeze(1), amount)
        return Step(outputs.squeeze(1), UniversalState(stores, state.steps + 1), seen)

    def forward(self, inputs: Tensor) -> Tensor:
        """The training path, all steps at once; equals the fold of `step` up to rounding. [B, T, I] -> [B, T, O]."""
        return self.forward_with_cost(inputs)[0]

    def forward_with_cost(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """As `forward`, and the mean of N + R over positions (both forms), which training adds `ponder_cost` times.

        Only R has a gradient ([ACT] section 2.1).
        """
        outputs, _, _, _, pondered = self._advance(inputs, self.initial_state(inputs.shape[0]))
        return outputs, (pondered.updates + pondered.remainder).mean()

    def embedding(self, first: int, count: int) -> Tensor:
        """P_n of steps first … first+count−1: sin(t r_j) + sin(n r_j), cos likewise ([UT] section 2.1) -> [depth, count, D]."""
        c, weight = self.config, self.readout.weight
        places = torch.arange(first, first + count, device=weight.device, dtype=torch.float64)
        depths = torch.arange(1, c.depth + 1, device=weight.device, dtype=torch.float64)
        of_places, of_depths = (
            positions.sinusoidal(counted, c.width, c.period, weight.dtype) for counted in (places, depths)
        )
        return of_places + of_depths.unsqueeze(1)

    def _advance(
        self, inputs: Tensor, state: UniversalState
    ) -> tuple[Tensor, tuple[Store, ...], list[AttentionSeen], Tensor, Pondering]:
        """T steps at once behind those of `state` -> outputs [B, T, O], stores, what a single step saw, the weight of
        every depth step [B, T, depth] and the Pondering.
        """
        c, layer = self.config, self.layer
        count = inputs.shape[1]
        s = out = self.embed(inputs)
        zeros = torch.zeros_like(s[..., 0])
        at = Pondering(zeros, torch.ones_like(zeros, dtype=torch.bool), zeros, zeros)
        stores: list[Store] = []
        banks: list[AttentionSeen] = []
        weights: list[Tensor] = []
        for n, (store, embedding) in enumerate(zip(state.stores, self.embedding(state.steps, count), strict=True)):
            x = s + embedding
            q, k, v = layer.emit(x)
            store = store.written(k, v)
            read = attend(q, store)
            new = layer.transition(x + layer.out(join_heads(read)))
            stores.append(store)
            if count == 1:
                banks.append(AttentionSeen.of(q, k, v, read))
            s = new if n == 0 else torch.where(at.running.unsqueeze(2), new, s)
            weight, at = self._halt(s, at, last=n == c.depth - 1)
            weights.append(weight)
            if c.halting == "none" or (c.halting == "interpolated" and n == 0):
                out = s
            elif c.halting == "interpolated":
                out = torch.lerp(out, s, weight.unsqueeze(2))
            else:
                out = s * weight.unsqueeze(2) if n == 0 else torch.addcmul(out, s, weight.unsqueeze(2))
        return self.readout(out), tuple(stores), banks, torch.stack(weights, 2), at

    def _halt(self, s: Tensor, at: Pondering, *, last: bool) -> tuple[Tensor, Pondering]:
        """p_n = σ(w·s_n + b) of states [B, T, D] ([ACT] section 2) and what follows; without halting only the last one counts."""
        if self.config.halting == "none":
            weight = torch.full_like(at.spent, float(last))
            return weight, Pondering(at.spent + weight, at.running, at.remainder, at.updates + 1)
        return ponder(torch.sigmoid(self.halting(s)).squeeze(2), at, self.config.threshold, last=last)

    def banks(self) -> list[BankSpec]:
        """One write-once bank a depth step: "depth0", "depth1", …; width is that of one head."""
        c = self.config
        return [attention_bank(f"depth{n}", c.heads, c.width // c.heads) for n in range(c.depth)]

    def frame_entries(self) -> list[TensorEntry]:
        """Queries, keys, values and reads of every depth step; the weights over depth and what was pondered."""
        c = self.config
        entries = [
            entry for n in range(c.depth) for entry in attention_entries(f"depth{n}", c.heads, c.width // c.heads)
        ]
        return [
            *entries,
            (None, "halting_weights", "gate", ("depth",), (c.depth,)),
            (None, "ponder", "gate", ("gate",), (1,)),
        ]

    def keyframe_entries(self) -> list[TensorEntry]:
        """None: the log is the memory."""
        return []

    def frame(self, seen: UniversalSeen) -> Traced:
        """Tensors of `frame_entries`."""
        traced: Traced = {
            (f"depth{n}", name): value for n, bank in enumerate(seen.banks) for name, value in bank._asdict().items()
        }
        return traced | {(None, "halting_weights"): seen.halting_weights, (None, "ponder"): seen.ponder}

    def keyframe(self, state: UniversalState) -> Traced:
        """Nothing."""
        return {}
