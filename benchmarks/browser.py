"""The page in headless Chromium without a GPU: first picture, frames a second while playing, its own engine, pointer to arcs."""

import json
import re
import statistics
import time
import urllib.request
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.serving import server
from benchmarks.table import Row
from tests.ui.chromium import find
from tests.ui.conftest import FLAGS
from tests.ui.test_recompute import recomputed
from tests.ui.test_stage import HOVERS

FRAMES = """async (ms) => { const times = []; const t0 = performance.now();
  await new Promise((done) => { const f = (t) => { times.push(t); performance.now() - t0 > ms ? done() : requestAnimationFrame(f); };
  requestAnimationFrame(f); }); return times; }"""
STEPS = 1000
IN_THE_PAGE = {"DNC": 50.0, "NTM": None, "LSTM": None, "Transformer": None}
"""Models that the page runs again, each with the microseconds that a step may take."""


def in_the_page(page: Page, model: str) -> float:
    """Microseconds of a step of a model that the page runs again, by its own count over the whole recording; every bit must agree."""
    said = recomputed(page, model).get_by_role("status")
    expect(said).to_contain_text("ms a step", timeout=60_000)
    found = re.search(r"every bit of [\d\s]+ steps agrees\. ([\d.]+) ms a step", said.inner_text())
    if found is None:
        raise SystemExit(f"{model} in the page: {said.inner_text()}")
    return float(found[1]) * 1e3


def ask(address: str, path: str, body: object = None) -> Any:
    """JSON of one request."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def long_recording(address: str, models: Sequence[str] = ("lstm", "transformer", "ntm", "dnc")) -> str:
    """Id of a finished recording of T=1000, made by a live run at full speed."""
    while ask(address, "/api/status")["workers"] != "ready":
        time.sleep(0.2)
    signal = {"kind": "generated", "generator": "heartbeat", "steps": STEPS, "seed": 3}
    asked = {
        "signal": signal,
        "task": "signal-recall",
        "task_params": {"rounds": 0},
        "models": list(models),
        "speed": None,
    }
    made = ask(address, "/api/sessions", asked)
    while ask(address, f"/api/recordings/{made['id']}")["live"]:
        time.sleep(0.2)
    return made["id"]


FIRST_PICTURE = """new MutationObserver((_, watcher) => {
  if (!document.querySelector('[role=application][data-reads]')) return;
  watcher.disconnect();
  requestAnimationFrame(() => (window.firstPicture = performance.now())); // the frame after that which drew it
}).observe(document, { subtree: true, childList: true, attributeFilter: ['data-reads'] })"""


def ready(page: Page) -> None:
    """Wait until the stage has drawn its first picture."""
    page.wait_for_selector("[role=application][data-reads]", timeout=30_000)


def opened(browser: Browser, path: str) -> tuple[Page, float, float]:
    """A stage in a fresh profile, where nothing is cached -> (page, ms from the start of the navigation to the first picture, ms by
    our own clock, in which the browser starts a process for the page and hears our question).
    """
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(FIRST_PICTURE)
    begun = time.perf_counter()
    page.goto(path, wait_until="commit")
    ready(page)
    clock = (time.perf_counter() - begun) * 1e3
    return page, page.wait_for_function("() => window.firstPicture").json_value(), clock


def rows() -> Iterator[Row]:
    """Figures of one browser on one server."""
    chromium = find()
    if chromium is None:
        raise SystemExit("no Chromium was found; run `python tests/ui/chromium.py` first")
    with server() as (address, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        identity = long_recording(address)
        firsts = []
        for _ in range(3):
            page, first, _ = opened(browser, f"{address}/s/{identity}#t=40&v=1")
            firsts.append(first)
            page.close()
        yield Row("navigation to first picture, fresh browser", firsts[0], "ms", budget=1000)
        yield Row("navigation to first picture, median of 3", statistics.median(firsts), "ms", budget=1000)

        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/s/{identity}#t=0&speed=60&v=1")
        ready(page)
        page.wait_for_timeout(2500)
        page.keyboard.press("Space")
        page.wait_for_timeout(500)
        best: list[float] = []
        for _ in range(4):
            times = page.evaluate(FRAMES, 2000)
            gaps = [b - a for a, b in pairwise(times)]
            if not best or statistics.mean(gaps) < statistics.mean(best):
                best = gaps
        page.keyboard.press("Space")
        yield Row("playing 60 steps/s, frames a second", 1000 / statistics.mean(best), "fps", budget=50, at_least=True)
        yield Row("longest gap between two frames, p95", sorted(best)[int(len(best) * 0.95)], "ms", budget=33)
        hovers = page.evaluate(HOVERS)
        yield Row("pointer to arcs, median", statistics.median(hovers), "ms", budget=100)
        page.goto(f"{address}/s/{identity}#t=40&v=1")
        ready(page)
        for model, budget in IN_THE_PAGE.items():
            yield Row(f"{model} run again in the page, a step", in_the_page(page, model), "µs", budget=budget)
        browser.close()
