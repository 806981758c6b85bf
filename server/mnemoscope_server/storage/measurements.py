"""Measurements of how long signals are remembered, as files: one JSON object each, named by a hash of the question.

The same question asked of the same weights has the same name, so that it is measured once and a link to it lasts. Where several servers
share a bucket they are its objects, `measurements/<name>.json`; the folder has what could not be put there.
"""

import json
import logging
import re
from pathlib import Path
from typing import Any, cast

from mnemoscope_server.errors import BlobTrouble, UnknownMeasurement
from mnemoscope_server.storage.blobs.bucket import Blobs

log = logging.getLogger("mnemoscope.measurements")

PREFIX = "measurements"
NAME = re.compile(r"[A-Za-z0-9_-]{22}")
MAX_KEPT = 500
"""Measurements that are kept; the oldest go first."""


class MeasurementFiles:
    """The finished measurements of one server, or of all that share a bucket. All methods may be called from any thread."""

    def __init__(self, folder: Path, blobs: Blobs | None = None) -> None:
        self.folder, self.blobs = folder, blobs
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> dict[str, Any]:
        """Raises UnknownMeasurement where there is none, or none that can be read; BlobTrouble."""
        if not NAME.fullmatch(name):
            raise UnknownMeasurement(name)
        try:
            found = None if self.blobs is None else self.blobs.get(_key(name))
            text = self._path(name).read_text(encoding="utf-8") if found is None else found.decode()
            return cast("dict[str, Any]", json.loads(text))
        except FileNotFoundError:
            raise UnknownMeasurement(name) from None
        except (OSError, ValueError) as error:
            log.warning("measurement %s cannot be read: %s", name, error)
            raise UnknownMeasurement(name) from error

    def write(self, name: str, measurement: dict[str, Any]) -> None:
        """It appears whole or not at all; the oldest of too many go. Raises OSError."""
        text = json.dumps(measurement, ensure_ascii=False, allow_nan=False)
        if self.blobs is not None:
            try:
                self.blobs.put(_key(name), text.encode())
                kept = sorted(self.blobs.list(PREFIX), key=lambda blob: blob.modified)
                self.blobs.delete(*(blob.key for blob in kept[:-MAX_KEPT]))
            except BlobTrouble as error:
                log.warning("measurement %s stays with this server: %s", name, error)
            else:
                return
        part = self.folder / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(self._path(name))
        kept = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MAX_KEPT]:
            path.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Raises BlobTrouble."""
        if NAME.fullmatch(name):
            if self.blobs is not None:
                self.blobs.delete(_key(name))
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def _key(name: str) -> str:
    return f"{PREFIX}/{name}.json"
