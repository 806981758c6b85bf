"""Steps of whole models for the tests of the engine: what is recorded of a step, and random models of every paradigm."""

import random
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from mnemoscope.engine.build import Module, build, grown
from mnemoscope.engine.layout import COUNT, FREE_FROM, NEXT, PAGE, STATE
from mnemoscope.engine.layout import ROOM as HEADER_ROOM
from mnemoscope.models import registry
from mnemoscope.models.base import MemoryModel
from mnemoscope.running.recorded_step import taken_apart

State = list[Tensor | int]
Recorded = Callable[..., list[Tensor | int]]
SIZES: dict[str, tuple[int, ...]] = {
    "hidden": (1, 3, 4, 7, 33),
    "layers": (1, 2, 3),
    "slots": (1, 2, 5, 16, 33),
    "width": (4, 7, 18),
    "read_heads": (1, 2, 4),
    "write_heads": (1, 2),
    "controller": (1, 5, 20),
    "controller_layers": (1, 2),
    "shifts": (1, 3, 5),
    "heads": (1, 2, 4),
    "key_width": (1, 3, 8),
    "value_width": (2, 5, 16),
    "feedforward": (0, 7, 24),
    "convolution": (0, 1, 2, 4),
    "groups": (1, 2),
    "depth": (1, 2, 4),
}
"""What is drawn for a size of that name."""


def plain_model(name: str, **sizes: Any) -> MemoryModel:
    """A model at its default sizes."""
    needed = {"cue": 1} if "cue" in {field.name for field in fields(registry.get(name).config)} else {}
    return registry.build(name, {"inputs": 3, "outputs": 2, **needed, **sizes}).eval().requires_grad_(False)


def fixed(name: str) -> bool:
    """Whether the state of a paradigm keeps its size."""
    model = plain_model(name)
    before = model.initial_state(1)
    leaves = pytree.tree_leaves(before), pytree.tree_leaves(model.step(torch.zeros(1, 3), before).state)
    return all(isinstance(a, Tensor) and a.shape == b.shape for a, b in zip(*leaves, strict=True))


def random_model(name: str, seed: int) -> MemoryModel:
    """Sizes and options drawn from all that the paradigm has."""
    draw = random.Random(f"{name} {seed}")
    kind = registry.get(name).config
    hints = get_type_hints(kind)
    while True:
        config: dict[str, Any] = {"inputs": draw.randint(1, 5), "outputs": draw.randint(1, 4)}
        for field in fields(kind):
            hint = hints[field.name]
            if hint is bool:
                config[field.name] = draw.random() < 0.5
            elif get_origin(hint) is Literal:
                config[field.name] = draw.choice(get_args(hint))
            elif field.name in SIZES:
                config[field.name] = draw.choice(SIZES[field.name])
            elif field.name == "cue":
                config[field.name] = draw.randrange(config["inputs"])
        torch.manual_seed(seed)
        try:
            model = registry.build(name, config)
            model.frame_entries()
        except (ValueError, UserWarning):  # options that do not go together, or layers of no width
            continue
        with torch.no_grad():  # livelier than a fresh one: no gate stays near its middle
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.2)
        return model.eval().requires_grad_(False)


def recorded_step(model: MemoryModel) -> tuple[Recorded, State]:
    """(x, *state) -> (all that is recorded, *next state), and the state at the start."""
    leaves, rebuilt = taken_apart(model.initial_state(1))

    def step(x: Tensor, *state: Tensor | int) -> list[Tensor | int]:
        made = model.step(x, rebuilt(state))
        frame = model.frame(made.seen)
        parts = [x, made.output, *(frame[entry[0], entry[1]] for entry in model.frame_entries())]
        row = torch.cat([part.reshape(1, -1) for part in parts], 1)
        return [row, *taken_apart(made.state)[0]]

    return step, [leaf.clone() if isinstance(leaf, Tensor) else leaf for leaf in leaves]


def build_of(step: Recorded, state: State, inputs: int, *, filled: float = 0.0) -> tuple[Module, list[Tensor]]:
    """The module of a step, whether its state grows or not, and its weights."""
    begin = [torch.full((1, inputs), filled), *state]
    examples, later = grown(step, begin) or (begin, None)
    return build(step, examples, later=later)


@torch.no_grad()
def after(step: Recorded, state: State, inputs: int, steps: int) -> State:
    """The state after so many steps of noise, by torch."""
    for x in torch.randn(steps, inputs, generator=torch.Generator().manual_seed(steps)).split(1):
        state = step(x, *state)[1:]
    return list(state)


ROOM = 256
"""Slots that an image has room for."""


def image(module: Module, weights: list[Tensor], state: State, x: np.ndarray[Any, Any]) -> bytes:
    """The memory of a module before it runs the rows of x, from a state at its start."""
    layout = module.layout
    stores = 4 * module.slot * ROOM
    memory = np.zeros((layout.pages + -(-stores // PAGE)) << 14, "<f4")

    def put(at: int, values: Tensor) -> None:
        memory[at // 4 : at // 4 + values.numel()] = values.reshape(-1).numpy()

    for (at, _), weight in zip(module.constants, weights, strict=True):
        put(layout.weights + 4 * at, weight.detach().view(torch.float32))
    for leaf, part in zip(module.leaves, state, strict=True):
        if isinstance(part, Tensor) and leaf.grows is None:
            put(layout.state + 4 * leaf.at, part)
    put(layout.input, torch.from_numpy(x))
    header = memory.view("<i4")
    header[COUNT // 4], header[STATE // 4], header[NEXT // 4] = len(x), layout.state, layout.next
    header[FREE_FROM // 4], header[HEADER_ROOM // 4] = len(x), ROOM
    return memory.tobytes()
