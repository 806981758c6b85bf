"""Fit to my signal, in the page: the split first, the error as it falls, stopped early, what to take, two lanes, and gone again."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.album import Album
from tests.ui.conftest import Open, Watch
from tests.ui.helpers import Api, address, heartbeat_csv, settled, wait_until
from tests.ui.test_screenshots import expected

ROWS = 900


def test_a_model_is_fitted_to_a_file(open_page: Open, ready: Api, watch: Watch, album: Album, tmp_path: Path) -> None:
    page = open_page("/fit")
    expect(page.get_by_text("Choose a file first.")).to_be_visible()
    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "short.csv", rows=200))
    expect(page.get_by_role("alert")).to_contain_text("at least 300")
    expected(watch, "status of 422")

    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "ward.csv", rows=ROWS))
    expect(page.get_by_text("score on this, never seen")).to_be_visible()
    expect(page.get_by_text("To beat on the held-back part: AR(32)")).to_be_visible()
    album.keep(page, "fit-planned", whole=True)

    for name in ("Transformer", "DNC"):
        page.get_by_label(name, exact=True).uncheck()
    page.get_by_role("button", name="Fit 1 model").press("Enter")
    expect(page.get_by_role("img", name="Error on the held-back part: ")).to_have_attribute(
        "aria-label", re.compile("LSTM")
    )
    page.get_by_role("button", name="Stop here").press("Enter")
    stage = page.get_by_role("button", name="Before and after on the stage")
    expect(stage).to_be_enabled()
    said = page.locator(".answer").inner_text()
    assert "Rank only: 4 blocks" in said
    album.keep(page, "fit-done", whole=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("button", name="Delete the fit")).to_be_in_viewport(
        ratio=1
    )  # beside what it is scored against

    page.reload()  # the link has the fit
    expect(stage).to_be_enabled()
    assert page.locator(".answer").inner_text() == said
    fit = address(page).partition("#")[2]

    stage.press("Enter")
    page.wait_for_url("**/s/*")
    settled(page)
    expect(page.get_by_text("90% band").first).to_be_visible()
    expect(page.get_by_text("LSTM, fitted").first).to_be_visible()
    page.go_back()
    delete(page)
    assert fit not in [kept["id"] for kept in ready.get("/api/fits")]
    assert not page.get_by_role("table").count()


def test_a_model_is_fitted_to_remember(open_page: Open, ready: Api, album: Album, tmp_path: Path) -> None:
    """The split is drawn for the task, a register is drawn beside the mean, and before and after are asked for whole rounds."""
    page = open_page("/fit")
    page.get_by_role("button", name="Remember").press("Enter")
    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "ward.csv", rows=ROWS))
    expect(page.get_by_text("To beat on the held-back part: persistence")).to_be_visible()
    for name in ("Transformer", "DNC"):
        page.get_by_label(name, exact=True).uncheck()
    page.get_by_role("button", name="Fit 1 model").press("Enter")
    curve = page.get_by_role("img", name="Error on the held-back part: ")
    expect(curve).to_have_attribute("aria-label", re.compile("shift register 0.00.*LSTM"))
    page.get_by_role("button", name="Stop here").press("Enter")
    stage = page.get_by_role("button", name="Before and after on the stage")
    expect(stage).to_be_enabled()
    expect(page.locator(".answer")).to_contain_text("A shift register of 54 values is exact")
    expect(page.get_by_role("cell", name="a shift register, told the delay")).to_be_visible()
    album.keep(page, "fit-remembers", whole=True)
    page.get_by_role("button", name="Again").press("Enter")  # what was fitted is listed, and opens with its task
    page.get_by_role("region", name="Fitted before").get_by_role("button", name="LSTM to ward.csv").press("Enter")
    expect(page.get_by_role("cell", name="a shift register, told the delay")).to_be_visible()
    stage.press("Enter")
    page.wait_for_url("**/s/*")
    settled(page)
    expect(page.get_by_text("Who still has the segment?")).to_be_visible()
    page.go_back()
    delete(page)


def delete(page: Page) -> None:
    page.get_by_role("button", name="Delete the fit of the LSTM").press("Enter")
    wait_until(lambda: page.get_by_role("button", name="Delete the fit of the LSTM").count() == 0, "the fit to go")
