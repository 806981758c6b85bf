"""Every page at four widths in both themes: nothing scrolls sideways, nothing complains; the pictures are kept."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from ui.conftest import Open
from ui.helpers import overflow, settled

Shot = Callable[[Page, str], None]
SIZES = {"1440": (1440, 900), "1280": (1280, 720), "820": (820, 1180), "390": (390, 844)}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_pages_fit(open_page: Open, long_recording: str, shot: Shot, theme: Literal["dark", "light"]) -> None:
    page = open_page("/", theme=theme)
    expect(page.get_by_role("link", name="Thousand steps")).to_be_visible()
    page.wait_for_timeout(400)
    everywhere(page, shot, f"gallery-{theme}")
    page.goto("/new")
    expect(page.get_by_text("What the models see", exact=False)).to_be_visible()
    everywhere(page, shot, f"new-{theme}")
    page.goto(f"/s/{long_recording}#t=190&v=1")
    settled(page)
    everywhere(page, shot, f"stage-{theme}")


def everywhere(page: Page, shot: Shot, name: str) -> None:
    """The page at every size, resized like a window."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(120)
        assert overflow(page) <= 0, f"{name} is {overflow(page)} px too wide at {width}"
        shot(page, f"{name}-{size}")


def test_embedded_without_chrome(open_page: Open, long_recording: str, shot: Shot) -> None:
    page = open_page(f"/embed/{long_recording}#t=190&v=1", width=960, height=600)
    settled(page)
    assert page.get_by_role("banner").count() == 0
    assert page.get_by_role("button", name="Play").is_visible()
    shot(page, "embed")


def test_still_where_motion_is_not_wanted(open_page: Open) -> None:
    """With reduced motion the first card stands still; a click still opens it."""
    page = open_page("/", reduced_motion="reduce")
    canvas = page.locator("a.card canvas").first
    expect(canvas).to_be_visible()
    page.wait_for_timeout(1500)
    one = canvas.evaluate("(c) => c.toDataURL()")
    page.wait_for_timeout(500)
    assert canvas.evaluate("(c) => c.toDataURL()") == one
