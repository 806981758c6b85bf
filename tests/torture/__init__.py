"""What only numbers show: faults of one in a hundred."""

from pathlib import Path


def traceback_in(folder: Path) -> str:
    """The first that the server in `folder` has logged, and what came before it; empty where there is none."""
    log = (folder / "stderr.txt").read_text()
    at = log.find("Traceback")
    return "" if at < 0 else log[max(0, at - 500) : at + 4000]
