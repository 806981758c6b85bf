"""The tables of docs/format.md that follow from the registry.

python -m mnemoscope.kinds                   # prints them
python -m mnemoscope.kinds docs/format.md    # puts them between their marks in that file
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from mnemoscope.format.layout import FLAGS
from mnemoscope.kinds import KINDS
from mnemoscope.kinds.base import Tensor
from mnemoscope.kinds.bounds import listed

BLOCK = re.compile(r"(<!-- kinds: (\w+) -->\n).*?(<!-- /kinds -->)", re.DOTALL)
"""A generated part of a document: its name, and what stands between its marks."""


def tables() -> dict[str, str]:
    """Every generated part by its name, as Markdown."""
    return {"tensors": _tensors(), "rules": _rules(), "bounds": _bounds()}


def renewed(document: str) -> str:
    """A document with its generated parts made again."""
    made = tables()
    return BLOCK.sub(lambda block: f"{block[1]}{made[block[2]]}\n{block[3]}", document)


def _tensors() -> str:
    """Update, recorded tensors and keyframe, a row for every variant of a kind."""
    rows = [
        (
            variant.title,
            variant.update,
            _listed(kind.frame(bank), variant.recorded),
            _listed(kind.keyframe(bank), variant.keyframe) or "none",
        )
        for kind in KINDS.values()
        for variant in kind.variants
        for bank in [kind.bank("", width=1, slots=None if kind.grows else 1, **variant.options)]
    ]
    return _table(("bank kind", "update (exact)", "recorded per step", "keyframe"), rows)


def _rules() -> str:
    """Options, the bank shown where none is named, what is held, how it is lost, and how full a bank is: a row a kind."""
    rows = [
        (
            f"`{kind.name}`",
            ", ".join(f"`{option}`" for option in kind.options) or "none",
            "last" if kind.last_by_default else "first",
            kind.held_rule,
            "0 … 1" if kind.fades else "may be negative, or grow again",
            kind.loss_rule,
            kind.occupancy_rule,
        )
        for kind in KINDS.values()
    ]
    heads = ("bank kind", "options", "bank looked at first", "A, what a step writes; D, what a later step makes of it")
    return _table((*heads, "held", "lost", "how full"), rows)


def _bounds() -> str:
    """What `verify` expects of the numbers of a bank: a row a kind, and one for every flag that changes it."""
    rows: list[tuple[str, str]] = []
    for kind in KINDS.values():
        slots = None if kind.grows else 1
        plain = listed(kind.bounds(kind.bank("", width=1, slots=slots)))
        rows.append((f"`{kind.name}`", plain))
        for flag in (option for option in kind.options if option in FLAGS):
            flagged = listed(kind.bounds(kind.bank("", width=1, slots=slots, **{flag: True})))
            rows += [(f"`{kind.name}` with `{flag}`", flagged)] if flagged != plain else []
    return _table(("bank kind", "what its numbers must satisfy"), rows)


def _listed(tensors: Sequence[Tensor], more: str) -> str:
    names = [f"`{t.name} [{', '.join(t.axes)}]` {t.remark}".replace("[gate]", "[1]").strip() for t in tensors]
    return ", ".join([*names, more] if more else names).replace(", (", " (")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
    if not sys.argv[1:]:
        print("\n\n".join(tables().values()))
