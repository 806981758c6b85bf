"""A fork in headless Chromium without a GPU: from a click to the picture of 200 steps that go on from an edited memory.

There is no screen for forks. What is measured is what one would stand on: the page's engine in a worker, the log, the stage's drawing
(frontend/bench/fork). A fork is a recording of its own that begins with its first step: keyframes from the engine's state, no frames of
its parent. Beforehand the parent has been drawn once, and run by the engine once, with a state kept every 64 steps. Drawn are all that
the stage has for one lane: signal and answer, arcs and ages of the last step, the raster of all steps, the cut. The raster is made in
one frame, for which the stage otherwise takes 6 ms of each.
"""

import runpy
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import STEPS, long_recording
from benchmarks.long_runs import p95
from benchmarks.serving import server
from benchmarks.table import Row
from tests.ui.chromium import find
from tests.ui.conftest import FLAGS

FRONTEND = Path(__file__).resolve().parents[1] / "frontend"
FORKED = 200
CLICKS = 41
"""Of which the first finds code that has hardly run, and is told apart."""
PARTS = {
    "engine": "engine",
    "away": "to the worker and back",
    "append": "log",
    "shares": "stage and shares",
    "wait": "waiting for the frame",
    "draw": "drawing",
    "end": "end of the frame",
}


def build(folder: Path) -> None:
    """The page with its workers."""
    npm, environment = runpy.run_path(str(FRONTEND / "build.py"))["npm"]()
    command = [
        *npm,
        "exec",
        "--offline",
        "--",
        "vite",
        "build",
        "bench/fork",
        "--base",
        "./",
        "--outDir",
        str(folder),
        "--emptyOutDir",
    ]
    subprocess.run(command, cwd=FRONTEND, env=environment, check=True, stdout=subprocess.DEVNULL)


def forked(page: Page, first: int, slot: int | None) -> dict[str, float]:
    """Milliseconds from a click to the picture and of its parts (frontend/bench/fork/page.ts); slot: the one erased, if any."""
    page.evaluate("([first, slot, steps]) => arm(first, slot, steps)", [first, slot, FORKED])
    box = page.locator("button").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return page.evaluate("result()")


def honest(page: Page, first: int, slot: int | None) -> None:
    """Raises SystemExit where the last fork has the bits of the recorded run though a slot was erased, or has others though none was."""
    differing = page.evaluate("changed()")
    if (differing > 0) != (slot is not None):
        raise SystemExit(f"fork at step {first}, slot erased: {slot}: {differing} numbers are not as recorded")


def opened(page: Page, address: str, identity: str, folder: Path) -> int:
    """The page with a recording of one model -> slots of its memory. Raises SystemExit where its engine does not run it as recorded."""
    page.route("**/fork/**", lambda route: route.fulfill(path=folder / route.request.url.partition("/fork/")[2]))
    page.goto(f"{address}/fork/index.html")
    facts: dict[str, Any] = page.evaluate("id => open(id)", identity)
    if facts["differing"]:
        raise SystemExit(f"the engine in the page: {facts['differing']} numbers are not as recorded")
    return facts["slots"]


def rows() -> Iterator[Row]:
    """Figures of one DNC, forked at steps and slots all over."""
    chromium = find()
    if chromium is None:
        raise SystemExit("no Chromium was found; run `python tests/ui/chromium.py` first")
    with tempfile.TemporaryDirectory() as name, server() as (address, _, _), sync_playwright() as playwright:
        folder = Path(name)
        build(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        slots = opened(page, address, long_recording(address, ["dnc"]), folder)
        forks: list[dict[str, float]] = []
        for k in range(CLICKS):
            page.wait_for_timeout(300)
            first, slot = (97 + 211 * k) % (STEPS - FORKED), 7 * k % slots
            forks.append(forked(page, first, slot))
            honest(page, first, slot)
        for first in (0, 64, 300, 777):
            forked(page, first, None)
            honest(page, first, None)
        browser.close()
        cold, *warm = forks
        taken = [fork["picture"] for fork in warm]
        yield Row("click to the picture of 200 steps, median", statistics.median(taken), "ms", budget=30)
        yield Row("the same, p95", p95(taken), "ms")
        yield Row("the same, first click", cold["picture"], "ms")
        for part, what in PARTS.items():
            yield Row(f"of it {what}, median", statistics.median(fork[part] for fork in warm), "ms")
