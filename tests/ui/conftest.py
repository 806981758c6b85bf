"""One server and one Chromium for all browser tests.

The server is the real one, on a free port with an empty data folder; the page is the built bundle. Every page that a test
opens is watched: an error on the console, an uncaught exception or a request to anything but the server fails the test.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests import ROOT
from tests.ui.album import Album
from tests.ui.chromium import NAMES, find
from tests.ui.helpers import PATIENCE, Api, wait_until
from tests.ui.serving import FLAGS, serving

ARTEFACTS = ROOT / "test-artefacts"


def chromium_path() -> str:
    """Chromium on PATH, else the one that playwright installed. Says what to do where there is none."""
    found = find()
    if found is None:
        pytest.fail(
            f"The browser tests need Chromium: none of {', '.join(NAMES)} is on PATH and playwright has none of its own. "
            "Run: python tests/ui/chromium.py",
            pytrace=False,
        )
    return found


@dataclass
class Watch:
    """What went wrong in the pages of one test."""

    origin: str
    trouble: list[str] = field(default_factory=list)

    def page(self, page: Page) -> None:
        page.on("console", lambda m: self.console(m) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.trouble.append(f"exception: {error}"))
        page.on("request", lambda request: self.request(request.url))

    def console(self, message: ConsoleMessage) -> None:
        self.trouble.append(f"console: {message.text} ({message.location['url']})")

    def request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("data", "blob", "file", "about"):
            return
        if f"{parts.scheme.replace('ws', 'http')}://{parts.netloc}" != self.origin:
            self.trouble.append(f"request to the outside: {url}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running server, without a slash at its end."""
    if not (ROOT / "frontend/mnemoscope_viewer/static/index.html").is_file():
        pytest.fail(
            "The page is not built. Run: npm --prefix frontend ci && npm --prefix frontend run build", pytrace=False
        )
    with serving(tmp_path_factory.mktemp("data")) as address:
        yield address


@pytest.fixture(scope="session")
def api(server: str) -> Api:
    return Api(server)


@pytest.fixture(scope="session")
def ready(api: Api) -> Api:
    """The server once its models are loaded."""
    wait_until(lambda: api.get("/api/status")["workers"] == "ready", "the models to be loaded", 120)
    return api


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        expect.set_options(timeout=1000 * PATIENCE)
        yield launched
        launched.close()


@pytest.fixture
def watch(server: str) -> Iterator[Watch]:
    seen = Watch(server)
    yield seen
    assert not seen.trouble, "\n".join(seen.trouble)


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, server: str, watch: Watch) -> Iterator[Open]:
    """Opens a path of the server in a fresh profile: `open_page("/new", width=820, theme="light")`."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str | None = "/",
        *,
        width: int = 1440,
        height: int = 900,
        theme: Literal["dark", "light"] = "dark",
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, base_url=server, **options
        )
        contexts.append(context)
        context.set_default_timeout(1000 * PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
        page = context.new_page()
        watch.page(page)
        if path is not None:
            page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a screenshot under test-artefacts/, where people look at what was tested."""
    ARTEFACTS.mkdir(exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=str(ARTEFACTS / f"{name}.png"))

    return take


@pytest.fixture
def album() -> Iterator[Album]:
    """Keeps pictures at every size in both themes; what is wrong in one of them fails the test."""
    pictures = Album(ARTEFACTS)
    yield pictures
    assert not pictures.trouble, "\n".join(pictures.trouble)


Live = Callable[..., str]
MODELS = ["lstm", "transformer", "ntm", "dnc"]


@pytest.fixture
def live(ready: Api) -> Iterator[Live]:
    """Starts live runs of a thousand steps, `live(speed=60.0)`, and ends them with the test."""
    made: list[str] = []

    def start(**changes: object) -> str:
        signal = {"kind": "generated", "generator": "heartbeat", "steps": 1000, "seed": 3}
        wish = {"signal": signal, "task": "signal-recall", "models": MODELS, "title": "Goes on", "speed": 24.0}
        made.append(ready.post("/api/sessions", wish | changes)["id"])
        return made[-1]

    yield start
    for run in made:
        if ready.get(f"/api/recordings/{run}")["live"]:
            ready.delete(f"/api/sessions/{run}")


@pytest.fixture(scope="session")
def long_recording(ready: Api) -> str:
    """Id of a finished recording of 1000 steps and every model, made by a live run at full speed."""
    signal = {"kind": "generated", "generator": "heartbeat", "steps": 1000, "seed": 3}
    wish = {"signal": signal, "task": "signal-recall", "task_params": {"rounds": 0}, "models": MODELS}
    started = time.monotonic()
    identity = ready.finished(wish | {"title": "Thousand steps", "speed": None}, 180)
    print(f"\n1000 steps of four models: {time.monotonic() - started:.1f} s")
    return identity


@pytest.fixture(scope="session")
def learning(ready: Api) -> str:
    """Id of a finished recording of an NTM at all moments of its training, beside an LSTM."""
    wish = {"signal": {"kind": "none"}, "task": "copy", "task_params": {"length": 12}, "models": ["lstm", "ntm@*"]}
    return ready.finished(wish | {"title": "Learning", "speed": None}, 120)
