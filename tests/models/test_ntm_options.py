"""Every option of the NTM: against NumPy loops, in the ledger, in a recording; how it may start and why not otherwise."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from mnemoscope.kinds import ledger, matrix
from mnemoscope.models import addressing
from mnemoscope.models import registry as paradigms
from mnemoscope.models.ntm.ntm import NTM, NTMConfig
from tests.oracles.paper_oracles import ntm_step
from tests.oracles.stepping import (
    assert_every_parameter_is_trained,
    assert_forward_is_the_fold,
    assert_json_builds_it_again,
    assert_log_is_what_was_promised,
    assert_steps_are_the_papers,
    fold,
    sequences,
    verified_recording,
)

B, T, INPUTS, OUTPUTS = 2, 12, 6, 5
SIZES: dict[str, Any] = {"inputs": INPUTS, "outputs": OUTPUTS, "slots": 11, "width": 7, "controller": 9}
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "4 write, 4 read heads": {"write_heads": 4, "read_heads": 4},
    "5 write, 5 read heads": {"write_heads": 5, "read_heads": 5},
    "2 write, 3 read heads": {"write_heads": 2, "read_heads": 3},
    "no shift": {"shifts": 1},
    "five shifts": {"shifts": 5, "read_heads": 2},
    "as many shifts as slots": {"shifts": 11},
    "feed-forward": {"controller_kind": "feedforward"},
    "feed-forward, two layers": {"controller_kind": "feedforward", "controller_layers": 2, "read_heads": 2},
    "LSTM, two layers": {"controller_layers": 2, "write_heads": 2},
    "LSTM, three layers": {"controller_layers": 3},
    "constant memory": {"initial_memory": "constant", "write_heads": 2},
    "random memory": {"initial_memory": "random", "initial_weighting": "uniform"},
    "learned weightings": {"initial_weighting": "learned", "initial_memory": "constant"},
    "random weightings": {"initial_weighting": "random", "gate_bias": -2.0},
}
every_option = pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))


def built(options: dict[str, Any], *, seed: int = 0, scale: float = 2.0) -> NTM:
    """A float64 model whose interface speaks louder than a fresh one, so that no gate stays near its middle."""
    torch.manual_seed(seed)
    model = NTM(NTMConfig(**SIZES, **options)).double()
    with torch.no_grad():
        model.interface.weight.mul_(scale)
    return model


def sequence(*, seed: int = 1, steps: int = T) -> torch.Tensor:
    return sequences(B, steps, INPUTS, seed=seed)


@every_option
def test_a_step_equals_the_paper_in_loops(options: dict[str, Any]) -> None:
    """Controller, addressing, writes, reads and output, at every one of some steps, for each of the batch, to 1e-12."""
    assert_steps_are_the_papers(built(options), ntm_step, sequence(), steps=4)


@every_option
@torch.no_grad()
def test_weightings_sum_to_one_and_a_run_is_the_fold_of_step(options: dict[str, Any]) -> None:
    """Every address is a distribution over the slots; `forward` gives what stepping gives, sequence by sequence."""
    model, x = built(options, scale=8), sequence(seed=4) * 3
    assert_forward_is_the_fold(model, x)
    for seen in fold(model, x)[2]:
        for rows in (seen.write_weights, seen.read_weights):
            assert (rows >= 0).all()
            torch.testing.assert_close(rows.sum(-1), torch.ones_like(rows[..., 0]), atol=1e-12, rtol=0)


@every_option
@torch.no_grad()
def test_the_ledger_of_real_steps_is_exact(options: dict[str, Any]) -> None:
    """Contributions of all write heads sum to what each read head read, and shares to 1, to 1e-10."""
    model, x = built(options), sequence()
    state = model.initial_state(B)
    initial, log = state.memory[0].numpy(), []
    for step_input in x.unbind(1):
        _, state, seen = model.step(step_input, state)
        log.append([seen.write_weights[0], seen.erase[0], seen.write_vectors[0]])
    writes, erase, vectors = (np.stack([part.numpy() for part in parts]) for parts in zip(*log, strict=True))
    for head in range(model.config.read_heads):
        parts = matrix.contributions(state.read_weights[0, head].numpy(), writes, erase, vectors, initial)
        np.testing.assert_allclose(parts.sum(0), state.read_vectors[0, head].numpy(), atol=1e-10, rtol=0)
        assert abs(ledger.shares(parts).sum() - 1) <= 1e-10


@every_option
def test_recorded_tensors_and_configuration_round_trip(options: dict[str, Any]) -> None:
    """Frames hold what they promise, and a configuration that went through JSON builds the same parameters."""
    model = built(options)
    assert_log_is_what_was_promised(model, sequence())
    assert_json_builds_it_again("ntm", model)


@every_option
def test_every_parameter_is_trained_and_weights_are_all_that_a_run_needs(options: dict[str, Any]) -> None:
    """A finite gradient reaches each parameter; a model of another seed with the saved weights gives the same outputs."""
    model, x = built(options), sequence()
    assert_every_parameter_is_trained(model, x)
    other = built(options, seed=99)
    other.load_state_dict(load(save({name: tensor.contiguous() for name, tensor in model.state_dict().items()})))
    with torch.no_grad():
        assert torch.equal(model(x), other(x))


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["controller.bias_hh", "controller.bias_ih", "controller.weight_hh", "controller.weight_ih"]),
        (
            {"controller_layers": 2},
            [f"controller.{n}.{part}_{side}" for n in (0, 1) for part in ("bias", "weight") for side in ("hh", "ih")],
        ),
        ({"controller_kind": "feedforward"}, ["controller.0.bias", "controller.0.weight"]),
    ],
)
@pytest.mark.parametrize("name", ["ntm", "dnc"])
def test_parameter_names_of_the_controllers_are_pinned(name: str, options: dict[str, Any], names: list[str]) -> None:
    """Renaming a parameter would orphan every checkpoint that has it."""
    found = paradigms.build(name, SIZES | options).state_dict()
    assert sorted(key for key in found if key.startswith("controller.")) == names


@pytest.mark.parametrize(
    ("memory", "saved", "trained"), [("constant", False, False), ("random", True, False), ("learned", True, True)]
)
def test_what_a_memory_starts_with(memory: Any, saved: bool, trained: bool) -> None:
    """1e-6 and not saved; drawn by the seed and saved; drawn by the seed, saved and trained."""
    model, twin, other = (built({"initial_memory": memory}, seed=seed) for seed in (0, 0, 1))
    assert ("initial_memory" in model.state_dict()) == saved
    assert ("initial_memory" in dict(model.named_parameters())) == trained
    assert torch.equal(model.initial_memory, twin.initial_memory)
    assert torch.equal(model.initial_memory, other.initial_memory) == (memory == "constant")
    if memory == "constant":
        torch.testing.assert_close(model.initial_memory, torch.full_like(model.initial_memory, 1e-6))


@pytest.mark.parametrize(("weighting", "trained"), [("focused", True), ("learned", True), ("random", False)])
def test_what_the_weightings_start_with(weighting: Any, trained: bool) -> None:
    """All of them are saved; the fixed ones are no parameters."""
    model = built({"initial_weighting": weighting})
    assert "initial_weights" in model.state_dict()
    assert ("initial_weights" in dict(model.named_parameters())) == trained
    torch.testing.assert_close(
        model.initial_state(1).read_weights[0], torch.softmax(model.initial_weights[1:], -1), atol=1e-15, rtol=0
    )


@pytest.mark.parametrize("heads", [1, 2, 4, 5])
def test_heads_of_one_kind_start_apart(heads: int) -> None:
    """Focused heads start on slots of their own, a read head where the write head of its number does, the first on slot 0."""
    state = built({"write_heads": heads, "read_heads": heads}).initial_state(1)
    starts = state.write_weights[0].argmax(-1).tolist()
    assert starts[0] == 0
    assert len(set(starts)) == heads
    assert state.read_weights[0].argmax(-1).tolist() == starts


@torch.no_grad()
def test_a_constant_memory_with_uniform_weightings_stays_alike_in_every_slot() -> None:
    """Why that pair is refused: whatever the controller says, no step tells one slot from another; focused ones do."""
    x = sequence(seed=8) * 3
    model = built({"initial_memory": "constant", "initial_weighting": "random", "write_heads": 2}, scale=8)
    for logits, alike in ((torch.zeros_like(model.initial_weights), True), (model.initial_weights.clone(), False)):
        model.initial_weights.copy_(logits)
        state = model.initial_state(B)
        for step_input in x.unbind(1):
            state = model.step(step_input, state).state
        spread = (state.memory - state.memory[:, :1]).abs().max()
        assert (spread < 1e-12) == alike
        assert (state.memory.abs().max() > 0.1).item()


def test_the_gate_bias_is_that_of_the_interpolation_gates_and_of_nothing_else() -> None:
    """With a bias of −2 the heads keep their places: g = σ(−2) where the interface says nothing."""
    options = {"write_heads": 2, "read_heads": 3}
    plain, biased = (built(options | extra, scale=0) for extra in ({}, {"gate_bias": -2.0}))
    assert int((plain.interface.bias != biased.interface.bias).sum()) == 5
    with torch.no_grad():
        seen = biased.step(sequence()[:, 0], biased.initial_state(B)).seen
    wanted = torch.sigmoid(torch.tensor(-2.0, dtype=torch.float64))
    for heads in (seen.write, seen.read):
        torch.testing.assert_close(heads.interpolation_gates, wanted.expand_as(heads.interpolation_gates))


@torch.no_grad()
def test_a_feed_forward_controller_knows_the_past_by_its_reads_alone() -> None:
    """It has no state: with other weightings and memory but the same reads it asks the same of its heads."""
    model, x = built({"controller_kind": "feedforward"}), sequence()
    first = model.initial_state(B)
    later = model.step(x[:, 0], first).state
    assert later.hidden.shape == later.cell.shape == (B, 0)
    asked = [model.step(x[:, 1], state).seen for state in (first, later._replace(read_vectors=first.read_vectors))]
    assert torch.equal(asked[0].write.keys, asked[1].write.keys)
    assert not torch.equal(asked[0].write_weights, asked[1].write_weights)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"initial_memory": "constant", "initial_weighting": "uniform"}, "never break this symmetry"),
        ({"shifts": 2}, "odd number of at most slots = 11 .*got 2; take 1, 3 or 5"),
        ({"shifts": 13}, "odd number of at most slots = 11"),
        ({"slots": 0}, "slots must be a whole number of at least 1, got 0"),
        ({"controller_layers": 0}, "controller_layers must be a whole number"),
        ({"write_heads": 1.5}, "write_heads must be a whole number of at least 1, got 1.5"),
        ({"controller_kind": "gru"}, "controller_kind must be one of lstm, feedforward, got 'gru'"),
        ({"initial_memory": "zeros"}, "initial_memory must be one of constant, random, learned"),
        ({"initial_weighting": "flat"}, "initial_weighting must be one of focused, learned, random, uniform"),
    ],
)
def test_a_configuration_of_which_no_ntm_can_be_built_is_refused(options: dict[str, Any], said: str) -> None:
    """The message says what was wanted, what came and what to do."""
    with pytest.raises(ValueError, match=said):
        NTMConfig(**SIZES | options)


@pytest.mark.parametrize("uniform_with", ["random", "learned"])
def test_uniform_weightings_are_fine_where_the_memory_sets_slots_apart(uniform_with: Any) -> None:
    """The refusal is of the pair only."""
    weights = built({"initial_memory": uniform_with, "initial_weighting": "uniform"}).initial_state(1).read_weights
    torch.testing.assert_close(weights, torch.full_like(weights, 1 / SIZES["slots"]))


@pytest.mark.parametrize("heads", [1, 4, 5])
def test_gradients_through_all_four_stages_of_addressing_are_right(heads: int) -> None:
    """Finite differences through content, interpolation, shift and sharpening for several heads and five shifts."""
    generator = torch.Generator().manual_seed(heads)
    draw = lambda *shape: torch.randn(*shape, dtype=torch.float64, generator=generator)  # noqa: E731

    def address(memory: torch.Tensor, keys: torch.Tensor, raw: torch.Tensor, shifts: torch.Tensor) -> torch.Tensor:
        content = addressing.content_weighting(memory, keys, torch.nn.functional.softplus(raw[0]))
        previous = torch.softmax(memory.sum(-1), -1).unsqueeze(1).expand(-1, heads, -1)
        gated = addressing.interpolate(content, previous, torch.sigmoid(raw[1]))
        return addressing.sharpen(
            addressing.circular_shift(gated, torch.softmax(shifts, -1)), addressing.oneplus(raw[2])
        )

    inputs = (draw(1, 6, 3), draw(1, heads, 3), draw(3, 1, heads), draw(1, heads, 5))
    assert torch.autograd.gradcheck(address, tuple(part.requires_grad_() for part in inputs))


def test_a_recording_of_several_heads_and_five_shifts_verifies(tmp_path: Path) -> None:
    """Recorded as float32 over two keyframes, the log explains its keyframes and its own ledger."""
    torch.manual_seed(0)
    options = {"write_heads": 4, "read_heads": 4, "shifts": 5, "controller_layers": 2, "initial_memory": "constant"}
    model = NTM(NTMConfig(**SIZES | {"inputs": 9, "outputs": 8} | options))
    with verified_recording("ntm", model, tmp_path) as recording:
        assert recording["ntm"].array("read_shifts").shape == (81, 4, 5)
        for head in range(4):
            assert abs(recording["ntm"].shares(80, head).sum() - 1) < 1e-3
