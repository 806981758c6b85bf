"""A memory being learned: moments of a training are one lane, and a second scrubber moves along the training."""

import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api, address, becomes, calm, reads, settled, stage, wait_until
from tests.ui.keys import heads

Shot = Callable[[Page, str], None]


def slider(page: Page) -> dict[str, str]:
    """What the training's slider says of itself, and the wrong bits it tells."""
    handle = page.get_by_role("slider", name="Training", exact=True)
    words = str(handle.get_attribute("aria-valuetext"))
    bits = re.search(r"(\d+) wrong bits$", words)
    return {"now": str(handle.get_attribute("aria-valuenow")), "words": words, "wrong": bits[1] if bits else ""}


def moment(page: Page) -> str:
    """Which moment of the NTM the arcs are drawn of: "ntm@250"."""
    return next((part.rpartition("@")[0] for part in reads(page) if part.startswith("ntm@")), "")


def shows(page: Page, update: str) -> None:
    wait_until(lambda: moment(page) == f"ntm@{update}", f"the NTM after {update} updates, at {moment(page)}")


def test_a_training_is_scrubbed(open_page: Open, learning: str, shot: Shot) -> None:
    """Lane and error change with the position; the link keeps it; keys, pointer and the walk move it."""
    page = open_page(f"/s/{learning}#t=18&v=1")
    settled(page)
    becomes(lambda: heads(page), ["LSTM", "NTM"], "all moments are one lane")
    handle = page.get_by_role("slider", name="Training", exact=True)
    last = calm(page, lambda: slider(page))
    assert last["now"] == handle.get_attribute("aria-valuemax")
    shows(page, last["now"])
    assert "train=" not in address(page), "a link without it opens what was learned"

    page.keyboard.press("2")
    wait_until(lambda: "solo=ntm-copy" in address(page), "the link to name the lane, not the moment")
    handle.press("Home")
    shows(page, "0")
    first = calm(page, lambda: slider(page))
    assert int(first["wrong"]) > int(last["wrong"]), "an untrained memory answers worse"
    wait_until(lambda: "train=0" in address(page) and "solo=ntm-copy" in address(page), "the link to say when")
    shot(page, "training-untrained")

    stage(page).focus()
    page.keyboard.press("Shift+}")
    wait_until(lambda: slider(page)["now"] != "0", "a key to move on")
    second = slider(page)["now"]
    shows(page, second)
    page.keyboard.press("Shift+{")
    shows(page, "0")

    box = handle.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + 12)
    wait_until(lambda: slider(page)["now"] != "0", "the slider under the pointer")
    middle = calm(page, lambda: slider(page))
    assert int(second) < int(middle["now"]) < int(last["now"])
    shows(page, middle["now"])
    wait_until(lambda: f"train={middle['now']}" in address(page), "the link to follow the pointer")

    again = open_page(None)
    again.goto(address(page))
    settled(again)
    becomes(lambda: slider(again), middle, "the slider")
    shows(again, middle["now"])
    expect(again.get_by_role("button", name="NTM", exact=True)).to_have_attribute("aria-pressed", "true")

    again.keyboard.press("Shift+Space")
    wait_until(lambda: int(slider(again)["now"]) > int(middle["now"]), "the walk to move on by itself")
    again.get_by_role("button", name="Stop the training").click()
    shows(again, calm(again, lambda: slider(again)["now"], 1500))


def test_a_training_travels(open_page: Open, server: str, learning: str, tmp_path: Path, shot: Shot) -> None:
    """The page for a frame and the exported file scrub the training as well, in any width."""
    page = open_page(f"/embed/{learning}#t=18&train=0&v=1", width=820)
    settled(page)
    shows(page, "0")
    with urllib.request.urlopen(f"{server}/api/recordings/{learning}/export.html", timeout=30) as answer:
        (tmp_path / "learning.html").write_bytes(answer.read())
    alone = open_page(None, width=820, theme="light")
    alone.goto(f"{(tmp_path / 'learning.html').as_uri()}#t=18&train=0&v=1")
    settled(alone)
    becomes(lambda: slider(alone), calm(page, lambda: slider(page)), "the slider")
    shows(alone, "0")
    shot(alone, "training-820-light")


def test_a_run_is_asked_for_with_its_training(open_page: Open, ready: Api) -> None:
    page = open_page("/new")
    page.get_by_role("button", name="Copy", exact=True).click()
    cards = page.locator(".model")
    for card in cards.all():
        if "NTM" not in card.inner_text():
            card.get_by_role("checkbox").first.uncheck()
    expect(page.get_by_text("side by side")).to_have_count(0)
    moments = next(card["snapshots"] for card in ready.get("/api/models") if card["name"] == "ntm-copy")
    cards.filter(has_text="NTM").get_by_role("checkbox", name="with its training").check()
    expect(page.get_by_text(f"of {len(moments)} models side by side")).to_be_visible()
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.get_by_role("button", name="Run", exact=True).click()
    assert asked.value.post_data_json
    assert asked.value.post_data_json["models"] == ["ntm@*"]
    expect(page.get_by_role("slider", name="Training", exact=True)).to_be_visible()
