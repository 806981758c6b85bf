"""Long runs on the command line and in headless Chromium without a GPU: memory, opening, scrubbing; and what the page weighs."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import opened
from benchmarks.serving import server
from benchmarks.tab import tab
from benchmarks.table import Row
from mnemoscope.reading.recording import Recording
from tests.ui.chromium import find
from tests.ui.conftest import FLAGS
from tests.ui.weight import scripts

MOVES = 80

SCRUB = """async (moves) => {
  const slider = document.querySelector('[role=slider][aria-label=Step]'), box = slider.getBoundingClientRect(), out = [];
  const send = (type, part) => slider.dispatchEvent(new PointerEvent(type, { clientX: box.left + box.width * part,
    clientY: box.top + 15, bubbles: true, pointerId: 1, isPrimary: true, pointerType: 'mouse', buttons: 1 }));
  slider.setPointerCapture = () => {};
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); }));
  send('pointerdown', 0.5);
  for (let k = 0; k < moves; k++) {
    const begun = performance.now();
    send('pointermove', 0.5 + 0.48 * Math.sin(0.37 * k));
    await painted();
    out.push(performance.now() - begun);
  }
  send('pointerup', 0.5);
  return out;
}"""
"""Drags the playhead all over the run: from the pointer's move to the end of the frame that shows it, in ms."""

FRAMES_WANTED = """async (ms) => { let asked = 0; const real = window.requestAnimationFrame;
  window.requestAnimationFrame = (f) => { asked++; return real.call(window, f); };
  await new Promise((done) => setTimeout(done, ms)); window.requestAnimationFrame = real; return asked; }"""


ARCS = """async (t) => {
  const stage = document.querySelector('[role=application]'), begun = performance.now();
  location.hash = location.hash.replace(/t=\\d+/, 't=' + t);
  while (!(stage.dataset.reads ?? '').split(' ').every((read) => read.includes('@' + t))) {
    if (performance.now() - begun > 30000) return NaN;
    await new Promise((done) => setTimeout(done, 1));
  }
  return performance.now() - begun;
}"""
"""Goes to a step: from there to the arcs of all lanes at it, in ms."""

MEASURED = """import sys, time
from mnemoscope.cli.main import main
assert main(sys.argv[1:]) == 0
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), time.process_time())"""
"""One command in a process of its own, which says last what it took (Linux): kilobytes and seconds."""

JUDGED = "() => !document.body.innerText.includes('Reading who was right')"
"""A worker of the server reaches the verdict when a run is first opened, on the processors that the page is measured on."""
LOADING = "[...document.querySelectorAll('.status')].some((p) => p.textContent.startsWith('Loading'))"
SHOWN = "document.querySelector('[role=application][data-reads]') !== null"


def recorded(folder: Path, models: str, steps: int) -> Path:
    """A recording of a heartbeat to hold and replay, made by the command line in a process of its own."""
    path = folder / f"{steps}.mnemo"
    run = ["record", "--signal", "heartbeat", "--steps", str(steps), "--task", "signal-recall", "--models", models]
    rounds = ["--task-option", "rounds=0", "--out", str(path)]
    subprocess.run([sys.executable, "-m", "mnemoscope", *run, *rounds], check=True, stdout=subprocess.DEVNULL)
    with Recording.open(path) as recording:
        identity = recording.manifest["id"]
    return path.rename(folder / f"{identity}.mnemo")


def commands(recording: Path, folder: Path) -> Iterator[Row]:
    """Peak memory and processor time of what the command line does with a whole recording."""
    page, table, archive = (folder / f"run.{end}" for end in ("html", "csv", "npz"))
    asked: list[tuple[str, list[str | Path], float]] = [
        ("inspect", ["inspect", recording], 200),
        ("verify", ["verify", recording], 300),
        ("verify --with-weights", ["verify", "--with-weights", recording], 400),
        ("verdict", ["verdict", recording], 400),
        ("export --html", ["export", recording, "--html", page], 400),
        ("export --csv", ["export", recording, "--csv", table], 200),
        ("export --npz", ["export", recording, "--npz", archive], 200),
    ]
    for what, arguments, budget in asked:
        done = subprocess.run([sys.executable, "-c", MEASURED, *arguments], check=True, capture_output=True, text=True)
        kilobytes, seconds = done.stdout.split()[-2:]
        yield Row(f"T=100 000: {what}, peak memory", int(kilobytes) / 1e3, "MB", budget=budget)
        yield Row(f"T=100 000: {what}, processor time", float(seconds), "s")


def p95(values: list[float]) -> float:
    """The value that 95 % do not exceed."""
    return sorted(values)[int(len(values) * 0.95)]


def scrubs(page: Page) -> tuple[list[float], float]:
    """The quietest of three drags in ms per move, and the processor time of the main thread per move, which load does not change."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration") * 1e3

    drags = []
    for _ in range(3):
        before = busy()
        drags.append((page.evaluate(SCRUB, MOVES), (busy() - before) / MOVES))
    session.detach()
    return min(drags, key=lambda drag: p95(drag[0]))


def rows() -> Iterator[Row]:
    """Figures of a run of 5000 steps with four lanes and of one of 100 000 steps with two."""
    chromium = find()
    if chromium is None:
        raise SystemExit("no Chromium was found; run `python tests/ui/chromium.py` first")
    for name, page in (("home page", "src/pages/GalleryPage.svelte"), ("stage", "src/pages/StagePage.svelte")):
        yield Row(f"JavaScript at first load of the {name}, gzip", scripts(page), "kB", budget=150)
    with tempfile.TemporaryDirectory() as folder:
        four = recorded(Path(folder), "lstm,transformer,ntm,dnc", 5000)
        two = recorded(Path(folder), "lstm,dnc", 100_000)
        if Path("/proc/self/status").is_file():
            yield from commands(two, Path(folder))
        with server(four, two) as (address, _, _), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page, first, clock = opened(browser, f"{address}/s/{four.stem}#t=4000&v=1")
            yield Row("T=5000, four lanes: first picture, fresh browser", first, "ms", budget=1000)
            yield Row("T=5000: the same with the page's process", clock, "ms")
            loaded(page, 120)
            page.wait_for_function(JUDGED, timeout=120_000)
            page.wait_for_timeout(3000)
            times, work = scrubs(page)
            yield Row("T=5000: scrub to paint, median", statistics.median(times), "ms")
            yield Row("T=5000: scrub to paint, p95", p95(times), "ms", budget=25)
            yield Row("T=5000: main thread per move", work, "ms")
            page.wait_for_timeout(3000)
            yield Row("T=5000: frames asked for in 2 s at rest", page.evaluate(FRAMES_WANTED, 2000), "", budget=0)
            page.close()
            page, first, _ = opened(browser, f"{address}/s/{two.stem}#t=70000&v=1")
            yield Row("T=100 000: first picture, at step 70 000", first, "ms", budget=700)
            begun = time.perf_counter()
            loaded(page, 300)
            yield Row("T=100 000: until all of it is there", time.perf_counter() - begun, "s")
            if not page.evaluate(JUDGED):
                drag = p95(page.evaluate(SCRUB, MOVES))
                yield Row("T=100 000: scrub to paint, p95, while the verdict is reached", drag, "ms")
                page.wait_for_function(JUDGED, timeout=120_000)
                page.wait_for_timeout(1000)
            times, work = scrubs(page)
            yield Row("T=100 000: scrub to paint, p95", p95(times), "ms", budget=25)
            yield Row("T=100 000: main thread per move", work, "ms")
            arcs = [page.evaluate(ARCS, step) for step in (50_000, 14_285, 99_995, 33_333, 123)]
            yield Row("T=100 000: to the arcs at another step, median of 5", statistics.median(arcs), "ms", budget=50)
            browser.close()
            yield from memory_of("T=5000, four lanes", chromium, f"{address}/s/{four.stem}#t=4000&v=1")
            yield from memory_of("T=100 000", chromium, f"{address}/s/{two.stem}#t=70000&v=1")


def memory_of(run: str, chromium: str, address: str) -> Iterator[Row]:
    """What the tab of a long run takes while it loads, and after the playhead has been all over it."""
    with tab(chromium, FLAGS, address) as page:
        end, peak = time.perf_counter() + 300, 0.0
        while time.perf_counter() < end and (not page.value(SHOWN) or page.value(LOADING)):
            time.sleep(1)
            peak = max(peak, page.megabytes() or 0.0)
        page.value(f"({SCRUB})({MOVES})")
        memory = page.megabytes()
        if memory is not None:
            yield Row(f"{run}: memory of the tab while it loads", peak, "MB", budget=250)
            yield Row(f"{run}: memory of the tab after scrubbing", memory, "MB", budget=250)


def loaded(page: Page, seconds: float) -> None:
    """Wait until nothing is loading any more."""
    gone = "() => ![...document.querySelectorAll('.status')].some((p) => p.textContent.startsWith('Loading'))"
    page.wait_for_function(gone, timeout=seconds * 1000)
