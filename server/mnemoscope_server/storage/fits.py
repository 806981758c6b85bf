"""Checkpoints that were fitted to a user's series: private, each with its owner, kept as long as uploads.

    <data>/fits/<id>/          model.safetensors, config.json, card.json as of any checkpoint, and fit.json: owner and result
    <data>/fits/<id>.begun     owner and what was asked for, of one that waits or runs; one that is left over was cut off

A fit appears under its id by one rename. All methods may be called from any thread.
"""

import contextlib
import io
import json
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

from mnemoscope.checkpoints.store import CARD, CONFIG, WEIGHTS
from mnemoscope_server.errors import UnknownFit
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.owned import is_own
from mnemoscope_server.storage.store import ID, Store

FITS = "fits"
"""The folder of them in the data folder."""
FACTS = "fit.json"
BEGUN = ".begun"
CUT_OFF = "the server stopped while it waited or trained; nothing was kept: fit again"
MAX_FITS = 256
"""The oldest go first."""


class Fits:
    """The fitted checkpoints of this data folder. `caller` None = everybody owns everything (owners.known)."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings, self.store = settings, store
        self.root = store.folder / FITS
        self.root.mkdir(exist_ok=True)
        self._cut_off = set(self.root.glob(f"*{BEGUN}"))
        """Of a server that ended in the midst of them; nothing of their weights was kept."""

    def begin(self, identity: str, owner: str, facts: dict[str, Any]) -> None:
        """Remember that a fit was asked for, until `end`: a server that starts after this one ended can say so."""
        text = json.dumps({"owner": owner, "facts": facts}, allow_nan=False)
        (self.root / f"{identity}{BEGUN}").write_text(text, encoding="utf-8")

    def end(self, identity: str) -> None:
        """It is over, kept or not."""
        (self.root / f"{identity}{BEGUN}").unlink(missing_ok=True)

    def keep(self, identity: str, folder: Path, owner: str, facts: dict[str, Any]) -> None:
        """Take a finished checkpoint in."""
        (folder / FACTS).write_text(json.dumps({"owner": owner, "facts": facts}, allow_nan=False), encoding="utf-8")
        folder.rename(self.root / identity)

    def facts(self, identity: str, caller: str | None) -> dict[str, Any]:
        """What was kept of a fit. Raises UnknownFit, also for one of somebody else's."""
        if ID.fullmatch(identity):
            begun = self.root / f"{identity}{BEGUN}"
            for path in (self.root / identity / FACTS, *self._cut_off.intersection({begun})):
                with contextlib.suppress(FileNotFoundError):
                    found = json.loads(path.read_text(encoding="utf-8"))
                    if is_own(found["owner"], caller):
                        return found["facts"] | ({"state": "failed", "error": CUT_OFF} if path == begun else {})
        raise UnknownFit(identity)

    def has(self, name: str) -> bool:
        """Whether that is the name of a fitted checkpoint that is kept here, whoever's it is."""
        return ID.fullmatch(name) is not None and (self.root / name / FACTS).exists()

    def checkpoint(self, identity: str, caller: str | None) -> Path:
        """The folder to load it from. Raises UnknownFit."""
        if self.facts(identity, caller)["state"] != "done":
            raise UnknownFit(identity)
        return self.root / identity

    def of(self, caller: str | None) -> list[tuple[str, dict[str, Any]]]:
        """(id, facts) of the caller's, newest first."""
        found: list[tuple[float, str, dict[str, Any]]] = []
        for folder in self._folders():
            try:
                found.append((folder.stat().st_mtime, folder.name, self.facts(folder.name, caller)))
            except (UnknownFit, FileNotFoundError):  # somebody else's, or deleted meanwhile
                continue
        return [(identity, facts) for _, identity, facts in sorted(found, key=lambda entry: -entry[0])]

    def _folders(self) -> list[Path]:
        return [path for path in self.root.iterdir() if path.suffix != BEGUN]

    def archive(self, identity: str, caller: str | None) -> bytes:
        """The checkpoint as a ZIP: a folder for --models and MNEMOSCOPE_CHECKPOINTS. Raises UnknownFit."""
        folder = self.checkpoint(identity, caller)
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name in (WEIGHTS, CONFIG, CARD):
                file.write(folder / name, f"{card['model']}-{card['task']}-fitted/{name}")
        return out.getvalue()

    def remove(self, identity: str, caller: str | None) -> None:
        """Delete one at once. Raises UnknownFit. Recordings made with it stay."""
        if self.facts(identity, caller)["state"] != "done":
            return self.end(identity)
        folder, gone = self.checkpoint(identity, caller), self.store.tmp / f"{identity}.gone"
        try:
            folder.rename(gone)  # first of all nobody finds it any more, half of it least of all
        except FileNotFoundError as error:
            raise UnknownFit(identity) from error
        shutil.rmtree(gone)

    def sweep(self) -> None:
        """Remove what is too old, then the oldest until the rest is few enough."""
        ages = sorted((time.time() - folder.stat().st_mtime, folder) for folder in self._folders())
        for k, (age, folder) in enumerate(ages):
            if k >= MAX_FITS or age > self.settings.uploads_hours * 3600:
                shutil.rmtree(folder, ignore_errors=True)
        for begun in list(self._cut_off):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - begun.stat().st_mtime > self.settings.uploads_hours * 3600:
                    begun.unlink()
