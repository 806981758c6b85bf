"""A recording of real models: what the log implies is what the models did, and the ledger holds on every one of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mnemoscope import kinds, tasks
from mnemoscope.checkpoints import names as choices
from mnemoscope.checkpoints import snapshots
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import CheckpointError, MnemoscopeError, UnknownModel
from mnemoscope.format.entries import Failure
from mnemoscope.kinds import CELL, MATRIX, append, cell, ledger, matrix
from mnemoscope.models import registry as paradigms
from mnemoscope.reading.recording import Recording
from mnemoscope.running import gallery, record

SMALL: dict[str, dict[str, Any]] = {
    "lstm": {"hidden": 11, "layers": 2},
    "transformer": {"width": 16, "layers": 2, "heads": 2, "feedforward": 20},
    "ntm": {"slots": 9, "width": 7, "read_heads": 3, "write_heads": 2, "controller": 13},
    "dnc": {"slots": 9, "width": 7, "read_heads": 2, "controller": 13},
}


def untrained(name: str, task: str = "signal-recall", *, seed: int = 0) -> LoadedModel:
    torch.manual_seed(seed)
    sizes = tasks.get(task)
    model = paradigms.build(name, {"inputs": sizes.inputs, "outputs": sizes.outputs, **SMALL[name]}).eval()
    for parameter in model.parameters():  # livelier than the initial weights, so that gates open and shares move
        parameter.data.mul_(2.0)
    paradigm = paradigms.get(name)
    return LoadedModel(f"{name}-test", name, paradigm.label, paradigm.glyph, task, model, {}, "0" * 64)


def float64_log(name: str, steps: int) -> tuple[list, dict, dict, list]:
    """(bank specs, frames {(bank, tensor): [T, …]}, initial keyframe, what matrix heads read) of a float64 run."""
    loaded = untrained(name)
    model = loaded.model.double()
    x = torch.from_numpy(tasks.get("signal-recall").episode(seed=1).inputs[:steps]).double()
    state, frames, reads = model.initial_state(1), [], []
    first = {key: value[0].detach().numpy() for key, value in model.keyframe(state).items()}
    with torch.no_grad():
        for t in range(steps):
            _, state, seen = model.step(x[t : t + 1], state)
            frames.append({key: value[0].numpy() for key, value in model.frame(seen).items()})
            reads.append(getattr(seen, "read_vectors", np.zeros(1))[0])
    return model.banks(), {key: np.stack([frame[key] for frame in frames]) for key in frames[0]}, first, reads


@pytest.mark.parametrize("name", sorted(SMALL))
def test_the_ledger_identity_holds_on_every_model_and_head(name: str) -> None:
    """Contributions of the initial content and of all past writes sum to what was read: ≤ 1e-10 in float64; shares to 1."""
    steps = 70
    banks, log, first, reads = float64_log(name, steps)
    for bank in banks:
        get = {tensor: value for (owner, tensor), value in log.items() if owner == bank.name}
        start = {tensor: value for (owner, tensor), value in first.items() if owner == bank.name}
        for t in (0, 1, steps // 2, steps - 1):
            past = slice(0, t + 1)
            for head in range(1 if bank.kind == "cell" else bank.read_heads):
                if bank.kind == "matrix":
                    parts = matrix.contributions(
                        get["read_weights"][t, head], get["write_weights"][past], get["erase"][past],
                        get["write_vectors"][past], start["memory"],
                    )  # fmt: skip
                    read = reads[t][head]
                elif bank.kind == "cell":
                    state = CELL.state(bank, start)
                    for s in range(t + 1):
                        state.advance(bank, {key: value[s] for key, value in get.items()})
                    gain = cell.output_gain(get["output_gate"][t], state.cell)
                    parts = cell.contributions(
                        get["forget_gate"][past],
                        get["input_gate"][past],
                        get["write_vectors"][past],
                        start["cell"],
                        gain=gain,
                    )
                    read = get["read_vectors"][t]
                else:
                    weights = append.attention_row(get["queries"][t, head], get["keys"][past, head])
                    parts = append.contributions(weights, get["values"][past, head])
                    read = get["read_vectors"][t, head]
                np.testing.assert_allclose(parts.sum(0), read, atol=1e-10)
                assert parts.shape == (t + 2, len(read))
                assert abs(ledger.shares(parts, read).sum() - 1) < 1e-9


@pytest.mark.parametrize("name", ["ntm", "dnc"])
def test_the_state_derived_from_the_log_is_the_models_own(name: str) -> None:
    """Memory, usage, links and retention rebuilt from float64 causes equal the model's state to 1e-10."""
    loaded = untrained(name, seed=4)
    model = loaded.model.double()
    [bank] = model.banks()
    x = torch.from_numpy(tasks.get("signal-recall").episode(seed=2).inputs).double()
    state = model.initial_state(1)
    derived = MATRIX.state(bank, {n: v[0].detach().numpy() for (_, n), v in model.keyframe(state).items()})
    with torch.no_grad():
        for t in range(60):
            before = state
            _, state, seen = model.step(x[t : t + 1], before)
            derived.advance(bank, {n: v[0].numpy() for (owner, n), v in model.frame(seen).items() if owner})
            for tensor, value in model.keyframe(state).items():
                mine = getattr(derived, tensor[1])
                if mine is not None:
                    np.testing.assert_allclose(mine, value[0].numpy(), atol=1e-10)
            if name == "dnc":
                kept = matrix.retain(seen.interface.free_gates[0].numpy(), before.read_weights[0].numpy())
                np.testing.assert_allclose(derived.retention, kept, atol=1e-12)


def test_a_recording_holds_what_the_models_answered(tmp_path: Path) -> None:
    """All four side by side: outputs of the file equal the training path; inputs and targets are the episode's."""
    models = [untrained(name, seed=k) for k, name in enumerate(SMALL)]
    episode = tasks.get("signal-recall").episode(seed=5, rounds=2)
    counted: list[int] = []
    record.record_file(tmp_path / "run.mnemo", episode, models, seed=5, title="four", progress=counted.append)
    assert sum(counted) == 4 * episode.steps
    assert [path.name for path in tmp_path.iterdir()] == ["run.mnemo"]
    with Recording.open(tmp_path / "run.mnemo") as recording:
        assert recording.models == list(SMALL)
        assert recording.steps == episode.steps
        assert recording.manifest["status"] == "ended"
        assert recording.manifest["task"]["events"] == [event.to_json() for event in episode.events]
        for model in models:
            view = recording[model.paradigm]
            np.testing.assert_array_equal(view.array("inputs"), episode.inputs)
            np.testing.assert_array_equal(view.array("targets"), episode.targets)
            whole = model.model(torch.from_numpy(episode.inputs)[None])[0].detach().numpy()
            np.testing.assert_allclose(view.array("outputs"), whole, atol=2e-5)


def test_steps_are_the_same_however_they_are_asked_for() -> None:
    """One by one, in sevens, or all at once: the same bytes. Paused means the next step is not computed."""
    episode = tasks.get("signal-recall").episode(seed=5, rounds=1)
    for name in SMALL:
        loaded = untrained(name)
        streams = []
        for count in (1, 7, 1000):
            stepper = record.Stepper(loaded, episode)
            kinds: dict[str, bytes] = {"frames": b"", "keyframe": b""}
            while stepper.done < stepper.steps:
                before = stepper.done
                for packet in stepper.advance(count):
                    kinds[packet.kind] += packet.payload
                assert stepper.done == min(before + count, stepper.steps)
            streams.append(kinds)
        assert streams[0] == streams[1] == streams[2]


def test_bits_are_recorded_as_probabilities(tmp_path: Path) -> None:
    """The task's read-out: outputs of copy lie in (0, 1)."""
    record.record_file(tmp_path / "c.mnemo", tasks.get("copy").episode(length=3), [untrained("lstm", "copy")])
    with Recording.open(tmp_path / "c.mnemo") as recording:
        outputs = recording["lstm"].array("outputs")
    assert ((outputs > 0) & (outputs < 1)).all()


def test_a_model_that_turns_to_nan_stops_alone(tmp_path: Path) -> None:
    """Its steps before are kept with the reason; the others run to the end."""
    broken, healthy = untrained("ntm"), untrained("lstm")
    steps = iter(range(10_000))
    original = broken.model.step

    def failing(x: torch.Tensor, state: Any) -> Any:
        step = original(x, state)
        return step._replace(output=step.output * float("nan")) if next(steps) == 70 else step

    broken.model.step = failing  # type: ignore[method-assign]
    episode = tasks.get("signal-recall").episode(seed=5)
    failures = record.record_file(tmp_path / "n.mnemo", episode, [broken, healthy])
    with Recording.open(tmp_path / "n.mnemo") as recording:
        assert recording.steps_of(0) == 70
        assert recording["lstm"].steps == episode.steps
        [failure] = recording.manifest["failures"]
        assert failure == {"stream": 0, "step": 70, "reason": "a number that is not finite", "tensor": "outputs"}
        assert failures == [Failure(**failure)]


def test_numbers_are_finite_one_by_one_not_in_sum() -> None:
    """Outputs whose sum overflows are recorded like any others."""
    huge = untrained("lstm")
    original = huge.model.step
    huge.model.step = lambda x, state: original(x, state)._replace(output=torch.full((1, 1), 3e38))  # type: ignore[method-assign]
    stepper = record.Stepper(huge, tasks.get("signal-recall").episode(seed=5))
    [frames] = [packet for packet in stepper.advance(20) if packet.kind == "frames"]
    assert frames.count == stepper.done == 20


def test_a_model_of_another_task_is_refused() -> None:
    """The error names both tasks."""
    with pytest.raises(CheckpointError, match=r"trained for copy, the episode is signal-recall"):
        record.Stepper(untrained("lstm", "copy"), tasks.get("signal-recall").episode())


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Checkpoints of two tasks whose names end alike, one of them with snapshots; weights differ at every update."""
    for name, task in (("ntm", "copy"), ("lstm", "copy"), ("ntm", "repeat-copy")):
        loaded = untrained(name, task)
        config = paradigms.configuration(loaded.model)
        card = {"model": name, "label": loaded.label, "glyph": loaded.glyph, "task": task, "parameters": 1}
        folder = tmp_path / f"{name}-{task}"
        checkpoints.save(folder, loaded.model, {"model": name, "task": task, "config": config}, card)
        if (name, task) == ("ntm", "copy"):
            moments = {n: snapshots.weights_of(untrained(name, task, seed=n + 1).model) for n in (1000, 0, 250)}
            checkpoints.save_snapshots(folder, moments, 1000)
    monkeypatch.setattr(checkpoints, "folders", lambda: [tmp_path])
    return tmp_path


def test_a_training_is_recorded_as_streams_side_by_side(trained: Path) -> None:
    """ "ntm@*" is every snapshot in the order of updates; each says of which training it is, and answers as it did then."""
    models = record.load_models(["lstm", "ntm@*", "ntm"], "copy")
    assert [m.name for m in models] == ["lstm-copy", "ntm-copy@0", "ntm-copy@250", "ntm-copy@1000", "ntm-copy"]
    episode = tasks.get("copy").episode(length=3)
    record.record_file(trained / "run.mnemo", episode, models)
    with Recording.open(trained / "run.mnemo") as recording:
        assert recording.models == ["lstm", "ntm@0", "ntm@250", "ntm@1000", "ntm"]
        entries = recording.manifest["models"]
        assert [e["label"] for e in entries[1:]] == ["NTM, 0 updates", "NTM, 250 updates", "NTM, 1000 updates", "NTM"]
        assert entries[2]["training"] == {"of": "ntm-copy", "update": 250, "updates": [0, 250, 1000], "label": "NTM"}
        assert [e["paradigm"] for e in entries] == ["lstm", "ntm", "ntm", "ntm", "ntm"]
        assert ["training" in e for e in entries] == [False, True, True, True, False]
        answers = [recording[m].array("outputs") for m in recording.models[1:]]
    assert all(not np.allclose(a, b) for i, a in enumerate(answers) for b in answers[:i])


def test_models_of_one_name_get_different_ids(trained: Path) -> None:
    """A recording's ids are unique, also where the same moment is asked for twice."""
    models = record.load_models(["ntm", "ntm@250", "ntm-copy@250", "ntm"], "copy")
    steppers = [record.Stepper(model, tasks.get("copy").episode(length=2)) for model in models]
    entries = record.manifest_for(tasks.get("copy").episode(length=2), steppers)["models"]
    assert [e["id"] for e in entries] == ["ntm", "ntm@250", "ntm@250-2", "ntm-2"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("gru", r"no checkpoint 'gru-copy'; for the task copy there are: lstm-copy, ntm-copy$"),
        ("ntm-repeat", r"no checkpoint 'ntm-repeat-copy'; for the task copy"),
        ("ntm-repeat-copy", r"no checkpoint 'ntm-repeat-copy-copy'"),
        ("ntm@300", r"ntm-copy has no snapshot '300'; it has: 0, 250, 1000, or \* for all of them"),
        ("ntm@", r"no snapshot ''"),
        ("ntm@-1", r"no snapshot '-1'"),
        ("lstm@*", r"lstm-copy has no snapshots"),
    ],
)
def test_models_that_there_are_not_are_named_beside_those_that_there_are(
    trained: Path, wanted: str, message: str
) -> None:
    """Also where the name of a checkpoint of another task would fit."""
    with pytest.raises(UnknownModel, match=message):
        choices.resolve([wanted], "copy")


def test_a_training_is_shown_where_it_was_kept(trained: Path) -> None:
    """The gallery watches a memory being learned; without snapshots there is nothing to watch."""
    [learning] = [exhibit for exhibit in gallery.exhibits() if exhibit.id == "learning"]
    assert len(choices.resolve(learning.models, learning.episode().task)) == 3
    (trained / "ntm-copy" / checkpoints.SNAPSHOTS).unlink()
    assert "learning" not in [exhibit.id for exhibit in gallery.exhibits()]


def test_a_free_run_hears_itself() -> None:
    """forecast from step `free` on: the log holds as input what the model said a step before."""
    episode = tasks.get("forecast").episode(np.sin(np.arange(90) / 5), context=20, free=50)
    stepper = record.Stepper(untrained("lstm", "forecast"), episode)
    frames = b"".join(p.payload for p in stepper.advance(90) if p.kind == "frames")
    table = np.frombuffer(frames, "<f4").reshape(90, -1)
    heard, said = (table[:, stepper.layout[None, name].offset // 4] for name in ("inputs", "outputs"))
    np.testing.assert_array_equal(heard[:50], episode.inputs[:50, 0])
    np.testing.assert_array_equal(heard[50:], said[49:-1])


def test_what_a_task_makes_up_is_called_by_its_name() -> None:
    """Bits are bits; a series that nobody gave is a mixture."""
    names = []
    for task in ("copy", "forecast"):
        episode = tasks.get(task).episode(seed=1)
        names.append(record.manifest_for(episode, [record.Stepper(untrained("lstm", task), episode)])["signal"]["name"])
    assert names == ["random bits", "a random mixture"]


@pytest.mark.parametrize("task", ["signal-recall", "forecast"])
def test_an_array_of_the_users_is_not_called_made_up(task: str) -> None:
    """Its origin is not known; that it was given is."""
    episode = tasks.get(task).episode(np.sin(np.arange(300) / 5))
    manifest = record.manifest_for(episode, [record.Stepper(untrained("lstm", task), episode)])
    assert (manifest["title"], manifest["signal"]["name"]) == ("an array", "an array")
    assert manifest["signal"]["source"] == {"given": "array"}
    assert manifest["signal"]["scaling"] == {"method": "none", "offset": 0.0, "scale": 1.0}


def test_devices_are_picked_at_run_time() -> None:
    """auto falls back to the CPU; asking for CUDA where there is none is an error with a way out."""
    assert record.pick_device("cpu") == "cpu"
    assert record.pick_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    with pytest.raises(MnemoscopeError, match="auto, cpu or cuda"):
        record.pick_device("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(MnemoscopeError, match="--device auto or cpu"):
            record.pick_device("cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_cuda_agrees_with_the_cpu() -> None:
    """Outputs within 1e-4 of the CPU's."""
    episode = tasks.get("signal-recall").episode(seed=5)
    for name in SMALL:
        streams = []
        for device in ("cpu", "cuda"):
            loaded = untrained(name)
            loaded.model.to(device)
            stepper = record.Stepper(loaded, episode, device=device)
            frames = b"".join(p.payload for p in stepper.advance(episode.steps) if p.kind == "frames")
            table = np.frombuffer(frames, "<f4").reshape(episode.steps, -1)
            at = stepper.layout[None, "outputs"].offset // 4
            streams.append(table[:, at])
        np.testing.assert_allclose(streams[0], streams[1], atol=1e-4)


def test_one_exhibit_can_be_made_without_the_others(tmp_path: Path) -> None:
    """The index lists the files that are there, in the order of the page; an id that is not there is named."""
    for name in ("twins", "copy"):
        gallery.make(tmp_path, only=[name])
    assert [entry["id"] for entry in gallery.entries(tmp_path)] == ["copy", "twins"]
    with Recording.open(gallery.path("twins", tmp_path)) as recording:
        assert recording.manifest["id"] == "twins"
    with pytest.raises(MnemoscopeError, match="no exhibit nothing; there are: odd-beat, used-again,"):
        gallery.make(tmp_path, only=["copy", "nothing"])


def test_of_the_same_exhibit_the_quickest_recording_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a step took is the one thing in which they differ; a file of the others is not left behind."""
    took = iter([5.0, 3.0, 1.0, 2.5, 4.0, 0.5])  # two models, three times
    monkeypatch.setattr(gallery, "TRIES", 3)
    monkeypatch.setattr(
        record.Stepper, "cost", property(lambda _: {"ms_per_step": next(took), "floats": 1, "per_step": 0})
    )
    gallery.make(tmp_path, only=["twins"])
    with Recording.open(gallery.path("twins", tmp_path)) as recording:
        assert [cost["ms_per_step"] for cost in recording.manifest["costs"]] == [1.0, 2.5]
    assert {path.name for path in tmp_path.iterdir()} == {"gallery.json", "twins.mnemo", "twins.verdict.json"}


def test_a_recording_says_what_its_models_cost(tmp_path: Path) -> None:
    """Numbers kept, counted in the run itself: the same as those counted from the model, growing or not; and the time."""
    from mnemoscope.measuring.price import price

    models = record.load_models(["lstm", "transformer", "encoder-decoder", "dnc"], "signal-recall")
    record.record_file(tmp_path / "a.mnemo", tasks.get("signal-recall").episode(seed=1), models)
    with Recording.open(tmp_path / "a.mnemo") as rec:
        costs = rec.manifest["costs"]
    for model, cost in zip(models, costs, strict=True):
        found = price(model.model, counted=(1, 94), timed=())
        assert found.floats == ((1, cost["floats"]), (94, cost["floats"] + 93 * cost["per_step"]))
        assert 0 < cost["ms_per_step"] < 1000
    assert [cost["per_step"] > 0 for cost in costs] == [False, True, True, False]


@pytest.fixture
def beside() -> tasks.Episode:
    """An episode with two channels beside its signal, one of them missing here and there."""
    from mnemoscope.signals.series import Series
    from mnemoscope.tasks import episodes

    values = np.sin(np.arange(200) / 5).astype(np.float32)
    warm = np.where(np.arange(200) % 7 == 0, np.nan, 20 + np.arange(200) / 100).astype(np.float32)
    others = (Series("temperature", warm, sample_rate=10.0, unit="°C"), Series("V5", values * 2, sample_rate=10.0))
    series = Series("MLII", values, sample_rate=10.0, unit="mV", beside=others)
    return episodes.from_series("signal-recall", series, steps=150, options={"rounds": 1, "delay": 20})[0]


def test_channels_beside_are_recorded_and_change_nothing_else(tmp_path: Path, beside: tasks.Episode) -> None:
    """Their values lie in every frame, NaN where there are none; what the models do is what they do without them, bit for bit."""
    from dataclasses import replace

    from mnemoscope.reading import export, verify

    models = [untrained("dnc"), untrained("lstm")]
    assert record.record_file(tmp_path / "with.mnemo", beside, models) == []
    record.record_file(tmp_path / "without.mnemo", replace(beside, beside=None), models)
    with Recording.open(tmp_path / "with.mnemo") as rec, Recording.open(tmp_path / "without.mnemo") as bare:
        assert rec.manifest["signal"]["beside"] == [
            {"channel": "temperature", "unit": "°C", "sample_rate": 10.0, "offset": 0.0},
            {"channel": "V5", "unit": None, "sample_rate": 10.0, "offset": 0.0},
        ]
        assert verify.verify(rec)["ok"]
        for model in rec:
            assert beside.beside is not None
            np.testing.assert_array_equal(rec[model].array("beside"), beside.beside)
            for tensor in bare[model].tensors:
                ours = rec[model].array(tensor.name, tensor.bank)
                np.testing.assert_array_equal(ours, bare[model].array(tensor.name, tensor.bank))
        table = export.to_csv(rec, tmp_path / "run.csv").read_text().splitlines()
        assert table[0].startswith("step,seconds,signal (mV),temperature (°C),V5,inputs")
        assert table[1].split(",")[3] == ""
        assert float(table[2].split(",")[3]) == pytest.approx(20.01)


def test_whatever_stands_beside_the_signal_the_file_opens(tmp_path: Path, beside: tasks.Episode) -> None:
    """To an older reader these channels are a key and a last tensor that it does not know; to this one they are only shown."""
    record.record_file(tmp_path / "run.mnemo", beside, [untrained("ntm")])
    with Recording.open(tmp_path / "run.mnemo") as rec:
        entry = rec.manifest["models"][0]["frame"]
        last = entry["tensors"][-1]
        assert (last["name"], last["bank"], last["axes"], last["shape"]) == ("beside", None, ["channel"], [2])
        assert last["offset"] == entry["bytes"] - 8
        for nonsense in (7, "x", [3], [{"channel": None}]):
            kinds.streams(rec.manifest | {"signal": rec.manifest["signal"] | {"beside": nonsense}})


def test_a_run_with_channels_beside_is_run_again_from_its_weights(tmp_path: Path, beside: tasks.Episode) -> None:
    """The models never heard them, so they prove nothing and disprove nothing."""
    from mnemoscope.running.rebuild import rebuild

    record.record_file(tmp_path / "run.mnemo", beside, record.load_models(["lstm"], "signal-recall"))
    with Recording.open(tmp_path / "run.mnemo") as rec:
        assert rebuild(rec, rec.models[0]).ok
