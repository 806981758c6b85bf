"""Which part of a signal is run: what is suggested, seen from closer, typed, and dragged in the picture."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from mnemoscope.tasks.suggestion import suggest_made
from tests.ui.conftest import Open
from tests.ui.helpers import becomes, wait_until


def number(page: Page, name: str) -> int:
    return int(page.get_by_label(name, exact=True).input_value())


def test_a_generated_heart_is_run_for_the_question_about_its_odd_beat(open_page: Open) -> None:
    page = open_page("/new")
    expect(page.get_by_text("odd beat at step", exact=False)).to_be_visible()
    expect(page.get_by_text("184 steps", exact=True)).to_be_visible()
    page.get_by_role("spinbutton", name="Delay", exact=True).fill("60")
    page.get_by_role("spinbutton", name="Delay", exact=True).press("Enter")
    longer = suggest_made("signal-recall", "heartbeat", seed=1, options={"delay": 60}).stop
    expect(page.get_by_text(f"{longer} steps", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_when_the_picture_and_the_costs_come(open_page: Open, width: int) -> None:
    """Whoever is on the way to *Run* finds it there."""
    page = open_page("/", width=width)
    held: list[Route] = []
    page.route(
        re.compile("/(preview|plan)$"), lambda route: held.append(route)
    )  # not the method: Playwright marks its handlers
    with page.expect_request(re.compile("/preview$")), page.expect_request(re.compile("/plan$")):
        page.goto(f"{page.url}new")
    button = page.get_by_role("region", name="Run").get_by_role("button", name="Run", exact=True)
    expect(button).to_be_visible()
    before = button.bounding_box()
    for route in held:
        route.continue_()
    expect(page.get_by_text("odd beat at step", exact=False)).to_be_visible()
    expect(page.get_by_text("184 steps", exact=True)).to_be_visible()
    assert button.bounding_box() == before


def test_a_measured_ecg_comes_along_and_its_premature_beat_is_asked_about(open_page: Open) -> None:
    page = open_page("/new#file")
    page.get_by_role("button", name="Heartbeat, measured").click()
    expect(page.get_by_text("it holds V at row 5400", exact=False)).to_be_visible()
    assert (number(page, "First row"), number(page, "Row after the last")) == (5160, 6100)
    expect(page.get_by_text("94 steps", exact=True)).to_be_visible()

    page.get_by_role("button", name="Zoom to it").click()
    expect(page.get_by_text("row 4 220")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_text("row 0")).to_be_visible()

    page.get_by_label("First row", exact=True).fill("3000")
    page.get_by_label("First row", exact=True).press("Enter")
    expect(page.get_by_text("Chosen by hand.")).to_be_visible()
    assert number(page, "Row after the last") == 6100
    page.get_by_role("button", name="Suggest a window").click()
    becomes(lambda: number(page, "First row"), 5160, "the suggestion")


def test_the_question_is_dragged_in_the_picture_and_the_window_ends_with_it(open_page: Open) -> None:
    page = open_page("/new#file")
    page.get_by_role("button", name="Heartbeat, measured").click()
    expect(page.get_by_text("94 steps", exact=True)).to_be_visible()
    picture = page.locator(".line.free")
    picture.scroll_into_view_if_needed()
    wait_until(lambda: page.locator(".line.free rect").count() == 2, "the segment and the replay")
    box = picture.bounding_box()
    assert box
    step = box["width"] / 94
    page.mouse.move(box["x"] + 80 * step, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 90 * step, box["y"] + 40, steps=4)
    page.mouse.up()
    becomes(
        lambda: page.get_by_role("spinbutton", name="Delay", exact=True).input_value(), "40", "ten steps more of delay"
    )
    expect(page.get_by_text("104 steps", exact=True)).to_be_visible()
    becomes(lambda: number(page, "Row after the last"), 6200, "the end of the window")
    assert number(page, "First row") == 5160


def test_of_the_series_that_come_along_another_is_one_press_away(open_page: Open) -> None:
    page = open_page("/new#file", width=390, height=844)
    for title, unit in (("Heartbeat, measured", "mV"), ("Taxi passengers", None), ("CO₂ in the air", None)):
        page.get_by_role("button", name=title).click()
        expect(page.get_by_role("region", name="How this file was read")).to_be_visible()
        expect(page.get_by_role("button", name=title)).to_have_attribute(
            "title", re.compile(".")
        )  # now a word in a row
        expect(page.get_by_text("Suggested:", exact=False)).to_be_visible()
        assert unit is None or page.get_by_text(f", {unit}").count()
        expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
