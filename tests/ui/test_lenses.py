"""Three lenses on where an output comes from: chosen beside the stage, drawn as arcs, named, and answered by the models themselves."""

import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Open, Watch
from tests.ui.helpers import Api, address, becomes, settled, stage, wait_until

T = 87


def main_source(api: Api, stream: int, lens: str) -> tuple[int, float]:
    """Step of the input that moves the output of step T most, and how far, by the server."""
    row = api.get(f"/api/recordings/odd-beat/lens?stream={stream}&step={T}&lens={lens}")
    values: list[float] = row["values"]
    best = max(range(len(values)), key=values.__getitem__)
    return row["first"] + best, values[best]


def reads(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector").locator("section.reads")


def listed(page: Page, model: str) -> tuple[int, float]:
    """Step of the list's line of a model, and how far it moves the output; -1 where it gives none."""
    found = re.search(r"t = (\d+), ([\d.]+)$", reads(page).locator(".row", has_text=model).inner_text().strip())
    return (int(found[1]), float(found[2])) if found else (-1, -1)


def arcs(page: Page) -> str:
    """What the stage says it has drawn: of which lane at which step, and what they mean where it is not the mechanism."""
    return stage(page).get_attribute("data-reads") or ""


@pytest.fixture
def opened(open_page: Open, ready: Api) -> Page:
    page = open_page(f"/s/odd-beat#t={T}&v=1")
    settled(page)
    return page


def test_a_lens_asks_the_models_and_is_named(opened: Page, ready: Api) -> None:
    """The list, the arcs and the link follow; the mechanism is what they come back to."""
    before = arcs(opened)
    for lens in ("sensitivity", "intervention"):
        reads(opened).get_by_role("button", name=lens.capitalize()).click()
        expect(reads(opened)).to_contain_text(f"Lens: {lens}")
        step, far = main_source(ready, 2, lens)
        becomes(lambda: listed(opened, "NTM")[0], step, "the main source")
        assert listed(opened, "NTM")[1] == pytest.approx(far, abs=0.006, rel=0.06)
        wait_until(lambda lens=lens: f"lens={lens}" in address(opened), "the link to name the lens")
        wait_until(lambda lens=lens: arcs(opened).count(lens) == 4, "arcs of all four")
    reads(opened).get_by_role("button", name="Mechanism").click()
    expect(reads(opened)).to_contain_text(re.compile(r"sum to 100%\..*Lens: mechanism\."))
    wait_until(lambda: arcs(opened) == before, "the arcs of the ledger")
    wait_until(lambda: "lens=" not in address(opened), "the link without a lens")


def test_a_moment_tells_what_is_read_from_it_beside_what_it_moves(opened: Page, ready: Api) -> None:
    """Where the lenses disagree, both numbers stand in one row."""
    reads(opened).get_by_role("button", name="Sensitivity").click()
    expect(reads(opened)).to_contain_text("Lens: sensitivity")
    box = stage(opened).bounding_box()
    assert box
    opened.mouse.move(box["x"] + 330, box["y"] + 60)
    table = opened.get_by_role("complementary", name="Inspector").get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Model", "held", "read", "moves"])
    expect(table.get_by_role("row", name="NTM")).to_have_text(re.compile(r"NTM\s*[\d.]+%\s*−?[\d.]+%\s*(< )?[\d.]+$"))
    wide = opened.get_by_role("complementary", name="Inspector").evaluate("e => e.scrollWidth - e.clientWidth")
    assert wide <= 0, "the table is wider than its place"


def test_a_link_opens_with_its_lens(open_page: Open, ready: Api) -> None:
    page = open_page(f"/s/odd-beat#t={T}&lens=intervention&v=1")
    expect(reads(page).get_by_role("button", name="Intervention")).to_have_attribute("aria-pressed", "true")
    expect(reads(page)).to_contain_text("Lens: intervention")


def test_a_page_from_disk_has_no_models_to_ask(open_page: Open, ready: Api, tmp_path: Path, server: str) -> None:
    """The mechanism is all in the log; nothing is offered that could not be answered, also where a link asks for it."""
    path = tmp_path / "odd.html"
    with urllib.request.urlopen(f"{server}/api/recordings/odd-beat/export.html", timeout=30) as answer:
        path.write_bytes(answer.read())
    page = open_page(f"{path.as_uri()}#t={T}&lens=sensitivity&v=1")
    expect(reads(page)).to_contain_text("Lens: mechanism")
    expect(reads(page).get_by_role("button", name="Sensitivity")).to_have_count(0)


def test_weights_that_are_not_here_are_told(open_page: Open, ready: Api, watch: Watch) -> None:
    """A run on the ladder of the bridge is no checkpoint's own: its lane says so, the other is looked at."""
    wish: dict[str, Any] = {
        "signal": {"kind": "none"}, "task": "copy", "models": ["transformer"], "speed": None,
        "bridge": {"memory": "graves", "slots": 20},
    }  # fmt: skip
    identity = ready.finished(wish, 60)
    page = open_page(f"/s/{identity}#t=30&lens=sensitivity&v=1")
    expect(reads(page)).to_contain_text("is not the model that was recorded")
    expect(reads(page).locator(".row", has_text="Transformer")).to_have_text(re.compile(r"t = \d+, [\d.]+"))
    assert all("status of 422" in line for line in watch.trouble), watch.trouble  # the refusal, on the console too
    watch.trouble.clear()
