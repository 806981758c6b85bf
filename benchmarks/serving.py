"""A server of its own for a benchmark: the real one, on a free port, in an empty data folder."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Served(NamedTuple):
    """A server that answers."""

    address: str
    seconds: float
    """From process start until the first page was delivered."""
    process: int
    """Its id."""


@contextmanager
def server(*recordings: Path) -> Iterator[Served]:
    """A server that has these files as recordings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "recordings").mkdir()
        for file in recordings:
            file.rename(Path(folder) / "recordings" / file.name)
        command = [
            sys.executable,
            "-m",
            "mnemoscope",
            "serve",
            "--port",
            str(port),
            "--no-browser",
            "--data-dir",
            folder,
        ]
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while True:
                try:
                    with urllib.request.urlopen(f"{address}/", timeout=5) as answer:
                        answer.read()
                    break
                except OSError:
                    if process.poll() is not None or time.perf_counter() - begun > 60:
                        raise
                    time.sleep(0.01)
            yield Served(address, time.perf_counter() - begun, process.pid)
        finally:
            process.terminate()
            process.wait(20)
