"""What a worker answers where it cannot carry something out."""

import logging

from mnemoscope.errors import MnemoscopeError
from mnemoscope_server.errors import is_full
from mnemoscope_server.workers.protocol import DISK_FULL, Declined

log = logging.getLogger("mnemoscope.worker")


def refusal(identity: str, error: Exception) -> Declined:
    """What was wrong with an order or a question. What no message was written for is a bug, and its place is logged."""
    if is_full(error):
        return Declined(identity, DISK_FULL, "the disk is full: nothing new can be recorded")
    if isinstance(error, MnemoscopeError):
        return Declined(identity, _code(error), str(error))
    log.error("a worker could not carry out an order", exc_info=error)
    return Declined(identity, "worker-failed", f"{type(error).__name__}: {error}")


def _code(error: MnemoscopeError) -> str:
    """UnknownModel -> "unknown-model"."""
    name = type(error).__name__
    return "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
