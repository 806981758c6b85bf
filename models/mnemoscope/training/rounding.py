"""What is trained in float32 is kept with as much of every weight as its answers need.

python -m mnemoscope.training.rounding lstm-signal-recall …    rounds checkpoints that there are, and measures their cards' figures
"""

import copy
import sys
from collections.abc import Sequence

import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.measuring import evaluate
from mnemoscope.models import registry
from mnemoscope.models.base import MemoryModel

MANTISSA_BITS = 10
"""Bits behind the first one of a weight's mantissa, of 23 in float32; as many as TF32 has.

A page that carries its models carries their weights, and zeros at the end of a float pack: four models of signal-recall take 1.5 MB
of it, not 2.8. A weight moves by 0.05 % at most, the figures of these four by a twentieth of half their intervals.
"""


@torch.no_grad()
def rounded(model: MemoryModel) -> MemoryModel:
    """The model as it is kept, in evaluation mode: a copy whose weights have MANTISSA_BITS; a half goes to the even neighbour."""
    kept = copy.deepcopy(model).eval()
    scale = 2.0 ** (MANTISSA_BITS + 1)
    for tensor in kept.state_dict().values():
        if tensor.is_floating_point():
            mantissa, exponent = torch.frexp(tensor)  # from 0.5 to 1
            tensor.copy_(torch.ldexp((mantissa * scale).round() / scale, exponent))
    return kept


def convert(name: str) -> None:
    """Round a checkpoint where it lies and measure the figures of its card again. Raises UnknownModel, CheckpointError."""
    loaded = store.load(name)
    kept = rounded(loaded.model)
    task = tasks.get(loaded.task)
    card = {key: value for key, value in loaded.card.items() if key != "name"}
    card |= {"mantissa_bits": MANTISSA_BITS, "metrics": evaluate.headline(kept, task)}
    settings = {"model": loaded.paradigm, "task": loaded.task, "config": registry.configuration(kept)}
    store.save(store.find(name), kept, settings, card)


def main(names: Sequence[str]) -> None:
    """Round the checkpoints of these names, and print the figure of each."""
    torch.set_num_threads(1)
    for name in names:
        convert(name)
        print(f"{name}: {store.read_card(store.find(name))['metrics']}")


if __name__ == "__main__":
    main(sys.argv[1:])
