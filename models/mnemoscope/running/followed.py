"""What the ledger says of a segment at every delay: how much of it is kept, and whether it is found, in one window of the signal.

One run is recorded for each delay, the same that opens when a measured delay is asked for, and followed by `reading.causes`. Up
to the cue of the shorter delay two such runs are the same, so that part is computed once. At the delay where a model no longer answers the segment is blanked too (`measuring.agreement`): a cause is spoken only where that agrees.
"""

import tempfile
from collections.abc import Container, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import MnemoscopeError
from mnemoscope.measuring import agreement
from mnemoscope.measuring.retention.delayed import TASK, episode
from mnemoscope.measuring.retention.windows import LEAD, needed
from mnemoscope.reading.causes import ALIVE, GONE, UNSETTLED, Cause, cause, percent, some
from mnemoscope.reading.recording import Recording, RecordingWriter
from mnemoscope.reading.view import ModelView
from mnemoscope.running.record import manifest_for
from mnemoscope.running.stepper import Stepper
from mnemoscope.running.stream import NotFinite, Packet

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


Report = tuple[list[Followed], list[dict[str, Any]]]


def follow(
    models: Mapping[str, LoadedModel],
    window: Sequence[float],
    segment: int,
    delays: Sequence[int],
    dies: Mapping[str, int],
    *,
    device: str = "cpu",
) -> Generator[Report | None, None, Report]:
    """Record and follow every delay -> rows, and a cause for each model.

    dies: the delay from which on a model is lost, over all windows; its cause is that of the first run from there on that is
    lost in this window, else of its longest run. models: by their names in the rows. Delays that the window is too short for are
    left out. Yields every few milliseconds: None, or after every delay what is known so far; that a model is alive is known at last.
    """
    rows: list[Followed] = []
    causes: dict[str, tuple[int, Cause]] = {}
    asked = sorted({*delays, *dies.values()})
    runs = Runs(list(models.values()), window, segment, longest=asked[-1] if asked else 0, device=device)
    for delay in asked:

        def open_(name: str) -> bool:
            return name not in causes or causes[name][1].name == ALIVE

        lost = {name for name in models if open_(name) and delay >= dies.get(name, delay)}
        found = yield from examined(runs, list(models), delay, settles=lost)
        for name, seen in found.items():
            kept, right = seen.evidence.get("kept"), seen.evidence.get("right")
            rows.append(Followed(name, delay, kept, None if right is None else min(right, 1.0)))
            if name in lost or (seen.name == ALIVE and open_(name)):
                causes[name] = delay, seen
        yield (
            rows,
            _plain({name: found for name, found in causes.items() if found[1].name != ALIVE or delay == asked[-1]}),
        )
    return rows, _plain(causes)


def _plain(causes: Mapping[str, tuple[int, Cause]]) -> list[dict[str, Any]]:
    """The causes as plain data."""
    return [
        {"model": name, "delay": delay, "cause": found.name, "evidence": _evidence(found)}
        for name, (delay, found) in causes.items()
    ]


def examined(
    runs: "Runs", names: Sequence[str], delay: int, *, settles: Container[str]
) -> Generator[None, None, dict[str, Cause]]:
    """Record one run a model and ask the ledger of each what became of the segment -> causes by `names`, one a model.

    A cause is held against a run with the segment blanked for the names in `settles`. Models that failed have none, nor has any
    where the window is too short. Yields every few milliseconds.
    """
    segment, cue = runs.segment, needed(runs.segment, delay)
    if len(runs.window) < cue:
        return {}
    store, recall = range(LEAD, LEAD + segment), range(cue, cue + segment)
    causes: dict[str, Cause] = {}
    with tempfile.TemporaryDirectory(prefix="mnemoscope-") as folder:
        path = Path(folder) / "run.mnemo"
        yield from runs.record(path, delay)
        with Recording.open(path) as recording:
            for name, loaded, stream in zip(names, runs.models, recording.models, strict=True):
                view = recording[stream]
                if view.steps < recall.stop:
                    continue
                found = cause(view, store, recall)
                yield
                if found.name != ALIVE and name in settles:
                    found = yield from _settled(found, loaded, view, store, recall)
                causes[name] = found
    return causes


class Runs:
    """Runs of some models over one window [step], asked back after one delay or another: ascending ones, up to `longest`."""

    def __init__(
        self,
        models: Sequence[LoadedModel],
        window: Sequence[float] | NDArray[np.floating],
        segment: int,
        *,
        longest: int,
        device: str = "cpu",
    ) -> None:
        self.models, self.window, self.segment = models, window, segment
        waiting = episode(window, segment, min(longest, max(len(window) - needed(segment, 0), 0)))
        self._waiting = [Stepper(model, waiting, device=device) for model in models]
        """Each before the cue of the next delay, and `_heard` what it did until there."""
        self._heard: list[list[Packet]] = [[] for _ in models]
        self._failed: set[int] = set()

    def record(self, path: Path, delay: int) -> Generator[None, None, None]:
        """Write the run at one delay, as `record.record_file` would; a model that fails ends early. Yields every few milliseconds."""
        cue, of = needed(self.segment, delay), episode(self.window, self.segment, delay)
        for stream, stepper in enumerate(self._waiting):
            if stream not in self._failed and not (yield from _advance(stepper, cue, self._heard[stream])):
                self._failed.add(stream)
        replays = [stepper.branch(of) for stepper in self._waiting]
        with RecordingWriter(path, manifest_for(of, replays), overwrite=True) as writer:
            for stream, stepper in enumerate(replays):
                packets = [*self._heard[stream]]
                if stream not in self._failed:
                    yield from _advance(stepper, of.steps, packets)
                for packet in packets:
                    write = writer.frames if packet.kind == "frames" else writer.keyframe
                    write(stream, packet.first, packet.payload)
                yield
            writer.finish("ended", steps=of.steps)


def _advance(stepper: Stepper, upto: int, packets: list[Packet]) -> Generator[None, None, bool]:
    """Add what it does before step `upto` to the packets -> whether it got there."""
    while stepper.done < upto:
        try:
            packets += stepper.advance(min(CHUNK, upto - stepper.done))
        except NotFinite as error:
            packets += error.packets
            return False
        yield
    return True


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
        gone = evidence["ledger"] in GONE
        taken = percent(moves["from_segment"] if gone else moves["from_right_moment"])
        return f"the ledger says {evidence['ledger']}, yet without {'it' if gone else 'that moment'} {taken} of the answer goes"
    name, _, rest = found.sentence.partition(": ")
    return rest or found.sentence.removeprefix(found.name).strip() or name
