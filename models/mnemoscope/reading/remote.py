"""Recordings at an address: a link to the page of one, or to a `.mnemo` file anywhere."""

from __future__ import annotations

import re
import tempfile
from typing import BinaryIO, cast
from urllib.parse import urlsplit, urlunsplit

from mnemoscope.errors import RecordingError

SECONDS = 30.0
"""Without a byte for so long a download is over."""
PAGE = re.compile(r"(?P<prefix>.*)/(?:s|embed)/(?P<id>[^/]+)(?:/long)?/?")


def is_address(path: object) -> bool:
    """Whether a path is an address on the web."""
    return isinstance(path, str) and path.startswith(("http://", "https://"))


def file_address(address: str) -> str:
    """Where the file is of a page that shows a recording; any other address is that of a file already."""
    parts = urlsplit(address)
    page = PAGE.fullmatch(parts.path)
    path = f"{page['prefix']}/api/recordings/{page['id']}/file" if page else parts.path
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def download(address: str) -> BinaryIO:
    """The file at an address, as a temporary one that is gone when it is closed.

    Raises RecordingError where the server cannot be reached, or has no such file.
    """
    import httpx  # only when it is needed: reading files from disk takes no network

    file = tempfile.NamedTemporaryFile(suffix=".mnemo")  # noqa: SIM115 (closed by who reads it)
    try:
        with httpx.stream("GET", file_address(address), timeout=SECONDS, follow_redirects=True) as answer:
            if not answer.is_success:
                raise RecordingError(
                    f"There is no recording at {address}: the server answered {answer.status_code} "
                    f"{answer.reason_phrase}. Ask whoever sent the link for another one."
                )
            for part in answer.iter_bytes(1 << 20):
                file.write(part)
    except httpx.HTTPError as error:
        file.close()
        raise RecordingError(f"Cannot get the recording at {address}: {error}. Try again.") from error
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return cast("BinaryIO", file)
