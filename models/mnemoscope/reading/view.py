"""One model of a recording as NumPy arrays: what was recorded, and everything derived from it.

Arrays over time come as read-only float32 with the step first; states and ledger rows of one step as float64.
Derived arrays by kind of bank:

    matrix       memory [step, slot, width] · usage, precedence, retention [step, slot] · links [step, slot, slot]
                 read_vectors [step, read_head, width], where they are not recorded
    cell         cell [step, unit]
    append       attention [step, head, step], zero above the diagonal
    recurrent    hidden [step, unit]
    associative  memory [step, head, key, width]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope import kinds
from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import DTYPE, BankSpec, FrameLayout, TensorSpec, unpack
from mnemoscope.format.manifest import KEYFRAME_EVERY, StreamSpec, of_bits
from mnemoscope.kinds import BankLog, BankState, Kind, ledger
from mnemoscope.kinds.ledger import Floats

if TYPE_CHECKING:
    from mnemoscope.reading.recording import Recording

MAX_ARRAY_BYTES = 2 << 30
"""A derived array may take this much; links of all steps grow with slots² and are asked for in ranges instead."""


KEPT_BYTES = 32 << 20
"""Recorded arrays that a view keeps whole once it was asked for them; of a longer run it reads what is asked for, each time."""

WRITES_AT_ONCE = 64
"""Writes whose remains are carried through a run together: what is left of each is as large as the bank."""


class ModelView:
    """One model of a recording: `rec["dnc"]`.

    `bank=None` selects the first bank ("memory" of an NTM or DNC, "cell" of an LSTM or GRU, "state" of an Elman network) and of
    attention and DeltaNet layers the last one; of an encoder-decoder that is what its last decoder layer reads of the encoder.

    Steps t and s count from 0; arrays are NumPy, the recorded ones float32, the derived ones float64. Every method raises
    RecordingError for a step, head, slot or bank that the model does not have, and for what a bank of its kind does not hold;
    CorruptRecording where the bytes it needs do not fit their checksum. What is derived, and from which equation of which
    paper, stands in docs/format.md and in the module of each kind (mnemoscope.kinds).
    """

    def __init__(self, recording: Recording, stream: StreamSpec) -> None:
        self._recording = recording
        self._stream = stream
        self._cache: dict[tuple[str | None, str], NDArray[np.float32]] = {}

    @property
    def id(self) -> str:
        """Short id, unique inside the recording: "dnc", "ntm@250"."""
        return self._stream.id

    @property
    def label(self) -> str:
        """Its name for people."""
        return self._stream.label

    @property
    def banks(self) -> tuple[BankSpec, ...]:
        """Its memories, in the order in which data flows through them."""
        return self._stream.banks

    @property
    def steps(self) -> int:
        """Steps that this model has."""
        return self._recording.steps_of(self._stream.index)

    @property
    def planned(self) -> int:
        """Steps that the run is planned to have; of a run that has ended, those it reached."""
        return self._recording.manifest["steps"]

    @property
    def bits(self) -> bool:
        """Whether inputs, targets and outputs are bits (outputs: their probabilities), not real numbers."""
        return of_bits(self._recording.manifest)

    @property
    def tensors(self) -> tuple[TensorSpec, ...]:
        """What was recorded at every step."""
        return self._stream.frame.tensors

    @property
    def frame(self) -> FrameLayout:
        """How the tensors of a step lie in its frame."""
        return self._stream.frame

    def __contains__(self, key: object) -> bool:
        """Whether (bank, name) was recorded; bank None is what belongs to the whole model."""
        return key in self._stream.frame

    def bank(self, name: str | None = None) -> BankSpec:
        """The bank of that name, or the default one. Raises RecordingError where there is none."""
        if name is None and self.banks:
            return kinds.default_bank(self.banks)
        for bank in self.banks:
            if bank.name == name:
                return bank
        names = ", ".join(bank.name for bank in self.banks) or "none"
        wanted = "memory bank" if name is None else f"bank {name!r}"
        raise RecordingError(f"Model {self.id} has no {wanted}; its banks are: {names}.")

    def spec(self, name: str, bank: str | None = None) -> TensorSpec:
        """Name, role, axes and shape of a recorded tensor. Raises RecordingError listing what the model has."""
        frame = self._stream.frame
        if bank is None and (None, name) in frame:
            return frame[None, name]
        key = (self.bank(bank).name if self.banks else None, name)
        if key in frame:
            return frame[key]
        derived = kinds.of(self.bank(bank)).derivable if self.banks else ()
        known = ", ".join([t.name for t in frame.tensors if t.bank in (None, key[0])] + list(derived))
        raise RecordingError(f"Model {self.id} has no array {name!r} in bank {key[0]!r}; it has: {known}.")

    def frame_bytes(self, first: int, count: int) -> bytes:
        """`count` whole frames from step `first` on, as recorded (docs/format.md)."""
        return self._recording.frame_bytes(self._stream.index, first, count)

    def keyframe_bytes(self, k: int) -> bytes | None:
        """The state before step 64·k as recorded, or None where there is none."""
        return self._recording.keyframe_bytes(self._stream.index, k)

    def array(
        self, name: str, bank: str | None = None, *, start: int = 0, stop: int | None = None
    ) -> NDArray[np.float32]:
        """A recorded or derived array [step, …] of steps start … stop − 1 (by default all), read-only float32.

        Raises RecordingError for a name the model does not have, or a derived array beyond 2 GiB.
        """
        stop = self.steps if stop is None else stop
        if not 0 <= start <= stop <= self.steps:
            raise RecordingError(f"Wanted steps {start} … {stop - 1}, model {self.id} has {self.steps} steps.")
        if not self.recorded(name, bank) and self.banks and name in kinds.of(self.bank(bank)).derivable:
            out = self._derived(name, self.bank(bank), start, stop)
        else:
            out = self._recorded(self.spec(name, bank), start, stop)
        out.flags.writeable = False
        return out

    def recorded(self, name: str, bank: str | None = None) -> bool:
        """Whether the log holds this array, rather than implying it."""
        frame = self._stream.frame
        return (bank is None and (None, name) in frame) or (bool(self.banks) and (self.bank(bank).name, name) in frame)

    def read_vector(self, t: int, head: int = 0, bank: str | None = None) -> Floats:
        """What one head read at step t: [width]; of a cell or recurrent bank the hidden state [unit].

        As recorded, or `M_tᵀ w^r` with the memory derived from the keyframe before.
        """
        log, kind = self._log(bank)
        return kind.read_vector(log, self._step(t), self._head(head, log.bank.read_heads))

    def memory(self, t: int, bank: str | None = None) -> Floats:
        """Content after step t's write, by kind of bank.

        matrix [slot, width] · cell and recurrent [1, unit] · associative [head, key, width] · append the values
        [t + 1, head, width], slot s being step s (zero where a gated bank wrote nothing).
        """
        log, kind = self._log(bank)
        return kind.content(log, self._step(t))

    def state(self, t: int, bank: str | None = None) -> BankState:
        """The full state of a bank after step t: at most 64 updates from the keyframe before it. Append banks have none."""
        log, kind = self._log(bank)
        return kind.state_at(log, self._step(t))

    def usage(self, t: int, bank: str | None = None) -> Floats:
        """Usage [slot] at step t, of banks that keep it (DNC)."""
        return self._state_tensor("usage", t, bank)

    def links(self, t: int, bank: str | None = None) -> Floats:
        """Temporal links [slot, slot] after step t, of banks that keep them (DNC)."""
        return self._state_tensor("links", t, bank)

    def attention(self, t: int, head: int = 0, bank: str | None = None) -> Floats:
        """Attention weights [t + 1] of one head at step t over the steps so far; they sum to 1.

        In a gated bank a step that wrote nothing weighs 0, and the row of a step that read nothing is all zero.
        """
        log, kind = self._log(bank)
        self._require("attention", log.bank)
        return kind.attention(log, self._step(t), self._head(head, log.bank.read_heads))

    def contributions(self, t: int, head: int = 0, bank: str | None = None, *, write: bool = False) -> Floats:
        """What each write contributes to the vector read at step t: [t + 2, width], row 0 the initial content.

        They sum to `read_vectors` of that head. With write=True: to what stands, after the write, where write head `head`
        wrote: `M_tᵀ w^w_t`; of a cell the cell itself, of a recurrent state that state, of attention the value just written,
        of an associative memory `S_tᵀ k_t`.
        """
        log, kind = self._log(bank)
        head = self._head(head, log.bank.write_heads if write else log.bank.read_heads)
        return (kind.write_parts if write else kind.read_parts)(log, self._step(t), head)

    def shares(self, t: int, head: int | None = 0, bank: str | None = None, *, write: bool = False) -> Floats:
        """Signed shares [t + 2] of the past writes in the vector read at step t (ledger.py); they sum to 1.

        Index 0 is the initial content, index s + 1 the write of step s. A step that read nothing has an all-zero row.
        head=None: in the vectors of all heads side by side. write: as in `contributions`.
        """
        if head is None:
            return self._shares_of_all_heads(t, bank, write=write)
        if write:
            return ledger.shares(self.contributions(t, head, bank, write=True))
        log, kind = self._log(bank)
        return kind.read_shares(log, self._step(t), head, self.read_vector(t, head, bank))

    def _shares_of_all_heads(self, t: int, bank: str | None, *, write: bool) -> Floats:
        spec = self.bank(bank)
        if write:
            parts = [self.contributions(t, head, bank, write=True) for head in range(spec.write_heads)]
            return ledger.shares(np.concatenate(parts, axis=1))
        heads = range(spec.read_heads)
        rows = np.stack([self.shares(t, head, bank) for head in heads])
        return ledger.combine_heads(rows, np.stack([self.read_vector(t, head, bank) for head in heads]))

    def slot_origins(self, slot: int, t: int, bank: str | None = None, *, unit: int | None = None) -> Floats:
        """Which writes the content of one slot is made of after step t: shares [t + 2].

        A cell or recurrent state is one slot; a slot of an associative memory is one row of its key axis, over all heads;
        slot s of an append bank is what step s wrote, all zero where it wrote nothing. unit: one number of that slot alone.
        """
        (log, kind), steps = self._log(bank), self._step(t) + 1
        slots = steps if kind.grows else log.bank.slots or 1
        if not 0 <= slot < slots:
            raise RecordingError(f"Bank {log.bank.name} has slots 0 … {slots - 1} at step {t}, got {slot}.")
        units = kind.slot_width(log.bank)
        if unit is not None and not 0 <= unit < units:
            raise RecordingError(f"A slot of bank {log.bank.name} has units 0 … {units - 1}, got {unit}.")
        return kind.slot_shares(log, slot, t, unit)

    def held(self, s: int, t: int, bank: str | None = None) -> float:
        """How much of what step s wrote is still there after step t: 1 at t = s, 0 where it wrote nothing or s > t.

        Defined per kind of bank in docs/format.md ("What is held"). Where content only fades it lies in 0 … 1; where updates turn
        what they find (recurrent, associative) it may be negative or grow again.
        """
        log, kind = self._log(bank)
        return kind.held(log, self._step(s), self._step(t)) if s <= t else 0.0

    def held_row(self, t: int, bank: str | None = None) -> Floats:
        """`held(s, t)` of every step s ≤ t: [t + 1]. Costs about as much as one row of shares."""
        log, kind = self._log(bank)
        return kind.held_row(log, self._step(t))

    def held_by_slot(self, s: int, t: int, bank: str | None = None) -> Floats:
        """`held(s, t)` split over slots [slot]; of a cell or recurrent state over its units, of an append bank over steps 0 … t."""
        log, kind = self._log(bank)
        if s > self._step(t):
            raise RecordingError(f"Wanted a write up to step {t}, got step {s}.")
        return kind.held_by_slot(log, self._step(s), t)

    def losses(self, writes: range, stop: int | None = None, bank: str | None = None) -> dict[str, Floats]:
        """What each step before `stop` took of the writes of some steps: [write, stop] by mechanism, those of its kind of
        `mnemoscope.kinds.MECHANISMS` ("overwritten", "freed", "faded"); an append bank loses nothing and has none.

            view.losses(range(25, 49))["overwritten"][3, 107]    # how much of t = 28 step 107 overwrote

        Shares of what each step wrote: held(s, t) = 1 − Σ losses of s up to step t. Raises RecordingError for a range with gaps.
        """
        log, kind = self._log(bank)
        stop = self.steps if stop is None else stop
        if writes.step != 1 or not 0 <= writes.start < writes.stop <= stop <= self.steps:
            raise RecordingError(f"Wanted writes without gaps before step {stop} of {self.steps}, got {writes}.")
        blocks = [
            range(s, min(s + WRITES_AT_ONCE, writes.stop)) for s in range(writes.start, writes.stop, WRITES_AT_ONCE)
        ]
        tables = [kind.losses(log, block, stop) for block in blocks]
        if len(tables) == 1:
            return tables[0]
        return {name: np.concatenate([table[name] for table in tables]) for name in kind.mechanisms}

    def write_norm(self, s: int, bank: str | None = None) -> float:
        """How much step s wrote, ‖A_s‖ in the units of the content. What is held of a write near zero means little."""
        log, kind = self._log(bank)
        return float(kind.write_norms(log, self._step(s), s + 1)[0])

    def occupancy(self, t: int, bank: str | None = None) -> float:
        """How full the bank is after step t, 0 … 1. Defined per kind of bank in docs/format.md ("How full a bank is")."""
        log, kind = self._log(bank)
        return float(kind.occupancy(log, self._step(t), t + 1)[0])

    def keyframe(self, k: int, bank: str) -> dict[str, NDArray[np.float32]]:
        """The bank's tensors of keyframe k by name; raises RecordingError when that keyframe is missing."""
        payload = self.keyframe_bytes(k)
        if payload is None:
            raise RecordingError(f"Model {self.id} has no keyframe before step {k * KEYFRAME_EVERY}.")
        arrays = unpack(self._stream.keyframe, payload)
        return {name: array[0] for (owner, name), array in arrays.items() if owner == bank}

    def states(self, bank: BankSpec, start: int, stop: int) -> Iterator[tuple[int, BankState]]:
        """(step, state after it) for steps start … stop − 1, from the keyframe at or before `start`.

        The same object is yielded again and again while it advances; each keyframe takes over at its step.
        """
        return kinds.of(bank).states(BankLog(self, bank), start, stop)

    def frames(self, bank: BankSpec, names: Iterable[str], start: int, stop: int) -> dict[str, Floats]:
        """Recorded tensors [step, …] of steps start … stop − 1, by name; nothing else is read, nothing is cached."""
        arrays = unpack(self._stream.frame, self.frame_bytes(start, stop - start))
        return {name: arrays[bank.name, name].astype(np.float64) for name in names}

    def _recorded(self, spec: TensorSpec, start: int, stop: int) -> NDArray[np.float32]:
        """Steps of a recorded tensor: from what is kept, which is extended when the recording has grown; else read anew."""
        have = self._cache.get(spec.key)
        if have is not None and stop <= len(have):
            return have[start:stop]
        others = sum(array.nbytes for key, array in self._cache.items() if key != spec.key)
        if others + DTYPE.itemsize * spec.size * self.steps > KEPT_BYTES:
            self._cache.pop(spec.key, None)
            return self._read(spec, start, stop)
        done = 0 if have is None else len(have)
        added = self._read(spec, done, self.steps)
        out = self._cache[spec.key] = added if have is None else np.concatenate([have, added])
        out.flags.writeable = False
        return out[start:stop]

    def _read(self, spec: TensorSpec, start: int, stop: int) -> NDArray[np.float32]:
        """Steps of a recorded tensor from the file, chunk by chunk."""
        out = np.empty((stop - start, *spec.shape), np.float32)
        for chunk in range(start // KEYFRAME_EVERY, -(-stop // KEYFRAME_EVERY)):
            first, end = max(start, chunk * KEYFRAME_EVERY), min(stop, (chunk + 1) * KEYFRAME_EVERY)
            out[first - start : end - start] = unpack(self._stream.frame, self.frame_bytes(first, end - first))[
                spec.key
            ]
        return out

    def _log(self, bank: str | None) -> tuple[BankLog, Kind[Any]]:
        spec = self.bank(bank)
        return BankLog(self, spec), kinds.of(spec)

    def _derived(self, name: str, bank: BankSpec, start: int, stop: int) -> NDArray[np.float32]:
        self._require(name, bank)
        kind = kinds.of(bank)
        shape = kind.derived(bank, stop)[name]
        if 4 * (stop - start) * math.prod(shape) > MAX_ARRAY_BYTES:
            raise RecordingError(
                f"{name} of {stop - start} steps takes more than {MAX_ARRAY_BYTES >> 30} GiB; ask for fewer with start= and stop=."
            )
        out = np.zeros((stop - start, *shape), np.float32)
        kind.derive(BankLog(self, bank), name, start, out)
        return out

    def _state_tensor(self, name: str, t: int, bank: str | None) -> Floats:
        self._require(name, self.bank(bank))
        return getattr(self.state(t, bank), name)

    def _require(self, name: str, bank: BankSpec) -> None:
        kind = kinds.of(bank)
        if name not in kind.derivable:
            wanted = kinds.that_derive(name)
            raise RecordingError(f"Bank {bank.name} of model {self.id} is of kind {kind.name}, wanted {wanted}.")
        if name not in kind.derived(bank, self.steps):
            raise RecordingError(f"Bank {bank.name} of model {self.id} keeps no {name}.")

    def _step(self, t: int) -> int:
        if not 0 <= t < self.steps:
            raise RecordingError(f"Wanted a step of 0 … {self.steps - 1} of model {self.id}, got {t}.")
        return t

    def _head(self, head: int, heads: int) -> int:
        if not 0 <= head < heads:
            raise RecordingError(f"Wanted a head of 0 … {heads - 1} of model {self.id}, got {head}.")
        return head

    def __repr__(self) -> str:
        return f"<ModelView {self.id}: {self.steps} steps, banks {', '.join(bank.name for bank in self.banks)}>"
