"""The encoder-decoder as stateless DNCs: every step to the last bit, a read-from memory that is frozen, torch as the judge."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mnemoscope import tasks
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.models import registry as paradigms
from mnemoscope.models.attention import positions
from mnemoscope.models.attention.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from mnemoscope.models.stateless.encoder_decoder import StatelessEncoderDecoder, StatelessEncoderDecoderConfig
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.verify import verify
from mnemoscope.running.record import record_file

B, WRITE, READ, CUE = 2, 9, 7, 4
SIZES = {"inputs": 5, "outputs": 3, "cue": CUE, "width": 24, "layers": 2, "heads": 4, "feedforward": 17}


def pair(
    positions: Any = "sinusoidal", dtype: torch.dtype = torch.float64
) -> tuple[EncoderDecoder, StatelessEncoderDecoder]:
    """A random encoder-decoder, norms and biases off their neutral start, and what it converts to."""
    torch.manual_seed(21)
    model = EncoderDecoder(EncoderDecoderConfig(**SIZES, positions=positions))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    model = model.to(dtype).eval()
    return model, StatelessEncoderDecoder.from_encoder_decoder(model)


def inputs(dtype: torch.dtype = torch.float64, *, early: int = 0) -> Tensor:
    """The cue comes at step WRITE, `early` steps sooner in the second sequence."""
    x = torch.randn(B, WRITE + READ, 5, generator=torch.Generator().manual_seed(22))
    x[:, :, CUE] = 0
    x[0, WRITE, CUE] = x[1, WRITE - early, CUE] = 1
    return x.to(dtype)


@pytest.mark.parametrize("early", [0, 4, WRITE])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("positions", ["sinusoidal", "rotary", "alibi"])
@torch.no_grad()
def test_every_step_is_that_of_the_encoder_decoder_to_the_last_bit(
    positions: str, dtype: torch.dtype, early: int
) -> None:
    """Outputs and all that was seen, also where one sequence of a batch is in its read phase first, or from the start."""
    model, sdnc = pair(positions, dtype)
    theirs, ours = model.initial_state(B), sdnc.initial_state(B)
    for x in inputs(dtype, early=early).unbind(1):
        wanted, came = model.step(x, theirs), sdnc.step(x, ours)
        theirs, ours = wanted.state, came.state
        assert torch.equal(came.output, wanted.output)
        for what, expected in zip(came.seen, wanted.seen, strict=True):
            assert all(torch.equal(a, b) for a, b in zip(what, expected, strict=True))
    assert [bank.to_json() for bank in sdnc.banks()] == [bank.to_json() for bank in model.banks()]
    assert sdnc.frame_entries() == model.frame_entries()


def torch_layers(sdnc: StatelessEncoderDecoder) -> tuple[nn.TransformerEncoder, nn.TransformerDecoder]:
    """PyTorch's own layers with the weights of ours."""
    like = sdnc.readout.weight
    common: dict[str, Any] = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
    encoder = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(24, 4, 17, **common), 2, nn.LayerNorm(24), enable_nested_tensor=False
    )
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(24, 4, 17, **common), 2, nn.LayerNorm(24))
    for theirs, ours in [
        *zip(encoder.layers, sdnc.encoder, strict=True),
        *zip(decoder.layers, sdnc.decoder, strict=True),
    ]:
        layer: Any = ours
        pairs = {"norm1": layer.controller_norm, "linear1": layer.up, "linear2": layer.down}
        weights = {"self_attn.in_proj_weight": layer.interface.weight, "self_attn.in_proj_bias": layer.interface.bias}
        pairs["self_attn.out_proj"] = layer.read_output
        if hasattr(layer, "read_from_norm"):
            pairs |= {"norm2": layer.read_from_norm, "norm3": layer.transition_norm}
            pairs["multihead_attn.out_proj"] = layer.read_from_output
            packed = (layer.read_from_keys, layer.read_from_rows)
            weights["multihead_attn.in_proj_weight"] = torch.cat([part.weight for part in packed])
            weights["multihead_attn.in_proj_bias"] = torch.cat([part.bias for part in packed])
        else:
            pairs["norm2"] = layer.transition_norm
        weights |= {
            f"{name}.{part}": getattr(module, part) for name, module in pairs.items() for part in ("weight", "bias")
        }
        theirs.load_state_dict(weights)
    assert isinstance(encoder.norm, nn.LayerNorm)
    assert isinstance(decoder.norm, nn.LayerNorm)
    encoder.norm.load_state_dict(sdnc.encoder_norm.state_dict())
    decoder.norm.load_state_dict(sdnc.norm.state_dict())
    return encoder.to(like).eval(), decoder.to(like).eval()


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-12), (torch.float32, 5e-6)])
@torch.no_grad()
def test_torch_encoder_and_decoder_layers_are_the_judge(dtype: torch.dtype, bound: float) -> None:
    """Write phase = causal nn.TransformerEncoder over the source, read phase = nn.TransformerDecoder over what it left."""
    _, sdnc = pair(dtype=dtype)
    encoder, decoder = torch_layers(sdnc)
    x = inputs(dtype)
    state, outputs = sdnc.initial_state(B), []
    for features in x.unbind(1):
        step = sdnc.step(features, state)
        state = step.state
        outputs.append(step.output)
    every = torch.arange(WRITE, dtype=torch.float64)
    source = sdnc.embed(x[:, :WRITE]) + positions.sinusoidal(every, 24, 10000.0, dtype)
    target = sdnc.embed(x[:, WRITE:]) + positions.sinusoidal(every[:READ], 24, 10000.0, dtype)
    mask = nn.Transformer.generate_square_subsequent_mask
    memory = encoder(source, mask=mask(WRITE, dtype=dtype), is_causal=True)
    wanted = sdnc.readout(decoder(target, memory, tgt_mask=mask(READ, dtype=dtype), tgt_is_causal=True))
    came = torch.stack(outputs, 1)
    assert (came[:, :WRITE] == 0).all()
    torch.testing.assert_close(came[:, WRITE:], wanted, atol=bound * max(1.0, wanted.abs().max().item()), rtol=0)


@torch.no_grad()
def test_the_read_from_memory_is_frozen_when_reading_begins() -> None:
    """Until the cue every step writes one row to it; then nothing is added or changed, and only then it is read."""
    _, sdnc = pair()
    state = sdnc.initial_state(B)
    for t, x in enumerate(inputs().unbind(1)):
        before, step = state, sdnc.step(x, state)
        state = step.state
        encoder, (own, fixed) = step.seen[0], step.seen[2:4]
        writing = t < WRITE
        assert (encoder.write_gate == writing).all()
        assert (fixed.write_gate == writing).all()
        assert (fixed.read_gate == (not writing)).all()
        assert (own.write_gate == (not writing)).all()
        for old, new in zip(before.read_from, state.read_from, strict=True):
            assert torch.equal(new.keys[:, :, :t], old.keys)
            assert torch.equal(new.values[:, :, :t], old.values)
            assert bool(new.keys[:, :, t].any()) == writing  # a slot of the read phase stays blank
        for store in (*state.encoder, *state.read_from):
            assert not store.keys[:, :, WRITE:].any()


@torch.no_grad()
def test_forward_is_the_fold_of_step_and_equals_the_encoder_decoder() -> None:
    """The training path of the encoder-decoder, all steps at once, to 1e-12."""
    model, sdnc = pair("rotary")
    torch.testing.assert_close(sdnc(inputs(early=3)), model(inputs(early=3)), atol=1e-12, rtol=0)


def test_it_is_kept_recorded_and_verified(tmp_path: Path) -> None:
    """Weights and configuration on disk make the same model; a recording of it explains itself."""
    task = tasks.get("copy")
    torch.manual_seed(0)
    config = EncoderDecoderConfig(inputs=task.inputs, outputs=task.outputs, cue=8, width=16, heads=2, feedforward=20)
    sdnc = StatelessEncoderDecoder.from_encoder_decoder(EncoderDecoder(config)).eval().requires_grad_(False)
    kept = paradigms.configuration(sdnc)
    checkpoints.save(tmp_path / "x", sdnc, {"config": kept}, {})
    again = StatelessEncoderDecoder(StatelessEncoderDecoderConfig(**kept)).eval()
    sha256 = checkpoints.fill(again, tmp_path / "x" / "model.safetensors")
    model = LoadedModel("x", "sdnc-encoder-decoder", "sDNC", "tr", "copy", again.requires_grad_(False), {}, sha256)
    record_file(tmp_path / "run.mnemo", task.episode(seed=1, length=5), [model])
    with Recording.open(tmp_path / "run.mnemo") as recording:
        report = verify(recording)
    assert report["ok"], report
    assert [bank["bank"] for bank in report["banks"]] == [
        "encoder0",
        "encoder1",
        "decoder0",
        "cross0",
        "decoder1",
        "cross1",
    ]


def test_what_reads_ahead_is_refused() -> None:
    """A bidirectional encoder cannot be written step by step; a cue that is no feature is refused."""
    ahead = EncoderDecoder(EncoderDecoderConfig(**SIZES, bidirectional=True))
    with pytest.raises(ValueError, match="reads as the steps arrive, got bidirectional=True"):
        StatelessEncoderDecoder.from_encoder_decoder(ahead)
    with pytest.raises(ValueError, match="cue must be the index of an input feature, 0 … 4, got 5"):
        StatelessEncoderDecoderConfig(**(SIZES | {"cue": 5}))
