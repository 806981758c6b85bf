"""Files as other programs and people write them, with what has to be read out of them.

Each case is right at once, right after the options of its `cure`, or refused with a way out; `asks` is what the reader has to ask where
it cannot know. The handed files lie in tests/data/reading; the variants are written here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests import DATA

N = 200
X = [round(50 + 10 * math.sin(i / 7), 2) for i in range(N)]
Y = [round(-3.25 + i % 11 * 0.5, 3) for i in range(N)]
START = datetime(2020, 1, 1)
DAY = 1 / 86_400
MONTH = 12 / 31_556_952


@dataclass(frozen=True)
class Case:
    """One file and its truth; what is None is not looked at."""

    name: str
    content: str | bytes
    rows: int | None = N
    channel: str | None = None
    low: float | None = None
    high: float | None = None
    rate: float | str | None = "any"
    """Hz, None = the file has none."""
    gaps: int = 0
    asks: tuple[str, ...] = ()
    """Beginnings of what must be asked."""
    left_out: int | None = None
    unit: str | None = None
    missing: int | None = None
    first: float | None = None
    cure: dict[str, Any] = field(default_factory=dict)
    """Options without which the file is refused or read otherwise than meant."""
    refused: str | None = None
    """Part of the message of a file that cannot be read at all."""

    @property
    def data(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode()


def handed(name: str, **truth: Any) -> Case:
    return Case(name, (DATA / "reading" / name).read_bytes(), **truth)


def table(header: str, *columns: list[Any], d: str = ",") -> str:
    return (header + "\n" if header else "") + "".join(
        d.join(map(str, row)) + "\n" for row in zip(*columns, strict=True)
    )


def stamps(form: str, step: timedelta = timedelta(minutes=15), start: datetime = START, n: int = N) -> list[str]:
    return [(start + i * step).strftime(form) for i in range(n)]


def dressed(dress: Callable[[float], str], d: str = ";", values: list[float] = X) -> str:
    return table(f"t_s{d}x", list(range(len(values))), [dress(value) for value in values], d=d)


def comma(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def grouped(value: float, sign: str, decimal: str = ".") -> str:
    return f"{value:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", sign)


WAVE = {"low": 40.0, "high": 60.0}
SINE = {"low": -0.999, "high": 1.072, "rows": 240}
LARGE = [round(50_000 + 10_000 * math.sin(i / 7), 2) for i in range(N)]

HANDED = [
    handed("android_boot_ns.csv", **WAVE, channel="x", rate=50, asks=("unit of timestamp",)),
    handed("currency.csv", channel="Price", low=40_000.02, high=60_000, rate=DAY, unit="$"),
    handed("date_time_cols.csv", **WAVE, channel="Temp", rate=1 / 900),
    handed("e4_style.csv", low=-10, high=10, rate=64, first=0.0),
    handed("euro_3decimals.csv", channel="kWh", low=0.05, high=0.15, rate=1, asks=("unit of t",)),
    handed("excel_serial.csv", **WAVE, rate=1 / 900, asks=("unit of Date",)),
    handed("hash_na_one_column.csv", **WAVE, missing=10, rate=None),
    handed("heartbeat_rows.csv", rows=187, asks=("layout",), rate=None),
    handed("json_array.json", low=40, high=60, first=50, rate=None),
    handed("json_lines.json", channel="v", first=50, rate=1, asks=("unit of t",)),
    handed("kaggle_mitbih_like.csv", rows=400, channel="MLII", low=800, high=1199, rate=None),
    handed("long.lvm", rows=400, channel="Untitled", rate=1000, asks=("sampling rate",)),
    handed("long_format.csv", **WAVE, channel="value", rate=1, asks=("unit of time", "series of id")),
    handed("monthly_us.csv", **WAVE, rows=120, rate=MONTH, asks=("order of day and month",)),
    handed("ms_rounded_360.csv", **WAVE, channel="ecg", rate=360),
    handed("ndbc.txt", rate=1 / 900, asks=("order of rows",), unit="m", channel="WVHT"),
    handed("newest_first.csv", **WAVE, rate=DAY, gaps=40, asks=("order of rows",)),
    handed("one_blank_row.csv", **WAVE, rows=400, missing=1),
    handed("pandas_array_int_header.csv", **WAVE, channel="0", rate=None),
    handed("pandas_index_then_timestamp.csv", **WAVE, channel="value", rate=1 / 900),
    handed("physionet.csv", **WAVE, channel="MLII", unit="mV", rate=360),
    handed("record.hea", refused="lie in 100.dat, which is not there"),
    handed("repeated_header.csv", **WAVE, rate=1 / 900, left_out=1),
    handed("rigol.csv", **WAVE, channel="CH1", unit="V", rate=5e6),
    handed("shift_jis.csv", **WAVE, channel="温度", rate=1 / 900),
    handed("single_drops.csv", rows=557, rate=100, gaps=43, asks=("sampling rate",)),
    handed("space_thousands.csv", rows=400, channel="v", low=40_000.02, high=60_000, rate=1, asks=("unit of t",)),
    handed("summary_rows_novalcol.csv", **WAVE, channel="value", left_out=2, asks=("series",)),
    handed("swiss.csv", low=40_000.02, high=60_000, rate=1, asks=("unit of t",)),
    handed("toa5.dat", **WAVE, channel="AirTC_Avg", unit="°C", rate=1 / 900),
    handed("utc_suffix.csv", **WAVE, rate=1 / 900),
    handed("yyyymmddhh.csv", **WAVE, rows=400, rate=1 / 3600),
    handed("b1_dc3_leading0.csv", low=0.1, high=0.899, rows=240, asks=("unit of t",)),
    handed("b1_dc3_tab.tsv", **SINE, asks=("unit of t",)),
    handed("b1_dc3_time_dc.csv", **SINE, rate=250),
    handed("b2_cluster.csv", rows=1160, rate=1, gaps=40, high=10, asks=("unit of time",)),
    handed("b2_ten_single_rows_missing.csv", **SINE | {"rows": 230}, rate=1, gaps=10),
    handed("b5_physio_hms_dq.csv", **SINE, rate=360, channel="MLII"),
    handed("b6_iso_ms_360.csv", rows=1199, rate=360),
    handed("b6_round_29.97Hz_3dec.csv", rows=1199, rate=29.97),
    handed("b6_round_360Hz_3dec.csv", rows=1199, rate=360),
    handed("b6_round_60Hz_2dec.csv", rows=1199, rate=60),
    handed("min_m1.csv", rows=4, low=0.501, high=0.733, rate=250),
    handed("min_m2.csv", rows=8, rate=360),
    handed("min_m3.csv", rows=39, rate=1, gaps=1),
    handed("min_m4.csv", rows=4, rate=DAY, first=1, asks=("order of rows",)),
    handed("min_m6.csv", rows=4, low=-0.3, high=0.4, channel="a"),
    handed("min_m6b.csv", rows=4, low=-0.3, high=0.4),
    handed("min_m6c.csv", rows=4, low=49, high=52, unit="%"),
    handed("min_m8.csv", rows=2, low=1, high=2, rate=1 / 60, asks=("series of Series",)),
    handed("min_m10.csv", rows=4, channel="a", low=1, high=3),
    handed("min_m11.csv", rows=4, channel="MLII", unit="mV", low=-0.15, high=-0.14),
    handed("u1_sep_line.csv", **SINE, channel="a", rate=1 / 900),
    handed("u2_apostrophe_neg.csv", **SINE, channel="Struja", rate=1 / 900),
    handed("u2_unicode_minus.csv", **SINE),
    handed("u3_excel_serial.csv", rows=240, rate=1 / 900, asks=("unit of ts",)),
    handed("u4_second_resolution_10hz.csv", **SINE, rate=10),
    handed("u5_descending.csv", rows=240, rate=DAY, asks=("order of rows",)),
    handed("u5_shuffled.csv", rows=240, rate=DAY, asks=("order of rows",)),
    handed("u7_dst_spring_naive.csv", **SINE, rate=1 / 3600, gaps=1),
    handed("u8_onecol_decimal_comma.csv", **SINE, channel="wert", asks=("the comma",)),
    handed("u9_formula_eqquote.csv", **SINE),
    handed("u11_long_grafana.csv", rows=120, rate=1 / 60, asks=("series of Series",)),
    handed("u11_long_sdmx.csv", rows=120, channel="OBS_VALUE", rate=MONTH, asks=("series of geo",)),
    handed("u15_kaggle_mitbih.csv", rows=240, channel="MLII", rate=None),
    handed("u15_physionet_hms.csv", **SINE, channel="MLII", unit="mV", rate=360),
    handed("u15_physionet_sec.csv", **SINE, channel="MLII", unit="mV", rate=360),
    handed("u17_1e308.csv", **SINE, rate=100, missing=1, asks=("1.7e+308 in x",)),
    handed("u19_currency.csv", rows=240, low=800.26, high=1214.37, unit="$"),
    handed("u19_degC.csv", rows=240, low=18, high=22.1, unit="°C"),
    handed("u19_percent.csv", rows=240, low=30, high=71.4, unit="%"),
    handed("u20_influx_annotated.csv", **SINE, channel="_value", rate=0.1),
    handed("u21_true_false.csv", rows=240, low=0, high=1, channel="open", rate=1 / 60),
    handed("u22_utf16_tab.txt", **SINE, channel="Wert"),
]

SMALL = [round(value / 100, 3) for value in X]
THREES = [1.101 + i % 7 * 0.111 for i in range(N)]
BIG = {"low": min(LARGE), "high": max(LARGE)}

NUMBERS = [
    Case("decimal comma, tab", dressed(comma, "\t"), **WAVE, rate=1),
    Case("decimal comma, quoted in a comma file", dressed(lambda v: f'"{comma(v)}"', ","), **WAVE),
    Case("decimal comma, three digits, above one: cannot be known", dressed(lambda v: comma(v, 3), values=THREES), low=1.101, high=1.767, asks=("decimal sign",)),
    Case("the same, as grouped thousands", dressed(lambda v: comma(v, 3), values=THREES), low=1101, high=1767, asks=("decimal sign",), cure={"decimal": ".", "grouping": ","}),
    Case("the same with one number that decides", dressed(lambda v: comma(v, 3), values=THREES).replace("\n9;1,323", "\n9;1,32"), low=1.101, high=1.767),
    Case("decided only at the end of a long file", dressed(lambda v: comma(v, 3), values=THREES * 60) + "12000;0,5\n", rows=N * 60 + 1, low=0.5, high=1.767),
    Case("a group after a lone 0 is no group", dressed(lambda v: comma(v, 3), values=SMALL), low=0.4, high=0.6),
    Case("thousands with commas, quoted", dressed(lambda v: f'"{v:,.2f}"', ",", LARGE), **BIG),
    Case("thousands with points, decimal comma", dressed(lambda v: grouped(v, ".", ","), values=LARGE), **BIG),
    Case("whole thousands with commas and some without", dressed(lambda v: f'"{round(v):,}"', ",", [v - 49_500 for v in LARGE]), low=round(min(LARGE) - 49_500), high=round(max(LARGE) - 49_500)),
    *(Case(f"groups by {name}", dressed(lambda v, c=c: grouped(v, c, ","), values=LARGE), **BIG) for name, c in (("blank", " "), ("no-break blank", "\u00a0"), ("narrow blank", "\u202f"), ("thin blank", "\u2009"))),
    *(Case(f"groups by {name}", dressed(lambda v, c=c: grouped(v, c), values=LARGE), **BIG) for name, c in (("apostrophe", "'"), ("typographic apostrophe", "’"))),
    Case("Indian groups", dressed(lambda v: f'"12,{round(v) // 1000 % 100:02d},{round(v) % 1000:03d}"', ",", LARGE), low=1_240_000, high=1_260_000),
    Case("one column with blanks between groups: cannot be known", "".join(f"{v:,.1f}\n".replace(",", " ") for v in LARGE), asks=("the blank",)),
    Case("the same, told", "".join(f"{v:,.1f}\n".replace(",", " ") for v in LARGE), low=round(min(LARGE), 1), high=round(max(LARGE), 1), cure={"delimiter": "", "grouping": " "}),
    Case("minus as a dash", dressed(lambda v: f"{v - 55:.2f}".replace("-", "–")), low=-15, high=5),
    Case("minus behind", dressed(lambda v: f"{v:.2f}-"), low=-60, high=-40),
    Case("negative in brackets", dressed(lambda v: f"({v:.2f})"), low=-60, high=-40),
    Case("euro behind", dressed(lambda v: f"{grouped(v, '.', ',')} €", values=LARGE), **BIG, unit="€"),
    Case("pounds before", dressed(lambda v: f"£{v:.2f}"), **WAVE, unit="£"),
    Case("per cent with a decimal comma", dressed(lambda v: f"{comma(v)} %"), **WAVE, unit="%"),
    Case("millivolts in the cells", dressed(lambda v: f"{v:.2f} mV", ","), **WAVE, unit="mV"),
    Case("two units in one column are refused", dressed(lambda v: f"{v:.2f} {'mV' if v > 50 else 'V'}", ","), refused="different units"),
    Case("Fortran exponents", dressed(lambda v: f"{v / 10:.4f}D+01", ","), **WAVE),
    Case("exponents as people write them", dressed(lambda v: f"{v / 10:.3f}×10^1", ","), **WAVE),
    Case("formula in quotes", dressed(lambda v: f'="{v}"', ","), **WAVE),
    Case("formula in quotes, doubled", dressed(lambda v: f'"=""{v}"""', ","), **WAVE),
    Case("on and off", table("time,pump", stamps("%Y-%m-%d %H:%M"), ["on" if i % 9 < 4 else "off" for i in range(N)]), low=0, high=1, rate=1 / 900),
    Case("a counter beyond 2^24 keeps its steps", table("t_s,Wh", list(range(N)), [41_234_567 + 3 * i + i % 2 for i in range(N)]), low=41_234_567, high=41_235_165),
    Case("words of nothing", table("t_s,x", list(range(N)), [("n/a", "NULL", "#N/A", "--", "1.#QNAN", "#DIV/0!")[i % 6] if i % 10 == 3 else X[i] for i in range(N)]), **WAVE, missing=20),
    Case("a word among numbers", table("t_s,x", list(range(N)), ["oops" if i == 77 else X[i] for i in range(N)]), **WAVE, missing=1, cure={"missing": ["oops"]}),
    Case("four words among numbers", table("t_s,x,f", list(range(N)), X, [("K", "Z", "H", "W")[i // 50] if i % 50 == 7 else 5 for i in range(N)]), **WAVE, cure={"text_columns": ["f"]}),
    Case("numbers that begin late", table("t_s,a,b", list(range(9000)), [i % 7 for i in range(9000)], ["" if i < 6000 else i % 5 for i in range(9000)]), rows=9000, channel="a", low=0, high=6),
    Case("an underscore is no digit group of Python", table("id,x", [f"1_{i}" for i in range(N)], X), **WAVE, channel="x"),
]  # fmt: skip

ISO = stamps("%Y-%m-%d %H:%M:%S")
PLAIN = table("time_s,x", [i / 10 for i in range(N)], X)
LINES = PLAIN.splitlines(keepends=True)


def inserted(at: int, *lines: str) -> str:
    return "".join([*LINES[:at], *lines, *LINES[at:]])


ROWS = [
    Case("years as names", table("2000,2001,2002", X, Y, [v + 1.5 for v in X]), **WAVE, channel="2000", asks=("first row",)),
    Case("years as names, taken as values", table("2000,2001,2002", X, Y, [v + 1.5 for v in X]), rows=N + 1, high=2000, cure={"header": False}),
    Case("an index without a name before numbers as names", table(",0,1", list(range(N)), X, Y), **WAVE, channel="0", rate=None),
    Case("sep= above", "sep=;\n" + table("t_s;x", list(range(N)), X, d=";"), **WAVE, channel="x"),
    Case("a preamble of other width", "Logger 5\nSerial;123\n\n" + table("t_s;x", list(range(N)), X, d=";"), **WAVE, channel="x", left_out=2),
    Case("names again, three times", "".join("time_s,x\n" + "".join(LINES[1 + 50 * k : 51 + 50 * k]) for k in range(4)), **WAVE, left_out=3, rate=10),
    Case("a second table below", PLAIN + "\nday,min,max\n" + "".join(f"{i},1,2\n" for i in range(9)), **WAVE, cure={"ragged": "skip"}),
    Case("trailing delimiters", table("time_s,x,", [i / 10 for i in range(N)], X, [""] * N), **WAVE, rate=10),
    Case("trailing delimiters without one in the header", "time_s,x\n" + table("", [i / 10 for i in range(N)], X, [""] * N), **WAVE, rate=10),
    Case("a summary below", PLAIN + "Total,10000\nMean,50\n", **WAVE, left_out=2, rate=10),
    Case("a remark below", PLAIN + "\nexported by nobody\n", **WAVE, left_out=2, rate=10),
    Case("comments between rows are counted", inserted(50, "# pause\n", "% again\n"), **WAVE, left_out=2, rate=10),
    Case("a cell that begins like a comment", table("x", ["#NUM!" if i % 20 == 3 else X[i] for i in range(N)]), **WAVE, missing=10),
    Case("a first cell that begins like a comment", table("tag,x", [f"#{i % 3}" for i in range(N)], X), **WAVE, channel="x"),
    Case("blank lines between rows are counted", inserted(50, "\n", "\n"), **WAVE, left_out=2, rate=10),
    Case("every second line is blank", table("x", X).replace("\n", "\n\n"), **WAVE, missing=0),
    Case("a row too short", inserted(60, "5.95\n"), **WAVE, left_out=1, cure={"ragged": "skip"}),
    Case("a cell over two lines",
        "".join([*LINES[:60], '5.9,"5\n0"\n', *LINES[61:]]),
        cure={"missing": ["5 0"]},
        missing=1,
    ),
    Case("R: the names lack that of the row numbers", '"x" "y"\n' + "".join(f'"{i + 1}" {X[i]} {Y[i]}\n' for i in range(N)), **WAVE, channel="x"),
    Case("single quotes around names and a units row", table("'sample','MLII'\n'#','mV'", list(range(N)), X), **WAVE, channel="MLII", unit="mV", rate=None),
    Case("units with blanks and degrees", table('"#","Date Time, GMT-05:00","Temp, °C (LGR S/N: 1)"', list(range(1, N + 1)), stamps("%m/%d/%y %I:%M:%S %p", timedelta(hours=1)), X), **WAVE, unit="°C", rate=1 / 3600),
    Case("what stands in brackets need not be a unit", table("t_s,CO(GT),PT08.S1(CO)", list(range(N)), X, Y), **WAVE, channel="CO(GT)", unit=None),
    Case("the unit at the end of a name", table("t_s,temperature_C", list(range(N)), X), **WAVE, channel="temperature", unit="°C"),
    Case("Windows-1252", table("t_s;Temp [°C];Größe", list(range(N)), X, Y, d=";").encode("cp1252"), **WAVE, channel="Temp", unit="°C"),
    Case("GBK", table("时间,温度,风速", stamps("%Y-%m-%d %H:%M"), X, Y).encode("gb18030"), **WAVE, channel="温度", rate=1 / 900, cure={"encoding": "gb18030"}),
    Case("Windows-1251", table("Время;Температура воздуха", stamps("%Y-%m-%d %H:%M"), X, d=";").encode("cp1251"), **WAVE, channel="Температура воздуха", cure={"encoding": "cp1251"}),
    Case("UTF-16 big end first", table("t_s,x", list(range(N)), X).encode("utf-16-be"), **WAVE),
    Case("one series per row, class first", "".join(f"{k % 2 + 1}\t" + "\t".join(f"{math.sin((9 * k + i) / 9):.4f}" for i in range(60)) + "\n" for k in range(6)), rows=60, asks=("layout",)),
    Case("one series per row, read as columns", "".join(",".join(f"{math.sin((9 * k + i) / 9):.4f}" for i in range(60)) + "\n" for k in range(6)), rows=6, cure={"layout": "columns"}),
    Case("one series over all rows", "PEER STRONG MOTION\nNPTS= 100, DT= .0100 SEC\n" + "".join("  " + "  ".join(f"{math.sin((5 * k + i) / 9):.6f}" for i in range(5)) + "\n" for k in range(20)), rows=100, rate=100, cure={"layout": "wrapped"}),
    Case("the sampling rate above the data", "# Simple Text Format\n# Sampling Rate (Hz):= 1000.00\n# Resolution:= 12\n# Labels:= ECG\n" + table("", X), **WAVE, channel="ECG", rate=1000),
    Case("OpenSignals", '# OpenSignals Text File Format\n# {"00:07": {"sampling rate": 100, "column": ["nSeq", "A1"], "resolution": [4, 10]}}\n# EndOfHeader\n' + "".join(f"{i % 16}\t{X[i]}\t\n" for i in range(N)), **WAVE, channel="A1", rate=100),
    Case("sample interval beside the data", "".join(f"{('Record Length,2500', 'Sample Interval,4.0e-03')[i] if i < 2 else ','},,{i * 0.004:.6f},{X[i]},\n" for i in range(N)), rate=250, channel=None),
    Case("a pickle", b"\x80\x04\x95" + bytes(50), refused="never read"),
    Case("a .ts file", "@problemName Unit\n@timeStamps false\n@data\n1,2,3:4,5,6:a\n", rows=3, channel="case 1 dimension 1 (class a)", low=1, high=3),
    Case("HTML", "<!DOCTYPE html><html><body>no</body></html>\n", refused="HTML"),
]  # fmt: skip


def rounded(rate: float, digits: int, n: int = 1200, drop: tuple[int, ...] = ()) -> str:
    rows = [i for i in range(n) if i not in drop]
    return table("time_s,x", [f"{i / rate:.{digits}f}" for i in rows], [i % 13 + 0.5 for i in rows])


CLOCKS = [
    *(Case(f"{rate} Hz written with {digits} decimals", rounded(rate, digits), rows=1200, rate=rate) for rate, digits in ((360, 3), (360, 4), (128, 3), (29.97, 3), (30, 2), (60, 2), (300, 2), (256, 3), (250, 3), (500, 4), (44_100, 6))),
    *(Case(f"{rate} Hz with {digits} decimals and four rows lost", rounded(rate, digits, drop=(100, 300, 301, 700)), rows=1196, rate=rate, gaps=3) for rate, digits in ((360, 3), (100, 2), (128, 3), (1, 0))),
    Case("one row of twelve lost", rounded(1, 0, 12, (5,)), rows=11, rate=1, gaps=1),
    Case("ten rows a second, the second alone written", table("time,x", [(START + timedelta(seconds=i // 10)).isoformat(" ") for i in range(N)], X), rate=10),
    Case("months of 28 to 31 days", table("Month,x", [f"{1990 + i // 12}-{i % 12 + 1:02d}" for i in range(N)], X), rate=MONTH),
    Case("years", table("Year,x", [1800 + i for i in range(N)], X), rate=MONTH / 12),
    Case("quarters", table("Quarter,x", [f"{1970 + i // 4}-Q{i % 4 + 1}" for i in range(N)], X), rate=MONTH / 3),
    Case("weeks", table("week,x", [f"{d.isocalendar()[0]}-W{d.isocalendar()[1]:02d}" for d in (START + timedelta(weeks=i) for i in range(N))], X), rate=DAY / 7),
    *(Case(f"dates as {form}", table("when;x", stamps(form), X, d=";"), rate=1 / 900) for form in (
        "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%Y%m%dT%H%M%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S+00", "%Y-%m-%d %H:%M:%S.000",
        "%b %d, %Y %H:%M:%S", "%d %b %Y %H:%M", "%a %d %b %Y %H:%M:%S", "%Y%m%d:%H%M", "%Y/%m/%d %H.%M", "%d-%b-%Y %H:%M:%S", "%Y%m%d%H%M", "[%H:%M:%S.000 %d/%m/%Y]",
    )),
    Case("years of two digits, first or last", table("date,x", [f"10/11/{12 + i}" for i in range(12)], X[:12]), rows=12, asks=("",)),
    Case("day and month cannot be told apart", table("date,x", stamps("%m/%d/%Y", timedelta(days=1), n=12), X[:12]), rows=12, asks=("order of day and month",)),
    Case("an interval", table("Observation period,x", [f"{a}/{b}" for a, b in zip(stamps("%Y-%m-%dT%H:%M:%S.0"), stamps("%Y-%m-%dT%H:%M:%S.0", start=START + timedelta(minutes=15)), strict=True)], X), rate=1 / 900),
    Case("minutes and seconds", table("Elapsed time,x", [f"{i // 120}:{i / 2 % 60:04.1f}" for i in range(N)], X), rate=2),
    Case("more than 24 hours", table("elapsed,x", [f"{i // 4:02d}:{i % 4 * 15:02d}:00" for i in range(N)], X), rate=1 / 900),
    Case("a night past midnight", table("clock,x", stamps("%H:%M:%S", timedelta(minutes=1), datetime(2020, 1, 1, 22)), X), rate=1 / 60),
    Case("date and time of day apart, decimal comma", table("Datum;Uhrzeit;Wert", stamps("%d.%m.%Y"), stamps("%H:%M"), [comma(v) for v in X], d=";"), **WAVE, rate=1 / 900),
    Case("time of day before the date", table("Time,Date,x", stamps("%H:%M:%S"), stamps("%Y-%m-%d"), X), **WAVE, rate=1 / 900),
    Case("year, month, day, hour", table("No,year,month,day,hour,pm", list(range(N)), *(stamps(f, timedelta(hours=1)) for f in ("%Y", "%m", "%d", "%H")), X), **WAVE, channel="pm", rate=1 / 3600),
    Case("year and day of the year", table("year,doy,hour,t_air", *(stamps(f, timedelta(hours=1)) for f in ("%Y", "%j", "%H")), X), **WAVE, rate=1 / 3600),
    Case("year, day of the year and hhmm", table("YEAR DOY HHMM WS", *(stamps(f) for f in ("%Y", "%j", "%H%M")), X, d=" "), **WAVE, channel="WS", rate=1 / 900),
    Case("Unix seconds", table("epoch,x", [1_600_000_000 + i for i in range(N)], X), rate=1),
    Case("Unix milliseconds", table("timestamp,x", [1_600_000_000_000 + 20 * i for i in range(N)], X), rate=50),
    Case("Unix nanoseconds", table("ts,x", [1_600_000_000_000_000_000 + 4_000_000 * i for i in range(N)], X), rate=250),
    Case("a count that is no Unix time", table("timestamp,x", [123_456_789_000 + 20_000 * i for i in range(N)], X), asks=("unit of timestamp",), rate=50),
    Case("milliseconds without a word of it", table("timer,hr", [round(8.54 * i) for i in range(N)], X), asks=("unit of timer",), rate="any"),
    Case("a counter called time", table("time,x", list(range(N)), X), asks=("unit of time",), rate=1),
    Case("the same, in milliseconds", table("time,x", [4 * i for i in range(N)], X), asks=("unit of time",), rate=250, cure={"time_unit": "ms"}),
    Case("spreadsheet days", table("Date,x", [f"{43_831 + i / 96:.6f}" for i in range(N)], X), asks=("unit of Date",), rate=1 / 900),
    Case("decimal years", table("decimal_date,x", [f"{1990 + (i + 0.5) / 12:.4f}" for i in range(N)], X), rate=MONTH),
    Case("newest first", table("date,x", stamps("%Y-%m-%d", timedelta(days=1))[::-1], X), asks=("order of rows",), rate=DAY, first=X[-1]),
    Case("newest first, as in the file", table("date,x", stamps("%Y-%m-%d", timedelta(days=1))[::-1], X), first=X[0], cure={"order": "file"}),
    Case("the sampling rate typed in, gaps stay", rounded(100, 2, 300, (50, 120)), rows=298, rate=200, gaps=2, cure={"sample_rate": 200.0}),
    Case("a constant time beside a moving one", table("_start,_stop,_time,_value", [ISO[0]] * N, [ISO[-1]] * N, ISO, X), **WAVE, channel="_value", rate=1 / 900),
    Case("three series below each other", table("station,date,x", [s for s in "abc" for _ in range(60)], stamps("%Y-%m-%d", timedelta(days=1), n=60) * 3, X[:180]), rows=60, asks=("series of station",), rate=DAY),
    Case("the second of them", table("station,date,x", [s for s in "abc" for _ in range(60)], stamps("%Y-%m-%d", timedelta(days=1), n=60) * 3, X[:180]), rows=60, rate=DAY, first=X[60], cure={"series": "b"}),
    Case("business days", table("date,x", [(START + timedelta(days=i)).strftime("%Y-%m-%d") for i in range(280) if (START + timedelta(days=i)).weekday() < 5], X), rate=DAY, gaps=40),
    Case("offsets over a change of clocks", table("time,x", [(datetime(2024, 10, 26, 22) + timedelta(hours=i)).strftime("%Y-%m-%dT%H:%M:%S") + ("+02:00" if i < 5 else "+01:00") if i < 5 else (datetime(2024, 10, 26, 21) + timedelta(hours=i)).strftime("%Y-%m-%dT%H:%M:%S+01:00") for i in range(N)], X), rate=1 / 3600),
]  # fmt: skip

HOURS = [START + timedelta(hours=i) for i in range(N)]


def each(row: Callable[[int], str], n: int = N) -> str:
    return "".join(row(i) + "\n" for i in range(n))


PROGRAMS = [
    Case("AirQuality: two delimiters too many, empty rows below", "Date;Time;CO(GT);T;;\n" + each(lambda i: f"{HOURS[i]:%d/%m/%Y;%H.%M.%S};{comma(X[i], 1)};{comma(X[i] / 4, 1)};;") + ";;;;;\n" * 30, low=40, high=60, channel="CO(GT)", rate=1 / 3600, left_out=30),
    Case("household power: ? is missing", "Date;Time;kW\n" + each(lambda i: f"1/1/2007;{i // 60 % 24}:{i % 60:02d}:00;{'?' if i % 50 == 3 else f'{X[i] / 10:.2f}'}"), missing=4, rate=1 / 60),
    Case("Siglent", "Record Length,Analog:200\nSample Interval,CH1:2.00E-09\nVertical Units,CH1:V\nModel Number,SDS\nSource,CH1\nSecond,Value\n" + each(lambda i: f"{-1e-6 + i * 2e-9:.8E},{X[i]}"), **WAVE, rate=5e8, channel="CH1"),
    Case("Empatica, three axes", "1510662000.0, 1510662000.0, 1510662000.0\n32.0, 32.0, 32.0\n" + each(lambda i: f"{int(X[i])},{int(Y[i])},7"), low=40, high=60, rate=32),
    Case("Empatica, beats", "1510662000.0, IBI\n" + each(lambda i: f"{i * 0.8:.6f},{0.7 + X[i] / 500:.6f}"), channel="IBI", rate=1.25),
    Case("PVGIS", "Latitude (decimal degrees):\t45.000\nElevation (m):\t250\n\n\ntime,P,G(i),T2m\n" + each(lambda i: f"{HOURS[i]:%Y%m%d:%H}10,{X[i]},{2 * X[i]:.2f},{Y[i]}") + "\nP: PV system power (W)\nG(i): Global irradiance (W/m2)\nPVGIS (c) European Union\n", **WAVE, channel="P", rate=1 / 3600),
    Case("TMY3: hours from 1 to 24", '723170,"GREENSBORO",NC,-5.0,36.1\nDate (MM/DD/YYYY),Time (HH:MM),GHI (W/m^2),Dry-bulb (C)\n' + each(lambda i: f"{HOURS[i]:%m/%d/%Y},{HOURS[i].hour + 1:02d}:00,{X[i]},{Y[i]}"), **WAVE, channel="GHI", unit="W/m^2", rate=1 / 3600),
    Case("SURFRAD: no names", " Bondville\n   40.05  -88.37  213 m\n" + each(lambda i: f" {HOURS[i]:%Y %j %m %d %H %M} {HOURS[i].hour:6.3f} {X[i]:8.2f} 0"), rate=1 / 3600),
    Case("Mauna Loa: year, month, decimal year", each(lambda i: f"{1958 + i // 12} {i % 12 + 1:3d} {1958 + (i + 0.5) / 12:.4f} {315 + X[i] / 10:.2f} -1"), channel="column 4", rate=MONTH),
    Case("a station's date and hhmm without names", each(lambda i: f"3047 {HOURS[i]:%Y%m%d %H%M} -102.81 {X[i]:7.1f} C"), rate=1 / 3600),
    Case("text in quotes beside numbers, four kinds", "STATION,DATE,PRCP,ATTR\n" + each(lambda i: f'USW1,{START + timedelta(days=i):%Y-%m-%d},{int(X[i])},"{(",,W", ",,0,2400", "T,,W", ",I,X")[i % 4]}"'), channel="PRCP", low=40, high=60, rate=DAY),
    Case("two sources, newest first", "Source,Date,Mean\n" + each(lambda i: f"{('GCAG', 'GISTEMP')[i % 2]},{2016 - i // 24}-{12 - i // 2 % 12:02d},{(50 - i % 9) / 100}"), rows=100, rate=MONTH, asks=("series of Source", "order of rows")),
    Case("two labels tell four series apart", '"REF_DATE","GEO","Products","VALUE"\n' + each(lambda i: f'"{1990 + i // 48}-{i // 4 % 12 + 1:02d}","{("Canada", "Ontario")[i % 4 // 2]}","{("All", "Food")[i % 2]}","{X[i]}"'), rows=50, rate=MONTH, asks=("series of GEO and Products",)),
    Case("a total without a date below", "Day Index,Sessions\n" + each(lambda i: f'{(START + timedelta(days=i)):%m/%d/%y},"{int(X[i] * 50)}"') + ',"500000"\n', low=2000, high=3000, left_out=1, rate=DAY),
    Case("a German meter: from and to", "Zählpunkt;DE1\nEinheit;kWh\n\nAb-Datum;Ab-Zeit;Bis-Datum;Bis-Zeit;Profilwert\n" + each(lambda i: f"{START + i * timedelta(minutes=15):%d.%m.%Y;%H:%M};{START + (i + 1) * timedelta(minutes=15):%d.%m.%Y;%H:%M};{comma(X[i] / 50, 3)}"), low=0.8, high=1.2, rate=1 / 900, channel="Profilwert"),
    Case("milliseconds written to the microsecond", "hr,datetime\n" + each(lambda i: f"{int(X[i])},{START + timedelta(milliseconds=round(i * 1000 / 117)):%Y-%m-%d %H:%M:%S.%f}"), channel="hr", rate=117),
    Case("years as names behind words", '"Country","Code","2000","2001","2002","2003"\n"Germany","DEU","1.5","1.6","1.7","1.8"\n"France","FRA","2.5","2.6","","2.8"\n', rows=2, channel="2000", low=1.5, high=2.5),
    Case("a column of labels that is nearly empty", "when,a,beat\n" + each(lambda i: f"2021-03-04 05:{i:02d}:00,{i * i % 17},{'N' if i % 9 == 4 else ''}", 60), rows=60, channel="a", low=0, high=16, rate=1 / 60),
]  # fmt: skip

CASES = [*HANDED, *NUMBERS, *ROWS, *CLOCKS, *PROGRAMS]
