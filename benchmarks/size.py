"""What a DNC step weighs on the wire: the log of causes beside the same step as JSON."""

import json
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.table import Row
from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.models import registry
from mnemoscope.running import record


def rows() -> Iterator[Row]:
    """Bytes a step of frames alone and with keyframes, beside the state as JSON (memory, usage, weightings)."""
    torch.manual_seed(0)
    episode = tasks.get("copy").episode(length=120)
    sizes = {"slots": 128, "width": 64, "read_heads": 4, "controller": 100}
    model = registry.build("dnc", {"inputs": 9, "outputs": 8, **sizes}).eval().requires_grad_(False)
    stepper = record.Stepper(LoadedModel("dnc", "dnc", "DNC", "dnc", "copy", model, {}, ""), episode)
    packets = stepper.advance(episode.steps)
    sent = {kind: sum(len(p.payload) for p in packets if p.kind == kind) for kind in ("frames", "keyframe")}
    state = model.keyframe(stepper.state)
    shown = [np.asarray(value[0]).tolist() for (_, name), value in state.items() if name != "links"]
    as_json = len(json.dumps(shown))
    frame = sent["frames"] / episode.steps
    yield Row("frames", frame / 1e3, "kB", "the state as JSON", as_json / 1e3, budget=3.5)
    yield Row("frames and keyframes", (frame + sent["keyframe"] / episode.steps) / 1e3, "kB", budget=5.0)
