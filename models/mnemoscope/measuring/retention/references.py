"""Memories whose retention is known, to be drawn beside every model: 64 numbers each.

`shift register`      the last 64 values as they were: exact until 64, then nothing
`echo state network`  64 leaky integrator units, random and untrained (Jaeger, Lukoševičius et al. 2007)
`Legendre memory`     64 Legendre coefficients of the last 128 steps (LMU: Voelker, Kajić, Eliasmith 2019)
`chance`              answers 0

What a memory holds at the cue is read by a ridge regression fitted to mixtures that are not measured on, as models were trained
on mixtures too.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from mnemoscope.measuring.retention import ridge, windows
from mnemoscope.measuring.retention.looks import FLOATS
from mnemoscope.measuring.retention.reservoirs import Reservoir, echo_state, legendre

Floats = NDArray[np.float64]

FITTED_TO = 256
FIT_SEED = 1


def states(memory: Reservoir, values: Floats, at: Sequence[int]) -> dict[int, Floats]:
    """States [sequence, unit] before each of the steps `at`, from zero on; values [sequence, step]."""
    a, b, heard = torch.as_tensor(memory.a).T, torch.as_tensor(memory.b), torch.as_tensor(values)
    state, found = torch.zeros(len(values), len(memory.b), dtype=torch.float64), dict[int, Floats]()
    for t in range(max(at) + 1):
        if t in at:
            found[t] = state.numpy()
        if t < max(at):
            drive = torch.addmm(heard[:, t, None] * b, state, a)
            state = (1 - memory.leak) * state + memory.leak * (drive.tanh() if memory.squashed else drive)
    return found


@cache
def _mixtures(length: int) -> Floats:
    return windows.generated("mixture", FITTED_TO, length, seed=FIT_SEED).values


def replays(values: Floats, segment: int, delays: Sequence[int], *, lead: int) -> dict[str, dict[int, Floats]]:
    """What each reference answers after each delay [window, segment], by its name; values [window, step]."""
    targets = values[:, lead : lead + segment]
    register = {d: np.where(np.arange(segment) >= d + segment - FLOATS, targets, 0.0) for d in delays}
    found = {"shift-register": register, "chance": {d: np.zeros_like(targets) for d in delays}}
    cues = [lead + segment + delay for delay in delays]
    known = _mixtures(windows.length_for(max(cues)))
    for memory in (echo_state(), legendre()):
        held = states(memory, np.concatenate((known[:, : max(cues)], values[:, : max(cues)])), cues)
        found[memory.name] = {
            delay: ridge.read_out(held[cue][: len(known)], known[:, lead : lead + segment], held[cue][len(known) :])
            for delay, cue in zip(delays, cues, strict=True)
        }
    return found
