"""A server under steady work for minutes: the memory of the web process and of each worker must not grow.

Runs with two watchers, uploads, copies, pictures, deletions, over and over. Memory is what is resident (VmRSS of /proc, Linux),
once every few seconds; the first third is warming up. What is compared are medians, so that one large answer is no growth.
"""

import contextlib
import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx
from websockets.exceptions import WebSocketException

from tests.conftest import pytest_configure
from tests.server.conftest import Server
from tests.torture import traceback_in
from tests.torture.kills import until_ready

EVERY_SECONDS = 2.0
SLACK_MB = 12.0
"""Growth from the middle third to the last that a heap in pieces may show."""
KEPT = 20
"""Recordings there are at most."""
CSV = "t_s,v\n" + "".join(f"{t},{t % 17}.5\n" for t in range(2000))


def resident_mb(pid: int) -> float:
    """Memory of a process; 0 where it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def workers_of(pid: int) -> list[int]:
    """Processes below a server that run models, and not the readers of uploads, which come and go."""
    found: list[int] = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"parse_child" not in command and b"resource_tracker" not in command:
                found.append(int(child))
    return found


class Soak:
    """The work, and what was seen of it."""

    def __init__(self, server: Server, until: float) -> None:
        self.server, self.until = server, until
        self.rounds, self.failures = 0, list[str]()
        self.seen: dict[str, list[float]] = {}
        """MB by process."""

    def work(self) -> None:
        """Runs, uploads, copies, pictures and deletions until the time is over."""
        with httpx.Client(base_url=self.server.url, timeout=60) as http:
            while time.monotonic() < self.until:
                try:
                    self._one(http)
                    self.rounds += 1
                except (AssertionError, httpx.HTTPError, WebSocketException, TimeoutError) as error:
                    self.failures.append(f"round {self.rounds}: {error!r}"[:300])
                    return

    def _one(self, http: httpx.Client) -> None:
        signal = {"kind": "generated", "generator": "sines", "seed": 1, "steps": 600}
        body = {"signal": signal, "task": "signal-recall", "models": ["fake"], "start": "playing", "speed": None}
        began = http.post("api/sessions", json=body)
        assert began.status_code == 201, began.text
        identity = began.json()["id"]
        with self.server.socket(identity) as one, self.server.socket(identity) as other:
            for watcher in (one, other):
                while True:
                    message = watcher.recv(timeout=60)
                    if isinstance(message, str) and ('"ended"' in message or '"live":false' in message):
                        break
        upload = http.post("api/uploads", files={"file": ("x.csv", CSV.encode())})
        assert upload.status_code == 201, upload.text
        assert http.delete(f"api/uploads/{upload.json()['id']}").status_code == 204
        assert http.get(f"api/recordings/{identity}/picture.png").status_code == 200
        assert http.get(f"api/recordings/{identity}/chunks/0").status_code == 200
        assert http.post(f"api/recordings/{identity}/share", json={}).status_code == 201
        listed = [row["id"] for row in http.get("api/recordings").json()]
        for old in listed[KEPT:]:
            assert http.delete(f"api/recordings/{old}").status_code == 204

    def look(self) -> None:
        """One sample of every process."""
        pid = self.server.process.pid
        for name, process in [("web", pid), *((f"worker {child}", child) for child in workers_of(pid))]:
            if (taken := resident_mb(process)) > 0:
                self.seen.setdefault(name, []).append(taken)


def grown(samples: list[float]) -> float:
    """MB by which the median of the last third lies above that of the middle third."""
    third = len(samples) // 3
    return statistics.median(samples[2 * third :]) - statistics.median(samples[third : 2 * third])


def torture(minutes: float) -> list[str]:
    """Work for so long -> a sentence for everything that grew or failed."""
    pytest_configure()
    with tempfile.TemporaryDirectory() as name:
        server = Server(Path(name))
        until_ready(server)
        soak = Soak(server, time.monotonic() + 60 * minutes)
        worker = threading.Thread(target=soak.work)
        worker.start()
        while worker.is_alive():
            soak.look()
            worker.join(EVERY_SECONDS)
        server.close()
        if logged := traceback_in(Path(name)):
            soak.failures.append(f"a traceback was logged: {logged}")
    long = {name: samples for name, samples in soak.seen.items() if len(samples) >= 9}
    if not any(name.startswith("worker") for name in long):
        soak.failures.append("no worker was there long enough to be measured; soak for longer")
    for name, samples in long.items():
        more = grown(samples)
        print(f"{name}: {samples[0]:.0f} MB at first, {max(samples):.0f} at most, {more:+.1f} in the last third")
        if more > SLACK_MB:
            soak.failures.append(f"{name} grew by {more:.1f} MB in the last third")
    print(f"{minutes:g} minutes, {soak.rounds} rounds, {len(soak.failures)} wrong", *soak.failures, sep="\n")
    return soak.failures
