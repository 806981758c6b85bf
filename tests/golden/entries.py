"""How a golden recording calls and lays out the tensors of a bank: axes, roles, and what is left out of the log."""

from __future__ import annotations

from typing import Any

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec

STATES = ("memory", "usage", "links", "precedence", "cell", "hidden", "recurrent_weights")
LEFT_OUT = {"dnc": ("read_vectors", "read_keys", "write_key")}
"""What a real DNC does not record: readers derive its reads as `M_tᵀ w^r`."""

AXES = {
    "erase": ("write_head", "width"),
    "write_weights": ("write_head", "slot"),
    "write_vectors": ("write_head", "width"),
    "write_keys": ("write_head", "width"),
    "write_strengths": ("write_head",),
    "write_interpolation_gates": ("write_head",),
    "write_shifts": ("write_head", "shift"),
    "write_sharpening": ("write_head",),
    "read_weights": ("read_head", "slot"),
    "read_vectors": ("read_head", "width"),
    "read_keys": ("read_head", "width"),
    "read_strengths": ("read_head",),
    "read_interpolation_gates": ("read_head",),
    "read_shifts": ("read_head", "shift"),
    "read_sharpening": ("read_head",),
    "free_gates": ("read_head",),
    "read_modes": ("read_head", "mode"),
    "write_key": ("width",),
    "write_strength": ("gate",),
    "allocation_gate": ("gate",),
    "write_gate": ("gate",),
    "memory": ("slot", "width"),
    "usage": ("slot",),
    "precedence": ("slot",),
    "links": ("row", "column"),
    "queries": ("head", "width"),
    "keys": ("head", "width"),
    "values": ("head", "width"),
}


def entry(bank: BankSpec, name: str, shape: tuple[int, ...]) -> Any:
    axes: tuple[str, ...] = AXES.get(name, ("unit",))
    if kinds.of(bank).single:
        axes = ("unit", "from_unit")[: len(shape)]
    elif bank.kind == "append" and name == "read_vectors":
        axes = ("head", "width")
    elif bank.kind == "associative":
        axes = ("head", "width") if name in ("write_vectors", "write_gate", "read_vectors") else ("head", "key")
        axes = axes if len(shape) == 2 else ("head", "key", "width")
    roles = {"vectors": "vector", "weights": "weight"}
    role = "state" if name in STATES else roles.get(name.rpartition("_")[2], "gate")
    return (bank.name, name, role, axes, shape)
