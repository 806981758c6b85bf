"""Sizes that an Arrow file claims, held against the file: the reader in Rust would allocate them unseen, and abort.

The footer and the head of each batch are flatbuffers (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format).
"""

from collections.abc import Iterator
from pathlib import Path

from mnemoscope.errors import ImportFileError

MAX_BUFFER = 1 << 30
"""Bytes of a buffer after unpacking."""
_DICTIONARIES, _BATCHES = 2, 3
_MESSAGE_HEADER, _DICTIONARY_DATA = 2, 1
_BUFFERS, _COMPRESSION = 2, 3


def check(path: Path) -> None:
    """Raises ImportFileError where a size cannot be."""
    data = memoryview(path.read_bytes())
    try:
        for head, body in _blocks(data):
            _check_batch(data[slice(*head)], data[slice(*body)])
    except (IndexError, ValueError) as error:
        raise ImportFileError(
            f"the file is damaged: {error or 'a size in it cannot be'}",
            hint="Save it anew: `table.to_feather('data.feather')`.",
        ) from error


def _blocks(data: memoryview) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where head and body of every batch lie."""
    if len(data) < 18 or bytes(data[-6:]) != b"ARROW1":
        raise ValueError("it does not end as it should; it is cut short")
    size = _int(data, len(data) - 10, 4)
    if not 8 <= size <= len(data) - 18:
        raise ValueError(f"its footer says {size} bytes")
    footer = _Table.root(data[len(data) - 10 - size : len(data) - 10])
    for field in (_DICTIONARIES, _BATCHES):
        for at in footer.vector(field, 24):
            start, head, body = (_int(footer.data, at + i, n) for i, n in ((0, 8), (8, 4), (16, 8)))
            if min(start, head, body) < 0 or start + head + body > len(data) or head < 8:
                raise ValueError(f"a batch says {head} and {body} bytes at {start}")
            yield (start, start + head), (start + head, start + head + body)


def _check_batch(head: memoryview, body: memoryview) -> None:
    """The buffers of a batch lie inside its body, and what is packed in them stays within bounds."""
    skip = 8 if bytes(head[:4]) == b"\xff\xff\xff\xff" else 4
    length = _int(head, skip - 4, 4)
    if not 0 < length <= len(head) - skip:
        raise ValueError(f"the head of a batch says {length} bytes")
    batch = _Table.root(head[skip : skip + length]).table(_MESSAGE_HEADER)
    if batch is not None and not list(batch.vector(_BUFFERS, 16)):
        batch = batch.table(_DICTIONARY_DATA) or batch
    if batch is None:
        raise ValueError("a batch has no head")
    packed = batch.table(_COMPRESSION) is not None
    for at in batch.vector(_BUFFERS, 16):
        offset, size = _int(batch.data, at, 8), _int(batch.data, at + 8, 8)
        if min(offset, size) < 0 or offset + size > len(body):
            raise ValueError(f"a buffer says {size} bytes at {offset}")
        if packed and size >= 8 and not -1 <= _int(body, offset, 8) <= MAX_BUFFER:
            raise ValueError(f"a buffer says that it unpacks to {_int(body, offset, 8)} bytes")


def _int(data: memoryview, at: int, size: int) -> int:
    if not 0 <= at <= len(data) - size:
        raise IndexError
    return int.from_bytes(data[at : at + size], "little", signed=True)


class _Table:
    """A table of a flatbuffer: its fields by number."""

    def __init__(self, data: memoryview, at: int) -> None:
        self.data, self._at = data, at
        self._fields = at - _int(data, at, 4)
        self._count = (_int(data, self._fields, 2) - 4) // 2

    @classmethod
    def root(cls, data: memoryview) -> "_Table":
        """The outermost table."""
        return cls(data, _int(data, 0, 4))

    def _field(self, number: int) -> int | None:
        offset = _int(self.data, self._fields + 4 + 2 * number, 2) if number < self._count else 0
        return self._at + offset if offset else None

    def table(self, number: int) -> "_Table | None":
        """The table in a field, None where there is none."""
        at = self._field(number)
        return None if at is None else _Table(self.data, at + _int(self.data, at, 4))

    def vector(self, number: int, size: int) -> Iterator[int]:
        """Where the elements of a vector lie, `size` bytes each."""
        at = self._field(number)
        if at is None:
            return
        at += _int(self.data, at, 4)
        count = _int(self.data, at, 4)
        if not 0 <= count <= (len(self.data) - at) // size:
            raise ValueError(f"a list says {count} entries")
        yield from range(at + 4, at + 4 + count * size, size)
