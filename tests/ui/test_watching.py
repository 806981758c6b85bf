"""A watched folder on the page: its recordings appear in the list by themselves, are followed as they grow, and vanish."""

import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.helpers import steps_there, wait_until
from tests.ui.serving import serving


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server that watches a folder: its address, and the folder."""
    runs = tmp_path / "runs"
    runs.mkdir()
    with serving(tmp_path, "--watch", str(runs)) as address:
        yield address, runs


def test_a_recording_appears_grows_and_vanishes(
    browser: Browser, watching: tuple[str, Path], shot: Callable[[Page, str], None]
) -> None:
    address, runs = watching
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address)
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    command = ("record", "--signal", "-", "--models", "lstm,ntm", "--device", "cpu", "--title", "Bench")
    recorder = subprocess.Popen(
        [sys.executable, "-m", "mnemoscope", *command, "--out", str(runs / "bench.mnemo")], stdin=subprocess.PIPE
    )
    assert recorder.stdin is not None

    def write(first: int, until: int) -> None:
        assert recorder.stdin is not None
        recorder.stdin.write("".join(f"{math.sin(k / 9)}\n" for k in range(first, until)).encode())
        recorder.stdin.flush()

    try:
        write(0, 120)
        row = page.get_by_role("row").filter(has_text="Bench")
        expect(row.get_by_text("watched")).to_be_visible()
        expect(row.get_by_text("live", exact=True)).to_be_visible()
        expect(row.get_by_role("button", name=re.compile("Rename|Delete"))).to_have_count(0)
        shot(page, "watched-list")
        row.get_by_role("link", name="Bench").click()
        wait_until(lambda: steps_there(page) >= 119, "the steps that are written")
        write(120, 1200)  # longer than it was laid out for when the page opened
        wait_until(lambda: steps_there(page) >= 1199, "the steps that are written meanwhile")
        expect(page.get_by_text("2 048")).to_be_visible()
        shot(page, "watched-live")
        recorder.stdin.close()
        recorder.wait(60)
        expect(page.get_by_text("Recorded", exact=True)).to_be_attached()
        page.goto("/")
        expect(row).to_be_visible()
        (runs / "bench.mnemo").unlink()
        expect(row).to_have_count(0)
    finally:
        recorder.kill()
        recorder.wait()
        context.close()
    assert not trouble, trouble
