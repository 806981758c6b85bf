"""One step of an NTM and of a DNC with every option, from the papers, in NumPy loops: the second opinion of the tests.

Only parameters are taken from a model, by name; states and results are plain arrays of one sequence (no batch). Gates of an
LSTM layer are in torch's order i, f, g, o.
"""

from typing import Any

import numpy as np

from mnemoscope.models.dnc.dnc import DNC
from mnemoscope.models.ntm.ntm import NTM

Arrays = dict[str, np.ndarray]


def sigmoid(v: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-v))


def softplus(v: np.ndarray) -> np.ndarray:
    return np.log1p(np.exp(v))


def softmax(v: np.ndarray) -> np.ndarray:
    return np.exp(v - v.max()) / np.exp(v - v.max()).sum()


def one_of(state: Any, row: int = 0) -> Arrays:
    """The arrays of one sequence of a batch, by field."""
    return {name: value[row].detach().numpy() for name, value in state._asdict().items()}


def parameters(model: NTM | DNC) -> Arrays:
    return {name: value.detach().numpy() for name, value in model.state_dict().items()}


def controller(p: Arrays, config: Any, x: np.ndarray, hidden: np.ndarray, cell: np.ndarray) -> tuple[np.ndarray, ...]:
    """Features [h^1 … h^L], next hidden and cell; layer l sees [x; h^{l−1}] and its own h^l of the step before."""
    size, layers = config.controller, config.controller_layers
    outputs: list[np.ndarray] = []
    cells: list[np.ndarray] = []
    for layer in range(layers):
        seen = np.concatenate([x, *outputs[-1:]])
        if config.controller_kind == "feedforward":
            outputs.append(np.tanh(p[f"controller.{layer}.weight"] @ seen + p[f"controller.{layer}.bias"]))
            continue
        name = "controller" if layers == 1 else f"controller.{layer}"
        own = slice(layer * size, (layer + 1) * size)
        raw = p[f"{name}.weight_ih"] @ seen + p[f"{name}.bias_ih"] + p[f"{name}.weight_hh"] @ hidden[own]
        i, f, g, o = np.split(raw + p[f"{name}.bias_hh"], 4)
        cells.append(sigmoid(f) * cell[own] + sigmoid(i) * np.tanh(g))
        outputs.append(sigmoid(o) * np.tanh(cells[-1]))
    features = np.concatenate(outputs)
    return (features, features, np.concatenate(cells)) if cells else (features, hidden, cell)


def look_up(memory: np.ndarray, key: np.ndarray, strength: float, mask: np.ndarray) -> np.ndarray:
    """softmax_i(β cos(k ⊙ m, M_i ⊙ m)), norms √(Σ² + 1e-6), slot by slot."""
    scores = []
    for row in memory:
        a, b = key * mask, row * mask
        scores.append(strength * float(a @ b) / np.sqrt((a @ a + 1e-6) * (b @ b + 1e-6)))
    return softmax(np.array(scores))


def sharpened_link(d: np.ndarray, s: float) -> np.ndarray:
    """Csordas & Schmidhuber 2019, as written: ((d + ε) / max(d + ε))^s, normalised."""
    raised = ((d + 1e-6) / (d + 1e-6).max()) ** s
    return raised / raised.sum()


def dnc_step(model: DNC, x: np.ndarray, before: Arrays) -> Arrays:
    """The next state (and `output`) of one sequence."""
    c, p = model.config, parameters(model)
    n, w, r = c.slots, c.width, c.read_heads
    chi = np.concatenate([x, before["read_vectors"].ravel()])
    features, hidden, cell = controller(p, c, chi, before["hidden"], before["cell"])
    raw = p["interface.weight"] @ features + p["interface.bias"]
    cuts = np.cumsum([r * w, r, w, 1, w, w, r, 1, 1, 3 * r, (r + 1) * w * c.masking])
    keys, betas, key, beta, erase, vector, free, g_a, g_w, modes, masks, sharpness = np.split(raw, cuts)
    masks = c.mask_min + (1 - c.mask_min) * sigmoid(masks) if c.masking else np.ones((r + 1) * w)
    masks = masks.reshape(r + 1, w)  # the write head's last

    psi = np.ones(n)
    for i in range(r):
        psi = psi * (1 - sigmoid(free[i]) * before["read_weights"][i])
    written = before["write_weights"][0]
    usage = (before["usage"] + written - before["usage"] * written) * psi
    floored, allocation, product = 1e-6 + (1 - 1e-6) * usage, np.zeros(n), 1.0
    for slot in np.argsort(np.round(usage * 4096), kind="stable"):
        allocation[slot] = (1 - floored[slot]) * product
        product *= floored[slot]
    content = look_up(before["memory"], key, 1 + softplus(beta)[0], masks[r])
    write = sigmoid(g_w) * (sigmoid(g_a) * allocation + (1 - sigmoid(g_a)) * content)
    memory = np.empty((n, w))
    for i in range(n):
        for k in range(w):
            kept = before["memory"][i, k] * (psi[i] if c.deallocation else 1.0)
            memory[i, k] = kept * (1 - write[i] * sigmoid(erase[k])) + write[i] * vector[k]
    links = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                links[i, j] = (1 - write[i] - write[j]) * before["links"][i, j] + write[i] * before["precedence"][j]
    reads, read_weights = np.empty((r, w)), np.empty((r, n))
    for i in range(r):
        pi = softmax(modes.reshape(r, 3)[i])
        backward, forward = links.T @ before["read_weights"][i], links @ before["read_weights"][i]
        if c.sharpening:
            back, forth = 1 + softplus(sharpness.reshape(r, 2)[i])
            backward, forward = sharpened_link(backward, back), sharpened_link(forward, forth)
        found = look_up(memory, keys.reshape(r, w)[i], 1 + softplus(betas[i]), masks[i])
        read_weights[i] = pi[0] * backward + pi[1] * found + pi[2] * forward
        reads[i] = memory.T @ read_weights[i]
    output = p["controller_output.weight"] @ features + p["controller_output.bias"]
    return {
        "memory": memory,
        "usage": usage,
        "links": links,
        "precedence": (1 - write.sum()) * before["precedence"] + write,
        "write_weights": write[None],
        "read_weights": read_weights,
        "read_vectors": reads,
        "hidden": hidden,
        "cell": cell,
        "output": output + p["read_output.weight"] @ reads.ravel(),
    }


def ntm_step(model: NTM, x: np.ndarray, before: Arrays) -> Arrays:
    """The next state (and `output`) of one sequence."""
    c, p = model.config, parameters(model)
    heads, n, w = c.write_heads + c.read_heads, c.slots, c.width
    chi = np.concatenate([x, before["read_vectors"].ravel()])
    features, hidden, cell = controller(p, c, chi, before["hidden"], before["cell"])
    raw = p["interface.weight"] @ features + p["interface.bias"]
    cuts = np.cumsum([heads, heads, heads, c.write_heads * w, heads * w, heads * c.shifts])
    betas, gammas, gates, erase, keys, shifts, add = np.split(raw, cuts)

    def address(memory: np.ndarray, h: int, previous: np.ndarray) -> np.ndarray:
        content = look_up(memory, np.tanh(keys.reshape(heads, w)[h]), softplus(betas[h]), np.ones(w))
        gated = sigmoid(gates[h]) * content + (1 - sigmoid(gates[h])) * previous
        s, half = softmax(shifts.reshape(heads, c.shifts)[h]), c.shifts // 2
        shifted = np.zeros(n)
        for i in range(n):
            for offset in range(-half, half + 1):
                shifted[i] += gated[(i - offset) % n] * s[offset + half]
        raised = shifted ** (1 + softplus(gammas[h]))
        return raised / raised.sum()

    memory = before["memory"].copy()
    writes = [address(memory, h, before["write_weights"][h]) for h in range(c.write_heads)]
    for h, weights in enumerate(writes):
        memory = memory * (1 - np.outer(weights, sigmoid(erase.reshape(-1, w)[h])))
    for h, weights in enumerate(writes):
        memory = memory + np.outer(weights, add.reshape(-1, w)[h])
    reads = [address(memory, c.write_heads + h, before["read_weights"][h]) for h in range(c.read_heads)]
    vectors = np.array(reads) @ memory
    output = p["controller_output.weight"] @ features + p["controller_output.bias"]
    return {
        "memory": memory,
        "write_weights": np.array(writes),
        "read_weights": np.array(reads),
        "read_vectors": vectors,
        "hidden": hidden,
        "cell": cell,
        "output": output + p["read_output.weight"] @ vectors.ravel(),
    }
