"""Files of every format with bytes changed, cut or multiplied: a table or an error with a way out, in bounded time and memory."""

import gzip
import os
import random
import resource
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers import archive
from mnemoscope.signals.importers.protocol import read_table
from tests import DATA
from tests.signals import made_files as made
from tests.signals.made_files import TABLE, X, Y

EXAMPLES = int(os.environ.get("MNEMOSCOPE_FUZZ", "0")) // 20 or 30
ENDING = ("parquet", "feather")
"""Formats whose reader in Rust ends the process on one file in some thousands: here always the same are tried, and a server reads in a child."""
MEMORY = 300 << 20
SECONDS = 8

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


def attempt(folder, files):
    """Read them: a whole report, or an error that has a hint."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    began = time.process_time()
    tracemalloc.start()
    refusal = None
    try:
        report = read_table([folder / name for name in files]).report
        assert report["rows"] >= 2
        assert report["columns"]
    except ImportFileError as error:
        refusal = error
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert refusal is None or (refusal.message and refusal.hint)
    assert peak < MEMORY
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("name", list(FILES))
def test_changed_bytes(tmp_path_factory, name):
    """Some bytes anywhere, most of them in the head, become others; the rest is cut or goes on as it was."""
    files = FILES[name]

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=name in ENDING)
    @given(st.integers(0, 2**32 - 1))
    def tried(seed):
        dice = random.Random(seed)
        changed = dict(files)
        which = dice.choice(list(files))
        data = bytearray(changed[which])
        for _ in range(dice.choice((1, 1, 2, 5, 40))):
            at = dice.randrange(min(len(data), dice.choice((16, 64, 512, len(data)))))
            data[at] = dice.choice((0, 255, 127, data[at] ^ 1 << dice.randrange(8), dice.randrange(256)))
        if dice.random() < 0.3:
            del data[dice.randrange(len(data)) :]
        changed[which] = bytes(data)
        attempt(folder, changed)

    folder = tmp_path_factory.mktemp("changed")
    tried()


@pytest.mark.parametrize("name", list(FILES))
def test_cut_short(tmp_path, name):
    """At every tenth of the file, and within its first bytes."""
    for which, whole in FILES[name].items():
        for stop in {*range(1, 40, 3), *(len(whole) * part // 10 for part in range(10))}:
            attempt(tmp_path, FILES[name] | {which: whole[:stop]})


def test_sizes_that_a_header_claims_are_not_believed(tmp_path):
    """No memory is taken for what is not there."""
    header = b"rec 1 100 4000000000\nrec.dat 16 200 16 0 0 0 0 x\n"
    wav = bytearray(made.wav(subtype="PCM_16"))
    wav[4:8] = wav[40:44] = b"\xff\xff\xff\x7f"
    claims = {
        "npy": {"f": made.npy(X).replace(b"(200,)", b"(9" + b"9" * 8 + b",)")},
        "wfdb": made.wfdb() | {"rec.hea": header},
        "wav": {"f": bytes(wav)},
        "edf": {"f": made.edf_by_hand([(0, list(range(10)))], count="99999999")},
        "mat": {"f": made.mat("4", x=X).replace((200).to_bytes(4, "little"), (2**31 - 1).to_bytes(4, "little"), 1)},
    }
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for files in claims.values():
        attempt(tmp_path, files)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def test_bombs_leave_nothing_on_the_disk(tmp_path, monkeypatch):
    """What was unpacked so far goes, whatever it was packed in."""
    monkeypatch.setattr(archive.tempfile, "tempdir", str(tmp_path / "work"))
    (tmp_path / "work").mkdir()
    zeros = bytes(80 << 20)
    for name, pack in {"g": lambda data: gzip.compress(data, 9), **made.PACKERS}.items():
        (tmp_path / "bomb").write_bytes(pack(zeros))
        with pytest.raises(ImportFileError, match="times as many"):
            read_table(tmp_path / "bomb")
        assert list((tmp_path / "work").iterdir()) == [], name


def test_what_is_packed_badly_is_refused_by_what_is_wrong(tmp_path):
    """A password, a method that is not read, too many files, a file that says it is smaller than it is."""
    locked = bytearray(made.zipped({"a.csv": TABLE.encode()}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = locked.index(mark) + (6 if mark.endswith(b"\x04") else 8)
        locked[at] |= 1
    lying = bytearray(made.zipped({"a.csv": TABLE.encode()}, zipfile.ZIP_STORED))
    at = lying.index(b"PK\x01\x02") + 24
    lying[at : at + 4] = (10).to_bytes(4, "little")
    for data, words in (
        (bytes(locked), "encrypted"),
        (made.zipped({"a.csv": TABLE.encode()}, zipfile.ZIP_LZMA), "a way that is not read"),
        (
            made.zipped({f"{i}.csv": b"" for i in range(archive.MAX_MEMBERS + 1)}, zipfile.ZIP_STORED),
            "files in one archive",
        ),
        (bytes(lying), "damaged"),
    ):
        (tmp_path / "file").write_bytes(data)
        with pytest.raises(ImportFileError, match=words):
            read_table(tmp_path / "file")


def test_members_of_a_zip_cannot_leave_their_folder(tmp_path, monkeypatch):
    """Their folders are left out, and names are only looked up among them."""
    monkeypatch.setattr(archive.tempfile, "tempdir", str(tmp_path))
    (tmp_path / "file").write_bytes(made.zipped({"../../out.csv": TABLE.encode(), "/etc/also.csv": b"a,b\n1,2\n"}))
    assert read_table(tmp_path / "file").report["rows"] == len(X)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_header_names_no_file_outside_its_folder(tmp_path):
    """Neither by a path nor by a neighbour that was not brought."""
    (tmp_path / "secret.dat").write_bytes(bytes(800))
    folder = tmp_path / "record"
    folder.mkdir()
    for name in ("../secret.dat", str(tmp_path / "secret.dat"), "secret.dat", "..\\secret.dat"):
        (folder / "rec.hea").write_bytes(f"rec 1 100 200\n{name} 16 200 16 0 0 0 0 x\n".encode())
        with pytest.raises(ImportFileError):
            read_table(folder / "rec.hea")
