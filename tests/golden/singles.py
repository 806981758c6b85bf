"""Golden recordings of one model each, by the name of the file: paradigms that came after `memories` and `kinds` were settled.

As in kinds.py: random logs, states and shares by the forward recursion. What a paradigm does with a kind of bank that no other
does belongs here; a new one is a function and a line of SINGLES.
"""

from __future__ import annotations

import numpy as np

from mnemoscope.format.layout import BankSpec
from tests.golden.draws import Draw, Made


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


SINGLES = {"mamba2": mamba2}
