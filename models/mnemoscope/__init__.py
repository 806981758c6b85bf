"""Mnemoscope: see what recurrent, attention and external-memory networks write, keep, overwrite, read and forget.

    import mnemoscope

    rec = mnemoscope.record(["lstm", "dnc"], "heartbeat", out="run.mnemo")  # or mnemoscope.open("run.mnemo")
    rec["dnc"].array("read_weights")     # [step, head, slot], NumPy
    rec["dnc"].shares(100).sum()         # 1.0

Public is what `__all__` lists here and in `mnemoscope.tasks`, the classes and errors these names lead to, and
`mnemoscope.errors`. Every other module and name is private and may change with any version.

Importing this package costs nothing: names are loaded when they are first used, torch only by what runs a model.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnemoscope.checkpoints.store import LoadedModel as LoadedModel
    from mnemoscope.checkpoints.store import load as load_model
    from mnemoscope.checkpoints.store import names as model_names
    from mnemoscope.errors import MnemoscopeError as MnemoscopeError
    from mnemoscope.measuring.evaluate import evaluate as evaluate
    from mnemoscope.measuring.retention.measure import Retention as Retention
    from mnemoscope.reading.export import to_csv as to_csv
    from mnemoscope.reading.export import to_html as to_html
    from mnemoscope.reading.export import to_npz as to_npz
    from mnemoscope.reading.recording import Recording as Recording
    from mnemoscope.reading.recording import RecordingWriter as RecordingWriter
    from mnemoscope.reading.view import ModelView as ModelView
    from mnemoscope.running.notebook import record as record
    from mnemoscope.running.retention import retention as retention
    from mnemoscope.signals.importers.files import load_series as load_series
    from mnemoscope.signals.importers.options import ImportOptions as ImportOptions
    from mnemoscope.signals.importers.protocol import read_table as read_table
    from mnemoscope.signals.series import Series as Series
    from mnemoscope.training.fitting.fit import Fitted as Fitted
    from mnemoscope.training.fitting.fit import fit as fit

    __version__: str

__all__ = [
    "Fitted",
    "ImportOptions",
    "LoadedModel",
    "MnemoscopeError",
    "ModelView",
    "Recording",
    "RecordingWriter",
    "Retention",
    "Series",
    "__version__",
    "evaluate",
    "fit",
    "load_model",
    "load_series",
    "model_names",
    "open",
    "read_table",
    "record",
    "retention",
    "to_csv",
    "to_html",
    "to_npz",
    "verdict",
    "verify",
]

_HOME = {
    "Fitted": ("mnemoscope.training.fitting.fit", "Fitted"),
    "ImportOptions": ("mnemoscope.signals.importers.options", "ImportOptions"),
    "LoadedModel": ("mnemoscope.checkpoints.store", "LoadedModel"),
    "MnemoscopeError": ("mnemoscope.errors", "MnemoscopeError"),
    "ModelView": ("mnemoscope.reading.view", "ModelView"),
    "Recording": ("mnemoscope.reading.recording", "Recording"),
    "RecordingWriter": ("mnemoscope.reading.recording", "RecordingWriter"),
    "Retention": ("mnemoscope.measuring.retention.measure", "Retention"),
    "Series": ("mnemoscope.signals.series", "Series"),
    "evaluate": ("mnemoscope.measuring.evaluate", "evaluate"),
    "fit": ("mnemoscope.training.fitting.fit", "fit"),
    "load_model": ("mnemoscope.checkpoints.store", "load"),
    "load_series": ("mnemoscope.signals.importers.files", "load_series"),
    "model_names": ("mnemoscope.checkpoints.store", "names"),
    "read_table": ("mnemoscope.signals.importers.protocol", "read_table"),
    "record": ("mnemoscope.running.notebook", "record"),
    "retention": ("mnemoscope.running.retention", "retention"),
    "to_csv": ("mnemoscope.reading.export", "to_csv"),
    "to_html": ("mnemoscope.reading.export", "to_html"),
    "to_npz": ("mnemoscope.reading.export", "to_npz"),
}
"""Where each lazily loaded name is defined."""


def open(path: str | os.PathLike[str]) -> Recording:
    """Open a recording, read-only.

        rec = mnemoscope.open("run.mnemo")
        rec.models                       # ["lstm", "dnc"]
        rec["dnc"].memory(214)           # [slot, width] after that step's write

    Raises RecordingError when there is no such file, CorruptRecording (with the offset) when its bytes contradict
    themselves, UnsupportedVersion when a newer program wrote it.
    """
    from mnemoscope.reading.recording import Recording

    return Recording.open(path)


def verify(
    recording: Recording | str | os.PathLike[str],
    *,
    with_weights: bool = False,
    progress: Callable[[int], object] | None = None,
) -> dict[str, Any]:
    """Derive every keyframe, read and share of a recording again from its log, and compare.

        mnemoscope.verify("run.mnemo")["verdict"]     # "whole"

    Returns {"verdict": "whole", "wrong" or "incomplete", "ok": whether it is whole, "incomplete": what is missing, in words, "banks":
    one entry a model and bank with counts and largest errors, "content_hash", "recording_hash", "missing_keyframes"}.
    with_weights: also run each model again with the checkpoint that the recording names, and compare outputs, frames and
    keyframes ("rebuilt", one entry a model); needs torch. `progress(n)` is called with the number of checks, then of steps,
    done since the last call.
    Raises RecordingError when the file cannot be opened, CorruptRecording when its bytes contradict themselves, CheckpointError when
    the weights are not there or are others than those of the recording.
    """
    from mnemoscope.reading.recording import Recording
    from mnemoscope.reading.verify import verify as verify_recording

    if not isinstance(recording, Recording):
        with Recording.open(recording) as opened:
            return verify(opened, with_weights=with_weights, progress=progress)
    report = verify_recording(recording, progress=progress)
    if with_weights:
        from mnemoscope.running.rebuild import verify_with_weights

        report = verify_with_weights(recording, report, progress=progress)
    return report


def verdict(recording: Recording | str | os.PathLike[str]) -> dict[str, Any]:
    """Which model of a recording answered best, with what error, read from where, at what price, and why.

        found = mnemoscope.verdict("run.mnemo")
        found["ranking"][0]["label"], found["ranking"][0]["because"]

    Returns {"question", "when", "note", "poster", "store", "recall", "n", "chance", "baselines", "ranking": one entry a model, best
    first, "clauses": {"text", "model", "step"}}; what cannot be said is None, and "note" says why. Causes of death are spoken
    only where the weights are here to run a model again with the segment blanked.
    Raises RecordingError for a recording without steps, CorruptRecording when its bytes contradict themselves, UnknownTask for a task
    that this version does not know.
    """
    from mnemoscope.measuring.verdict.judge import verdict as judge
    from mnemoscope.reading.recording import Recording

    if isinstance(recording, Recording):
        return judge(recording)
    with Recording.open(recording) as opened:
        return judge(opened)


def _installed_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mnemoscope")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _installed_version()
    if name in _HOME:
        module, attribute = _HOME[name]
        return getattr(importlib.import_module(module), attribute)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
