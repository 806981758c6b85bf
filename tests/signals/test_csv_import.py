"""Text tables as people really save them: each variant gives the generator's numbers back, or an error with a hint."""

import math
import time
from datetime import datetime, timedelta

import numpy as np
import pytest

from mnemoscope.errors import ImportFileError
from mnemoscope.signals import states
from mnemoscope.signals.importers.csv import reader as csv_import
from mnemoscope.signals.importers.options import MAX_TOKENS, ImportOptions, retry

N = 300
TIMES = [i * 0.01 for i in range(N)]
A = [round(math.sin(i / 7) * 3.5, 4) for i in range(N)]
B = [round(1000 + 40 * math.cos(i / 11), 2) for i in range(N)]


@pytest.fixture
def load(tmp_path):
    def load(content: str | bytes, **overrides):
        path = tmp_path / "series.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return csv_import.read(path, options=ImportOptions.from_json(overrides))

    return load


def rows(delimiter=",", number=str, columns=(TIMES, A, B)):
    return "".join(delimiter.join(number(v) for v in row) + "\n" for row in zip(*columns, strict=True))


def comma(value):
    return str(value).replace(".", ",")


def check(table, *, a=1, b=2, rate=100.0):
    np.testing.assert_allclose(table.columns[a].values, A, atol=1e-6)
    np.testing.assert_allclose(table.columns[b].values, B, atol=1e-3)
    if rate is not None:
        assert table.report["sample_rate"] == pytest.approx(rate, rel=1e-4)
    assert table.report["rows"] == N


VARIANTS = {
    "plain": "t,a,b\n" + rows(),
    "windows lines": ("t,a,b\n" + rows()).replace("\n", "\r\n"),
    "old mac lines": ("t,a,b\n" + rows()).replace("\n", "\r"),
    "byte order mark": "\ufefft,a,b\n" + rows(),
    "semicolon, decimal comma": "t;a;b\n" + rows(";", comma),
    "tab, decimal comma": "t\ta\tb\n" + rows("\t", comma),
    "pipe": "t|a|b\n" + rows("|"),
    "aligned by blanks": "   t      a      b\n" + rows("   ", lambda v: f"{v:>10}"),
    "quoted numbers": '"t","a","b"\n' + rows(",", lambda v: f'"{v}"'),
    "units row": "t,a,b\ns,mV,mmHg\n" + rows(),
    "units in brackets": "t [s],a [mV],b (mmHg)\n" + rows(),
    "no header": rows(),
    "comment above": "# recorded by nobody\n# twice\nt,a,b\n" + rows(),
    "names in a comment": "# t,a,b\n" + rows(),
    "title and rule": "Weather station\n=====\nt,a,b\n-----\n" + rows(),
    "comments between rows": "t,a,b\n# begin\n" + rows().replace("\n0.5,", "\n# half a second\n0.5,"),
    "footer": "t,a,b\n" + rows() + "Total,,3\n",
    "footer of another width": "t,a,b\n" + rows() + "\nend of file\n",
    "cut short": "t,a,b\n" + rows() + "3.0,1",
    "blank lines": "\nt,a,b\n\n" + rows() + "\n\n",
    "plus signs": "t,a,b\n" + rows(",", lambda v: f"{v:+}"),
    "exponents": "t,a,b\n" + rows(",", lambda v: f"{v:.8e}"),
}
START = datetime(2021, 2, 25, 23, 59, 58)
ISO = [(START + timedelta(milliseconds=10 * i)).isoformat(timespec="milliseconds") + "+02:00" for i in range(N)]
VARIANTS["ISO with zone and fraction"] = "when,a,b\n" + rows(",", str, (ISO, A, B))


@pytest.mark.parametrize("name", list(VARIANTS))
def test_every_way_to_write_the_same_table_gives_the_same_numbers(load, name):
    """Default readers misread most of these without a word."""
    check(load(VARIANTS[name]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_and_units(load, encoding):
    """A degree sign in a header must not decide whether a file opens."""
    table = load(("Zeit [s];T [°C];b\n" + rows(";", comma)).encode(encoding))
    check(table)
    assert table.columns[1].unit == "°C"
    assert table.columns[1].name == "T"


def test_a_letter_beyond_the_sample_changes_the_encoding(load):
    """The first 64 kB are ASCII, a Windows-1252 letter follows."""
    text = "t,a,b,who\n" + "".join(f"{i * 0.01:.2f},{i % 7}.25,3,Ann\n" for i in range(6000)) + "60.00,1,3,J\xf6rg\n"
    table = load(text.encode("cp1252"))
    assert table.report["encoding"] == "cp1252"
    assert table.report["rows"] == 6001


def test_units_row_and_name_suffixes_become_units(load):
    """A number without its unit is half a number."""
    table = load("time_ms,MLII_mV,V5\nms,,mV\n" + "".join(f"{i * 4},{i}.5,{-i}.25\n" for i in range(50)))
    assert [c.unit for c in table.columns[1:]] == ["mV", "mV"]
    assert table.report["sample_rate"] == 250.0


@pytest.mark.parametrize(
    ("form", "step"),
    [
        ("%d/%m/%Y %H:%M", timedelta(minutes=30)),
        ("%m/%d/%Y %I:%M %p", timedelta(hours=6)),
        ("%d.%m.%Y %H:%M:%S", timedelta(seconds=90)),
        ("%Y%m%d", timedelta(days=7)),
        ("%Y%m%d%H%M", timedelta(minutes=5)),
        ("%d-%b-%Y", timedelta(days=1)),
        ("%b %d, %Y", timedelta(days=1)),
        ("%Y-%m-%dT%H:%M:%S", timedelta(hours=1)),
    ],
)
def test_one_date_format_is_found_and_reported(load, form, step):
    """Day and month are distinguished by what keeps time running forward."""
    stamps = [(datetime(2019, 1, 28) + step * i).strftime(form) for i in range(N)]
    table = load("when;a;b\n" + rows(";", str, (stamps, A, B)))
    check(table, rate=1 / step.total_seconds())
    assert table.time is not None
    np.testing.assert_allclose(np.diff(table.time), step.total_seconds())
    assert form in " ".join(table.report["notes"])


def test_unix_stamps_and_row_counters(load):
    """Milliseconds since 1970 are a time; 0, 1, 2 … is not."""
    stamps = [1_600_000_000_000 + 20 * i for i in range(N)]
    check(load("timestamp,a,b\n" + rows(",", str, (stamps, A, B))), rate=50.0)
    table = load(",a,b\n" + rows(",", str, (range(N), A, B)))
    assert table.columns[0].kind == "time"
    assert table.report["sample_rate"] is None
    assert "enter a sampling rate" in table.report["sample_rate_source"]


def test_one_number_per_line(load):
    """A delimiter may be absent, and so may names."""
    table = load("".join(f"{v}\n" for v in A))
    np.testing.assert_allclose(table.columns[0].values, A, atol=1e-6)
    assert table.report["delimiter"] is None
    table = load("\n".join(comma(v) for v in B), delimiter="", decimal=",")
    np.testing.assert_allclose(table.columns[0].values, B, atol=1e-3)


def test_missing_values_are_counted_and_stay_missing(load):
    """Tokens of many programs; nothing is filled in."""
    tokens = ["NA", "nan", "", "-", "?", "null", "N/A", "--", "#N/A"]
    cells = [tokens[i // 10 % len(tokens)] if i % 10 == 0 else str(a) for i, a in enumerate(A)]
    table = load("t,a\n" + rows(",", str, (TIMES, cells)))
    assert table.columns[1].missing == 30
    assert np.isnan(table.columns[1].values[::10]).all()
    assert table.report["columns"][1]["missing_fraction"] == pytest.approx(0.1)


def test_a_repeated_far_value_is_pointed_out(load):
    """-999 drawn as data would flatten everything else; only the user knows whether it is a value."""
    cells = [-999 if i % 25 == 3 else a for i, a in enumerate(A)]
    table = load("t,a\n" + rows(",", str, (TIMES, cells)))
    assert any("-999" in note and "12 times" in note for note in table.report["notes"])
    assert table.columns[1].missing == 0
    assert load("t,a\n" + rows(",", str, (TIMES, cells)), sentinels=(-999.0,)).columns[1].missing == 12


@pytest.mark.parametrize(("value", "pointed_out"), [(-6, False), (-8, True), (12, False), (14, True)])
def test_far_is_more_than_twice_the_width_of_all_other_values(load, value, pointed_out):
    """The others lie between 1 and 5, which is 4 wide: up to 8 away from them is an extreme, beyond it is suspicious."""
    values = [value if k % 10 == 9 else 1 + k % 5 for k in range(100)]
    found = load("t,level\n" + "".join(f"{k},{v}\n" for k, v in enumerate(values))).report["sentinels"]
    assert [one["value"] for one in found] == ([value] if pointed_out else [])


def test_digit_groups(load):
    """1.234,5 and "1,234.5" are the same number."""
    values = [1000.5 + 13 * i for i in range(N)]
    german = load(
        "t;x\n" + "".join(f"{i};{v:,.1f}\n".translate(str.maketrans(",.", ".,")) for i, v in enumerate(values))
    )
    english = load("t,x\n" + "".join(f'{i},"{v:,.1f}"\n' for i, v in enumerate(values)))
    for table in (german, english):
        np.testing.assert_allclose(table.columns[1].values, values, rtol=1e-6)


def test_labels_text_and_values_are_distinguished(load):
    """Labels become ticks, texts are left alone, neither is a channel."""
    table = load("t,a,state,note\n" + "".join(f"{i},{a},{'rest' if i < 99 else 'run'},n{i}\n" for i, a in enumerate(A)))
    assert [c.kind for c in table.columns] == ["time", "value", "label", "text"]
    with pytest.raises(ImportFileError, match="Choose one of the columns 1"):
        table.series(3)


def test_duplicate_names_get_names_of_their_own(load):
    """A channel must be nameable; marks that reorder text are taken out of names."""
    table = load("t,x,x,\u202ex\n" + rows(",", str, (TIMES, A, B, A)))
    assert [c.name for c in table.columns] == ["t", "x", "x (2)", "x (3)"]


def test_gaps_steps_back_and_repeats_are_reported_and_nothing_is_sorted(load):
    """A viewer that sorts or fills without a word shows what never was."""
    seconds = [float(i) for i in range(N)]
    seconds[100:] = [s + 500 for s in seconds[100:]]
    seconds[200] = seconds[199]
    seconds[250] = seconds[249] - 30
    table = load("time,a,b\n" + rows(",", str, (seconds, A, B)))
    np.testing.assert_allclose(table.columns[1].values, A, atol=1e-6)
    assert table.timing.backward == 1
    stamps = [(START + timedelta(seconds=s)).isoformat(" ") for s in seconds]
    table = load("time,a,b\n" + rows(",", str, (stamps, A, B)))
    notes = " ".join(table.report["notes"])
    assert "time runs back 1 time" in notes
    assert "1 row with the time" in notes
    assert (99, 100) in table.timing.gaps


GOOD = b"".join(b"%d,%d\n" % (i, i) for i in range(40))
BAD = {
    "empty": (b"", "empty", None),
    "only blanks": (b" \n\n \t", "empty", None),
    "binary": (bytes(range(256)) * 40, "binary", "character 0"),
    "zip": (b"PK\x03\x04" + bytes(500), "binary", "character 2"),
    "pickle": (b"\x80\x04\x95" + bytes(50), "never read", "byte 0"),
    "prose": (
        b"It was the best of times,\nit was the worst of times,\n" * 9,
        "no column holds numbers",
        "the first rows",
    ),
    "names only": (b"t,a,b\n", "no column holds numbers", "the first rows"),
    "one row": (b"t,a,b\n1,2,3\n", "1 row", None),
    "all missing": (b"t,a\n" + b"".join(b"%d,NA\n" % i for i in range(40)), "every cell is missing", None),
    "ragged": (b"t,a,b\n" + b"1,2,3\n" * 40 + b"1,2,3,4\n" + b"5,6,7\n" * 40, "4 values where 3", "line 42"),
    "header too short": (b"t,a\n" + b"1,2,3\n" * 40, "header has 2 names, the rows have 3", "line 1"),
    "a word among numbers": (b"t,a\n" + GOOD + b"40,oops\n41,1\n", "'oops'", "line 42, column a"),
    "infinite": (b"t,a\n" + GOOD.replace(b"17,17\n", b"17,inf\n"), "infinite", "line 19, column a"),
    "commas": (b"," * 100_000, "longer than", "line 1"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_bad_files_get_an_error_with_a_place_and_a_hint(load, name):
    """Wanted, got, where, what to do: within seconds, and never a traceback of a library."""
    content, message, where = BAD[name]
    began = time.process_time()
    with pytest.raises(ImportFileError) as caught:
        load(content)
    assert time.process_time() - began < 5
    assert message in caught.value.message
    assert where is None or caught.value.where == where
    assert caught.value.hint


def test_the_hints_work(load):
    """Each way out that an error offers leads to the numbers."""
    ragged = BAD["ragged"][0]
    table = load(ragged, ragged="skip")
    assert table.report["rows"] == 80
    assert any("line" in note and "42" in note for note in table.report["notes"])
    assert load(BAD["a word among numbers"][0], missing=("oops",)).columns[1].missing == 1
    assert load(BAD["infinite"][0], infinite="missing").columns[1].missing == 1
    assert load(BAD["header too short"][0], header=False).report["rows"] == 40


def test_a_program_can_carry_out_the_hints_one_after_the_other(load):
    """Each refusal says which option to add; the notes tell what was assumed in the end."""
    rows = GOOD.replace(b"9,9\n", b"9,Oops\n", 1).replace(b"15,15\n", b"15,inf\n").replace(b"30,30\n", b"30,err\n")
    content = b"t,a\n" + rows + b"40,40,40\n" + b"41,41\n" * 3
    labels, options = [], {"missing": ()}
    for _ in range(3):
        with pytest.raises(ImportFileError) as caught:
            load(content, **options)
        more = caught.value.retry.options
        labels.append(caught.value.retry.label)
        options |= more | {"missing": (*options["missing"], *more.get("missing", ()))}
    assert labels == [
        "Skip such rows", "Treat “Oops” and “err” as missing", "Treat infinite values as missing",
    ]  # fmt: skip
    table = load(content, **options)
    assert table.columns[1].missing == 3
    assert "cells 'Oops', cells 'err', infinite values: read as missing, as asked" in table.report["notes"]
    with pytest.raises(ImportFileError) as caught:
        load(BAD["header too short"][0])
    assert caught.value.retry.options == {"header": False}


def test_a_hint_that_would_not_help_is_not_offered(load):
    """A cell too long to be shown whole, and one whose marks reorder what is read."""
    for cell in ("x" * 41, "a\u202eb"):
        with pytest.raises(ImportFileError) as caught:
            load(b"t,a\n" + GOOD + f"40,{cell}\n41,1\n".encode())
        assert caught.value.retry is None


def test_a_cell_declared_missing_in_the_last_row_is_no_footer(load):
    """However it is written."""
    table = load(b"t,a\n" + GOOD + b"40,Err\n", missing=("Err ",))
    assert (table.report["rows"], table.columns[1].missing) == (41, 1)


def test_numbers_that_may_mean_missing_are_told_to_programs_too(load):
    """As the note does; once they are declared, nothing is left to ask."""
    content = b"t,a\n" + b"".join(b"%d,%d\n" % (i, -999 if i % 9 == 4 else i % 7) for i in range(90))
    assert load(content).report["sentinels"] == [{"column": 1, "value": -999.0, "count": 10}]
    report = load(content, sentinels=(-999.0,)).report
    assert report["sentinels"] == []
    assert "-999: read as missing, as asked" in report["notes"]


def test_two_million_rows_are_read_within_seconds(load):
    """Long recordings are normal; the window is chosen later."""
    block = "".join(f"{i * 0.001:.3f},{i % 977}.5\n" for i in range(20_000))
    began = time.process_time()
    table = load("a,b\n" + block * 100)
    assert table.report["rows"] == 2_000_000
    assert len(table.report["columns"][1]["spark"]) <= 128
    assert time.process_time() - began < 60


def test_more_cells_than_allowed_is_an_error_with_a_way_out(tmp_path):
    """The limit is met while reading, not after."""
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + rows(",", str, (A, B)))
    with pytest.raises(ImportFileError, match=r"more than 500 cells.*Keep the columns"):
        csv_import.read(path, max_values=500)


def test_labels_become_ranges_of_rows(load):
    """Beats marked here and there, a state of every row, a column of 0 and 1; text that never repeats is none."""
    beats = ["V" if i == 50 else "N" if i % 30 == 20 else "" for i in range(N)]
    states = ["wake" if i < 200 else "deep\u202e sleep" for i in range(N)]
    flags = [int(90 <= i < 110) for i in range(N)]
    names = [f"row {i}" for i in range(N)]
    table = load("t,a,beat,state,anomaly,id\n" + rows(columns=(TIMES, A, beats, states, flags, names)))
    beat, state, anomaly, name = table.columns[2:]
    assert [column.kind for column in table.columns[2:]] == ["label", "label", "label", "text"]
    assert [tuple(label) for label in beat.labels[:3]] == [(20, 21, "N"), (50, 51, "V"), (80, 81, "N")]
    assert len(beat.labels) == 10
    assert [tuple(label) for label in state.labels] == [(200, 300, "deep sleep")], "the usual state is not listed"
    assert [tuple(label) for label in anomaly.labels] == [(90, 110, "1")]
    assert name.labels == ()
    assert [column["labels"] for column in table.report["columns"]] == [0, 0, 10, 1, 1, 0]
    assert table.series(1, 2).labels == beat.labels
    assert table.series(1).labels == ()
    with pytest.raises(ImportFileError, match="column 9 holds no labels") as raised:
        table.series(1, 9)
    assert "2 (beat), 3 (state), 4 (anomaly)" in raised.value.hint


def test_labels_of_more_ranges_than_can_be_looked_at_are_left_out(load):
    text = "a,label\n" + "".join(f"{i % 7},{'xy'[i % 2]}\n" for i in range(2 * states.MAX_LABELLED + 10))
    column = load(text).columns[1]
    assert (column.kind, column.labels) == ("label", ())


def test_numbers_that_turn_out_to_be_too_many_are_no_labels(load):
    """A column may begin like one of labels and go on like a counter."""
    text = "a,label\n" + "".join(f"{i % 7},{max(0, i - 10_000)}\n" for i in range(50_000))
    assert load(text).columns[1].labels == ()


def test_an_offer_to_read_again_names_options_that_exist() -> None:
    """A misspelt one would be refused only when somebody presses the button."""
    assert retry("Skip such rows", ragged="skip").options == {"ragged": "skip"}
    with pytest.raises(TypeError, match="raged"):
        retry("Skip such rows", raged="skip")


def test_what_may_be_declared_missing_is_bounded() -> None:
    ImportOptions(missing=("x",) * MAX_TOKENS)
    with pytest.raises(ValueError, match="at most 100"):
        ImportOptions(missing=("x",) * (MAX_TOKENS + 1))
    with pytest.raises(ValueError, match="finite"):
        ImportOptions(sentinels=(float("inf"),))


def test_a_note_here_and_there_in_the_last_column_is_an_event(tmp_path):
    """A last column that is nearly always empty is no delimiter too many."""
    path = tmp_path / "notes.csv"
    path.write_text("t_s,x,note\n" + "".join(f"{i},{i % 7}.5,{'alarm' * (i == 90)}\n" for i in range(200)))
    column = csv_import.read(path).columns[2]
    assert (column.name, column.kind, len(column.labels)) == ("note", "label", 1)
