"""Mnemoscope: see what recurrent, attention and external-memory networks write, keep, overwrite, read and forget.

    from mnemoscope import Recording

    rec = Recording.open("run.mnemo")
    rec["ntm"].shares(100).sum()  # 1.0

Importing this package costs nothing: names are loaded when they are first used, torch only by the models.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnemoscope.reading.recording import Recording as Recording
    from mnemoscope.reading.recording import RecordingWriter as RecordingWriter
    from mnemoscope.reading.view import ModelView as ModelView

_HOME = {
    "ModelView": "mnemoscope.reading.view",
    "Recording": "mnemoscope.reading.recording",
    "RecordingWriter": "mnemoscope.reading.recording",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
