"""How the keys of the stage are tested: the table that the page itself uses, one test for each chord, and what tests ask the page."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests import ROOT
from tests.ui.album import PAINTED
from tests.ui.helpers import address, becomes, calm, step_shown, wait_until

TABLE = ROOT / "frontend/src/stage/commands/commands.ts"


@dataclass(frozen=True)
class Press:
    """Calling it presses the key that is tested."""

    page: Page
    chord: str

    def __call__(self, chord: str = "") -> None:
        self.page.keyboard.press((chord or self.chord).replace("Mod", "Control"))


Test = Callable[[Page, Press], None]
TESTS: dict[str, Test] = {}


def key(*chords: str) -> Callable[[Test], Test]:
    """The test of these chords, named as the table of commands names them."""

    def entered(test: Test) -> Test:
        TESTS.update(dict.fromkeys(chords, test))
        return test

    return entered


def chords() -> list[str]:
    """The chords of commands.ts, in its order."""
    text = TABLE.read_text()
    rows = re.findall(r'^  row\("\w+", "[^"]+", \[((?:"[^"]+"(?:, )?)*)\], \{', text, re.MULTILINE)
    assert len(rows) == text.count("\n  row("), "a row of the table is not written as the others are"
    return [chord for row in rows for chord in re.findall(r'"([^"]+)"', row)] + [str(lane + 1) for lane in range(9)]


def words(chord: str) -> str:
    """A chord as the key map writes it."""
    signs = {"ArrowRight": "→", "ArrowLeft": "←", "ArrowUp": "↑", "ArrowDown": "↓", "Escape": "Esc", "Mod": "Ctrl"}
    return " ".join(signs.get(part, part.upper() if len(part) == 1 else part) for part in chord.split("+"))


def reaches(page: Page, step: int) -> None:
    becomes(lambda: step_shown(page), step, "the step")


def says(page: Page, part: str, there: bool = True) -> None:
    wait_until(lambda: (part in address(page)) == there, f"the link {'to say' if there else 'without'} {part}")


def repeated(page: Page) -> tuple[int, int]:
    """What the link says is repeated."""
    says(page, "loop=")
    found = re.search(r"loop=(\d+)-(\d+)", address(page))
    assert found
    return int(found[1]), int(found[2])


def view(page: Page) -> tuple[int, int]:
    """First and last step in view: what O repeats where nothing is selected."""
    page.evaluate(PAINTED)
    page.keyboard.press("o")
    found = repeated(page)
    page.keyboard.press("o")
    says(page, "loop=", False)
    return found


def heads(page: Page) -> list[str]:
    """Lanes from the top."""
    labels = page.locator("button.head").evaluate_all("(all) => all.map((head) => head.ariaLabel)")
    return [label.split(",")[0] for label in labels]


def paused(page: Page) -> None:
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    calm(page, lambda: step_shown(page))
