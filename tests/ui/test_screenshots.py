"""Every page at four widths in both themes: nothing is cut off or scrolls sideways, no rule of axe-core is violated, nothing
complains; the pictures are kept.
"""

import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.album import MISFITS, Album, violations
from tests.ui.conftest import Open, Watch
from tests.ui.helpers import Api, becomes, calm, heartbeat_csv, settled, step_shown
from tests.ui.test_bridge import arrived

PAGES = ["Home", "How long?", "New run", "Fit", "Bridge"]
STILL = {"reduced_motion": "reduce"}


def expected(watch: Watch, *words: str) -> None:
    """The browser writes refused requests on its console; these are the answers that were asked for."""
    assert all(any(line.count(word) for line in watch.trouble) for word in words), watch.trouble
    watch.trouble[:] = [line for line in watch.trouble if not any(word in line for word in words)]


def test_what_is_cut_off_too_wide_or_against_the_rules_is_seen(open_page: Open) -> None:
    """The measures of the album find what they are there for."""
    page = open_page("/new")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate(MISFITS) == []
    assert violations(page) == []
    page.evaluate(
        """() => document.querySelector('main').insertAdjacentHTML('beforeend',
        '<div role="dialog" aria-label="Far" style="position:fixed;left:1300px;width:300px">far out</div>' +
        '<p style="width:40px;overflow:hidden;white-space:nowrap">words without room</p>' +
        '<p style="width:40px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">told by dots</p>' +
        '<p style="height:9px;overflow:hidden">first<br>second</p><p style="width:1500px">wide</p>' +
        '<input aria-label="Told" placeholder="more words than room" style="width:60px">' +
        '<button></button><a href="#" style="position:fixed;left:9px;top:500px">under</a>' +
        '<p class="lid" style="position:fixed;left:0;top:490px;width:99px;height:50px"></p>')"""
    )
    found = "; ".join(page.evaluate(MISFITS))
    assert "Far leaves the window" in found
    page.evaluate("document.querySelector('[role=dialog]').remove()")
    found += "; ".join(page.evaluate(MISFITS))
    for what in (
        "in a field: more words",
        "under is covered by lid",
        "at the side: words without room",
        "above or below: second",
        "too narrow",
    ):
        assert what in found
    assert "dots" not in found
    assert [line.split()[0] for line in violations(page)] == ["button-name"]


def test_gallery(open_page: Open, long_recording: str, album: Album) -> None:
    page = open_page("/", **STILL)
    expect(page.get_by_role("region", name="Recent recordings").get_by_role("table")).to_be_visible()
    search = page.get_by_role("searchbox", name="Search recordings")
    if search.count():  # other tests have filled the list
        search.fill("thousand")
    expect(page.get_by_role("link", name="Thousand steps")).to_be_visible()
    page.locator(".groups a").last.scroll_into_view_if_needed()  # pictures are fetched once they are in sight
    page.wait_for_function("() => [...document.querySelectorAll('main canvas')].every((c) => c.dataset.step)")
    page.evaluate("scrollTo(0, 0)")
    album.keep(page, "gallery", whole=True)
    page.set_viewport_size({"width": 1110, "height": 800})  # where cards are narrowest
    page.wait_for_function("() => innerWidth === 1110")
    lines = page.locator(".groups a b").evaluate_all(
        "(all) => all.map((b) => b.clientHeight / parseFloat(getComputedStyle(b).lineHeight))"
    )
    assert lines
    assert max(lines) <= 2


def test_new_run(open_page: Open, ready: Api, watch: Watch, album: Album, tmp_path: Path) -> None:
    """As it opens, with a file, with a file that is none, and refused by the server."""
    page = open_page("/new")
    expect(page.get_by_text("What the models see", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    album.keep(page, "new", whole=True)

    page.get_by_role("button", name="Drawn by hand").click()
    expect(page.get_by_role("application")).to_be_visible()
    album.keep(page, "new-drawn", whole=True)

    page.get_by_role("button", name="From a file").click()
    words = tmp_path / "words.csv"
    words.write_text("name,town\nAda,London\nAlan,Wilmslow\n" * 20)
    page.get_by_label("File with a signal").set_input_files(words)
    expect(page.get_by_role("alert")).to_be_visible()
    expected(watch, "status of 422")
    album.keep(page, "new-wrong-file", whole=True)

    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "ward.csv"))
    expect(page.get_by_text("lead II, mV")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    album.keep(page, "new-file", whole=True)

    # what is asked for is made impossible on its way; the refusal is the server's own
    page.route("**/api/sessions", lambda route: route.continue_(post_data=lost(route.request.post_data_json)))
    for width, height in ((390, 844), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.get_by_role("main").evaluate("(main) => main.scrollTo(0, 0)")
        page.get_by_role("button", name="Run", exact=True).click()
        said = page.get_by_role("alert").filter(has_text="upload")
        expect(said).to_be_in_viewport(ratio=1)
        expect(page.locator(":focus").filter(has=said)).to_be_visible()
        expected(watch, "status of 404")
    album.keep(page, "new-refused", whole=True)
    page.unroute("**/api/sessions")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def lost(asked: dict[str, dict[str, object]]) -> dict[str, object]:
    """The same wish for a file that is gone."""
    return asked | {"signal": asked["signal"] | {"upload_id": "gone"}}


def test_stage(open_page: Open, long_recording: str, album: Album) -> None:
    page = open_page(f"/s/{long_recording}#t=190&v=1")
    settled(page)
    album.keep(page, "stage")


def test_bridge(open_page: Open, ready: Api, album: Album) -> None:
    page = open_page("/bridge", **STILL)
    arrived(page)
    expect(page.get_by_text("Measuring.")).to_have_count(0)
    album.keep(page, "bridge", whole=True)


@pytest.mark.parametrize(("path", "name"), [("/no/such/page", "not-found"), ("/s/AAAAAAAAAAAAAAAAAAAAAA", "unknown")])
def test_wrong_address(open_page: Open, watch: Watch, album: Album, path: str, name: str) -> None:
    page = open_page(path)
    expect(page.get_by_role("alert")).to_be_visible()
    expected(watch, "status of 404")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_text(PAGES)
    album.keep(page, name)


def test_embedded(open_page: Open, long_recording: str, album: Album) -> None:
    page = open_page(f"/embed/{long_recording}#t=190&v=1")
    settled(page)
    expect(page.get_by_role("banner")).to_have_count(0)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    album.keep(page, "embed")


def test_exported(open_page: Open, server: str, long_recording: str, album: Album, tmp_path: Path) -> None:
    """The file that opens from disk, without a network."""
    with urllib.request.urlopen(f"{server}/api/recordings/{long_recording}/export.html", timeout=60) as answer:
        (tmp_path / "run.html").write_bytes(answer.read())
    page: Page = open_page(None)
    page.context.set_offline(True)
    page.goto(f"{(tmp_path / 'run.html').as_uri()}#t=190&v=1")
    settled(page)
    becomes(lambda: step_shown(page), 190, "the step")
    album.keep(page, "exported")


def test_still_where_motion_is_not_wanted(open_page: Open) -> None:
    """With reduced motion the first card stands still; a click still opens it."""
    page = open_page("/", **STILL)
    canvas = page.locator("article canvas")
    expect(canvas).to_be_visible()
    page.wait_for_function("() => document.querySelector('article canvas').dataset.step")
    calm(page, lambda: canvas.evaluate("(c) => c.toDataURL()"))  # one that plays never rests
