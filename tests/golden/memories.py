"""Models of the golden recording `memories`: NTM, DNC with and without de-allocation, LSTM, Transformer, with their oracles.

Random logs, states and shares by the forward recursion, which carries what is left of every single write.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mnemoscope.format.layout import BankSpec
from tests.golden.draws import EVERY, SHOWN, STEPS, Draw, Log, Made, Models, fraction, numbers, share
from tests.golden.held import expect_appended, expect_held, expect_losses, expect_occupancy, expect_units, over_heads


def ntm() -> Made:
    draw, bank = Draw(1), BankSpec("memory", "matrix", slots=7, width=3, write_heads=2, read_heads=2)
    log: Log = {}
    for prefix, heads in (("write_", 2), ("read_", 2)):
        log[f"{prefix}keys"] = draw.signed(heads, 3)
        log[f"{prefix}strengths"] = draw.gate(heads) + 1
        log[f"{prefix}interpolation_gates"] = draw.gate(heads)
        log[f"{prefix}shifts"] = draw.weighting(heads, 3)
        log[f"{prefix}sharpening"] = draw.gate(heads) + 1
    log |= {"write_weights": draw.weighting(2, 7), "erase": draw.gate(2, 3), "write_vectors": draw.signed(2, 3)}
    log["read_weights"] = draw.weighting(2, 7)
    log["erase"][30] = 1.0  # a full erasure: nothing is left of what a one-hot address held
    log["write_weights"][30] = np.eye(7)[[2, 5]]
    initial = {"memory": draw.signed(7, 3)[0] / 8}
    initial |= {"write_weights": np.zeros((2, 7)), "read_weights": np.eye(7)[[0, 1]]}
    return [bank], {"memory": log}, {"memory": initial}


def dnc(seed: int, slots: int, width: int, heads: int, *, deallocation: bool) -> Made:
    draw = Draw(seed)
    bank = BankSpec("memory", "matrix", slots, width, 1, heads, usage=True, links=True, deallocation=deallocation)
    write_gate = draw.gate(1) * (draw.random((STEPS, 1)) < 0.8)  # some steps write nothing at all
    log = {
        "read_keys": draw.signed(heads, width),
        "read_strengths": draw.gate(heads) + 1,
        "write_key": draw.signed(width),
        "write_strength": draw.gate(1) + 1,
        "free_gates": draw.gate(heads),
        "allocation_gate": draw.gate(1),
        "write_gate": write_gate,
        "read_modes": draw.weighting(heads, 3),
        "erase": draw.gate(1, width),
        "write_vectors": draw.signed(1, width),
        "write_weights": draw.weighting(1, slots) * write_gate[:, :, None],
        "read_weights": draw.weighting(heads, slots),
    }
    initial = {
        "memory": draw.signed(slots, width)[0] / 8 if deallocation else np.zeros((slots, width)),
        "usage": np.zeros(slots),
        "links": np.zeros((slots, slots)),
        "precedence": np.zeros(slots),
        "write_weights": np.zeros((1, slots)),
        "read_weights": draw.weighting(heads, slots)[0] if deallocation else np.zeros((heads, slots)),
    }
    return [bank], {"memory": log}, {"memory": initial}


def lstm() -> Made:
    draw, bank = Draw(4), BankSpec("cell", "cell", None, width=5)
    log = {name: draw.gate(5) for name in ("forget_gate", "input_gate", "output_gate")}
    log["forget_gate"] = fraction(1 - log["forget_gate"] ** 3 / 4)
    log["write_vectors"] = draw.signed(5) / 2
    return [bank], {"cell": log}, {"cell": {"cell": draw.signed(5)[0], "hidden": np.zeros(5)}}


def transformer() -> Made:
    draw, banks = Draw(5), [BankSpec(f"layer{i}", "append", None, 3, 2, 2) for i in range(2)]
    logs = {bank.name: {name: draw.signed(2, 3) for name in ("queries", "keys", "values")} for bank in banks}
    return banks, logs, {}


def memories() -> Models:
    """Drawn anew each time: `expect_memory` adds to the logs."""
    return {
        "ntm": ("NTM", "ntm", "ntm", ntm()),
        "dnc": ("DNC", "dnc", "dnc", dnc(2, 6, 4, 2, deallocation=False)),
        "dncd": ("DNC with de-allocation", "dnc", "dnc", dnc(3, 5, 3, 1, deallocation=True)),
        "lstm": ("LSTM", "lstm", "rnn", lstm()),
        "transformer": ("Transformer", "transformer", "tr", transformer()),
    }


def expect_memory(bank: BankSpec, log: Log, initial: Log, key_arrays: dict[Any, np.ndarray]) -> dict[str, Any]:
    """Run one bank; fill `log` with its read vectors and `key_arrays` with its keyframes; return what a reader finds.

    Keys are steps: states are those after that step. shares[step][head], write_shares[step][head] (content that the
    write head's weighting gathers after the write) and slot_origins[step][slot] are rows of step + 2 numbers.
    """
    if bank.kind == "append":
        rows = attention_rows(bank, log)
        parts = np.einsum("ths,shw->thsw", rows, log["values"])
        shares = {
            t: [np.r_[0, share(parts[t, h, : t + 1], log["read_vectors"][t, h])] for h in range(bank.read_heads)]
            for t in SHOWN
        }
        return {
            "attention": {t: numbers(rows[t, :, : t + 1]) for t in SHOWN},
            "shares": {t: numbers(row) for t, row in shares.items()},
        } | expect_appended(bank, log, parts, SHOWN)
    states = (matrix_states if bank.kind == "matrix" else cell_states)(bank, log, initial)
    for name in initial:
        key_arrays[bank.name, name] = np.stack([states[first][name] for first in range(0, STEPS, EVERY)])
    kept = [n for n in ("memory", "usage", "links", "precedence", "retention", "cell") if n in states[-1]]
    out: dict[str, Any] = {name: {t: numbers(states[t + 1][name]) for t in SHOWN} for name in kept}
    for kind in ("shares", "write_shares", "slot_origins"):
        out[kind] = {}
        for t in SHOWN if kind == "shares" else SHOWN[:3:2]:
            parts = states[t + 1]["parts"][: t + 2]
            if bank.kind == "cell":
                o, c = log["output_gate"][t], states[t + 1]["cell"]
                gain = o * np.tanh(c) / c
                rows = [share(parts * gain, log["read_vectors"][t])] if kind == "shares" else [share(parts, c)]
            elif kind == "shares":
                reads = zip(log["read_weights"][t], log["read_vectors"][t], strict=True)
                rows = [share(np.einsum("i,siw->sw", weights, parts), vector) for weights, vector in reads]
            else:
                ways = log["write_weights"][t] if kind == "write_shares" else np.eye(bank.slots or 0)
                gathered = [np.einsum("i,siw->sw", way, parts) for way in ways]
                rows = [share(each, each.sum(0)) for each in gathered]
            out[kind][t] = numbers(np.stack(rows))
    out |= expect_held(states) | expect_losses(bank, log, states) | expect_occupancy(bank, log, states)
    if "cell" in kept:
        return out | expect_units(bank, states, "cell") | {"shares_of_all_heads": out["shares"]}
    out["shares_of_all_heads"] = {
        t: over_heads(
            [np.einsum("i,siw->sw", weights, states[t + 1]["parts"][: t + 2]) for weights in log["read_weights"][t]],
            log["read_vectors"][t],
        )
        for t in SHOWN
    }
    return out


def matrix_states(bank: BankSpec, log: Log, initial: Log) -> list[Log]:
    """States before every step and after the last, by the equations of docs/format.md, plus what is left of each write."""
    state = {name: value.copy() for name, value in initial.items()}
    parts = np.zeros((STEPS + 1, bank.slots or 0, bank.width))
    parts[0] = state["memory"]
    states = [state | {"parts": parts.copy()}]
    for t in range(STEPS):
        w, e, v = log["write_weights"][t], log["erase"][t], log["write_vectors"][t]
        new = dict(state)
        if "free_gates" in log:
            psi = np.ones(bank.slots or 0)
            for h in range(bank.read_heads):
                for i in range(bank.slots or 0):
                    psi[i] *= 1 - log["free_gates"][t, h] * state["read_weights"][h, i]
            u, before = state["usage"], state["write_weights"][0]
            new["usage"] = (u + before - u * before) * psi
            new["retention"] = psi
        for h in range(bank.write_heads):
            parts *= 1 - w[h][None, :, None] * e[h][None, None, :]
        if bank.deallocation:
            parts *= new["retention"][None, :, None]
        for h in range(bank.write_heads):
            parts[t + 1] += w[h][:, None] * v[h][None, :]
        new["memory"] = parts.sum(0)
        if bank.links:
            links, one = np.zeros_like(state["links"]), w[0]
            for i in range(len(links)):
                for j in range(len(links)):
                    if i != j:
                        links[i, j] = (1 - one[i] - one[j]) * state["links"][i, j] + one[i] * state["precedence"][j]
            new["links"] = links
            new["precedence"] = (1 - one.sum()) * state["precedence"] + one
        new["write_weights"], new["read_weights"] = w, log["read_weights"][t]
        state = new
        states.append(state | {"parts": parts.copy()})
    log["read_vectors"] = np.stack([log["read_weights"][t] @ states[t + 1]["memory"] for t in range(STEPS)])
    return states


def cell_states(bank: BankSpec, log: Log, initial: Log) -> list[Log]:
    parts = np.zeros((STEPS + 1, bank.width))
    parts[0] = initial["cell"]
    states = [initial | {"parts": parts.copy()}]
    hidden = []
    for t in range(STEPS):
        parts *= log["forget_gate"][t]
        parts[t + 1] = log["input_gate"][t] * log["write_vectors"][t]
        cell = parts.sum(0)
        hidden.append(log["output_gate"][t] * np.tanh(cell))
        states.append({"cell": cell, "hidden": hidden[-1], "parts": parts.copy()})
    log["read_vectors"] = np.stack(hidden)
    return states


def attention_rows(bank: BankSpec, log: Log) -> np.ndarray:
    """Softmax rows [step, head, step], zero above the diagonal."""
    rows = np.zeros((STEPS, bank.read_heads, STEPS))
    for t in range(STEPS):
        for h in range(bank.read_heads):
            scores = [float(log["queries"][t, h] @ log["keys"][s, h]) / bank.width**0.5 for s in range(t + 1)]
            powers = np.exp(np.array(scores) - max(scores))
            rows[t, h, : t + 1] = powers / powers.sum()
    log["read_vectors"] = np.einsum("ths,shw->thw", rows, log["values"])
    return rows
