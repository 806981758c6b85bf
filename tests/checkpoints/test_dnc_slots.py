"""Which slot a trained DNC writes to is a property of the model, not of rounding: another precision or batch writes to the same ones."""

import copy

import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.models.base import MemoryModel

DNCS = [card["name"] for card in store.cards() if card["model"] == "dnc"]


@torch.no_grad()
def strong_writes(model: MemoryModel, inputs: torch.Tensor) -> list[int]:
    """Of the first sequence: the slot of every write with a weight above a half, -1 where there is none; inputs [B, T, I]."""
    state, slots = model.initial_state(len(inputs)), []
    for x in inputs.unbind(1):
        _, state, seen = model.step(x, state)
        weights = model.frame(seen)["memory", "write_weights"][0, 0]
        slots.append(int(weights.argmax()) if weights.max() > 0.5 else -1)
    return slots


@pytest.mark.parametrize("name", DNCS)
def test_slots_are_the_same_in_both_precisions_and_in_a_batch(name: str) -> None:
    loaded = store.load(name)
    inputs = torch.as_tensor(tasks.get(loaded.task).episode(seed=5).inputs)[None, :96]
    single = strong_writes(loaded.model, inputs)
    assert max(single) >= 0
    assert strong_writes(copy.deepcopy(loaded.model).double(), inputs.double()) == single
    assert strong_writes(loaded.model, inputs.expand(7, -1, -1)) == single
