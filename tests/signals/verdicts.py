"""What becomes of a case: read right at once, right after a cure, refused, or wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.protocol import read_table
from mnemoscope.signals.importers.table import Table
from tests.signals.awkward_cases import AWKWARD
from tests.signals.carried_cases import CARRIED
from tests.signals.everyday_cases import EVERYDAY
from tests.signals.format_cases import FORMATS
from tests.signals.instrument_cases import INSTRUMENT
from tests.signals.program_cases import PROGRAM
from tests.signals.reading_cases import CASES, Case
from tests.signals.variant_cases import VARIANTS

ALL = [*CASES, *FORMATS, *VARIANTS, *AWKWARD, *CARRIED, *INSTRUMENT, *EVERYDAY, *PROGRAM]


def verdict(case: Case, folder: Path) -> tuple[str, str]:
    """("right" | "asked" | "cured" | "refused" | "WRONG", what was found)."""
    path = folder / "file.csv"
    path.write_bytes(case.data)
    try:
        table = read_table(path, ImportOptions.from_json(case.cure))
    except ImportFileError as error:
        if case.refused and case.refused in str(error) and error.hint:
            return "refused", str(error)
        return "WRONG", f"refused: {error}"
    if case.refused:
        return "WRONG", f"read although {case.refused}"
    faults = differences(case, table)
    if faults:
        return "WRONG", "; ".join(faults)
    questions = ", ".join(asked["what"] for asked in table.report["questions"])
    return ("cured" if case.cure else "asked" if questions else "right"), questions


def differences(case: Case, table: Table) -> list[str]:
    """Where a table is not as the truth says, in words."""
    report = table.report
    column = next(c for c in table.columns if c.index == report["channel"])
    faults: list[str] = []

    def hold(what: str, wanted: Any, got: Any) -> None:
        if wanted != got:
            faults.append(f"{what}: wanted {wanted}, got {got}")

    if case.rows is not None:
        hold("rows", case.rows, report["rows"])
    if case.channel is not None:
        hold("channel", case.channel, column.name)
    if case.unit is not None:
        hold("unit", case.unit, column.unit)
    for what, wanted, got in (("low", case.low, column.low), ("high", case.high, column.high)):
        if wanted is not None:
            hold(what, pytest.approx(wanted, rel=1e-6, abs=1e-6), got)
    if case.first is not None and column.values is not None:
        hold("first value", pytest.approx(case.first, abs=1e-4), float(column.values[0]))
    if case.rate != "any":
        hold("rate", None if case.rate is None else pytest.approx(case.rate, rel=1e-6), report["sample_rate"])
    hold("gaps", case.gaps, report["gaps"])
    if case.left_out is not None:
        hold("lines left out", case.left_out, report["left_out_count"])
    if case.missing is not None:
        hold("missing", case.missing, column.missing)
    if not case.cure:
        asked = [entry["what"] for entry in report["questions"]]
        for what in case.asks:
            if not any(entry.startswith(what) for entry in asked):
                faults.append(f"asked only {asked}, not {what!r}")
    return faults
