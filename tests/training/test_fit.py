"""A model fitted to a series: what is seen when, what is scored, what is kept, and what is advised."""

import json
from pathlib import Path

import numpy as np
import pytest

import mnemoscope
from mnemoscope.checkpoints import store
from mnemoscope.cli.main import main
from mnemoscope.errors import SignalError, TrainingError, UnknownModel
from mnemoscope.measuring.retention import looks
from mnemoscope.measuring.retention.subjects import subjects
from mnemoscope.tasks import Forecast, SignalRecall
from mnemoscope.training.fitting import descent as descending
from mnemoscope.training.fitting.advice import advise
from mnemoscope.training.fitting.descent import Check
from mnemoscope.training.fitting.fit import fit
from mnemoscope.training.fitting.forecasting import CONTEXT, Forecasting
from mnemoscope.training.fitting.recalling import SHAPE, Recalling
from mnemoscope.training.fitting.scoring import MIN_BLOCKS, Scores, band
from mnemoscope.training.fitting.source import read
from mnemoscope.training.fitting.split import split_of

KEYS = {"before", "after", "persistence", "seasonal", "ar32", "split", "seconds", "checkpoint", "updates", "seed"}


def series(steps: int = 700, *, seed: int = 0) -> np.ndarray:
    """Two sines, one of which an AR model cannot follow at once, and noise."""
    t = np.arange(steps)
    noise = np.random.default_rng(seed).normal(0, 0.1, steps)
    return 20 + 5 * (np.sin(t / 3) + np.sign(np.sin(t / 11)) + noise)


def test_the_parts_follow_each_other_in_time_and_leave_nothing_out() -> None:
    for steps in (300, 309, 10_320):
        parts = split_of(steps, Forecasting()).to_json()
        assert [parts["fit"][0], parts["held_back"][0], parts["test"][0]] == [0, parts["fit"][1], parts["held_back"][1]]
        assert parts["test"][1] == steps
        assert parts["held_back"][1] - parts["held_back"][0] >= 32
    assert split_of(10_320, Forecasting()).to_json() == {
        "fit": [0, 4386], "held_back": [4386, 5160], "test": [5160, 10_320], "steps": 10_320,
    }  # fmt: skip


def test_a_series_that_is_too_short_or_never_changes_is_refused() -> None:
    with pytest.raises(SignalError, match=r"299 steps.*at least 300"):
        read(series(299))
    with pytest.raises(SignalError, match=r"599 steps.*at least 600"):
        read(series(599), task="signal-recall")
    with pytest.raises(SignalError, match="to be scored never changes"):
        read(np.concatenate([series(600), np.full(600, 7.0)]))
    with pytest.raises(SignalError, match="no file"):
        read("/nowhere/at-all.csv")


@pytest.mark.parametrize("stop", [200, 228, 300, 700])
def test_every_value_of_a_part_is_predicted_once(stop: int) -> None:
    """The score of blocks is that of one pass over the series, value by value."""
    values, start = series(), 150
    part = Forecasting().part(values, start, stop)
    assert part.steps == stop - start
    made = Forecasting().fitted(values, 120)
    forecasts, answers = made.series["ar32"], Forecasting().on(part, made)
    missed = sum(abs(values[i] - forecasts[i - 1]) for i in range(start, stop))
    naive = sum(abs(values[i] - values[i - 1]) for i in range(start, stop))
    assert part.scores(answers["ar32"]).error == pytest.approx(missed / naive, rel=1e-5)
    assert part.scores(answers["persistence"]).error == 1
    assert part.scores(part.batch.inputs[:, :, :1]).error == 1  # persistence as a model


def test_a_long_part_is_scored_on_evenly_chosen_blocks() -> None:
    part = Forecasting().part(series(9_000), 1_000, 9_000, most=10)
    assert part.blocks == 10
    assert part.batch.inputs.shape[1] == CONTEXT + 129


def test_the_same_updates_and_seed_give_the_same_weights_and_another_seed_others(tmp_path: Path) -> None:
    made = [fit(series(), "lstm", updates=4, seed=seed, out=tmp_path / f"{n}") for n, seed in enumerate((0, 0, 1))]
    assert made[0].model.sha256 == made[1].model.sha256 != made[2].model.sha256
    assert [c.error for c in made[0].descent.curve] == [c.error for c in made[1].descent.curve]
    assert made[0].descent.best.update > 0


def test_what_is_scored_is_never_seen(tmp_path: Path) -> None:
    """Another future gives the same weights, the same baselines and the same looks."""
    past, other = series(), series()
    other[350:] = series(seed=5)[350:] * 3 - 100
    a, b = (fit(values, updates=3, out=tmp_path / name) for values, name in ((past, "a"), (other, "b")))
    assert a.model.sha256 == b.model.sha256
    assert a.figures.ar32 == b.figures.ar32
    assert a.figures.held_back == b.figures.held_back
    assert a.scores != b.scores


def test_the_result_is_a_checkpoint_of_ones_own(tmp_path: Path) -> None:
    """It says how it came about, is none of the shipped ones, runs beside the one it came from, and goes like any folder."""
    shipped = store.load("lstm-forecast").sha256
    fitted = fit(series(), updates=2, seed=7, out=tmp_path / "mine")
    card = store.read_card(fitted.path)
    assert card["fit"]["of"] == {"name": "lstm-forecast", "sha256": shipped}
    assert card["fit"]["split"] == split_of(700, Forecasting()).to_json()
    assert (card["seed"], card["fit"]["updates"], card["fit"]["source"]["name"]) == (7, 2, "an array")
    assert len(card["fit"]["source"]["sha256"]) == 64
    assert card["updates"] == fitted.descent.best.update
    assert "mine" not in store.names()
    assert store.load("lstm-forecast").sha256 == shipped
    with mnemoscope.record(["lstm", fitted.path], series(120), task="forecast") as rec:
        labels = [model["label"] for model in rec.manifest["models"]]
        assert rec.models == ["lstm", "lstm-2"]
        assert labels == ["LSTM", "LSTM, fitted"]
        assert "fit" not in rec.manifest["models"][1]  # the window was scaled by itself, so the fit's band is not of it
        assert not np.array_equal(rec["lstm"].array("outputs"), rec["lstm-2"].array("outputs"))
    rows = mnemoscope.evaluate([fitted.path], sequences=2)
    assert {row["checkpoint"] for row in rows} == {fitted.model.sha256}


def test_only_a_fitted_checkpoint_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(TrainingError, match="holds no fitted checkpoint"):
        fit(series(), updates=1, out=tmp_path)
    again = [fit(series(), updates=1, out=tmp_path / "mine", seed=seed) for seed in (0, 1)]
    assert store.load(tmp_path / "mine").sha256 == again[1].model.sha256


def test_a_budget_or_model_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="budget"):
        fit(series(), seconds=0, out=tmp_path / "x")
    with pytest.raises(UnknownModel, match="forecast"):
        fit(series(), "lstm-copy", updates=1, out=tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_an_interrupt_keeps_the_best_so_far(tmp_path: Path) -> None:
    """By KeyboardInterrupt, and by a caller that asks for an end: both are results like any other."""

    def interrupt(check: Check) -> None:
        if check.update == 3:
            raise KeyboardInterrupt

    broken = fit(series(), updates=50, out=tmp_path / "a", progress=interrupt)
    assert broken.descent.ended == "stopped"
    assert broken.descent.updates == 3
    whole = fit(series(), updates=3, out=tmp_path / "b")
    assert broken.model.sha256 == whole.model.sha256
    asked = iter([False, False, True])
    stopped = fit(series(), seconds=60, out=tmp_path / "c", cancelled=lambda: next(asked))
    assert (stopped.descent.ended, stopped.descent.updates) == ("stopped", 2)


def test_a_fit_from_random_weights_says_so(tmp_path: Path) -> None:
    fitted = fit(series(), updates=2, scratch=True, out=tmp_path / "new")
    card = store.read_card(fitted.path)
    assert card["fit"]["of"] is None
    assert card["command"].endswith("--scratch")
    assert "untrained" in fitted.figures.advice.text


def test_a_recall_is_fitted_and_scored_beside_what_means_something_there(tmp_path: Path) -> None:
    """Every segment is asked for once; a register is exact, the mean is 1; what predicts is left out, with the reason."""
    fitted = fit(series(900), "lstm", task="signal-recall", updates=3, out=tmp_path / "mine")
    found = fitted.to_json()
    assert found["task"] == "signal-recall"
    assert (found["seasonal"], found["ar32"], found["period"]) == (None, None, None)
    assert "predicts the next value" in found["reasons"]["ar32"]
    assert found["shift_register"] == 0
    assert found["mean"] == pytest.approx(1, abs=0.1)  # but for the mean of the part that is scored
    assert found["persistence"] > 1
    assert 0 < found["after"] < found["mean"]
    assert found["blocks"] == (450 - SHAPE.heard) // SHAPE.segment + 1
    assert found["recommendation"]["text"].endswith("54 values is exact where the delay is known beforehand.")
    assert store.read_card(fitted.path)["command"].startswith(
        "mnemoscope fit an array --model lstm --task signal-recall"
    )
    again = fit(series(900), "lstm", task="signal-recall", updates=3, out=tmp_path / "again")
    assert again.model.sha256 == fitted.model.sha256
    found_too = subjects(["lstm", fitted.path, again.path], "signal-recall")
    assert [one.name for one in found_too] == ["lstm", "lstm@fit", "lstm@fit2"]
    assert [looks.label(one.name) for one in found_too] == ["LSTM", "LSTM, fitted", "LSTM, fitted 2"]
    with mnemoscope.record(["lstm", fitted.path], series(120), task="signal-recall") as rec:
        assert [model["label"] for model in rec.manifest["models"]] == ["LSTM", "LSTM, fitted"]


def test_every_segment_of_a_part_is_asked_for_once_by_the_tasks_own_measure() -> None:
    values, subject = series(400), Recalling()
    part = subject.part(values, 20, 300)
    count = (280 - SHAPE.heard) // SHAPE.segment + 1
    assert (part.blocks, part.steps, part.start) == (count, count * SHAPE.segment, 20 + SHAPE.lead)
    stored = values[part.start : part.start + part.steps]
    np.testing.assert_allclose(part.beginning(part.batch.targets, blocks=part.blocks), stored, rtol=1e-6)
    answers = subject.on(part, subject.fitted(values, 20))
    cue = values[20 + SHAPE.heard - 1 :: SHAPE.segment][:count].repeat(SHAPE.segment)
    wanted = np.sqrt(((cue - stored) ** 2).sum() / (stored**2).sum())
    assert part.scores(answers["persistence"]).error == pytest.approx(wanted, rel=1e-5)
    guess = np.random.default_rng(0).normal(size=part.batch.targets.shape).astype(np.float32)
    assert part.scores(guess).error == pytest.approx(SignalRecall().score(guess, part.batch), rel=1e-5)


def test_a_task_that_takes_no_series_is_refused() -> None:
    with pytest.raises(TrainingError, match="for forecast or signal-recall, not for copy"):
        fit(series(), task="copy", updates=1)


def test_gaps_are_filled_and_said_and_nothing_but_gaps_is_refused(tmp_path: Path) -> None:
    values = series(700)
    values[100:130] = np.nan
    source = read(values)
    assert np.isfinite(source.values).all()
    assert any("missing" in note for note in source.notes), source.notes
    with pytest.raises(SignalError):
        read(np.full(700, np.nan))


@pytest.mark.parametrize(("each", "updates"), [(0.01, 9), (0.25, 1), (30.0, 1)])
def test_seconds_hold_on_a_slow_machine_but_for_the_first_update(
    each: float, updates: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that every look at it puts on: no update begins that would end, with the look after it, beyond the budget."""
    now = 0.0

    class Clock:
        @staticmethod
        def monotonic() -> float:
            nonlocal now
            now += each
            return now

    monkeypatch.setattr(descending, "time", Clock)
    fitted = fit(series(), seconds=1, out=tmp_path / "x")
    assert fitted.descent.ended == "seconds"
    assert fitted.descent.updates >= updates
    if each < 0.1:
        assert fitted.descent.seconds <= 1 + each


def scores(blocks: int, **wanted: float) -> dict[str, Scores]:
    """Scores of so many blocks of a forecast, whose errors vary a little, each in its own way."""
    rng, naive = np.random.default_rng(3), np.full(blocks, 10.0)
    return {key: Scores(Forecast(), naive * mase + rng.normal(0, 0.2, blocks), naive) for key, mase in wanted.items()}


@pytest.mark.parametrize(
    ("blocks", "figures", "take", "begins"),
    [
        (20, {"before": 0.9, "after": 0.5, "ar32": 0.7}, "after", "Worth it here: LSTM 0."),
        (20, {"before": 0.9, "after": 0.8, "ar32": 0.6}, "ar32", "AR(32) beats it here"),
        (20, {"before": 0.9, "after": 0.699, "ar32": 0.7}, "ar32", "AR(32) (0."),
        (20, {"before": 0.5, "after": 0.6, "ar32": 0.8}, "before", "Fitting did not help"),
        (20, {"before": 0.5, "after": 0.5, "ar32": 0.8}, "before", "Fitting did not help"),
        (3, {"before": 0.9, "after": 0.5, "ar32": 0.7}, "after", "Worth it here"),
    ],
)
def test_the_better_one_is_advised_and_a_baseline_that_wins_is_said_first(
    blocks: int, figures: dict[str, float], take: str, begins: str
) -> None:
    advice = advise("LSTM", scores(blocks, **figures, seasonal=1.5, persistence=1.0), Forecasting())
    assert advice.take == take
    assert advice.text.startswith(begins)
    assert ("Rank only: 3 blocks" in advice.text) == (blocks < MIN_BLOCKS)


def test_a_band_holds_the_score_and_needs_eight_blocks() -> None:
    found = scores(20, ar32=0.7)["ar32"]
    span = band(found)
    assert span is not None
    assert span[0] < found.error < span[1]
    assert band(scores(MIN_BLOCKS - 1, ar32=0.7)["ar32"]) is None


def test_the_command_prints_one_object_and_the_text_says_what_to_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pump.csv"
    file.write_text("level\n" + "\n".join(f"{v:.5f}" for v in series(400)) + "\n")
    options = ["--updates", "2", "--out", str(tmp_path / "out")]
    assert main(["fit", str(file), "--json", *options]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= KEYS
    assert found["persistence"] == 1
    assert (found["updates"], found["checkpoint"]) == (2, str(tmp_path / "out"))
    assert main(["fit", str(file), *options]) == 0
    text = capsys.readouterr().out
    assert text.startswith(found["recommendation"]["text"])
    assert f"{found['ar32']:.3f}" in text
    assert main(["fit", str(file), "--start", "200", *options]) == 2
    assert "at least 300" in capsys.readouterr().err
    assert main(["record", "--signal", str(file), "--task", "forecast", "--models", f"lstm,{tmp_path / 'out'}",
                 "--start", "200", "--out", str(tmp_path / "both.mnemo")]) == 0  # fmt: skip
    assert "scaled as in the fit" in capsys.readouterr().err
    with mnemoscope.open(tmp_path / "both.mnemo") as rec:
        assert rec.manifest["models"][1]["fit"]["period"] == found["period"]
        assert rec.manifest["signal"]["scaling"] == found_scaling(tmp_path / "out")
    assert main(["verdict", str(tmp_path / "both.mnemo"), "--json"]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert {each["name"] for each in judged["baselines"]} == {"persistence", "seasonal", "ar32"}
    assert "too little" not in judged["note"]


def found_scaling(folder: Path) -> dict[str, float]:
    """How a checkpoint's series was scaled, from its card."""
    return store.read_card(folder)["fit"]["scaling"]


def test_a_fit_that_is_level_with_what_it_began_from_is_not_advised() -> None:
    """The two differ by less than their difference wobbles: the sentence says that nothing shows."""
    rng, whole = np.random.default_rng(0), np.full(20, 10.0)
    before = 5 + rng.normal(0, 0.5, 20)
    after = before - 0.01 + rng.normal(0, 0.2, 20)
    after += before.mean() - after.mean() - 0.001
    base = {"seasonal": whole * 1.5, "persistence": whole, "ar32": whole * 0.9}
    found = {key: Scores(Forecast(), wrong, whole) for key, wrong in {"before": before, "after": after, **base}.items()}
    advice = advise("LSTM", found, Forecasting())
    assert advice.take == "before"
    assert advice.text.startswith("Fitting brought nothing that shows: LSTM 0.")
