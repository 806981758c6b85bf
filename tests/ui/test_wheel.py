"""The wheel of a live run: another browser watches, drives once it is given the wheel, and watches again; a phone likewise."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api, copied, steps_there, wait_until

BEGIN = """(wish) => fetch("api/sessions", {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wish),
}).then((answer) => answer.json()).then((made) => made.id)"""
WISH = {
    "signal": {"kind": "generated", "generator": "sines", "seed": 3, "steps": 2000},
    "task": "signal-recall",
    "models": ["lstm"],
    "start": "paused",
    "speed": 20,
    "keep": False,
}


def test_the_wheel_is_given_to_a_phone_and_taken_back(
    open_page: Open, ready: Api, shot: Callable[[Page, str], None]
) -> None:
    owner = open_page("/", permissions=["clipboard-read", "clipboard-write"])
    identity = owner.evaluate(BEGIN, WISH)
    owner.goto(f"/s/{identity}")
    expect(owner.get_by_text("Live, paused")).to_be_attached()
    phone = open_page(f"/s/{identity}", width=390, height=844, has_touch=True, is_mobile=True)
    expect(phone.get_by_text("Paused, you watch")).to_be_attached()
    expect(owner.get_by_role("button", name="Stop run")).to_be_visible()
    expect(phone.get_by_role("button", name="Stop run")).to_have_count(0)
    phone.keyboard.press(" ")
    expect(phone.get_by_role("alert")).to_contain_text("is driven from there")
    phone.get_by_role("button", name="Close").click()
    assert ready.get(f"/api/recordings/{identity}")["steps"] == 0

    owner.get_by_role("button", name="Share", exact=True).click()
    dialog = owner.get_by_role("dialog", name="Share this recording")
    dialog.get_by_role("button", name="The wheel").click()
    dialog.get_by_role("button", name="Give the wheel").click()
    expect(dialog.get_by_role("img", name="QR code of the driving link")).to_be_visible()
    shot(owner, "wheel-given")
    dialog.get_by_role("button", name="Copy driving link").click()
    link = copied(owner)
    assert f"/s/{identity}#" in link
    assert "drive=" in link

    phone.goto(link)  # another address of the page that is open there
    expect(phone.get_by_text("The wheel was given to you")).to_be_visible()
    expect(phone.get_by_role("button", name="Stop run")).to_be_visible()
    assert "drive" not in phone.url
    shot(phone, "wheel-phone")
    phone.keyboard.press(" ")
    wait_until(lambda: steps_there(owner) > 5, "the owner to see what the phone drives")
    phone.reload()  # the key is kept for the tab
    expect(phone.get_by_text("The wheel was given to you")).to_be_visible()
    expect(phone.get_by_text("which this version does not know")).to_have_count(0)

    dialog.get_by_role("button", name="Take it back").click()
    expect(dialog.get_by_text("You alone drive.")).to_be_visible()
    expect(phone.get_by_text("The wheel was taken back: you watch.")).to_be_visible()
    owner.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    owner.get_by_role("button", name="Pause", exact=True).click()
    wait_until(lambda: ready.get(f"/api/recordings/{identity}")["status"] == "paused", "the owner to pause")
    phone.keyboard.press(" ")
    expect(phone.get_by_role("alert")).to_contain_text("is driven from there")
    ready.delete(f"/api/sessions/{identity}")
