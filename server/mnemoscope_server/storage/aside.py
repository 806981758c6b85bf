"""What cannot be used of a data folder is put aside in it, never removed: `<data>/set-aside/<when>-<name>`."""

from datetime import UTC, datetime
from pathlib import Path

ASIDE = "set-aside"


def set_aside(folder: Path, path: Path, *companions: Path) -> Path:
    """Move a file or folder, and what belongs to it, out of the way -> where it is now. Raises OSError."""
    target = folder / ASIDE
    target.mkdir(exist_ok=True)
    when = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    for companion in companions:
        if companion.exists():
            companion.rename(target / f"{when}-{companion.name}")
    return path.rename(target / f"{when}-{path.name}")
