"""Sharing that does not succeed: what the server refuses stands in the dialog as a sentence with a way out, nothing that was typed
is lost, and the next try succeeds. And sharing of a run that goes on.

The wishes of the page are made impossible on their way, so that the refusals are the server's own.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.ui.album import Album
from tests.ui.conftest import Live, Open, Watch
from tests.ui.helpers import Api, address, becomes, calm, copied, settled, step_shown, steps_there, wait_until

PAST = "2001-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def recording(ready: Api) -> str:
    signal = {"kind": "generated", "generator": "heartbeat", "steps": 200, "seed": 5}
    wish = {"signal": signal, "task": "signal-recall", "models": ["lstm", "ntm"], "title": "Is refused", "speed": None}
    return ready.finished(wish, 60)


def opened(page: Page, panel: str) -> Locator:
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share this recording")
    dialog.get_by_role("button", name=panel, exact=True).click()
    return dialog


def refused(page: Page, watch: Watch, status: int) -> None:
    """The browser writes the answer on its console; it is what was asked for."""

    def heard() -> bool:
        page.wait_for_timeout(20)  # what is on its way from there is taken in while it waits
        return any(f"status of {status}" in line for line in watch.trouble)

    wait_until(heard, f"the console to say {status}")
    watch.trouble[:] = [line for line in watch.trouble if f"status of {status}" not in line]


CHANGED: dict[str, tuple[int, str, dict[str, object]]] = {
    "steps-there-are-not": (422, "Wanted steps inside 0 … 200", {"stop": 999}),
    "a-day-that-is-past": (422, "would have to expire at 2001-01-01T00:00:00Z, which is past", {"expires": PAST}),
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_copy_that_is_refused(
    open_page: Open, recording: str, ready: Api, watch: Watch, album: Album, case: str
) -> None:
    status, words, change = CHANGED[case]
    page = open_page(f"/s/{recording}#t=150&v=1")
    settled(page)
    dialog = opened(page, "A copy")
    dialog.get_by_role("spinbutton", name="From step").fill("70")
    dialog.get_by_role("spinbutton", name="to", exact=True).fill("90")
    dialog.get_by_role("switch").check()
    dialog.get_by_label("Expires").select_option("After 30 days")
    page.route("**/share", lambda route: route.continue_(post_data=route.request.post_data_json | change))
    dialog.get_by_role("button", name="Make the copy").click()
    expect(dialog.get_by_role("alert")).to_contain_text(words)
    refused(page, watch, status)
    as_typed(dialog)
    if case == "steps-there-are-not":
        expect(dialog.get_by_role("alert")).to_contain_text("Choose another stretch of steps")
        album.keep(page, "share-refused")

    page.unroute("**/share")
    dialog.get_by_role("button", name="Make the copy").click()
    expect(dialog.get_by_text("The copy is made: steps 64 to 127")).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)
    as_typed(dialog)
    link = dialog.get_by_role("link", name="Open the copy").get_attribute("href") or ""
    copy = ready.get(f"/api/recordings/{link.rpartition('/s/')[2]}")
    assert copy["steps"] == 64
    assert copy["expires"] is not None


def as_typed(dialog: Locator) -> None:
    """Nothing is lost."""
    expect(dialog.get_by_role("spinbutton", name="From step")).to_have_value("70")
    expect(dialog.get_by_role("spinbutton", name="to", exact=True)).to_have_value("90")
    expect(dialog.get_by_role("switch")).to_be_checked()
    expect(dialog.get_by_label("Expires")).to_have_value("30")


def test_a_copy_of_what_the_server_says_goes_on(open_page: Open, recording: str, live: Live, watch: Watch) -> None:
    """409: the page took the run for ended, the server knows better."""
    other = live(start="paused")
    page = open_page(f"/s/{recording}#t=150&v=1")
    settled(page)
    dialog = opened(page, "A copy")

    def elsewhere(route: Route) -> None:
        route.continue_(url=route.request.url.replace(recording, other))

    page.route("**/share", elsewhere)
    dialog.get_by_role("button", name="Make the copy").click()
    said = dialog.get_by_role("alert")
    expect(said).to_contain_text("The run is still going on, and copies are made of what will not change")
    expect(said).to_contain_text("Stop it first.")
    refused(page, watch, 409)
    expect(dialog.get_by_role("button", name="Make the copy")).to_be_enabled()


def test_rules_that_are_refused(open_page: Open, recording: str, ready: Api, watch: Watch) -> None:
    """Who finds it and how long: what was chosen stays chosen until it is saved."""
    page = open_page(f"/s/{recording}#t=150&v=1")
    settled(page)
    dialog = opened(page, "Who finds it")
    before = ready.get(f"/api/recordings/{recording}")
    dialog.get_by_role("radio", name="Everybody").check()
    dialog.get_by_label("Expires").select_option("After 7 days")
    expect(dialog.get_by_text("Not saved yet.")).to_be_visible()

    def past(route: Route) -> None:
        if route.request.method == "PATCH":
            route.continue_(post_data={"expires": PAST})
        else:
            route.continue_()

    page.route(f"**/api/recordings/{recording}", past)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("which is past")
    expect(dialog.get_by_role("alert")).to_contain_text("Choose a later time.")
    refused(page, watch, 422)
    expect(dialog.get_by_role("radio", name="Everybody")).to_be_checked()
    expect(dialog.get_by_label("Expires")).to_have_value("7")
    expect(dialog.get_by_text("Not saved yet.")).to_be_visible()
    assert rules(ready, recording) == (before["visibility"], before["expires"])

    page.unroute(f"**/api/recordings/{recording}")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Saved. It expires in 7 days.")).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)
    assert rules(ready, recording)[0] == "listed"


def rules(ready: Api, recording: str) -> tuple[Any, Any]:
    kept = ready.get(f"/api/recordings/{recording}")
    return kept["visibility"], kept["expires"]


def test_no_answer_at_all(open_page: Open, recording: str, watch: Watch) -> None:
    page = open_page(f"/s/{recording}#t=150&v=1")
    settled(page)
    dialog = opened(page, "A copy")
    page.route("**/share", lambda route: route.abort())
    dialog.get_by_role("button", name="Make the copy").click()
    expect(dialog.get_by_role("alert")).to_contain_text("server")
    watch.trouble[:] = [line for line in watch.trouble if "ERR_FAILED" not in line]  # what was cut off here
    page.unroute("**/share")
    dialog.get_by_role("button", name="Make the copy").click()
    expect(dialog.get_by_text("The copy is made: steps 0 to 199")).to_be_visible()


def test_while_the_run_goes_on(open_page: Open, live: Live, album: Album) -> None:
    """A link can be had at once, and opens at the step that was looked at; a copy and rules when the run has ended."""
    page = open_page(f"/s/{live()}")
    wait_until(lambda: steps_there(page) >= 60, "60 live steps")
    dialog = opened(page, "A copy")
    expect(dialog.get_by_text("The run is still going on")).to_be_visible()
    expect(dialog.get_by_role("button", name="Make the copy")).to_have_attribute("aria-disabled", "true")
    expect(dialog.get_by_role("button", name="Who finds it")).to_have_count(0)
    album.keep(page, "share-live")
    page.keyboard.press("Escape")

    stopped_at(page, 40)
    dialog = opened(page, "Link")
    expect(dialog.get_by_text("This moment, t = 40, with these lanes")).to_be_visible()
    dialog.get_by_role("button", name="Copy link").click()
    link = copied(page)
    assert "t=40&" in link
    there = steps_there(page)
    other = open_page(None)
    other.goto(link)
    settled(other)
    becomes(lambda: step_shown(other), 40, "the step")
    expect(other.get_by_role("button", name="Back to live")).to_be_visible()
    wait_until(lambda: steps_there(other) > there, "the run to go on behind the moment")
    assert step_shown(other) == 40

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stop run").click()
    expect(page.get_by_text("Ended early", exact=True)).to_be_attached()
    dialog = opened(page, "A copy")
    expect(dialog.get_by_role("button", name="Who finds it")).to_be_visible()
    dialog.get_by_role("button", name="Make the copy").click()
    expect(dialog.get_by_text(re.compile(r"The copy is made: steps 0 to \d+"))).to_be_visible()


def stopped_at(page: Page, step: int) -> None:
    """The playhead away from the newest step, with the keyboard."""
    page.keyboard.press("Home")
    for _ in range(step // 10):
        page.keyboard.press("Shift+ArrowRight")
    wait_until(lambda: step_shown(page) == step and f"t={step}&" in address(page), f"step {step}")


def test_a_link_to_the_newest_step_of_a_run(open_page: Open, live: Live) -> None:
    """Followed, a run has no moment of its own; what the dialog calls this moment is what the link opens."""
    page = open_page(f"/s/{live()}")
    wait_until(lambda: steps_there(page) >= 60, "60 live steps")
    page.keyboard.press("Space")
    expect(page.get_by_text("Live, paused")).to_be_visible()
    now = calm(page, lambda: step_shown(page))
    dialog = opened(page, "Link")
    expect(dialog.get_by_text(f"This moment, t = {now}, with these lanes")).to_be_visible()
    dialog.get_by_role("button", name="Copy link").click()
    link = copied(page)
    other = open_page(None)
    other.goto(link)
    settled(other)
    becomes(lambda: step_shown(other), now, "the step")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until(lambda: steps_there(page) > now + 20, "the run to go on")
    assert step_shown(other) == now, "a link to a moment stays at that moment"
