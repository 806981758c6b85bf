"""One call from the names of models to an open recording: what notebooks and scripts use."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from mnemoscope.checkpoints.names import fitted_scalings
from mnemoscope.reading.recording import Recording
from mnemoscope.running.record import load_models, pick_device, record_file
from mnemoscope.signals.series import Series
from mnemoscope.tasks import episodes


def record(
    models: str | Path | Sequence[str | Path],
    signal: str | os.PathLike[str] | ArrayLike | Series | None = None,
    *,
    task: str = "signal-recall",
    options: Mapping[str, int] | None = None,
    params: Mapping[str, float] | None = None,
    steps: int | None = None,
    seed: int = 0,
    title: str = "",
    out: str | os.PathLike[str] | None = None,
    device: str = "auto",
    progress: Callable[[int], None] | None = None,
    **of_series: Any,
) -> Recording:
    """Run trained models over a signal and return the recording, open.

        rec = mnemoscope.record(["lstm", "dnc"], "ecg.csv", channel="MLII", resample_to=36, out="run.mnemo")
        rec = mnemoscope.record("ntm", task="copy", options={"length": 20})
        rec = mnemoscope.record("dnc", np.sin(np.arange(600) / 9))

    models: paradigms or checkpoints, such as "ntm", "ntm-copy", "ntm@250" (a moment of its training), or the folder (a Path)
    of a checkpoint of one's own, such as `mnemoscope.fit` makes.
    signal: a generator's name, a file, numbers [steps], a Series, or None for the task's own input.
    options: of the task. params: of the generator. steps: at most so many, 0 = all; the task's own input has its own length. Of a file
    without steps, start and stop one question is run, around its rarest label or where it moves most.
    of_series: `channel`, `beside` (up to seven further columns that are shown and not heard), `labels`, `reading` (an ImportOptions; all of a file), `sample_rate`, `resample_to`, `start`, `stop`, `missing`, `scaling`.
    out: where the recording is written; without it, a temporary file that goes when the recording is no longer used.
    progress: called with the number of model steps done since the last call.

    What was assumed or left out of the signal is a UserWarning. A model that fails on the way ends early: `failures` of
    the manifest names it, with step and reason.
    Raises UnknownModel, UnknownTask, SignalError, ImportFileError or CheckpointError for what cannot be run, and
    RecordingError where the file cannot be written.
    """
    device = pick_device(device)
    named = [models] if isinstance(models, str | Path) else models
    loaded = load_models(named, task, device=device)
    episode, notes = episodes.from_signal(
        task,
        signal,
        steps=steps,
        seed=seed,
        options=dict(options or {}),
        params=dict(params or {}),
        fitted=fitted_scalings(named),
        **of_series,
    )
    for note in notes:
        warnings.warn(note, UserWarning, stacklevel=2)
    folder = None if out is not None else tempfile.mkdtemp(prefix="mnemoscope-")
    path = Path(out) if out is not None else Path(str(folder)) / "run.mnemo"
    try:
        record_file(path, episode, loaded, seed=seed, title=title, device=device, progress=progress)
        rec = Recording.open(path)
    except BaseException:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if folder is not None:
        weakref.finalize(rec, shutil.rmtree, folder, ignore_errors=True)
    return rec
