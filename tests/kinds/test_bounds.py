"""What numbers must satisfy, and what addressing implies without its keys, against weightings made by the models' own equations."""

import math

import numpy as np
import pytest
import torch

from mnemoscope.kinds.bounds import AT_MOST_ONE, Bound
from mnemoscope.kinds.matrix_addressing import allocation_contradiction, link_contradiction, shift_contradiction
from mnemoscope.models import addressing

SLOTS, WIDTH = 9, 4


@pytest.mark.parametrize(
    ("bound", "row", "by"),
    [
        (Bound("w"), [0.2, 1.0], 0.0),
        (Bound("w"), [0.2, 1.25], 0.25),
        (Bound("w"), [-0.5, 1.0], 0.5),
        (Bound("w"), [0.2, math.nan], math.inf),
        (Bound("w", total=AT_MOST_ONE), [0.5, 0.25], 0.0),
        (Bound("w", total=AT_MOST_ONE), [0.5, 0.75], 0.25),
        (Bound("w", 1.0, math.inf), [0.5, 7.0], 0.5),
        (Bound("w", whole=True), [0.0, 1.0], 0.0),
        (Bound("w", whole=True), [0.0, 0.75], 0.25),
    ],
)
def test_a_bound_says_by_how_much_it_is_broken(bound: Bound, row: list[float], by: float) -> None:
    assert bound.excess(np.array([[0.5, 0.5] if not bound.whole else [0.0, 1.0], row]))[1] == by


def test_a_diagonal_that_is_not_zero_is_out() -> None:
    links = np.full((2, 3, 3), 0.25) * (1 - np.eye(3))
    links[1, 2, 2] = 0.5
    np.testing.assert_array_equal(Bound("links", diagonal=0.0).excess(links), [0.0, 0.5])


def drawn(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def content(random: torch.Generator) -> torch.Tensor:
    """Of an unknown key [slot]."""
    memory = torch.randn(1, SLOTS, WIDTH, generator=random, dtype=torch.float64)
    key = torch.randn(1, 1, WIDTH, generator=random, dtype=torch.float64)
    return addressing.content_weighting(memory, key, torch.full((1, 1), 5.0, dtype=torch.float64))[0, 0]


@pytest.mark.parametrize("seed", range(8))
def test_an_allocation_follows_from_usage_and_a_changed_one_does_not(seed: int) -> None:
    random = drawn(seed)
    usage = torch.rand(1, SLOTS, generator=random, dtype=torch.float64)
    usage[0, :3] = usage[0, 3]  # which of the equals is first makes no difference
    allocation = addressing.allocation_weighting(usage)[0]
    for write_gate, allocation_gate in ((1.0, 1.0), (0.75, 0.5), (0.25, 0.0)):
        w = write_gate * torch.lerp(content(random), allocation, allocation_gate)
        turned = w.clone()
        turned[:4] = w[[3, 2, 0, 1]]
        for order in (w, turned):
            assert allocation_contradiction(order.numpy(), usage[0].numpy(), write_gate, allocation_gate) < 1e-5
        assert allocation_contradiction(w.numpy(), usage[0].numpy(), write_gate / 2, allocation_gate) > 0.1
        freest = int(allocation.argmax())
        if allocation_gate == 1.0:
            away = np.roll(w.numpy(), 1 if usage[0, freest] != usage[0, (freest + 1) % SLOTS] else 4)
            assert allocation_contradiction(away, usage[0].numpy(), write_gate, allocation_gate) > 0.05


@pytest.mark.parametrize("sharpened", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_a_read_follows_links_as_its_modes_say(seed: int, sharpened: bool) -> None:
    random = drawn(seed)
    links = torch.rand(SLOTS, SLOTS, generator=random, dtype=torch.float64) / SLOTS
    links.fill_diagonal_(0)
    before = torch.rand(SLOTS, generator=random, dtype=torch.float64)
    before /= before.sum()
    modes = torch.tensor([0.25, 0.25, 0.5], dtype=torch.float64)
    ways = [before @ links, links @ before]
    exponents = None
    if sharpened:
        exponents = torch.tensor([1.5, 3.0], dtype=torch.float64)
        ways = [
            addressing.sharpen(way[None, None], e[None, None], epsilon=addressing.LINK_EPSILON)[0, 0]
            for way, e in zip(ways, exponents, strict=True)
        ]
    read = (modes[0] * ways[0] + modes[1] * content(random) + modes[2] * ways[1]).numpy()
    sharpening = None if exponents is None else exponents.numpy()
    arguments = before.numpy(), links.numpy()
    assert link_contradiction(read, *arguments, modes.numpy(), sharpening) < 1e-9
    assert link_contradiction(read, *arguments, modes.numpy() + [0, 0, 0.25], sharpening) > 0.2
    emptied = np.where(np.arange(SLOTS) == int(np.argmax(read)), 0.0, read)
    assert link_contradiction(emptied, *arguments, modes.numpy(), sharpening) > 0.05


@pytest.mark.parametrize("gamma", [1.0, 3.0, 40.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_shifted_weighting_walks_as_its_gates_say(seed: int, gamma: float) -> None:
    random = drawn(seed)
    before = torch.softmax(4 * torch.randn(SLOTS, generator=random, dtype=torch.float64), 0)
    shifts = torch.softmax(torch.randn(3, generator=random, dtype=torch.float64), 0)
    gate = 0.125
    gated = addressing.interpolate(content(random)[None, None], before[None, None], torch.full((1, 1), gate).double())
    shifted = addressing.circular_shift(gated, shifts[None, None])
    w = (
        addressing.sharpen(shifted, torch.full((1, 1), gamma).double())[0, 0].float().double().numpy()
    )  # as it is recorded
    known = before.numpy(), gate, shifts.numpy()
    assert shift_contradiction(w, *known, gamma) < 1e-6
    assert shift_contradiction(w, before.numpy(), gate, np.roll(shifts.numpy(), 1), gamma) > 0.01
    assert shift_contradiction(w + 0.05, *known, gamma) > 0.1
