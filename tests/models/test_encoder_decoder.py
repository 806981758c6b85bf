"""Encoder-decoder over time: two phases, a frozen memory to read from and a growing one to write to."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.models.attention.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from mnemoscope.reading import verify
from mnemoscope.reading.recording import Recording
from mnemoscope.running import record
from tests.oracles.attention_oracles import (
    attention,
    check_ledger,
    fold,
    gelu,
    linear,
    logged,
    norm,
    pre_norm_layer,
    rows_of,
    self_attention,
    sinusoid,
    torch_weights,
)

INPUTS, OUTPUTS, CUE, D, HEADS, LAYERS = 5, 3, 3, 24, 4, 2
T = 14
BOUNDARIES = (5, 1, 9, 0, T)
"""Where the cue comes in each sequence of a batch: at 0 there is no source, at T it never comes."""
KINDS = ("sinusoidal", "rotary", "alibi")


def small(kind: str = "sinusoidal", *, bidirectional: bool = False, seed: int = 0) -> EncoderDecoder:
    torch.manual_seed(seed)
    config = EncoderDecoderConfig(
        INPUTS, OUTPUTS, CUE, width=D, layers=LAYERS, heads=HEADS, feedforward=17, positions=kind, bidirectional=bidirectional  # type: ignore[arg-type]
    )  # fmt: skip
    return EncoderDecoder(config).double().eval()


def sequences(seed: int = 1) -> torch.Tensor:
    """One sequence a boundary; the cue comes again two steps later, which must mean nothing."""
    x = torch.randn(len(BOUNDARIES), T, INPUTS, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    x[:, :, CUE] = 0
    for member, boundary in enumerate(BOUNDARIES):
        x[member, boundary : boundary + 1, CUE] = 1
        x[member, boundary + 2 : boundary + 3, CUE] = 1
    return x


def naive(model: EncoderDecoder, x: np.ndarray, boundary: int) -> np.ndarray:
    """One sequence by loops: source and target apart, each counted from 0, as the paper has it -> [T, O]."""
    c = model.config
    kind = c.positions
    out = np.zeros((len(x), c.outputs))
    source, target = (linear(model.embed, part) for part in (x[:boundary], x[boundary:]))
    if kind == "sinusoidal":
        source, target = (h + np.reshape([sinusoid(t, D) for t in range(len(h))], h.shape) for h in (source, target))
    if boundary:
        for layer in model.encoder:
            source = pre_norm_layer(layer, source, kind=kind, causal=not c.bidirectional)
        source = norm(model.encoder_norm, source)
    for layer in model.decoder if len(target) else ():
        layer_: Any = layer
        target = target + linear(layer_.out, self_attention(layer_, norm(layer_.norm1, target), kind=kind))
        read = np.zeros_like(target)
        if boundary:
            k, v = np.split(linear(layer_.cross_store, source), 2, axis=1)
            q = linear(layer_.cross_query, norm(layer_.cross_norm, target))
            cross_kind = "rotary" if kind == "rotary" else "none"
            read = attention(q, k, v, HEADS, kind=cross_kind, may_read=lambda t, s: True)
        target = target + linear(layer_.cross_out, read)
        target = target + linear(layer_.down, gelu(linear(layer_.up, norm(layer_.norm2, target))))
    if len(target):
        out[boundary:] = linear(model.readout, norm(model.norm, target))
    return out


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_equals_naive_loops_over_source_and_target(kind: str, bidirectional: bool) -> None:
    """A batch of sequences with boundaries of their own equals each of them by loops, a target without a source too."""
    model, x = small(kind, bidirectional=bidirectional), sequences()
    expected = [naive(model, one.numpy(), boundary) for one, boundary in zip(x, BOUNDARIES, strict=True)]
    np.testing.assert_allclose(model(x).numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_forward_is_the_fold_of_step(kind: str, bidirectional: bool) -> None:
    model, x = small(kind, bidirectional=bidirectional), sequences()
    torch.testing.assert_close(model(x), fold(model, x)[0], atol=1e-12, rtol=0)
    torch.testing.assert_close(fold(model, x[:1])[0], fold(model, x)[0][:1], atol=1e-12, rtol=0)


def torch_twin(model: EncoderDecoder) -> tuple[nn.Module, nn.Module]:
    """torch's own encoder and decoder layers with our weights."""
    settings: dict[str, Any] = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
    encoder = nn.ModuleList(nn.TransformerEncoderLayer(D, HEADS, 17, **settings) for _ in model.encoder)
    decoder = nn.ModuleList(nn.TransformerDecoderLayer(D, HEADS, 17, **settings) for _ in model.decoder)
    dtype = model.readout.weight.dtype
    for theirs, ours in zip([*encoder, *decoder], [*model.encoder, *model.decoder], strict=True):
        o: Any = ours
        pairs = {"self_attn.in_proj": o.interface, "self_attn.out_proj": o.out, "linear1": o.up, "linear2": o.down, "norm1": o.norm1}  # fmt: skip
        if isinstance(theirs, nn.TransformerDecoderLayer):
            weights = torch_weights(
                pairs | {"norm2": o.cross_norm, "norm3": o.norm2, "multihead_attn.out_proj": o.cross_out}
            )
            for part in ("weight", "bias"):
                joined = torch.cat([getattr(o.cross_query, part), getattr(o.cross_store, part)])
                weights[f"multihead_attn.in_proj_{part}"] = joined.detach()
        else:
            weights = torch_weights(pairs | {"norm2": o.norm2})
        theirs.load_state_dict(weights)
    return encoder.to(dtype).eval(), decoder.to(dtype).eval()


@pytest.mark.parametrize(("dtype", "atol"), [(torch.float64, 1e-12), (torch.float32, 5e-6)])
@pytest.mark.parametrize("bidirectional", [False, True])
@torch.no_grad()
def test_equals_torch_encoder_and_decoder_layers_with_the_same_weights(
    bidirectional: bool, dtype: torch.dtype, atol: float
) -> None:
    model = small(bidirectional=bidirectional).to(dtype)
    encoder, decoder = torch_twin(model)
    x = sequences().to(dtype)
    outputs, stepped = model(x), fold(model, x)[0]
    for member, boundary in enumerate(BOUNDARIES[:3]):
        source, target = (model.embed(part) for part in (x[member, :boundary], x[member, boundary:]))
        source, target = (
            (h + torch.tensor(np.array([sinusoid(t, D) for t in range(len(h))])).to(dtype))[None]
            for h in (source, target)
        )
        causal = [nn.Transformer.generate_square_subsequent_mask(h.shape[1], dtype=dtype) for h in (source, target)]
        for layer in encoder:  # type: ignore[attr-defined]
            source = layer(source, src_mask=None if bidirectional else causal[0])
        for layer in decoder:  # type: ignore[attr-defined]
            target = layer(target, model.encoder_norm(source), tgt_mask=causal[1])
        expected = model.readout(model.norm(target))[0]
        torch.testing.assert_close(outputs[member, boundary:], expected, atol=atol, rtol=0)
        torch.testing.assert_close(stepped[member, boundary:], expected, atol=atol, rtol=0)


@torch.no_grad()
def test_the_phase_switches_once_and_never_back() -> None:
    """Gates of every bank, and silence before the cue; the cue goes and comes again, and that means nothing."""
    model, x = small(), sequences()
    outputs, seen = fold(model, x)
    for member, boundary in enumerate(BOUNDARIES):
        log = logged(model, seen, member)
        encoding = (np.arange(T) < boundary).astype(float)
        answering = (1 - encoding) * (boundary > 0)
        gates = {
            "encoder": (encoding, encoding),
            "decoder": (1 - encoding, 1 - encoding),
            "cross": (encoding, answering),
        }
        for bank in model.banks():
            write, read = gates[bank.name.rstrip("0123456789")]
            np.testing.assert_array_equal(log[bank.name, "write_gate"][:, 0], write)
            np.testing.assert_array_equal(log[bank.name, "read_gate"][:, 0], read)
            for name, gate in (("keys", write), ("values", write), ("queries", read), ("read_vectors", read)):
                used = np.abs(log[bank.name, name]).max((1, 2)) > 0
                np.testing.assert_array_equal(used, gate > 0)  # what is unused is recorded as zeros
        assert not outputs[member, :boundary].any()
        assert outputs[member, boundary:].any() == (boundary < T)


@torch.no_grad()
def test_a_streaming_encoder_never_looks_ahead_and_a_bidirectional_one_does() -> None:
    """What step s writes to the cross bank is the same whatever follows; the bidirectional output moves with any source."""
    model, x = small(), sequences()[:1]
    changed = x.clone()
    changed[:, 4, 0] += 1
    before, after = (logged(model, fold(model, one)[1]) for one in (x, changed))
    for bank in ("encoder0", "encoder1", "cross0", "cross1"):
        for name in ("keys", "values"):
            np.testing.assert_array_equal(before[bank, name][:4], after[bank, name][:4])
            assert np.abs(before[bank, name][4] - after[bank, name][4]).max() > 1e-6
    both = small(bidirectional=True)
    stores = []
    for one in (x, changed):
        state = both.initial_state(1)
        for t in range(6):
            state = both.step(one[:, t], state).state
        stores.append(state.cross[0].keys[0, :, :5])
    assert (stores[0] - stores[1]).abs().amax((0, 2)).min() > 1e-6


@torch.no_grad()
def test_the_source_is_frozen_when_the_answer_begins() -> None:
    """Steps after the boundary change nothing that was written before it, and write nothing to encoder and cross banks."""
    model, x = small(), sequences()[:1]
    state = model.initial_state(1)
    for t in range(5):
        state = model.step(x[:, t], state).state
    at_boundary = state
    for t in range(5, T):
        state = model.step(x[:, t], state).state
    for now, then in zip(state.encoder + state.cross, at_boundary.encoder + at_boundary.cross, strict=True):
        assert torch.equal(now.keys[:, :, :5], then.keys)
        assert torch.equal(now.values[:, :, :5], then.values)
        assert not now.keys[:, :, 5:].any()
    assert state.sources[0].tolist() == [1.0] * 5 + [0.0] * (T - 5)


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_the_log_gives_the_ledger_of_every_head(kind: str) -> None:
    """Encoder, decoder and cross banks: rows from queries, keys and gates alone give exactly what was read."""
    model, x = small(kind), sequences()
    seen = fold(model, x)[1]
    for member, boundary in enumerate(BOUNDARIES):
        read = boundary + (T - boundary) * (
            2 if boundary else 1
        )  # encoder; decoder and, where there is a source, cross
        assert check_ledger(model, logged(model, seen, member)) == LAYERS * HEADS * read
    assert [bank.name for bank in model.banks()] == ["encoder0", "encoder1", "decoder0", "cross0", "decoder1", "cross1"]
    assert all(bank.gated for bank in model.banks())
    biased = {bank.name for bank in model.banks() if bank.bias_slopes}
    assert biased == ({"encoder0", "encoder1", "decoder0", "decoder1"} if kind == "alibi" else set())


@torch.no_grad()
def test_cross_rows_of_the_log_are_those_that_torch_reports() -> None:
    """nn.MultiheadAttention(need_weights=True) of the first decoder layer on its own cross memory."""
    model, x = small(), sequences()[:1]
    log = logged(model, fold(model, x)[1])
    _, decoder = torch_twin(model)
    layer: Any = decoder[0]  # type: ignore[index]
    boundary = BOUNDARIES[0]
    rows = rows_of(model, log, "cross0")[boundary:, :, :boundary]
    hidden = [
        (model.embed(part) + torch.tensor(np.array([sinusoid(t, D) for t in range(len(part))])))[None]
        for part in (x[0, :boundary], x[0, boundary:])
    ]
    source, target = hidden
    for theirs in torch_twin(model)[0]:  # type: ignore[attr-defined]
        source = theirs(source, src_mask=nn.Transformer.generate_square_subsequent_mask(boundary, dtype=torch.float64))
    source = model.encoder_norm(source)
    mask = nn.Transformer.generate_square_subsequent_mask(T - boundary, dtype=torch.float64)
    normed = layer.norm1(target)
    target = target + layer.self_attn(normed, normed, normed, attn_mask=mask)[0]
    weights = layer.multihead_attn(layer.norm2(target), source, source, average_attn_weights=False)[1]
    np.testing.assert_allclose(rows, weights[0].transpose(0, 1).numpy(), atol=1e-12)


def test_a_recording_of_it_is_whole(tmp_path: Path) -> None:
    """From model to file and back in float32: shares of the cross bank sum to 1 and lie on the source."""
    torch.manual_seed(0)
    model = EncoderDecoder(EncoderDecoderConfig(9, 8, cue=8, width=16, layers=1, heads=2, feedforward=16)).eval()
    loaded = LoadedModel("ed", "encoder-decoder", "Encoder-decoder", "tr", "copy", model, {}, "0" * 64)
    path = tmp_path / "ed.mnemo"
    record.record_file(path, tasks.get("copy").episode(length=4), [loaded])
    with Recording.open(path) as recording:
        assert verify.verify(recording)["ok"]
        view = recording["encoder-decoder"]
        shares = view.shares(6, bank="cross0", head=1)
        assert shares.sum() == pytest.approx(1, abs=1e-5)
        assert not shares[5:].any()  # index s + 1: only the steps 0 … 3 before the delimiter are a source
        assert view.shares(6, bank="decoder0", head=0)[:5].tolist() == [0.0] * 5
        assert not view.shares(6, bank="encoder0", head=0).any()


def test_gradients_are_finite_and_reach_every_parameter() -> None:
    """Also with sequences that have no source or no target."""
    for kind in KINDS:
        for bidirectional in (False, True):
            model = small(kind, bidirectional=bidirectional)
            model(sequences()).square().mean().backward()
            for name, parameter in model.named_parameters():
                assert parameter.grad is not None, name
                assert torch.isfinite(parameter.grad).all(), name
                assert parameter.grad.abs().max() > 0, name


@torch.no_grad()
def test_a_bidirectional_encoder_says_that_it_cannot_be_recorded() -> None:
    model = small(bidirectional=True)
    step = model.step(sequences()[:, 0], model.initial_state(len(BOUNDARIES)))
    assert step.seen == ()
    for ask in (model.banks, model.frame_entries, lambda: model.frame(step.seen)):
        with pytest.raises(
            ValueError, match=r"cannot be recorded: its encoder writes all slots at once.*bidirectional=False"
        ):
            ask()


def test_a_cue_that_is_no_feature_is_named() -> None:
    with pytest.raises(ValueError, match=r"cue must be the index of an input feature, 0 … 4, got 5"):
        EncoderDecoder(EncoderDecoderConfig(5, 1, cue=5))
