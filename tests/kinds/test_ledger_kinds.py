"""The ledger of recurrent, associative, direct, gated and biased banks, by independent computations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import BankLog, append, associative, cell, ledger, recurrent
from mnemoscope.reading.recording import Recording
from tests.oracles.log_in_memory import LogInMemory
from tests.oracles.random_logs import (
    ALIBI,
    CROSS,
    DELTA,
    GRU,
    RNN,
    Made,
    attention_oracle,
    random_log,
    random_state,
    run,
)

IDENTITY = 1e-10
KINDS = ("gru", "rnn", "delta", "alibi", "pair")
MADE = Made(steps=150, models=KINDS, seed=13)
STEPS, SEEDS = st.integers(1, 70), st.integers(0, 2**32)
ASSOCIATION = ("keys", "write_vectors", "retention", "erase", "write_gate")


def scaled(parts: np.ndarray, read: np.ndarray) -> float:
    """Rounding of a sum of shares: relative to the largest contribution."""
    return IDENTITY * max(1, np.abs(parts).max() / np.linalg.norm(read))


@given(steps=STEPS, seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_recurrent_identity_and_forward_oracle(steps: int, seed: int) -> None:
    """Π (diag ρ W) diag ρ d backwards == every write carried forwards; Σ == h; shares without contributions are the same."""
    rng = np.random.default_rng(seed)
    log, state = random_log(rng, RNN, steps), random_state(rng, RNN)
    states, read = run(RNN, log, state), log["read_vectors"][-1]
    elman = log["write_vectors"], log["slopes"], state["recurrent_weights"], state["hidden"]
    parts = recurrent.contributions(*elman)
    np.testing.assert_allclose(parts, states[-1]["parts"][:, 0], atol=IDENTITY)
    np.testing.assert_allclose(parts.sum(0), read, atol=IDENTITY)
    banked = BankLog(LogInMemory.of(RNN, log, states), RNN)
    shares = recurrent.RECURRENT.read_shares(banked, steps - 1, 0, read)
    np.testing.assert_allclose(shares, ledger.shares(parts, read), atol=scaled(parts, read))
    assert shares.sum() == pytest.approx(1, abs=scaled(parts, read))


@given(units=st.integers(1, 12), steps=st.integers(1, 60), gain=st.floats(0.1, 2.5), seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_a_real_elman_network_is_the_sum_of_its_inputs(units: int, steps: int, gain: float, seed: int) -> None:
    """tanh is not linear, its secant slope makes it so: the identity holds at any gain, beside the largest contribution."""
    rng = np.random.default_rng(seed)
    weights = gain * rng.standard_normal((units, units)) / np.sqrt(units)
    drive, hidden = rng.standard_normal((steps, units)), 0.1 * rng.standard_normal(units)
    initial, slopes = hidden.copy(), np.empty((steps, units))
    for t in range(steps):
        before, total = hidden, weights @ hidden + drive[t]
        slopes[t] = np.where(total == 0, 1, np.tanh(total) / np.where(total == 0, 1, total))
        hidden = np.tanh(total)
        np.testing.assert_allclose(recurrent.update_hidden(before, weights, slopes[t], drive[t]), hidden)
    parts = recurrent.contributions(drive, slopes, weights, initial)
    np.testing.assert_allclose(parts.sum(0), hidden, atol=IDENTITY * max(1, np.abs(parts).max()))


def test_a_network_without_recurrence_keeps_only_the_last_write() -> None:
    d, slopes = np.ones((5, 3)), np.full((5, 3), 0.5)
    parts = recurrent.contributions(d, slopes, np.zeros((3, 3)), np.ones(3))
    assert not parts[:5].any()
    np.testing.assert_allclose(parts[5], 0.5)
    log, states = {"write_vectors": d, "slopes": slopes}, {"hidden": np.ones(3), "recurrent_weights": np.zeros((3, 3))}
    banked = BankLog(LogInMemory.of(RNN, log, [states] * 6), RNN)
    assert recurrent.RECURRENT.read_shares(banked, 4, 0, np.zeros(3)).tolist() == [0] * 6


@given(steps=STEPS, seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_associative_identity_and_forward_oracle(steps: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    log, state = random_log(rng, DELTA, steps), random_state(rng, DELTA)
    states = run(DELTA, log, state)
    for h in range(DELTA.read_heads):
        query, read = log["queries"][-1, h], log["read_vectors"][-1, h]
        parts = associative.contributions(query, *(log[n][:, h] for n in ASSOCIATION), state["memory"][h])
        np.testing.assert_allclose(parts, np.einsum("k,skw->sw", query, states[-1]["parts"][:, h]), atol=IDENTITY)
        np.testing.assert_allclose(parts.sum(0), read, atol=IDENTITY)
        assert ledger.shares(parts, read).sum() == pytest.approx(1, abs=scaled(parts, read))


def test_the_delta_rule_overwrites_what_a_key_held() -> None:
    """β = 1 on a unit key: reading that key gives the last value and nothing of the ones before (Schlag et al. 2021)."""
    key = np.array([0.6, 0.8, 0.0])
    keys, values = np.stack([key, [0, 0, 1.0], key]), np.arange(6.0).reshape(3, 2) + 1
    ones = np.ones_like(keys), np.ones_like(keys), np.ones_like(values)
    parts = associative.contributions(key, keys, values, *ones, np.full((3, 2), 7.0))
    np.testing.assert_allclose(parts, [[0, 0], [0, 0], [0, 0], [5, 6]], atol=1e-12)


@given(steps=STEPS, seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_what_is_read_of_a_direct_cell_is_the_cell(steps: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    log, state = random_log(rng, GRU, steps), random_state(rng, GRU)
    assert "output_gate" not in log
    states, read = run(GRU, log, state), log["read_vectors"][-1]
    parts = cell.contributions(log["forget_gate"], log["input_gate"], log["write_vectors"], state["cell"])
    np.testing.assert_allclose(parts, states[-1]["parts"][:, 0], atol=IDENTITY)
    np.testing.assert_allclose(parts.sum(0), read, atol=IDENTITY)
    assert ledger.shares(parts, read).sum() == pytest.approx(1, abs=scaled(parts, read))


@pytest.mark.parametrize("bank", [ALIBI, CROSS], ids=["alibi", "gated"])
def test_attention_with_distance_and_with_gates_sums_to_what_was_read(bank: BankSpec) -> None:
    log = random_log(np.random.default_rng(3), bank, 60)
    rows = attention_oracle(bank, log)
    for t in range(60):
        for h in range(bank.read_heads):
            parts = append.contributions(rows[t, h, : t + 1], log["values"][: t + 1, h])
            read = log["read_vectors"][t, h]
            np.testing.assert_allclose(parts.sum(0), read, atol=IDENTITY)
            assert ledger.shares(parts, read).sum() == pytest.approx(
                float(read.any()), abs=scaled(parts, read) if read.any() else 0
            )


@pytest.fixture(scope="module")
def rec(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return Recording.open(MADE.save(tmp_path_factory.mktemp("kinds") / "a.mnemo"))


@pytest.mark.parametrize("t", [0, 63, 64, 149])
def test_slots_are_made_of_what_the_oracle_carried(rec: Recording, t: int) -> None:
    for ident in ("gru", "rnn", "delta"):
        bank = rec[ident].bank()
        parts = MADE.states[ident, bank.name][t + 1]["parts"][: t + 2]
        for slot in range(bank.slots or 1):
            content = parts[..., slot, :].reshape(t + 2, -1)  # of a delta memory: that row of every head
            total = content.sum(0)
            wanted = content @ total / (total @ total)
            np.testing.assert_allclose(
                rec[ident].slot_origins(slot, t), wanted, atol=1e-4 * max(1, np.abs(wanted).max())
            )
    with pytest.raises(RecordingError, match="slots 0 … 4 at step 63, got 5"):
        rec["delta"].slot_origins(5, 63)


def test_write_rows_say_what_stands_where_a_step_wrote(rec: Recording) -> None:
    t, h = 70, 2
    key = MADE.logs["delta", "state"]["keys"][t, h]
    parts = np.einsum("k,skw->sw", key, MADE.states["delta", "state"][t + 1]["parts"][: t + 2, h])
    np.testing.assert_allclose(rec["delta"].contributions(t, h, write=True), parts, atol=1e-6)
    for ident in ("gru", "rnn"):
        np.testing.assert_allclose(rec[ident].shares(t, write=True), rec[ident].slot_origins(0, t), atol=1e-6)
        np.testing.assert_allclose(rec[ident].contributions(t, write=True).sum(0), rec[ident].read_vector(t), atol=1e-5)


def test_a_gated_bank_names_steps_not_slots(rec: Recording) -> None:
    """Index s + 1 is the write of step s, 0 for steps that wrote nothing, whether or not this step read."""
    log = MADE.logs["pair", "encoder0"]
    for t in (0, 63, 64, 149):
        wrote, read = log["write_gate"][: t + 1, 0] > 0, log["read_gate"][t, 0] > 0
        for h in range(2):
            shares, written = rec["pair"].shares(t, h, "encoder0"), rec["pair"].shares(t, h, "encoder0", write=True)
            assert not shares[1:][~wrote].any()
            assert shares.sum() == pytest.approx(float(read and wrote.any()), abs=1e-5)
            assert np.flatnonzero(written).tolist() == ([t + 1] if wrote[-1] else [])
        for slot in range(t + 1):
            assert rec["pair"].slot_origins(slot, t, "encoder0").sum() == wrote[slot]


def test_every_kind_says_which_arrays_it_has(rec: Recording) -> None:
    with pytest.raises(RecordingError, match=r"has no array 'cell' in bank 'state'; it has: .*slopes, .*hidden"):
        rec["rnn"].array("cell")
    with pytest.raises(RecordingError, match=r"it has: .*retention, .*memory"):
        rec["delta"].array("usage")
    with pytest.raises(RecordingError, match="is of kind associative, wanted append"):
        rec["delta"].attention(3)
