"""Uploads as objects, `uploads/<id>/<file>`, so that a run from one can begin on any server."""

import shutil
import time
from pathlib import Path, PurePosixPath

from mnemoscope_server.storage.blobs.bucket import Blob, Blobs

UPLOADS = "uploads"


def keep(blobs: Blobs, folder: Path, *, last: str) -> None:
    """Put the folder of an upload into the bucket, the file `last` after all others: where that is, all are. Raises BlobTrouble, OSError."""
    files = sorted((file for file in folder.rglob("*") if file.is_file()), key=lambda file: file.name == last)
    for file in files:
        blobs.put(f"{UPLOADS}/{folder.name}/{file.relative_to(folder).as_posix()}", file)


def has(blobs: Blobs, identity: str, *, last: str) -> bool:
    """Whether all of an upload is in the bucket. Raises BlobTrouble."""
    return any(blob.key == f"{UPLOADS}/{identity}/{last}" for blob in blobs.list(f"{UPLOADS}/{identity}"))


def fetch(blobs: Blobs, identity: str, part: Path) -> bool:
    """Make a folder of an upload -> whether it is there still. Raises BlobTrouble, OSError."""
    try:
        for blob in blobs.list(f"{UPLOADS}/{identity}"):
            target = part / PurePosixPath(blob.key).relative_to(UPLOADS, identity)
            target.parent.mkdir(parents=True, exist_ok=True)
            blobs.fetch(blob.key, target)
    except FileNotFoundError:  # removed meanwhile
        shutil.rmtree(part, ignore_errors=True)
        return False
    return True


def identities(blobs: Blobs) -> set[str]:
    """Ids of the uploads in the bucket. Raises BlobTrouble."""
    return {blob.key.split("/")[1] for blob in blobs.list(UPLOADS)}


def remove(blobs: Blobs, identity: str) -> None:
    """Raises BlobTrouble."""
    blobs.delete(*(blob.key for blob in blobs.list(f"{UPLOADS}/{identity}")))


def sweep(blobs: Blobs, *, seconds: float, most_bytes: int) -> None:
    """Remove uploads that are older, then the oldest until the rest fits. Raises BlobTrouble."""
    folders: dict[str, list[Blob]] = {}
    for blob in blobs.list(UPLOADS):
        folders.setdefault(blob.key.split("/")[1], []).append(blob)
    total, old = 0, time.time() - seconds
    for blobs_ in sorted(folders.values(), key=lambda found: -max(blob.modified for blob in found)):
        total += sum(blob.size for blob in blobs_)
        if total > most_bytes or max(blob.modified for blob in blobs_) < old:
            blobs.delete(*(blob.key for blob in blobs_))
