"""Every option of the DNC: against NumPy loops, the papers' invariants, the ledger, a recording."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mnemoscope.kinds import ledger, matrix
from mnemoscope.models import addressing
from mnemoscope.models.dnc.dnc import DNC, DNCConfig, interface_size
from tests.oracles.paper_oracles import dnc_step
from tests.oracles.stepping import (
    assert_every_parameter_is_trained,
    assert_forward_is_the_fold,
    assert_json_builds_it_again,
    assert_log_is_what_was_promised,
    assert_steps_are_the_papers,
    sequences,
    verified_recording,
)

B, T, INPUTS, OUTPUTS = 2, 12, 6, 5
SIZES: dict[str, Any] = {"inputs": INPUTS, "outputs": OUTPUTS, "slots": 10, "width": 7, "controller": 9}
FLAGS = ("masking", "deallocation", "sharpening")
OPTIONS: dict[str, dict[str, Any]] = {
    "".join(flag[0].upper() for flag, on in zip(FLAGS, chosen, strict=True) if on) or "plain": dict(
        zip(FLAGS, chosen, strict=True), read_heads=2
    )
    for chosen in itertools.product((False, True), repeat=3)
}
OPTIONS |= {
    "one read head": {"masking": True, "deallocation": True, "sharpening": True},
    "8 read heads": {"masking": True, "deallocation": True, "sharpening": True, "read_heads": 8},
    "masks without a floor": {"masking": True, "mask_min": 0.0, "read_heads": 3},
    "two layers": {"controller_layers": 2, "deallocation": True},
    "three layers, 4 read heads": {"controller_layers": 3, "read_heads": 4, "sharpening": True},
    "feed-forward": {"controller_kind": "feedforward", "masking": True},
    "feed-forward, two layers": {"controller_kind": "feedforward", "controller_layers": 2},
}
every_option = pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))


def built(options: dict[str, Any], *, seed: int = 0, scale: float = 3.0) -> DNC:
    """A float64 model whose interface speaks louder than a fresh one, so that no gate stays near its middle."""
    torch.manual_seed(seed)
    model = DNC(DNCConfig(**SIZES | options)).double()
    with torch.no_grad():
        model.interface.weight.mul_(scale)
    return model


def sequence(*, seed: int = 1, steps: int = T) -> torch.Tensor:
    return sequences(B, steps, INPUTS, seed=seed)


@every_option
def test_a_step_equals_the_papers_in_loops(options: dict[str, Any]) -> None:
    """Controller, usage, write, links, read and output, at every one of some steps, for each of the batch, to 1e-12."""
    assert_steps_are_the_papers(built(options), dnc_step, sequence(), steps=5)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))
@given(seed=st.integers(0, 10_000), loud=st.floats(0.5, 40))
@settings(max_examples=6, deadline=None)
@torch.no_grad()
def test_the_invariants_of_the_paper_hold_over_a_run(options: dict[str, Any], seed: int, loud: float) -> None:
    """Usage in [0, 1], Σ of allocation and of every weighting ≤ 1, links ≤ 1 by rows and columns, zero diagonal."""
    model = built(options, seed=seed, scale=loud)
    state = model.initial_state(B)
    for x in (sequence(seed=seed, steps=20) * 3).unbind(1):
        state = model.step(x, state).state
        allocation = addressing.allocation_weighting(state.usage)
        links = state.links
        for rows in (state.write_weights, state.read_weights, state.precedence, allocation, links, links.mT):
            assert (rows >= 0).all()
            assert (rows.sum(-1) <= 1 + 1e-12).all()
        assert ((state.usage >= 0) & (state.usage <= 1)).all()
        assert (links.diagonal(dim1=1, dim2=2) == 0).all()


@every_option
def test_a_run_is_the_fold_of_step_and_sequences_do_not_meet(options: dict[str, Any]) -> None:
    """`forward` gives what stepping gives, sequence by sequence."""
    assert_forward_is_the_fold(built(options), sequence(seed=4))


@every_option
@torch.no_grad()
def test_the_ledger_of_real_steps_is_exact(options: dict[str, Any]) -> None:
    """Contributions sum to what each read head read, and shares to 1, to 1e-10; wiping freed slots is part of it."""
    model, x = built(options), sequence()
    state = model.initial_state(B)
    initial, log = state.memory[0].numpy(), []
    for step_input in x.unbind(1):
        before = state.read_weights[0]
        _, state, seen = model.step(step_input, state)
        xi = seen.interface
        log.append([seen.write_weights[0], xi.erase[0], xi.write_vectors[0], xi.free_gates[0], before])
    writes, erase, vectors, free, before = (np.stack([p.numpy() for p in parts]) for parts in zip(*log, strict=True))
    retention = matrix.retain(free, before) if model.banks()[0].deallocation else None
    assert model.banks()[0].deallocation == model.config.deallocation
    for head in range(model.config.read_heads):
        row = state.read_weights[0, head].numpy()
        parts = matrix.contributions(row, writes, erase, vectors, initial, retention=retention)
        np.testing.assert_allclose(parts.sum(0), state.read_vectors[0, head].numpy(), atol=1e-10, rtol=0)
        assert abs(ledger.shares(parts).sum() - 1) <= 1e-10


@every_option
@torch.no_grad()
def test_recorded_tensors_and_configuration_round_trip(options: dict[str, Any]) -> None:
    """Frames hold what they promise; JSON builds the same parameters; masks and sharpness appear when they are used."""
    model, x = built(options), sequence()
    assert_log_is_what_was_promised(model, x)
    assert_json_builds_it_again("dnc", model)
    frame = model.frame(model.step(x[:, 0], model.initial_state(B)).seen)
    names = {name for _, name in frame}
    c = model.config
    assert names >= {"read_masks", "write_mask"} if c.masking else not names & {"read_masks", "write_mask"}
    assert ("link_sharpening" in names) == c.sharpening
    for name in ("read_masks", "write_mask") if c.masking else ():
        assert ((frame["memory", name] >= c.mask_min) & (frame["memory", name] <= 1)).all()


@every_option
def test_every_parameter_is_trained(options: dict[str, Any]) -> None:
    """A finite gradient that is not zero reaches each parameter, and each part of the interface."""
    model = built(options)
    assert_every_parameter_is_trained(model, sequence())
    assert model.interface.bias.grad is not None
    assert (model.interface.bias.grad != 0).all()


@pytest.mark.parametrize(
    ("sizes", "size"),
    [
        ({"width": 20, "read_heads": 1}, 88),
        ({"width": 64, "read_heads": 4}, 471),
        ({"width": 20, "read_heads": 1, "masking": True}, 88 + 40),
        ({"width": 20, "read_heads": 1, "sharpening": True}, 88 + 2),
        ({"width": 64, "read_heads": 4, "masking": True, "sharpening": True, "deallocation": True}, 471 + 320 + 8),
    ],
)
def test_the_interface_has_the_size_of_the_papers(sizes: dict[str, Any], size: int) -> None:
    """W·R + 3W + 5R + 3; masks add W(R + 1), sharpness 2R, de-allocation nothing."""
    config = DNCConfig(**SIZES | sizes)
    assert interface_size(config) == size
    assert DNC(config).interface.out_features == size


@torch.no_grad()
def test_masks_with_a_floor_of_one_are_the_plain_dnc() -> None:
    """With the same weights, and whatever the masks would say."""
    plain, masked = built({"read_heads": 3}), built({"read_heads": 3, "masking": True, "mask_min": 1.0}, seed=1)
    own = plain.interface.out_features
    weights = masked.state_dict() | {k: v for k, v in plain.state_dict().items() if not k.startswith("interface")}
    weights["interface.weight"][:own], weights["interface.bias"][:own] = plain.interface.weight, plain.interface.bias
    masked.load_state_dict(weights)
    torch.testing.assert_close(masked(sequence()), plain(sequence()), atol=1e-12, rtol=0)


@pytest.mark.parametrize("deallocation", [False, True])
@torch.no_grad()
def test_a_freed_slot_is_wiped_only_with_deallocation(deallocation: bool) -> None:
    """Free gates at 1, nothing written: the slot that was read is all zero afterwards, and is unused either way."""
    model = built({"deallocation": deallocation, "read_heads": 2})
    r, w = 2, SIZES["width"]
    gates = r * w + r + w + 1 + w + w
    model.interface.weight[gates : gates + r + 2] = 0
    model.interface.bias[gates : gates + r] = 800.0  # free gates 1
    model.interface.bias[gates + r + 1] = -800.0  # write gate 0
    state = model.initial_state(B)
    reads = torch.zeros_like(state.read_weights)
    reads[:, 0, 3] = reads[:, 1, 5] = 1
    memory = torch.randn(state.memory.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    usage = torch.ones_like(state.usage)
    after = model.step(sequence()[:, 0], state._replace(memory=memory, usage=usage, read_weights=reads)).state
    freed = torch.zeros(SIZES["slots"], dtype=torch.bool)
    freed[[3, 5]] = True
    assert (after.usage[:, freed] == 0).all()
    assert (after.usage[:, ~freed] == 1).all()
    assert torch.equal(after.memory[:, ~freed], memory[:, ~freed])
    assert torch.equal(after.memory[:, freed], torch.zeros_like(memory[:, freed]) if deallocation else memory[:, freed])


def test_gradients_through_a_whole_step_of_the_variant_are_right() -> None:
    """Finite differences through masks, allocation off ties, de-allocation, links and their sharpening.

    The usage passes no gradient to the write weighting of the step before, by intention, so that one is held fixed.
    """
    model = built({"masking": True, "deallocation": True, "sharpening": True, "read_heads": 2, "slots": 5, "width": 3})
    with torch.no_grad():
        state = model.initial_state(1)
        for x in sequence(steps=6).unbind(1):
            state = model.step(x[:1], state).state
    gaps = state.usage.sort(-1).values.diff(dim=-1)
    assert gaps.min() > 1e-4  # far from ties, compared with the finite differences' 1e-6

    def step(x: torch.Tensor, memory: torch.Tensor, read_weights: torch.Tensor, links: torch.Tensor) -> Any:
        after = model.step(x, state._replace(memory=memory, read_weights=read_weights, links=links))
        return after.output, after.state.memory, after.state.read_weights, after.state.usage

    inputs = (sequence(seed=3)[:1, 0], state.memory, state.read_weights, state.links)
    assert torch.autograd.gradcheck(step, tuple(part.clone().requires_grad_() for part in inputs), atol=1e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"read_heads": 0}, "read_heads must be a whole number of at least 1, got 0"),
        ({"controller_layers": "2"}, "controller_layers must be a whole number of at least 1, got '2'"),
        ({"mask_min": 1.5}, r"mask_min must lie in 0 … 1, got 1.5; 0.1 is usual"),
        ({"controller_kind": "gru"}, "controller_kind must be one of lstm, feedforward, got 'gru'"),
    ],
)
def test_a_configuration_of_which_no_dnc_can_be_built_is_refused(options: dict[str, Any], said: str) -> None:
    """The message says what was wanted, what came and what to do."""
    with pytest.raises(ValueError, match=said):
        DNCConfig(**SIZES | options)


def test_a_recording_of_all_variants_verifies(tmp_path: Path) -> None:
    """Recorded as float32 over two keyframes, the log explains its keyframes (wiped slots too) and its own ledger."""
    torch.manual_seed(0)
    model = DNC(DNCConfig(**SIZES | {"inputs": 9, "outputs": 8} | OPTIONS["MDS"]))
    with verified_recording("dnc", model, tmp_path) as recording:
        view = recording["dnc"]
        assert view.bank().deallocation
        assert view.array("read_masks").shape == (81, 2, SIZES["width"])
        assert view.array("write_mask").shape == (81, SIZES["width"])
        assert view.array("link_sharpening").shape == (81, 2, 2)
        assert view.spec("link_sharpening").axes == ("read_head", "direction")
        for head in range(2):
            assert abs(view.shares(80, head).sum() - 1) < 1e-3
