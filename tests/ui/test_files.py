"""Bad files in the page: each says what and where, and offers a way out; the page stays usable."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from ui.conftest import Open, Watch
from ui.helpers import heartbeat_csv

BAD = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "words": b"name,town\nAda,London\nAlan,Wilmslow\n" * 20,
    "one-row": b"value\n1.5\n",
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_file_is_explained(open_page: Open, watch: Watch, tmp_path: Path, kind: str) -> None:
    page = open_page("/new")
    page.get_by_role("button", name="From a file").click()
    target = tmp_path / f"{kind}.csv"
    target.write_bytes(BAD[kind])
    page.get_by_label("File with a signal").set_input_files(target)
    alert = page.get_by_role("alert").first
    expect(alert).to_be_visible(timeout=15_000)
    assert len(alert.inner_text()) > 30
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    # The next file works.
    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "good.csv"))
    expect(page.get_by_text("lead II, mV")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    # The browser notes the refused request on its console; that is the answer this test asked for.
    watch.trouble[:] = [line for line in watch.trouble if "status of 4" not in line]
