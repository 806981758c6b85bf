"""Pictures of what the other tests of looks leave out: the bridge, a wrong address, and everything that opens over the stage.

Four sizes, both themes, kept under test-artefacts/; nothing scrolls sideways, nothing complains.
"""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from ui.conftest import Open, Watch
from ui.helpers import overflow, settled
from ui.test_access import AXE, RUN
from ui.test_bridge import arrived
from ui.test_looks import SIZES, Shot, everywhere

OVER_THE_STAGE = {"share": "Share", "help": "Keys", "palette": "Commands"}


def lawful(page: Page, name: str) -> None:
    """No rule of axe-core is violated."""
    page.add_script_tag(path=str(AXE))
    assert page.evaluate(RUN) == [], name


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_wrong_address(open_page: Open, watch: Watch, shot: Shot, theme: Literal["dark", "light"]) -> None:
    page = open_page("/no/such/page", theme=theme, bypass_csp=True)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    lawful(page, "not found")
    everywhere(page, shot, f"not-found-{theme}")
    assert len(watch.trouble) == 1
    assert "404" in watch.trouble.pop()  # the answer itself, which is right


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_bridge(open_page: Open, shot: Shot, theme: Literal["dark", "light"]) -> None:
    page = open_page("/bridge", theme=theme, bypass_csp=True)
    arrived(page)
    lawful(page, "bridge")
    everywhere(page, shot, f"bridge-{theme}")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_over_the_stage(open_page: Open, long_recording: str, shot: Shot, theme: Literal["dark", "light"]) -> None:
    page = open_page(f"/s/{long_recording}#t=190&v=1", theme=theme)
    settled(page)
    for name, button in OVER_THE_STAGE.items():
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        everywhere(page, shot, f"{name}-{theme}")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 900})
    pinned(page, shot, f"inspector-{theme}")


def pinned(page: Page, shot: Shot, name: str) -> None:
    """What the inspector says of a slot that is pinned, where there is room for an inspector and where there is not."""
    page.goto(page.url.split("#")[0] + "#t=190&pin=ntm:3@180&v=1")
    page.reload()
    settled(page)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(120)
        assert overflow(page) <= 0, f"{name} is {overflow(page)} px too wide at {width}"
        shot(page, f"{name}-{size}")
