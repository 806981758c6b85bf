"""Every addressing equation against a naive loop, and the invariants that the papers state.

Each axis has a size of its own (batch 3, slots 7, width 5, write heads 2, read heads 4), so a transposed axis cannot pass.
"""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode

from mnemoscope.models import addressing as a
from mnemoscope.models import registry as paradigms

B, N, W, H, R = 3, 7, 5, 2, 4


def rand(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed + sum(shape)))


def weighting(*shape: int, seed: int = 0) -> torch.Tensor:
    """Random rows that sum to less than 1."""
    raw = rand(*shape, seed=seed) ** 4
    return 0.9 * raw / raw.sum(-1, keepdim=True)


def test_content_weighting_equals_the_loop_over_slots() -> None:
    """NTM eq. 5-6 with norms √(Σ² + ε)."""
    memory, keys, beta = rand(B, N, W) - 0.5, rand(B, H, W, seed=1) - 0.5, 1 + 5 * rand(B, H)
    got = a.content_weighting(memory, keys, beta).numpy()
    for b in range(B):
        for h in range(H):
            scores = []
            for i in range(N):
                dot = sum(float(memory[b, i, k] * keys[b, h, k]) for k in range(W))
                norm = math.sqrt(sum(float(memory[b, i, k]) ** 2 for k in range(W)) + 1e-6)
                norm *= math.sqrt(sum(float(keys[b, h, k]) ** 2 for k in range(W)) + 1e-6)
                scores.append(float(beta[b, h]) * dot / norm)
            expected = np.exp(scores) / np.exp(scores).sum()
            np.testing.assert_allclose(got[b, h], expected, atol=1e-12)


def test_content_weighting_of_blank_memory_is_uniform_and_has_a_small_gradient() -> None:
    """A run begins on blank memory: no NaN, no exploding gradient there."""
    memory = torch.zeros(B, N, W, dtype=torch.float64, requires_grad=True)
    keys = (rand(B, H, W) - 0.5).requires_grad_()
    weights = a.content_weighting(memory, keys, torch.ones(B, H, dtype=torch.float64))
    torch.testing.assert_close(weights, torch.full_like(weights, 1 / N))
    (weights * rand(B, H, N)).sum().backward()
    assert memory.grad is not None
    assert torch.isfinite(memory.grad).all()
    assert memory.grad.abs().max() < 1e3


def test_interpolation_equals_its_equation() -> None:
    """NTM eq. 7."""
    content, previous, gate = weighting(B, H, N), weighting(B, H, N, seed=9), rand(B, H)
    expected = gate.unsqueeze(-1) * content + (1 - gate.unsqueeze(-1)) * previous
    torch.testing.assert_close(a.interpolate(content, previous, gate), expected, atol=1e-15, rtol=0)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_circular_shift_equals_the_double_loop(size: int) -> None:
    """NTM eq. 8: w̃(i) = Σ_j w(j) s(i − j mod N)."""
    weights, shifts = weighting(B, H, N), torch.softmax(rand(B, H, size), -1)
    got = a.circular_shift(weights, shifts)
    half = size // 2
    for b in range(B):
        for h in range(H):
            for i in range(N):
                expected = sum(
                    float(weights[b, h, (i - offset) % N] * shifts[b, h, offset + half])
                    for offset in range(-half, half + 1)
                )
                assert abs(float(got[b, h, i]) - expected) < 1e-15


def test_a_shift_of_plus_one_moves_the_head_to_the_next_slot() -> None:
    """The sign of the shift is the one of the paper: +1 goes from slot 0 to slot 1, and from the last to the first."""
    weights = torch.zeros(1, 1, N)
    weights[0, 0, N - 1] = 1
    assert a.circular_shift(weights, torch.tensor([[[0.0, 0.0, 1.0]]])).argmax() == 0


def test_sharpening_equals_its_equation_and_sums_to_one() -> None:
    """NTM eq. 9."""
    weights, gamma = weighting(B, H, N), 1 + 4 * rand(B, H)
    raised = weights ** gamma.unsqueeze(-1)
    torch.testing.assert_close(a.sharpen(weights, gamma), raised / raised.sum(-1, keepdim=True), atol=1e-12, rtol=0)


def test_sharpening_survives_zeros_and_large_exponents() -> None:
    """softmax(γ log w) neither divides zero by zero nor overflows."""
    weights = torch.zeros(1, 1, N)
    weights[0, 0, 2] = 1e-8
    assert torch.isfinite(a.sharpen(weights, torch.tensor([[500.0]]))).all()


@pytest.mark.parametrize("heads", [1, H])
def test_erase_and_write_equals_the_loop_and_does_not_depend_on_the_order_of_heads(heads: int) -> None:
    """NTM eq. 3-4: all erasures, then all additions."""
    memory, weights, erase, vectors = (
        rand(B, N, W),
        weighting(B, heads, N),
        rand(B, heads, W),
        rand(B, heads, W, seed=4),
    )
    got = a.erase_and_write(memory, weights, erase, vectors)
    for b in range(B):
        for i in range(N):
            for k in range(W):
                cell = float(memory[b, i, k])
                for h in range(heads):
                    cell *= 1 - float(weights[b, h, i] * erase[b, h, k])
                cell += sum(float(weights[b, h, i] * vectors[b, h, k]) for h in range(heads))
                assert abs(float(got[b, i, k]) - cell) < 1e-14
    turned = a.erase_and_write(memory, weights.flip(1), erase.flip(1), vectors.flip(1))
    torch.testing.assert_close(got, turned, atol=1e-15, rtol=0)


def test_slots_that_are_not_written_do_not_change() -> None:
    """DNC: M is unchanged where w^w = 0."""
    memory, weights = rand(B, N, W), weighting(B, 1, N)
    weights[:, :, 3] = 0
    got = a.erase_and_write(memory, weights, rand(B, 1, W), rand(B, 1, W, seed=2))
    assert torch.equal(got[:, 3], memory[:, 3])


def test_retention_and_usage_equal_their_equations() -> None:
    """DNC "Dynamic memory allocation": ψ and u, usage within [0, 1]."""
    free, reads, usage, written = rand(B, R), weighting(B, R, N), rand(B, N), weighting(B, N)
    kept = a.retention(free, reads)
    got = a.usage_after(usage, written, kept)
    for b in range(B):
        for i in range(N):
            psi = math.prod(1 - float(free[b, r] * reads[b, r, i]) for r in range(R))
            u, w = float(usage[b, i]), float(written[b, i])
            assert abs(float(kept[b, i]) - psi) < 1e-15
            assert abs(float(got[b, i]) - (u + w - u * w) * psi) < 1e-15
    assert (got >= 0).all()
    assert (got <= 1).all()


@pytest.mark.parametrize("epsilon", [0.0, a.USAGE_EPSILON])
def test_allocation_equals_the_sorted_product(epsilon: float) -> None:
    """DNC eq. 1."""
    usage = rand(B, N)
    got = a.allocation_weighting(usage, epsilon=epsilon)
    for b in range(B):
        floored = [epsilon + (1 - epsilon) * float(u) for u in usage[b]]
        product = 1.0
        for slot in sorted(range(N), key=lambda i: round(4096 * float(usage[b, i])) if epsilon else float(usage[b, i])):
            assert abs(float(got[b, slot]) - (1 - floored[slot]) * product) < 1e-14
            product *= floored[slot]
    assert (got.sum(-1) <= 1 + 1e-12).all()


def test_allocation_on_blank_memory_takes_the_first_slot_and_on_full_memory_none() -> None:
    """The stable sort makes ties reproducible; a full memory cannot be allocated."""
    blank = a.allocation_weighting(torch.zeros(1, 300), epsilon=0)
    assert blank[0, 0] == 1
    assert blank.sum() == 1
    assert a.allocation_weighting(torch.ones(1, N)).sum() == 0


def test_links_and_precedence_equal_the_double_loop() -> None:
    """DNC "Temporal memory linkage": L from the old p, zero diagonal, then p."""
    links, precedence, write = rand(B, N, N) / N, weighting(B, N), weighting(B, N, seed=5)
    off = 1 - torch.eye(N, dtype=torch.float64)
    got = a.link_matrix(links, precedence, write, off)
    for b in range(B):
        for i in range(N):
            for j in range(N):
                w = write[b]
                expected = 0.0 if i == j else float((1 - w[i] - w[j]) * links[b, i, j] + w[i] * precedence[b, j])
                assert abs(float(got[b, i, j]) - expected) < 1e-15
    torch.testing.assert_close(
        a.precedence_after(precedence, write),
        (1 - write.sum(-1, keepdim=True)) * precedence + write,
        atol=1e-15,
        rtol=0,
    )


def test_masked_lookup_equals_the_loop_over_masked_slots() -> None:
    """Csordas 2019: cos(k ⊙ m, M_i ⊙ m), every vector masked one by one."""
    memory, keys, beta, masks = (
        rand(B, N, W) - 0.5,
        rand(B, H, W, seed=1) - 0.5,
        1 + 5 * rand(B, H),
        rand(B, H, W, seed=2),
    )
    got = a.masked_content_weighting(memory, keys, beta, masks).numpy()
    for b in range(B):
        for h in range(H):
            scores = []
            for i in range(N):
                key = [float(keys[b, h, k] * masks[b, h, k]) for k in range(W)]
                row = [float(memory[b, i, k] * masks[b, h, k]) for k in range(W)]
                norm = math.sqrt(sum(v * v for v in key) + 1e-6) * math.sqrt(sum(v * v for v in row) + 1e-6)
                scores.append(float(beta[b, h]) * sum(p * q for p, q in zip(key, row, strict=True)) / norm)
            np.testing.assert_allclose(got[b, h], np.exp(scores) / np.exp(scores).sum(), atol=1e-12)


def test_a_full_mask_is_no_mask_and_an_empty_mask_sees_nothing() -> None:
    """m = 1 is the plain lookup; a part of the width with m = 0 may hold anything; m = 0 everywhere is uniform."""
    memory, keys, beta = rand(B, N, W) - 0.5, rand(B, H, W, seed=1) - 0.5, 1 + 5 * rand(B, H)
    plain = a.content_weighting(memory, keys, beta)
    ones = torch.ones_like(keys)
    torch.testing.assert_close(a.masked_content_weighting(memory, keys, beta, ones), plain, atol=1e-14, rtol=0)
    half = ones.clone()
    half[..., 2:] = 0
    other = memory.clone()
    other[..., 2:] = 100 * rand(B, N, W - 2, seed=3)
    torch.testing.assert_close(
        a.masked_content_weighting(memory, keys, beta, half),
        a.masked_content_weighting(other, keys, beta, half),
        atol=1e-14,
        rtol=0,
    )
    nothing = a.masked_content_weighting(memory, keys, beta, 0 * ones)
    torch.testing.assert_close(nothing, torch.full_like(nothing, 1 / N), atol=1e-14, rtol=0)


@pytest.mark.parametrize("floor", [0.0, 0.1, 1.0])
def test_masks_lie_between_their_floor_and_one(floor: float) -> None:
    """The equation σ(m̂)(1 − m_min) + m_min, and both ends."""
    raw = 8 * (rand(B, H, W) - 0.5)
    got = a.floored_mask(raw, floor)
    torch.testing.assert_close(got, torch.sigmoid(raw) * (1 - floor) + floor, atol=1e-15, rtol=0)
    ends = a.floored_mask(torch.tensor([-800.0, 800.0], dtype=torch.float64), floor)
    torch.testing.assert_close(ends, torch.tensor([floor, 1.0], dtype=torch.float64), atol=1e-15, rtol=0)


def test_sharpened_links_equal_the_equation_with_the_division_by_the_largest() -> None:
    """Csordas 2019: ((d + ε) / max(d + ε))^s, normalised, with ε = 1e-6."""
    links, sharpness = weighting(B, R, N), 1 + 30 * rand(B, R)
    links[0, 0] = 0
    got = a.sharpen(links, sharpness, epsilon=a.LINK_EPSILON)
    for b in range(B):
        for r in range(R):
            raised = [float((v + 1e-6) / (links[b, r].max() + 1e-6)) ** float(sharpness[b, r]) for v in links[b, r]]
            np.testing.assert_allclose(got[b, r].numpy(), np.array(raised) / sum(raised), atol=1e-12)


def test_links_sharpened_by_one_are_the_links_up_to_their_sum() -> None:
    """s = 1 leaves (d + ε) / Σ(d + ε)."""
    links = weighting(B, R, N)
    got = a.sharpen(links, torch.ones(B, R, dtype=torch.float64), epsilon=a.LINK_EPSILON)
    raised = links + 1e-6
    torch.testing.assert_close(got, raised / raised.sum(-1, keepdim=True), atol=1e-14, rtol=0)
    torch.testing.assert_close(got, links / links.sum(-1, keepdim=True), atol=1e-5, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("sharpness", [1.0, 3.0, 1e4])
def test_sharpening_links_that_are_all_zero_is_uniform_and_has_a_gradient(dtype: torch.dtype, sharpness: float) -> None:
    """Before the second write there are no links: no NaN forwards or backwards, at any sharpness."""
    links = torch.zeros(B, R, N, dtype=dtype, requires_grad=True)
    strength = torch.full((B, R), sharpness, dtype=dtype, requires_grad=True)
    got = a.sharpen(links, strength, epsilon=a.LINK_EPSILON)
    torch.testing.assert_close(got, torch.full_like(got, 1 / N))
    (got * torch.rand_like(got)).sum().backward()
    for part in (links, strength):
        assert part.grad is not None
        assert torch.isfinite(part.grad).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1), st.booleans())
def test_allocation_is_a_weighting_of_any_usage(seed: int, fill: float, ties: bool) -> None:
    """Σ a ≤ 1 and a ≥ 0 for usages between empty and full, with ties and without; a full slot is never allocated."""
    usage = fill + (1 - fill) * rand(B, N, seed=seed)
    if ties:
        usage = usage.round(decimals=1)
    usage[:, 1] = 1
    for epsilon in (0.0, a.USAGE_EPSILON):
        got = a.allocation_weighting(usage, epsilon=epsilon)
        assert (got >= 0).all()
        assert (got.sum(-1) <= 1 + 1e-12).all()
        assert (got[:, 1].abs() <= 1e-15).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_only_written_slots_change_for_any_number_of_heads(seed: int, heads: int) -> None:
    """M is unchanged, to the bit, where no head writes; retention at 1 changes nothing and at 0 wipes."""
    memory, weights = rand(B, N, W, seed=seed) - 0.5, weighting(B, heads, N, seed=seed)
    weights[:, :, ::2] = 0
    got = a.erase_and_write(memory, weights, rand(B, heads, W), rand(B, heads, W, seed=2))
    assert torch.equal(got[:, ::2], memory[:, ::2])
    assert not torch.equal(got[:, 1::2], memory[:, 1::2])
    reads = torch.zeros(B, R, N, dtype=torch.float64)
    reads[:, 0, 2] = 1
    kept = a.retention(torch.ones(B, R, dtype=torch.float64), reads)
    wiped = a.erase_and_write(memory * kept.unsqueeze(2), weights, rand(B, heads, W), rand(B, heads, W, seed=2))
    assert (wiped[:, 2] == 0).all()
    assert torch.equal(wiped[:, 4], memory[:, 4])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 30))
def test_links_stay_weightings_over_any_run(seed: int, steps: int) -> None:
    """The paper's invariants after any number of writes: L in [0, 1], rows and columns ≤ 1, zero diagonal, Σp ≤ 1."""
    generator = torch.Generator().manual_seed(seed)
    links, precedence = torch.zeros(1, N, N, dtype=torch.float64), torch.zeros(1, N, dtype=torch.float64)
    usage = torch.zeros(1, N, dtype=torch.float64)
    previous = torch.zeros(1, N, dtype=torch.float64)
    off = 1 - torch.eye(N, dtype=torch.float64)
    for _ in range(steps):
        raw = torch.rand(1, N, dtype=torch.float64, generator=generator) ** 6
        write = torch.rand(1, 1, dtype=torch.float64, generator=generator) * raw / raw.sum()
        reads = torch.rand(1, R, N, dtype=torch.float64, generator=generator) / N
        usage = a.usage_after(
            usage, previous, a.retention(torch.rand(1, R, dtype=torch.float64, generator=generator), reads)
        )
        links = a.link_matrix(links, precedence, write, off)
        precedence = a.precedence_after(precedence, write)
        previous = write
    for value, top in ((links, 1.0), (links.sum(1), 1.0), (links.sum(2), 1.0), (precedence.sum(-1), 1.0), (usage, 1.0)):
        assert (value >= 0).all()
        assert (value <= top + 1e-12).all()
    assert (links.diagonal(dim1=1, dim2=2) == 0).all()


@pytest.mark.parametrize(
    "function",
    [
        lambda m: a.content_weighting(m, rand(B, H, W), 1 + rand(B, H)),
        lambda m: a.circular_shift(torch.softmax(m.transpose(1, 2), -1), torch.softmax(rand(B, W, 3), -1)),
        lambda m: a.sharpen(torch.softmax(m.transpose(1, 2), -1), 1 + rand(B, W)),
        lambda m: a.allocation_weighting(torch.sigmoid(m[..., 0])),
        lambda m: a.erase_and_write(m, weighting(B, H, N), rand(B, H, W), rand(B, H, W)),
        lambda m: a.masked_content_weighting(m, rand(B, H, W), 1 + rand(B, H), rand(B, H, W, seed=3)),
        lambda m: a.masked_content_weighting(
            rand(B, N, W) - 0.5, rand(B, N, W, seed=1), 1 + rand(B, N), a.floored_mask(4 * m, 0.1)
        ),
        lambda m: a.sharpen(torch.sigmoid(m.transpose(1, 2)), 1 + rand(B, W), epsilon=a.LINK_EPSILON),
        lambda m: a.sharpen(weighting(B, W, N), a.oneplus(3 * m[:, 0]), epsilon=a.LINK_EPSILON),
        lambda m: a.usage_after(
            rand(B, N), weighting(B, N), a.retention(torch.sigmoid(m[:, :R, 0]), weighting(B, R, N))
        ),
        lambda m: a.link_matrix(
            rand(B, N, N) / N, weighting(B, N), torch.softmax(m[..., 0], -1), 1 - torch.eye(N, dtype=torch.float64)
        ),
    ],
    ids=[
        "content",
        "shift",
        "sharpen",
        "allocation",
        "erase_and_write",
        "masked content",
        "mask",
        "sharpened links",
        "sharpness",
        "usage",
        "links",
    ],
)
def test_gradients_of_the_addressing_are_right(function) -> None:  # type: ignore[no-untyped-def]
    """Finite differences agree with autograd away from ties."""
    memory = (rand(B, N, W, seed=11) - 0.5).requires_grad_()
    assert torch.autograd.gradcheck(function, (memory,))


@pytest.mark.parametrize("model", ["ntm", "dnc"])
def test_a_step_of_several_heads_holds_no_product_over_an_axis(model: str) -> None:
    """Compiled by torch 2.13 for the CPU, `prod` over an axis gets a wrong gradient in a step of several heads.

    Measured: 3e-2 of the largest gradient, against 3e-7 with the product taken factor by factor. Training compiles its
    steps, and nothing would say so.
    """
    called: list[str] = []

    class Calls(TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            called.append(func.overloadpacket.__name__)
            return func(*args, **(kwargs or {}))

    heads = {"read_heads": 3} | ({"write_heads": 3} if model == "ntm" else {})
    built = paradigms.build(model, {"inputs": 2, "outputs": 2, "slots": 5, "width": 3, "controller": 4} | heads)
    with Calls():
        built.step(torch.zeros(1, 2), built.initial_state(1))
    assert "baddbmm" in called  # the calls are seen
    assert "prod" not in called
