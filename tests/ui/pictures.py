"""The pictures of README and docs, taken of the page as it is: `make pictures`, or `python -m tests.ui.pictures fit verdict`.

Each is the page itself at 1440 x 900, from a server with an empty data folder; nothing in them is drawn by hand.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import ROOT
from tests.ui.chromium import find
from tests.ui.helpers import settled, wait_until
from tests.ui.serving import FLAGS, serving

FOLDER = ROOT / "docs/pictures"
TAXI = ROOT / "tests/data/nab_ops/nyc_taxi.csv"
SIZE = {"width": 1440, "height": 900}
FIT_SECONDS = 20
FIT_TIMEOUT = 300_000


class Picture(NamedTuple):
    """Where it is taken, in which theme, and what is done before."""

    path: str
    theme: Literal["light", "dark"]
    before: Callable[[Page], None]


def still(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)


def stage(page: Page) -> None:
    settled(page)
    expect(page.get_by_role("region", name="Verdict").get_by_role("row").nth(1)).to_be_visible()
    page.wait_for_timeout(500)


def bridge(page: Page) -> None:
    wait_until(lambda: "rounding" in page.locator("main").inner_text(), "the bridge to be measured")
    still(page)


def fitted(page: Page) -> None:
    """Two models on taxi rides, for twenty seconds each."""
    page.get_by_label("File with a signal").set_input_files(TAXI)
    page.get_by_label("Transformer", exact=True).uncheck()
    page.get_by_role("button", name=f"{FIT_SECONDS} s").click()
    page.get_by_role("button", name="Fit 2 models").click(timeout=60_000)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_hidden(timeout=FIT_TIMEOUT)


def chosen(page: Page) -> None:
    """Taxi rides, for a run."""
    page.get_by_label("File with a signal").set_input_files(TAXI)
    still(page)


PICTURES = {
    "home-dark": Picture("/", "dark", still),
    "stage-dark": Picture("/s/odd-beat#t=90", "dark", stage),
    "stage-light": Picture("/s/odd-beat#t=90", "light", stage),
    "how-long-light": Picture("/long", "light", still),
    "fit-light": Picture("/fit", "light", fitted),
    "new-run-light": Picture("/new#file", "light", chosen),
    "bridge-dark": Picture("/bridge", "dark", bridge),
    "training-dark": Picture("/s/learning#t=19", "dark", stage),
}


def take(browser: Browser, address: str, name: str) -> None:
    """One picture, into docs/pictures."""
    picture = PICTURES[name]
    with browser.new_context(viewport=SIZE, color_scheme=picture.theme, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{address}{picture.path}")
        picture.before(page)
        page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    """Take those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"such as {', '.join(PICTURES)}; the beginning is enough"
    )
    wanted = parser.parse_args().names
    names = [name for name in PICTURES if not wanted or any(name.startswith(one) for one in wanted)]
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        for name in names:
            take(browser, address, name)
            print(FOLDER / f"{name}.png", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
