"""The command line: what can be asked for. `mnemoscope` alone starts the server; commands.py does the work.

Results go to stdout, everything else (progress, notes, errors) to stderr. Exit codes: 0 done, 1 a recording does not
verify, 2 bad usage or bad input, reported in one sentence.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mnemoscope import __version__
from mnemoscope.cli import commands, reading
from mnemoscope.cli.commands import BAD_INPUT, INTERRUPTED, OK
from mnemoscope.errors import ImportFileError, MnemoscopeError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command -> its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments.insert(0, "serve")
    elif arguments[0].endswith(".mnemo"):
        arguments.insert(0, "open")
    try:
        args = parser().parse_args(arguments)
        return args.run(args)
    except ImportFileError as error:
        return _fail(reading.way_out(error))
    except MnemoscopeError as error:
        return _fail(str(error))
    except BrokenPipeError:  # `mnemoscope inspect F | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        return _fail(
            f"{error.filename or 'a file'}: {error.strerror or error}; check the path, its rights and the disk."
        )
    except KeyboardInterrupt:
        print("mnemoscope: interrupted.", file=sys.stderr)
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="mnemoscope",
        description="See what neural memories write, keep, overwrite, read and forget. Alone it starts the server.",
        epilog=_EXAMPLES["top"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = subparsers.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=_EXAMPLES[name],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        return made

    serve = command("serve", _serve, "start the server and the page (what happens without a command)")
    serve.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1, this machine only)")
    serve.add_argument("--port", type=_whole(0, 65535), metavar="N", help="port (default: 8000)")
    serve.add_argument("--data-dir", type=Path, metavar="DIR", help="folder for recordings and uploads")
    serve.add_argument(
        "--watch", type=Path, metavar="DIR", help="also show the recordings of this folder, as they appear and grow"
    )
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.add_argument(
        "--workers", type=_whole(0, 64), metavar="N", help="processes that run models (default: 1); 0 = replay only"
    )
    serve.add_argument(
        "--no-token",
        action="store_true",
        default=None,
        help="let in whoever reaches an address beyond this machine without a token",
    )
    _config(serve)
    _device(serve, default=None)  # what is not given here may stand in the environment

    opening = command("open", _open, "show recordings in the browser (what happens with a .mnemo file alone)")
    opening.add_argument("files", type=Path, nargs="+", metavar="F", help="recordings (.mnemo)")
    opening.add_argument(
        "--url", metavar="URL", help="address of the server to show them on, with its token if it has one"
    )
    opening.add_argument(
        "--port", type=_whole(0, 65535), metavar="N", help="port of the server to join or to start (8000)"
    )
    opening.add_argument("--data-dir", type=Path, metavar="DIR", help="folder of the server that is started for them")
    opening.add_argument("--no-browser", action="store_true", help="print the addresses only")

    record = command("record", commands.record, "run models over a signal and write a recording")
    record.add_argument(
        "--signal",
        metavar="NAME|FILE|-",
        help="a generator (sines, chirp, ar, heartbeat, mixture), a file (CSV, EDF, WAV, …), or - for numbers that come line by line from a pipe",
    )
    record.add_argument(
        "--task", metavar="T", help="what is asked of the models (signal-recall; of a live source forecast); see tasks"
    )
    record.add_argument("--models", type=_names, required=True, metavar="A,B", help="such as lstm,transformer,ntm,dnc")
    record.add_argument("--out", type=Path, required=True, metavar="F", help="the recording to write (.mnemo)")
    record.add_argument("--seed", type=_whole(0, 2**32 - 1), default=0, metavar="N", help="of everything random (0)")
    record.add_argument("--title", default="", metavar="TEXT", help="title (default: the signal's name)")
    record.add_argument(
        "--steps",
        type=_whole(0, 10_000_000),
        metavar="N",
        help="at most so many steps; 0 = all (a generator: 1000, a file: one question of the task)",
    )
    record.add_argument(
        "--task-option", type=_pair, action="append", default=[], metavar="K=V", help="such as segment=24; see tasks"
    )
    record.add_argument(
        "--signal-option", type=_pair, action="append", default=[], metavar="K=V", help="of a generator"
    )
    of_file = record.add_argument_group("of a file")
    of_file.add_argument("--channel", metavar="C", help="column by name or number (default: the first with numbers)")
    of_file.add_argument(
        "--beside", type=_columns, metavar="C,D", help="further columns, up to seven, shown beside it and not heard"
    )
    of_file.add_argument(
        "--labels",
        metavar="C",
        help='column of labels or states that become events (default: the first of labels; "none": no events)',
    )
    of_file.add_argument("--start", metavar="S", help="first row, 720, or seconds, 2.5s")
    of_file.add_argument("--stop", metavar="S", help="row or seconds where to stop")
    of_file.add_argument(
        "--sample-rate", "--rate", type=_positive, metavar="HZ", help="of the file or pipe, where it does not say"
    )
    of_file.add_argument("--resample-to", type=_positive, metavar="HZ", help="steps per second that the models see")
    of_file.add_argument("--missing", choices=("hold", "linear", "drop"), help="what stands for missing values (hold)")
    of_file.add_argument("--scaling", choices=("zscore", "robust", "none"), help="before the models (zscore)")
    of_pipe = record.add_argument_group("of a live source (--signal -)")
    of_pipe.add_argument(
        "--warmup", type=_whole(2, 1024), metavar="N", help="steps whose mean and deviation scale all (64)"
    )
    of_pipe.add_argument("--offset", type=_real, metavar="X", help="with --scale: models hear (value - offset) / scale")
    of_pipe.add_argument("--scale", type=_positive_number, metavar="X", help="see --offset")
    _device(record)

    reading.add_switches(record)

    shown = command(
        "read", reading.read, "say how a file is read: channels, rate, gaps, what was assumed, asked and left out"
    )
    shown.add_argument(
        "file", type=Path, nargs="+", metavar="FILE", help="a CSV, EDF, WAV, …, or the files of one WFDB record"
    )
    shown.add_argument("--channel", metavar="C", help="column by name or number (default: the first that is measured)")
    shown.add_argument(
        "--json", action="store_true", help="one JSON object; a file that cannot be read is one too, with exit code 1"
    )
    reading.add_switches(shown, rate=True)

    listed = command("tasks", commands.tasks, "list what models can be asked to do, with the options of each task")
    listed.add_argument("--json", action="store_true", help="one JSON object a line")

    inspect = command("inspect", commands.inspect, "say what a recording holds, or how any other file is read")
    inspect.add_argument("file", type=Path, metavar="F")
    inspect.add_argument("--channel", metavar="C", help="of a file that is no recording: column by name or number")
    inspect.add_argument("--json", action="store_true", help="one JSON object")
    reading.add_switches(inspect, rate=True)

    verify = command("verify", commands.verify, "prove a recording from its own log")
    verify.add_argument("file", type=Path, metavar="F")
    verify.add_argument(
        "--with-weights",
        action="store_true",
        help="also run the models again with the checkpoints that the recording names, and compare",
    )
    verify.add_argument("--json", action="store_true", help="one JSON object")

    judged = command("verdict", _verdict, "say which model of a recording answered best, and why")
    judged.add_argument("file", type=Path, metavar="F")
    judged.add_argument("--json", action="store_true", help="one JSON object")

    evaluate = command("evaluate", commands.evaluate, "measure the trained checkpoints")
    evaluate.add_argument("--models", type=_names, metavar="A,B", help="models or checkpoints (default: all)")
    evaluate.add_argument("--task", metavar="T", help="only checkpoints of this task")
    evaluate.add_argument("--sequences", type=_whole(1, 100_000), default=64, metavar="N", help="per condition (64)")
    evaluate.add_argument(
        "--series",
        action="append",
        default=[],
        metavar="FILE[@HZ]",
        help="also measure the tasks on signals on this series, resampled to HZ; may be given again",
    )
    evaluate.add_argument("--markdown", type=Path, metavar="OUT", help="also write the table as a document")
    evaluate.add_argument("--json", action="store_true", help="one JSON object a line")
    _device(evaluate)

    kept = command("retention", _retention, "measure how long a signal is remembered")
    kept.add_argument(
        "signal", nargs="?", metavar="FILE", help="a series, a generator (default: held-out mixtures), or a recording"
    )
    kept.add_argument("--models", type=_names, default=[], metavar="A,B", help="such as lstm,transformer,ntm,dnc")
    kept.add_argument(
        "--view",
        choices=("behaviour", "content", "provenance"),
        default="behaviour",
        help="error of the replay (default); what a linear read-out finds in the memory; what the ledger says is held",
    )
    kept.add_argument(
        "--delays",
        type=_numbers(0),
        metavar="N,N",
        help="in steps (default: 10,40,120,400, then where the curves jump)",
    )
    kept.add_argument(
        "--segments",
        "--segment",
        type=_numbers(1),
        default=[24],
        metavar="N,N",
        help="steps to hold, of any length (24)",
    )
    kept.add_argument("--windows", type=_whole(1, 10_000), default=32, metavar="N", help="of the signal, at most (32)")
    kept.add_argument("--seed", type=_whole(0, 2**32 - 1), default=0, metavar="N", help="of generated signals (0)")
    kept.add_argument("--out", type=Path, metavar="OUT", help="write the figure as a page that opens offline (.html)")
    kept.add_argument("--json", action="store_true", help="one JSON object")
    of_kept = kept.add_argument_group("of a file")
    of_kept.add_argument("--channel", metavar="C", help="column by name or number (default: the first with numbers)")
    of_kept.add_argument("--start", type=_whole(0, 10**9), metavar="ROW", help="first row")
    of_kept.add_argument("--stop", type=_whole(0, 10**9), metavar="ROW", help="row where to stop")
    of_kept.add_argument("--sample-rate", type=_positive, metavar="HZ", help="of the file, where it does not say")
    of_kept.add_argument("--resample-to", type=_positive, metavar="HZ", help="steps per second that the models see")
    of_kept.add_argument("--missing", choices=("hold", "linear", "drop"), help="what stands for missing values (hold)")
    of_kept.add_argument("--scaling", choices=("zscore", "robust", "none"), help="before the models (zscore)")
    reading.add_switches(kept)
    _device(kept)

    bridge = command("bridge", _bridge, "prove that a Transformer is a stateless DNC, and climb from it to the DNC")
    bridge.add_argument("--model", metavar="CHECKPOINT", help="a Transformer's checkpoint, or random (default: three)")
    bridge.add_argument("--seed", type=_whole(0, 2**32 - 1), default=0, metavar="N", help="of the episode (0)")
    bridge.add_argument("--out", type=Path, metavar="DIR", help="write the stateless DNC of --model as a checkpoint")
    bridge.add_argument("--json", action="store_true", help="one JSON object a line")

    train = command("train", commands.train, "train a model on a task by its recipe")
    train.add_argument("task", metavar="TASK", help="such as copy; see tasks")
    train.add_argument("--model", required=True, metavar="M", help="lstm, transformer, ntm, dnc, …")
    train.add_argument("--out", type=Path, metavar="DIR", help="folder of the checkpoint (default: runs/M-TASK)")
    train.add_argument("--seed", type=_whole(0, 2**32 - 1), default=0, metavar="N")
    train.add_argument(
        "--seeds", type=_seeds, metavar="N,N,…", help="train with each of them, keep the best, report the spread"
    )
    train.add_argument("--updates", type=_whole(1, 10**9), metavar="N", help="instead of the recipe's")
    train.add_argument("--batch", type=_whole(1, 10**6), metavar="N", help="instead of the recipe's")
    train.add_argument("--resume", type=Path, metavar="DIR", help="start from the weights in this folder")
    train.add_argument("--eager", action="store_true", help="do not compile the training path: slower, starts at once")
    _device(train)

    fit = command("fit", _fit, "fit a model to a series of your own, and score it on what it never saw")
    fit.add_argument("file", type=Path, metavar="FILE", help="a CSV, EDF, WAV or another file of numbers")
    fit.add_argument("--model", default="lstm", metavar="M", help="lstm (default), transformer, dnc, …")
    fit.add_argument("--task", metavar="T", help="forecast (default), or signal-recall: hold a segment and replay it")
    fit.add_argument("--seconds", type=_seconds, metavar="S", help="of training (60, where --updates is not given)")
    fit.add_argument(
        "--updates", type=_whole(1, 10**9), metavar="N", help="of training; the same give the same weights"
    )
    fit.add_argument("--seed", type=_whole(0, 2**32 - 1), default=0, metavar="N", help="of everything random (0)")
    fit.add_argument(
        "--scratch", action="store_true", help="start from random weights, not from the shipped checkpoint"
    )
    fit.add_argument("--out", type=Path, metavar="DIR", help="folder of the fitted checkpoint (runs/M-T-FILE)")
    fit.add_argument("--channel", metavar="C", help="column by name or number (default: the first with numbers)")
    fit.add_argument("--start", metavar="S", help="first row, 720, or seconds, 2.5s")
    fit.add_argument("--stop", metavar="S", help="row or seconds where to stop")
    fit.add_argument("--sample-rate", type=_positive, metavar="HZ", help="of the file, where it does not say")
    fit.add_argument("--resample-to", type=_positive, metavar="HZ", help="steps per second that the models see")
    fit.add_argument("--missing", choices=("hold", "linear", "drop"), help="what stands for missing values (hold)")
    fit.add_argument("--json", action="store_true", help="one JSON object")
    reading.add_switches(fit)
    _device(fit, default="cpu")

    fsck = command("fsck", _fsck, "list in what a server's recordings and its index differ, and mend it")
    fsck.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="data folder (default: the server's)")
    fsck.add_argument("--mend", action="store_true", help="close, list again and set aside, as every start does")

    _config(command("config", _list_settings, "list the settings of the server as they are now"))

    study = command("study", _study, "repeat the study behind docs/questions.md, or go on with it")
    study.add_argument("--out", type=Path, default=Path("checkpoints/study"), metavar="DIR", help="where its rows are")
    study.add_argument(
        "--surfaces", type=Path, metavar="FILE", help="write delay × segment of every model as a page (.html)"
    )
    study.add_argument("--processes", type=_whole(1, 256), default=1, metavar="N", help="trainings at a time (1)")
    study.add_argument("--only", metavar="ID", help="trials whose id begins so, such as ladder/associative-recall")
    study.add_argument("--list", action="store_true", help="list the trials, done and open; run nothing")
    study.add_argument("--report", action="store_true", help="print the tables of what there is; run nothing")
    study.add_argument("--markdown", type=Path, metavar="OUT", help="also write the tables as a document")

    export = command("export", commands.export, "turn a recording into an HTML page, a NumPy archive or a table")
    export.add_argument("file", type=Path, metavar="F")
    export.add_argument("--html", type=Path, metavar="OUT", help="one page that opens from disk, offline")
    export.add_argument("--npz", type=Path, metavar="OUT", help="all recorded tensors; numpy.load reads it")
    export.add_argument("--csv", type=Path, metavar="OUT", help="signal, targets and outputs, one row a step")
    return top


def _config(parser_: argparse.ArgumentParser) -> None:
    parser_.add_argument("--config", type=Path, metavar="FILE", help="settings as TOML (default: MNEMOSCOPE_CONFIG)")


def _serve(args: argparse.Namespace, ready: Callable[[str], object] | None = None) -> int:
    """Start the server and stay: the one place where the library reaches up to it. ready: called with its address."""
    from mnemoscope_server import serving
    from mnemoscope_server.settings import Settings

    return serving.run(Settings.from_arguments(args), ready=ready) or OK


def _list_settings(args: argparse.Namespace) -> int:
    """As `_serve`."""
    from mnemoscope_server.settings import Settings, listed

    for variable, value, description in listed(Settings.from_arguments(args)):
        commands.echo(f"{variable}={value}\n    {description}")
    return OK


def _fsck(args: argparse.Namespace) -> int:
    """As `_serve`."""
    from mnemoscope_server.settings import Settings
    from mnemoscope_server.storage.fsck import fsck

    return fsck(args.folder or Settings().data_dir, mend=args.mend)


def _open(args: argparse.Namespace) -> int:
    """As `_bridge`."""
    from mnemoscope.cli.opening import open_files

    return open_files(args, serve=lambda ready: _serve(args, ready))


def _verdict(args: argparse.Namespace) -> int:
    """As `_bridge`."""
    from mnemoscope.cli.verdict import verdict

    return verdict(args)


def _bridge(args: argparse.Namespace) -> int:
    """Measure; what it takes is only imported when it is asked for."""
    from mnemoscope.cli.bridge import bridge

    return bridge(args)


def _retention(args: argparse.Namespace) -> int:
    """As `_bridge`."""
    from mnemoscope.cli.retention import retention

    return retention(args)


def _fit(args: argparse.Namespace) -> int:
    """As `_bridge`."""
    from mnemoscope.cli.fit import fit

    return fit(args)


def _study(args: argparse.Namespace) -> int:
    """As `_bridge`."""
    from mnemoscope.cli.study import study

    return study(args)


def _seeds(text: str) -> list[int]:
    """0,1,2 as numbers."""
    return [_whole(0, 2**32 - 1)(part) for part in text.split(",")]


def _device(command: argparse.ArgumentParser, *, default: str | None = "auto") -> None:
    command.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default=default, help="auto (default) = CUDA where there is one"
    )


def _columns(text: str) -> list[str]:
    """Columns by name or number; one whose name has a comma goes by its number."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _names(text: str) -> list[str | Path]:
    """Names of models; one with a slash is the folder of a checkpoint."""
    names = [
        Path(name.strip()) if "/" in name or os.sep in name else name.strip()
        for name in text.split(",")
        if name.strip()
    ]
    if not names:
        raise argparse.ArgumentTypeError("name at least one, such as ntm,dnc")
    return names


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise argparse.ArgumentTypeError(f"wanted NAME=VALUE such as segment=24, got {text!r}")
    return name, value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"wanted a whole number of {low} … {high}, got {text!r}")
        return int(text)

    return parse


def _numbers(low: int) -> Callable[[str], list[int]]:
    """20,40,120 as numbers."""
    whole = _whole(low, 10_000_000)
    return lambda text: [whole(part.strip()) for part in text.split(",")]


def _above_zero(what: str) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"wanted a positive number of {what}, got {text!r}")
        return value

    return parse


_positive, _seconds, _positive_number = _above_zero("Hz"), _above_zero("seconds"), _above_zero("the signal's unit")


def _real(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -float("inf") < value < float("inf"):
        raise argparse.ArgumentTypeError(f"wanted a number, got {text!r}")
    return value


def _fail(message: str) -> int:
    commands.echo(f"mnemoscope: {message}", file=sys.stderr)
    return BAD_INPUT


_EXAMPLES = {
    "top": """examples:
  mnemoscope                                    start the server on http://127.0.0.1:8000
  mnemoscope record --signal heartbeat --models ntm,dnc --out run.mnemo
  mnemoscope run.mnemo                          show it in the browser
  mnemoscope inspect run.mnemo
  mnemoscope export run.mnemo --html run.html
`mnemoscope COMMAND --help` has more.""",
    "serve": """examples:
  mnemoscope
  mnemoscope serve --port 8001 --data-dir ~/mnemoscope
  mnemoscope serve --watch runs         recordings appear in the list and grow as they are written; nothing in runs is changed
  mnemoscope serve --host 0.0.0.0 --no-browser --workers 4    prints the address with the token that it asks for""",
    "config": """Flags are over the environment, the environment is over the file, and the file is over the defaults. A name that is none is refused,
in the environment (MNEMOSCOPE_…) and in the file. The value of the token is never printed.

examples:
  mnemoscope config
  MNEMOSCOPE_WORKERS=4 mnemoscope config
  mnemoscope config --config /etc/mnemoscope.toml      sessions = 32, allowed_hosts = ["mem.example.org"], …""",
    "fsck": """The server must not run: it holds its folder. Nothing is removed that may be of use: what has no whole step is moved to
set-aside/. Exit codes: 0 no differences are left, 1 some are, 2 the folder cannot be looked at.

examples:
  mnemoscope fsck
  mnemoscope fsck ~/mnemoscope --mend""",
    "open": """A server that runs on this machine already gets them; else one is started. A recording is proved before it is
shown, and keeps its id: links to it mean the same on every server.

examples:
  mnemoscope run.mnemo
  mnemoscope open monday.mnemo tuesday.mnemo
  mnemoscope open run.mnemo --url 'http://lab.example:8000/?token=…'""",
    "record": """With --signal - numbers are read line by line (one or several columns, names above them or not) and run as they
come, until the pipe ends, --steps or Ctrl-C; the recording grows as it is written, and is whole in any case.

examples:
  mnemoscope record --signal heartbeat --signal-option odd_beat=6 --models lstm,transformer,ntm,dnc --out beat.mnemo
  mnemoscope record --signal ecg.csv --channel MLII --resample-to 36 --start 10s --stop 40s --models ntm --out ecg.mnemo
  mnemoscope record --signal ar --task-option segment=32 --task-option delay=40 --models dnc --seed 7 --out noise.mnemo
  mnemoscope record --task copy --task-option length=20 --models ntm,dnc --out copy.mnemo
  sensor | mnemoscope record --signal - --rate 250 --models lstm,ntm --out live.mnemo""",
    "read": """A question is what the file does not decide: the first reading is chosen, the others are given as switches. Lines that became no row
are listed with the reason. The same switches work for record, fit, retention and inspect.

examples:
  mnemoscope read ecg.csv
  mnemoscope read meter.csv --decimal , --time Datum --time Uhrzeit
  mnemoscope read prices.csv --time-format %d/%m/%Y --json
  mnemoscope read 100.hea                        # a WFDB record: samples and annotations lie beside its header
  mnemoscope read book.xlsx --part Sheet2""",
    "tasks": """examples:
  mnemoscope tasks
  mnemoscope record --task copy --task-option length=20 --models ntm,dnc --out copy.mnemo""",
    "inspect": """examples:
  mnemoscope inspect run.mnemo
  mnemoscope inspect run.mnemo --json | python -m json.tool""",
    "verify": """Rebuilds every keyframe from the one before it, every read vector from the derived memory, and the ledger row
of every step and head from step 0 on; checks that weightings, gates and strengths are what they can be, and both hashes; prints
the largest errors. Outputs follow from the weights alone: --with-weights runs the models again and compares.

exit codes:
  0  whole: nothing is missing, everything agrees
  1  wrong: something does not agree, or cannot be read
  2  it cannot be verified: no such file, no recording, weights that are not there or others
  3  incomplete: what is there agrees, but the recording has no end, or bytes of it are missing

examples:
  mnemoscope verify run.mnemo
  mnemoscope verify run.mnemo --with-weights
  mnemoscope verify run.mnemo --json""",
    "verdict": """Ranks the models by the error of their answers, says how much they read from the right place, what they keep
and cost, and why each remembers or not, with the step that shows it. A model that lost what it was asked for is run again with the
segment blanked before a cause is spoken, where its weights are here.

examples:
  mnemoscope verdict run.mnemo
  mnemoscope verdict run.mnemo --json | python -m json.tool""",
    "evaluate": """examples:
  mnemoscope evaluate --json
  mnemoscope evaluate --models ntm,dnc --task copy
  mnemoscope evaluate --task signal-recall --series ecg.csv@36""",
    "retention": """A segment is held while the signal goes on, and has to be replayed after a delay: 0 is perfect, 1 is what always
answering 0 gets. Delays may be longer than any that models were trained on; such rows are marked.

examples:
  mnemoscope retention --models lstm,transformer,ntm,dnc
  mnemoscope retention ecg.csv --resample-to 36 --models lstm,ntm --delays 20,40,120 --json
  mnemoscope retention --models ntm,dnc --segments 8,16,24,48 --delays 30 --out segments.html
  mnemoscope retention --models lstm,deltanet --view content
  mnemoscope retention run.mnemo --view provenance""",
    "bridge": """Steps a Transformer and the stateless DNC of the same weights side by side: with write-once stores every bit agrees,
against torch.nn.TransformerEncoder and inside the unmodified memory of Graves 2016 all but rounding does. Then turns the
mechanisms of the DNC on, one after another. Exit code 1 when a difference is larger than rounding explains.

examples:
  mnemoscope bridge
  mnemoscope bridge --model transformer-copy --seed 3
  mnemoscope bridge --model random --json""",
    "train": """examples:
  mnemoscope train copy --model ntm
  mnemoscope train signal-recall --model dnc --seed 1 --out runs/dnc-seed1
  mnemoscope train copy --model lstm --updates 200 --device cpu""",
    "fit": """Trains further on the first half of the series (its last 15 % are held back to stop by) and scores on the second
half: a forecast beside AR(32), the season before and persistence, a recall beside answering the mean, the last value again
and a shift register. Says which to take, also when that is no network. Ctrl-C keeps the best so far. The result is a checkpoint of your own; the shipped one stays as it is.

examples:
  mnemoscope fit taxi.csv --model lstm
  mnemoscope fit ecg.csv --task signal-recall --model dnc --seconds 60
  mnemoscope fit ecg.csv --channel MLII --resample-to 36 --model transformer --seconds 20 --json
  mnemoscope record --signal taxi.csv --task forecast --models lstm,runs/lstm-forecast-taxi --out both.mnemo""",
    "study": """Trains every model of the study from every seed and measures it; about six hours on two cores. Interrupt it whenever
you like: it goes on with what is missing, and prints its tables at any time.

examples:
  mnemoscope study --processes 2
  mnemoscope study --report
  mnemoscope study --only ladder/associative-recall --out runs/study""",
    "export": """examples:
  mnemoscope export run.mnemo --html run.html
  mnemoscope export run.mnemo --npz run.npz --csv run.csv""",
}
