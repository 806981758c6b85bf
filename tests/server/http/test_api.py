"""The HTTP interface of a real server: what it answers, and what it says to what cannot be."""

import json
import shutil

import pytest

from mnemoscope.format import blocks
from mnemoscope.reading.recording import Recording
from mnemoscope.signals.importers.protocol import IMPORTERS

SESSION = {"signal": {"kind": "none"}, "task": "signal-recall", "models": ["fake"], "start": "paused"}


@pytest.fixture(scope="module")
def finished(server):
    """A complete recording of 200 steps."""
    identity = server.run("fake", steps=200, start="playing", title="whole")
    server.wait(identity, "ended")
    return identity


def test_a_card_that_cannot_be_read_costs_only_itself(server):
    """The other models can still be run."""
    broken = server.folder / "checkpoints" / "torn-copy"
    broken.mkdir()
    for name, text in (("model.safetensors", ""), ("config.json", "{}"), ("card.json", '{"model": "to')):
        (broken / name).write_text(text)
    try:
        found = {card["name"] for card in server.http.get("api/models").json()}
    finally:
        shutil.rmtree(broken)
    assert "torn-copy" not in found
    assert "fake-copy" in found


def test_a_checkpoint_of_a_model_that_is_not_known_here_is_not_fitted(server):
    """A folder of checkpoints may come from a newer version."""
    signal = {"kind": "values", "values": [float(k % 9) for k in range(800)]}
    answer = server.http.post("api/fits", json={"signal": signal, "model": "fake"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unknown-model")
    assert "this version does not know" in answer.json()["error"]["message"]


def test_status_models_and_signals_say_what_can_be_done(server):
    """The page builds its forms from these."""
    status = server.http.get("api/status").json()
    assert (status["workers"], status["device"], status["replay_only"]) == ("ready", "cpu", False)
    assert status["limits"] == {"upload_bytes": 50 << 20, "steps": 4096, "models": 64, "uploads_hours": 24.0}
    models = {m["name"]: m for m in server.http.get("api/models").json()}
    assert models["fake-signal-recall"]["measured_ms_per_step"] == 0.125
    assert models["fake-signal-recall"]["bytes_per_step"] == 96 + 48 / 64
    assert models["fake-signal-recall"]["model"] == "fake"
    assert models["broken-signal-recall"]["measured_ms_per_step"] is None
    assert models["broken-signal-recall"]["bytes_per_step"] is None
    assert models["fake-signal-recall"]["snapshots"] == []
    assert models["fake-copy"]["snapshots"][:3] == [0, 250, 1000]
    kinds = {s["kind"]: s for s in server.http.get("api/signals").json()}
    assert {"sines", "chirp", "ar", "heartbeat", "mixture"} <= set(kinds)
    assert {"name", "label", "default", "min", "max"} == set(kinds["heartbeat"]["params"][0])
    assert server.http.get("healthz").text == "ok"
    assert server.http.get("readyz").text == "ready"


def test_formats_are_listed_with_their_extensions_and_what_would_install_them(server):
    """As the registry of the library has them: what the picker offers is what is read."""
    listed = server.http.get("api/formats").json()
    assert [entry["name"] for entry in listed] == [importer.name for importer in IMPORTERS]
    assert ".csv" in listed[0]["extensions"]
    assert [entry["name"] for entry in listed if entry["several"]] == ["wfdb"]
    assert all(entry["available"] is (entry["install"] is None) for entry in listed)
    assert all(suffix.startswith(".") for entry in listed for suffix in entry["extensions"])


def test_a_generated_signal_is_the_same_for_the_same_seed(server):
    """What is previewed is what is run."""
    body = {"kind": "heartbeat", "seed": 3, "steps": 150, "params": {"rate": 80}}
    one, two = (server.http.post("api/signals/preview", json=body).json() for _ in range(2))
    assert one == two
    assert len(one["values"]) == 150
    assert one["sample_rate"] == 36.0


def test_the_part_of_a_file_to_look_at_first_holds_its_rarest_label(server):
    table = "value,beat\n" + "".join(
        f"{k % 17},{'V' if k == 700 else 'N' if k % 40 == 0 else ''}\n" for k in range(1000)
    )
    identity = server.http.post("api/uploads", files={"file": ("x.csv", table)}).json()["id"]
    asked = f"api/uploads/{identity}/suggestion"
    found = server.http.post(asked, json={"channel": 0, "labels": 1, "task_params": {"delay": 40}}).json()
    assert found["task_params"] == {"segment": 24, "delay": 40, "lead": 16, "rounds": 1}
    assert (found["start"], found["stop"], found["resample_to"]) == (700 - 8 - 16, 700 - 8 + 88, None)
    assert "V at row 700" in found["why"]
    assert server.http.post(asked, json={"channel": 0, "task": "copy"}).json()["error"]["code"] == "bad-task"
    made = server.http.post("api/signals/suggestion", json={"kind": "heartbeat", "seed": 1}).json()
    assert "odd beat" in made["why"]
    assert made["start"] == 0
    assert server.http.post("api/signals/suggestion", json={"kind": "bagpipe"}).status_code == 422


def test_the_series_that_come_with_the_program_are_read_right_at_once(server):
    listed = {entry["name"]: entry for entry in server.http.get("api/signals/files").json()}
    rates = {"ecg": ("360 Hz", 10800), "taxi": ("1 per 30 min", 10320), "co2": ("1 per week", 2284)}
    assert list(listed) == list(rates)
    for name, (rate, rows) in rates.items():
        file = server.http.get(f"api/signals/files/{name}")
        assert file.headers["content-type"].startswith("text/csv")
        answer = server.http.post("api/uploads", files={"file": (f"{name}.csv", file.content)})
        report = answer.json()["report"]
        assert (report["rate_text"], report["rows"], report["questions"]) == (rate, rows, [])
        assert listed[name]["source"]
    assert server.http.get("api/signals/files/loch").json()["error"]["message"].endswith("ecg, taxi, co2")


def test_a_list_that_cannot_go_on_says_so(server):
    """An empty answer would look like its end, and whoever reads it all would miss the rest."""
    answer = server.http.get("api/recordings", params={"after": "deleted-meanwhile"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "list-changed")


def test_a_finished_recording_in_every_form(server, finished):
    """Detail, list, chunks, file."""
    detail = server.status(finished)
    assert (detail["title"], detail["status"], detail["steps"], detail["live"]) == ("whole", "ended", 200, False)
    assert detail["manifest"]["id"] == finished
    listed = next(e for e in server.http.get("api/recordings", params={"query": "whol"}).json() if e["id"] == finished)
    assert listed["models"] == [{"id": "fake", "label": "fake-signal-recall", "glyph": "ntm"}]
    assert server.http.get("api/recordings", params={"query": "nothing like it"}).json() == []
    path = server.data / "recordings" / f"{finished}.mnemo"
    assert listed["bytes"] == path.stat().st_size
    answer = server.http.get(f"api/recordings/{finished}/file")
    assert answer.content == path.read_bytes()
    assert "attachment" in answer.headers["content-disposition"]
    answer = server.http.get(f"api/recordings/{finished}/chunks/3")
    assert "immutable" in answer.headers["cache-control"]
    with Recording.open(path) as rec:
        assert answer.content == rec.messages(3)


def test_chunks_of_one_model_come_several_at_a_time(server, finished):
    """As far as there are any; beyond the end and of a model that is not there nothing comes."""
    address = f"api/recordings/{finished}/chunks"
    answer = server.http.get(f"{address}/1", params={"stream": 0, "count": 64})
    assert "immutable" in answer.headers["cache-control"]
    with Recording.open(server.data / "recordings" / f"{finished}.mnemo") as rec:
        assert answer.content == b"".join(rec.messages(chunk, 0) for chunk in (1, 2, 3))
    for query in ({"stream": 7}, {"count": 65}, {"stream": -1}):
        assert server.http.get(f"{address}/1", params=query).status_code == 422
    assert server.http.get(f"{address}/4", params={"stream": 0}).status_code == 422


def test_chunks_of_a_live_run_are_final_only_when_whole(server):
    """A chunk that still grows must not be cached."""
    identity = server.run("fake", steps=300)
    with server.socket(identity) as ws:
        ws.send(json.dumps({"type": "step", "count": 100}))
        while server.status(identity)["steps"] < 100:
            ws.recv(timeout=30)
    whole, growing = (server.http.get(f"api/recordings/{identity}/chunks/{n}") for n in (0, 1))
    assert "immutable" in whole.headers["cache-control"]
    assert growing.headers["cache-control"] == "no-store"
    position, counts = 0, {}
    while position < len(growing.content):
        _, kind, _, count, length = blocks.MESSAGE.unpack_from(growing.content, position)
        counts[kind] = counts.get(kind, 0) + count
        position += 16 + length
    assert counts == {blocks.KIND_KEYFRAME: 1, blocks.KIND_FRAMES: 36}
    assert server.http.get(f"api/recordings/{identity}/chunks/2").status_code == 422
    assert next(e for e in server.http.get("api/recordings").json() if e["id"] == identity)["steps"] == 100
    assert server.http.patch(f"api/recordings/{identity}", json={"title": "x"}).status_code == 409
    assert server.http.delete(f"api/recordings/{identity}").status_code == 204
    assert server.http.get(f"api/recordings/{identity}").status_code == 404


def test_rename_and_delete(server):
    """Titles are text; what is deleted is gone, file and all."""
    identity = server.run("fake", steps=100, start="playing")
    server.wait(identity, "ended")
    title = "1/2: <img src=x onerror=alert(1)> \u202e gnirts \x07"
    assert server.http.patch(f"api/recordings/{identity}", json={"title": title}).status_code == 204
    assert server.status(identity)["title"] == "1/2: <img src=x onerror=alert(1)>  gnirts "
    assert server.status(identity)["manifest"]["title"] == server.status(identity)["title"]
    assert server.http.delete(f"api/recordings/{identity}").status_code == 204
    for path in ("", "/chunks/0", "/file", "/export.html"):
        answer = server.http.get(f"api/recordings/{identity}{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown-recording")
    assert not (server.data / "recordings" / f"{identity}.mnemo").exists()


def test_stopping_a_session_keeps_what_it_computed(server):
    """DELETE on the session, not on the recording."""
    identity = server.run("fake", steps=4096, start="playing", speed=200)
    while server.status(identity)["steps"] < 20:
        pass
    assert server.http.delete(f"api/sessions/{identity}").status_code == 204
    found = server.status(identity)
    assert found["status"] == "stopped"
    assert found["steps"] >= 20
    assert server.http.delete(f"api/sessions/{identity}").status_code == 204, "twice is no harm"


def test_a_drawn_series_runs_and_says_how_it_was_scaled(server):
    """raw = value · scale + offset."""
    values = [10 + 2 * (-1) ** i for i in range(120)]
    body = SESSION | {
        "signal": {"kind": "values", "values": values, "name": "zigzag"},
        "start": "playing",
        "speed": None,
    }
    identity = server.http.post("api/sessions", json=body).json()["id"]
    manifest = server.wait(identity, "ended")["manifest"]
    assert manifest["signal"]["scaling"] == {"method": "zscore", "offset": 10.0, "scale": 2.0}
    assert manifest["signal"]["channel"] == "zigzag"
    assert manifest["title"] == "drawn, zigzag · signal-recall"


def test_tasks_say_what_they_ask_and_with_which_options(server):
    """The page builds its form from them; the order is the registry's."""
    from mnemoscope import tasks

    cards = server.http.get("api/tasks").json()
    assert [card["name"] for card in cards] == tasks.names()
    assert [card["name"] for card in cards if card["takes_signal"]] == ["signal-recall", "forecast"]
    forecast = next(card for card in cards if card["name"] == "forecast")
    assert forecast["metric"] == "MASE"
    assert forecast["options"][1] == {
        "name": "free",
        "label": "Alone from",
        "description": "Step from which it hears only its own forecasts; 0 means never",
        "unit": "",
        "default": 0,
        "low": 0,
        "high": 1_000_000,
        "suggested_low": 0,
        "suggested_high": 4000,
        "trained": None,
    }
    recall = next(card for card in cards if card["name"] == "signal-recall")
    assert next(option for option in recall["options"] if option["name"] == "delay")["trained"] == [0, 40]
    plan = server.http.post("api/tasks/signal-recall/plan", json={"options": {"delay": 120}}).json()
    assert plan["warnings"] == ["delay 120 is beyond the 0 to 40 steps that the models were trained on"]


def test_a_plan_is_what_the_run_then_is(server):
    """Steps, events and options of a plan stand in the manifest of the run that was planned."""
    for task, params, signal, steps in (
        ("copy", {"length": 4, "rounds": 2}, {"kind": "none"}, None),
        ("repeat-copy", {"length": 3, "repeats": 2}, {"kind": "none"}, None),
        ("signal-recall", {"segment": 8, "rounds": 9}, {"kind": "generated", "generator": "sines", "steps": 150}, 150),
    ):
        asked = {"options": params, "steps": steps, "seed": 5}
        plan = server.http.post(f"api/tasks/{task}/plan", json=asked).json()
        body = {"signal": signal, "task": task, "task_params": params, "models": ["fake"], "speed": None, "seed": 5}
        found = server.wait(server.http.post("api/sessions", json=body).json()["id"], "ended")
        assert plan["task"] == task
        assert (plan["steps"], plan["options"], plan["events"]) == (
            found["steps"],
            found["manifest"]["task"]["params"],
            found["manifest"]["task"]["events"],
        )
    assert plan["most"] == {"rounds": 2}
    assert plan["options"]["rounds"] == 2


def test_a_plan_that_cannot_be_is_refused_with_a_way_out(server):
    def answer(task, **asked):
        response = server.http.post(f"api/tasks/{task}/plan", json=asked)
        return response.status_code, response.json()["error"]["message"]

    assert answer("sing") == (422, "unknown task 'sing'; choose one of " + ", ".join(tasks_of(server)))
    status, message = answer("copy", options={"length": 500})
    assert (status, message) == (422, "length must be a whole number in 1..120, got 500")
    status, message = answer("signal-recall", steps=60)
    assert status == 422
    assert "needs at least 94 steps" in message
    assert "take a longer window" in message
    weighed = server.http.post("api/tasks/signal-recall/plan", json={"steps": 60, "weigh": True}).json()
    assert (weighed["obstacle"], weighed["steps"], weighed["events"]) == (message, 60, [])
    assert answer("sing", weigh=True)[0] == 422
    assert server.http.post("api/tasks/signal-recall/plan", json={"steps": 94, "weigh": True}).json()["obstacle"] == ""
    status, message = answer("copy", steps=60)
    assert status == 422
    assert "takes no signal" in message
    status, message = answer("forecast", steps=10_000_000)
    assert status == 422
    assert "at most" in message
    status, message = answer("signal-recall", options={"rounds": 10_000})
    assert status == 422
    assert "fewer rounds" in message


def tasks_of(server) -> list[str]:
    return [card["name"] for card in server.http.get("api/tasks").json()]


def test_every_task_runs_by_its_name(server):
    """With the options it has, on a signal where it takes one; a free run goes to the worker."""
    for task, params, signal, steps in (
        ("copy", {"length": 4}, {"kind": "none"}, 9),
        ("repeat-copy", {"length": 3, "repeats": 2}, {"kind": "none"}, 11),
        ("forecast", {"context": 20, "free": 60}, {"kind": "generated", "generator": "sines", "steps": 90}, 90),
        ("signal-recall", {}, {"kind": "none"}, 94),
    ):
        body = {"signal": signal, "task": task, "task_params": params, "models": ["fake"], "speed": None}
        answer = server.http.post("api/sessions", json=body)
        assert answer.status_code == 201, answer.text
        found = server.wait(answer.json()["id"], "ended")
        assert (found["steps"], found["manifest"]["task"]["name"]) == (steps, task)
        assert found["manifest"]["task"]["params"].items() >= params.items()
    assert [e["label"] for e in found["manifest"]["task"]["events"]] == ["store", "recall"]


def test_a_training_runs_as_streams_and_is_listed_as_one_model(server):
    """`fake@*` is every moment in its order; a list shows one name for them all."""
    identity = server.run("fake@*", "fake", task="copy", signal={"kind": "none"}, start="playing")
    manifest = server.wait(identity, "ended")["manifest"]
    moments = [m["training"]["update"] for m in manifest["models"] if "training" in m]
    assert moments == [0, 250, *range(1000, 32000, 1000)]
    [row] = [e for e in server.http.get("api/recordings").json() if e["id"] == identity]
    assert [m["id"] for m in row["models"]] == ["fake@*", f"fake-{len(moments)}"]
    assert row["models"][0]["label"] == "fake-copy in training"


BAD_SESSIONS = {
    "unknown model": ({"models": ["nobody"]}, 422, "unknown-model", "nobody"),
    "model of another task": ({"models": ["slow"], "task": "copy"}, 422, "unknown-model", "no checkpoint 'slow-copy'"),
    "checkpoint of a task whose name ends alike": (
        {"models": ["fake-repeat-copy"], "task": "copy"}, 422, "unknown-model", "for the task copy there are",
    ),
    "moment that was not kept": ({"models": ["fake@7"], "task": "copy"}, 422, "unknown-model", "has no snapshot '7'"),
    "training that was not kept": ({"models": ["fake@*"]}, 422, "unknown-model", "has no snapshots"),
    "too many lanes": ({"models": ["fake@*", "fake@*"], "task": "copy"}, 422, "too-many-models", "at most 64"),
    "signal for bits": (
        {"task": "copy", "signal": {"kind": "values", "values": [1, 2]}}, 422, "bad-task", "takes no signal",
    ),
    "free run before the context": (
        {"task": "forecast", "task_params": {"context": 48, "free": 20}}, 422, "bad-task", "free must be after",
    ),
    "unknown task": ({"task": "dance"}, 422, "bad-task", "dance"),
    "unknown option": ({"task_params": {"colour": 3}}, 422, "bad-task", "colour"),
    "option out of range": ({"task_params": {"segment": 0}}, 422, "bad-task", "segment"),
    "fraction for a whole number": ({"task_params": {"segment": 8.5}}, 422, "bad-task", "segment"),
    "too short": ({"signal": {"kind": "values", "values": [1, 2, 3]}}, 422, "bad-task", "needs at least"),
    "too long": ({"signal": {"kind": "generated", "generator": "sines", "steps": 5000}}, 422, "bad-signal", "4096"),
    "too many rounds": ({"task_params": {"rounds": 60, "segment": 32, "delay": 40}}, 422, "bad-signal", "4096"),
    "unknown generator": ({"signal": {"kind": "generated", "generator": "silence"}}, 422, "bad-signal", "silence"),
    "bad parameter": (
        {"signal": {"kind": "generated", "generator": "sines", "params": {"low": 9}}}, 422, "bad-signal", "low",
    ),
    "unknown upload": (
        {"signal": {"kind": "upload", "upload_id": "x" * 22, "channel": 0}}, 404, "unknown-upload", "xxx",
    ),
    "path as upload": (
        {"signal": {"kind": "upload", "upload_id": "../../x", "channel": 0}}, 404, "unknown-upload", "..",
    ),
    "no model": ({"models": []}, 422, "bad-request", "models"),
    "unknown field": ({"modles": ["x"]}, 422, "bad-request", "modles"),
    "unknown kind": ({"signal": {"kind": "radio"}}, 422, "bad-request", "signal"),
    "negative speed": ({"speed": -1}, 422, "bad-request", "speed"),
    "infinite value": ({"signal": {"kind": "values", "values": [1, 1e999]}}, 422, "bad-request", "values"),
    "large value": (
        {"signal": {"kind": "values", "values": [1.0] * 300 + [1e308]}}, 422, "bad-signal", "in row 300 is beyond 3.4e+38",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD_SESSIONS))
def test_impossible_sessions_are_refused_and_leave_nothing(server, name):
    """What was wanted, what came, what to do; no file, no row."""
    change, status, code, message = BAD_SESSIONS[name]
    before = len(server.http.get("api/recordings").json())
    files = len(list((server.data / "recordings").iterdir()))
    body = json.dumps(SESSION | change).replace("Infinity", "1e999")
    answer = server.http.post("api/sessions", content=body, headers={"Content-Type": "application/json"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert message in error["message"]
    assert error["cure"]
    assert len(server.http.get("api/recordings").json()) == before
    assert len(list((server.data / "recordings").iterdir())) == files


BAD_PATHS = ["odd", "x" * 22, "x" * 23, "%2e%2e%2f%2e%2e%2fetc", "..%5c..%5cetc", "%00" * 22, "é" * 22, "a" * 5000]


@pytest.mark.parametrize("bad", BAD_PATHS)
def test_ids_that_are_none_get_the_same_404(server, bad):
    """Unknown, malformed and hostile ids cannot be distinguished, and none becomes a path."""
    for path in ("", "/chunks/0", "/file", "/export.html"):
        answer = server.http.get(f"api/recordings/{bad}{path}")
        assert answer.status_code in (404, 400)
        assert set(answer.json()["error"]) == {"code", "message", "where", "cure", "retry"}
        assert len(answer.content) < 6000
    assert server.http.delete(f"api/recordings/{bad}").status_code in (404, 405)


@pytest.mark.parametrize("number", ["-1", "4", "99999999", "1e3", "x"])
def test_chunks_that_do_not_exist_are_refused(server, finished, number):
    """A recording of 200 steps has chunks 0 to 3."""
    answer = server.http.get(f"api/recordings/{finished}/chunks/{number}")
    assert answer.status_code == 422
    assert answer.json()["error"]["cure"]


def test_a_damaged_recording_says_so_and_harms_nobody(server):
    """One bad file is one bad answer."""
    identity = server.run("fake", steps=300, start="playing")
    server.wait(identity, "ended")
    path = server.data / "recordings" / f"{identity}.mnemo"
    data = bytearray(path.read_bytes())
    data[data.index(b"FRAM") + 40] ^= 0xFF
    path.write_bytes(data)
    answer = server.http.get(f"api/recordings/{identity}/chunks/0")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "corrupt-recording")
    assert "at byte" in answer.json()["error"]["message"]
    path.write_bytes(b"\x89MNEMO\r\n")
    assert server.http.get("healthz").text == "ok"
    assert server.http.delete(f"api/recordings/{identity}").status_code == 204


def test_what_ships_opens_like_any_other_recording_and_cannot_be_changed(server):
    """Gallery ids are words; behind them are ordinary recordings."""
    shipped = server.http.get("api/gallery").json()
    assert "odd-beat" in [entry["id"] for entry in shipped]
    for entry in shipped:
        detail = server.status(entry["id"])
        assert (detail["steps"], detail["live"]) == (entry["steps"], False)
        shown = [m["id"].split("@")[0] + ("@*" if "@" in m["id"] else "") for m in detail["manifest"]["models"]]
        assert list(dict.fromkeys(shown)) == [m["id"] for m in entry["models"]]
        assert server.http.get(f"api/recordings/{entry['id']}/chunks/0").status_code == 200
        assert server.http.delete(f"api/recordings/{entry['id']}").status_code == 404
        assert server.http.patch(f"api/recordings/{entry['id']}", json={"title": "x"}).status_code == 404
    ids = [e["id"] for e in server.http.get("api/recordings").json()]
    assert not set(ids) & {e["id"] for e in shipped}, "the list of one's own is one's own"


def test_an_export_is_one_page_or_says_what_is_missing(server, finished):
    """The bundle may not be built in a developer's tree."""
    answer = server.http.get(f"api/recordings/{finished}/export.html")
    if answer.status_code == 503:
        assert answer.json()["error"]["code"] == "page-not-built"
    else:
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.text.startswith("<!doctype html>")
        assert finished in answer.text


def test_more_sessions_than_allowed_are_refused(start):
    """The 429 says what to do; the place is free again when one ends."""
    server = start(sessions=2)
    ids = [server.run("fake", steps=200) for _ in range(2)]
    answer = server.http.post("api/sessions", json=SESSION)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too-many-sessions")
    assert server.http.delete(f"api/sessions/{ids[0]}").status_code == 204
    server.run("fake", steps=200)


def test_the_interface_is_documented_without_anything_from_elsewhere(server):
    """Every endpoint and message is on the page, and the page loads nothing."""
    text = server.http.get("api/docs").text
    document = server.http.get("api/openapi.json").json()
    for path in document["paths"]:
        assert f"<code>{path}</code>" in text
    for name in ("ServerHello", "Behind", "SetSpeed"):
        assert f"<section id={name}>" in text
    assert "http://" not in text
    assert "https://" not in text
    assert "<script" not in text


def test_unknown_addresses_and_methods_are_refused_in_json(server):
    """Also where no endpoint is."""
    assert server.http.get("api/nothing").json()["error"]["code"] == "not-found"
    assert server.http.put("api/status").json()["error"]["code"] == "method-not-allowed"
    assert server.http.post("api/signals/preview", content=b"{").json()["error"]["code"] == "bad-request"
