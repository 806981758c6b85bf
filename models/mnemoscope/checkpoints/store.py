"""Trained models on disk: `checkpoints/<model>-<task>/` with `model.safetensors`, `config.json` and `card.json`.

Weights are safetensors only, never pickle. Cards are read without torch, so that a web process can list models.
Searched in this order: $MNEMOSCOPE_CHECKPOINTS, the installed package, the repository. `lstm-copy-seed1` beside `lstm-copy` is
the same training from another seed: it is found by its name and listed nowhere but by `seeds`.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnemoscope.checkpoints import snapshots
from mnemoscope.errors import CheckpointError, UnknownModel

if TYPE_CHECKING:
    from torch import Tensor

    from mnemoscope.models.base import MemoryModel

_PRIVATE: list[Path] = []
WEIGHTS, CONFIG, CARD, SNAPSHOTS = "model.safetensors", "config.json", "card.json", "snapshots.safetensors"
SEED = re.compile(r"(.+)-seed(\d+)")


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to run: its checkpoint's name, the module in evaluation mode, its card and the hash of its weights."""

    name: str
    paradigm: str
    label: str
    glyph: str
    task: str
    model: "MemoryModel"
    card: dict[str, Any]
    sha256: str


def folders() -> list[Path]:
    """Existing folders that may hold checkpoints, most specific first."""
    here = Path(__file__).resolve()
    candidates = [here.parent / "shipped", here.parents[3] / "checkpoints"]  # of a wheel, of a checkout
    if named := os.environ.get("MNEMOSCOPE_CHECKPOINTS"):
        candidates.insert(0, Path(named))
    return [folder for folder in candidates if folder.is_dir()]


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in (WEIGHTS, CONFIG, CARD))


def search_also(folder: Path) -> None:
    """Find checkpoints in this folder too, by their exact name alone: they are listed nowhere. For this process."""
    _PRIVATE.append(folder)


def names() -> list[str]:
    """Names of all complete checkpoints, such as "ntm-copy", the first folder winning; of several seeds of a training one."""
    there = _there()
    return sorted(name for name in there if not ((seed := SEED.fullmatch(name)) and seed[1] in there))


def seeds(name: str) -> list[str]:
    """A checkpoint, and those of the same training from other seeds, in the order of their seeds."""
    others = [found for one in _there() if (found := SEED.fullmatch(one)) and found[1] == name]
    return [name, *(found[0] for found in sorted(others, key=lambda found: int(found[2])))]


def _there() -> set[str]:
    return {entry.name for folder in folders() for entry in folder.iterdir() if _complete(entry)}


def find(name: str | Path) -> Path:
    """The folder of a checkpoint by name, or that folder itself, which only a program can name: a name from a request is text.

    Raises UnknownModel listing those there are.
    """
    if isinstance(name, Path):
        if _complete(name):
            return name
        raise UnknownModel(f"no checkpoint in {name}: it needs {WEIGHTS}, {CONFIG} and {CARD}")
    for folder in [*folders(), *_PRIVATE]:
        # compared as a listed name, never joined: a name from a request cannot leave the folder
        for entry in folder.iterdir():
            if entry.name == name and _complete(entry):
                return entry
    known = ", ".join(names()) or "none (train one with `mnemoscope train TASK --model M`)"
    raise UnknownModel(f"no checkpoint {name!r}; there are: {known}")


def is_there(name: str) -> bool:
    """Whether there still is a checkpoint of this name, of a moment of its training as well."""
    try:
        find(name.partition("@")[0])
    except UnknownModel:
        return False
    return True


def cards() -> Iterator[dict[str, Any]]:
    """The cards of all checkpoints with "name", "model", "label", "glyph", "task", "parameters", "metrics" and more."""
    for name in names():
        yield read_card(find(name))


def read_card(folder: Path) -> dict[str, Any]:
    """One card. Raises CheckpointError when it is not JSON."""
    try:
        return {"name": folder.name} | json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise CheckpointError(f"cannot read {folder.name}/{CARD}: {error}; train it again") from error


def save(folder: Path, model: "MemoryModel", config: dict[str, Any], card: dict[str, Any]) -> None:
    """Write weights, configuration and card; each file appears whole or not at all."""
    from safetensors.torch import save as to_bytes

    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    parts = {
        WEIGHTS: to_bytes(weights),
        CONFIG: (json.dumps(config, indent=1) + "\n").encode(),
        CARD: (json.dumps(card, indent=1) + "\n").encode(),
    }
    for name, data in parts.items():
        temporary = folder / f".{name}.part"
        temporary.write_bytes(data)
        temporary.replace(folder / name)


def save_snapshots(folder: Path, moments: dict[int, dict[str, "Tensor"]], last: int) -> None:
    """Write the weights set aside along a training (snapshots.weights_of), up to the update of the checkpoint that is kept."""
    from safetensors.torch import save as to_bytes

    kept = {update: snapshots.packed(weights) for update, weights in moments.items() if update <= last}
    size = sum(tensor.nbytes for tensor in kept[min(kept)].values())
    chosen = snapshots.thinned(sorted(kept), size)
    flat = {f"{update}/{name}": tensor for update in chosen for name, tensor in kept[update].items()}
    temporary = folder / f".{SNAPSHOTS}.part"
    temporary.write_bytes(to_bytes(flat))
    temporary.replace(folder / SNAPSHOTS)


def snapshot_updates(name: str) -> list[int]:
    """Updates of which weights were set aside along the training of a checkpoint, ascending; empty where none were.

    Read from the file's header alone. Raises UnknownModel for an unknown checkpoint, CheckpointError for a broken file.
    """
    path = find(name) / SNAPSHOTS
    if not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, path.stat().st_size)))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{name}/{SNAPSHOTS} does not load: {error}; train it again") from error
    return sorted({int(key.split("/")[0]) for key in header if key != "__metadata__"})


def fill(model: "MemoryModel", path: Path) -> str:
    """Load weights into a model -> their sha256. Raises CheckpointError when they do not fit or are not finite."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    try:
        data = path.read_bytes()
        weights = from_bytes(data)
        model.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise CheckpointError(f"the weights in {path.parent.name} do not load: {error}; train it again") from error
    if bad := [key for key, tensor in weights.items() if not torch.isfinite(tensor).all()]:
        raise CheckpointError(f"{path.parent.name} holds NaN or infinite weights in {bad[0]}; train it again")
    return hashlib.sha256(data).hexdigest()


def _fill_snapshot(model: "MemoryModel", folder: Path, moment: str) -> str:
    """Load the weights after `moment` updates -> the sha256 of the file of snapshots."""
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    updates = snapshot_updates(folder.name)
    if not moment.isdecimal() or int(moment) not in updates:
        known = ", ".join(map(str, updates)) or "none"
        raise UnknownModel(f"{folder.name} has no snapshot {moment!r}; it has: {known}")
    try:
        data = (folder / SNAPSHOTS).read_bytes()
        prefix = f"{int(moment)}/"
        found = {key.removeprefix(prefix): tensor for key, tensor in from_bytes(data).items() if key.startswith(prefix)}
        model.load_state_dict(snapshots.unpacked(found))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise CheckpointError(f"{folder.name}/{SNAPSHOTS} does not load: {error}; train it again") from error
    return hashlib.sha256(data).hexdigest()


def load(name: str | Path, *, device: str = "cpu") -> LoadedModel:
    """Load a checkpoint onto a device, in evaluation mode. "ntm-copy@500" is its snapshot after 500 updates; a Path is the
    folder of a checkpoint of one's own, such as a fitted one.

    Raises UnknownModel when there is none of that name or update; CheckpointError when its weights do not fit its
    configuration or are not finite.
    """
    from mnemoscope.models import registry

    moment = ""
    if isinstance(name, str):
        name, _, moment = name.partition("@")
    folder = find(name)
    name = folder.name
    try:
        settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        paradigm = registry.get(settings["model"])
        model = registry.build(settings["model"], settings["config"])
        task = str(settings["task"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"checkpoint {name} does not load: {CONFIG}: {error}; train it again") from error
    sha256 = _fill_snapshot(model, folder, moment) if moment else fill(model, folder / WEIGHTS)
    model.to(device).eval().requires_grad_(False)
    card = read_card(folder)
    return LoadedModel(
        name=f"{name}@{moment}" if moment else name,
        paradigm=paradigm.name,
        label=card["label"]
        if "fit" in card
        else paradigm.label,  # beside the shipped one in a run, it must be told apart
        glyph=paradigm.glyph,
        task=task,
        model=model,
        card=card,
        sha256=sha256,
    )
