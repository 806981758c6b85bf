"""`make bench` runs every part; `make bench ARGS="steps"` one of them.

Ratios travel between machines, milliseconds do not: quote the ratio.
"""

import argparse
import platform
from collections.abc import Callable, Iterator

from benchmarks import (
    browser,
    engine,
    engines,
    fan_out,
    fork,
    gpu,
    long_runs,
    reading,
    retention,
    sessions,
    size,
    start,
    steps,
)
from benchmarks.table import Row, show

PARTS: dict[str, tuple[str, Callable[[], Iterator[Row]]]] = {
    "steps": ("one step of one sequence by torch, recorded, one thread (N=128 W=20 R=1 H=100)", steps.rows),
    "engine": ("the same steps by the engine, one thread", engine.rows),
    "gpu": ("a recorded step of one run among several of its model, as a batch", gpu.rows),
    "retention": ("how long a signal is remembered, one thread", retention.rows),
    "reading": ("files of 40 MB read, and the first look at one of 1 GB", reading.rows),
    "size": ("bytes of a DNC step on the wire (N=128 W=64 R=4)", size.rows),
    "start": ("from process start to answers over HTTP", start.rows),
    "fan-out": (
        "one run watched by 200, two of its models at 30 steps/s; server and watchers on a processor each",
        fan_out.rows,
    ),
    "sessions": ("64 runs at once at 30 steps/s", sessions.rows),
    "engines": ("one run at 30 steps/s with its engine beside the server, and on Ray", engines.rows),
    "browser": ("the page in headless Chromium, T=1000, four lanes", browser.rows),
    "fork": ("a fork in headless Chromium, 200 steps of a DNC (N=64 W=16) with a slot erased", fork.rows),
    "long": ("long runs on the command line and in headless Chromium, and what the page weighs", long_runs.rows),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts to run (default: all)")
    wanted = parser.parse_args().parts or list(PARTS)
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    for part in wanted:
        title, rows = PARTS[part]
        show(title, rows())


main()
