"""Which models are measured: several checkpoints of one model are one subject, measured together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.names import fitted, resolve
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import CheckpointError, MnemoscopeError
from mnemoscope.models import registry
from mnemoscope.models.base import MemoryModel

NONE = "no model was chosen; name at least one, for example ntm"

Models = str | Sequence[str | Path | LoadedModel] | Mapping[str, MemoryModel]


@dataclass(frozen=True)
class Subject:
    """A model under its name in the rows, and its checkpoints: seeds of the same training, or the one there is."""

    name: str
    checkpoint: str | None
    models: tuple[MemoryModel, ...]
    loaded: tuple[LoadedModel, ...] = ()
    """The same with their cards; none of models of one's own."""


def subjects(models: Models, task: str, *, device: str = "cpu") -> list[Subject]:
    """Load what is named, for a task. A mapping from names to models of one's own is taken as it is.

    Checkpoints of one paradigm with one configuration are seeds of the same model; others of that paradigm, go by the name of
    their checkpoint; fitted ones are subjects of their own. A Path is the folder of a checkpoint. Raises UnknownModel, CheckpointError for a checkpoint of another task, MnemoscopeError for none at all.
    """
    if isinstance(models, Mapping):
        own = [Subject(name, None, (model.to(device).eval(),)) for name, model in models.items()]
        if not own:
            raise MnemoscopeError(NONE)
        return own
    wanted = [models] if isinstance(models, str) else list(models)
    loaded: list[LoadedModel] = []
    if not wanted:
        raise MnemoscopeError(NONE)
    for one in wanted:
        if isinstance(one, str):
            loaded += [store.load(name, device=device) for name in resolve([one], task)]
        elif isinstance(one, Path):
            loaded.append(store.load(one, device=device))
        else:
            loaded.append(one)
    fits: Counter[str] = Counter()
    groups: dict[tuple[str, str], list[LoadedModel]] = {}
    for one in loaded:
        if one.task != task:
            raise CheckpointError(f"{one.name} was trained for {one.task}; retention is measured on {task}")
        base, _, moment = one.name.partition("@")
        if "fit" in one.card:
            fits[one.paradigm] += 1
            groups[fitted(one.paradigm, fits[one.paradigm]), one.sha256] = [one]
            continue
        name = f"{one.paradigm}@{moment}" if moment else one.paradigm
        key = name, f"{base if moment else ''}{registry.configuration(one.model)}"
        if one.name not in (known.name for known in groups.get(key, [])):
            groups.setdefault(key, []).append(one)
    names = [name for name, _ in groups]
    return [
        Subject(
            name if names.count(name) == 1 else ",".join(one.name for one in group),
            ",".join(one.name for one in group),
            tuple(one.model for one in group),
            tuple(group),
        )
        for (name, _), group in groups.items()
    ]
