"""A live source over HTTP and websocket: what is sent becomes steps, what cannot be taken is said, what is lost ends the run."""

import contextlib
import json
import socket
import time

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from mnemoscope.reading.recording import Recording
from mnemoscope.reading.verify import verify

pytestmark = pytest.mark.server


def open_source(server, *, models=("fake",), task="forecast", start="playing", http=None, **signal):
    body = {"signal": {"kind": "live", **signal}, "task": task, "models": list(models), "start": start}
    answer = (http or server.http).post("api/sessions", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def send(server, identity, values, *, http=None, **more):
    return (http or server.http).post(f"api/sessions/{identity}/samples", json={"values": values, **more})


def taken(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["source"]


def reach(server, identity, steps, *, seconds=20):
    deadline = time.monotonic() + seconds
    while (found := server.status(identity))["steps"] < steps:
        assert time.monotonic() < deadline, found["steps"]
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def sender(server, identity, **more):
    address = server.url.replace("http", "ws") + f"api/sessions/{identity}/samples"
    with connect(address, compression=None, close_timeout=1, **more) as line:
        yield line


def heard(line):
    return json.loads(line.recv(timeout=10))


GIVEN = {"offset": 0.0, "scale": 1.0}


def test_the_session_steps_when_samples_arrive_and_not_before(server):
    identity = open_source(server, **GIVEN)
    assert server.status(identity)["status"] == "running"
    assert server.status(identity)["steps"] == 0
    source = taken(send(server, identity, [0.5] * 10))
    assert (source["state"], source["received"], source["next"]) == ("receiving", 10, 10)
    reach(server, identity, 9)  # what a forecast of the tenth is scored by has not come
    time.sleep(0.2)
    assert server.computed(identity.replace("/", ""), "fake") in (0, 9)
    assert server.status(identity)["steps"] == 9
    taken(send(server, identity, [0.5], end=True))
    found = server.wait(identity, "ended")
    assert found["steps"] == 11
    assert not found["live"]


def test_what_was_recorded_is_a_recording_as_any_other(server):
    identity = open_source(server, rate=250.0, unit="mV", name="bench")
    for part in range(4):
        taken(send(server, identity, [float(k % 7) for k in range(50)], first=50 * part))
    taken(send(server, identity, [], end=True))
    manifest = server.wait(identity, "ended")["manifest"]
    assert manifest["steps"] == 200
    assert manifest["open_ended"]
    assert "planned_steps" not in manifest
    assert manifest["signal"]["name"] == "bench"
    assert manifest["signal"]["sample_rate"] == 250.0
    assert manifest["signal"]["scaling"]["method"] == "zscore"
    assert [(e["step"], e["until"], e["label"]) for e in manifest["task"]["events"]] == [
        (0, 48, "context"),
        (48, 200, "forecast"),
    ]
    assert identity in [row["id"] for row in server.http.get("api/recordings").json()]
    share = server.http.post(f"api/recordings/{identity}/share", json={"first": 64, "stop": 128})
    assert share.status_code == 201, share.text
    file = server.folder / "copy.mnemo"
    file.write_bytes(server.http.get(f"api/recordings/{identity}/file").content)
    with Recording.open(file) as recording:
        assert recording.steps == 200
        assert not verify(recording)["incomplete"]


def test_the_page_that_watches_hears_of_the_source_and_of_what_is_settled_late(server):
    identity = open_source(server)
    with server.socket(identity) as watcher:
        kinds = [json.loads(watcher.recv(timeout=10)) for _ in range(2)]
        assert [message["type"] for message in kinds] == ["hello", "source"]
        assert kinds[1]["state"] == "waiting"
        assert kinds[1]["warming"] == 64
        taken(send(server, identity, [float(k) for k in range(70)]))
        types = []
        while "revised" not in types or "frames" not in types:
            message = watcher.recv(timeout=10)
            types.append("frames" if isinstance(message, bytes) else json.loads(message)["type"])
        assert server.status(identity)["manifest"]["signal"]["scaling"]["offset"] == pytest.approx(31.5)
    server.http.delete(f"api/sessions/{identity}")
    server.wait(identity, "stopped")


def test_gaps_late_samples_duplicates_and_blanks_are_counted_and_kept(server):
    identity = open_source(server, **GIVEN)
    taken(send(server, identity, [1.0] * 20, first=0))
    taken(send(server, identity, [2.0] * 30, first=25))  # 20 … 24 are missing
    taken(send(server, identity, [1.5], first=22))
    taken(send(server, identity, [1.0], first=3))
    answer = server.http.post(
        f"api/sessions/{identity}/samples",
        content='{"values": [null, NaN, 3.0], "first": 55, "end": true}',
        headers={"Content-Type": "application/json"},
    )
    source = taken(answer)
    counted = {name: source[name] for name in ("received", "gaps", "missing", "late", "duplicates", "blank")}
    assert counted == {"received": 55, "gaps": 1, "missing": 5, "late": 1, "duplicates": 1, "blank": 2}
    manifest = server.wait(identity, "ended")["manifest"]
    assert manifest["steps"] == 58
    assert [e["label"] for e in manifest["task"]["events"] if e["label"].startswith("gap")] == ["gap: 5 samples"]
    assert manifest["signal"]["source"]["live"] | counted == manifest["signal"]["source"]["live"]
    values = [
        float(line) for line in (server.log / f"{identity}.fake-forecast").with_suffix(".heard").read_text().split()
    ]
    assert values == [1.0] * 25 + [2.0] * 32 + [3.0]


def test_samples_that_overtook_others_are_put_in_order(server):
    identity = open_source(server, **GIVEN)
    for first in (0, 4, 2, 6):
        taken(send(server, identity, [float(first), float(first + 1)], first=first))
    taken(send(server, identity, [], end=True))
    found = server.wait(identity, "ended")
    assert found["steps"] == 8
    values = (server.log / f"{identity}.fake-forecast").with_suffix(".heard").read_text().split()
    assert [float(value) for value in values] == [float(k) for k in range(8)]
    assert found["manifest"]["signal"]["source"]["live"]["gaps"] == 0


def test_times_place_samples_and_show_what_is_missing(server):
    identity = open_source(server, rate=10.0, **GIVEN)
    taken(send(server, identity, [1.0] * 3, times=[7.0, 7.1, 7.2]))
    source = taken(send(server, identity, [2.0] * 20, times=[7.5 + k / 10 for k in range(20)], end=True))
    assert (source["gaps"], source["missing"], source["next"]) == (1, 2, 25)
    assert server.wait(identity, "ended")["steps"] == 25


def test_a_slow_run_holds_its_sender_back_and_nothing_is_lost(start):
    server = start(live_queue=2048)
    identity = open_source(server, models=("slow",), task="signal-recall", steps=4000, **GIVEN)
    assert send(server, identity, [0.0] * 2000).status_code == 200
    refused = send(server, identity, [0.0] * 2000)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    error = refused.json()["error"]
    assert error["code"] == "queue-full"
    assert "none of them was taken" in error["message"]
    state = server.http.get(f"api/sessions/{identity}/samples").json()["source"]
    assert state["received"] == 2000
    assert state["room"] < 2000
    assert send(server, identity, [0.0] * 2100).json()["error"]["code"] == "too-many-samples"


def test_a_paused_run_takes_what_fits(start):
    server = start(live_queue=2048)
    identity = open_source(server, start="paused", **GIVEN)
    assert send(server, identity, [0.0] * 2048).status_code == 200
    assert send(server, identity, [0.0]).status_code == 429
    assert server.status(identity)["steps"] == 0
    with server.socket(identity) as driver:
        driver.send('{"type": "play"}')
        reach(server, identity, 2047)
    assert send(server, identity, [0.0]).status_code == 200


def test_by_websocket_every_message_is_answered_with_credit(server):
    identity = open_source(server, **GIVEN)
    with sender(server, identity) as line:
        first = heard(line)
        assert (first["type"], first["next"], first["room"]) == ("credit", 0, 8192)
        line.send(json.dumps({"type": "samples", "values": [1.0] * 30, "first": 0}))
        answer = heard(line)
        assert answer["next"] == 30
        assert answer["source"]["senders"] == 1
        line.send('{"type": "samples", "values": "none"}')
        assert heard(line)["code"] == "bad-message"
        line.send(json.dumps({"type": "samples", "values": [1.0], "times": [0.0]}))
        assert heard(line)["code"] == "bad-signal"  # no rate was given
        line.send('{"type": "end"}')
        assert heard(line)["source"]["state"] == "ended"
    assert server.wait(identity, "ended")["steps"] == 30


def test_by_websocket_credit_comes_back_when_there_is_room(start):
    server = start(live_queue=2048)
    identity = open_source(server, start="paused", **GIVEN)
    with sender(server, identity) as line, server.socket(identity) as driver:
        heard(line)
        line.send(json.dumps({"type": "samples", "values": [0.0] * 2000}))
        assert heard(line)["room"] == 48
        line.send(json.dumps({"type": "samples", "values": [0.0] * 100}))
        assert heard(line)["code"] == "queue-full"
        driver.send('{"type": "play"}')
        credit = heard(line)
        assert credit["type"] == "credit"
        assert credit["room"] >= 100
        assert credit["next"] == 2000
        line.send(json.dumps({"type": "samples", "values": [0.0] * 100, "first": credit["next"]}))
        assert heard(line)["next"] == 2100


def test_a_lost_sender_goes_on_where_it_was(server):
    identity = open_source(server, **GIVEN)
    with sender(server, identity) as line:
        heard(line)
        line.send(json.dumps({"type": "samples", "values": [1.0] * 10, "first": 0}))
        heard(line)
        line.socket.shutdown(socket.SHUT_RDWR)
    with sender(server, identity) as line:
        credit = heard(line)
        assert credit["next"] == 10
        line.send(json.dumps({"type": "samples", "values": [1.0] * 10, "first": credit["next"]}))
        assert heard(line)["next"] == 20
        line.send('{"type": "end"}')
    found = server.wait(identity, "ended")
    assert found["steps"] == 20
    assert found["manifest"]["signal"]["source"]["live"]["gaps"] == 0


def test_a_sender_that_stays_away_ends_the_run_as_stopped_by_its_source(server):
    identity = open_source(server, grace_seconds=1.0, **GIVEN)
    with sender(server, identity) as line:
        heard(line)
        line.send(json.dumps({"type": "samples", "values": [1.0] * 80}))
        heard(line)
        time.sleep(1.5)
        assert server.status(identity)["live"]  # it is silent, and there
    found = server.wait(identity, "stopped")
    assert found["steps"] == 80
    assert found["manifest"]["stopped_by"] == "source"
    assert "planned_steps" not in found["manifest"]


def test_a_sender_hears_that_the_run_was_stopped(server):
    identity = open_source(server, **GIVEN)
    with sender(server, identity) as line:
        heard(line)
        line.send(json.dumps({"type": "samples", "values": [1.0] * 30}))
        heard(line)
        reach(server, identity, 1)  # a run without a step leaves no recording to be refused for
        assert server.http.delete(f"api/sessions/{identity}").status_code == 204
        assert heard(line)["source"]["state"] == "ended"
    refused = send(server, identity, [1.0])
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "source-ended"


def test_the_most_steps_end_the_run_and_what_is_beyond_is_said(server):
    identity = open_source(server, steps=100, **GIVEN)
    source = taken(send(server, identity, [0.0] * 130))
    assert source["beyond"] == 30
    assert source["state"] == "ended"
    assert server.wait(identity, "ended")["steps"] == 100


def test_lines_of_text_are_taken_as_they_come(server):
    identity = open_source(server, **GIVEN)

    def lines():
        yield b"ecg,other\n"
        for k in range(60):
            yield f"{k},9\n".encode()
            if k == 29:
                reach(server, identity, 29)
        yield b"oops\n61,9\n"

    answer = server.http.post(
        f"api/sessions/{identity}/samples?end=true", content=lines(), headers={"Content-Type": "text/plain"}
    )
    assert answer.json()["taken"] == 62
    assert answer.json()["malformed_count"] == 1
    assert answer.json()["malformed"][0]["line"] == 62
    assert server.wait(identity, "ended")["steps"] == 62


def test_a_body_of_text_is_held_back_by_a_full_queue(start):
    server = start(live_queue=2048)
    identity = open_source(server, steps=4000, start="paused", **GIVEN)
    text = "".join(f"{k}\n" for k in range(3000)).encode()
    with server.socket(identity) as driver:
        with httpx.Client(base_url=server.url, timeout=1.0) as slow, pytest.raises(httpx.ReadTimeout):
            slow.post(f"api/sessions/{identity}/samples", content=text, headers={"Content-Type": "text/plain"})
        state = server.http.get(f"api/sessions/{identity}/samples").json()["source"]
        assert 1024 <= state["received"] <= 2048
        driver.send('{"type": "play"}')
        reach(server, identity, state["received"] - 1)


def test_runs_without_a_live_source_take_no_samples(server):
    identity = server.run(start="paused")
    refused = send(server, identity, [1.0])
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "no-live-source"
    with sender(server, identity) as line:
        assert heard(line)["code"] == "no-live-source"
    assert send(server, "x" * 22, [1.0]).status_code == 404
    server.http.delete(f"api/sessions/{identity}")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"signal": {"kind": "live", "offset": 1.0}}, "offset and scale"),
        ({"signal": {"kind": "live", "steps": 100_000}}, "at most"),
        ({"signal": {"kind": "live", "rate": 0}}, "greater than 0"),
        ({"signal": {"kind": "live"}, "task": "copy"}, "takes no signal"),
    ],
)
def test_a_source_that_cannot_be_is_refused(server, body, said):
    answer = server.http.post("api/sessions", json={"task": "forecast", "models": ["fake"]} | body)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        '{"values": [1], "first": 0, "times": [0]}',
        '{"values": [1, 2], "times": [0]}',
        '{"values": "x"}',
        "{",
        '{"first": -1, "values": []}',
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(server, body):
    identity = open_source(server, **GIVEN)
    answer = server.http.post(
        f"api/sessions/{identity}/samples", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad-request"
    server.http.delete(f"api/sessions/{identity}")


def test_recall_goes_on_as_long_as_the_source(server):
    identity = open_source(server, task="signal-recall", steps=500, **GIVEN)
    taken(send(server, identity, [1.0] * 250, end=True))
    events = server.wait(identity, "ended")["manifest"]["task"]["events"]
    assert [e["kind"] for e in events] == ["store", "recall"] * 2 + ["store"]
    assert max(e["until"] for e in events) <= 250


TOKEN = "a-token-of-sixteen"


def test_a_server_with_a_token_is_fed_with_the_key_of_the_session_alone(start):
    server = start(token=TOKEN, allowed_hosts='["far.example"]')
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    owner = httpx.Client(base_url=server.url.split("?")[0], headers=bearer, timeout=30)
    mine, other = open_source(server, http=owner, **GIVEN), open_source(server, http=owner, **GIVEN)
    told = owner.get(f"api/sessions/{mine}/samples").json()
    assert told["path"] == f"/api/sessions/{mine}/samples"
    assert len(told["key"]) == 32
    key = {"Authorization": f"Bearer {told['key']}"}
    stranger = httpx.Client(base_url=server.url.split("?")[0], timeout=30)
    assert stranger.post(f"api/sessions/{mine}/samples", json={"values": [1.0]}).status_code == 401
    assert stranger.post(f"api/sessions/{mine}/samples", json={"values": [1.0]}, headers=key).status_code == 200
    assert stranger.post(f"api/sessions/{other}/samples", json={"values": [1.0]}, headers=key).status_code == 401
    assert stranger.get("api/recordings", headers=key).status_code == 401
    assert stranger.delete(f"api/sessions/{mine}", headers=key).status_code == 401
    address = server.url.split("?")[0].replace("http", "ws") + f"api/sessions/{mine}/samples"
    with pytest.raises(InvalidStatus):
        connect(address)
    with connect(address, additional_headers=key) as line:
        assert heard(line)["next"] == 1
    owner.close()
    stranger.close()


def test_on_a_shared_server_only_the_owner_or_the_key_feeds_a_session(start):
    server = start(allowed_hosts='["far.example"]', no_token=True)
    owner, other = (httpx.Client(base_url=server.url, timeout=30) for _ in range(2))
    identity = open_source(server, http=owner, **GIVEN)
    key = owner.get(f"api/sessions/{identity}/samples").json()["key"]
    refused = send(server, identity, [1.0], http=other)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "not-yours"
    assert other.get(f"api/sessions/{identity}/samples").status_code == 403
    assert send(server, identity, [1.0], http=owner).status_code == 200
    address = f"api/sessions/{identity}/samples"
    assert other.post(address, json={"values": [1.0]}, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    owner.close()
    other.close()
