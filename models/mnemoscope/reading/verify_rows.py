"""What `verify` holds against the log: reads rebuilt from derived states, ledger rows rebuilt by another way than ledger.py.

Where ledger.py goes backwards from one read, these go forwards with every write, across all keyframes, for all steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.kinds import ledger
from mnemoscope.kinds.bank_parts import ASSOCIATION, BankLog
from mnemoscope.kinds.derive import (
    AssociativeState,
    CellState,
    Floats,
    MatrixState,
    State,
    update_hidden,
    update_memory,
)

Rows = Iterator[tuple[int, Floats, Floats]]
"""Per chunk: first step, share rows [step, …], sum of all contributions [step, width], both from step 0 on."""


def rebuilt_reads(log: BankLog, first: int, stop: int) -> tuple[Floats, State]:
    """Reads [step, head, width] of one chunk from the states that its keyframe and log imply, and the last state."""
    bank, out, state = log.bank, [], None
    before = log.view.keyframe(first // KEYFRAME_EVERY, bank.name).get("hidden")
    for t, state in log.view.states(bank, first, stop):
        match state:
            case MatrixState():
                out.append(log.at("read_weights", t) @ state.memory)
            case CellState():
                out.append((state.cell if bank.direct else log.at("output_gate", t) * np.tanh(state.cell))[None])
            case AssociativeState():
                out.append(np.einsum("hk,hkw->hw", log.at("queries", t), state.memory))
            case _:
                assert before is not None
                step = log.at("slopes", t), log.at("write_vectors", t)
                out.append(update_hidden(before.astype(np.float64), state.recurrent_weights, *step)[None])
                before = state.hidden
    assert state is not None
    return np.stack(out), state


def rows(log: BankLog, head: int, reads: Floats) -> Rows:
    """The ledger of one read head, whose reads are [step, width], for every step."""
    match log.bank.kind:
        case "matrix":
            return _matrix_rows(log, head, reads)
        case "append":
            return _append_rows(log, head, reads)
        case "cell":
            return _forward(log, reads, _Cell(log))
        case "recurrent":
            return _forward(log, reads, _Elman(log))
        case "associative":
            return _association_rows(log, head, reads)


def _chunks(log: BankLog) -> Iterator[tuple[int, int]]:
    for first in range(0, log.view.steps, KEYFRAME_EVERY):
        yield first, min(first + KEYFRAME_EVERY, log.view.steps)


def _matrix_rows(log: BankLog, head: int, reads: Floats) -> Rows:
    w, e, v = (log.upto(name, log.view.steps) for name in ("write_weights", "erase", "write_vectors"))
    weights, freed = log.upto("read_weights", log.view.steps, head), log.freed(log.view.steps)
    memory = initial = log.initial("memory")
    for first, stop in _chunks(log):
        psi, row = None if freed is None else freed[:stop], weights[first:stop]
        history = w[:stop], e[:stop], v[:stop], initial
        shares = ledger.matrix_share_rows(first, row, reads[first:stop], *history, retention=psi)
        totals = np.empty((stop - first, log.bank.width))
        for t in range(first, stop):  # the same sum forwards, with no keyframe in between
            memory = update_memory(memory, w[t], e[t], v[t], retention=None if psi is None else psi[t])
            totals[t - first] = row[t - first] @ memory
        yield first, shares, totals


class _Cell:
    """What is left of each write in a cell, write by write."""

    def __init__(self, log: BankLog) -> None:
        steps, self.direct = log.view.steps, log.bank.direct
        self.f, self.i, self.g = (log.upto(n, steps) for n in ("forget_gate", "input_gate", "write_vectors"))
        self.o = None if log.bank.direct else log.upto("output_gate", steps)
        self.initial = log.initial("cell")

    def advance(self, parts: Floats, t: int) -> Floats:
        parts[: t + 1] *= self.f[t]
        parts[t + 1] = self.i[t] * self.g[t]
        return parts[: t + 2] if self.o is None else parts[: t + 2] * ledger.cell_gain(self.o[t], parts[: t + 2].sum(0))


class _Elman:
    """What is left of each write in a recurrent state, write by write."""

    def __init__(self, log: BankLog) -> None:
        self.d, self.slopes = (log.upto(name, log.view.steps) for name in ("write_vectors", "slopes"))
        self.weights, self.initial = log.initial("recurrent_weights"), log.initial("hidden")

    def advance(self, parts: Floats, t: int) -> Floats:
        parts[: t + 1] = (parts[: t + 1] @ self.weights.T) * self.slopes[t]
        parts[t + 1] = self.slopes[t] * self.d[t]
        return parts[: t + 2]


def _forward(log: BankLog, reads: Floats, kind: _Cell | _Elman) -> Rows:
    parts = np.zeros((log.view.steps + 1, log.bank.width))
    parts[0] = kind.initial
    for first, stop in _chunks(log):
        shares, totals = np.zeros((stop - first, stop + 1)), np.empty((stop - first, log.bank.width))
        for t in range(first, stop):
            read = kind.advance(parts, t)
            shares[t - first, : t + 2] = ledger.shares(read, reads[t])
            totals[t - first] = read.sum(0)
        yield first, shares, totals


def _association_rows(log: BankLog, head: int, reads: Floats) -> Rows:
    """Forwards the memory is a sum of K × W matrices, each of rank one: write s is `κ_s (w_s ⊙ v_s)ᵀ`, κ_s its faded key."""
    k, v, a, b, w = (log.upto(name, log.view.steps, head) for name in ASSOCIATION)
    queries, values = log.upto("queries", log.view.steps, head), w * v
    initial, faded = log.initial("memory")[head], np.zeros_like(k)
    for first, stop in _chunks(log):
        shares, totals = np.zeros((stop - first, stop + 1)), np.empty((stop - first, log.bank.width))
        for t in range(first, stop):
            initial = _fade(initial, k[t], a[t], b[t])
            faded[:t] = _fade(faded[:t].T, k[t], a[t], b[t]).T
            faded[t] = k[t]
            read = np.concatenate(
                [(queries[t] @ initial)[None], (faded[: t + 1] @ queries[t])[:, None] * values[: t + 1]]
            )
            shares[t - first, : t + 2] = ledger.shares(read, reads[t])
            totals[t - first] = read.sum(0)
        yield first, shares, totals


def _fade(columns: Floats, key: Floats, retention: Floats, erase: Floats) -> Floats:
    """`(I − k (b⊙k)ᵀ) Diag(α) X` for columns X [K, …]."""
    kept = retention[:, None] * columns
    return kept - np.outer(key, (erase * key) @ kept)


def _append_rows(log: BankLog, head: int, reads: Floats) -> Rows:
    q, k, v = (log.upto(name, log.view.steps, head) for name in ("queries", "keys", "values"))
    slope = log.bank.bias_slopes[head] if log.bank.bias_slopes else 0.0
    written = log.written(log.view.steps)
    read = np.full(log.view.steps, True) if written is None else log.upto("read_gate", log.view.steps)[:, 0] > 0
    for first, stop in _chunks(log):
        distance = np.arange(first, stop)[:, None] - np.arange(stop)
        hidden = (distance < 0) | (False if written is None else ~written[:stop])
        scores = np.where(hidden, -math.inf, q[first:stop] @ k[:stop].T / math.sqrt(log.bank.width) - slope * distance)
        seen = read[first:stop] & ~hidden.all(axis=1)
        highest = np.where(seen, scores.max(axis=1, initial=-math.inf), 0.0)
        weights = np.where(seen[:, None], np.exp(scores - highest[:, None]), 0.0)
        weights /= np.where(seen, weights.sum(axis=1), 1.0)[:, None]
        norms = np.einsum("rw,rw->r", reads[first:stop], reads[first:stop])[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(norms > 0, weights * (reads[first:stop] @ v[:stop].T) / norms, 0.0)
        yield first, shares, weights @ v[:stop]
