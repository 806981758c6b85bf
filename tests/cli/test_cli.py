"""The command line: what it prints, where, and with which exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnemoscope.checkpoints import store as checkpoints
from mnemoscope.cli import main as command_line
from mnemoscope.cli.main import main
from mnemoscope.format.entries import Failure
from mnemoscope.models import registry as paradigms
from mnemoscope.reading.recording import Recording, RecordingWriter
from mnemoscope.running import record
from tests.oracles.random_logs import Made

COMMANDS = (
    "serve", "fsck", "config", "record", "read", "tasks", "inspect", "verify", "verdict", "evaluate", "retention", "train", "bridge",
    "export",
)  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tiny untrained checkpoints: what they answer does not matter here."""
    folder = tmp_path_factory.mktemp("checkpoints")
    sizes = {"ntm": {"slots": 9, "width": 4}, "lstm": {"hidden": 8}}
    for task, (inputs, outputs) in {"signal-recall": (3, 1), "copy": (9, 8), "repeat-copy": (10, 9)}.items():
        for name, config in sizes.items():
            model = paradigms.build(name, {"inputs": inputs, "outputs": outputs} | config)
            settings = {"model": name, "task": task, "config": paradigms.configuration(model)}
            checkpoints.save(folder / f"{name}-{task}", model, settings, {"model": name, "task": task})
    return folder


@pytest.fixture(autouse=True)
def _only_those(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "folders", lambda: [trained])
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ecg(tmp_path: Path) -> Path:
    """Twelve seconds at 100 Hz, decimal commas and a missing value."""
    seconds = np.arange(1200) / 100
    values = np.sin(2 * np.pi * seconds) + 3
    lines = [f"{t:.2f};{v:.4f}".replace(".", ",") for t, v in zip(seconds, values, strict=True)]
    lines[700] = "7,00;"
    path = tmp_path / "heart.csv"
    path.write_text("time_s;lead_mV\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    try:
        code = main(words)
    except SystemExit as stop:  # argparse: --help and bad usage
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_recording_is_made_inspected_verified_and_exported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = run(
        capsys,
        "record",
        "--signal",
        "heartbeat",
        "--models",
        "lstm,ntm",
        "--out",
        "a.mnemo",
        "--steps",
        "200",
        "--title",
        "Beat",
    )
    assert made[0] == 0, made[2]
    assert "200 steps of lstm-signal-recall, ntm-signal-recall" in made[1]
    assert made[2] == ""  # no progress bar where stderr is no terminal
    code, out, _ = run(capsys, "inspect", "a.mnemo", "--json")
    facts = json.loads(out)
    assert (code, facts["title"], facts["status"], facts["steps"]) == (0, "Beat", "ended", 200)
    assert facts["signal"]["sample_rate"] == 36
    assert [event for event in facts["task"]["events"] if event["kind"] == "label"]
    assert "ntm: 200 steps" in run(capsys, "inspect", "a.mnemo")[1]
    code, out, _ = run(capsys, "verify", "a.mnemo", "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)
    assert run(capsys, "verify", "a.mnemo")[1].endswith("content hash agrees\nrecording hash agrees\nwhole\n")
    code, out, _ = run(capsys, "export", "a.mnemo", "--npz", "a.npz", "--csv", "a.csv")
    assert code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"a.mnemo", "a.npz", "a.csv"}


def test_a_model_that_cannot_go_on_is_told_and_the_exit_code_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recording is whole, with what the others did; a script must not take it for a success."""
    failed = [Failure(1, 7, "a number that is not finite", "outputs")]

    def recorded(path: Path, *_: object, **__: object) -> list[Failure]:
        path.write_bytes(b"a recording")
        return failed

    monkeypatch.setattr(record, "record_file", recorded)
    code, out, err = run(capsys, "record", "--task", "copy", "--models", "ntm,lstm", "--out", "x.mnemo")
    assert code == 1
    assert "steps of ntm-copy, lstm-copy" in out
    assert "lstm-copy stopped at step 7: a number that is not finite in outputs" in err


def test_the_same_seed_gives_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("record", "--signal", "ar", "--models", "ntm", "--steps", "120")
    hashes = []
    for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        assert run(capsys, *words, "--seed", seed, "--out", f"{name}.mnemo")[0] == 0
        with Recording.open(f"{name}.mnemo") as rec:
            hashes.append(rec.manifest["content_hash"])
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_file_is_cut_resampled_and_scaled_as_asked(capsys: pytest.CaptureFixture[str], ecg: Path) -> None:
    window = ("--start", "1s", "--stop", "11s", "--resample-to", "25", "--channel", "1", "--missing", "linear")
    options = ("--task-option", "segment=8", "--task-option", "delay=5")
    code, _, err = run(
        capsys, "record", "--signal", str(ecg), *window, *options, "--models", "lstm", "--out", "a.mnemo"
    )
    assert code == 0, err
    assert "note: 1 of 1000 values are missing" in err
    with Recording.open("a.mnemo") as rec:
        facts = rec.manifest["signal"]
        assert rec.steps == 250
        assert (facts["name"], facts["sample_rate"], facts["source"]["window"]) == ("heart.csv", 25.0, [100, 1100])
        assert rec.manifest["task"]["params"]["segment"] == 8
        raw = rec["lstm"].array("inputs")[:20, 0] * facts["scaling"]["scale"] + facts["scaling"]["offset"]
    np.testing.assert_allclose(raw, np.sin(2 * np.pi * np.arange(20) / 25) + 3, atol=0.05)


def test_a_long_file_is_used_up_to_so_many_steps_and_that_is_said(
    capsys: pytest.CaptureFixture[str], ecg: Path
) -> None:
    words = ("record", "--signal", str(ecg), "--models", "lstm", "--out", "a.mnemo")
    for more, steps, said in (
        ((), 94, "rows 600 to 860 of 1200 are used, one question"),
        (("--steps", "150"), 150, "the first 150 of 1200"),
        (("--steps", "0"), 1200, ""),
        (("--start", "2s", "--stop", "500"), 300, ""),
    ):
        code, _, err = run(capsys, *words, *more)
        assert code == 0, err
        assert said in err
        with Recording.open("a.mnemo") as rec:
            assert rec.steps == steps


def test_a_task_that_makes_its_own_input_needs_no_signal(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--task", "copy", "--task-option", "length=7", "--models", "ntm,lstm", "--out", "a.mnemo")
    assert run(capsys, "record", *words)[0] == 0
    with Recording.open("a.mnemo") as rec:
        assert rec.steps == 15


BAD = [
    (["inspect", "nothing.mnemo"], "Cannot open the recording nothing.mnemo"),
    (["verify", "heart.csv"], "Wanted a .mnemo recording"),
    (["export", "heart.csv", "--csv", "a.csv"], "Wanted a .mnemo recording"),
    (["export", "heart.csv"], "Nothing to export to; give --html"),
    (["export", "heart.csv", "--html"], "expected one argument"),
    (["record", "--models", "ntm"], "required: --out"),
    (["record", "--models", " , ", "--out", "a.mnemo"], "name at least one, such as ntm,dnc"),
    (["record", "--models", "gru", "--out", "a.mnemo"], "no checkpoint 'gru-signal-recall'"),
    (["record", "--models", "ntm", "--task", "juggle", "--out", "a.mnemo"], "unknown task 'juggle'"),
    (["record", "--models", "ntm", "--signal", "gone.csv", "--out", "a.mnemo"], "no generator and no file 'gone.csv'"),
    (["record", "--models", "ntm", "--signal", ".", "--out", "a.mnemo"], "directory"),
    (["record", "--models", "ntm", "--task-option", "segment=0", "--out", "a.mnemo"], "segment must be a whole number in 1..100000"),
    (["record", "--models", "ntm", "--task-option", "segment=x", "--out", "a.mnemo"], "segment takes a whole number, got 'x'"),
    (["record", "--models", "ntm", "--task-option", "segment", "--out", "a.mnemo"], "wanted NAME=VALUE such as segment=24"),
    (["record", "--models", "ntm", "--steps", "50", "--out", "a.mnemo"], "--steps needs a --signal"),
    (["record", "--models", "ntm", "--signal", "ar", "--steps", "20", "--out", "a.mnemo"], "needs at least 94 steps"),
    (["record", "--models", "ntm", "--signal", "ar", "--channel", "x", "--out", "a.mnemo"], "--channel can only be used with a file"),
    (["record", "--models", "ntm", "--signal", "ar", "--signal-option", "noise=1", "--out", "a.mnemo"], "no parameter 'noise'"),
    (["record", "--models", "ntm", "--signal", "heart.csv", "--signal-option", "rate=1", "--out", "a.mnemo"], "is of a generator"),
    (["record", "--models", "ntm", "--signal", "heart.csv", "--channel", "zz", "--out", "a.mnemo"], "no column 'zz'; choose one of 1 (lead"),
    (["record", "--models", "ntm", "--signal", "heart.csv", "--start", "soon", "--out", "a.mnemo"], 'start is a row such as 720 or seconds such as 2.5s, got "soon"'),
    (["record", "--models", "ntm", "--signal", "heart.csv", "--start", "900s", "--out", "a.mnemo"], "window"),
    (["record", "--models", "ntm", "--signal", "heart.csv", "--resample-to", "-4", "--out", "a.mnemo"], "positive number of Hz"),
    (["record", "--models", "ntm", "--out", "nowhere/a.mnemo"], "No such file or directory"),
    (["evaluate", "--models", "gru"], "no checkpoint of gru"),
    (["evaluate", "--task", "juggle"], "unknown task 'juggle'"),
    (["evaluate", "--sequences", "0"], "whole number of 1 … 100000"),
    (["train", "ngrams", "--model", "gru"], "no recipe for task ngrams and model gru"),
    (["train", "juggle", "--model", "ntm"], "unknown task 'juggle'"),
    (["frobnicate"], "invalid choice: 'frobnicate'"),
    (["--port", "99999"], "whole number of 0 … 65535"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message"), BAD, ids=[" ".join(words)[:70] for words, _ in BAD])
def test_bad_usage_is_told_in_a_sentence_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], ecg: Path, words: list[str], message: str
) -> None:
    code, out, err = run(capsys, *words)
    assert code == 2
    assert message in err
    assert out == ""
    assert "Traceback" not in err
    assert err.startswith(("mnemoscope: ", "usage: "))
    assert [path.name for path in ecg.parent.iterdir()] == ["heart.csv"]


FILES = {
    "empty.csv": b"",
    "binary.csv": bytes(range(256)) * 40,
    "text.csv": b"name,town\nada,london\nalan,wilmslow\n" * 40,
    "one_row.csv": b"1.0\n",
    "header_only.csv": b"time,mv\n",
    "all_missing.csv": b"time,mv\n" + b"".join(b"%d,nan\n" % i for i in range(200)),
    "infinite.csv": b"time,mv\n" + b"".join(b"%d,%s\n" % (i, b"inf" if i == 50 else b"1.5") for i in range(200)),
    "ragged.csv": b"time,mv\n" + b"".join(b"%d,1.5%s\n" % (i, b",7" if i == 50 else b"") for i in range(200)),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_signal_are_refused_with_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    code, _, err = run(capsys, "record", "--signal", name, "--models", "ntm", "--out", "a.mnemo")
    last = err.strip().splitlines()[-1]
    assert code == 2
    assert last.startswith("mnemoscope: ")
    assert 20 < len(last) < 500
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_recording_that_does_not_verify_exits_with_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    made = Made(steps=70, models=("lstm",))
    made.keyframes[0][1] = bytes(len(made.keyframes[0][1]))
    made.save(tmp_path / "a.mnemo")
    code, out, _ = run(capsys, "verify", "a.mnemo")
    assert code == 1
    assert "NOT lstm cell: keyframes 1, error" in out
    assert out.endswith("wrong\n")
    data = bytearray((tmp_path / "a.mnemo").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "b.mnemo").write_bytes(data)
    code, out, _ = run(capsys, "verify", "b.mnemo", "--json")
    report = json.loads(out)
    assert (code, report["ok"]) == (1, False)
    assert f"at byte {report['offset']}" in report["error"]
    code, _, err = run(capsys, "inspect", "b.mnemo")
    assert code == 2
    assert "at byte" in err


def test_a_torn_recording_is_inspected_up_to_its_last_whole_block(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = Made(steps=70, models=("lstm",))
    with RecordingWriter(tmp_path / "a.mnemo", made.manifest) as writer:
        made.write(writer, 0, 70)
    with open(tmp_path / "a.mnemo", "ab") as file:
        file.write(b"FRAM" + bytes(9))
    code, out, _ = run(capsys, "inspect", "a.mnemo")
    assert code == 0
    assert "running, 70 steps" in out
    assert "the last 13 bytes belong to no whole block" in out
    code, out, _ = run(capsys, "verify", "a.mnemo")
    assert code == 3
    assert "content hash not yet written: the recording has no end" in out
    assert out.endswith(
        "MISSING the recording has no end\nMISSING the last 13 bytes belong to no whole block\nincomplete\n"
    )


def test_a_strangers_title_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    made = Made(steps=10, models=("lstm",))
    made.manifest["title"] = "\x1b]0;owned\x07\x1b[2Jnice\nline"
    made.save(tmp_path / "a.mnemo")
    out = run(capsys, "inspect", "a.mnemo")[1]
    assert out.startswith("?]0;owned??[2Jnice?line")
    assert "\x1b" not in out
    assert json.loads(run(capsys, "inspect", "a.mnemo", "--json")[1])["title"] == made.manifest["title"]


def test_evaluation_prints_a_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "evaluate", "--models", "lstm", "--task", "copy", "--sequences", "2", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["condition"] for row in rows] == [f"length {n}" for n in (1, 5, 10, 15, 20, 30, 40, 60, 80, 100, 120)]
    assert all(set(row) >= {"model", "task", "metric", "value", "sequences", "seed", "checkpoint"} for row in rows)
    code, out, _ = run(capsys, "evaluate", "--task", "copy", "--sequences", "2", "--json")
    assert {json.loads(line)["name"] for line in out.splitlines()} == {"lstm-copy", "ntm-copy"}  # not lstm-repeat-copy
    code, out, _ = run(capsys, "evaluate", "--models", "lstm-copy", "--sequences", "2")
    assert code == 0
    assert out.splitlines()[0].split()[:2] == ["lstm", "copy"]


def test_training_writes_a_checkpoint_that_can_be_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("train", "copy", "--model", "lstm", "--updates", "2", "--batch", "1", "--out", "mine/lstm-copy")
    code, out, _ = run(capsys, *words)
    assert code == 0
    assert "mine/lstm-copy: wrong bits per sequence" in out
    monkeypatch.setattr(checkpoints, "folders", lambda: [tmp_path / "mine"])
    assert run(capsys, "record", "--task", "copy", "--models", "lstm", "--out", "a.mnemo")[0] == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert "examples:" in out
    assert out.count(f"mnemoscope {command}") >= 2
    assert command in run(capsys, "--help")[1]


def test_no_command_means_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(
        "mnemoscope.cli.server_commands._serve", lambda args: started.append((args.command, args.port)) or 0
    )
    assert main([]) == 0
    assert main(["--port", "8001"]) == 0
    assert main(["serve", "--port", "8002"]) == 0
    assert started == [("serve", None), ("serve", 8001), ("serve", 8002)]


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    """`mnemoscope inspect F --json | head -c 1`"""
    Made(steps=10).save(tmp_path / "a.mnemo")
    command = f"{sys.executable} -m mnemoscope inspect a.mnemo --json | head -c 1"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("{", "")


def test_looking_at_recordings_loads_neither_torch_nor_the_web(tmp_path: Path) -> None:
    """Importing costs nothing; inspect, verify and export need NumPy only."""
    Made(steps=10).save(tmp_path / "a.mnemo")
    code = (
        "import sys, mnemoscope, mnemoscope.cli.main\n"
        "assert 'numpy' not in sys.modules and 'torch' not in sys.modules\n"
        "assert mnemoscope.Recording.open('a.mnemo').steps == 10\n"
        "assert mnemoscope.cli.main.main(['verify', 'a.mnemo']) == 0\n"
        "assert mnemoscope.cli.main.main(['export', 'a.mnemo', '--npz', 'a.npz', '--csv', 'a.csv']) == 0\n"
        "print(*sorted({'torch', 'fastapi', 'starlette', 'pyarrow', 'scipy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == ""


def test_an_interrupted_run_leaves_nothing(trained: Path, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a long recording: exit code 130, no file and no part of one."""
    words = ["record", "--signal", "ar", "--steps", "300000", "--models", "ntm", "--out", "a.mnemo"]
    env = os.environ | {"MNEMOSCOPE_CHECKPOINTS": str(trained)}
    with subprocess.Popen(
        [sys.executable, "-m", "mnemoscope", *words], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    ) as child:  # fmt: skip
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size > 50_000 for path in tmp_path.iterdir()):
            assert time.monotonic() < deadline
            assert child.poll() is None
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert err == "mnemoscope: interrupted.\n"
    assert not list(tmp_path.iterdir())


def test_ctrl_c_that_falls_into_a_finaliser_is_heard(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python throws away what is raised there, and the library of the engine has finalisers run with every call."""

    class Falls:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def run(_: object) -> int:
        Falls()
        time.sleep(10)
        return 0

    monkeypatch.setattr(command_line, "parser", lambda: Parsed(run))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert main(["anything"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "mnemoscope: interrupted.\n"


class Parsed:
    """A command line of which every command runs this."""

    def __init__(self, run: Callable[[object], int]) -> None:
        self.run = run

    def parse_args(self, _: object) -> "Parsed":
        return self


def test_tasks_are_listed_with_what_they_take(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option with its default, what is suggested and what is accepted; the same as JSON, a task a line."""
    from mnemoscope import tasks

    assert main(["tasks"]) == 0
    text = capsys.readouterr().out
    assert "copy: Random bit vectors are shown once" in text
    assert "    length=20     Bit vectors to copy each time (1 to 60; accepted 1 to 120)\n" in text
    assert "    segment=24    Steps to hold (4 to 32; accepted 1 to 100000; trained on 4 to 32)\n" in text
    assert main(["tasks", "--json"]) == 0
    cards = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [card["name"] for card in cards] == tasks.names()
    assert cards[0]["options"][0]["suggested"] == [1, 60]


def test_retention_is_one_object_and_a_table_and_a_picture(
    capsys: pytest.CaptureFixture[str], ecg: Path, tmp_path: Path
) -> None:
    """Rows of every model, delay and reference; horizons; progress and notes on stderr alone."""
    words = ("retention", str(ecg), "--resample-to", "36", "--models", "lstm,ntm", "--delays", "5,60", "--windows", "9")
    code, out, _ = run(capsys, *words, "--json", "--out", "kept.html")
    found = json.loads(out)
    assert code == 0
    assert set(found) == {"signal", "rows", "horizons", "causes", "capacities", "half_lives", "seconds", "notes"}
    named = ("lstm", "ntm", "shift-register", "echo-state", "legendre-memory", "chance")
    assert {(row["model"], row["delay"]) for row in found["rows"]} == {(m, d) for m in named for d in (5, 60)}
    first = found["rows"][0]
    assert {"view", "model", "checkpoint", "delay", "error", "low", "high", "n", "trained"} <= set(first)
    assert (first["checkpoint"], first["delay"], first["n"], first["trained"]) == ("lstm-signal-recall", 5, 9, True)
    assert first["low"] < first["error"] < first["high"]
    assert [h["level"] for h in found["horizons"] if h["model"] == "ntm"] == [0.1, 0.5]
    assert "plotly" in (tmp_path / "kept.html").read_text("utf-8")
    code, out, _ = run(capsys, *words, "--segments", "4,8")
    assert code == 0
    assert out.count("answering 0") == 2
    assert "60*" in out
    assert run(capsys, "retention", "--models", "gru")[0] == 2
