"""Bytes of a text file: which encoding, and which files are no text at all."""

import codecs
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.options import retry
from mnemoscope.signals.importers.refused import refuse
from mnemoscope.signals.importers.report import Alternative, Guess

BLOCK = 1 << 20
OTHERS = (
    *("cp1251", "koi8_r", "cp1250", "cp1253", "gb18030", "cp932", "euc_jp", "big5", "cp949", "cp1254", "cp1255", "cp1256"),
    *("iso8859_5", "cp866"),
)  # fmt: skip
"""Encodings that differ from Windows-1252 by what their letters are; those that are met more often first."""
MAX_OFFERED = 6

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1c-\x1f]")


class Encoding(NamedTuple):
    """How the letters of a file are written."""

    name: str
    guess: Guess | None = None
    """A question where other encodings make letters of the same bytes, None where there is no doubt."""


def encoding_of(data: bytes, path: Path | None = None, asked: str | None = None) -> Encoding:
    """The encoding of a text that begins with `data`: as asked, by byte order mark, UTF-8 if it is, else by its letters.

    `path`: where the rest lies, which may hold the first letter that decides. Raises ImportFileError for an empty file, a binary
    one, and an encoding that does not exist or does not fit.
    """
    if not data.strip():
        raise ImportFileError("the file is empty", hint="Choose a file with at least two rows of numbers.")
    refuse(data)
    name = _known(asked) if asked else _marked(data)
    encoding = Encoding(name) if name else _by_letters(data, path)
    text = text_of(data, encoding.name)
    if found := _CONTROL.search(text.rstrip("\x1a" + FILL)):
        if text.count("\0") < 0.5 * len(text) and not _CONTROL.search(text.replace("\0", "")):
            raise ImportFileError(
                "zero bytes stand in the text, as a logger leaves them that lost its power",
                where=f"character {found.start()}",
                hint="Take them out, and look at the rows there: `tr -d '\\000' < FILE > data.csv`.",
            )
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


FILL = "\0"
"""What a card in a logger fills its last block with, behind the text."""


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
    first, second = data[0:4000:2], data[1:4000:2]
    for name, zeros, letters in (("utf-16-le", second, first), ("utf-16-be", first, second)):
        if len(zeros) > 4 and zeros.count(0) > 0.5 * len(zeros) and letters.count(0) < 0.05 * len(letters):
            return name  # digits and signs between the cells have a zero each, whatever the letters are
    return None


def _by_letters(data: bytes, path: Path | None) -> Encoding:
    """UTF-8 where all of the file is, else by the lines with letters beyond ASCII."""
    sample, whole = _beyond_ascii(data, path)
    if whole:
        return Encoding("utf-8")
    text = sample.decode("cp1252", "replace")
    high = [c for c in text if ord(c) > 127]
    runs = re.findall(r"[^\x00-\x7f]+", text)
    if "�" not in text and len(high) <= 2 * len(runs) and sum(c in _WESTERN for c in high) >= 0.9 * len(high):
        alone = [word for word in _WORD.findall(text) if not _FEW.fullmatch(word)]
        together = any(set(letters) <= set(text.lower()) for letters in _OTHERWISE)
        return Encoding("cp1252", _question(sample, ["cp1252"]) if alone or together or _SIGNS.search(text) else None)
    from charset_normalizer import from_bytes

    likely = [str(match.encoding) for match in from_bytes(sample, cp_isolation=["cp1252", *OTHERS])]
    likely = [name for name in likely if name != "ascii"] or ["cp1252"]
    return Encoding(likely[0], _question(sample, likely))


_WORD = re.compile(r"(?<![A-Za-z])[^\W\d_A-Za-z]+(?![A-Za-z])")
"""A word without a letter of ASCII, which Western languages have few of."""
_OTHERWISE = ("ìø", "ìè", "ðý", "ðþ")
"""Letters that no Western language has together: Czech "ěř" and "ěč", Turkish "ğı" and "ğş" in their own encodings."""
_SIGNS = re.compile(r"[A-Za-zó][¹³¿¼¾][a-zó]")
"""Signs inside a word: Polish "ą", "ł", "ż", Slovak "ľ"."""
_FEW = re.compile(r"[àèéìòùâôûîÀÈÉµåöäüÅÖÄÜªº]")


def _question(sample: bytes, likely: Sequence[str]) -> Guess | None:
    """Which of the encodings that read these lines is meant, the likely ones first; each by the words that it makes."""
    made: dict[str, str] = {}
    for name in dict.fromkeys((*likely, "cp1252", *OTHERS)):
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        words = [word for word in re.findall(r"[^\s;,\t|\"']*[^\x00-\x7f][^\s;,\t|\"']*", text) if word.isprintable()]
        letters = [c for c in text if ord(c) > 127]
        readable = sum(c.isalpha() or c in _WESTERN for c in letters) >= 0.8 * len(letters)
        if words and (readable or name in likely) and " ".join(words) not in made.values():
            made[name] = " ".join(words)
    if len(made) < 2:
        return None
    shown = {name: words[:40] for name, words in made.items()}
    first, *others = shown
    ways = tuple(Alternative(f"{shown[name]} ({name})", {"encoding": name}) for name in others[:MAX_OFFERED])
    evidence = f"the bytes are no UTF-8, and {len(made)} encodings make letters of them"
    return Guess("encoding", f"{shown[first]} ({first})", evidence, ways, question=True)


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
