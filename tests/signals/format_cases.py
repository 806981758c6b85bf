"""Lines of the table of verdicts for files that are no text tables, and for text that is more than one."""

from __future__ import annotations

import gzip
import struct
import zlib

import numpy as np

from tests import DATA
from tests.signals import made_files as made
from tests.signals.made_files import RATE, TABLE, N, X, Y
from tests.signals.reading_cases import DAY, Case

WAVE = {"low": 40.0, "high": 60.0, "rows": N}


def data(name: str) -> bytes:
    return (DATA / name).read_bytes()


def bomb() -> bytes:
    """A gzip of a hundred megabytes in a hundred kilobytes."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(100)), packer.flush()])


def claiming(size: int) -> bytes:
    """An array whose header says more than there is."""
    return made.npy(X).replace(b"(200,)", f"({size},)".encode())[: len(made.npy(X))]


ARRAYS = [
    Case("npy: one series", made.npy(X), **WAVE, channel="values", rate=None),
    Case("npy: integers of 16 bits", made.npy(np.arange(N, dtype=np.int16) ** 2 % 91), rows=N, low=0, rate=None),
    Case("npy: channels along the shorter axis, in rows", made.npy(np.stack([X, Y]).astype(np.float32)), **WAVE, channel="row 1", rate=None),
    Case("npy: in the order of Fortran, with missing", made.npy(np.asfortranarray(np.where(np.arange(2 * N).reshape(N, 2) == 6, np.nan, np.stack([X, Y], 1)))), **WAVE, missing=1, rate=None),
    Case("npy: both axes long, smooth along rows", made.npy(np.stack([np.roll(X, 31 * i) + 9 * (i % 3) for i in range(40)])), rows=N, asks=("axis of time",), rate=None),
    Case("npy: infinite", made.npy(np.where(X[3] == X, np.inf, X)), rows=N, cure={"infinite": "missing"}, rate=None),
    Case("npy: complex", made.npy(X * 1j), refused="complex"),
    Case("npy: structured", made.npy(np.zeros(9, [("a", "f8"), ("b", "i4")])), refused="structured"),
    Case("npy: objects", made.npy(np.array([1, "a", None], object)), refused="never read"),
    Case("npy: says it holds more", claiming(10**12), refused="cut short"),
    Case("npz: names, a rate beside them", made.npz(x=X, y=Y, fs=250.0), **WAVE, channel="x", rate=250),
    Case("npz: times of its own", made.npz(time=np.arange(N) / 50, x=X), **WAVE, channel="x", rate=50, asks=()),
    Case("npz: dates", made.npz(when=made.stamps(), x=X), **WAVE, channel="x", rate=100),
    Case("npz: arrays of different lengths", made.npz(x=X, weights=np.arange(7.0)), **WAVE, channel="x", asks=("array",)),
    Case("npz: another of its arrays", made.npz(x=np.arange(900.0), y=X), **WAVE, channel="y", cure={"part": "y"}),
    Case("mat 5: a matrix and its rate", made.mat(x=np.stack([X, Y], 1), Fs=RATE), **WAVE, channel="x 1", rate=100),
    Case("mat 4: a row", made.mat("4", x=X), **WAVE, channel="x", rate=None),
    Case("mat 5: a structure", made.mat(s={"data": X, "srate": 100}), refused="structures"),
    Case("mat 7.3", b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512) + b"\x89HDF\r\n\x1a\n" + bytes(99), refused="MATLAB 7.3"),
    Case("parquet: dates, numbers with gaps, text", made.arrow("parquet", t=made.stamps(), x=X.astype(np.float32), n=np.arange(N)), rows=N, channel="x", rate=100),
    Case("feather", made.arrow("feather", t_s=np.arange(N) / 50, x=X), **WAVE, channel="x", rate=50),
]  # fmt: skip

SOUND = [
    Case("wav: two channels of 64-bit floats", made.wav(), rows=N, channel="left", low=0.4, high=0.6, rate=100),
    Case("wav: 16 bits", made.wav(np.tile([0.0, 0.5, -1.0], 90), rate=8000, subtype="PCM_16"), rows=270, low=-1, high=0.5, rate=8000),
    Case("flac", made.wav(np.tile([0.0, 0.5, -0.5], 90), rate=8000, subtype="PCM_24", kind="FLAC"), rows=270, low=-0.5, high=0.5, rate=8000),
    Case("wav: no samples", made.wav(np.zeros((0, 1))), refused="0 sample"),
    Case("wav: a head and no more", b"RIFF\x00\x00\x00\x7fWAVE", refused="sound cannot be read"),
]  # fmt: skip

RECORDINGS = [
    Case("edf: a record of a night, seven channels at two rates", data("eeg_sleep_edf/one_record.edf"), rows=3000, channel="EEG Fpz-Cz", unit="µV", rate=100, first=5.016850),
    Case("edf: cut in its first record", data("eeg_sleep_edf/short_psg.edf"), refused="no whole record"),
    Case("edf+: gaps between records", made.edf_by_hand([(0, list(range(10))), (1, list(range(10, 20))), (5, list(range(20, 30)))]), rows=30, low=0, high=29, rate=10, gaps=1),
    Case("edf: says records of no length", made.edf_by_hand([(0, list(range(10)))], duration="0"), refused="records of 0 s"),
    Case("edf: says a billion samples", made.edf_by_hand([(0, list(range(10)))], samples="99999999"), refused="no whole record"),
    Case("edf: says no signals", made.edf_by_hand([(0, list(range(10)))], signals="0"), refused="0 signals"),
    Case("edf: words for numbers", made.edf_by_hand([(0, list(range(10)))], signals="many"), refused="'many', no number"),
    Case("bdf", made.edf(bdf=True), rows=N, channel="x", unit="µV", low=40, high=60, rate=100),
    Case("wfdb: a header without its samples", made.wfdb()["rec.hea"], refused="rec.dat, which is not there"),
    Case("wfdb: header, samples and marks in a zip", made.zipped(made.wfdb(212) | {"rec.atr": made.atr((20, 1, ""), (150, 5, ""))}), **WAVE, channel="x", unit="µV", rate=100),
    Case("wfdb: a record of several segments", b"big/2 2 100 400\nbig_1 200\nbig_2 200\n", refused="segment big_1"),
    Case("wfdb: a file in another folder", b"rec 1 100 200\n../../etc/passwd.dat 16 200 16 0 0 0 0 x\n", refused="no line of a WFDB signal"),
]  # fmt: skip

SHEETS = [
    Case("xlsx: dates, units, labels", data("formats/twin.xlsx"), rows=40, channel="Temp", unit="°C", rate=1 / 900, low=40, high=60, asks=("sheet",)),
    Case("xls", data("formats/twin.xls"), rows=40, channel="Temp", unit="°C", rate=1 / 900, low=40, high=60),
    Case("ods", data("formats/twin.ods"), rows=40, channel="Temp", unit="°C", rate=1 / 900, low=40, high=60),
    Case("xlsx: the other sheet", data("formats/twin.xlsx"), rows=2, low=1, high=2, cure={"part": "Notes"}),
    Case("xlsx: a title and an empty row above", made.xlsx({"A1": "Station 7"} | made.sheet_of(("t_s", made.times()), ("x", X), row=3)), **WAVE, channel="x", rate=100, left_out=1),
    Case("xlsx: numbers that are text with a comma", made.xlsx(made.sheet_of(("t_s", made.times()), ("x", [f"{v:.2f}".replace(".", ",") for v in X]))), **WAVE, channel="x", rate=100),
    Case("xlsx: one cell far outside", made.xlsx({"A1": 1, "A2": 2, "XFD1048576": 3}), refused="1048576 rows"),
    Case("docx", made.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), refused="Word document"),
]  # fmt: skip

WRITTEN = [
    Case("json: numbers", made.as_json(X.tolist()), **WAVE, rate=None),
    Case("json: records", made.as_json(made.records(t_s=made.times(), x=X.tolist())), **WAVE, channel="x", rate=100),
    Case("json: columns, and the rate beside them", made.as_json({"fs": 50, "x": X.tolist(), "y": Y.tolist()}), **WAVE, channel="x", rate=50),
    Case("json: rows", made.as_json([list(row) for row in zip(made.times(), X.tolist(), strict=True)]), **WAVE, asks=("unit of",), rate=100),
    Case("json: as pandas splits it", made.as_json({"columns": ["t_s", "x"], "index": list(range(N)), "data": [list(row) for row in zip(made.times(), X.tolist(), strict=True)]}), **WAVE, channel="x", rate=100),
    Case("json: records inside an answer, nested", made.as_json({"status": "ok", "data": [{"t_s": t, "sensor": {"x": v}} for t, v in zip(made.times(), X.tolist(), strict=True)]}), **WAVE, channel="sensor.x", rate=100),
    Case("json lines: dates, null", made.as_lines([{"when": str(t).replace("T", " "), "x": None if i == 7 else v} for i, (t, v) in enumerate(zip(made.stamps(), X.tolist(), strict=True))]), **WAVE, channel="x", rate=100, missing=1),
    Case("json lines: a series a line, as GluonTS", made.as_lines([{"start": "2020-01-01", "target": X.tolist(), "item_id": "a"}, {"start": "2020-01-01", "target": Y.tolist()[:50]}]), **WAVE, channel="a", rate=None),
    Case("json: several traces, each with x and y", made.as_json({"data": [{"x": list(range(N)), "y": X.tolist(), "name": "a"}, {"x": [1, 2, 3], "y": [1, 2, 4], "name": "b"}]}), **WAVE, channel="y", asks=("array",)),
    Case("json: pairs of value and Unix time", made.as_json([{"target": "cpu", "datapoints": [[x, 1_577_836_800_000 + 10 * i] for i, x in enumerate(X.tolist())]}]), **WAVE, rate=100),
    Case("json: columns beside values, deep in an answer", made.as_json({"results": [{"series": [{"name": "cpu", "columns": ["time", "value"], "values": [[1_577_836_800_000 + 10 * i, x] for i, x in enumerate(X.tolist())]}]}]}), **WAVE, channel="value", rate=100),
    Case("json: numbers as text with a comma", made.as_json([{"t_s": t, "v": f"{x:.2f}".replace(".", ",")} for t, x in zip(made.times(), X.tolist(), strict=True)]), **WAVE, channel="v", rate=100),
    Case("json: infinite", b"[1, 2, 1e999, 3]", rows=4, missing=1, cure={"infinite": "missing"}),
    Case("json: cut short", made.as_json(X.tolist())[:500], refused="no JSON"),
    Case("json: no numbers in it", b'{"name": "x", "tags": {"a": "b"}}', refused="number"),
    Case("json: nested without end", b"[" * 100_000, refused="nested too deeply"),
    Case(".ts: classes, missing", made.ts(f"{made.comma(X)}:a", f"?,{made.comma(Y[1:])}:b"), **WAVE, channel="case 1 (class a)", rate=None),
    Case(".ts: the second case", made.ts(f"{made.comma(Y)}:a", f"{made.comma(X)}:b"), **WAVE, channel="case 2 (class b)", cure={"series": "2"}),
    Case(".ts: no data", made.ts(), refused="no series"),
    Case(".tsf: names, a day a step", made.tsf(f"one:2020-01-01 00-00-00:{made.comma(X)}", f"two:2021-01-01 00-00-00:{made.comma(Y[:50])}"), **WAVE, channel="one", rate=DAY),
    Case(".tsf: half an hour a step", made.tsf(f"one:2020-01-01 00-00-00:{made.comma(X)}", frequency="half_hourly"), **WAVE, rate=1 / 1800),
    Case(".tsf: a word among numbers", made.tsf("one:2020-01-01 00-00-00:1,2,x"), refused="'x' is not a number"),
]  # fmt: skip

PACKED = [
    *(Case(f"{name}: a table inside", pack(TABLE.encode()), **WAVE, channel="x", rate=100) for name, pack in made.PACKERS.items()),
    Case("gzip: a workbook inside", gzip.compress(data("formats/twin.xlsx"), mtime=0), rows=40, channel="Temp", rate=1 / 900),
    Case("zip: two files", made.zipped({"a.csv": TABLE.encode(), "b.csv": b"t_s,v\n0,1\n1,2\n"}), **WAVE, channel="x", asks=("file of the archive",)),
    Case("zip: the smaller of two files", made.zipped({"a.csv": TABLE.encode(), "b.csv": b"t_s,v\n0,1\n1,2\n"}), rows=2, channel="v", cure={"part": "b.csv"}),
    Case("zip: a zip inside", made.zipped({"a.zip": made.zipped({"a.csv": TABLE.encode()})}), refused="inside an archive"),
    Case("gzip: cut short", gzip.compress(TABLE.encode(), mtime=0)[:-300], refused="cut short"),
    Case("gzip: a bomb", bomb(), refused="times as many"),
    Case("zip: a bomb by what it says", made.zipped({"a.csv": bytes(70 << 20)}), refused="times as many"),
    Case("zip: empty", b"PK\x05\x06" + bytes(18), refused="empty"),
    Case("tar in gzip", gzip.compress(bytes(257) + b"ustar" + bytes(250), mtime=0), refused="tar"),
]  # fmt: skip

NAMED = [
    Case(f"named: {what}", content, refused=part)
    for what, content, part in (
        ("HDF5", b"\x89HDF\r\n\x1a\n" + bytes(90), "HDF5"), ("TDMS", b"TDSm" + bytes(90), "TDMS"), ("NetCDF", b"CDF\x01" + bytes(90), "NetCDF"),
        ("SPSS", b"$FL2@(#) SPSS" + bytes(90), "SPSS"), ("Stata", b"<stata_dta><header>" + bytes(90), "Stata"), ("SAS", bytes(84) + b"SAS FILE" + bytes(90), "SAS"),
        ("R", b"RDX3\nX\n" + bytes(90), "R file"), ("PDF", b"%PDF-1.7\n" + bytes(90), "PDF"), ("PNG", b"\x89PNG\r\n\x1a\n" + bytes(90), "PNG"),
        ("SQLite", b"SQLite format 3\0" + bytes(90), "SQLite"), ("7-Zip", b"7z\xbc\xaf\x27\x1c" + bytes(90), "7-Zip"), ("MP3", b"ID3\x04" + bytes(90), "MP3"),
        ("Feather of version 1", b"FEA1" + struct.pack("<i", 4) + bytes(90), "version 1"), ("BrainVision", b"Brain Vision Data Exchange Header File Version 1.0\n", "BrainVision"),
    )
]  # fmt: skip

FORMATS: list[Case] = [*ARRAYS, *SOUND, *RECORDINGS, *SHEETS, *WRITTEN, *PACKED, *NAMED]


def twins() -> dict[str, bytes]:
    """Files that must be the table TABLE sample by sample."""
    rows = made.records(time_s=made.times(), x=X.tolist(), y=Y.tolist())
    arrays = {"time_s": np.array(made.times()), "x": X, "y": Y}
    return {
        "NPZ": made.npz(**arrays),
        "MATLAB 5": made.mat(**arrays),
        "MATLAB 4": made.mat("4", **arrays),
        "Parquet": made.arrow("parquet", **arrays),
        "Feather": made.arrow("feather", **arrays),
        "JSON": made.as_json(rows),
        "JSON lines": made.as_lines(rows),
        "JSON columns": made.as_json({name: values.tolist() for name, values in arrays.items()}),
        "xlsx": made.xlsx(made.sheet_of(("time_s", made.times()), ("x", X), ("y", Y))),
        **{name: pack(TABLE.encode()) for name, pack in made.PACKERS.items()},
    }
