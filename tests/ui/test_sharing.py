"""A recording is handed on: a copy without the facts of its signal, who finds it, how long, and the link after that."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import ROOT
from tests.ui.conftest import Open, Watch
from tests.ui.helpers import Api, becomes, copied, overflow, settled, steps_there, wait_until

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
RUN = "async () => (await axe.run()).violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' '))"
NAME = "Sharing is tested"
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def recording(ready: Api) -> str:
    """A finished run of 200 steps, by a model with a cell and one that attends."""
    made = ready.post(
        "/api/sessions",
        {
            "signal": {"kind": "generated", "generator": "heartbeat", "steps": 200, "seed": 5},
            "task": "signal-recall",
            "models": ["lstm", "transformer"],
            "title": NAME,
            "speed": None,
        },
    )
    wait_until(lambda: not ready.get(f"/api/recordings/{made['id']}")["live"], "200 steps")
    return made["id"]


def opened(page: Page, panel: str) -> None:
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("group", name="What to share").get_by_role("button", name=panel).click()


def test_a_copy_without_the_facts_of_its_signal(open_page: Open, ready: Api, recording: str, shot: Shot) -> None:
    """Asked for and made with the keyboard alone; the copy opens, and nothing in it says what the signal was."""
    page = open_page(f"/s/{recording}#t=150&select=140-150&v=1", bypass_csp=True)
    settled(page)
    opened(page, "A copy")
    dialog = page.get_by_role("dialog", name="Share this recording")
    expect(dialog.get_by_role("spinbutton", name="From step")).to_have_value("140")  # the selection
    expect(dialog.get_by_text("The copy holds steps 0 to 191.")).to_be_visible()
    expect(dialog.get_by_text("Transformer attends to every step before")).to_be_visible()
    page.keyboard.press("Tab")  # from the choice of panels to the first field
    if dialog.get_by_role("button", name="Who finds it").evaluate("(b) => b === document.activeElement"):
        page.keyboard.press("Tab")
    expect(dialog.get_by_role("spinbutton", name="From step")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("100")
    for _ in range(3):  # the last step, all steps, the switch
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(dialog.get_by_role("switch")).to_be_checked()
    dialog.get_by_label("Expires").select_option("After 7 days")
    page.add_script_tag(path=str(Path(AXE)))
    assert page.evaluate(RUN) == []
    dialog.get_by_role("button", name="Make the copy").press("Enter")
    expect(dialog.get_by_text("The copy is made: steps 0 to 191")).to_be_visible()
    expect(dialog.get_by_text("The server says: attention reads all steps before it")).to_be_visible()
    assert page.evaluate(RUN) == []
    shot(page, "sharing-1-copy")
    dialog.get_by_role("button", name="Copy link").click()
    link = copied(page, "Its link is on the clipboard.")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    copy: dict[str, Any] = ready.get(f"/api/recordings/{link.rpartition('/s/')[2]}")
    assert copy["manifest"]["signal"]["name"] == "signal"
    assert copy["manifest"]["excerpt"]["signal_stripped"] is True
    assert copy["expires"] is not None

    other = open_page(None)
    other.goto(link)
    settled(other)
    becomes(lambda: steps_there(other), 192, "steps of the copy")
    assert NAME not in other.locator("body").inner_text()
    assert "heart" not in other.locator("body").inner_text().lower()


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_the_owner_says_who_finds_it_and_how_long(
    open_page: Open, ready: Api, recording: str, shot: Shot, width: int, theme: Any
) -> None:
    page = open_page(f"/s/{recording}#t=150&v=1", width=width, theme=theme, bypass_csp=True)
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_visible()
    opened(page, "Who finds it")
    page.get_by_role("radio", name="Whoever has the link").check()
    page.get_by_label("Expires").select_option("Never")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It never expires.")).to_be_visible()
    page.get_by_role("radio", name="Everybody").check()
    page.get_by_label("Expires").select_option("After a date")
    expect(page.get_by_text("Choose the last day on which it opens.")).to_be_visible()
    page.get_by_label("Last day").fill("2999-12-31")
    page.add_script_tag(path=str(Path(AXE)))
    assert page.evaluate(RUN) == []
    assert overflow(page) <= 0
    shot(page, f"sharing-2-access-{width}-{theme}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It expires in")).to_be_visible()
    kept = ready.get(f"/api/recordings/{recording}")
    assert kept["visibility"] == "listed"
    assert kept["expires"].startswith(("2999-12-31", "3000-01-01"))

    page.get_by_label("Expires").select_option("After 7 days")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It expires in 7 days.")).to_be_visible()
    page.goto("/")
    row = page.get_by_role("row").filter(has_text=NAME)
    expect(row.get_by_text("listed")).to_be_visible()
    expect(row.get_by_text("expires in 7 days")).to_be_visible()
    assert overflow(page) <= 0
    row.scroll_into_view_if_needed()
    shot(page, f"sharing-3-recents-{width}-{theme}")


def test_what_others_made_is_copied_and_nothing_else(open_page: Open, ready: Api, watch: Watch) -> None:
    """A shipped recording belongs to nobody, and can be copied; a copy whose time is over says so."""
    shipped = ready.get("/api/gallery")[0]["id"]
    page = open_page(f"/s/{shipped}#t=70&v=1")
    settled(page)
    opened(page, "A copy")
    expect(page.get_by_role("button", name="Make the copy")).to_be_visible()
    expect(page.get_by_role("button", name="Who finds it")).to_have_count(0)

    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    copy = ready.post(f"/api/recordings/{shipped}/share", {"stop": 64, "expires": soon})["id"]
    wait_until(lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > soon, "the copy to expire")
    assert not watch.trouble
    page.goto(f"/s/{copy}")
    expect(page.get_by_text("There is nothing at this link.")).to_be_visible()
    expect(page.get_by_text("Ask whoever sent the link for another one.")).to_be_visible()
    expect(page.get_by_role("link", name="All recordings")).to_be_visible()
    # that the address answers 404 is what is wanted here; the browser writes it on its console
    assert [line for line in watch.trouble if "404" not in line] == []
    watch.trouble.clear()
