"""The results that ship: every checkpoint of signal-recall, with all its seeds, on held-out mixtures, measured once and read by
every server.

    python -m mnemoscope.running.standing           measures and writes the file (a few minutes on one core)
    python -m mnemoscope.running.standing --draw    draws its figures again from the rows it has

The file says when it was measured, on how many windows, by which command and from which weights; a test holds the weights
against those that ship. Reading it takes no torch.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.names import of_task, with_seeds
from mnemoscope.measuring.retention.rows import LEVELS

NAME = "standing"
TASK = "signal-recall"
FILE = Path(__file__).with_name("standing.json")
DELAYS = (10, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 300, 400)
WINDOWS = 48
SIGNAL = "mixtures"
COMMAND = "python -m mnemoscope.running.standing"


@cache
def standing() -> dict[str, Any]:
    """The measurement that ships, with the fields that a server answers."""
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def horizons() -> dict[str, str]:
    """Delay up to which each checkpoint replays with an error of at most 0.5, the mean of its seeds, by its name: "150 – 200",
    "> 400", "not at 10".
    """
    return {
        row["checkpoint"].split(",")[0]: row["text"]
        for row in standing()["horizons"]
        if row["view"] == "behaviour" and row["level"] == LEVELS[-1] and row["checkpoint"] is not None
    }


def weights() -> dict[str, str]:
    """sha256 of the weights of every checkpoint that is measured, by its name."""
    return {
        name: hashlib.sha256((store.find(name) / store.WEIGHTS).read_bytes()).hexdigest()
        for name in with_seeds(of_task(TASK))
    }


def draw() -> None:
    """Draw the figures of the file again: after a change of how they look."""
    from mnemoscope.measuring.retention import looks

    found = dict(standing())
    models = [
        model | {"label": looks.label(model["id"]), "glyph": looks.glyph(model["id"]) or ""}
        for model in found["models"]
    ]
    _write(found | {"models": models})


def measure() -> None:
    """Measure, with progress, and write the file."""
    import time

    import torch
    from tqdm import tqdm

    from mnemoscope.running import retention_stream

    torch.set_num_threads(1)
    began = time.perf_counter()
    names = list(weights())
    work = retention_stream.measured(names, signal=SIGNAL, delays=DELAYS, count=WINDOWS)
    with tqdm(total=len(DELAYS), desc="measuring", unit=" delays") as bar:
        while True:
            try:
                known = next(work)
            except StopIteration as end:
                found: dict[str, Any] = end.value
                break
            if known is not None:
                bar.update(len(known["measured"]) - bar.n)
    facts = {
        "id": NAME,
        "version": 0,
        "status": "ended",
        "reason": None,
        "signal": SIGNAL,
        "sample_rate": None,
        "segment": retention_stream.behaviour.SEGMENT,
        "planned": len(DELAYS),
        "shortest": min(DELAYS),
        "longest": max(DELAYS),
        "seconds": round(time.perf_counter() - began, 1),
        "seconds_left": 0.0,
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "command": COMMAND,
        "weights": weights(),
    }
    _write(facts | found)


def _write(found: dict[str, Any]) -> None:
    """Figures are drawn from the rows as the file has them, so that whoever draws them again gets the same."""
    from mnemoscope.running.retention_report import Report

    found = found | {"rows": [{key: _short(value) for key, value in row.items()} for row in found["rows"]]}
    found |= {"figures": Report.of(found).known(None)["figures"]}
    FILE.write_text(json.dumps(found, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {len(found['rows'])} rows, {FILE.stat().st_size >> 10} kB")


def _short(value: Any) -> Any:
    """Four digits that count are more than a band leaves."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


if __name__ == "__main__":
    draw() if "--draw" in sys.argv else measure()
