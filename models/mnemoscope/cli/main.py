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
from mnemoscope.cli.arguments import (
    columns,
    device,
    names,
    numbers,
    pair,
    positive,
    positive_number,
    real,
    seconds,
    seeds,
    whole,
)
from mnemoscope.cli.commands import BAD_INPUT, INTERRUPTED, OK
from mnemoscope.cli.examples import EXAMPLES
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
        epilog=EXAMPLES["top"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = subparsers.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=EXAMPLES[name],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        return made

    serve = command("serve", _serve, "start the server and the page (what happens without a command)")
    serve.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1, this machine only)")
    serve.add_argument("--port", type=whole(0, 65535), metavar="N", help="port (default: 8000)")
    serve.add_argument("--data-dir", type=Path, metavar="DIR", help="folder for recordings and uploads")
    serve.add_argument(
        "--watch", type=Path, metavar="DIR", help="also show the recordings of this folder, as they appear and grow"
    )
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.add_argument(
        "--workers", type=whole(0, 64), metavar="N", help="processes that run models (default: 1); 0 = replay only"
    )
    serve.add_argument(
        "--no-token",
        action="store_true",
        default=None,
        help="let in whoever reaches an address beyond this machine without a token",
    )
    _config(serve)
    device(serve, default=None)  # what is not given here may stand in the environment

    opening = command("open", _open, "show recordings in the browser (what happens with a .mnemo file alone)")
    opening.add_argument("files", type=Path, nargs="+", metavar="F", help="recordings (.mnemo)")
    opening.add_argument(
        "--url", metavar="URL", help="address of the server to show them on, with its token if it has one"
    )
    opening.add_argument(
        "--port", type=whole(0, 65535), metavar="N", help="port of the server to join or to start (8000)"
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
    record.add_argument("--models", type=names, required=True, metavar="A,B", help="such as lstm,transformer,ntm,dnc")
    record.add_argument("--out", type=Path, required=True, metavar="F", help="the recording to write (.mnemo)")
    record.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, metavar="N", help="of everything random (0)")
    record.add_argument("--title", default="", metavar="TEXT", help="title (default: the signal's name)")
    record.add_argument(
        "--steps",
        type=whole(0, 10_000_000),
        metavar="N",
        help="at most so many steps; 0 = all (a generator: 1000, a file: one question of the task)",
    )
    record.add_argument(
        "--task-option", type=pair, action="append", default=[], metavar="K=V", help="such as segment=24; see tasks"
    )
    record.add_argument("--signal-option", type=pair, action="append", default=[], metavar="K=V", help="of a generator")
    of_file = record.add_argument_group("of a file")
    of_file.add_argument("--channel", metavar="C", help="column by name or number (default: the first with numbers)")
    of_file.add_argument(
        "--beside", type=columns, metavar="C,D", help="further columns, up to seven, shown beside it and not heard"
    )
    of_file.add_argument(
        "--labels",
        metavar="C",
        help='column of labels or states that become events (default: the first of labels; "none": no events)',
    )
    of_file.add_argument("--start", metavar="S", help="first row, 720, or seconds, 2.5s")
    of_file.add_argument("--stop", metavar="S", help="row or seconds where to stop")
    of_file.add_argument(
        "--sample-rate", "--rate", type=positive, metavar="HZ", help="of the file or pipe, where it does not say"
    )
    of_file.add_argument("--resample-to", type=positive, metavar="HZ", help="steps per second that the models see")
    of_file.add_argument("--missing", choices=("hold", "linear", "drop"), help="what stands for missing values (hold)")
    of_file.add_argument("--scaling", choices=("zscore", "robust", "none"), help="before the models (zscore)")
    of_pipe = record.add_argument_group("of a live source (--signal -)")
    of_pipe.add_argument(
        "--warmup", type=whole(2, 1024), metavar="N", help="steps whose mean and deviation scale all (64)"
    )
    of_pipe.add_argument("--offset", type=real, metavar="X", help="with --scale: models hear (value - offset) / scale")
    of_pipe.add_argument("--scale", type=positive_number, metavar="X", help="see --offset")
    device(record)

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
    evaluate.add_argument("--models", type=names, metavar="A,B", help="models or checkpoints (default: all)")
    evaluate.add_argument("--task", metavar="T", help="only checkpoints of this task")
    evaluate.add_argument("--sequences", type=whole(1, 100_000), default=64, metavar="N", help="per condition (64)")
    evaluate.add_argument(
        "--series",
        action="append",
        default=[],
        metavar="FILE[@HZ]",
        help="also measure the tasks on signals on this series, resampled to HZ; may be given again",
    )
    evaluate.add_argument("--markdown", type=Path, metavar="OUT", help="also write the table as a document")
    evaluate.add_argument("--json", action="store_true", help="one JSON object a line")
    device(evaluate)

    kept = command("retention", _retention, "measure how long a signal is remembered")
    kept.add_argument(
        "signal", nargs="?", metavar="FILE", help="a series, a generator (default: held-out mixtures), or a recording"
    )
    kept.add_argument("--models", type=names, default=[], metavar="A,B", help="such as lstm,transformer,ntm,dnc")
    kept.add_argument(
        "--view",
        choices=("behaviour", "content", "provenance"),
        default="behaviour",
        help="error of the replay (default); what a linear read-out finds in the memory; what the ledger says is held",
    )
    kept.add_argument(
        "--delays",
        type=numbers(0),
        metavar="N,N",
        help="in steps (default: 10,40,120,400, then where the curves jump)",
    )
    kept.add_argument(
        "--segments",
        "--segment",
        type=numbers(1),
        default=[24],
        metavar="N,N",
        help="steps to hold, of any length (24)",
    )
    kept.add_argument("--windows", type=whole(1, 10_000), default=32, metavar="N", help="of the signal, at most (32)")
    kept.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, metavar="N", help="of generated signals (0)")
    kept.add_argument("--out", type=Path, metavar="OUT", help="write the figure as a page that opens offline (.html)")
    kept.add_argument("--json", action="store_true", help="one JSON object")
    of_kept = kept.add_argument_group("of a file")
    of_kept.add_argument("--channel", metavar="C", help="column by name or number (default: the first with numbers)")
    of_kept.add_argument("--start", type=whole(0, 10**9), metavar="ROW", help="first row")
    of_kept.add_argument("--stop", type=whole(0, 10**9), metavar="ROW", help="row where to stop")
    of_kept.add_argument("--sample-rate", type=positive, metavar="HZ", help="of the file, where it does not say")
    of_kept.add_argument("--resample-to", type=positive, metavar="HZ", help="steps per second that the models see")
    of_kept.add_argument("--missing", choices=("hold", "linear", "drop"), help="what stands for missing values (hold)")
    of_kept.add_argument("--scaling", choices=("zscore", "robust", "none"), help="before the models (zscore)")
    reading.add_switches(kept)
    device(kept)

    bridge = command("bridge", _bridge, "prove that a Transformer is a stateless DNC, and climb from it to the DNC")
    bridge.add_argument("--model", metavar="CHECKPOINT", help="a Transformer's checkpoint, or random (default: three)")
    bridge.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, metavar="N", help="of the episode (0)")
    bridge.add_argument("--out", type=Path, metavar="DIR", help="write the stateless DNC of --model as a checkpoint")
    bridge.add_argument("--json", action="store_true", help="one JSON object a line")

    train = command("train", commands.train, "train a model on a task by its recipe")
    train.add_argument("task", metavar="TASK", help="such as copy; see tasks")
    train.add_argument("--model", required=True, metavar="M", help="lstm, transformer, ntm, dnc, …")
    train.add_argument("--out", type=Path, metavar="DIR", help="folder of the checkpoint (default: runs/M-TASK)")
    train.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, metavar="N")
    train.add_argument(
        "--seeds", type=seeds, metavar="N,N,…", help="train with each of them, keep the best, report the spread"
    )
    train.add_argument("--updates", type=whole(1, 10**9), metavar="N", help="instead of the recipe's")
    train.add_argument("--batch", type=whole(1, 10**6), metavar="N", help="instead of the recipe's")
    train.add_argument("--resume", type=Path, metavar="DIR", help="start from the weights in this folder")
    train.add_argument("--eager", action="store_true", help="do not compile the training path: slower, starts at once")
    device(train)

    fit = command("fit", _fit, "fit a model to a series of your own, and score it on what it never saw")
    fit.add_argument("file", type=Path, metavar="FILE", help="a CSV, EDF, WAV or another file of numbers")
    fit.add_argument("--model", default="lstm", metavar="M", help="lstm (default), transformer, dnc, …")
    fit.add_argument("--task", metavar="T", help="forecast (default), or signal-recall: hold a segment and replay it")
    fit.add_argument("--seconds", type=seconds, metavar="S", help="of training (60, where --updates is not given)")
    fit.add_argument("--updates", type=whole(1, 10**9), metavar="N", help="of training; the same give the same weights")
    fit.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, metavar="N", help="of everything random (0)")
    fit.add_argument(
        "--scratch", action="store_true", help="start from random weights, not from the shipped checkpoint"
    )
    fit.add_argument("--out", type=Path, metavar="DIR", help="folder of the fitted checkpoint (runs/M-T-FILE)")
    fit.add_argument("--channel", metavar="C", help="column by name or number (default: the first with numbers)")
    fit.add_argument("--start", metavar="S", help="first row, 720, or seconds, 2.5s")
    fit.add_argument("--stop", metavar="S", help="row or seconds where to stop")
    fit.add_argument("--sample-rate", type=positive, metavar="HZ", help="of the file, where it does not say")
    fit.add_argument("--resample-to", type=positive, metavar="HZ", help="steps per second that the models see")
    fit.add_argument("--missing", choices=("hold", "linear", "drop"), help="what stands for missing values (hold)")
    fit.add_argument("--json", action="store_true", help="one JSON object")
    reading.add_switches(fit)
    device(fit, default="cpu")

    fsck = command("fsck", _fsck, "list in what a server's recordings and its index differ, and mend it")
    fsck.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="data folder (default: the server's)")
    fsck.add_argument("--mend", action="store_true", help="close, list again and set aside, as every start does")

    pin = command("pin", _pin, "keep recordings of a server when it makes room")
    pin.add_argument("recordings", nargs="+", metavar="ID", help="ids of recordings")
    pin.add_argument("--off", action="store_true", help="no longer")
    pin.add_argument("--data-dir", type=Path, metavar="DIR", help="data folder (default: the server's)")

    _config(command("config", _list_settings, "list the settings of the server as they are now"))

    study = command("study", _study, "repeat the study behind docs/questions.md, or go on with it")
    study.add_argument("--out", type=Path, default=Path("checkpoints/study"), metavar="DIR", help="where its rows are")
    study.add_argument(
        "--surfaces", type=Path, metavar="FILE", help="write delay × segment of every model as a page (.html)"
    )
    study.add_argument("--processes", type=whole(1, 256), default=1, metavar="N", help="trainings at a time (1)")
    study.add_argument("--only", metavar="ID", help="trials whose id begins so, such as ladder/associative-recall")
    study.add_argument("--list", action="store_true", help="list the trials, done and open; run nothing")
    study.add_argument("--report", action="store_true", help="print the tables of what there is; run nothing")
    study.add_argument("--markdown", type=Path, metavar="OUT", help="also write the tables as a document")

    export = command("export", commands.export, "turn a recording into an HTML page, a NumPy archive or a table")
    export.add_argument("file", type=Path, metavar="F")
    export.add_argument("--html", type=Path, metavar="OUT", help="one page that opens from disk, offline")
    export.add_argument("--engines", action="store_true", help="the page carries the models and can run them again")
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
        commands.echo(f"{variable}={value}")
        commands.echo(f"    {description}")
    return OK


def _fsck(args: argparse.Namespace) -> int:
    """As `_serve`."""
    from mnemoscope_server.settings import Settings
    from mnemoscope_server.storage.fsck import fsck

    settings = Settings.from_arguments(args)
    if args.folder is not None:  # one machine's, whatever is set for a server
        return fsck(args.folder, mend=args.mend)
    return fsck(settings.data_dir, mend=args.mend, index=settings.index, blobs=settings.blobs)


def _pin(args: argparse.Namespace) -> int:
    """As `_serve`; the server may run."""
    from mnemoscope_server.settings import Settings
    from mnemoscope_server.storage.sweeping import pin_all

    settings = Settings.from_arguments(args)
    blobs = settings.blobs if args.data_dir is None else None  # that folder's, whatever is set for a server
    return pin_all(settings.data_dir, args.recordings, wanted=not args.off, blobs=blobs)


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


def _fail(message: str) -> int:
    commands.echo(f"mnemoscope: {message}", file=sys.stderr)
    return BAD_INPUT
