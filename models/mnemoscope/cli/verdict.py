"""`mnemoscope verdict`: which model of a recording answered best, and why, in words or as JSON."""

from __future__ import annotations

import argparse
import json
from typing import Any

from mnemoscope.cli.commands import OK, echo


def verdict(args: argparse.Namespace) -> int:
    """Reach the verdict of a recording and print it."""
    import torch

    import mnemoscope
    from mnemoscope.running.other_signals import elsewhere

    torch.set_num_threads(1)  # a batch of one gains nothing from a second thread
    with mnemoscope.open(args.file) as recording:
        found = mnemoscope.verdict(recording)
        found = found | {"elsewhere": elsewhere(found, recording.manifest)}
    if args.json:
        print(json.dumps(found, ensure_ascii=False, allow_nan=False))
        return OK
    for line in _lines(found):
        echo(line)
    return OK


def _lines(found: dict[str, Any]) -> list[str]:
    beside = found["elsewhere"]["text"] if found["elsewhere"] else ""
    lines = [" ".join(part for part in (found["question"], found["when"], found["note"], beside) if part), ""]
    width = max(len(row["label"]) for row in [*found["ranking"], *found["baselines"]])
    for rank, row in enumerate(found["ranking"], 1):
        place = "=" if row["tied"] else f"{rank}"
        lines.append(f"{place:>3}  {row['label']:<{width}}  {_numbers(row)}")
        lines.append(f"     {'':<{width}}  {row['because'] or 'nothing to say'}")
    for base in found["baselines"]:
        lines.append(f"     {base['label']:<{width}}  {_error(base)}")
    return lines


def _numbers(row: dict[str, Any]) -> str:
    parts = [_error(row)]
    if row["unit_error"] is not None:
        parts.append(f"{row['unit_error']:.3g} {row['unit']}")
    if row["right_share"] is not None:
        parts.append(f"{100 * row['right_share']:.0f}% from the right place")
    if row["floats"] is not None:
        parts.append(f"{row['floats']} floats kept{', grows' if row['floats_grow'] else ''}")
    if row["ms_per_step"] is not None:
        parts.append(f"{row['ms_per_step']:.2f} ms a step")
    return ", ".join(parts)


def _error(row: dict[str, Any]) -> str:
    if row["error"] is None:
        return "no error: not asked"
    band = "" if row["low"] is None else f" ({100 * row['low']:.1f} to {100 * row['high']:.1f}%)"
    return f"error {100 * row['error']:.1f}%{band}"
