"""Ctrl-C is heard wherever it falls."""

import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

AGAIN_SECONDS = 0.01


@contextmanager
def heard() -> Generator[None, None, None]:
    """Raise a KeyboardInterrupt again that Python threw away since it came up in a finaliser.

    The library that runs the engine's modules has some run with every call: about one Ctrl-C in fifty was lost in them.
    """
    before = sys.unraisablehook

    def hook(lost: "sys.UnraisableHookArgs") -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            # from another thread and a little later: in this hook it would be thrown away again
            threading.Timer(AGAIN_SECONDS, signal.raise_signal, [signal.SIGINT]).start()
        else:
            before(lost)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before
