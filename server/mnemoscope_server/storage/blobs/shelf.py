"""Recordings as objects: every finished one is in the bucket, and what is read lies in the data folder, as a copy that can be made again.

    recordings/<id>/<hash>.mnemo   a recording; an object never changes, an amended recording is another one
    recordings/<id>/owner          whose it is     recordings/<id>/verdict.json   its verdict     pins/<id>   pinned

The row of the index names the object that a recording is now (`Entry.blob`). Beside a copy lies its note, `<id>.object`, with the key
of that object. A recording without a note is not in the bucket yet. So a server that is killed at any moment loses nothing.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from mnemoscope.reading import verdicts
from mnemoscope_server.storage.blobs.bucket import Blob, Blobs

log = logging.getLogger("mnemoscope.blobs")

NOTE = ".object"
RECORDINGS, PINS = "recordings", "pins"
OWNER, VERDICT = "owner", "verdict.json"


def note_file(recording: Path) -> Path:
    """Where it stands of which object a file is a copy."""
    return recording.with_suffix(NOTE)


def noted(recording: Path) -> str:
    """The object that a file is a copy of; "" = it is in no bucket yet, or not here."""
    try:
        return note_file(recording).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


class Shelf:
    """The objects of recordings, and the copies of them in one folder."""

    def __init__(self, blobs: Blobs, folder: Path, *, most_bytes: int) -> None:
        """most_bytes: of copies in `folder`; those that were not read for longest go first."""
        self.blobs, self.folder, self.most_bytes = blobs, folder, most_bytes

    # --- to the bucket

    def keep(self, path: Path, *, owner: str) -> str:
        """Put a finished recording into the bucket, with what lies beside it -> its key. The caller holds it. Raises BlobTrouble, OSError."""
        key = self.put(path, path.stem)
        if owner:
            self.blobs.put(f"{RECORDINGS}/{path.stem}/{OWNER}", owner.encode())
        self.keep_verdict(path)
        return key

    def put(self, file: Path, recording: str) -> str:
        """Put a file into the bucket as an object of a recording -> its key. Raises BlobTrouble, OSError."""
        key = f"{RECORDINGS}/{recording}/{_digest(file)}.mnemo"
        self.blobs.put(key, file)
        return key

    def keep_verdict(self, path: Path) -> None:
        """Put the verdict that lies beside a recording into the bucket. Raises BlobTrouble."""
        if (found := verdicts.file_of(path)).exists():
            self.blobs.put(f"{RECORDINGS}/{path.stem}/{VERDICT}", found)

    def fetch_verdict(self, path: Path, part: Path) -> None:
        """Put the verdict that the bucket has of a recording beside its file, where there is one. Raises BlobTrouble, OSError."""
        if (verdict := self.blobs.get(f"{RECORDINGS}/{path.stem}/{VERDICT}")) is not None:
            try:
                part.write_bytes(verdict)
                part.replace(verdicts.file_of(path))
            finally:
                part.unlink(missing_ok=True)

    def note(self, path: Path, key: str) -> None:
        """A file is a copy of this object: it may go when there is too little room. Raises OSError."""
        part = note_file(path).with_name(f".{path.stem}.{os.getpid()}.part")
        part.write_text(key, encoding="utf-8")
        part.replace(note_file(path))

    # --- from the bucket

    def fetch(self, path: Path, key: str, part: Path) -> None:
        """Make a file a copy of an object. The caller holds it. Raises FileNotFoundError where there is none, BlobTrouble, OSError.

        Killed at any point, file and note never claim the file to be an object that it is not.
        """
        try:
            self.blobs.fetch(key, part)
            if new := not path.exists():
                self.note(path, key)
            part.replace(path)
            if not new:
                self.note(path, key)
            self.fetch_verdict(path, part)
        finally:
            part.unlink(missing_ok=True)

    def read(self, path: Path) -> None:
        """A copy was read now."""
        os.utime(note_file(path))

    def make_room(self, hold: Callable[[str], AbstractContextManager[None]]) -> None:
        """Remove the copies that were not read for longest, where they take too much."""
        copies: list[tuple[int, Path, int]] = []
        for note in self.folder.glob(f"*{NOTE}"):
            path = note.with_suffix(".mnemo")
            try:
                copies.append((note.stat().st_mtime_ns, path, path.stat().st_size))
            except FileNotFoundError:  # gone meanwhile
                continue
        total = sum(size for _, _, size in copies)
        for _, path, size in sorted(copies):
            if total <= self.most_bytes:
                return
            with hold(path.stem):
                if noted(path):
                    self.drop(path)
            total -= size

    def drop(self, path: Path) -> None:
        """Remove a copy, the file first: a file without a note would be one that is in no bucket."""
        for file in (path, verdicts.file_of(path), note_file(path)):
            file.unlink(missing_ok=True)

    # --- all of them

    def remove(self, recording: str) -> None:
        """Remove all objects of a recording. Raises BlobTrouble."""
        keys = [blob.key for blob in self.blobs.list(f"{RECORDINGS}/{recording}")]
        self.blobs.delete(f"{PINS}/{recording}", *keys)

    def owner(self, recording: str) -> str:
        """Whose a recording is, by the bucket. Raises BlobTrouble."""
        found = self.blobs.get(f"{RECORDINGS}/{recording}/{OWNER}")
        return found.decode("utf-8", "replace")[:64] if found else ""

    def has(self, recording: str) -> bool:
        """Whether a recording is in the bucket. Raises BlobTrouble."""
        return any(blob.key.endswith(".mnemo") for blob in self.blobs.list(f"{RECORDINGS}/{recording}"))

    def objects(self) -> dict[str, list[Blob]]:
        """The recordings in the bucket by id, and their objects, the newest last. Raises BlobTrouble."""
        found: dict[str, list[Blob]] = {}
        for blob in sorted(self.blobs.list(RECORDINGS), key=lambda blob: blob.modified):
            recording = blob.key.removeprefix(f"{RECORDINGS}/").partition("/")[0]
            if blob.key.endswith(".mnemo"):
                found.setdefault(recording, []).append(blob)
        return found

    def pin(self, recording: str, wanted: bool) -> None:
        """Raises BlobTrouble."""
        if wanted:
            self.blobs.put(f"{PINS}/{recording}", b"")
        else:
            self.blobs.delete(f"{PINS}/{recording}")

    def pinned(self) -> set[str]:
        """Raises BlobTrouble."""
        return {blob.key.removeprefix(f"{PINS}/") for blob in self.blobs.list(PINS)}


def _digest(file: Path) -> str:
    """By which an object is named: 128 bits of the file's SHA-256."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:32]
