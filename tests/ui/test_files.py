"""Bad files in the page: each says what and where, and offers a way out; the page stays usable."""

from pathlib import Path

from playwright.sync_api import expect

from ui.conftest import Open, Watch
from ui.helpers import heartbeat_csv, wait_until

BAD = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "words": b"name,town\nAda,London\nAlan,Wilmslow\n" * 20,
    "one-row": b"value\n1.5\n",
}


def test_bad_files_are_explained(open_page: Open, watch: Watch, tmp_path: Path) -> None:
    page = open_page("/new")
    page.get_by_role("button", name="From a file").click()
    alert = page.get_by_role("alert").first
    said: set[str] = set()
    for kind, data in BAD.items():
        target = tmp_path / f"{kind}.csv"
        target.write_bytes(data)
        page.get_by_label("File with a signal").set_input_files(target)
        wait_until(lambda: alert.is_visible() and alert.inner_text() not in said, 15, f"what is wrong with {kind}.csv")
        said.add(alert.inner_text())
        assert len(alert.inner_text()) > 30
        expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    # The next file works.
    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "good.csv"))
    expect(page.get_by_text("lead II, mV")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled(timeout=15_000)
    # The browser notes the refused requests on its console; they are the answers this test asked for.
    watch.trouble[:] = [line for line in watch.trouble if "status of 4" not in line]
