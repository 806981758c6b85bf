"""The verdict and a selection: at four widths in both themes, under axe-core; what a clause and a row lead to."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.ui.album import Album
from tests.ui.conftest import Open
from tests.ui.helpers import Api, settled, stage, step_shown

QUESTION = "Who still has the odd beat?"


def answered(page: Page) -> None:
    settled(page)
    expect(page.get_by_role("region", name="Verdict").get_by_role("heading")).to_have_text(QUESTION)


def test_the_verdict_at_every_size(open_page: Open, ready: Api, album: Album) -> None:
    page = open_page("/s/odd-beat#v=1")
    answered(page)
    album.keep(page, "verdict")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (820, 1180), (390, 844)])
def test_the_stage_stays_where_it_is_when_the_verdict_comes(open_page: Open, size: tuple[int, int]) -> None:
    """A finger on its way to a lane would land on another one."""
    width, height = size
    page = open_page("/", width=width, height=height)
    held: list[Route] = []
    page.route("**/verdict*", lambda route: held.append(route))  # not the method: Playwright marks its handlers
    with page.expect_request("**/verdict*"):
        page.goto(f"{page.url}s/odd-beat#t=90&v=1")
    settled(page)
    before = stage(page).bounding_box()
    for route in held:
        route.continue_()
    answered(page)
    assert stage(page).bounding_box() == before


def test_a_selection_at_every_size(open_page: Open, ready: Api, album: Album) -> None:
    """What the models hold and read of it comes from the file; how far it moves their answers, from the models themselves."""
    page = open_page("/s/odd-beat#t=90&select=25-48&v=1")
    answered(page)
    card = page.get_by_role("complementary", name="Inspector")
    row = card.get_by_role("row", name="DNC").first
    expect(row).to_contain_text("mV", timeout=30_000)
    album.keep(page, "selection")
    assert moved(row) > 0.1  # the beat is replayed there


def moved(row: Locator) -> float:
    return float(row.get_by_role("cell").last.inner_text().removesuffix(" mV"))


def test_a_lecture_at_every_size(open_page: Open, album: Album) -> None:
    page = open_page("/s/odd-beat#lec=1&v=1")
    answered(page)
    album.keep(page, "lecture")
    page.set_viewport_size({"width": 960, "height": 600})  # what 150 % of zoom leave of 1440 × 900
    expect(page.get_by_role("region", name="Verdict").get_by_role("heading")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("erase, free").first).to_be_in_viewport(ratio=1)  # the legend
    sizes = page.get_by_role("region", name="Verdict").evaluate(
        "(strip) => [...strip.querySelectorAll('h2, td, .say')].filter((e) => e.checkVisibility())"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 14


def test_how_long_at_every_size(open_page: Open, ready: Api, album: Album) -> None:
    page = open_page("/long")
    expect(page.locator("main table tbody tr").first).to_be_visible()
    album.keep(page, "long", whole=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("main").evaluate("(main) => main.scrollTo(0, 0)")
    for question in (
        "is it still there?",
        "is it found?",
    ):  # beside the table of all models, before anything is scrolled
        chart = page.get_by_role("region", name=question, exact=False)
        expect(chart.get_by_role("heading")).to_be_in_viewport(ratio=1)
        expect(chart).to_be_in_viewport(ratio=0.8)


def test_the_first_card_answers_without_a_click(open_page: Open) -> None:
    """Who remembered it and how well, from where, who overwrote what and when; and what its inks and its step are."""
    page = open_page("/", reduced_motion="reduce")
    card = page.get_by_role("article").first
    rows = card.get_by_role("row")
    expect(card.get_by_role("row", name="1 DNC 0.8% 103% frees each slot as it replays it")).to_be_in_viewport(ratio=1)
    for column in ("error, of the signal", "from the right place", "because"):
        expect(card.get_by_role("columnheader", name=column)).to_be_in_viewport(ratio=1)
    expect(card.get_by_role("row", name="NTM")).to_contain_text("later t = 120 to 130 overwrote 42%")
    expect(card.get_by_role("row", name="Transformer")).to_contain_text("nothing is lost")
    expect(card).to_contain_text("stopped at the answer")
    expect(card.locator("canvas")).to_have_attribute("data-step", "93")
    for words in ("Stored at t = 25 to 48", "write", "erase, free"):
        expect(card.get_by_text(words, exact=False).first).to_be_in_viewport(ratio=1)
    expect(rows.last).to_be_in_viewport(ratio=1)


def test_the_verdict_leads_to_what_the_same_models_do_on_other_signals(open_page: Open) -> None:
    page = open_page("/s/odd-beat#v=1")
    answered(page)
    page.get_by_role("region", name="Verdict").get_by_role("link", name="On 48 other signals").click()
    page.wait_for_url("**/long#at=30")
    expect(page.get_by_text("at 30", exact=True)).to_be_visible()


def test_a_clause_sets_playhead_lane_and_pin(open_page: Open) -> None:
    page = open_page("/s/odd-beat#v=1")
    answered(page)
    strip = page.get_by_role("region", name="Verdict")
    clause = strip.get_by_role("button", name="overwrote", exact=False).first
    step = int((clause.get_attribute("title") or "").removeprefix("Go to t = "))
    clause.click()
    assert step_shown(page) == step
    expect(strip.get_by_role("button", name="NTM", exact=True)).to_have_attribute("aria-pressed", "true")
    card = page.get_by_role("complementary", name="Inspector")
    expect(card.get_by_role("heading", name="NTM, slot", exact=False)).to_be_visible()
    expect(card.get_by_text(f"t = {step} replaced t = ", exact=False)).to_be_visible()
    page.wait_for_function("() => location.hash.includes('pin=ntm')")
    page.keyboard.press("Escape")
    expect(strip.get_by_role("button", name="NTM", exact=True)).to_have_attribute("aria-pressed", "false")
