"""Files inside gzip, bzip2, xz and ZIP: unpacked within bounds, then read as if they had come alone.

A ZIP with one file of data is that file, one with a WFDB header is its record; of several unrelated files one is chosen, and the
user is asked. Archives inside archives are refused.
"""

import bz2
import gzip
import lzma
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import Table

MAX_UNPACKED = 512 << 20
"""Bytes of a file, or of all files of a record, after unpacking."""
MAX_RATIO = 250
"""Times that data may grow by unpacking; real tables stay below 50. Looked at from MIN_SUSPECT bytes on."""
MIN_SUSPECT = 64 << 20
MAX_MEMBERS = 10_000
BLOCK = 1 << 20

GZIP, BZIP2, XZ, ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"PK\x03\x04"
EMPTY = b"PK\x05\x06"
"""How a ZIP without a file begins."""
NAMES = {GZIP: "gzip", BZIP2: "bzip2", XZ: "xz"}
OPEN: dict[str, Callable[[Path, str], IO[bytes]]] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}  # pyright: ignore[reportAssignmentType]
_BESIDE = re.compile(
    r"(?i)(?:.*/)?(?:\.[^/]*|__macosx/.*|thumbs\.db|desktop\.ini|readme.*|licen[cs]e.*|changelog.*|records|sha256sums.*|.*\.(?:md|pdf|html?|docx?|png|jpe?g|py|m|sha256|md5))"
)
"""Members of a ZIP that come along with data."""


def first_names(data: bytes) -> list[str]:
    """Names of the members that the first bytes of a ZIP have."""
    found: list[str] = []
    at = 0
    while data[at : at + 4] == ZIP and len(data) >= at + 30:
        size = int.from_bytes(data[at + 18 : at + 22], "little")
        name, extra = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (26, 28))
        found.append(data[at + 30 : at + 30 + name].decode("utf-8", "replace"))
        streamed = data[at + 6] & 8
        at = data.find(ZIP, at + 30) if streamed else at + 30 + name + extra + size
        if at < 0:
            break
    return found


def _sniff(data: bytes) -> float:
    """Packed data; workbooks and NumPy arrays are ZIPs too, and surer of it."""
    return 0.7 if data.startswith((GZIP, BZIP2, XZ, ZIP, EMPTY)) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.protocol import first_bytes

    data = first_bytes(path)
    with tempfile.TemporaryDirectory(prefix="mnemoscope-") as folder:
        if data.startswith((ZIP, EMPTY)):
            return _read_zip(path, options, Path(folder))
        kind = next(name for magic, name in NAMES.items() if data.startswith(magic))
        inner = Path(folder) / (path.name.rsplit(".", 1)[0] if path.suffix else "file")
        with _refusing(kind), OPEN[kind](path, "rb") as file:
            _write(inner, _blocks(file), path.stat().st_size)
        return _labelled(_inner(inner, path.name, options), path, kind, options)


def _inner(path: Path, name: str, options: ImportOptions) -> Table:
    """Read what was unpacked, which may be no archive again."""
    from mnemoscope.signals.importers.protocol import first_bytes, importer_of, read_table

    data = first_bytes(path)
    if importer_of(data).name == IMPORTER.name:
        raise ImportFileError(
            f"{name} holds an archive inside an archive", hint="Unpack it once, then bring the inner one."
        )
    if data[257:262] == b"ustar":
        raise ImportFileError(f"{name} holds a tar archive", hint="Unpack it with `tar -xf`, then bring one file.")
    return read_table(path, options)


def _labelled(table: Table, path: Path, kind: str, options: ImportOptions) -> Table:
    """The table, whose report is of the file that was brought."""
    from mnemoscope.signals.importers.report import file_facts

    facts = file_facts(path, f"{table.report['format']} in {kind}", options)
    table.report |= {key: facts[key] for key in ("format", "bytes", "sha256", "options")}
    return table


# --- unpacking


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _write(target: Path, blocks: Iterator[bytes], packed: int, before: int = 0) -> int:
    """Write what is unpacked from `packed` bytes; `before` bytes are there already. Raises ImportFileError past a bound."""
    size = before
    with target.open("wb") as out:
        for block in blocks:
            size += len(block)
            _check(size, packed)
            out.write(block)
    return size


def _check(size: int, packed: int) -> None:
    if size > MAX_UNPACKED:
        raise ImportFileError(
            f"unpacked it is larger than {MAX_UNPACKED >> 20} MB",
            hint="Keep the columns or rows you need, and pack those.",
        )
    if size > MIN_SUSPECT and size > MAX_RATIO * packed:
        raise ImportFileError(
            f"{packed} bytes unpack to more than {MAX_RATIO} times as many, as no measured data does",
            hint="Unpack it yourself, and bring the part you need.",
        )


@contextmanager
def _refusing(kind: str) -> Generator[None]:
    """What the readers of archives raise for bytes that are none, as ImportFileError."""
    again = "Pack it again, or bring the file unpacked."
    try:
        yield
    except EOFError as error:
        raise ImportFileError(f"the {kind} archive ends too early: it is cut short", hint=again) from error
    except (zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError, struct.error) as error:
        raise ImportFileError(f"the {kind} archive is damaged ({error})", hint=again) from error
    except NotImplementedError as error:
        raise ImportFileError(
            f"the {kind} archive is packed in a way that is not read ({error})", hint=again
        ) from error
    except OSError as error:
        if error.errno is not None and error.filename is not None:
            raise ImportFileError(f"no room to unpack it: {error.strerror}", hint="Free some space.") from error
        raise ImportFileError(f"the {kind} archive is damaged ({error})", hint=again) from error


# --- ZIP


def check_sizes(archive: zipfile.ZipFile, packed: int) -> None:
    """Raises ImportFileError where the members would be too large, or too many, by what they say themselves."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise ImportFileError(f"{len(members)} files in one archive", hint="Bring the one with the signal.")
    _check(sum(member.file_size for member in members), packed)


def _read_zip(path: Path, options: ImportOptions, folder: Path) -> Table:
    with _refusing("ZIP"), zipfile.ZipFile(path) as archive:
        members = {member.filename: member for member in archive.infolist() if member.filename and not member.is_dir()}
        _not_documents(members)
        if len(members) > MAX_MEMBERS:
            raise ImportFileError(f"{len(members)} files in one archive", hint="Bring the one with the signal.")
        data = {name: member for name, member in members.items() if not _BESIDE.fullmatch(name)} or members
        headers = [name for name in data if name.lower().endswith(".hea")]
        if not data:
            raise ImportFileError("the archive is empty", hint="Pack the file with the signal.")
        whole = _of_segments(archive, headers)
        choices = ([whole] if whole else headers) or sorted(data, key=lambda name: -data[name].file_size)
        chosen, inner = _chosen(choices, options)
        wanted = (
            {chosen} if not headers else {n for n in data if PurePosixPath(n).parent == PurePosixPath(chosen).parent}
        )
        files = _unpack(archive, [members[name] for name in sorted(wanted)], folder, path.stat().st_size)
    if headers:
        from mnemoscope.signals.importers.formats.wfdb import IMPORTER as WFDB

        assert WFDB.read_set is not None
        record = {name: file for name, file in files.items() if whole or not name.lower().endswith(".hea")}
        record[PurePosixPath(chosen).name] = files[PurePosixPath(chosen).name]
        table = WFDB.read_set(record, options)
    else:
        table = _inner(files[PurePosixPath(chosen).name], path.name, replace(options, part=inner))
    return _with_choice(_labelled(table, path, "ZIP", options), choices, chosen, options)


def _of_segments(archive: zipfile.ZipFile, headers: list[str]) -> str | None:
    """The one header among several that says of which segments its record is made."""
    from mnemoscope.signals.importers.formats.wfdb.record import SEGMENTED

    found: list[str] = []
    for name in headers if 1 < len(headers) <= MAX_MEMBERS else []:
        with archive.open(name) as file:
            if SEGMENTED.match(file.read(4096)):
                found.append(name)
    return found[0] if len(found) == 1 else None


def _not_documents(members: Mapping[str, zipfile.ZipInfo]) -> None:
    for folder, what in (("word/", "a Word document"), ("ppt/", "a PowerPoint presentation")):
        if any(name.startswith(folder) for name in members):
            raise ImportFileError(
                f"this is {what}, not a table", where="byte 0", hint="Save its table as a sheet or as CSV."
            )


def _chosen(choices: list[str], options: ImportOptions) -> tuple[str, str | None]:
    """Which file, and which part of it; of several the user's, else the first."""
    part = options.part
    if part is None or (part not in choices and len(choices) == 1 and not part.startswith(choices[0] + "/")):
        return choices[0], part
    for name in choices:
        if part == name or part.startswith(name + "/"):
            return name, part[len(name) + 1 :] or None
    raise ImportFileError(
        f"the archive has no file {part!r}",
        hint=f"Choose one of {', '.join(choices[:20])}.",
        retry=retry(f"Read {choices[0]}", part=choices[0]),
    )


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, packed: int) -> dict[str, Path]:
    """The members as files, by their own names; their folders are left out."""
    size, files = 0, dict[str, Path]()
    for number, member in enumerate(members):
        if member.flag_bits & 1:
            raise ImportFileError("the archive is encrypted", hint="Pack it without a password.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
            raise ImportFileError("the archive is packed in a way that is not read", hint="Pack it as a plain ZIP.")
        target = folder / f"{number}{PurePosixPath(member.filename).suffix[:12]}"
        with archive.open(member) as file:
            size = _write(target, _blocks(file), packed, size)
        files[PurePosixPath(member.filename).name] = target
    return files


def _with_choice(table: Table, choices: list[str], chosen: str, options: ImportOptions) -> Table:
    if len(choices) < 2:
        return table
    others = tuple(Alternative(name, {"part": name}) for name in choices if name != chosen)[:40]
    evidence = f"{len(choices)} files are in the archive"
    guess = Guess("file of the archive", chosen, evidence, others, question=options.part is None)
    table.report["questions" if guess.question else "assumptions"].insert(0, guess.entry())
    table.report["parts"] = [
        *choices,
        *(f"{chosen}/{part}" for part in table.report["parts"]),
    ]
    return table


IMPORTER = Importer("archive", "any of these, packed", (".gz", ".bz2", ".xz", ".zip"), _sniff, _read, binary=True)
