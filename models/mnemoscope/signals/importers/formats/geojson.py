"""GeoJSON (RFC 7946) as a table: a feature a row, or of a track a place a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.formats.json_records import flattened, is_number
from mnemoscope.signals.importers.options import retry
from mnemoscope.signals.importers.report import Alternative, Guess

Json = Any
Columns = dict[str, list[Json]]

PLACE = ("longitude", "latitude", "elevation")
"""What the numbers of a track's position are."""
POINT = ("longitude", "latitude", "third coordinate")
"""Of points the third is a height in metres by RFC 7946, but in earthquake feeds a depth in kilometres."""
UNITS = {"longitude": "°", "latitude": "°", "elevation": "m"}
TIMES = ("times", "coordTimes", "time", "timestamps")
"""What converters of GPX and KML call the times of a line's places."""
_SHAPES = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection", "Feature", "FeatureCollection",
    "Topology",
)  # fmt: skip
_WAY = "Bring features with numbers among their properties, one for each time, or a line with the time or height of its places."


@dataclass
class Places:
    """The columns of a GeoJSON, and what was assumed of it."""

    columns: Columns
    timed: bool
    """Whether one of them may be the time: what is left of a track without times are places."""
    parts: list[str] = field(default_factory=list[str])
    guesses: list[Guess] = field(default_factory=list[Guess])
    notes: list[str] = field(default_factory=list[str])


def is_geojson(value: Json) -> bool:
    """Whether a JSON value is a GeoJSON object, or an array (lines) of features."""
    if isinstance(value, list):
        features = cast(list[Json], value)
        return len(features) > 1 and all(_kind(one) == "Feature" for one in features)
    kind = _kind(value)
    if kind == "FeatureCollection":
        return isinstance(value.get("features"), list)
    if kind == "Feature":
        return "geometry" in value
    if kind == "Topology":
        return "arcs" in value
    return kind == "GeometryCollection" or (kind is not None and isinstance(value.get("coordinates"), list))


def places_of(value: Json, part: str | None) -> Places:
    """The columns; `part` names one of several tracks. Raises ImportFileError for shapes that are no series."""
    if _kind(value) == "Topology":
        raise ImportFileError(
            "this is TopoJSON, which draws shapes", hint="Save it as GeoJSON: `topo2geo -i FILE NAME=data.geojson`."
        )
    features = _features(value)
    if not features:
        raise ImportFileError("this GeoJSON has no features", hint=_WAY)
    rows = [_properties(feature) for feature in features]
    points = [_point(feature) for feature in features]
    tracks = {name: feature for name, feature in _named(features, rows) if len(_line(feature)) > 1}
    measured = any(is_number(value) and value is not None for row in rows for value in row.values())
    if len(features) > 1 and (measured or any(points)) and (part is None or part not in tracks):
        return _by_feature(rows, points)
    if tracks:
        return _track(tracks, part)
    shapes = sorted({str(_kind(_geometry(feature))) for feature in features})
    raise ImportFileError(f"this GeoJSON draws shapes ({', '.join(shapes)}), which are no series", hint=_WAY)


def _by_feature(rows: list[dict[str, Json]], points: list[list[Json]]) -> Places:
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns: Columns = {name: [row.get(name) for row in rows] for name in names}
    found = Places(columns, timed=True)
    for i, name in enumerate(POINT):
        if any(len(point) > i for point in points) and name not in columns:
            columns[name] = [point[i] if len(point) > i else None for point in points]
    found.notes.append("a feature of the GeoJSON is a row")
    shapes = sum(not point for point in points)
    if shapes:
        found.notes.append(
            f"the places of {shapes} of {len(rows)} features are left out: they are shapes, or there are none"
        )
    return found


def _track(tracks: Mapping[str, Mapping[str, Json]], part: str | None) -> Places:
    """The places of one line, with its times and whatever else has a value for each of them."""
    chosen = part if part is not None else max(tracks, key=lambda name: len(_line(tracks[name])))
    if chosen not in tracks:
        raise ImportFileError(
            f"there is no track {chosen!r}", hint=f"Choose one of {', '.join(list(tracks)[:20])}.",
            retry=retry(f"Read {next(iter(tracks))}", part=next(iter(tracks))),
        )  # fmt: skip
    line, feature = _line(tracks[chosen]), tracks[chosen]
    columns: Columns = {}
    series = _of_places(feature, len(line))
    time = next((name for wanted in TIMES for name in series if name.rsplit(".", 1)[-1] == wanted), None)
    if time is not None:
        columns["time"] = series.pop(time)
    for name, values in series.items():
        columns[name.rsplit(".", 1)[-1]] = values
    width = min(max(map(len, line)), len(PLACE))
    for i in reversed(range(width)):
        columns.setdefault(PLACE[i], [place[i] if len(place) > i else None for place in line])
    found = Places(columns, timed=time is not None, notes=["a place of the GeoJSON's track is a row"])
    others = [name for name in tracks if name != chosen]
    if others:
        found.parts = list(tracks)
        ways = tuple(Alternative(name, {"part": name}) for name in others[:40])
        found.guesses.append(
            Guess("track", chosen, f"{len(tracks)} tracks are in the file", ways, question=part is None)
        )
    return found


def _features(value: Json) -> list[Mapping[str, Json]]:
    if isinstance(value, list):
        return cast(list[Mapping[str, Json]], value)
    kind = _kind(value)
    if kind == "FeatureCollection":
        return [one for one in cast(list[Json], value["features"]) if isinstance(one, dict)]
    if kind == "Feature":
        return [value]
    if kind == "GeometryCollection":
        return [{"geometry": one} for one in cast(list[Json], value.get("geometries") or []) if isinstance(one, dict)]
    return [{"geometry": value}]


def _named(
    features: Sequence[Mapping[str, Json]], rows: Sequence[Mapping[str, Json]]
) -> list[tuple[str, Mapping[str, Json]]]:
    """Features by the names they give themselves, each of its own."""
    found: dict[str, Mapping[str, Json]] = {}
    for i, (feature, row) in enumerate(zip(features, rows, strict=True)):
        name = str(row.get("name") or row.get("id") or feature.get("id") or f"track {i + 1}")
        found[name if name not in found else f"{name} ({i + 1})"] = feature
    return list(found.items())


def _kind(value: Json) -> str | None:
    kind = cast(dict[str, Json], value).get("type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) and kind in _SHAPES else None


def _geometry(feature: Mapping[str, Json]) -> dict[str, Json]:
    geometry = feature.get("geometry")
    return cast(dict[str, Json], geometry) if isinstance(geometry, dict) else {}


def _properties(feature: Mapping[str, Json]) -> dict[str, Json]:
    """Properties that are one value each, those of objects inside them by dotted names."""
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return {}
    flat = flattened(cast(dict[str, Json], properties))
    return {name: value for name, value in flat.items() if not isinstance(value, list | dict)}


def _of_places(feature: Mapping[str, Json], count: int) -> dict[str, list[Json]]:
    """Arrays among the properties that have a value for every place of the line."""
    properties = feature.get("properties")
    flat = flattened(cast(dict[str, Json], properties)) if isinstance(properties, dict) else {}
    return {
        name: values
        for name, value in flat.items()
        if isinstance(value, list) and len(values := _joined(cast(list[Json], value), count)) == count
    }


def _joined(values: list[Json], count: int) -> list[Json]:
    """Values of the parts of a line one after the other."""
    if len(values) != count and values and all(isinstance(part, list) for part in values):
        return [one for part in cast(list[list[Json]], values) for one in part]
    return [] if any(isinstance(one, list | dict) for one in values) else values


def _position(value: Json) -> list[Json]:
    numbers = cast(list[Json], value) if isinstance(value, list) else []
    return numbers[:3] if len(numbers) > 1 and all(map(is_number, numbers)) else []


def _point(feature: Mapping[str, Json]) -> list[Json]:
    geometry = _geometry(feature)
    return _position(geometry.get("coordinates")) if geometry.get("type") == "Point" else []


def _line(feature: Mapping[str, Json]) -> list[list[Json]]:
    """Places of a line, or of the parts of one; none of any other shape."""
    geometry = _geometry(feature)
    kind, places = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("LineString", "MultiLineString", "MultiPoint") or not isinstance(places, list):
        return []
    if kind == "MultiLineString":
        places = [
            place for part in cast(list[Json], places) if isinstance(part, list) for place in cast(list[Json], part)
        ]
    found = [_position(place) for place in cast(list[Json], places)]
    return found if all(found) else []
