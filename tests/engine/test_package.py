"""Engines as files: what a page is given to run a model by itself. That it computes the same bits is frontend/src/engine/engine.test.ts."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.engine.run import Engine
from mnemoscope.errors import CheckpointError, RecordingError, Unsupported
from mnemoscope.models import registry
from mnemoscope.reading.recording import Recording
from mnemoscope.running import record
from mnemoscope.running.packed import packed
from mnemoscope.running.recorded_step import FastStep
from tests.engine.packages import FOLDER, MODELS, made
from tests.engine.steps import plain_model

pytest.importorskip("wasmtime")


def parts(package: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Facts and parts."""
    [length] = struct.unpack("<I", package[:4])
    facts = json.loads(package[4 : 4 + length])
    body = package[4 + length :]
    return facts, {name: body[at : at + size] for name, (at, size) in facts["parts"].items()}


@pytest.mark.parametrize("name", MODELS)
def test_the_page_is_tested_with_what_is_made_today(name: str) -> None:
    """`python -m tests.engine.packages` writes them again; the bits of a module are those of one version of torch."""
    kept, frames = ((FOLDER / f"{name}.{suffix}").read_bytes() for suffix in ("engine", "frames"))
    package, recorded = made(name)
    facts, known = (parts(content)[0] for content in (package, kept))
    assert facts.keys() == known.keys()
    if facts["module"] == known["module"]:
        assert package == kept
        np.testing.assert_allclose(np.frombuffer(recorded, "<f4"), np.frombuffer(frames, "<f4"), atol=1e-5)


@pytest.mark.parametrize("name", registry.names())
def test_every_engine_fits_in_a_file(name: str) -> None:
    """Code, weights and state as they are in memory, each leaf where the facts say, by the name that the model gives it."""
    torch.manual_seed(0)
    model = plain_model(name)
    fast = FastStep(model, 3, binary=False)
    state = model.initial_state(1)
    fast.begin(state, torch.full((1, model.outputs), 0.5))
    facts, found = parts(fast.package())
    assert all(at % 4 == 0 for at, _ in facts["parts"].values())
    assert found["code"][:4] == b"\0asm"
    names = [leaf["name"] for leaf in facts["leaves"]]
    assert len({*names}) == len(names)
    floats = np.frombuffer(found["state"], "<f4")
    last = facts["leaves"][-1]
    assert last["name"] == "output"
    np.testing.assert_array_equal(floats[last["at"] :][: model.outputs], 0.5)
    if name == "dnc":
        assert {"memory", "usage", "links"} <= {*names}
        usage = next(leaf for leaf in facts["leaves"] if leaf["name"] == "usage")
        np.testing.assert_array_equal(floats[usage["at"] :][: usage["shape"][-1]], state.usage.reshape(-1).numpy())


def test_one_that_has_begun_is_refused() -> None:
    """What has grown by then is not in the file."""
    model = plain_model("transformer")
    fast = FastStep(model, 3, binary=False)
    fast.begin(model.initial_state(1), torch.zeros(1, model.outputs))
    fast.run(np.zeros((2, model.inputs + 3), np.float32), free_from=2)
    with pytest.raises(Unsupported, match="before the first step"):
        fast.package()


def test_the_model_of_a_recording_is_packed_and_a_copy_from_its_midst_is_not() -> None:
    loaded = store.load("lstm-copy")
    episode = tasks.get("copy").episode(length=4)
    manifest = record.manifest_for(episode, [record.Stepper(loaded, episode)])
    facts, found = parts(packed(manifest, 0))
    assert facts["module"] == manifest["models"][0]["engine"]["module"]
    weights = np.frombuffer(found["weights"], "<f4")
    every = torch.cat([parameter.detach().reshape(-1) for parameter in loaded.model.parameters()]).numpy()
    assert np.isin(every, weights).all()
    with pytest.raises(RecordingError, match="copy from step 64 on"):
        packed(manifest | {"excerpt": {"first": 64, "stop": 100}}, 0)
    other = manifest["models"][0] | {"checkpoint": {"name": "lstm-copy", "sha256": "0" * 64}}
    with pytest.raises(CheckpointError, match="not the model that was recorded"):
        packed(manifest | {"models": [other]}, 0)


def test_weights_and_state_are_seen_where_they_lie() -> None:
    """The images are of the memory as it is now."""
    model = plain_model("gru", hidden=4)
    fast = FastStep(model, 1, binary=False)
    fast.begin(model.initial_state(1), torch.zeros(1, model.outputs))
    engine: Engine = fast._engine
    before = engine.images()["state"].copy()
    fast.run(np.ones((1, model.inputs + 1), np.float32), free_from=1)
    assert not np.array_equal(engine.images()["state"], before)


def test_the_engines_of_four_models_weigh_a_page_at_most_a_megabyte_and_a_half(tmp_path: Path) -> None:
    """The models that the stage opens with, with all their weights: they are kept rounded (training/rounding.py) for this."""
    single = pytest.importorskip("mnemoscope_viewer.single")
    path = tmp_path / "run.mnemo"
    episode = tasks.get("signal-recall").episode(seed=0)
    record.record_file(path, episode, record.load_models(["lstm", "transformer", "ntm", "dnc"], "signal-recall"))
    with Recording.open(path) as recording:
        engines = {stream: packed(recording.manifest, stream) for stream in range(4)}
        bare, with_engines = (len(single.page(recording, engines=carried)) for carried in ({}, engines))
    assert with_engines - bare <= 1_500_000


@pytest.mark.parametrize("name", ["lstm-copy", "transformer-copy", "ntm-copy", "dnc-copy", "lstm-signal-recall"])
def test_the_page_says_at_most_how_much_a_model_adds_to_a_file(name: str) -> None:
    """As frontend/src/stage/recomputed/words.ts counts: of weights in full, and of rounded ones."""
    single = pytest.importorskip("mnemoscope_viewer.single")
    loaded = store.load(name)
    fast = FastStep(loaded.model, 3, binary=False)
    fast.begin(loaded.model.initial_state(1), torch.zeros(1, loaded.model.outputs))
    text = single.ENGINE.format(stream=0, engine=single._engine(fast.package()))
    assert 2 * loaded.model.parameter_count() < len(text) < 4.5 * loaded.model.parameter_count() + 8192
