"""Everyone: who walks a page with Tab alone sees where they are, and gets out at the end. What axe-core has to say is asked wherever
a picture is taken (ui/album.py).
"""

import pytest
from playwright.sync_api import expect

from tests.ui.album import AXE as AXE
from tests.ui.album import RUN as RUN
from tests.ui.conftest import Open
from tests.ui.helpers import settled

# What has the focus, null when it has left the page; whether it lies in the window, and whether it looks otherwise than without.
FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const seen = box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const hidden = getComputedStyle(e).clipPath !== 'none' || getComputedStyle(e).opacity === '0';
  const looks = (of) => { const s = getComputedStyle(of); return [s.outlineStyle, s.outlineWidth, s.boxShadow].join(); };
  const around = [e, e.parentElement, e.parentElement.parentElement], focused = around.map(looks).join();
  e.blur();
  const without = around.map(looks).join();
  e.focus({ preventScroll: true });
  return { name: e.outerHTML.slice(0, 160), seen: seen || hidden, told: focused !== without };
}"""

# What a page can only show when the server has answered; the heading stands before that.
LAST_TO_COME = {
    "/": "main a[href^='/s/']",
    "/new": "main section[aria-label=Run]",
    "/bridge": "main canvas",
    "/long": "main table tbody tr",
    "/fit": "main input",
}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/new",
        "/bridge",
        "/long",
        "/fit",
        "/s/{}#t=190&v=1",
        "/s/odd-beat#select=25-48&v=1",
        "/s/odd-beat#lec=1&v=1",
    ],
)
def test_tab_goes_through_the_page_and_is_seen(open_page: Open, long_recording: str, path: str, width: int) -> None:
    page = open_page(path.format(long_recording), width=width, reduced_motion="reduce")
    if path.startswith("/s/"):
        settled(page)
    else:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(LAST_TO_COME[path]).first).to_be_visible()
    names: list[str] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at is None:
            break
        assert at["seen"], f"the focus is outside the window, on {at['name']}"
        assert at["told"], f"nothing tells that the focus is on {at['name']}"
        names.append(at["name"])
    else:
        pytest.fail(f"two hundred times Tab do not lead out of the page; the last were {names[-5:]}")
    assert len(names) > 8
