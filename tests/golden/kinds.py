"""Models of the golden recording `kinds`: recurrent, direct, associative, biased and gated banks, with their oracles.

As in memories.py: random logs, states and shares by the forward recursion, which carries what is left of every single write.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec
from tests.golden.draws import EVERY, SHOWN, STEPS, Draw, Log, Made, fraction, numbers, share
from tests.golden.held import expect_appended, expect_held, expect_losses, expect_occupancy, expect_units, over_heads


def rnn() -> tuple[str, str, str, Made]:
    draw, bank = Draw(11), BankSpec("state", "recurrent", None, 4)
    initial = {"hidden": draw.signed(4)[0] / 4, "recurrent_weights": draw.signed(4, 4)[0] / 2}
    log = {"write_vectors": draw.signed(4), "slopes": np.empty((STEPS, 4))}
    hidden = initial["hidden"]
    for t in range(STEPS):
        total = initial["recurrent_weights"] @ hidden + log["write_vectors"][t]
        hidden = np.tanh(total)
        log["slopes"][t] = np.where(total == 0, 1, hidden / np.where(total == 0, 1, total))
    log["slopes"] = log["slopes"].astype(np.float32).astype(np.float64)
    return "RNN", "rnn", "rnn", ([bank], {"state": log}, {"state": initial})


def gru() -> tuple[str, str, str, Made]:
    draw, bank = Draw(12), BankSpec("cell", "cell", None, 3, direct=True)
    keep = fraction(1 - draw.gate(3) ** 3 / 2)
    log = {"forget_gate": keep, "input_gate": 1 - keep, "write_vectors": draw.signed(3) / 2}
    return "GRU", "gru", "rnn", ([bank], {"cell": log}, {"cell": {"cell": draw.signed(3)[0] / 2}})


def delta() -> tuple[str, str, str, Made]:
    """Gated, per channel: every factor of the update differs from every other."""
    draw, bank = Draw(13), BankSpec("state", "associative", 3, 4, 2, 2)
    keys = draw.signed(2, 3)
    keys[np.abs(keys).sum(-1) == 0] = 1
    log = {
        "queries": draw.signed(2, 3),
        "keys": (keys / np.sqrt((keys**2).sum(-1, keepdims=True))).astype(np.float32).astype(np.float64),
        "retention": 1 - draw.gate(2, 3) / 8,
        "erase": draw.gate(2, 3),
        "write_vectors": draw.signed(2, 4),
        "write_gate": draw.gate(2, 4),
    }
    log["write_gate"][20] = log["erase"][20] = 0  # a step that changes nothing but the decay
    return "DeltaNet", "deltanet", "delta", ([bank], {"state": log}, {"state": {"memory": draw.signed(2, 3, 4)[0] / 8}})


def alibi() -> tuple[str, str, str, Made]:
    draw, bank = Draw(14), BankSpec("layer0", "append", None, 3, 2, 2, bias_slopes=(0.25, 0.0625))
    log = {name: draw.signed(2, 3) for name in ("queries", "keys", "values")}
    return "Transformer with ALiBi", "transformer", "tr", ([bank], {"layer0": log}, {})


def pair() -> tuple[str, str, str, Made]:
    """An encoder that writes and reads up to step 70, a cross memory written then and read after, a decoder from then on."""
    draw, turn, logs = Draw(15), np.arange(STEPS) < 70, {}
    gates = {"encoder0": (turn, turn), "cross0": (turn, ~turn), "decoder0": (~turn, ~turn)}
    for name, (write, read) in gates.items():
        log = {tensor: draw.signed(2, 2) for tensor in ("queries", "keys", "values")}
        log |= {"write_gate": write[:, None].astype(float), "read_gate": read[:, None].astype(float)}
        log["write_gate"][5] = log["read_gate"][9] = 0  # a pause, so that phases are not all there is
        for tensor, gate in (("keys", "write_gate"), ("values", "write_gate"), ("queries", "read_gate")):
            log[tensor] = log[tensor] * log[gate][:, :, None]
        logs[name] = log
    banks = [BankSpec(name, "append", None, 2, 2, 2, gated=True) for name in gates]
    return "Encoder-decoder", "encoder-decoder", "tr", (banks, logs, {})


KINDS = {"rnn": rnn, "gru": gru, "delta": delta, "alibi": alibi, "pair": pair}


def expect_kind(bank: BankSpec, log: Log, initial: Log, key_arrays: dict[Any, np.ndarray]) -> dict[str, Any]:
    """As `memories.expect_memory`."""
    if bank.kind == "append":
        return _attention(bank, log)
    states = {"recurrent": _recurrent, "cell": _direct, "associative": _associative}[bank.kind](bank, log, initial)
    for name in initial:
        key_arrays[bank.name, name] = np.stack([states[first][name] for first in range(0, STEPS, EVERY)])
    name = {"recurrent": "hidden", "cell": "cell", "associative": "memory"}[bank.kind]
    heads = range(bank.read_heads)
    out: dict[str, Any] = {name: {t: numbers(states[t + 1][name]) for t in SHOWN}}
    out |= {"shares": {}, "write_shares": {}, "slot_origins": {}, "shares_of_all_heads": {}}
    for t in SHOWN:
        parts, read = states[t + 1]["parts"][: t + 2], []
        if kinds.of(bank).single:
            rows = wrote = slots = [share(parts, log["read_vectors"][t])]
        else:
            read = [np.einsum("k,skw->sw", log["queries"][t, h], parts[:, h]) for h in heads]
            rows = [share(part, log["read_vectors"][t, h]) for h, part in enumerate(read)]
            found = [np.einsum("k,skw->sw", log["keys"][t, h], parts[:, h]) for h in heads]
            wrote = [share(part, part.sum(0)) for part in found]
            content = [parts[:, :, k].reshape(t + 2, -1) for k in range(bank.slots or 1)]
            slots = [share(part, part.sum(0)) for part in content]
        together = over_heads(read, log["read_vectors"][t]) if read else numbers(rows)
        out["shares_of_all_heads"][t] = together
        for kind, values in (("shares", rows), ("write_shares", wrote), ("slot_origins", slots)):
            if kind == "shares" or t in SHOWN[:3:2]:
                out[kind][t] = numbers(np.stack(values))
    out |= expect_held(states) | expect_losses(bank, log, states) | expect_occupancy(bank, log, states)
    return out | expect_units(bank, states, name) if kinds.of(bank).single else out


def _recurrent(bank: BankSpec, log: Log, initial: Log) -> list[Log]:
    parts = np.zeros((STEPS + 1, bank.width))
    parts[0] = initial["hidden"]
    states = [initial | {"parts": parts.copy()}]
    for t in range(STEPS):
        parts = (parts @ initial["recurrent_weights"].T) * log["slopes"][t]
        parts[t + 1] = log["slopes"][t] * log["write_vectors"][t]
        states.append(initial | {"hidden": parts.sum(0), "parts": parts.copy()})
    log["read_vectors"] = np.stack([state["hidden"] for state in states[1:]])
    return states


def _direct(bank: BankSpec, log: Log, initial: Log) -> list[Log]:
    parts = np.zeros((STEPS + 1, bank.width))
    parts[0] = initial["cell"]
    states = [initial | {"parts": parts.copy()}]
    for t in range(STEPS):
        parts *= log["forget_gate"][t]
        parts[t + 1] = log["input_gate"][t] * log["write_vectors"][t]
        states.append({"cell": parts.sum(0), "parts": parts.copy()})
    log["read_vectors"] = np.stack([state["cell"] for state in states[1:]])
    return states


def _associative(bank: BankSpec, log: Log, initial: Log) -> list[Log]:
    heads, slots = bank.read_heads, bank.slots or 1
    parts = np.zeros((STEPS + 1, heads, slots, bank.width))
    parts[0] = initial["memory"]
    states, reads = [initial | {"parts": parts.copy()}], np.zeros((STEPS, heads, bank.width))
    for t in range(STEPS):
        for h in range(heads):
            k = log["keys"][t, h]
            turn = np.eye(slots) - np.outer(k, log["erase"][t, h] * k)
            parts[:, h] = turn @ (log["retention"][t, h][:, None] * parts[:, h])
            parts[t + 1, h] = np.outer(k, log["write_gate"][t, h] * log["write_vectors"][t, h])
            reads[t, h] = parts[:, h].sum(0).T @ log["queries"][t, h]
        states.append({"memory": parts.sum(0), "parts": parts.copy()})
    log["read_vectors"] = reads
    return states


def _attention(bank: BankSpec, log: Log) -> dict[str, Any]:
    rows = np.zeros((STEPS, bank.read_heads, STEPS))
    for t in range(STEPS):
        for h in range(bank.read_heads):
            slots = [s for s in range(t + 1) if not bank.gated or (log["write_gate"][s, 0] and log["read_gate"][t, 0])]
            if slots:
                slope = bank.bias_slopes[h] if bank.bias_slopes else 0
                at = [log["queries"][t, h] @ log["keys"][s, h] / bank.width**0.5 - slope * (t - s) for s in slots]
                powers = np.exp(np.array(at) - max(at))
                rows[t, h, slots] = powers / powers.sum()
    log["read_vectors"] = np.einsum("ths,shw->thw", rows, log["values"])
    parts = np.einsum("ths,shw->thsw", rows, log["values"])
    shown = (*SHOWN, 9) if bank.gated else SHOWN
    shares = {
        t: [np.r_[0, share(parts[t, h, : t + 1], log["read_vectors"][t, h])] for h in range(bank.read_heads)]
        for t in shown
    }
    return {
        "attention": {t: numbers(rows[t, :, : t + 1]) for t in shown},
        "shares": {t: numbers(row) for t, row in shares.items()},
    } | expect_appended(bank, log, parts, shown)
