"""Retention as memories show it: what linear read-outs find is what is known of a delay line, a random network, noise, attention."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import mnemoscope
from mnemoscope.errors import SignalError
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.measuring.retention import content, provenance, reservoirs
from mnemoscope.measuring.retention.rows import horizons
from mnemoscope.measuring.retention.subjects import Subject
from tests.oracles.linear_memories import LinearMemory, delay_line, random_network


def measured(model: LinearMemory, heard: np.ndarray, longest: int, lags: list[int] | None = None):
    return run_to_end(content.measure(Subject("own", None, (model,)), heard, lags=lags, longest=longest))


@pytest.mark.parametrize(("taps", "inputs"), [(20, 1), (50, 3)])
def test_a_delay_line_has_the_capacity_and_the_horizon_of_its_taps(taps: int, inputs: int) -> None:
    rows, capacities = measured(delay_line(taps, inputs), content.sequences(None, 64), 64)
    assert [c.bank for c in capacities] == [None, "state"]
    for capacity in capacities:
        assert capacity.capacity == pytest.approx(taps, abs=0.02 * taps)
    for horizon in horizons(rows):
        assert (horizon.delay, horizon.above) == (taps - 1, taps)  # the first value that is gone is `taps` steps old
    assert {h.level for h in horizons(rows)} == {0.1, 0.5}


@pytest.mark.parametrize("radius", [0.8, 0.9, 0.95])
def test_a_random_linear_network_holds_as_much_as_it_has_units(radius: float) -> None:
    """At least 0.95 of them, at most all (Jaeger 2001: no more than n of independent input)."""
    _, capacities = measured(random_network(32, radius), content.sequences(None, 64), 64)
    assert 0.95 * 32 <= capacities[0].capacity <= 32.1


def test_targets_shuffled_in_time_are_not_found() -> None:
    rows, capacities = measured(delay_line(20), content.sequences(None, 64), 64)
    assert max(row.shuffled or 0.0 for row in rows) < 0.05
    assert all(capacity.shuffled < 0.05 for capacity in capacities)
    ends = [(row.low, row.high) for row in rows if row.delay == 0]
    assert all(low is not None and high is not None and 0.99 < low <= high <= 1 for low, high in ends)


def test_the_regularisation_never_sees_what_is_scored() -> None:
    """Of scored sequences that are other noise, nothing is read out, however the fit was chosen."""
    heard = content.sequences(None, 32)
    numbers = np.stack([heard[:, 32 - lag : heard.shape[1] - lag] for lag in range(5)], 2)
    numbers[-8:] = np.random.default_rng(0).standard_normal(numbers[-8:].shape)
    found = content.read(torch.as_tensor(numbers), heard, 32, 8)
    assert found.r2.max() < 0.05


def test_the_references_hold_what_is_known_of_them() -> None:
    heard = content.sequences(None, 80)
    for memory in (reservoirs.shift_register(40), reservoirs.leaky_integrator(0.3)):
        rows, capacity = content.of_reference(memory, heard, longest=80)
        law = memory.held(79)
        assert capacity.capacity == pytest.approx(law.sum(), abs=0.3)
        found = np.array([row.r2 for row in rows])
        np.testing.assert_allclose(found, law, atol=0.06)
    register, leaky = reservoirs.shift_register(40).held(79), reservoirs.leaky_integrator(0.3).held(79)
    np.testing.assert_allclose(register, np.arange(80) < 40, atol=1e-9)
    np.testing.assert_allclose(leaky, (1 - 0.7**2) * 0.7 ** (2 * np.arange(80)), atol=1e-6)
    legendre = reservoirs.legendre().held(300)
    assert 60 < legendre.sum() <= 64.1
    assert legendre[140:].max() < 0.2


def test_a_model_that_keeps_every_step_has_no_end() -> None:
    found = mnemoscope.retention("transformer", view="content", delays=[0, 5, 100], references=False)
    [whole] = [c for c in found.capacities if c.bank is None]
    assert whole.grows
    assert whole.text == "> 128"
    assert {row.delay for row in found.rows} == {0, 5, 100}
    json.dumps(found.to_json(), allow_nan=False)
    assert found.figure().data


def test_contents_are_read_out_on_a_series_of_ones_own() -> None:
    values = np.sin(np.arange(3000) / 7) + 0.1 * np.random.default_rng(0).standard_normal(3000)
    found = mnemoscope.retention(
        {"line": delay_line(9, 3)}, values, view="content", delays=[0, 8, 20], references=False
    )
    error = {row.delay: row.error for row in found.rows if row.bank is None}
    assert error[0] < 0.01
    assert "room for 10 of 24 parts" in found.notes[-1]
    assert error[8] < 0.01
    assert 0.05 < error[20] < 0.5  # the rest of an oscillation tells of it
    with pytest.raises(SignalError, match="takes 408"):
        mnemoscope.retention("lstm", values[:300], view="content")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three kinds of memory over one signal."""
    path = tmp_path_factory.mktemp("kept") / "run.mnemo"
    mnemoscope.record(["lstm", "transformer", "ntm"], "heartbeat", steps=300, options={"rounds": 0}, out=path).close()
    return path


def test_the_share_of_a_write_is_what_is_held_of_it(recording: Path) -> None:
    """Against `held`, write by write; the sum weighs them by what they wrote."""
    with mnemoscope.open(recording) as rec:
        view = rec["ntm"]
        found = provenance.held(view, writes=[3, 40, 77])
        for n, s in enumerate((3, 40, 77)):
            for age in (0, 1, 30, 150):
                assert found.share[n, age] == pytest.approx(view.held(s, s + age), abs=1e-9)
        weights = np.array([view.write_norm(s) for s in (3, 40, 77)]) ** 2
        wanted = (weights * [view.held(s, s + 30) for s in (3, 40, 77)]).sum() / weights.sum()
        assert found.at(30) == pytest.approx(wanted)
        rows, half_life = provenance.measure(view)
        assert half_life.delay is not None
        assert found.share.shape == (3, 300)
        after = {row.delay: row.held for row in rows}
        assert all((held or 0) >= 0.5 for age, held in after.items() if age < half_life.delay)
        assert rows[0].low is not None
        assert rows[0].low <= (rows[0].held or 0) <= (rows[0].high or 0)


def test_attention_never_loses_half_of_anything(recording: Path) -> None:
    found = mnemoscope.retention(signal=str(recording), view="provenance")
    text = {half_life.model: half_life.text for half_life in found.half_lives}
    assert text["transformer"] == "never"
    assert text["lstm"].isdecimal()
    assert {row.model for row in found.rows} >= {"shift-register", "legendre-memory", "echo-state", "chance", "ntm"}
    assert found.figure().data


def test_provenance_takes_no_torch(recording: Path) -> None:
    code = (
        "import sys; from mnemoscope.cli.main import main;"
        f"code = main(['retention', {str(recording)!r}, '--view', 'provenance', '--json']);"
        "assert 'torch' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert {h["model"]: h["text"] for h in found["half_lives"]}["transformer"] == "never"
    assert {"view", "model", "checkpoint", "delay", "error", "low", "high", "n", "trained"} <= set(found["rows"][0])


def test_of_what_a_segment_died_is_said_where_the_error_passes_a_half() -> None:
    """The NTM's tape of 64 slots has come round after 100 steps: overwritten; of a model that does not fail nothing is said."""
    found = mnemoscope.retention(["ntm", "encoder-decoder"], delays=[20, 100], windows=8, references=False)
    assert [(c["model"], c["delay"], c["cause"]) for c in found.causes] == [("ntm", 100, "overwritten")]
    assert found.causes[0]["evidence"]["error"] > 0.5
    assert "intervention" in found.causes[0]["evidence"]
