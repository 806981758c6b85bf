"""The order of slots: sinusoidal, rotary and ALiBi against the papers written out, and the Transformer that uses them."""

import numpy as np
import pytest
import torch

from mnemoscope.models import registry as paradigms
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.transformer import Transformer, TransformerConfig
from tests.oracles.attention_oracles import (
    check_ledger,
    fold,
    linear,
    logged,
    norm,
    pre_norm_layer,
    rows_of,
    sinusoid,
    torch_weights,
    turned,
)

B, T, INPUTS, OUTPUTS = 2, 13, 5, 3
KINDS = ("sinusoidal", "rotary", "alibi")


def small(kind: str) -> Transformer:
    torch.manual_seed(0)
    config = TransformerConfig(INPUTS, OUTPUTS, width=24, layers=3, heads=4, feedforward=17, positions=kind)  # type: ignore[arg-type]
    return Transformer(config).double().eval()


def sequence(steps: int = T) -> torch.Tensor:
    return torch.randn(B, steps, INPUTS, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def test_sinusoids_are_those_of_the_paper() -> None:
    places = torch.tensor([0, 1, 7, 1000])
    ours = positions.sinusoidal(places, 10, 10000.0, torch.float64).numpy()
    np.testing.assert_allclose(ours, [sinusoid(float(t), 10) for t in places], atol=1e-12)


def test_rotation_is_the_block_diagonal_matrix_of_the_paper() -> None:
    """Every pair of neighbours turns by its own angle; lengths stay."""
    x = np.random.default_rng(0).standard_normal((4, 6))
    places = [0.0, 1.0, 5.0, 700.0]
    by = positions.rotation(torch.tensor(places), 6, 10000.0, torch.float64)
    ours = positions.rotate(torch.from_numpy(x), by).numpy()
    np.testing.assert_allclose(ours, [turned(v, t) for v, t in zip(x, places, strict=True)], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), np.linalg.norm(x, axis=1), atol=1e-12)


def test_rotated_scores_depend_on_the_distance_only() -> None:
    q, k = torch.randn(2, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(2))

    def score(t: int, s: int) -> float:
        turn = positions.rotation(torch.tensor([t, s]), 8, 10000.0, torch.float64)
        a, b = positions.rotate(torch.stack((q, k)), turn)
        return float(a @ b)

    assert score(5, 2) == pytest.approx(score(105, 102), abs=1e-12)
    assert abs(score(5, 2) - score(5, 3)) > 1e-3


def test_slopes_are_those_of_the_paper() -> None:
    """8 heads: 1/2 … 1/256 (ALiBi section 3); the bias falls with the distance."""
    assert positions.slopes(8) == [2.0**-h for h in range(1, 9)]
    steps = torch.arange(4)
    bias = positions.distance_bias(steps[2:], steps, 2, torch.float64)
    assert bias.tolist() == [[[-m * abs(t - s) for s in range(4)] for t in (2, 3)] for m in (2**-4, 2**-8)]


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_transformer_equals_naive_loops(kind: str) -> None:
    """All layers, heads, steps and slots by loops."""
    model, x = small(kind), sequence()
    for member in range(B):
        hidden = linear(model.embed, x[member].numpy())
        if kind == "sinusoidal":
            hidden = hidden + [sinusoid(t, 24) for t in range(T)]
        for layer in model.layers:
            hidden = pre_norm_layer(layer, hidden, kind=kind)
        expected = linear(model.readout, norm(model.norm, hidden))
        np.testing.assert_allclose(model(x)[member].numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_forward_is_the_fold_of_step(kind: str) -> None:
    model, x = small(kind), sequence(40)
    torch.testing.assert_close(model(x), fold(model, x)[0], atol=1e-12, rtol=0)


@torch.no_grad()
def test_only_sinusoidal_positions_know_where_a_sequence_begins() -> None:
    """`first` shifts all positions: RoPE and ALiBi see distances and do not notice."""
    x = sequence()
    for kind in ("rotary", "alibi"):
        torch.testing.assert_close(small(kind)(x, first=900), small(kind)(x), atol=1e-12, rtol=0)
    assert (small("sinusoidal")(x, first=900) - small("sinusoidal")(x)).abs().max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_the_log_gives_the_ledger_of_every_head(kind: str) -> None:
    """Rows recomputed from queries, keys and slopes alone give exactly what was read."""
    model, x = small(kind), sequence()
    log = logged(model, fold(model, x)[1], member=1)
    assert check_ledger(model, log) == 3 * 4 * T
    assert all((bank.bias_slopes is not None) == (kind == "alibi") for bank in model.banks())


@pytest.mark.parametrize("kind", ["sinusoidal", "alibi"])
@torch.no_grad()
def test_rows_of_the_log_are_those_that_torch_reports(kind: str) -> None:
    """nn.MultiheadAttention(need_weights=True) on the same features, head by head."""
    model, x = small(kind), sequence()
    log = logged(model, fold(model, x)[1])
    layer = model.layers[0]
    hidden = model.embed(x[:1]) + (model.positions(0, T) if kind == "sinusoidal" else 0.0)
    theirs = torch.nn.MultiheadAttention(24, 4, batch_first=True, dtype=torch.float64)
    theirs.load_state_dict(torch_weights({"in_proj": layer.interface, "out_proj": layer.out}))  # type: ignore[dict-item]
    distance = torch.arange(T)[:, None] - torch.arange(T)
    slopes = torch.tensor(positions.slopes(4), dtype=torch.float64) * (kind == "alibi")
    mask = (-slopes[:, None, None] * distance).masked_fill(distance < 0, -torch.inf)
    features = layer.norm1(hidden)  # type: ignore[operator]
    _, weights = theirs(features, features, features, attn_mask=mask, average_attn_weights=False)
    np.testing.assert_allclose(rows_of(model, log, "layer0"), weights[0].transpose(0, 1).numpy(), atol=1e-12)


def test_every_kind_has_the_same_parameters() -> None:
    """Positions are mathematics, not weights: a checkpoint without the option loads as it always did."""
    names = [list(small(kind).state_dict()) for kind in KINDS]
    assert names[0] == names[1] == names[2]
    old = paradigms.build("transformer", {"inputs": 9, "outputs": 8, "width": 64, "layers": 2, "heads": 4})
    assert paradigms.configuration(old)["positions"] == "sinusoidal"


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_reach_every_parameter(kind: str) -> None:
    model = small(kind)
    model(sequence()).square().mean().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, name


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"positions": "rope"}, "positions must be one of sinusoidal, rotary, alibi, got 'rope'"),
        ({"width": 10, "heads": 4}, "width must be a multiple of heads, got width=10, heads=4"),
        ({"width": 12, "heads": 4, "positions": "rotary"}, "width / heads must be even, got 12 / 4 = 3"),
        ({"width": 9, "heads": 3}, "width must be even, got width=9"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Transformer(TransformerConfig(1, 1, **settings))
