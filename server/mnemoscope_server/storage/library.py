"""Recordings to look at: those of the data folder and those that ship with the program, opened once and kept open."""

import contextlib
import functools
import logging
import threading
from collections import OrderedDict
from collections.abc import Generator
from pathlib import Path
from typing import Any

from mnemoscope.errors import MnemoscopeError
from mnemoscope.reading.recording import Recording
from mnemoscope.running import gallery
from mnemoscope_server.errors import UnknownRecording
from mnemoscope_server.storage.index import Entry, index_entry
from mnemoscope_server.storage.store import ID, Store
from mnemoscope_server.storage.watched import Watched

log = logging.getLogger("mnemoscope.library")

MAX_OPEN = 16


class _OpenFile:
    """One open file and how many are reading it."""

    def __init__(self, recording: Recording, blob: str) -> None:
        """blob: the object that the file is a copy of; "" = of none."""
        self.recording, self.blob, self.readers, self.gone = recording, blob, 0, False


class Library:
    """Recordings by id, also those that are still being written. Safe to use from several threads."""

    def __init__(self, store: Store, watched: Watched | None = None) -> None:
        self.store, self.watched = store, watched
        self._open: OrderedDict[str, _OpenFile] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, identity: str) -> Path:
        """The file of a recording. Shipped names are compared with the list, never joined to a path.

        Raises UnknownRecording.
        """
        path = gallery.path(identity)
        if path is None and ID.fullmatch(identity):
            self.store.bring(identity)
            path = self.store.path(identity)
            if self.watched is not None and not path.is_file():
                path = self.watched.find(identity)
        if path is None or path.is_symlink() or not path.is_file():  # a link may lead anywhere
            raise self.store.missing(identity)
        return path

    def shipped(self, identity: str) -> bool:
        """Whether it came with the program: it can be neither renamed nor deleted."""
        return gallery.path(identity) is not None

    @contextlib.contextmanager
    def opened(self, identity: str) -> Generator[Recording, None, None]:
        """The recording, kept open for the next reader. Raises UnknownRecording, RecordingError."""
        blob = self.store.bring(identity) if gallery.path(identity) is None else ""
        file = self._taken(identity, blob)
        if file is None:
            with self.store.hold(identity):  # not while its end is being written
                file = self._taken(identity, blob) or self._added(identity, blob)
        try:
            yield file.recording
        finally:
            with self._guard:
                file.readers -= 1
                if file.gone and not file.readers:
                    file.recording.close()

    def _taken(self, identity: str, blob: str) -> _OpenFile | None:
        """The open file, with one reader more; one that is a copy of another object by now is left."""
        with self._guard:
            file = self._open.get(identity)
            if file is not None and file.blob != blob:
                self._leave(self._open.pop(identity))
                return None
            if file is not None:
                self._open.move_to_end(identity)
                file.readers += 1
            return file

    def _added(self, identity: str, blob: str) -> _OpenFile:
        recording = Recording.open(self.find(identity))
        with self._guard:
            file = self._open[identity] = _OpenFile(recording, blob)
            file.readers += 1
            while len(self._open) > MAX_OPEN:
                self._leave(self._open.popitem(last=False)[1])
            return file

    def forget(self, identity: str) -> None:
        """The file changes or goes away; who reads it now may finish."""
        with self._guard:
            if file := self._open.pop(identity, None):
                self._leave(file)

    def close(self) -> None:
        for identity in list(self._open):
            self.forget(identity)

    def messages(self, identity: str, chunk: int) -> bytes:
        """Wire messages of steps 64·chunk … Raises UnknownRecording, RecordingError where there are none."""
        with self.opened(identity) as recording:
            if not recording.finished and chunk + 1 >= recording.chunks:
                recording.refresh()
            return recording.messages(chunk)

    def stretch(self, identity: str, first: int, count: int, stream: int | None = None) -> bytes:
        """Those of chunks `first` … `first + count − 1` that there are, of one stream where asked. Raises as `messages` does."""
        with self.opened(identity) as recording:
            if not recording.finished:
                recording.refresh()
            chunks = range(first, max(first + 1, min(first + count, recording.chunks)))
            return b"".join(recording.messages(chunk, stream) for chunk in chunks)

    def grown(self, identity: str) -> Recording:
        """A recording as far as its file has grown, to look at its manifest and steps. Raises as `opened` does."""
        with self.opened(identity) as recording:
            if not recording.finished:
                recording.refresh()
            return recording

    def summary(self, identity: str) -> Entry:
        """A recording in short, also one that shipped or is being written. Raises as `opened` does."""
        with self.opened(identity) as recording:
            return index_entry(recording.manifest, steps=recording.steps, size=0)

    @staticmethod
    def _leave(file: _OpenFile) -> None:
        file.gone = True
        if not file.readers:
            file.recording.close()

    @functools.cached_property
    def exhibits(self) -> list[dict[str, Any]]:
        """What ships, with what its files say; a file that does not open is left out."""
        found: list[dict[str, Any]] = []
        for entry in gallery.entries():
            try:
                with self.opened(entry["id"]) as recording:
                    row = index_entry(recording.manifest, steps=recording.steps, size=0)
            except (UnknownRecording, MnemoscopeError) as error:
                log.warning("the shipped recording %s does not open: %s", entry["id"], error)
                continue
            facts = {"task": row.task, "models": row.models, "steps": row.steps}
            found.append({key: entry[key] for key in ("id", "question", "title", "caption")} | facts)
        return found
