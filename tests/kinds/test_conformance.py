"""Every kind of memory keeps the same promises: what is rebuilt, what a read is made of, what is held, what is refused.

The suite runs over the registry: a kind without random logs (random_logs.py) fails here.
"""

import copy
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnemoscope import kinds
from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import KINDS, MECHANISMS, BankLog, append, base, ledger
from mnemoscope.kinds.__main__ import renewed
from tests import ROOT
from tests.oracles.log_in_memory import LogInMemory
from tests.oracles.random_logs import MODELS, Made, manifest_of, random_log, random_state, run
from tests.oracles.random_logs import entry as entry_of

STEPS = 150
SHOWN = (0, 1, 63, 64, 149)
EXACT = 1e-10
BANKS = {f"{model}-{bank.name}": bank for model, banks in MODELS.items() for bank in banks}

every_bank = pytest.mark.parametrize("name", BANKS)
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
_logs: dict[str, tuple[BankLog, list[dict[str, np.ndarray]]]] = {}


def logged(name: str) -> tuple[BankLog, list[dict[str, np.ndarray]]]:
    """A random run in float64, and the states of the naive oracle before every step and after the last."""
    if name not in _logs:
        rng, bank = np.random.default_rng(list(name.encode())), BANKS[name]
        log, state = random_log(rng, bank, STEPS), random_state(rng, bank)
        states = run(bank, log, state)
        _logs[name] = BankLog(LogInMemory.of(bank, log, states), bank), states
    return _logs[name]


def scale(parts: np.ndarray, vector: np.ndarray) -> float:
    """Rounding of a sum of shares is that of its largest part."""
    return EXACT * max(1.0, np.abs(parts).max() / max(np.linalg.norm(vector), 1e-12)) ** 2


@every_kind
def test_every_kind_has_random_logs(kind: kinds.Kind[Any]) -> None:
    assert any(bank.kind == kind.name for bank in BANKS.values())


@every_bank
def test_what_is_rebuilt_is_what_was_recorded(name: str) -> None:
    """From each keyframe the reads of its chunk and the keyframe that follows; the content is the oracle's."""
    log, states = logged(name)
    kind, reads = kinds.of(log.bank), log.upto("read_vectors", STEPS)
    if kind.grows:
        with pytest.raises(RecordingError, match="it has no state"):
            kind.rebuilt_reads(log, 0, 64)
        return
    for first, stop in ((0, 64), (64, 128), (128, STEPS)):
        rebuilt, last = kind.rebuilt_reads(log, first, stop)
        np.testing.assert_allclose(rebuilt, reads[first:stop].reshape(rebuilt.shape), atol=1e-9)
        assert kind.keyframe_tensors(log.bank).keys() <= last.keys()
        for tensor in kind.keyframe_tensors(log.bank):
            np.testing.assert_allclose(last[tensor], states[stop][tensor], atol=1e-9)
    for t in SHOWN:
        np.testing.assert_allclose(kind.content(log, t), states[t + 1]["parts"].sum(0), atol=1e-9)


@every_bank
@pytest.mark.parametrize("t", SHOWN)
def test_parts_sum_to_what_was_read_and_shares_to_one(name: str, t: int) -> None:
    log, _ = logged(name)
    kind, rows, reads = kinds.of(log.bank), [], []
    for head in range(log.bank.read_heads):
        read = kind.read_vector(log, t, head)
        parts = kind.read_parts(log, t, head)
        assert parts.shape == (t + 2, log.bank.width)
        np.testing.assert_allclose(parts.sum(0), read, atol=EXACT * max(1, np.abs(parts).max()))
        shares = kind.read_shares(log, t, head, read)
        np.testing.assert_allclose(shares, ledger.shares(parts, read), atol=scale(parts, read))
        assert abs(shares.sum() - read.any()) <= scale(parts, read)
        rows.append(parts)
        reads.append(read)
    together = ledger.combine_heads(
        np.stack([ledger.shares(p, r) for p, r in zip(rows, reads, strict=True)]), np.stack(reads)
    )
    side_by_side = np.concatenate(rows, axis=1)
    wanted = ledger.shares(side_by_side, np.concatenate(reads))
    np.testing.assert_allclose(together, wanted, atol=scale(side_by_side, np.concatenate(reads)))


@every_bank
def test_rows_from_the_first_step_on_are_the_rows_from_the_last_step_back(name: str) -> None:
    """Sums of all writes carried forwards are what was read; many rows at once are the rows one by one."""
    log, _ = logged(name)
    kind = kinds.of(log.bank)
    reads = np.stack([[kind.read_vector(log, t, head) for head in range(log.bank.read_heads)] for t in range(STEPS)])
    found = 0
    for first, totals in kind.sums(log):
        stop = first + len(totals)
        assert totals.shape == (stop - first, *reads.shape[1:])
        for head in range(log.bank.read_heads):
            most = max(1, np.abs(reads[:, head]).max())
            np.testing.assert_allclose(totals[:, head], reads[first:stop, head], atol=1e-7 * most)
            table = kind.share_rows(log, head, first, reads[first:stop, head])
            assert table.shape == (len(totals), stop + 1)
            for t in {first, stop - 1}:
                parts = kind.read_parts(log, t, head)
                wanted = ledger.shares(parts, reads[t, head])
                np.testing.assert_allclose(table[t - first, : t + 2], wanted, atol=1e3 * scale(parts, reads[t, head]))
                assert not table[t - first, t + 2 :].any()
            largest = kind.largest_shares(log, head, first, reads[first:stop, head])
            np.testing.assert_allclose(largest, np.abs(table).max(axis=1))
        found += len(totals)
    assert found == STEPS


@every_bank
def test_where_a_stretch_ends_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is carried over the ends of the parts in which a long log is read: a log in one part, and in parts of 37 steps."""
    log, _ = logged(name)
    kind, t = kinds.of(log.bank), 149
    reads = np.stack([kind.read_vector(log, s, 0) for s in range(120, STEPS)])

    def everything() -> list[np.ndarray]:
        return [
            kind.share_rows(log, 0, 120, reads),
            *(totals for _, totals in kind.sums(log)),
            kind.held_row(log, t),
            kind.held_by_slot(log, 5, t),
            *kind.losses(log, range(5, 90), STEPS).values(),
            kind.occupancy(log, 0, STEPS),
            kind.offered_norms(log, 3, STEPS),
            kind.write_norms(log, 3, STEPS),
        ]

    whole = everything()
    for module in (base, append):
        monkeypatch.setattr(module, "STRETCH", 37)
    for one, other in zip(whole, everything(), strict=True):
        np.testing.assert_allclose(other, one, atol=1e-9 * max(1, np.abs(one).max()))


def test_a_ledger_ends_where_nothing_further_back_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that forgets everything at step 70: the parts of the log before the one with that step are not even read."""
    log, _ = logged("lstm-cell")
    arrays = {("cell", n): log.upto(n, STEPS).copy() for n in kinds.of(log.bank).frame_tensors(log.bank)}
    arrays["cell", "forget_gate"][70] = 0
    source = LogInMemory(arrays, {("cell", "cell"): [np.ones(log.bank.width)] * 3})
    monkeypatch.setattr(base, "STRETCH", 37)
    parts = kinds.CELL.shares_back(BankLog(source, log.bank), 0, 149, np.ones((1, log.bank.width)))
    assert [start for start, _ in parts] == [149, 112, 75, 38]


@every_bank
@pytest.mark.parametrize("t", [0, 64, 149])
def test_slots_and_writes_are_made_of_their_parts(name: str, t: int) -> None:
    """A slot's parts sum to its content, one unit's shares are the ratio of its parts, and write parts sum to what stands."""
    log, _ = logged(name)
    kind = kinds.of(log.bank)
    content = kind.content(log, t)
    for slot in {0, (t if kind.grows else (log.bank.slots or 1) - 1)}:
        parts = kind.slot_parts(log, slot, t)
        wanted = content[:, slot].ravel() if content.ndim == 3 and not kind.grows else content[slot].ravel()
        assert parts.shape == (t + 2, kind.slot_width(log.bank))
        np.testing.assert_allclose(parts.sum(0), wanted, atol=1e-9 * max(1, np.abs(parts).max()))
        shares = kind.slot_shares(log, slot, t)
        np.testing.assert_allclose(shares, ledger.shares(parts, wanted), atol=1e3 * scale(parts, wanted))
        unit = kind.slot_width(log.bank) - 1
        one = kind.slot_shares(log, slot, t, unit)
        if abs(wanted[unit]) > 1e-3:
            np.testing.assert_allclose(one, parts[:, unit] / wanted[unit], atol=1e3 * scale(parts, wanted[[unit]]))
    for head in range(log.bank.write_heads):
        parts = kind.write_parts(log, t, head)
        assert parts.shape == (t + 2, log.bank.width)
        assert np.isfinite(parts).all()


@every_bank
def test_what_is_held_is_what_the_oracle_carried(name: str) -> None:
    """1 for the write just made, then what is left of it along itself; the split over slots and the row agree."""
    log, states = logged(name)
    kind = kinds.of(log.bank)
    norms = kind.write_norms(log, 0, STEPS)
    for t in (0, 63, 64, 149):
        row = kind.held_row(log, t)
        assert row.shape == (t + 1,)
        assert row[t] == pytest.approx(1.0 if norms[t] > 0 else 0.0, abs=1e-9)
        for s in {0, t // 2, max(0, t - 3), t}:
            assert kind.held(log, s, t) == pytest.approx(row[s], abs=1e-8)
            assert kind.held_by_slot(log, s, t).sum() == pytest.approx(row[s], abs=1e-8)
            if states:
                written, left = (states[n]["parts"][s + 1].ravel() for n in (s + 1, t + 1))
                assert norms[s] == pytest.approx(np.linalg.norm(written))
                assert row[s] == pytest.approx(written @ left / (written @ written) if written.any() else 0.0, abs=1e-8)


@every_bank
def test_losses_are_what_is_no_longer_held(name: str) -> None:
    """Step by step and write by write, whatever range of writes is asked for; by the mechanisms of the kind."""
    log, _ = logged(name)
    kind = kinds.of(log.bank)
    held = np.zeros((STEPS, STEPS))
    for t in range(STEPS):
        held[: t + 1, t] = kind.held_row(log, t)
    losses = kind.losses(log, range(STEPS), STEPS)
    assert tuple(losses) == kind.mechanisms
    assert set(losses) <= set(MECHANISMS)
    total = sum(losses.values(), np.zeros((STEPS, STEPS)))
    for s in range(STEPS):
        assert not total[s, : s + 1].any()
        np.testing.assert_allclose(held[s, s] - np.cumsum(total[s, s:]), held[s, s:], atol=1e-8)
    some = kind.losses(log, range(40, 64), 100)
    for mechanism, table in losses.items():
        np.testing.assert_allclose(some[mechanism], table[40:64, :100], atol=1e-9)
        if kind.fades:
            assert (table >= -1e-12).all()


@every_bank
def test_a_write_is_no_larger_than_what_was_offered(name: str) -> None:
    log, _ = logged(name)
    kind = kinds.of(log.bank)
    offered, written = kind.offered_norms(log, 0, STEPS), kind.write_norms(log, 0, STEPS)
    assert offered.shape == (STEPS,)
    assert (written <= offered * np.sqrt(log.bank.write_heads) + 1e-9).all()
    assert (offered > 0).any()


@every_bank
def test_what_only_fades_lies_between_0_and_1_and_never_grows(name: str) -> None:
    log, _ = logged(name)
    kind = kinds.of(log.bank)
    rows = [kind.held_row(log, t) for t in range(0, STEPS, 7)]
    assert all(np.isfinite(row).all() for row in rows)
    if kind.fades:
        assert all((row >= 0).all() and (row <= 1 + 1e-12).all() for row in rows)
        assert all((after[: len(row)] <= row + 1e-12).all() for row, after in pairwise(rows))


@every_bank
def test_a_bank_is_between_empty_and_full(name: str) -> None:
    log, _ = logged(name)
    kind = kinds.of(log.bank)
    full = kind.occupancy(log, 0, STEPS)
    assert full.shape == (STEPS,)
    assert ((full >= 0) & (full <= 1)).all()
    np.testing.assert_allclose(kind.occupancy(log, 70, 90), full[70:90], atol=1e-12)


@every_bank
def test_derived_arrays_have_the_shapes_that_are_promised(name: str) -> None:
    log, states = logged(name)
    kind = kinds.of(log.bank)
    shapes = kind.derived(log.bank, 70)
    assert shapes.keys() <= set(kind.derivable)
    for array, shape in shapes.items():
        out = np.zeros((10, *shape), np.float32)
        kind.derive(log, array, 60, out)
        if states and array in states[70]:
            np.testing.assert_allclose(out[9], states[70][array], atol=1e-5)
        elif array in ("attention", "read_vectors"):
            assert np.abs(out).sum() > 0


@every_bank
def test_marks_say_where_steps_wrote_and_read(name: str) -> None:
    log, _ = logged(name)
    for table in kinds.of(log.bank).marks(log, np.array([3, 64, 149])):
        assert len(table) == 3
        assert np.isfinite(table).all()
        assert (table >= 0).all()


def test_keys_of_any_length_hold_and_fill_alike() -> None:
    """Without erasure only the direction of a key counts: ten times the key and a tenth of the gate is the same write."""
    log, _ = logged("linear-state")
    arrays = {("state", n): log.upto(n, STEPS).copy() for n in kinds.of(log.bank).frame_tensors(log.bank)}
    zero = {("state", "memory"): [np.zeros((2, 3, 4))] * 3}
    kind = kinds.of(log.bank)
    before = BankLog(LogInMemory(arrays, zero), log.bank)
    longer = arrays | {("state", "keys"): 10 * arrays["state", "keys"]}
    longer["state", "write_gate"] = arrays["state", "write_gate"] / 10
    after = BankLog(LogInMemory(longer, zero), log.bank)
    np.testing.assert_allclose(kind.held_row(after, 149), kind.held_row(before, 149), atol=1e-12)
    np.testing.assert_allclose(kind.write_norms(after, 0, STEPS), kind.write_norms(before, 0, STEPS))
    np.testing.assert_allclose(kind.occupancy(after, 0, STEPS), kind.occupancy(before, 0, STEPS), atol=1e-12)
    row = kind.held_row(before, 149)
    assert ((row >= 0) & (row <= 1)).all()  # b = 0: it only fades
    silent = arrays | {("state", "keys"): 0 * arrays["state", "keys"]}
    nothing = BankLog(LogInMemory(silent, zero), log.bank)
    assert not kind.held_row(nothing, 149).any()
    assert not kind.occupancy(nothing, 0, STEPS).any()


# the manifest


def manifest_with(bank: BankSpec) -> dict[str, Any]:
    return manifest_of([entry_of("model", [bank])[0]])


@every_bank
def test_a_bank_comes_back_from_its_manifest(name: str) -> None:
    [stream] = kinds.streams(manifest_with(BANKS[name]))
    assert stream.banks == (BANKS[name],)


@every_bank
@pytest.mark.parametrize("part", ["frame", "keyframe"])
def test_wrong_tensors_are_refused_by_name(name: str, part: str) -> None:
    """Each tensor that a reader needs: left out, and with one number more."""
    bank = BANKS[name]
    needed = getattr(kinds.of(bank), f"{part}_tensors")(bank)
    for tensor in needed:
        manifest = manifest_with(bank)
        for change, message in (("name", f"a tensor '{tensor}' for bank '{bank.name}'"), ("shape", r"shape \[")):
            wrong = copy.deepcopy(manifest)
            [found] = [t for t in wrong["models"][0][part]["tensors"] if (t["bank"], t["name"]) == (bank.name, tensor)]
            if change == "name":
                found["name"] = "other"
            else:
                found["axes"], found["shape"] = [*found["axes"], "more"], [*found["shape"], 1]
            with pytest.raises(RecordingError, match=message):
                kinds.streams(wrong)


@every_kind
def test_options_of_other_kinds_are_refused(kind: kinds.Kind[Any]) -> None:
    bank = next(bank for bank in BANKS.values() if bank.kind == kind.name)
    for option in {option for other in KINDS.values() for option in other.options} - set(kind.options):
        manifest = manifest_with(bank)
        manifest["models"][0]["banks"][0][option] = [0.5] if option == "bias_slopes" else True
        with pytest.raises(RecordingError, match=rf"banks\[0\].{option}: wanted {option} only on a bank of kind"):
            kinds.streams(manifest)
    manifest = manifest_with(bank)
    manifest["models"][0]["banks"][0]["kind"] = f"{kind.name}s"
    with pytest.raises(RecordingError, match=re.escape(f"kind: wanted one of {', '.join(KINDS)}")):
        kinds.streams(manifest)


@every_kind
def test_sizes_that_cannot_be_are_refused(kind: kinds.Kind[Any]) -> None:
    """Slots where there can be none or none where they are needed, and heads that do not go together."""
    fixed = not (kind.single or kind.grows)
    good, bad = (3, None) if fixed else (None, 3)
    assert kind.bank("b", width=2, slots=good).slots == good
    with pytest.raises(RecordingError, match=r"Bank b.*: wanted .*(slots|null or 1)"):
        kind.bank("b", width=2, slots=bad)
    options = {"links": True} if "links" in kind.options else {}
    with pytest.raises(RecordingError, match=r"Bank b.*: wanted .*write head"):
        kind.bank("b", width=2, slots=good, write_heads=2, **options)


def test_a_recording_answers_what_its_kinds_know(tmp_path: Path) -> None:
    """held, occupancy, shares of all heads and origins of a unit, from a file."""
    from mnemoscope.reading.recording import Recording

    made = Made(steps=100, seed=5)
    with Recording.open(made.save(tmp_path / "a.mnemo")) as rec:
        for model in rec:
            view = rec[model]
            for bank in view.banks:
                row = view.held_row(80, bank.name)
                assert view.held(40, 80, bank.name) == pytest.approx(row[40], abs=1e-8)
                assert view.held_by_slot(40, 80, bank.name).sum() == pytest.approx(row[40], abs=1e-8)
                assert view.held(81, 80, bank.name) == 0
                assert view.write_norm(80, bank.name) >= 0
                assert 0 <= view.occupancy(80, bank.name) <= 1
                reads = [view.read_vector(80, head, bank.name) for head in range(bank.read_heads)]
                rows = [view.shares(80, head, bank.name) for head in range(bank.read_heads)]
                power = np.array([read @ read for read in reads])
                wanted = power @ np.stack(rows) / power.sum() if power.any() else np.zeros(82)
                np.testing.assert_allclose(view.shares(80, None, bank.name), wanted, atol=1e-12)
                assert view.shares(80, None, bank.name, write=True).shape == (82,)
                unit = view.slot_origins(0, 80, bank.name, unit=1)
                assert unit.shape == (82,)
        with pytest.raises(RecordingError, match="units 0 … 8, got 9"):
            rec["lstm"].slot_origins(0, 80, unit=9)
        with pytest.raises(RecordingError, match="Wanted a write up to step 3, got step 4"):
            rec["lstm"].held_by_slot(4, 3)


def test_the_tables_of_the_format_are_the_registrys() -> None:
    """`python -m mnemoscope.kinds docs/format.md` would change nothing."""
    text = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
    assert renewed(text) == text
    for kind in KINDS:
        assert f"| `{kind}`" in text
