"""Recordings that users bring as files: proved by a bounded child process, never trusted, then as any other of this server.

A file that contradicts itself is refused. One that only lacks its end gets it. Who made it listed it elsewhere, for a time
chosen there: here it is private and stays. Its id stays too, so that links to it mean the same on every server, unless that id
is another recording's here.
"""

import asyncio
import base64
import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mnemoscope.errors import RecordingError
from mnemoscope.reading.recording import Recording, amend
from mnemoscope_server.errors import Expired, UnknownRecording
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import proof
from mnemoscope_server.storage.index import Entry
from mnemoscope_server.storage.store import ID, Store, new_id

PRIVATE: dict[str, Any] = {"visibility": "private", "expires": None}


@dataclass(frozen=True)
class Brought:
    """A recording that was brought: its row, what was mended, and whether it was here before."""

    entry: Entry
    notes: list[str]
    known: bool


class Bringing:
    """Takes in recordings, one proof at a time."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings, self.store = settings, store
        self._checking = asyncio.Semaphore(1)

    async def take(self, file: BinaryIO, *, owner: str) -> Brought:
        """Take in a `.mnemo` file. Raises ImportFileError for one that is not sound, DiskFull."""
        identity = new_id()
        part, answer = self.store.tmp / f"{identity}.brought", self.store.tmp / f"{identity}.json"
        try:
            await asyncio.to_thread(self._copy, file, part)
            async with self._checking:
                missing = await proof.prove(part, answer, memory=self.settings.parse_memory)
                return await asyncio.to_thread(self._keep, part, identity, owner, missing)
        finally:
            part.unlink(missing_ok=True)
            answer.unlink(missing_ok=True)

    def _copy(self, file: BinaryIO, target: Path) -> None:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        self.store.require_space(size)
        with target.open("wb") as out:
            shutil.copyfileobj(file, out, 1 << 20)

    def _keep(self, part: Path, spare: str, owner: str, missing: list[str]) -> Brought:
        """Mend the file, give it an id that is free, and index it."""
        with Recording.open(part) as recording:
            manifest, finished = recording.manifest, recording.finished
        changed: dict[str, Any] = {} if finished else {"status": "stopped"}
        if manifest.get("sharing", PRIVATE) != PRIVATE:
            changed["sharing"] = PRIVATE
        if changed or missing:
            amend(part, changed or {"status": manifest["status"]}).close()
        with Recording.open(part) as recording:
            identity, fingerprint = manifest["id"], recording.recording_hash(recording.content_hash())
        if self._taken(identity) and not self._is(identity, fingerprint):
            identity = _derived(fingerprint)  # the same file brought again gets the same
            known = self.store.get(identity)
            if known is not None and not self._over(identity):
                return Brought(known, [], known=True)
            if self._taken(identity):
                identity = spare
            amend(part, {"id": identity}).close()
        elif self._taken(identity):
            return Brought(self.store.get(identity) or self.store.index(identity), [], known=True)
        return Brought(self.store.take_in(part, identity, owner=owner), missing, known=False)

    def _taken(self, identity: str) -> bool:
        """Whether a file may not come under this id: it is none, or is or was another's."""
        return not ID.fullmatch(identity) or self._over(identity) or self.store.has(identity)

    def _over(self, identity: str) -> bool:
        try:
            self.store.require_current(identity)
        except Expired:
            return True
        return False

    def _is(self, identity: str, wanted: str) -> bool:
        """Whether the recording of that id is here and has this recording hash."""
        if not ID.fullmatch(identity) or self._over(identity):
            return False
        with contextlib.suppress(RecordingError, UnknownRecording):
            self.store.bring(identity)
        with contextlib.suppress(RecordingError), Recording.open(self.store.path(identity)) as here:
            return here.recording_hash(here.content_hash()) == wanted
        return False


def _derived(recording_hash: str) -> str:
    """An id that follows from what is recorded, where the file's own is no id or is another's."""
    return base64.urlsafe_b64encode(bytes.fromhex(recording_hash))[:22].decode()
