"""Variants of the kinds of files that others brought, each with its truth: other encodings, signs, dates, tables and records."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np

from tests.signals import made_files as made
from tests.signals.reading_cases import DAY, HOURS, START, WAVE, Case, N, X, Y, comma, dressed, each, stamps, table

T = list(range(N))
HOUR = 1 / 3600


def letters(name: str, header: str, encoding: str, **truth: object) -> Case:
    return Case(f"{name} ({encoding})", table(header, T, X, d=";").encode(encoding), **WAVE, **truth)  # pyright: ignore[reportArgumentType]


ENCODED = [
    letters("Russian", "Время;Напряжение", "cp1251", channel="Напряжение", asks=("encoding",)),
    letters("Russian, chosen", "Время;Напряжение", "koi8_r", channel="Напряжение", cure={"encoding": "koi8_r"}),
    letters("Russian, asked", "Время;Напряжение", "koi8_r", asks=("encoding",)),
    letters("Russian of DOS, chosen", "Время;Напряжение", "cp866", channel="Напряжение", cure={"encoding": "cp866"}),
    letters("Russian of ISO, asked", "Время;Напряжение", "iso8859_5", asks=("encoding",)),
    letters("one Russian letter", "t_s;Т", "cp1251", asks=("encoding",)),
    letters("Japanese", "時刻;電圧", "shift_jis", channel="電圧", asks=("encoding",)),
    letters("Japanese of Unix, chosen", "時刻;電圧", "euc_jp", channel="電圧", cure={"encoding": "euc_jp"}),
    letters("Chinese, asked", "时间;电压", "gb18030", asks=("encoding",)),
    letters("Chinese of Taiwan", "時間;電壓", "big5", channel="電壓", asks=("encoding",)),
    letters("Korean, chosen", "시간;전압", "cp949", channel="전압", cure={"encoding": "cp949"}),
    letters("Greek, asked", "Χρόνος;Τάση", "cp1253", asks=("encoding",)),
    letters("Czech, asked", "Čas;Hodnota měření", "cp1250", asks=("encoding",)),
    letters("Czech, chosen", "Čas;Hodnota měření", "cp1250", channel="Hodnota měření", cure={"encoding": "cp1250"}),
    letters("Turkish, asked", "Zaman;Değer sıcaklığı", "cp1254", asks=("encoding",)),
    letters("German", "Zeit;Größe", "cp1252", channel="Größe", asks=()),
    letters("French", "t_s;Débit à l'été", "cp1252", channel="Débit à l'été", asks=()),
    letters("Russian in 16 bits", "Время;Напряжение", "utf-16-le", channel="Напряжение", asks=()),
    letters("Chinese in 16 bits, big end first", "时间;电压", "utf-16-be", channel="电压", asks=()),
    letters("Russian with a mark", "Время;Напряжение", "utf-8-sig", channel="Напряжение", asks=()),
]  # fmt: skip

_FIRST, _SECOND = table("t_s,x", T[:100], X[:100]), table("t_s,y", T[:100], Y[:100])
HALF = {"rows": 100, "rate": 1}

_AGAIN = table("t_s,x", T[:100], Y[:100])
_ROWS, _MORE = table("", X[:100], Y[:100]), table("", Y[:100], X[:100])
_TIMED = table("", T[:100], Y[:100])
_DOWN = table("t_s,x", T[:100][::-1], X[:100])
_LONG = table("t_s,x", range(20_000), [X[i % N] for i in range(20_000)])

TABLES = [
    Case("a second table of other names", _FIRST + "\n" + _SECOND, **HALF, channel="x", first=X[0], asks=("table",)),
    Case("the second of two tables", _FIRST + "\n" + _SECOND, **HALF, channel="y", first=Y[0], cure={"skip": 102}),
    Case("a second table right below", _FIRST + _SECOND, **HALF, channel="x", left_out=101, asks=("table",)),
    Case("two tables with titles", "Sensor A\n" + _FIRST + "\nSensor B\n" + _SECOND, **HALF, channel="x", asks=("table",)),
    Case("a short second table", _FIRST + "\nt_s,y\n0,1\n1,2\n2,3\n", **HALF, channel="x", asks=("table",)),
    Case("three tables", _FIRST + _SECOND + table("t_s,z", T[:50], X[:50]), **HALF, channel="x", asks=("table",)),
    Case("two tables without a time", table("x,z", X[:100], Y[:100]) + table("a,b", Y[:100], X[:100]), rows=100, channel="x", rate=None, asks=("table",)),
    Case("two tables by date", table("date,x", stamps("%Y-%m-%d", timedelta(days=1), n=60), X[:60]) + table("day,y", stamps("%Y-%m-%d", timedelta(days=1), n=60), Y[:60]), rows=60, channel="x", rate=DAY, asks=("table",)),
    Case("a wider table below", _FIRST + "\n" + table("t_s,y,z", T, Y, X), refused="second table with 3 columns"),
    Case("the first of two tables of different width", _FIRST + "\n" + table("t_s,y,z", T, Y, X), **HALF, channel="x", cure={"ragged": "skip"}),
    Case("a word in one column of one row is no second table", table("t_s,x", T, [*X[:90], "oops", *X[91:]]), refused="'oops' is not a number"),
    Case("the names again, and time goes on", table("t_s,x", T[:100], X[:100]) + table("t_s,x", T[100:], X[100:]), **WAVE, rate=1, left_out=1, asks=("table",)),
    Case("the names again, the rows above alone", table("t_s,x", T[:100], X[:100]) + table("t_s,x", T[100:], X[100:]), **HALF, left_out=101, cure={"tables": "first"}),
    Case("the names again, and time begins anew", _FIRST + _AGAIN, **HALF, channel="x", first=X[0], left_out=101, asks=("table",)),
    Case("the names again, the second", _FIRST + _AGAIN, **HALF, channel="x", first=Y[0], cure={"skip": 101, "tables": "first"}),
    Case("the names again, both", _FIRST + _AGAIN, rows=200, rate="any", channel="x", first=X[0], left_out=1, cure={"tables": "join"}),
    Case("the names again, without a time", table("x,z", X[:100], Y[:100]) + "\n" + table("x,z", Y[:100], X[:100]), rows=200, rate=None, asks=("table",)),
    Case("the names again below titles", "Run 1\n" + _FIRST + "\nRun 2\n" + _AGAIN, **HALF, channel="x", left_out=104, asks=("table",)),
    Case("three times the same names, the second", _FIRST + _AGAIN + _FIRST, **HALF, first=Y[0], cure={"skip": 101, "tables": "first"}),
    Case("a second table without names", _FIRST + "\n" + _TIMED, **HALF, channel="x", asks=("table",)),
    Case("the second, with the names of the first", _FIRST + "\n" + _TIMED, **HALF, channel="x", first=Y[0], cure={"skip": 102, "names_line": 1, "tables": "first"}),
    Case("a second table right below, without names", _FIRST + _TIMED, **HALF, channel="x", left_out=100, asks=("table",)),
    Case("a second table below a comment", _FIRST + "# run 2\n" + _TIMED, **HALF, channel="x", asks=("table",)),
    Case("two tables without names and time", _ROWS + "\n" + _MORE, rows=200, rate=None, asks=("table",)),
    Case("the second of two without names and time", _ROWS + "\n" + _MORE, rows=100, rate=None, first=Y[0], cure={"skip": 101, "tables": "first"}),
    Case("a blank line while time goes on", table("t_s,x", T[:100], X[:100]) + "\n" + table("", T[100:], X[100:]), **WAVE, rate=1, left_out=1, asks=()),
    Case("two columns of one number below each other", table("", X[:100]) + "\n\n" + table("", Y[:100]), rows=202, missing=2, rate=None, asks=("table",)),
    Case("the same, one after the other", table("", X[:100]) + "\n\n" + table("", Y[:100]), rows=200, missing=0, rate=None, cure={"tables": "join"}),
    Case("the same, the second", table("", X[:100]) + "\n\n" + table("", Y[:100]), rows=100, missing=0, rate=None, first=Y[0], cure={"skip": 102}),
    Case("newest first, twice", _DOWN + _DOWN, **HALF, first=X[99], left_out=101, asks=("table", "order of rows")),
    Case("newest first, twice without names between", table("t_s,x", [*T[:100][::-1], *T[:100][::-1]], X), **HALF, first=X[99], left_out=100, asks=("table", "order of rows")),
    Case("newest first, a later part below", table("t_s,x", [*T[:100][::-1], *T[100:][::-1]], X), rows=N, rate=1, first=X[99], asks=("order of rows",)),
    Case("halves that were swapped are one table", table("t_s,x", [*T[100:], *T[:100]], X), rows=N, rate=1, asks=("order of rows",)),
    Case("a second table far below", _LONG + _LONG, rows=20_000, rate=1, left_out=20_001, asks=("table",)),
    Case("the second table far below", _LONG + _LONG, rows=20_000, rate=1, first=X[0], cure={"skip": 20_001, "tables": "first"}),
]  # fmt: skip

SIGNS = [
    Case("decimal commas under one name with a unit", "Druck (bar)\n" + "".join(f"{x:.2f}\n".replace(".", ",") for x in X), rows=N, channel="Druck", unit="bar", low=40, high=60, asks=("the comma",)),
    Case("decimal commas under a title of two words", "log 7\n" + "".join(f"{x:.3f}\n".replace(".", ",") for x in X), rows=N, low=40, high=60, cure={"delimiter": "", "decimal": ","}, asks=("the comma",)),
    Case("two whole numbers under two names", "a,b\n" + "".join(f"{i % 9},{100 + i}\n" for i in range(N)), rows=N, channel="a", low=0, high=8),
    Case("blank-aligned columns of numbers alone", table("", [f"{t:6d}" for t in T], [f"{x:9.2f}" for x in X], d=" "), **WAVE, rate=None),
    Case("one number a line", table("", X), **WAVE, rate=None),
    Case("one number a line with a decimal comma", table("", [comma(x) for x in X]), **WAVE, rate=None),
    Case("bars between the cells", table("t_s|x", T, X, d="|"), **WAVE, rate=1),
    Case("three decimals behind a comma, a leading nought", dressed(lambda x: f"{x / 100:.3f}".replace(".", ",")), low=0.4, high=0.6),
    Case("groups by apostrophes, typographic", dressed(lambda x: f"{x * 1000:,.2f}".replace(",", "’")), low=40_000, high=60_000),
    Case("groups by thin blanks and a comma", dressed(lambda x: f"{x * 1000:,.2f}".replace(",", "\u2009").replace(".", ",")), low=40_000, high=60_000),
    Case("groups of India", dressed(lambda x: f"{int(x) // 10},{int(x) % 10}0,000.00"), low=400_000, high=600_000),
    Case("minus of typography", dressed(lambda x: f"{x - 50:.2f}".replace("-", "−")), low=-10, high=10),
    Case("per cent in the cells", dressed(lambda x: f"{x:.2f} %"), **WAVE, unit="%"),
    Case("euros behind", dressed(lambda x: f"{x:.2f} €"), **WAVE),
    Case("residue of a spreadsheet", dressed(lambda x: f'="{x:.2f}"'), **WAVE),
    Case("exponents of Fortran", dressed(lambda x: f"{x / 100:.4f}D+02"), **WAVE),
    Case("plus signs", dressed(lambda x: f"+{x:.2f}"), **WAVE),
    Case("a dash where nothing was measured", dressed(lambda x: "-" if x > 59.9 else f"{x:.2f}"), low=40, missing=sum(x > 59.9 for x in X)),
]  # fmt: skip

TIMES = [
    Case("days first with points, seconds", table("Zeit;x", stamps("%d.%m.%Y %H:%M:%S", timedelta(seconds=10)), X, d=";"), **WAVE, rate=0.1),
    Case("half past with a.m. and p.m.", table("when,x", stamps("%m/%d/%Y %I:%M:%S %p", timedelta(minutes=30)), X), **WAVE, rate=1 / 1800),
    Case("a zone by name", table("when,x", stamps("%Y-%m-%d %H:%M:%S UTC", timedelta(hours=1)), X), **WAVE, rate=HOUR),
    Case("basic ISO", table("when,x", stamps("%Y%m%dT%H%M%S", timedelta(hours=1)), X), **WAVE, rate=HOUR),
    Case("date and time of day apart", "Date;Time;x\n" + each(lambda i: f"{HOURS[i]:%d/%m/%Y};{HOURS[i]:%H:%M};{X[i]}"), **WAVE, rate=HOUR),
    Case("year, month, day, hour, a variant", "year,month,day,hour,x\n" + each(lambda i: f"{HOURS[i]:%Y,%m,%d,%H},{X[i]}"), **WAVE, rate=HOUR),
    Case("year and day of the year, a variant", "year,doy,x\n" + each(lambda i: f"{START + timedelta(days=i):%Y,%j},{X[i]}"), **WAVE, rate=DAY),
    Case("Unix time in ms", table("timestamp,x", [1_577_836_800_000 + 40 * i for i in T], X), **WAVE, rate=25),
    Case("Unix time in ns", table("timestamp,x", [1_577_836_800_000_000_000 + 20_000_000 * i for i in T], X), **WAVE, rate=50),
    Case("256 Hz written to the millisecond", table("t_s,x", [f"{i / 256:.3f}" for i in T], X), **WAVE, rate=256),
    Case("one row lost", table("t_s,x", [f"{(i + (i > 99)) / 50:.2f}" for i in T], X), **WAVE, rate=50, gaps=1),
    Case("newest first, a variant", table("date,x", stamps("%Y-%m-%d", timedelta(days=1))[::-1], X), rows=N, rate=DAY, first=X[-1], asks=("order of rows",)),
    Case("minutes and seconds, a variant", table("time,x", [f"{i // 60:02d}:{i % 60:02d}.0" for i in T], X), **WAVE, rate=1),
    Case("weeks of ISO", table("week,x", [(START + timedelta(weeks=i)).strftime("%G-W%V") for i in T], X), **WAVE, rate=DAY / 7),
]  # fmt: skip


def segment(name: str, form: int = 16) -> dict[str, bytes]:
    record = made.wfdb(form)
    return {f"{name}.hea": record["rec.hea"].replace(b"rec", name.encode()), f"{name}.dat": record["rec.dat"]}


_LAYOUT = b"v_layout 2 100 0\n~ 0 10(-500)/uV 12 0 0 0 0 x\n~ 0 20(0)/mV 12 0 0 0 0 y\n"
_ALONE = {"b.hea": b"b 1 100 200\nb.dat 16 10(-500)/uV 12 0 0 0 0 x\n", "b.dat": np.round((np.array(X) - 50) * 10).astype("<i2").tobytes()}  # fmt: skip
FIXED_SEGMENTS = segment("s_1") | segment("s_2", 212) | {"s.hea": b"s/2 2 100 400\ns_1 200\ns_2 200\n"}
_VARIABLE = (
    segment("a") | _ALONE | {"v_layout.hea": _LAYOUT, "v.hea": b"v/4 2 100 500\nv_layout 0\na 200\n~ 100\nb 200\n"}
)
SEGMENTS = {"rows": 400, "channel": "x", "unit": "µV", "low": 40, "high": 60, "rate": 100}

RECORDS = [
    Case("wfdb: two segments of one layout", made.zipped(FIXED_SEGMENTS), **SEGMENTS, missing=0),
    Case("wfdb: segments of a layout that changes, a pause between", made.zipped(_VARIABLE), **SEGMENTS | {"rows": 500}, missing=100),
    Case("wfdb: a segment is lacking", made.zipped({name: data for name, data in FIXED_SEGMENTS.items() if not name.startswith("s_2")}), refused="segment s_2"),
    Case("wfdb: says a year of pauses", made.zipped(_ALONE | {"v.hea": b"v/2 1 100\nb 200\n~ 3155760000\n"}), refused="samples a signal"),
    Case("wfdb: compressed, and damaged", made.zipped({"r.hea": b"r 1 100 200\nr.dat 508 200 16 0 0 0 0 x\n", "r.dat": bytes(range(256))}), refused="compressed samples cannot be read"),
    *(Case(f"wfdb: compressed in {bits} bits", made.zipped(made.wfdb_flac(bits)), **WAVE, channel="x", unit="µV", rate=100) for bits in (8, 16, 24)),
    Case("wfdb: compressed, two samples a frame", made.zipped(made.wfdb_flac(16, 2)), **WAVE, channel="x", unit="µV", rate=100, first=50),
    Case("wfdb: in format 17, which there is none of", made.zipped({"r.hea": b"r 1 100 200\nr.dat 17 200 16 0 0 0 0 x\n", "r.dat": bytes(range(256))}), refused="format 17"),
    Case("json: rows of numbers, thousands of them", made.as_json([[i / 50, math.sin(i / 9)] for i in range(20_000)]), rows=20_000, asks=("unit of",), rate=50),
    Case("json lines: a field nested, thousands of lines", made.as_lines([{"t_s": i / 50, "s": {"x": i % 7}} for i in range(20_000)]), rows=20_000, channel="s.x", low=0, high=6, rate=50),
    Case("json: records of which one lacks a field", made.as_json([{"t_s": i / 50, **({"x": i % 7} if i != 9000 else {})} for i in range(20_000)]), rows=20_000, channel="x", missing=1, rate=50),
    Case("json: numbers first, then words", made.as_json([{"t_s": i / 50, "x": i % 7, "w": i if i < 9000 else "a"} for i in range(10_000)]), refused="'a' is not a number"),
    Case("npy: bytes", made.npy((np.arange(N) % 91).astype(np.uint8)), rows=N, low=0, high=90, rate=None),
    Case("npy: 64-bit integers beyond 2^24", made.npy(41_234_567 + 3 * np.arange(N)), rows=N, low=41_234_567, high=41_234_567 + 3 * (N - 1), rate=None),
    Case("npy: half precision", made.npy(np.array(X).round().astype(np.float16)), rows=N, low=40, high=60, rate=None),
    Case("parquet: numbers of 32 bits, dates", made.arrow("parquet", t=made.stamps(), x=np.array(X, np.float32)), rows=N, channel="x", rate=100),
]  # fmt: skip

VARIANTS: list[Case] = [*ENCODED, *TABLES, *SIGNS, *TIMES, *RECORDS]
