"""A recorded model run again in the page: the browser's bits against the server's, also in a file that was opened from disk."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from mnemoscope.running import record
from mnemoscope.tasks import episodes
from tests.ui.conftest import Open
from tests.ui.helpers import Api, overflow, settled

MIN_TARGET = 40
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


def test_a_shipped_recording_agrees_in_every_bit(open_page: Open) -> None:
    page = open_page("/s/odd-beat#t=100&v=1")
    settled(page)
    expect(recomputed(page, "NTM")).to_contain_text(AGREES, timeout=30_000)


def test_a_recording_by_torch_agrees_but_for_rounding(
    open_page: Open, ready: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says who made it, and how near the engine comes."""
    monkeypatch.setenv("MNEMOSCOPE_STEP_ENGINE", "torch")
    episode = episodes.from_generator("signal-recall", "heartbeat", steps=160, seed=3, params={}, options={})
    record.record_file(tmp_path / "torch.mnemo", episode, record.load_models(["ntm"], "signal-recall"))
    page = open_page("/")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "torch.mnemo")
    page.wait_for_url("**/s/*")
    settled(page)
    expect(recomputed(page, "NTM")).to_contain_text(
        re.compile(r"160 steps agree to \de-\d; torch made the recording"), timeout=30_000
    )


def test_a_phone_shows_what_came_of_it_in_a_card(open_page: Open) -> None:
    """It has no inspector to say it; the card is closed as others are, and asked again it says it again."""
    page = open_page("/s/odd-beat#t=93&v=1", width=390, height=844, has_touch=True)
    settled(page)
    page.locator("button.head").tap()
    page.get_by_role("menuitem", name="Recompute here, bit by bit").tap()
    card = page.get_by_role("dialog", name="DNC")
    expect(card).to_be_focused()
    expect(card).to_contain_text(AGREES, timeout=30_000)
    again = card.get_by_role("button", name="Recompute again")
    box = again.bounding_box()
    assert box
    assert box["height"] >= MIN_TARGET
    again.tap()
    expect(card).to_contain_text(AGREES, timeout=30_000)
    assert overflow(page) <= 0
    expect(again).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(page.locator("button.head")).to_be_focused()
