"""`mnemoscope.fit`: a model fitted to a series of one's own, scored on what it never saw, beside the baselines."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from numpy.typing import ArrayLike

from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.names import resolve
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import TrainingError
from mnemoscope.measuring.evaluate import outputs_of
from mnemoscope.models import registry, torch_api
from mnemoscope.models.base import MemoryModel
from mnemoscope.signals.series import Series
from mnemoscope.training import recipes
from mnemoscope.training.fitting import source as sources
from mnemoscope.training.fitting.budget import SECONDS
from mnemoscope.training.fitting.descent import Check, Descent, descend
from mnemoscope.training.fitting.figures import Answers, Example, Figures, example_of, figures_of
from mnemoscope.training.fitting.scoring import Part
from mnemoscope.training.fitting.source import Source
from mnemoscope.training.fitting.subject import Subject
from mnemoscope.training.recipes import Recipe
from mnemoscope.training.rounding import MANTISSA_BITS, rounded

MAX_HELD_BACK_BLOCKS = 48
"""Blocks of the held-back part that a look takes at most: on a long series it would take longer than the updates."""


@dataclass(frozen=True)
class Fitted:
    """A fitted model, the folder of its checkpoint, and how it came about and fared."""

    model: LoadedModel
    path: Path
    source: Source
    descent: Descent
    seed: int
    figures: Figures
    example: Example

    @property
    def scores(self) -> dict[str, float | None]:
        """Errors on the part never seen, by "before", "after" and the keys of the baselines; None where one has no meaning."""
        return self.figures.scores

    def to_json(self) -> dict[str, Any]:
        """What `mnemoscope fit --json` prints, plain values only."""
        figures = self.figures
        return {
            "model": self.model.paradigm,
            "task": self.model.task,
            "metric": self.source.subject.task.metric,
            **figures.scores,
            "reasons": figures.reasons,
            "bands": figures.bands,
            "blocks": figures.blocks,
            "recommendation": {"take": figures.advice.take, "text": figures.advice.text},
            "split": self.source.split.to_json(),
            "period": figures.period,
            "seconds": self.descent.seconds,
            "updates": self.descent.updates,
            "best_update": self.descent.best.update,
            "ended": self.descent.ended,
            "seed": self.seed,
            "held_back": figures.held_back,
            "curve": [list(check) for check in self.descent.curve],
            "source": self.source.to_json(),
            "checkpoint": str(self.path),
            "sha256": self.model.sha256,
        }


def fit(
    signal: str | os.PathLike[str] | ArrayLike | Series,
    model: str = "lstm",
    *,
    task: str = "forecast",
    seconds: float | None = None,
    updates: int | None = None,
    seed: int = 0,
    scratch: bool = False,
    out: str | os.PathLike[str] | None = None,
    device: str = "cpu",
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[Check], None] = lambda check: None,
    **of_series: Any,
) -> Fitted:
    """Train a model further on the first half of a series and score it on the second.

        fitted = mnemoscope.fit("taxi.csv", "lstm", seconds=60)
        fitted.scores                   # {"before": 0.859, "after": 0.53, "ar32": 0.685, …}
        mnemoscope.record([fitted.path, "lstm"], "taxi.csv", task="forecast")

    signal: a file, numbers [steps], or a Series. task: `forecast`, or `signal-recall`: segments held over a delay and replayed.
    model: a paradigm or a checkpoint of the task. seconds: 60 where neither
    they nor updates are given; with both, whichever is spent first. The same updates and seed give the same weights on one machine.
    scratch: from random weights by the recipe's rate instead of from the shipped checkpoint. out: folder of the new checkpoint,
    `runs/<checkpoint>-<name of the signal>` by default; a checkpoint that was not fitted is never replaced.
    cancelled: asked after every update; once true, the best so far is the result. progress: called with every look at the held-back part. An interrupt
    (KeyboardInterrupt) keeps the best so far too.
    of_series: `channel`, `reading` (an ImportOptions), `sample_rate`, `resample_to`, `start`, `stop`, `missing`.
    Raises SignalError, ImportFileError, UnknownModel, UnknownTask, or TrainingError for a task, budget or folder that cannot be.
    """
    source = sources.read(signal, task=task, **of_series)
    return fit_source(
        source,
        model,
        seconds=seconds,
        updates=updates,
        seed=seed,
        scratch=scratch,
        out=None if out is None else Path(out),
        device=device,
        cancelled=cancelled,
        progress=progress,
    )


def fit_source(
    source: Source,
    model: str,
    *,
    seconds: float | None = None,
    updates: int | None = None,
    seed: int = 0,
    scratch: bool = False,
    out: Path | None = None,
    device: str = "cpu",
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[Check], None] = lambda check: None,
) -> Fitted:
    """As `fit`, of a source that was read before."""
    if seconds is None and updates is None:
        seconds = SECONDS
    if (seconds is not None and not seconds > 0) or (updates is not None and updates < 1):
        raise TrainingError(f"a budget is some seconds or at least one update, got {seconds} s and {updates} updates")
    subject, task = source.subject, source.subject.task.name
    (name,) = resolve([model], task)
    folder = out or Path("runs") / f"{name}-{Path(source.name).stem}"
    _refuse_foreign(folder)
    shipped = store.load(name, device=device)
    recipe = replace(recipes.recipe(task, shipped.paradigm), warm_up=0) if scratch else _bent(subject, shipped.paradigm)
    with torch_api.forked_cpu_rng():
        torch_api.manual_seed(seed)
        net = _start(shipped, scratch).to(device)
        split = source.split
        held_back = subject.part(source.values, split.held_back, split.test, most=MAX_HELD_BACK_BLOCKS)
        test = subject.part(source.values, split.test, split.steps)
        before = _answers(net, held_back, test, device)
        descent = descend(
            net.train(),
            subject.training(source.values[: split.held_back]),
            held_back,
            recipe,
            seed=seed,
            seconds=seconds,
            updates=updates,
            device=device,
            cancelled=cancelled,
            progress=progress,
        )
    net.load_state_dict(descent.weights)
    net = rounded(net).requires_grad_(False)
    after = _answers(net, held_back, test, device)
    made = subject.fitted(source.values, split.held_back)
    figures = figures_of(source, held_back, test, made, before, after, label=shipped.label, scratch=scratch)
    card = _card(shipped, net, source, descent, seed, scratch, figures)
    store.save(folder, net, {"model": shipped.paradigm, "task": task, "config": registry.configuration(net)}, card)
    return Fitted(
        store.load(folder), folder, source, descent, seed, figures, example_of(source, test, made, before, after)
    )


def _bent(subject: Subject, paradigm: str) -> Recipe:
    """How a trained checkpoint goes on: its recipe at a lower rate, with as many rounds as it knows in the end.

    One that was converted has no recipe of its own.
    """
    known = recipes.RECIPES.get((subject.task.name, paradigm), Recipe(clip=1.0))
    return replace(
        known, lr=subject.lr, warm_up=subject.warm_up, rounds=((0, max(rounds for _, rounds in known.rounds)),)
    )


def _start(shipped: LoadedModel, scratch: bool) -> MemoryModel:
    """The model to begin with: the shipped weights, or fresh ones of the same configuration."""
    net = shipped.model
    if scratch:
        net = registry.build(shipped.paradigm, registry.configuration(shipped.model))
    return net.requires_grad_(True)


def _answers(net: MemoryModel, held_back: Part, test: Part, device: str) -> Answers:
    net.eval()
    return Answers(*(outputs_of(net, part.batch.inputs, device=device) for part in (held_back, test)))


def _refuse_foreign(folder: Path) -> None:
    """Only a fitted checkpoint may be replaced. Raises TrainingError for any other folder that is not empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        fitted = (folder / store.CARD).is_file() and "fit" in store.read_card(folder)
        if not fitted:
            raise TrainingError(f"{folder} exists and holds no fitted checkpoint; choose another folder for the result")


def _for(source: Source) -> str:
    """The task as an option, where it is not the one that goes without saying."""
    task = source.subject.task.name
    return "" if task == "forecast" else f" --task {task}"


def _card(
    shipped: LoadedModel,
    net: MemoryModel,
    source: Source,
    descent: Descent,
    seed: int,
    scratch: bool,
    figures: Figures,
) -> dict[str, Any]:
    """The card of a fitted checkpoint: that of any training, and under "fit" what it was fitted to and how it fared."""
    return {
        "model": shipped.paradigm,
        "label": f"{shipped.label}, fitted",
        "glyph": shipped.glyph,
        "task": source.subject.task.name,
        "parameters": net.parameter_count(),
        "seed": seed,
        "command": f"mnemoscope fit {source.name} --model {shipped.paradigm}{_for(source)} --updates {descent.best.update} --seed {seed}"
        + (" --scratch" if scratch else ""),
        "updates": descent.best.update,
        "metric": source.subject.task.metric,
        "validation": round(descent.best.error, 6),
        "mantissa_bits": MANTISSA_BITS,
        "torch": str(torch.__version__),
        "metrics": {f"{source.subject.task.metric}, part never seen": round(figures.scores["after"] or 0.0, 4)},
        "fit": {
            "of": None if scratch else {"name": shipped.name, "sha256": shipped.sha256},
            "source": source.to_json() | {"facts": source.facts},
            "scaling": source.scaling,
            "split": source.split.to_json(),
            "updates": descent.updates,
            "seconds": descent.seconds,
            "ended": descent.ended,
            "curve": [[check.update, check.seconds, round(check.error, 6)] for check in descent.curve],
            "threads": torch.get_num_threads(),
            **figures.to_json(),
        },
    }
