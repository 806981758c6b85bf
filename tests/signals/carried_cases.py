"""Files whose columns are not told by a delimiter: names in the cells, places in GeoJSON, fixed widths, units above the names."""

from __future__ import annotations

import json
from typing import Any

from tests.signals.reading_cases import WAVE, Case, N, X, Y, stamps

HUM = [40 + i % 9 for i in range(N)]
T = list(range(N))
_I = stamps("%Y-%m-%dT%H:%M:%SZ")
QUARTER = 1 / 900
BOTH = list(zip(X, HUM, strict=True))


def lines(rows: list[str]) -> str:
    return "\n".join(rows) + "\n"


PLOTTER = {**WAVE, "channel": "Temp", "rate": None}

NAMED = [
    Case("serial plotter: commas", lines([f"Temp:{x},Hum:{h}" for x, h in BOTH]), **PLOTTER),
    Case("serial plotter: tabs and blanks", lines([f"Temp: {x}\tHum: {h}" for x, h in BOTH]), **PLOTTER),
    Case("serial plotter: blanks alone", lines([f"Temp:{x} Hum:{h}" for x, h in BOTH]), **PLOTTER),
    Case("serial plotter: a line a name", lines([line for x, h in BOTH for line in (f"Temp: {x}", f"Hum: {h}")]), **PLOTTER),
    Case("serial plotter: one name", lines([f"Temp: {x}" for x in X]), **PLOTTER),
    Case("serial plotter: opened in the middle of a line", lines(["mp:20,Hum:4", *(f"Temp:{x},Hum:{h}" for x, h in BOTH)]), **PLOTTER, left_out=1),
    Case("serial plotter: lines of the start", lines(["Booting...", "WiFi connected", *(f"Temp:{x},Hum:{h}" for x, h in BOTH)]), **PLOTTER, left_out=2),
    Case("serial plotter: values that do not come each time", lines([f"Hum:{h}" if i % 10 == 3 else f"Temp:{x},Hum:{h}" for i, (x, h) in enumerate(BOTH)]), rows=N, missing=20, cure={}, channel="Temp", rate=None),
    Case("serial plotter: stamps of the Arduino IDE", lines([f"12:00:{i // 10:02}.{i % 10}00 -> Temp:{x},Hum:{h}" for i, (x, h) in enumerate(BOTH)]), **PLOTTER | {"rate": 10}),
    Case("serial plotter: milliseconds before the names", lines([f"{i * 20},Temp:{x},Hum:{h}" for i, (x, h) in enumerate(BOTH)]), **PLOTTER | {"rate": 50}, cure={"time_unit": "ms"}),
    Case("the same, unit not said", lines([f"{i * 20},Temp:{x},Hum:{h}" for i, (x, h) in enumerate(BOTH)]), rows=N, channel="Temp", asks=("unit of time",)),
    Case("names and units in the cells", lines([f"Temp: {x} °C, Hum: {h} %" for x, h in BOTH]), **PLOTTER, unit="°C"),
    Case("decimal commas behind names", lines([f"Temp:{str(x).replace('.', ',')};Hum:{h}" for x, h in BOTH]), **PLOTTER),
    Case("a log: stamp, then name=value", lines([f"{stamp[:10]} {stamp[11:19]} Temp={x} Hum={h}" for stamp, (x, h) in zip(_I, BOTH, strict=True)]), **PLOTTER | {"rate": QUARTER}),
    Case("labelled tab-separated values", lines([f"time:{stamp}\tTemp:{x}\tHum:{h}" for stamp, (x, h) in zip(_I, BOTH, strict=True)]), **PLOTTER | {"rate": QUARTER}),
    Case("facts by name above a column", "Rate: 50\nGain: 2\nOffset: 1\n" + lines(list(map(str, X))), **WAVE, rate=50),
]  # fmt: skip


def point(i: int, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature", "properties": {"x": X[i], **more},
        "geometry": {"type": "Point", "coordinates": [13.4 + i / 1000, 52.5, i]},
    }  # fmt: skip


def features(*made: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": made})


def line(name: str, times: list[str] | None = None, count: int = N) -> dict[str, Any]:
    places = [[13.4 + i / 1000, 52.5, X[i]] for i in range(count)]
    properties = {"name": name} | ({"coordTimes": times} if times else {})
    return {"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": places}}


_SHAPE = {"type": "Feature", "properties": {"name": "A"}, "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [2, 3], [3, 4], [1, 2]]]}}  # fmt: skip
TRACK = {**WAVE, "channel": "elevation", "unit": "m"}

PLACES = [
    Case("GeoJSON: values of points by time", features(*(point(i, time=_I[i]) for i in T)), **WAVE, channel="x", rate=QUARTER),
    Case("GeoJSON: newest first", features(*(point(i, time=_I[i]) for i in reversed(T))), **WAVE, channel="x", rate=QUARTER, asks=("order of rows",), first=X[0]),
    Case("GeoJSON: a feature a line", lines([json.dumps(point(i, time=_I[i])) for i in T]), **WAVE, channel="x", rate=QUARTER),
    Case("GeoJSON: several stations in turn", features(*(point(i, time=_I[i], station=s) for i in range(100) for s in "AB")), rows=100, channel="x", rate=QUARTER, asks=("series",)),
    Case("GeoJSON: a track with times", json.dumps(line("run", _I)), **TRACK, rate=QUARTER),
    Case("GeoJSON: a track without", features(line("run")), **TRACK, rate=None),
    Case("GeoJSON: two tracks", features(line("run", _I), line("walk", _I[:50], 50)), **TRACK, rate=QUARTER, asks=("track",)),
    Case("GeoJSON: the other track", features(line("run", _I), line("walk", _I[:50], 50)), rows=50, channel="elevation", rate=QUARTER, cure={"part": "walk"}),
    Case("GeoJSON: a bare line", json.dumps(line("run")["geometry"]), **TRACK, rate=None),
    Case("GeoJSON: shapes", features(_SHAPE), refused="draws shapes (Polygon)"),
    Case("GeoJSON: shapes with a value each", features(*(_SHAPE | {"properties": {"x": x, "time": t}} for x, t in zip(X, _I, strict=True))), **WAVE, channel="x", rate=QUARTER),
    Case("GeoJSON: nothing in it", features(), refused="no features"),
    Case("TopoJSON", json.dumps({"type": "Topology", "arcs": [[[1, 2], [2, 3]]], "objects": {}}), refused="TopoJSON"),
]  # fmt: skip

_PADDED = [f"{i:04d}{round(x * 100):04d}" for i, x in enumerate(X)]
_ISD = "0175723815999992024010100004+52467+013400FM-12+004899999V02030001N00301CN0100001N9+02051+00501101301"
_DLY = "USW00094728199001TMAX" + "  203  X" * 31

FIXED = [
    Case("one number a line, all of one length", lines([f"{20 + x:.4f}" for x in X]), rows=N, rate=None),
    Case("fixed width: digits alone", lines(_PADDED), refused="several numbers of fixed width"),
    Case("the same, as one number", lines(_PADDED), rows=N, rate=None, cure={"delimiter": ""}),
    Case("fixed width: names above", lines(["TEMPHUM", *_PADDED]), refused="several numbers of fixed width"),
    Case("fixed width: signs between", lines([f"+{i:04d}-{round(x * 100):04d}" for i, x in enumerate(X)]), refused="several numbers of fixed width"),
    Case("fixed width: points alone", lines([f"{x:05.2f}{x + 1:05.2f}" for x in X]), refused="several numbers of fixed width"),
    Case("fixed width: more digits than a number has", lines([f"2020010100{i:04d}{round(x * 100):04d}" for i, x in enumerate(X)]), refused="several numbers of fixed width"),
    Case("fixed width behind a time", lines([f"{stamp} 0{cell}" for stamp, cell in zip(stamps("%Y%m%d%H%M"), _PADDED, strict=True)]), rows=N, asks=("column column 2",), rate=QUARTER),
    Case("a whole number a line", lines([str(100_000 + round(x)) for x in X]), rows=N, low=100_040, high=100_060, rate=None),
    Case("an ISD file of NOAA", lines([_ISD] * 9), refused="an ISD file of NOAA"),
    Case("a GHCN file of NOAA", lines([_DLY] * 9), refused="a GHCN file of NOAA"),
]  # fmt: skip

ABOVE = [
    Case("units above the names", "s,degC,%\n" + lines(["time,Temp,Hum", *(f"{i},{x},{h}" for i, (x, h) in enumerate(BOTH))]), **PLOTTER | {"rate": 1}, unit="°C"),
    Case("units above names that are letters", ",°C,V\n" + lines(["n,T,U", *(f"{i},{x},{y}" for i, (x, y) in enumerate(zip(X, Y, strict=True)))]), **WAVE, channel="T", unit="°C", rate=None),
    Case("units below names that are letters", lines(["t,U,I", "s,V,A", *(f"{i},{x},{y}" for i, (x, y) in enumerate(zip(X, Y, strict=True)))]), **WAVE, channel="U", unit="V", rate=1),
]  # fmt: skip

CARRIED: list[Case] = [*NAMED, *PLACES, *FIXED, *ABOVE]
