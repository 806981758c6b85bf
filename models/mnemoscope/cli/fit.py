"""`mnemoscope fit`: fit a model to a series, say what it brought and what to take."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from mnemoscope.cli.commands import OK, echo

if TYPE_CHECKING:
    from mnemoscope.training.fitting.descent import Check
    from mnemoscope.training.fitting.fit import Fitted

OF_FILE = ("task", "channel", "start", "stop", "sample_rate", "resample_to", "missing")


def fit(args: argparse.Namespace) -> int:
    """Fit, and print the result; an interrupt keeps the best so far."""
    import torch
    from tqdm import tqdm

    from mnemoscope.cli.reading import reading_of
    from mnemoscope.running.record import pick_device
    from mnemoscope.training.fitting.budget import SECONDS
    from mnemoscope.training.fitting.fit import fit_source
    from mnemoscope.training.fitting.source import read

    torch.set_num_threads(1)  # batches this small gain nothing from a second thread, and sums keep their order
    given: dict[str, Any] = {name: getattr(args, name) for name in OF_FILE if getattr(args, name) is not None}
    source = read(args.file, **given, **reading_of(args))
    for note in source.notes:
        echo(f"note: {note}", file=sys.stderr)
    seconds = SECONDS if args.seconds is None and args.updates is None else args.seconds
    with tqdm(total=args.updates or seconds, desc=f"fitting {args.model}", disable=None, bar_format=_BAR) as bar:

        def progress(check: Check) -> None:
            bar.set_description_str(
                f"fitting {args.model}, update {check.update}, held-back error {check.error:.3f}", False
            )
            done = check.update if args.updates else check.seconds
            bar.update(min(done, bar.total) - bar.n)

        fitted = fit_source(
            source,
            args.model,
            seconds=args.seconds,
            updates=args.updates,
            seed=args.seed,
            scratch=args.scratch,
            out=args.out,
            device=pick_device(args.device),
            progress=progress,
        )
    if fitted.descent.ended == "stopped":
        echo(f"interrupted: kept is the best so far, after {fitted.descent.best.update} updates", file=sys.stderr)
    if args.json:
        print(json.dumps(fitted.to_json(), ensure_ascii=False))
    else:
        _print(fitted)
    return OK


_BAR = "{desc} |{bar}| {elapsed}"


def _print(fitted: Fitted) -> None:
    from mnemoscope.training.fitting.subject import BASELINES

    figures, descent, split = fitted.figures, fitted.descent, fitted.source.split
    subject = fitted.source.subject
    echo(figures.advice.text)
    echo(
        f"fitted to steps 0 to {split.held_back}, stopped by {split.held_back} to {split.test}, "
        f"scored on {split.test} to {split.steps}, never seen"
    )
    names = {"before": "before", "after": "after"} | {key: BASELINES[key] for key in subject.baselines}
    if figures.period is not None:
        names["seasonal"] += f" ({figures.period} steps)"
    echo(f"{subject.task.metric}; {figures.blocks} blocks, in brackets 5 to 95 % over blocks. {subject.task.measure}")
    for key, name in names.items():
        found = figures.bands[key]
        span = "" if found is None or found[0] == found[1] else f"  ({found[0]:.3f} to {found[1]:.3f})"
        echo(f"    {name:<30} {figures.scores[key]:.3f}{span}")
    echo(
        f"{descent.updates} updates in {descent.seconds:.1f} s, best after {descent.best.update}; "
        f"ended: {_ENDED[descent.ended]}; seed {fitted.seed}"
    )
    echo(f"{fitted.path}: a checkpoint of your own; give its folder to --models, delete it to forget it")


_ENDED = {
    "seconds": "the seconds were spent",
    "updates": "the updates were spent",
    "no longer better": "the held-back error fell no further",
    "stopped": "interrupted",
    "not finite": "the loss was no longer a number",
}
