"""One module for every kind of memory, and their registry.

A module holds all that is peculiar to its kind: the tensors it records and what it wants of a bank, its state and how a
step changes it, what of a read or a slot came from which write, what of a write is still held, and how full it is. Everything
else looks the kind of a bank up here. No torch.

    kind = kinds.of(bank)
    kind.frame_tensors(bank)      # {"write_weights": (1, 128), …}

`python -m mnemoscope.kinds` prints the tables of docs/format.md that follow from the registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mnemoscope.format import manifest
from mnemoscope.format.checks import refuse
from mnemoscope.format.layout import OPTIONS, BankSpec, FrameLayout
from mnemoscope.format.manifest import StreamSpec
from mnemoscope.kinds.append import APPEND
from mnemoscope.kinds.associative import ASSOCIATIVE
from mnemoscope.kinds.base import MECHANISMS, BankLog, BankSource, BankState, Kind, Shapes
from mnemoscope.kinds.cell import CELL
from mnemoscope.kinds.matrix import MATRIX
from mnemoscope.kinds.recurrent import RECURRENT

KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (MATRIX, CELL, APPEND, RECURRENT, ASSOCIATIVE)}

__all__ = [
    "APPEND",
    "ASSOCIATIVE",
    "CELL",
    "KINDS",
    "MATRIX",
    "MECHANISMS",
    "RECURRENT",
    "BankLog",
    "BankSource",
    "BankState",
    "Kind",
    "default_bank",
    "of",
    "streams",
    "that_derive",
]


def of(bank: BankSpec) -> Kind[Any]:
    """The kind of a bank of a checked manifest."""
    return KINDS[bank.kind]


def default_bank(banks: Sequence[BankSpec]) -> BankSpec:
    """The bank that is looked at where none is named: the first, or of kinds that come in layers the last."""
    return banks[-1] if of(banks[0]).last_by_default else banks[0]


def that_derive(name: str) -> str:
    """The kinds from whose log an array follows, as a list in words."""
    return " or ".join(kind.name for kind in KINDS.values() if name in kind.derivable)


def streams(data: dict[str, Any]) -> tuple[StreamSpec, ...]:
    """Check a manifest, also against the rules of every bank's kind, and return its models.

    Raises UnsupportedVersion for a newer format, RecordingError (naming the place) for anything inconsistent.
    """
    specs = manifest.streams(data)
    for spec in specs:
        where = f"models[{spec.index}]"
        for i, bank in enumerate(spec.banks):
            _check_bank(bank, f"{where}.banks[{i}]", data["models"][spec.index]["banks"][i])
            _need(spec.frame, bank.name, of(bank).frame_tensors(bank), f"{where}.frame")
            _need(spec.keyframe, bank.name, of(bank).keyframe_tensors(bank), f"{where}.keyframe")
    return specs


def _check_bank(bank: BankSpec, where: str, entry: dict[str, Any]) -> None:
    if bank.kind not in KINDS:
        refuse(f"{where}.kind", f"one of {', '.join(KINDS)}", bank.kind)
    for option in OPTIONS:
        if getattr(bank, option) not in (False, None) and option not in of(bank).options:
            owners = " or ".join(kind.name for kind in KINDS.values() if option in kind.options)
            refuse(f"{where}.{option}", f"{option} only on a bank of kind {owners}", bank.kind)
    for field, wanted in of(bank).faults(bank):
        refuse(f"{where}.{field}" if field else where, wanted, entry.get(field) if field else entry)


def _need(layout: FrameLayout, bank: str, shapes: Shapes, where: str) -> None:
    """Require the tensors that the reader derives everything else from."""
    for name, shape in shapes.items():
        if (bank, name) not in layout:
            refuse(f"{where}.tensors", f"a tensor {name!r} for bank {bank!r}", "none")
        if layout[bank, name].shape != shape:
            refuse(f"{where}.tensors, {bank}.{name}", f"shape {list(shape)}", list(layout[bank, name].shape))
