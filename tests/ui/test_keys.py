"""Every key of the key map does what its line says, and no key is there without a test.

Nine lanes, so that each of the nine digits has one; what a training adds is told to a second page. A test begins at step 100,
with nothing pinned, isolated or repeated, and leaves lanes, rows and colours as it found them.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import Watch
from tests.ui.helpers import Api, address, becomes, calm, copied, settled, stage, step_shown, wait_until
from tests.ui.keys import TABLE, TESTS, Press, chords, heads, key, paused, reaches, repeated, says, view, words

NINE = ["lstm", "transformer", "ntm", "dnc", "gru", "rnn", "encoder-decoder", "sdnc", "sdnc-encoder-decoder"]


@pytest.fixture(scope="module")
def pages(browser: Browser, server: str, ready: Api, learning: str) -> Iterator[Callable[[bool], Page]]:
    """A page of nine lanes, and one of a training."""
    signal = {"kind": "generated", "generator": "heartbeat", "steps": 200, "seed": 3}
    wish = {"signal": signal, "task": "signal-recall", "models": NINE, "title": "Nine lanes", "speed": None}
    run = ready.finished(wish, 60)
    seen, opened = Watch(server), dict[bool, Page]()
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, base_url=server, color_scheme="dark")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)

    def page(training: bool) -> Page:
        if training not in opened:
            opened[training] = context.new_page()
            seen.page(opened[training])
            opened[training].goto(f"/s/{learning if training else run}#v=1")
            settled(opened[training])
            expect(opened[training].get_by_label("Verdict")).to_contain_text("%", timeout=30_000)  # ranked
        opened[training].bring_to_front()
        return opened[training]

    yield page
    context.close()
    assert not seen.trouble, "\n".join(seen.trouble)


def test_no_key_is_without_a_test(pages: Callable[[bool], Page]) -> None:
    """The table, the tests and what `?` shows are the same keys."""
    assert sorted(chords()) == sorted(TESTS)
    page = pages(True)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    shown = dialog.locator("kbd").all_inner_texts()
    page.keyboard.press("Escape")
    assert sorted(shown) == sorted(words(chord) for chord in chords() if chord not in "2345678")  # "1 to 9"


@pytest.mark.parametrize("chord", chords())
def test_key(pages: Callable[[bool], Page], chord: str) -> None:
    assert chord in TESTS, f"the key {chord} of {TABLE.name} has no test here"
    training = TESTS[chord] in (trains, watches_the_training)
    page = pages(training)
    stage(page).focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    for _ in range(0 if training else 10):
        page.keyboard.press("Shift+ArrowRight")
    reaches(page, 0 if training else 100)
    says(page, "pin=", False)  # the link follows a little later
    try:
        TESTS[chord](page, Press(page, chord))
    except BaseException:
        page.goto(address(page).split("#")[0] + "#v=1")  # what it left behind is not the next one's
        page.reload()
        settled(page)
        raise


@key("Space", "k")
def plays_and_pauses(page: Page, press: Press) -> None:
    press("Space")
    wait_until(lambda: step_shown(page) > 101, "some steps")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    press()
    paused(page)


GOES = {"ArrowRight": (101, 102), "ArrowLeft": (99, 98), "Shift+ArrowRight": (110, 120), "Shift+ArrowLeft": (90, 80),
        "Home": (0, 0), "End": (199, 199)}  # fmt: skip


@key(*GOES)
def goes(page: Page, press: Press) -> None:
    for step in GOES[press.chord]:
        press()
        reaches(page, step)


@key(".", "Alt+ArrowRight", ",", "Alt+ArrowLeft")
def goes_to_events(page: Page, press: Press) -> None:
    """To an event and the next one, and back over the same."""
    back = {".": ",", ",": ".", "Alt+ArrowRight": "Alt+ArrowLeft", "Alt+ArrowLeft": "Alt+ArrowRight"}[press.chord]
    on = press.chord in (".", "Alt+ArrowRight")
    press("Home" if on else "End")
    seen = [0 if on else 199]
    reaches(page, seen[0])
    for chord in (press.chord, press.chord, back):
        press(chord)
        wait_until(lambda: step_shown(page) != seen[-1], f"an event, {seen}")
        seen.append(step_shown(page))
    assert seen[1] == seen[3]
    assert seen[:3] == sorted(seen[:3], reverse=not on)


@key("e")
def changes_the_kind_of_event(page: Page, press: Press) -> None:
    kinds = page.get_by_role("combobox", name="Kind of event")
    for kind in ("write", "read", "peak", "task"):
        press()
        expect(kinds).to_have_value(kind)


@key("j", "l")
def changes_the_speed(page: Page, press: Press) -> None:
    speed = page.get_by_role("slider", name="Speed")
    expect(speed).to_have_attribute("aria-valuetext", "8 steps per second")
    press()
    expect(speed).to_have_attribute(
        "aria-valuetext", {"j": "4 steps per second", "l": "15 steps per second"}[press.chord]
    )
    press("l" if press.chord == "j" else "j")
    expect(speed).to_have_attribute("aria-valuetext", "8 steps per second")


@key("[", "]", "o")
def repeats(page: Page, press: Press) -> None:
    seen = view(page)
    assert seen[0] <= 100 <= seen[1]
    press()
    becomes(lambda: repeated(page), {"[": (100, 199), "]": (0, 100), "o": seen}[press.chord], "what is repeated")
    expect(page.get_by_role("button", name="Repeat")).to_have_attribute("aria-pressed", "true")
    press("o")
    says(page, "loop=", False)


@key("{", "}")
def trains(page: Page, press: Press) -> None:
    training = page.get_by_role("slider", name="Training", exact=True)
    end = ("Home", "aria-valuemin") if press.chord == "}" else ("End", "aria-valuemax")
    training.press(end[0])
    before = int(training.get_attribute(end[1]) or -1)
    expect(training).to_have_attribute("aria-valuenow", str(before))
    stage(page).focus()
    press()
    wait_until(lambda: int(training.get_attribute("aria-valuenow") or -1) != before, "another moment")
    assert (int(training.get_attribute("aria-valuenow") or -1) < before) == (press.chord == "{")


@key("Shift+Space")
def watches_the_training(page: Page, press: Press) -> None:
    training = page.get_by_role("slider", name="Training", exact=True)
    training.press("Home")
    expect(training).to_have_attribute("aria-valuenow", "0")
    stage(page).focus()
    press()
    wait_until(lambda: training.get_attribute("aria-valuenow") != "0", "the walk to move on by itself")
    expect(page.get_by_role("button", name="Stop the training")).to_be_visible()
    press()
    expect(page.get_by_role("button", name="Stop the training")).to_have_count(0)


def ranked(page: Page) -> list[str]:
    """The models by the rows of the verdict, all of them: each has a digit."""
    verdict = page.get_by_label("Verdict")
    more = verdict.get_by_role("button", name=re.compile(r"^\+ \d+ more$"))
    if more.count():
        more.click()
        stage(page).focus()
    return verdict.locator("td.name").all_inner_texts()


def rank_of(page: Page, label: str) -> str:
    """The digit of a model."""
    return str(ranked(page).index(label) + 1)


@key(*"123456789")
def isolates(page: Page, press: Press) -> None:
    """The model of the row of that rank."""
    ids = dict(zip(heads(page), NINE, strict=True))
    row = ranked(page)[int(press.chord) - 1]
    press()
    says(page, f"solo={ids[row]}&")
    press()
    says(page, "solo=", False)


@key("p", "m", "n")
def arranges(page: Page, press: Press) -> None:
    """Of the lane that is isolated."""
    part = {"p": "top=dnc", "m": "mute=dnc", "n": "fold=dnc"}[press.chord]
    press(rank_of(page, "DNC"))
    press()
    says(page, part)
    press()
    says(page, part, False)


@key("Alt+ArrowUp", "Alt+ArrowDown")
def moves(page: Page, press: Press) -> None:
    before = heads(page)
    press(rank_of(page, "DNC"))
    press()
    up = press.chord == "Alt+ArrowUp"
    wait_until(lambda: heads(page).index("DNC") == (2 if up else 4), f"the DNC to move, {heads(page)}")
    press("Alt+ArrowDown" if up else "Alt+ArrowUp")
    wait_until(lambda: heads(page) == before, "the lanes as they were")


@key("q", "Mod+k", "/", "?")
def opens(page: Page, press: Press) -> None:
    name = {"q": re.compile("read map"), "?": "Keys"}.get(press.chord, "Commands")
    press()
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@key("f")
def lectures(page: Page, press: Press) -> None:
    """One lane and large words, said by the link, and back."""
    press()
    says(page, "lec=1")
    press()
    says(page, "lec=", False)


@key("w", "s", "a", "d", "Shift+f", "r")
def looks(page: Page, press: Press) -> None:
    """Zoom around the playhead, pan, the whole run, and back to how it opened."""
    press("r")
    for chord in (
        "s" if press.chord == "w" else "www"
    ):  # from close by, or not from the last width, after which none comes
        press(chord)
    before = calm(page, lambda: view(page))
    press()

    def looked() -> bool:
        first, last = view(page)
        steps, were = last - first, before[1] - before[0]
        match press.chord:
            case "w":
                return steps < were
            case "s" | "r":
                return steps > were
            case "a":
                return first < before[0] and abs(steps - were) <= 1
            case "d":
                return first > before[0] and abs(steps - were) <= 1
            case _:
                return (first, last) == (0, 199)

    wait_until(looked, f"another view than {before}")
    press("r")


@key("g", "h")
def shows(page: Page, press: Press) -> None:
    part = {"g": "rows=lag", "h": "health=filled"}[press.chord]
    press()
    says(page, part)
    press()
    says(page, part, False)


@key("ArrowUp", "ArrowDown")
def walks_slots(page: Page, press: Press) -> None:
    """Row by row, and back over the same; a row of a low lane is several slots."""
    press(rank_of(page, "NTM"))
    seen = [-1]
    for chord in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        press(chord)
        wait_until(lambda: slot(page) not in (None, seen[-1]), f"another slot than {seen[-1]}")
        seen.append(slot(page) or 0)
        expect(page.get_by_role("heading", name=f"NTM, slot {seen[-1]} at t = 100")).to_be_visible()
    assert seen[2] == seen[4]
    assert seen[1] < seen[2] < seen[3]


def slot(page: Page) -> int | None:
    """The slot of the NTM that the link says is pinned."""
    found = re.search(r"pin=ntm:(\d+)", address(page))
    return int(found[1]) if found else None


@key("Enter", "Escape")
def pins_and_frees(page: Page, press: Press) -> None:
    lane = page.get_by_role("button", name="NTM, lane 3 of 9").bounding_box()
    assert lane
    page.mouse.move(lane["x"] + 400, lane["y"] + lane["height"] / 2)
    expect(page.get_by_role("button", name="pinned, Esc frees")).to_have_count(0)
    press("Enter")
    expect(page.get_by_role("button", name="pinned, Esc frees")).to_be_visible()
    press("2")
    press("[")
    for part in ("pin=", "solo=", "loop="):
        says(page, part)
    press("Escape")
    for part in ("pin=", "solo="):
        says(page, part, False)
    says(page, "loop=")
    press("Escape")
    says(page, "loop=", False)


@key("i")
def finds_similar(page: Page, press: Press) -> None:
    press()
    expect(page.get_by_role("heading", name="as at t = 100")).to_be_visible()
    expect(page.locator("button.hit").first).to_be_visible()
    press("Escape")
    expect(page.get_by_role("heading", name="as at t = 100")).to_have_count(0)


@key("c")
def copies_the_link(page: Page, press: Press) -> None:
    press()
    link = copied(page, "Link copied")
    becomes(lambda: address(page), link, "the address bar")
    assert "t=100" in link


@key("t")
def changes_the_theme(page: Page, press: Press) -> None:
    theme = "() => document.documentElement.dataset.theme"
    before = page.evaluate(theme)
    press()
    becomes(lambda: page.evaluate(theme), {"dark": "light", "light": "dark"}[before], "the theme")
    press()
    becomes(lambda: page.evaluate(theme), before, "the theme")


@key("v")
def changes_the_lens(page: Page, press: Press) -> None:
    """Round the three of them; the link says which."""
    for part in ("lens=sensitivity", "lens=intervention"):
        press()
        says(page, part)
    press()
    says(page, "lens=", False)
