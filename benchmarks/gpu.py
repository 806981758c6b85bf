"""Steps of runs on a GPU: one by one as torch runs them, as one batch, and as one batch whose step is a captured graph.

`python -m benchmarks gpu` prints the table on a machine with CUDA. Elsewhere it prints the same batches on the CPU, without graphs, which
says that they run and not how fast a GPU is. The peer of a row is the same model stepped by torch, one run after the other, on that device.
"""

import time
from collections.abc import Iterator

import torch

from benchmarks.table import Row
from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.running.record import pick_device
from mnemoscope.running.seats import Seats
from mnemoscope.running.stepper import Stepper

MODELS = ("lstm", "ntm", "dnc", "deltanet")
RUNS = (1, 8, 64)
CHUNK = 64
ROUNDS = 3


def rows() -> Iterator[Row]:
    device = pick_device("auto")
    torch.set_num_threads(1)
    task = tasks.get("signal-recall")
    for name in MODELS:
        loaded = store.load(f"{name}-signal-recall", device=device)
        episode = task.episode(seed=1)
        alone = _microseconds([Stepper(loaded, episode, device=device, engine="torch")], device)
        for count in RUNS:
            for graphs in (False, True) if device == "cuda" else (False,):
                seats = Seats(loaded.model, task.outputs + 1, binary=task.binary, device=device, graphs=graphs)
                runs = [Stepper(loaded, episode, device=device, seats=seats) for _ in range(count)]
                how = "graph" if seats.captured else "eager"
                spent = _microseconds(runs, device)
                yield Row(f"{name}, {count} runs, {how}, on {device}", spent, "µs", "one by one", alone)


def _microseconds(runs: list[Stepper], device: str) -> float:
    """A recorded step of one run, with its copy to the host: the best of some chunks. On a CPU its own time, whatever else runs there."""
    clock, best = (time.perf_counter if device == "cuda" else time.process_time), float("inf")
    Stepper.advance_together([(run, CHUNK) for run in runs])  # warm up
    for _ in range(ROUNDS):
        for run in runs:
            run.reset()
        if device == "cuda":
            torch.cuda.synchronize()
        began = clock()
        Stepper.advance_together([(run, CHUNK) for run in runs])
        best = min(best, (clock() - began) / CHUNK / len(runs))
    return 1e6 * best
