"""Golden recordings of one model each, by the name of the file: paradigms that came after `memories` and `kinds` were settled.

As in kinds.py: random logs, states and shares by the forward recursion. What a paradigm does with a kind of bank that no other
does belongs here; a new one is a function and a line of SINGLES.
"""

from __future__ import annotations

import numpy as np

from mnemoscope.format.layout import BankSpec
from tests.golden.draws import STEPS, Draw, Made


def mamba2() -> tuple[str, str, str, Made]:
    """Keys of any length, one gate a head spread over its channels, nothing erased, a write gate above 1."""
    draw, bank = Draw(21), BankSpec("layer0", "associative", 3, 4, 2, 2)
    log = {
        "queries": draw.signed(2, 3),
        "keys": draw.signed(2, 3),
        "retention": np.repeat(1 - draw.gate(2, 1) / 4, 3, axis=2),
        "erase": np.zeros_like(draw.gate(2, 3)),
        "write_vectors": draw.signed(2, 4),
        "write_gate": np.repeat(2 * draw.gate(2, 1), 4, axis=2),
    }
    log["keys"][30] = 0  # a step that writes nothing under any key
    log["retention"][50, 1] = 0  # and one that forgets all that came before
    return "Mamba-2", "mamba2", "ssm", ([bank], {"layer0": log}, {"layer0": {"memory": draw.signed(2, 3, 4)[0] / 8}})


def mlstm() -> tuple[str, str, str, Made]:
    """Gates relative to a stabiliser, queries divided by the normaliser, and tensors beyond those of the kind."""
    draw, bank = Draw(22), BankSpec("layer0", "associative", 3, 4, 2, 2)
    queries, keys, values = draw.signed(2, 3), draw.signed(2, 3), draw.signed(2, 4)
    log_input, log_forget = 2 * draw.signed(2), np.log(1 - draw.gate(2) / 2)
    stabiliser, retention, gate, divisor = (np.zeros((STEPS, 2)) for _ in range(4))
    m, n = np.zeros(2), np.zeros((2, 3))
    for t in range(STEPS):
        before, m = m, np.maximum(log_forget[t] + m, log_input[t])
        stabiliser[t], retention[t], gate[t] = m, np.exp(log_forget[t] + before - m), np.exp(log_input[t] - m)
        n = retention[t][:, None] * n + gate[t][:, None] * keys[t]
        divisor[t] = np.maximum(np.abs((n * queries[t]).sum(-1)), np.exp(-m))
    log = {
        "queries": queries / divisor[:, :, None],
        "keys": keys,
        "retention": np.repeat(retention[:, :, None], 3, axis=2),
        "erase": np.zeros_like(keys),
        "write_vectors": values,
        "write_gate": np.repeat(gate[:, :, None], 4, axis=2),
        "stabiliser": stabiliser,
        "divisor": divisor,
    }
    log = {name: array.astype(np.float32).astype(np.float64) for name, array in log.items()}  # what readers find
    return "mLSTM", "mlstm", "mlstm", ([bank], {"layer0": log}, {"layer0": {"memory": draw.signed(2, 3, 4)[0] / 8}})


SINGLES = {"mamba2": mamba2, "mlstm": mlstm}
