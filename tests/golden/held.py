"""What is left of every write, how full a bank is, and shares over all heads: expectations of both golden recordings.

By the definitions of docs/format.md, from the forward recursion: `parts[s + 1]` of the state after step t is what is left of the
write of step s, so that of the state after step s is the write itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec
from tests.golden.draws import SHOWN, STEPS, Log, numbers, share


def expect_held(states: Sequence[Log]) -> dict[str, Any]:
    """held[step] is a row of step + 1 numbers, s = 0 … step; write_norm[step] what that step itself wrote."""
    written = [states[s + 1]["parts"][s + 1].ravel() for s in range(STEPS)]
    out: dict[str, Any] = {"held": {}, "write_norm": {}}
    for t in SHOWN:
        left = states[t + 1]["parts"]
        row = [float(left[s + 1].ravel() @ a / (a @ a)) if a.any() else 0.0 for s, a in enumerate(written[: t + 1])]
        out["held"][t] = numbers(row)
        out["write_norm"][t] = numbers([np.linalg.norm(written[t])])
    return out


def expect_losses(bank: BankSpec, log: Log, states: Sequence[Log]) -> dict[str, Any]:
    """overwritten, freed, faded[step], those of the kind: a row of step + 1 numbers, what that step took of each write s = 0 … step."""
    written = [states[s + 1]["parts"][s + 1] for s in range(STEPS)]
    out: dict[str, Any] = {name: {} for name in kinds.of(bank).mechanisms}
    for t in SHOWN:
        rows = {name: np.zeros(t + 1) for name in out}
        for s, a in enumerate(written[:t]):
            before, after, whole = states[t]["parts"][s + 1], states[t + 1]["parts"][s + 1], float((a * a).sum())
            if not whole:
                continue
            taken = {name: float(((before - after) * a).sum() / whole) for name in out}
            if bank.deallocation:
                kept = before * states[t + 1]["retention"][:, None]
                taken = {"freed": before - kept, "overwritten": kept - after}
            elif bank.kind == "associative":
                kept = before * log["retention"][t][:, :, None]
                taken = {"faded": before - kept, "overwritten": kept - after}
            elif bank.kind == "matrix":
                taken = {"freed": 0 * before, "overwritten": before - after}
            for name, part in taken.items():
                rows[name][s] = part if np.ndim(part) == 0 else (part * a).sum() / whole
        for name, row in rows.items():
            out[name][t] = numbers(row)
    return out


def expect_units(bank: BankSpec, states: Sequence[Log], name: str) -> dict[str, Any]:
    """unit_origins[step][unit] of a cell or recurrent state: rows of step + 2 numbers."""
    out = {}
    for t in SHOWN[:3:2]:
        parts, state = states[t + 1]["parts"][: t + 2], states[t + 1][name]
        out[t] = numbers([parts[:, unit] / state[unit] for unit in range(bank.width)])
    return {"unit_origins": out}


def over_heads(parts: Sequence[np.ndarray], reads: np.ndarray) -> list[Any]:
    """One row: shares in the reads [head, width] of all heads side by side, from the contributions to each."""
    return numbers([share(np.concatenate(list(parts), axis=1), reads.ravel())])


def expect_occupancy(bank: BankSpec, log: Log, states: Sequence[Log]) -> dict[str, Any]:
    """occupancy[step] is one number."""
    full = _occupancy(bank, log, states)
    return {"occupancy": {t: numbers([full[t]]) for t in SHOWN}}


def _occupancy(bank: BankSpec, log: Log, states: Sequence[Log]) -> list[float]:
    after = states[1:]
    if bank.usage:
        return [float(state["usage"].mean()) for state in after]
    if "cell" in (after or [{}])[0]:
        return [
            float(np.mean([min(1, abs(c if bank.direct else np.tanh(c))) for c in state["cell"]])) for state in after
        ]
    if "slopes" in log:
        return [float(np.mean([min(1, abs(h)) for h in state["hidden"]])) for state in after]
    if "write_weights" in log:
        return _touched(log["write_weights"])
    if "retention" in log:
        return _claimed(log)
    wrote, full = 0, []
    for t in range(STEPS):
        wrote += int(not bank.gated or log["write_gate"][t, 0] > 0)
        full.append(wrote / STEPS)
    return full


def _touched(weights: np.ndarray) -> list[float]:
    used, full = np.zeros(weights.shape[2]), []
    for t in range(STEPS):
        for w in weights[t]:
            used = used + w - used * w
        full.append(float(used.mean()))
    return full


def _claimed(log: Log) -> list[float]:
    used, full = np.zeros(log["keys"].shape[1:]), []
    for t in range(STEPS):
        for h, key in enumerate(log["keys"][t]):
            size = float(key @ key)
            gate = float(np.minimum(1, size**0.5 * np.abs(log["write_gate"][t, h])).mean())
            for i in range(len(key)):
                used[h, i] *= log["retention"][t, h, i]
                used[h, i] += gate * (key[i] ** 2 / size if size else 0) * (1 - used[h, i])
        full.append(float(used.mean()))
    return full


def expect_appended(bank: BankSpec, log: Log, parts: np.ndarray, shown: Sequence[int]) -> dict[str, Any]:
    """All of the above for a write-once bank; parts [read step, head, step, width] are what is read of each write."""
    wrote = log["write_gate"][:, 0] > 0 if bank.gated else np.ones(STEPS, bool)
    out: dict[str, Any] = {"held": {}, "write_norm": {}, "shares_of_all_heads": {}}
    for t in shown:
        out["held"][t] = numbers(wrote[: t + 1].astype(float))
        out["write_norm"][t] = numbers([np.linalg.norm(log["values"][t]) * wrote[t]])
        padded = [np.concatenate([np.zeros((1, bank.width)), head[: t + 1]]) for head in parts[t]]
        out["shares_of_all_heads"][t] = over_heads(padded, log["read_vectors"][t])
    return out | expect_occupancy(bank, log, [])
