"""The bridge: a Transformer beside itself as a stateless DNC, exact; a rung of the ladder makes them part; the link says where."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api, address, becomes, calm, overflow, settled, stage, step_shown, wait_until
from tests.ui.test_access import AXE, RUN

Shot = Callable[[Page, str], None]


def summary(page: Page) -> str:
    return page.get_by_text("Outputs are apart by").inner_text()


def arrived(page: Page) -> None:
    """A run and the measurement are there, nothing is on its way."""
    expect(page.get_by_text("Outputs are apart by")).to_be_visible()
    expect(page.get_by_role("region", name="Side by side")).to_have_attribute("aria-busy", "false")
    settled(page)


def test_a_rung_makes_them_part_and_the_link_says_which(open_page: Open, ready: Api, shot: Shot) -> None:
    page = open_page("/", height=1000)
    page.get_by_role("link", name="Bridge", exact=True).click()
    arrived(page)
    wait_until(lambda: "every bit agrees" in summary(page), "no difference")
    expect(page.get_by_role("img", name="Difference of the outputs step by step: 0 everywhere.")).to_be_visible()
    table = page.get_by_role("table", name="Largest difference of any output")
    expect(table.get_by_text("every bit agrees")).to_have_count(2)
    expect(table).to_contain_text("rounding")
    expect(page.get_by_text("Seen: some output differs by more than 0.1% of the largest output")).to_be_visible()
    expect(page.get_by_text("this memory records no read keys")).to_have_count(0)

    page.goto("/bridge#model=transformer-copy&seed=3&t=20&v=1")
    page.reload()
    arrived(page)
    stage(page).focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: step_shown(page) == 21, "the next step")

    page.get_by_role("button", name="Graves 2016").click()
    wait_until(lambda: "nothing to be seen" in summary(page), "the genuine memory to differ by rounding alone")
    expect(page.get_by_text("this memory records no read keys")).to_be_visible()
    page.get_by_role("slider", name="Links", exact=True).fill("0.6")
    wait_until(lambda: "seen from step" in summary(page), "the outputs to part")
    arrived(page)
    becomes(lambda: step_shown(page), 21, "the playhead stays")
    expect(page.get_by_role("img", name=re.compile("they part at step"))).to_be_visible()
    wait_until(lambda: "links=0.6" in address(page) and "t=21" in address(page), "the link to say so")
    shot(page, "bridge-links")

    there, said = address(page), calm(page, lambda: summary(page))
    again = open_page(None, height=1000)
    again.goto(there)
    arrived(again)
    becomes(lambda: summary(again), said, "the same numbers from the link alone")
    becomes(lambda: step_shown(again), 21, "the step")
    expect(again.get_by_role("slider", name="Links", exact=True)).to_have_value("0.6")

    again.get_by_role("button", name="Links at rest").click()
    wait_until(lambda: "nothing to be seen" in summary(again), "rounding again")
    again.get_by_role("button", name="Transformer", exact=True).click()
    wait_until(lambda: "every bit agrees" in summary(again), "the Transformer again")
    wait_until(lambda: "memory" not in address(again), "the link without a ladder")


def test_runs_of_the_ladder_are_not_listed_until_one_is_kept(open_page: Open, ready: Api) -> None:
    page = open_page("/bridge#slots=21&seed=1&v=1", height=1000)
    arrived(page)
    before = {entry["id"] for entry in ready.get("/api/recordings")}
    page.get_by_role("button", name="Keep and open on the stage").click()
    page.wait_for_url("**/s/*")
    settled(page)
    new = [entry for entry in ready.get("/api/recordings") if entry["id"] not in before]
    assert [model["glyph"] for model in new[0]["models"]] == ["transformer", "sdnc"]
    assert len(new) == 1
    page.go_back()
    arrived(page)
    expect(page.get_by_role("slider", name="Slots", exact=True)).to_have_value("21")


def test_a_part_is_lit_in_both_pictures_and_other_checkpoints_cross(open_page: Open, ready: Api) -> None:
    page = open_page("/bridge", height=1000)
    arrived(page)
    expect(page.locator("rect.edge.lit")).to_have_count(0)
    page.get_by_role("button", name="values", exact=True).focus()
    expect(page.locator("rect.edge.lit")).to_have_count(2)
    page.get_by_label("Checkpoint").select_option("encoder-decoder-copy")
    wait_until(lambda: "model=encoder-decoder-copy" in address(page), "the link to name the checkpoint")
    expect(page.get_by_role("button", name="Encoder-decoder, lane 1 of 2")).to_be_visible()
    wait_until(lambda: "every bit agrees" in summary(page), "no difference")
    expect(page.get_by_role("slider", name="Links", exact=True)).to_have_count(0)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1280, "dark"), (820, "light"), (390, "dark")])
def test_it_fits_and_violates_no_rule(
    open_page: Open, ready: Api, shot: Shot, width: int, theme: Literal["dark", "light"]
) -> None:
    path = "/bridge#memory=graves&slots=21&free=0.5&seed=2&t=30&v=1"
    page = open_page(path, width=width, theme=theme, bypass_csp=True, reduced_motion="reduce")
    arrived(page)
    assert overflow(page) <= 0
    assert (
        page.evaluate("() => { const m = document.querySelector('main'); return m.scrollWidth - m.clientWidth; }") <= 0
    )
    page.add_script_tag(path=str(AXE))
    assert page.evaluate(RUN) == []
    shot(page, f"bridge-{width}-{theme}")


def test_a_host_without_workers_says_that_it_replays_only(open_page: Open) -> None:
    page = open_page(None, width=1280)

    def off(route: object) -> None:
        body = {"version": "0", "device": None, "workers": "failed", "workers_reason": "it was started without",
                "replay_only": True, "limits": {"upload_bytes": 1024, "steps": 64}}  # fmt: skip
        route.fulfill(json=body)  # type: ignore[attr-defined]

    page.route("**/api/status", off)
    page.goto("/bridge")
    expect(
        page.get_by_text("Replay only: live runs are off on this host, because it was started without")
    ).to_be_visible()
    expect(page.get_by_role("table", name="Correspondence")).to_be_visible()
    expect(page.get_by_text("Not measured: live runs are off on this host.")).to_be_visible()
