"""What reading a file takes: memory and seconds of the process that reads 40 MB of several kinds, and the first look at 1 GB of text."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.serving import server
from benchmarks.table import Row

MEMORY, SECONDS = 350.0, 6.0
LOOK_SECONDS, LOOK_MEMORY = 2.0, 500.0
LONG = 1 << 30
LIMIT = "MNEMOSCOPE_UPLOAD_BYTES"


def _text(path: Path) -> None:
    path.write_text("a,b\n" + "1,2\n" * 10_000_000)


def _dates(path: Path) -> None:
    stamps = np.datetime_as_string(np.datetime64("2020-01-01", "s") + np.arange(1_400_000)).tolist()
    path.write_text("time,v\n" + "".join(f"{stamp},{50 + i % 77 / 7:.5f}\n" for i, stamp in enumerate(stamps)))


def _array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.random.default_rng(0).normal(size=10_000_000).astype(np.float32))


def _records(path: Path) -> None:
    path.write_text(json.dumps([{"t": i / 100, "v": i % 77 / 7} for i in range(1_050_000)]))


def _parquet(path: Path) -> None:
    from arro3 import io
    from arro3.core import Array, DataType, Table

    count = 2_400_000
    moments = Array.from_numpy(1_577_836_800_000 + 10 * np.arange(count)).cast(DataType.timestamp("ms"))
    numbers = Array.from_numpy(np.random.default_rng(0).normal(size=count))
    with path.open("wb") as file:
        io.write_parquet(Table.from_pydict({"t": moments, "x": numbers}), file)


KINDS: dict[str, Callable[[Path], None]] = {
    "text, two columns": _text, "text, dates": _dates, "NPY": _array, "JSON records": _records, "Parquet, dates": _parquet,
}  # fmt: skip


def rows() -> Iterator[Row]:
    """Peak memory and computing time of the process that reads; then the first look of a page that sends 1 GB."""
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as name:
            source, out = Path(name) / "source", Path(name) / "out"
            source.mkdir()
            out.mkdir()
            # in a process of its own: what a process holds when it starts another counts as the peak of that one
            subprocess.run([sys.executable, "-m", "benchmarks.reading", kind, str(source / "file")], check=True)
            peak, seconds = _read(source, out)
            size = (source / "file").stat().st_size / 1e6
            yield Row(f"{kind}, {size:.0f} MB: memory", peak, "MB", budget=MEMORY)
            yield Row(f"{kind}, {size:.0f} MB: computing time", seconds, "s", budget=SECONDS)
    yield from _first_look()


def _read(source: Path, out: Path) -> tuple[float, float]:
    options = json.dumps({"memory": 3 << 30, "import": {}})
    module = "mnemoscope_server.storage.parse_child"
    command = [sys.executable, "-P", "-m", module, str(source), str(out), options]
    # below a small process: until it runs another program, a child counts what its parent holds as its own peak
    ended = subprocess.run([sys.executable, "-c", _WATCH, *command], capture_output=True, text=True, check=True)
    if not (out / "report.json").is_file():
        raise RuntimeError(f"the file was not read: {ended.stderr[-500:]}")
    kilobytes, seconds = ended.stdout.split()[-2:]
    return float(kilobytes) / 1024, float(seconds)


_WATCH = """
import os, subprocess, sys
_, _, usage = os.wait4(subprocess.Popen(sys.argv[1:]).pid, 0)
print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime)
"""


def _first_look() -> Iterator[Row]:
    from playwright.sync_api import sync_playwright

    from tests.ui.chromium import find
    from tests.ui.conftest import FLAGS

    block = "".join(f"{i / 100:.2f},{50 + i % 77 / 7:.5f}\n" for i in range(100_000))
    before = os.environ.get(LIMIT)
    os.environ[LIMIT] = str(2 * LONG)
    try:
        with tempfile.TemporaryDirectory() as name, server() as (address, _, _), sync_playwright() as playwright:
            path = Path(name) / "long.csv"
            with path.open("w") as file:
                file.write("t_s,v\n")
                while file.tell() < LONG:
                    file.write(block)
            browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
            page = browser.new_page()
            page.goto(f"{address}/new#file")
            chooser = page.get_by_label("File with a signal")
            chooser.wait_for(state="attached")
            used = _resident()
            begun = time.perf_counter()
            chooser.set_input_files(path)
            page.get_by_role("region", name="First lines of the file").wait_for(timeout=60_000)
            yield Row("1 GB of text: first look", time.perf_counter() - begun, "s", budget=LOOK_SECONDS)
            yield Row("1 GB of text: memory it takes meanwhile", _resident() - used, "MB", budget=LOOK_MEMORY)
            browser.close()
    finally:
        if before is None:
            del os.environ[LIMIT]
        else:
            os.environ[LIMIT] = before


def _resident() -> float:
    """MB that this process and all that it started hold for themselves."""
    parents = dict[int, int]()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
    own = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
    total = 0
    for pid in own:
        try:
            smaps = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in smaps.splitlines() if line.startswith("Private_"))
    return total / 1024


if __name__ == "__main__":
    KINDS[sys.argv[1]](Path(sys.argv[2]))
