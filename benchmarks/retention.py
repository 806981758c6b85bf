"""How long it takes to measure how long a signal is remembered: four models, three views, each in a process of its own.

Beside every time stands that of the processor: on a crowded machine the one that says something.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.table import Row

MODELS = ("lstm", "transformer", "ntm", "dnc")
DELAYS = (10, 20, 40, 60, 80, 100, 120, 150, 200, 250, 300, 400)
ECG = Path(__file__).parents[1] / "tests" / "data" / "ecg_mitbih_100" / "100_60s_36hz.csv"
STEPS = 1000


def rows() -> Iterator[Row]:
    """Seconds of every view, to the first point, and the most memory that its process took."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run.mnemo"
        _child("record", run)
        what = f"{len(MODELS)} models"
        found = _child("behaviour", run)
        yield Row(
            f"behaviour, {what} × {len(DELAYS)} delays × {found['n']} windows",
            found["seconds"],
            "s",
            *cpu(found),
            budget=10,
        )
        yield Row("behaviour, first point", found["first"], "s", budget=1)
        yield Row("behaviour with causes", found["with_causes"], "s")
        yield Row("behaviour, memory", found["mb"], "MB", budget=600)
        found = _child("content", run)
        yield Row(f"content, {what}, 128 lags", found["seconds"], "s", *cpu(found), budget=20)
        yield Row("content, memory", found["mb"], "MB", budget=600)
        found = _child("provenance", run)
        yield Row(f"provenance, {what}, T = {STEPS}", found["seconds"], "s", *cpu(found), budget=2)
        yield Row("provenance, memory", found["mb"], "MB", budget=600)


def cpu(found: dict[str, Any]) -> tuple[str, float]:
    return "processor", found["cpu"]


def _child(view: str, run: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.retention", view, str(run)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _measure(view: str, run: str) -> dict[str, Any]:
    import mnemoscope

    if view == "record":
        _one_thread()
        with warnings.catch_warnings(action="ignore"):
            mnemoscope.record(MODELS, "heartbeat", steps=STEPS, options={"rounds": 0}, out=run).close()
        return {}
    found: dict[str, Any] = {}
    busy = time.process_time()
    if view == "provenance":
        from mnemoscope.measuring.retention import ledger

        found["seconds"] = ledger.of_file(run).seconds
        found["cpu"] = time.process_time() - busy
    elif view == "content":
        _one_thread()
        found["seconds"] = mnemoscope.retention(MODELS, view="content").seconds
        found["cpu"] = time.process_time() - busy
    else:
        _one_thread()
        mnemoscope.retention("lstm", "sines", delays=[1], windows=1, references=False)  # imports and first calls
        busy, began, at = time.process_time(), time.perf_counter(), []
        kept = mnemoscope.retention(
            MODELS, ECG, delays=DELAYS, causes=False, progress=lambda row: at.append(time.perf_counter() - began)
        )
        found["cpu"] = time.process_time() - busy
        found |= {"seconds": kept.seconds, "first": at[0], "n": max(row.n for row in kept.rows)}
        found["with_causes"] = mnemoscope.retention(MODELS, ECG, delays=DELAYS).seconds
    return found | {"mb": _peak()}


def _peak() -> float:
    """Megabytes that this process took at most. On Linux ru_maxrss would begin with what the process that started it held."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)  # as the command does


if __name__ == "__main__":
    print(json.dumps(_measure(*sys.argv[1:])))
