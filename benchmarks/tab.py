"""A tab that nobody inspects, to measure its memory: a session of Playwright keeps up to 200 MB of what a page received in the page's own process."""

import json
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

STARTS = 30.0
"""Seconds within which the browser has to show a page."""


class Tab:
    """One page of a browser of its own, asked by expressions alone."""

    def __init__(self, process: int, line: ClientConnection) -> None:
        self._process, self._line, self._asked = process, line, 0

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives, awaited where it is a promise. Raises RuntimeError with what the page threw, or the browser."""
        answer = self._evaluated(expression)
        end = time.perf_counter() + STARTS
        while (
            "error" in answer and time.perf_counter() < end
        ):  # the empty page that a browser begins with was just replaced
            time.sleep(0.1)
            answer = self._evaluated(expression)
        if "error" in answer:
            raise RuntimeError(f"{expression[:60]}: {answer['error']['message']}")
        if "exceptionDetails" in answer["result"]:
            raise RuntimeError(f"{expression[:60]}: {answer['result']['exceptionDetails']['text']}")
        return answer["result"]["result"].get("value")

    def _evaluated(self, expression: str) -> dict[str, Any]:
        """The browser's answer."""
        self._asked += 1
        wanted = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        self._line.send(json.dumps({"id": self._asked, "method": "Runtime.evaluate", "params": wanted}))
        while True:
            answer = json.loads(self._line.recv())
            if answer.get("id") == self._asked:
                return answer

    def megabytes(self) -> float | None:
        """Memory of its own of the largest page process, worker and canvases included; None where the system does not say."""
        return max((own(process) for process in below(self._process) if is_page(process)), default=None)


def below(process: int) -> list[int]:
    """Ids of all processes that a process has started, directly or not (Linux)."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir() if Path("/proc/self/stat").is_file() else ():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has ended
                continue
    found = {process}
    while new := {child for child, parent in parents.items() if parent in found} - found:
        found |= new
    return sorted(found - {process})


def is_page(process: int) -> bool:
    """Whether it is a process of Chromium that shows pages."""
    try:
        return b"--type=renderer" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def own(process: int) -> float:
    """Megabytes that no other process shares; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1e3


@contextmanager
def tab(chromium: str, flags: list[str], address: str) -> Iterator[Tab]:
    """A browser with that page alone. Raises TimeoutError where none appears."""
    with tempfile.TemporaryDirectory() as profile:
        options = [
            "--headless=new",
            "--window-size=1440,900",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
        ]
        silent = subprocess.DEVNULL
        process = subprocess.Popen([chromium, *flags, *options, address], stdout=silent, stderr=silent)
        try:
            with connect(_page(Path(profile) / "DevToolsActivePort"), max_size=None) as line:
                yield Tab(process.pid, line)
        finally:
            process.terminate()
            process.wait(20)


def _page(port: Path) -> str:
    """Address of the line to the page."""
    end = time.perf_counter() + STARTS
    while time.perf_counter() < end:
        if port.is_file() and (lines := port.read_text().split()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json/list", timeout=STARTS) as answer:
                found = [target for target in json.load(answer) if target["type"] == "page"]
            if found and "/s/" in found[0]["url"]:
                return found[0]["webSocketDebuggerUrl"]
        time.sleep(0.1)
    raise TimeoutError(f"Chromium showed no page within {STARTS:.0f} s.")
