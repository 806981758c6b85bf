"""The ledger: what each past write contributes to what is read now.

In every memory with a linear update the content read at step t is *exactly* the initial content plus a sum over the
writes so far, `r_t = init + Σ_{s≤t} C_{t,s} ⊙ value_s`, where C follows from the addresses and gates in the log. The
**share** of write s is `⟨C_{t,s} ⊙ value_s, r_t⟩ / ⟨r_t, r_t⟩`. Shares with the initial one sum to 1; one can be negative
(a write that cancels). This is provenance of stored content, not a causal claim about inputs.

Pure functions over float64 arrays. In all of them row 0 of the result is the initial content and row s + 1 the write of
step s; S = t + 1 steps were written, W is the width. The matrix form is a backward recursion: cost
O(S·N·W) per row and no memory beyond one [N, W] carrier. (For the LSTM cell as an element-wise weighted sum see Levy et
al. 2018, arXiv 1805.03716; for the map of a DeltaNet as its hidden attention, Ali et al. 2024, arXiv 2403.01590.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mnemoscope.kinds.derive import Floats, decay

CHUNK = 64


def matrix_contributions(
    read_row: Floats,
    write_weights: Floats,
    erase: Floats,
    write_vectors: Floats,
    initial: Floats,
    *,
    retention: Floats | None = None,
) -> Floats:
    """Contributions [S + 1, W] to `M_tᵀ read_row`, for a memory that is erased and added to.

    read_row [N] is any weighting over the slots after step t's write; a one-hot row asks what one slot is made of.
    write_weights [S, H, N], erase [S, H, W], write_vectors [S, H, W]: the log of steps 0 … t, H write heads.
    initial [N, W]: memory before step 0. retention [S, N]: ψ, only for banks that wipe freed slots.
    """
    steps, heads = write_weights.shape[:2]
    out = np.empty((steps + 1, initial.shape[1]))
    carrier = np.repeat(read_row[:, None], initial.shape[1], axis=1).astype(np.float64)  # U[i, :] = w^r[i]
    fade = np.empty_like(carrier)
    for s in range(steps - 1, -1, -1):
        w, e, v = write_weights[s], erase[s], write_vectors[s]
        out[s + 1] = np.sum((w @ carrier) * v, axis=0)  # Σ_h (Σ_i w_h[i] U[i, :]) ⊙ v_h
        for h in range(heads):  # U ⊙= ψ Π_h (1 − w_h e_hᵀ): what a step erased it hides from all earlier writes
            np.multiply(w[h][:, None], e[h], out=fade)
            np.subtract(1.0, fade, out=fade)
            carrier *= fade
        if retention is not None:
            carrier *= retention[s][:, None]
    out[0] = np.sum(carrier * initial, axis=0)
    return out


def cell_contributions(
    forget_gates: Floats, input_gates: Floats, candidates: Floats, initial: Floats, *, gain: Floats | None = None
) -> Floats:
    """Contributions [S + 1, U] to the cell (or, times `gain` [U], to what the output gate lets out of it).

    forget_gates, input_gates, candidates [S, U]: the log of steps 0 … t. C_{t,s} = gain ⊙ Π_{k>s} f_k ⊙ i_s.
    """
    kept = np.ones_like(forget_gates, shape=(len(forget_gates) + 1, forget_gates.shape[1]))
    np.cumprod(forget_gates[::-1], axis=0, out=kept[1:])  # kept[n] = Π of the last n forget gates
    kept = kept[::-1]
    out = np.concatenate([initial[None] * kept[0], input_gates * candidates * kept[1:]])
    return out if gain is None else out * gain


def cell_gain(output_gate: Floats, cell: Floats) -> Floats:
    """`κ = o ⊙ tanh(c) / c` (→ o at c = 0): the secant that makes h = κ ⊙ c exact."""
    safe = np.where(cell == 0.0, 1.0, cell)
    return output_gate * np.where(cell == 0.0, 1.0, np.tanh(cell) / safe)


def append_contributions(weights: Floats, values: Floats) -> Floats:
    """Contributions [S + 1, W] of a write-once memory: attention weights [S] times values [S, W]; initially it is empty."""
    return np.concatenate([np.zeros((1, values.shape[1])), weights[:, None] * values])


def recurrent_contributions(
    write_vectors: Floats, slopes: Floats, recurrent_weights: Floats, initial: Floats
) -> Floats:
    """Contributions [S + 1, U] to the hidden state of an Elman network: `Π_{k>s}(diag(ρ_k) W) diag(ρ_s) d_s`.

    write_vectors d, slopes ρ [S, U]: the log of steps 0 … t; recurrent_weights W [U, U]; initial [U]. Exact, since with the
    secant slope ρ the step is linear: h = ρ ⊙ (W h + d). Cost O(S·U³); the shares alone cost O(S·U²), `recurrent_shares`.
    """
    steps, units = slopes.shape
    out = np.empty((steps + 1, units))
    carrier = np.eye(units)  # Π of what the steps after s do to the state
    for s in range(steps - 1, -1, -1):
        carrier *= slopes[s]  # carrier @ diag(ρ_s)
        out[s + 1] = carrier @ write_vectors[s]
        carrier = carrier @ recurrent_weights
    out[0] = carrier @ initial
    return out


def recurrent_shares(
    read: Floats, write_vectors: Floats, slopes: Floats, recurrent_weights: Floats, initial: Floats
) -> Floats:
    """`shares` of `recurrent_contributions` in the hidden state `read` [U], without the contributions themselves."""
    steps, norm = len(slopes), float(read @ read)
    out = np.zeros(steps + 1)
    if norm == 0.0:
        return out
    carrier = read / norm
    for s in range(steps - 1, -1, -1):
        carrier = carrier * slopes[s]
        out[s + 1] = carrier @ write_vectors[s]
        carrier = carrier @ recurrent_weights
    out[0] = carrier @ initial
    return out


def associative_contributions(
    query: Floats,
    keys: Floats,
    write_vectors: Floats,
    retention: Floats,
    erase: Floats,
    write_gate: Floats,
    initial: Floats,
) -> Floats:
    """Contributions [S + 1, W] to `S_tᵀ query` of one head of an associative memory.

    query u [K]; keys k, retention α, erase b [S, K] and write_vectors v, write_gate w [S, W]: the log of steps 0 … t of
    that head; initial [K, W]. Backwards from u: contribution of s = (u·k_s)(w_s ⊙ v_s), then u ← α_s ⊙ (u − (b_s ⊙ k_s)(k_s·u)).
    """
    out = np.empty((len(keys) + 1, initial.shape[1]))
    carrier = query.astype(np.float64)
    for s in range(len(keys) - 1, -1, -1):
        match = float(carrier @ keys[s])
        out[s + 1] = match * (write_gate[s] * write_vectors[s])
        carrier = retention[s] * (carrier - erase[s] * keys[s] * match)
    out[0] = carrier @ initial
    return out


def shares(contributions: Floats, read: NDArray[np.floating] | None = None) -> Floats:
    """Signed shares [S + 1] of contributions [S + 1, W] in the vector `read` [W], by default their own sum.

    They sum to 1 as far as the contributions sum to `read`. A zero vector has no shares: the row is all zero.
    """
    vector = contributions.sum(axis=0) if read is None else np.asarray(read, np.float64)
    norm = float(vector @ vector)
    return contributions @ vector / norm if norm > 0.0 else np.zeros(len(contributions))


def matrix_share_rows(
    first: int,
    read_rows: Floats,
    read_vectors: Floats,
    write_weights: Floats,
    erase: Floats,
    write_vectors: Floats,
    initial: Floats,
    *,
    retention: Floats | None = None,
) -> Floats:
    """Shares [R, S + 1] of R consecutive steps `first` … at once: the same numbers as row by row, by matrix products.

    read_rows [R, N] and read_vectors [R, W] of those steps; the log of all S = first + R steps. A row has zeros for
    writes after its own step. Going back in chunks, the erasures inside a chunk are multiplied out once for all rows.
    """
    steps, rows = len(write_weights), len(read_rows)
    norms = np.einsum("rw,rw->r", read_vectors, read_vectors)
    out = np.zeros((rows, steps + 1))
    carrier = read_rows[:, :, None] * read_vectors[:, None, :]  # [R, N, W]: U with ⟨·, r⟩ folded in
    for s in range(steps - 1, first - 1, -1):  # steps that only some of the rows have seen
        seen = slice(s - first, None)
        added = np.einsum("hn,hw->nw", write_weights[s], write_vectors[s])
        out[seen, s + 1] = np.einsum("rnw,nw->r", carrier[seen], added)
        carrier[seen] *= decay(write_weights[s], erase[s], retention=None if retention is None else retention[s])
    flat = carrier.reshape(rows, -1)
    for stop in range(first, 0, -CHUNK):
        start = max(stop - CHUNK, 0)
        fade = np.ones(initial.shape)
        added = np.empty((stop - start, *initial.shape))
        for s in range(stop - 1, start - 1, -1):
            added[s - start] = np.einsum("hn,hw->nw", write_weights[s], write_vectors[s]) * fade
            fade *= decay(write_weights[s], erase[s], retention=None if retention is None else retention[s])
        out[:, start + 1 : stop + 1] = flat @ added.reshape(stop - start, -1).T
        flat *= fade.reshape(-1)
    out[:, 0] = flat @ initial.reshape(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(norms[:, None] > 0.0, out / norms[:, None], 0.0)
