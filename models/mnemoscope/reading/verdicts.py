"""Verdicts that were reached already, each in a file beside its recording: `run.mnemo` and `run.verdict.json`. No torch.

A verdict follows from the recording, so it is good for as long as the recording holds the same frames and this version judges by
the same rules (mnemoscope.measuring.verdict reaches it).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

RULES = 4
"""Of the sentences and their limits; another number makes every verdict be reached again."""


def file_of(recording: str | os.PathLike[str]) -> Path:
    """Where the verdict of a recording lies."""
    return Path(recording).with_suffix(".verdict.json")


def known(recording: str | os.PathLike[str], manifest: dict[str, Any]) -> dict[str, Any] | None:
    """The verdict beside a recording with this manifest; None where there is none, or one of other frames or rules."""
    try:
        kept: Any = json.loads(file_of(recording).read_text(encoding="utf-8"))
        good = kept["rules"] == RULES and kept["content_hash"] == manifest["content_hash"]
        return kept["verdict"] if good else None
    except (OSError, ValueError, KeyError, TypeError):  # whatever lies there is no verdict of this recording
        return None


def keep(recording: str | os.PathLike[str], manifest: dict[str, Any], verdict: dict[str, Any]) -> None:
    """Put a verdict beside a recording that has ended; it appears whole. Raises OSError where nothing can be written."""
    if manifest.get("content_hash") is None:
        return
    kept = {"rules": RULES, "content_hash": manifest["content_hash"], "verdict": verdict}
    path = file_of(recording)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(kept, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
