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
        wait_until(lambda: alert.is_visible() and alert.inner_text() not in said, f"what is wrong with {kind}.csv")
        said.add(alert.inner_text())
        assert len(alert.inner_text()) > 30
        expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    # The next file works.
    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "good.csv"))
    expect(page.get_by_text("lead II, mV")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    # The browser notes the refused requests on its console; they are the answers this test asked for.
    watch.trouble[:] = [line for line in watch.trouble if "status of 4" not in line]


def test_a_drawn_signal_and_a_name_with_accents(open_page: Open, tmp_path: Path) -> None:
    """The pad makes a signal that can be run; a file keeps its accented name on the page and in the recording."""
    page = open_page("/new#draw")
    pad = page.get_by_role("application")
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 90)
    page.mouse.down()
    for k in range(1, 40):
        page.mouse.move(box["x"] + k * (box["width"] - 4) / 39, box["y"] + 90 + (60 if k % 6 < 3 else -50))
    page.mouse.up()
    expect(page.get_by_text("steps drawn", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    pad.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()

    page.get_by_role("button", name="From a file").click()
    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "Überwachung été №5.csv"))
    expect(page.get_by_text("Überwachung été №5.csv")).to_be_visible()
    page.get_by_text("Write the file's name into the recording", exact=False).click()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/s/*")
    expect(page.get_by_role("heading", name="Überwachung été №5", exact=False)).to_be_visible()
    page.get_by_role("button", name="Stop run").click()


def test_labels_of_a_file_are_moments_to_go_to(open_page: Open, tmp_path: Path) -> None:
    """A column that names some rows is offered as events; in the run they are where the event keys lead."""
    path = heartbeat_csv(tmp_path / "beats.csv")
    head, *lines = path.read_text().splitlines()
    named = [f"{line},{'V' if t == 132 else 'N' if t % 30 == 12 else ''}" for t, line in enumerate(lines)]
    path.write_text("\n".join([f"{head},beat", *named]) + "\n")
    page = open_page("/new")
    page.get_by_role("button", name="From a file").click()
    page.get_by_label("File with a signal").set_input_files(path)
    events = page.get_by_label("Events from")
    expect(events.locator("option:checked")).to_have_text("beat, 11")
    expect(page.locator("path.ticks")).to_have_count(1)
    events.select_option(label="none")
    expect(page.locator("path.ticks")).to_have_count(0)
    events.select_option(label="beat, 11")
    expect(page.locator("path.ticks")).to_have_count(1)
    page.get_by_role("button", name="Start paused").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/s/*")
    manifest = page.evaluate("async () => (await fetch('api/recordings/' + location.pathname.split('/')[2])).json()")
    labels = [event for event in manifest["manifest"]["task"]["events"] if event["kind"] == "label"]
    assert [event["step"] for event in labels] == list(range(12, 320, 30))
    assert labels[4]["label"] == "V"
    page.get_by_role("button", name="Stop run").click()
