"""A newcomer's way through the page: gallery, own file, live run, a moment, a link, a file that opens from disk."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import (
    Api,
    address,
    becomes,
    calm,
    copied,
    heartbeat_csv,
    reads,
    settled,
    stage,
    step_shown,
    steps_there,
    take_rows,
    wait_until,
)

Shot = Callable[[Page, str], None]


# When each picture of the first card was drawn, in ms from the start of the navigation.
MOVES = """window.moves = []; new MutationObserver((changes) => {
  const first = document.querySelector('article canvas');
  for (const change of changes) if (change.target === first) window.moves.push(performance.now());
}).observe(document, { attributes: true, attributeFilter: ['data-step'], subtree: true });"""


def test_gallery_moves_by_itself(open_page: Open, shot: Shot) -> None:
    """The first card plays without a click and with no model loaded; how soon is printed."""
    page = open_page(None)
    page.add_init_script(MOVES)
    page.goto("/")
    wait_until(lambda: len(page.evaluate("() => window.moves")) >= 3, "the first card to move")
    moves = page.evaluate("() => window.moves")
    print(f"\nfirst card: picture after {moves[0]:.0f} ms, moves after {moves[1]:.0f} ms")
    first = page.locator("article h2 a")
    shot(page, "story-1-gallery")
    first.click()
    page.wait_for_url("**/s/*")
    now = step_shown(page)
    wait_until(lambda: step_shown(page) > now, "the recording to go on playing on the stage")


def test_from_a_file_to_a_link(open_page: Open, ready: Api, shot: Shot, tmp_path: Path) -> None:
    """Gallery → upload → live run → pause → step → scrub → hover → copy link → the same moment in a fresh profile."""
    page = open_page("/")
    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "ward.csv"))
    page.wait_for_url("**/new")
    expect(page.get_by_text("lead II, mV")).to_be_visible()
    expect(page.get_by_text("36 Hz", exact=False).first).to_be_visible()
    expect(page.locator(".cost b")).to_have_text("94 steps")  # one question
    take_rows(page, 0, 320)
    expect(page.locator(".cost b")).to_have_text("320 steps")
    wanted = ("NTM", "DNC")
    for model in page.locator(".model").all():
        if model.locator("b").inner_text() not in wanted:
            model.get_by_role("checkbox").first.uncheck()
    shot(page, "story-2-new")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/s/*")

    # live
    wait_until(lambda: steps_there(page) >= 75, "75 live steps")
    expect(page.get_by_text("Live, 24 steps/s")).to_be_visible()
    shot(page, "story-3-live")

    # pause: nothing more is computed
    page.keyboard.press("Space")
    expect(page.get_by_text("Live, paused")).to_be_visible()
    there = calm(page, lambda: steps_there(page))
    page.wait_for_timeout(700)
    assert steps_there(page) == there, "a paused run computed more steps"

    # step: exactly one more is computed
    page.keyboard.press("ArrowRight")
    wait_until(lambda: steps_there(page) == there + 1, "one more step")
    becomes(lambda: step_shown(page), there, "the newest step")

    # scrub back: lets go of the run
    page.keyboard.press("Home")
    wait_until(lambda: step_shown(page) == 0, "the first step")
    for _ in range(7):
        page.keyboard.press("Shift+ArrowRight")
    wait_until(lambda: step_shown(page) == 70, "step 70")
    expect(page.get_by_role("button", name="Back to live")).to_be_visible()

    # hover a lane: arcs of that lane at that step, words beside
    box = stage(page).bounding_box()
    assert box
    settled(page)
    before = reads(page)
    lane = page.get_by_role("button", name=re.compile("^NTM, lane")).bounding_box()
    assert lane
    page.mouse.move(box["x"] + 128 + 3 * 40, lane["y"] + lane["height"] / 2)
    wait_until(lambda: reads(page) != before, "the arcs of the pointer")
    settled(page)
    wait_until(lambda: any(re.match(r"ntm@([1-6]\d)$", part) for part in reads(page)), "the arcs under the pointer")
    expect(page.get_by_role("heading", name="NTM, slot", exact=False)).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("button", name="pinned, Esc frees")).to_be_visible()
    now = step_shown(page)
    assert now == 70, "what is past is pinned and looked at from now"
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 4)
    settled(page)
    shot(page, "story-4-pinned")

    # the link
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Copy link").click()
    link = copied(page)
    becomes(lambda: address(page), link, "the address bar")
    assert "/s/" in link
    assert f"t={now}&" in link
    assert "pin=ntm" in link
    told = calm(page, page.get_by_role("complementary", name="Inspector").inner_text)

    # a fresh profile sees the same moment
    other = open_page(None)
    other.goto(link)
    settled(other)
    becomes(lambda: step_shown(other), now, "the moment of the link")
    becomes(other.get_by_role("complementary", name="Inspector").inner_text, told, "the words and numbers")
    becomes(lambda: reads(other), reads(page), "the arcs")
    shot(other, "story-5-link")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stop run").click()
    expect(page.get_by_text("Ended early", exact=True)).to_be_visible()


def test_export_opens_from_disk(open_page: Open, long_recording: str, shot: Shot, tmp_path: Path) -> None:
    """One file, no server, no network: the same stage, the same moment, arcs and play included."""
    page = open_page(f"/s/{long_recording}#t=180&v=1")
    settled(page)
    inspector = page.get_by_role("complementary", name="Inspector")
    # Other lenses need a server that has the models: their choice is not in the file.
    lens = inspector.get_by_role("group", name="Lens").inner_text()
    told = calm(page, inspector.inner_text).replace(lens, "").split()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="One HTML file").click()
    target = tmp_path / "run.html"
    waiting.value.save_as(target)

    alone = open_page(None, theme="light")
    alone.context.set_offline(True)
    alone.goto(f"{target.as_uri()}#t=180&v=1")
    settled(alone)
    becomes(lambda: step_shown(alone), 180, "the step")
    beside = alone.get_by_role("complementary", name="Inspector")
    missing = beside.get_by_text(re.compile("Sensitivity")).inner_text()  # the lenses that are not in the file
    becomes(lambda: beside.inner_text().replace(missing, "").split(), told, "the words and numbers")
    shot(alone, "story-6-export")
    alone.keyboard.press("Space")
    wait_until(lambda: step_shown(alone) > 190, "the file to play")
    alone.keyboard.press("Space")
    expect(alone.get_by_role("button", name="Share")).to_have_count(0)
