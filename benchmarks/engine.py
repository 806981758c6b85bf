"""Recorded steps as the engine runs them, beside torch running the same step and beside public peers, all interleaved."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from benchmarks.steps import PEERS, STEPS, best_of, peer_runs, stepper_of
from benchmarks.table import Row
from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.engine import cache
from mnemoscope.models import registry
from mnemoscope.running import record

TIMES = {"dnc": 10.0, "ntm": 10.0, "lstm": 1.0, "transformer": 10.0}
"""How many times faster than its peer a recorded step must be."""
LONG_RUN = 4096
FIRST_USE, FROM_CACHE = 500.0, 20.0
"""Milliseconds, budgets."""


def _run(stepper: record.Stepper, at_a_time: int = STEPS) -> Callable[[], None]:
    def run() -> None:
        stepper.reset()
        for _ in range(STEPS // at_a_time):
            stepper.advance(at_a_time)

    return run


def _opening(name: str) -> float:
    """Milliseconds until a model is ready to run, CPU time of this process."""
    begun = time.process_time()
    stepper_of(name, "auto")
    return (time.process_time() - begun) * 1e3


def _apart(name: str) -> float:
    """The largest difference of a frame from torch's, by the largest number of it, over a run."""
    frames = []
    for engine in ("auto", "torch"):
        packets = stepper_of(name, engine).advance(STEPS)
        frames.append(np.frombuffer(b"".join(p.payload for p in packets if p.kind == "frames"), "<f4"))
    return float(np.abs(frames[0] - frames[1]).max() / max(1.0, np.abs(frames[1]).max()))


def _into_a_file(name: str) -> Iterator[Row]:
    """A shipped checkpoint recorded over a long signal, with everything; processor time."""
    loaded = store.load(name)
    wave = np.sin(np.arange(LONG_RUN) / 7) + 0.3 * np.sin(np.arange(LONG_RUN) / 2.3)
    episode = tasks.get(loaded.task).episode(wave)
    took: dict[str, list[float]] = {"auto": [], "torch": []}
    before = os.environ.get("MNEMOSCOPE_STEP_ENGINE")
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(3):
            for engine, times in took.items():
                os.environ["MNEMOSCOPE_STEP_ENGINE"] = engine
                begun = time.process_time()
                record.record_file(Path(folder) / f"{engine}.mnemo", episode, [loaded])
                times.append((time.process_time() - begun) / episode.steps * 1e3)
    os.environ.pop("MNEMOSCOPE_STEP_ENGINE")
    if before is not None:
        os.environ["MNEMOSCOPE_STEP_ENGINE"] = before
    fast, plain = (statistics.median(took[engine]) for engine in ("auto", "torch"))
    yield Row(f"{name} into a file, a step", fast, "ms", "torch", plain)
    yield Row(f"{name} into a file, beside torch", plain / fast, "x", budget=3, at_least=True)


def rows() -> Iterator[Row]:
    """Step times, what they are beside, what a first use costs."""
    torch.set_num_threads(1)
    print(f"  load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MNEMOSCOPE_CACHE"] = folder
        for name in ("lstm", "dnc", "transformer"):
            yield Row(f"{name}, first use of the model (CPU time)", _opening(name), "ms", budget=FIRST_USE)
            cache.forget()
            yield Row(f"{name}, from the cache (CPU time)", _opening(name), "ms", budget=FROM_CACHE)
        del os.environ["MNEMOSCOPE_CACHE"]
    runs = peer_runs()
    for name in registry.names():
        fast = stepper_of(name, "auto")
        if fast.engine == "torch":
            if name in TIMES:
                runs[f"{name} engine"] = _run(fast)
            continue
        runs |= {f"{name} engine": _run(fast), f"{name} torch": _run(stepper_of(name, "torch"))}
    runs["dnc one by one"] = _run(stepper_of("dnc", "auto"), 1)
    best = best_of(runs)
    for name in registry.names():
        if f"{name} torch" in best:
            yield Row(f"{name}, recorded step", best[f"{name} engine"], "ms", "torch", best[f"{name} torch"])
            yield Row(f"{name}, furthest from torch", _apart(name), "", budget=1e-3)
    for name, times in TIMES.items():
        label, peer = PEERS.get(name, PEERS["dnc"])
        yield Row(f"{name}, beside {label}", best[peer] / best[f"{name} engine"], "x", budget=times, at_least=True)
    one = best["public"] / best["dnc one by one"]
    yield Row("dnc one step a call, beside dnc from PyPI", one, "x", budget=5, at_least=True)
    yield from _into_a_file("dnc-signal-recall")
