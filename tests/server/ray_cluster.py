"""A real Ray on this machine, in processes of its own."""

import contextlib
import importlib.util
import os
import shutil
import signal
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


class Node:
    """A node that is no head: its raylet, and all that it has started."""

    def __init__(self, process):
        self.process = process

    def processes(self):
        """Ids of all its processes."""
        parents = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def tell(self, what):
        """Send a signal to all of them."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)

    def close(self):
        """As if the machine had no current any more: nothing of it does anything from one moment on."""
        if self.process.poll() is None:
            self.tell(signal.SIGSTOP)  # or a parent would see its children die, and say so
            self.tell(signal.SIGKILL)
            self.process.wait()


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
        self.process = self._started(command, "log")
        self.nodes = []

    def _started(self, command, log):
        """The process of a node, once that has joined."""
        said = Path(self.folder) / log
        with said.open("w") as out:
            process = subprocess.Popen(command, env=self.environment, stdout=out, stderr=out, start_new_session=True)
        deadline = time.monotonic() + 90
        while "Ray runtime started" not in said.read_text():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.1)
        return process

    def node(self, *, cpus):
        """One more node, as another machine would be. Web processes that are there already do not depend on it."""
        command = [
            sys.executable, "-m", "ray.scripts.scripts", "start", f"--address={self.address}", "--block", "--node-ip-address=127.0.0.1", f"--num-cpus={cpus}",
            "--num-gpus=0", "--object-store-memory=100000000", "--disable-usage-stats",
        ]  # fmt: skip
        self.nodes.append(Node(self._started(command, f"log-{len(self.nodes)}")))
        return self.nodes[-1]

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
        for node in self.nodes:
            node.close()
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        for pid in self.engines():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
