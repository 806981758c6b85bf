"""Recorded steps of every model as torch runs them beside public peers, interleaved so that a drifting machine hits both alike."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import dnc as public_dnc
import torch
from torch import nn
from transformers import GPT2Config, GPT2Model

from benchmarks.table import Row
from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.models import registry
from mnemoscope.running import record
from mnemoscope.running.recorded_step import EngineName

STEPS, REPEATS = 64, 25
SIZES: dict[str, dict[str, Any]] = {
    "rnn": {"hidden": 100},
    "gru": {"hidden": 100},
    "lstm": {"hidden": 100},
    "transformer": {"width": 64, "layers": 2, "heads": 4},
    "encoder-decoder": {"width": 64, "layers": 2, "heads": 4, "cue": 8},
    "sdnc-encoder-decoder": {"width": 64, "layers": 2, "heads": 4, "cue": 8},
    "universal-transformer": {"width": 64, "depth": 4, "heads": 4},
    "ntm": {"slots": 128, "width": 20, "read_heads": 1, "controller": 100},
    "dnc": {"slots": 128, "width": 20, "read_heads": 1, "controller": 100},
}
"""Sizes of those that have a peer, or that need one said; every other registered paradigm runs at its defaults."""
BUDGETS = {"dnc": 0.35, "ntm": 0.25}


def best_of(runs: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Milliseconds of processor time a step, the best of REPEATS rounds in which every run takes its turn.

    Every run has one thread. By the clock a crowded machine interrupts long runs more often than short ones.
    """
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(REPEATS):
        for name, run in runs.items():
            begun = time.thread_time()
            run()
            best[name] = min(best[name], (time.thread_time() - begun) / STEPS * 1e3)
    return best


def stepper_of(name: str, engine: EngineName) -> record.Stepper:
    """A model at the sizes above on a copy episode."""
    torch.manual_seed(0)
    model = registry.build(name, {"inputs": 9, "outputs": 8, **SIZES.get(name, {})}).eval().requires_grad_(False)
    loaded = LoadedModel(name, name, name, name, "copy", model, {}, "")
    return record.Stepper(loaded, tasks.get("copy").episode(length=32), engine=engine)


def recorded(name: str) -> tuple[Callable[[], None], Callable[[], None]]:
    """(recorded run, the same steps without recording) of a model, by torch."""
    stepper = stepper_of(name, "torch")
    model, episode = stepper.model, stepper.episode
    inputs = torch.from_numpy(episode.inputs)

    def with_recording() -> None:
        stepper.reset()
        stepper.advance(STEPS)

    @torch.inference_mode()
    def without() -> None:
        state = model.initial_state(1)
        for t in range(STEPS):
            state = model.step(inputs[t : t + 1], state).state

    return with_recording, without


@torch.inference_mode()
def public_dnc_run() -> Callable[[], None]:
    """The PyPI package, one step a call: its calls over a whole sequence do not feed the reads back."""
    model = public_dnc.DNC(
        input_size=9, hidden_size=100, num_layers=1, num_hidden_layers=1, nr_cells=128, cell_size=20, read_heads=1
    ).eval()
    x = torch.zeros(1, 1, 9)

    @torch.inference_mode()
    def run() -> None:
        state = (None, None, None)
        for t in range(STEPS):
            _, state = model(x, state, reset_experience=t == 0, pass_through_memory=True)

    return run


def cell_run(cell: nn.RNNCellBase) -> Callable[[], None]:
    """The floor: torch's own fused cell, which shows no gates."""
    x = torch.zeros(1, 9)

    @torch.inference_mode()
    def run() -> None:
        state: Any = torch.zeros(1, 100)
        state = (state, state) if isinstance(cell, nn.LSTMCell) else state
        for _ in range(STEPS):
            state = cell(x, state)

    return run


def gpt2_run() -> Callable[[], None]:
    """Hugging Face GPT-2 of the same width and depth, with a cache, attention weights and hidden states asked for."""
    sizes: dict[str, Any] = {"vocab_size": 16, "n_positions": 128, "n_embd": 64, "n_layer": 2, "n_head": 4}
    plain: dict[str, Any] = {"bos_token_id": None, "eos_token_id": None, "attn_implementation": "eager"}
    settings = GPT2Config(**sizes, **plain, use_cache=True)
    model, token = GPT2Model(settings).eval(), torch.zeros(1, 1, dtype=torch.long)

    @torch.inference_mode()
    def run() -> None:
        cache = None
        for _ in range(STEPS):
            out = model(token, past_key_values=cache, output_attentions=True, output_hidden_states=True)
            cache = out.past_key_values

    return run


PEERS = {"dnc": ("dnc 1.1.0 from PyPI", "public"), "transformer": ("Hugging Face GPT-2", "gpt2")}
PEERS |= {name: (f"torch.nn.{name.upper()}Cell", f"{name.upper()}Cell") for name in ("rnn", "gru", "lstm")}
"""paradigm -> (what its peer is called, its run)."""


def peer_runs() -> dict[str, Callable[[], None]]:
    """A run of every peer, STEPS steps each."""
    cells = {kind.__name__: cell_run(kind(9, 100)) for kind in (nn.RNNCell, nn.GRUCell, nn.LSTMCell)}
    return {"public": public_dnc_run(), "gpt2": gpt2_run(), **cells}


def rows() -> Iterator[Row]:
    """Step times, their peers, and what recording costs."""
    torch.set_num_threads(1)
    ours = {name: recorded(name) for name in registry.names()}
    costs = {}
    for name, (recording, bare) in ours.items():
        # In pairs, and before the peers run: among other runs the first of the two warms the caches for the second, and a
        # heap that others have left in pieces costs the one that keeps its tensors more.
        pair = best_of({"recording": recording, "bare": bare})
        costs[name] = (pair["recording"] / pair["bare"] - 1) * 100
    runs = peer_runs() | {name: recording for name, (recording, _) in ours.items()}
    best = best_of(runs)
    for name in ours:
        label, peer = PEERS.get(name, ("", ""))
        yield Row(f"{name}, recorded step", best[name], "ms", label, best.get(peer), BUDGETS.get(name))
    for name, cost in costs.items():
        yield Row(f"{name}, cost of recording", cost, "%", budget=10)
    yield Row("dnc, steps/s beside the PyPI package", best["public"] / best["dnc"], "x")
