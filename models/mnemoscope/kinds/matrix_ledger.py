"""What each past write contributes to a read of a matrix memory: a backward recursion, O(S·N·W) a row.

No memory is needed beyond one carrier [slot, width]. Letters as in matrix.py, rows and shares as in ledger.py.
"""

from __future__ import annotations

import numpy as np

from mnemoscope.kinds.ledger import Floats

AT_ONCE = 16
"""Steps of which `through` makes one product: few enough to stay in a processor's cache."""


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


def through(
    carriers: Floats,
    write_weights: Floats,
    erase: Floats,
    write_vectors: Floats,
    shares: Floats,
    *,
    retention: Floats | None = None,
) -> Floats:
    """Carry reads back through steps that all of them have seen: fills `shares` [R, S], returns the carriers before those steps.

    carriers [R, N·W] say what each read takes of every number of the memory after the last of the S steps; the log of the steps as in
    `contributions`. The erasures of some steps are multiplied out once for all reads.
    """
    heads = write_weights.shape[1]
    for stop in range(len(write_weights), 0, -AT_ONCE):
        part = slice(max(stop - AT_ONCE, 0), stop)
        w, e, v = write_weights[part, :, :, None], erase[part, :, None, :], write_vectors[part, :, None, :]
        fade = np.subtract(1.0, w[:, 0] * e[:, 0])  # [step, slot, width]
        for head in range(1, heads):
            fade *= 1.0 - w[:, head] * e[:, head]
        if retention is not None:
            fade *= retention[part, :, None]
        added, left = (w * v).sum(1), fade[-1]
        for step in range(len(fade) - 2, -1, -1):
            added[step] *= left
            left *= fade[step]
        shares[:, part] = carriers @ added.reshape(len(added), -1).T
        carriers = carriers * left.reshape(-1)
    return carriers
