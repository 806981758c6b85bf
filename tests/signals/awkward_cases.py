"""Awkward files, each with its truth: damaged cells, tiny tables, words among numbers, dates and times of many lands and programs."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from tests.signals import made_files as made
from tests.signals.reading_cases import DAY, MONTH, WAVE, Case, N, X, Y, comma, stamps, table

T = list(range(N))
S = datetime(2021, 3, 1)
QUARTERS = {"rate": 1 / 900}


def put(column: list[Any], row: int, cell: Any) -> list[Any]:
    return [*column[:row], cell, *column[row + 1 :]]


def moments(step: timedelta = timedelta(minutes=15)) -> list[datetime]:
    return [S + i * step for i in range(N)]


_D, _C = stamps("%d.%m.%Y", start=S), stamps("%H:%M", start=S)
_I = stamps("%Y-%m-%d %H:%M", start=S)
_LEFT = {"rows": N - 1, "gaps": 1, "left_out": 1, **QUARTERS}


def apart(days: list[str], clocks: list[str]) -> str:
    return table("Datum;Zeit;x", days, clocks, [comma(x) for x in X], d=";")


DAMAGED = [
    Case("a damaged time of day beside its date", apart(_D, put(_C, 40, "??:?")), **_LEFT),
    Case("the same among the first rows", apart(_D, put(_C, 2, "25:99")), **_LEFT),
    Case("a damaged date beside its time of day", apart(put(_D, 3, "99.99.2021"), _C), **_LEFT),
    Case("an empty date beside its time of day", apart(put(_D, 40, ""), _C), rows=N, gaps=1, **QUARTERS),
    Case("one stamp that is no time", table("time,x", put(_I, 50, "2021-13-45 99:00"), X), **_LEFT),
    Case("one stamp that is a word", table("time,x", put(_I, 50, "garbage"), X), **_LEFT),
    Case("the first stamp is a word", table("time,x", put(_I, 0, "garbage"), X), **_LEFT | {"gaps": 0}),
    Case("many stamps that are no times", table("time,x", ["soon" if i % 9 == 5 else one for i, one in enumerate(_I)], X), refused="'soon' is not a time like"),
    Case("a word in a column of numbers", table("x", put(X, 60, "oops")), refused="'oops' is not a number"),
    Case("a word often in a column of numbers", table("x", ["bad" if i % 7 == 0 else x for i, x in enumerate(X)]), refused="numbers and words stand in one column"),
    Case("the same, as missing", table("", ["bad" if i % 7 == 0 else x for i, x in enumerate(X)]), rows=N, missing=29, rate=None, cure={"missing": ["bad"]}),
    Case("every second cell a word, as missing", table("x", ["low" if i % 2 == 0 else x for i, x in enumerate(X)]), rows=N, channel="x", missing=100, cure={"missing": ["low"]}),
    Case("a word often in a column beside another", table("t_s,x,y", T, ["low" if i % 5 == 0 else x for i, x in enumerate(X)], Y), channel="y", asks=("column x",)),
    Case("the same, as missing beside another", table("t_s,x,y", T, ["low" if i % 5 == 0 else x for i, x in enumerate(X)], Y), channel="x", missing=40, cure={"missing": ["low"]}),
    Case("a word often in the only column beside the time", table("t_s,x", T, ["low" if i % 3 == 0 else x for i, x in enumerate(X)]), refused="no column holds numbers alone"),
]  # fmt: skip

TINY = [
    Case("one row", "t,x\n1,2\n", refused="a series needs at least 2"),
    Case("two rows", "t_s,x\n0,1\n1,2\n", rows=2, channel="x", rate=1),
    Case("two numbers", "5\n6\n", rows=2, low=5, high=6, rate=None),
    Case("three rows, no names", "1,2\n3,4\n5,6\n", rows=3, channel="column 2", asks=("unit of column 1",)),
    Case("names and no more", "t_s,x", refused="has no further line"),
    Case("one number", "5\n", refused="a series needs at least 2"),
    Case("one row of many numbers", ",".join(map(str, X)) + "\n", refused="a series needs at least 2"),
    Case("the same, as one series", ",".join(map(str, X)) + "\n", **WAVE, channel="row 1", rate=None, cure={"layout": "rows"}),
    Case("blank lines alone", "\n\n\n", refused="empty"),
    Case("a mark of UTF-8 and no more", b"\xef\xbb\xbf", refused="comments only"),
]  # fmt: skip


def half(moment: datetime, before: str, after: str) -> str:
    return f"{moment:%Y-%m-%d} {before if moment.hour < 12 else after} {moment:%I:%M}"


def of_month(moment: datetime, months: str) -> str:
    return f"{moment.day} {months.split()[moment.month - 1]} {moment.year}"


_FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_DAYS, _SECONDS = moments(timedelta(days=1)), moments(timedelta(seconds=1))

LANDS = [
    Case("French months", table("Date;Valeur", [of_month(d, _FRENCH) for d in _DAYS], [comma(x) for x in X], d=";"), **WAVE, rate=DAY),
    Case("German months", table("Datum;Wert", [of_month(d, _GERMAN).replace(" ", ". ", 1) for d in _DAYS], [comma(x) for x in X], d=";"), **WAVE, rate=DAY),
    Case("Spanish halves of the day", table("Fecha;Valor", [s.replace("AM", "a. m.").replace("PM", "p. m.") for s in stamps("%d/%m/%Y %I:%M %p", start=S)], [comma(x) for x in X], d=";"), **WAVE, **QUARTERS),
    Case("Korean halves of the day", table("시간,값", [half(m, "오전", "오후") for m in moments()], X), **WAVE, **QUARTERS),
    Case("Chinese halves of the day", table("时间,值", [half(m, "上午", "下午") for m in moments()], X), **WAVE, **QUARTERS),
    Case("Japanese dates and hours", table("日時,値", stamps("%Y年%m月%d日 %H時%M分", start=S), X), **WAVE, **QUARTERS),
    Case("digits of Arabic", table("t_s;x", T, [str(x).translate({48 + i: 0x660 + i for i in range(10)}) for x in X], d=";"), **WAVE, rate=1),
    Case("wide digits", table("t_s;x", T, [str(x).translate({48 + i: 0xFF10 + i for i in range(10)}) for x in X], d=";"), **WAVE, rate=1),
    Case("a browser's dates", table("ts,x", [f"{m:%a %b %d %Y %H:%M:%S} GMT+0100 (CET)" for m in _SECONDS], X), **WAVE, rate=1),
    Case("Unix's dates, the year last", table("ts,x", [m.ctime() for m in _SECONDS], X), **WAVE, rate=1),
    Case("the same with a zone", table("ts,x", [f"{m:%a %b %d %H:%M:%S} UTC {m:%Y}" for m in _SECONDS], X), **WAVE, rate=1),
    Case("dates of mails", table("ts;x", [f"{m:%a, %d %b %Y %H:%M:%S} +0000" for m in _SECONDS], X, d=";"), **WAVE, rate=1),
    Case("a zone in brackets", table("ts,x", [f"{m:%Y-%m-%dT%H:%M:%S}+01:00[Europe/Berlin]" for m in _SECONDS], X), **WAVE, rate=1),
    Case("nanoseconds in ISO", table("ts,x", [f"{m:%Y-%m-%dT%H:%M:%S.%f}000Z" for m in moments(timedelta(milliseconds=4))], X), **WAVE, rate=250),
    Case("milliseconds behind a comma", table("ts;x", [f"{m:%Y-%m-%d %H:%M:%S},{m.microsecond // 1000:03d}" for m in moments(timedelta(milliseconds=4))], [comma(x) for x in X], d=";"), **WAVE, rate=250),
    Case("years of two digits first", table("date,x", [f"{d:%y-%m-%d}" for d in _DAYS], X), **WAVE, rate=DAY),
    Case("years of the Thai calendar", table("date,x", [f"{d:%d/%m/}{d.year + 543}" for d in _DAYS], X), **WAVE, rate=DAY),
    Case("frames of a film", table("tc,x", [f"00:00:{i // 25:02d}:{i % 25:02d}" for i in T], X), **WAVE, rate=25, asks=("last digits",)),
    Case("the same, as hundredths", table("tc,x", [f"00:00:{i // 25:02d}:{i % 25 * 4:02d}" for i in T], X), **WAVE, rate=25, asks=()),
    Case("hours that end at 24", table("time,x", [f"{m:%Y-%m-%d %H:%M}" if m.hour else f"{m - timedelta(days=1):%Y-%m-%d} 24:00" for m in moments(timedelta(hours=1))], X), **WAVE, rate=1 / 3600),
    Case("the end of an hour, from 1 to 24", table("Date,HE,x", [f"{m:%m/%d/%Y}" for m in moments(timedelta(hours=1))], [i % 24 + 1 for i in T], X), **WAVE, rate=1 / 3600),
    Case("Julian days", table("JD,flux", [f"{2_459_000.5 + i / 1440:.6f}" for i in T], X), **WAVE, rate=1 / 60, asks=("unit of JD",)),
    Case("modified Julian days", table("MJD,flux", [f"{59_000 + i / 1440:.6f}" for i in T], X), **WAVE, rate=1 / 60, asks=("unit of MJD",)),
    Case("MATLAB's days", table("datenum,x", [f"{738_216 + i / 1440:.8f}" for i in T], X), **WAVE, rate=1 / 60, asks=("unit of datenum",)),
    Case("Unix seconds with an exponent", table("time,x", [f"{1_614_556_800 + i:.9e}" for i in T], X), **WAVE, rate=1),
    Case("ticks of 100 ns", table("timestamp,x", [132_591_168_000_000_000 + 10_000_000 * i for i in T], X), **WAVE, asks=("unit of timestamp",)),
    Case("months of statisticians", table("m,x", [f"{1990 + i // 12}M{i % 12 + 1}" for i in T], X), **WAVE, rate=MONTH),
    Case("months by name and year", table("month,x", [f"{datetime(2010 + i // 12, i % 12 + 1, 1):%b-%y}" for i in T], X), **WAVE, rate=MONTH),
    Case("a date, and hhmm without a colon", table("date,time,x", stamps("%Y%m%d", start=S), [int(c) for c in stamps("%H%M", start=S)], X), **WAVE, **QUARTERS),
    Case("points between hours and minutes", table("time;x", [f"00.{i // 60:02d}.{i % 60:02d}" for i in T], X, d=";"), **WAVE, rate=1),
]  # fmt: skip

_ISO = stamps("%Y-%m-%dT%H:%M", start=S)

OBJECTS = [
    Case("json: hours and their units in an answer", made.as_json({"latitude": 1.5, "hourly_units": {"time": "iso8601", "t2m": "°C"}, "hourly": {"time": _ISO, "t2m": X}}), **WAVE, channel="t2m", unit="°C", **QUARTERS),
    Case("json: numbers by their dates", made.as_json(dict(zip(_ISO, X, strict=True))), **WAVE, channel="value", **QUARTERS),
    Case("json: numbers by their Unix times", made.as_json({str(1_614_556_800_000 + 20 * i): x for i, x in enumerate(X)}), **WAVE, channel="value", rate=50),
    Case("json: an array around the records", made.as_json([[{"state": str(x), "last_changed": t} for t, x in zip(_ISO, X, strict=True)]]), **WAVE, channel="state", **QUARTERS),
    Case("json: an array around the channels", made.as_json([[X, Y]]), **WAVE, channel="row 1", rate=None),
    Case("json: one record", b'{"t": 1, "v": 2}', refused="it is an object with t (a number), v (a number)"),
    Case("json: an object without fields", b"{}", refused="it is an empty object"),
    Case("json: arrays of words", b'{"a": ["x", "y"], "b": {"c": null}}', refused="no column holds numbers"),
    Case("json: dates alone", made.as_json({"a": [[t, t] for t in _ISO]}), refused="a cell reads '2021-03-01T00:15'"),
    Case("json: several in one line", b'{"v":1}{"v":2}{"v":3}', refused="no JSON"),
    Case("json: numbers in objects, as databases export", made.as_json([{"d": {"$date": f"{t}Z"}, "v": {"$numberDouble": str(x)}} for t, x in zip(_ISO, X, strict=True)]), **WAVE, channel="v.$numberDouble", **QUARTERS),
    Case("ARFF", "@relation r\n@attribute t_s numeric\n@attribute 'the x' numeric\n@data\n" + table("", T, X), **WAVE, channel="the x", rate=1),
    Case("a decimal comma beside a time with points", table("t_s;x", [f"{i / 50:.2f}" for i in T], [comma(x) for x in X], d=";"), **WAVE, rate=50),
    Case("a decimal point beside a time with commas", table("t_s;x", [comma(i / 50) for i in T], X, d=";"), **WAVE, rate=50),
    Case("npz: channels and their times", made.npz(t=np.arange(N) / 50, X=np.stack([X, Y], 1)), **WAVE, channel="X 1", rate=50),
    Case("npz: the step beside the samples", made.npz(x=np.array(X), dt=0.02), **WAVE, channel="x", rate=50),
    Case("npz: labels beside the samples", made.npz(x=np.array(X), labels=np.array(["a", "b"] * (N // 2))), **WAVE, channel="x", asks=("series",)),
    Case("npy: the other end first", made.npy(np.array(X, ">f8")), **WAVE, rate=None),
    Case("npy: three axes", made.npy(np.zeros((3, 4, 5))), refused="shape [3, 4, 5]"),
    Case("mat 5: integers and their rate", made.mat(ecg=(np.array(X) * 100).astype(np.int16), fs=360), rows=N, low=4000, high=6000, rate=360),
    Case("mat 5: logical", made.mat(m=np.arange(N) % 3 == 0), rows=N, low=0, high=1, rate=None),
    Case("mat 5: cells", made.mat(c=np.array([X, Y], object)), refused="structures or cells"),
    Case("wav: 8 bits", made.wav(np.array(X) / 100, rate=8000, subtype="PCM_U8"), rows=N, rate=8000),
    Case("wav: 24 bits, one channel", made.wav(np.array(X) / 100, rate=44_100, subtype="PCM_24"), rows=N, channel="sound", rate=44_100),
    Case("aiff", made.wav(np.array(X) / 100, rate=8000, subtype="PCM_16", kind="AIFF"), rows=N, channel="sound", rate=8000),
    Case(".tsf: weeks, with missing", made.tsf(f"a:2020-01-01 00-00-00:{made.comma(X[:99])},?,{made.comma(X[100:])}", frequency="weekly"), rows=N, missing=1, rate=DAY / 7),
    Case("zip: what a Mac adds", made.zipped({"a.csv": made.TABLE.encode(), "__MACOSX/._a.csv": b"\0\5\x16\7", ".DS_Store": b"x"}), **WAVE, channel="x", rate=100),
    Case("zip: a folder, and a text beside the table", made.zipped({"d/a.csv": made.TABLE.encode(), "d/README.txt": b"words and words\n" * 5}), **WAVE, channel="x", rate=100),
    Case("gzip in gzip", gzip.compress(gzip.compress(made.TABLE.encode(), mtime=0), mtime=0), refused="inside an archive"),
    Case("xlsx: a table below another", made.xlsx(made.sheet_of(("t_s", made.times()[:50]), ("x", X[:50])) | made.sheet_of(("t_s", made.times()[:50]), ("x", Y[:50]), row=60)), rows=50, first=X[0], rate=100, asks=("table",)),
    Case("xlsx: an error in a cell", made.xlsx(made.sheet_of(("t_s", made.times()), ("x", ["#DIV/0!" if i == 5 else x for i, x in enumerate(X)]))), rows=N, missing=1, rate=100),
]  # fmt: skip

_COUNTRIES = "".join(
    f'"{name}","{name[:3].upper()}",' + "".join(f'"{1000 * k + 10 * i}",' for i in range(30)) + "\n"
    for k, name in enumerate(("Aruba", "Brazil", "Chile", "Denmark"), 1)
)

VENDORS = [
    Case("LabChart", "Interval=\t0.01 s\nExcelDateTime=\t44256.5\t3/1/2021\nTimeFormat=\tStartOfBlock\nChannelTitle=\tECG\tResp\nRange=\t10 mV\t10 V\n" + table("", [f"{i / 100:.2f}" for i in T], X, Y, d="\t"), **WAVE, channel="ECG", rate=100),
    Case("AcqKnowledge: a row of counts above", "a.acq\n0.5 msec/sample\n2 channels\nECG\nmV\nmin,CH1,CH2,\n,200,200,\n" + "".join(f"{i * 0.5 / 60000:.9f},{X[i]},{Y[i]},\n" for i in T), **WAVE, channel="CH1", rate=2000),
    Case("PicoScope", "Time,Channel A,Channel B\n(ms),(mV),(V)\n\n" + table("", [f"{i * 0.1 - 3:.8f}" for i in T], X, Y), **WAVE, channel="Channel A", unit="mV", rate=10_000),
    Case("Keysight", "x-axis,1,2\nsecond,Volt,Volt\n" + table("", [f"{-1e-3 + i * 1e-6:+.8E}" for i in T], X, Y), **WAVE, unit="V", rate=1e6),
    Case("World Bank: years as names of rising numbers", '"Data Source","WDI",\n\n"Last Updated Date","2021-03-01",\n\n"Country Name","Country Code",' + "".join(f'"{1960 + i}",' for i in range(30)) + "\n" + _COUNTRIES, rows=4, channel="1960", low=1000, high=4000, rate=None, asks=("first row",)),
    Case("Stooq: names in angles, hhmmss beside the date", table("<TICKER>,<DATE>,<TIME>,<OPEN>", ["A"] * N, stamps("%Y%m%d", timedelta(minutes=5), S), stamps("%H%M%S", timedelta(minutes=5), S), X), **WAVE, channel="<OPEN>", rate=1 / 300),
    Case("MetaTrader", table("", stamps("%Y.%m.%d", timedelta(minutes=1), S), stamps("%H:%M", timedelta(minutes=1), S), X, Y), **WAVE, channel="column 3", rate=1 / 60),
    Case("the weather of Germany", table("STATIONS_ID;MESS_DATUM;QN_9;TT_TU;eor", ["   3987"] * N, stamps("%Y%m%d%H", timedelta(hours=1), S), ["    3"] * N, [f"{x:7.2f}" for x in X], ["eor"] * N, d=";"), **WAVE, channel="TT_TU", rate=1 / 3600),
    Case("Investing: newest first, dressed", '"Date","Price","Change %"\n' + "".join(f'"{S - timedelta(days=i):%b %d, %Y}","{x * 100:,.2f}","{x / 100:.2f}%"\n' for i, x in enumerate(X)), low=4000, high=6000, channel="Price", rate=DAY, asks=("order of rows",)),
    Case("names over two lines", '"t\n(s)","x\n(mV)"\n' + table("", T, X), **WAVE, channel="x", unit="mV", rate=1),
    Case("hours without the word time", table("hours,x", [f"{i / 60:.4f}" for i in T], X), **WAVE, rate=1 / 60),
    Case("days without the word time", table("day,x", T, X), **WAVE, rate=DAY),
    Case("a column called min that is none of time", table("min,max", X, [x + 5 for x in X]), **WAVE, channel="min", rate=None),
    Case("a table of Markdown", "| t_s | x |\n|---|---|\n" + "".join(f"| {i} | {x} |\n" for i, x in enumerate(X)), **WAVE, channel="x", rate=1),
    Case("lines that end in two ways", "t_s,x\r\n" + "".join(f"{i},{x}" + ("\r\n" if i % 2 else "\n") for i, x in enumerate(X)), **WAVE, rate=1),
    Case("the end of a file as DOS writes it", table("t_s,x", T, X) + "\x1a", **WAVE, rate=1, left_out=1),
    Case("times below nought", table("t_s,x", [f"{i / 10 - 6:.1f}" for i in T], X), **WAVE, rate=10),
    Case("hexadecimal", table("", [f"0x{int(x * 10):x}" for x in X]), rows=N, low=400, high=600, rate=None),
    Case("beyond the range of an instrument", table("t_s,x", T, ["OL" if i % 30 == 4 else x for i, x in enumerate(X)]), refused="'OL' is not a number"),
]  # fmt: skip

_HOURS, _MINUTES = moments(timedelta(hours=1)), moments(timedelta(minutes=1))
HOUR = {**WAVE, "rate": 1 / 3600}

CLOCKS = [
    Case("EnergyPlus: no year, hours to 24", table("Date/Time,x", [f" {m:%m/%d}  {m:%H:%M:%S}" if m.hour else f" {m - timedelta(hours=1):%m/%d}  24:00:00" for m in moments(timedelta(hours=1))], X), **HOUR),
    Case("days and months without a year", table("date,x", [f"{m:%d.%m. %H:%M}" for m in _HOURS], X), **HOUR),
    Case("the system log's dates", table("time,x", [f"{m:%b %d %H:%M:%S}" for m in _MINUTES], X), **WAVE, rate=1 / 60),
    Case("days of the year with a fraction", table("doy,x", [f"{60 + i / 24:.4f}" for i in T], X), **HOUR),
    Case("the same beside the year", table("year,doy,x", [2021] * N, [f"{60 + i / 24:.4f}" for i in T], X), **HOUR),
    Case("year and month by name", table("Year,Month,x", [1990 + i // 12 for i in T], [["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][i % 12] for i in T], X), **WAVE, channel="x", rate=MONTH),
    Case("year and quarter", table("Year,Quarter,x", [1900 + i // 4 for i in T], [i % 4 + 1 for i in T], X), **WAVE, channel="x", rate=MONTH / 3),
    Case("seconds and nanoseconds apart", table("sec,nsec,x", [1_614_556_800 + i // 10 for i in T], [i % 10 * 100_000_000 for i in T], X), **WAVE, channel="x", rate=10),
    Case("stamps of ROS", table("header.stamp.secs,header.stamp.nsecs,data", [1_614_556_800 + i // 10 for i in T], [i % 10 * 100_000_000 for i in T], X), **WAVE, channel="data", rate=10),
    Case("days and hours that went by, as pandas writes them", table(",x", [f"{i // 24} days {i % 24:02d}:00:00" for i in T], X), **HOUR),
    Case("days and hours with a point", table("elapsed,x", [f"{i // 24}.{i % 24:02d}:00:00" for i in T], X), **HOUR),
    Case("durations of ISO 8601", table("t,x", [f"PT{i}M0.5S" for i in T], X), **WAVE, rate=1 / 60),
    Case("am and pm right behind", table("t,x", [f"{m:%m/%d/%Y %I:%M%p}".lower() for m in _HOURS], X), **HOUR),
    Case("Oracle", table("t,x", [f"{m:%d-%b-%y %I.%M.%S}.000000000 {m:%p}".upper() for m in _HOURS], X), **HOUR),
    Case("EXIF", table("t,x", [f"{m:%Y:%m:%d %H:%M:%S}" for m in _HOURS], X), **HOUR),
    Case("SAS", table("t,x", [f"{m:%d%b%Y:%H:%M:%S}".upper() for m in _HOURS], X), **HOUR),
    Case("names of files as times", table("t,x", [f"{m:%Y_%m_%d_%H_%M}" for m in _HOURS], X), **HOUR),
    Case("the rate in a line above one name", "Sampling rate: 2 kHz\nx\n" + table("", X), **WAVE, channel="x", rate=2000),
    Case("two lines of facts above one name", "Start time: 2021-03-01 00:00:00\nOperator: 7\nx\n" + table("", X), **WAVE, channel="x", left_out=2, rate=None),
    Case("29 February of no leap year", table("t,x", put([f"{d:%Y-%m-%d}" for d in _DAYS], 5, "2021-02-29"), X), rows=N - 1, gaps=1, left_out=1, rate=DAY),
]  # fmt: skip

AWKWARD: list[Case] = [*DAMAGED, *TINY, *LANDS, *OBJECTS, *VENDORS, *CLOCKS]
