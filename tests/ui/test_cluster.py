"""The page through nginx on a whole cluster: a web process and an engine's worker are killed under a run, and it comes whole to its end."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, expect

from mnemoscope.format import blocks
from tests.cluster.parts import TOKEN, Cluster
from tests.server.test_cluster import pid_of
from tests.ui.conftest import Watch
from tests.ui.helpers import becomes, copied, heartbeat_csv, settled, step_shown, steps_there, take_rows, wait_until

Shot = Callable[[Page, str], None]
STEPS = 700
LINK_ALONE = ("/verdict", "/api/models", "favicon.ico")
"""What is computed or listed wants the token."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """With the models that ship, as `make cluster` starts it."""
    made = Cluster()
    yield made
    made.close()


class Profile:
    """A browser of its own, what went wrong in its pages, and the steps that the first model's frames brought."""

    def __init__(self, browser: Browser, cluster: Cluster, *, guest: bool) -> None:
        self.guest = guest
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1440, "height": 900}, color_scheme="dark", base_url=cluster.url
        )
        self.context.set_default_timeout(60_000)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=cluster.url)
        self.watch, self.steps, self.lines = Watch(cluster.url.rstrip("/")), list[int](), 0
        self.outage = False
        """Nobody has the run for a while: whoever asks for it then is told so."""

    def page(self) -> Page:
        page = self.context.new_page()
        self.watch.page(page)
        page.on("websocket", self._line)
        return page

    def trouble(self) -> list[str]:
        """All but what the browser itself writes of a line that was cut, of an outage, and of what a link alone does not open."""
        outage = ("status of 503",) if self.outage else ()
        closed = ("WebSocket connection to", *outage, *(LINK_ALONE if self.guest else ()))
        return [line for line in self.watch.trouble if not any(part in line for part in closed)]

    def _line(self, socket: WebSocket) -> None:
        self.lines += 1
        socket.on("framereceived", self._frames)

    def _frames(self, payload: str | bytes) -> None:
        position = 0
        while isinstance(payload, bytes) and position < len(payload):
            stream, kind, first, count, length = blocks.MESSAGE.unpack_from(payload, position)
            position += blocks.MESSAGE.size + length
            if kind == blocks.KIND_FRAMES and stream == 0:
                self.steps += range(first, first + count)


@pytest.fixture
def profile(browser: Browser, cluster: Cluster) -> Iterator[Callable[..., Profile]]:
    made: list[Profile] = []

    def new(*, guest: bool = False) -> Profile:
        made.append(Profile(browser, cluster, guest=guest))
        return made[-1]

    yield new
    for one in made:
        one.context.close()
    assert not [line for one in made for line in one.trouble()]


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "together"])
def test_a_run_of_the_page_survives_a_web_process_and_an_engine(
    cluster: Cluster, profile: Callable[..., Profile], shot: Shot, tmp_path: Path, together: bool
) -> None:
    """Brought, begun, watched, listed, opened again and handed on through nginx, whoever of the cluster answers.

    together: all that knows of the run dies at once, and it goes on from what lies in the bucket.
    """
    first, second = cluster.webs
    second.close()  # so the one that is killed keeps the run, and serves the page; before the page asks either
    mine = profile()
    mine.outage = together
    page = mine.page()
    page.goto(f"/?token={TOKEN}")
    page.get_by_label("File with a signal").set_input_files(heartbeat_csv(tmp_path / "ward.csv", STEPS))
    page.wait_for_url("**/new")
    take_rows(page, 0, STEPS)
    expect(page.locator(".cost b")).to_have_text(f"{STEPS} steps")
    for model in page.locator(".model").all():
        if model.locator("b").inner_text() not in ("LSTM", "DNC"):
            model.get_by_role("checkbox").first.uncheck()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/s/*")
    identity = re.sub(r".*/s/([\w-]+).*", r"\1", page.url)
    wait_until(lambda: steps_there(page) >= (250 if together else 75), "live steps")
    cluster.webs[1] = cluster.web("second")

    there = steps_there(page)
    worker, actor = pid_of(cluster, identity, "worker"), pid_of(cluster, identity, "actor")
    first.kill()
    if together:
        os.kill(actor, signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)
    wait_until(lambda: steps_there(page) > there + 24, "steps by the other web process")
    expect(page.get_by_text("Live, 24 steps/s")).to_be_visible()
    if not together:
        os.kill(worker, signal.SIGKILL)
    shot(page, "cluster-1-live")
    expect(page.get_by_text("Recorded", exact=True)).to_be_attached()
    becomes(lambda: steps_there(page), STEPS, "every step")
    assert mine.steps == list(range(STEPS)), "each of them once"
    assert mine.lines > 1
    shot(page, "cluster-2-recorded")

    cluster.webs[0] = cluster.web("first")  # it has no file of this run
    page.goto("/")
    row = page.get_by_role("row").filter(has=page.locator(f"a[href$='{identity}']"))
    expect(row).to_be_visible()
    expect(row.get_by_text("live", exact=True)).to_have_count(0)
    for _ in range(4):  # whoever answers
        row.get_by_role("link").first.click()
        settled(page)
        becomes(lambda: steps_there(page), STEPS, "the recording")
        page.goto("/")
    row.get_by_role("link").first.click()
    settled(page)
    expect(page.get_by_label("Verdict").get_by_text("because")).to_be_visible()
    expect(page.get_by_label("Verdict")).not_to_contain_text("…")
    page.keyboard.press("End")
    becomes(lambda: step_shown(page), STEPS - 1, "the last step")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Copy link").click()
    link = copied(page)

    other = profile(guest=True).page()  # without the token: the link alone opens it
    other.goto(link)
    settled(other)
    becomes(lambda: (step_shown(other), steps_there(other)), (STEPS - 1, STEPS), "the moment of the link")
    shot(other, "cluster-3-link")
