"""`mnemoscope retention`: how long a signal is remembered, as a table, an object of JSON, or a picture."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnemoscope.cli.commands import OK, echo
from mnemoscope.errors import MnemoscopeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import plotly.graph_objects as go

    from mnemoscope.measuring.retention.measure import Retention
    from mnemoscope.measuring.retention.rows import Row

SHOWN = (0, 1, 2, 5, 10, 20, 40, 50, 63, 79, 100, 126, 200, 398)
"""Delays of the table where more were measured."""
OF_SERIES = ("channel", "sample_rate", "resample_to", "start", "stop", "missing", "scaling")


def retention(args: argparse.Namespace) -> int:
    """Measure, with progress on stderr; the result goes to stdout."""
    from tqdm import tqdm

    from mnemoscope.cli.reading import reading_of
    from mnemoscope.measuring.retention import order
    from mnemoscope.measuring.retention.looks import REFERENCES, label

    if not args.models and not (args.view == "provenance" and str(args.signal).endswith(".mnemo")):
        raise MnemoscopeError("name the models with --models, such as --models lstm,ntm")
    of_series = {name: getattr(args, name) for name in OF_SERIES if getattr(args, name) is not None} | reading_of(args)
    delays = len(set(args.delays)) if args.delays else order.POINTS
    total = delays * len(args.segments) * (len(args.models) + len(REFERENCES)) if args.view == "behaviour" else None
    with tqdm(total=total, desc="measuring", unit=" points", disable=None) as bar:

        def progress(row: Row) -> None:
            bar.set_description(f"{label(row.model)}, delay {row.delay}", refresh=False)
            bar.update()

        found = _measured(args, of_series, progress)
    for note in found.notes:
        echo(f"note: {note}", file=sys.stderr)
    if args.out is not None:
        write(found, args.out)
        echo(f"{args.out}: the figure", file=sys.stderr)
    if args.json:
        print(json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False))
    else:
        for line in table(found) if args.view == "behaviour" else shares(found):
            echo(line)
    return OK


def _measured(args: argparse.Namespace, of_series: dict[str, Any], progress: Callable[[Row], None]) -> Retention:
    """What was asked for; the ledger of a recording needs no torch."""
    if not args.models:
        from mnemoscope.measuring.retention.ledger import of_file

        return of_file(args.signal, ages=args.delays)
    import torch

    from mnemoscope.running.record import pick_device
    from mnemoscope.running.retention import retention as measure

    torch.set_num_threads(1)  # batches this small wait longer for a second thread than they gain
    return measure(
        all_seeds(args.models) if args.all_seeds else args.models,
        args.signal,
        view=args.view,
        delays=args.delays,
        segments=args.segments,
        windows=args.windows,
        seed=args.seed,
        device=pick_device(args.device),
        progress=progress,
        **of_series,
    )


def all_seeds(models: Sequence[str | Path]) -> list[str | Path]:
    """Models with all seeds of their trainings; the folder of a checkpoint is one. Raises UnknownModel."""
    from mnemoscope.checkpoints.names import resolve, with_seeds
    from mnemoscope.tasks import SignalRecall

    found: list[str | Path] = []
    for one in models:
        found += [one] if isinstance(one, Path) else with_seeds(resolve([one], SignalRecall.name))
    return found


def write(found: Retention, path: Path) -> None:
    """The figures as one page that opens from disk, offline: delay × segment of every model too, where both were several."""
    path.write_text(page([found.figure(), *found.surfaces()], "Retention"), encoding="utf-8")


def page(figures: Sequence[go.Figure], title: str) -> str:
    """Figures one below the other, as the text of one HTML file that needs no network."""
    config = {"displayModeBar": False}
    parts = [
        figure.to_html(full_html=False, include_plotlyjs=k == 0, config=config) for k, figure in enumerate(figures)
    ]
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>'
    return "\n".join([head, *parts, "</body></html>"])


def shares(found: Retention) -> list[str]:
    """A line a model and bank: shares at some delays, then capacity or half-life."""
    from mnemoscope.measuring.retention.looks import label

    content = bool(found.capacities)
    ends = {(c.model, c.bank): c.text for c in found.capacities} | {(h.model, h.bank): h.text for h in found.half_lives}
    known = {row.delay for row in found.rows}
    delays = [delay for delay in SHOWN if delay in known] or sorted(known)[:12]
    what = "held-out R² of x(t − lag)" if content else "share of a write that is still held, by its age"
    lines = [f"{found.signal}: {what}"]
    end = "capacity" if content else "half-life"
    lines.append(f"{'lag' if content else 'age':<40}" + "".join(f"{delay:>8}" for delay in delays) + f"{end:>12}")
    for model, bank in dict.fromkeys((row.model, row.bank) for row in found.rows):
        at = {
            row.delay: row.r2 if content else row.held for row in found.rows if (row.model, row.bank) == (model, bank)
        }
        cells = "".join(f"{'' if (value := at.get(delay)) is None else f'{value:.3f}':>8}" for delay in delays)
        name = f"{label(model)}, {bank or 'whole state'}" if (model, bank) in ends else label(model)
        lines.append(f"{name:<40}{cells}{ends.get((model, bank), ''):>12}")
    return lines


def table(found: Retention) -> list[str]:
    """A block a segment length: a line a model, a column a delay, then where its errors pass 0.1 and 0.5."""
    from mnemoscope.measuring.retention.looks import label
    from mnemoscope.measuring.retention.rows import LEVELS

    lines: list[str] = []
    for segment in dict.fromkeys(row.segment for row in found.rows):
        rows = [row for row in found.rows if row.segment == segment]
        delays = sorted({row.delay for row in rows})
        trained = {row.delay for row in rows if row.trained}
        counts = sorted({row.n for row in rows})
        windows = " to ".join(str(count) for count in (counts[:1] if len(counts) == 1 else (counts[0], counts[-1])))
        lines.append(
            f"{found.signal}: relative RMSE of the replay of {segment} steps, {windows} window{'s' if counts != [1] else ''}"
        )
        heads = [f"{delay}{'' if delay in trained else '*'}" for delay in delays]
        lines.append(
            f"{'delay':<26}"
            + "".join(f"{head:>8}" for head in heads)
            + "".join(f"{f'≤ {level}':>12}" for level in LEVELS)
        )
        for model in dict.fromkeys(row.model for row in rows):
            errors = {row.delay: row.error for row in rows if row.model == model}
            shown = "".join(f"{_number(errors[delay]) if delay in errors else '':>8}" for delay in delays)
            known = [h for h in found.horizons if (h.model, h.segment) == (model, segment)]
            lines.append(f"{label(model):<26}{shown}" + "".join(f"{h.text:>12}" for h in known))
        if len(trained) < len(delays):
            lines.append("* beyond what the models were trained on")
    for death in found.causes:
        lines.append(f"{label(death['model'])} at {death['delay']}, window {death['window']}: {death['sentence']}")
    return lines


def _number(error: float | None) -> str:
    return "not finite" if error is None else f"{error:.3f}"
