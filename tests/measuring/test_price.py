"""The price of a memory: floats kept and time a step, against the steps heard."""

import pytest
import torch

from mnemoscope.checkpoints import store
from mnemoscope.measuring.price import COUNTED, price


def kept_after(name: str, steps: int) -> int:
    """Floats of the state after so many steps, by taking them."""
    model = store.load(name).model
    state = model.initial_state(1)
    x = torch.tensor([[1.0, 0.0, 0.0]])
    with torch.inference_mode():
        for _ in range(steps):
            state = model.step(x, state).state

    def count(part) -> int:
        if isinstance(part, torch.Tensor):
            return part.numel() if part.is_floating_point() else 0
        return sum(map(count, part)) if isinstance(part, tuple) else 0

    return count(state)


@pytest.mark.parametrize("name", ["lstm", "ntm", "dnc", "deltanet", "transformer", "encoder-decoder", "sdnc"])
def test_the_count_is_what_running_the_model_leaves_behind(name: str):
    found = price(store.load(f"{name}-signal-recall").model, timed=(10,))
    assert dict(found.floats)[100] == kept_after(f"{name}-signal-recall", 100)
    assert [t for t, _ in found.floats] == list(COUNTED)


def test_recurrent_memories_stay_as_large_as_they_are_and_stores_grow_with_every_step():
    lstm, transformer = (price(store.load(f"{m}-signal-recall").model, timed=(10,)) for m in ("lstm", "transformer"))
    assert {floats for _, floats in lstm.floats} == {2 * 256}
    assert not lstm.grows
    per_step = dict(transformer.floats)[10] // 10
    assert transformer.grows
    assert transformer.floats == tuple((t, per_step * t) for t in COUNTED)


def test_a_step_is_timed_from_a_state_of_the_size_it_would_have():
    transformer = store.load("transformer-signal-recall").model
    found = price(transformer, timed=(10, 10_000))
    (_, early), (_, late) = found.ms
    assert 0 < early < late, "10 000 slots take longer to read than 10"
