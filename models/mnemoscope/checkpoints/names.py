"""Which checkpoints a list of models means: paradigms, checkpoints, and moments of their training. No torch.

"ntm"        the checkpoint of that paradigm for the task, "ntm-copy"
"ntm-copy"   a checkpoint by its name; "ntm-copy-seed1" is the same training from another seed
"ntm@250"    its snapshot after 250 updates of training
"ntm@*"      all its snapshots, in the order of their updates
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mnemoscope.checkpoints import store
from mnemoscope.errors import CheckpointError, UnknownModel

ALL = "*"
FITTED = "fit"


def fitted(paradigm: str, nth: int) -> str:
    """How the nth fitted checkpoint of a paradigm, from 1, is called where rows name models: "lstm@fit", "lstm@fit2"."""
    return f"{paradigm}@{FITTED}{nth if nth > 1 else ''}"


def fitted_scalings(models: Iterable[str | Path]) -> dict[str, dict[str, Any]]:
    """Of the fitted checkpoints among some names and folders: sha256 of the file that each was fitted to -> its scaling."""
    found: dict[str, dict[str, Any]] = {}
    for model in models:
        if isinstance(model, Path) and "fit" in (card := store.read_card(store.find(model))):
            found.setdefault(card["fit"]["source"]["sha256"], card["fit"]["scaling"])
    return found


def of_task(task: str) -> list[str]:
    """Names of the checkpoints that were trained for a task; one whose card cannot be read is left out."""
    found: list[str] = []
    for name in store.names():
        try:
            if store.read_card(store.find(name))["task"] == task:
                found.append(name)
        except (CheckpointError, KeyError):
            continue  # loading it by name says what is wrong
    return found


def with_seeds(names: Iterable[str]) -> list[str]:
    """Each checkpoint, followed by those of the same training from other seeds."""
    return [seed for name in names for seed in store.seeds(name)]


def resolve(wanted: Sequence[str], task: str) -> list[str]:
    """Names for `store.load`, in order; "@*" becomes several.

    Raises UnknownModel for what there is no checkpoint of for this task, or no snapshot, listing those there are.
    """
    known = of_task(task)
    names: list[str] = []
    for word in wanted:
        model, at, moment = word.partition("@")
        base = model if model in known or _seed_of(model) in known else f"{model}-{task}"
        if base not in known and _seed_of(base) not in known:
            there = ", ".join(known) or "none (train one with `mnemoscope train TASK --model M`)"
            raise UnknownModel(f"no checkpoint {base!r}; for the task {task} there are: {there}")
        names += [f"{base}@{update}" for update in _moments(base, moment)] if at else [base]
    return names


def _seed_of(name: str) -> str | None:
    """The checkpoint of whose training a complete checkpoint is another seed."""
    found = store.SEED.fullmatch(name)
    return found[1] if found is not None and name in store.seeds(found[1]) else None


def _moments(base: str, moment: str) -> list[int]:
    updates = store.snapshot_updates(base)
    if not updates:
        raise UnknownModel(f"{base} has no snapshots of its training; a training that sets them aside makes some")
    if moment == ALL:
        return updates
    if not moment.isdecimal() or int(moment) not in updates:
        raise UnknownModel(
            f"{base} has no snapshot {moment!r}; it has: {', '.join(map(str, updates))}, or {ALL} for all of them"
        )
    return [int(moment)]
