"""The engine of a recorded model as one file, for a page that runs the model itself."""

from typing import Any

import torch

from mnemoscope import tasks
from mnemoscope.errors import RecordingError
from mnemoscope.measuring import lenses
from mnemoscope.running.recorded_step import FastStep


def packed(manifest: dict[str, Any], stream: int) -> bytes:
    """The engine of a model of a recording, before its first step (engine/package.py).

    Raises UnknownModel or CheckpointError where its weights are not here or others, Unsupported where only torch runs it, RecordingError
    for a copy that does not begin with the run.
    """
    entry: dict[str, Any] = manifest["models"][stream]
    excerpt: dict[str, Any] = manifest.get("excerpt") or {}
    first = excerpt.get("first")
    if first:
        raise RecordingError(
            f"This is a copy from step {first} on: what {entry['label']} knew before is not in it, so it cannot be run again. "
            "Open the original."
        )
    loaded = lenses.model_of(entry)
    task = tasks.get(loaded.task)
    fast = FastStep(loaded.model, task.outputs + 1, binary=task.binary)
    fast.begin(loaded.model.initial_state(1), torch.zeros(1, loaded.model.outputs))
    return fast.package()
