"""Files of every format with bytes changed, cut or multiplied: a table or an error with a way out, in bounded time and memory."""

import gzip
import resource
import subprocess
import time
import tracemalloc
import zipfile

import numpy as np
import pytest

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers import apart, archive
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.protocol import read_table
from tests.signals import made_files as made
from tests.signals.damaged import FILES, damaged
from tests.signals.made_files import TABLE, X

EXAMPLES = 30
"""Of each format; `make fuzz` tries thousands."""
MEMORY = 300 << 20
SECONDS = 8


@pytest.fixture(autouse=True)
def _no_backtraces(monkeypatch):
    """A reader in Rust takes seconds to name the lines where it gave up, if it is asked to."""
    monkeypatch.setenv("RUST_BACKTRACE", "0")


def attempt(folder, files):
    """Read them: a whole report, or an error that has a hint."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    began = time.process_time()
    tracemalloc.start()
    refusal = None
    try:
        with apart.within():  # what ends its process is tried by `make fuzz`, in processes that may end
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
    """Some bytes anywhere, most of them in the head, become others, go, or come twice; the rest is cut or goes on as it was."""
    folder = tmp_path_factory.mktemp("changed")
    for seed in range(EXAMPLES):
        attempt(folder, damaged(FILES[name], seed))


@pytest.mark.parametrize("name", list(FILES))
def test_cut_short(tmp_path, name):
    """At every tenth of the file, and within its first bytes."""
    for which, whole in FILES[name].items():
        for stop in {*range(1, 40, 3), *(len(whole) * part // 10 for part in range(10))}:
            attempt(tmp_path, FILES[name] | {which: whole[:stop]})


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_what_is_read_in_a_process_of_its_own_is_the_same(tmp_path, monkeypatch, kind):
    """Numbers, times, clock and report; an error with all its parts; a process that ended says that the file is damaged."""
    path = tmp_path / "file"
    path.write_bytes(made.arrow(kind, t=made.stamps(), x=X, n=np.arange(len(X))))
    away = read_table(path)
    with apart.within():
        here = read_table(path)
    assert away.report == here.report
    assert away.timing is not None
    assert here.timing is not None
    assert (away.timing.sample_rate, away.timing.gaps) == (here.timing.sample_rate, here.timing.gaps)
    for a, b in zip(away.columns, here.columns, strict=True):
        assert (a.name, a.kind, a.unit, a.low, a.labels) == (b.name, b.kind, b.unit, b.low, b.labels)
        np.testing.assert_array_equal(a.values, b.values)
    np.testing.assert_array_equal(away.time, here.time)
    with pytest.raises(ImportFileError, match="no column 'nowhere'") as refused:
        read_table(path, ImportOptions(time=("nowhere",)))
    assert refused.value.hint
    monkeypatch.setattr(
        apart.subprocess, "run", lambda command, **more: subprocess.CompletedProcess(command, -6, b"", b"panic")
    )
    with pytest.raises(ImportFileError, match="its reader gave up"):
        read_table(path)


@pytest.mark.parametrize(("name", "seed"), [("zip", 56), ("xls", 18)])
def test_damage_that_was_read_wrongly_once(tmp_path, name, seed):
    """A member without a name; a sheet that spans far more than its bytes."""
    attempt(tmp_path, damaged(FILES[name], seed))


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
