"""`mnemoscope open FILE…`: recordings in the browser, on the server that runs on this machine or on one that is started for them."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from mnemoscope.cli.commands import OK
from mnemoscope.errors import MnemoscopeError, RecordingError
from mnemoscope.reading.recording import Recording

DEFAULT_PORT = 8000
JOIN_SECONDS, SEND_SECONDS = 2.0, 300.0
NO_TOKEN = 401


def open_files(args: argparse.Namespace, *, serve: Callable[[Callable[[str], None]], int]) -> int:
    """Open recordings -> exit code. serve(ready) starts a server, calls ready with its address, and stays."""
    for file in args.files:
        Recording.open(file).close()  # what is no recording is refused before anything is started
    url: str = args.url or f"http://127.0.0.1:{args.port or DEFAULT_PORT}/"
    if (args.url or args.port != 0) and runs_at(url):  # port 0: a server of its own, wherever there is room
        show(url, args.files, browser=not args.no_browser)
        return OK
    if args.url:
        raise RecordingError(f"No Mnemoscope server answers at {args.url}. Start it, or leave --url out.")

    def ready(address: str) -> None:
        try:
            show(address, args.files, browser=not args.no_browser)
        except MnemoscopeError as error:  # in a thread of the server's: it stays, and says why
            print(f"mnemoscope: {error}", file=sys.stderr, flush=True)

    return serve(ready)


def runs_at(url: str) -> bool:
    """Whether a Mnemoscope server answers there. Raises RecordingError where it asks for a token."""
    try:
        answer = httpx.get(urljoin(url, "api/status"), params=_query(url), timeout=JOIN_SECONDS)
        if answer.status_code == NO_TOKEN:
            raise RecordingError(f"The server at {url} asks for its token: give its whole address with --url.")
        return "limits" in answer.json()
    except (httpx.HTTPError, ValueError):  # nobody, or somebody else
        return False


def show(url: str, files: list[Path], *, browser: bool) -> None:
    """Bring the files to a server, print where each is, and open the last one. Raises RecordingError where it refuses one."""
    page = url
    for file in files:
        page = urljoin(url, f"s/{_brought(url, file)}")
        page += f"?{urlsplit(url).query}" if urlsplit(url).query else ""
        print(f"{file}: {page}", flush=True)
    if browser:
        webbrowser.open(page)


def _brought(url: str, file: Path) -> str:
    """Send one file -> its id there."""
    try:
        with file.open("rb") as content:
            answer = httpx.post(
                urljoin(url, "api/recordings"),
                params=_query(url),
                files={"file": (file.name, content, "application/octet-stream")},
                timeout=SEND_SECONDS,
            )
        body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise RecordingError(f"{file} could not be sent to {url}: {error}. Try again.") from error
    if answer.is_error:
        error = body["error"]
        raise RecordingError(f"{file}: {error['message']}. {error['cure'] or ''}".strip())
    return str(body["id"])


def _query(url: str) -> dict[str, list[str]]:
    """The token of an address, to send along."""
    return parse_qs(urlsplit(url).query)
