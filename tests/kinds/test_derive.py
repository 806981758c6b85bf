"""Derived states against naive loops over the equations of docs/format.md, across keyframes."""

from pathlib import Path

import numpy as np
import pytest

from mnemoscope import kinds
from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import MATRIX, append, matrix
from mnemoscope.reading.recording import Recording, RecordingWriter
from tests.oracles.random_logs import (
    ALIBI,
    DNC,
    ENCODER,
    MODELS,
    NTM,
    WIPING,
    Made,
    attention_oracle,
    random_log,
    weighting,
)

MADE = Made(steps=150, seed=2)
STEPS = (0, 1, 62, 63, 64, 65, 127, 128, 149)


@pytest.fixture(scope="module")
def rec(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return Recording.open(MADE.save(tmp_path_factory.mktemp("derive") / "a.mnemo"))


@pytest.mark.parametrize("ident", ["ntm", "dnc", "wiping"])
def test_memory_is_rebuilt_from_the_write_log(rec: Recording, ident: str) -> None:
    """At any step, on both sides of a keyframe; a sequence of steps gives the same as single seeks."""
    states, over_time = MADE.states[ident, "memory"], rec[ident].array("memory")
    for t in STEPS:
        np.testing.assert_allclose(rec[ident].memory(t), states[t + 1]["memory"], atol=2e-6)
        np.testing.assert_array_equal(over_time[t], rec[ident].memory(t).astype(np.float32))


@pytest.mark.parametrize("ident", ["dnc", "wiping"])
@pytest.mark.parametrize("name", ["usage", "links", "precedence", "retention"])
def test_what_a_dnc_keeps_is_rebuilt(rec: Recording, ident: str, name: str) -> None:
    states, over_time = MADE.states[ident, "memory"], rec[ident].array(name)
    for t in STEPS:
        np.testing.assert_allclose(over_time[t], states[t + 1][name], atol=1e-6)
    part = rec[ident].array(name, start=100, stop=131)  # from the middle of one chunk into another
    np.testing.assert_array_equal(part, over_time[100:131])


def test_usage_and_links_of_one_step(rec: Recording) -> None:
    states = MADE.states["dnc", "memory"]
    for t in STEPS:
        np.testing.assert_allclose(rec["dnc"].usage(t), states[t + 1]["usage"], atol=1e-6)
        np.testing.assert_allclose(rec["dnc"].links(t), states[t + 1]["links"], atol=1e-6)


def test_cells_are_rebuilt(rec: Recording) -> None:
    states = MADE.states["lstm", "cell"]
    for t in STEPS:
        np.testing.assert_allclose(rec["lstm"].memory(t), states[t + 1]["cell"][None], atol=1e-6)
    np.testing.assert_allclose(rec["lstm"].array("cell")[149], states[150]["cell"], atol=1e-6)


@pytest.mark.parametrize(("ident", "name"), [("gru", "cell"), ("rnn", "hidden"), ("delta", "memory")])
def test_states_of_the_other_kinds_are_rebuilt(rec: Recording, ident: str, name: str) -> None:
    """A GRU's cell, an Elman network's hidden state, the matrices of a DeltaNet [head, key, width]."""
    states = MADE.states[ident, MODELS[ident][0].name]
    over_time, part = rec[ident].array(name), rec[ident].array(name, start=60, stop=70)
    for t in STEPS:
        memory = rec[ident].memory(t)
        np.testing.assert_allclose(memory, states[t + 1][name].reshape(memory.shape), atol=2e-6)
        np.testing.assert_array_equal(over_time[t].reshape(memory.shape), memory.astype(np.float32))
    np.testing.assert_array_equal(part, over_time[60:70])
    assert rec["delta"].memory(3).shape == (3, 5, 4)
    assert rec["rnn"].memory(3).shape == (1, 8)


@pytest.mark.parametrize("bank", [ALIBI, ENCODER], ids=["alibi", "gated"])
def test_attention_with_distance_and_with_gates(bank: BankSpec) -> None:
    """Against the definition, score by score, in float64."""
    log = random_log(np.random.default_rng(9), bank, 40)
    rows = attention_oracle(bank, log)
    for t in range(40):
        for h in range(bank.read_heads):
            if bank.gated and not log["read_gate"][t, 0]:
                continue  # the reader does not ask
            row = append.attention_row(
                log["queries"][t, h],
                log["keys"][: t + 1, h],
                bias_slope=bank.bias_slopes[h] if bank.bias_slopes else 0.0,
                written=log["write_gate"][: t + 1, 0] > 0 if bank.gated else None,
            )
            np.testing.assert_allclose(row, rows[t, h, : t + 1], atol=1e-12)


def test_a_gated_bank_is_blank_where_nothing_happened(rec: Recording) -> None:
    view, log = rec["pair"], MADE.logs["pair", "cross0"]
    over_time, values = view.array("attention", "cross0"), view.memory(149, "cross0")
    wrote, read = log["write_gate"][:, 0] > 0, log["read_gate"][:, 0] > 0
    assert 20 < wrote.sum() < 130
    assert not over_time[~read].any()
    assert not over_time[:, :, ~wrote].any()
    assert not values[~wrote].any()
    np.testing.assert_allclose(over_time[read][5:].sum(2), 1, atol=1e-6)
    assert append.attention_row(np.ones(2), np.ones((3, 2)), written=np.zeros(3, bool)).tolist() == [0, 0, 0]
    assert not rec["pair"].shares(int(np.flatnonzero(~read)[3]), 1, "cross0").any()


@pytest.mark.parametrize("bank", ["layer0", "layer1"])
def test_attention_rows_give_the_recorded_reads(rec: Recording, bank: str) -> None:
    log, model = MADE.logs["transformer", bank], rec["transformer"]
    over_time = model.array("attention", bank)
    heads = MODELS["transformer"][int(bank[-1])].read_heads
    assert over_time.shape == (150, heads, 150)
    for t in STEPS:
        for h in range(heads):
            row = model.attention(t, h, bank)
            assert row.shape == (t + 1,)
            assert row.sum() == pytest.approx(1)
            np.testing.assert_allclose(row @ log["values"][: t + 1, h], log["read_vectors"][t, h], atol=1e-10)
            np.testing.assert_allclose(over_time[t, h, : t + 1], row, atol=1e-7)
            assert not over_time[t, h, t + 1 :].any()


def test_attention_of_huge_scores_does_not_overflow() -> None:
    row = append.attention_row(np.array([1e4, -1e4]), np.array([[1e4, 0.0], [0.0, 1e4], [1e4, 0.0]]))
    np.testing.assert_allclose(row, [0.5, 0.0, 0.5])


def test_several_write_heads_erase_before_any_of_them_adds() -> None:
    """NTM section 3.2: the order of heads does not matter."""
    rng = np.random.default_rng(3)
    memory, w, e, v = rng.standard_normal((11, 5)), weighting(rng, 2, 11), rng.random((2, 5)), rng.random((2, 5))
    after = matrix.update_memory(memory, w, e, v)
    np.testing.assert_allclose(after, matrix.update_memory(memory, w[::-1], e[::-1], v[::-1]))
    one_hot = np.eye(11)[[4, 4]]
    full = matrix.update_memory(memory, one_hot, np.ones((2, 5)), v)
    np.testing.assert_allclose(full[4], v.sum(0))
    np.testing.assert_array_equal(np.delete(full, 4, 0), np.delete(memory, 4, 0))


def test_the_invariants_of_the_paper_hold_for_any_valid_log() -> None:
    """Graves 2016: usage in [0, 1]; link rows and columns sum to at most 1, diagonal 0; precedence sums to at most 1."""
    rng = np.random.default_rng(4)
    usage, links, precedence = np.zeros(7), np.zeros((7, 7)), np.zeros(7)
    w, r = np.zeros((1, 7)), np.zeros((2, 7))
    for _ in range(300):
        psi = matrix.retain(rng.random(2), r)
        usage = matrix.update_usage(usage, w, psi)
        w, r = weighting(rng, 1, 7), weighting(rng, 2, 7)
        links, precedence = matrix.update_links(links, precedence, w[0])
        assert ((psi >= 0) & (psi <= 1)).all()
        assert ((usage >= 0) & (usage <= 1)).all()
        assert precedence.sum() <= 1 + 1e-12
        assert not np.diagonal(links).any()
        assert (links >= -1e-15).all()
        assert max(links.sum(0).max(), links.sum(1).max()) <= 1 + 1e-12


def test_unchanged_where_nothing_is_written() -> None:
    rng = np.random.default_rng(5)
    memory = rng.standard_normal((7, 4))
    same = matrix.update_memory(memory, np.zeros((1, 7)), rng.random((1, 4)), rng.random((1, 4)))
    np.testing.assert_array_equal(same, memory)


def test_freed_slots_are_wiped_only_where_the_bank_says_so() -> None:
    """The same frame, with and without de-allocation."""
    rng = np.random.default_rng(6)
    read = np.eye(6)[[2, 3]]
    frame = {name: np.zeros(shape) for name, shape in kinds.of(WIPING).frame_tensors(WIPING).items()} | {
        "free_gates": np.ones(2)
    }
    keyframe = {name: np.zeros(shape) for name, shape in kinds.of(WIPING).keyframe_tensors(WIPING).items()}
    keyframe |= {"memory": rng.standard_normal((6, 3)), "read_weights": read}
    for bank, left in ((WIPING, 0.0), (DNC, 1.0)):
        state = MATRIX.state(bank, keyframe)
        state.advance(bank, frame)
        np.testing.assert_array_equal(state.memory[[2, 3]], left * keyframe["memory"][[2, 3]])
        np.testing.assert_array_equal(state.memory[[0, 1, 4, 5]], keyframe["memory"][[0, 1, 4, 5]])


def test_a_bank_without_usage_says_so(rec: Recording) -> None:
    for ask in (rec["ntm"].usage, rec["ntm"].links):
        with pytest.raises(RecordingError, match="memory of model ntm keeps no"):
            ask(3)
    with pytest.raises(RecordingError, match="keeps no retention"):
        rec["ntm"].array("retention")
    with pytest.raises(RecordingError, match="is of kind append, wanted matrix"):
        rec["transformer"].usage(3)
    with pytest.raises(RecordingError, match="write-once"):
        rec["transformer"].state(3)


def test_an_array_too_large_for_memory_is_refused(rec: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnemoscope.reading.view.MAX_ARRAY_BYTES", 1 << 12)
    with pytest.raises(RecordingError, match=r"links of 150 steps.*start= and stop="):
        rec["dnc"].array("links")
    assert rec["dnc"].array("links", start=3, stop=5).shape == (2, 7, 7)


def test_a_missing_keyframe_is_named(tmp_path: Path) -> None:
    made = Made(steps=10, models=("ntm",))
    with RecordingWriter(tmp_path / "a.mnemo", made.manifest) as writer:
        writer.frames(0, 0, made.frames[0])
        writer.finish("ended")
    with Recording.open(tmp_path / "a.mnemo") as rec, pytest.raises(RecordingError, match="no keyframe before step 0"):
        rec["ntm"].memory(3)


def test_a_seek_reads_one_chunk_only(rec: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 64 updates from the keyframe before the step (DESIGN §3)."""
    asked: list[tuple[int, int]] = []
    plain = Recording.frame_bytes

    def spy(self: Recording, stream: int, first: int, count: int) -> bytes:
        asked.append((first, count))
        return plain(self, stream, first, count)

    monkeypatch.setattr(Recording, "frame_bytes", spy)
    rec["ntm"].memory(130)
    assert asked == [(128, 3)]


def test_layouts_of_banks_match_what_is_derived_from_them() -> None:
    assert kinds.of(NTM).frame_tensors(NTM)["erase"] == (2, 5)
    assert "free_gates" not in kinds.of(NTM).frame_tensors(NTM)
    assert kinds.of(DNC).keyframe_tensors(DNC)["links"] == (7, 7)
