"""Recordings in a folder that other programs write to (`serve --watch DIR`): listed as they appear, followed as they grow, never touched.

They are strangers' files. What stands in the list is read by a bounded process, many files at a time; nothing else is read before
another has proved the recording, as one that is brought. Links and special files are refused, and only files directly in the folder count.
They belong to whoever started the server, and are private.
"""

import asyncio
import base64
import contextlib
import hashlib
import heapq
import hmac
import json
import logging
import os
import secrets
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from mnemoscope.running import gallery
from mnemoscope_server.errors import UnknownRecording
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import child, proof
from mnemoscope_server.storage.index import Entry
from mnemoscope_server.storage.store import ID, Store, new_id

log = logging.getLogger("mnemoscope.watched")

GLANCE_CHILD = "mnemoscope_server.storage.glance_child"
GLANCE_SECONDS = 120.0
SCAN_SECONDS, SCAN_SHARE = 2.0, 50.0
"""Between two looks at the folder: at least so long, and so many times as long as a look takes, so that a large one costs 2 % of a core."""
GROWING_SECONDS = 10.0
"""How often a file that grows is read anew for the list."""
LIVE_SECONDS = 600.0
"""A recording without an end that has not grown for so long is one whose writer is gone."""
MAX_FILES = 10_000
"""The newest so many of a folder are listed."""
MAX_GLANCED = 500
"""Files that one process reads."""
OWNER = "bearer"
"""Whoever holds the token of the server itself (access/owners.py)."""


class Version(NamedTuple):
    """What tells one state of a file from another."""

    device: int
    inode: int
    size: int
    modified: int
    """ns"""

    def grew_from(self, before: "Version") -> bool:
        """Whether it is the same file, and may only have been appended to."""
        return self[:2] == before[:2] and self.size >= before.size


@dataclass
class File:
    """What is known of one file."""

    version: Version
    identity: str | None = None
    """None: not listed, since it is no recording that can be read, or has no step yet."""
    entry: Entry | None = None
    """As it is listed."""
    finished: bool = False
    glanced: float = 0.0
    """When it was read for the list; 0 = never."""
    proved: Version | None = None


class Watched:
    """The recordings of one folder; of none where no folder is watched."""

    def __init__(self, settings: Settings, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder, self.store = settings.watch, store
        self.changed: Callable[[str], None] = lambda identity: None
        """Called with the id of a recording whose file is another one now, or gone."""
        self._memory, self._clock = settings.parse_memory, clock
        self._files: dict[str, File] = {}
        self._names: dict[str, str] = {}
        """Names of the files by the ids of their recordings."""
        self._proving = asyncio.Semaphore(1)
        self._crowded = False
        self._scanned = 0.0
        """Seconds that the last look at the folder took, without reading any file."""

    # --- looking things up

    def has(self, identity: str) -> bool:
        """Whether a recording is a file of the folder."""
        return identity in self._names

    def find(self, identity: str) -> Path | None:
        """The file of a recording; None where it is none of the folder's. Raises UnknownRecording where it is no plain file any more."""
        name = self._names.get(identity)
        if name is None or self.folder is None:
            return None
        if self._now(name) is None:
            raise UnknownRecording(identity)
        return self.folder / name

    def growing(self, identity: str) -> bool:
        """Whether another program seems to be writing it."""
        name = self._names.get(identity)
        if name is None:
            return False
        version = self._now(name)
        return version is not None and not self._files[name].finished and _is_fresh(version)

    async def prove(self, identity: str) -> None:
        """Before a recording of the folder is read: that it agrees with itself. Others pass. Raises ImportFileError, UnknownRecording.

        One that only grew is proved again when it has its end; until then its checksums hold.
        """
        name = self._names.get(identity)
        if name is None or self._is_proved(identity, name):
            return
        async with self._proving:
            version = self._now(name)
            if version is None or self.folder is None:
                raise UnknownRecording(identity)
            if self._is_proved(identity, name):
                return
            answer = self.store.tmp / f"{new_id()}.json"
            try:
                await proof.prove(self.folder / name, answer, memory=self._memory)
            finally:
                answer.unlink(missing_ok=True)
            if self._names.get(identity) == name:
                self._files[name].proved = version

    def _is_proved(self, identity: str, name: str) -> bool:
        version, file = self._now(name), self._files[name]
        if version is None:
            raise UnknownRecording(identity)
        if file.proved is None:
            return False
        return version == file.proved or (not file.finished and version.grew_from(file.proved))

    def _now(self, name: str) -> Version | None:
        """The file as it is now; None where there is no plain file."""
        assert self.folder is not None
        try:
            found = os.lstat(self.folder / name)
        except OSError:
            return None
        return _version(found) if stat.S_ISREG(found.st_mode) else None

    # --- keeping up

    def pause(self) -> float:
        """Seconds until the next look at the folder."""
        return max(SCAN_SECONDS, SCAN_SHARE * self._scanned)

    def close(self) -> None:
        """Nothing of the folder is listed while nobody looks at it."""
        for name in list(self._files):
            self._drop(name)

    async def look(self) -> None:
        """Take in what has appeared, grown and gone. Raises OSError where the folder cannot be read."""
        began = self._clock()
        seen = await asyncio.to_thread(self._scan)
        self._scanned = self._clock() - began
        for name in self._files.keys() - seen.keys():
            self._drop(name)
        now = self._clock()
        pending: list[str] = []
        for name, version in seen.items():
            file = self._files.setdefault(name, File(version))
            if file.identity is not None and self.store.path(file.identity).exists():
                self._forget(name)  # the same recording was brought meanwhile, and is this server's own now
                file.glanced = 0.0
            if file.glanced and version == file.version:
                if file.entry is not None and file.entry.status == "running" and not _is_fresh(version):
                    await asyncio.to_thread(self._list, name, file.entry, finished=False)
                continue
            grows = file.identity is not None and version.grew_from(file.version)
            if not (grows and now - file.glanced < GROWING_SECONDS):
                pending.append(name)
        pending.sort(key=lambda name: seen[name].modified, reverse=True)
        for at in range(0, len(pending), MAX_GLANCED):
            await self._glance(pending[at : at + MAX_GLANCED], seen)

    def _scan(self) -> dict[str, Version]:
        """Plain files of the folder that are named as recordings are, the newest of them."""
        assert self.folder is not None
        found: list[tuple[int, str, Version]] = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if not entry.name.endswith(".mnemo") or entry.name.startswith("."):
                    continue
                with contextlib.suppress(OSError):  # gone meanwhile
                    facts = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(facts.st_mode):
                        found.append((facts.st_mtime_ns, entry.name, _version(facts)))
        if len(found) > MAX_FILES and not self._crowded:
            log.warning("%d recordings are in the watched folder; the newest %d are listed", len(found), MAX_FILES)
        self._crowded = len(found) > MAX_FILES
        return {name: version for _, name, version in heapq.nlargest(MAX_FILES, found)}

    async def _glance(self, names: list[str], seen: dict[str, Version]) -> None:
        """Read what the list says of these files. One that ends the process is left out; those after it are read next time."""
        assert self.folder is not None
        files, answer = (self.store.tmp / f"{new_id()}.{kind}" for kind in ("files", "glances"))
        try:
            files.write_text(json.dumps([str(self.folder / name) for name in names]), encoding="utf-8")
            complaint = ""
            with contextlib.suppress(TimeoutError):
                _, complaint = await child.run(
                    GLANCE_CHILD, str(files), str(answer), str(self._memory), seconds=GLANCE_SECONDS
                )
            lines = answer.read_text(encoding="utf-8").splitlines() if answer.is_file() else []
        finally:
            files.unlink(missing_ok=True)
            answer.unlink(missing_ok=True)
        found: list[dict[str, Any]] = []
        for line in lines:
            with contextlib.suppress(ValueError):  # cut off
                found.append(json.loads(line))
        if len(found) < len(names):
            failed = complaint.strip().splitlines()[-1:] or ["it took too long"]
            found.append({"error": f"the program that reads it failed ({failed[0][:200]})"})
        await asyncio.to_thread(self._take, dict(zip(names, found, strict=False)), seen)

    def _take(self, found: dict[str, dict[str, Any]], seen: dict[str, Version]) -> None:
        for name, facts in found.items():
            file, version = self._files[name], seen[name]
            same = file.version == version
            if file.identity is not None and not version.grew_from(file.version):
                self._forget(name)  # another file of that name
            file.version, file.glanced = version, self._clock()
            if "error" in facts:
                if not same or file.identity is None:
                    log.warning("%s in the watched folder cannot be listed: %s", name, facts["error"])
                self._forget(name)
            elif facts["entry"]["steps"]:
                self._list(name, Entry(**facts["entry"]), finished=facts["finished"])

    def _list(self, name: str, entry: Entry, *, finished: bool) -> None:
        """Put a file into the index, as a private recording of whoever started the server."""
        file = self._files[name]
        if file.identity is None:
            file.identity = self._identity(name, entry.id)
            self._names[file.identity] = name
        elif finished and not file.finished:
            self.changed(file.identity)
        file.finished = finished
        status = entry.status if finished else "running" if _is_fresh(file.version) else "stopped"
        here = replace(entry, id=file.identity, status=status, bytes=file.version.size)
        file.entry = replace(here, visibility="private", expires=None, owner=OWNER)
        self.store.put(file.entry)

    def _identity(self, name: str, wanted: str) -> str:
        """The recording's own id, so that links to it mean the same everywhere; another where that is none or is taken."""
        taken = wanted in self._names or gallery.path(wanted) is not None
        if ID.fullmatch(wanted) and not taken and not self.store.path(wanted).exists():
            return wanted
        digest = hmac.digest(self._secret(), name.encode(errors="surrogateescape"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).decode()[:22]

    def _secret(self) -> bytes:
        """What ids are made from that nobody may guess; it lies in the data folder, so that links outlive this process."""
        path = self.store.folder / "watch.key"
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
        return path.read_bytes()

    def _drop(self, name: str) -> None:
        self._forget(name)
        del self._files[name]

    def _forget(self, name: str) -> None:
        """The recording is not listed any more, and what is open of it is let go."""
        file = self._files[name]
        identity, file.identity, file.entry, file.proved, file.finished = file.identity, None, None, None, False
        if identity is not None:
            del self._names[identity]
            self.store.unlist(identity)
            self.changed(identity)


def _version(facts: os.stat_result) -> Version:
    return Version(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)


def _is_fresh(version: Version) -> bool:
    return time.time() - version.modified / 1e9 < LIVE_SECONDS
