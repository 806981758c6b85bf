"""One recipe, several seeds: the best is kept, the spread of all goes on its card."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.errors import TrainingError
from mnemoscope.measuring import evaluate
from mnemoscope.models import registry
from mnemoscope.training.loop import train

Progress = Callable[[int, int, float, float], None]


def several(
    task: str, model: str, seeds: Sequence[int], *, out: Path, progress: Progress, **options: Any
) -> dict[str, Any]:
    """Train once a seed into `out`-seed0, … and keep the best as `out` -> its card. `options` are those of `train`."""
    folders = [out.with_name(f"{out.name}-seed{seed}") for seed in seeds]
    for seed, folder in zip(seeds, folders, strict=True):
        train(task, model, out=folder, seed=seed, progress=progress, **options)
    return best_of(folders, out)


def best_of(folders: Sequence[Path], out: Path) -> dict[str, Any]:
    """Copy the best of trained checkpoints to `out`, with every seed's figures under each condition on its card.

    Best is the lowest validation score, of equals the lowest sum over all conditions. Raises TrainingError when the folders
    are not of one task and model.
    """
    runs = [(folder, _figures(folder)) for folder in folders]
    kinds = {(facts["task"], facts["model"]) for _, facts in runs}
    if len(kinds) != 1:
        raise TrainingError(f"wanted checkpoints of one task and model, got {', '.join(map(str, sorted(kinds)))}")
    best, _ = min(runs, key=lambda run: (run[1]["validation"], sum(run[1]["conditions"].values())))
    card = json.loads((best / store.CARD).read_text(encoding="utf-8"))
    card["seeds"] = [{key: facts[key] for key in ("seed", "updates", "validation", "conditions")} for _, facts in runs]
    out.mkdir(parents=True, exist_ok=True)
    for name in (store.WEIGHTS, store.CONFIG, store.SNAPSHOTS):
        if (best / name).is_file():
            shutil.copyfile(best / name, out / name)
    (out / store.CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return card


def _figures(folder: Path) -> dict[str, Any]:
    """Card of a checkpoint with its score under every condition of its task."""
    card = store.read_card(folder)
    settings = json.loads((folder / store.CONFIG).read_text(encoding="utf-8"))
    model, task = registry.build(settings["model"], settings["config"]), tasks.get(card["task"])
    store.fill(model, folder / store.WEIGHTS)
    model.eval().requires_grad_(False)
    scores = {c.label: round(evaluate.score(model, task, evaluate.sequences_of(c)), 4) for c in task.conditions()}
    return card | {"conditions": scores}
