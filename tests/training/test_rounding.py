"""Weights are trained in float32 and kept rounded: what is written, judged and carried by pages are the same numbers."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.names import with_seeds
from mnemoscope.measuring import evaluate
from mnemoscope.models import registry
from mnemoscope.training import loop, recipes, rounding
from mnemoscope.training.fitting.fit import fit

KEPT_BELOW = -(1 << (23 - rounding.MANTISSA_BITS))
"""Ones where a rounded float32 may have bits."""


def is_rounded(weights: dict[str, torch.Tensor]) -> bool:
    return all(bool((tensor.view(torch.int32) & ~KEPT_BELOW == 0).all()) for tensor in weights.values())


def test_a_weight_goes_to_the_nearest_that_is_kept_and_a_half_to_the_even_one() -> None:
    net = registry.build("lstm", {"inputs": 1, "outputs": 1, "hidden": 1})
    step = 2.0**-rounding.MANTISSA_BITS
    given = [1 + 0.4 * step, 1 + 0.5 * step, 1 + 1.5 * step, -(2 - 0.2 * step), 2.0**-120, 0.0, 7.0, 1 / 3]
    wanted = [1, 1, 1 + 2 * step, -2, 2.0**-120, 0, 7, round(4 / 3 / step) * step / 4]
    weight = next(tensor for tensor in net.parameters() if tensor.numel() >= 4)
    for pair in zip(given, wanted, strict=True):
        with torch.no_grad():
            weight.fill_(pair[0])
        kept = rounding.rounded(net)
        found = next(tensor for tensor in kept.parameters() if tensor.numel() >= 4)
        torch.testing.assert_close(found, torch.full_like(found, pair[1]), rtol=0, atol=0)
        assert float(weight.detach().flatten()[0]) == pytest.approx(pair[0], rel=1e-6), "the model itself stays"


def test_what_was_rounded_stays_as_it_is() -> None:
    net = registry.build("dnc", {"inputs": 2, "outputs": 1, "slots": 4, "width": 3, "controller": 5, "read_heads": 1})
    once = rounding.rounded(net)
    twice = rounding.rounded(once)
    assert not is_rounded(dict(net.state_dict()))
    assert is_rounded(dict(once.state_dict()))
    assert all(torch.equal(twice.state_dict()[name], tensor) for name, tensor in once.state_dict().items())
    assert not once.training


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = replace(recipes.recipe("signal-recall", "lstm"), config={"hidden": 6}, batch=3, check_every=2)
    monkeypatch.setitem(recipes.RECIPES, ("signal-recall", "lstm"), recipe)


def test_what_a_training_keeps_is_rounded_and_its_card_is_about_that(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[bool] = []
    validation = evaluate.validation_score

    def watched(model, *args, **options):
        judged.append(is_rounded(dict(model.state_dict())))
        return validation(model, *args, **options)

    monkeypatch.setattr(evaluate, "validation_score", watched)
    card = loop.train("signal-recall", "lstm", out=tmp_path / "lstm-mine", updates=4, seed=5)
    loaded = store.load(tmp_path / "lstm-mine")
    assert is_rounded(load_file(tmp_path / "lstm-mine" / store.WEIGHTS))
    assert judged
    assert all(judged)
    assert loaded.card["mantissa_bits"] == rounding.MANTISSA_BITS == card["mantissa_bits"]
    assert loaded.card["metrics"] == evaluate.headline(loaded.model, tasks.get("signal-recall"))


def test_a_training_goes_on_in_full(tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks more often change nothing of the weights that come out."""
    for name, every in (("often", 1), ("once", 4)):
        recipe = replace(recipes.RECIPES["signal-recall", "lstm"], check_every=every)
        monkeypatch.setitem(recipes.RECIPES, ("signal-recall", "lstm"), recipe)
        monkeypatch.setattr(evaluate, "validation_score", lambda *args, **options: 0.0)  # the last is kept
        loop.train("signal-recall", "lstm", out=tmp_path / name, updates=4, seed=5)
    often, once = (load_file(tmp_path / name / store.WEIGHTS) for name in ("often", "once"))
    assert all(torch.equal(often[name], once[name]) for name in once)


def test_what_a_fit_keeps_is_rounded(tmp_path: Path) -> None:
    wave = torch.sin(torch.arange(900) / 5).numpy()
    fitted = fit(wave, "lstm", updates=2, out=tmp_path / "mine")
    assert is_rounded(load_file(tmp_path / "mine" / store.WEIGHTS))
    assert fitted.model.card["mantissa_bits"] == rounding.MANTISSA_BITS


def test_a_checkpoint_is_rounded_where_it_lies(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its card says so and has the figure of the weights that it has then; what else stands in it stays."""
    monkeypatch.setenv("MNEMOSCOPE_CHECKPOINTS", str(tmp_path))
    loop.train("signal-recall", "lstm", out=tmp_path / "lstm-mine", updates=2, seed=5)
    before = store.read_card(tmp_path / "lstm-mine")
    weights = load_file(tmp_path / "lstm-mine" / store.WEIGHTS)
    save_file({name: tensor * 1.01 for name, tensor in weights.items()}, tmp_path / "lstm-mine" / store.WEIGHTS)
    rounding.main(["lstm-mine"])
    after = store.load("lstm-mine")
    assert is_rounded(dict(after.model.state_dict()))
    assert after.card["metrics"] == evaluate.headline(after.model, tasks.get("signal-recall"))
    assert {key: after.card[key] for key in before if key != "metrics"} == {
        key: before[key] for key in before if key != "metrics"
    }
    assert "lstm-mine: " in capsys.readouterr().out


def test_a_card_says_whether_its_weights_are_rounded() -> None:
    """The four models of signal-recall that the stage opens with are, with all their seeds."""
    said = set[str]()
    for name in with_seeds(store.names()):
        bits = store.read_card(store.find(name)).get("mantissa_bits")
        if bits is not None:
            said.add(name)
            assert is_rounded(load_file(store.find(name) / store.WEIGHTS)), name
    four = [f"{model}-signal-recall" for model in ("lstm", "transformer", "ntm", "dnc")]
    assert set(with_seeds(four)) <= said
