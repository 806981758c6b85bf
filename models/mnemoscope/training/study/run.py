"""Running the study: one trial after another, a row each; whoever starts it again goes on where it stopped.

A row is one line of JSON in `rows.jsonl`. Several processes may work on one file: a trial is claimed by a lock on a file of its
own, and a claim dies with its process.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch.utils import _pytree as pytree

from mnemoscope.errors import TrainingError
from mnemoscope.measuring import evaluate, intervals
from mnemoscope.models import registry, torch_api
from mnemoscope.models.base import MemoryModel
from mnemoscope.models.stateless.hybrid import Hybrid, HybridConfig
from mnemoscope.tasks import Task
from mnemoscope.training import unrolled
from mnemoscope.training.loop import configured, descend, training_path
from mnemoscope.training.study.questions import QUESTIONS
from mnemoscope.training.study.rows import ROWS, Row, rows
from mnemoscope.training.study.trials import HYBRID, Trial


def study(folder: Path, wanted: Iterable[Trial], *, progress: Callable[[str], None]) -> None:
    """Run what is wanted and not there yet. `progress(text)` is called at the start, along and at the end of a trial."""
    folder.mkdir(parents=True, exist_ok=True)
    for trial in wanted:
        with _claimed(folder, trial) as free:
            if not free or any(row["id"] == trial.id for row in rows(folder)):
                continue
            row = run(trial, progress=progress)
            with (folder / ROWS).open("a", encoding="utf-8") as file:  # one write of one line: whole or not at all
                file.write(json.dumps(row, separators=(",", ":")) + "\n")


def run(trial: Trial, *, progress: Callable[[str], None] = lambda _: None) -> Row:
    """Train one trial and measure it -> its row. Raises TrainingError when the loss stops being finite."""
    question = QUESTIONS[trial.question]
    task = type(question.task)()  # with its own pool of signals: what ran before must not change the weights
    torch_api.manual_seed(trial.seed)
    rng = np.random.default_rng(trial.seed)
    model = build(trial, task)
    forward = training_path(model, unrolled.can_compile())
    started = time.process_time()
    running: list[float] = []
    curve: list[list[float]] = []
    every = max(1, trial.recipe.updates // 20)
    for update, loss in descend(model, task, trial.recipe, rng, forward=forward):
        running.append(loss)
        if (update + 1) % every == 0:
            mean, running = float(np.mean(running)), []
            if not np.isfinite(mean):
                raise TrainingError(f"{trial.id}: the loss is not finite at update {update + 1}")
            curve.append([update + 1, round(mean, 5)])
            progress(f"{trial.id}: update {update + 1} of {trial.recipe.updates}, loss {mean:.4g}")
    minutes = (time.process_time() - started) / 60
    model.eval()
    batches = {measure.key: measure.sequences() for measure in question.measures}
    longest = max(batches[measure.key].inputs.shape[1] for measure in question.measures if measure.trained)
    row = {
        "id": trial.id,
        **{key: getattr(trial, key) for key in ("group", "question", "model", "label", "seed", "config")},
        "recipe": {k: v for k, v in asdict(trial.recipe).items() if k in ("lr", "batch", "updates", "rounds")},
        "parameters": model.parameter_count(),
        "floats": [floats(model, 1), floats(model, longest)],
        "cpu_minutes": round(minutes, 2),
        "torch": str(torch.__version__),
        "metric": task.metric,
        "sequences": len(next(iter(batches.values())).inputs),
        "curve": curve,
        "values": {
            key: _rounded(intervals.scored(task, evaluate.outputs_of(model, batch.inputs), batch))
            for key, batch in batches.items()
        },
    }
    progress(f"{trial.id}: done in {minutes:.1f} CPU minutes")
    return row


def build(trial: Trial, task: Task) -> MemoryModel:
    """The freshly initialised model of a trial."""
    if trial.model == HYBRID:
        return Hybrid(HybridConfig(inputs=task.inputs, outputs=task.outputs, **trial.config))
    return registry.build(trial.model, configured(task, trial.model) | trial.config)


@torch.inference_mode()
def floats(model: MemoryModel, steps: int) -> int:
    """Floats that the model keeps after so many steps, of one sequence: all that the next step gets."""
    if isinstance(model, Hybrid):
        return model.floats(steps)
    state = model.initial_state(1)
    for _ in range(steps):
        state = model.step(torch.zeros(1, model.inputs), state).state
    return sum(leaf.numel() for leaf in pytree.tree_leaves(state) if isinstance(leaf, torch.Tensor))


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(value, 5) for value in values]


@contextmanager
def _claimed(folder: Path, trial: Trial) -> Generator[bool]:
    """Whether the trial is ours: nobody else is at it."""
    path = folder / f".{trial.id.replace('/', '-').replace(' ', '_')}.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        file.write(str(os.getpid()))
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)
