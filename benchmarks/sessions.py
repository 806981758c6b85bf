"""Sixty-four runs at once at 30 steps a second, each of a model of its own: how evenly they go on, and what they take.

What the workers take is all that they do: stepping, recording, reporting, waking. Stepping alone is measured in this process.
"""

import json
import os
import time
import urllib.request
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.fan_out import SPEED, seconds_of
from benchmarks.serving import server
from benchmarks.tab import below
from benchmarks.table import Row
from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.running.stepper import Stepper

RUNS, SECONDS, SETTLING = 64, 20.0, 5.0
STEPS = 4000
EVEN, CORE = 0.8, 0.2
"""Budgets: the slowest run beside the mean, and processors for stepping DNCs; the workers have to do all else within that too."""
ROUNDS = 15
MIXED = ("lstm", "gru", "transformer", "ntm", "dnc", "deltanet")


def rows() -> Iterator[Row]:
    """Of DNCs alone, and of models of all kinds."""
    for what, models in (("DNCs", ("dnc",)), ("models of six kinds", MIXED)):
        rates, workers, web = _measured(models)
        mean = sum(rates) / len(rates)
        yield Row(f"{RUNS} {what}: mean of {SPEED:g} steps/s wanted", mean, "/s")
        yield Row(f"{RUNS} {what}: slowest beside the mean", min(rates) / mean, "x", budget=EVEN, at_least=True)
        budget = CORE if models == ("dnc",) else None
        yield Row(f"{RUNS} {what}: stepping alone, of one processor", _stepping(models), "", budget=budget)
        yield Row(f"{RUNS} {what}: workers all in all, of one processor", workers, "", budget=budget)
        yield Row(f"{RUNS} {what}: web process, of one processor", web, "")


def _measured(models: tuple[str, ...]) -> tuple[list[float], float, float]:
    """Steps a second of every run, and processors taken by workers and by the web process."""
    room = {"MNEMOSCOPE_SESSIONS": str(RUNS), "MNEMOSCOPE_SESSIONS_PER_CLIENT": str(RUNS)}
    os.environ |= room
    try:
        with server() as served:
            runs = [_begin(served.address, models[k % len(models)]) for k in range(RUNS)]
            time.sleep(SETTLING)
            begun, steps, taken = time.monotonic(), _steps(served.address, runs), _taken(served.process)
            time.sleep(SECONDS)
            ended, now, after = time.monotonic(), _steps(served.address, runs), _taken(served.process)
    finally:
        for name in room:
            os.environ.pop(name)
    seconds = ended - begun
    spent = {process: after[process] - taken.get(process, 0.0) for process in after}
    web = spent.pop(served.process)
    return [(now[run] - steps[run]) / seconds for run in runs], sum(spent.values()) / seconds, web / seconds


def _stepping(models: tuple[str, ...]) -> float:
    """Processors for the steps alone, one call a step as in a worker, of all runs in turn: the best of some seconds of them."""
    torch.set_num_threads(1)
    task = tasks.get("signal-recall")
    steppers = [
        Stepper(store.load(f"{models[k % len(models)]}-{task.name}"), task.episode(np.sin(np.arange(STEPS) / (7 + k))))
        for k in range(RUNS)
    ]
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.thread_time()
        for _ in range(int(SPEED)):
            for stepper in steppers:
                stepper.advance(1)
        best = min(best, time.thread_time() - begun)
    return best


def _begin(address: str, model: str) -> str:
    body = {
        "signal": {"kind": "generated", "generator": "sines", "seed": 1, "steps": STEPS},
        "task": "signal-recall",
        "models": [model],
        "speed": SPEED,
    }
    request = urllib.request.Request(
        f"{address}/api/sessions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["id"]


def _steps(address: str, runs: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for run in runs:
        with urllib.request.urlopen(f"{address}/api/recordings/{run}") as answer:
            found[run] = json.load(answer)["steps"]
    return found


def _taken(process: int) -> dict[int, float]:
    """Processor time so far of a process and of all that it started (Linux)."""
    return {one: seconds_of(one) for one in (process, *below(process))}
