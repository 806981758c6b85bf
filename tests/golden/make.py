"""Makes the golden recordings that pytest and vitest both read: `python tests/golden/make.py [FOLDER]`.

`memories`: five small models (NTM, DNC, LSTM, Transformer); `kinds` (kinds.py): the other kinds and flags of banks. Each
axis has another size, 132 steps (three keyframes). The logs are random but
valid; the expected states and shares are computed here in float64 by the *forward* recursion, which carries what is
left of every single write (reference form `K[s] ⊙= decay`), so they are independent of the readers, which use keyframes
and the backward recursion. Only +, −, ×, ÷ and one √ and exp go in, and what is drawn at random is rounded to binary
fractions, so that every machine makes the same bytes.

    NAME.mnemo           the file
    NAME.manifest.json   its manifest, as the server would send it
    NAME.messages.bin    the wire messages of all chunks, one after another (no compression)
    NAME.expected.json   states and shares at a few steps; index 0 of a share row is the initial content
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mnemoscope.layout import BankSpec, FrameLayout, pack
from mnemoscope.recording import Recording, RecordingWriter

STEPS = 132
EVERY = 64
SHOWN = (0, 63, 64, 131)
SEED = 20261121
TOLERANCE = 1e-5


def fraction(values: np.ndarray, parts: int = 32) -> np.ndarray:
    """Rounded to multiples of 1/parts: exact in float32 and the same everywhere."""
    return np.floor(values * parts + 0.5) / parts


class Draw:
    """Random numbers of one model."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.Generator(np.random.PCG64([SEED, seed])).random

    def gate(self, *shape: int) -> np.ndarray:
        return fraction(self.random((STEPS, *shape)))

    def signed(self, *shape: int) -> np.ndarray:
        return fraction(self.random((STEPS, *shape)) * 4 - 2, 16)

    def weighting(self, *shape: int) -> np.ndarray:
        """Mostly on few slots; sums to at most 1."""
        peaks = self.random((STEPS, *shape)) ** 8
        return np.floor(peaks / peaks.sum(-1, keepdims=True) * 256) / 256


Log = dict[str, np.ndarray]
Models = dict[str, tuple[str, str, str, tuple[list[BankSpec], dict[str, Log], dict[str, Log]]]]
"""By id: label, paradigm, glyph, and (banks, logs by bank, initial states by bank)."""

Expect = Callable[[BankSpec, Log, Log, dict[Any, np.ndarray]], dict[str, Any]]
STATES = ("memory", "usage", "links", "precedence", "cell", "hidden", "recurrent_weights")


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


def share(parts: np.ndarray, read: np.ndarray) -> np.ndarray:
    read = read.astype(np.float32).astype(np.float64)
    return parts @ read / (read @ read) if read @ read > 0 else np.zeros(len(parts))


def numbers(values: Any) -> Any:
    """Nested lists with 6 decimals."""
    return round(float(values), 6) + 0.0 if np.ndim(values) == 0 else [numbers(value) for value in values]


# ------------------------------------------------------------------------------------------------ the five models


def ntm() -> tuple[list[BankSpec], dict[str, Log], dict[str, Log]]:
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


def dnc(seed: int, slots: int, width: int, heads: int, *, deallocation: bool) -> Any:
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


def lstm() -> tuple[list[BankSpec], dict[str, Log], dict[str, Log]]:
    draw, bank = Draw(4), BankSpec("cell", "cell", None, width=5)
    log = {name: draw.gate(5) for name in ("forget_gate", "input_gate", "output_gate")}
    log["forget_gate"] = fraction(1 - log["forget_gate"] ** 3 / 4)
    log["write_vectors"] = draw.signed(5) / 2
    return [bank], {"cell": log}, {"cell": {"cell": draw.signed(5)[0], "hidden": np.zeros(5)}}


def transformer() -> tuple[list[BankSpec], dict[str, Log], dict[str, Log]]:
    draw, banks = Draw(5), [BankSpec(f"layer{i}", "append", None, 3, 2, 2) for i in range(2)]
    logs = {bank.name: {name: draw.signed(2, 3) for name in ("queries", "keys", "values")} for bank in banks}
    return banks, logs, {}


AXES = {
    "erase": ("write_head", "width"),
    "write_weights": ("write_head", "slot"),
    "write_vectors": ("write_head", "width"),
    "write_keys": ("write_head", "width"),
    "write_strengths": ("write_head",),
    "write_interpolation_gates": ("write_head",),
    "write_shifts": ("write_head", "shift"),
    "write_sharpening": ("write_head",),
    "read_weights": ("read_head", "slot"),
    "read_vectors": ("read_head", "width"),
    "read_keys": ("read_head", "width"),
    "read_strengths": ("read_head",),
    "read_interpolation_gates": ("read_head",),
    "read_shifts": ("read_head", "shift"),
    "read_sharpening": ("read_head",),
    "free_gates": ("read_head",),
    "read_modes": ("read_head", "mode"),
    "write_key": ("width",),
    "write_strength": ("gate",),
    "allocation_gate": ("gate",),
    "write_gate": ("gate",),
    "memory": ("slot", "width"),
    "usage": ("slot",),
    "precedence": ("slot",),
    "links": ("row", "column"),
    "queries": ("head", "width"),
    "keys": ("head", "width"),
    "values": ("head", "width"),
}


def entry(bank: BankSpec, name: str, shape: tuple[int, ...]) -> Any:
    axes: tuple[str, ...] = AXES.get(name, ("unit",))
    if bank.single:
        axes = ("unit", "from_unit")[: len(shape)]
    elif bank.kind == "append" and name == "read_vectors":
        axes = ("head", "width")
    elif bank.kind == "associative":
        axes = ("head", "width") if name in ("write_vectors", "write_gate", "read_vectors") else ("head", "key")
        axes = axes if len(shape) == 2 else ("head", "key", "width")
    kinds = {"vectors": "vector", "weights": "weight"}
    role = "state" if name in STATES else kinds.get(name.rpartition("_")[2], "gate")
    return (bank.name, name, role, axes, shape)


def common(draw: Draw) -> dict[tuple[str | None, str], np.ndarray]:
    """What every model records; all models see the same episode."""
    value = draw.signed(1)
    inputs = np.concatenate([value, np.zeros((STEPS, 2))], 1)
    inputs[40:64, 1], inputs[94:118, 2] = 1, 1
    inputs[94:118, 0] = 0
    targets, mask = np.zeros((STEPS, 1)), np.zeros((STEPS, 1))
    targets[94:118], mask[94:118] = value[40:64], 1
    return {(None, "inputs"): inputs, (None, "targets"): targets, (None, "mask"): mask}


LEFT_OUT = {"dnc": ("read_vectors", "read_keys", "write_key")}
"""What a real DNC does not record: readers derive its reads as `M_tᵀ w^r`."""


def build(folder: Path) -> None:
    """Both recordings."""
    from kinds import KINDS, expect_kind

    memories: Models = {
        "ntm": ("NTM", "ntm", "ntm", ntm()),
        "dnc": ("DNC", "dnc", "dnc", dnc(2, 6, 4, 2, deallocation=False)),
        "dncd": ("DNC with de-allocation", "dnc", "dnc", dnc(3, 5, 3, 1, deallocation=True)),
        "lstm": ("LSTM", "lstm", "rnn", lstm()),
        "transformer": ("Transformer", "transformer", "tr", transformer()),
    }
    save(folder, "memories", "Golden: five memories", memories, expect)
    save(folder, "kinds", "Golden: other kinds of banks", {name: make() for name, make in KINDS.items()}, expect_kind)


def save(folder: Path, name: str, title: str, models: Models, expect: Expect) -> None:
    """Run, record and write one recording with what a reader must find in it."""
    entries, payloads, keyframes, expected = [], [], [], {}
    for number, (ident, (label, paradigm, glyph, (banks, logs, initial))) in enumerate(models.items()):
        draw = Draw(100 + number)
        arrays = common(Draw(99)) | {(None, "outputs"): draw.signed(1), (None, "output_memory"): draw.signed(1)}
        layout: list[Any] = [
            (None, "inputs", "input", ("feature",), (3,)),
            (None, "targets", "target", ("output",), (1,)),
            (None, "mask", "mask", ("output",), (1,)),
            (None, "outputs", "output", ("output",), (1,)),
            (None, "output_memory", "output", ("output",), (1,)),
        ]
        key_layout, key_arrays = [], {}
        expected[ident] = {}
        for bank in banks:
            log = logs[bank.name]
            expected[ident][bank.name] = expect(bank, log, initial.get(bank.name, {}), key_arrays)
            key_layout += [entry(bank, name, value.shape) for name, value in initial.get(bank.name, {}).items()]
            recorded = {name: array for name, array in log.items() if name not in LEFT_OUT.get(ident, ())}
            layout += [entry(bank, name, array.shape[1:]) for name, array in recorded.items()]
            arrays |= {(bank.name, name): array for name, array in recorded.items()}
        frame, keyframe = FrameLayout.of(layout), FrameLayout.of(key_layout)
        payloads.append(pack(frame, arrays))
        keyframes.append(pack(keyframe, key_arrays))
        entries.append(
            {
                "id": ident,
                "label": label,
                "paradigm": paradigm,
                "glyph": glyph,
                "task": "signal-recall",
                "checkpoint": None,
                "config": {},
                "parameters": 0,
                "device": "cpu",
                "dtype": "float32",
                "versions": {"mnemoscope": "0.1.0"},
                "banks": [bank.to_json() for bank in banks],
                "frame": frame.to_json(),
                "keyframe": keyframe.to_json(),
            }
        )
    manifest = {
        "format": "mnemoscope-recording",
        "version": 1,
        "id": f"golden-{name}-000000000"[:22],
        "title": title,
        "created": "2026-11-21T00:00:00Z",
        "seed": SEED,
        "status": "running",
        "steps": STEPS,
        "keyframe_every": EVERY,
        "task": {
            "name": "signal-recall",
            "params": {"segment": 24, "delay": 30},
            "events": [
                {"step": 40, "until": 64, "kind": "store", "label": "store"},
                {"step": 94, "until": 118, "kind": "recall", "label": "recall"},
            ],
        },
        "signal": {
            "name": "golden.csv",
            "channel": "value",
            "unit": "mV",
            "sample_rate": 36.0,
            "source": {},
            "scaling": {"method": "zscore", "offset": 0.125, "scale": 0.5},
        },
        "models": entries,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.mnemo"
    with RecordingWriter(path, manifest, overwrite=True) as writer:
        for first in range(0, STEPS, EVERY):
            for stream, model in enumerate(entries):
                size, key_size = model["frame"]["bytes"], model["keyframe"]["bytes"]
                if key_size:
                    k = first // EVERY
                    writer.keyframe(stream, first, keyframes[stream][k * key_size : (k + 1) * key_size])
                writer.frames(stream, first, payloads[stream][first * size : (first + EVERY) * size])
        writer.finish("ended")
    with Recording.open(path) as rec:
        messages = b"".join(rec.messages(n) for n in range(rec.chunks))
        text = json.dumps(rec.manifest, separators=(",", ":"), ensure_ascii=False)
    (folder / f"{name}.messages.bin").write_bytes(messages)
    (folder / f"{name}.manifest.json").write_text(text + "\n", encoding="utf-8")
    body = {"recording": name, "steps": STEPS, "shown": SHOWN, "tolerance": TOLERANCE, "models": expected}
    (folder / f"{name}.expected.json").write_text(json.dumps(body, separators=(",", ":")) + "\n", encoding="utf-8")


def expect(bank: BankSpec, log: Log, initial: Log, key_arrays: dict[Any, np.ndarray]) -> dict[str, Any]:
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
        }
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
    return out


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
