"""The server with our own models: from a request to a recording that verifies."""

import json
import sys
import time

import numpy as np
import pytest

from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.reading.recording import Recording
from mnemoscope.signals import generators as signals

TRAINED = [name.removesuffix("-signal-recall") for name in checkpoints.names() if name.endswith("-signal-recall")]


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    from tests.server.conftest import Server

    server = Server(
        tmp_path_factory.mktemp("real"), engine="mnemoscope_server.workers.torch_engine:TorchEngine", device="cpu"
    )
    deadline = time.monotonic() + 60
    while server.http.get("readyz").status_code != 200:
        assert time.monotonic() < deadline, (server.folder / "stderr.txt").read_text()
        time.sleep(0.1)
    yield server
    server.close()


def test_a_live_run_is_the_same_as_a_recorded_file_and_verifies(real, tmp_path):
    """Steps computed one by one, in pieces of any size, on the other side of a pipe: the same numbers."""
    from mnemoscope.reading import verify
    from mnemoscope.running import record
    from mnemoscope.tasks import episodes

    identity = real.run(*TRAINED, steps=180, speed=None)
    with real.socket(identity) as ws:
        ws.send('{"type":"step","count":5}')
        ws.send('{"type":"speed","steps_per_second":400}')
        while real.status(identity)["status"] != "paused":
            ws.recv(timeout=60)
        ws.send('{"type":"play"}')
        real.wait(identity, "ended", seconds=60)
    path = real.data / "recordings" / f"{identity}.mnemo"
    with Recording.open(path) as rec:
        assert verify.verify(rec)["ok"]
    episode = episodes.from_generator("signal-recall", "sines", steps=180, seed=1)
    again = tmp_path / "again.mnemo"
    record.record_file(again, episode, record.load_models(TRAINED, "signal-recall"))
    with Recording.open(path) as live, Recording.open(again) as made:
        assert live.models == made.models == TRAINED
        for model in TRAINED:
            np.testing.assert_allclose(live[model].array("outputs"), made[model].array("outputs"), rtol=1e-4, atol=1e-5)


def test_steps_are_measured_on_this_host(real):
    """What the page says about a run's cost was measured here."""
    deadline = time.monotonic() + 60
    while any(m["measured_ms_per_step"] is None for m in _ours(real)):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert all(0.0005 < m["measured_ms_per_step"] < 1000 for m in _ours(real))
    answer = real.http.post("api/uploads", files={"file": ("x.csv", "\n".join(map(str, np.sin(np.arange(500)))))})
    preview = real.http.post(f"api/uploads/{answer.json()['id']}/preview", json={"channel": 0, "models": TRAINED})
    assert preview.json()["estimate"]["bytes"] > 1000
    assert preview.json()["estimate"]["seconds"] > 0


def test_a_training_runs_live_and_its_moments_get_better(real, tmp_path):
    """One recording holds the whole training; nothing is measured of its moments, a step costs what the last one's does."""
    from mnemoscope.reading import verify

    updates = checkpoints.snapshot_updates("ntm-copy")
    options = {"task": "copy", "task_params": {"length": 6}, "signal": {"kind": "none"}, "start": "playing"}
    identity = real.run("ntm@*", **options)
    manifest = real.wait(identity, "ended", seconds=60)["manifest"]
    assert [m["training"]["update"] for m in manifest["models"]] == updates
    assert {m["training"]["of"] for m in manifest["models"]} == {"ntm-copy"}
    with Recording.open(real.data / "recordings" / f"{identity}.mnemo") as rec:
        assert verify.verify(rec)["ok"]
        wrong = [((rec[m].array("outputs") > 0.5) != (rec[m].array("targets") > 0.5))[7:].sum() for m in rec]
    assert wrong[0] > 5
    assert wrong[-1] == 0
    assert not [name for name in json.loads((real.data / "measured.json").read_text())["cpu"] if "@" in name["name"]]


def test_the_cost_of_a_moment_is_that_of_the_checkpoint():
    """An estimate needs no measurement of its own."""
    from mnemoscope_server.planning import runs as orders
    from mnemoscope_server.workers.protocol import Measured

    found = orders.estimate(
        ["ntm-copy@0", "ntm-copy@250", "ntm-copy"], 100, {"ntm-copy": Measured("ntm-copy", 0.5, 10, 8)}
    )
    assert (found.seconds, found.bytes) == (0.15, 3 * (10 * 100 + 8 * 2))


def _ours(real):
    return [m for m in real.http.get("api/models").json() if m["model"] in TRAINED]


def test_a_heartbeat_runs_with_its_unit_and_rate(real):
    """Values lead back to millivolts."""
    signal = {"kind": "generated", "generator": "heartbeat", "steps": 150, "params": {"sample_rate": 36}}
    identity = real.run(TRAINED[0], signal=signal, start="playing")
    manifest = real.wait(identity, "ended", seconds=60)["manifest"]
    facts = manifest["signal"]
    assert (facts["unit"], facts["sample_rate"]) == ("mV", 36.0)
    wanted = signals.generate("heartbeat", 150, seed=0, sample_rate=36).values
    with Recording.open(real.data / "recordings" / f"{identity}.mnemo") as rec:
        inputs = rec[TRAINED[0]].array("inputs")
    shown = inputs[:, 2] == 0  # while it replays, the model is shown nothing
    raw = inputs[shown, 0] * facts["scaling"]["scale"] + facts["scaling"]["offset"]
    np.testing.assert_allclose(raw, wanted[shown], atol=1e-4)


def test_channels_beside_an_uploaded_one_are_recorded_on_its_steps(real):
    """The window, the rate and the rows are those of the chosen channel; the others are in their own unit, empty where they are."""
    rows = "".join(f"{k / 100:.2f},{np.sin(k / 9):.4f},{'' if k % 50 == 7 else 20 + k},{k % 3}\n" for k in range(600))
    answer = real.http.post("api/uploads", files={"file": ("ward.csv", "t [s],MLII [mV],temp_C,mark\n" + rows)})
    upload = {
        "kind": "upload",
        "upload_id": answer.json()["id"],
        "channel": 1,
        "beside": [2, 3],
        "start": 100,
        "stop": 250,
    }
    identity = real.run("lstm", signal=upload, start="playing", task_params={"rounds": 1, "delay": 10})
    manifest = real.wait(identity, "ended", seconds=60)["manifest"]
    assert manifest["signal"]["beside"] == [
        {"channel": "temp", "unit": "°C", "sample_rate": 100.0, "offset": 0.0},
        {"channel": "mark", "unit": None, "sample_rate": 100.0, "offset": 0.0},
    ]
    with Recording.open(real.data / "recordings" / f"{identity}.mnemo") as rec:
        beside = rec["lstm"].array("beside")
        kept = np.arange(100, 250).astype(np.float32)
        np.testing.assert_array_equal(beside[:, 0], np.where(kept % 50 == 7, np.nan, 20 + kept)[: len(beside)])
        np.testing.assert_array_equal(beside[:, 1], kept[: len(beside)] % 3)


@pytest.fixture(scope="module")
def looked(real):
    """A finished run of an LSTM and a DNC -> its id."""
    identity = real.run("lstm", "dnc", steps=120, start="playing")
    real.wait(identity, "ended", seconds=60)
    return identity


@pytest.mark.parametrize("lens", ["sensitivity", "intervention"])
def test_lenses_look_at_the_model_that_was_recorded(real, looked, lens):
    """The same numbers as the library's, from the inputs in the file; asked again, the same answer."""
    import torch

    from mnemoscope.measuring import lenses
    from mnemoscope.measuring.cooperative import run_to_end

    question = {"stream": 1, "step": 110, "lens": lens}
    answer = real.http.get(f"api/recordings/{looked}/lens", params=question)
    assert answer.status_code == 200, answer.text
    row = answer.json()
    assert {key: row[key] for key in question} == question
    with Recording.open(real.data / "recordings" / f"{looked}.mnemo") as rec:
        inputs = torch.from_numpy(rec["dnc"].array("inputs").copy())
    wanted = run_to_end(lenses.LENSES[lens](checkpoints.load("dnc-signal-recall").model, inputs, 110))
    assert row["first"] == wanted.first == 0
    np.testing.assert_allclose(row["values"], wanted.values, rtol=1e-3, atol=1e-6)
    assert real.http.get(f"api/recordings/{looked}/lens", params=question).json() == row


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"stream": 2}, 422, "there are 2 models, got stream 2"),
        ({"step": 120}, 422, "step 120 is not in the recording, which has 120"),
        ({"lens": "mechanism"}, 422, "sensitivity"),
        ({"step": -1}, 422, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(real, looked, change, status, says):
    question = {"stream": 0, "step": 5, "lens": "sensitivity"} | change
    answer = real.http.get(f"api/recordings/{looked}/lens", params=question)
    assert answer.status_code == status, answer.text
    assert says in answer.text
    assert answer.json()["error"]["cure"]


def test_a_stretch_is_blanked_in_the_model_that_was_recorded(real, looked):
    """The same numbers as the library's; up to the step that is asked for, and none for a stretch that is not there."""
    import torch

    from mnemoscope.measuring import lenses
    from mnemoscope.measuring.cooperative import run_to_end

    question = {"stream": 1, "first": 20, "last": 30, "until": 99}
    answer = real.http.get(f"api/recordings/{looked}/moves", params=question)
    assert answer.status_code == 200, answer.text
    with Recording.open(real.data / "recordings" / f"{looked}.mnemo") as rec:
        inputs = torch.from_numpy(rec["dnc"].array("inputs", stop=100).copy())
    model = checkpoints.load("dnc-signal-recall").model
    wanted = run_to_end(lenses.stretch(model, inputs, range(20, 31), values=1, bits=False))
    assert (answer.json()["first"], answer.json()["last"]) == (20, 30)
    assert len(answer.json()["values"]) == 80
    np.testing.assert_allclose(answer.json()["values"], wanted.values, rtol=1e-3, atol=1e-6)
    for change, says in (
        ({"until": 120}, "step 120 is not in"),
        ({"first": 31}, "Wanted a stretch"),
        ({"stream": 2}, "2 models"),
    ):
        refused = real.http.get(f"api/recordings/{looked}/moves", params=question | change)
        assert 400 <= refused.status_code < 500, refused.text
        assert says in refused.text


def test_a_model_is_handed_out_to_run_elsewhere(real, looked):
    """The module that ran, and all of it in an exported page that asks for it."""
    with Recording.open(real.data / "recordings" / f"{looked}.mnemo") as rec:
        modules = [model["engine"]["module"] for model in rec.manifest["models"]]
    for stream, module in enumerate(modules):
        answer = real.http.get(f"api/recordings/{looked}/engine/{stream}")
        assert answer.status_code == 200, answer.text
        assert json.loads(answer.content[4 : 4 + int.from_bytes(answer.content[:4], "little")])["module"] == module
    assert "no-store" in answer.headers["cache-control"]
    refused = real.http.get(f"api/recordings/{looked}/engine/2")
    assert refused.status_code == 422
    assert "there are 2 models, got stream 2" in refused.text
    assert real.http.get("api/recordings/AAAAAAAAAAAAAAAAAAAAAA/engine/0").status_code == 404
    plain = real.http.get(f"api/recordings/{looked}/export.html").text
    whole = real.http.get(f"api/recordings/{looked}/export.html", params={"engines": True}).text
    assert [text.count('id="mnemoscope-engine-') for text in (plain, whole)] == [0, 2]


def test_a_lens_needs_the_weights_that_ran(real):
    """A recording whose checkpoint has been trained anew since is not looked at with the new one's eyes."""
    answer = real.http.get("api/recordings/odd-beat/lens", params={"stream": 0, "step": 5, "lens": "sensitivity"})
    assert answer.status_code == 200, answer.text  # shipped recordings were made with the shipped weights
    missing = real.http.get(
        "api/recordings/AAAAAAAAAAAAAAAAAAAAAA/lens", params={"stream": 0, "step": 5, "lens": "sensitivity"}
    )
    assert missing.status_code == 404


def test_a_verdict_is_reached_by_a_worker_and_kept(real):
    """The same as the library's, but for milliseconds; the second time from the file beside the recording."""
    from mnemoscope.measuring.verdict.judge import verdict
    from mnemoscope.reading import verdicts

    identity = real.run("lstm", "ntm", steps=140, start="playing")
    real.wait(identity, "ended")
    answer = real.http.get(f"api/recordings/{identity}/verdict", timeout=120)
    assert answer.status_code == 200, answer.text
    path = real.data / "recordings" / f"{identity}.mnemo"
    with Recording.open(path) as rec:
        own = verdict(rec)
        found = answer.json()
        assert found.pop("elsewhere")["delay"] == 30  # of what ships, so it is not kept beside the recording
        assert verdicts.known(path, rec.manifest) == found
    for row in (*found["ranking"], *own["ranking"]):
        row.pop("ms_per_step")
    assert found == own


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has mapped")
def test_after_all_that_the_web_process_has_not_mapped_torch(real):
    """Nothing that a worker hands over is of a type of torch's: to unpickle one would load all of it."""
    real.wait(real.run("lstm", "transformer", steps=140, start="playing"), "ended")
    with open(f"/proc/{real.process.pid}/maps") as file:
        assert "libtorch" not in file.read()
