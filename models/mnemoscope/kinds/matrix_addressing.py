"""What the addressing of an NTM or a DNC implies without its keys, which no recording holds.

A content weighting c has no negative number and sums to 1, whatever its key was. So what the equations add to it, all of which
follows from the log, is a lower bound of every weighting, and their sum is known exactly. Here are the equations in that form; each
returns by how much a weighting contradicts them (0: it does not).

    w weighting, w' that of the step before [slot]     u usage [slot]     L links [slot, slot]     π modes (backward, content, forward)

Sources: Graves et al. 2014 (NTM, arXiv 1410.5401 §3.3), Graves et al. 2016 (DNC, Nature 538:471, Methods), Csordas & Schmidhuber
2019 (sharpened links, arXiv 1904.10278).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.kinds.base import BankLog
from mnemoscope.kinds.ledger import Floats

DNC_GATES = ("allocation_gate", "write_gate", "read_modes")
NTM_GATES = ("interpolation_gates", "shifts", "sharpening")
"""Of either way, after `write_` or `read_`."""

USAGE_GAP = 2.0**-12 + 1e-5
"""Slots whose usage is closer than this may be allocated in either order: rounding decides, or a grid on which usage is compared."""

LINK_EPSILON = 1e-6
"""Added to what links say before it is sharpened (Csordas & Schmidhuber's code)."""

FAINT = 1e-2
"""Where links say nothing stronger than this, sharpening amplifies rounding, and their bound is not drawn."""

SMALLEST = float(np.finfo(np.float32).tiny)
"""A weight below this may have been rounded to 0; it counts as this much."""


def allocation_contradiction(weights: Floats, usage: Floats, write_gate: float, allocation_gate: float) -> float:
    """`w = g^w (g^a a + (1 − g^a) c)` with a from u ([DNC] eq. 1): Σw = g^w (g^a Σa + 1 − g^a), and w ≥ g^w g^a a.

    The lower bound is drawn over groups of slots whose usage is nearly the same: which of them comes first is not known,
    what they get together is.
    """
    order = np.argsort(usage, kind="stable")
    ascending = usage[order]
    through = np.cumprod(ascending)
    allocated = np.concatenate(([1.0], through[:-1])) - through
    groups = np.concatenate(([0], np.flatnonzero(np.diff(ascending) > USAGE_GAP) + 1))
    wanted = write_gate * allocation_gate * np.add.reduceat(allocated, groups)
    short = float((wanted - np.add.reduceat(weights[order], groups)).max())
    total = write_gate * (allocation_gate * (1.0 - through[-1]) + 1.0 - allocation_gate)
    return max(short, abs(float(weights.sum()) - total))


def link_contradiction(
    weights: Floats, before: Floats, links: Floats, modes: Floats, sharpening: Floats | None = None
) -> float:
    """`w = π_b b + π_c c + π_f f` with f = L w', b = Lᵀ w' ([DNC] "Temporal memory linkage"): Σπ = 1, Σw and w ≥ π_b b + π_f f.

    sharpening (backward, forward): the exponents of a DNC with sharpened links.
    """
    ways = np.stack((before @ links, links @ before))
    drawn = True
    if sharpening is not None:
        drawn = bool(ways.max(axis=1).min() > FAINT)
        powers = sharpening[:, None] * np.log(np.maximum(ways, 0.0) + LINK_EPSILON)
        powers = np.exp(powers - powers.max(axis=1, keepdims=True))
        ways = powers / powers.sum(axis=1, keepdims=True)
    followed = modes[[0, 2]] @ ways
    short = float((followed - weights).max()) if drawn else 0.0
    return max(short, abs(float(weights.sum() - followed.sum() - modes[1])), abs(float(modes.sum()) - 1.0))


def shift_contradiction(weights: Floats, before: Floats, gate: float, shifts: Floats, sharpening: float) -> float:
    """`w ∝ w̃^γ`, `w̃ = s ∗ (g c + (1 − g) w')` ([NTM] eq. 7-9): Σs = Σw = 1 and w̃ ≥ (1 − g) s ∗ w', with w̃ = w^{1/γ} / Σ w^{1/γ}.

    shifts [S]: a distribution over the offsets −S//2 … S//2.
    """
    half = len(shifts) // 2
    walked = sum(share * np.roll(before, offset - half) for offset, share in enumerate(shifts))
    roots = np.maximum(weights, 0.0) ** (1.0 / max(sharpening, 1.0))
    floor = np.maximum(weights, SMALLEST) ** (1.0 / max(sharpening, 1.0))
    most = floor / max(float(roots.sum()), SMALLEST)  # rounded to 0, a weight takes away from the sum: never too small
    short = float(((1.0 - gate) * walked - most).max())
    return max(short, abs(float(weights.sum()) - 1.0), abs(float(shifts.sum()) - 1.0))


def recorded(log: BankLog, *names: str) -> bool:
    """Whether the log holds all of these tensors."""
    return all(log.source.recorded(name, log.bank.name) for name in names)


def dnc_errors(log: BankLog, kept: Iterator[tuple[Floats | None, Floats | None]], first: int, stop: int) -> Floats:
    """One chunk of a DNC -> [step]; kept: usage and links after each of its steps."""
    names = ["write_weights", "read_weights", *DNC_GATES]
    names += [name for name in ("link_sharpening",) if recorded(log, name)]
    frames = log.source.frames(log.bank, names, first, stop)
    before = _weights_before(log, "read", first)
    out = np.zeros(stop - first)
    for t, (usage, links) in enumerate(kept):
        if usage is None or links is None or before is None:
            continue
        write, reads, allocation_gate, write_gate, modes, *exponents = (frames[name][t] for name in names)
        errors = [allocation_contradiction(write[0], usage, float(write_gate[0]), float(allocation_gate[0]))]
        for head, row in enumerate(reads):
            exponent = exponents[0][head] if exponents else None
            errors.append(link_contradiction(row, before[head], links, modes[head], exponent))
        out[t] = _worst(errors)
        before = reads
    return out


def ntm_errors(log: BankLog, first: int, stop: int) -> Floats | None:
    """One chunk of an NTM -> [step], over all heads whose gates are recorded; None where there are none."""
    found: list[Floats] = []
    for way in ("write", "read"):
        names = [f"{way}_{part}" for part in ("weights", *NTM_GATES)]
        before = _weights_before(log, way, first)
        if before is None or not recorded(log, *names):
            continue
        weights, gates, shifts, sharpening = log.source.frames(log.bank, names, first, stop).values()
        errors = np.zeros(stop - first)
        for t in range(stop - first):
            errors[t] = _worst(
                [
                    shift_contradiction(row, before[h], float(gates[t, h]), shifts[t, h], float(sharpening[t, h]))
                    for h, row in enumerate(weights[t])
                ]
            )
            before = weights[t]
        found.append(errors)
    return np.max(found, axis=0) if found else None


def _weights_before(log: BankLog, way: str, first: int) -> Floats | None:
    """Weightings [head, slot] of the step before a chunk, where its keyframe holds them."""
    kept = log.source.keyframe(first // KEYFRAME_EVERY, log.bank.name).get(f"{way}_weights")
    return None if kept is None else kept.astype(np.float64)


def _worst(errors: Sequence[float]) -> float:
    """The largest; infinite where a number is none."""
    return max(errors) if all(map(math.isfinite, errors)) else math.inf
