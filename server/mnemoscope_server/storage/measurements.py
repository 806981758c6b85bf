"""Measurements of how long signals are remembered, as files: one JSON object each, named by a hash of the question.

The same question asked of the same weights has the same name, so that it is measured once and a link to it lasts.
"""

import json
import logging
import re
from pathlib import Path
from typing import Any, cast

from mnemoscope_server.errors import UnknownMeasurement

log = logging.getLogger("mnemoscope.measurements")

NAME = re.compile(r"[A-Za-z0-9_-]{22}")
MAX_KEPT = 500
"""Measurements that are kept; the oldest go first."""


class MeasurementFiles:
    """The folder of finished measurements. All methods may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> dict[str, Any]:
        """Raises UnknownMeasurement where there is none, or none that can be read."""
        if not NAME.fullmatch(name):
            raise UnknownMeasurement(name)
        try:
            return cast("dict[str, Any]", json.loads(self._path(name).read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise UnknownMeasurement(name) from None
        except (OSError, ValueError) as error:
            log.warning("measurement %s cannot be read: %s", name, error)
            raise UnknownMeasurement(name) from error

    def write(self, name: str, measurement: dict[str, Any]) -> None:
        """The file appears whole or not at all; the oldest of too many go."""
        part = self.folder / f".{name}.part"
        part.write_text(json.dumps(measurement, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        part.replace(self._path(name))
        kept = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MAX_KEPT]:
            path.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        if NAME.fullmatch(name):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"
