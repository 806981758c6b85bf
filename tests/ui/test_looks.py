"""Everything that opens over the stage or beside it, at four widths in both themes; the pictures are kept."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.ui.album import Album
from tests.ui.conftest import Open
from tests.ui.helpers import settled, stage


def button(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def access(page: Page) -> None:
    button(page, "Share", "Who finds it")
    page.get_by_label("Expires").select_option("After a date")


def searched(page: Page) -> None:
    button(page, "Commands")
    page.keyboard.type("nothing is called this")


def square(page: Page) -> None:
    stage(page).focus()
    page.keyboard.press("q")


OVER: dict[str, Callable[[Page], None]] = {
    "share": lambda page: button(page, "Share"),
    "share-copy": lambda page: button(page, "Share", "A copy"),
    "share-access": access,
    "export": lambda page: button(page, "Export"),
    "keys": lambda page: button(page, "Keys"),
    "palette": lambda page: button(page, "Commands"),
    "palette-none": searched,
    "lane-menu": lambda page: page.locator("button.head").last.press("Enter"),
    "read-map": square,
}
NOT_ON = {"export": ("-820", "-390"), "keys": ("-390",)}
"""Widths whose bar has no such button."""


def test_over_the_stage(open_page: Open, long_recording: str, album: Album) -> None:
    """Dialogs, menus and the palette: opened at each size; inside the window, whole, and gone with Esc."""
    page = open_page(f"/s/{long_recording}#t=190&v=1")
    settled(page)
    over = page.get_by_role("dialog").or_(page.get_by_role("menu"))
    for shown in album.turns(page):
        for name, opens in OVER.items():
            if shown.endswith(NOT_ON.get(name, ("none",))):
                continue
            opens(page)
            expect(over).to_be_visible()
            album.trouble += album.take(page, f"{name}-{shown}")
            page.keyboard.press("Escape")
            expect(over).to_have_count(0)


def test_beside_the_stage(open_page: Open, long_recording: str, album: Album) -> None:
    """What the inspector says of a slot, of a stretch and of moments like it; lanes that are arranged."""
    page = open_page(f"/s/{long_recording}#t=190&pin=ntm:3@180&v=1")
    settled(page)
    inspector(page, "NTM, slot 3")
    album.keep(page, "inspector")
    page.goto(f"/s/{long_recording}#t=190&select=110-133&health=focus&fold=lstm&top=dnc&mute=transformer&v=1")
    page.reload()
    expect(page.get_by_role("combobox", name="Measure of health")).to_have_value("focus")
    button(page, "Similar")
    inspector(page, "Shaped like 110 to 133")
    album.keep(page, "arranged")
    page.goto(f"/s/{long_recording}#t=190&hide=lstm,transformer,ntm,dnc&v=1")
    page.reload()
    expect(page.get_by_text("No model on the stage.").first).to_be_visible()
    album.keep(page, "no-lane")


def inspector(page: Page, words: str) -> None:
    expect(page.get_by_role("complementary", name="Inspector").get_by_text(words, exact=False).first).to_be_visible()


def test_a_state_has_no_read_map(open_page: Open, long_recording: str) -> None:
    """An LSTM reads all of its cells at every step: neither its menu nor the key nor the palette offers a square of that."""
    page = open_page(f"/s/{long_recording}#t=190&hide=transformer,ntm,dnc&v=1")
    settled(page)
    page.locator("button.head").press("Enter")
    menu = page.get_by_role("menu", name="Lane of LSTM")
    expect(menu.get_by_role("menuitem", name="Find similar states")).to_be_visible()
    expect(menu.get_by_role("menuitem", name="Read map", exact=False)).to_have_count(0)
    page.keyboard.press("Escape")
    square(page)
    button(page, "Commands")
    page.keyboard.type("lane")
    expect(page.get_by_role("option", name="Mute the lane", exact=False)).to_be_visible()
    expect(page.get_by_role("option", name="Read map", exact=False)).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")

    page.get_by_role("button", name="NTM", exact=True).first.click()
    page.locator("button.head").first.hover()
    square(page)
    expect(page.get_by_role("dialog", name="NTM, read map")).to_be_visible()
