"""The bridge from Transformer to DNC over HTTP: measured on the spot, and run live with every mechanism of the ladder."""

import time

import numpy as np
import pytest

from mnemoscope.reading.recording import Recording

SETTINGS = {
    "memory": "graves",
    "slots": 20,
    "overwrite": 0.1,
    "erase": 1.0,
    "free": 0.5,
    "links": 0.1,
    "recurrence": 0.05,
}


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    from mnemoscope.checkpoints import store as checkpoints
    from tests.server.conftest import Server

    folder = tmp_path_factory.mktemp("bridge")
    (folder / "checkpoints").mkdir()
    for name in ("transformer-copy", "encoder-decoder-copy", "lstm-copy"):
        (folder / "checkpoints" / name).symlink_to(checkpoints.find(name))
    server = Server(folder, engine="mnemoscope_server.workers.torch_engine:TorchEngine", device="cpu")
    deadline = time.monotonic() + 120
    while server.http.get("readyz").status_code != 200:
        assert time.monotonic() < deadline, (server.folder / "stderr.txt").read_text()
        time.sleep(0.1)
    yield server
    server.close()


def ask(real, *, model="transformer", bridge=None, **more):
    body = {"signal": {"kind": "none"}, "task": "copy", "models": [model], "speed": None, "bridge": bridge or {}}
    return real.http.post("api/sessions", json=body | {"keep": False} | more)


def run(real, **more):
    """A finished run -> its id and a recording of it."""
    answer = ask(real, **more)
    assert answer.status_code == 201, answer.text
    identity = answer.json()["id"]
    real.wait(identity, "ended", seconds=60)
    content = real.http.get(f"api/recordings/{identity}/file").content
    path = real.folder / f"{identity}.mnemo"
    path.write_bytes(content)
    return identity, path


def test_a_transformer_beside_itself_as_a_stateless_dnc_agrees_to_the_last_bit(real):
    identity, path = run(real, seed=3)
    with Recording.open(path) as rec:
        assert rec.models == ["transformer", "sdnc"]
        np.testing.assert_array_equal(rec["transformer"].array("outputs"), rec["sdnc"].array("outputs"))
        for name in ("queries", "keys", "values", "read_vectors"):
            for bank in ("layer0", "layer1"):
                np.testing.assert_array_equal(
                    rec["transformer"].array(name, bank=bank), rec["sdnc"].array(name, bank=bank)
                )
    entry = real.status(identity)["manifest"]["models"][1]
    assert (entry["glyph"], entry["label"], entry["checkpoint"]["name"]) == ("sdnc", "sDNC", "transformer-copy")


def test_a_run_on_the_ladder_is_recorded_with_its_settings_and_verifies(real):
    from mnemoscope.reading import verify

    identity, path = run(real, bridge=SETTINGS, seed=3)
    config = real.status(identity)["manifest"]["models"][1]["config"]
    assert {name: config[name] for name in SETTINGS} == SETTINGS
    with Recording.open(path) as rec:
        assert verify.verify(rec)["ok"]
        apart = np.abs(rec["transformer"].array("outputs") - rec["sdnc"].array("outputs")).max()
        assert rec["sdnc"].array("write_weights", bank="layer0").shape[-1] == 20
    assert apart > 0.1


def test_the_genuine_memory_has_a_slot_for_every_step_unless_asked_otherwise(real):
    _, path = run(real, bridge={"memory": "graves"})
    with Recording.open(path) as rec:
        outputs = rec["transformer"].array("outputs")
        assert rec["sdnc"].array("write_weights", bank="layer0").shape[-1] == len(outputs)
        np.testing.assert_allclose(outputs, rec["sdnc"].array("outputs"), atol=1e-4)


def test_runs_that_are_not_kept_are_not_listed_and_can_be_removed_at_once(real):
    identity, _ = run(real)
    kept, _ = run(real, keep=True)
    listed = {entry["id"] for entry in real.http.get("api/recordings").json()}
    assert kept in listed
    assert identity not in listed
    assert (real.data / "tmp" / f"{identity}.mnemo").is_file()
    assert real.http.delete(f"api/recordings/{identity}").status_code == 204
    assert real.http.get(f"api/recordings/{identity}").status_code == 404
    assert not (real.data / "tmp" / f"{identity}.mnemo").exists()


def test_an_encoder_decoder_crosses_with_write_once_stores_only(real):
    _, path = run(real, model="encoder-decoder")
    with Recording.open(path) as rec:
        assert rec.models == ["encoder-decoder", "sdnc-encoder-decoder"]
        first, second = (rec[model].array("outputs") for model in rec.models)
        np.testing.assert_array_equal(first, second)
    refused = ask(real, model="encoder-decoder", bridge={"memory": "graves"})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "bad-bridge"


@pytest.mark.parametrize(
    ("bridge", "said"),
    [
        ({"links": 0.1}, "genuine memory"),
        ({"slots": 7}, "slots can only move"),
        ({"memory": "graves", "links": 1.1}, "bridge.links"),
        ({"memory": "graves", "slots": 0}, "bridge.slots"),
        ({"memory": "graves", "recurrence": -1}, "bridge.recurrence"),
        ({"memory": "lstm"}, "bridge.memory"),
        ({"sparks": 1}, "bridge.sparks"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(real, bridge, said):
    refused = ask(real, bridge=bridge)
    assert refused.status_code == 422
    assert said in refused.json()["error"]["message"]


def test_only_one_transformer_can_cross(real):
    assert "no Transformer" in ask(real, model="lstm").json()["error"]["message"]
    assert "one checkpoint" in ask(real, models=["transformer", "lstm"]).json()["error"]["message"]


def test_how_exactly_both_agree_is_measured(real):
    report = real.http.get("api/bridge", params={"model": "transformer-copy", "seed": 5}, timeout=120).json()
    assert report["ok"]
    assert report["own_step"]["float32"]["difference"] == report["own_step"]["float64"]["difference"] == 0
    assert (
        0 < report["graves_memory"]["float64"]["difference"] < 1e-9 < report["graves_memory"]["float32"]["difference"]
    )
    assert report["own_step"]["float32"]["scale"] > 1
    assert (report["model"], report["seed"], report["task"]) == ("transformer-copy", 5, "copy")
    again = real.http.get("api/bridge", params={"model": "transformer-copy", "seed": 5}, timeout=120).json()
    assert again == report


def test_a_measurement_of_what_is_no_transformer_is_refused(real):
    for name, said in (("lstm-copy", "no Transformer"), ("nothing", "nothing")):
        refused = real.http.get("api/bridge", params={"model": name})
        assert refused.status_code == 422
        assert said in refused.json()["error"]["message"]


def test_without_workers_both_say_so(start):
    server = start(workers=0)
    from mnemoscope.checkpoints import store as checkpoints

    (server.folder / "checkpoints" / "transformer-copy").symlink_to(checkpoints.find("transformer-copy"))
    for answer in (ask(server), server.http.get("api/bridge", params={"model": "transformer-copy"})):
        assert answer.status_code == 503
        assert "replay only" in answer.json()["error"]["message"]


def test_limits_are_those_of_the_library():
    """A request takes exactly what the library can run."""
    from mnemoscope.models.stateless.ladder import RANGES
    from mnemoscope_server.schemas.sessions import BridgeSettings

    assert set(BridgeSettings.RUNGS) == {"slots", *RANGES}
    for name, (low, high) in RANGES.items():
        for value, good in ((low, True), (high, True), (low - 0.01, False), (high + 0.01, False)):
            try:
                BridgeSettings.model_validate({name: value})
                assert good, (name, value)
            except ValueError:
                assert not good, (name, value)


def test_passing_recordings_go_when_their_time_is_over_or_they_are_too_many(tmp_path, monkeypatch):
    from mnemoscope_server.storage import store as module

    store = module.Store(tmp_path)
    try:
        names = [module.new_id() for _ in range(module.MAX_TEMPORARY + 2)]
        for name in names:
            store.mark_temporary(name)
            store.path(name).write_bytes(b"")
            assert store.path(name).parent == store.tmp
        assert store.overdue_temporary() == names[:2]
        assert store.overdue_temporary(busy={names[0]}) == names[1:2]
        for name in names[:2]:
            store.remove(name)
        assert store.overdue_temporary() == []
        monkeypatch.setattr(module, "TEMPORARY_SECONDS", -1.0)
        assert store.overdue_temporary() == names[2:]
    finally:
        store.close()
    again = module.Store(tmp_path)
    try:
        assert list(again.tmp.iterdir()) == []
        assert again.latest() == []
    finally:
        again.close()
