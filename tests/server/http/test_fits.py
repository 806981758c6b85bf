"""A fit over HTTP: the split first, progress, an end, a checkpoint that is its owner's alone, and before and after as one run."""

import io
import os
import time
import zipfile

import httpx
import numpy as np
import pytest

from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.measuring import baselines
from mnemoscope.reading.recording import Recording

STRANGERS = '["mnemo.example"]'


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A server that others reach too, so that what is made has owners."""
    from tests.server.conftest import Server

    folder = tmp_path_factory.mktemp("fits")
    (folder / "checkpoints").mkdir()
    for name in ("lstm-forecast", "lstm-copy", "lstm-signal-recall"):
        (folder / "checkpoints" / name).symlink_to(checkpoints.find(name))
    engine = "mnemoscope_server.workers.torch_engine:TorchEngine"
    server = Server(folder, engine=engine, device="cpu", allowed_hosts=STRANGERS, no_token=True)
    deadline = time.monotonic() + 120
    while server.http.get("readyz").status_code != 200:
        assert time.monotonic() < deadline, (server.folder / "stderr.txt").read_text()
        time.sleep(0.1)
    yield server
    server.close()


@pytest.fixture(scope="module")
def upload(real):
    t = np.arange(800)
    values = 20 + 5 * np.sin(t / 3) + np.sign(np.sin(t / 11)) + np.random.default_rng(0).normal(0, 0.2, 800)
    text = "level\n" + "\n".join(f"{v:.4f}" for v in values)
    answer = real.http.post("api/uploads", files={"file": ("pump.csv", text)})
    assert answer.status_code == 201, answer.text
    identity = answer.json()["id"]
    return {"kind": "upload", "upload_id": identity, "channel": 0, "keep_name": True}


def begin(real, signal, **more):
    answer = real.http.post("api/fits", json={"signal": signal, "model": "lstm", "updates": 3} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def over(real, identity, *, seconds=90):
    deadline = time.monotonic() + seconds
    while (found := real.http.get(f"api/fits/{identity}").json())["state"] in ("waiting", "running"):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def done(real, upload):
    return over(real, begin(real, upload))


def test_the_split_and_the_baselines_are_known_before_anything_is_fitted(real, upload):
    plan = real.http.post("api/fits/plan", json={"signal": upload}).json()
    assert plan["split"] == {"fit": [0, 340], "held_back": [340, 400], "test": [400, 800], "steps": 800}
    assert plan["name"] == "pump.csv"
    assert plan["held_back"]["persistence"] == 1
    assert 0 < plan["held_back"]["ar32"] < 1
    assert len(plan["values"]) == 800
    assert (plan["seconds"], plan["period"]) == (60, baselines.season(np.asarray(plan["values"])[:340]))


def test_a_series_that_is_too_short_or_a_model_that_cannot_forecast_is_refused_before_anything_begins(real, upload):
    for body, code in (
        ({"signal": upload | {"stop": 200}, "model": "lstm"}, "bad-signal"),
        ({"signal": upload, "model": "lstm-copy"}, "unknown-model"),
        ({"signal": upload | {"upload_id": "A" * 22}, "model": "lstm"}, "unknown-upload"),
        ({"signal": upload, "model": "lstm", "seconds": 0}, "bad-request"),
        ({"signal": upload, "model": "lstm", "task": "copy"}, "bad-request"),
        ({"signal": upload | {"stop": 400}, "model": "lstm", "task": "signal-recall"}, "bad-signal"),
    ):
        answer = real.http.post("api/fits", json=body)
        assert answer.json()["error"]["code"] == code, answer.text


def test_a_fit_reports_its_looks_and_its_result(done):
    assert done["state"] == "done"
    assert [look[0] for look in done["curve"]] == [0, 1, 2, 3]
    result = done["result"]
    assert result["scores"]["persistence"] == 1
    assert result["updates"] == 3
    assert result["text"].endswith(".")
    example = result["example"]
    assert len(example["values"]) == len(example["after"]) == len(example["baseline"]) == 256
    assert example["start"] == 400
    assert example["before"] != example["after"]


def test_before_and_after_are_two_lanes_of_one_run(real, upload, done):
    """In the scaling that it was fitted with: the outputs are those that were scored."""
    body = {
        "signal": upload | {"start": 335, "stop": 500}, "task": "forecast", "task_params": {"context": 64},
        "models": ["lstm", f"fit:{done['id']}"], "speed": None,
    }  # fmt: skip
    answer = real.http.post("api/sessions", json=body)
    assert answer.status_code == 201, answer.text
    identity = answer.json()["id"]
    real.wait(identity, "ended")
    path = real.folder / "both.mnemo"
    path.write_bytes(real.http.get(f"api/recordings/{identity}/file").content)
    with Recording.open(path) as rec:
        assert [m["label"] for m in rec.manifest["models"]] == ["LSTM", "LSTM, fitted"]
        first, second = rec.manifest["models"]
        assert second["fit"]["of"] == first["checkpoint"]["sha256"]
        low, high = second["fit"]["residuals"]["after"]
        assert low < 0 < high
        assert len(second["fit"]["ar32"]) == 33
        scaling = rec.manifest["signal"]["scaling"]
        outputs = [rec[m].array("outputs")[64:164, 0] * scaling["scale"] + scaling["offset"] for m in rec.models]
    example = done["result"]["example"]
    np.testing.assert_allclose(outputs[0], example["before"][:100], rtol=1e-3)
    np.testing.assert_allclose(outputs[1], example["after"][:100], rtol=1e-3)


def test_a_recall_is_fitted_beside_the_mean_and_a_register_and_runs_as_two_lanes(real, upload):
    plan = real.http.post("api/fits/plan", json={"signal": upload, "task": "signal-recall"}).json()
    assert (plan["task"], plan["period"]) == ("signal-recall", None)
    assert plan["held_back"]["shift_register"] == 0
    assert plan["held_back"]["mean"] == pytest.approx(1, abs=0.2)
    assert plan["held_back"]["ar32"] is plan["held_back"]["seasonal"] is None
    assert plan["reasons"].keys() == {"ar32", "seasonal"}
    found = over(real, begin(real, upload, task="signal-recall"))
    assert (found["state"], found["task"]) == ("done", "signal-recall")
    scores = found["result"]["scores"]
    assert scores["ar32"] is None
    assert 0 == scores["shift_register"] < scores["after"] <= scores["before"] < 1
    assert len(found["result"]["example"]["values"]) == 2 * 24
    zipped = real.http.get(f"api/fits/{found['id']}/checkpoint.zip")
    assert 'filename="lstm-signal-recall-fitted.zip"' in zipped.headers["content-disposition"]
    body = {
        "signal": upload | {"start": 400}, "task": "signal-recall", "task_params": {"rounds": 0},
        "models": ["lstm", f"fit:{found['id']}"], "speed": None,
    }  # fmt: skip
    answer = real.http.post("api/sessions", json=body)
    assert answer.status_code == 201, answer.text
    identity = answer.json()["id"]
    real.wait(identity, "ended")
    judged = real.http.get(f"api/recordings/{identity}/verdict").json()
    assert {row["label"] for row in judged["ranking"]} == {"LSTM", "LSTM, fitted"}
    assert all(row["floats"] and row["ms_per_step"] for row in judged["ranking"])
    lens = f"api/recordings/{identity}/lens?stream=1&step=80&lens=sensitivity"
    assert real.http.get(lens).status_code == 200
    assert real.http.delete(f"api/fits/{found['id']}").status_code == 204
    answer = real.http.get(lens.replace("80", "81")).json()
    assert "error" in answer, answer
    gone = answer["error"]["message"]
    assert "was deleted" in gone
    assert "The recording is whole without them" in gone
    assert real.http.get(f"api/recordings/{identity}/file").status_code == 200
    again = real.http.get(f"api/recordings/{identity}/verdict").json()
    assert [row["error"] for row in again["ranking"]] == [row["error"] for row in judged["ranking"]]


def test_how_long_is_measured_before_and_after_a_fit_by_its_owner_alone(real, upload):
    """Two curves of one chart; the run of a delay is the owner's too, and what was measured stays when the fit is deleted."""
    found = over(real, begin(real, upload, task="signal-recall"))
    name = f"fit:{found['id']}"
    body = {"signal": upload, "models": ["lstm", name], "segment": 16, "delays": [0, 10]}
    with httpx.Client(base_url=real.url, timeout=30) as stranger:
        assert stranger.post("api/retention", json=body).json()["error"]["code"] == "unknown-fit"
        preview = {"models": [name], "task": "signal-recall", "channel": 0}
        asked = f"api/uploads/{upload['upload_id']}/preview"
        assert stranger.post(asked, json=preview).json()["error"]["code"] == "unknown-fit"
        seen = real.http.post(asked, json=preview)
        assert seen.status_code == 200, seen.text
        identity = real.http.post("api/retention", json=body).json()["id"]
        deadline = time.monotonic() + 90
        while (known := real.http.get(f"api/retention/{identity}").json())["status"] in ("waiting", "running"):
            assert time.monotonic() < deadline, known
            time.sleep(0.1)
        assert known["status"] == "ended", known
        assert [model["label"] for model in known["models"]] == ["LSTM", "LSTM, fitted"]
        measured = {row["model"] for row in known["rows"] if row["checkpoint"]}
        assert measured == {model["id"] for model in known["models"]}
        one = f"api/retention/{identity}/recordings"
        assert stranger.post(one, json={"delay": 10}).json()["error"]["code"] == "unknown-fit"
        assert real.http.post(one, json={"delay": 10}).status_code == 200
    assert real.http.delete(f"api/fits/{found['id']}").status_code == 204
    assert real.http.get(f"api/retention/{identity}").json()["rows"] == known["rows"]
    assert real.http.post(one, json={"delay": 0}).json()["error"]["code"] == "unknown-fit"


def test_the_owner_lists_exports_and_runs_it_and_nobody_else_does(real, upload, done):
    identity, name = done["id"], f"fit:{done['id']}"
    assert identity in [fit["id"] for fit in real.http.get("api/fits").json()]
    assert name in [model["name"] for model in real.http.get("api/models").json()]
    with zipfile.ZipFile(io.BytesIO(real.http.get(f"api/fits/{identity}/checkpoint.zip").content)) as file:
        folder = real.folder / "exported"
        file.extractall(folder)
    (made,) = folder.iterdir()
    assert checkpoints.load(made).sha256 == done["result"]["sha256"]
    with httpx.Client(base_url=real.url, timeout=30) as stranger:
        assert stranger.get("api/fits").json() == []
        assert name not in [model["name"] for model in stranger.get("api/models").json()]
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/stop"), ("GET", "/checkpoint.zip")):
            assert stranger.request(method, f"api/fits/{identity}{path}").status_code == 404
        body = {"signal": upload, "task": "forecast", "models": [name]}
        assert stranger.post("api/sessions", json=body).json()["error"]["code"] == "unknown-fit"
    assert real.http.get(f"api/fits/{identity}").json()["state"] == "done"


def test_one_that_is_stopped_keeps_its_best_and_one_that_waits_is_stopped_for_good(real, upload):
    first, second = (begin(real, upload, seconds=300, updates=None) for _ in range(2))
    deadline = time.monotonic() + 60
    while not real.http.get(f"api/fits/{first}").json()["curve"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert real.http.get(f"api/fits/{second}").json()["state"] == "waiting"
    known = len(real.http.get(f"api/fits/{first}").json()["curve"])
    news = real.http.get(f"api/fits/{first}?since={known}").json()
    assert len(news["curve"]) > known
    for identity in (second, first):
        assert real.http.post(f"api/fits/{identity}/stop").status_code == 204
    stopped = over(real, first)
    assert (stopped["state"], stopped["result"]["ended"]) == ("done", "stopped")
    assert over(real, second)["error"] == "stopped before it began"


def test_a_deleted_fit_is_gone_and_its_process_with_it(real, upload):
    running, kept = begin(real, upload, seconds=300, updates=None), None
    deadline = time.monotonic() + 60
    while real.http.get(f"api/fits/{running}").json()["state"] != "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert real.http.delete(f"api/fits/{running}").status_code == 204
    assert real.http.get(f"api/fits/{running}").status_code == 404
    kept = over(real, begin(real, upload))  # its turn comes, because the other ends
    assert real.http.delete(f"api/fits/{kept['id']}").status_code == 204
    assert not (real.data / "fits" / kept["id"]).exists()
    body = {"signal": upload, "task": "forecast", "models": [f"fit:{kept['id']}"]}
    assert real.http.post("api/sessions", json=body).json()["error"]["code"] == "unknown-fit"


def test_fits_go_when_their_time_is_over(tmp_path):
    from mnemoscope_server.errors import UnknownFit
    from mnemoscope_server.settings import Settings
    from mnemoscope_server.storage.fits import Fits
    from mnemoscope_server.storage.store import Store, new_id

    store = Store(tmp_path)
    fits, (old, young) = Fits(Settings(), store), (new_id(), new_id())
    for identity in (old, young):
        (tmp_path / "made").mkdir()
        fits.keep(identity, tmp_path / "made", "me", {"id": identity, "state": "done"})
    os.utime(fits.root / old, (0, 0))
    fits.sweep()
    assert fits.facts(young, "me") == {"id": young, "state": "done"}
    assert fits.of("you") == []
    for identity, caller in ((old, "me"), (young, "you"), (young, ""), ("../made", None)):
        with pytest.raises(UnknownFit):
            fits.facts(identity, caller)
    store.close()


def test_a_fit_that_the_server_did_not_live_to_see_says_so_to_its_owner(tmp_path):
    """Nothing of it was kept: it is listed nowhere, runs nowhere, and can be deleted."""
    from mnemoscope_server.errors import UnknownFit
    from mnemoscope_server.settings import Settings
    from mnemoscope_server.storage.fits import CUT_OFF, Fits
    from mnemoscope_server.storage.store import Store, new_id

    store, (cut, over) = Store(tmp_path), (new_id(), new_id())
    before = Fits(Settings(), store)
    for identity in (cut, over):
        before.begin(identity, "me", {"id": identity, "state": "running", "error": None})
    before.end(over)
    with pytest.raises(UnknownFit):  # while this server lives, its jobs say how they are
        before.facts(cut, "me")
    after = Fits(Settings(), store)
    assert after.facts(cut, "me") == {"id": cut, "state": "failed", "error": CUT_OFF}
    assert after.of("me") == []
    for ask in (lambda: after.facts(cut, "you"), lambda: after.facts(over, "me"), lambda: after.checkpoint(cut, "me")):
        with pytest.raises(UnknownFit):
            ask()
    after.remove(cut, "me")
    with pytest.raises(UnknownFit):
        after.facts(cut, "me")
    store.close()


def test_a_series_that_is_too_long_is_refused_before_it_is_split():
    from types import SimpleNamespace

    from mnemoscope.signals.series import Series
    from mnemoscope_server.errors import NotPossible
    from mnemoscope_server.planning import fits
    from mnemoscope_server.schemas.sessions import UploadSignal

    values = np.sin(np.arange(fits.MAX_STEPS + 1) / 3).astype(np.float32)
    uploads = SimpleNamespace(series=lambda *_: Series("level", values), file_name=lambda _: "pump.csv")
    signal = UploadSignal(kind="upload", upload_id="A" * 22, channel=0)
    with pytest.raises(NotPossible, match="200001 steps, at most 200000"):
        fits.source(signal, "forecast", uploads)
    assert fits.source(signal.model_copy(update={"stop": 1000}), "forecast", uploads).split.steps == 1000


@pytest.mark.parametrize("at", ["save", "keep"])
def test_without_room_for_the_checkpoint_a_fit_fails_with_the_reason(at, tmp_path, monkeypatch):
    """In the process that trains, and where the server takes the checkpoint in."""
    import asyncio

    from mnemoscope.training.fitting.source import read
    from mnemoscope_server.sessions.fits import FitJobs
    from mnemoscope_server.settings import Settings
    from mnemoscope_server.storage.fits import Fits
    from mnemoscope_server.storage.store import Store, new_id
    from mnemoscope_server.workers.fitting import FitOrder

    store, identity = Store(tmp_path), new_id()
    fits = Fits(Settings(), store)

    def full(*_):
        raise OSError(28, "No space left on device")

    folder, begun = store.tmp / "it.fit", fits.root / f"{identity}.begun"
    if at == "keep":
        monkeypatch.setattr(fits, "keep", full)
    else:
        folder = tmp_path / "lock" / "under-a-file"  # the lock is a file: nothing can be written below it
    values = np.sin(np.arange(400) / 3) + np.random.default_rng(0).normal(0, 0.1, 400)

    async def run():
        jobs = FitJobs(fits)
        order = FitOrder(read(values), "lstm-forecast", None, 1, 0, False, folder)
        job = jobs.add(identity, order, {"model": "lstm"}, owner="me")
        while job.live:
            await asyncio.wait_for(job.changed.wait(), 60)
            assert begun.exists() or not job.live  # a server that starts after a crash would say that it was cut off
        await jobs.close()
        return job

    job = asyncio.run(run())
    assert (job.state, job.result) == ("failed", None)
    assert "could not be written" in job.error
    assert "make room" in job.error
    assert not begun.exists()
    store.close()
