"""The study: trials are unique and stable, rows are appended whole, an interrupted study goes on, tables say what is missing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnemoscope.errors import TrainingError
from mnemoscope.training.study import questions, report, rows, run
from mnemoscope.training.study.questions import QUESTIONS, ShortRecall
from mnemoscope.training.study.surfaces import surfaces
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
    by_key = {measure.key: measure.sequences() for measure in QUESTIONS["recall"].measures}
    far = by_key["d=96"].inputs[:, : 8 + 8]
    assert (by_key["d=0"].inputs[:, : 8 + 8] == far).all(), "two delays are asked of the same signals"
    assert (by_key["noise=1.0"].inputs[:, : 8 + 8] == far).all()
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


def of_rungs(means: dict[str, float], *, seeds: int = 3) -> report.Table:
    """The ladder on associative recall with these figures, seeds a hundredth apart; rungs that are not named are missing."""
    keys = [measure.key for measure in QUESTIONS["associative-recall"].measures]
    wanted = [trial for trial in trials() if trial.id.startswith("ladder/associative-recall/")]
    measured = [
        {
            "id": t.id,
            "values": dict.fromkeys(keys, [means[t.label] + t.seed / 100] * 3),
            "floats": [1, 2],
            "parameters": 3,
        }
        for t in wanted
        if t.label in means and t.seed < seeds
    ]
    [table] = report.tables(measured, wanted)
    return table


def test_a_rung_differs_from_the_one_before_only_when_their_intervals_lie_apart() -> None:
    table = of_rungs(
        {"window": 5, "least used goes": 2, "+ erase": 2.001, "+ allocation, free": 8, "closed after writing": 4}
    )
    changes = {line.label: line.changes[0] for line in table.lines}
    assert changes["window"] is None, "the rung before it is not measured"
    assert changes["least used goes"] == "better"
    assert changes["+ erase"] == "level"
    assert changes["+ allocation, free"] == "worse"
    assert changes["closed after writing"] == "better", "it is held against the window"
    assert table.sentences[0] == (
        "Fewer errors than the rung before: “least used goes”, “closed after writing”. More: “+ allocation, free”. "
        "The others are level."
    )


def test_nothing_is_said_of_one_seed() -> None:
    table = of_rungs({"window": 5, "least used goes": 2}, seeds=1)
    assert {line.changes[0] for line in table.lines} == {None}
    assert table.sentences[0] == "Too few seeds yet to tell a rung from the one before it."
    level = of_rungs({"window": 5, "least used goes": 5})
    assert level.sentences[0] == "No rung differs from the one before it by more than its interval."


def test_the_best_model_is_named_with_those_it_is_level_with() -> None:
    keys = [measure.key for measure in QUESTIONS["recall"].measures]
    wanted = [trial for trial in trials() if trial.group == "floats" and trial.label in ("RNN", "GRU", "LSTM")]
    means = {"RNN": 0.9, "GRU": 0.105, "LSTM": 0.1}
    measured = [
        {
            "id": t.id,
            "values": dict.fromkeys(keys, [means[t.label] + t.seed / 100] * 3),
            "floats": [1, 2],
            "parameters": 3,
        }
        for t in wanted
    ]
    [table] = report.tables(measured, wanted)
    assert table.sentences[0] == "Fewest errors: LSTM, level with “GRU”."
    assert "Fewest errors: LSTM, level with “GRU”." in report.markdown(measured, wanted)


def test_every_measure_of_a_view_is_one_of_its_question() -> None:
    for view in report.VIEWS:
        assert set(view.keys) <= {measure.key for measure in QUESTIONS[view.question].measures}, view.title
    surface = [key for view in report.VIEWS for key in view.keys if " " in key]
    assert len(surface) == len(set(surface)) == len(questions.SURFACE), "all of the surface, each cell once"


def test_surfaces_are_means_over_seeds_where_segments_and_delays_cross() -> None:
    wanted = [trial for trial in trials() if (trial.group, trial.question) == ("updates", "recall")]
    two = [trial for trial in wanted if trial.label == wanted[0].label][:2]
    keys = [measure.key for measure in QUESTIONS["recall"].measures]
    rows = [{"id": trial.id, "values": {key: [0.2 + k / 10, 0, 1] for key in keys}} for k, trial in enumerate(two)]
    [made] = surfaces(rows, wanted)
    [cells] = made.data
    assert list(made.layout.xaxis.ticktext) == ["0", "8", "16", "32", "64"]
    assert list(made.layout.yaxis.ticktext) == ["4", "8", "12", "16", "24", "32"]
    assert len(cells.x) == 4 * 4 + 5 + 5  # the surface, segment 8 at every delay, delay 8 with the other segments
    assert set(cells.text) == {"0.25"}
    assert "mean of 2 seeds" in made.layout.title.text
    assert surfaces([], wanted) == []
