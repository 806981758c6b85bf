"""The verdict of recordings that ship, and of memories whose story is known."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.errors import RecordingError
from mnemoscope.measuring.verdict import scores
from mnemoscope.measuring.verdict.judge import verdict
from mnemoscope.measuring.verdict.scores import Score
from mnemoscope.reading.causes import some
from mnemoscope.reading.recording import Recording, RecordingWriter, amend
from mnemoscope.reading.segment import taking
from mnemoscope.running import gallery
from tests.oracles.synthetic_memories import Leaky, Pointer, Tape, recorded


def judged(name: str) -> dict[str, Any]:
    path = gallery.path(name)
    assert path is not None
    with Recording.open(path) as rec:
        return verdict(rec)


def row_of(found: dict[str, Any], model: str) -> dict[str, Any]:
    [row] = [row for row in found["ranking"] if row["model"] == model]
    return row


def test_the_odd_beat_is_judged_as_it_looks() -> None:
    """Sentence by sentence what anybody sees on the stage, and the same again."""
    found = judged("odd-beat")
    assert found["question"] == "Who still has the odd beat?"
    assert found["when"] == "Stored at t = 25 to 48, asked back 30 steps later, from t = 79."
    assert found["note"].startswith("One heartbeat: a rank, no band; one checkpoint a model.")
    assert (found["store"], found["recall"], found["n"], found["poster"]) == ([25, 49], [79, 103], 1, 93)
    assert [row["model"] for row in found["ranking"]] == ["dnc", "ntm", "transformer", "lstm"]
    assert {row["model"]: row["because"] for row in found["ranking"]} == {
        "dnc": "frees each slot as it replays it; 99% held at t = 78; 4% at t = 103",
        "ntm": "kept whole to the cue; later t = 120 to 130 overwrote 42%; 50% left at t = 159",
        "transformer": "nothing is lost; the read spreads to neighbouring moments",
        "lstm": "reads its last steps; keeps a blur of it: 21% left at t = 78",
    }
    for row in found["ranking"]:
        assert row["because"] == "; ".join(c["text"] for c in found["clauses"] if c["model"] == row["model"])
        assert (row["low"], row["high"], row["unit"], row["cause"]) == (None, None, "mV", "alive")
    lstm, transformer = row_of(found, "lstm"), row_of(found, "transformer")
    assert lstm["error"] == pytest.approx(0.109, abs=1e-3)
    assert lstm["unit_error"] == pytest.approx(0.059, abs=1e-3)
    assert lstm["right_share"] == pytest.approx(0.0096, abs=1e-3)
    assert (transformer["floats"], transformer["floats_grow"]) == (576 * 103, True)
    assert (row_of(found, "dnc")["floats"], lstm["floats"], lstm["floats_grow"]) == (5592, 512, False)
    json.dumps(found, allow_nan=False)


def test_a_clause_names_the_slot_that_it_is_about() -> None:
    """Where the write it speaks of stands at its step; of what is overwritten, where that step writes."""
    path = gallery.path("odd-beat")
    assert path is not None
    with Recording.open(path) as rec:
        found = verdict(rec)
        for clause in found["clauses"]:
            view = rec[clause["model"]]
            assert clause["bank"] == view.bank().name
            if not clause["text"].startswith("reads its last steps"):
                until = (
                    78 if clause["text"] == "4% at t = 103" else clause["step"] - 1
                )  # it was freed as it was asked for
                before = [view.held_by_slot(s, until)[clause["slot"]] for s in range(25, 49)]
                assert max(before) > 0.01, clause  # the segment stood there until then
                assert until == clause["step"] - 1 or max(before) > 0.9, clause
        [overwrote] = [clause for clause in found["clauses"] if "overwrote" in clause["text"]]
        assert rec["ntm"].array("write_weights")[overwrote["step"], 0].argmax() in range(30, 35)
        [freed] = [clause for clause in found["clauses"] if "frees" in clause["text"]]
        assert rec["dnc"].array("read_weights")[freed["step"] - 1].max(0).argmax() == freed["slot"]


def test_an_unedited_repeat_has_the_same_sentences(tmp_path: Path) -> None:
    """The same run recorded a second time, by models loaded again: every word, step and slot of the verdict."""
    from mnemoscope.running.record import load_models, record_file

    found: list[dict[str, Any]] = []
    for name in ("first", "again"):
        episode = tasks.get("signal-recall").episode(seed=5, segment=12, delay=60, rounds=2)
        models = load_models(["lstm", "transformer", "ntm", "dnc", "deltanet"], "signal-recall")
        record_file(tmp_path / f"{name}.mnemo", episode, models)
        with Recording.open(tmp_path / f"{name}.mnemo") as rec:
            found.append(verdict(rec))
    first, again = ([row | {"ms_per_step": None} for row in each["ranking"]] for each in found)
    assert first == again
    assert found[0] | {"ranking": []} == found[1] | {"ranking": []}


def test_what_is_overwritten_is_dated_by_the_steps_that_took_most_of_it() -> None:
    lost = np.zeros(100)
    lost[40:50] = 0.04  # in one go
    lost[70] = 0.02
    assert taking(lost) == (40, 49, pytest.approx(0.4))
    slow = np.full(100, 0.005)  # each step less than is loud
    slow[60:62] = 0.02
    first, last, share = taking(slow) or (0, 0, 0.0)
    assert first < 6
    assert last > 92
    assert 0.9 * slow.sum() <= share < slow.sum()
    assert taking(np.zeros(9)) is None


def test_nothing_is_less_than_nothing() -> None:
    assert [some(share) for share in (-0.004, 0.0, 0.004, 0.34)] == ["nothing", "nothing", "0.4%", "34%"]


def test_twins_are_level_and_bits_are_counted() -> None:
    found = judged("twins")
    assert [(row["tied"], row["error"], row["unit_error"], row["unit"]) for row in found["ranking"]] == [
        (False, 0.0, 0.0, "bits"),
        (True, 0.0, 0.0, "bits"),
    ]
    assert found["chance"] == 0.5


def test_sorting_asks_for_the_places_of_the_highest_priorities() -> None:
    found = judged("sorting")
    assert row_of(found, "dnc")["right_share"] > 0.9  # it looks where the vector stands, not step for step


def test_a_forecast_is_held_against_what_is_cheap() -> None:
    found = judged("dreaming")
    assert found["question"] == "Who predicts the next value best?"
    assert found["when"].startswith("Up to t = 139;")
    assert (found["store"], found["recall"]) == (None, None)
    assert [(each["name"], each["error"]) for each in found["baselines"]] == [("persistence", 1.0), ("ar32", None)]
    assert "AR(32) has too little to be fitted to" in found["note"]
    assert "5 stretches of 16 steps: a rank, no band" in found["note"]
    assert [row["right_share"] for row in found["ranking"]] == [None, None, None]


def test_what_no_network_beats_is_said_first(tmp_path: Path) -> None:
    """An AR(32) fitted to a long context knows a sine exactly; persistence is what the silent model is not."""
    values = np.sin(np.arange(400) * 0.3)
    episode = tasks.get("forecast").episode(values, context=150)
    rec = copied(tmp_path, episode, outputs=np.zeros((400, 1)))
    found = verdict(rec)
    ar = found["baselines"][1]
    assert ar["error"] < 1e-3
    assert found["note"].startswith("Persistence beats the model here") or found["note"].startswith("AR(32) beats")
    assert found["n"] >= scores.MIN_DRAWS
    assert found["ranking"][0]["low"] < found["ranking"][0]["error"] < found["ranking"][0]["high"]


def copied(folder: Path, episode: Any, *, outputs: np.ndarray, fit: dict[str, Any] | None = None) -> Recording:
    """A recording of a model without memory that answers this."""
    from mnemoscope.format.layout import FrameLayout, pack

    task = tasks.get(episode.task)
    layout = FrameLayout.of(
        [
            (None, "inputs", "input", ("feature",), (task.inputs,)),
            (None, "targets", "target", ("output",), (task.outputs,)),
            (None, "mask", "mask", ("scored",), (1,)),
            (None, "outputs", "output", ("output",), (task.outputs,)),
        ]
    )
    arrays = {
        (None, "inputs"): episode.inputs,
        (None, "targets"): episode.targets,
        (None, "mask"): episode.mask[:, None],
        (None, "outputs"): outputs.astype(np.float32),
    }
    model = {
        "id": "own", "label": "Own", "paradigm": "own", "glyph": "rnn", "task": episode.task, "config": {}, "parameters": 0,
        "device": "cpu", "dtype": "float32", "versions": {}, "banks": [], "checkpoint": None,
        "frame": layout.to_json(), "keyframe": {"bytes": 0, "tensors": []},
    } | ({"fit": fit} if fit else {})  # fmt: skip
    manifest = {
        "format": "mnemoscope-recording", "version": 1, "id": "0" * 22, "title": "own", "created": "2026-11-29T00:00:00Z",
        "seed": 0, "status": "running", "steps": episode.steps, "keyframe_every": 64, "signal": None, "models": [model],
        "task": {"name": episode.task, "params": episode.params, "events": [event.to_json() for event in episode.events]},
    }  # fmt: skip
    path = folder / "own.mnemo"
    with RecordingWriter(path, manifest) as writer:
        writer.frames(0, 0, pack(layout, arrays))
        writer.finish("ended")
    return Recording.open(path)


def test_a_band_needs_eight_rounds(tmp_path: Path) -> None:
    for rounds, banded in ((7, False), (8, True)):
        folder = tmp_path / str(rounds)
        folder.mkdir()
        episode = tasks.get("signal-recall").episode(seed=2, segment=6, delay=4, rounds=rounds)
        found = verdict(copied(folder, episode, outputs=0.5 * episode.targets))
        [row] = found["ranking"]
        assert row["error"] == pytest.approx(0.5)
        assert (row["low"] is not None) is banded
        assert ("no band" in found["note"]) is not banded
        assert row["cause"] == "not examined"
        assert (row["floats"], row["ms_per_step"]) == (None, None)
        assert "Floats kept are not known" in found["note"]
        assert "unit of the signal is not known" in found["note"]


def test_without_the_weights_a_cause_is_withheld(tmp_path: Path) -> None:
    rec = recorded(Tape(40), tmp_path, segment=12, delay=28)
    found = verdict(rec)
    assert found["ranking"][0]["cause"] == "not settled"
    assert "its weights are not here" in found["ranking"][0]["because"]
    assert found["ranking"][0]["evidence"]["ledger"] == "overwritten"
    assert found["poster"] is not None


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Tape(90), ["kept whole to the cue", "reads back the segment"]),
        (Leaky(12, 0.015), ["keeps a blur of it: 70% left", "reads all over the segment"]),
        (Pointer(0), ["nothing is lost", "reads back the segment"]),
    ],
)
def test_the_living_are_described_by_their_ledger(model: Any, words: list[str], tmp_path: Path) -> None:
    found = verdict(recorded(model, tmp_path, segment=12, delay=20))
    because = found["ranking"][0]["because"]
    assert all(word in because for word in words), because


def test_the_rest_is_said_only_where_what_was_overwritten_does_not_say_it(tmp_path: Path) -> None:
    """73% taken by two steps leave 27%; where steps before them took of it too, what is left does not follow and is said."""
    said: list[str] = []
    for slots in (32, 25):
        folder = tmp_path / str(slots)
        folder.mkdir()
        said.append(verdict(recorded(Tape(slots), folder, segment=3, delay=20))["ranking"][0]["because"])
    assert said == [
        "kept whole to the cue; later t = 48 to 49 overwrote 73%",
        "kept whole to the cue; later t = 42 to 43 overwrote 73%; nothing left at t = 49",
    ]


def test_a_run_that_was_never_asked_is_said_to_be_one(tmp_path: Path) -> None:
    rec = recorded(Tape(40), tmp_path, segment=12, delay=28)
    manifest = rec.manifest | {"id": "1" * 22, "status": "running"}
    path = tmp_path / "short.mnemo"
    with RecordingWriter(path, {k: v for k, v in manifest.items() if not k.endswith("_hash")}) as writer:
        keyframe = rec.keyframe_bytes(0, 0)
        assert keyframe is not None
        writer.keyframe(0, 0, keyframe)
        writer.frames(0, 0, rec.frame_bytes(0, 0, 40))
    amend(path, {"status": "stopped"}).close()
    with Recording.open(path) as short:
        found = verdict(short)
    assert "The run ended at t = 39, before it was asked at t = 56: nothing was scored." in found["note"]
    assert found["ranking"][0]["error"] is None
    assert found["ranking"][0]["because"] == ""
    assert found["poster"] is None


def test_a_model_that_could_not_go_on_is_not_ranked(tmp_path: Path) -> None:
    """The others are, and the note is about them."""
    path = tmp_path / "torn.mnemo"
    with Recording.open(gallery.FOLDER / "twins.mnemo") as rec:
        manifest = {k: v for k, v in rec.manifest.items() if not k.endswith("_hash")} | {"status": "running"}
        with RecordingWriter(path, manifest) as writer:
            writer.frames(1, 0, rec.frame_bytes(1, 0, rec.steps))
            writer.frames(0, 0, rec.frame_bytes(0, 0, 20))
            writer.meta({"failures": [{"stream": 0, "step": 20, "reason": "a number that is not finite"}]})
            writer.finish("ended", steps=rec.steps)
    with Recording.open(path) as torn:
        found = verdict(torn)
    assert [row["model"] for row in found["ranking"]] == ["sdnc", "transformer"]
    failed = found["ranking"][1]
    assert (failed["error"], failed["cause"], failed["tied"]) == (None, None, False)
    assert failed["because"] == "not a number from t = 20 on"
    assert found["ranking"][0]["error"] == 0.0
    assert found["poster"] == judged("twins")["poster"]
    assert found["n"] == 1


def test_a_recording_without_steps_has_no_verdict(tmp_path: Path) -> None:
    rec = recorded(Tape(40), tmp_path, segment=12, delay=28)
    path = tmp_path / "empty.mnemo"
    with RecordingWriter(path, {k: v for k, v in rec.manifest.items() if not k.endswith("_hash")}):
        pass
    with Recording.open(path) as empty, pytest.raises(RecordingError, match="no step in this recording yet"):
        verdict(empty)


def test_scores_are_level_inside_their_bands() -> None:
    def score(error: float, low: float = float("nan"), high: float = float("nan")) -> Score:
        return Score(error, low, high, None, 9)

    assert scores.tied([score(0.1), score(0.2)]) == [False, False]
    assert scores.tied([score(0.1), score(0.1), score(0.3)]) == [False, True, False]
    assert scores.tied([score(0.1, 0.05, 0.2), score(0.15, 0.1, 0.3), score(0.9, 0.8, 1.0)]) == [False, True, False]
    chain = [score(0.03, 0.01, 0.06), score(0.1, 0.05, 0.2), score(0.2, 0.15, 0.3), score(0.3, 0.25, 0.4)]
    assert scores.tied(chain) == [False, True, False, True]  # the third overlaps the second, and not the first


def test_counting_is_held_against_the_estimator_that_only_counts() -> None:
    """No model beats it on average; in one episode one may."""
    found = judged("counting")
    [best] = found["baselines"]
    assert (best["name"], best["label"]) == ("bayes", "Bayesian estimator")
    assert best["low"] < best["error"] < best["high"]
    assert best["error"] == pytest.approx(found["ranking"][0]["error"], abs=0.02)
    assert (found["error_of"], found["chance"]) == ("a fair coin's bits", 1.0)


def test_a_copy_of_a_part_is_judged_by_what_it_holds(tmp_path: Path) -> None:
    """Its steps count from its own beginning; it cannot be run again alone, so no cause of death is spoken."""
    from mnemoscope.running.record import load_models, record_file
    from mnemoscope.tasks import episodes
    from mnemoscope_server.storage.copies import copy_of, step_range

    options = {"lead": 16, "segment": 24, "delay": 20, "rounds": 3}
    episode = episodes.from_generator("signal-recall", "chirp", steps=280, seed=5, options=options)
    record_file(tmp_path / "whole.mnemo", episode, load_models(["ntm"], "signal-recall"))
    with Recording.open(tmp_path / "whole.mnemo") as whole:
        before = verdict(whole)
        wanted = step_range(whole, 64, 256)
        copy_of(
            whole, tmp_path / "part.mnemo", identity="2" * 22, wanted=wanted, strip_signal=True, title=None, sharing={}
        )
    with Recording.open(tmp_path / "part.mnemo") as part:
        found = verdict(part)
    assert (before["n"], found["n"]) == (3, 2)  # the first was stored before it begins
    assert before["recall"] == [228, 252]
    assert found["recall"] == [228 - 64, 252 - 64]
    [row] = found["ranking"]
    assert row["cause"] == "not settled"
    assert "this is a part of a run" in row["because"]
    assert (row["unit"], row["unit_error"], row["floats"]) == (None, None, before["ranking"][0]["floats"])


def test_a_fitted_model_is_held_against_what_was_fitted_to_the_same_part(tmp_path: Path) -> None:
    """By the coefficients and the season of the manifest, however short the context; the sentence names whichever is better."""
    t = np.arange(400)
    values = np.sin(t * 2 * np.pi / 20) + np.random.default_rng(0).normal(0, 0.3, 400)
    episode = tasks.get("forecast").episode(values, context=8)
    truth = np.roll(values, -1)[:, None]
    coefficients = [0.0] * 32 + [0.5]
    fit = {"of": None, "residuals": {"after": [-1.0, 1.0]}, "ar32": coefficients, "period": 20}

    def of(name: str, outputs: np.ndarray) -> dict[str, Any]:
        (tmp_path / name).mkdir()
        return verdict(copied(tmp_path / name, episode, outputs=outputs, fit=fit))

    lost = of("lost", np.full((400, 1), 3.0))
    errors = {each["name"]: each["error"] for each in lost["baselines"]}
    scored = slice(31, 399)  # persistence stands in for AR(32) until it has heard 32 values
    wanted = np.abs(0.5 - truth[scored]).sum() / np.abs(values[scored, None] - truth[scored]).sum()
    assert errors["ar32"] == pytest.approx(wanted, rel=0.1)
    assert errors["seasonal"] < errors["persistence"] == 1
    assert lost["note"].startswith(f"The season before beats the model here ({errors['seasonal']:.2f}).")
    won = of("won", truth + np.random.default_rng(1).normal(0, 0.05, (400, 1)))
    assert won["note"].startswith("Own beats the season before here (")
    assert f"against {errors['seasonal']:.2f})" in won["note"]
    same = of("same", np.roll(values, 19)[:, None])
    assert "are level here." in same["note"]
