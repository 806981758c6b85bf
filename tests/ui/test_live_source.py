"""A run on a live source, from the form to the recording: the page says how to feed it and follows what comes."""

import math
import re
import subprocess
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.ui.album import Album
from tests.ui.conftest import Open
from tests.ui.helpers import Api, steps_there, wait_until


def session_of(page: Page) -> str:
    return page.url.split("/s/")[1].split("#")[0]


def test_from_the_form_to_the_recording(
    open_page: Open, ready: Api, album: Album, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("/new")
    page.get_by_role("button", name="Live source").click()
    expect(page.get_by_role("group", name="Task").get_by_role("button", name="Forecast")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_label("Rate, samples a second").fill("50")
    page.get_by_label("Samples a step").fill("0")
    expect(page.get_by_text("A step is the mean of 1 to 1000 samples.")).to_be_visible()
    page.get_by_label("Samples a step").fill("1")
    expect(page.get_by_text("At most 4 096 steps")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile("/s/"))
    source = page.get_by_role("region", name="Live source")
    expect(source.get_by_text("Waiting for samples")).to_be_visible()
    shot(page, "live-source-waiting")

    command = source.get_by_label("Command").inner_text()
    assert command.startswith("your-program | curl")
    numbers = " ".join(f"{math.sin(k / 9):.3f}" for k in range(150))
    fed = subprocess.Popen(
        ["sh", "-c", f"(printf '%s\\n' {numbers}; sleep 4) | " + command.removeprefix("your-program | ")],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: steps_there(page) >= 140, "the steps of 150 samples")
        expect(source.get_by_text("150 received")).to_be_visible()
        expect(source.get_by_label("Command")).to_have_count(0)  # it is known by now, and one press away
    finally:
        fed.wait(60)
    identity = session_of(page)
    wait_until(lambda: not ready.get(f"/api/recordings/{identity}")["live"], "the run to end with its source")
    assert ready.get(f"/api/recordings/{identity}")["steps"] == 150
    expect(source).to_have_count(0)
    expect(page.get_by_text("Recorded", exact=True)).to_be_attached()
    expect(page.get_by_text("/ 150")).to_be_visible()  # laid out anew: how long it would be was not planned


def test_what_is_lost_on_the_way_is_shown_while_it_runs_and_in_the_recording(open_page: Open, ready: Api) -> None:
    signal = {"kind": "live", "rate": 50, "offset": 0, "scale": 1, "unit": "mV"}
    wish = {"signal": signal, "task": "forecast", "models": ["lstm"], "start": "playing"}
    identity = ready.post("/api/sessions", wish)["id"]
    address = f"/api/sessions/{identity}/samples"
    page = open_page(f"/s/{identity}")
    source = page.get_by_role("region", name="Live source")
    ready.post(address, {"values": [math.sin(k / 9) for k in range(100)], "first": 0})
    ready.post(address, {"values": [math.sin(k / 9) for k in range(105, 205)], "first": 105})
    ready.post(address, {"values": [0.5], "first": 101})
    expect(source.get_by_text("5 missing in 1 gap")).to_be_visible()
    expect(source.get_by_text("1 too late, left out")).to_be_visible()
    source.get_by_role("button", name="How to feed it").click()
    source.get_by_role("button", name="Python", exact=True).click()
    expect(source.get_by_label("Command")).to_contain_text(address)
    ready.post(address, {"values": [], "end": True})
    expect(source.get_by_text("Of the live source:")).to_be_visible()
    expect(source.get_by_text("5 missing in 1 gap")).to_be_visible()
    source.get_by_role("button", name="Close").click()
    expect(source).to_have_count(0)
