"""Another link typed into the address of a page that is open, and the way back: shown without opening the page again."""

import urllib.request
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api, address, becomes, calm, settled, stage, step_shown, wait_until


def typed(page: Page, link: str) -> None:
    """As by hand: the browser stays on the page, and says that what follows the # has changed."""
    page.evaluate("(link) => { location.hash = link }", link)


def obeys(page: Page) -> None:
    """Steps, a model alone and the rows follow the address, there and back, on the same canvas."""
    stage(page).evaluate("(canvas) => { canvas.marked = true }")
    typed(page, "t=60&solo=lstm&v=1")
    becomes(lambda: step_shown(page), 60, "the step of another link")
    typed(page, "t=70&rows=lag&v=1")
    becomes(lambda: step_shown(page), 70, "the step of a third link")
    # The page may write its own address once more before it hears of the change: what was typed counts.
    page.evaluate("""() => {
        const before = location.href;
        location.hash = "t=65&v=1";
        history.replaceState(history.state, "", before);
    }""")
    becomes(lambda: step_shown(page), 65, "the step of a link that was written over")
    wait_until(lambda: "t=65" in address(page), "the address to say it again")
    page.go_back()
    becomes(lambda: step_shown(page), 70, "the step of the third link")
    third = calm(page, lambda: page.url)
    page.go_back()
    becomes(lambda: step_shown(page), 60, "the step of the link before")
    calm(page, lambda: page.url)
    # Two entries of the history may say the same, where the page wrote on one what belongs to the other: no hashchange then.
    page.evaluate("(third) => { history.replaceState(history.state, '', third); history.forward() }", third)
    becomes(lambda: step_shown(page), 70, "the step of the link after")
    typed(page, "t=99999&tilt=3&v=1")
    expect(
        page.get_by_text("The link asks for step 99999, and this recording has steps 0 to", exact=False)
    ).to_be_visible()
    expect(page.get_by_text("tilt", exact=False)).to_be_visible()
    assert stage(page).evaluate("(canvas) => canvas.marked === true"), "the stage was opened again"


def test_the_stage_and_a_frame_follow_the_address(open_page: Open, ready: Api) -> None:
    shipped = ready.get("/api/gallery")[0]["id"]
    for path in (f"/s/{shipped}", f"/embed/{shipped}"):
        page = open_page(f"{path}?t=60#t=20&v=1")
        settled(page)
        becomes(lambda page=page: step_shown(page), 20, "the step")
        expect(page.get_by_text("The address says t after a question mark", exact=False)).to_be_visible()
        obeys(page)
        if path.startswith("/s/"):
            wait_until(lambda page=page: "tilt" not in address(page), "the address to say what is shown")
        # A link in the page itself, to the page that is open: the browser reports no change of the address for it.
        page.evaluate("""() => {
            const link = document.body.appendChild(document.createElement("a"));
            link.href = location.pathname + "#t=33&v=1";
            link.click();
            link.remove();
        }""")
        becomes(lambda page=page: step_shown(page), 33, "the step of a link in the page")


def test_an_exported_file_follows_the_address(open_page: Open, ready: Api, tmp_path: Path) -> None:
    shipped = ready.get("/api/gallery")[0]["id"]
    with urllib.request.urlopen(f"{ready.address}/api/recordings/{shipped}/export.html", timeout=60) as answer:
        (tmp_path / "alone.html").write_bytes(answer.read())
    page = open_page(None)
    page.goto(f"{(tmp_path / 'alone.html').as_uri()}#t=20&v=1")
    settled(page)
    becomes(lambda: step_shown(page), 20, "the step")
    obeys(page)


def test_the_bridge_follows_the_address(open_page: Open) -> None:
    page = open_page("/bridge#model=transformer-copy&seed=3&t=20&v=1", height=1000)
    becomes(lambda: step_shown(page), 20, "the step")
    typed(page, "model=transformer-copy&seed=3&t=9&v=1")
    becomes(lambda: step_shown(page), 9, "the step of another link")
    typed(page, "model=transformer-copy&seed=4&t=12&v=1")
    wait_until(lambda: "seed=4" in address(page) and "t=12" in address(page), "the run of another link")
    becomes(lambda: step_shown(page), 12, "its step")
    page.go_back()
    wait_until(lambda: "seed=3" in address(page), "the run of the link before")
    becomes(lambda: step_shown(page), 9, "its step")
