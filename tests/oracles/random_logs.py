"""Random valid logs of every kind of bank for tests, and a recording made of them. Every axis has its own size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec, FrameLayout, pack
from mnemoscope.reading.recording import RecordingWriter

NTM = BankSpec("memory", "matrix", 11, 5, write_heads=2, read_heads=3)
DNC = BankSpec("memory", "matrix", 7, 4, write_heads=1, read_heads=2, usage=True, links=True)
WIPING = BankSpec("memory", "matrix", 6, 3, write_heads=1, read_heads=2, usage=True, links=True, deallocation=True)
CELL = BankSpec("cell", "cell", 1, 9)
ATTENTION = BankSpec("layer1", "append", None, 5, write_heads=2, read_heads=2)
GRU = BankSpec("cell", "cell", 1, 6, direct=True)
RNN = BankSpec("state", "recurrent", 1, 8)
DELTA = BankSpec("state", "associative", 5, 4, write_heads=3, read_heads=3)
LINEAR = BankSpec("state", "associative", 3, 4, write_heads=2, read_heads=2)
"""As in linear attention and state space models: nothing is erased, keys have any length, write gates any size."""
ALIBI = BankSpec("layer0", "append", None, 4, write_heads=2, read_heads=2, bias_slopes=(0.5, 0.0625))
ENCODER = BankSpec("encoder0", "append", None, 3, write_heads=2, read_heads=2, gated=True)
CROSS = BankSpec("cross0", "append", None, 4, write_heads=2, read_heads=2, gated=True)
MODELS: dict[str, list[BankSpec]] = {
    "ntm": [NTM],
    "dnc": [DNC],
    "wiping": [WIPING],
    "lstm": [CELL],
    "transformer": [BankSpec("layer0", "append", None, 3, write_heads=4, read_heads=4), ATTENTION],
    "gru": [GRU],
    "rnn": [RNN],
    "delta": [DELTA],
    "linear": [LINEAR],
    "alibi": [ALIBI],
    "pair": [ENCODER, CROSS],
}


def weighting(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Sums to less than 1 over the last axis, as gated weightings do."""
    return rng.dirichlet(np.full(shape[-1], 0.3), shape[:-1]) * rng.random((*shape[:-1], 1))


def random_log(rng: np.random.Generator, bank: BankSpec, steps: int) -> dict[str, np.ndarray]:
    """What one bank records over `steps` steps, without its read vectors (float64)."""
    log = {}
    for name, shape in kinds.of(bank).frame_tensors(bank).items():
        if name.endswith("_weights"):
            log[name] = weighting(rng, steps, *shape)
        elif name in ("erase", "retention", "slopes") or name.endswith(("gate", "gates")):
            log[name] = rng.random((steps, *shape))
        elif name != "read_vectors":
            log[name] = rng.standard_normal((steps, *shape))
    if bank.kind == "associative":  # keys of length 1, as the models make them: else the memory grows without end
        if bank is LINEAR:
            log["erase"][:] = 0
            log["write_gate"] *= 3
        else:
            log["keys"] /= np.linalg.norm(log["keys"], axis=-1, keepdims=True)
        log["retention"] = 1 - log["retention"] / 8
    if bank.gated:  # each step writes, reads, does both or nothing; tensors that are not used are 0
        for gate, names in (("write_gate", ("keys", "values")), ("read_gate", ("queries",))):
            log[gate] = np.floor(log[gate] + 0.6)
            for name in names:
                log[name] *= log[gate][:, :, None]
    return log


def random_state(rng: np.random.Generator, bank: BankSpec) -> dict[str, np.ndarray]:
    """A state before step 0 (float64)."""
    state = {}
    for name, shape in kinds.of(bank).keyframe_tensors(bank).items():
        signed = name in ("memory", "cell", "hidden", "recurrent_weights")
        state[name] = rng.standard_normal(shape) if signed else weighting(rng, *shape)
        if name == "links":
            np.fill_diagonal(state[name], 0)
        if name == "recurrent_weights":
            state[name] /= np.sqrt(len(state[name]))
    return state


def attention_oracle(bank: BankSpec, log: dict[str, np.ndarray]) -> np.ndarray:
    """Rows [step, head, step] by the definition, score by score; adds `read_vectors` to the log."""
    steps = len(log["queries"])
    rows = np.zeros((steps, bank.read_heads, steps))
    for t in range(steps):
        for h in range(bank.read_heads):
            slope = bank.bias_slopes[h] if bank.bias_slopes else 0
            powers = {
                s: np.exp(log["queries"][t, h] @ log["keys"][s, h] / np.sqrt(bank.width) - slope * (t - s))
                for s in range(t + 1)
                if not bank.gated or (log["read_gate"][t, 0] and log["write_gate"][s, 0])
            }
            for s, power in powers.items():
                rows[t, h, s] = power / sum(powers.values())
    log["read_vectors"] = np.zeros((steps, bank.read_heads, bank.width))
    for t in range(steps):
        for s in range(t + 1):
            log["read_vectors"][t] += rows[t, :, s, None] * log["values"][s]
    return rows


def run(bank: BankSpec, log: dict[str, np.ndarray], state: dict[str, np.ndarray]) -> list[dict[str, np.ndarray]]:
    """Naive oracle: states before every step and after the last; adds `read_vectors` to the log.

    `parts` [S + 1, slot, width] (of an associative bank [S + 1, head, key, width]) carries what is left of every single
    write: the forward K tensor of the ledger.
    """
    if bank.kind == "append":
        attention_oracle(bank, log)
        return []
    steps, n = len(next(iter(log.values()))), bank.slots or 1
    heads = (bank.read_heads,) if bank.kind == "associative" else ()
    now: dict[str, np.ndarray] = {name: value.copy() for name, value in state.items()}
    parts = np.zeros((steps + 1, *heads, n, bank.width))
    parts[0] = now[{"cell": "cell", "recurrent": "hidden"}.get(bank.kind, "memory")]
    states, reads = [now | {"parts": parts.copy()}], []
    step = {"matrix": matrix_step, "cell": cell_step, "recurrent": recurrent_step, "associative": associative_step}
    for t in range(steps):
        now, read = step[bank.kind](bank, {name: array[t] for name, array in log.items()}, now, parts, t)
        reads.append(read)
        states.append(now | {"parts": parts.copy()})
    log["read_vectors"] = np.array(reads)
    return states


Stepped = tuple[dict[str, np.ndarray], np.ndarray]
"""State after a step and what it read."""


def cell_step(bank: BankSpec, log: dict, now: dict, parts: np.ndarray, t: int) -> Stepped:
    parts *= log["forget_gate"]
    parts[t + 1, 0] = log["input_gate"] * log["write_vectors"]
    cell = parts.sum(0)[0]
    return {"cell": cell}, cell if bank.direct else log["output_gate"] * np.tanh(cell)


def recurrent_step(bank: BankSpec, log: dict, now: dict, parts: np.ndarray, t: int) -> Stepped:
    weights, units = now["recurrent_weights"], bank.width
    for s in range(t + 1):
        old = parts[s, 0].copy()
        for i in range(units):
            parts[s, 0, i] = log["slopes"][i] * sum(weights[i, j] * old[j] for j in range(units))
    parts[t + 1, 0] = log["slopes"] * log["write_vectors"]
    hidden = parts.sum(0)[0]
    return now | {"hidden": hidden}, hidden


def associative_step(bank: BankSpec, log: dict, now: dict, parts: np.ndarray, t: int) -> Stepped:
    reads = np.zeros((bank.read_heads, bank.width))
    for h in range(bank.read_heads):
        k, v, q = log["keys"][h], log["write_vectors"][h], log["queries"][h]
        turn = np.eye(len(k)) - np.outer(k, log["erase"][h] * k)
        for s in range(t + 1):
            parts[s, h] = turn @ np.diag(log["retention"][h]) @ parts[s, h]
        parts[t + 1, h] = np.outer(k, log["write_gate"][h] * v)
        reads[h] = parts[:, h].sum(0).T @ q
    return {"memory": parts.sum(0)}, reads


def matrix_step(bank: BankSpec, log: dict, now: dict, parts: np.ndarray, t: int) -> Stepped:
    n, new = bank.slots or 1, dict(now)
    w, e, v = (log[name] for name in ("write_weights", "erase", "write_vectors"))
    psi = np.ones(n)
    if "free_gates" in log:
        new["usage"] = now["usage"].copy()
        for i in range(n):
            for h in range(bank.read_heads):
                psi[i] *= 1 - log["free_gates"][h] * now["read_weights"][h, i]
            u, before = now["usage"][i], now["write_weights"][0, i]
            new["usage"][i] = (u + before - u * before) * psi[i]
        new["retention"] = psi
    for i in range(n):
        for j in range(bank.width):
            for h in range(bank.write_heads):
                parts[:, i, j] *= 1 - w[h, i] * e[h, j]
            if bank.deallocation:
                parts[:, i, j] *= psi[i]
            parts[t + 1, i, j] = sum(w[h, i] * v[h, j] for h in range(bank.write_heads))
    if bank.links:
        links = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                if i != j:
                    links[i, j] = (1 - w[0, i] - w[0, j]) * now["links"][i, j] + w[0, i] * now["precedence"][j]
        new["links"], new["precedence"] = links, (1 - w[0].sum()) * now["precedence"] + w[0]
    new["memory"] = parts.sum(0)
    new["write_weights"], new["read_weights"] = w, log["read_weights"]
    return new, log["read_weights"] @ new["memory"]


RECORDS_READS = ("ntm",)
"""Matrix models of these tests whose log holds what was read; of the others the reader derives it."""


def entry(ident: str, banks: list[BankSpec]) -> tuple[dict[str, Any], FrameLayout, FrameLayout]:
    """A manifest entry and its two layouts."""
    axes = ("a", "b", "c")
    frame: list[Any] = [(None, "inputs", "input", ("feature",), (3,)), (None, "outputs", "output", ("output",), (1,))]
    keyframe: list[Any] = []
    for bank in banks:
        shapes = kinds.of(bank).frame_tensors(bank)
        if ident in RECORDS_READS:
            shapes = shapes | {"read_vectors": (bank.read_heads, bank.width)}
        frame += [(bank.name, n, "log", axes[: len(s)], s) for n, s in shapes.items()]
        keyframe += [
            (bank.name, n, "state", axes[: len(s)], s) for n, s in kinds.of(bank).keyframe_tensors(bank).items()
        ]
    layouts = FrameLayout.of(frame), FrameLayout.of(keyframe)
    made = {"id": ident, "label": ident.upper(), "paradigm": ident, "glyph": "dnc", "task": "copy", "config": {}}
    made |= {"banks": [bank.to_json() for bank in banks], "parameters": 1, "device": "cpu", "dtype": "float32"}
    made |= {"versions": {}, "frame": layouts[0].to_json(), "keyframe": layouts[1].to_json()}
    return made, *layouts


def manifest_of(models: list[dict[str, Any]], *, steps: int = 0) -> dict[str, Any]:
    return {
        "format": "mnemoscope-recording",
        "version": 1,
        "id": "test",
        "title": "A test",
        "created": "2026-11-21T00:00:00Z",
        "seed": 0,
        "status": "running",
        "steps": steps,
        "keyframe_every": 64,
        "task": {"name": "copy", "params": {}, "events": []},
        "signal": None,
        "models": models,
    }


class Made:
    """A random run of some models: manifest, frame bytes per stream, keyframes per stream and chunk, naive states."""

    def __init__(self, *, steps: int, models: tuple[str, ...] = tuple(MODELS), seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.steps = steps
        self.frames: list[bytes] = []
        self.keyframes: list[list[bytes]] = []
        self.logs: dict[tuple[str, str], dict[str, np.ndarray]] = {}
        self.states: dict[tuple[str, str], list[dict[str, np.ndarray]]] = {}
        entries = []
        for ident in models:
            made, frame, keyframe = entry(ident, MODELS[ident])
            arrays: dict[Any, np.ndarray] = {
                (None, "inputs"): rng.standard_normal((steps, 3)),
                (None, "outputs"): rng.standard_normal((steps, 1)),
            }
            saved: dict[Any, np.ndarray] = {}
            for bank in MODELS[ident]:
                log = {n: a.astype(np.float32).astype(np.float64) for n, a in random_log(rng, bank, steps).items()}
                state = random_state(rng, bank)
                state = {n: a.astype(np.float32).astype(np.float64) for n, a in state.items()}
                states = run(bank, log, state)
                self.logs[ident, bank.name], self.states[ident, bank.name] = log, states
                arrays |= {(bank.name, name): array for name, array in log.items() if (bank.name, name) in frame}
                for name in kinds.of(bank).keyframe_tensors(bank):
                    saved[bank.name, name] = np.stack([states[t][name] for t in range(0, steps, 64)])
            self.frames.append(pack(frame, arrays))
            count = -(-steps // 64)
            packed = pack(keyframe, saved) if saved else b""
            self.keyframes.append([packed[i * keyframe.bytes : (i + 1) * keyframe.bytes] for i in range(count)])
            entries.append(made)
        self.manifest = manifest_of(entries, steps=steps)

    def write(self, writer: RecordingWriter, start: int, stop: int) -> None:
        """Hand steps start … stop − 1 of all models to a writer."""
        for stream, model in enumerate(self.manifest["models"]):
            size = model["frame"]["bytes"]
            for first in range(start - start % 64, stop, 64):
                begin, end = max(first, start), min(first + 64, stop)
                if begin == first and model["keyframe"]["bytes"]:
                    writer.keyframe(stream, first, self.keyframes[stream][first // 64])
                writer.frames(stream, begin, self.frames[stream][begin * size : end * size])

    def save(self, path: Path) -> Path:
        """A finished file."""
        with RecordingWriter(path, self.manifest) as writer:
            self.write(writer, 0, self.steps)
            writer.finish("ended")
        return path
