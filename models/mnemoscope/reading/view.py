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
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import BankSpec, TensorSpec, unpack
from mnemoscope.format.manifest import KEYFRAME_EVERY, StreamSpec
from mnemoscope.kinds import bank_parts, ledger
from mnemoscope.kinds.bank_parts import BankLog
from mnemoscope.kinds.derive import STATES, CellState, Floats, MatrixState, RecurrentState, State

if TYPE_CHECKING:
    from mnemoscope.reading.recording import Recording

MATRIX_DERIVED = ("memory", "read_vectors", "usage", "links", "precedence", "retention")
DERIVED = {
    "matrix": MATRIX_DERIVED,
    "cell": ("cell",),
    "append": ("attention",),
    "recurrent": ("hidden",),
    "associative": ("memory",),
}

MAX_ARRAY_BYTES = 2 << 30
"""A derived array may take this much; links of all steps grow with slots² and are asked for in ranges instead."""


class ModelView:
    """One model of a recording: `rec["dnc"]`.

    `bank=None` selects the first bank ("memory" of an NTM or DNC, "cell" of an LSTM or GRU, "state" of an Elman network) and of
    attention and DeltaNet layers the last one; of an encoder-decoder that is what its last decoder layer reads of the encoder.
    """

    def __init__(self, recording: Recording, stream: StreamSpec) -> None:
        self._recording = recording
        self._stream = stream
        self._cache: dict[tuple[str | None, str], NDArray[np.float32]] = {}

    @property
    def id(self) -> str:
        return self._stream.id

    @property
    def label(self) -> str:
        return self._stream.label

    @property
    def banks(self) -> tuple[BankSpec, ...]:
        return self._stream.banks

    @property
    def steps(self) -> int:
        """Steps that this model has."""
        return self._recording.steps_of(self._stream.index)

    @property
    def tensors(self) -> tuple[TensorSpec, ...]:
        """What was recorded at every step."""
        return self._stream.frame.tensors

    def __contains__(self, key: object) -> bool:
        """Whether (bank, name) was recorded; bank None is what belongs to the whole model."""
        return key in self._stream.frame

    def bank(self, name: str | None = None) -> BankSpec:
        """The bank of that name, or the default one."""
        return self._stream.bank(name)

    def spec(self, name: str, bank: str | None = None) -> TensorSpec:
        """Name, role, axes and shape of a recorded tensor."""
        frame = self._stream.frame
        if bank is None and (None, name) in frame:
            return frame[None, name]
        key = (self.bank(bank).name if self.banks else None, name)
        if key in frame:
            return frame[key]
        derived = DERIVED[self.bank(bank).kind] if self.banks else ()
        known = ", ".join([t.name for t in frame.tensors if t.bank in (None, key[0])] + list(derived))
        raise RecordingError(f"Model {self.id} has no array {name!r} in bank {key[0]!r}; it has: {known}.")

    def frame_bytes(self, first: int, count: int) -> bytes:
        """`count` whole frames from step `first` on, as recorded."""
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
        if not self.recorded(name, bank) and self.banks and name in DERIVED[self.bank(bank).kind]:
            out = self._derived(name, self.bank(bank), start, stop)
        else:
            out = self._recorded(self.spec(name, bank))[start:stop]
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
        spec = self.bank(bank)
        head = self._head(head, spec.read_heads)
        if not self.recorded("read_vectors", spec.name):
            weights = self._recorded(self.spec("read_weights", spec.name))[self._step(t), head]
            return weights.astype(np.float64) @ self.memory(t, spec.name)
        vectors = self._recorded(self.spec("read_vectors", spec.name))[self._step(t)].astype(np.float64)
        return vectors if spec.single else vectors[head]

    def memory(self, t: int, bank: str | None = None) -> Floats:
        """Content after step t's write, by kind of bank.

        matrix [slot, width] · cell and recurrent [1, unit] · associative [head, key, width] · append the values
        [t + 1, head, width], slot s being step s (zero where a gated bank wrote nothing).
        """
        log = self._log(bank)
        if log.bank.kind == "append":
            values, written = log.upto("values", self._step(t) + 1), log.written(t + 1)
            return values if written is None else values * written[:, None, None]
        state = self.state(t, bank)
        if isinstance(state, CellState):
            return state.cell[None]
        return state.hidden[None] if isinstance(state, RecurrentState) else state.memory

    def state(self, t: int, bank: str | None = None) -> State:
        """The full state of a bank after step t: at most 64 updates from the keyframe before it. Append banks have none."""
        t = self._step(t)
        *_, (_, state) = self.states(self.bank(bank), t - t % KEYFRAME_EVERY, t + 1)
        return state

    def usage(self, t: int, bank: str | None = None) -> Floats:
        """Usage [slot] at step t, of banks that keep it (DNC)."""
        return self._kept("usage", t, bank)

    def links(self, t: int, bank: str | None = None) -> Floats:
        """Temporal links [slot, slot] after step t, of banks that keep them (DNC)."""
        return self._kept("links", t, bank)

    def attention(self, t: int, head: int = 0, bank: str | None = None) -> Floats:
        """Attention weights [t + 1] of one head at step t over the steps so far; they sum to 1.

        In a gated bank a step that wrote nothing weighs 0, and the row of a step that read nothing is all zero.
        """
        log = self._log(self._of_kind(self.bank(bank), "append").name)
        return bank_parts.attention(log, self._step(t), self._head(head, log.bank.read_heads))

    def contributions(self, t: int, head: int = 0, bank: str | None = None, *, write: bool = False) -> Floats:
        """What each write contributes to the vector read at step t: [t + 2, width], row 0 the initial content.

        They sum to `read_vectors` of that head. With write=True: to what stands, after the write, where write head `head`
        wrote: `M_tᵀ w^w_t`; of a cell the cell itself, of a recurrent state that state, of attention the value just written,
        of an associative memory `S_tᵀ k_t`.
        """
        log = self._log(bank)
        head = self._head(head, log.bank.write_heads if write else log.bank.read_heads)
        return (bank_parts.write_parts if write else bank_parts.read_parts)(log, self._step(t), head)

    def shares(self, t: int, head: int = 0, bank: str | None = None, *, write: bool = False) -> Floats:
        """Signed shares [t + 2] of the past writes in the vector read at step t (ledger.py); they sum to 1.

        Index 0 is the initial content, index s + 1 the write of step s. A step that read nothing has an all-zero row.
        write: as in `contributions`.
        """
        if write:
            return ledger.shares(self.contributions(t, head, bank, write=True))
        return bank_parts.read_shares(self._log(bank), self._step(t), head, self.read_vector(t, head, bank))

    def slot_origins(self, slot: int, t: int, bank: str | None = None) -> Floats:
        """Which writes the content of one slot is made of after step t: shares [t + 2].

        A cell or recurrent state is one slot; a slot of an associative memory is one row of its key axis, over all heads;
        slot s of an append bank is what step s wrote, all zero where it wrote nothing.
        """
        log, steps = self._log(bank), self._step(t) + 1
        slots = log.bank.slots or (steps if log.bank.kind == "append" else 1)
        if not 0 <= slot < slots:
            raise RecordingError(f"Bank {log.bank.name} has slots 0 … {slots - 1} at step {t}, got {slot}.")
        return bank_parts.slot_shares(log, slot, t)

    def keyframe(self, k: int, bank: str) -> dict[str, NDArray[np.float32]]:
        """The bank's tensors of keyframe k by name; raises RecordingError when that keyframe is missing."""
        payload = self.keyframe_bytes(k)
        if payload is None:
            raise RecordingError(f"Model {self.id} has no keyframe before step {k * KEYFRAME_EVERY}.")
        arrays = unpack(self._stream.keyframe, payload)
        return {name: array[0] for (owner, name), array in arrays.items() if owner == bank}

    def states(self, bank: BankSpec, start: int, stop: int) -> Iterator[tuple[int, State]]:
        """(step, state after it) for steps start … stop − 1, from the keyframe at or before `start`.

        The same object is yielded again and again while it advances; each keyframe takes over at its step.
        """
        if bank.kind == "append":
            raise RecordingError(f"Bank {bank.name} is write-once: its log is its memory, it has no state.")
        kind = STATES[bank.kind]
        for k in range(start // KEYFRAME_EVERY, -(-stop // KEYFRAME_EVERY)):
            state = kind.of(bank, self.keyframe(k, bank.name))
            first = k * KEYFRAME_EVERY
            frames = self._chunk(bank, first, min(stop, first + KEYFRAME_EVERY))
            for t in range(first, min(stop, first + KEYFRAME_EVERY)):
                state.advance(bank, {name: array[t - first] for name, array in frames.items()})
                if t >= start:
                    yield t, state

    def _chunk(self, bank: BankSpec, start: int, stop: int) -> dict[str, NDArray[Any]]:
        arrays = unpack(self._stream.frame, self.frame_bytes(start, stop - start))
        return {name: array.astype(np.float64) for (owner, name), array in arrays.items() if owner == bank.name}

    def _recorded(self, spec: TensorSpec) -> NDArray[np.float32]:
        """All steps of a recorded tensor; extended, not read again, when the recording has grown."""
        have = self._cache.get(spec.key)
        done = 0 if have is None else len(have)
        if have is None or done < self.steps:
            out = np.empty((self.steps, *spec.shape), np.float32)
            if have is not None:
                out[:done] = have
            for first in range(done, len(out), KEYFRAME_EVERY):
                count = min(KEYFRAME_EVERY, len(out) - first)
                out[first : first + count] = unpack(self._stream.frame, self.frame_bytes(first, count))[spec.key]
            out.flags.writeable = False
            have = self._cache[spec.key] = out
        return have

    def _log(self, bank: str | None) -> BankLog:
        return BankLog(self, self.bank(bank))

    def _derived(self, name: str, bank: BankSpec, start: int, stop: int) -> NDArray[np.float32]:
        slots = bank.slots or 1
        shape: tuple[int, ...] = {
            "memory": (bank.read_heads, slots, bank.width) if bank.kind == "associative" else (slots, bank.width),
            "links": (slots, slots),
            "read_vectors": (bank.read_heads, bank.width),
            "cell": (bank.width,),
            "hidden": (bank.width,),
            "attention": (bank.read_heads, stop),
        }.get(name, (slots,))
        if 4 * (stop - start) * math.prod(shape) > MAX_ARRAY_BYTES:
            raise RecordingError(
                f"{name} of {stop - start} steps takes more than {MAX_ARRAY_BYTES >> 30} GiB; ask for fewer with start= and stop=."
            )
        if name in ("usage", "links", "precedence", "retention"):
            self._require(name, bank)
        out = np.zeros((stop - start, *shape), np.float32)
        if name == "attention":
            for t in range(start, stop):
                for h in range(bank.read_heads):
                    out[t - start, h, : t + 1] = bank_parts.attention(BankLog(self, bank), t, h)
            return out
        weights = BankLog(self, bank).upto("read_weights", stop) if name == "read_vectors" else None
        for t, state in self.states(bank, start, stop):
            if weights is not None and isinstance(state, MatrixState):
                out[t - start] = weights[t] @ state.memory
            else:
                out[t - start] = getattr(state, name)
        return out

    def _kept(self, name: str, t: int, bank: str | None) -> Floats:
        self._require(name, self._of_kind(self.bank(bank), "matrix"))
        return getattr(self.state(t, bank), name)

    def _require(self, name: str, bank: BankSpec) -> None:
        held = {"links": bank.links, "precedence": bank.links, "usage": bank.usage}
        if not held.get(name, bank.usage or bank.deallocation):
            raise RecordingError(f"Bank {bank.name} of model {self.id} keeps no {name}.")

    def _of_kind(self, bank: BankSpec, kind: str) -> BankSpec:
        if bank.kind != kind:
            raise RecordingError(f"Bank {bank.name} of model {self.id} is of kind {bank.kind}, wanted {kind}.")
        return bank

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
