"""Training learns, keeps its best checkpoint, and what it writes loads again; damaged checkpoints are refused by name."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from mnemoscope.checkpoints import snapshots
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.errors import CheckpointError, TrainingError, UnknownModel
from mnemoscope.models import registry as paradigms
from mnemoscope.training import loop as train
from mnemoscope.training import recipes, unrolled
from mnemoscope.training import seeds as train_seeds


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small NTM after a few updates, in a checkpoint folder of its own."""
    recipe = replace(recipes.recipe("copy", "ntm"), config={"slots": 8, "width": 6, "controller": 12}, check_every=4)
    monkeypatch.setitem(recipes.RECIPES, ("copy", "ntm"), recipe)
    monkeypatch.setenv("MNEMOSCOPE_CHECKPOINTS", str(tmp_path))
    train.train("copy", "ntm", out=tmp_path / "ntm-mine", updates=8, seed=3)
    return tmp_path / "ntm-mine"


def test_a_checkpoint_is_found_loaded_and_described(trained: Path) -> None:
    """Weights, configuration and card belong together; the card alone lists the model."""
    loaded = checkpoints.load("ntm-mine")
    assert loaded.paradigm == "ntm"
    assert not loaded.model.training
    assert loaded.card["parameters"] == loaded.model.parameter_count()
    assert loaded.card["curve"][-1][0] in (4, 8)
    card = next(card for card in checkpoints.cards() if card["name"] == "ntm-mine")
    assert card["task"] == "copy"
    assert card["command"] == "mnemoscope train copy --model ntm --seed 3"


def test_the_same_seed_trains_the_same_weights(trained: Path, tmp_path: Path) -> None:
    """A card's command reproduces its checkpoint."""
    train.train("copy", "ntm", out=tmp_path / "again", updates=8, seed=3)
    first, second = (load_file(folder / checkpoints.WEIGHTS) for folder in (trained, tmp_path / "again"))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_run_before_does_not_change_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals are drawn from a pool; each training has its own, so that a card's command reproduces its checkpoint."""
    recipe = replace(recipes.recipe("signal-recall", "lstm"), config={"hidden": 6}, batch=3, check_every=3)
    monkeypatch.setitem(recipes.RECIPES, ("signal-recall", "lstm"), recipe)
    for name in ("first", "second"):
        train.train("signal-recall", "lstm", out=tmp_path / name, updates=3, seed=5)
    first, second = (load_file(tmp_path / name / checkpoints.WEIGHTS) for name in ("first", "second"))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_damaged_checkpoints_are_refused_by_name(trained: Path) -> None:
    """NaN weights, a wrong shape, a pickle in disguise and a broken card each get their own sentence."""
    weights = load_file(trained / checkpoints.WEIGHTS)
    save_file({**weights, "interface.bias": weights["interface.bias"] * float("nan")}, trained / checkpoints.WEIGHTS)
    with pytest.raises(CheckpointError, match="NaN or infinite weights in interface"):
        checkpoints.load("ntm-mine")
    save_file({**weights, "interface.bias": torch.zeros(3)}, trained / checkpoints.WEIGHTS)
    with pytest.raises(CheckpointError, match="do not load"):
        checkpoints.load("ntm-mine")
    (trained / checkpoints.WEIGHTS).write_bytes(b"\x80\x04\x95pickle")
    with pytest.raises(CheckpointError, match="do not load"):
        checkpoints.load("ntm-mine")
    (trained / checkpoints.CARD).write_text("{")
    with pytest.raises(CheckpointError, match=r"card\.json"):
        checkpoints.read_card(trained)


@pytest.mark.parametrize("name", ["../ntm-mine", "nothing", "", "ntm-mine/../ntm-mine"])
def test_only_listed_names_are_found(trained: Path, name: str) -> None:
    """A name from a request is compared, never joined to a path."""
    with pytest.raises(UnknownModel, match="no checkpoint"):
        checkpoints.find(name)


def test_training_without_a_recipe_says_which_there_are() -> None:
    """The error lists the commands that work."""
    with pytest.raises(TrainingError, match="copy --model ntm"):
        train.train("ngrams", "gru")


def test_graves_rmsprop_equals_its_equations() -> None:
    """Graves 2013, eq. 40-43, element by element over three updates."""
    p = torch.nn.Parameter(torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64))
    optimizer = train.GravesRMSProp([p], lr=1e-2)
    n = g = delta = np.zeros(3)
    expected = p.detach().numpy().copy()
    for update in range(3):
        p.grad = torch.tensor([0.5, -1.0, 2.0 * update], dtype=torch.float64)
        gradient = p.grad.numpy()
        n, g = 0.95 * n + 0.05 * gradient**2, 0.95 * g + 0.05 * gradient
        delta = 0.9 * delta - 1e-2 * gradient / np.sqrt(n - g**2 + 1e-4)
        expected = expected + delta
        optimizer.step()
    np.testing.assert_allclose(p.detach().numpy(), expected, atol=1e-15)


def test_the_loss_counts_scored_steps_only() -> None:
    """Padding and unscored steps do not move the model; the summed form is per sequence."""
    outputs, targets, mask = (
        torch.randn(2, 5, 3),
        torch.zeros(2, 5, 3),
        torch.tensor([[0, 1, 1, 0, 0], [0, 0, 1, 0, 0]]).float(),
    )
    expected = sum(float(outputs[b, t].square().sum()) for b, t in ((0, 1), (0, 2), (1, 2)))
    assert train.loss_of(outputs, targets, mask, binary=False, summed=True) == pytest.approx(expected / 2)
    assert train.loss_of(outputs, targets, mask, binary=False, summed=False) == pytest.approx(expected / 9)


def test_the_rate_warms_up_and_decays() -> None:
    """Linear up, cosine down to the share that is left."""
    recipe = recipes.Recipe(lr=1.0, updates=100, warm_up=10, decay=0.1)
    assert train.rate(recipe, 0) == pytest.approx(0.1)
    assert train.rate(recipe, 10) == pytest.approx(1.0)
    assert train.rate(recipe, 100) == pytest.approx(0.1)


def test_a_small_lstm_learns_short_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop learns: the loss of a few hundred updates falls well below chance (ln 2)."""
    recipe = replace(
        recipes.recipe("copy", "lstm"), config={"hidden": 48}, batch=32, lr=5e-3, updates=150, check_every=50
    )
    monkeypatch.setitem(recipes.RECIPES, ("copy", "lstm"), recipe)
    monkeypatch.setattr("mnemoscope.tasks.Copy.batch", lambda self, rng, count, **_: self.fixed(rng, count, 1))
    curve = train.train("copy", "lstm", seed=0)["curve"]
    assert curve[-1][1] < 0.2
    assert json.dumps(curve)


def test_snapshots_along_a_training_can_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights are set aside from the first moment to the checkpoint's own update, and run again."""
    recipe = replace(
        recipes.recipe("copy", "lstm"), config={"hidden": 8}, batch=2, updates=64, check_every=32, snapshots=True
    )
    monkeypatch.setitem(recipes.RECIPES, ("copy", "lstm"), recipe)
    monkeypatch.setenv("MNEMOSCOPE_CHECKPOINTS", str(tmp_path))
    card = train.train("copy", "lstm", out=tmp_path / "lstm-mine", seed=1)
    updates = checkpoints.snapshot_updates("lstm-mine")
    assert updates[0] == 0
    assert updates[1] == 1
    assert updates[-1] == card["updates"]
    assert len(updates) >= 8
    last, kept = checkpoints.load(f"lstm-mine@{updates[-1]}"), checkpoints.load("lstm-mine")
    assert last.name == f"lstm-mine@{updates[-1]}"
    for name, tensor in kept.model.state_dict().items():
        torch.testing.assert_close(last.model.state_dict()[name], tensor, rtol=1e-3, atol=1e-6)
    first = checkpoints.load("lstm-mine@0").model.state_dict()
    assert any((first[name] - tensor).abs().max() > 1e-3 for name, tensor in kept.model.state_dict().items())
    with pytest.raises(UnknownModel, match="lstm-mine has no snapshot '7'; it has: 0, 1, 2"):
        checkpoints.load("lstm-mine@7")
    (tmp_path / "lstm-mine" / checkpoints.SNAPSHOTS).write_bytes(b"broken")
    with pytest.raises(CheckpointError, match="snapshots"):
        checkpoints.load("lstm-mine@0")


def test_snapshots_keep_every_number_within_a_127th_of_its_row() -> None:
    """8 bits and a scale a row; small tensors, rows of zeros and of tiny numbers lose next to nothing."""
    weights = {"w": torch.randn(40, 30, 2) * torch.logspace(-9, 3, 40).view(-1, 1, 1), "b": torch.randn(40)}
    weights["w"][7] = 0
    kept = snapshots.packed(weights)
    assert sum(tensor.nbytes for tensor in kept.values()) < 0.3 * sum(tensor.nbytes for tensor in weights.values())
    back = snapshots.unpacked(kept)
    most = weights["w"].flatten(1).abs().amax(1)
    error = (back["w"] - weights["w"]).flatten(1).abs().amax(1)
    assert (error <= most * 0.006 + 4e-5).all()
    torch.testing.assert_close(back["b"], weights["b"], rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(snapshots.unpacked({"w": weights["w"].half()})["w"], weights["w"].half().float())


def test_of_many_large_moments_as_many_are_kept_as_are_small_together() -> None:
    """Never fewer than eight, always the first and the last."""
    updates = [0, 1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 65, 80, 100]
    assert snapshots.thinned(updates, 10_000) == updates
    few = snapshots.thinned(updates, 5_000_000)
    assert len(few) == 8
    assert (few[0], few[-1]) == (0, 100)


def test_an_unrolled_training_path_equals_the_fold_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and padding change nothing: outputs and gradients of a length that is no multiple of a block."""
    monkeypatch.setattr(torch, "compile", lambda block, dynamic: block)  # what torch compiles is torch's to test
    model = paradigms.build("ntm", {"inputs": 3, "outputs": 2, "slots": 6, "width": 4, "controller": 5}).double()
    inputs = torch.randn(2, 11, 3, dtype=torch.float64)

    def gradients_of(path: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, torch.Tensor]:
        model.zero_grad()
        path(inputs).square().sum().backward()
        return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}

    expected, gradients = gradients_of(model), gradients_of(unrolled.Unrolled(model))
    assert expected.keys() == gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, expected[name], rtol=0, atol=1e-12)
    assert not paradigms.build("lstm", {"inputs": 3, "outputs": 2}).trains_by_steps


def test_of_several_seeds_the_best_is_kept_and_all_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kept weights are those of the lowest validation score; the card has every seed's figures; other tasks are refused."""
    recipe = replace(
        recipes.recipe("associative-recall", "lstm"), config={"hidden": 8}, batch=2, updates=4, check_every=2
    )
    monkeypatch.setitem(recipes.RECIPES, ("associative-recall", "lstm"), recipe)
    card = train_seeds.several("associative-recall", "lstm", [0, 1, 2], out=tmp_path / "kept", progress=lambda *_: None)
    assert [run["seed"] for run in card["seeds"]] == [0, 1, 2]
    assert card["validation"] == min(run["validation"] for run in card["seeds"])
    assert {run["conditions"]["2 items"] for run in card["seeds"]} != {0.0}
    kept = load_file(tmp_path / "kept" / checkpoints.WEIGHTS)
    best = load_file(tmp_path / f"kept-seed{card['seed']}" / checkpoints.WEIGHTS)
    assert all(torch.equal(kept[name], best[name]) for name in kept)
    other = tmp_path / "other"
    monkeypatch.setitem(recipes.RECIPES, ("copy", "lstm"), recipe)
    train.train("copy", "lstm", out=other)
    with pytest.raises(TrainingError, match="one task and model"):
        train_seeds.best_of([tmp_path / "kept", other], tmp_path / "x")
