"""Files that users bring: taken in, read by a bounded child process, kept with their numbers for some hours.

The file is kept beside its numbers, so that it can be read otherwise without being sent again, and goes with them; what is
kept has no name of the user's, only an id. A file that cannot be read is not kept. Nothing half-written stays: a result
folder appears under its id by one rename.
"""

import asyncio
import dataclasses
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from mnemoscope.errors import ImportFileError, Retry
from mnemoscope.signals.importers.channel_series import OwnClock, no_numbers, series_of
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.series import Label, Series, labels_of
from mnemoscope.signals.states import events_of
from mnemoscope_server.errors import UnknownUpload
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import child
from mnemoscope_server.storage.blobs import uploads as objects
from mnemoscope_server.storage.blobs.bucket import Blobs
from mnemoscope_server.storage.parse_child import PROGRESS
from mnemoscope_server.storage.spare_child import SpareChild
from mnemoscope_server.storage.store import ID, Store, new_id

MAX_PARSED_AT_ONCE = 2
PARSE_CHILD = "mnemoscope_server.storage.parse_child"
PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""Names of users' files that are names of files here, as long as they are kept; others become numbers."""
REPORT = "report.json"
"""Written last: where it is, an upload is whole."""
KEEPING_SECONDS = 600.0
"""How long an upload may take to come into the bucket; what is not there then was deleted through another server."""
SOURCE = "source"
"""Folder of the files themselves, beside what was read of them."""


class Uploads:
    """The parsed uploads of this data folder."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings, self.store = settings, store
        self._parsing = asyncio.Semaphore(MAX_PARSED_AT_ONCE)
        self._under_way: dict[str, Path] = {}
        self.reader = SpareChild(PARSE_CHILD)

    async def take(
        self,
        files: Sequence[tuple[str, BinaryIO]],
        *,
        options: ImportOptions,
        watch: str | None = None,
        owner: str = "",
    ) -> tuple[str, dict[str, Any]]:
        """Read an uploaded file, or the files of one record, each with its name -> (id, report).

        watch: a name for `progress`, made up by whoever waits. Raises ImportFileError, DiskFull.
        """
        return await self._read(
            lambda source: self._copy(files, source), base_name(_title(files)), options, owner, watch
        )

    def progress(self, watch: str) -> dict[str, int] | None:
        """Rows and bytes read so far of what is being read under this name; None where nothing is."""
        if (folder := self._under_way.get(watch)) is None:
            return None
        try:
            return json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
        except FileNotFoundError:  # it has only begun
            return {"rows": 0, "bytes": 0}

    async def again(self, identity: str, options: ImportOptions, owner: str = "") -> tuple[str, dict[str, Any]]:
        """Read the file of an upload by other options -> (new id, report); the upload stays as it is.

        Raises UnknownUpload, ImportFileError, DiskFull.
        """
        folder, facts = self._facts(identity)
        try:
            return await self._read(
                lambda source: self._link(folder / SOURCE, source), facts["file_name"], options, owner
            )
        except (FileNotFoundError, NotADirectoryError) as error:  # removed meanwhile, or read by an earlier version
            raise self._unknown(identity) from error

    async def _read(
        self, bring: Callable[[Path], None], name: str, options: ImportOptions, owner: str, watch: str | None = None
    ) -> tuple[str, dict[str, Any]]:
        """`bring` makes the folder of files that it is told to."""
        identity = new_id()
        source, folder = self.store.tmp / f"{identity}.upload", self.store.tmp / identity
        if watch is not None:
            self._under_way[watch] = folder
        try:
            await asyncio.to_thread(bring, source)
            folder.mkdir()
            async with self._parsing:
                await self._parse(source, folder, options)
            return identity, await asyncio.to_thread(
                self._keep, identity, source, folder, {"file_name": name, "owner": owner}
            )
        finally:
            if watch is not None:
                self._under_way.pop(watch, None)
            shutil.rmtree(source, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)

    def series(self, identity: str, channel: int, labels: int | None = None, beside: Sequence[int] = ()) -> Series:
        """One channel of an upload, with what column `labels` says of its rows, and with the channels `beside` it.

        Raises UnknownUpload, ImportFileError for a channel without numbers or a column without labels.
        """
        folder, facts = self._facts(identity)
        try:
            series = self._series(folder, facts, channel, labels)
            return replace(series, beside=tuple(self._series(folder, facts, index, None) for index in beside))
        except FileNotFoundError as error:  # removed while it was being read
            raise self._unknown(identity) from error

    def remove(self, identity: str) -> None:
        """Delete an upload at once. Raises UnknownUpload. Recordings made from it stay."""
        folder, _ = self._facts(identity)
        if self.store.shelf is not None:
            objects.remove(self.store.shelf.blobs, identity)
        gone = self.store.tmp / f"{identity}.gone"
        try:
            folder.rename(gone)  # first of all nobody finds it any more, half of it least of all
        except FileNotFoundError as error:
            raise self._unknown(identity) from error
        shutil.rmtree(gone)

    def _series(self, folder: Path, facts: dict[str, Any], channel: int, labels: int | None) -> Series:
        import numpy as np

        report, entry = facts["report"], facts["channels"].get(str(channel))
        if entry is None:
            raise no_numbers(channel, {int(index): c["name"] for index, c in facts["channels"].items()})
        rows = facts.get("labels", {})  # an upload that an earlier version has read has none
        known = {
            column["index"]: (column["name"], tuple(Label(*row) for row in rows[str(column["index"])]))
            for column in report["columns"]
            if str(column["index"]) in rows
        }
        time_file, numbers = folder / "time.f64", folder / "values.f32"
        states = None if labels in known else facts["channels"].get(str(labels))
        if labels is not None and states is not None:
            values = np.fromfile(numbers, states.get("type", "<f4"), states["count"], offset=states["offset"])
            known[labels] = (states["name"], events_of(states["name"], values, known))
        return series_of(
            report,
            channel,
            np.fromfile(numbers, entry.get("type", "<f4"), entry["count"], offset=entry["offset"]),
            name=entry["name"],
            unit=entry["unit"],
            own=_clock(numbers, entry),
            time=np.fromfile(time_file, "<f8") if time_file.is_file() else None,
            gaps=tuple((i, j) for i, j in facts["gaps"]),
            labels=labels_of(known, labels),
            labelled=None if states is None else _clock(numbers, states),
        )

    def file_name(self, identity: str) -> str:
        """The name the file had, for those who want it in the recording. Raises UnknownUpload."""
        return self._facts(identity)[1]["file_name"]

    def owner(self, identity: str) -> str:
        """Who brought it. Raises UnknownUpload."""
        return self._facts(identity)[1].get("owner", "")

    def sweep(self) -> None:
        """Remove what is too old, then the oldest until the rest fits."""
        if self.store.shelf is not None:
            seconds, most = self.settings.uploads_hours * 3600, self.settings.uploads_total_bytes
            objects.sweep(self.store.shelf.blobs, seconds=seconds, most_bytes=most)
            there = objects.identities(self.store.shelf.blobs)
        else:
            there = None
        now = time.time()
        entries: list[tuple[float, int, Path]] = []
        for folder in self.store.uploads.iterdir():
            try:
                age = now - folder.stat().st_mtime
                deleted = there is not None and folder.name not in there and age > KEEPING_SECONDS
                if deleted or age > self.settings.uploads_hours * 3600 or not (folder / REPORT).is_file():
                    shutil.rmtree(folder, ignore_errors=True)
                else:
                    sizes = (file.stat() for file in folder.rglob("*") if file.is_file())
                    # a file that was read twice lies on the disk once
                    entries.append((age, sum(size.st_size // size.st_nlink for size in sizes), folder))
            except FileNotFoundError:  # deleted meanwhile
                continue
        total = 0
        for _, size, folder in sorted(entries):
            total += size
            if total > self.settings.uploads_total_bytes:
                shutil.rmtree(folder, ignore_errors=True)

    def _copy(self, files: Sequence[tuple[str, BinaryIO]], folder: Path) -> None:
        """Write the files into a folder of their own: what one names as its neighbour can only be one of them."""
        sizes = [file.seek(0, os.SEEK_END) for _, file in files]
        self.store.require_space(4 * sum(sizes))  # the files, and their numbers beside them
        folder.mkdir()
        for number, (name, file) in enumerate(files):
            file.seek(0)
            target = folder / (
                name if PLAIN_NAME.fullmatch(name) else f"file{number}{PurePath(base_name(name)).suffix[:12]}"
            )
            if target.exists():
                raise ImportFileError(f"two files are named {name}", hint="Send each file of a record once.")
            with target.open("wb") as out:
                shutil.copyfileobj(file, out, 1 << 20)

    def _link(self, kept: Path, target: Path) -> None:
        """The files of an upload once more, without taking room where the file system has links."""
        files = list(kept.iterdir())
        self.store.require_space(3 * sum(file.stat().st_size for file in files))
        target.mkdir()
        for file in files:
            try:
                (target / file.name).hardlink_to(file)
            except FileNotFoundError:
                raise
            except OSError:  # a file system without links
                shutil.copyfile(file, target / file.name)

    async def _parse(self, source: Path, folder: Path, options: ImportOptions) -> None:
        """Read `source` into `folder`. A child that was ended by a signal before it had a result gets a second attempt.

        Raises ImportFileError with what the child said of the file, or with how it ended.
        """
        bounds = json.dumps({"memory": self.settings.parse_memory, "import": dataclasses.asdict(options)})
        for attempt in (1, 2):
            try:
                arguments = (str(source), str(folder), bounds)
                code, complaint = await self.reader.run(*arguments, seconds=self.settings.parse_seconds)
            except TimeoutError as error:
                raise ImportFileError(
                    f"reading the file took more than {self.settings.parse_seconds:.0f} s",
                    hint="Keep the columns you need, or cut the file into parts.",
                ) from error
            if (folder / REPORT).is_file():
                return  # written last: the result is whole, however the process ended after it
            if (folder / "error.json").is_file():
                error = json.loads((folder / "error.json").read_text(encoding="utf-8"))
                retry = error["retry"] and Retry(**error["retry"])
                raise ImportFileError(error["message"], where=error["where"], hint=error["hint"], retry=retry)
            limited = child.out_of_memory(code, complaint) or child.out_of_time(code) or child.gave_up(complaint)
            if attempt == 2 or code >= 0 or limited:  # a limit of its own it would meet again
                raise _ending(code, complaint)
            shutil.rmtree(folder)
            folder.mkdir()

    def _keep(self, identity: str, source: Path, folder: Path, known: dict[str, str]) -> dict[str, Any]:
        path = folder / REPORT
        facts = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(facts | known), encoding="utf-8")
        (folder / PROGRESS).unlink(missing_ok=True)
        source.rename(folder / SOURCE)
        folder.rename(self.store.uploads / identity)
        if self.store.shelf is not None:
            objects.keep(self.store.shelf.blobs, self.store.uploads / identity, last=REPORT)
        self.sweep()
        return facts["report"]

    def _facts(self, identity: str) -> tuple[Path, dict[str, Any]]:
        folder = self.store.uploads / identity
        try:
            if ID.fullmatch(identity):
                if self.store.shelf is not None:
                    self._fetch(self.store.shelf.blobs, identity, folder)
                return folder, json.loads((folder / REPORT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            pass
        raise self._unknown(identity)

    def _fetch(self, blobs: Blobs, identity: str, folder: Path) -> None:
        """See that an upload is here as long as it is in the bucket, to whichever server it came. Raises BlobTrouble, OSError."""
        if not objects.has(blobs, identity, last=REPORT):
            shutil.rmtree(folder, ignore_errors=True)
            return
        part = self.store.tmp / f"{identity}.{new_id()}.fetched"
        if not folder.exists() and objects.fetch(blobs, identity, part):
            try:
                part.rename(folder)
            except OSError:  # somebody else was first
                shutil.rmtree(part)

    @staticmethod
    def _unknown(identity: str) -> UnknownUpload:
        return UnknownUpload(f"there is no upload {identity[:64]!r}, or its time is over")


def _title(files: Sequence[tuple[str, BinaryIO]]) -> str:
    """What a record of several files is called: as its header."""
    return min((name for name, _ in files), key=lambda name: not name.lower().endswith(".hea"))


def _clock(numbers: Path, entry: dict[str, Any]) -> OwnClock | None:
    """The clock of a channel whose rows are not the file's."""
    if not entry["sample_rate"] and "time" not in entry:
        return None
    import numpy as np

    time_of_rows = np.fromfile(numbers, "<f8", entry["count"], offset=entry["time"]) if "time" in entry else None
    return entry["sample_rate"], time_of_rows, tuple((i, j) for i, j in entry.get("gaps", ()))


def base_name(name: str) -> str:
    """A file's own name as text, without the folders it lay in."""
    return printable(name.replace("\\", "/").rsplit("/", 1)[-1])


def printable(text: str) -> str:
    """Text of a user's on one line: no control characters, no marks that reorder what is read."""
    return "".join(c for c in text if c.isprintable() and c not in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e")[:200]


def _ending(code: int, complaint: str) -> ImportFileError:
    """Why a child process ended without a result, for people."""
    parts = "Keep the columns you need, or cut the file into parts."
    if child.out_of_time(code):
        return ImportFileError("reading the file took too much computing time", hint=parts)
    if child.out_of_memory(code, complaint):
        return ImportFileError("reading the file took too much memory", hint=parts)
    if child.gave_up(complaint):
        return ImportFileError("the file is damaged: its reader gave up", hint="Save it again, or bring it as CSV.")
    return ImportFileError(
        f"the program that reads files failed ({child.ending(code, complaint)})",
        hint="This is a fault of Mnemoscope, not of the file: send it again, and report it if it happens again.",
    )
