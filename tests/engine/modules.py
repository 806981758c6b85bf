"""The known bytes of two modules: `python -m tests.engine.modules` writes them down."""

import json
from pathlib import Path

import torch

from mnemoscope.engine.emit import EMITTER
from tests.engine.steps import build_of, plain_model, recorded_step

MODELS = {
    "lstm": {"hidden": 10, "layers": 2},
    "dnc": {"slots": 9, "width": 6, "read_heads": 2, "controller": 7, "masking": True, "deallocation": True},
    "transformer": {"width": 12, "layers": 2, "heads": 2, "feedforward": 7, "positions": "rotary"},
}


def hashes() -> dict[str, str]:
    """sha256 of the module of each."""
    found = {}
    for name, sizes in MODELS.items():
        model = plain_model(name, **sizes)
        step, state = recorded_step(model)
        found[name] = build_of(step, state, 3)[0].sha256
    return found


if __name__ == "__main__":
    known = {"emitter": EMITTER, "torch": torch.__version__.partition("+")[0], "modules": hashes()}
    (Path(__file__).parent / "modules.json").write_text(json.dumps(known, indent=2) + "\n")
