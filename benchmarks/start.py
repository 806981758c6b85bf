"""From the start of the process to the first page, beside the same with torch imported first."""

import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.serving import server
from benchmarks.table import Row


def rows() -> Iterator[Row]:
    """The best of three starts: other work on the machine only ever makes one slower."""
    seconds = []
    for _ in range(3):
        with server() as (_, taken, _):
            seconds.append(taken)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    yield Row("process start to first page", min(seconds), "s", "import torch alone", time.perf_counter() - begun, 1.0)
