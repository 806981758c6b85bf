"""Engines of three small models and what they recorded, for the tests of the page: `python -m tests.engine.packages` writes them."""

from pathlib import Path

import numpy as np
import torch

from mnemoscope.running.recorded_step import FastStep
from tests.engine.steps import plain_model

FOLDER = Path(__file__).parent / "packages"
WANTED = 3
"""Numbers beside the input: two targets and the mask."""
STEPS = 150
"""More than one call runs, and more than a store has room for at first."""
MODELS = {
    "lstm": {"hidden": 6},
    "dnc": {"slots": 6, "width": 4, "read_heads": 1, "controller": 5},
    "transformer": {"width": 8, "layers": 1, "heads": 2, "feedforward": 8},
}


def made(name: str) -> tuple[bytes, bytes]:
    """The package of a model, and the frames of its steps."""
    torch.manual_seed(1)
    model = plain_model(name, **MODELS[name])
    fast = FastStep(model, WANTED, binary=False)
    fast.begin(model.initial_state(1), torch.zeros(1, model.outputs))
    package = fast.package()
    rows = np.random.default_rng(1).normal(size=(STEPS, model.inputs + WANTED)).astype(np.float32)
    return package, fast.run(rows, free_from=STEPS).tobytes()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in MODELS:
        for suffix, content in zip(("engine", "frames"), made(name), strict=True):
            (FOLDER / f"{name}.{suffix}").write_bytes(content)
