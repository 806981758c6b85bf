"""The ledger: shares are exactly what the reads are made of, by three independent computations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnemoscope import kinds
from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import append, cell, ledger, matrix
from mnemoscope.reading.recording import Recording
from tests.oracles.log_in_memory import LogInMemory
from tests.oracles.random_logs import ATTENTION, CELL, DNC, NTM, WIPING, Made, random_log, random_state, run

IDENTITY = 1e-10
MATRICES = [NTM, DNC, WIPING]
MADE = Made(steps=150, seed=7)


def logged(bank: BankSpec, steps: int, seed: int) -> tuple[dict[str, np.ndarray], dict, list[dict[str, np.ndarray]]]:
    """A float64 log, its initial state and its naive states."""
    rng = np.random.default_rng(seed)
    log, state = random_log(rng, bank, steps), random_state(rng, bank)
    return log, state, run(bank, log, state)


def retention(bank: BankSpec, log: dict[str, np.ndarray], state: dict[str, np.ndarray]) -> np.ndarray | None:
    if not bank.deallocation:
        return None
    before = np.concatenate([state["read_weights"][None], log["read_weights"][:-1]])
    return matrix.retain(log["free_gates"], before)


@given(
    bank=st.sampled_from(MATRICES),
    steps=st.integers(1, 70),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=25, deadline=None)
def test_matrix_identity_and_forward_oracle(bank: BankSpec, steps: int, seed: int) -> None:
    """Backward recursion == forward K tensor write by write, and Σ == what was read, to 1e-10 in float64."""
    log, state, states = logged(bank, steps, seed)
    psi, t = retention(bank, log, state), steps - 1
    for h in range(bank.read_heads):
        row = log["read_weights"][t, h]
        parts = matrix.contributions(
            row, log["write_weights"], log["erase"], log["write_vectors"], state["memory"], retention=psi
        )
        assert parts.shape == (steps + 1, bank.width)
        np.testing.assert_allclose(parts, np.einsum("i,siw->sw", row, states[-1]["parts"]), atol=IDENTITY)
        np.testing.assert_allclose(parts.sum(0), log["read_vectors"][t, h], atol=IDENTITY)
        read = log["read_vectors"][t, h]
        scale = max(1, np.abs(parts).max() / np.linalg.norm(read))
        assert ledger.shares(parts, read).sum() == pytest.approx(1, abs=IDENTITY * scale)


@given(steps=st.integers(1, 70), seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_cell_identity_and_forward_oracle(steps: int, seed: int) -> None:
    log, state, states = logged(CELL, steps, seed)
    gates = log["forget_gate"], log["input_gate"], log["write_vectors"], state["cell"]
    held = cell.contributions(*gates)
    np.testing.assert_allclose(held, states[-1]["parts"][:, 0], atol=IDENTITY)
    gain = cell.output_gain(log["output_gate"][-1], states[-1]["cell"])
    parts = cell.contributions(*gates, gain=gain)
    np.testing.assert_allclose(parts.sum(0), log["read_vectors"][-1], atol=IDENTITY)
    assert ledger.shares(parts, log["read_vectors"][-1]).sum() == pytest.approx(1, abs=IDENTITY)


@given(steps=st.integers(1, 70), seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_attention_identity(steps: int, seed: int) -> None:
    log, _, _ = logged(ATTENTION, steps, seed)
    for h in range(ATTENTION.read_heads):
        weights = append.attention_row(log["queries"][-1, h], log["keys"][:, h])
        parts = append.contributions(weights, log["values"][:, h])
        np.testing.assert_allclose(parts.sum(0), log["read_vectors"][-1, h], atol=IDENTITY)
        shares = ledger.shares(parts, log["read_vectors"][-1, h])
        assert shares[0] == 0
        scale = max(1, np.abs(parts).max() / np.linalg.norm(log["read_vectors"][-1, h]))
        assert shares.sum() == pytest.approx(1, abs=IDENTITY * scale)


@pytest.mark.parametrize("bank", MATRICES, ids=["two write heads", "dnc", "wiping"])
@pytest.mark.parametrize(("first", "rows"), [(0, 1), (0, 40), (64, 64), (100, 37), (149, 1)])
def test_many_rows_at_once_are_the_same_rows(bank: BankSpec, first: int, rows: int) -> None:
    """Shares of several reads at once against the row by row recursion, in and across chunks."""
    log, state, states = logged(bank, 150, 11)
    psi, stop = retention(bank, log, state), first + rows
    history = log["write_weights"], log["erase"], log["write_vectors"]
    for h in range(bank.read_heads):
        banked = kinds.BankLog(LogInMemory.of(bank, log, states), bank)
        table = kinds.MATRIX.share_rows(banked, h, first, log["read_vectors"][first:stop, h])
        assert table.shape == (rows, stop + 1)
        for i, t in enumerate(range(first, stop)):
            parts = matrix.contributions(
                log["read_weights"][t, h],
                *(part[: t + 1] for part in history),
                state["memory"],
                retention=None if psi is None else psi[: t + 1],
            )
            shares = ledger.shares(parts, log["read_vectors"][t, h])
            np.testing.assert_allclose(table[i, : t + 2], shares, atol=1e-9 * max(1, np.abs(shares).max()))
            assert not table[i, t + 2 :].any()


def test_a_zero_read_has_no_shares() -> None:
    assert ledger.shares(np.ones((4, 3)), np.zeros(3)).tolist() == [0, 0, 0, 0]
    assert ledger.shares(np.array([[1.0, 2.0], [-1.0, -2.0]])).tolist() == [0, 0]
    log, _, states = logged(NTM, 3, 1)
    banked = kinds.BankLog(LogInMemory.of(NTM, log, states), NTM)
    assert not kinds.MATRIX.share_rows(banked, 0, 0, np.zeros((3, NTM.width))).any()


def test_a_full_erasure_hides_every_write_before_it() -> None:
    log, state, _ = logged(NTM, 20, 3)
    log["write_weights"][12] = 0
    log["write_weights"][12, 0, 4] = 1
    log["erase"][12, 0] = 1
    log["write_weights"][13:, :, 4] = 0
    parts = matrix.contributions(
        np.eye(11)[4], log["write_weights"], log["erase"], log["write_vectors"], state["memory"]
    )
    shares = ledger.shares(parts)
    assert not shares[:13].any()
    assert shares[13] == pytest.approx(1)


def test_a_write_that_cancels_has_a_negative_share() -> None:
    """Write +3, then −1 on the same slot: shares 1.5 and −0.5."""
    weights, erase = np.ones((2, 1, 1)), np.zeros((2, 1, 1))
    parts = matrix.contributions(np.ones(1), weights, erase, np.array([[[3.0]], [[-1.0]]]), np.zeros((1, 1)))
    np.testing.assert_allclose(ledger.shares(parts), [0, 1.5, -0.5])


def test_a_cell_at_zero_uses_the_slope_of_tanh() -> None:
    """κ = o ⊙ tanh(c)/c → o at c = 0, without a warning."""
    np.testing.assert_allclose(
        cell.output_gain(np.array([0.5, 0.5, 0.5]), np.array([0.0, 1e-9, 1.0])), [0.5, 0.5, 0.5 * np.tanh(1.0)]
    )


@pytest.fixture(scope="module")
def rec(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return Recording.open(MADE.save(tmp_path_factory.mktemp("ledger") / "a.mnemo"))


@pytest.mark.parametrize("t", [0, 63, 64, 149])
def test_rows_of_a_recording_for_every_model_head_and_layer(rec: Recording, t: int) -> None:
    """From a float32 file: t + 2 shares that sum to 1, contributions that sum to the recorded read vector."""
    for ident in rec:
        for bank in rec[ident].banks:
            for head in range(bank.read_heads):
                shares = rec[ident].shares(t, head=head, bank=bank.name)
                read = MADE.logs[ident, bank.name]["read_vectors"][t]
                read = read if kinds.of(bank).single else read[head]
                parts = rec[ident].contributions(t, head=head, bank=bank.name)
                assert shares.shape == (t + 2,)
                np.testing.assert_allclose(parts.sum(0), read, atol=1e-6)
                if not read.any():  # a gated bank that read nothing at this step
                    assert bank.gated
                    assert not shares.any()
                    continue
                assert shares.sum() == pytest.approx(1, abs=1e-6 * max(1, np.abs(parts).max() / np.linalg.norm(read)))


def test_slot_origins_are_the_ledger_of_one_slot(rec: Recording) -> None:
    t = 90
    for ident in ("ntm", "dnc", "wiping"):
        parts = MADE.states[ident, "memory"][t + 1]["parts"][: t + 2]
        for slot in range(rec[ident].bank().slots or 0):
            content = parts[:, slot].sum(0)
            wanted = parts[:, slot] @ content / (content @ content)
            np.testing.assert_allclose(rec[ident].slot_origins(slot, t), wanted, atol=1e-8)
    cell = MADE.states["lstm", "cell"][t + 1]
    wanted = cell["parts"][: t + 2, 0] @ cell["cell"] / (cell["cell"] @ cell["cell"])
    np.testing.assert_allclose(rec["lstm"].slot_origins(0, t), wanted, atol=1e-8)
    assert np.flatnonzero(rec["transformer"].slot_origins(17, t)).tolist() == [18]
    with pytest.raises(RecordingError, match="slots 0 … 10 at step 90, got 11"):
        rec["ntm"].slot_origins(11, t)
    with pytest.raises(RecordingError, match="slots 0 … 90 at step 90, got 91"):
        rec["transformer"].slot_origins(91, t)


def test_write_rows_say_what_stands_where_a_head_just_wrote(rec: Recording) -> None:
    t = 70
    row = MADE.logs["ntm", "memory"]["write_weights"][t, 1]
    parts = np.einsum("i,siw->sw", row, MADE.states["ntm", "memory"][t + 1]["parts"][: t + 2])
    np.testing.assert_allclose(rec["ntm"].contributions(t, 1, write=True), parts, atol=1e-8)
    assert rec["ntm"].shares(t, 1, write=True).sum() == pytest.approx(1)
    assert rec["transformer"].shares(t, 1, write=True)[t + 1] == pytest.approx(1)
    np.testing.assert_allclose(rec["lstm"].shares(t, write=True), rec["lstm"].slot_origins(0, t))
