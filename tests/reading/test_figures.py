"""Figures show the ledger's own numbers."""

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.checkpoints.store import load
from mnemoscope.reading import figures
from mnemoscope.reading.recording import Recording
from mnemoscope.running import record


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("figures") / "copy.mnemo"
    record.record_file(path, tasks.get("copy").episode(seed=1, length=6), [load("dnc-copy"), load("lstm-copy")])
    return Recording.open(path)


def test_the_provenance_map_is_made_of_rows_that_sum_to_one(recording: Recording) -> None:
    """Each row is `shares` of its step, the initial content first."""
    figure = figures.provenance(recording["dnc"])
    rows = np.asarray(figure.data[0].z)
    np.testing.assert_allclose(rows.sum(1), 1, atol=1e-5)
    np.testing.assert_array_equal(rows[9, :11], recording["dnc"].shares(9))


def test_answers_stand_beside_the_target_where_they_are_scored(recording: Recording) -> None:
    """Nothing is drawn where the task scores nothing."""
    figure = figures.answers(recording, output=2)
    assert [trace.name for trace in figure.data] == ["target", "DNC", "LSTM"]
    scored = recording["dnc"].array("mask")[:, 0] > 0
    for trace in figure.data:
        assert np.array_equal(np.isfinite(np.asarray(trace.y, float)), scored)


def test_ages_are_parts_of_one(recording: Recording) -> None:
    """Each model's line sums to 1; a copy of six reads what is seven steps old."""
    figure = figures.ages(recording, every=1)
    dnc = np.asarray(figure.data[0].y)
    assert dnc.sum() == pytest.approx(1)
    assert dnc[0] == dnc.max()
