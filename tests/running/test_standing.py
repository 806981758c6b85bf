"""The results on retention that ship are those of the checkpoints that ship, and are the same object that a server measures."""

import numpy as np
import pytest

from mnemoscope.checkpoints import store
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.measuring.retention.rows import Row
from mnemoscope.running import retention_stream, standing


def test_they_were_measured_on_the_weights_that_ship():
    assert standing.standing()["weights"] == standing.weights(), f"measure again: {standing.COMMAND}"


def test_they_say_when_and_how_and_on_how_many_windows_they_were_measured():
    found = standing.standing()
    assert found["command"] == standing.COMMAND
    assert found["created"].startswith("20")
    assert found["n"] == standing.WINDOWS
    assert found["measured"] == list(standing.DELAYS)
    assert {model["checkpoint"] for model in found["models"]} == set(standing.weights())
    assert {price["model"] for price in found["prices"]} == {model["id"] for model in found["models"]}


def test_their_figures_are_drawn_from_their_rows():
    found = standing.standing()
    rows = [Row(**row) for row in found["rows"]]
    assert retention_stream.drawn(rows, found["prices"], found["followed"], found["signal"]) == found["figures"]


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


def test_every_trace_says_whose_it_is(measured):
    _, last = measured
    traces = last["figures"]["behaviour"]["data"]
    assert {(trace["meta"]["model"], trace["meta"]["part"]) for trace in traces} >= {("lstm", "line"), ("lstm", "band")}
    assert [trace["meta"]["glyph"] for trace in traces if trace["meta"]["model"] == "chance"] == [None]


def test_a_measurement_of_no_model_is_refused():
    with pytest.raises(store.UnknownModel):
        run_to_end(retention_stream.measured(["nobody"]))
