"""When things do not go well, the page says so and goes on: a lost connection, a slow one, a slow model, a model that meets infinity,
and a playhead that is where nothing has arrived yet.
"""

import math
import re

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.ui.album import Album
from tests.ui.conftest import MODELS, Live, Open, Watch
from tests.ui.helpers import Api, becomes, settled, stage, step_shown, steps_there, wait_until


class Line:
    """The connection between a page and its live run, which can be cut, kept cut, or made to hold frames back."""

    def __init__(self, page: Page) -> None:
        self.cut = self.slow = False
        self.tries = 0
        self.hellos: list[int] = []
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/ws/"), self.opened)

    def opened(self, socket: WebSocketRoute) -> None:
        self.tries += 1
        if self.cut:
            socket.close(code=1011)
            return
        server = socket.connect_to_server()
        socket.on_message(lambda message: self.asked(server, message))
        server.on_message(lambda message: self.answered(socket, message))
        self.sockets.append(socket)

    def asked(self, server: WebSocketRoute, message: str | bytes) -> None:
        if isinstance(message, str) and (have := re.search(r'"have":\s*(\d+)', message)):
            self.hellos.append(int(have[1]))
        server.send(message)

    def answered(self, socket: WebSocketRoute, message: str | bytes) -> None:
        if not (self.slow and isinstance(message, bytes)):
            socket.send(message)

    def lose(self) -> None:
        self.cut = True
        self.sockets[-1].close(code=1011)


def badge(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_text(words).last).to_be_attached()


def test_live(open_page: Open, live: Live, album: Album) -> None:
    """As it runs, and let go of: the run is paused for its pictures."""
    page = open_page(f"/s/{live()}")
    badge(page, "Live, 24 steps/s")
    wait_until(lambda: steps_there(page) >= 90, "90 live steps")
    page.keyboard.press("Space")
    badge(page, "Live, paused")
    settled(page)
    album.keep(page, "live")
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="Back to live")).to_be_visible()
    album.keep(page, "live-let-go")


def test_the_connection_is_lost_and_comes_back(open_page: Open, live: Live, album: Album) -> None:
    """What has arrived is played on; nothing is missing afterwards, and nothing is sent twice."""
    page = open_page(None)
    line = Line(page)
    run = live()
    page.goto(f"/s/{run}")
    wait_until(lambda: steps_there(page) >= 60, "60 live steps")
    line.lose()
    badge(page, re.compile(r"Reconnecting, \d"))
    held = steps_there(page)
    page.keyboard.press("Home")
    wait_until(lambda: step_shown(page) == 0, "the first step")
    page.keyboard.press("Space")
    wait_until(lambda: step_shown(page) >= 8, "playback of what is there")
    page.keyboard.press("Space")
    expect(page.get_by_text(re.compile(r"Reconnecting, \d"))).to_be_visible()  # also while the run is let go of
    album.keep(page, "lost-let-go")
    page.get_by_role("button", name="Back to live").click()
    badge(page, re.compile(r"Reconnecting, \d"))
    wait_until(lambda: page.evaluate("1") and line.tries >= 2, "another try")
    assert steps_there(page) == held
    album.keep(page, "lost")

    line.cut = False
    badge(page, "Live, 24 steps/s")
    becomes(lambda: page.evaluate("1") and line.hellos, [0, held], "the run is resumed where it was lost")
    wait_until(lambda: steps_there(page) >= held + 30, "the steps of the gap and new ones")
    settled(page)
    page.keyboard.press("Space")
    badge(page, "Live, paused")


def test_a_connection_that_is_too_slow(open_page: Open, live: Live, ready: Api, album: Album) -> None:
    """Steps that were computed and did not arrive are counted; what is there can be looked at; the rest follows."""
    page = open_page(None)
    line = Line(page)
    run = live(speed=60.0)
    page.goto(f"/s/{run}")
    wait_until(lambda: steps_there(page) >= 30, "30 live steps")
    line.slow = True
    wait_until(lambda: ready.get(f"/api/recordings/{run}")["steps"] > steps_there(page) + 80, "steps to be missing")
    page.keyboard.press("Space")
    badge(page, re.compile(r"\d+ steps behind"))
    page.keyboard.press("Home")
    wait_until(lambda: step_shown(page) == 0, "the first step")
    expect(page.get_by_text(re.compile(r"\d+ steps behind"))).to_be_visible()
    expect(page.get_by_role("button", name="Back to live")).to_be_visible()
    album.keep(page, "behind")


def test_a_model_that_is_slow(open_page: Open, live: Live, album: Album) -> None:
    """A step every two seconds: the pace and the time left are told, and the steps there are can be scrubbed."""
    page = open_page(f"/s/{live(speed=40.0)}")
    wait_until(lambda: steps_there(page) >= 40, "40 live steps")
    speed = page.get_by_role("slider", name="Speed")
    while (before := str(speed.get_attribute("aria-valuetext"))) != "0.5 steps per second":
        page.keyboard.press("j")
        expect(speed).not_to_have_attribute("aria-valuetext", before)
    badge(page, "Live, 0.5 steps/s")
    held = steps_there(page)
    page.keyboard.press("Home")
    wait_until(lambda: step_shown(page) == 0, "the first step")
    page.keyboard.press("Shift+ArrowRight")
    wait_until(lambda: step_shown(page) == 10, "step 10")
    settled(page)
    wait_until(lambda: steps_there(page) > held, "the run to go on meanwhile")
    assert step_shown(page) == 10
    page.get_by_role("button", name="Back to live").click()
    expect(page.locator("p.badge")).to_have_attribute("title", re.compile(r"Running, \d+ of 1000 steps, .+ left"))
    album.keep(page, "slow")


def test_a_model_meets_infinity(open_page: Open, ready: Api, album: Album) -> None:
    """Its lane ends at the first bad step and says why, with a report to take away; the others go on to the end."""
    values = [math.sin(t / 5) for t in range(200)]
    rows = [f"{t / 10},{'1e30' if t == 120 else round(value, 4)}" for t, value in enumerate(values)]
    file = ready.upload("spike.csv", "\n".join(["time,level", *rows]))
    signal = {"kind": "upload", "upload_id": file["id"], "channel": 1, "scaling": "none"}
    wish = {"signal": signal, "task": "signal-recall", "models": MODELS, "title": "A spike", "speed": None}
    run = ready.post("/api/sessions", wish)["id"]
    wait_until(lambda: not ready.get(f"/api/recordings/{run}")["live"], "200 steps")
    assert ready.get(f"/api/recordings/{run}")["steps"] == 200

    page = open_page(f"/s/{run}#t=150&v=1")
    said = page.get_by_role("complementary", name="Inspector").get_by_text("stopped at step 120", exact=False)
    expect(said).to_contain_text("Transformer stopped at step 120")
    expect(said).to_contain_text("step 120: it produced a number that is not finite; the steps before it are kept.")
    expect(said).to_contain_text("First seen in outputs.")
    page.get_by_role("complementary", name="Inspector").get_by_role("button", name="Copy report").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    report = page.evaluate("async () => JSON.parse(await navigator.clipboard.readText())")
    assert (report["recording"], report["step"], report["model"]) == (run, 120, "transformer")
    drawn = (stage(page).get_attribute("data-reads") or "").split(" ")
    wait_until(lambda: drawn_at(page, 150) == ["lstm", "ntm", "dnc"], f"the arcs of the others, {drawn}")
    album.keep(page, "not-finite")
    page.keyboard.press("Home")
    settled(page)


def drawn_at(page: Page, step: int) -> list[str]:
    """Lanes whose arcs are those of this step."""
    parts = [part.split("@") for part in (stage(page).get_attribute("data-reads") or "").split(" ")]
    return [part[0] for part in parts if part[1:2] == [str(step)]]


def test_the_playhead_is_where_nothing_has_arrived(open_page: Open, long_recording: str, album: Album) -> None:
    """Chunks are kept away: the page opens with what is there, says what is missing, and is whole when they come."""
    waiting: list[Route] = []
    gone = {"on": True}

    def chunk(route: Route) -> None:
        if gone["on"] and int(route.request.url.rsplit("/", 1)[1]) > 2:
            waiting.append(route)
        else:
            route.continue_()

    page = open_page(None)
    page.route("**/chunks/*", chunk)
    page.goto(f"/s/{long_recording}#t=100&v=1")
    expect(page.get_by_text("Loading, 192 of 1000 steps.")).to_be_visible()
    settled(page)
    album.keep(page, "loading")
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_text("Loading, 192 of 1000 steps.")).to_be_visible()
    beside = page.get_by_role("complementary", name="Inspector")
    expect(beside).to_contain_text("Step 989")
    expect(beside).to_contain_text("Steps 192 to 999 are loading.")
    album.keep(page, "loading-beyond")

    gone["on"] = False
    for route in waiting:
        route.continue_()
    expect(page.get_by_text("Loading,", exact=False)).to_be_hidden()
    expect(beside).not_to_contain_text("loading")
    settled(page)


def test_chunks_that_do_not_come_are_named(open_page: Open, long_recording: str, watch: Watch, album: Album) -> None:
    page = open_page(None)
    page.route("**/chunks/7", lambda route: route.abort())
    page.goto(f"/s/{long_recording}#t=100&v=1")
    expect(page.get_by_text("Steps 448 to 511 have not arrived", exact=False)).to_be_visible()
    assert step_shown(page) == 100
    album.keep(page, "chunk-missing")
    page.unroute("**/chunks/7")
    expect(page.get_by_text("Steps 448 to 511", exact=False)).to_be_hidden()
    watch.trouble[:] = [line for line in watch.trouble if "ERR_FAILED" not in line]  # what was cut off here


def test_before_the_first_step(open_page: Open, live: Live, album: Album) -> None:
    """A run that is opened and has computed nothing: its lanes stand there, and the page says what it waits for."""
    page = open_page(f"/s/{live(start='paused')}")
    expect(page.get_by_text("Opened and paused. Play begins", exact=False)).to_be_visible()
    badge(page, "Live, paused")
    album.keep(page, "opened")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Opened", exact=False)).to_be_hidden()
    settled(page)
    becomes(lambda: steps_there(page), 1, "steps")


def test_a_run_can_be_begun_once_the_plan_comes(open_page: Open, watch: Watch) -> None:
    """A proxy that changes over answers for a while; nothing has to be touched for the plan to be asked for again."""
    page = open_page(None)
    page.route("**/api/tasks/*/plan", lambda route: route.fulfill(status=502, body="<html>Bad Gateway</html>"))
    page.goto("/new")
    expect(page.get_by_text("Asking again.", exact=False)).to_be_visible()
    run = page.get_by_role("button", name="Run", exact=True)
    expect(run).to_be_disabled()
    page.unroute("**/api/tasks/*/plan")
    expect(run).to_be_enabled()
    expect(page.get_by_text("Asking again.", exact=False)).to_have_count(0)
    assert watch.trouble
    assert all("status of 502" in trouble for trouble in watch.trouble)
    watch.trouble.clear()
