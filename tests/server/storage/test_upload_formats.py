"""Files of every format over HTTP: the same as on the command line and in Python; records in several parts; bombs."""

import asyncio
import dataclasses
import io
import json
import shlex
import tempfile

import numpy as np
import pytest

from mnemoscope.cli.main import main
from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.options import ImportOptions, switches
from mnemoscope.signals.importers.protocol import read_table
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import parse_child
from mnemoscope_server.storage.child import FAILED
from mnemoscope_server.storage.store import Store
from mnemoscope_server.storage.uploads import Uploads
from tests.signals import made_files as made
from tests.signals.made_files import X, Y
from tests.signals.variant_cases import segment
from tests.signals.verdicts import ALL

CASES = {case.name: case for case in ALL}
SMALL = [case for case in ALL if len(case.data) < 100_000]
SHOWN = [
    "edf: a record of a night, seven channels at two rates", "edf+: gaps between records", "wfdb: header, samples and marks in a zip",
    "npz: arrays of different lengths", "npz: another of its arrays", "mat 5: a matrix and its rate", "parquet: dates, numbers with gaps, text",
    "flac", "xlsx: dates, units, labels", "json lines: dates, null", ".tsf: names, a day a step", "gzip: a table inside", "zip: two files",
    "Russian (cp1251)", "Russian, chosen (koi8_r)", "a second table of other names", "the second of two tables", "newest first, a variant",
    "wfdb: segments of a layout that changes, a pause between", "json: records of which one lacks a field",
]  # fmt: skip
REFUSED = [
    "npy: objects", "npy: says it holds more", "edf: says a billion samples", "xlsx: one cell far outside", "gzip: a bomb",
    "zip: a zip inside", "named: HDF5", "wfdb: a header without its samples",
]  # fmt: skip


def send(server, *files, **options):
    """Files as pairs of name and bytes."""
    parts = [("file", (name, content)) for name, content in files]
    return server.http.post("api/uploads", files=parts, data={"options": json.dumps(options)})


def nothing_stays(server):
    assert list((server.data / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", SHOWN)
def test_page_command_line_and_python_read_the_same(server, tmp_path, capsys, name):
    """Channels with their rates, questions, assumptions and notes, from the same options."""
    case = CASES[name]
    path = tmp_path / "file.bin"
    path.write_bytes(case.data)
    ours = read_table(path, ImportOptions.from_json(case.cure)).report
    theirs = send(server, ("file.bin", case.data), **case.cure).json()["report"]
    for key in ("format", "details", "parts", "rows", "sample_rate", "rate_text", "gaps", "notes", "channel", "bytes"):
        assert theirs[key] == ours[key], key
    for key in ("questions", "assumptions"):
        assert [entry["what"] for entry in theirs[key]] == [entry["what"] for entry in ours[key]]
    assert theirs["columns"] == json.loads(json.dumps(ours["columns"]))
    assert main(["read", str(path), "--json", *shlex.split(switches(case.cure))]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["format"], printed["questions"]) == (ours["format"], ours["questions"])
    rates = {column["name"]: column["sample_rate"] for column in ours["columns"] if column["min"] is not None}
    assert {channel["name"]: channel["rate_hz"] for channel in printed["channels"]} == rates
    nothing_stays(server)


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_every_case_is_the_same_in_all_ways(tmp_path, monkeypatch, capsys, case):
    """What an upload is read by, the command line and Python: one report, or one refusal, for the same options."""
    monkeypatch.setattr(parse_child, "limit", lambda *_: None)  # of the process, which here is that of the tests
    monkeypatch.setattr(tempfile, "tempdir", None)
    source, folder = tmp_path / "source", tmp_path / "folder"
    for one in (source, folder):
        one.mkdir()
    path = source / "file.bin"
    path.write_bytes(case.data)
    code = parse_child.main([str(source), str(folder), json.dumps({"memory": 0, "import": case.cure})])
    printed_code = main(["read", str(path), "--json", *shlex.split(switches(case.cure))])
    printed = json.loads(capsys.readouterr().out)
    if case.refused:
        with pytest.raises(ImportFileError) as raised:
            read_table(path, ImportOptions.from_json(case.cure))
        said = (raised.value.message, raised.value.where)
        theirs = json.loads((folder / "error.json").read_text())
        assert (code, theirs["message"], theirs["where"]) == (FAILED, *said)
        assert (printed_code, printed["message"], printed["where"]) == (1, *said)
        return
    ours = read_table(path, ImportOptions.from_json(case.cure)).report
    assert (code, printed_code) == (0, 0)
    assert json.loads((folder / "report.json").read_text())["report"] == json.loads(json.dumps(ours))
    for key in ("format", "rows", "gaps", "questions", "assumptions", "left_out", "notes"):
        assert printed[key] == json.loads(json.dumps(ours[key])), key
    assert [printed["channel"], printed["rate_hz"]] == [
        next(column[key] for column in ours["columns"] if column["index"] == ours["channel"])
        for key in ("name", "sample_rate")
    ]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(server, name):
    case = CASES[name]
    answer = send(server, ("file.bin", case.data))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "import-failed")
    assert case.refused in error["message"]
    assert error["cure"]
    assert server.http.get("healthz").text == "ok"
    nothing_stays(server)


def test_the_files_of_a_record_come_together(server):
    """It is called as its header; read again by other options it is the same record."""
    files = made.wfdb(212) | {"rec.atr": made.atr((20, 1, ""), (150, 5, ""))}
    answer = send(server, *sorted(files.items()))
    assert answer.status_code == 201, answer.text
    report = answer.json()["report"]
    assert (report["format"], report["rows"], report["details"]["annotations"]) == ("WFDB", 200, "2 in atr")
    again = server.http.post(f"api/uploads/{answer.json()['id']}/readings", json={"sample_rate": 50.0}).json()
    assert (again["report"]["sample_rate"], again["report"]["columns"][2]["labels"]) == (50, 2)
    preview = server.http.post(f"api/uploads/{answer.json()['id']}/preview", json={"channel": 0, "labels": 2}).json()
    assert [(event["step"], event["label"]) for event in preview["events"]] == [(20, "N"), (150, "V")]


def test_a_record_in_segments_comes_together(server):
    files = segment("s_1") | segment("s_2", 212) | {"s.hea": b"s/2 2 100 400\ns_1 200\ns_2 200\n"}
    answer = send(server, *sorted(files.items()))
    assert answer.status_code == 201, answer.text
    report = answer.json()["report"]
    assert (report["rows"], report["details"]["segments"], report["details"]["samples"]) == (
        400,
        "2",
        "format 16, format 212",
    )
    without = send(server, *((name, data) for name, data in files.items() if name != "s_2.hea")).json()["error"]
    assert "the segment s_2 of the record is not there" in without["message"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.csv", b"a,b\n1,2\n"), ("b.csv", b"a,b\n1,2\n")], "2 files that do not make one record"),
        ([("rec.dat", bytes(80)), ("rec.atr", bytes(8))], "2 files that do not make one record"),
        ([("rec.hea", b"rec 1 100\nrec.dat 16\n"), ("rec.hea", b"x")], "two files are named rec.hea"),
        ([("rec.hea", b"rec 1 100\n../secret.dat 16\n"), ("rec.dat", bytes(80))], "WFDB signal"),
    ],
)
def test_files_that_are_no_record(server, files, words):
    answer = send(server, *files)
    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]
    nothing_stays(server)


def test_too_many_files_are_refused(server):
    assert send(server, *((f"{i}.dat", b"x") for i in range(40))).status_code == 422
    nothing_stays(server)


def test_a_slow_channel_is_previewed_at_its_own_rate(server):
    """Beside a fast one, with the labels of both."""
    data = made.edf([("fast", X, 100.0, "uV"), ("slow", Y[:20], 10.0, "mV")], annotations=[(0.5, 0.25, "blink")])
    answer = send(server, ("night.edf", data)).json()
    for channel, rate, steps, event in ((0, 100, 200, (50, 75)), (1, 10, 20, (5, 8))):
        window = {"channel": channel, "labels": 2}
        preview = server.http.post(f"api/uploads/{answer['id']}/preview", json=window).json()
        assert (preview["sample_rate"], preview["steps"]) == (rate, steps)
        assert [(one["step"], one["until"]) for one in preview["events"]] == [event]


def test_every_channel_of_an_upload_is_the_series_of_its_file(tmp_path):
    """Read from the disk of a server or at once: also where channels have times of their own."""
    files = {
        "gaps.edf": made.edf_by_hand([(0, list(range(10))), (1, list(range(10))), (5, list(range(10)))]),
        "rates.edf": made.edf([("fast", X, 100.0, "uV"), ("slow", Y[:20], 10.0, "mV")], annotations=[(0.5, 0.25, "a")]),
        "times.ts": b"@problemName T\n@timeStamps true\n@data\n(0,1),(1,2),(2,3),(3,5):a\n(0,4),(2,5),(4,6),(10,6),(12,7):b\n",
    }
    settings = Settings(data_dir=tmp_path / "data", free_bytes=0)
    store = Store(settings.data_dir, free_bytes=0)
    uploads = Uploads(settings, store)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        table = read_table(tmp_path / name)
        identity, _ = asyncio.run(uploads.take([(name, io.BytesIO(data))], options=ImportOptions()))
        labels = next((column.index for column in table.columns if column.labels), None)
        for column in table.columns:
            if column.values is None:
                continue
            ours, theirs = table.series(column.index, labels), uploads.series(identity, column.index, labels)
            for field in dataclasses.fields(ours):
                np.testing.assert_array_equal(
                    getattr(theirs, field.name), getattr(ours, field.name), err_msg=field.name
                )
    store.close()
