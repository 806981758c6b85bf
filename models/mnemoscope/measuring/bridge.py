"""How equal is equal: a Transformer against itself as a stateless DNC, measured, and what every mechanism of the DNC changes.

    own step       the Transformer's `step` and the stateless DNC's with write-once stores: equal to the last bit
    torch layers   nn.TransformerEncoder with the same weights over the whole sequence at once: equal up to rounding
    graves memory  every layer inside the unmodified memory of Graves 2016 (lifted.py): equal up to rounding
    ladder         one mechanism of the DNC after another turned on, on the same weights: no longer equal, and by how much

A difference is the largest absolute one over all steps and outputs of an episode; the scale beside it is the largest
absolute output of the Transformer, so that difference / scale means something.
"""

import copy
import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import UnknownModel
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.models import registry, stepping, torch_api
from mnemoscope.models.attention.encoder_decoder import EncoderDecoder
from mnemoscope.models.attention.transformer import Transformer, TransformerConfig
from mnemoscope.models.base import MemoryModel
from mnemoscope.models.stateless import adapters
from mnemoscope.models.stateless.encoder_decoder import StatelessEncoderDecoder
from mnemoscope.models.stateless.sdnc import StatelessDNC
from mnemoscope.tasks import Batch, Task

RANDOM = "random"
"""The name of a Transformer that was never trained, on random inputs."""

DEFAULT = ("transformer-copy", "transformer-signal-recall", RANDOM)
"""What is measured unless something else is asked for."""

LIMITS = {"torch": 1e-12, "graves": 1e-10}
"""Largest difference in float64, in parts of the scale (at least 1), at which two computations of the same count as equal."""

ROUNDINGS = 20.0
"""The same in float32, in parts of what rounding alone does to the Transformer: its own step in float32 against float64. A
trained model amplifies rounding, so no fixed number would do; measured are 1-3 against torch, 1-6 in the genuine memory."""

PRECISIONS = {"float64": torch.float64, "float32": torch.float32}


@dataclass(frozen=True)
class Rung:
    """One row of the ladder: a name and the settings of the stateless DNC; slots = 0 stands for half of the steps."""

    name: str
    settings: dict[str, float]


LADDER = (
    Rung("at rest", {}),
    Rung("slots", {"slots": 0}),
    Rung("overwrite", {"overwrite": 0.1}),
    Rung("erase", {"erase": 1.0}),
    Rung("free", {"free": 0.5}),
    Rung("links", {"links": 0.1}),
    Rung("recurrence", {"recurrence": 0.05}),
    Rung("slots + free", {"slots": 0, "free": 0.5}),
    Rung("slots + free + erase", {"slots": 0, "free": 0.5, "erase": 1.0}),
    Rung("all", {"slots": 0, "free": 0.5, "erase": 1.0, "overwrite": 0.1, "links": 0.1, "recurrence": 0.05}),
)
"""Every mechanism alone, then those that need each other together."""


@dataclass(frozen=True)
class Subject:
    """A Transformer and what it is run on: `inputs` [T, I]; of a task, so that answers can be scored, or of none."""

    name: str
    model: Transformer
    inputs: Tensor
    task: Task | None = None
    batch: Batch | None = None


def crossed(name: str, *, device: str = "cpu", **changes: Any) -> LoadedModel:
    """A Transformer's or encoder-decoder's checkpoint as a stateless DNC, ready for a Stepper; `changes` are settings of
    memory and ladder (not for an encoder-decoder). Name and hash stay those of the weights it was made from.

    Raises UnknownModel when the checkpoint is of another kind, ValueError for settings that cannot be.
    """
    loaded = store.load(name, device=device)
    if isinstance(loaded.model, Transformer):
        model, paradigm = StatelessDNC.from_transformer(loaded.model, **changes), "sdnc"
    elif isinstance(loaded.model, EncoderDecoder) and not changes:
        model, paradigm = StatelessEncoderDecoder.from_encoder_decoder(loaded.model), "sdnc-encoder-decoder"
    else:
        raise UnknownModel(
            f"{name} is a {loaded.label}; wanted a Transformer, such as {DEFAULT[0]}, or an encoder-decoder without settings"
        )
    card = registry.get(paradigm).card
    return replace(loaded, model=model.requires_grad_(False), paradigm=card.name, label=card.label, glyph=card.glyph)


def ship(name: str, folder: Path) -> dict[str, Any]:
    """Write the stateless DNC of a checkpoint as a checkpoint of its own -> its card.

    Nothing is trained: card and figures are those of the weights it was made from, which the card names with their hash.
    Raises UnknownModel when the checkpoint is of another kind.
    """
    made, source = crossed(name), store.load(name)
    paradigm = registry.get(made.paradigm)
    card = {key: value for key, value in source.card.items() if key != "name"}
    card |= {"model": paradigm.name, "label": paradigm.label, "glyph": paradigm.glyph}
    card |= {"parameters": made.model.parameter_count(), "from": {"name": name, "sha256": source.sha256}}
    card |= {"command": f"mnemoscope bridge --model {name} --out checkpoints/{paradigm.name}-{source.task}"}
    settings = {"model": paradigm.name, "task": source.task, "config": registry.configuration(made.model)}
    store.save(folder, made.model, settings, card)
    return card


def subject(name: str, *, seed: int = 0, steps: int = 48) -> Subject:
    """A checkpoint on an episode of its task, or RANDOM: a Transformer drawn from the seed on `steps` random inputs.

    Raises UnknownModel when the checkpoint is not one of a Transformer.
    """
    if name == RANDOM:
        return _random(seed, steps)
    loaded = store.load(name)
    if not isinstance(loaded.model, Transformer):
        raise UnknownModel(
            f"{name} is a {loaded.label}; the bridge starts from a Transformer, for example {DEFAULT[0]} or {RANDOM}"
        )
    task = tasks.get(loaded.task)
    episode = task.episode(seed=seed)
    batch = Batch(episode.inputs[None], episode.targets[None], episode.mask[None])
    return Subject(name, loaded.model, torch.as_tensor(episode.inputs), task, batch)


def _random(seed: int, steps: int) -> Subject:
    with torch_api.forked_cpu_rng():
        torch_api.manual_seed(seed)
        model = Transformer(TransformerConfig(inputs=8, outputs=8, width=32, layers=2, heads=4, feedforward=64))
        with torch.no_grad():
            for parameter in model.parameters():  # norms and biases off their neutral start
                parameter.add_(0.1 * torch.randn_like(parameter))
        inputs = torch.randn(steps, 8)
    return Subject(RANDOM, model.eval(), inputs)


def measure(seed: int = 0, *, name: str = RANDOM, ladder: Sequence[Rung] = LADDER) -> dict[str, Any]:
    """All differences of one subject, as plain JSON values.

    Keys: model, seed, steps, layers, heads, width, positions, task; `rounding`: the Transformer's own in float32; `own_step`,
    `torch_layers`, `graves_memory`: {precision: {difference, scale, limit, equal}} (`torch_layers` is None for positions that
    torch lacks); `ladder`, in float64: rows of {rung, settings, difference, scale, first_step, score}; `metric` of the scores
    (None where the subject has no task); `ok`: all are equal.
    """
    return run_to_end(measuring(seed, name=name, ladder=ladder))


def measuring(
    seed: int = 0, *, name: str = RANDOM, ladder: Sequence[Rung] = LADDER
) -> Generator[None, None, dict[str, Any]]:
    """`measure` as a generator that yields between its parts."""
    asked = subject(name, seed=seed)
    facts: dict[str, Any] = {"own_step": {}, "torch_layers": {}, "graves_memory": {}}
    rows: list[dict[str, Any]] = []
    double = stepped(copy.deepcopy(asked.model).double(), asked.inputs.double())
    rounding = float((stepped(asked.model, asked.inputs) - double).abs().max())
    yield
    scale = max(float(double.abs().max()), 1.0)
    for precision, dtype in PRECISIONS.items():
        model, x = copy.deepcopy(asked.model).to(dtype), asked.inputs.to(dtype)
        sdnc = StatelessDNC.from_transformer(model)
        wanted = stepped(model, x)
        limits = {part: ROUNDINGS * rounding if dtype is torch.float32 else scale * LIMITS[part] for part in LIMITS}
        facts["own_step"][precision] = _compared(stepped(sdnc, x), wanted, 0.0)
        yield
        if model.config.positions == "sinusoidal":
            whole = through_torch(sdnc, x)
            facts["torch_layers"][precision] = _compared(stepped(sdnc, x), whole, limits["torch"])
            yield
        genuine = sdnc.switched(memory="graves", slots=len(x))
        facts["graves_memory"][precision] = _compared(stepped(genuine, x), wanted, limits["graves"])
        yield
        for rung in ladder if precision == "float64" else ():
            rows.append(_climbed(genuine, rung, x, wanted, asked))
            yield
    c = asked.model.config
    return {
        "model": asked.name,
        "seed": seed,
        "steps": len(asked.inputs),
        "layers": c.layers,
        "heads": c.heads,
        "width": c.width,
        "positions": c.positions,
        "task": asked.task.name if asked.task else None,
        "metric": asked.task.metric if asked.task else None,
        "rounding": rounding,
        **{part: found or None for part, found in facts.items()},
        "ladder": rows,
        "ok": all(row["equal"] for part in facts.values() for row in part.values()),
    }


def stepped(model: MemoryModel, inputs: Tensor) -> Tensor:
    """Raw outputs [T, O] of stepping through inputs [T, I]."""
    outputs, _ = run_to_end(stepping.run(model, inputs[None]))
    return outputs[0]


@torch.no_grad()
def through_torch(model: StatelessDNC, inputs: Tensor) -> Tensor:
    """Raw outputs [T, O] with PyTorch's own encoder layers in between, all steps at once under a causal mask."""
    mask = nn.Transformer.generate_square_subsequent_mask(len(inputs), dtype=inputs.dtype)
    hidden = adapters.to_torch(model)(model.hear(inputs[None], 0), mask=mask, is_causal=True)
    return model.answer(hidden)[0]


def _compared(came: Tensor, wanted: Tensor, limit: float) -> dict[str, Any]:
    """Largest difference, beside the scale of what was wanted; with limit 0 every bit must agree."""
    difference, scale = float((came - wanted).abs().max()), float(wanted.abs().max())
    equal = difference <= limit if limit else torch.equal(came, wanted)
    return {"difference": difference, "scale": scale, "limit": limit, "equal": equal}


def _climbed(resting: StatelessDNC, rung: Rung, inputs: Tensor, wanted: Tensor, asked: Subject) -> dict[str, Any]:
    """One row of the ladder; `first_step` is where it first differs by more than rounding (None: nowhere)."""
    settings: dict[str, Any] = dict(rung.settings)
    if settings.get("slots") == 0:
        settings["slots"] = math.ceil(len(inputs) / 2)
    came = stepped(resting.switched(**settings), inputs)
    scale = float(wanted.abs().max())
    apart = np.flatnonzero((came - wanted).abs().amax(1).numpy() > LIMITS["graves"] * max(scale, 1.0))
    score = None
    if asked.task is not None and asked.batch is not None:
        score = asked.task.score(came.float().numpy()[None], asked.batch)
    return {
        "rung": rung.name,
        "settings": settings,
        "difference": float((came - wanted).abs().max()),
        "scale": scale,
        "first_step": int(apart[0]) if len(apart) else None,
        "score": score,
    }
