"""Where samples of a live source come in: put in order, counted, queued for the worker as far as there is room.

The queue is bounded: what does not fit is refused as a whole, and the sender is told how much room there is. No web framework here
and no process, as in session.py.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal

from mnemoscope.signals.arrivals import Arrivals
from mnemoscope.tasks.growing import Growing
from mnemoscope_server.errors import NotPossible, QueueFull
from mnemoscope_server.schemas.messages import Source
from mnemoscope_server.workers.protocol import Feed

LATE_SECONDS = 1.0
"""How long samples wait for one they overtook."""
SILENT_SECONDS, SILENT_SAMPLES = 3.0, 5
"""A source is silent when nothing came for so long, and for so many samples' time."""
RATE_SECONDS = 5.0
"""The rate that is measured is that of the last so many seconds."""


class Inlet:
    """The live source of one session."""

    def __init__(
        self,
        identity: str,
        growing: Growing,
        *,
        queue: int,
        grace: float,
        patience: float,
        send: Callable[[Feed], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """queue: most samples that wait to be computed. grace: seconds after which a lost source ends the run; patience: the same
        before its first sample.
        """
        self.id, self.queue, self.grace, self.patience = identity, queue, grace, patience
        self.signal, self.samples = growing.signal, growing.steps * growing.signal.average
        self.arrivals = Arrivals(rate=growing.signal.rate)
        self.senders = 0
        """Connections that are open to send."""
        self.ended = False
        """No more samples are wanted."""
        self._send, self._clock = send, clock
        self._computed = 0
        self._scaled = growing.scaling is not None
        self._seen: float | None = None
        self._opened = clock()
        self._recent: deque[tuple[float, int]] = deque()
        self._listeners: set[asyncio.Event] = set()
        self.over = asyncio.Event()
        """The source has ended, or its run has."""

    # --- the sender

    @property
    def queued(self) -> int:
        """Samples that are not computed yet."""
        return (
            max(0, min(self.arrivals.placed, self.samples) - self._computed * self.signal.average)
            + self.arrivals.waiting
        )

    @property
    def room(self) -> int:
        """Samples that would be taken now."""
        return 0 if self.ended else max(0, self.queue - self.queued)

    def take(
        self, values: Sequence[float | None], *, first: int | None = None, times: Sequence[float] | None = None
    ) -> None:
        """Take samples, all or none. Raises QueueFull, SignalError, and NotPossible where nothing more is wanted."""
        if self.ended:
            raise NotPossible(
                "source-ended",
                "this run takes no more samples: it has the most steps it may have, or its source has ended",
                "Start a new run.",
            )
        if len(values) > self.queue:
            raise NotPossible(
                "too-many-samples",
                f"{len(values)} samples at once, at most {self.queue} are taken",
                "Send them in smaller parts.",
            )
        if len(values) > self.room:
            raise QueueFull(len(values), self.room)
        placed = self.arrivals.take(values, first) if times is None else self.arrivals.take_at(values, times)
        if values:
            now = self._clock()
            self._seen = now
            self._recent.append((now, len(values)))
            self._pass_on(placed)

    def end(self, last: Literal["end", "lost"] = "end") -> None:
        """Nothing more comes."""
        if not self.ended:
            self._pass_on(self.arrivals.flush(), last=last)
        self.close()

    def close(self) -> None:
        """Take no more."""
        self.ended = True
        self.over.set()
        self._wake()

    async def wait_for_room(self, samples: int) -> None:
        """Return when so many samples, or half a queue, would be taken, or nothing is wanted any more."""
        wanted = min(samples, self.queue // 2)
        event = asyncio.Event()
        self._listeners.add(event)
        try:
            while self.room < wanted and not self.ended:
                event.clear()
                await event.wait()
        finally:
            self._listeners.discard(event)

    def _pass_on(self, placed: list[float], *, last: Literal["no", "end", "lost"] = "no") -> None:
        beyond = max(0, self.arrivals.placed - self.samples)
        if beyond:
            self.arrivals.counts.beyond += min(beyond, len(placed))
            placed = placed[: max(0, len(placed) - beyond)]
        full = self.arrivals.placed >= self.samples
        # counts go as a copy: what is on its way to the worker must not change under it
        counts = type(self.arrivals.counts)(**vars(self.arrivals.counts))
        self._send(Feed(self.id, tuple(placed), counts, tuple(self.arrivals.gaps), last))
        if full:
            self.close()

    # --- time

    def tick(self) -> None:
        """Give up waiting for what was overtaken, and for a source that is lost. To be called about twice a second."""
        now = self._clock()
        if self.ended:
            return
        if self.arrivals.waiting and self._seen is not None and now - self._seen >= LATE_SECONDS:
            self._pass_on(self.arrivals.flush())
        if not self.senders and self._ends_in(now) <= 0:
            self.end("lost")

    def computed(self, step: int) -> None:
        """The worker has come to this step."""
        self._computed = step
        self._wake()

    def scaled(self) -> None:
        """The scaling of the source is settled."""
        self._scaled = True

    def _wake(self) -> None:
        for event in self._listeners:
            event.set()

    def _ends_in(self, now: float) -> float:
        """Seconds until the source counts as lost; a slow one is waited for longer."""
        if self._seen is None:
            return self.patience - (now - self._opened)
        period = 0.0 if self.signal.rate is None else 1 / self.signal.rate
        return max(self.grace, 10 * period) - (now - self._seen)

    def state(self) -> Source:
        """Where the source stands."""
        now = self._clock()
        while self._recent and now - self._recent[0][0] > RATE_SECONDS:
            self._recent.popleft()
        period = 0.0 if self.signal.rate is None else 1 / self.signal.rate
        quiet = None if self._seen is None else now - self._seen
        if self.ended:
            state = "ended"
        elif quiet is None:
            state = "waiting"
        else:
            state = "silent" if quiet > max(SILENT_SECONDS, SILENT_SAMPLES * period) else "receiving"
        seconds = min(RATE_SECONDS, max(1.0, now - self._opened))
        counts = self.arrivals.counts
        left = math.ceil(self._ends_in(now)) if not self.senders and state in ("waiting", "silent") else None
        return Source(
            state=state,
            received=counts.received,
            next=self.arrivals.next or 0,
            room=self.room,
            queued=self.queued,
            rate=self.signal.rate,
            measured_rate=round(sum(n for _, n in self._recent) / seconds, 2) if self._seen is not None else None,
            seen_seconds=None if quiet is None else round(quiet, 1),
            gaps=counts.gaps,
            missing=counts.missing,
            late=counts.late,
            duplicates=counts.duplicates,
            blank=counts.blank,
            beyond=counts.beyond,
            senders=self.senders,
            warming=0 if self._scaled else max(0, self.signal.warmup * self.signal.average - self.arrivals.placed),
            ends_in=None if left is None else max(0, left),
        )
