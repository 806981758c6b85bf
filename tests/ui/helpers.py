"""What browser tests say again and again: waiting, asking the server, finding things on the stage."""

import json
import math
import random
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page, expect

PATIENCE = 60.0
"""Seconds that a test waits for what comes about by itself: a busy machine takes many times as long as an idle one."""


def wait_until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)


def becomes(read: Callable[[], object], wanted: object, what: str) -> None:
    """Waits until `read` gives what is wanted; tells what it gave last where it does not."""
    end = time.monotonic() + PATIENCE
    while (now := read()) != wanted:
        assert time.monotonic() < end, f"{what}: wanted {wanted!r}, is still {now!r}"
        time.sleep(0.05)


Value = TypeVar("Value")


def calm(page: Page, read: Callable[[], Value], ms: float = 700) -> Value:
    """What `read` gives when it has given the same for a while."""
    before, since = read(), time.monotonic()
    end = since + PATIENCE
    while time.monotonic() - since < ms / 1000:
        assert time.monotonic() < end, f"it does not come to rest, it is {before!r}"
        page.wait_for_timeout(50)
        if (now := read()) != before:
            before, since = now, time.monotonic()
    return before


def drawn(page: Page) -> None:
    """Until what was done has been drawn: the second frame from now."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def copied(page: Page, told: str = "The link is on the clipboard.") -> str:
    """The link that a button has put on the clipboard, once the page says that it has."""
    expect(page.get_by_text(told)).to_be_visible()
    return page.evaluate("() => navigator.clipboard.readText()")


class Api:
    """The server without a browser."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return json.load(answer)

    def post(self, path: str, body: object) -> Any:
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def finished(self, wish: dict[str, Any], seconds: float) -> str:
        """Id of a recording, when all of its run is recorded."""
        identity = self.post("/api/sessions", wish)["id"]
        wait_until(lambda: not self.get(f"/api/recordings/{identity}")["live"], "a run to end", seconds)
        return identity

    def upload(self, name: str, text: str) -> Any:
        """A file brought as the page brings it."""
        edge = "the-file-ends-here"
        head = f'--{edge}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = f"{head}{text}\r\n--{edge}--\r\n".encode()
        kind = {"content-type": f"multipart/form-data; boundary={edge}"}
        with urllib.request.urlopen(urllib.request.Request(f"{self.address}/api/uploads", body, kind)) as answer:
            return json.load(answer)

    def delete(self, path: str) -> None:
        with urllib.request.urlopen(urllib.request.Request(self.address + path, method="DELETE"), timeout=60):
            return


def heartbeat_csv(path: Path, rows: int = 320) -> Path:
    """A beating series at 36 Hz with a time column, a second channel, two missing cells and one odd beat."""
    dice = random.Random(4)

    def bump(t: float, center: float, width: float) -> float:
        return math.exp(-0.5 * ((t - center) / width) ** 2)

    lines = ["time,lead II (mV),breath"]
    for t in range(rows):
        value = 0.02 * dice.gauss(0, 1)
        for beat in range(12, rows + 30, 30):
            odd = beat == 132
            value += bump(t, beat, 2.4 if odd else 0.9) * (1.3 if odd else 1) + 0.25 * bump(t, beat + 9, 2.5)
            value -= (0.7 if odd else 0.2) * bump(t, beat + (6 if odd else 2), 2.2 if odd else 0.9)
        lines.append(f"{t / 36:.5f},{'' if t in (50, 51) else f'{value:.4f}'},{math.sin(t / 20):.3f}")
    path.write_text("\n".join(lines) + "\n")
    return path


def take_rows(page: Page, first: int, stop: int) -> None:
    """On New run, once a window is suggested: these rows of the file instead."""
    expect(page.get_by_text("Suggested:", exact=False)).to_be_visible()
    for name, row in (("First row", first), ("Row after the last", stop)):
        field = page.get_by_label(name, exact=True)
        field.fill(str(row))
        field.press("Enter")
    expect(page.get_by_text("Chosen by hand.")).to_be_visible()


def stage(page: Page) -> Locator:
    return page.get_by_role("application")


def address(page: Page) -> str:
    """The address bar now; `page.url` only hears of changes while Playwright is being talked to."""
    return page.evaluate("() => location.href")


def step_shown(page: Page) -> int:
    """The step of the playhead, as the scrubber says it to everybody."""
    return int(page.get_by_role("slider", name="Step", exact=True).get_attribute("aria-valuenow") or -1)


def steps_there(page: Page) -> int:
    return int(page.get_by_role("slider", name="Step", exact=True).get_attribute("aria-valuemax") or -1) + 1


def reads(page: Page) -> list[str]:
    """Which reads the arcs on the canvas tell of: `ntm@214` per lane, empty where they are still being computed."""
    return (stage(page).get_attribute("data-reads") or "").split(" ")


def settled(page: Page) -> None:
    """Until the arcs of every lane are drawn."""
    page.wait_for_function(
        "() => { const r = document.querySelector('[role=application]')?.dataset.reads ?? ''; "
        "return r !== '' && r.split(' ').every((part) => part.includes('@')); }",
        timeout=60_000,
    )


def overflow(page: Page) -> int:
    """Pixels the page is wider than its window; anything above 0 scrolls sideways."""
    return page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
