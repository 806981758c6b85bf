"""A real Ray on this machine, in processes of its own."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class RayCluster:
    """A head node with two cores. Its workers inherit this environment."""

    def __init__(self, *, cpus=2, environment=None):
        if importlib.util.find_spec("ray") is None:
            pytest.skip("Ray is not installed: pip install -e .[dev]")
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="r", dir="/tmp")  # its sockets allow of short paths only
        self.environment = os.environ | {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0"} | (environment or {})
        command = [
            sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", f"--port={self.port}", "--node-ip-address=127.0.0.1", f"--num-cpus={cpus}",
            "--num-gpus=0", "--include-dashboard=false", f"--temp-dir={self.folder}", "--object-store-memory=100000000",
            "--disable-usage-stats",
        ]  # fmt: skip
        self.log = open(Path(self.folder) / "log", "w")  # noqa: SIM115 (closed by close)
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        deadline = time.monotonic() + 90
        while "Ray runtime started" not in Path(self.log.name).read_text():
            assert self.process.poll() is None, Path(self.log.name).read_text()
            assert time.monotonic() < deadline, Path(self.log.name).read_text()
            time.sleep(0.1)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def engines(self):
        """Process ids of the engines' actors, and of the workers below each."""
        found = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if self.folder.encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def close(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        for pid in self.engines():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
