"""Bad files in the page: each says what and where, and offers a way out; the page stays usable."""

import math
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.ui.conftest import Open, Watch
from tests.ui.helpers import becomes, heartbeat_csv, take_rows, wait_until

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


def odd_csv(path: Path) -> Path:
    """The heartbeat with a word, an infinite value, a row too long, and -999 now and then."""
    lines = heartbeat_csv(path).read_text().splitlines()
    for row, cell in ((20, "Err"), (90, "err"), (150, "inf"), *((k, "-999") for k in range(200, 300, 10))):
        time, _, breath = lines[row].split(",")
        lines[row] = f"{time},{cell},{breath}"
    lines[180] += ",7"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_hints_of_a_bad_file_are_buttons(open_page: Open, watch: Watch, tmp_path: Path) -> None:
    """One after the other, with the keyboard alone; they add up, and the report tells what was assumed."""
    page = open_page("/new#file")
    page.get_by_label("File with a signal").set_input_files(odd_csv(tmp_path / "odd.csv"))
    for hint in ("Skip such rows", "Treat “Err” and “err” as missing", "Treat infinite values as missing"):
        button = page.get_by_role("alert").get_by_role("button", name=hint)
        expect(button).to_be_visible()
        button.focus()
        page.keyboard.press("Enter")
    expect(page.get_by_text("lead II, mV")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_text("What was assumed").click()
    expect(page.get_by_text("cells 'Err', cells 'err', infinite values: read as missing, as asked")).to_be_visible()
    # Now it can be read, one thing is left to ask; what was chosen meanwhile stays.
    page.get_by_label("Use column breath").check()
    asked = page.get_by_role("group", name="-999 in lead II")
    expect(asked.get_by_role("button", name="a value")).to_have_attribute("aria-pressed", "true")
    asked.get_by_role("button", name="missing").click()
    expect(
        page.get_by_text("cells 'Err', cells 'err', -999, infinite values: read as missing, as asked")
    ).to_be_visible()
    expect(asked.get_by_role("button", name="missing")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Use column breath")).to_be_checked()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    watch.trouble[:] = [line for line in watch.trouble if "status of 4" not in line]


def test_what_was_read_of_a_file_can_be_deleted_at_once(open_page: Open, tmp_path: Path) -> None:
    """The page says where it lies and for how long; a file that is replaced goes by itself."""
    page = open_page("/new#file")

    def brought(name: str) -> str:
        with page.expect_response("**/api/uploads") as answer:
            page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / name))
        expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
        return answer.value.json()["id"]

    first, second = brought("first.csv"), brought("second.csv")
    expect(page.get_by_text("in this server's data folder for up to 24 hours")).to_be_visible()
    expect(page.get_by_text("Health data: leave names out of it.")).to_be_visible()
    page.get_by_role("button", name="Delete now").click()
    expect(page.get_by_text("What was read of second.csv is deleted from this server.")).to_be_visible()
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    for identity in (first, second):
        asked = f"/api/uploads/{identity}/preview"
        wait_until(lambda at=asked: page.request.post(at, data={"channel": 1}).status == 404, "the upload to be gone")
    brought("third.csv")


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
    expect(page.get_by_role("heading", name="Überwachung été №5", exact=False, level=1)).to_be_visible()
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
    expect(page.get_by_text("it holds V at row 132", exact=False)).to_be_visible()
    take_rows(page, 0, 320)
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


def test_a_window_that_is_too_long_offers_ways_out(
    open_page: Open, tmp_path: Path, shot: Callable[[Page, str], None]
) -> None:
    """Each of them makes it fit: its first rows, those that vary most, or all of it at a lower rate."""
    page = open_page(None)

    def small(route: Route) -> None:
        status = route.fetch().json()
        route.fulfill(json=status | {"limits": status["limits"] | {"steps": 200}})

    page.route("**/api/status", small)
    page.goto("/new")
    rows = [f"{t / 36:.5f},{math.sin(t / 4) * (0.1 if t < 150 else 1):.4f}" for t in range(320)]
    target = tmp_path / "quiet-then-loud.csv"
    target.write_text("\n".join(["time,volume", *rows]) + "\n")
    page.get_by_role("button", name="From a file").click()
    page.get_by_label("File with a signal").set_input_files(target)
    edges = [page.get_by_role("slider", name=name) for name in ("First row of", "Row after the last")]
    run = page.get_by_role("button", name="Run", exact=True)

    def window() -> tuple[int, ...]:
        return tuple(int(edge.get_attribute("aria-valuenow") or -1) for edge in edges)

    def offered(name: str) -> None:
        """Takes what is offered for all of the file."""
        for edge, key in zip(edges, ("Shift+ArrowLeft", "Shift+ArrowRight"), strict=True):
            for _ in range(20):
                edge.press(key)
        becomes(window, (0, 320), "the window")
        expect(page.get_by_text("320 steps are more than this server runs (200).", exact=False)).to_be_visible()
        expect(run).to_be_disabled()
        shot(page, "window-too-long")
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("button", name=name)).to_have_count(0)
        expect(run).to_be_enabled()

    offered("First 200")
    assert window() == (0, 200)
    offered("Busiest 200")
    assert window() == (120, 320)
    offered("Coarser: 20 Hz")
    assert window() == (0, 320)
    expect(page.get_by_label("Resample to")).to_have_value("20")


def test_a_file_that_is_too_large_is_looked_at_and_the_way_out_said(
    open_page: Open, tmp_path: Path, shot: Callable[[Page, str], None]
) -> None:
    """How its beginning is read stays in sight, can be changed, and nothing of it can be run here."""
    page = open_page(None)

    def small(route: Route) -> None:
        status = route.fetch().json()
        route.fulfill(json=status | {"limits": status["limits"] | {"upload_bytes": 2 << 20}})

    page.route("**/api/status", small)
    target = tmp_path / "night.csv"
    target.write_text("time_s;volume\n" + "".join(f"{i / 50:.2f};{i % 90},5\n" for i in range(400_000)))
    for path in ("/new#file", "/fit"):
        page.goto(path)
        expect(page.get_by_text("Up to 2.1 MB.")).to_be_visible()
        page.get_by_label("File with a signal").set_input_files(target)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("this server takes files up to 2.1 MB")
        expect(alert).to_contain_text("mnemoscope record --signal FILE")
        panel = page.get_by_role("region", name="How this file was read")
        expect(panel).to_contain_text("the whole file is too large for this server")
        expect(panel).to_contain_text("50 Hz")
        panel.get_by_label("Lines to skip").fill("1001")
        panel.get_by_label("Lines to skip").press("Enter")
        expect(panel).to_contain_text("1001 lines above left out, as asked")
        expect(alert).to_be_visible()
        shot(page, "file-too-large" if "new" in path else "file-too-large-to-fit")
    expect(page.get_by_role("button", name="Fit", exact=False)).to_be_disabled()
