"""What may cross the bridge: a Transformer's checkpoint beside itself as a stateless DNC, and with which settings. No torch."""

from typing import Any

from mnemoscope.checkpoints import store
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.schemas.sessions import BridgeSettings
from mnemoscope_server.settings import MAX_SLOTS

LADDER, STORES_ONLY = "transformer", "encoder-decoder"
"""Models that climb the ladder, and those that only have the form with write-once stores."""


def bridge_settings(wanted: BridgeSettings, names: list[str], steps: int) -> dict[str, Any]:
    """Keyword arguments for `mnemoscope.measuring.bridge.crossed`. Raises NotPossible for what has no such form."""
    if len(names) != 1 or "@" in names[0]:
        raise _refused(
            f"a bridge leads from one checkpoint, got {', '.join(names)}",
            "Ask for one Transformer, for example transformer.",
        )
    model = store.read_card(store.find(names[0]))["model"]
    if model not in (LADDER, STORES_ONLY):
        raise _refused(
            f"{names[0]} is no Transformer (its model is {model})", "Ask for a Transformer or an encoder-decoder."
        )
    moved = [name for name in BridgeSettings.RUNGS if getattr(wanted, name) or (name == "slots" and wanted.slots)]
    if wanted.memory == "stores":
        if moved:
            raise _refused(f"{', '.join(moved)} can only move in the genuine memory", 'Set memory to "graves".')
        return {}
    if model == STORES_ONLY:
        raise _refused(f"{names[0]} has no form inside the genuine memory", 'Set memory to "stores".')
    slots = wanted.slots or steps
    if slots > MAX_SLOTS:
        raise _refused(
            f"the genuine memory would have {slots} slots, at most {MAX_SLOTS} are run here", "Set slots to fewer."
        )
    values = {name: getattr(wanted, name) for name in BridgeSettings.RUNGS}
    return values | {"memory": wanted.memory, "slots": slots}


def comparable(name: str) -> None:
    """Raises NotPossible unless there is a measurement from this checkpoint, MnemoscopeError where there is none."""
    model = store.read_card(store.find(name))["model"]
    if model != LADDER:
        raise _refused(
            f"{name} is no Transformer (its model is {model}); the measurement starts from one",
            "GET /api/models lists those there are.",
        )


def _refused(message: str, hint: str) -> NotPossible:
    return NotPossible("bad-bridge", message, hint)
