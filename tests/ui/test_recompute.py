"""A recorded model run again in the page: the browser's bits against the server's, also in a file that was opened from disk."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api, settled

AGREES = re.compile(r"Recomputed here: every bit of 160 steps agrees\. [\d.<  ]+ ms a step\.")


def recomputed(page: Page, model: str) -> Locator:
    """The menu of a lane has it run again; what the inspector then says of its model."""
    page.get_by_role("button", name=re.compile(f"^{model}, lane")).click()
    page.get_by_role("menuitem", name="Recompute here, bit by bit").click()
    card = page.get_by_role("complementary", name="Inspector").locator("section.pointer")
    expect(card.get_by_role("heading", name=model)).to_be_visible()
    return card


def test_every_bit_agrees_in_the_page_and_in_a_file(open_page: Open, ready: Api, tmp_path: Path) -> None:
    """A memory of fixed size and one that grows; the file carries both models."""
    signal = {"kind": "generated", "generator": "heartbeat", "steps": 160, "seed": 3}
    wish = {
        "signal": signal,
        "task": "signal-recall",
        "models": ["dnc", "transformer"],
        "title": "Twice",
        "speed": None,
    }
    identity = ready.finished(wish | {"start": "playing"}, 60)
    page = open_page(f"/s/{identity}#t=100&v=1")
    settled(page)
    for model in ("DNC", "Transformer"):
        card = recomputed(page, model)
        expect(card).to_contain_text(AGREES, timeout=30_000)
        expect(card.get_by_role("button", name="Recompute again")).to_be_visible()
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_role("checkbox", name="with the models").check()
    with page.expect_download() as download:
        page.get_by_role("link", name="One HTML file").click()
    download.value.save_as(tmp_path / "alone.html")
    alone = open_page(None)
    alone.goto(f"{(tmp_path / 'alone.html').as_uri()}#t=100&v=1")
    settled(alone)
    expect(recomputed(alone, "DNC")).to_contain_text(AGREES, timeout=30_000)


def test_a_shipped_recording_agrees_but_for_rounding(open_page: Open) -> None:
    """torch made it: the sentence says so, and how near it comes."""
    page = open_page("/s/odd-beat#t=100&v=1")
    settled(page)
    expect(recomputed(page, "NTM")).to_contain_text(
        re.compile(r"160 steps agree to \de-\d; torch made the recording"), timeout=30_000
    )
