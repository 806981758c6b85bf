"""The ATen operations that the engine knows."""

from mnemoscope.engine import elementwise, reductions, shaping
from mnemoscope.engine.loops import Handler

OPERATIONS: dict[str, Handler] = elementwise.HANDLERS | shaping.HANDLERS | reductions.HANDLERS
READERS: dict[str, set[str]] = elementwise.READERS | shaping.READERS | reductions.READERS
