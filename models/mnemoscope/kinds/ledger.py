"""The ledger: what each past write contributes to what is read now.

In every memory with a linear update the content read at step t is *exactly* the initial content plus a sum over the
writes so far, `r_t = init + Σ_{s≤t} C_{t,s} ⊙ value_s`, where C follows from the addresses and gates in the log. The
**share** of write s is `⟨C_{t,s} ⊙ value_s, r_t⟩ / ⟨r_t, r_t⟩`. Shares with the initial one sum to 1; one can be negative
(a write that cancels). This is provenance of stored content, not a causal claim about inputs.

Each kind computes its contributions in its own module, as pure functions over float64 arrays. In all of them row 0 of the
result is the initial content and row s + 1 the write of step s; S = t + 1 steps were written, W is the width. (For the LSTM cell
as an element-wise weighted sum see Levy et al. 2018, arXiv 1805.03716; for the map of a DeltaNet as its hidden attention, Ali et
al. 2024, arXiv 2403.01590.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def shares(contributions: Floats, read: NDArray[np.floating] | None = None) -> Floats:
    """Signed shares [S + 1] of contributions [S + 1, W] in the vector `read` [W], by default their own sum.

    They sum to 1 as far as the contributions sum to `read`. A zero vector has no shares: the row is all zero.
    """
    vector = contributions.sum(axis=0) if read is None else np.asarray(read, np.float64)
    norm = float(vector @ vector)
    return contributions @ vector / norm if norm > 0.0 else np.zeros(len(contributions))


def combine_heads(rows: Floats, reads: Floats) -> Floats:
    """Shares [S + 1] in all heads' vectors side by side, `Σ_h share_h ‖r_h‖² / Σ_h ‖r_h‖²`.

    rows [head, S + 1] are the shares in reads [head, W]. This is the share in the concatenated vector, so it too sums to 1; all
    zero where nothing was read.
    """
    powers = np.einsum("hw,hw->h", reads, reads)
    total = float(powers.sum())
    return powers @ rows / total if total > 0.0 else np.zeros(len(rows[0]))


def fraction(part: Floats, whole: Floats) -> Floats:
    """Part / whole, 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)


def of_writes(lost: dict[str, Floats], whole: Floats) -> dict[str, Floats]:
    """Tables [write, step] over what each write was [write], in place; 0 for a write of nothing."""
    made = whole > 0.0
    for table in lost.values():
        table[~made] = 0.0
        np.divide(table, whole[:, None], out=table, where=made[:, None])
    return lost
