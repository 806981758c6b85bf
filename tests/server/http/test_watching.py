"""`serve --watch DIR` over HTTP and websocket: listed, followed while it is written, read-only, private."""

import json
import math
import subprocess
import sys
import time

import httpx
import pytest

from mnemoscope.reading.recording import Recording
from mnemoscope.running import record
from mnemoscope.tasks import episodes

pytestmark = pytest.mark.server
STEPS = 130


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "run.mnemo"
    episode = episodes.from_generator("signal-recall", "heartbeat", steps=STEPS, seed=3, params={}, options={})
    record.record_file(path, episode, record.load_models(["lstm"], "signal-recall"), title="my heart", seed=3)
    return path


@pytest.fixture
def runs(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def listed(server, count, **more):
    deadline = time.monotonic() + 30
    while len(rows := server.http.get("api/recordings", **more).json()) != count:
        assert time.monotonic() < deadline, rows
        time.sleep(0.1)
    return rows


def test_a_file_is_listed_opened_and_left_alone(start, runs, made):
    (runs / "run.mnemo").write_bytes(made.read_bytes())
    server = start(watch=runs)
    assert server.http.get("api/status").json()["watching"] is True
    (row,) = listed(server, 1)
    assert (row["title"], row["watched"], row["mine"]) == ("my heart", True, False)
    identity = row["id"]
    detail = server.http.get(f"api/recordings/{identity}").json()
    assert (detail["steps"], detail["live"], detail["watched"]) == (STEPS, False, True)
    chunk = server.http.get(f"api/recordings/{identity}/chunks/1")
    assert "immutable" in chunk.headers["Cache-Control"]
    assert server.http.get(f"api/recordings/{identity}/file").content == made.read_bytes()
    for refused in (
        server.http.delete(f"api/recordings/{identity}"),
        server.http.patch(f"api/recordings/{identity}", json={"title": "mine"}),
    ):
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "read-only"
    share = server.http.post(f"api/recordings/{identity}/share", json={})
    assert share.status_code == 201
    assert sorted(path.name for path in runs.iterdir()) == ["run.mnemo"]
    (runs / "run.mnemo").unlink()
    (copy,) = listed(server, 1)
    assert copy["id"] == share.json()["id"]
    assert server.http.get(f"api/recordings/{identity}").status_code == 404


def test_a_file_that_contradicts_itself_is_said_to(start, runs, made):
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    (runs / "bad.mnemo").write_bytes(content)
    server = start(watch=runs)
    (row,) = listed(server, 1)
    for path in ("", "/chunks/0", "/file", "/picture.png", "/export.html"):
        refused = server.http.get(f"api/recordings/{row['id']}{path}")
        assert refused.status_code == 422, path
    with server.socket(row["id"]) as watcher:
        assert json.loads(watcher.recv(timeout=20))["code"] == "corrupt-recording"


def test_what_another_program_records_is_followed_as_it_grows(start, runs):
    server = start(watch=runs)
    out = runs / "live.mnemo"
    command = ("record", "--signal", "-", "--models", "lstm", "--device", "cpu", "--out", str(out))
    recorder = subprocess.Popen([sys.executable, "-m", "mnemoscope", *command], stdin=subprocess.PIPE)

    def write(first, until):
        recorder.stdin.write("".join(f"{math.sin(k / 9)}\n" for k in range(first, until)).encode())
        recorder.stdin.flush()

    try:
        write(0, 100)
        (row,) = listed(server, 1)
        assert row["status"] == "running"
        detail = server.http.get(f"api/recordings/{row['id']}").json()
        assert detail["live"]
        assert detail["steps"] == 99
        assert server.http.get(f"api/recordings/{row['id']}/chunks/1").headers["Cache-Control"] == "no-store"
        with server.socket(row["id"]) as watcher:
            hello = json.loads(watcher.recv(timeout=20))
            assert (hello["live"], hello["status"], hello["steps"]) == (True, "running", 99)
            watcher.send('{"type": "pause"}')
            assert server.http.delete(f"api/sessions/{row['id']}").status_code == 403
            write(100, 1300)
            seen = []
            while "ended" not in seen:
                message = watcher.recv(timeout=30)
                seen.append("frames" if isinstance(message, bytes) else json.loads(message)["type"])
                if isinstance(message, str) and json.loads(message).get("step", 0) >= 1299 and recorder.stdin:
                    recorder.stdin.close()
                    recorder.stdin = None
            assert json.loads(message) == {"type": "ended", "steps": 1300, "status": "ended"}
            assert seen.count("error") == 1  # it is not paused from here
            assert seen.count("frames") >= 4
            assert "revised" in seen  # it has become longer than it was laid out for
    finally:
        recorder.kill()
        recorder.wait()
    detail = server.http.get(f"api/recordings/{row['id']}").json()
    assert (detail["live"], detail["status"], detail["steps"]) == (False, "ended", 1300)
    with Recording.open(out) as recording:
        assert recording.manifest["id"] == row["id"]


def test_on_a_shared_server_it_is_listed_for_whoever_started_it(start, runs, made):
    (runs / "run.mnemo").write_bytes(made.read_bytes())
    token = "a-token-of-sixteen"
    server = start(watch=runs, token=token, allowed_hosts='["far.example"]')
    base = server.url.split("?")[0]
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}) as operator:
        server.http.close()
        server.http = operator
        (row,) = listed(server, 1)
        with httpx.Client(base_url=base, follow_redirects=True) as browser:
            browser.get(f"?token={token}")
            assert browser.get("api/recordings").json() == []
            assert browser.get(f"api/recordings/{row['id']}").json()["mine"] is False  # whoever has the link may look


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path):
    command = ("serve", "--watch", str(tmp_path / "nowhere"), "--port", "0", "--no-browser", "--workers", "0")
    done = subprocess.run(
        [sys.executable, "-m", "mnemoscope", *command, "--data-dir", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "there is no such folder" in done.stderr
