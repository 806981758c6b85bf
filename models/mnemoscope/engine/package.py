"""A module with its weights and a state in one file: all that it takes to run a model elsewhere, in a page or inside an exported one.

    u32      length of the JSON that follows, little endian
    JSON     facts of the module, and of each part at which byte behind the JSON it begins, and its length
    parts    code, weights and state, each at a multiple of 4: the last two as they lie in the module's memory

The page reads it in frontend/src/engine/package.ts.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict

from mnemoscope.engine.emit import EMITTER
from mnemoscope.engine.layout import COUNT, DONE, FREE_FROM, NEXT, ROOM, STATE
from mnemoscope.engine.run import Engine
from mnemoscope.errors import Unsupported

FORMAT, VERSION = "mnemoscope-engine", 1
_HEADER = {"count": COUNT, "state": STATE, "next": NEXT, "free_from": FREE_FROM, "done": DONE, "room": ROOM}


def pack(engine: Engine, names: Sequence[str]) -> bytes:
    """An engine before its first step. names: what the parts of its state are called, in order.

    Raises Unsupported where the state has grown by then: only what keeps its size is in the file.
    """
    module = engine.module
    if any(leaf.grows is not None and leaf.shape[leaf.grows] for leaf in module.leaves) or engine.steps:
        raise Unsupported("its state holds rows before the first step")
    parts = {"code": module.code, **{name: floats.tobytes() for name, floats in engine.images().items()}}
    places: dict[str, tuple[int, int]] = {}
    body = b""
    for name, part in parts.items():
        places[name] = len(body), len(part)
        body += part + bytes(-len(part) % 4)
    layout = asdict(module.layout)
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "module": module.sha256,
        "emitter": EMITTER,
        "inputs": module.inputs,
        "row": module.row,
        "rows": layout["rows"],
        "layout": {name: layout[name] for name in ("input", "row", "state", "next", "weights", "stores")},
        "header": _HEADER,
        "leaves": [{"name": name, **leaf._asdict()} for name, leaf in zip(names, module.leaves, strict=True)],
        "slot": module.slot,
        "beyond": module.beyond,
        "parts": places,
    }
    text = json.dumps(facts, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % 4)
    return struct.pack("<I", len(text)) + text + body
