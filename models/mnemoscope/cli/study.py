"""`mnemoscope study`: repeat the study, go on with one that was interrupted, say what there is."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from pathlib import Path

from mnemoscope.cli.commands import INTERRUPTED, NOT_OK, OK, echo
from mnemoscope.errors import MnemoscopeError


def study(args: argparse.Namespace) -> int:
    """Run what is wanted and missing, then print the tables; --list and --report run nothing."""
    from mnemoscope.training.study import report
    from mnemoscope.training.study.rows import rows
    from mnemoscope.training.study.trials import trials

    wanted = [trial for trial in trials() if args.only is None or trial.id.startswith(args.only)]
    if args.list:
        have = {row["id"] for row in rows(args.out)}
        for trial in wanted:
            echo(f"{'done' if trial.id in have else 'open'}  {trial.id}")
        return OK
    code = OK
    if not args.report:
        spawned = multiprocessing.get_context("spawn")
        workers = [spawned.Process(target=_work, args=(args.out, args.only)) for _ in range(args.processes)]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                worker.join()
        except KeyboardInterrupt:
            for worker in workers:
                worker.terminate()
            return INTERRUPTED
        code = NOT_OK if any(worker.exitcode for worker in workers) else OK
    print(report.text(rows(args.out), wanted))
    if args.markdown:
        args.markdown.write_text(report.document(rows(args.out), wanted), encoding="utf-8")
    if args.surfaces:
        from mnemoscope.cli.retention import page
        from mnemoscope.training.study.surfaces import surfaces

        if not (found := surfaces(rows(args.out), wanted)):
            raise MnemoscopeError(f"{args.out} has no row yet of a model that was asked for several segments")
        args.surfaces.write_text(page(found, "Delay × segment"), encoding="utf-8")
    return code


def _work(out: Path, only: str | None) -> None:
    import torch

    from mnemoscope.training.study.run import study as run_study
    from mnemoscope.training.study.trials import trials

    torch.set_num_threads(1)
    parent = os.getppid()

    def progress(text: str) -> None:
        echo(text, file=sys.stderr)
        if os.getppid() != parent:  # whoever started the study is gone, killed perhaps: nobody would stop this process
            raise SystemExit(1)

    run_study(out, [trial for trial in trials() if only is None or trial.id.startswith(only)], progress=progress)
