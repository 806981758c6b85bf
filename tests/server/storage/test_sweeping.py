"""What a server removes by itself: the old, the oldest of too many, never what is pinned or still made; and it says so."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest

from mnemoscope.cli.main import main
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.http.depends import require_room
from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.index import Entry, timestamp
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.store import Store, new_id
from mnemoscope_server.storage.sweeping import due, pin_file

MB = 1 << 20


def entry(name, days, size=MB):
    created = timestamp(datetime.now(UTC) - timedelta(days=days))
    return Entry(name, name, "copy", [], 1, "ended", created, size)


def names(found):
    return [one.id for one, _, _ in found]


def test_the_old_and_the_oldest_of_too_many_are_due():
    entries = [entry("new", 0), entry("old", 9), entry("middle", 5), entry("pinned", 20)]
    assert due(entries, pinned=(), days=None, most_bytes=None) == []
    assert names(due(entries, pinned={"pinned"}, days=7, most_bytes=None)) == ["old"]
    assert names(due(entries, pinned=(), days=None, most_bytes=2 * MB)) == ["pinned", "old"]
    assert names(due(entries, pinned={"pinned"}, days=None, most_bytes=2 * MB)) == ["old", "middle"]
    both = due(entries, pinned={"pinned"}, days=7, most_bytes=3 * MB)
    assert names(both) == ["old"], "what is removed for its age counts no more"
    assert "older than 7 days" in both[0][2]
    assert names(due(entries, pinned={"pinned"}, days=None, most_bytes=1)) == ["old", "middle", "new"]


@pytest.fixture
def stored(tmp_path):
    """A folder with recordings of 1 MB each, of 1, 2, 3 and 4 days."""
    store = Store(tmp_path / "data")
    ids = [new_id() for _ in range(4)]
    for days, identity in enumerate(ids, 1):
        store.path(identity).write_bytes(bytes(MB))
        store.put(entry(identity, days))
    yield store, ids
    store.close()


def test_the_sweep_removes_and_says_what_and_why(stored, caplog):
    store, ids = stored
    settings = Settings(data_dir=store.folder, recordings_bytes=2 * MB, workers=0)
    live = LiveSessions(settings, store, Library(store), None)
    live.sessions[ids[3]] = object()
    store.pin(ids[2], True)
    assert store.pinned() == {ids[2]}
    store.put(entry(new_id(), 30))  # of the watched folder: its file lies elsewhere
    with caplog.at_level(logging.INFO, logger="mnemoscope.swept"):
        live.remove_old()
    assert sorted(path.stem for path in store.recordings.glob("*.mnemo")) == sorted([ids[0], ids[2], ids[3]])
    assert len(store.rows()) == 4
    assert f"recording {ids[1]}" in caplog.text
    assert "more than 2 MB" in caplog.text
    assert live.removed == {"room": 1}
    live.remove_old()
    assert caplog.text.count("is removed") == 1
    store.remove(ids[2])
    assert not pin_file(store.path(ids[2])).exists()


def test_pins_by_the_command_line(stored, capsys):
    """Beside a server that runs: the folder is held by this test's store."""
    store, ids = stored
    arguments = ["pin", ids[0], "../../etc/passwd", "--data-dir", str(store.folder)]
    assert main(arguments) == 1
    assert store.pinned() == {ids[0]}
    assert "no recording ../../etc/passwd" in capsys.readouterr().err
    assert main([*arguments[:2], "--off", *arguments[3:]]) == 0
    assert store.pinned() == set()


def test_pins_over_http(start):
    """A pin is the owner's to set, and lists show it."""
    server = start(token="a-token-that-is-long-enough", recordings_days=1, allowed_hosts='["mem.example.org"]')
    server.http.close()
    server.http = httpx.Client(base_url=server.url.split("?")[0], timeout=30, follow_redirects=True)
    server.http.get("/", params={"token": "a-token-that-is-long-enough"})
    identity = server.run("fake", steps=200, start="playing")
    server.wait(identity, "ended")
    assert server.status(identity)["pinned"] is False
    assert server.http.patch(f"api/recordings/{identity}", json={"pinned": True}).status_code == 204
    [row] = server.http.get("api/recordings").json()
    assert (row["pinned"], row["mine"]) == (True, True)
    assert pin_file(server.data / "recordings" / f"{identity}.mnemo").exists()
    mine = {name: value for name, value in server.http.cookies.items() if not name.endswith("-me")}
    with httpx.Client(base_url=server.url.split("?")[0], cookies=mine) as other:
        assert other.patch(f"api/recordings/{identity}", json={"pinned": False}).status_code == 403


def test_an_owner_has_so_much_room(stored):
    store, _ = stored
    store.put(replace(entry(new_id(), 1), owner="me"))
    services = SimpleNamespace(store=store, settings=Settings(data_dir=store.folder, owner_bytes=MB))
    with pytest.raises(NotPossible, match="take 1 MB, and those of one owner may take 1 MB"):
        require_room("me", services)
    require_room("you", services)
    require_room("", services)
