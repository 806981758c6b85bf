"""The rows of the study: where they lie, and what they hold. No torch, so that a page can show them."""

import json
from pathlib import Path
from typing import Any

from mnemoscope.checkpoints import store
from mnemoscope.errors import TrainingError

ROWS = "rows.jsonl"
FOLDER = "study"
"""Beside the checkpoints."""

Row = dict[str, Any]


def rows(folder: Path) -> list[Row]:
    """What there is, in the order in which it was measured. Raises TrainingError for a line that is no JSON."""
    path = folder / ROWS
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    try:
        return [json.loads(line) for line in lines]
    except json.JSONDecodeError as error:
        raise TrainingError(f"{path}: {error}; remove that line and its trial is run again") from None


def shipped() -> list[Row]:
    """The rows that came with the program, the first folder of checkpoints that has some winning."""
    for folder in store.folders():
        if found := rows(folder / FOLDER):
            return found
    return []
