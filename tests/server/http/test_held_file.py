"""A file that is sent while something is done to it."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from mnemoscope_server.http import held_file as module
from mnemoscope_server.http.held_file import held_file

CONTENT = bytes(range(256)) * 4
HEADERS = {"Cache-Control": "no-cache"}


def _replaced(path):
    (path.parent / "other").write_bytes(b"longer" * 1000)
    (path.parent / "other").replace(path)


def _grown(path):
    with path.open("ab") as file:
        file.write(b"more")


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Asks for the file, which something happens to once the answer is made."""
    monkeypatch.setattr(module, "PIECE", 100)
    path = tmp_path / "run.mnemo"
    path.write_bytes(CONTENT)
    done = [lambda _: None]

    def answer(request):
        made = held_file(request, path, media_type="application/octet-stream", headers=HEADERS)
        done[-1](path)
        return made

    async def got(headers):
        server = httpx.ASGITransport(Starlette(routes=[Route("/", answer)]))
        async with httpx.AsyncClient(transport=server, base_url="http://here") as client:
            return await client.get("/", headers=headers)

    def asked(meanwhile=None, **headers):
        done.append(meanwhile or done[0])
        return asyncio.run(got(headers))

    return asked


@pytest.mark.parametrize("meanwhile", [lambda path: path.unlink(), _replaced, _grown])
def test_what_was_asked_for_is_sent_whatever_happens_to_it(ask, meanwhile):
    answer = ask(meanwhile)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("span", "first", "stop"), [("10-19", 10, 20), ("1000-", 1000, 1024), ("-24", 1000, 1024), ("0-9999", 0, 1024), ("-9999", 0, 1024)]
)  # fmt: skip
def test_a_range_of_it(ask, span, first, stop):
    answer = ask(Range=f"bytes={span}")
    assert (answer.status_code, answer.content) == (206, CONTENT[first:stop])
    assert answer.headers["content-range"] == f"bytes {first}-{stop - 1}/1024"
    assert answer.headers["content-length"] == str(stop - first)


@pytest.mark.parametrize("span", ["1024-", "20-10", "-0"])
def test_a_range_that_it_has_not(ask, span):
    answer = ask(Range=f"bytes={span}")
    assert (answer.status_code, answer.headers["content-range"], answer.content) == (416, "bytes */1024", b"")


@pytest.mark.parametrize(
    "asked",
    ["bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", pytest.param(f"bytes={'9' * 5000}-", id="no number at all")],
)
def test_what_is_no_range_is_answered_with_all_of_it(ask, asked):
    answer = ask(Range=asked)
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_going_on_with_a_file_that_has_changed_begins_anew(ask):
    tag = ask().headers["etag"]
    assert ask(Range="bytes=1000-", **{"If-Range": tag}).status_code == 206
    ask(_grown)
    answer = ask(Range="bytes=1000-", **{"If-Range": tag})
    assert (answer.status_code, answer.content) == (200, CONTENT + b"more")
