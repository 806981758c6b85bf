"""`verify` accepts what was recorded and notices what was changed, wherever it is."""

import struct
from pathlib import Path

import numpy as np
import pytest

from mnemoscope import kinds
from mnemoscope.format.layout import BankSpec
from mnemoscope.kinds import BankLog, ledger
from mnemoscope.reading.recording import Recording, RecordingWriter
from mnemoscope.reading.verify import contradictions, describe, passes, verify
from tests import ROOT
from tests.oracles.random_logs import MODELS, Made

STEPS = 150
FOLLOWS = "cell of lstm does not follow from its own log"


def report_of(made: Made, path: Path) -> dict:
    with Recording.open(made.save(path)) as rec:
        return verify(rec)


@pytest.mark.slow
def test_what_was_recorded_verifies_for_every_model(tmp_path: Path) -> None:
    made, done = Made(steps=STEPS), []
    with Recording.open(made.save(tmp_path / "a.mnemo")) as rec:
        report = verify(rec, progress=done.append)
        assert sum(done) == passes(rec)
    assert report["ok"]
    assert report["content_hash"]["agrees"]
    counts = {(b["model"], b["bank"]): (b["keyframes"]["count"], b["share_rows"]["count"]) for b in report["banks"]}
    assert counts == {
        ("ntm", "memory"): (2, 450),
        ("dnc", "memory"): (2, 300),
        ("wiping", "memory"): (2, 300),
        ("lstm", "cell"): (2, 150),
        ("transformer", "layer0"): (0, 600),
        ("transformer", "layer1"): (0, 300),
        ("gru", "cell"): (2, 150),
        ("rnn", "state"): (2, 150),
        ("delta", "state"): (2, 450),
        ("linear", "state"): (2, 300),
        ("alibi", "layer0"): (0, 300),
        ("pair", "encoder0"): (0, 300),
        ("pair", "cross0"): (0, 300),
    }
    for bank in report["banks"]:
        for check in ("keyframes", "read_vectors", "share_rows", "contributions"):
            assert bank[check]["error"] < 1e-5, (bank["model"], check)
        assert bank["read_vectors"]["count"] >= (0 if bank["model"] in ("dnc", "wiping") else STEPS)


def change(made: Made, model: str, name: str, t: int, by: float) -> None:
    """Add to the first number of one recorded tensor at one step."""
    stream = [m["id"] for m in made.manifest["models"]].index(model)
    layout = made.manifest["models"][stream]["frame"]
    tensor = next(x for x in layout["tensors"] if x["name"] == name)
    data = bytearray(made.frames[stream])
    at = t * layout["bytes"] + tensor["offset"]
    struct.pack_into("<f", data, at, struct.unpack_from("<f", data, at)[0] + by)
    made.frames[stream] = bytes(data)


CHANGES = [
    ("ntm", "write_vectors", "keyframes"),
    ("ntm", "read_vectors", "read_vectors"),
    ("ntm", "read_weights", "read_vectors"),
    ("ntm", "erase", "contributions"),
    ("dnc", "free_gates", "keyframes"),
    ("dnc", "write_weights", "keyframes"),
    ("wiping", "free_gates", "contributions"),
    ("lstm", "forget_gate", "keyframes"),
    ("lstm", "output_gate", "read_vectors"),
    ("transformer", "values", "read_vectors"),
    ("transformer", "keys", "contributions"),
    ("gru", "input_gate", "keyframes"),
    ("gru", "write_vectors", "read_vectors"),
    ("rnn", "slopes", "read_vectors"),
    ("rnn", "write_vectors", "contributions"),
    ("rnn", "read_vectors", "keyframes"),
    ("delta", "erase", "contributions"),
    ("delta", "keys", "keyframes"),
    ("delta", "retention", "read_vectors"),
    ("delta", "queries", "read_vectors"),
    ("alibi", "queries", "contributions"),
    ("pair", "read_vectors", "read_vectors"),
]


@pytest.mark.parametrize(("model", "name", "check"), CHANGES, ids=[f"{m}-{n}" for m, n, _ in CHANGES])
def test_one_changed_number_is_noticed_and_placed(tmp_path: Path, model: str, name: str, check: str) -> None:
    """A log that was written whole, checksums and all, but does not tell the truth."""
    made = Made(steps=STEPS, models=(model,), seed=3)
    change(made, model, name, 63 if check == "keyframes" else 70, 0.5)
    report = report_of(made, tmp_path / "a.mnemo")
    assert not report["ok"]
    bad = [bank for bank in report["banks"] if not bank["ok"]]
    assert bad
    assert bad[0][check]["error"] > 1e-4
    assert bad[0][check]["step"] >= 63


def judged_one_by_one(rec: Recording, model: str, bank: BankSpec) -> tuple[float, float]:
    """Errors of share rows and contributions with every single share at hand, each beside the largest of its row."""
    kind, log = kinds.of(bank), BankLog(rec[model], bank)
    rows, apart = [], []
    for head in range(bank.read_heads):
        reads = rec[model].array("read_vectors", bank.name).astype(np.float64)
        reads = reads if kind.single else reads[:, head]
        norms = np.linalg.norm(reads, axis=1)
        for first in range(0, len(reads), 64):
            read, norm = reads[first : first + 64], norms[first : first + 64]
            table = np.zeros((len(read), first + len(read) + 1))
            totals = np.zeros_like(read)
            for t in range(first, first + len(read)):
                parts = kind.read_parts(log, t, head)
                table[t - first, : t + 2] = ledger.shares(parts, reads[t])
                totals[t - first] = parts.sum(0)
            swell = np.maximum(1, np.abs(table).max(axis=1))
            rows.append(np.where(norm <= 1e-2 * norms.max(), 0, np.abs(table.sum(1) - 1) / swell).max())
            swell = np.maximum(1, swell * norm / norms.max())
            apart.append((np.abs(totals - read).max(axis=1) / np.abs(read).max() / swell).max())
    return max(rows), max(apart)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("ntm", "erase"),
        ("wiping", "free_gates"),
        ("lstm", "forget_gate"),
        ("transformer", "keys"),
        ("rnn", "slopes"),
        ("delta", "erase"),
        ("alibi", "queries"),
        ("pair", "read_vectors"),
    ],
)
@pytest.mark.parametrize("by", [0.5, 0.002])
def test_what_is_beyond_the_tolerance_is_what_every_row_by_itself_says(
    tmp_path: Path, model: str, name: str, by: float
) -> None:
    made = Made(steps=STEPS, models=(model,), seed=3)
    change(made, model, name, 70, by)
    with Recording.open(made.save(tmp_path / "a.mnemo")) as rec:
        report = verify(rec)
        for bank, found in zip(rec[model].banks, report["banks"], strict=True):
            checks = (("share_rows", "share_tolerance"), ("contributions", "tolerance"))
            for (check, limit), wanted in zip(checks, judged_one_by_one(rec, model, bank), strict=True):
                assert (found[check]["error"] > report[limit]) == (wanted > report[limit])
                if wanted > report[limit]:
                    assert found[check]["error"] == pytest.approx(wanted, rel=1e-6)


LATE = (511, 512, 575, 576, 1023, 1024, 1087)
"""Last and first steps of the parts in which a long log is read, and of chunks."""


@pytest.fixture(scope="module")
def long_run() -> Made:
    return Made(steps=1088, models=("lstm",), seed=3)


@pytest.mark.parametrize("t", LATE)
@pytest.mark.parametrize(
    ("name", "by", "check"),
    [
        ("output_gate", 0.5, "read_vectors"),
        ("read_vectors", 0.5, "contributions"),
        ("input_gate", 3, "weights"),
    ],
)
def test_a_fault_late_in_a_long_run_is_found_at_its_step(
    tmp_path: Path, long_run: Made, t: int, name: str, by: float, check: str
) -> None:
    whole = long_run.frames[0]
    try:
        change(long_run, "lstm", name, t, by)
        report = report_of(long_run, tmp_path / "a.mnemo")
    finally:
        long_run.frames[0] = whole
    assert report["verdict"] == "wrong"
    assert report["banks"][0][check]["step"] == t
    assert report["banks"][0][check]["error"] > 0.01
    assert contradictions(report)[0] == FOLLOWS


@pytest.mark.parametrize("t", [576, 1024])
def test_a_late_keyframe_that_was_changed_is_named(tmp_path: Path, long_run: Made, t: int) -> None:
    whole = long_run.keyframes[0][t // 64]
    numbers = np.frombuffer(whole, "<f4").copy()
    numbers[0] += 0.01
    long_run.keyframes[0][t // 64] = numbers.tobytes()
    try:
        report = report_of(long_run, tmp_path / "a.mnemo")
    finally:
        long_run.keyframes[0][t // 64] = whole
    assert report["banks"][0]["keyframes"]["step"] == t
    assert contradictions(report)[0] == FOLLOWS


def test_a_changed_keyframe_is_noticed(tmp_path: Path) -> None:
    made = Made(steps=STEPS, models=("dnc",), seed=3)
    numbers = np.frombuffer(made.keyframes[0][1], "<f4").copy()
    numbers[20] += 0.01
    made.keyframes[0][1] = numbers.tobytes()
    report = report_of(made, tmp_path / "a.mnemo")
    assert report["banks"][0]["keyframes"]["step"] == 64
    assert not report["ok"]


def test_a_changed_recurrent_weight_is_noticed(tmp_path: Path) -> None:
    made = Made(steps=STEPS, models=("rnn",), seed=3)
    numbers = np.frombuffer(made.keyframes[0][2], "<f4").copy()
    numbers[-1] += 0.01
    made.keyframes[0][2] = numbers.tobytes()
    report = report_of(made, tmp_path / "a.mnemo")
    assert report["banks"][0]["keyframes"]["step"] == 128
    assert not report["ok"]


@pytest.mark.parametrize("gate", ["write_gate", "read_gate"])
def test_a_gate_that_says_the_opposite_is_noticed(tmp_path: Path, gate: str) -> None:
    """Every step of a gated bank whose gate is turned over."""
    made = Made(steps=40, models=("pair",), seed=3)
    layout = made.manifest["models"][0]["frame"]
    tensor = next(x for x in layout["tensors"] if x["name"] == gate)
    table = np.frombuffer(made.frames[0], "<f4").reshape(40, -1).copy()
    table[20, tensor["offset"] // 4] = 1 - table[20, tensor["offset"] // 4]
    made.frames[0] = table.tobytes()
    report = report_of(made, tmp_path / "a.mnemo")
    assert [bank["ok"] for bank in report["banks"]] == [False, True]
    assert report["banks"][0]["contributions"]["step"] >= 20


def test_a_network_that_expands_still_verifies(tmp_path: Path) -> None:
    """Contributions of an Elman network may grow far beyond the state they sum to; rounding is judged beside them."""
    made = Made(steps=40, models=("rnn",), seed=3)
    bank = MODELS["rnn"][0]
    rng, hidden, weights = np.random.default_rng(0), np.zeros(8), 3 * np.eye(8)
    log = {name: np.zeros((40, 8), np.float32) for name in kinds.of(bank).frame_tensors(bank)}
    for t in range(40):
        drive = -1 + 0.1 * rng.standard_normal(8)
        sum_ = (weights @ hidden + drive).astype(np.float32)
        hidden = np.tanh(sum_).astype(np.float64) if t else np.full(8, 0.9)
        log["write_vectors"][t] = drive if t else hidden / 0.5
        log["slopes"][t] = hidden / sum_ if t else 0.5
        log["read_vectors"][t] = hidden
    layout = made.manifest["models"][0]["frame"]
    table = np.frombuffer(made.frames[0], "<f4").reshape(40, -1).copy()
    for tensor in layout["tensors"]:
        if tensor["bank"]:
            at = tensor["offset"] // 4
            table[:, at : at + 8] = log[tensor["name"]]
    made.frames[0] = table.tobytes()
    made.keyframes[0][0] = np.concatenate([np.zeros(8), weights.ravel()]).astype("<f4").tobytes()
    with Recording.open(made.save(tmp_path / "a.mnemo")) as rec:
        assert np.abs(rec["rnn"].shares(39)).max() > 1e3
        assert verify(rec)["ok"]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_never_verify(tmp_path: Path, value: float) -> None:
    made = Made(steps=20, models=("ntm", "lstm"), seed=3)
    change(made, "ntm", "write_vectors", 5, value)
    report = report_of(made, tmp_path / "a.mnemo")
    assert [bank["ok"] for bank in report["banks"]] == [False, True]
    assert report["banks"][0]["read_vectors"]["error"] is None


def test_a_content_hash_of_something_else_is_noticed(tmp_path: Path) -> None:
    made = Made(steps=20, models=("lstm",), seed=3)
    with RecordingWriter(tmp_path / "a.mnemo", made.manifest | {"status": "ended", "content_hash": "0" * 64}) as writer:
        made.write(writer, 0, 20)
    with Recording.open(tmp_path / "a.mnemo") as rec:
        report = verify(rec)
    assert report["content_hash"]["agrees"] is False
    assert not report["ok"]


def test_a_missing_keyframe_is_named(tmp_path: Path) -> None:
    made = Made(steps=STEPS, models=("ntm",), seed=3)
    size = made.manifest["models"][0]["frame"]["bytes"]
    for absent in (0, 64):
        path = tmp_path / f"{absent}.mnemo"
        with RecordingWriter(path, made.manifest) as writer:
            for first in (0, 64, 128):
                if first != absent:
                    writer.keyframe(0, first, made.keyframes[0][first // 64])
                writer.frames(0, first, made.frames[0][first * size : (first + 64) * size])
            writer.finish("ended")
        with Recording.open(path) as rec:
            report = verify(rec)
        assert report["missing_keyframes"] == [f"ntm before step {absent}"]
        assert not report["ok"]


@pytest.mark.slow
def test_a_recording_without_an_end_verifies_as_far_as_it_goes(tmp_path: Path) -> None:
    made = Made(steps=STEPS, seed=3)
    with RecordingWriter(tmp_path / "a.mnemo", made.manifest) as writer:
        made.write(writer, 0, 100)
    with Recording.open(tmp_path / "a.mnemo") as rec:
        report = verify(rec)
    assert (report["verdict"], report["ok"]) == ("incomplete", False)
    assert report["incomplete"] == ["the recording has no end"]
    assert report["content_hash"]["agrees"] is None
    assert report["recording_hash"]["agrees"] is None
    assert all(bank["ok"] for bank in report["banks"])


def test_nothing_recorded_is_nothing_wrong(tmp_path: Path) -> None:
    made = Made(steps=1, seed=3)
    with RecordingWriter(tmp_path / "a.mnemo", made.manifest) as writer:
        writer.finish("stopped")
    with Recording.open(tmp_path / "a.mnemo") as rec:
        assert rec.steps == 0
        assert rec.chunks == 0
        assert verify(rec)["ok"]
        assert describe(rec)["steps"] == 0


def test_reads_too_small_to_have_shares_are_counted_not_failed(tmp_path: Path) -> None:
    made = Made(steps=20, models=("lstm",), seed=3)
    layout = made.manifest["models"][0]["frame"]
    table = np.frombuffer(made.frames[0], "<f4").reshape(20, -1).copy()
    for name in ("output_gate", "read_vectors"):
        tensor = next(x for x in layout["tensors"] if x["name"] == name)
        table[7, tensor["offset"] // 4 : tensor["offset"] // 4 + 9] *= 1e-5
    made.frames[0] = table.tobytes()
    report = report_of(made, tmp_path / "a.mnemo")
    assert report["ok"]
    assert report["banks"][0]["share_rows"]["too_small_to_sum"] == 1


def test_description_names_everything(tmp_path: Path) -> None:
    made = Made(steps=20)
    with Recording.open(made.save(tmp_path / "a.mnemo")) as rec:
        facts = describe(rec)
    assert facts["bytes"] == (tmp_path / "a.mnemo").stat().st_size
    assert [m["id"] for m in facts["models"]] == list(MODELS)
    erase = next(t for t in facts["models"][0]["tensors"] if t["name"] == "erase")
    assert erase == {"name": "erase", "bank": "memory", "axes": ["a", "b"], "shape": [2, 5]}


@pytest.mark.parametrize("name", ["memories", "kinds", "mamba2", "mlstm"])
def test_a_file_that_was_cut_anywhere_is_incomplete_and_nothing_worse(tmp_path, name):
    """Also before the first step of a model was written: it has no numbers then, and its bounds none to hold."""
    whole = (ROOT / f"tests/golden/{name}.mnemo").read_bytes()
    cut = tmp_path / "cut.mnemo"
    verdicts = set()
    for kept in range(len(whole) // 5, len(whole), len(whole) // 12):
        cut.write_bytes(whole[:kept])
        with Recording.open(cut) as rec:
            verdicts.add(verify(rec)["verdict"])
    assert verdicts == {"incomplete"}
