"""The engine of a worker on real models."""

from dataclasses import replace

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.errors import CheckpointError
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.running.stepper import Stepper
from mnemoscope_server.workers.protocol import Look
from mnemoscope_server.workers.torch_engine import TorchEngine


def test_questions_about_one_model_load_it_once(monkeypatch):
    """Another one is loaded again, and weights that are not those of the recording are still refused."""
    loads = []
    load = checkpoints.load
    monkeypatch.setattr(checkpoints, "load", lambda name, **more: loads.append(name) or load(name, **more))
    engine, episode = TorchEngine("cpu"), tasks.get("copy").episode(seed=1, length=4)
    entry = Stepper(load("lstm-copy"), episode).manifest_entry()
    look = Look("q", entry, np.asarray(episode.inputs), 6, "sensitivity")
    first = run_to_end(engine.answer(look))
    assert run_to_end(engine.answer(replace(look, id="r"))) == first
    assert loads == ["lstm-copy"]
    other = entry | {"checkpoint": entry["checkpoint"] | {"sha256": "0" * 64}}
    with pytest.raises(CheckpointError, match="other weights"):
        run_to_end(engine.answer(replace(look, entry=other)))
    assert run_to_end(engine.answer(look)) == first
    assert loads == ["lstm-copy"] * 2
