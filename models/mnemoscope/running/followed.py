"""What the ledger says of a segment at every delay: how much of it is kept, and whether it is found, in one window of the signal.

One run is recorded for each delay, the same that opens when a measured delay is asked for, and followed by `reading.causes`.
At the delay where a model no longer answers the segment is blanked too (`measuring.agreement`): a cause is spoken only where that agrees.
"""

import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import MnemoscopeError
from mnemoscope.format.entries import Failure
from mnemoscope.measuring import agreement
from mnemoscope.measuring.retention.delayed import TASK, episode
from mnemoscope.measuring.retention.windows import LEAD, needed
from mnemoscope.reading.causes import ALIVE, GONE, UNSETTLED, Cause, cause, percent, some
from mnemoscope.reading.recording import Recording, RecordingWriter
from mnemoscope.reading.view import ModelView
from mnemoscope.running.record import Stepper, manifest_for, run
from mnemoscope.tasks import Episode

CHUNK = 16
"""Steps of a model between two yields."""


@dataclass(frozen=True)
class Followed:
    """A segment at one delay, in one window.

    kept: the part of what was written that is still there when it is asked for. right: the part of the reads that comes from the right
    moment or its neighbours, at most 1. Both None for a model without a ledger.
    """

    model: str
    delay: int
    kept: float | None
    right: float | None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def follow(
    models: Mapping[str, LoadedModel],
    window: Sequence[float],
    segment: int,
    delays: Sequence[int],
    dies: Mapping[str, int],
    *,
    device: str = "cpu",
) -> Generator[None, None, tuple[list[Followed], list[dict[str, Any]]]]:
    """Record and follow every delay -> rows, and a cause for each model.

    dies: the delay from which on a model is lost, over all windows; its cause is that of the first run from there on that is
    lost in this window, else of its longest run. models: by their names in the rows. Delays that the window is too short for are left out. Yields every few milliseconds.
    """
    rows: list[Followed] = []
    causes: dict[str, tuple[int, Cause]] = {}
    for delay in sorted({*delays, *dies.values()}):

        def sought(name: str, delay: int = delay) -> bool:
            return (name not in causes or causes[name][1].name == ALIVE) and delay >= dies.get(name, delay)

        found = yield from examined(models, window, segment, delay, settles=sought, device=device)
        for name, seen in found.items():
            kept, right = seen.evidence.get("kept"), seen.evidence.get("right")
            rows.append(Followed(name, delay, kept, None if right is None else min(right, 1.0)))
            if sought(name) or (seen.name == ALIVE and (name not in causes or causes[name][1].name == ALIVE)):
                causes[name] = delay, seen
    return rows, [
        {"model": name, "delay": delay, "cause": found.name, "evidence": _evidence(found)}
        for name, (delay, found) in causes.items()
    ]


def examined(
    models: Mapping[str, LoadedModel],
    window: Sequence[float] | NDArray[np.floating],
    segment: int,
    delay: int,
    *,
    settles: Callable[[str], bool] = lambda name: True,
    device: str = "cpu",
) -> Generator[None, None, dict[str, Cause]]:
    """Record one run a model over a window and ask the ledger of each what became of the segment -> causes by name.

    A cause is held against a run with the segment blanked for those that `settles`. Models that failed, and all where the window is too short, have
    none. Yields every few milliseconds.
    """
    cue = needed(segment, delay)
    if len(window) < cue:
        return {}
    store, recall = range(LEAD, LEAD + segment), range(cue, cue + segment)
    causes: dict[str, Cause] = {}
    with tempfile.TemporaryDirectory(prefix="mnemoscope-") as folder:
        path = Path(folder) / "run.mnemo"
        yield from _record(path, episode(window, segment, delay), list(models.values()), device)
        with Recording.open(path) as recording:
            for (name, loaded), stream in zip(models.items(), recording.models, strict=True):
                view = recording[stream]
                if view.steps < recall.stop:
                    continue
                found = cause(view, store, recall)
                yield
                if found.name != ALIVE and settles(name):
                    found = yield from _settled(found, loaded, view, store, recall)
                causes[name] = found
    return causes


def _record(path: Path, of: Episode, models: list[LoadedModel], device: str) -> Generator[None, None, None]:
    """`record.record_file`, a little at a time; a model that fails ends early."""
    steppers = [Stepper(model, of, device=device) for model in models]
    with RecordingWriter(path, manifest_for(of, steppers), overwrite=True) as writer:
        for stream, packet in run(steppers, chunk=CHUNK):
            if not isinstance(packet, Failure):
                write = writer.frames if packet.kind == "frames" else writer.keyframe
                write(stream, packet.first, packet.payload)
            yield
        writer.finish("ended", steps=of.steps)


def _settled(
    found: Cause, loaded: LoadedModel, view: ModelView, store: range, recall: range
) -> Generator[None, None, Cause]:
    """The cause where blanking the segment agrees with it."""
    try:
        seen = yield from agreement.moves(loaded.model, view, store, recall, values=tasks.get(TASK).values)
    except MnemoscopeError:  # too long to be repeated: what is claimed without it is not settled
        seen = None
    return agreement.settled(found, seen)


def _evidence(found: Cause) -> str:
    """What the cause rests on, short and without its name."""
    evidence = found.evidence
    if found.name == ALIVE:
        return f"{some(evidence['kept'])} kept, {percent(min(evidence['right'], 1.0))} from the right moment"
    if found.name == UNSETTLED and "intervention" in evidence:
        moves = evidence["intervention"]
        taken = moves["from_segment"] if evidence["ledger"] in GONE else moves["from_right_moment"]
        return f"{evidence['ledger']} by the ledger, yet blanking it takes {percent(taken)} of the answer"
    name, _, rest = found.sentence.partition(": ")
    return rest or found.sentence.removeprefix(found.name).strip() or name
