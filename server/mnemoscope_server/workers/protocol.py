"""What travels between the web process and a worker: orders and commands one way, events the other.

Plain dataclasses, so that either side can be tested with a list in place of the pipe. Nothing here imports torch.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from mnemoscope.format.entries import Failure
from mnemoscope.format.schema import StoppedBy
from mnemoscope.running.stream import Packet
from mnemoscope.signals.arrivals import Counts, Gap
from mnemoscope.tasks import Episode
from mnemoscope.tasks.growing import Growing

# --- web process → worker --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Redo:
    """What a run has to come to by itself that another engine had begun."""

    step: int
    """Steps that were reported: they are computed again, and not reported."""
    manifest: dict[str, Any]
    """As the recording began."""
    part: Path
    """Where its file grows until it has come so far. It may exist, of an engine that died too."""
    last: bytes = b""
    """Wire messages of its last whole chunk, for an engine that cannot read the file."""


@dataclass(frozen=True)
class Open:
    """Begin a recording; nothing is computed before `Play` or `Advance`."""

    id: str
    path: Path
    """The file to write; it must not exist, but for `redo`."""
    title: str
    seed: int
    models: tuple[str | Path, ...]
    """Names of checkpoints, or the folders of fitted ones, in the order of the streams."""
    episode: Episode
    speed: float | None
    bridge: dict[str, Any] | None = None
    """Settings of a last stream: the first checkpoint, a Transformer, as a stateless DNC (mnemoscope.measuring.bridge.crossed)."""
    growing: Growing | None = None
    """Where the signal comes in while it is run: what makes `episode` of it."""
    reserve: int = 0
    """Bytes of the disk that are left free: the run stops before it takes them."""
    redo: Redo | None = None
    """Begin it for the second time; `Opened` comes when it stands where it was, paused. Declined, its file is as it was."""


@dataclass(frozen=True)
class Play:
    id: str


@dataclass(frozen=True)
class Pause:
    id: str


@dataclass(frozen=True)
class Advance:
    """Compute `count` steps, then pause."""

    id: str
    count: int


@dataclass(frozen=True)
class SetSpeed:
    """Steps per second; None = as fast as possible."""

    id: str
    speed: float | None


@dataclass(frozen=True)
class Stop:
    """Close the recording with the steps it has."""

    id: str
    by: StoppedBy = "owner"


@dataclass(frozen=True)
class Feed:
    """Samples of a live source, in order; they are run as soon as the session plays."""

    id: str
    samples: tuple[float, ...]
    """NaN: none came, the value before is held."""
    counts: Counts
    """Of all samples so far, for the manifest."""
    gaps: tuple[Gap, ...]
    """All so far."""
    last: Literal["no", "end", "lost"] = "no"
    """end: nothing more comes; lost: so it seems, and the run is stopped when it has run what came."""


@dataclass(frozen=True)
class Compare:
    """Measure how exactly a Transformer is a stateless DNC; no session, answered by `Answered` or `Declined`."""

    id: str
    model: str
    """Name of a checkpoint."""
    seed: int


@dataclass(frozen=True)
class Look:
    """Look at one output through a lens of mnemoscope.measuring.lenses; no session, answered by `Answered` or `Declined`."""

    id: str
    entry: dict[str, Any]
    """Of the model, from the recording's manifest."""
    inputs: NDArray[np.float32]
    """What it heard, [≥ step + 1, feature]."""
    step: int
    lens: str


@dataclass(frozen=True)
class Blank:
    """See how far answers move when a stretch of the input is blanked; no session, answered by `Answered` or `Declined`."""

    id: str
    entry: dict[str, Any]
    """Of the model, from the recording's manifest."""
    inputs: NDArray[np.float32]
    """What it heard, of the whole run so far, [step, feature]."""
    first: int
    last: int


@dataclass(frozen=True)
class Judge:
    """Reach the verdict of a finished recording; no session, answered by `Answered` or `Declined`."""

    id: str
    path: Path


@dataclass(frozen=True)
class Remember:
    """Measure how long a signal is remembered; no session. What is known so far comes as `Progressed`, all of it as `Answered`."""

    id: str
    checkpoints: tuple[str, ...]
    """Names of checkpoints of signal-recall."""
    values: NDArray[np.float32] | None
    """The series, z-scored, [T]; None = held-out mixtures."""
    name: str
    """What the series is called."""
    segment: int
    delays: tuple[int, ...] | None
    """None = coarse to fine, where the curves jump."""
    segments: tuple[int, ...] | None = None
    """Other segments; None = those of mnemoscope.running.retention_stream."""
    contents: bool = True


@dataclass(frozen=True)
class Pack:
    """Pack the engine of a recorded model (mnemoscope.running.packed); no session, answered by `Answered` or `Declined`."""

    id: str
    manifest: dict[str, Any]
    """Of the recording."""
    stream: int


Question = Compare | Look | Blank | Judge | Remember | Pack


@dataclass(frozen=True)
class Quit:
    """Close all recordings as stopped and end the process."""


@dataclass(frozen=True)
class Ping:
    """Say that you are there."""


Command = Ping | Open | Play | Pause | Advance | SetSpeed | Stop | Feed | Question | Quit

# --- worker → web process --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """The engine is loaded."""

    device: str


@dataclass(frozen=True)
class Pong:
    """The worker is there."""


@dataclass(frozen=True)
class Broken:
    """The engine cannot be loaded; the worker ends."""

    reason: str


@dataclass(frozen=True)
class Measured:
    """What a step of one checkpoint costs here."""

    name: str
    ms_per_step: float
    frame_bytes: int
    keyframe_bytes: int


@dataclass(frozen=True)
class Opened:
    id: str
    manifest: dict[str, Any]


DISK_FULL = "disk-full"
"""The code of what was declined for want of space."""


@dataclass(frozen=True)
class Declined:
    """An order or a question could not be carried out; no file is left."""

    id: str
    code: str
    message: str


@dataclass(frozen=True)
class Progressed:
    """What is known so far of the answer to a question."""

    id: str
    report: dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """The answer to a question."""

    id: str
    report: dict[str, Any]


@dataclass(frozen=True)
class Moved:
    """A command was carried out, or counted steps are done."""

    id: str
    running: bool
    step: int
    speed: float | None
    until: int | None = None
    """Step before which it pauses; None while it is paused."""


@dataclass(frozen=True)
class Chunk:
    """Steps `first … upto` (upto excluded) of all living streams, inside one chunk of 64 steps.

    messages: wire messages (docs/format.md), keyframes first. All before the chunk is in the file already. After `redo` comes, once more,
    what there is of the chunk that was broken off.
    """

    id: str
    first: int
    upto: int
    messages: tuple[bytes, ...]


@dataclass(frozen=True)
class Revised:
    """More is known of a live signal: its scaling, its gaps. The manifest as the file has it now."""

    id: str
    manifest: dict[str, Any]


@dataclass(frozen=True)
class StreamFailed:
    id: str
    failure: Failure


@dataclass(frozen=True)
class Finished:
    """The file is closed; manifest as the file has it now, empty where the worker could not close it."""

    id: str
    status: Literal["ended", "stopped", "failed"]
    steps: int
    manifest: dict[str, Any]
    """Empty where the file could not be given its end."""
    reason: str = ""
    by: StoppedBy | None = None


@dataclass(frozen=True)
class Sent:
    """Samples of a live source on their way from the web process that they came to, to the one that keeps the run."""

    id: str
    ticket: str
    """By which the answer is known."""
    values: tuple[float | None, ...] | None
    """None = only where the source stands is asked."""
    first: int | None = None
    times: tuple[float, ...] | None = None
    end: bool = False
    """Nothing comes after them."""


@dataclass(frozen=True)
class Received:
    """The answer to `Sent`: where the source stands now, and why nothing was taken."""

    id: str
    ticket: str
    source: dict[str, Any]
    refused: tuple[str, str, str] | None
    """Code, message and hint; None = all was taken."""


Event = (
    Ready
    | Pong
    | Broken
    | Measured
    | Opened
    | Declined
    | Progressed
    | Answered
    | Moved
    | Chunk
    | Revised
    | StreamFailed
    | Sent
    | Received
    | Finished
)


@dataclass(frozen=True)
class Lost:
    """Of an engine elsewhere: the worker process that had these runs and questions died."""

    ids: tuple[str, ...]
    reason: str
    blamed: str
    """Which of them it computed then; "" = nobody knows, anything else = none of them."""


# --- what a worker runs ----------------------------------------------------------------------------------------------


class Stream(Protocol):
    """One model on one episode."""

    @property
    def cost(self) -> dict[str, Any] | None:
        """What the steps so far cost, as in a manifest's `costs`; None before the first."""
        ...

    def advance(self, count: int) -> list[Packet]:
        """Compute the next `count` steps. Raises NotFinite when the model cannot go on."""
        ...

    def hear(self, episode: Episode, first: int, until: int) -> None:
        """Take in what an episode that grows has by now in steps `first … until`."""
        ...

    def close(self) -> None:
        """No step follows."""
        ...


@dataclass
class Prepared:
    """An order ready to run."""

    manifest: dict[str, Any]
    streams: list[Stream] = field(default_factory=list["Stream"])


class Engine(Protocol):
    """What a worker runs models with. Built in the worker with the device that was asked for."""

    device: str
    batches: bool
    """Whether `advance` of many streams costs less than one after the other."""

    def advance(self, wishes: Sequence[tuple[Stream, int]]) -> list[list[Packet] | Exception]:
        """What each stream does in its next steps, or why it cannot; asked only where it `batches`."""
        ...

    def prepare(self, order: Open) -> Prepared:
        """Load the models of an order. Raises MnemoscopeError."""
        ...

    def answer(self, question: Question) -> Generator[dict[str, Any] | None, None, dict[str, Any]]:
        """The answer, as what the generator returns. It yields where sessions may be served: None, or what is known so far.

        Raises MnemoscopeError.
        """
        ...

    def measure(self) -> Measured | None:
        """Measure one more checkpoint, in at most about 0.3 s; None when all are known."""
        ...
