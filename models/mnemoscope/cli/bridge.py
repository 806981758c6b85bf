"""`mnemoscope bridge`: prove on the spot that a Transformer is a stateless DNC, and show what each DNC mechanism changes."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from mnemoscope.cli.commands import NOT_OK, OK
from mnemoscope.errors import UnknownModel

PARTS = {
    "own_step": "stateless DNC vs the Transformer's own step",
    "torch_layers": "stateless DNC vs torch.nn.TransformerEncoder",
    "graves_memory": "genuine DNC memory vs the Transformer's own step",
}


def bridge(args: argparse.Namespace) -> int:
    """Measure one Transformer or all the usual ones; NOT_OK when a difference is larger than rounding explains."""
    import torch
    from tqdm import tqdm

    from mnemoscope.measuring.bridge import DEFAULT, measure, ship

    torch.set_num_threads(1)  # a batch of one gains nothing from a second thread
    if args.out:
        if not args.model:
            raise UnknownModel("--out wants --model: the checkpoint that is to be written as a stateless DNC")
        card = ship(args.model, args.out)
        print(f"{args.out}: {card['label']} with the weights of {args.model}")
        return OK
    names = [args.model] if args.model else list(DEFAULT)
    good = True
    for name in tqdm(names, desc="measuring", unit=" models", disable=None):
        found = measure(args.seed, name=name)
        good = good and found["ok"]
        for line in [json.dumps(found)] if args.json else lines(found):
            tqdm.write(line, file=sys.stdout)
    return OK if good else NOT_OK


def lines(found: dict[str, Any]) -> list[str]:
    """What `measure` found, to be read."""
    on = f"task {found['task']}" if found["task"] else "random inputs"
    sizes = f"{found['layers']} layers, {found['heads']} heads, width {found['width']}"
    out = [f"{found['model']}: {sizes}, {found['steps']} steps of {on}"]
    for part, title in PARTS.items():
        if found[part] is None:
            out.append(f"  --  {title}: torch has no {found['positions']} positions")
            continue
        for precision, row in found[part].items():
            exact = " (every bit agrees)" if part == "own_step" and row["equal"] else ""
            mark = "ok " if row["equal"] else "NOT"
            out.append(f"  {mark} {title}, {precision}: {row['difference']:.1e} of {row['scale']:.3g}{exact}")
    out.append(f"      (rounding alone moves the Transformer's own step by {found['rounding']:.1e} in float32)")
    scored = f", {found['metric']}" if found["metric"] else ""
    out.append(f"  the same weights in the genuine memory, largest difference from the Transformer{scored}:")
    for row in found["ladder"]:
        settings = " ".join(f"{name}={value:g}" for name, value in row["settings"].items()) or "Transformer"
        since = "never" if row["first_step"] is None else f"from step {row['first_step']}"
        score = "" if row["score"] is None else f"  {row['score']:.3g}"
        out.append(f"      {row['rung']:<22}{settings:<70}{row['difference']:<9.1e}{since:<14}{score}")
    return out
