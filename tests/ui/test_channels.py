"""Channels beside the signal: chosen on New run, shown as strips on the stage, kept in the link, carried in an exported page."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api, address, overflow, settled, stage, wait_until

SIZES = ((1440, 900), (1280, 720), (820, 1180), (390, 844))


def ward_csv(path: Path) -> Path:
    """A signal, a slow channel with most cells empty, a channel of its own course, and a marker."""
    lines = ["t_s,MLII_mV,temperature_C,V5_mV,stim"]
    for k in range(600):
        warm = f"{36.5 + k / 2000:.3f}" if k % 5 == 0 else ""
        beat = 1.2 if k % 25 == 0 else 0.1 * (k % 7)
        lines.append(f"{k / 25:.2f},{beat:.3f},{warm},{0.6 * beat:.3f},{int(200 <= k < 230)}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_channels_beside_the_signal_are_chosen_shown_and_linked(
    open_page: Open, ready: Api, tmp_path: Path, shot: Callable[[Page, str], None]
) -> None:
    page = open_page("/new#file", theme="light")
    page.get_by_label("File with a signal").set_input_files(ward_csv(tmp_path / "ward.csv"))
    page.get_by_label("Show column temperature beside").check()
    page.get_by_label("Show column V5 beside").check()
    expect(page.get_by_label("Show column MLII beside")).to_have_count(0)
    page.get_by_label("Events from").select_option(label="stim, 2 states")
    shot(page, "channels-new")
    run = page.get_by_role("button", name="Run", exact=True)
    expect(run).to_be_enabled()
    run.click()
    page.wait_for_url("**/s/*")
    identity = page.url.split("/s/")[1].split("#")[0]
    page.goto("about:blank")  # what the run answers is asked for when it has ended
    wait_until(lambda: ready.get(f"/api/recordings/{identity}")["manifest"]["status"] == "ended", "the end", 60)
    manifest = ready.get(f"/api/recordings/{identity}")["manifest"]
    said = [(one["channel"], one["unit"]) for one in manifest["signal"]["beside"]]
    assert said == [("temperature", "°C"), ("V5", "mV")]

    page.goto(f"/s/{identity}#t=40&v=1")
    settled(page)
    toggle = page.get_by_role("button", name="+2 channels")
    expect(toggle).to_have_attribute("aria-pressed", "true")  # there is room
    spoken = page.locator("p[aria-live]")
    expect(spoken).to_contain_text("Beside it, not heard: temperature ", timeout=10_000)
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "false")
    wait_until(lambda: "beside=hidden" in address(page), "the link to say that they are closed")
    page.keyboard.press("Control+k")
    page.keyboard.type("Channels beside")
    page.keyboard.press("Enter")
    wait_until(lambda: "beside=shown" in address(page), "the link to say that they are open")
    link = address(page)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto("about:blank")
        page.goto(link)
        settled(page)
        expect(page.get_by_role("button", name="+2 channels")).to_have_attribute("aria-pressed", "true")
        assert overflow(page) <= 0
        shot(page, f"channels-{width}")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"/s/{identity}#t=40&v=1")
    settled(page)
    expect(page.get_by_role("button", name="+2 channels")).to_have_attribute("aria-pressed", "false")
    box = stage(page).bounding_box()
    assert box
    page.mouse.move(box["x"] + 300, box["y"] + 140)  # the signal is pointed at as ever
    expect(page.get_by_role("button", name="+2 channels")).to_be_visible()

    exported = tmp_path / "run.html"
    exported.write_bytes(page.request.get(f"/api/recordings/{identity}/export.html").body())
    alone = open_page(None)
    alone.goto(exported.as_uri() + "#t=40&beside=shown")
    settled(alone)
    expect(alone.get_by_role("button", name="+2 channels")).to_have_attribute("aria-pressed", "true")
    shot(alone, "channels-exported")
