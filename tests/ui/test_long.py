"""How long?: the results that ship, a delay opened as a recording, and a measurement on a signal of one's own that is stopped."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api, address, overflow, step_shown, wait_until
from tests.ui.test_access import AXE, RUN

Shot = Callable[[Page, str], None]


def drawn(page: Page) -> None:
    """The sentence and the charts are there."""
    expect(page.get_by_role("slider", name=re.compile("^Delay between"))).to_be_visible()
    page.wait_for_selector("svg.main-svg")


def test_the_results_that_ship_answer_at_once(open_page: Open, ready: Api, shot: Shot) -> None:
    page = open_page("/", height=900, bypass_csp=True)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.get_by_role("link", name="How long?", exact=True).click()
    drawn(page)
    assert any("plotly" in url for url in loaded)
    expect(page.get_by_role("status").filter(has_text="The exact memories end at a cliff")).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile("^DNC 120 – 150 150 – 200"))).to_be_visible()
    chart = page.get_by_role("slider", name=re.compile("^Delay between"))
    chart.focus()
    chart.press("End")
    expect(chart).to_have_attribute("aria-valuenow", "400")
    wait_until(lambda: "at=400" in address(page), "the link to say which delay")
    page.get_by_role("button", name=re.compile(r"^DNC [\d.]+$")).click()
    wait_until(lambda: "only=dnc" in address(page), "the link to say which model")
    shot(page, "long-dnc")
    page.add_script_tag(path=str(AXE))
    assert page.evaluate(RUN) == []


def test_a_point_opens_the_recording_of_its_delay_with_the_playhead_at_the_cue(open_page: Open, ready: Api) -> None:
    page = open_page("/long#at=60", height=900)
    drawn(page)
    page.get_by_role("slider", name=re.compile("^Delay between")).press("Enter")
    page.wait_for_url("**/s/**", timeout=120_000)
    wait_until(lambda: step_shown(page) == 16 + 24 + 60, "the playhead at the cue")
    expect(page.get_by_role("link", name="How long?", exact=True)).to_have_attribute("href", re.compile("/s/.*/long$"))


def test_a_signal_of_one_s_own_is_measured_and_stopped_with_what_there_is(
    open_page: Open, ready: Api, shot: Shot
) -> None:
    page = open_page("/long", height=900)
    drawn(page)
    page.get_by_role("button", name="On my signal…").click()
    form = page.get_by_role("region", name="On my signal")
    form.get_by_role("button", name="Generated").click()
    for model in ("LSTM", "Transformer", "DNC"):
        form.get_by_role("checkbox", name=model, exact=True).uncheck()
    form.get_by_role("button", name="Measure").click()
    page.wait_for_url("**/long/**")
    expect(page.get_by_text(re.compile(r"\d+ of 12 delays"))).to_be_visible()
    page.wait_for_selector("svg.main-svg", timeout=60_000)
    stop = page.get_by_role("button", name="Stop here")
    if stop.is_visible():
        stop.click()
    expect(page.get_by_role("button", name="Save rows (CSV)")).to_be_visible(timeout=60_000)
    shot(page, "long-own")
    there = address(page)
    again = open_page(None, height=900)
    again.goto(there)
    drawn(again)
    expect(again.get_by_role("cell", name="NTM")).to_be_visible()


def test_a_phone_shows_all_of_it_in_one_column(open_page: Open, ready: Api) -> None:
    page = open_page("/long", width=390, height=844)
    drawn(page)
    assert overflow(page) <= 0
    expect(page.get_by_role("button", name=re.compile(r"^NTM [\d.]+$"))).to_be_visible()
