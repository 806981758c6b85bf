"""How a file was read: what only the user can decide is asked, every guess is a control, and a change reads the file again."""

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import DATA
from tests.ui.album import Album
from tests.ui.conftest import Open, Watch
from tests.ui.helpers import becomes

GROUPED = "t_s;x\n" + "".join(f"{t};{1 + t % 7},{100 + 7 * t % 800}\n" for t in range(200))
"""1,107 may be a little more than one or more than a thousand."""

NEWEST = "Date,Close\n" + "".join(
    f"{date(2026, 6, 30) - timedelta(days=t):%d.%m.%Y},{50 + 3 * math.sin(t / 3):.2f}\n" for t in range(200)
)

LONG = "time_s,sensor,temperature_C\n" + "".join(
    f"{t},{name},{base + math.sin(t / 9):.3f}\n" for t in range(150) for name, base in (("attic", 20), ("cellar", 8))
)

PLAIN = "minute,load\n" + "".join(f"{t},{10 + t % 13}.5\n" for t in range(200))


@pytest.fixture
def panel(open_page: Open, tmp_path: Path) -> Callable[..., Page]:
    def panel(text: str, name: str = "log.csv", **options: object) -> Page:
        page = open_page("/new#file", **options)
        path = tmp_path / name
        path.write_text(text)
        page.get_by_label("File with a signal").set_input_files(path)
        expect(first_lines(page)).to_be_visible()
        return page

    return panel


def first_lines(page: Page) -> Locator:
    return page.get_by_role("region", name="First lines of the file")


def figures(page: Page, column: str) -> list[str]:
    """Smallest, mean and largest of a column, as they stand in the table of columns."""
    row = page.get_by_role("row").filter(has=page.get_by_label(f"Use column {column}"))
    cells: list[str] = row.locator("td.n").all_inner_texts()
    return [text.replace("\u2009", "") for text in cells[:3]]


def pressed(question: Locator) -> list[str]:
    return question.locator("button[aria-pressed=true]").all_inner_texts()


def test_one_answer_to_a_tie_changes_the_numbers_and_can_be_taken_back(panel: Callable[..., Page]) -> None:
    page = panel(GROUPED)
    asked = page.get_by_role("group", name="Decimal sign")
    first, second = asked.get_by_role("button").all_inner_texts()
    assert pressed(asked) == [first]
    small, large = ["1.10", "4.46", "7.90"], ["1100", "4458", "7899"]
    before = figures(page, "x")
    assert before[0] in ("1.10", "1100")
    other = large if before[0] == "1.10" else small
    asked.get_by_role("button", name=second).focus()
    page.keyboard.press("Enter")
    becomes(lambda: figures(page, "x")[0], other[0], "the smallest value")
    assert pressed(asked) == [second]
    expect(asked.get_by_role("button", name=second)).to_be_focused()
    page.get_by_role("button", name="Back to what was guessed").click()
    becomes(lambda: figures(page, "x"), before, "the values of before")
    expect(page.get_by_role("button", name="Back to what was guessed")).to_have_count(0)


def test_a_file_that_runs_backwards_is_turned_by_one_choice(panel: Callable[..., Page]) -> None:
    page = panel(NEWEST)
    asked = page.get_by_role("group", name="Order of rows")
    assert pressed(asked) == ["oldest first"]
    expect(page.get_by_text("13 Dec 2025 to 30 Jun 2026").first).to_be_visible()
    expect(page.get_by_role("combobox", name="Order of rows")).to_have_value("time")
    page.get_by_role("combobox", name="Order of rows").select_option(label="as in the file")
    expect(page.get_by_text("30 Jun 2026 to 13 Dec 2025").first).to_be_visible()
    assert pressed(asked) == ["rows as they stand in the file"]
    asked.get_by_role("button", name="oldest first").click()
    expect(page.get_by_text("13 Dec 2025 to 30 Jun 2026").first).to_be_visible()


def test_the_series_of_a_long_table_is_chosen_and_stands_in_the_recording(panel: Callable[..., Page]) -> None:
    page = panel(LONG)
    asked = page.get_by_role("group", name="Series of sensor")
    assert pressed(asked) == ["attic"]
    assert figures(page, "temperature")[1].startswith("20")
    asked.get_by_role("button", name="cellar").click()
    becomes(lambda: figures(page, "temperature")[1][:2], "8.", "the mean of the other series")
    expect(page.get_by_label("Series", exact=True)).to_have_value("cellar")
    expect(first_lines(page).locator("tr.other_series")).to_have_count(3)
    expect(page.get_by_label("What the colours mean")).to_contain_text("rows of other series")
    page.get_by_role("button", name="Start paused").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/s/*")
    made = page.evaluate("async () => (await fetch('api/recordings/' + location.pathname.split('/')[2])).json()")
    assert made["manifest"]["signal"]["source"]["options"] == {"series": "cellar"}
    page.get_by_role("button", name="Stop run").click()


def test_a_wrong_setting_is_explained_beside_it_and_the_last_reading_stays(
    panel: Callable[..., Page], watch: Watch
) -> None:
    page = panel(PLAIN)
    before = figures(page, "load")
    page.get_by_label("Delimiter").select_option(label="semicolon")
    error = page.get_by_role("region", name="How this file was read").get_by_role("alert")
    expect(error).to_contain_text("the last reading that worked")
    expect(page.get_by_label("Delimiter")).to_have_value(";")
    assert figures(page, "load") == before
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    error.get_by_role("button", name="Back to the last reading").click()
    expect(page.get_by_label("Delimiter")).to_have_value(",")
    expect(error).to_have_count(0)
    watch.trouble[:] = [line for line in watch.trouble if "status of 4" not in line]


def test_rate_time_and_missing_values_are_set_by_keyboard(panel: Callable[..., Page]) -> None:
    """A rate as people say it; a column that is no time; a number that means nothing was measured."""
    page = panel(PLAIN)
    rate = page.get_by_label("Rate", exact=True)
    page.get_by_label("Unit of the rate").select_option(label="min apart")
    rate.fill("30")
    rate.press("Enter")
    expect(page.get_by_text("1 per 30 min").first).to_be_visible()
    expect(rate).to_have_value("30")
    missing = page.get_by_label("Missing", exact=True)
    missing.fill("22.5")
    missing.press("Enter")
    becomes(lambda: figures(page, "load")[2], "21.50", "the largest value")
    expect(missing).to_have_value("22.5")
    page.get_by_label("Use of column minute").select_option(label="no time")
    expect(page.get_by_label("Time", exact=True)).to_have_text("no column")
    time = page.get_by_label("Time", exact=True)
    time.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Time", exact=True)).to_have_text("minute")
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Time: columns")).to_have_count(0)


def test_it_is_well_at_every_width_in_both_themes(panel: Callable[..., Page], album: Album) -> None:
    """Nothing is cut off or scrolls sideways, no rule of axe-core is violated: as it was found, and with everything unfolded."""
    page = panel("# pump 7\n" + LONG.replace("attic,20.000", "attic,-"))
    album.keep(page, "how-read", whole=True)
    page.get_by_role("group", name="Series of sensor").get_by_role("button", name="cellar").click()
    expect(page.get_by_text("Read again as set: 150 rows, 1 Hz.")).to_be_visible()
    for folded in page.locator(".read summary").all():
        folded.click()
    album.keep(page, "how-read-unfolded", whole=True)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_fits_a_phone(panel: Callable[..., Page], theme: str) -> None:
    page = panel(GROUPED, width=390, height=844, theme=theme)
    assert page.evaluate("() => document.querySelector('main').scrollWidth <= innerWidth")
    labels = page.locator(".fields label").all()
    assert len(labels) >= 8
    for label in labels:
        assert page.locator(f"[id='{label.get_attribute('for')}']").count() == 1
    small = page.evaluate(
        "() => [...document.querySelectorAll('.read .choice, .read .pill')].filter((e) => e.offsetHeight < 26).length"
    )
    assert small == 0


def test_lines_that_were_left_out_are_listed_with_the_reason(panel: Callable[..., Page]) -> None:
    rows = [f"{t},{t % 9}.25" for t in range(200)]
    page = panel("\n".join(["t_s,x", *rows[:30], "# pump off", *rows[30:]]))
    page.get_by_text("1 line left out", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("32 a comment # pump off"))).to_be_visible()


def test_files_chosen_together_are_choices(open_page: Open, tmp_path: Path) -> None:
    """None of them is dropped without a word; those of one record are one choice."""
    page = open_page("/new#file")
    data = DATA / "ecg_mitbih_100"
    (tmp_path / "a.csv").write_text(PLAIN)
    (tmp_path / "b.csv").write_text(LONG)
    record = [data / "100_3s.dat", data / "100_3s.hea"]
    page.get_by_label("File with a signal").set_input_files([tmp_path / "a.csv", *record, tmp_path / "b.csv"])
    choices = page.get_by_role("group", name="Files that were chosen").get_by_role("button")
    expect(choices).to_have_count(3)
    expect(page.get_by_label("Use column load")).to_be_checked()
    assert [button.get_attribute("aria-pressed") for button in choices.all()] == ["true", "false", "false"]
    choices.nth(1).click()
    expect(page.get_by_role("region", name="How this file was read")).to_contain_text("360 Hz")
    expect(page.get_by_label("Rate", exact=True)).to_have_value("360")
    choices.nth(2).click()
    expect(page.get_by_role("group", name="Series of sensor")).to_be_visible()


def test_the_chooser_offers_what_the_server_reads(open_page: Open) -> None:
    page = open_page("/new#file")
    chooser = page.get_by_label("File with a signal")
    expect(chooser).to_have_attribute("accept", re.compile(r"\.csv,.*\.edf.*\.mnemo$"))
    expect(page.get_by_text("CSV and other text tables; ")).to_be_visible()


def test_a_long_reading_counts_its_rows_and_can_be_cancelled(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/new#file")
    long = tmp_path / "long.csv"
    long.write_text("t,a,b\n" + "".join(f"{t},{t % 97}.5,x{t}\n" for t in range(20_000)) * 40)
    page.get_by_label("File with a signal").set_input_files(long)
    expect(page.get_by_text("First look at the first 1.0 MB; the whole file is on its way.")).to_be_visible()
    expect(first_lines(page)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\d rows read"))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label("File with a signal").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": PLAIN.encode()}
    )
    expect(page.get_by_label("Use column load")).to_be_checked()
