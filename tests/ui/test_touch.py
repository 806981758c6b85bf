"""Fingers on the stage: two of them zoom time and pan it and leave the playhead where it is; on a phone, which shows one lane
at a time, everything that can be done with a lane is under its name."""

import re

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api, address, drawn, overflow, settled, stage, step_shown, wait_until

Finger = tuple[float, float]
PHONE = {"width": 390, "height": 844, "has_touch": True}
MIN_TARGET = 40
"""Pixels: what a finger needs."""


def touch(cdp: CDPSession, kind: str, *fingers: Finger) -> None:
    points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(fingers)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def pinch(page: Page, start: tuple[Finger, Finger], end: tuple[Finger, Finger], moves: int = 10) -> None:
    """Two fingers come down one after the other, go from start to end in a line, and leave one after the other."""
    cdp = page.context.new_cdp_session(page)
    touch(cdp, "touchStart", start[0])
    touch(cdp, "touchStart", *start)
    for k in range(1, moves + 1):
        part = k / moves
        here = [(a + part * (c - a), b + part * (d - b)) for (a, b), (c, d) in zip(start, end, strict=True)]
        touch(cdp, "touchMove", *here)
    touch(cdp, "touchEnd", end[0])
    touch(cdp, "touchEnd")
    cdp.detach()


def tapped(page: Page, x: float) -> int:
    """The step under x of the stage: a tap on the signal goes there, or pins it where it is past."""
    box = stage(page).bounding_box()
    assert box
    page.keyboard.press("Escape")
    page.touchscreen.tap(box["x"] + x, box["y"] + 120)
    drawn(page)
    page.wait_for_timeout(600)  # the link follows a little later
    found = re.search(r"pin=signal@(\d+)", address(page))
    page.keyboard.press("Escape")
    return int(found[1]) if found else step_shown(page)


def test_two_fingers_zoom_and_pan_time_and_do_nothing_else(open_page: Open, long_recording: str) -> None:
    page = open_page(f"/s/{long_recording}#t=40&v=1", reduced_motion="reduce", **PHONE)
    settled(page)
    box = stage(page).bounding_box()
    assert box
    lane = box["y"] + 280
    left, middle, right = 90, 170, 250
    steps = [tapped(page, x) for x in (left, right, middle)]
    wide = (right - left) / (steps[1] - steps[0])
    assert 2 < wide < 12, "a question fills the picture, a step is some pixels wide"
    here = step_shown(page)

    def fingers(middle: float, spread: float, y: float) -> tuple[Finger, Finger]:
        return (box["x"] + middle - spread / 2, y), (box["x"] + middle + spread / 2, y)

    # Apart to twice the distance, over a lane: a step is about twice as wide (widths go in steps), and what was between them is there still.
    pinch(page, fingers(middle, 80, lane), fingers(middle, 160, lane))
    page.wait_for_timeout(700)  # longer than a long press
    assert step_shown(page) == here, "a pinch is no tap and no scrub"
    assert "pin=" not in address(page)
    assert "select=" not in address(page)
    assert abs(tapped(page, middle) - steps[2]) <= 1
    wider = (right - left) / (tapped(page, right) - tapped(page, left))
    assert 1.4 < wider / wide < 2.6

    # Together to the left, beginning on the axis: the view goes on by as many steps.
    here, under = step_shown(page), tapped(page, middle)
    pinch(page, fingers(200, 90, box["y"] + 180), fingers(140, 90, box["y"] + 180))
    assert step_shown(page) == here
    assert abs(tapped(page, middle) - (under + 60 / wider)) <= 1


def test_a_pinch_on_the_trackpad_zooms_the_stage_not_the_page(open_page: Open, long_recording: str) -> None:
    """Browsers tell it as small turns of the wheel with Ctrl: many of them are one notch."""
    page = open_page(f"/s/{long_recording}#t=40&v=1", has_touch=True, reduced_motion="reduce")
    settled(page)
    box = stage(page).bounding_box()
    assert box
    before = tapped(page, 600) - tapped(page, 300)
    page.mouse.move(box["x"] + 450, box["y"] + 120)
    page.keyboard.down("Control")
    for _ in range(8):
        page.mouse.wheel(0, -9)
    page.keyboard.up("Control")
    wait_until(lambda: tapped(page, 600) - tapped(page, 300) == round(before / 2), "two notches: 6 px a step")
    assert page.evaluate("() => [visualViewport.scale, devicePixelRatio]") == [1, 1]


PAD = """(canvas, [x, ...scales]) => scales.forEach((scale, k) => {
  const type = k ? (k < scales.length - 1 ? "gesturechange" : "gestureend") : "gesturestart";
  const event = Object.assign(new Event(type, { bubbles: true, cancelable: true }), { scale });
  Object.defineProperty(event, "clientX", { value: canvas.getBoundingClientRect().left + x });
  if (canvas.dispatchEvent(event)) throw new Error(`${type} is left to the browser`);
})"""
"""A pinch as WebKit tells it: its scale from where it began."""


def test_a_pinch_in_safari_zooms_around_the_pointer(open_page: Open, long_recording: str) -> None:
    page = open_page(f"/s/{long_recording}#t=40&v=1", reduced_motion="reduce", has_touch=True)
    settled(page)
    before, under = tapped(page, 600) - tapped(page, 300), tapped(page, 450)
    stage(page).evaluate(PAD, [450, 1, 1.3, 1.7, 2, 2])
    drawn(page)
    assert tapped(page, 600) - tapped(page, 300) == round(before / 2)
    assert abs(tapped(page, 450) - under) <= 1


def for_fingers(page: Page, items: Locator) -> None:
    """All of them are high enough, and on the screen once they are scrolled to."""
    assert items.count() > 0
    for item in items.all():
        item.scroll_into_view_if_needed()
        box = item.bounding_box()
        assert box
        name = item.inner_text()
        assert box["height"] >= MIN_TARGET, f"{name} is {box['height']} px high"
        assert box["x"] >= 0, name
        assert box["y"] >= 0, name
        assert box["x"] + box["width"] <= 390, name
        assert box["y"] + box["height"] <= page.evaluate("() => innerHeight"), name


def menu(page: Page) -> Locator:
    """The menu of the lane that is shown, opened with a finger."""
    page.locator("button.head").tap()
    found = page.get_by_role("menu")
    expect(found).to_be_visible()
    return found


@pytest.mark.parametrize("height", [844, 640])
def test_a_phone_has_the_menu_of_the_lane_it_shows(open_page: Open, long_recording: str, height: int) -> None:
    page = open_page(f"/s/{long_recording}#t=190&v=1", **{**PHONE, "height": height})
    settled(page)
    models = page.get_by_role("region", name="Verdict").locator("td.name").get_by_role("button")
    for_fingers(page, models)
    for_fingers(page, page.locator("button.head"))
    models.filter(has_text="Transformer").tap()
    page.get_by_role("button", name="Transformer, lane 2 of 4").wait_for()

    for_fingers(page, menu(page).locator("[role^=menuitem]"))
    assert overflow(page) <= 0
    page.get_by_role("menuitemcheckbox", name="Mute").tap()
    wait_until(lambda: "mute=transformer" in address(page), "the lane to be muted")
    expect(models.filter(has_text="Transformer")).to_have_attribute("aria-pressed", "true")
    menu(page).get_by_role("menuitem", name="Move right").tap()
    wait_until(lambda: "order=lstm,ntm,transformer,dnc" in address(page), "the lane to stand behind the NTM")
    page.get_by_role("button", name="Transformer, lane 3 of 4").wait_for()
    menu(page).get_by_role("menuitemcheckbox", name="Keep first").tap()
    page.get_by_role("button", name="Transformer, lane 1 of 4").wait_for()
    menu(page).get_by_role("menuitemcheckbox", name="Isolate").tap()
    wait_until(lambda: "solo=transformer" in address(page), "the lane to be isolated")
    models.filter(has_text="DNC").tap()
    wait_until(lambda: "solo=dnc" in address(page), "the lane that is shown to be the one isolated")
    models.filter(has_text="Transformer").tap()
    menu(page).get_by_role("menuitemradio", name="Head 2").tap()
    menu(page).get_by_role("menuitemradio", name="Layer 1").tap()
    wait_until(lambda: "transformer:" in address(page), f"the memory shown: {address(page)}")

    menu(page).get_by_role("menuitem", name="Read map").tap()
    card = page.get_by_role("dialog", name="Transformer, read map")
    for_fingers(page, card.get_by_role("button"))
    square = card.get_by_role("img").bounding_box()
    assert square
    assert square["x"] >= 0
    assert square["x"] + square["width"] <= 390
    card.get_by_role("button", name="Close").tap()
    menu(page).get_by_role("menuitem", name="Take off the stage").tap()
    wait_until(lambda: "hide=transformer" in address(page), "the lane to leave")
    expect(models.filter(has_text="Transformer")).to_have_attribute("title", re.compile("^Off the stage"))
    assert overflow(page) <= 0


@pytest.mark.parametrize(
    ("view", "lane"),
    [("pin=dnc:13", "DNC, lane 4"), ("solo=ntm", "NTM, lane 3"), ("solo=ntm&pin=dnc:13", "DNC, lane 4")],
)
def test_a_phone_shows_the_lane_that_a_link_is_about(
    open_page: Open, long_recording: str, view: str, lane: str
) -> None:
    page = open_page(f"/s/{long_recording}#t=190&{view}&v=1", **PHONE)
    settled(page)
    expect(page.get_by_role("button", name=f"{lane} of 4")).to_be_visible()


def test_a_finger_that_scrolls_over_the_name_opens_nothing(open_page: Open, long_recording: str) -> None:
    page = open_page(f"/s/{long_recording}#t=190&v=1", **{**PHONE, "height": 640})
    settled(page)
    page.locator("button.head").scroll_into_view_if_needed()  # clear of the transport
    page.mouse.wheel(0, 60)
    page.wait_for_timeout(200)
    head = page.locator("button.head").bounding_box()
    assert head
    x, y = head["x"] + 60, head["y"] + 20
    cdp = page.context.new_cdp_session(page)
    touch(cdp, "touchStart", (x, y))
    for k in range(1, 9):
        touch(cdp, "touchMove", (x, y - 10 * k))
    touch(cdp, "touchEnd")
    page.wait_for_timeout(300)
    expect(page.get_by_role("menu")).to_have_count(0)
    wait_until(lambda: (page.locator("button.head").bounding_box() or head)["y"] < y - 20, "the page to scroll")


def test_the_bridge_has_it_too(open_page: Open, ready: Api) -> None:
    page = open_page("/bridge", **PHONE)
    expect(page.get_by_text("Outputs are apart by")).to_be_visible()
    settled(page)
    chips = page.get_by_role("group", name="Lane shown").get_by_role("button")
    chips.filter(has_text="sDNC").tap()
    for_fingers(page, menu(page).locator("[role^=menuitem]"))
    page.get_by_role("menuitemcheckbox", name="Mute").tap()
    wait_until(lambda: "mute=" in address(page), "the lane to be muted")
