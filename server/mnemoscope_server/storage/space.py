"""Space on the disk, of which the settings keep some free."""

import shutil
from pathlib import Path

from mnemoscope_server.errors import DiskFull


def require_space(folder: Path, *, reserve: int, more: int = 0) -> None:
    """Raises DiskFull where less than `reserve` bytes would be left in the file system of `folder` after `more` are written."""
    free = shutil.disk_usage(folder).free
    if free - more < reserve:
        raise DiskFull(f"{free >> 20} MB are free in {folder.name}, {reserve >> 20} MB are kept free")
