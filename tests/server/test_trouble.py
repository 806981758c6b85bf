"""A whole server in trouble: it answers, ends what it began, and is as before when the trouble is over."""

import contextlib
import sqlite3
import time


@contextlib.contextmanager
def held(server):
    """Another program that holds the index."""
    other = sqlite3.connect(server.data / "index.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def listed(server):
    return {row["id"]: row["status"] for row in server.http.get("api/recordings").json()}


def test_a_locked_index_costs_nothing_that_was_begun_and_no_place(start):
    """Runs end and say so, deleting works; beginning is refused with the time to come back, and leaves no ghost."""
    server = start(sessions=2)
    live, gone = server.run("fake"), server.run("fake", start="playing")
    server.wait(gone, "ended")
    with held(server), server.socket(live) as ws:
        ws.recv(timeout=60)
        ws.send('{"type":"play"}')
        server.wait(live, "ended")
        assert server.http.delete(f"api/recordings/{gone}").status_code == 204
        signal = {"kind": "generated", "generator": "sines", "steps": 100}
        refused = server.http.post("api/sessions", json={"signal": signal, "task": "signal-recall", "models": ["fake"]})
        assert refused.status_code == 503, refused.text
        assert (refused.json()["error"]["code"], refused.headers["Retry-After"]) == ("index-trouble", "5")
        assert listed(server) == {live: "ended"}
        files = [path.stem for path in (server.data / "recordings").glob("*.mnemo")]
        assert files == [live], "what was refused left no file"
    for _ in range(2):
        server.wait(server.run("fake", start="playing"), "ended")
    assert len(listed(server)) == 3
    deadline = time.monotonic() + 30
    while dict(rows(server))[live] != "ended":
        assert time.monotonic() < deadline, "what was new is never written"
        time.sleep(0.1)


def rows(server):
    with contextlib.closing(sqlite3.connect(server.data / "index.sqlite")) as database:
        return database.execute("SELECT id, status FROM recordings").fetchall()
