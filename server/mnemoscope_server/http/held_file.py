"""A file as an answer: as it is when it is asked for, however it grows, is replaced or deleted while it is sent."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

PIECE = 1 << 16
"""Bytes that are read at once."""
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
"""One range; several are answered with the whole file, as RFC 9110 §14.2 allows."""


def held_file(request: Request, path: Path, *, media_type: str, headers: Mapping[str, str]) -> Response:
    """The file, or the range of it that is asked for (RFC 9110 §14). Raises FileNotFoundError.

    It is opened here: what is sent is what has this moment's length, where an answer that opens it later may find another file,
    more of it than it has announced, or none.
    """
    file = path.open("rb")
    facts = os.fstat(file.fileno())
    size, tag = facts.st_size, f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    headers = {**headers, "ETag": tag, "Accept-Ranges": "bytes"}
    first, stop, status = 0, size, 200
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and any(asked.groups()) and request.headers.get("If-Range", tag) == tag:
        first, stop = _span(asked[1], asked[2], size)
        if first >= stop:
            file.close()
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        headers["Content-Range"], status = f"bytes {first}-{stop - 1}/{size}", 206
    headers["Content-Length"] = str(stop - first)
    return StreamingResponse(_pieces(file, first, stop), status, headers, media_type)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last; without a first, so many of the last ones."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(int(last) + 1, size) if last else size


def _pieces(file: BinaryIO, first: int, stop: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while first < stop and (piece := file.read(min(PIECE, stop - first))):
            first += len(piece)
            yield piece
