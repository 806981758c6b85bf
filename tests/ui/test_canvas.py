"""Every canvas follows its box, the pixel ratio and the theme, without anything else happening."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import becomes, calm, settled, stage, step_shown, wait_until

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
        wait_until(fit, f"canvases of {ratio} pixels a pixel")
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
    becomes(lambda: fits(page, STAGE, 2, 3)[0][0], 1000, "the width of the stage")
    screen(page, 1, 1002)
    fits(page, STAGE, 1, 3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    pictures = page.locator("canvas[role=application], canvas[role=slider]")
    colours = [canvas.evaluate(GROUND) for canvas in pictures.all()]
    page.keyboard.press("t")
    wait_until(
        lambda: all(canvas.evaluate(GROUND) != old for canvas, old in zip(pictures.all(), colours, strict=True)),
        "every picture in the colours of the other theme",
    )


def test_the_cards_of_the_gallery_too(open_page: Open) -> None:
    page = open_page("/", reduced_motion="reduce")
    expect(page.locator("main canvas").first).to_be_visible()
    before = fits(page, "main canvas", 1, 3)
    screen(page, 2, 1442)
    assert fits(page, "main canvas", 2, 3) == before
    screen(page, 2, 1000)
    wait_until(lambda: fits(page, "main canvas", 2, 3) != before, "cards of another size")


def test_what_the_inspector_draws_too(open_page: Open, long_recording: str) -> None:
    page = open_page(f"/s/{long_recording}#t=190&pin=dnc:3@180&v=1", reduced_motion="reduce")
    settled(page)
    before = fits(page, "aside canvas", 1, 2)
    screen(page, 2, 1442)
    assert fits(page, "aside canvas", 2, 2) == before, "life of the slot, and links"
    screen(page, 2, 1000)
    wait_until(lambda: fits(page, "aside canvas", 2, 1)[0][0] > before[0][0], "a life as wide as its column")


def test_the_pad_too(open_page: Open) -> None:
    page = open_page("/new#draw", reduced_motion="reduce")
    pad = "canvas[role=application]"
    expect(page.locator(pad)).to_be_visible()
    before = fits(page, pad, 1, 1)
    screen(page, 2, 1442)
    assert fits(page, pad, 2, 1) == before
    screen(page, 2, 600)
    wait_until(lambda: fits(page, pad, 2, 1) != before, "a pad of another size")


def steps_in_view(page: Page) -> tuple[float, float]:
    first, end = (stage(page).get_attribute("data-view") or "0 0").split(" ")
    return float(first), float(end)


def test_now_stays_in_view_in_a_window_of_any_width(open_page: Open, long_recording: str) -> None:
    """Also where the window becomes narrow while the stage still glides to now; and no room is left behind the end."""
    page = open_page(f"/s/{long_recording}#t=190&v=1")
    settled(page)
    step = page.get_by_role("slider", name="Step", exact=True)
    for t, widths in ((600, (820, 390)), (430, (390,)), (999, (700, 390, 1440)), (250, (500, 390)), (990, (820, 1440))):
        page.set_viewport_size({"width": 1440, "height": 900})
        before = step_shown(page)
        for _ in range(abs(t - before) // 10):
            step.press("Shift+ArrowRight" if t > before else "Shift+ArrowLeft")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 844})
        now = step_shown(page)
        assert abs(now - t) < 10

        def seen(now: int = now) -> bool:
            first, end = steps_in_view(page)
            return first <= now <= end <= 1001

        calm(page, lambda: steps_in_view(page))  # whatever glides has come to rest
        wait_until(seen, f"step {now} at {widths} to be in view")


def test_a_menu_does_not_stay_where_its_lane_has_been(open_page: Open, long_recording: str) -> None:
    page = open_page(f"/s/{long_recording}#t=190&v=1")
    settled(page)
    page.locator("button.head").last.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 500})
    expect(page.get_by_role("menu")).to_have_count(0)
