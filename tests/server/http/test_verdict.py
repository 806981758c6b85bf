"""The verdict over HTTP: of what ships, of what was recorded, of what goes on; and inside an exported page."""

import asyncio
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from mnemoscope.reading import verdicts
from mnemoscope.reading.recording import Recording, RecordingWriter
from mnemoscope.running import gallery
from mnemoscope_server.http.verdict import reached
from mnemoscope_server.schemas.verdict import Verdict
from mnemoscope_server.workers.memo import Answers

ID = "v" * 22


@pytest.fixture
def replay(start):
    """A server without workers: what it answers it has from files."""
    return start(workers=0)


def put(server, *, verdict=None):
    """A finished recording in the data folder, with or without its verdict."""
    path = server.data / "recordings" / f"{ID}.mnemo"
    shutil.copy(gallery.FOLDER / "copy.mnemo", path)
    if verdict is not None:
        with Recording.open(path) as rec:
            verdicts.keep(path, rec.manifest, verdict)
    return path


def test_all_that_ships_has_a_verdict_and_needs_no_worker(replay):
    for entry in gallery.entries():
        answer = replay.http.get(f"api/recordings/{entry['id']}/verdict")
        assert answer.status_code == 200, entry["id"]
        assert answer.headers["cache-control"] == "no-cache"
        Verdict.model_validate(answer.json())
        assert answer.json()["ranking"], entry["id"]
    odd = replay.http.get("api/recordings/odd-beat/verdict").json()
    assert odd["question"] == "Who still has the odd beat?"
    assert odd["elsewhere"]["text"].startswith("On 48 other signals ")
    assert odd["elsewhere"]["delay"] == odd["recall"][0] - odd["store"][1]


def test_it_lies_beside_its_recording_and_goes_with_it(replay):
    known = replay.http.get("api/recordings/copy/verdict").json()
    path = put(replay, verdict=known)
    assert replay.http.get(f"api/recordings/{ID}/verdict").json() == known
    for kept in ("", "[]", '{"rules": 0, "content_hash": "x", "verdict": {}}'):  # what is no verdict of it is not shown
        verdicts.file_of(path).write_text(kept)
        answer = replay.http.get(f"api/recordings/{ID}/verdict")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no-workers")
    assert replay.http.delete(f"api/recordings/{ID}").status_code == 204
    assert not verdicts.file_of(path).exists()
    answer = replay.http.get(f"api/recordings/{ID}/verdict")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown-recording")


def test_a_link_alone_shows_one_that_was_reached_and_has_none_computed(start):
    guarded = start(workers=0, host="0.0.0.0")
    base, _, token = guarded.url.partition("?token=")
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}) as owner:
        known = owner.get("api/recordings/copy/verdict").json()
    with httpx.Client(base_url=base) as stranger:
        path = put(guarded)
        answer = stranger.get(f"api/recordings/{ID}/verdict")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no-verdict")
        path.unlink()
        put(guarded, verdict=known)
        assert stranger.get(f"api/recordings/{ID}/verdict").json() == known


def test_nothing_is_written_beside_what_ships(tmp_path):
    """An older server on a newer checkout would put its own words over those that ship."""
    path = Path(shutil.copy(gallery.FOLDER / "copy.mnemo", tmp_path / "copy.mnemo"))
    made = {"question": "Who can say the vectors again?"}

    async def ask(order):
        assert order.path == path
        return made

    library = SimpleNamespace(find=lambda _: path, shipped=lambda _: True, opened=lambda _: Recording.open(path))
    services: Any = SimpleNamespace(
        library=library,
        live=SimpleNamespace(sessions={}, ask=ask),
        watched=SimpleNamespace(has=lambda _: False),
        answers=Answers(),
    )
    assert asyncio.run(reached("copy", services)) == made
    assert [file.name for file in tmp_path.iterdir()] == ["copy.mnemo"]


def test_a_run_without_an_end_has_none_yet(server):
    identity = server.run("slow", steps=200, start="paused")
    answer = server.http.get(f"api/recordings/{identity}/verdict")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "still-live")
    server.http.delete(f"api/recordings/{identity}")


def test_a_file_without_an_end_has_none_yet(replay):
    path = put(replay)
    with Recording.open(path) as rec:
        manifest = {k: v for k, v in rec.manifest.items() if not k.endswith("_hash")} | {"status": "running"}
    path.unlink()
    with RecordingWriter(path, manifest):
        pass
    answer = replay.http.get(f"api/recordings/{ID}/verdict")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "still-live")


def test_a_page_carries_the_verdict_it_is_given(monkeypatch):
    import mnemoscope_viewer.single as single

    monkeypatch.setattr(single, "entry", lambda: ("", "", {}))
    monkeypatch.setattr(single, "notices", lambda: "")
    with Recording.open(gallery.FOLDER / "odd-beat.mnemo") as rec:
        text = single.page(rec, verdict={"question": "</script>?"})
        assert "mnemoscope-verdict" not in single.page(rec)
    [found] = re.findall(r'<script type="application/json" id="mnemoscope-verdict">(.*?)</script>', text)
    assert json.loads(found) == {"question": "</script>?"}
