"""What a kind of memory is to everything that reads a recording: one class, and the log that its rules take.

A kind says which tensors a step records, how they change a state, what of a read came from which write, and how much of
a write is left. Readers, verification, pictures and the manifest's checks ask `mnemoscope.kinds.KINDS` and never ask for a kind by
name. A new kind is one module with one subclass of `Kind`, and one line in the registry.

    log = BankLog(rec["dnc"], bank)
    kind = kinds.of(bank)
    parts = kind.read_parts(log, t, head)   # [t + 2, width], row 0 the initial content
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import BankSpec
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.kinds import ledger
from mnemoscope.kinds.bounds import Bound
from mnemoscope.kinds.ledger import Floats

Shapes = dict[str, tuple[int, ...]]
"""By name of the tensor, without time."""

MECHANISMS = ("overwritten", "freed", "faded")
"""How a write can be lost: its place is erased for another write, its slot is released, or all that is held decays."""

Sums = Iterator[tuple[int, Floats]]
"""Per chunk: first step, and the sum of all contributions since step 0 to what each head reads [step, head, width]."""

SharesBack = Iterator[tuple[int, Floats]]
"""Back through the run: first step of some writes, and their shares [read, write]; last −1 and those of the initial content [read, 1]."""

STRETCH = 512
"""Steps of a log that are in memory at a time."""


class Tensor(NamedTuple):
    """A tensor that a bank of the kind records: its name, its axes, and a remark for docs/format.md."""

    name: str
    axes: tuple[str, ...]
    remark: str = ""


class Variant(NamedTuple):
    """One row of the table of kinds in docs/format.md: the kind with some options, and what the tensors do not say."""

    title: str
    options: Mapping[str, Any]
    update: str
    recorded: str = ""
    keyframe: str = ""


class Fault(NamedTuple):
    """Something about a bank that its kind does not allow: the field of the bank (None: several), and what is wanted."""

    field: str | None
    wanted: str


class BankSource(Protocol):
    """One model of a recording, as far as the rules of a kind ask for it. `ModelView` is one."""

    @property
    def steps(self) -> int:
        """Steps that the model has."""
        ...

    @property
    def planned(self) -> int:
        """Steps that the run is planned to have."""
        ...

    def recorded(self, name: str, bank: str | None = None) -> bool:
        """Whether the log holds this tensor."""
        ...

    def array(self, name: str, bank: str | None = None, *, start: int = 0, stop: int | None = None) -> NDArray[Any]:
        """A recorded tensor [step, …] of steps start … stop − 1."""
        ...

    def frames(self, bank: BankSpec, names: Iterable[str], start: int, stop: int) -> dict[str, Floats]:
        """Recorded tensors [step, …] of steps start … stop − 1, by name; nothing else is read, nothing is kept."""
        ...

    def keyframe(self, k: int, bank: str) -> Mapping[str, NDArray[Any]]:
        """The bank's tensors of the state before step 64·k, by name. Raises RecordingError where it is missing."""
        ...


class BankState(Protocol):
    """State of a bank between two steps; its fields are named like the arrays derived from it."""

    def advance(self, bank: BankSpec, frame: Mapping[str, NDArray[Any]]) -> None:
        """One step: `frame` holds the bank's recorded tensors of that step, by name, without a time axis."""
        ...


S = TypeVar("S", bound=BankState)


@dataclass(frozen=True)
class BankLog:
    """The log of one bank of one model, in float64."""

    source: BankSource
    bank: BankSpec

    @property
    def steps(self) -> int:
        return self.source.steps

    def upto(self, name: str, stop: int, head: int | None = None) -> Floats:
        """A recorded tensor of steps 0 … stop − 1, of one head where asked."""
        array = self.source.array(name, self.bank.name, stop=stop)
        return (array if head is None else array[:, head]).astype(np.float64)

    def at(self, name: str, t: int) -> Floats:
        """A recorded tensor of step t."""
        return self.source.array(name, self.bank.name, start=t, stop=t + 1)[0].astype(np.float64)

    def initial(self, name: str) -> Floats:
        """A tensor of the state before step 0."""
        return self.source.keyframe(0, self.bank.name)[name].astype(np.float64)

    def span(self, names: Sequence[str], start: int, stop: int, head: int | None = None) -> list[Floats]:
        """Recorded tensors of steps start … stop − 1, of one head where asked. Nothing is kept."""
        found = self.source.frames(self.bank, names, start, stop)
        return [found[name] if head is None else found[name][:, head] for name in names]

    def onward(
        self, names: Sequence[str], start: int, stop: int, head: int | None = None
    ) -> Iterator[tuple[int, list[Floats]]]:
        """The same stretch by stretch: first step, tensors [step, …]."""
        for first in range(start, stop, STRETCH):
            yield first, self.span(names, first, min(first + STRETCH, stop), head)

    def back(self, names: Sequence[str], stop: int, head: int | None = None) -> Iterator[tuple[int, list[Floats]]]:
        """Steps 0 … stop − 1 stretch by stretch, the last one first; inside a stretch steps ascend."""
        for end in range(stop, 0, -STRETCH):
            first = max(0, end - STRETCH)
            yield first, self.span(names, first, end, head)

    def sizes(self, name: str, steps: NDArray[np.intp]) -> Floats:
        """|tensor| at some steps, ascending; what is not a number counts as 0. Nothing is kept."""
        first = int(steps[0])
        [found] = self.span((name,), first, int(steps[-1]) + 1)
        return np.nan_to_num(np.abs(found[steps - first]))


class Kind(ABC, Generic[S]):
    """A kind of memory. Stateless: one instance a kind, in `KINDS`.

    Banks are described by `BankSpec`; shapes below use its `slots`, `width` and heads. Steps, slots and heads that are asked
    for exist: `ModelView` checks them.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    """Which memories are of this kind, in a few words."""
    options: ClassVar[tuple[str, ...]] = ()
    """Fields of a BankSpec beyond its sizes that a bank of this kind may set."""
    variants: ClassVar[tuple[Variant, ...]]
    held_rule: ClassVar[str]
    """What a write is and what later steps make of it, for docs/format.md."""
    loss_rule: ClassVar[str]
    """How a later step takes part of a write away, by mechanism, for docs/format.md."""
    occupancy_rule: ClassVar[str]
    mechanisms: ClassVar[tuple[str, ...]] = ()
    """How such a memory can lose a write, of `MECHANISMS`; none where nothing is ever lost."""
    derivable: ClassVar[tuple[str, ...]]
    """Names of arrays that follow from the log, for banks with the options that they need."""

    single: ClassVar[bool] = False
    """One state [unit] without slots and heads."""
    grows: ClassVar[bool] = False
    """One slot a step, never changed: the log is the memory, there is no state and no keyframe."""
    last_by_default: ClassVar[bool] = False
    """Of several banks (layers) the last one is looked at where none is named; else the first."""
    addressed: ClassVar[bool] = False
    """Slots are chosen by weightings, so that most slots stay untouched."""
    fades: ClassVar[bool] = True
    """What is held only fades, number by number: held(s, t) lies in 0 … 1 and never grows with t."""

    def bank(
        self,
        name: str,
        *,
        width: int,
        slots: int | None = None,
        write_heads: int = 1,
        read_heads: int = 1,
        **options: Any,
    ) -> BankSpec:
        """A bank of this kind. Raises RecordingError for what the kind does not allow."""
        spec = BankSpec(name, self.name, slots, width, write_heads, read_heads, **options)
        for field, wanted in self.faults(spec):
            raise RecordingError(f"Bank {name}{f', {field}' if field else ''}: wanted {wanted}.")
        return spec

    # what is recorded

    @abstractmethod
    def frame(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """Tensors that every frame must hold, so that the reader can derive the rest."""

    @abstractmethod
    def keyframe(self, bank: BankSpec) -> tuple[Tensor, ...]:
        """Tensors that every keyframe must hold: the state before a step."""

    @abstractmethod
    def faults(self, bank: BankSpec) -> Iterator[Fault]:
        """What this kind does not allow about the sizes and options of a bank."""

    def shape(self, bank: BankSpec, axes: tuple[str, ...]) -> tuple[int, ...]:
        """Sizes of named axes."""
        slots, width = bank.slots or 1, bank.width
        sizes = {
            "slot": slots, "key": slots, "width": width, "unit": width, "from_unit": width, "gate": 1,
            "write_head": bank.write_heads, "read_head": bank.read_heads, "head": bank.read_heads,
        }  # fmt: skip
        return tuple(sizes[axis] for axis in axes)

    def frame_tensors(self, bank: BankSpec) -> Shapes:
        """Shapes of `frame`."""
        return {tensor.name: self.shape(bank, tensor.axes) for tensor in self.frame(bank)}

    def keyframe_tensors(self, bank: BankSpec) -> Shapes:
        """Shapes of `keyframe`."""
        return {tensor.name: self.shape(bank, tensor.axes) for tensor in self.keyframe(bank)}

    def slot_width(self, bank: BankSpec) -> int:
        """Numbers of one slot."""
        return bank.width

    # states

    @abstractmethod
    def state(self, bank: BankSpec, keyframe: Mapping[str, NDArray[Any]]) -> S:
        """The state that a keyframe holds: the bank's tensors by name, without a time axis."""

    def states(self, log: BankLog, start: int, stop: int) -> Iterator[tuple[int, S]]:
        """(step, state after it) for steps start … stop − 1, from the keyframe at or before `start`.

        The same object is yielded again and again while it advances; each keyframe takes over at its step.
        """
        bank, names = log.bank, list(self.frame_tensors(log.bank))
        for k in range(start // KEYFRAME_EVERY, -(-stop // KEYFRAME_EVERY)):
            first, end = k * KEYFRAME_EVERY, min(stop, (k + 1) * KEYFRAME_EVERY)
            state = self.state(bank, log.source.keyframe(k, bank.name))
            frames = log.source.frames(bank, names, first, end)
            for t in range(first, end):
                state.advance(bank, {name: array[t - first] for name, array in frames.items()})
                if t >= start:
                    yield t, state

    def state_at(self, log: BankLog, t: int) -> S:
        """The state after step t: at most 64 updates."""
        *_, (_, state) = self.states(log, t, t + 1)
        return state

    @abstractmethod
    def content(self, log: BankLog, t: int) -> Floats:
        """What the memory holds after step t's write."""

    def derived(self, bank: BankSpec, stop: int) -> Shapes:
        """Arrays that follow from the log of such a bank; `stop` is one more than the last step asked for."""
        return {name: self.derived_shape(bank, name, stop) for name in self.derivable}

    @abstractmethod
    def derived_shape(self, bank: BankSpec, name: str, stop: int) -> tuple[int, ...]:
        """Shape of one array of `derivable` at one step."""

    def derive(self, log: BankLog, name: str, start: int, out: NDArray[np.float32]) -> None:
        """Fill out [step, …], all zero, with a derived array of steps start …"""
        for t, state in self.states(log, start, start + len(out)):
            out[t - start] = getattr(state, name)

    # reads and the ledger

    def read_vector(self, log: BankLog, t: int, head: int) -> Floats:
        """What one head read at step t [width]."""
        vectors = log.at("read_vectors", t)
        return vectors if self.single else vectors[head]

    def attention(self, log: BankLog, t: int, head: int) -> Floats:
        """The attention row [t + 1] of one head. Raises RecordingError for kinds that do not attend."""
        raise RecordingError(f"Bank {log.bank.name} is of kind {self.name}, which has no attention rows.")

    @abstractmethod
    def read_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """What each write contributes to what one head read at step t: [t + 2, width], row 0 the initial content."""

    @abstractmethod
    def write_parts(self, log: BankLog, t: int, head: int) -> Floats:
        """The same for what stands, after step t, where write head `head` wrote."""

    @abstractmethod
    def slot_parts(self, log: BankLog, slot: int, t: int) -> Floats:
        """The same for the content of one slot after step t: [t + 2, numbers of a slot]."""

    @abstractmethod
    def shares_back(self, log: BankLog, head: int, first: int, reads: Floats) -> SharesBack:
        """Shares of the past writes in `reads` [read, width], what one head read at consecutive steps `first` …

        Zero for writes after the step of a read, and all zero for a read of nothing. Ends before the first write where nothing
        of what was written so far back is read.
        """

    def read_shares(self, log: BankLog, t: int, head: int, read: Floats) -> Floats:
        """Signed shares [t + 2] of the past writes in the vector `read` at step t."""
        return self.share_rows(log, head, t, read[None])[0]

    def share_rows(self, log: BankLog, head: int, first: int, reads: Floats) -> Floats:
        """`shares_back` as one table [read, last step + 2]."""
        out = np.zeros((len(reads), first + len(reads) + 1))
        for start, shares in self.shares_back(log, head, first, reads):
            out[:, start + 1 : start + 1 + shares.shape[1]] = shares
        return out

    def largest_shares(self, log: BankLog, head: int, first: int, reads: Floats) -> Floats:
        """The largest |share| of each read of `shares_back` [read]."""
        most = np.zeros(len(reads))
        for _, shares in self.shares_back(log, head, first, reads):
            most = np.maximum(most, np.abs(shares).max(axis=1))
        return most

    def slot_shares(self, log: BankLog, slot: int, t: int, unit: int | None = None) -> Floats:
        """Shares [t + 2] of the writes in the content of one slot after step t, or in one number of it."""
        parts = self.slot_parts(log, slot, t)
        return ledger.shares(parts if unit is None else parts[:, unit : unit + 1])

    # what is held

    @abstractmethod
    def write_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """‖A_s‖: how much each of the steps start … stop − 1 wrote."""

    @abstractmethod
    def held_by_slot(self, log: BankLog, s: int, t: int) -> Floats:
        """held(s, t) split over slots: [slot]; of a single state over its units, of one that grows over steps 0 … t."""

    @abstractmethod
    def held_row(self, log: BankLog, t: int) -> Floats:
        """held(s, t) of every s ≤ t: [t + 1]. 0 where a step wrote nothing."""

    def held(self, log: BankLog, s: int, t: int) -> float:
        """How much of what step s wrote is still there after step t: ⟨D A_s, A_s⟩ / ⟨A_s, A_s⟩, 0 where it wrote nothing.

        A_s is what step s put into the bank, D what steps s + 1 … t made of it. 1 at t = s.
        """
        return float(self.held_by_slot(log, s, t).sum())

    @abstractmethod
    def losses(self, log: BankLog, writes: range, stop: int) -> dict[str, Floats]:
        """What each step took of the writes of some steps (a range without gaps), by mechanism: [write, stop] each.

        At step t > s all mechanisms together take held(s, t − 1) − held(s, t), so that held(s, t) = 1 − Σ losses up to t; 0 up to
        the step of the write itself, and where that wrote nothing. Negative where a step turns the state back to what was written.
        """

    @abstractmethod
    def offered_norms(self, log: BankLog, start: int, stop: int) -> Floats:
        """How large each write of steps start … stop − 1 would be with its address and gates fully open, the scale of `write_norms`."""

    @abstractmethod
    def occupancy(self, log: BankLog, start: int, stop: int) -> Floats:
        """How full the bank is after each of the steps start … stop − 1, 0 … 1."""

    # verification and pictures

    @abstractmethod
    def bounds(self, bank: BankSpec) -> tuple[Bound, ...]:
        """What the numbers of a bank must satisfy by what they mean, of whichever of these tensors there are."""

    def address_errors(self, log: BankLog, first: int, stop: int) -> Floats | None:
        """By how much weightings contradict the equations of their addressing [step], as far as the log tells.

        None where nothing follows: kinds without weightings, and logs without the gates that it takes. Meant for models that
        follow those equations, that is for runs of named weights.
        """
        return None

    @abstractmethod
    def rebuilt_reads(self, log: BankLog, first: int, stop: int) -> tuple[Floats, Mapping[str, Floats]]:
        """One chunk from its keyframe: reads [step, head, width], and the tensors of the keyframe that must follow."""

    @abstractmethod
    def sums(self, log: BankLog) -> Sums:
        """What the contributions of every step and head sum to.

        Where `read_parts` goes backwards from one read, this goes forwards with every write, across all keyframes.
        """

    def reading(self, log: BankLog, first: int, stop: int) -> NDArray[np.bool_]:
        """Which of the steps first … stop − 1 read anything."""
        return np.full(stop - first, True)

    @abstractmethod
    def marks(self, log: BankLog, steps: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """How strongly some steps, ascending, wrote and read each place: two tables [step, place]."""


def per_norm(vectors: Floats) -> Floats:
    """Vectors [read, width] over their squared norms, so that a contribution times one is its share; zero stays zero."""
    norms = np.einsum("rw,rw->r", vectors, vectors)[:, None]
    return np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0.0)


def open_writes(writes: range, t: int) -> int:
    """How many of the writes were made before step t."""
    return max(0, min(t, writes.stop) - writes.start)


def chunks(steps: int) -> Iterator[tuple[int, int]]:
    """First step and end of every chunk of `steps` steps."""
    for first in range(0, steps, KEYFRAME_EVERY):
        yield first, min(first + KEYFRAME_EVERY, steps)
