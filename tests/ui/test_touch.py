"""Fingers on the stage: two of them zoom time and pan it, and leave the playhead where it is."""

from playwright.sync_api import CDPSession, Page

from ui.conftest import Open
from ui.helpers import address, settled, stage, step_shown, wait_until

Finger = tuple[float, float]


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
    """The step under x of the stage: a tap on the signal goes there."""
    box = stage(page).bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + x, box["y"] + 120)
    page.wait_for_timeout(120)
    return step_shown(page)


def test_two_fingers_zoom_and_pan_time_and_do_nothing_else(open_page: Open, long_recording: str) -> None:
    phone = {"width": 390, "height": 844, "has_touch": True}
    page = open_page(f"/s/{long_recording}#t=40&v=1", reduced_motion="reduce", **phone)
    settled(page)
    box = stage(page).bounding_box()
    assert box
    lane = box["y"] + 280
    left, middle, right = 90, 170, 250
    steps = [tapped(page, x) for x in (left, right, middle)]
    assert abs((steps[1] - steps[0]) - (right - left) / 3) <= 1, "3 px a step to begin with"

    def fingers(middle: float, spread: float, y: float) -> tuple[Finger, Finger]:
        return (box["x"] + middle - spread / 2, y), (box["x"] + middle + spread / 2, y)

    # Apart to twice the distance, over a lane: 6 px a step, and what was between them is there still.
    pinch(page, fingers(middle, 80, lane), fingers(middle, 160, lane))
    page.wait_for_timeout(700)  # longer than a long press
    assert step_shown(page) == steps[2], "a pinch is no tap and no scrub"
    assert "pin=" not in address(page)
    assert "select=" not in address(page)
    assert abs(tapped(page, middle) - steps[2]) <= 1
    assert abs((tapped(page, right) - tapped(page, left)) - (right - left) / 6) <= 1

    # Together to the left, beginning on the axis: the view goes on by as many steps.
    here = tapped(page, middle)
    pinch(page, fingers(200, 90, box["y"] + 180), fingers(140, 90, box["y"] + 180))
    assert step_shown(page) == here
    assert abs(tapped(page, middle) - (here + 10)) <= 1


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
    page.wait_for_timeout(120)
    wait_until(lambda: tapped(page, 600) - tapped(page, 300) == round(before / 2), 5, "two notches: 6 px a step")
    assert page.evaluate("() => [visualViewport.scale, devicePixelRatio]") == [1, 1]
