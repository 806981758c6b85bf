"""Formats that are no text: each the same as the text of the same numbers; channels with clocks of their own; what is named."""

import dataclasses
import io
import itertools
import json

import edfio
import numpy as np
import pytest
import scipy.io

from mnemoscope.cli.main import main
from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers import importer as registry
from mnemoscope.signals.importers.formats import arrow
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.protocol import IMPORTERS, importer_of, read_table
from tests import DATA
from tests.signals import made_files as made
from tests.signals.format_cases import twins
from tests.signals.made_files import RATE, TABLE, N, X, Y

TWINS = twins()


@pytest.fixture
def load(tmp_path):
    """Bytes (or files by name) as a table, by options."""

    def loaded(content, **options):
        files = content if isinstance(content, dict) else {"file": content}
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        return read_table([tmp_path / name for name in files], ImportOptions.from_json(options))

    return loaded


@pytest.mark.parametrize("name", list(TWINS))
def test_a_file_is_its_twin(load, name):
    """Columns, names, units, times, gaps, rate and every sample, whichever way it is written."""
    ours, twin = load(TWINS[name]), load(TABLE.encode())
    assert [c.name for c in ours.columns] == [c.name for c in twin.columns]
    for channel in (1, 2):
        series, wanted = ours.series(channel), twin.series(channel)
        for field in dataclasses.fields(series):
            if field.name != "source":
                np.testing.assert_array_equal(
                    getattr(series, field.name), getattr(wanted, field.name), err_msg=field.name
                )
    for key in ("rows", "channel", "sample_rate", "rate_text", "gaps", "time_columns"):
        assert ours.report[key] == twin.report[key], key
    assert set(ours.report) == set(twin.report)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_workbook_is_its_twin(kind):
    """Dates, a unit in a name, a column of labels."""
    ours, twin = (read_table(DATA / "formats" / f"twin.{one}") for one in (kind, "csv"))
    for field in ("values", "time", "sample_rate", "unit", "gaps", "labels", "name"):
        np.testing.assert_array_equal(
            getattr(ours.series(1, 2), field), getattr(twin.series(1, 2), field), err_msg=field
        )


def test_a_night_of_sleep_is_its_twin(tmp_path):
    """Every channel at its own rate, to the last digit of its converter; by the definition of the format, not by edfio."""
    path = DATA / "eeg_sleep_edf" / "one_record.edf"
    table, raw = read_table(path), path.read_bytes()
    truth = json.loads((DATA / "eeg_sleep_edf" / "header.json").read_text())
    assert [c.name for c in table.columns] == [signal["label"] for signal in truth]
    whole = np.frombuffer(raw, "<i2", offset=256 * 8)
    at = 0
    for column, signal in zip(table.columns, truth, strict=True):
        count = signal["samples_per_data_record"]
        digital = whole[at : at + count].astype(float)
        at += count
        low, high = signal["physical_min"], signal["physical_max"]
        scale = (high - low) / (signal["digital_max"] - signal["digital_min"])
        twin = tmp_path / "twin.csv"
        twin.write_text("v\n" + "".join(f"{v!r}\n" for v in ((digital - signal["digital_min"]) * scale + low).tolist()))
        wanted = read_table(twin).series(0)
        series = table.series(column.index)
        np.testing.assert_allclose(series.values, wanted.values, rtol=1e-6, atol=1e-6 * scale)
        assert series.sample_rate == count / 30
    rates = [column["sample_rate"] for column in table.report["columns"]]
    assert rates == [100, 100, 100, 1, 1, 1, 1]
    assert [column["rows"] for column in table.report["columns"]] == [3000] * 3 + [30] * 4


def test_annotations_lie_where_their_times_are_on_every_channel(load):
    """In rows of the fast channel and of the slow one."""
    marks = [(0.5, 0.25, "blink"), (1.0, None, "Käse"), (1.9, 5.0, "to the end")]
    table = load(made.edf([("fast", X, 100.0, "uV"), ("slow", Y[:20], 10.0, "mV")], annotations=marks))
    assert table.report["details"]["annotations"] == "3"
    labels = next(c.index for c in table.columns if c.kind == "label")
    assert table.series(0, labels).labels == ((50, 75, "blink"), (100, 101, "Käse"), (190, 200, "to the end"))
    assert table.series(1, labels).labels == ((5, 8, "blink"), (10, 11, "Käse"), (19, 20, "to the end"))
    assert (table.series(1).sample_rate, table.series(1).unit) == (10, "mV")


def test_the_stages_of_a_night_come_in_a_file_of_their_own(load):
    """Placed by the starts of both; what lies outside of the signal is counted."""
    marks = [(0.5, 0.5, "Sleep stage W"), (1.0, 0.5, "Sleep stage 1"), (30.0, 30.0, "Sleep stage 2")]
    stages = made.edf([("z", X, RATE, "")], annotations=marks)
    alone = edfio.Edf([], annotations=[edfio.EdfAnnotation(*mark) for mark in marks]).to_bytes()
    night = made.edf([("x", X, RATE, "uV")])
    table = load({"night.edf": night, "stages.edf": alone})
    assert table.series(0, 1).labels == ((50, 100, "Sleep stage W"), (100, 150, "Sleep stage 1"))
    assert "annotations: 1 of 3 labels lie outside of the signal" in table.report["notes"]
    starts = {"night.edf": b"01.01.0123.59.59", "stages.edf": b"02.01.0100.00.00"}
    moved = {
        name: data[:168] + starts[name] + data[184:] for name, data in (("night.edf", night), ("stages.edf", alone))
    }
    assert load(moved).series(0, 1).labels == ((150, 200, "Sleep stage W"),)
    with pytest.raises(ImportFileError, match="2 recordings among 2 files"):
        load({"night.edf": night, "stages.edf": stages})
    with pytest.raises(ImportFileError, match="annotations and no signal"):
        load(alone)


def test_24_bits_are_not_16(load):
    """BDF has 256 times the digits of EDF."""
    errors = [
        np.abs(load(made.edf([("x", X, RATE, "uV")], bdf=bdf)).series(0).values - X).max() for bdf in (False, True)
    ]
    assert errors[1] < 1e-5 < 1e-4 < errors[0] < 1e-3


def test_gaps_between_records_are_gaps(load):
    """A record begins when it says so, and nothing is put between."""
    series = load(made.edf_by_hand([(0, list(range(10))), (1, list(range(10, 20))), (5, list(range(20, 30)))])).series(
        0
    )
    np.testing.assert_allclose(series.time, [*np.arange(20) / 10, *(5 + np.arange(10) / 10)], atol=1e-12)
    assert series.gaps == ((19, 20),)
    np.testing.assert_array_equal(series.values, np.arange(30))


def test_a_recording_that_was_cut_says_so(load):
    """Whole records are read, and the report says how many there should be."""
    data = made.edf_by_hand([(i, list(range(10))) for i in range(4)], kind="EDF+C")
    table = load(data[:-30])
    assert table.report["rows"] == 30
    assert "the header says 4 records; 3 whole ones are there" in table.report["notes"]


@pytest.mark.parametrize("compressed", [False, True])
def test_every_class_of_numbers_of_matlab(load, compressed):
    """As scipy writes them; what is no array of real numbers is named, and left out."""
    out = io.BytesIO()
    kinds = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8")
    arrays = {kind: (np.arange(60) % 120).astype(kind) for kind in kinds}
    arrays["wide"] = np.arange(240.0).reshape(60, 4) / 7
    others = {"s": {"a": 1.0}, "z": np.ones(60) * 1j, "c": "word"}
    scipy.io.savemat(out, arrays | others, do_compression=compressed)
    table = load(out.getvalue())
    by_name = {column.name: column for column in table.columns}
    for kind in kinds:
        np.testing.assert_array_equal(by_name[kind].values, np.arange(60) % 120)
    np.testing.assert_array_equal(by_name["wide 3"].values, (arrays["wide"][:, 2]).astype(np.float32))
    assert any("s (struct), z (complex double), c (text)" in note for note in table.report["notes"])


# --- WFDB


@pytest.mark.parametrize("form", [16, 24, 32, 61, 80, 160, 212, 310, 311])
def test_every_format_of_wfdb_is_its_twin(load, form):
    """The same integers packed in nine ways; the checksums of the header agree."""
    files = made.wfdb(form)
    table = load(files)
    np.testing.assert_allclose(table.series(0).values, np.round((X - 50) * 10) / 10 + 50, rtol=1e-6)
    np.testing.assert_allclose(table.series(1).values, np.round(Y * 20) / 20, atol=1e-6)
    assert [(c.name, c.unit) for c in table.columns] == [("x", "µV"), ("y", "mV")]
    assert table.series(0).sample_rate == 100
    assert not any("checksum" in note for note in table.report["notes"])


def test_a_real_record_is_its_twin():
    """Three seconds of record 100 against the text that PhysioNet's own program makes of them."""
    record, twin = (read_table(DATA / "ecg_mitbih_100" / name) for name in ("100_3s.hea", "100_3s.csv"))
    for ours, theirs in ((0, 1), (1, 2)):
        np.testing.assert_array_equal(record.series(ours).values, twin.series(theirs).values)
        assert (record.series(ours).name, record.series(ours).unit) == (
            twin.series(theirs).name,
            twin.series(theirs).unit,
        )
    assert record.series(0).sample_rate == twin.series(1).sample_rate == 360


def test_beats_become_labels(load):
    """Also beyond the 1023 samples that one word can step over; rhythm and comments by their text."""
    marks = made.atr((20, 1, ""), (40, 5, ""), (77, 28, "(AFIB"), (150, 22, "noise"))
    table = load(made.wfdb() | {"rec.atr": marks})
    column = next(c for c in table.columns if c.kind == "label")
    assert column.name == "atr"
    assert column.labels == ((20, 21, "N"), (40, 41, "V"), (77, 78, "(AFIB"), (150, 151, "noise"))
    long = {name: data for name, data in made.wfdb().items() if name.endswith(".hea")} | {
        "rec.dat": np.zeros(2 * 90_000, "<i2").tobytes() + b"", "rec.atr": made.atr((5, 1, ""), (80_000, 5, ""))
    }  # fmt: skip
    long["rec.hea"] = b"rec 1 100\nrec.dat 16 1/mV\n"
    assert next(c for c in load(long).columns if c.kind == "label").labels == ((5, 6, "N"), (80_000, 80_001, "V"))


def test_all_beats_of_record_100():
    """2274 marks, as PhysioNet counts them."""
    from mnemoscope.signals.importers.formats.wfdb.annotations import parse

    listed, rate = parse((DATA / "ecg_mitbih_100" / "100.atr").read_bytes())
    assert (len(listed), rate) == (2274, None)
    assert [mark.text for mark in listed[:3]] == ["+ (N".removeprefix("+ "), "N", "N"]
    assert listed[-1].sample == 649_991


def test_a_record_lies_beside_its_header_or_its_samples(tmp_path):
    """Whichever of the files is named."""
    for name, data in (made.wfdb() | {"rec.atr": made.atr((20, 1, ""))}).items():
        (tmp_path / name).write_bytes(data)
    reports = [read_table(tmp_path / name).report for name in ("rec.hea", "rec.dat", "rec.atr")]
    assert all(report["format"] == "WFDB" and report["details"]["annotations"] == "1 in atr" for report in reports)


def test_rates_of_frames_skew_missing_and_initial_bytes(load):
    """What else a header can say of its samples."""
    frames = np.stack([np.arange(100), np.arange(100) * 2, np.arange(100) * 2 + 1], 1).astype("<i2")
    frames[4, 0] = -32_768
    header = b"rec 2 50 100\nrec.dat 16:2+6 1(0)/mV 16 0 0 0 0 slow\nrec.dat 16x2+6 1(0)/mV 16 0 0 0 0 fast\n"
    table = load({"rec.hea": header, "rec.dat": b"header" + frames.tobytes()})
    slow, fast = table.series(0), table.series(1)
    assert (slow.sample_rate, fast.sample_rate) == (50, 100)
    np.testing.assert_array_equal(fast.values, np.arange(200))
    np.testing.assert_array_equal(slow.values[:98], np.where(np.arange(2, 100) == 4, np.nan, np.arange(2, 100)))
    assert np.isnan(slow.values[98:]).all()


def test_samples_that_do_not_add_up_are_reported(load):
    files = made.wfdb()
    table = load(files | {"rec.dat": b"\x07" + files["rec.dat"][1:]})
    assert any("checksum" in note for note in table.report["notes"])


def test_files_that_are_no_record_are_not_one(load):
    with pytest.raises(ImportFileError, match="2 files that do not make one record"):
        load({"a.csv": TABLE.encode(), "b.csv": TABLE.encode()})


# --- four ways in, and the registry


def test_every_format_recognises_its_own_files_and_no_other():
    """One of each, and the surest is the right one."""
    own = {
        "csv": TABLE.encode(), "edf": made.edf_by_hand([(0, list(range(10)))]), "wfdb": made.wfdb()["rec.hea"], "audio": made.wav(),
        "numpy": made.npz(x=X), "matlab": made.mat(x=X), "arrow": made.arrow("parquet", x=X), "spreadsheet": made.xlsx({"A1": 1}),
        "json": b"[1, 2]", "labelled": b"a:1,b:2\n" * 9, "series": made.ts("1,2:a"), "archive": made.PACKERS["gzip"](b"x"),
    }  # fmt: skip
    assert {name: importer_of(data).name for name, data in own.items()} == {name: name for name in own}
    assert set(own) == {importer.name for importer in IMPORTERS}


def test_what_is_not_installed_says_how_to_install_it(load, monkeypatch):
    """The format is named, and nothing of it is loaded."""
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    assert arrow.IMPORTER.install == 'pip install "mnemoscope[parquet]"'
    with pytest.raises(ImportFileError, match=r"not installed.*mnemoscope\[parquet\]"):
        load(made.arrow("parquet", x=X))


def test_the_command_line_reads_the_files_of_a_record(tmp_path, capsys):
    """Header and samples in different folders, too."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    paths = []
    for folder, (name, data) in zip("ab", made.wfdb().items(), strict=True):
        paths.append(tmp_path / folder / name)
        paths[-1].write_bytes(data)
    assert main(["read", *map(str, paths), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["format"], found["rows"], found["rate_hz"]) == ("WFDB", N, 100)
    assert [(channel["name"], channel["rate_hz"]) for channel in found["channels"]] == [("x", 100), ("y", 100)]


def test_a_rate_that_is_entered_holds_for_every_channel(load):
    """The slow ones stay as much slower, and labels stay at their rows."""
    data = made.edf([("fast", X, 100.0, "uV"), ("slow", Y[:20], 10.0, "mV")], annotations=[(0.5, 0.25, "blink")])
    table = load(data, sample_rate=200.0)
    assert (table.series(0).sample_rate, table.series(1).sample_rate) == (200, 20)
    assert table.series(0, 2).labels == ((50, 75, "blink"),)


def test_a_series_of_many_is_chosen_by_its_name_or_number(load):
    data = made.tsf(*(f"s{i}:2020-01-01 00-00-00:{i},{i + 1},{i + 2}" for i in range(120)))
    table = load(data)
    assert len(table.columns) == 100
    assert any("first 100 of 120" in note for note in table.report["notes"])
    for wanted, column in (("s110", "s110"), ("111", "s110")):
        assert [c.name for c in load(data, series=wanted).columns] == [column]
    with pytest.raises(ImportFileError, match="no series 'nobody'"):
        load(data, series="nobody")


def test_every_way_out_of_a_question_is_a_way(load):
    """The alternatives offered for arrays, sheets and files of an archive can be taken."""
    several = {
        "array": made.npz(x=X, w=np.arange(7.0), v=np.arange(9.0)),
        "file of the archive": made.zipped({"a.csv": TABLE.encode(), "b.json": made.as_json(Y.tolist()[:50]), "c.npy": made.npy(X)}),
        "sheet": (DATA / "formats" / "twin.xlsx").read_bytes(),
        "axis of time": made.npy(np.arange(600.0).reshape(20, 30)),
    }  # fmt: skip
    for what, data in several.items():
        asked = next(guess for guess in load(data).report["questions"] if guess["what"].startswith(what))
        assert asked["alternatives"], what
        found = [load(data, **other["options"]) for other in asked["alternatives"]]
        kinds = [(table.report["rows"], [c.name for c in table.columns]) for table in found]
        assert all(one != other for one, other in itertools.combinations(kinds, 2)), what
        assert all(not any(g["what"].startswith(what) for g in table.report["questions"]) for table in found), what
