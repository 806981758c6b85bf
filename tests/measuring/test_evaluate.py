"""The table is right: baselines do what their names say, free runs hear themselves, documents hold every row."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.errors import SignalError
from mnemoscope.measuring import baselines, evaluate, intervals, published
from mnemoscope.measuring import report as results
from mnemoscope.measuring import series as evaluate_series
from mnemoscope.models import registry as paradigms
from mnemoscope.reading.recording import Recording
from mnemoscope.running import record
from mnemoscope.tasks import episodes


def sine(steps: int, period: int) -> np.ndarray:
    """A sine of a whole number of steps a period."""
    return np.sin(2 * np.pi * np.arange(steps) / period)


def test_least_squares_finds_the_coefficients_of_an_ar_process() -> None:
    """x[t+1] = 1.5 x[t] − 0.8 x[t−1] + 0.3: recovered exactly without noise on the fit, newest coefficient first."""
    rng = np.random.default_rng(0)
    x = np.zeros(400)
    x[:2] = rng.standard_normal(2)
    for t in range(2, 400):
        x[t] = 1.5 * x[t - 1] - 0.8 * x[t - 2] + 0.3 + 0.1 * rng.standard_normal()
    found = baselines.fit_ar(x, 2)
    np.testing.assert_allclose(found, [1.5, -0.8, 0.3], atol=0.05)
    forecasts = baselines.autoregressive(x, found)
    assert forecasts[0] == x[0]
    np.testing.assert_allclose(forecasts[7], found[0] * x[7] + found[1] * x[6] + found[2])
    ahead = baselines.run_on(x[:50], found, 2)
    first = found[0] * x[49] + found[1] * x[48] + found[2]
    np.testing.assert_allclose(ahead, [first, found[0] * first + found[1] * x[49] + found[2]])
    with pytest.raises(ValueError, match=r"AR\(32\) needs at least 99 values"):
        baselines.fit_ar(x[:50])


@pytest.mark.parametrize("period", [12, 29, 90])
def test_the_season_of_a_periodic_series_is_its_period(period: int) -> None:
    """Also under noise; forecasts by it are exact after one period."""
    x = sine(600, period)
    assert baselines.season(x + 0.1 * np.random.default_rng(1).standard_normal(600)) == pytest.approx(period, abs=1)
    assert baselines.season(x) == period
    forecasts = baselines.seasonal_naive(x, period)
    np.testing.assert_allclose(forecasts[period - 1 : -1], x[period:], atol=1e-12)
    np.testing.assert_array_equal(forecasts[: period - 1], x[: period - 1])


def series_file(folder: Path, values: np.ndarray, rate: float = 36.0) -> str:
    """A CSV with a time column."""
    path = folder / "wave.csv"
    path.write_text("time_s,value\n" + "".join(f"{n / rate:.6f},{v:.6f}\n" for n, v in enumerate(values)))
    return str(path)


def test_a_file_of_nothing_but_labels_is_measured_on_them_as_it_is_recorded(tmp_path: Path) -> None:
    """A column of 0 and 1 is a channel where there is no better one, for a run and for a table alike."""
    path = tmp_path / "marks.csv"
    path.write_text("time_s,label\n" + "".join(f"{n / 36:.6f},{n // 5 % 2}\n" for n in range(900)))
    series = evaluate_series.load(str(path))
    episode, _ = episodes.from_file("forecast", path, steps=0)
    np.testing.assert_allclose(series.values, episode.inputs[:, 0], atol=1e-6)


def test_baselines_are_measured_on_a_series_of_a_file(tmp_path: Path) -> None:
    """On a noisy sine: persistence scores 1, the season and AR(32) far less, and they are said to be what they are."""
    noisy = sine(2000, 25) + 0.02 * np.random.default_rng(2).standard_normal(2000)
    series = evaluate_series.load(series_file(tmp_path, noisy))
    assert series.name == "wave.csv"
    assert series.values.std() == pytest.approx(1, abs=1e-3)
    rows = {(row["model"], row["condition"]): row["value"] for row in evaluate.baseline_rows([series])}
    assert {row["period"] for row in evaluate.baseline_rows([series])} == {25}
    assert rows["persistence", "wave.csv, next value"] == pytest.approx(1)
    assert rows["AR(32), least squares", "wave.csv, next value"] < 0.15
    assert rows["seasonal naive", "wave.csv, next value"] < 0.2
    assert rows["persistence", f"wave.csv, {evaluate_series.FREE}"] == pytest.approx(1)
    assert rows["seasonal naive", f"wave.csv, {evaluate_series.FREE}"] < 0.1
    assert rows["AR(32), least squares", f"wave.csv, {evaluate_series.FREE}"] < 0.1
    with pytest.raises(SignalError, match="at least 768"):
        evaluate_series.load(series_file(tmp_path, noisy[:500]))
    with pytest.raises(SignalError, match="'fast' is not a rate"):
        evaluate_series.load("wave.csv@fast")


def test_a_free_run_hears_its_own_forecasts_in_the_table_and_in_a_recording(tmp_path: Path) -> None:
    """The closed loop of the table is the closed loop that is recorded; the log holds what the model heard."""
    loaded = checkpoints.load("lstm-forecast")
    values = sine(120, 17) + 0.3 * sine(120, 5)
    episode = tasks.get("forecast").episode(values, context=40, free=90)
    record.record_file(tmp_path / "free.mnemo", episode, [loaded])
    with Recording.open(tmp_path / "free.mnemo") as recording:
        heard, said = recording["lstm"].array("inputs")[:, 0], recording["lstm"].array("outputs")[:, 0]
    np.testing.assert_array_equal(heard[90:], said[89:-1])
    np.testing.assert_allclose(heard[:90], values[:90], atol=1e-6)
    batch = tasks.get("forecast").windows(values[:90], steps=90, context=40)  # type: ignore[attr-defined]
    torch.set_num_threads(1)
    np.testing.assert_allclose(evaluate_series.free_run(loaded.model, batch, 10)[0], said[89:99], atol=1e-5)


def test_every_published_figure_belongs_to_a_row_that_is_measured() -> None:
    """A figure without a row would be lost in silence."""
    for model, task, condition in published.rows():
        assert condition in {c.label for c in tasks.get(task).conditions()}
        assert published.figure(model, task, condition) is not None
    assert published.figure("ntm", "copy", "length 21") is None


def test_a_card_is_headed_by_the_hardest_condition_of_the_training() -> None:
    """Not by one beyond it: 20 vectors of copy, and the same figure as that row of the table."""
    torch.manual_seed(1)
    model, task = paradigms.build("lstm", {"inputs": 9, "outputs": 8, "hidden": 4}), tasks.get("copy")
    [(name, value)] = evaluate.headline(model, task).items()
    assert name == "wrong bits, length 20"
    condition = next(c for c in task.conditions() if c.label == "length 20")
    assert value == round(evaluate.score(model, task, evaluate.sequences_of(condition)), 4)
    assert 60 < value < 100, "an untrained model gets half of 160 bits wrong"


@pytest.mark.parametrize("name", checkpoints.names())
def test_the_figure_of_a_shipped_card_is_one_of_its_training(name: str) -> None:
    """Whatever the task: its label is that of the last condition that was trained."""
    card = next(card for card in checkpoints.cards() if card["name"] == name)
    wanted = [c.label for c in tasks.get(card["task"]).conditions() if c.trained][-1]
    [figure] = card["metrics"]
    assert wanted.endswith(figure.partition(", ")[2])


def test_the_document_holds_every_row_and_says_how_it_was_made() -> None:
    """Models down, conditions across, every figure with its interval; the papers beneath; the trainings at the end."""
    names = ("ntm-copy", "lstm-copy", "sdnc-copy")
    rows = [row for name in names for row in evaluate.rows([name], sequences=2)]
    for row in rows:
        assert json.loads(evaluate.as_json(row))["condition"] == row["condition"]
        assert row["low"] <= row["value"] <= row["high"]
    text = results.markdown(rows, options=" --series a.csv")
    assert "mnemoscope evaluate --markdown docs/results.md --series a.csv" in text
    assert "| model | length 1 | length 5 |" in text
    assert text.count("length 120 (*outside*) |") == 1
    assert "| sDNC | same weights as transformer-copy |" in text
    lstm = next(row for row in rows if row["model"] == "lstm" and row["condition"] == "length 60")
    assert f"| {lstm['value']:.1f} ({lstm['low']:.1f}–{lstm['high']:.1f}) |" in text
    assert "published near 0, one vector duplicated" in text
    assert "| ntm-copy |" in text


def test_an_interval_is_that_of_resampled_sequences() -> None:
    """Of a mean of n draws it is about ±1.645 σ/√n; of one draw there is none."""
    draws = np.random.default_rng(4).standard_normal(400)
    low, high = intervals.interval(lambda drawn: float(draws[drawn].mean()), len(draws))
    assert low < draws.mean() < high
    assert high - low == pytest.approx(2 * 1.645 * draws.std() / 20, rel=0.15)
    assert intervals.interval(lambda drawn: float(draws[drawn].mean()), len(draws)) == (low, high)
    assert np.isnan(intervals.interval(lambda _: 1.0, 1)).all()
