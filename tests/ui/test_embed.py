"""An embedded recording in the frame of somebody else's page: sandboxed, it has no origin, no storage and no cookies."""

from playwright.sync_api import expect

from tests.ui.conftest import Api, Open, Watch


def test_a_recording_plays_in_a_sandboxed_frame(open_page: Open, ready: Api, server: str, watch: Watch) -> None:
    shipped = ready.get("/api/gallery")[0]["id"]
    page = open_page("/healthz")  # a page of http with nothing in it; frames of about:blank are another case
    page.set_content(
        f'<iframe sandbox="allow-scripts" width="1000" height="700" src="{server}/embed/{shipped}#t=40&v=1"></iframe>'
    )
    frame = page.frame_locator("iframe")
    count = frame.locator("p.count b")
    expect(count).to_have_text("40")
    assert page.frames[1].evaluate("origin") == "null"
    expect(frame.get_by_role("button", name="Play")).to_be_visible()
    frame.get_by_role("button", name="One step on").click()
    expect(count).to_have_text("41")
    # what costs computing stays closed to pages without an origin; the recording is shown without it
    closed = ("/verdict", "/api/models", "favicon.ico")
    assert [line for line in watch.trouble if not any(part in line for part in closed)] == []
    watch.trouble.clear()


def test_every_control_shows_in_forced_colours(open_page: Open, long_recording: str) -> None:
    """Shadows and grounds are not painted there: each control has an outline or a border that is."""
    for path in (f"/s/{long_recording}#t=190&v=1", "/new", "/"):
        page = open_page(path, forced_colors="active")
        expect(page.locator("button:visible").first).to_be_visible()
        page.wait_for_timeout(300)
        bare = page.evaluate(
            """() => [...document.querySelectorAll("button, input:not([type=checkbox], [type=radio], [type=range]), select, textarea")]
                .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 4)
                .filter((one) => {
                  const style = getComputedStyle(one);
                  const line = (width, kind) => parseFloat(width) > 0 && kind !== "none";
                  return !line(style.outlineWidth, style.outlineStyle) && !line(style.borderTopWidth, style.borderTopStyle);
                })
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert bare == [], path
        chosen = page.evaluate(
            """() => [...document.querySelectorAll('[aria-pressed=true], [aria-checked=true], [aria-selected=true]')]
                .filter((one) => one.checkVisibility())
                .map((one) => getComputedStyle(one).backgroundColor)"""
        )
        plain = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert plain not in chosen, path
