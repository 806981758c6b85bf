"""Slots that a trained DNC allocates do not hang on rounding: other precision, the same slots."""

import copy

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.models.dnc.dnc import DNC

TRAINED = [name for name in store.names() if name.startswith("dnc-")]
TOLERANCE = dict.fromkeys(TRAINED, 1.4e-4) | {"dnc-forecast": 7.5e-3}
"""What rounding alone grows to along a run. The forecast is the longest, and its strengths are the sharpest."""
STEPS = 100


@torch.inference_mode()
def _apart(name: str, *, grid: bool) -> tuple[float, int]:
    """The largest difference of a frame or keyframe between float32 and float64, and the steps in which other slots were written."""
    loaded = store.load(name)
    single = loaded.model if grid else loaded.model.earlier()
    assert isinstance(single, DNC)
    double = copy.deepcopy(single).double()
    inputs = torch.tensor(tasks.get(loaded.task).episode(seed=0).inputs)[:STEPS]
    here, there = single.initial_state(1), double.initial_state(1)
    worst, moved = 0.0, 0
    for x in inputs.split(1):
        one, two = single.step(x, here), double.step(x.double(), there)
        here, there = one.state, two.state
        pairs = [(single.frame(one.seen), double.frame(two.seen)), (single.keyframe(here), double.keyframe(there))]
        for mine, precise in pairs:
            worst = max(worst, *(float((mine[key] - precise[key]).abs().max()) for key in mine if mine[key].numel()))
        moved += int((here.write_weights - there.write_weights).abs().max() > 0.1)
    return worst, moved


@pytest.mark.parametrize("name", TRAINED)
def test_float32_and_float64_write_the_same_slots(name: str) -> None:
    """Every number of the log agrees along a whole run, and no write lands elsewhere."""
    worst, moved = _apart(name, grid=True)
    assert moved == 0
    assert worst <= TOLERANCE[name]


def test_without_the_grid_they_do_not() -> None:
    """Sorted on bare usages, precision chooses the slots of a trained DNC: this is what the grid is for."""
    apart = [_apart(name, grid=False) for name in ("dnc-copy", "dnc-signal-recall")]
    assert np.max([worst for worst, _ in apart]) > 0.1
    assert all(moved > 0 for _, moved in apart)
