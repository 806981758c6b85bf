"""How long a signal is remembered, over HTTP: measured once, followed while it grows, stopped, and its delays recorded."""

import time

import numpy as np
import pytest

from mnemoscope.reading.recording import Recording

DELAYS = [0, 10, 60]


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    from mnemoscope.checkpoints import store as checkpoints
    from tests.server.conftest import Server

    folder = tmp_path_factory.mktemp("retention")
    (folder / "checkpoints").mkdir()
    for name in ("lstm-signal-recall", "ntm-signal-recall", "ntm-copy"):
        (folder / "checkpoints" / name).symlink_to(checkpoints.find(name))
    server = Server(folder, engine="mnemoscope_server.workers.torch_engine:TorchEngine", device="cpu")
    deadline = time.monotonic() + 120
    while server.http.get("readyz").status_code != 200:
        assert time.monotonic() < deadline, (server.folder / "stderr.txt").read_text()
        time.sleep(0.1)
    yield server
    server.close()


def waves(steps=900, seed=0):
    t = np.arange(steps)
    rng = np.random.default_rng(seed)
    return [float(v) for v in np.sin(2 * np.pi * t / 17) + 0.5 * np.sin(2 * np.pi * t / 41 + rng.uniform(0, 6))]


def begin(real, **change):
    body = {
        "signal": {"kind": "values", "values": waves(), "name": "waves", "sample_rate": 10},
        "models": ["ntm", "lstm"],
        "segment": 16,
        "delays": DELAYS,
        "segments": [4, 16, 48],
    }
    return real.http.post("api/retention", json=body | change)


def followed(real, identity, seconds=90):
    """Everything that was answered until it was over."""
    seen, after, deadline = [], -1, time.monotonic() + seconds
    while not seen or seen[-1]["status"] in ("waiting", "running"):
        assert time.monotonic() < deadline
        answer = real.http.get(f"api/retention/{identity}", params={"after": after})
        assert answer.status_code == 200, answer.text
        seen.append(answer.json())
        after = seen[-1]["version"]
    return seen


def test_a_signal_is_measured_while_one_looks_on_and_only_once(real):
    answer = begin(real)
    assert answer.status_code == 201, answer.text
    identity = answer.json()["id"]
    seen = followed(real, identity)
    last = seen[-1]
    assert (last["status"], last["measured"], last["signal"], last["sample_rate"]) == ("ended", DELAYS, "waves", 10)
    replays = [row for row in last["rows"] if row["view"] == "behaviour" and row["checkpoint"]]
    assert {(row["model"], row["segment"], row["delay"]) for row in replays} == {
        *((model, 16, delay) for model in ("ntm", "lstm") for delay in DELAYS),
        *((model, segment, delay) for model in ("ntm", "lstm") for segment in (4, 48) for delay in (10, 60)),
    }
    assert {row["trained"] for row in replays if row["segment"] == 48} == {False}
    assert {row["seeds"] for row in replays} == {1}
    contents = [row for row in last["rows"] if row["view"] == "content"]
    assert {(row["model"], row["bank"]) for row in contents} == {
        ("ntm", None), ("ntm", "memory"), ("lstm", None), ("lstm", "cell"),
    }  # fmt: skip
    assert all(row["shuffled"] < 0.05 for row in contents)
    assert {(found["model"], found["bank"]) for found in last["capacities"]} == {
        (row["model"], row["bank"]) for row in contents
    }
    assert [found["stage"] and found["stage"]["name"] for found in seen][-1] is None
    stages = [found["stage"]["name"] for found in seen if found["stage"]]
    assert stages == sorted(stages, key=["delays", "ledger", "segments", "contents"].index)
    assert any("segment 48" in note for note in last["notes"])
    assert [seen[k]["version"] for k in range(len(seen))] == sorted(s["version"] for s in seen)
    assert last["n"] >= 8
    assert all(row["low"] <= row["error"] <= row["high"] for row in last["rows"] if row["low"] is not None)
    assert set(last["figures"]) >= {
        "behaviour", "price", "held", "found", "content", "content ntm", "segments 10", "surface lstm",
    }  # fmt: skip
    assert [model["label"] for model in last["models"]] == ["NTM", "LSTM"]
    began = time.monotonic()
    assert begin(real).json()["id"] == identity
    assert followed(real, identity)[-1] == last
    assert time.monotonic() - began < 5
    assert begin(real, segment=8).json()["id"] != identity


def test_a_measured_delay_opens_as_a_recording_that_ends_with_its_answer(real):
    identity = begin(real).json()["id"]
    last = followed(real, identity)[-1]
    made = real.http.post(f"api/retention/{identity}/recordings", json={"delay": 60})
    assert made.status_code == 200, made.text
    body = made.json()
    assert body["cue"] == 16 + 16 + 60
    path = real.folder / "delay.mnemo"
    path.write_bytes(real.http.get(f"api/recordings/{body['id']}/file").content)
    with Recording.open(path) as rec:
        assert rec.models == ["ntm", "lstm"]
        assert rec.steps == body["cue"] + 16
        view = rec["ntm"]
        scored = view.array("mask")[:, 0] > 0
        targets, outputs = view.array("targets")[scored], view.array("outputs")[scored]
        error = float(np.sqrt(((outputs - targets) ** 2).sum() / (targets**2).sum()))
    row = next(row for row in last["rows"] if (row["model"], row["delay"]) == ("ntm", 60))
    assert row["error"] / 3 < error < 3 * max(row["error"], 0.02)  # one of the windows that the row is over
    again = real.http.post(f"api/retention/{identity}/recordings", json={"delay": 60}).json()
    assert again == body
    late = real.http.post(f"api/retention/{identity}/recordings", json={"delay": 1999}).json()
    assert late["error"]["code"] == "too-short"


def test_whoever_stops_one_keeps_what_it_has(real):
    long = [0, 10, 400, 600, 900, 1200]
    identity = begin(real, signal={"kind": "none"}, delays=long, segments=[]).json()["id"]
    deadline = time.monotonic() + 60
    while not real.http.get(f"api/retention/{identity}", params={"after": 0}).json()["measured"]:
        assert time.monotonic() < deadline
    assert real.http.post(f"api/retention/{identity}/stop").status_code == 204
    last = followed(real, identity)[-1]
    assert last["status"] == "stopped"
    assert 0 < len(last["measured"]) < len(long)
    assert real.http.get(f"api/retention/{identity}").json()["rows"] == last["rows"]
    assert "request" not in last
    again = real.http.post(f"api/retention/{identity}/again")
    assert (again.status_code, again.json()["id"]) == (201, identity)
    assert real.http.get(f"api/retention/{identity}").json()["status"] in ("waiting", "running")
    assert real.http.post(f"api/retention/{identity}/stop").status_code == 204
    assert len(followed(real, identity)[-1]["measured"]) >= len(last["measured"])
    standing = real.http.post("api/retention/standing/again")
    assert (standing.status_code, standing.json()["error"]["code"]) == (422, "not-repeatable")
    assert real.http.delete(f"api/retention/{identity}").status_code == 204
    assert real.http.get(f"api/retention/{identity}").status_code == 404


def test_a_recording_s_own_signal_can_be_asked_about(real):
    signal = {"kind": "generated", "generator": "heartbeat", "seed": 1, "steps": 420, "params": {}}
    run = {"signal": signal, "task": "signal-recall", "models": ["lstm"], "speed": None}
    recording = real.http.post("api/sessions", json=run).json()["id"]
    real.wait(recording, "ended", seconds=60)
    answer = begin(real, signal={"kind": "recording", "id": recording}, models=["lstm"], segment=24)
    assert answer.status_code == 201, answer.text
    last = followed(real, answer.json()["id"])[-1]
    assert last["status"] == "ended"
    assert last["measured"] == DELAYS


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"models": ["gpt"]}, 422, "unknown-model"),
        ({"models": []}, 422, "bad-request"),
        ({"models": ["ntm@*"]}, 422, "no-moments"),
        ({"delays": []}, 422, "bad-request"),
        ({"delays": [-1]}, 422, "bad-request"),
        ({"signal": {"kind": "values", "values": [0.0, 1.0] * 10}}, 422, "too-short"),
        ({"signal": {"kind": "recording", "id": "x" * 22}}, 404, "unknown-recording"),
        ({"segments": 3}, 422, "bad-request"),
        ({"segments": [0]}, 422, "bad-request"),
        ({"signal": {"kind": "values", "values": [2.0] * 300}}, 422, "bad-signal"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_its_reason(real, change, status, code):
    answer = begin(real, **change)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["cure"]


def test_there_is_nothing_behind_a_name_that_was_never_asked(real):
    for name in ("x" * 22, "..", "measured.json"):
        assert real.http.get(f"api/retention/{name}").status_code == 404


def test_the_results_that_ship_are_answered_without_measuring(real):
    found = real.http.get("api/retention/standing").json()
    assert (found["status"], found["mine"]) == ("ended", False)
    assert found["n"] >= 48
    assert len(found["measured"]) == 13
    assert real.http.delete("api/retention/standing").status_code == 404


def test_a_delay_of_the_results_that_ship_opens_as_a_recording(tmp_path):
    """With all models that ship: the name of one is as long as the id of a fit."""
    from tests.server.conftest import Server

    server = Server(tmp_path, engine="mnemoscope_server.workers.torch_engine:TorchEngine", device="cpu")
    try:
        made = server.http.post("api/retention/standing/recordings", json={"delay": 10}, timeout=120)
        assert made.status_code == 200, made.text
        assert made.json()["cue"] == 16 + 24 + 10
    finally:
        server.close()


def test_the_pages_of_it_are_the_page(server):
    for path in ("long", "long/abc", "s/odd-beat/long", "s/odd-beat/fit"):
        assert server.http.get(path).headers["content-type"].startswith("text/html")
