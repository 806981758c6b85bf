"""The commands that measure and train models."""

from __future__ import annotations

import argparse
from pathlib import Path

from mnemoscope.cli import commands, reading
from mnemoscope.cli.arguments import Command, device, names, numbers, positive, seconds, seeds, whole


def add(command: Command) -> None:
    """These commands, with what may be said to them."""
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
    kept.add_argument(
        "--all-seeds", action="store_true", help="every seed of a training that there is: bands are over them too"
    )
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
