"""What each past write contributes to a read of a matrix memory: a backward recursion, O(S·N·W) a row.

No memory is needed beyond one carrier [slot, width]. Letters as in matrix.py, rows and shares as in ledger.py.
"""

from __future__ import annotations

import numpy as np

from mnemoscope.kinds.ledger import Floats

CHUNK = 64


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


def contributions(
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


def share_rows(
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
