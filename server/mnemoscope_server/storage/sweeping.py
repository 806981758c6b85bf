"""Which recordings a server removes by itself: the old ones, and the oldest where all of them take too much. Pinned ones stay.

A pin is an empty file beside the recording, or an empty object of the bucket: it outlives the index, needs no server to be set, and is
not sent on with the file.
"""

import re
import sys
from collections.abc import Container, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.blobs.shelf import Shelf
from mnemoscope_server.storage.index import Entry, timestamp

PIN = ".pinned"
PLAIN = re.compile(r"[A-Za-z0-9_-]{22}")
"""An id: nothing that leads out of the folder."""


def pin_file(recording: Path) -> Path:
    """What lies beside a pinned recording."""
    return recording.with_suffix(PIN)


def pin(recording: Path, wanted: bool) -> None:
    """Pin the file of a recording, or no longer. Raises OSError."""
    if wanted:
        pin_file(recording).touch()
    else:
        pin_file(recording).unlink(missing_ok=True)


def pin_all(folder: Path, identities: Iterable[str], *, wanted: bool, blobs: str | None = None) -> int:
    """Pin recordings of a data folder, or of a bucket, by their ids, or no longer -> exit code; servers may work. Raises BlobTrouble."""
    recordings = folder / "recordings"
    shelf = None if blobs is None else Shelf(Bucket(blobs), recordings, most_bytes=0)
    failed = 0
    for identity in identities:
        path = recordings / f"{identity}.mnemo"
        if not PLAIN.fullmatch(identity) or not (path.is_file() if shelf is None else shelf.has(identity)):
            where = folder if shelf is None else "the bucket"
            print(f"mnemoscope: there is no recording {identity[:64]} in {where}", file=sys.stderr)
            failed = 1
            continue
        if shelf is None:
            pin(path, wanted)
        else:
            shelf.pin(identity, wanted)
        print(f"{identity}: {'pinned' if wanted else 'not pinned'}")
    return failed


def due(
    entries: Iterable[Entry], *, pinned: Container[str], days: float | None, most_bytes: int | None
) -> list[tuple[Entry, str, str]]:
    """Recordings to be removed, each with the reason ("age" or "room") and in words, the oldest first. Runs that go on are not to be among `entries`.

    days, most_bytes: limits, None = none; pinned recordings count against most_bytes, but are never due.
    """
    oldest = sorted(entries, key=lambda entry: (entry.created, entry.id))
    total = sum(entry.bytes for entry in oldest)
    since = timestamp(datetime.now(UTC) - timedelta(days=days)) if days is not None else ""
    found: list[tuple[Entry, str, str]] = []
    for entry in oldest:
        if entry.id in pinned:
            continue
        if entry.created < since:
            found.append((entry, "age", f"it is older than {days:g} days"))
        elif most_bytes is not None and total > most_bytes:
            found.append((entry, "room", f"all of them take more than {most_bytes >> 20} MB, and it is the oldest"))
        else:
            continue
        total -= entry.bytes
    return found
