"""The results on retention that ship are those of the checkpoints that ship, and are the same object that a server measures."""

import numpy as np
import pytest

from mnemoscope.checkpoints import store
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.measuring.retention.delayed import episode
from mnemoscope.reading.recording import Recording
from mnemoscope.running import followed, retention_stream, standing
from mnemoscope.running.record import record_file
from mnemoscope.running.retention_report import STAGES, Report


def test_they_were_measured_on_the_weights_that_ship():
    assert standing.standing()["weights"] == standing.weights(), f"measure again: {standing.COMMAND}"


def test_they_say_when_and_how_and_on_how_many_windows_they_were_measured():
    found = standing.standing()
    assert found["command"] == standing.COMMAND
    assert found["created"].startswith("20")
    assert found["n"] == standing.WINDOWS
    assert found["measured"] == list(standing.DELAYS)
    seeds = [model["checkpoint"].split(",") for model in found["models"]]
    assert {name for names in seeds for name in names} == set(standing.weights())
    assert all(names == store.seeds(names[0]) for names in seeds)
    rows = {(row["model"], row["seeds"]) for row in found["rows"] if row["view"] == "behaviour" and row["checkpoint"]}
    assert rows == {(model["id"], len(names)) for model, names in zip(found["models"], seeds, strict=True)}
    assert max(map(len, seeds)) == 3
    assert {price["model"] for price in found["prices"]} == {model["id"] for model in found["models"]}


def test_a_model_on_the_list_has_the_delay_up_to_which_there_is_any_replay():
    """The horizon at the larger of both errors: New run says of a blur, too, how long it lasts."""
    rows = [row for row in standing.standing()["horizons"] if row["view"] == "behaviour" and row["checkpoint"]]
    of = {
        level: {row["checkpoint"].split(",")[0]: row["text"] for row in rows if row["level"] == level}
        for level in (0.1, 0.5)
    }
    assert standing.horizons() == of[0.5] != of[0.1]


def test_their_figures_are_drawn_from_their_rows():
    found = standing.standing()
    report = Report.of(found)
    assert report.known(None)["figures"] == found["figures"]
    assert {row.segment for row in report.grid} == {4, 8, 16, 32, 48, 64}


@pytest.fixture(scope="module")
def measured():
    """A measurement of one small model on a series of its own: all reports, and the last of them."""
    t = np.arange(700)
    work = retention_stream.measured(
        ["lstm-signal-recall"], np.sin(t / 3).astype(np.float32), signal="waves", delays=[5, 30]
    )
    reports = []
    while True:
        try:
            known = next(work)
        except StopIteration as end:
            return reports, end.value
        if known is not None:
            reports.append(known)


def test_a_measurement_grows_and_its_end_has_everything(measured):
    reports, last = measured
    assert reports
    counts = [len(report["rows"]) for report in reports]
    assert counts == sorted(counts)
    assert len(last["rows"]) >= counts[-1]
    assert last["measured"] == [5, 30]
    assert set(last) == set(reports[0])
    assert set(last) <= set(standing.standing()) | {"example"}
    assert last["models"] == [{"id": "lstm", "checkpoint": "lstm-signal-recall", "label": "LSTM", "glyph": "lstm"}]
    assert len(last["example"]) == 16 + 24 + 30
    assert list(dict.fromkeys(report["stage"]["name"] for report in reports)) == list(STAGES)
    assert last["stage"] is None
    assert {(row["view"], row["segment"]) for row in last["rows"]} == {
        *(("behaviour", segment) for segment in (4, 8, 16, 24, 32, 48, 64)), ("content", None),
    }  # fmt: skip
    assert {found["segment"] for found in last["horizons"]} == {24}
    assert {found["bank"] for found in last["capacities"]} == {None, "cell"}
    assert set(last["figures"]) == {
        "behaviour", "price", "held", "found", "content", "content lstm", "surface lstm", "segments 5", "segments 30",
    }  # fmt: skip


def test_what_is_computed_once_for_all_delays_is_what_a_run_at_each_would_record(tmp_path):
    """All that a recording holds of a step, bit for bit, also where the cue stands at a keyframe."""
    models = [store.load("ntm-signal-recall"), store.load("gru-signal-recall")]
    window = np.sin(np.arange(200) / 3).astype(np.float32)
    runs = followed.Runs(models, window, 8, longest=70)
    for delay in (0, 40, 70):  # the second cue is step 64
        run_to_end(runs.record(tmp_path / "run.mnemo", delay))
        record_file(tmp_path / "whole.mnemo", episode(window, 8, delay), models)
        with Recording.open(tmp_path / "run.mnemo") as shared, Recording.open(tmp_path / "whole.mnemo") as whole:
            for name in whole.models:
                assert shared[name].steps == whole[name].steps == 16 + 16 + delay
                steps = whole[name].steps
                assert shared[name].frame_bytes(0, steps) == whole[name].frame_bytes(0, steps)
                for k in range(-(-steps // 64)):
                    assert shared[name].keyframe_bytes(k) == whole[name].keyframe_bytes(k)
        (tmp_path / "whole.mnemo").unlink()


def test_every_trace_says_whose_it_is(measured):
    _, last = measured
    traces = last["figures"]["behaviour"]["data"]
    assert {(trace["meta"]["model"], trace["meta"]["part"]) for trace in traces} >= {("lstm", "line"), ("lstm", "band")}
    assert [trace["meta"]["glyph"] for trace in traces if trace["meta"]["model"] == "chance"] == [None]


def test_a_measurement_of_no_model_is_refused():
    with pytest.raises(store.UnknownModel):
        run_to_end(retention_stream.measured(["nobody"]))
