"""Hybrid: a window that never fills is a Transformer, a full one is attention under a mask, and every rung writes as its table says."""

import numpy as np
import pytest
import torch

from mnemoscope.models.attention.transformer import Transformer, TransformerConfig
from mnemoscope.models.base import MemoryModel
from mnemoscope.models.stateless.hybrid import Hybrid, HybridConfig
from mnemoscope.training.study.trials import RUNGS

T, SLOTS = 20, 6
ALL = {name: {"slots": SLOTS} | settings for name, settings in RUNGS.items()}


def made(**settings: object) -> Hybrid:
    torch.manual_seed(1)
    return Hybrid(HybridConfig(inputs=3, outputs=2, width=16, feedforward=32, **settings)).double()  # type: ignore[arg-type]


def heard() -> torch.Tensor:
    x = torch.randn(3, T, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    x[:, :, 1] = (torch.rand(3, T, generator=torch.Generator().manual_seed(3)) < 0.4).double()
    return x


@torch.no_grad()
def folded(model: Hybrid) -> list[tuple]:
    state, seen = model.initial_state(3), []
    for x in heard().unbind(1):
        _, state, what = model.step(x, state)
        seen.append(what)
    return seen


def test_a_window_that_holds_every_step_is_a_transformer() -> None:
    hybrid = made(slots=T)
    transformer = Transformer(
        TransformerConfig(inputs=3, outputs=2, width=16, layers=2, heads=4, feedforward=32)
    ).double()
    transformer.load_state_dict(hybrid.state_dict())
    torch.testing.assert_close(MemoryModel.forward(hybrid, heard()), transformer(heard()), atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    "settings",
    [
        {"slots": T},
        {"slots": SLOTS},
        {"slots": SLOTS, "closed": True},
        {"slots": SLOTS, "closed": True, "flag_stops": True},
        {"slots": 1},
    ],
)
def test_all_steps_at_once_are_the_fold_of_step(settings: dict[str, object]) -> None:
    model = made(**settings)
    assert not model.trains_by_steps
    torch.testing.assert_close(model(heard()), MemoryModel.forward(model, heard()), atol=1e-13, rtol=0)


def test_a_window_overwrites_the_oldest_slot_whole() -> None:
    for t, (first, _) in enumerate(folded(made(slots=SLOTS))):
        assert torch.equal(first.write_weights[:, 0].argmax(1), torch.full((3,), t % SLOTS))
        assert (first.write_weights.sum(2) == 1).all()
        assert (first.erase == 1).all()


def test_the_least_used_slot_goes_and_what_is_read_stays() -> None:
    """Santoro et al. 2016: u = γu + w^r + w^w; the lowest is written."""
    usage = np.zeros((3, SLOTS))
    for first, _ in folded(made(slots=SLOTS, eviction="least-used")):
        expected = np.argsort(np.round(usage * 4096), axis=1, kind="stable")[:, 0]
        w = first.write_weights[:, 0].numpy()
        assert (w.argmax(1) == expected).all()
        usage = 0.95 * usage + first.read_weights.numpy().sum(1) + w


def test_a_closed_memory_writes_only_what_is_to_be_stored() -> None:
    flags = heard()[:, :, 1].numpy()
    for t, (first, _) in enumerate(folded(made(slots=SLOTS, closed=True))):
        assert (first.write_weights.sum((1, 2)).numpy() == flags[:, t]).all()
    stopped = np.cumprod(1 - flags, 1)
    for t, (first, _) in enumerate(folded(made(slots=SLOTS, closed=True, flag_stops=True))):
        assert (first.write_weights.sum((1, 2)).numpy() == stopped[:, t]).all()


@pytest.mark.parametrize("name", ALL)
def test_every_rung_is_a_memory_whose_weightings_are_weightings(name: str) -> None:
    model = made(**ALL[name])
    assert torch.isfinite(model(heard())).all()
    for layers in folded(model):
        for layer in layers:
            assert (layer.read_weights >= 0).all()
            assert (layer.read_weights.sum(2) <= 1 + 1e-12).all()
            assert (layer.write_weights.sum(2) <= 1 + 1e-12).all()
    assert set(model.frame(folded(model)[0])) == {(bank, entry) for bank, entry, *_ in model.frame_entries()}


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("+")])
def test_every_rung_learns_through_what_it_adds(name: str) -> None:
    """The mechanism that a rung adds gets a gradient."""
    model = made(**ALL[name])
    model(heard()).square().mean().backward()
    added = {"+ erase": "erase", "+ allocation, free": "free", "+ links": "modes", "+ recurrent controller": "out"}[
        name
    ]
    layer = model.layers[0]
    weight = getattr(layer, added).weight
    assert weight.grad is not None
    assert weight.grad.abs().max() > 0


def test_floats_are_those_of_the_slots_that_are_needed() -> None:
    whole, window = made(slots=T), made(slots=SLOTS)
    assert whole.floats(T) > whole.floats(T - 1) > whole.floats(1)
    assert (
        window.floats(T)
        == window.floats(SLOTS)
        == sum(part.numel() for memory in window.initial_state(1).memories for part in memory)
    )


@pytest.mark.parametrize("settings", [{"eviction": "oldest"}, {"width": 18}, {"flag": 3}])
def test_what_cannot_be_built_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        HybridConfig(inputs=3, outputs=1, **settings)  # type: ignore[arg-type]
