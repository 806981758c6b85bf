"""What a report says for a form: every guess as an option, the first lines with what they were taken for, the first and last time."""

from pathlib import Path

import numpy as np
import pytest

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.protocol import read_table
from mnemoscope.signals.importers.tabular.spans import when
from tests.signals.reading_cases import CASES, Case

PUMP = """# Anlage Nord, Pumpe 7
# exportiert
Datum;Zeit;Druck [bar];Durchfluss [l/min]
03.11.2026;00:00:00;2,318;41,2
03.11.2026;00:00:10;2,322;41,0
# Pause
03.11.2026;00:00:20;;41,1
03.11.2026;00:00:30;-999;41,1
"""


@pytest.fixture
def report(tmp_path: Path):
    def report(text: str, **options):
        path = tmp_path / "x.csv"
        path.write_text(text, encoding="utf-8")
        return read_table(path, ImportOptions.from_json(options)).report

    return report


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_read_by_what_was_found_out_is_the_same(case: Case, tmp_path: Path):
    """So that a form filled with it changes nothing until somebody changes it."""
    path = tmp_path / "x.csv"
    path.write_bytes(case.data)
    try:
        table = read_table(path, ImportOptions.from_json(case.cure))
    except ImportFileError:
        assert case.refused
        return
    again = read_table(path, ImportOptions.from_json(table.report["resolved"]))
    assert [column.name for column in again.columns] == [column.name for column in table.columns]
    for ours, theirs in zip(again.columns, table.columns, strict=True):
        assert (ours.kind, ours.unit, ours.missing) == (theirs.kind, theirs.unit, theirs.missing)
        if theirs.values is not None:
            np.testing.assert_array_equal(ours.values, theirs.values)
    for key in ("sample_rate", "rows", "gaps", "channel", "time_columns", "span"):
        assert again.report[key] == table.report[key], key


def test_every_line_has_its_role(report):
    lines = report(PUMP, sentinels=[-999])["lines"]
    assert [(entry["line"], entry["role"]) for entry in lines] == [
        (1, "skipped"), (2, "skipped"), (3, "names"), (4, "row"), (5, "row"), (6, "left out"), (7, "row"), (8, "row"),
    ]  # fmt: skip
    assert lines[3]["cells"] == ["03.11.2026", "00:00:00", "2,318", "41,2"]
    assert lines[3]["values"] == [None, None, 2.318, 41.2]
    assert [entry["values"][2] for entry in lines if entry["role"] == "row"] == [2.318, 2.322, None, None]
    assert (lines[5]["why"], lines[5]["cells"]) == ("a comment", ["# Pause"])


def test_lines_with_units_facts_and_of_other_series_are_marked(report):
    lines = report("# rate: 50 Hz\n\nload\nkN\n" + "1\n2.5\n3\n" * 9)["lines"]
    assert [entry["role"] for entry in lines] == ["facts", "names", "units", *["row"] * 6]
    long = "time,sensor,value\n" + "".join(f"{t},{s},{t + n}.5\n" for t in range(9) for n, s in enumerate("ab"))
    found = report(long, series="b")
    assert [entry["role"] for entry in found["lines"]] == ["names", *["other series", "row"] * 3]
    assert (found["resolved"]["series_column"], found["resolved"]["series"]) == ("sensor", "b")


def test_a_long_preamble_is_shown_by_its_two_ends(report):
    lines = report("".join(f"# {n}\n" for n in range(50)) + PUMP)["lines"]
    assert [entry["line"] for entry in lines][:8] == [1, 2, 3, 4, 50, 51, 52, 53]


def test_the_first_and_the_last_time_are_said_for_people(report):
    assert report(PUMP)["span"] == ["3 Nov 2026, 00:00:00", "3 Nov 2026, 00:00:30"]
    assert report(PUMP, time_format="%m.%d.%Y %H:%M:%S")["span"][0] == "11 Mar 2026, 00:00:00"
    days = "date,x\n" + "".join(f"2024-02-{10 + t},{t}\n" for t in range(9))
    assert report(days)["span"] == ["10 Feb 2024", "18 Feb 2024"]
    assert report("t,x\n" + "".join(f"{1_700_000_000 + t},{t}\n" for t in range(20)))["span"] == [
        "14 Nov 2023, 22:13:20", "14 Nov 2023, 22:13:39",
    ]  # fmt: skip
    assert report("a,b\n1,2\n3,4\n")["span"] == []
    assert when(0.25) == "1 Jan 1970, 00:00:00.25"
    assert when(1e14) == "100000000000000 s from 1970"


def test_day_and_month_are_asked_about_by_a_date_that_tells_them_apart(report):
    text = "date,x\n" + "".join(f"{1 + t % 12}/1/{2000 + t // 12},{t}\n" for t in range(48))
    asked = next(entry for entry in report(text)["questions"] if entry["what"] == "order of day and month")
    assert asked["chosen"] == "2/1/2000 is 1 Feb 2000"
    assert asked["alternatives"][0]["label"] == "2/1/2000 is 2 Jan 2000"


def test_rows_without_a_time_can_be_turned_round(report, tmp_path: Path):
    """Newest first, and nothing in the file says so."""
    found = report("x\n3\n2\n1.5\n", order="reversed")
    assert found["resolved"]["order"] == "reversed"
    assert "the rows were put in the reverse order, as asked" in found["notes"]
    values = read_table(tmp_path / "x.csv", ImportOptions(order="reversed")).columns[0].values
    assert values is not None
    assert values.tolist() == [1.5, 2, 3]


def test_a_newest_first_file_keeps_its_seconds_when_it_is_turned_by_hand(report):
    text = "t_s,x\n" + "".join(f"{9 - t},{t}\n" for t in range(10))
    turned, found = report(text, order="reversed"), report(text)
    assert (turned["sample_rate"], turned["gaps"]) == (found["sample_rate"], 0)
