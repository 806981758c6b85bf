"""The ledger of one bank of a recording: which arrays of the log the equations of ledger.py take, by kind of bank.

log = BankLog(rec["deltanet"], bank)
parts = read_parts(log, t, head)   # [t + 2, width], row 0 the initial content
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import derive, ledger
from mnemoscope.kinds.derive import Floats

if TYPE_CHECKING:
    from mnemoscope.reading.view import ModelView

ASSOCIATION = ("keys", "write_vectors", "retention", "erase", "write_gate")
"""The log of an associative bank, in the order of `ledger.associative_contributions`."""


@dataclass(frozen=True)
class BankLog:
    """The log of one bank of one model, in float64."""

    view: ModelView
    bank: BankSpec

    def upto(self, name: str, stop: int, head: int | None = None) -> Floats:
        """A recorded tensor of steps 0 … stop − 1, of one head where asked."""
        array = self.view.array(name, self.bank.name, stop=stop)
        return (array if head is None else array[:, head]).astype(np.float64)

    def at(self, name: str, t: int) -> Floats:
        """A recorded tensor of step t."""
        return self.view.array(name, self.bank.name, start=t, stop=t + 1)[0].astype(np.float64)

    def initial(self, name: str) -> Floats:
        """A tensor of the state before step 0."""
        return self.view.keyframe(0, self.bank.name)[name].astype(np.float64)

    def freed(self, stop: int) -> Floats | None:
        """ψ [step, slot] of a matrix bank where it enters the memory update (banks that wipe freed slots), else None."""
        if not self.bank.deallocation:
            return None
        before = np.empty((stop, self.bank.read_heads, self.bank.slots or 1))
        before[0] = self.initial("read_weights")
        before[1:] = self.upto("read_weights", stop - 1)
        return derive.retain(self.upto("free_gates", stop), before)

    def written(self, stop: int) -> NDArray[np.bool_] | None:
        """Which steps made a slot of a gated append bank; None where all did."""
        return self.view.array("write_gate", self.bank.name, stop=stop)[:, 0] > 0 if self.bank.gated else None

    def gain(self, t: int) -> Floats | None:
        """What lets the cell out: `o ⊙ tanh(c)/c`, or None where the cell itself is read."""
        if self.bank.direct:
            return None
        state = self.view.state(t, self.bank.name)
        assert isinstance(state, derive.CellState)
        return ledger.cell_gain(self.at("output_gate", t), state.cell)


def attention(log: BankLog, t: int, head: int) -> Floats:
    """The attention row [t + 1] of one head; all zero at a step that read nothing, zero where nothing was written."""
    if log.bank.gated and not log.at("read_gate", t)[0] > 0:
        return np.zeros(t + 1)
    slope = log.bank.bias_slopes[head] if log.bank.bias_slopes else 0.0
    keys = log.upto("keys", t + 1, head)
    return derive.attention_row(log.at("queries", t)[head], keys, bias_slope=slope, written=log.written(t + 1))


def read_parts(log: BankLog, t: int, head: int) -> Floats:
    """What each write contributes to what one head read at step t: [t + 2, width], row 0 the initial content."""
    match log.bank.kind:
        case "matrix":
            return _matrix(log, log.at("read_weights", t)[head], t)
        case "cell":
            return _cell(log, t, log.gain(t))
        case "recurrent":
            return ledger.recurrent_contributions(*_elman(log, t))
        case "associative":
            return _association(log, log.at("queries", t)[head], t, head)
        case "append":
            return ledger.append_contributions(attention(log, t, head), log.upto("values", t + 1, head))


def write_parts(log: BankLog, t: int, head: int) -> Floats:
    """The same for what stands, after step t, where write head `head` wrote: [t + 2, width]."""
    match log.bank.kind:
        case "matrix":
            return _matrix(log, log.at("write_weights", t)[head], t)
        case "cell":
            return _cell(log, t, None)
        case "recurrent":
            return ledger.recurrent_contributions(*_elman(log, t))
        case "associative":
            return _association(log, log.at("keys", t)[head], t, head)
        case "append":
            row = np.eye(1, t + 1, t)[0]
            values = log.upto("values", t + 1, head)
            written = log.written(t + 1)
            return ledger.append_contributions(row if written is None else row * written, values)


def slot_shares(log: BankLog, slot: int, t: int) -> Floats:
    """Shares [t + 2] of the writes that the content of one slot is made of after step t."""
    match log.bank.kind:
        case "matrix":
            return ledger.shares(_matrix(log, np.eye(1, log.bank.slots or 1, slot)[0], t))
        case "cell":
            return ledger.shares(_cell(log, t, None))
        case "recurrent":
            return read_shares(log, t, 0, log.at("read_vectors", t))
        case "associative":
            unit = np.eye(1, log.bank.slots or 1, slot)[0]
            return ledger.shares(
                np.concatenate([_association(log, unit, t, head) for head in range(log.bank.read_heads)], axis=1)
            )
        case "append":
            written = log.written(t + 1)
            return np.eye(1, t + 2, slot + 1)[0] * (written is None or bool(written[slot]))


def read_shares(log: BankLog, t: int, head: int, read: Floats) -> Floats:
    """Signed shares [t + 2] of the past writes in the vector `read` at step t."""
    if log.bank.kind == "recurrent":
        return ledger.recurrent_shares(read, *_elman(log, t))
    return ledger.shares(read_parts(log, t, head), read)


def _matrix(log: BankLog, row: Floats, t: int) -> Floats:
    w, e, v = (log.upto(name, t + 1) for name in ("write_weights", "erase", "write_vectors"))
    return ledger.matrix_contributions(row, w, e, v, log.initial("memory"), retention=log.freed(t + 1))


def _cell(log: BankLog, t: int, gain: Floats | None) -> Floats:
    f, i, g = (log.upto(name, t + 1) for name in ("forget_gate", "input_gate", "write_vectors"))
    return ledger.cell_contributions(f, i, g, log.initial("cell"), gain=gain)


def _elman(log: BankLog, t: int) -> tuple[Floats, Floats, Floats, Floats]:
    d, slopes = log.upto("write_vectors", t + 1), log.upto("slopes", t + 1)
    return d, slopes, log.initial("recurrent_weights"), log.initial("hidden")


def _association(log: BankLog, query: Floats, t: int, head: int) -> Floats:
    k, v, a, b, w = (log.upto(name, t + 1, head) for name in ASSOCIATION)
    return ledger.associative_contributions(query, k, v, a, b, w, log.initial("memory")[head])
