"""Other people's Transformers, stepped as stateless DNCs: PyTorch's encoder layers and Hugging Face's GPT-2."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from mnemoscope.models.base import MemoryModel
from mnemoscope.models.stateless.adapters import from_gpt2, from_gpt2_weights, from_torch, to_torch
from mnemoscope.models.stateless.config import StatelessDNCConfig
from mnemoscope.models.stateless.sdnc import StatelessDNC

B, T, D, HEADS = 2, 17, 24, 4
MASK = nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)


def fold(model: MemoryModel, inputs: torch.Tensor) -> tuple[torch.Tensor, list[Any]]:
    """Outputs [B, T, …] of stepping through `inputs`, and what was seen."""
    state, outputs, seen = model.initial_state(len(inputs)), [], []
    for x in inputs.unbind(1):
        output, state, what = model.step(x, state)
        outputs.append(output)
        seen.append(what)
    return torch.stack(outputs, 1), seen


def encoder(
    *, norm_first: bool, activation: Any = F.gelu, last: bool = False, eps: float = 1e-5
) -> nn.TransformerEncoder:
    """Two random layers whose norms and biases are not the neutral ones that torch starts with."""
    torch.manual_seed(4)
    layer = nn.TransformerEncoderLayer(
        D, HEADS, 37, 0.0, activation, batch_first=True, norm_first=norm_first, layer_norm_eps=eps
    )
    made = nn.TransformerEncoder(layer, 2, nn.LayerNorm(D, eps) if last else None, enable_nested_tensor=False)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return made.double().eval()


def features() -> torch.Tensor:
    return torch.randn(B, T, D, dtype=torch.float64, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("activation", [F.gelu, F.relu])
@pytest.mark.parametrize("norm_first", [True, False])
@torch.no_grad()
def test_torch_encoder_layers_step_as_they_run(norm_first: bool, activation: Any, last: bool) -> None:
    """Causal nn.TransformerEncoder, whole sequence at once, equals the stateless DNC step by step: ≤ 1e-12, float32 ≤ 5e-6."""
    theirs, x = encoder(norm_first=norm_first, activation=activation, last=last), features()
    wanted = theirs(x, mask=MASK, is_causal=True)
    torch.testing.assert_close(fold(from_torch(theirs), x)[0], wanted, atol=1e-12, rtol=0)
    torch.testing.assert_close(from_torch(theirs)(x), wanted, atol=1e-12, rtol=0)
    single = fold(from_torch(theirs.float()), x.float())[0]
    scale = wanted.abs().max().item()
    torch.testing.assert_close(single.double(), wanted, atol=5e-6 * max(scale, 1), rtol=0)


@torch.no_grad()
def test_torch_encoder_layers_run_inside_the_genuine_memory() -> None:
    """Pre-norm layers inside the memory of Graves 2016: ≤ 1e-10, with another epsilon of the norms too."""
    for eps in (1e-5, 1e-3):
        theirs, x = encoder(norm_first=True, last=True, eps=eps), features()
        wanted = theirs(x, mask=MASK, is_causal=True)
        stepped = fold(from_torch(theirs).switched(memory="graves", slots=T), x)[0]
        torch.testing.assert_close(stepped, wanted, atol=1e-10, rtol=0)


@torch.no_grad()
def test_attention_rows_are_those_that_torch_tells() -> None:
    """The first layer's weights, from read keys and stored write keys, equal need_weights of nn.MultiheadAttention."""
    theirs, x = encoder(norm_first=True), features()
    layer = theirs.layers[0]
    assert isinstance(layer, nn.TransformerEncoderLayer)
    normed = layer.norm1(x)
    rows = layer.self_attn(normed, normed, normed, attn_mask=MASK, average_attn_weights=False)[1]  # [B, A, T, T]
    _, seen = fold(from_torch(theirs), x)
    keys = torch.stack([what[0].keys for what in seen], 2)
    for t, what in enumerate(seen):
        scores = torch.einsum("bhd,bhsd->bhs", what[0].queries, keys[:, :, : t + 1]) / math.sqrt(D // HEADS)
        torch.testing.assert_close(torch.softmax(scores, -1), rows[:, :, t, : t + 1], atol=1e-13, rtol=0)
    genuine = fold(from_torch(theirs, memory="graves", slots=T), x)[1]
    for t, what in enumerate(genuine):  # slot s is token s: the genuine memory's weightings are the rows, blank slots 0
        torch.testing.assert_close(what[0].read_weights, rows[:, :, t], atol=1e-13, rtol=0)


def test_to_torch_is_the_way_back() -> None:
    """A stateless DNC as nn.TransformerEncoder and back has the same weights."""
    torch.manual_seed(0)
    ours = StatelessDNC(StatelessDNCConfig(inputs=3, outputs=2, width=D, heads=HEADS, feedforward=37)).double()
    back = from_torch(to_torch(ours))
    for name, tensor in back.layers.state_dict().items():
        assert torch.equal(tensor, ours.layers.state_dict()[name])


def test_what_cannot_be_mirrored_is_refused() -> None:
    """Errors name what was wanted and what came."""
    with pytest.raises(ValueError, match="activation gelu, gelu-tanh, relu"):
        from_torch(nn.TransformerEncoderLayer(D, HEADS, 37, activation=F.silu))
    with pytest.raises(ValueError, match="bias=True"):
        from_torch(nn.TransformerEncoderLayer(D, HEADS, 37, bias=False))
    rotary = StatelessDNC(StatelessDNCConfig(inputs=3, outputs=2, width=D, heads=HEADS, positions="rotary"))
    with pytest.raises(ValueError, match="no rotary positions"):
        to_torch(rotary)
    untied = gpt2_weights() | {"lm_head.weight": torch.zeros(31, D, dtype=torch.float64)}
    with pytest.raises(ValueError, match="tied"):
        from_gpt2_weights(untied, heads=HEADS)


def gpt2_weights(*, layers: int = 2, vocabulary: int = 31, context: int = 20) -> dict[str, torch.Tensor]:
    """Random weights under GPT-2's names; Conv1D keeps [in, out]."""
    draw = np.random.default_rng(9)
    sizes: dict[str, tuple[int, ...]] = {"wte.weight": (vocabulary, D), "wpe.weight": (context, D)}
    for n in range(layers):
        for part, width in (("attn.c_attn", 3 * D), ("attn.c_proj", D), ("mlp.c_fc", 4 * D)):
            sizes |= {f"h.{n}.{part}.weight": (D, width), f"h.{n}.{part}.bias": (width,)}
        sizes |= {f"h.{n}.mlp.c_proj.weight": (4 * D, D), f"h.{n}.mlp.c_proj.bias": (D,)}
        sizes |= {f"h.{n}.{norm}.{part}": (D,) for norm in ("ln_1", "ln_2") for part in ("weight", "bias")}
    sizes |= {"ln_f.weight": (D,), "ln_f.bias": (D,)}
    return {f"transformer.{name}": torch.from_numpy(draw.normal(0, 0.3, size)) for name, size in sizes.items()}


def gpt2_written_out(weights: dict[str, torch.Tensor], ids: list[int]) -> np.ndarray:
    """Logits [T, V] of GPT-2 by the book, in NumPy loops: learned positions, Conv1D, gelu_new, tied head."""
    w = {name.removeprefix("transformer."): tensor.numpy() for name, tensor in weights.items()}

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        return (x - x.mean()) / np.sqrt(x.var() + 1e-5) * w[f"{name}.weight"] + w[f"{name}.bias"]

    def conv(x: np.ndarray, name: str) -> np.ndarray:
        return x @ w[f"{name}.weight"] + w[f"{name}.bias"]

    def gelu_new(x: np.ndarray) -> np.ndarray:
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    xs = [w["wte.weight"][token] + w["wpe.weight"][t] for t, token in enumerate(ids)]
    d = D // HEADS
    for n in range(2):
        packed = [conv(norm(x, f"h.{n}.ln_1"), f"h.{n}.attn.c_attn").reshape(3, HEADS, d) for x in xs]
        out = []
        for t, x in enumerate(xs):
            reads = []
            for h in range(HEADS):
                scores = np.array([packed[t][0, h] @ packed[s][1, h] / math.sqrt(d) for s in range(t + 1)])
                row = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
                reads.append(sum(row[s] * packed[s][2, h] for s in range(t + 1)))
            y = x + conv(np.concatenate(reads), f"h.{n}.attn.c_proj")
            out.append(y + conv(gelu_new(conv(norm(y, f"h.{n}.ln_2"), f"h.{n}.mlp.c_fc")), f"h.{n}.mlp.c_proj"))
        xs = out
    return np.stack([w["wte.weight"] @ norm(x, "ln_f") for x in xs])


@torch.no_grad()
def test_gpt2_weights_step_as_gpt2_written_out() -> None:
    """Names, transposed Conv1D, learned positions, gelu_new and the tied head, against loops (float64)."""
    weights, ids = gpt2_weights(), [3, 1, 30, 1, 1, 7, 12, 0, 5]
    wanted = torch.from_numpy(gpt2_written_out(weights, ids))
    stepper = from_gpt2_weights(weights, heads=HEADS)
    tokens = torch.tensor([ids])
    torch.testing.assert_close(fold(stepper, tokens)[0][0], wanted, atol=1e-12, rtol=0)
    genuine = stepper.switched(memory="graves", slots=len(ids))
    torch.testing.assert_close(fold(genuine, tokens)[0][0], wanted, atol=1e-10, rtol=0)


@torch.no_grad()
def test_past_the_learned_positions_is_an_error() -> None:
    """GPT-2 has no position 20 of 20; it must not read another one."""
    stepper = from_gpt2_weights(gpt2_weights(context=3), heads=HEADS)
    with pytest.raises(ValueError, match="3 learned positions, step 3"):
        fold(stepper, torch.zeros(1, 4, dtype=torch.long))


@torch.no_grad()
def test_gpt2_of_hugging_face_steps_as_it_runs() -> None:
    """A small random GPT2LMHeadModel: logits ≤ 1e-12 in float64, attention rows as `output_attentions` tells them."""
    transformers = pytest.importorskip(
        "transformers", reason="transformers is not a dependency; install it to run this"
    )
    torch.manual_seed(2)
    config = transformers.GPT2Config(
        vocab_size=31, n_positions=20, n_embd=D, n_layer=2, n_head=HEADS, attn_implementation="eager"
    )
    theirs = transformers.GPT2LMHeadModel(config).double().eval()
    for parameter in theirs.parameters():
        parameter.add_(0.2 * torch.randn_like(parameter))
    ids = torch.randint(0, 31, (B, T))
    reference = theirs(ids, output_attentions=True)
    outputs, seen = fold(from_gpt2(theirs), ids)
    torch.testing.assert_close(outputs, reference.logits, atol=1e-12, rtol=0)
    genuine, lifted = fold(from_gpt2(theirs, memory="graves", slots=T), ids)
    torch.testing.assert_close(genuine, reference.logits, atol=1e-10, rtol=0)
    for t, what in enumerate(lifted):
        for layer in range(2):
            torch.testing.assert_close(
                what[layer].read_weights, reference.attentions[layer][:, :, t], atol=1e-12, rtol=0
            )
    assert len(seen) == T
