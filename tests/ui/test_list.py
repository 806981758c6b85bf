"""A list of many recordings: walked by keyboard to its end, searched, left for a recording and come back to."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.server.stored import write
from tests.ui.helpers import PATIENCE, becomes
from tests.ui.serving import serving

MANY = 120
FOCUSED = "() => document.activeElement.textContent.trim()"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with many recordings in its data folder."""
    folder = tmp_path_factory.mktemp("many")
    recordings = folder / "data/recordings"
    recordings.mkdir(parents=True)
    for number in range(MANY):
        write(SimpleNamespace(path=lambda i: Path(recordings / f"{i}.mnemo")), steps=64, title=f"run {number:03}")
    with serving(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, full: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=full)
    context.set_default_timeout(1000 * PATIENCE)
    opened = context.new_page()
    opened.goto("/")
    yield opened
    context.close()


def rows(page: Page) -> list[str]:
    return page.get_by_role("region", name="Recent recordings").locator("tbody td.name a").all_inner_texts()


def test_a_long_list_is_gone_through_by_keyboard(page: Page) -> None:
    expect(page.get_by_role("status").get_by_text("120", exact=True)).to_be_visible()
    page.get_by_role("button", name="50 more of 115").focus()
    page.keyboard.press("Enter")
    becomes(lambda: len(rows(page)), 55, "fifty more rows")
    becomes(lambda: page.evaluate(FOCUSED), rows(page)[5], "the first of the new rows to have the focus")
    page.get_by_role("button", name="50 more of 65").press("Enter")
    becomes(lambda: len(rows(page)), 105, "fifty more")
    page.get_by_role("button", name="15 more of 15").press("Enter")
    becomes(lambda: len(rows(page)), MANY, "the last")
    becomes(lambda: page.evaluate(FOCUSED), rows(page)[105], "the first of the last rows, as the button is gone")
    assert len(set(rows(page))) == MANY


def test_back_leads_to_where_the_list_was_left(page: Page) -> None:
    page.get_by_role("button", name="50 more of 115").click()
    becomes(lambda: len(rows(page)), 55, "fifty more rows")
    title = rows(page)[50]
    link = page.get_by_role("link", name=title)
    link.click()
    page.wait_for_url("**/s/*")
    page.go_back()
    becomes(lambda: len(rows(page)), 55, "the rows that were shown")
    becomes(lambda: page.evaluate(FOCUSED), title, "the recording that was opened to have the focus")
    expect(link).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Which of these remembers the odd beat?")).to_be_in_viewport()


def test_back_leads_to_what_was_looked_for(page: Page) -> None:
    field = page.get_by_label("Search recordings")
    field.fill("run 07")
    expect(page.get_by_role("status").get_by_text("10 found")).to_be_visible()
    assert len(rows(page)) == 10
    page.get_by_role("link", name="run 073").click()
    page.wait_for_url("**/s/*")
    page.go_back()
    expect(field).to_have_value("run 07")
    becomes(lambda: len(rows(page)), 10, "what was found")
    page.get_by_role("link", name="New run", exact=True).click()
    page.get_by_role("link", name="Home", exact=True).click()
    becomes(lambda: len(rows(page)), 5, "the list as at first")
