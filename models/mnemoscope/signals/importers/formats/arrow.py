"""Parquet, Feather and Arrow files by arro3, the Rust readers of Apache Arrow without a thread pool of their own."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.foreign import foreign
from mnemoscope.signals.importers.formats import arrow_sizes
from mnemoscope.signals.importers.gathered import gathered
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import MAX_COLUMNS, Table
from mnemoscope.signals.importers.tabular.moments import Moments

MAX_VALUES = 60_000_000
Cells = NDArray[Any] | list[str]
_WAY = "Save it anew: `table.to_parquet('data.parquet')`."


def _sniff(data: bytes) -> float:
    return 1.0 if data.startswith((b"PAR1", b"ARROW1")) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    from mnemoscope.signals.importers.report import file_facts
    from mnemoscope.signals.importers.tabular.typed import Given, table_of

    notes: list[str] = []
    with path.open("rb") as file:
        parquet = file.read(4) == b"PAR1"
    with foreign("this file of Apache Arrow", _WAY):
        fields, parts = _columns(path, parquet)
    given: list[Given] = []
    for (name, kind), column in zip(fields, parts, strict=True):
        if not column:
            notes.append(f"{name} is empty ({kind})")
            continue
        arrays = [part for part in column if isinstance(part, np.ndarray)]
        if len(arrays) < len(column):
            given.append(Given(name, [cell for part in column for cell in part]))
            continue
        column.clear()
        whole = gathered(arrays)
        given.append(Given(name, Moments(whole) if whole.dtype.kind == "M" else whole))
    if not given:
        raise ImportFileError("the file has no rows", hint="Choose a file with at least two rows of numbers.")
    details = {"columns": ", ".join(f"{name} {kind}" for name, kind in fields[:12])}
    facts = file_facts(path, "Parquet" if parquet else "Arrow", options, details=details)
    return table_of(given, facts, options, notes=notes)


def _columns(path: Path, parquet: bool) -> tuple[list[tuple[str, str]], list[list[Cells]]]:
    """Name and kind of every column, and its cells batch by batch."""
    from arro3 import io

    if not parquet:
        arrow_sizes.check(path)
    with path.open("rb") as file:
        reader = io.read_parquet(file) if parquet else io.read_ipc(file)
        schema = [reader.schema.field(i) for i in range(len(reader.schema))]
        fields = [(str(field.name), _kind(field.type)) for field in schema]
        if len(fields) > MAX_COLUMNS:
            raise ImportFileError(f"{len(fields)} columns, more than {MAX_COLUMNS}", hint="Save the columns you need.")
        parts: list[list[Cells]] = [[] for _ in fields]
        rows = 0
        for batch in reader:
            rows += batch.num_rows
            if rows * len(fields) > MAX_VALUES:
                raise ImportFileError(
                    f"the file holds more than {MAX_VALUES} values", hint="Save the columns or rows you need."
                )
            for i, column in enumerate(parts):
                column.append(_cells(batch.column(i)))
    return fields, parts


def _kind(of: Any) -> str:
    """What a type is called: "Float64"."""
    return str(of).strip().removeprefix("arro3.core.DataType<").removesuffix(">")


def _cells(column: Any) -> Cells:
    """A column of one batch: numbers (float32 where that loses nothing), moments, or texts."""
    from arro3.core import DataType

    kind = column.type
    if DataType.is_dictionary(kind):
        column = column.cast(DataType.string())
        kind = column.type
    if any(test(kind) for test in (DataType.is_numeric, DataType.is_boolean, DataType.is_decimal)):
        narrow = any(
            kind == one()
            for one in (
                DataType.float32,
                DataType.float16,
                DataType.int8,
                DataType.int16,
                DataType.uint8,
                DataType.uint16,
                DataType.bool,
            )
        )
        return _floats(column.cast(DataType.float32() if narrow else DataType.float64()))
    if DataType.is_timestamp(kind) or DataType.is_date(kind):
        days = DataType.is_date32(kind)
        unit = "D" if days else "ms" if DataType.is_date64(kind) else str(kind.time_unit)
        whole = column.cast(DataType.int32() if days else DataType.int64())
        if not whole.null_count:
            return np.array(whole.to_numpy(), np.int64).astype(f"datetime64[{unit}]")
        return np.array(["NaT" if value is None else value for value in whole.to_pylist()], f"datetime64[{unit}]")
    if DataType.is_duration(kind):
        per = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}[str(kind.time_unit)]
        return _floats(column.cast(DataType.int64()).cast(DataType.float64())) * per
    if DataType.is_nested(kind) or DataType.is_binary(kind):
        raise ImportFileError(
            f"a column holds {_kind(kind)}: lists, structures or bytes in its cells",
            hint="Save one number a cell, or leave the column out.",
        )
    return ["" if value is None else " ".join(str(value).split()) for value in column.to_pylist()]


def _floats(column: Any) -> NDArray[Any]:
    if column.null_count:
        return np.array([np.nan if value is None else value for value in column.to_pylist()], np.float64)
    return np.array(column.to_numpy())


IMPORTER = Importer(
    "arrow",
    "Parquet, Feather and Arrow",
    (".parquet", ".pq", ".feather", ".arrow"),
    _sniff,
    _read,
    binary=True,
    extra="parquet",
    module="arro3",
    apart=True,
)
