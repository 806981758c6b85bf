"""The commands on signals and recordings: record, read, look at, prove, judge, export."""

from __future__ import annotations

import argparse
from pathlib import Path

from mnemoscope.cli import commands, reading
from mnemoscope.cli.arguments import Command, columns, device, names, pair, positive, positive_number, real, whole


def add(command: Command) -> None:
    """These commands, with what may be said to them."""
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

    export = command("export", commands.export, "turn a recording into an HTML page, a NumPy archive or a table")
    export.add_argument("file", type=Path, metavar="F")
    export.add_argument("--html", type=Path, metavar="OUT", help="one page that opens from disk, offline")
    export.add_argument("--engines", action="store_true", help="the page carries the models and can run them again")
    export.add_argument("--npz", type=Path, metavar="OUT", help="all recorded tensors; numpy.load reads it")
    export.add_argument("--csv", type=Path, metavar="OUT", help="signal, targets and outputs, one row a step")


def _verdict(args: argparse.Namespace) -> int:
    """As `_bridge`."""
    from mnemoscope.cli.verdict import verdict

    return verdict(args)
