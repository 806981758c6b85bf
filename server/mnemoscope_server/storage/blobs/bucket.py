"""Objects by key: in an S3-compatible bucket (`s3://bucket/prefix`), or in a folder that all servers see (`file:///mnt/shared`), by obstore.

Endpoint, region and credentials come from the usual variables (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, …), or
from where the machine gets them. All methods may be called from any thread.
"""

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from mnemoscope_server.errors import BlobTrouble

SECONDS = "20s"
"""How long one request may take; a large object is sent in parts."""
RETRIES = 2
PIECE = 4 << 20


@dataclass(frozen=True)
class Blob:
    """An object, as it is listed."""

    key: str
    size: int
    modified: float
    """When it was made, in seconds since 1970."""


class Blobs(Protocol):
    """Objects by key. All methods raise BlobTrouble."""

    def put(self, key: str, content: bytes | Path) -> None:
        """Make or replace an object."""
        ...

    def fetch(self, key: str, target: Path) -> None:
        """Write an object into a file. Raises FileNotFoundError where there is none, OSError."""
        ...

    def get(self, key: str) -> bytes | None:
        """All of a small object; None where there is none."""
        ...

    def list(self, prefix: str) -> list[Blob]:
        """All objects below `prefix`, which ends where a part of the keys does ("recordings")."""
        ...

    def delete(self, *keys: str) -> None:
        """Remove objects; of those that are not there nothing is said."""
        ...

    def check(self) -> None:
        """Nothing where they can be had: their bucket is there, and may be read."""
        ...


class Bucket:
    """Blobs by obstore."""

    def __init__(self, url: str) -> None:
        """Raises BlobTrouble for an address that is none, OSError for a folder that cannot be made."""
        import obstore  # only where it is asked for
        from obstore.exceptions import BaseError

        self._obstore, self._errors = obstore, BaseError
        self._folder = Path(unquote(urlsplit(url).path)) if url.startswith("file:") else None
        with self._troubled():
            if self._folder is None:
                self._store = obstore.store.from_url(
                    url,
                    client_options={"allow_http": True, "timeout": SECONDS},  # an endpoint of one's own has no TLS
                    retry_config={"max_retries": RETRIES},
                )
            else:
                self._store = obstore.store.LocalStore(self._folder, mkdir=True, automatic_cleanup=True)

    def put(self, key: str, content: bytes | Path) -> None:
        with self._troubled():
            self._obstore.put(self._store, key, content)

    def fetch(self, key: str, target: Path) -> None:
        with self._troubled(), target.open("wb") as file:
            for piece in self._obstore.get(self._store, key).stream(min_chunk_size=PIECE):
                file.write(piece)

    def get(self, key: str) -> bytes | None:
        try:
            with self._troubled():
                return bytes(self._obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            return None

    def list(self, prefix: str) -> list[Blob]:
        with self._troubled():
            return [
                Blob(found["path"], found["size"], found["last_modified"].timestamp())
                for batch in self._obstore.list(self._store, prefix)
                for found in batch
            ]

    def delete(self, *keys: str) -> None:
        for key in keys:
            with contextlib.suppress(FileNotFoundError), self._troubled():
                self._obstore.delete(self._store, key)

    def check(self) -> None:
        if self._folder is not None and not self._folder.is_dir():
            raise BlobTrouble(f"the recordings' storage cannot be used: there is no folder {self._folder}")
        self.list("nothing")

    @contextlib.contextmanager
    def _troubled(self) -> Generator[None, None, None]:
        """Raises BlobTrouble for what goes wrong with the bucket; that an object is not there is FileNotFoundError."""
        try:
            yield
        except self._errors as error:
            raise BlobTrouble(f"the recordings' storage cannot be used: {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    """What an error says, without the page of details behind it."""
    return str(error).strip().partition("\n")[0][:300]
