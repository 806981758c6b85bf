"""`mnemoscope record --signal -`: a pipe becomes a recording while it flows, and is whole however it ends."""

import contextlib
import math
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from mnemoscope.errors import RecordingError
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.verify import verify

COMMAND = (sys.executable, "-m", "mnemoscope", "record", "--signal", "-", "--models", "lstm,ntm", "--device", "cpu")


def wave(count):
    return [math.sin(k / 7) * 3 + 5 for k in range(count)]


def lines(values):
    return "".join(f"{value!r}\n" for value in values)


def record(out, text, *switches):
    return subprocess.run(
        [*COMMAND, "--out", str(out), *switches], input=text, capture_output=True, text=True, timeout=120, check=False
    )


@contextlib.contextmanager
def recording(out, *switches):
    """A run that goes on while the test writes to its pipe."""
    process = subprocess.Popen(
        [*COMMAND, "--out", str(out), *switches], stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def write(process, text):
    process.stdin.write(text.encode())
    process.stdin.flush()


def grown(out, steps, seconds=60):
    """Wait until a reader sees so many steps; what it sees then."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # not there yet, or begun this moment: asked again
        with contextlib.suppress(RecordingError), Recording.open(out) as found:
            if found.steps >= steps:
                return found.steps, found.manifest["status"]
        time.sleep(0.05)
    pytest.fail(f"no reader sees {steps} steps")


def test_a_pipe_gives_what_the_same_numbers_in_a_file_give(tmp_path):
    values = [float(f"{math.sin(k / 7) + 0.3 * math.sin(k / 3):.6f}") for k in range(300)]
    (tmp_path / "wave.csv").write_text("v\n" + lines(values))
    live, file = tmp_path / "live.mnemo", tmp_path / "file.mnemo"
    done = record(live, "v\n" + lines(values), "--scaling", "none", "--rate", "50")
    assert done.returncode == 0, done.stderr
    command = [part if part != "-" else str(tmp_path / "wave.csv") for part in COMMAND]
    more = ["--task", "forecast", "--scaling", "none", "--start", "0", "--stop", "300", "--out", str(file)]
    subprocess.run([*command, *more], check=True, capture_output=True, timeout=120)
    with Recording.open(live) as a, Recording.open(file) as b:
        assert a.steps == b.steps == 300
        assert a.manifest["signal"]["channel"] == "v"
        assert a.manifest["signal"]["sample_rate"] == 50.0
        assert a.manifest["task"]["events"] == b.manifest["task"]["events"]
        for model in ("lstm", "ntm"):
            for name in ("inputs", "targets", "mask", "outputs"):
                assert np.array_equal(a[model].array(name), b[model].array(name)), (model, name)


def test_it_grows_as_it_is_written_and_ctrl_c_leaves_it_whole(tmp_path):
    out = tmp_path / "live.mnemo"
    with recording(out) as process:
        write(process, lines(wave(100)))
        assert grown(out, 99) == (99, "running")
        write(process, lines(wave(10)))
        grown(out, 109)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0, said
    with Recording.open(out) as found:
        assert (found.finished, found.steps, found.manifest["status"]) == (True, 110, "stopped")
        assert found.manifest["stopped_by"] == "owner"
        assert "planned_steps" not in found.manifest
        assert verify(found)["verdict"] == "whole"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_killed_it_can_be_read_up_to_what_was_there(tmp_path):
    out = tmp_path / "live.mnemo"
    with recording(out) as process:
        write(process, lines(wave(200)))
        grown(out, 199)
        process.kill()
        process.wait(10)
        with Recording.open(out) as found:
            assert (found.finished, found.steps) == (False, 199)
            assert verify(found)["verdict"] == "incomplete"


def test_a_long_pipe_makes_room_for_itself(tmp_path):
    out = tmp_path / "live.mnemo"
    done = record(out, lines(wave(2500)), "--models", "lstm", "--warmup", "8")
    assert done.returncode == 0, done.stderr
    with Recording.open(out) as found:
        assert found.steps == found.manifest["steps"] == 2500
        assert verify(found)["verdict"] == "whole"


def test_steps_end_it_and_what_is_beyond_is_said(tmp_path):
    done = record(tmp_path / "live.mnemo", lines(wave(500)), "--steps", "120")
    assert done.returncode == 0, done.stderr
    assert "120 steps of lstm-forecast" in done.stdout
    assert "380 samples came after the last step" in done.stderr


def test_malformed_lines_are_reported_with_their_numbers(tmp_path):
    text = "ecg\n" + lines(wave(80)) + "oops\n1;2\nnan\n" + lines(wave(20))
    done = record(tmp_path / "live.mnemo", text)
    assert done.returncode == 0, done.stderr
    assert "line 82: 'oops' is no number: oops" in done.stderr
    assert "line 83: 2 columns instead of 1: 1;2" in done.stderr
    assert "2 of 104 lines were malformed" in done.stderr
    assert "3 samples were no number" in done.stderr
    assert "103 steps" in done.stdout


def test_times_show_gaps_and_late_samples(tmp_path):
    times = [k for k in range(100) if k not in (70, 71)] + [50, 71]
    text = "time,v\n" + "".join(f"{t / 10},{math.sin(t / 5)}\n" for t in times)
    out = tmp_path / "live.mnemo"
    done = record(out, text, "--rate", "10")
    assert done.returncode == 0, done.stderr
    for said in ("2 samples are missing in 1 gap", "1 samples came too late", "1 samples came twice"):
        assert said in done.stderr
    with Recording.open(out) as found:
        assert found.steps == 100
        assert [e["label"] for e in found.manifest["task"]["events"] if "gap" in e["label"]] == ["gap: 2 samples"]


def test_recall_of_a_pipe_goes_on_round_after_round(tmp_path):
    out = tmp_path / "live.mnemo"
    done = record(out, lines(wave(300)), "--task", "signal-recall", "--task-option", "delay=10")
    assert done.returncode == 0, done.stderr
    with Recording.open(out) as found:
        assert [e["kind"] for e in found.manifest["task"]["events"]] == ["store", "recall"] * 4
        assert verify(found)["verdict"] == "whole"


def test_a_step_may_be_the_mean_of_samples(tmp_path):
    out = tmp_path / "live.mnemo"
    done = record(out, lines(wave(505)), "--rate", "250", "--resample-to", "50", "--models", "lstm")
    assert done.returncode == 0, done.stderr
    with Recording.open(out) as found:
        assert (found.steps, found.manifest["signal"]["sample_rate"]) == (101, 50.0)


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        (["--rate", "250", "--resample-to", "36"], "no whole part"),
        (["--resample-to", "36"], "give --rate"),
        (["--start", "3"], "--start cannot be used"),
        (["--missing", "linear"], "--missing linear cannot"),
        (["--offset", "1"], "go together"),
        (["--skip-lines", "2"], "got skip"),
        (["--time", "t"], "give --rate"),
        (["--task", "copy", "--models", "ntm"], "takes no signal"),
        (["--channel", "x"], "no column 'x'"),
        (["--task-option", "context=0"], "context must be"),
    ],
)
def test_what_a_live_source_cannot_do_is_said(tmp_path, switches, said):
    done = record(tmp_path / "live.mnemo", lines(wave(10)), *switches)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert not (tmp_path / "live.mnemo").exists()


def test_a_pipe_without_numbers_leaves_nothing(tmp_path):
    done = record(tmp_path / "live.mnemo", "no numbers\n")
    assert done.returncode == 2, done.stderr
    assert "nothing to record" in done.stderr
    assert not (tmp_path / "live.mnemo").exists()


def test_switches_of_a_live_source_are_of_no_other(tmp_path):
    command = [part if part != "-" else "sines" for part in COMMAND]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "x.mnemo"), "--warmup", "8"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "--warmup can only be used with a live source" in done.stderr
