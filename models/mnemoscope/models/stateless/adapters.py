"""Other people's Transformers as stateless DNCs: PyTorch's encoder layers, and Hugging Face's GPT-2.

    stepper = from_torch(torch.nn.TransformerEncoder(layer, 6))     # features in, features out, causal
    stepper = from_gpt2(GPT2LMHeadModel.from_pretrained("gpt2"))    # token ids in, logits out
    step = stepper.step(ids[:, 0], stepper.initial_state(1))        # as any model here: output, state, what was seen

Weights are copied; neither library is imported. What a stepper cannot mirror exactly is refused with a ValueError.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnemoscope.models.stateless.config import ACTIVATIONS, Activation, StatelessDNCConfig
from mnemoscope.models.stateless.sdnc import StatelessDNC

TORCH_NAMES = {
    "self_attn.in_proj_": "interface.",
    "self_attn.out_proj.": "read_output.",
    "linear1.": "up.",
    "linear2.": "down.",
    "norm1.": "controller_norm.",
    "norm2.": "transition_norm.",
}
"""Names of the weights of `nn.TransformerEncoderLayer`, and ours."""

GPT2_NAMES = {
    "attn.c_attn.": "interface.",
    "attn.c_proj.": "read_output.",
    "mlp.c_fc.": "up.",
    "mlp.c_proj.": "down.",
    "ln_1.": "controller_norm.",
    "ln_2.": "transition_norm.",
}
"""Names of the weights of a block of GPT-2, and ours. Its Conv1D keeps [in, out] where Linear keeps [out, in]."""

GPT2_ACTIVATIONS: dict[str, Activation] = {
    "gelu_new": "gelu-tanh",
    "gelu_pytorch_tanh": "gelu-tanh",
    "gelu": "gelu",
    "relu": "relu",
}


@dataclass(frozen=True)
class TorchConfig(StatelessDNCConfig):
    """A stateless DNC that is a `torch.nn.TransformerEncoder`; `last_norm`: one more norm behind the last layer."""

    last_norm: bool = False


class TorchMemory(StatelessDNC):
    """Causal layers of `nn.TransformerEncoder`, stepwise: features [B, D] in, features [B, D] out, no positions of its own."""

    config: TorchConfig

    def make_ends(self) -> None:
        """No embedding, no read-out; a norm behind the last layer where the encoder has one."""
        c = self.config
        self.norm = nn.LayerNorm(c.width, c.norm_epsilon) if c.last_norm else nn.Identity()

    def hear(self, inputs: Tensor, first: int) -> Tensor:
        """The inputs as they are."""
        return inputs

    def answer(self, x: Tensor) -> Tensor:
        """What leaves the last layer, normed where the encoder does it."""
        return self.norm(x)


def from_torch(encoder: nn.TransformerEncoder | nn.TransformerEncoderLayer, **changes: Any) -> TorchMemory:
    """A stepper that computes `encoder(x, mask=causal, is_causal=True)` in evaluation mode, step by step.

    `changes` are settings of memory and ladder. Raises ValueError for layers without bias or with another activation.
    """
    found = encoder.layers if isinstance(encoder, nn.TransformerEncoder) else [encoder]
    theirs = [layer for layer in found if isinstance(layer, nn.TransformerEncoderLayer)]
    first = theirs[0]
    if first.linear1.bias is None:  # pyright: ignore[reportUnnecessaryComparison]: torch annotates the bias as always there
        raise ValueError("wanted layers with bias, got bias=False; build them with bias=True")
    width = first.self_attn.embed_dim
    last = encoder.norm if isinstance(encoder, nn.TransformerEncoder) else None
    norms = [norm for layer in theirs for norm in (layer.norm1, layer.norm2)]
    norms += [last] if isinstance(last, nn.LayerNorm) else []
    epsilons = {norm.eps for norm in norms}
    if len(epsilons) > 1:
        raise ValueError(f"wanted one layer_norm_eps for all norms, got {sorted(epsilons)}")
    config = TorchConfig(
        inputs=width,
        outputs=width,
        width=width,
        layers=len(theirs),
        heads=first.self_attn.num_heads,
        feedforward=first.linear1.out_features,
        norm="pre" if first.norm_first else "post",
        norm_epsilon=epsilons.pop(),
        activation=_activation(first.activation),
        last_norm=last is not None,
        **changes,
    )
    weights = {} if last is None else {f"norm.{name}": tensor.clone() for name, tensor in last.state_dict().items()}
    for n, layer in enumerate(theirs):
        weights |= _translated(layer.state_dict(), TORCH_NAMES, f"layers.{n}.")
    return TorchMemory.with_weights(config, weights).eval()


def to_torch(model: StatelessDNC) -> nn.TransformerEncoder:
    """The layers of a stateless DNC (or converted Transformer) as PyTorch's own, without embedding and read-out.

    Raises ValueError for rotary and ALiBi positions, which PyTorch's layers do not have.
    """
    c = model.config
    if c.positions != "sinusoidal":
        raise ValueError(f"torch.nn.TransformerEncoderLayer has no {c.positions} positions; wanted sinusoidal ones")
    back = {ours: theirs for theirs, ours in TORCH_NAMES.items()}
    with torch.device("meta"):  # nothing is drawn at random on the way
        layer = nn.TransformerEncoderLayer(
            c.width,
            c.heads,
            c.feedforward,
            dropout=0.0,
            activation=ACTIVATIONS[c.activation],
            batch_first=True,
            norm_first=c.norm == "pre",
            layer_norm_eps=c.norm_epsilon,
        )
        made = nn.TransformerEncoder(layer, c.layers, enable_nested_tensor=False)
    for theirs, ours in zip(made.layers, model.layers, strict=True):
        theirs.load_state_dict(_translated(ours.state_dict(), back), assign=True)
    return made.eval()


@dataclass(frozen=True)
class GPT2Config(StatelessDNCConfig):
    """A stateless DNC with `inputs` token ids, `outputs` logits, and `context` learned positions."""

    context: int = 1024


class GPT2Memory(StatelessDNC):
    """GPT-2, stepwise: token ids [B] in, logits [B, V] out; learned positions, output tied to the embedding."""

    config: GPT2Config

    def make_ends(self) -> None:
        """Token and position embeddings, and the last norm; the read-out is the token embedding."""
        c = self.config
        self.embed = nn.Embedding(c.inputs, c.width)
        self.places = nn.Embedding(c.context, c.width)
        self.norm = nn.LayerNorm(c.width, c.norm_epsilon)

    def hear(self, inputs: Tensor, first: int) -> Tensor:
        """Token ids [B, T] -> wte + wpe. Raises ValueError past the learned positions."""
        last = first + inputs.shape[1]
        if last > self.config.context:
            raise ValueError(
                f"there are {self.config.context} learned positions, step {last - 1} is past them; begin anew"
            )
        return self.embed(inputs) + self.places(torch.arange(first, last, device=inputs.device))

    def answer(self, x: Tensor) -> Tensor:
        """Logits by the token embedding."""
        return F.linear(self.norm(x), self.embed.weight)


def from_gpt2(model: Any, **changes: Any) -> GPT2Memory:
    """A stepper of a Hugging Face `GPT2LMHeadModel` (or anything with its `config` and `state_dict`).

    Raises ValueError for a variant of GPT-2 that scales or shares otherwise.
    """
    c = model.config
    wanted = {"scale_attn_weights": True, "scale_attn_by_inverse_layer_idx": False, "add_cross_attention": False}
    for name, value in wanted.items():
        if getattr(c, name, value) != value:
            raise ValueError(f"wanted a GPT-2 with {name}={value}, got {getattr(c, name)}")
    if c.activation_function not in GPT2_ACTIVATIONS:
        known = ", ".join(GPT2_ACTIVATIONS)
        raise ValueError(f"wanted an activation_function of {known}, got {c.activation_function!r}")
    activation = GPT2_ACTIVATIONS[c.activation_function]
    return from_gpt2_weights(
        model.state_dict(), heads=c.n_head, activation=activation, epsilon=c.layer_norm_epsilon, **changes
    )


def from_gpt2_weights(
    weights: Mapping[str, Tensor],
    *,
    heads: int,
    activation: Activation = "gelu-tanh",
    epsilon: float = 1e-5,
    **changes: Any,
) -> GPT2Memory:
    """A stepper of weights under GPT-2's names ("transformer.h.0.attn.c_attn.weight" …); all sizes but `heads` follow.

    `changes` are settings of memory and ladder. Raises ValueError when the output is not tied to the embedding.
    """
    plain = {name.removeprefix("transformer."): tensor for name, tensor in weights.items()}
    vocabulary, width = plain["wte.weight"].shape
    head = plain.get("lm_head.weight", plain["wte.weight"])
    if head.shape != plain["wte.weight"].shape or not torch.equal(head, plain["wte.weight"]):
        raise ValueError("wanted lm_head tied to the token embedding, got weights of its own")
    config = GPT2Config(
        inputs=vocabulary,
        outputs=vocabulary,
        width=width,
        layers=1 + max(int(name.split(".")[1]) for name in plain if name.startswith("h.")),
        heads=heads,
        feedforward=plain["h.0.mlp.c_fc.weight"].shape[1],
        norm_epsilon=epsilon,
        activation=activation,
        context=len(plain["wpe.weight"]),
        **changes,
    )
    ours = {"embed.weight": plain["wte.weight"].clone(), "places.weight": plain["wpe.weight"].clone()}
    ours |= {f"norm.{part}": plain[f"ln_f.{part}"].clone() for part in ("weight", "bias")}
    for n in range(config.layers):
        inside = {name.removeprefix(f"h.{n}."): tensor for name, tensor in plain.items() if name.startswith(f"h.{n}.")}
        known = {name: tensor for name, tensor in inside.items() if name.startswith(tuple(GPT2_NAMES))}
        linear = {name: tensor.t() if tensor.dim() == 2 else tensor for name, tensor in known.items()}
        ours |= _translated(linear, GPT2_NAMES, f"layers.{n}.")
    return GPT2Memory.with_weights(config, ours).eval()


def _translated(weights: Mapping[str, Tensor], names: Mapping[str, str], prefix: str = "") -> dict[str, Tensor]:
    """Copies of the weights with the beginnings of their names replaced."""
    out: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        old = next(old for old in names if name.startswith(old))
        out[prefix + names[old] + name.removeprefix(old)] = tensor.clone(memory_format=torch.contiguous_format)
    return out


def _activation(theirs: Any) -> Activation:
    """Our name of the activation of a torch layer, by what it does to a few numbers."""
    probe = torch.linspace(-3, 3, 7, dtype=torch.float64)
    for name in get_args(Activation):
        if torch.equal(theirs(probe), ACTIVATIONS[name](probe)):
            return name
    raise ValueError(f"wanted a layer with activation {', '.join(ACTIVATIONS)}, got {theirs}")
