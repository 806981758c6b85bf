"""Small files of every binary format, written byte by byte or by their usual writers, from one pair of channels."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import math
import struct
import warnings
import zipfile
from datetime import datetime
from typing import Any

import numpy as np

N = 200
RATE = 100.0
X = np.array([round(50 + 10 * math.sin(i / 7), 2) for i in range(N)])
Y = np.array([round(-3.25 + i % 11 * 0.5, 3) for i in range(N)])
TABLE = "time_s,x,y\n" + "".join(f"{i / RATE:.2f},{a:.2f},{b:.3f}\n" for i, (a, b) in enumerate(zip(X, Y, strict=True)))
"""The twin: the same numbers as text."""


def npy(array: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


def npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def wav(samples: Any = None, *, rate: int = 100, subtype: str = "DOUBLE", kind: str = "WAV") -> bytes:
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, np.stack([X, Y], 1) / 100 if samples is None else samples, rate, subtype, format=kind)
    return out.getvalue()


def mat(version: str = "5", **arrays: Any) -> bytes:
    import scipy.io

    out = io.BytesIO()
    scipy.io.savemat(out, arrays, format=version)
    return out.getvalue()


def arrow(kind: str, **columns: Any) -> bytes:
    from arro3 import io as writers
    from arro3.core import Array, DataType, Table

    def column(values: Any) -> Any:
        if values.dtype.kind == "M":
            return Array(values.astype(np.int64).tolist(), DataType.int64()).cast(DataType.timestamp("ms"))
        return Array.from_numpy(values)

    table = Table.from_pydict({name: column(values) for name, values in columns.items()})
    out = io.BytesIO()
    if kind == "parquet":
        writers.write_parquet(table, out)
    else:
        writers.write_ipc(table, out, compression=None)
    return out.getvalue()


def edf(
    signals: list[tuple[str, Any, float, str]] | None = None,
    *,
    bdf: bool = False,
    annotations: list[tuple[float, float | None, str]] | None = None,
) -> bytes:
    """Signals of name, values, rate and unit; by edfio's own writer, whose digits are 16 or 24 bits of the range of the values."""
    import edfio

    kind, whole = (edfio.BdfSignal, edfio.Bdf) if bdf else (edfio.EdfSignal, edfio.Edf)
    signals = signals or [("x", X, RATE, "uV"), ("y", Y[:2], 1.0, "mV")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = [
            kind(np.asarray(v, float), rate, label=name, physical_dimension=unit) for name, v, rate, unit in signals
        ]
        notes = [edfio.EdfAnnotation(*one) for one in annotations or []]
        return whole(made, annotations=notes).to_bytes() if notes else whole(made).to_bytes()


def edf_by_hand(
    records: list[tuple[float, list[int]]],
    *,
    kind: str = "EDF+D",
    duration: str = "1",
    count: str | None = None,
    low: str = "-100",
    high: str = "100",
    signals: str | None = None,
    samples: str | None = None,
) -> bytes:
    """Records of start in seconds and integers of one signal, beside a list of annotations of 60 bytes."""
    n = len(records[0][1]) if records else 10
    fields = [
        (16, ["x", "EDF Annotations"]), (80, ["", ""]), (8, ["uV", ""]), (8, [low, "-1"]), (8, [high, "1"]),
        (8, ["-100", "-32768"]), (8, ["100", "32767"]), (80, ["", ""]), (8, [samples or str(n), "30"]), (32, ["", ""]),
    ]  # fmt: skip
    head = "0".ljust(8) + "X X X X".ljust(80) + "Startdate X X X X".ljust(80) + "01.01.2000.00.00" + "768".ljust(8)
    head += kind.ljust(44) + (count or str(len(records))).ljust(8) + duration.ljust(8) + (signals or "2").ljust(4)
    head += "".join(text.ljust(width) for width, texts in fields for text in texts)
    body = b"".join(
        struct.pack(f"<{n}h", *values) + f"+{start:g}\x14\x14\0".encode().ljust(60, b"\0") for start, values in records
    )
    return head.encode("latin-1") + body


def wfdb(form: int = 16, *, header: str | None = None, cut: int = 0) -> dict[str, bytes]:
    """Header and samples of a record of two signals, 10 and 20 steps a unit, in one of the formats."""
    whole = np.stack([np.round((X - 50) * 10), np.round(Y * 20)], 1).astype(np.int64).reshape(-1)
    data = PACKED[form](whole)
    text = (
        header
        or f"rec 2 100 {N}\nrec.dat {form} 10(-500)/uV 12 0 0 {checksum(whole[::2])} 0 x\nrec.dat {form} 20(0)/mV 12 0 0 {checksum(whole[1::2])} 0 y\n"
    )
    return {"rec.hea": text.encode(), "rec.dat": data[: len(data) - cut]}


def checksum(values: Any) -> int:
    low = int(values.sum()) % 65_536
    return low - 65_536 if low > 32_767 else low


def _packed212(v: Any) -> bytes:
    a, b = v[::2] & 0xFFF, v[1::2] & 0xFFF
    return np.stack([a & 0xFF, a >> 8 | (b >> 8) << 4, b & 0xFF], 1).astype(np.uint8).tobytes()


def _packed310(v: Any) -> bytes:
    v = np.concatenate([v, np.zeros(-len(v) % 3, np.int64)]).reshape(-1, 3) & 0x3FF
    return (
        np.stack([v[:, 0] << 1 | (v[:, 2] & 0x1F) << 11, v[:, 1] << 1 | (v[:, 2] >> 5) << 11], 1)
        .astype("<u2")
        .tobytes()
    )


def _packed311(v: Any) -> bytes:
    v = np.concatenate([v, np.zeros(-len(v) % 3, np.int64)]).reshape(-1, 3) & 0x3FF
    return (v[:, 0] | v[:, 1] << 10 | v[:, 2] << 20).astype("<u4").tobytes()


PACKED = {
    16: lambda v: v.astype("<i2").tobytes(),
    61: lambda v: v.astype(">i2").tobytes(),
    32: lambda v: v.astype("<i4").tobytes(),
    24: lambda v: np.stack([v & 0xFF, v >> 8 & 0xFF, v >> 16 & 0xFF], 1).astype(np.uint8).tobytes(),
    80: lambda v: (v + 128).astype(np.uint8).tobytes(),
    160: lambda v: (v + 32_768).astype("<u2").tobytes(),
    212: _packed212,
    310: _packed310,
    311: _packed311,
}


def wfdb_flac(bits: int = 16, per_frame: int = 1) -> dict[str, bytes]:
    """The record of wfdb(), its samples compressed."""
    from tempfile import TemporaryDirectory

    whole = np.stack([np.round((X - 50) * 10), np.round(Y * 20)], 1).astype(np.int32)
    with TemporaryDirectory() as folder:  # libsndfile writes 8 bits by name alone
        import soundfile

        path = f"{folder}/rec.flac"
        soundfile.write(path, whole << (32 - bits), 100, f"PCM_{bits}" if bits > 8 else "PCM_S8")
        with open(path, "rb") as file:
            data = file.read()
    times = f"x{per_frame}" if per_frame > 1 else ""
    lines = [
        f"rec.dat {500 + bits}{times} {gain} {bits} 0 0 0 0 {name}"
        for gain, name in (("10(-500)/uV", "x"), ("20(0)/mV", "y"))
    ]
    return {"rec.hea": "\n".join([f"rec 2 {100 // per_frame} {N // per_frame}", *lines, ""]).encode(), "rec.dat": data}


def atr(*marks: tuple[int, int, str]) -> bytes:
    """Annotations of sample, code and further text."""
    out, last = b"", 0
    for sample, code, text in marks:
        step = sample - last
        if step > 1023:
            out += struct.pack("<HHH", 59 << 10, step >> 16, step & 0xFFFF)
            step = 0
        out += struct.pack("<H", code << 10 | step)
        if text:
            raw = text.encode()
            out += struct.pack("<H", 63 << 10 | len(raw)) + raw + b"\0" * (len(raw) % 2)
        last = sample
    return out + b"\0\0"


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, method)
    return out.getvalue()


PACKERS = {"gzip": lambda data: gzip.compress(data, mtime=0), "bzip2": bz2.compress, "xz": lzma.compress}
PACKERS["ZIP"] = lambda data: zipped({"folder/data.csv": data, "README.md": b"what it is"})


def xlsx(cells: dict[str, Any]) -> bytes:
    """A workbook of one sheet, cells by their place: {"A1": "name", "A2": 1.5}."""
    rows: dict[int, list[str]] = {}
    for place, value in cells.items():
        kind, body = ("inlineStr", f"<is><t>{value}</t></is>") if isinstance(value, str) else ("n", f"<v>{value}</v>")
        rows.setdefault(int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), []).append(
            f'<c r="{place}" t="{kind}">{body}</c>'
        )
    sheet = "".join(f'<row r="{row}">{"".join(made)}</row>' for row, made in sorted(rows.items()))
    space = "http://schemas.openxmlformats.org/"
    rels = f"{space}officeDocument/2006/relationships"
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="{space}package/2006/content-types"/>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{space}package/2006/relationships"><Relationship Id="r1" Type="{rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{space}spreadsheetml/2006/main" xmlns:r="{rels}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}package/2006/relationships"><Relationship Id="r1" Type="{rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>'.encode(),
    })  # fmt: skip


def sheet_of(*columns: tuple[str, Any], row: int = 1) -> dict[str, Any]:
    """Columns of name and values as cells, the names in row `row`."""
    cells: dict[str, Any] = {}
    for letter, (name, values) in zip("ABCDEFG", columns, strict=False):
        cells[f"{letter}{row}"] = name
        cells |= {f"{letter}{row + i}": value for i, value in enumerate(values, 1)}
    return cells


def records(**columns: Any) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def times() -> list[float]:
    return [round(i / RATE, 2) for i in range(N)]


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def as_lines(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def ts(*cases: str, head: str = "@univariate true\n@classLabel true a b\n") -> bytes:
    return (
        f"# made by hand\n@problemName Made\n@timeStamps false\n{head}@data\n".encode()
        + "\n".join(cases).encode()
        + b"\n"
    )


def tsf(*series: str, frequency: str = "daily") -> bytes:
    head = f"@relation made\n@attribute series_name string\n@attribute start_timestamp date\n@frequency {frequency}\n@horizon 4\n@missing true\n@equallength false\n@data\n"
    return head.encode() + "\n".join(series).encode() + b"\n"


def comma(values: Any) -> str:
    return ",".join(map(str, values))


def stamps() -> Any:
    return np.datetime64(datetime(2020, 1, 1), "ms") + np.arange(N) * np.timedelta64(10, "ms")
