"""What a reader says of a file beside its numbers: what it assumed, what it asks, what it left out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from mnemoscope.signals.counted import counted, lines_text
from mnemoscope.signals.importers.options import ImportOptions, switches

MAX_LEFT_OUT = 1000
"""Lines left out that are listed one by one; more are counted."""


class Alternative(NamedTuple):
    """Another way to read the file, and the ImportOptions that ask for it."""

    label: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Guess:
    """One thing that a reader decided without being asked."""

    what: str
    """"decimal sign", "order of day and month", …"""
    chosen: str
    evidence: str = ""
    alternatives: tuple[Alternative, ...] = ()
    question: bool = False
    """Whether an alternative is within reach, so that only the user can decide."""

    def entry(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "what": self.what,
            "chosen": self.chosen,
            "evidence": self.evidence,
            "alternatives": [
                {"label": other.label, "options": other.options, "switches": switches(other.options)}
                for other in self.alternatives
            ],
        }


@dataclass
class LeftOut:
    """Lines of a file that became no row, with the reason."""

    count: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def add(self, line: int, why: str, text: str = "") -> None:
        """Count line `line` (from 1); the first MAX_LEFT_OUT are listed."""
        self.count += 1
        if len(self.lines) < MAX_LEFT_OUT:
            self.lines.append({"line": line, "why": why, "text": "".join(c for c in text[:60] if c.isprintable())})

    def sentences(self) -> list[str]:
        """A sentence for each reason."""
        reasons: dict[str, list[int]] = {}
        for entry in self.lines:
            reasons.setdefault(entry["why"], []).append(entry["line"])
        found: list[str] = []
        for why, lines in reasons.items():
            found.append(f"{counted(len(lines), 'line')} left out: {why} ({lines_text(lines)})")
        if self.count > len(self.lines):
            found.append(f"{counted(self.count - len(self.lines), 'further line')} left out")
        return found


def file_facts(path: Path, format_name: str, options: ImportOptions, **facts: Any) -> dict[str, Any]:
    """The part of a report that says which file this is and how it is written; what a format has none of is null or empty."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    found: dict[str, Any] = {
        "format": format_name,
        "details": {},
        "parts": [],
        "encoding": None,
        "delimiter": None,
        "decimal": None,
        "grouping": None,
        "header": True,
        "names_line": None,
        "first_line": None,
        "bytes": path.stat().st_size,
        "sha256": digest,
        "options": options.given(),
        "first_rows": [],
        "lines": [],
        "span": [],
        "resolved": options.given(),
    }
    return found | facts


def question_lines(report: Mapping[str, Any]) -> list[str]:
    """What a report asks, as sentences."""
    lines: list[str] = []
    for asked in report.get("questions", []):
        others = "; ".join(f"{other['label']}: {other['switches']}" for other in asked["alternatives"][:4])
        why = f" ({asked['evidence']})" if asked["evidence"] else ""
        lines.append(f"{asked['what']}: taken as {asked['chosen']}{why}" + (f". Otherwise {others}" if others else ""))
    return lines
