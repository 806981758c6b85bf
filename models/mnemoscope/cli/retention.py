"""`mnemoscope retention`: how long a signal is remembered, as a table, an object of JSON, or a picture."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnemoscope.cli.commands import OK, echo

if TYPE_CHECKING:
    from mnemoscope.measuring.retention.measure import Retention

OF_SERIES = ("channel", "sample_rate", "resample_to", "start", "stop", "missing", "scaling")


def retention(args: argparse.Namespace) -> int:
    """Measure, with progress on stderr; the result goes to stdout."""
    import torch
    from tqdm import tqdm

    from mnemoscope.measuring.retention import order
    from mnemoscope.measuring.retention.looks import REFERENCES, label
    from mnemoscope.measuring.retention.measure import retention as measure
    from mnemoscope.running.record import pick_device

    torch.set_num_threads(1)  # batches this small wait longer for a second thread than they gain
    of_series = {name: getattr(args, name) for name in OF_SERIES if getattr(args, name) is not None}
    delays = len(set(args.delays)) if args.delays else order.POINTS
    total = delays * len(args.segment) * (len(args.models) + len(REFERENCES))
    with tqdm(total=total, desc="measuring", unit=" points", disable=None) as bar:

        def progress(row: Any) -> None:
            bar.set_description(f"{label(row.model)}, delay {row.delay}", refresh=False)
            bar.update()

        found = measure(
            args.models,
            args.signal,
            delays=args.delays,
            segments=args.segment,
            windows=args.windows,
            seed=args.seed,
            device=pick_device(args.device),
            progress=progress,
            **of_series,
        )
    for note in found.notes:
        echo(f"note: {note}", file=sys.stderr)
    if args.out is not None:
        write(found, args.out)
        echo(f"{args.out}: the figure", file=sys.stderr)
    if args.json:
        print(json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False))
    else:
        for line in table(found):
            echo(line)
    return OK


def write(found: Retention, path: Path) -> None:
    """The figure as one page that opens from disk, offline."""
    found.figure().write_html(path, include_plotlyjs=True, config={"displayModeBar": False})  # pyright: ignore[reportUnknownMemberType]


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
    return lines


def _number(error: float | None) -> str:
    return "not finite" if error is None else f"{error:.3f}"
