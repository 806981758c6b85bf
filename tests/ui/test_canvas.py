"""Every canvas follows its box, the pixel ratio and the theme, without anything else happening."""

import pytest
from playwright.sync_api import Page, expect

from ui.conftest import Open
from ui.helpers import settled, wait_until

CANVASES = """(of) => [...document.querySelectorAll(of)].filter((c) => c.checkVisibility())
  .map((c) => ({ name: c.ariaLabel, box: [c.clientWidth, c.clientHeight], size: [c.width, c.height] }))"""

GROUND = """(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].reduce((sum, v) => sum + v, 0)"""

STAGE = "canvas[role=application], canvas[role=slider], [role=dialog] canvas"


def fits(page: Page, of: str, ratio: int, least: int) -> list[list[int]]:
    """Waits until every canvas has as many device pixels as its box; the boxes."""
    found: list[dict[str, list[int]]] = []

    def fit() -> bool:
        found[:] = page.evaluate(CANVASES, of)
        return len(found) >= least and all(c["size"] == [v * ratio for v in c["box"]] for c in found)

    try:
        wait_until(fit, 10, f"canvases of {ratio} pixels a pixel")
    except AssertionError:
        pytest.fail(f"not {ratio} pixels a pixel: {found}")
    return [c["box"] for c in found]


def screen(page: Page, ratio: int, width: int) -> None:
    """Another screen. The width changes too, because the emulation tells a page of nothing else."""
    page.context.new_cdp_session(page).send(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": ratio, "mobile": False},
    )


def test_canvases_follow_box_ratio_and_theme(open_page: Open, long_recording: str) -> None:
    page = open_page(f"/s/{long_recording}#t=190&v=1", reduced_motion="reduce")
    settled(page)
    page.keyboard.press("q")
    page.get_by_role("dialog", name="read map", exact=False).wait_for()
    before = fits(page, STAGE, 1, 3)
    screen(page, 2, 1442)
    after = fits(page, STAGE, 2, 3)
    assert before[-1] == after[-1], "the read map's box is the same on both screens: the ratio alone was followed"
    screen(page, 2, 1000)
    assert fits(page, STAGE, 2, 3)[0][0] == 1000
    screen(page, 1, 1002)
    fits(page, STAGE, 1, 3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    pictures = page.locator("canvas[role=application], canvas[role=slider]")
    colours = [canvas.evaluate(GROUND) for canvas in pictures.all()]
    page.keyboard.press("t")
    wait_until(
        lambda: all(canvas.evaluate(GROUND) != old for canvas, old in zip(pictures.all(), colours, strict=True)),
        10,
        "every picture in the colours of the other theme",
    )


def test_the_cards_of_the_gallery_too(open_page: Open) -> None:
    page = open_page("/", reduced_motion="reduce")
    expect(page.locator("a.card canvas").first).to_be_visible()
    before = fits(page, "a.card canvas", 1, 3)
    screen(page, 2, 1442)
    assert fits(page, "a.card canvas", 2, 3) == before
    screen(page, 2, 1000)
    assert fits(page, "a.card canvas", 2, 3) != before
