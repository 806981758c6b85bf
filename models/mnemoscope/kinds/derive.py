"""What the log implies: memory, usage, links, retention, cell states and attention rows (NumPy, float64).

A recording keeps causes (addresses, erase and write vectors, gates); these few equations turn them back into states.
One step each, pure, in the notation of the papers:

    M memory [slot, width]     w^w write weights [write_head, slot]     w^r read weights [read_head, slot]
    e erase   [write_head, width]     v write vectors [write_head, width]     f free gates [read_head]
    ψ retention [slot]     u usage [slot]     L links [slot, slot]     p precedence [slot]

Sources: Graves et al. 2014 (NTM, arXiv 1410.5401 §3), Graves et al. 2016 (DNC, Nature 538:471, Methods),
Csordas & Schmidhuber 2019 (de-allocation, arXiv 1904.10278), Vaswani et al. 2017 (attention, arXiv 1706.03762 eq. 1),
Press et al. 2022 (distance in the score, arXiv 2108.12409), Yang et al. 2024 (DeltaNet, arXiv 2406.06484).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.format.layout import BankSpec

Floats = NDArray[np.float64]


def decay(write_weights: Floats, erase: Floats, *, retention: Floats | None = None) -> Floats:
    """`ψ ⊙ Π_h (1 − w_h e_hᵀ)` [slot, width]: what a step leaves of the content it finds.

    With several write heads all erasures come before all additions (NTM §3.2), so their order does not matter.
    """
    out = 1.0 - np.outer(write_weights[0], erase[0])
    for w, e in zip(write_weights[1:], erase[1:], strict=True):
        out *= 1.0 - np.outer(w, e)
    if retention is not None:
        out *= retention[:, None]
    return out


def update_memory(
    memory: Floats, write_weights: Floats, erase: Floats, write_vectors: Floats, *, retention: Floats | None = None
) -> Floats:
    """`M_t = M_{t-1} ⊙ ψ_t ⊙ Π_h(1 − w_h e_hᵀ) + Σ_h w_h v_hᵀ`; ψ only where the bank wipes freed slots."""
    return memory * decay(write_weights, erase, retention=retention) + write_weights.T @ write_vectors


def retain(free_gates: Floats, read_weights_before: Floats) -> Floats:
    """`ψ_t = Π_h (1 − f_h w^{r,h}_{t−1})` [slot]: how much of each slot the free gates do not release.

    free_gates [read_head], read_weights_before [read_head, slot]; a leading step axis on both is kept.
    """
    return np.prod(1.0 - free_gates[..., None] * read_weights_before, axis=-2)


def update_usage(usage: Floats, write_weights_before: Floats, retention: Floats) -> Floats:
    """`u_t = (u_{t−1} + w^w_{t−1} − u_{t−1} ⊙ w^w_{t−1}) ⊙ ψ_t`; several write heads use a slot like one that did it all."""
    written = 1.0 - np.prod(1.0 - write_weights_before, axis=0)
    return (usage + written - usage * written) * retention


def update_links(links: Floats, precedence: Floats, write_weights: Floats) -> tuple[Floats, Floats]:
    """`L_t[i,j] = (1 − w_i − w_j) L_{t−1}[i,j] + w_i p_{t−1}[j]`, diagonal 0; then `p_t = (1 − Σw) p_{t−1} + w`.

    write_weights [slot] of the one write head. L[i, j] says how far slot i was written right after slot j.
    """
    w = write_weights
    links = (1.0 - w[:, None] - w[None, :]) * links + np.outer(w, precedence)
    np.fill_diagonal(links, 0.0)
    return links, (1.0 - w.sum()) * precedence + w


def update_cell(cell: Floats, forget_gate: Floats, input_gate: Floats, candidates: Floats) -> Floats:
    """`c_t = f ⊙ c_{t−1} + i ⊙ g` [unit] (LSTM, GRU; g are the recorded write vectors)."""
    return forget_gate * cell + input_gate * candidates


def update_hidden(hidden: Floats, recurrent_weights: Floats, slopes: Floats, write_vectors: Floats) -> Floats:
    """`h_t = ρ_t ⊙ (W h_{t−1} + d_t)` [unit] (Elman): ρ = tanh(a)/a is the slope of the secant, so this is tanh(a) exactly."""
    return slopes * (recurrent_weights @ hidden + write_vectors)


def update_association(
    memory: Floats, keys: Floats, write_vectors: Floats, retention: Floats, erase: Floats, write_gate: Floats
) -> Floats:
    """`S_t = (I − k (b⊙k)ᵀ) Diag(α) S_{t−1} + k (w⊙v)ᵀ` per head: memory S [head, key, width] (DeltaNet family).

    keys k, retention α, erase b [head, key]; write_vectors v, write_gate w [head, width].
    """
    kept = retention[..., None] * memory
    found = np.einsum("hk,hkw->hw", erase * keys, kept)
    return kept + keys[..., None] * (write_gate * write_vectors - found)[:, None, :]


def attention_row(
    query: Floats, keys: Floats, *, bias_slope: float = 0.0, written: NDArray[np.bool_] | None = None
) -> Floats:
    """`softmax_{s ≤ t}(q · k_s / √d − m (t − s))`: query [width], keys of the steps so far [step, width] -> weights [step].

    bias_slope m is 0 but for ALiBi. written [step]: which steps made a slot, by default all; the others weigh 0, and where
    nothing was written there is nothing to read: all zero.
    """
    scores = keys @ query / math.sqrt(keys.shape[1])
    if bias_slope:
        scores -= bias_slope * np.arange(len(keys) - 1, -1, -1)
    if written is not None:
        if not written.any():
            return np.zeros(len(keys))
        scores[~written] = -math.inf
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


@dataclass
class MatrixState:
    """State of a matrix bank between two steps; what the bank does not keep is None.

    `retention` is that of the last step; `write_weights`, `read_weights` are those of the step before the next.
    """

    memory: Floats
    usage: Floats | None = None
    links: Floats | None = None
    precedence: Floats | None = None
    write_weights: Floats | None = None
    read_weights: Floats | None = None
    retention: Floats | None = None

    @classmethod
    def of(cls, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> MatrixState:
        """From the bank's tensors of one keyframe, by name, without a time axis."""
        names = bank.keyframe_tensors()
        return cls(**{name: np.asarray(keyframe[name], np.float64) for name in names})

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        """One step: `frame` holds the bank's recorded tensors of that step, by name, without a time axis."""
        f = {name: np.asarray(frame[name], np.float64) for name in bank.frame_tensors()}
        if self.read_weights is not None:
            self.retention = retain(f["free_gates"], self.read_weights)
        if self.usage is not None and self.write_weights is not None and self.retention is not None:
            self.usage = update_usage(self.usage, self.write_weights, self.retention)
        self.memory = update_memory(
            self.memory,
            f["write_weights"],
            f["erase"],
            f["write_vectors"],
            retention=self.retention if bank.deallocation else None,
        )
        if self.links is not None and self.precedence is not None:
            self.links, self.precedence = update_links(self.links, self.precedence, f["write_weights"][0])
        if self.write_weights is not None:
            self.write_weights = f["write_weights"]
        if self.read_weights is not None:
            self.read_weights = f["read_weights"]


@dataclass
class CellState:
    """State of a cell bank between two steps: `cell` [unit]."""

    cell: Floats

    @classmethod
    def of(cls, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> CellState:
        return cls(np.asarray(keyframe["cell"], np.float64))

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        f, i, g = (np.asarray(frame[name], np.float64) for name in ("forget_gate", "input_gate", "write_vectors"))
        self.cell = update_cell(self.cell, f, i, g)


@dataclass
class RecurrentState:
    """State of a recurrent bank between two steps: `hidden` [unit], and the `recurrent_weights` [unit, from_unit] of the run.

    The log holds every hidden state as what was read, so that one is taken: an expanding network would amplify the
    rounding of a rebuilt one. `update_hidden` is what `verify` holds against it.
    """

    hidden: Floats
    recurrent_weights: Floats

    @classmethod
    def of(cls, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> RecurrentState:
        return cls(*(np.asarray(keyframe[name], np.float64) for name in ("hidden", "recurrent_weights")))

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        self.hidden = np.asarray(frame["read_vectors"], np.float64)


@dataclass
class AssociativeState:
    """State of an associative bank between two steps: `memory` [head, key, width]."""

    memory: Floats

    @classmethod
    def of(cls, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> AssociativeState:
        return cls(np.asarray(keyframe["memory"], np.float64))

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        names = ("keys", "write_vectors", "retention", "erase", "write_gate")
        self.memory = update_association(self.memory, *(np.asarray(frame[name], np.float64) for name in names))


State = MatrixState | CellState | RecurrentState | AssociativeState
STATES: dict[str, type[State]] = {
    "matrix": MatrixState,
    "cell": CellState,
    "recurrent": RecurrentState,
    "associative": AssociativeState,
}
"""By kind of bank; an append bank has none, its log is its memory."""
