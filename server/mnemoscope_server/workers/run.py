"""One session inside a worker: speed, streams, file. No pipe and no process: `report` takes the events."""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from mnemoscope.format import blocks
from mnemoscope.format.entries import Failure
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.format.schema import StoppedBy
from mnemoscope.reading.recording import RecordingWriter
from mnemoscope.running.stream import NotFinite, Packet
from mnemoscope_server.errors import is_full
from mnemoscope_server.storage.locks import FileLock
from mnemoscope_server.storage.space import require_space
from mnemoscope_server.workers.pace import TICK, Pace, tick_after
from mnemoscope_server.workers.protocol import (
    Chunk,
    Event,
    Feed,
    Finished,
    Moved,
    Open,
    Opened,
    Prepared,
    Revised,
    Stream,
    StreamFailed,
)
from mnemoscope_server.workers.redo import Redoing
from mnemoscope_server.workers.refusal import refusal

SLICE_SECONDS = 0.02
"""Longest time of computing before commands are looked at again."""
REPORT_SECONDS = 0.05
"""Longest time a computed step waits at full speed before it is reported. At a speed nothing is gained by waiting."""
WRITE_SECONDS = 0.5
"""Longest time a computed step waits before it is handed to the operating system."""
REVISE_SECONDS = 5.0
"""Gaps of a live source that are known are written this often at most; its scaling at once."""


class Done(NamedTuple):
    """What a stream did in its next steps, or why it could not; and how long its run waited for that."""

    steps: int
    packets: list[Packet] | Exception
    seconds: float


def _alone(stream: Stream, count: int) -> Done:
    began = time.perf_counter()
    try:
        packets: list[Packet] | Exception = stream.advance(count)
    except Exception as error:
        packets = error
    return Done(count, packets, time.perf_counter() - began)


class Run:
    """The steps of one recording as they come."""

    def __init__(self, order: Open, prepared: Prepared, report: Callable[[Event], object]) -> None:
        self.id, self.path = order.id, order.path
        self._pace = Pace(order.speed)
        self.steps = order.episode.steps
        self._growing = order.growing
        self._revised_at = 0.0
        self._gaps = 0
        """Of the live source, as far as the manifest says."""
        self._lost = False
        self.done = 0
        self.finished = False
        self._redoing = None if order.redo is None else Redoing(order.redo, order.path, prepared.manifest)
        self._tell = report
        self._report = report if order.redo is None else _ignored
        """What is computed for the second time is not told again."""
        self._streams = prepared.streams
        self._alive: dict[int, Stream] = dict(enumerate(prepared.streams))
        self._failures: list[Failure] = []
        redo = order.redo
        self._writer = (
            RecordingWriter(order.path, prepared.manifest)
            if redo is None
            else RecordingWriter(redo.part, redo.manifest, overwrite=True)
        )
        self._lock = FileLock(self._writer.path)
        self._lock.acquire()
        self._until: int | None = None
        """Step to pause before; None = not running."""
        self._cost = 0.001
        """Seconds per step, all streams, running mean."""
        self._reported, self._reported_since = 0, 0.0
        self._unwritten = False
        self._unwritten_since = 0.0
        self._reserve, self._grown = order.reserve, False
        """Bytes of the disk to leave free, and whether the file has grown since that was looked at."""
        self._waiting: list[tuple[int, Packet]] = []

    # --- commands

    def play(self, count: int | None = None) -> None:
        """Compute on; with `count`, that many steps and pause."""
        self._until = self.steps if count is None else min(self.steps, self.done + count)
        self._pace.begin(time.perf_counter(), self.done)
        self._moved()

    def pause(self) -> None:
        """Compute nothing more. What was computed is reported and in the file before this is confirmed."""
        self._until = None
        self._flush()
        self._write()
        self._moved()

    def set_speed(self, speed: float | None) -> None:
        self._pace.speed = speed
        self._pace.begin(time.perf_counter(), self.done)
        self._moved()

    def stop(self, by: StoppedBy) -> None:
        """Close the file for good before its end. What is still being computed anew is dropped, and what was recorded stays as it is."""
        if self._redoing is not None:
            self._drop_redo(self._redoing)
        else:
            self.finish("stopped", by=by)

    def feed(self, command: Feed) -> None:
        """Take in samples of a live source."""
        growing = self._growing
        if growing is None or growing.closed:
            return
        first, scaling = growing.known, growing.scaling
        growing.feed(list(command.samples), command.counts, list(command.gaps))
        if command.last != "no":
            growing.close()
            self._lost = command.last == "lost"
        for stream in self._alive.values():
            stream.hear(growing.episode, first, growing.known)
        now = time.perf_counter()
        news = len(command.gaps) > self._gaps and now - self._revised_at >= REVISE_SECONDS
        if growing.scaling is not scaling or news:
            self._gaps, self._revised_at = len(command.gaps), now
            self._writer.meta(growing.revised())
            self._report(Revised(self.id, self._writer.manifest))

    @property
    def _known(self) -> int:
        """Steps whose input is there."""
        return self.steps if self._growing is None else self._growing.known

    @property
    def _exhausted(self) -> bool:
        """No step can follow."""
        closed = self._growing is not None and self._growing.closed
        return self.done >= self.steps or (closed and self.done >= self._known)

    def finish(
        self, status: Literal["ended", "stopped", "failed"], reason: str = "", by: StoppedBy | None = None
    ) -> None:
        """Close the file for good and report it."""
        if self.finished:
            return
        self.finished = True
        self._flush()
        last = {} if self._growing is None else self._growing.revised(self.done)
        self._writer.meta({"costs": [stream.cost for stream in self._streams]} | last)
        self._writer.finish(status, steps=self.done, stopped_by=by)
        self._over()
        self._report(Finished(self.id, status, self.done, self._writer.manifest, reason, by))

    def abandon(self) -> None:
        """Close the file as stopped although nobody listens any more."""
        self._report = _ignored
        self.stop("server")

    def fail(self, error: Exception) -> None:
        """Give up because of trouble that is not a model's; the file keeps its whole chunks."""
        if self._redoing is not None:
            self._drop_redo(self._redoing)
            self._tell(refusal(self.id, error))
        elif is_full(error):
            self._give_up("stopped", f"the disk is full: the run stopped at step {self.done}", by="disk")
        else:
            self._give_up("failed", f"{type(error).__name__}: {error}")

    def _give_up(self, status: Literal["stopped", "failed"], reason: str, by: StoppedBy | None = None) -> None:
        with contextlib.suppress(Exception):  # the trouble may be this very file; the reason is reported in any case
            self.finish(status, reason, by)
            return
        with contextlib.suppress(OSError):
            self._writer.close()
        self.finished = True
        self._over()
        self._report(Finished(self.id, status, self._reported, {}, reason, by))

    # --- for the second time

    def _caught_up(self, redoing: Redoing) -> None:
        """Stand where the run was: from here on it is as any other."""
        redoing.close()
        self._redoing, self._report = None, self._tell
        self._write()
        self._writer.move(self.path)
        self._report(Opened(self.id, self._writer.manifest))
        if redoing.partial:
            self._report(Chunk(self.id, self.done - self.done % KEYFRAME_EVERY, self.done, redoing.partial))

    def _drop_redo(self, redoing: Redoing) -> None:
        self.finished = True
        redoing.close()
        with contextlib.suppress(OSError):
            self._writer.close()
        self._writer.path.unlink(missing_ok=True)
        self._over()

    # --- time

    def wait(self, now: float) -> float:
        """Seconds until there is something to do."""
        if self._redoing is not None and (self.done < self._known or self.done >= self._redoing.step):
            return 0.0
        due = now + 3600.0
        if self._unwritten:
            due = tick_after(self._unwritten_since + WRITE_SECONDS - TICK)
        if self._waiting:
            due = min(due, self._reported_since + self._report_after)
        if self._until is not None and self.done < self._known:
            if self._pace.speed is None:
                return 0.0
            due = min(due, self._pace.due(self.done))
        return max(0.0, due - now)

    def due(self) -> list[tuple[Stream, int]]:
        """The streams that a tick advances now, and by how many steps."""
        count = self._due(time.perf_counter())
        return [(stream, count) for stream in self._alive.values()] if count else []

    def tick(self, done: Sequence[Done] | None = None) -> None:
        """Compute what is due, at most for `SLICE_SECONDS`; report and write what has waited long enough. Raises DiskFull, OSError.

        done: what the streams of `due` did, where that was computed already, as one batch with others'.
        """
        if done is None:
            done = [_alone(stream, count) for stream, count in self.due()]
        if done:
            self._take(done)
        now = time.perf_counter()
        late = self._redoing is None and now - self._reported_since >= self._report_after
        if self._waiting and (late or self.done % KEYFRAME_EVERY == 0):
            self._flush()
        if self._unwritten and now - self._unwritten_since >= WRITE_SECONDS - TICK:
            self._write()
        if self._grown:
            self._grown = False
            require_space(self.path.parent, reserve=self._reserve)
        if self._redoing is not None:
            if self._alive and self.done < self._redoing.step:
                return
            self._flush()
            self._caught_up(self._redoing)
        if self._until is not None and self.done >= self._until and self.done < self.steps:
            self.pause()
        if not self._alive:
            self.finish("failed", "; ".join(failure.reason for failure in self._failures))
        elif self._exhausted and self._lost:
            self.finish("stopped", by="source")
        elif self._exhausted:
            self.finish("ended")

    @property
    def _report_after(self) -> float:
        return REPORT_SECONDS if self._pace.speed is None else 0.0

    def _due(self, now: float) -> int:
        """Steps to compute now; never past a multiple of 64, so that a chunk is reported before the next begins."""
        if self._redoing is not None:
            end = min(self._redoing.step, self._known, self.done - self.done % KEYFRAME_EVERY + KEYFRAME_EVERY)
            return max(0, min(end - self.done, max(1, int(SLICE_SECONDS / self._cost))))
        if self._until is None:
            return 0
        room = min(self._until - self.done, self._known - self.done, KEYFRAME_EVERY - self.done % KEYFRAME_EVERY)
        if self._pace.speed is not None:
            room = min(room, self._pace.owed(now, self.done))
        return max(0, min(room, max(1, int(SLICE_SECONDS / self._cost))))

    # --- steps

    def _take(self, done: Sequence[Done]) -> None:
        """Take in what every living stream did in its next steps."""
        count, seconds = done[0].steps, sum(each.seconds for each in done)
        began = time.perf_counter() - seconds
        if not self._waiting:
            self._reported_since = began
        for number, (_, packets, _) in zip(list(self._alive), done, strict=True):
            if isinstance(packets, NotFinite):
                self._drop(packets.failure(number))
                packets = packets.packets
            elif isinstance(packets, Exception):  # a model's own trouble (out of memory, …) must not end the others
                self._drop(Failure(number, self.done, f"{type(packets).__name__}: {packets}"))
                packets = []
            for packet in packets:
                if packet.kind == "keyframe":
                    self._writer.keyframe(number, packet.first, packet.payload)
                else:
                    self._writer.frames(number, packet.first, packet.payload)
                self._waiting.append((number, packet))
        if not self._unwritten:
            self._unwritten, self._unwritten_since = True, began
        self.done = self.done + count if self._alive else max(self.done, *(failure.step for failure in self._failures))
        self._cost += 0.2 * ((time.perf_counter() - began) / count - self._cost)

    def _over(self) -> None:
        """Nothing more is computed or written."""
        for stream in self._streams:
            stream.close()
        self._lock.release()

    def _drop(self, failure: Failure) -> None:
        del self._alive[failure.stream]
        self._failures.append(failure)
        self._writer.meta({"failures": [failure.to_json() for failure in self._failures]})
        self._report(StreamFailed(self.id, failure))

    def _flush(self) -> None:
        """Report the steps since the last report, as one message a stream."""
        if not self._waiting:
            return
        if self.done % KEYFRAME_EVERY == 0:  # what is reported from here on needs this chunk in the file
            self._write()
        keyframes = [(n, p) for n, p in self._waiting if p.kind == "keyframe"]
        messages = [blocks.message(n, blocks.KIND_KEYFRAME, p.first, 1, p.payload) for n, p in keyframes]
        for number in sorted({n for n, p in self._waiting if p.kind == "frames"}):
            packets = [p for n, p in self._waiting if n == number and p.kind == "frames"]
            payload = b"".join(p.payload for p in packets)
            count = sum(p.count for p in packets)
            messages.append(blocks.message(number, blocks.KIND_FRAMES, packets[0].first, count, payload))
        self._waiting.clear()
        first, self._reported = self._reported, self.done
        if self._redoing is not None:
            self._redoing.compare(self.done, tuple(messages))
        else:
            self._report(Chunk(self.id, first, self.done, tuple(messages)))

    def _write(self) -> None:
        self._writer.flush()
        self._unwritten, self._grown = False, True

    def _moved(self) -> None:
        if self._redoing is None:
            self._flush()  # who hears of a step has it: what comes again is told from what is new by that
        self._report(Moved(self.id, self._until is not None, self.done, self._pace.speed, self._until))


def _ignored(event: Event) -> None:
    """Where events of a run go that nobody listens to any more."""
