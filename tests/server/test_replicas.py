"""Two servers with one PostgreSQL and one bucket: what one does the other knows, and neither keeps anything that it cannot lose."""

import json
import shutil
import time

import httpx
import pytest

from mnemoscope.running import standing
from mnemoscope_server.errors import BlobTrouble
from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.index import Entry
from mnemoscope_server.storage.store import Store, new_id
from tests.server.conftest import Server
from tests.server.fake_engine import VERDICT

pytestmark = pytest.mark.server

JUDGING = "tests.server.fake_engine:JudgingEngine"
SAID = VERDICT | {"elsewhere": None}


@pytest.fixture
def two(tmp_path, postgres, s3):
    """(one that runs models, one that replays)"""
    shared = {"index": postgres.database(), "blobs": s3.bucket()}
    servers = []
    for name, workers in (("here", 1), ("there", 0)):
        (tmp_path / name).mkdir()
        servers.append(Server(tmp_path / name, engine=JUDGING, workers=workers, **shared))
    yield servers
    for server in servers:
        server.close()


def ended(here, there, **more):
    """A run that was made here, as soon as it is there."""
    identity = here.run(steps=100, start="playing", **more)
    here.wait(identity, "ended")
    arrived(there, identity)
    return identity


def arrived(server, identity, status=200):
    deadline = time.monotonic() + 60
    while (answer := server.http.get(f"api/recordings/{identity}")).status_code != status:
        assert answer.status_code in (200, 503), answer.text
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)
    return answer.json()


def test_a_recording_is_seen_renamed_and_deleted_through_the_other(two):
    here, there = two
    identity = ended(here, there)
    assert [row["id"] for row in there.http.get("api/recordings").json()] == [identity]
    for path in ("file", "chunks/0", "chunks/1", "picture.png"):
        one, other = (server.http.get(f"api/recordings/{identity}/{path}") for server in two)
        assert (one.status_code, one.content) == (other.status_code, other.content), path
        assert one.status_code == 200
    assert there.http.patch(f"api/recordings/{identity}", json={"title": "renamed there"}).status_code == 204
    assert here.status(identity)["title"] == "renamed there"
    assert here.http.get(f"api/recordings/{identity}/file").content == there.http.get(f"api/recordings/{identity}/file").content  # fmt: skip
    assert there.http.delete(f"api/recordings/{identity}").status_code == 204
    for server in two:
        assert server.http.get(f"api/recordings/{identity}").status_code == 404
        assert server.http.get("api/recordings").json() == []


def test_a_verdict_that_one_server_reached_is_the_others_too(two, tmp_path):
    """Also where that had its copy of the recording before, and whoever asks has only the link to it."""
    here, there = two
    identity = ended(here, there)
    path = f"api/recordings/{identity}/verdict"
    answer = there.http.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no-workers"), "nobody has reached one"
    assert here.http.get(path).json() == SAID
    assert there.http.get(path).json() == SAID
    shared = {name: here.environment[f"MNEMOSCOPE_{name.upper()}"] for name in ("index", "blobs")}
    (tmp_path / "open").mkdir()
    guarded = Server(tmp_path / "open", workers=0, host="0.0.0.0", **shared)
    try:
        with httpx.Client(base_url=guarded.url.partition("?token=")[0]) as guest:
            later = ended(here, there)
            assert guest.get(f"api/recordings/{later}").status_code == 200
            none = guest.get(f"api/recordings/{later}/verdict")
            assert (none.status_code, none.json()["error"]["code"]) == (409, "no-verdict")
            here.http.get(f"api/recordings/{later}/verdict")
            assert guest.get(f"api/recordings/{later}/verdict").json() == SAID
    finally:
        guarded.close()


def test_a_link_to_a_measurement_opens_on_any_server(two, s3):
    """Until it is deleted through one of them."""
    name = "m" * 22
    kept = standing.standing() | {"id": name, "status": "ended", "owner": ""}
    Bucket(two[0].environment["MNEMOSCOPE_BLOBS"]).put(f"measurements/{name}.json", json.dumps(kept).encode())
    for server in two:
        answer = server.http.get(f"api/retention/{name}")
        assert (answer.status_code, answer.json()["models"]) == (200, kept["models"])
    assert two[0].http.delete(f"api/retention/{name}").status_code == 204
    assert two[1].http.get(f"api/retention/{name}").json()["error"]["code"] == "unknown-measurement"


def test_an_upload_to_one_server_is_run_on_the_other(two):
    here, there = two
    rows = "\n".join(f"{k / 10:.1f},{k % 7}" for k in range(300))
    answer = there.http.post("api/uploads", files={"file": ("a.csv", f"time,value\n{rows}\n".encode())})
    assert answer.status_code == 201, answer.text
    upload = answer.json()["id"]
    body = {"signal": {"kind": "upload", "upload_id": upload, "channel": 1}, "task": "signal-recall", "models": ["fake"], "start": "playing"}  # fmt: skip
    made = here.http.post("api/sessions", json=body)
    assert made.status_code == 201, made.text
    here.wait(made.json()["id"], "ended")
    assert here.http.delete(f"api/uploads/{upload}").status_code == 204
    gone = there.http.post(f"api/uploads/{upload}/suggestion", json={"channel": 1, "task": "signal-recall"})
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "unknown-upload"), "its own copy neither"


def test_a_run_that_left_no_file_says_so_and_can_be_deleted(two, tmp_path):
    """Listed as failed by whoever gave it up; to ask again later is of no use."""
    _, there = two
    index, blobs = (there.environment[f"MNEMOSCOPE_{name}"] for name in ("INDEX", "BLOBS"))
    lost = new_id()
    gone = Store(tmp_path / "gone", index=index, blobs=blobs)
    gone.put(Entry(lost, "t", "copy", [], 0, "running", "2026-01-01T00:00:00Z", 0))
    assert there.http.get(f"api/recordings/{lost}").status_code == 503
    gone.mark_failed(lost)
    gone.close()
    for path in (lost, f"{lost}/file", f"{lost}/chunks/0"):
        answer = there.http.get(f"api/recordings/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (410, "run-lost")
    assert "Run it again" in answer.json()["error"]["cure"]
    assert there.http.get(f"s/{lost}").status_code == 410
    assert [row["status"] for row in there.http.get("api/recordings").json()] == ["failed"]
    assert there.http.patch(f"api/recordings/{lost}", json={"title": "x"}).status_code == 410
    assert there.http.delete(f"api/recordings/{lost}").status_code == 204
    assert there.http.get(f"api/recordings/{lost}").status_code == 404


def test_a_server_that_loses_its_folder_has_lost_nothing(two, tmp_path):
    here, there = two
    identity = ended(here, there)
    there.close()
    shutil.rmtree(there.data)
    index, blobs = (there.environment[f"MNEMOSCOPE_{name}"] for name in ("INDEX", "BLOBS"))
    again = Server(there.folder, workers=0, index=index, blobs=blobs)
    try:
        whole = here.http.get(f"api/recordings/{identity}/file").content
        assert again.http.get(f"api/recordings/{identity}/file").content == whole
    finally:
        again.close()


def test_a_bucket_that_is_away_is_503_and_runs_go_on(two, s3):
    here, there = two
    kept = ended(here, there)
    assert there.http.get("readyz").text == "replay only"
    s3.close()
    try:
        ready(there, "bucket trouble", 503)
        late = here.run(steps=100, start="playing")
        here.wait(late, "ended")
        answer = there.http.get(f"api/recordings/{late}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, BlobTrouble.CODE)
        assert answer.headers["Retry-After"]
        assert there.status(kept)["status"] == "ended", "copies are read without it"
    finally:
        s3.start()
    name = here.environment["MNEMOSCOPE_BLOBS"].split("/")[2]
    s3.bucket(name)  # moto forgets everything
    arrived(there, late)
    ready(there, "replay only", 200)
    ready(here, "ready", 200)


def ready(server, text, status):
    """What /readyz says before long: an answer of the bucket is good for some seconds."""
    deadline = time.monotonic() + 60
    while ((answer := server.http.get("readyz")).text, answer.status_code) != (text, status):
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)


def test_a_database_that_is_away_is_503_and_then_none(two, postgres):
    here, there = two
    identity = ended(here, there)
    postgres.stop()
    try:
        for server in two:
            answer = server.http.get(f"api/recordings/{identity}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "index-trouble")
        assert there.http.get("readyz").status_code == 503
    finally:
        postgres.start()
    for server in two:
        assert server.status(identity)["status"] == "ended"
