"""The study: trials are unique and stable, rows are appended whole, an interrupted study goes on, tables say what is missing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnemoscope.errors import TrainingError
from mnemoscope.training.study import questions, report, rows, run
from mnemoscope.training.study.questions import QUESTIONS, ShortRecall
from mnemoscope.training.study.trials import Trial, trials


@pytest.fixture(autouse=True)
def few_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "SEQUENCES", 4)


def short(trial: Trial, updates: int = 2) -> Trial:
    return replace(trial, recipe=replace(trial.recipe, updates=updates, curriculum=0, batch=2))


def named(id: str) -> Trial:
    return next(trial for trial in trials() if trial.id == id)


def test_every_trial_has_an_id_of_its_own_and_a_question_that_exists() -> None:
    ids = [trial.id for trial in trials()]
    assert len(set(ids)) == len(ids)
    assert {trial.question for trial in trials()} == set(QUESTIONS)
    per_label: dict[str, int] = {}
    for trial in trials():
        per_label[trial.id.rpartition("/")[0]] = per_label.get(trial.id.rpartition("/")[0], 0) + 1
    assert min(per_label.values()) >= 3
    assert min(count for label, count in per_label.items() if label.startswith("updates/")) >= 5


def test_equal_floats_are_equal_within_a_tenth() -> None:
    """The view says "about 512": every bounded memory in it keeps 461 to 563 floats at the end of the trained range."""
    task = ShortRecall()
    labels = {trial.label: trial for trial in trials() if trial.group == "floats" and trial.seed == 0}
    kept = {label: run.floats(run.build(trial, task), 48) for label, trial in labels.items()}
    assert {label: count for label, count in kept.items() if not 461 <= count <= 563} == {}


def test_a_segment_is_asked_back_after_the_delay_in_every_round() -> None:
    batch = ShortRecall().asked(np.random.default_rng(0), 3, 5, 7, rounds=2)
    period = 8 + 2 * 5 + 7
    assert batch.inputs.shape == (3, 2 * period, 3)
    for start in (8, 8 + period):
        cue = start + 5 + 7
        assert (batch.targets[:, cue : cue + 5, 0] == batch.inputs[:, start : start + 5, 0]).all()
        assert (batch.mask[:, cue : cue + 5] == 1).all()
    assert batch.mask.sum() == 3 * 2 * 5


def test_noise_comes_during_the_delay_and_nowhere_else() -> None:
    plain = ShortRecall().asked(np.random.default_rng(0), 3, 5, 7)
    noisy = ShortRecall().asked(np.random.default_rng(0), 3, 5, 7, noise=1.0)
    changed = (plain.inputs != noisy.inputs).any((0, 2))
    assert list(np.flatnonzero(changed)) == list(range(13, 20))
    assert (plain.targets == noisy.targets).all()


def test_training_draws_what_its_range_says() -> None:
    batch = ShortRecall().batch(np.random.default_rng(0), 64)
    stored = batch.inputs[:, :, 1].sum(1)
    assert stored.min() >= 4
    assert stored.max() <= 12
    assert batch.inputs.shape[1] <= 8 + 12 + 16 + 12


def test_measured_sequences_are_the_same_for_everybody() -> None:
    measure = QUESTIONS["recall"].measures[0]
    assert (measure.sequences().inputs == measure.sequences().inputs).all()
    keys = [measure.key for question in QUESTIONS.values() for measure in question.measures]
    assert all(len(set(found)) == len(found) for found in [[m.key for m in q.measures] for q in QUESTIONS.values()])
    assert "d=192" in keys


def test_a_study_goes_on_where_it_stopped(tmp_path: Path) -> None:
    wanted = [short(named("updates/recall/LSTM/0")), short(named("ladder/associative-recall/window/1"))]
    said: list[str] = []
    run.study(tmp_path, wanted[:1], progress=said.append)
    assert [row["id"] for row in rows.rows(tmp_path)] == ["updates/recall/LSTM/0"]
    said.clear()
    run.study(tmp_path, wanted, progress=said.append)
    assert [row["id"] for row in rows.rows(tmp_path)] == [trial.id for trial in wanted]
    assert not any("LSTM" in text for text in said)
    row = rows.rows(tmp_path)[1]
    assert set(row["values"]) == {measure.key for measure in QUESTIONS["associative-recall"].measures}
    value, low, high = row["values"]["items=6"]
    assert low <= value <= high
    assert [path.name for path in tmp_path.iterdir()] == [rows.ROWS]


def test_two_runs_of_a_trial_give_the_same_row() -> None:
    trial = short(named("updates/recall/GRU/0"))
    first, second = run.run(trial), run.run(trial)
    assert first["values"] == second["values"]
    assert run.run(replace(trial, seed=1))["values"] != first["values"]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / rows.ROWS).write_text('{"id":"a"}\n{"id"\n')
    with pytest.raises(TrainingError, match="remove that line"):
        rows.rows(tmp_path)


def test_intervals_of_seeds_are_t_intervals_of_the_mean() -> None:
    measured = [{"values": {"d=0": [value, value, value]}} for value in (1.0, 2.0, 3.0)]
    found = report.figure(measured, "d=0")
    assert found is not None
    assert (found.mean, found.seeds) == (2.0, 3)
    assert found.high == pytest.approx(2 + 2.919986 / np.sqrt(3))  # t(0.95, 2) = 2.92, deviation 1
    alone = report.figure(measured[:1], "d=0")
    assert alone is not None
    assert alone.seeds == 1
    assert report.figure([], "d=0") is None


def test_tables_say_what_is_missing() -> None:
    wanted = [trial for trial in trials() if trial.id.startswith("ladder/associative-recall/window")]
    values = {key: [0.5, 0.4, 0.6] for key in ("items=2", "items=4", "items=6", "items=8", "items=12")}
    row = {"id": wanted[0].id, "values": values, "floats": [1, 2], "parameters": 3, "cpu_minutes": 1.0}
    text = report.text([row], wanted)
    assert "1/3" in text
    assert "0.5 (0.4–0.6)" in text
    assert "…" in report.text([], wanted)
    json.dumps(row)
