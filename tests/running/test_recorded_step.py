"""Recordings made by the engine: the numbers are torch's, the bits its own, and all that is done with a run works as before."""

import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.engine import EMITTER, cache
from mnemoscope.errors import MnemoscopeError
from mnemoscope.models import registry
from mnemoscope.reading.recording import Recording, RecordingWriter
from mnemoscope.reading.verify import verify
from mnemoscope.running import record, recorded_step
from mnemoscope.running.rebuild import verify_with_weights
from mnemoscope.running.stream import Packet
from tests.running.test_record import untrained

pytest.importorskip("wasmtime")


def frames(stepper: record.Stepper, count: int) -> np.ndarray[Any, Any]:
    packets = [p.payload for p in stepper.advance(count) if p.kind == "frames"]
    return np.frombuffer(b"".join(packets), "<f4").reshape(-1, stepper.layout.bytes // 4)


def keyframes(stepper: record.Stepper, count: int) -> list[np.ndarray[Any, Any]]:
    return [np.frombuffer(p.payload, "<f4") for p in stepper.advance(count) if p.kind == "keyframe"]


@pytest.mark.parametrize("name", registry.names())
def test_the_frames_are_those_of_torch(name: str) -> None:
    """Targets, mask, outputs of bits and every tensor of the log; keyframes too."""
    checkpoint = f"{name}-copy"
    loaded, episode = store.load(checkpoint), tasks.get("copy").episode(seed=1, length=20)
    fast, plain = (record.Stepper(loaded, episode, engine=asked) for asked in ("auto", "torch"))
    assert (fast.manifest_entry()["engine"]["kind"], plain.manifest_entry()["engine"]) == ("wasm", {"kind": "torch"})
    one, other = frames(fast, 50), frames(plain, 50)
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3 * max(1.0, float(np.abs(other).max())))
    fast.reset()
    plain.reset()
    for mine, theirs in zip(keyframes(fast, 50), keyframes(plain, 50), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-3)
    fast_cost, plain_cost = fast.cost, plain.cost
    assert fast_cost is not None
    assert plain_cost is not None
    assert {**fast_cost, "ms_per_step": 0} == {**plain_cost, "ms_per_step": 0}


@pytest.mark.parametrize("name", ["lstm", "dnc", "transformer"])
def test_the_bits_do_not_hang_on_how_steps_are_asked_for(name: str) -> None:
    """One by one, in sevens, all at once, begun anew, and gone on from a branch."""
    episode = tasks.get("signal-recall").episode(seed=5)
    loaded = untrained(name, "signal-recall")
    whole = record.Stepper(loaded, episode)
    wanted = frames(whole, 90).tobytes()
    whole.reset()
    assert b"".join(frames(whole, 7).tobytes() for _ in range(13))[: len(wanted)] == wanted
    begun = record.Stepper(loaded, episode)
    first = b"".join(frames(begun, 1).tobytes() for _ in range(30))
    branch = begun.branch(episode)
    assert branch.manifest_entry()["engine"] == begun.manifest_entry()["engine"]
    assert first + frames(branch, 60).tobytes() == wanted
    assert first + frames(begun, 60).tobytes() == wanted


@pytest.mark.parametrize(("name", "apart"), [("lstm", 1e-5), ("transformer", 1e-4)])
def test_a_free_run_hears_itself(name: str, apart: float) -> None:
    """As with torch, also where it begins within a block, and after a branch."""
    episode = tasks.get("forecast").episode(np.sin(np.arange(90) / 5), context=20, free=50)
    loaded = untrained(name, "forecast")
    fast, plain = (record.Stepper(loaded, episode, engine=asked) for asked in ("auto", "torch"))
    one, other = frames(fast, 55), frames(plain, 55)
    np.testing.assert_allclose(one, other, atol=apart)
    np.testing.assert_allclose(frames(fast.branch(episode), 35), frames(plain.branch(episode), 35), atol=apart)


def test_a_recording_of_the_engine_verifies(tmp_path: Path) -> None:
    """By its log, and run again from its weights: bit for bit, since a module gives the same bits everywhere."""
    loaded = [store.load(f"{name}-copy") for name in ("lstm", "ntm", "dnc", "deltanet", "transformer")]
    record.record_file(tmp_path / "run.mnemo", tasks.get("copy").episode(seed=2, length=12), loaded)
    with Recording.open(tmp_path / "run.mnemo") as recording:
        engines = [entry["engine"] for entry in recording.manifest["models"]]
        assert [entry["kind"] for entry in engines] == ["wasm"] * 5
        assert all(entry["emitter"] == EMITTER and len(entry["module"]) == 64 for entry in engines)
        report = verify_with_weights(recording, verify(recording))
    assert report["verdict"] == "whole"
    errors = [made[part]["error"] for made in report["rebuilt"] for part in ("outputs", "frames", "keyframes")]
    assert errors == [0.0] * 15


@pytest.mark.slow
@pytest.mark.parametrize("name", ["transformer", "universal-transformer"])
def test_two_thousand_steps_are_those_of_torch(name: str) -> None:
    """Far beyond what a store has room for at first; every frame."""
    wave = np.sin(np.arange(2000) / 7) + 0.3 * np.sin(np.arange(2000) / 2.3)
    loaded = store.load(f"{name}-forecast")
    episode = tasks.get("forecast").episode(wave)
    fast, plain = (record.Stepper(loaded, episode, engine=asked) for asked in ("auto", "torch"))
    assert fast.engine == "auto"
    one, other = frames(fast, episode.steps), frames(plain, episode.steps)
    assert len(one) == episode.steps >= 2000
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4 * max(1.0, float(np.abs(other).max())))


@pytest.mark.parametrize("positions", ["sinusoidal", "rotary", "alibi"])
def test_shares_of_a_recording_of_attention_are_those_of_torch(positions: str, tmp_path: Path) -> None:
    """A row has a weight for every step so far and none for what a store has room for."""
    loaded = untrained("transformer", "copy")
    sizes = registry.configuration(loaded.model) | {"positions": positions}
    loaded = replace(loaded, model=registry.build("transformer", sizes).eval().requires_grad_(False))
    episode = tasks.get("copy").episode(seed=2, length=12)
    rows = []
    for engine in ("auto", "torch"):
        steppers = [record.Stepper(loaded, episode, engine=engine)]
        path = tmp_path / f"{engine}.mnemo"
        with RecordingWriter(path, record.manifest_for(episode, steppers)) as writer:
            for stream, packet in record.run(steppers):
                assert isinstance(packet, Packet)
                writer.frames(stream, packet.first, packet.payload)
            writer.finish("ended", steps=episode.steps)
        with Recording.open(path) as recording:
            assert verify(recording)["verdict"] == "whole"
            rows.append([recording["transformer"].shares(t, bank="layer1", head=1) for t in range(episode.steps)])
    for t, (mine, theirs) in enumerate(zip(*rows, strict=True)):
        assert len(mine) == t + 2
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


def test_a_recording_that_names_no_engine_is_run_again_by_torch(tmp_path: Path) -> None:
    """As those before the engine were."""
    loaded = store.load("lstm-copy")
    record.record_file(tmp_path / "run.mnemo", tasks.get("copy").episode(seed=2, length=5), [loaded])
    with Recording.open(tmp_path / "run.mnemo") as recording:
        del recording.manifest["models"][0]["engine"]
        report = verify_with_weights(recording, {"verdict": "whole", "ok": True})
    assert report["verdict"] == "whole"
    assert 0 < report["rebuilt"][0]["frames"]["error"] < 1e-5  # torch rounds otherwise: it was torch that ran


def test_what_the_engine_cannot_run_torch_runs_and_the_log_says_it_once(caplog: pytest.LogCaptureFixture) -> None:
    """A model that makes numbers of the step it is at; a step that was replaced may do anything."""
    recorded_step._refused.clear()
    episode = tasks.get("copy").episode(length=3)
    changed = untrained("lstm", "copy")
    original = changed.model.step
    changed.model.step = lambda x, state: original(x, state)._replace(output=torch.full((1, 8), 3.0))  # type: ignore[method-assign]
    placed = store.load("sdnc-copy")
    sizes = registry.configuration(placed.model) | {"memory": "graves", "positions": "alibi", "slots": 4}
    placed = replace(placed, model=registry.build("sdnc", sizes).eval().requires_grad_(False))
    with caplog.at_level(logging.INFO, "mnemoscope.engine"):
        for loaded in (placed, changed, placed):
            assert record.Stepper(loaded, episode).manifest_entry()["engine"] == {"kind": "torch"}
    reasons = [entry.getMessage() for entry in caplog.records if "runs" in entry.getMessage()]
    assert reasons == [
        "torch runs StatelessDNC: a step that does something else by how many there were",
        "torch runs LSTM: its step is not its class's own",
    ]


def test_a_module_that_does_not_agree_with_torch_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that Python takes out of a tensor unseen would be a constant of the module."""
    loaded = untrained("lstm", "copy")
    kind = type("Odd", (type(loaded.model),), {})

    def step(self: Any, x: torch.Tensor, state: Any) -> Any:
        made = type(loaded.model).__mro__[1].step(self, x, state)
        return made._replace(output=made.output + torch.from_numpy(x.numpy()[:, :1].copy()))

    kind.step = step  # type: ignore[attr-defined]
    loaded.model.__class__ = kind
    assert record.Stepper(loaded, tasks.get("copy").episode(length=3)).manifest_entry()["engine"] == {"kind": "torch"}


def test_without_room_for_its_memory_torch_runs_the_model() -> None:
    """A process whose address space is limited runs as it did before."""
    script = """
import resource
from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.running import record
loaded, episode = store.load("lstm-copy"), tasks.get("copy").episode(length=3)
assert record.Stepper(loaded, episode).engine == "auto"
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20),) * 2)
print(record.Stepper(loaded, episode).engine)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("torch\n", "")


def test_without_wasmtime_torch_runs_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no wheel for a machine."""
    monkeypatch.setattr(recorded_step.engine, "available", lambda: False)
    assert record.Stepper(untrained("lstm", "copy"), tasks.get("copy").episode(length=3)).engine == "torch"


def test_which_engine_can_be_said_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that there is not is an error."""
    episode, loaded = tasks.get("copy").episode(length=3), untrained("lstm", "copy")
    monkeypatch.setenv("MNEMOSCOPE_STEP_ENGINE", "torch")
    assert record.Stepper(loaded, episode).engine == "torch"
    monkeypatch.setenv("MNEMOSCOPE_STEP_ENGINE", "numba")
    with pytest.raises(MnemoscopeError, match="must be auto or torch, got 'numba'"):
        record.Stepper(loaded, episode)


def test_weights_are_those_at_the_beginning_of_a_run() -> None:
    """A model that was trained on is another model from the next reset on."""
    loaded, episode = untrained("lstm", "copy"), tasks.get("copy").episode(length=3)
    stepper = record.Stepper(loaded, episode)
    before = frames(stepper, 5)
    with torch.no_grad():
        for parameter in loaded.model.parameters():
            parameter.add_(0.1)
    stepper.reset()
    after = frames(stepper, 5)
    assert np.abs(before - after).max() > 1e-3
    np.testing.assert_allclose(after, frames(record.Stepper(loaded, episode, engine="torch"), 5), atol=1e-5)


class TestTheCache:
    """Modules are built once: for a process, and in the folder."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("MNEMOSCOPE_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(cache, "_built", {})
        return tmp_path / "cache"

    @pytest.fixture
    def built(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """One more whenever a module is really built."""
        calls: list[int] = []
        original = recorded_step.engine.build
        monkeypatch.setattr(recorded_step.engine, "build", lambda *a, **k: (calls.append(1), original(*a, **k))[1])
        return calls

    @pytest.mark.parametrize("name", ["lstm", "dnc", "transformer"])
    def test_a_module_is_found_again_with_other_weights(self, name: str, built: list[int]) -> None:
        """Checkpoints of the same sizes share it, in this process and the next, and each runs its own weights."""
        episode = tasks.get("copy").episode(length=8)
        for seed in (0, 1, 2):
            if seed == 2:
                cache.forget()  # another process
            loaded = untrained(name, "copy", seed=seed)
            one, other = (frames(record.Stepper(loaded, episode, engine=asked), 10) for asked in ("auto", "torch"))
            np.testing.assert_allclose(one, other, atol=1e-5)
        assert len(built) == 1

    def test_what_changes_the_step_changes_the_key(self) -> None:
        """Sizes, options, the way of earlier versions, what is asked for."""
        model = registry.build("dnc", {"inputs": 3, "outputs": 2})
        earlier = model.earlier()
        assert earlier is not None
        others = [registry.build("dnc", {"inputs": 3, "outputs": 2, "deallocation": True}), earlier]
        keys = [cache.key_of(m, {"binary": True}) for m in (model, *others)] + [cache.key_of(model, {"binary": False})]
        assert None not in keys
        assert len({*keys}) == 4

    def test_another_source_changes_the_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A module of a model whose step has been changed since is not taken."""
        model = registry.build("lstm", {"inputs": 3, "outputs": 2})
        before = cache.key_of(model, {})
        assert cache.key_of(model, {}) == before
        monkeypatch.setattr(cache, "_sources", lambda: "another")
        assert cache.key_of(model, {}) != before

    def test_a_model_that_is_not_of_this_package_is_built_every_time(self, built: list[int]) -> None:
        """Its source may change without a trace."""
        loaded, episode = untrained("lstm", "copy"), tasks.get("copy").episode(length=3)
        loaded.model.__class__ = type("Mine", (type(loaded.model),), {"__module__": "mine"})
        for _ in range(2):
            assert record.Stepper(loaded, episode).engine == "auto"
        assert len(built) == 2

    def test_a_damaged_file_is_built_again(self, folder: Path, built: list[int]) -> None:
        """Cut short, or other bytes of the same length."""
        loaded, episode = untrained("lstm", "copy"), tasks.get("copy").episode(length=3)
        record.Stepper(loaded, episode)
        [file] = folder.glob("*.safetensors")
        whole = file.read_bytes()
        for damaged in (whole[:100], whole[:-9] + b"\0" * 9, b""):
            file.write_bytes(damaged)
            cache.forget()
            assert record.Stepper(loaded, episode).engine == "auto"
            assert file.read_bytes() == whole
        assert len(built) == 4

    def test_a_folder_that_cannot_be_written_is_no_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: list[int]
    ) -> None:
        """It is built again next time."""
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("MNEMOSCOPE_CACHE", str(tmp_path / "file" / "cache"))
        assert record.Stepper(untrained("lstm", "copy"), tasks.get("copy").episode(length=3)).engine == "auto"
        assert len(built) == 1

    def test_the_folder_does_not_grow_for_ever(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The longest unused go first."""
        monkeypatch.setattr(cache, "MAX_FILES", 2)
        for length in (1, 2, 3):
            model = registry.build("rnn", {"inputs": length, "outputs": 1, "hidden": 3}).eval().requires_grad_(False)
            recorded_step.FastStep(model, 2, binary=False)
        assert len(list(folder.glob("*.safetensors"))) == 2
