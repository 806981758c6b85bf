"""Everyone: no violation of axe-core's rules on any page, in either theme."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from ui.conftest import ROOT, Open
from ui.helpers import settled

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
RUN = """async () => (await axe.run()).violations.map((v) => `${v.id} (${v.impact}): ` +
  v.nodes.map((n) => n.html.slice(0, 200) + ' — ' + n.failureSummary).join('; '))"""


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_page_violates_the_rules(open_page: Open, long_recording: str, theme: Literal["dark", "light"]) -> None:
    if not Path(AXE).is_file():
        pytest.fail("axe-core is missing. Run: npm --prefix frontend ci", pytrace=False)
    # The rules come in as a script of the test's own, which the page's content policy would rightly refuse.
    page = open_page("/", theme=theme, bypass_csp=True)
    expect(page.get_by_role("link", name="Thousand steps")).to_be_visible()
    for path in (
        "/",
        "/new",
        f"/s/{long_recording}#t=190&pin=ntm:3@180&select=110-133&health=focus&fold=lstm&v=1",
        f"/embed/{long_recording}#t=190&v=1",
    ):
        page.goto(path)
        if "#" in path:
            settled(page)
        else:
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            page.wait_for_timeout(400)
        page.add_script_tag(path=str(AXE))
        assert page.evaluate(RUN) == [], path
    if theme == "light":
        return  # the panels below have the colours of the page
    page.goto(f"/s/{long_recording}#t=190&v=1")
    settled(page)
    page.add_script_tag(path=str(AXE))
    for name in ("Share", "Export", "Keys", "Commands"):
        page.get_by_role("button", name=name, exact=True).click()
        assert page.evaluate(RUN) == [], name
        page.keyboard.press("Escape")
    page.get_by_role("button", name="NTM, lane 3 of 4").press("Enter")
    assert page.evaluate(RUN) == [], "menu of a lane"
    page.get_by_role("menuitem", name="Read map").click()
    assert page.evaluate(RUN) == [], "read map"
    page.goto("/new#draw")
    expect(page.get_by_role("application")).to_be_visible()
    page.add_script_tag(path=str(AXE))
    assert page.evaluate(RUN) == [], "drawing pad"
