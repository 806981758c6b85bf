"""Files that are more than a table: looked at before they have come, on Fit too; a record of several segments, dropped in one go."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.signals.variant_cases import FIXED_SEGMENTS
from tests.ui.conftest import Open

DROP = """([names, contents]) => {
  const data = new DataTransfer();
  names.forEach((name, i) => data.items.add(new File([new Uint8Array(contents[i])], name)));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.querySelector("main").dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize("width", [1440, 390])
def test_a_long_file_is_looked_at_on_fit_before_it_has_come(open_page: Open, tmp_path: Path, width: int) -> None:
    page = open_page("/fit", width=width)
    long = tmp_path / "long.csv"
    long.write_text("t,a,b\n" + "".join(f"{t},{t % 97}.5,x{t}\n" for t in range(20_000)) * 40)
    page.get_by_label("File with a signal").set_input_files(long)
    expect(page.get_by_text("First look at the first 1.0 MB; the whole file is on its way.")).to_be_visible()
    panel = page.get_by_role("region", name="How this file was read")
    expect(panel.get_by_role("row").filter(has_text="0.5").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Cancel").click()
    expect(panel).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("path", ["/new#file", "/fit"])
def test_segments_of_a_record_are_dropped_in_one_go(open_page: Open, path: str) -> None:
    page = open_page(path)
    expect(page.get_by_label("File with a signal")).to_be_attached()
    drop(page, FIXED_SEGMENTS)
    panel = page.get_by_role("region", name="How this file was read")
    expect(panel).to_contain_text("WFDB")
    expect(panel).to_contain_text("100 Hz")
    expect(page.get_by_role("group", name="Files that were chosen")).to_have_count(0)  # they are one record
    expect(panel).to_contain_text("400")


def drop(page: Page, files: dict[str, bytes]) -> None:
    page.evaluate(DROP, [list(files), [list(data) for data in files.values()]])
