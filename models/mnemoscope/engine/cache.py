"""Modules that were built before: in this process, and in a folder of the user's.

A module is found again by everything that its bytes follow from: the classes, sizes and options of a model, the source of models and
engine, and the version of torch. Weights are no part of it, so checkpoints of one size share one.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor, nn

from mnemoscope.engine.build import Module
from mnemoscope.engine.emit import EMITTER
from mnemoscope.engine.ir import Leaf
from mnemoscope.engine.layout import Layout

open_file: Any = safe_open  # which has no types
log = logging.getLogger("mnemoscope.engine")

MAX_FILES = 256
"""Modules in the folder; the longest unused go first."""
PACKAGE = "mnemoscope"
SOURCES = ("models", "engine", "running/recorded_step.py")
"""What the bytes of a module of this package's models follow from."""

Weights = list[str | Tensor]
"""Where each weight comes from: the name of a parameter or buffer, or itself where it has none."""
Built = tuple[Module, Weights]

_built: dict[str, Built] = {}


def folder() -> Path:
    """Where modules are set aside: $MNEMOSCOPE_CACHE, else the user's cache folder."""
    named = os.environ.get("MNEMOSCOPE_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mnemoscope"


def get(
    model: nn.Module, asked: Mapping[str, Any], build: Callable[[], tuple[Module, list[Tensor]]]
) -> tuple[Module, list[Tensor]]:
    """The module of a model and its weights, built where it is not known. asked: what else the bytes follow from."""
    named = dict(model.named_parameters(remove_duplicate=False)) | dict(model.named_buffers(remove_duplicate=False))
    key = key_of(model, asked)
    found = None if key is None else _built.get(key) or _read(key)
    if found is None:
        module, weights = build()
        names = {id(tensor): name for name, tensor in named.items()}
        found = module, [names.get(id(weight), weight) for weight in weights]
        if key is not None:
            _write(key, found)
    if key is not None:
        _built[key] = found
    module, sources = found
    return module, [named[source] if isinstance(source, str) else source for source in sources]


def forget() -> None:
    """What this process has built; the folder stays."""
    _built.clear()


def key_of(model: nn.Module, asked: Mapping[str, Any]) -> str | None:
    """A hash of all that a module follows from; None for a model that has more than can be told from outside."""
    try:
        parts: Any = cast("Any", model.named_modules())  # whose types are lost with its memo
        described: dict[str, list[Any]] = {name: _described(part) for name, part in parts}
    except TypeError:
        return None
    tensors = [(n, list(t.shape), str(t.dtype)) for n, t in (*model.named_parameters(), *model.named_buffers())]
    whole: list[Any] = [described, tensors, dict(asked), EMITTER, str(torch.__version__), _sources()]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _described(part: nn.Module) -> list[Any]:
    """Class and attributes of one module. Raises TypeError for what is not plain."""
    kind = type(part)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if kind.__module__.startswith("torch."):
        return [name, "" if list(part.children()) else repr(part)]
    if kind.__module__.partition(".")[0] != PACKAGE:
        raise TypeError(f"the source of {name} is not known")
    own = vars(part).keys() - vars(nn.Module()).keys()
    return [name, {key: _plain(vars(part)[key]) for key in sorted(own)}]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in cast("Sequence[Any]", value)]
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in cast("dict[Any, Any]", value).items()}
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__qualname__, _plain(asdict(value))]
    raise TypeError(f"an attribute of type {type(value)}")


@cache
def _sources() -> str:
    """A hash of this package's models and of the engine, as they are on disk."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for source in SOURCES:
        files = sorted((root / source).rglob("*.py")) if (root / source).is_dir() else [root / source]
        for file in files:
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _read(key: str) -> Built | None:
    """From the folder; None where it is not there or not what was written."""
    path = folder() / f"{key}.safetensors"
    try:
        with open_file(path, "pt") as file:
            facts: dict[str, Any] = json.loads(file.metadata()["module"])
            code: bytes = file.get_tensor("code").numpy().tobytes()
            weights: Weights = [w["name"] if "name" in w else file.get_tensor(w["tensor"]) for w in facts["weights"]]
        if hashlib.sha256(code).hexdigest() != facts["sha256"]:
            raise ValueError("other bytes than were written")
        leaves = tuple(Leaf(at, tuple(shape), grows, counted) for at, shape, grows, counted in facts["leaves"])
        constants = tuple((at, count) for at, count in facts["constants"])
        os.utime(path)
        sizes = (facts[name] for name in ("slot", "beyond"))
        return Module(
            code, Layout(**facts["layout"]), facts["inputs"], facts["row"], leaves, constants, *sizes
        ), weights
    except FileNotFoundError:
        return None
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        log.info("the module %s cannot be used and is built again: %s", path, error)
        return None


def _write(key: str, built: Built) -> None:
    """Into the folder, whole or not at all; without a folder that can be written to it is built again next time."""
    module, weights = built
    tensors = {"code": torch.frombuffer(bytearray(module.code), dtype=torch.uint8)}
    sources: list[Any] = []
    for number, weight in enumerate(weights):
        if isinstance(weight, Tensor):
            tensors[f"weight{number}"] = weight.detach().clone().contiguous()
        sources.append({"name": weight} if isinstance(weight, str) else {"tensor": f"weight{number}"})
    facts = {
        "sha256": module.sha256,
        "layout": asdict(module.layout),
        "inputs": module.inputs,
        "row": module.row,
        "leaves": module.leaves,
        "constants": module.constants,
        "slot": module.slot,
        "beyond": module.beyond,
        "weights": sources,
    }
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder()) as part:
            made = Path(part) / "module"
            save_file(tensors, made, {"module": json.dumps(facts)})
            made.replace(folder() / f"{key}.safetensors")
        kept = sorted(folder().glob("*.safetensors"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MAX_FILES]:
            path.unlink(missing_ok=True)
    except OSError as error:
        log.info("modules are not set aside in %s: %s", folder(), error)
