"""JSON: an array of numbers, of rows or of records, an object of columns, a record a line."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.formats.geojson import UNITS, is_geojson, places_of
from mnemoscope.signals.importers.formats.json_records import (
    MAX_DEPTH,
    Cells,
    Records,
    cells_of,
    flattened,
    is_number,
    matrix_in,
    number,
    records_in,
)
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions, retry
from mnemoscope.signals.importers.report import Alternative, Guess
from mnemoscope.signals.importers.table import MAX_COLUMNS, Table

_BEGINS = re.compile(rb"""\s*(?:\{\s*["}]|\[\s*(?:[\[{"\]]|(?:-?\d[\d.eE+-]*|null|NaN)\s*[,\]]|$))""")
_WAY = "Write an array of numbers, an array of records, or an object of columns."

Json = Any


_BRACKETED = re.compile(rb"\s*\[\s*[\d.]+\s*\][ \t]*[^\s,\]]")
"""A line of a log that begins with its time, or a number, in brackets."""


def _sniff(data: bytes) -> float:
    if _BRACKETED.match(data):
        return 0.0
    return 0.6 if _BEGINS.match(data.removeprefix(b"\xef\xbb\xbf")) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.report import file_facts

    text = _text(path)
    value = _at_once(text)
    value, lines = _parsed(text) if value is None else (value, isinstance(value, Records) and value.lines)
    del text
    facts = file_facts(path, "JSON lines" if lines else "JSON", options, encoding="utf-8")
    return _Reading(options, facts).table(value)


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ImportFileError(
            f"the bytes at {error.start} are no UTF-8, which JSON is written in", where=f"byte {error.start}",
            hint="Save it as UTF-8.",
        ) from error  # fmt: skip


def _at_once(text: str) -> Records | NDArray[np.float64] | None:
    """The columns of records, or the rows of a matrix, where a text is nothing else."""
    begin = text[:4096].lstrip()
    line, more, _ = begin.partition("\n")
    if begin.startswith("{"):
        return records_in(text) if more and line.rstrip().endswith("}") else None
    inner = begin.removeprefix("[").lstrip()[:1]
    return records_in(text) if inner == "{" else matrix_in(text) if inner == "[" else None


def _parsed(text: str) -> tuple[Json, bool]:
    """The value, or the values of all lines. Raises ImportFileError with the line."""
    try:
        return json.loads(text), False
    except RecursionError as error:
        raise ImportFileError("the values are nested too deeply", hint=_WAY) from error
    except json.JSONDecodeError as error:
        whole = error
    found: list[Json] = []
    for at, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except (json.JSONDecodeError, RecursionError) as error:
            place = f"line {at}" if found else f"line {whole.lineno}, column {whole.colno}"
            words = str(error).split(":")[0] if found else whole.msg
            ends = " (it is cut short)" if whole.pos >= len(text.rstrip()) - 1 else ""
            raise ImportFileError(f"this is no JSON: {words}{ends}", where=place, hint="Correct it there.") from error
    return found, True


class _Reading:
    """One value on its way to a table."""

    def __init__(self, options: ImportOptions, facts: dict[str, Any]) -> None:
        self.options, self.facts = options, facts
        self.notes: list[str] = []
        self.guesses: list[Guess] = []
        self.scalars: dict[str, Any] = {}
        self.parts: list[str] = []
        self.units: dict[str, str] = {}
        """Units of columns, where an object beside them says them."""

    def table(self, value: Json) -> Table:
        if isinstance(value, np.ndarray):
            table = self._matrix(cast(NDArray[np.float64], value))
        elif isinstance(value, Records):
            if len(value.columns) > MAX_COLUMNS:
                raise ImportFileError(f"the records have {len(value.columns)} different fields", hint=_WAY)
            table = self._columns(list(value.columns), list(value.columns.values()), header=True)
        elif is_geojson(value):
            table = self._places(value)
        else:
            table = self._table(value, 0, None)
        for guess in self.guesses:
            table.report["questions" if guess.question else "assumptions"].insert(0, guess.entry())
        table.report["parts"] = self.parts or table.report["parts"]
        return table

    def _table(self, value: Json, depth: int, name: str | None) -> Table:
        if isinstance(value, list):
            return self._array(cast(list[Json], value), name)
        if isinstance(value, dict) and depth < MAX_DEPTH:
            return self._object(cast(dict[str, Json], value), depth)
        raise _nothing(value)

    def _places(self, value: Json) -> Table:
        found = places_of(value, self.options.part)
        self.facts["format"] = "GeoJSON"
        self.parts, self.guesses, self.units = found.parts, found.guesses, UNITS
        self.notes += found.notes
        if not found.timed and self.options.time is None:  # longitudes that rise are no seconds
            self.options = replace(self.options, time=())
        return self._columns(list(found.columns), list(found.columns.values()), header=True)

    # --- arrays

    def _array(self, values: list[Json], name: str | None) -> Table:
        if not values:
            raise ImportFileError("the array is empty", hint=_WAY)
        while len(values) == 1 and _is_wrapped(values[0]):  # an array around the one that is meant
            values = values[0]
        if all(isinstance(value, dict) for value in values):
            records = cast(list[dict[str, Json]], values)
            if (field := _series_field(records)) is not None:
                return self._series(records, field)
            if any(_holds_arrays(record) for record in records[:20]):
                return self._one_of(records)
            return self._records(records)
        if all(isinstance(value, list) for value in values):
            rows = cast(list[list[Json]], values)
            width = len(rows[0])
            odd = next((i for i, row in enumerate(rows) if len(row) != width), None)
            if odd is not None:
                raise ImportFileError(
                    f"{len(rows[odd])} values where {width} were expected", where=f"row {odd + 1}",
                    hint="Write rows of one length, or an object of columns.",
                )  # fmt: skip
            if width and all(isinstance(cell, str) for cell in rows[0]) and len(rows) > 1:
                return self._columns(list(map(str, rows[0])), list(zip(*rows[1:], strict=True)), header=True)
            if all(is_number(cell) for row in rows for cell in row):
                return self._matrix(np.array(rows, np.float64))
            names = [f"column {i + 1}" for i in range(width)]
            return self._columns(names, list(zip(*rows, strict=True)), header=False)
        return self._columns([name or "values"], [values], header=name is not None)

    def _matrix(self, array: np.ndarray[Any, Any]) -> Table:
        from mnemoscope.signals.importers.arrays import table_of_arrays

        return table_of_arrays({"values": array}, self.facts, self.options, named=False)

    def _records(self, records: list[dict[str, Json]]) -> Table:
        flat = [flattened(record) for record in records]
        names = list(dict.fromkeys(name for record in flat for name in record))
        if len(names) > MAX_COLUMNS:
            raise ImportFileError(f"the records have {len(names)} different fields", hint=_WAY)
        absent = sum(name not in record for record in flat for name in names)
        if absent:
            self.notes.append(f"{counted(absent, 'field')} not in every record, and missing there")
        return self._columns(names, [[record.get(name) for record in flat] for name in names], header=True)

    def _one_of(self, records: list[dict[str, Json]]) -> Table:
        """One of several objects that hold arrays each; which is a question."""
        names = [str(r.get("name", r.get("target", r.get("id", i + 1)))) for i, r in enumerate(records)]
        chosen = self.options.part if self.options.part in names else names[0]
        self._ask(chosen, names)
        self.options = replace(self.options, part=None)
        return self._object(records[names.index(chosen)], 1)

    def _series(self, records: list[dict[str, Json]], field: str) -> Table:
        """A record a series: {"start": …, "target": […], "item_id": …}."""
        from mnemoscope.signals.importers.csv.series_rows import MAX_SERIES
        from mnemoscope.signals.importers.regular import Channel, table_of, unique_names

        channels: list[Channel] = []
        names = [str(r.get("item_id", r.get("id", r.get("name", f"series {i + 1}")))) for i, r in enumerate(records)]
        for name, record in list(zip(unique_names(names), records, strict=True))[:MAX_SERIES]:
            values = record.get(field)
            if not _is_series(values):
                raise ImportFileError(f"{field} of {name} is no array of numbers", hint=_WAY)
            channels.append(Channel(name, np.array([number(value) for value in cast(list[Json], values)])))
        if len(records) > MAX_SERIES:
            self.notes.append(f"the first {MAX_SERIES} of {len(records)} series are channels")
        starts = {str(record["start"]) for record in records if "start" in record}
        if starts:
            self.notes.append(f"series begin at {', '.join(sorted(starts)[:3])}; their rate is not said")
        source = "the file says no rate; enter a sampling rate"
        return table_of(channels, self.facts, self.options, rate_source=source, notes=self.notes)

    # --- objects

    def _object(self, value: dict[str, Json], depth: int) -> Table:
        columns, rows = value.get("columns"), value.get("data", value.get("values"))
        if isinstance(columns, list) and isinstance(rows, list) and rows and isinstance(rows[0], list):
            names = [str(name) for name in cast(list[Json], columns)]
            index = value.get("index")
            cells = [list(column) for column in zip(*cast(list[list[Json]], rows), strict=False)]
            if isinstance(index, list) and len(cast(list[Json], index)) == len(cast(list[Json], rows)):
                names, cells = ["index", *names], [cast(list[Json], index), *cells]
            return self._columns(names[: len(cells)], cells, header=True)
        self.scalars |= {key: one for key, one in value.items() if is_number(one) and one is not None}
        lists = {key: cast(list[Json], one) for key, one in value.items() if isinstance(one, list) and one}
        plain = {key: one for key, one in lists.items() if not isinstance(one[0], list | dict)}
        objects = {key: cast(dict[str, Json], one) for key, one in value.items() if isinstance(one, dict)}
        if objects and not lists and len(objects) == len(value) and all(map(_is_flat, objects.values())):
            return self._nested(objects)
        if plain and (self.options.part is None or self.options.part in plain):
            return self._of_one_length(plain, lists)
        if not lists and not objects and _is_mapping(value):
            return self._columns(["time", "value"], [list(value), list(value.values())], header=True)
        choices = [key for key, one in (lists | objects).items() if one]
        choices = [key for key in choices if _holds_arrays(value[key])] or choices
        if not choices:
            raise _nothing(value)
        chosen = self._chosen(choices, lists | objects)
        units = value.get(f"{chosen}_units")
        if isinstance(units, dict):
            self.units = {key: one for key, one in cast(dict[str, Json], units).items() if isinstance(one, str)}
        return self._table(value[chosen], depth + 1, chosen)

    def _chosen(self, choices: list[str], values: Mapping[str, Json]) -> str:
        if self.options.part is not None:
            if self.options.part in choices:
                return self.options.part
            if not any(isinstance(values[key], dict) for key in choices):
                raise ImportFileError(
                    f"there is no array {self.options.part!r}", hint=f"Choose one of {', '.join(choices[:20])}.",
                    retry=retry(f"Read {choices[0]}", part=choices[0]),
                )  # fmt: skip
        chosen = max(choices, key=lambda key: (isinstance(values[key], list), len(values[key])))
        self._ask(chosen, [key for key in choices if isinstance(values[key], list)])
        return chosen

    def _ask(self, chosen: str, choices: list[str]) -> None:
        others = [key for key in choices if key != chosen]
        if others:
            self.parts = choices
            ways = tuple(Alternative(key, {"part": key}) for key in others[:40])
            evidence = f"{len(choices)} arrays are in the file"
            self.guesses.append(Guess("array", chosen, evidence, ways, question=self.options.part is None))

    def _of_one_length(self, plain: dict[str, list[Json]], lists: dict[str, list[Json]]) -> Table:
        """The columns of an object: arrays as long as the longest; the others are other parts."""
        length = len(plain[self.options.part]) if self.options.part else max(map(len, plain.values()))
        together = {key: one for key, one in plain.items() if len(one) == length}
        others = [key for key in lists if key not in together]
        if others:
            self._ask(next(iter(together)), [next(iter(together)), *others])
        return self._columns(list(together), list(together.values()), header=True)

    def _nested(self, objects: dict[str, dict[str, Json]]) -> Table:
        """An object of objects, as pandas writes it: of columns with an index, or of rows."""
        keys = list(objects)
        inner = list(dict.fromkeys(key for one in objects.values() for key in one))
        if len(keys) > len(inner) or (keys[0][:1].isdecimal() and not inner[0][:1].isdecimal()):  # rows by their index
            cells = [keys, *([one.get(name) for one in objects.values()] for name in inner)]
            return self._columns(["index", *inner], cells, header=True)
        cells = [inner, *([one.get(key) for key in inner] for one in objects.values())]
        return self._columns(["index", *keys], cells, header=True)

    # --- columns

    def _columns(self, names: list[str], columns: Sequence[Sequence[Json] | Cells], *, header: bool) -> Table:
        from mnemoscope.signals.importers.arrays import stated_rate
        from mnemoscope.signals.importers.tabular.typed import Given, table_of

        rate, evidence = stated_rate({name: np.array(float(one)) for name, one in self.scalars.items()})
        given = [
            Given(name, _cells(column, name), self.units.get(name)) for name, column in zip(names, columns, strict=True)
        ]
        return table_of(
            given, self.facts, self.options, header=header, stated_rate=rate, evidence=evidence, notes=self.notes
        )


def _nothing(value: Json) -> ImportFileError:
    """That nothing here is a signal, with what is here."""
    return ImportFileError(f"this JSON holds no array of numbers; it is {_kind(value)}", hint=_WAY)


def _kind(value: Json) -> str:
    """What a value is, for people; an object by its first fields."""
    if isinstance(value, dict):
        fields = cast(dict[str, Json], value)
        listed = ", ".join(
            f"{str(key)[:30]} ({_kind(one).split(' with ')[0]})" for key, one in list(fields.items())[:4]
        )
        return (
            f"an object with {listed}" + (f" and {len(fields) - 4} more" if len(fields) > 4 else "")
            if fields
            else "an empty object"
        )
    if isinstance(value, list):
        return "an array"
    if isinstance(value, str):
        return "a text"
    return "nothing" if value is None else "true or false" if isinstance(value, bool) else "a number"


def _is_wrapped(value: Json) -> bool:
    inner = cast(list[Json], value) if isinstance(value, list) else []
    return (len(inner) > 1 and all(isinstance(one, dict) for one in inner)) or (
        bool(inner) and all(isinstance(one, list) for one in inner)
    )  # fmt: skip


def _is_mapping(value: Mapping[str, Json]) -> bool:
    """Whether an object is a series: numbers by the time, or the number, of each."""
    return len(value) > 2 and all(key[:1].isdecimal() for key in value) and all(map(is_number, value.values()))


def _is_series(value: Json) -> bool:
    return (
        isinstance(value, list)
        and len(cast(list[Json], value)) > 0
        and all(is_number(one) or one == "NaN" for one in cast(list[Json], value))
    )


def _series_field(records: list[dict[str, Json]]) -> str | None:
    """The field of records that holds a series each; None where there is no such field, or more than one."""
    found = [name for name, value in records[0].items() if _is_series(value) and len(cast(list[Json], value)) > 2]
    if "target" in found:
        return "target"
    alone = len(found) == 1 and len(records) > 1
    return found[0] if alone and all(_is_series(record.get(found[0])) for record in records) else None


def _holds_arrays(value: Json, depth: int = 0) -> bool:
    """Whether an object has an array in it somewhere."""
    if isinstance(value, list):
        return len(cast(list[Json], value)) > 1 or any(_holds_arrays(one, depth + 1) for one in cast(list[Json], value))
    if isinstance(value, dict) and depth < MAX_DEPTH:
        return any(_holds_arrays(one, depth + 1) for one in cast(dict[str, Json], value).values())
    return False


def _is_flat(value: Mapping[str, Json]) -> bool:
    return bool(value) and not any(isinstance(one, list | dict) for one in value.values())


def _cells(column: Sequence[Json] | Cells, name: str) -> Cells:
    if isinstance(column, np.ndarray):
        return column
    if any(isinstance(value, list | dict) for value in column):
        raise ImportFileError(
            f"a cell of {name} is an array or an object inside a record", hint="Write one number a field."
        )
    return cells_of(column)


IMPORTER = Importer("json", "JSON", (".json", ".jsonl", ".ndjson"), _sniff, _read)
