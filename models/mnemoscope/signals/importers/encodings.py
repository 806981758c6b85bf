"""Bytes of a text file: which encoding, and which files are no text at all."""

import codecs
import re
from pathlib import Path

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.options import retry
from mnemoscope.signals.importers.refused import refuse

BLOCK = 1 << 20
OTHERS = ("cp932", "gb18030", "big5", "cp949", "euc_jp", "cp1251", "koi8_r", "cp1250", "cp1253", "cp1255", "cp1256")
"""Encodings that differ from Windows-1252 by what their letters are."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1c-\x1f]")


def encoding_of(data: bytes, path: Path | None = None, asked: str | None = None) -> str:
    """The encoding of a text that begins with `data`: as asked, by byte order mark, UTF-8 if it is, else by its letters.

    `path`: where the rest lies, which may hold the first letter that decides. Raises ImportFileError for an empty file, a binary
    one, and an encoding that does not exist or does not fit.
    """
    if not data.strip():
        raise ImportFileError("the file is empty", hint="Choose a file with at least two rows of numbers.")
    refuse(data)
    encoding = _known(asked) if asked else _marked(data) or _by_letters(data, path)
    text = text_of(data, encoding)
    if found := _CONTROL.search(text):
        raise ImportFileError(
            f"the file is binary (byte value {ord(found.group()):#04x}), not a text table",
            where=f"character {found.start()}",
            hint="Export the data as CSV: one row per sample, numbers as text.",
        )
    return encoding


def text_of(data: bytes, encoding: str) -> str:
    """The text of the beginning of a file; a character cut by its end is left out."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)("replace")
    return decoder.decode(data)


def undecodable(encoding: str, place: int) -> ImportFileError:
    """The error for bytes that do not fit the encoding that was asked for."""
    return ImportFileError(
        f"the bytes at {place} are no {encoding}",
        where=f"byte {place}",
        hint="Choose another encoding, or none to have it found out.",
        retry=retry("Find the encoding out", encoding=None),
    )


def _known(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ImportFileError(
            f"there is no encoding named {name!r}", hint="Choose one such as utf-8, cp1252, shift_jis or gb18030."
        ) from None


def _marked(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for name, zeros in (("utf-16-le", data[1:400:2]), ("utf-16-be", data[0:400:2])):
        if len(zeros) > 4 and zeros.count(0) > 0.9 * len(zeros):
            return name
    return None


def _by_letters(data: bytes, path: Path | None) -> str:
    """UTF-8 where all of the file is, else by the lines with letters beyond ASCII."""
    sample, whole = _beyond_ascii(data, path)
    if whole:
        return "utf-8"
    text = sample.decode("cp1252", "replace")
    high = [c for c in text if ord(c) > 127]
    runs = re.findall(r"[^\x00-\x7f]+", text)
    if "�" not in text and len(high) <= 2 * len(runs) and sum(c in _WESTERN for c in high) >= 0.9 * len(high):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=["cp1252", *OTHERS]).best()
    return "cp1252" if best is None or best.encoding == "ascii" else str(best.encoding)


_WESTERN = frozenset("°µ²³·±×÷½¼¾§€£¥©®«»–—‘’“”•…ÄÖÜäöüßàâáãåæçèéêëìíîïñòóôõøùúûýÿÀÂÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛÝŒœ ªº¿¡")


def _beyond_ascii(data: bytes, path: Path | None) -> tuple[bytes, bool]:
    """Lines with bytes beyond ASCII, and whether the whole file is UTF-8."""
    found: list[bytes] = []
    decoder, valid = codecs.getincrementaldecoder("utf-8")(), True

    def look(block: bytes, final: bool) -> None:
        nonlocal valid
        if block.isascii() and not decoder.getstate()[0]:
            return
        try:
            decoder.decode(block, final)
        except UnicodeDecodeError:
            valid = False
        if sum(map(len, found)) < 65_536:
            found.extend(re.findall(rb"[^\r\n]*[\x80-\xff][^\r\n]*", block)[:500])

    if path is None:
        look(data, False)
    else:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                look(block, False)
                if not valid and found:
                    break
        if valid:
            look(b"", True)
    return b"\n".join(found)[:65_536], valid
