"""Files with bytes flipped, cut, moved and multiplied, by the thousand: `python -m tests.signals.damaged --inputs 20000` (make fuzz).

Every one must be a table or an error with a way out, in bounded memory and time. They are read in workers, a worker a format, so that
a reader that ends its process is counted and not believed; of a format that is read apart (`Importer.apart`) that is no failure.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers import apart
from mnemoscope.signals.importers.protocol import IMPORTERS, importer_of, read_table
from tests import DATA
from tests.signals import made_files as made
from tests.signals.made_files import TABLE, X, Y

MEMORY, SECONDS = 3 << 30, 20
WFDB = made.wfdb(212) | {"rec.atr": made.atr((20, 1, ""), (150, 28, "(AFIB"))}
FILES: dict[str, dict[str, bytes]] = {
    name: content if isinstance(content, dict) else {"file": content}
    for name, content in {
        "edf": made.edf([("x", X, 100.0, "uV"), ("y", Y[:20], 10.0, "mV")], annotations=[(0.5, 0.2, "a")]),
        "edf with gaps": made.edf_by_hand([(0, list(range(10))), (3, list(range(10)))]),
        "bdf": made.edf(bdf=True),
        "wfdb": WFDB,
        "wav": made.wav(),
        "flac": made.wav(subtype="PCM_16", kind="FLAC"),
        "npy": made.npy(X),
        "npz": made.npz(x=X, y=Y[:9], fs=100.0),
        "mat 5": made.mat(x=X, s={"a": 1}),
        "mat 4": made.mat("4", x=X),
        "parquet": made.arrow("parquet", t=made.stamps(), x=X),
        "feather": made.arrow("feather", t=made.stamps(), x=X),
        "xlsx": made.xlsx(made.sheet_of(("t_s", made.times()), ("x", X))),
        "xls": (DATA / "formats" / "twin.xls").read_bytes(),
        "ods": (DATA / "formats" / "twin.ods").read_bytes(),
        "json": made.as_json(made.records(t_s=made.times(), x=X.tolist())),
        "ts": made.ts(f"{made.comma(X)}:a", f"{made.comma(Y)}:b"),
        "tsf": made.tsf(f"one:2020-01-01 00-00-00:{made.comma(X)}"),
        "gzip": made.PACKERS["gzip"](TABLE.encode()),
        "xz": made.PACKERS["xz"](TABLE.encode()),
        "bzip2": made.PACKERS["bzip2"](TABLE.encode()),
        "zip": made.zipped(WFDB),
    }.items()
}
"""A small file of every format that has more than text, or a record of several."""
TEXTS: dict[str, dict[str, bytes]] = {
    "csv": {"file": TABLE.encode()},
    "dates": {"file": ("Date;Time;CO(GT)\n" + "".join(f"{1 + i // 24:02d}/03/2004;{i % 24:02d}.00.00;{x}\n".replace(".0;", ",0;") for i, x in enumerate(X.tolist()))).encode("cp1252")},
    "quotes": {"file": ('"t","x, y","label"\n' + "".join(f'{i},"{x:,.2f}","a ""b"""\n' for i, x in enumerate((X * 1000).tolist()))).encode("utf-16")},
    "json lines": {"file": made.as_lines(made.records(t_s=made.times(), x=X.tolist()))},
}  # fmt: skip


def damaged(files: dict[str, bytes], seed: int) -> dict[str, bytes]:
    """The files with one of them damaged, always in the same way for a seed."""
    dice = random.Random(seed)
    which = dice.choice(list(files))
    data = bytearray(files[which])
    for _ in range(dice.choice((1, 1, 2, 5, 40))):
        if not data:
            break
        at = dice.randrange(min(len(data), dice.choice((16, 64, 512, len(data)))))
        kind = dice.random()
        if kind < 0.7:
            data[at] = dice.choice((0, 255, 127, data[at] ^ 1 << dice.randrange(8), dice.randrange(256)))
        elif kind < 0.8:  # a number that cannot be, in the width of a header's fields
            width = dice.choice((2, 4, 8))
            data[at : at + width] = dice.choice((b"\xff", b"\x00", b"\x7f")) * width
        else:  # a part of it again, somewhere else, or gone
            start = dice.randrange(len(data))
            part = data[start : start + dice.choice((1, 4, 16, 200))]
            data[at : at + dice.choice((0, len(part)))] = part if dice.random() < 0.7 else b""
    if dice.random() < 0.25:
        del data[dice.randrange(len(data) + 1) :]
    return files | {which: bytes(data)}


def fault(folder: Path, files: dict[str, bytes]) -> str | None:
    """What is wrong with how these files are read; None where it is a table, or an error with a way out."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    began = time.process_time()
    try:
        report = read_table([folder / name for name in files]).report
        if report["rows"] < 2 or not report["columns"]:
            return f"a table of {report['rows']} rows"
    except ImportFileError as error:
        if not (error.message and error.hint):
            return f"no way out of {error}"
    except MemoryError:
        return "more than 3 GB of memory"
    except Exception as error:  # whatever a reader forgot
        return f"{type(error).__name__}: {error}"[:300]
    taken = time.process_time() - began
    return f"{taken:.0f} s" if taken > SECONDS else None


def _work(name: str, first: int, count: int, folder: Path) -> None:
    """A worker: the seed on disk before each reading, faults on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    place = folder / "place"
    (folder / "files").mkdir(exist_ok=True)
    with apart.within():
        for seed in range(first, first + count):
            place.write_text(str(seed))
            if (wrong := fault(folder / "files", damaged((FILES | TEXTS)[name], seed))) is not None:
                print(json.dumps([seed, wrong]), flush=True)
    place.write_text("")


def _format(name: str, first: int, count: int) -> Iterator[tuple[int, str]]:
    """Seed and fault of every damaged file that is read wrongly; "ended" where the reader ended its process."""
    stop = first + count
    with tempfile.TemporaryDirectory() as folder:
        while first < stop:
            command = [
                sys.executable,
                "-m",
                "tests.signals.damaged",
                "--worker",
                name,
                str(first),
                str(stop - first),
                folder,
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)
            yield from (tuple(json.loads(line)) for line in done.stdout.splitlines())  # pyright: ignore[reportReturnType]
            place = (Path(folder) / "place").read_text()
            if not place:
                return
            yield int(place), f"ended ({done.returncode}): {done.stderr.strip()[-200:]}"
            first = int(place) + 1


def main() -> int:
    """Print a line a format; the exit code is 1 where anything is read wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--only", nargs="*", default=[*FILES, *TEXTS])
    parser.add_argument("--worker", nargs=4)
    args = parser.parse_args()
    if args.worker:
        name, first, count, folder = args.worker
        _work(name, int(first), int(count), Path(folder))
        return 0
    known = {importer.name: importer for importer in IMPORTERS}
    failed, share = 0, args.inputs // len(args.only)
    for name in args.only:
        files = (FILES | TEXTS)[name]
        is_apart = any(known[importer_of(data).name].apart for data in files.values())
        wrong = list(_format(name, args.first, share))
        ended = [seed for seed, what in wrong if what.startswith("ended")]
        wrong = [(seed, what) for seed, what in wrong if not (is_apart and what.startswith("ended"))]
        failed += len(wrong)
        print(
            f"{name:16} {share:6} damaged, {len(wrong)} wrong" + (f", {len(ended)} ended the reader" if ended else ""),
            flush=True,
        )
        for seed, what in wrong[:10]:
            print(f"    seed {seed}: {what}")
    print(f"{share * len(args.only)} damaged files, {failed} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
