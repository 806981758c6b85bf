"""Retention as models show it: what is computed together is what single runs say; order, bands, horizons, windows."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch

import mnemoscope
from mnemoscope import tasks
from mnemoscope.errors import MnemoscopeError, SignalError, UnknownTask
from mnemoscope.measuring.retention import bands, behaviour, order, references
from mnemoscope.measuring.retention.measure import Retention
from mnemoscope.measuring.retention.rows import Row, horizons
from mnemoscope.measuring.retention.subjects import Subject, subjects
from mnemoscope.measuring.retention.sweep import Sweep
from mnemoscope.measuring.retention.windows import generated, of_values
from mnemoscope.models import registry
from tests.oracles.linear_memories import delay_line
from tests.oracles.small_models import small


def series(steps: int, seed: int = 3) -> np.ndarray:
    """A signal that stands nowhere in the project: a noisy oscillation that wanders."""
    rng = np.random.default_rng(seed)
    return np.sin(np.arange(steps) * 0.31 + rng.standard_normal(steps).cumsum() * 0.1) + 0.2 * rng.standard_normal(
        steps
    )


def ended(work):
    """What a generator returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("name", registry.names())
def test_forks_of_one_batch_answer_as_whole_runs_do(name: str) -> None:
    """For every paradigm: all delays and windows together, asked for in two rounds, against the fold of `step`."""
    model = small(name, inputs=3, outputs=1).requires_grad_(False)
    values = np.stack([series(60, seed) for seed in range(3)]).astype(np.float32).astype(np.float64)
    sweep = Sweep(model, values, 5, lead=4, along=(9, 2))
    found = ended(sweep.answers([2, 31])) | ended(sweep.answers([9, 17]))
    for delay in (2, 9, 17, 31):
        inputs = tasks.SignalRecall().inputs_of(values, 5, delay, lead=4)
        state, outputs = model.initial_state(3), []
        for x in torch.as_tensor(inputs, dtype=torch.float64).unbind(1):
            output, state, _ = model.step(x, state)
            outputs.append(output[:, 0])
        wanted = torch.stack(outputs[-5:], 1).numpy()
        np.testing.assert_allclose(found[delay], wanted, rtol=0, atol=1e-9)


def test_the_error_is_that_of_recordings_at_single_delays() -> None:
    """On a series that is not in this project, and with it the horizon."""
    values = series(200)
    found = mnemoscope.retention(
        ["lstm", "ntm", "transformer"], values, delays=[7, 60, 130], windows=1, references=False, scaling="none"
    )
    for delay in (7, 60, 130):
        steps = 16 + 2 * 24 + delay
        with warnings.catch_warnings(action="ignore"):  # that rows are left out, that a delay is beyond the training
            rec = mnemoscope.record(
                ["lstm", "ntm", "transformer"], values, steps=steps, options={"delay": delay}, scaling="none"
            )
        for name in rec.models:
            scored = rec[name].array("mask")[:, 0] > 0
            wanted, got = rec[name].array("targets")[scored, 0], rec[name].array("outputs")[scored, 0]
            [row] = [row for row in found.rows if (row.model, row.delay) == (name, delay)]
            error = np.sqrt(((got - wanted) ** 2).sum() / (wanted**2).sum())
            assert row.error == pytest.approx(error, abs=1e-5)
            assert (row.trained, row.n, row.low) == (delay <= 40, 1, None)


def test_a_shift_register_holds_exactly_its_length() -> None:
    """64 taps: the replay is exact until the first value has fallen out, and gone when the last one has."""
    values = np.stack([series(200, seed) for seed in range(9)])
    found = references.replays(values, 24, [0, 40, 41, 63, 64], lead=16)["shift-register"]
    targets = values[:, 16:40]
    np.testing.assert_array_equal(found[40], targets)
    assert (found[41][:, 0] == targets[:, 0]).sum() == 0
    np.testing.assert_array_equal(found[41][:, 1:], targets[:, 1:])
    assert np.abs(found[64]).max() == 0


def test_the_legendre_memory_reads_its_window_and_no_more() -> None:
    values = generated("sines", 16, 300, seed=9).values
    found = references.replays(values, 24, [20, 200], lead=16)["legendre-memory"]
    targets = values[:, 16:40]
    error = {delay: np.sqrt(((found[delay] - targets) ** 2).sum() / (targets**2).sum()) for delay in (20, 200)}
    assert error[20] < 0.3
    assert error[200] > 0.9


def test_delays_are_measured_coarse_to_fine_and_all_of_them_once() -> None:
    wanted = [4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 320]
    rounds = order.first_round(wanted)
    assert rounds == [[8], [48, 128, 320]]
    curve = {delay: float(delay > 60) for delay in (8, 48, 128, 320)}
    seen = [delay for some in rounds for delay in some]
    while more := order.next_round([curve], wanted):
        assert len(more) <= order.AT_ONCE
        if len(curve) == 4:
            assert more == [4, 16, 64, 96]  # what lies outside, then the gap that jumps
        seen += more
        curve |= {delay: float(delay > 60) for delay in more}
    assert sorted(seen) == wanted


def test_where_no_delays_are_named_the_gap_that_jumps_is_split() -> None:
    curve = {delay: float(delay > 70) for delay in order.COARSE}
    seen: list[int] = []
    while more := order.next_round([curve], None):
        seen += more
        curve |= {delay: float(delay > 70) for delay in more}
    assert len(curve) == order.POINTS
    assert max(d for d in curve if d <= 70) >= 66
    assert min(d for d in curve if d > 70) <= 74


def row(delay: int, error: float | None, **more) -> Row:
    return Row("behaviour", "ntm", "ntm-signal-recall", delay, error, None, None, 32, True, segment=24, **more)


def test_a_horizon_is_the_two_delays_between_which_it_lies() -> None:
    rows = [row(10, 0.02), row(80, 0.3), row(40, 0.05), row(120, 0.04), row(400, None)]
    assert [(h.level, h.delay, h.above, h.text) for h in horizons(rows)] == [
        (0.1, 40, 80, "40 – 80"),
        (0.5, 120, 400, "120 – 400"),
    ]
    assert [h.text for h in horizons([row(10, 0.2), row(20, 0.3)])] == ["not at 10", "> 20"]


def test_fewer_than_eight_windows_make_no_band() -> None:
    rng = np.random.default_rng(0)
    errors, powers = rng.random((1, 32)), rng.random(32) + 1
    assert bands.band(errors[:, :7], powers[:7]) is None
    found = bands.band(errors, powers)
    assert found is not None
    low, high = found
    assert low < bands.relative_rmse(errors, powers)[0] < high
    assert found == bands.band(errors, powers)
    several = bands.band(np.concatenate((errors, 9 * errors)), powers)
    assert several is not None
    assert several[1] - several[0] > 2 * (high - low)  # other seeds would have been another figure


def test_checkpoints_of_one_model_are_one_row() -> None:
    """Two seeds: the mean of their errors, both named."""
    models = tuple(small("lstm", inputs=3, outputs=1, seed=seed) for seed in (0, 1))
    of = generated("sines", 9, 100)
    both = [r for r in behaviour.rows([Subject("lstm", "a,b", models)], of, delays=[5], with_references=False) if r]
    each = [
        next(r for r in behaviour.rows([Subject("x", None, (m,))], of, delays=[5], with_references=False) if r)
        for m in models
    ]
    assert both[0].seeds == 2
    assert both[0].error == pytest.approx(np.mean([r.error for r in each]))


def test_windows_of_a_series_have_segments_of_their_own() -> None:
    found = of_values("x", series(1000), 32, 50, 440, 24)
    assert found.starts is not None
    assert np.diff(found.starts).min() >= 24
    assert len(found.holding(50)) > len(found.holding(440)) > 0
    few = of_values("x", series(5000), 32, 50, 440, 24)
    assert (few.steps == 440).all()
    assert len(few) == 32
    with pytest.raises(SignalError, match="has 40 steps; holding 24"):
        of_values("x", series(40), 32, 50, 440, 24)


def test_a_delay_that_does_not_fit_is_said() -> None:
    found = mnemoscope.retention("gru", series(150), delays=[10, 300], references=False)
    assert [r.delay for r in found.rows] == [10]
    assert found.notes == ("the signal is too short for a delay of 300 steps: not measured",)


def test_delay_by_segment_is_a_cell_each_shaded_by_what_it_is() -> None:
    errors = {(8, 10): 0.03, (8, 60): 0.3, (48, 10): 0.7, (48, 60): None}
    rows = [Row("behaviour", "ntm", None, d, e, None, None, 9, True, segment=s) for (s, d), e in errors.items()]
    found = Retention("x", [*rows, Row("behaviour", "chance", None, 10, 1.0, None, None, 9, True, segment=8)], 0.0)
    [made] = found.surfaces()
    [cells] = made.data
    assert [*zip(cells.x, cells.base, strict=True)] == [(0, -0.5), (1, -0.5), (0, 0.5), (1, 0.5)]
    assert list(cells.text) == ["0.03", "0.30", "0.70", "–"]
    assert list(cells.customdata) == [0, 1, 2, 3]
    assert [(s.x0, s.x1, s.y0, s.y1) for s in made.layout.shapes] == [(0.5, 0.5, -0.5, 0.5), (-0.5, 0.5, 0.5, 0.5)]
    assert Retention("x", rows[:2], 0.0).surfaces() == []


def test_what_lies_outside_the_training_is_measured_and_said() -> None:
    found = mnemoscope.retention(
        "gru", series(300), delays=[10, 60], segments=[2, 8], windows=2, references=False, causes=False
    )
    assert {(r.segment, r.delay): r.trained for r in found.rows} == {
        (2, 10): False, (2, 60): False, (8, 10): True, (8, 60): False,
    }  # fmt: skip
    assert found.notes == (
        "segment 2: outside the 4 to 32 steps that models were trained on",
        "delay 60: outside the 0 to 40 steps that models were trained on",
    )


def test_a_signal_that_is_constant_has_nothing_to_remember() -> None:
    with pytest.raises(SignalError, match="is constant: there is nothing in it"):
        mnemoscope.retention("gru", np.full(300, 5.0), delays=[10])


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(MnemoscopeError, match="no model"):
        subjects([], "signal-recall")
    with pytest.raises(UnknownTask, match="segment"):
        mnemoscope.retention("lstm", segments=0, delays=[1])
    with pytest.raises(MnemoscopeError, match="has 1 inputs and 1 outputs; to replay a segment it takes 3 inputs"):
        mnemoscope.retention({"mine": delay_line(4)})
    with pytest.raises(MnemoscopeError, match="no generator and no file"):
        mnemoscope.retention("lstm", "nothing.csv")


def test_a_figure_needs_no_torch() -> None:
    """The web process draws what a worker has measured."""
    code = (
        "import sys; from mnemoscope.measuring.retention.figures import figure;"
        "from mnemoscope.measuring.retention.rows import Row;"
        "f = figure([Row('behaviour', 'ntm', None, d, d / 99, .1, .2, 9, d < 41, segment=24) for d in (0, 40, 80)]);"
        "assert 'torch' not in sys.modules; print([t.name for t in f.data if t.name], len(f.layout.shapes))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['NTM'] 3"
