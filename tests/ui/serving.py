"""The real server on a free port with a data folder of its own, and how Chromium is started to look at it."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ui.helpers import wait_until

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def serving(folder: Path, *switches: str) -> Iterator[str]:
    """The address of a server that runs as long as the block, without a slash at its end; switches: more of `serve`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "server.log"
    command = [sys.executable, "-m", "mnemoscope", "serve", "--port", str(port), "--no-browser", "--device", "cpu"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, *switches, "--data-dir", str(folder / "data")], stdout=out, stderr=out, cwd=folder
        )
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, f"the server ended: {log.read_text(errors='replace')[-2000:]}"
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    try:
        wait_until(answers, "the server to answer")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
