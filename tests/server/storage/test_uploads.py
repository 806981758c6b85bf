"""Files that users bring: good ones become numbers, bad ones an error with a hint, and nothing half-written stays."""

import asyncio
import contextlib
import dataclasses
import io
import json
import math
import os
import shlex
import shutil
import time
import zipfile
from pathlib import Path

import httpx
import numpy as np
import pytest

from mnemoscope.cli.main import main
from mnemoscope.errors import ImportFileError
from mnemoscope.signals.importers.csv import reader as csv_import
from mnemoscope.signals.importers.options import ImportOptions, switches
from mnemoscope.signals.importers.protocol import read_table
from mnemoscope_server.errors import DiskFull
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage import child as processes
from mnemoscope_server.storage.store import Store
from mnemoscope_server.storage.uploads import Uploads
from tests.signals.reading_cases import CASES

GOOD = "t [s],a [mV]\n" + "".join(f"{i * 0.01:.2f},{math.sin(i / 9) * 2 + 1:.5f}\n" for i in range(1000))


def send(server, content, *, name="series.csv", **options):
    data = {"options": json.dumps(options)} if options else {}
    body = content if isinstance(content, bytes) else content.encode()
    return server.http.post("api/uploads", files={"file": (name, body)}, data=data)


@pytest.fixture(scope="module")
def good(server):
    answer = send(server, GOOD, name="..\\..\\my ecg \u202e.csv")
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def nothing_stays(server):
    assert list((server.data / "tmp").iterdir()) == []


def test_a_good_file_is_reported(server):
    """Every assumption is reported."""
    answer = send(server, GOOD)
    report = answer.json()["report"]
    assert (report["rows"], report["delimiter"], report["decimal"], report["header"]) == (1000, ",", ".", True)
    assert (report["time_column"], report["sample_rate"]) == (0, 100.0)
    assert report["sample_rate_source"] == "999 steps of t [s] in 9.99 s = 100 Hz"
    value = report["columns"][1]
    assert (value["name"], value["unit"], value["kind"], value["missing"]) == ("a", "mV", "value", 0)
    assert len(value["spark"]) == 128
    nothing_stays(server)


def test_preview_shows_before_and_after_and_the_cost(server, good):
    """The window as it is, as the models will see it, and what it takes."""
    body = {"channel": 1, "start": 100, "stop": 900, "resample_to": 50.0, "models": ["fake", "slow"]}
    preview = server.http.post(f"api/uploads/{good}/preview", json=body).json()
    assert preview["steps"] == 400
    assert preview["sample_rate"] == 50.0
    assert len(preview["before"]) == 800
    assert len(preview["overview"]) == 1000
    assert abs(sum(preview["values"])) < 1
    assert preview["estimate"] == {"seconds": 0.1, "bytes": 2 * (96 * 400 + 48 * 7)}
    raw = preview["values"][10] * preview["scale"] + preview["offset"]
    assert raw == pytest.approx(preview["before"][20], abs=0.05)
    body |= {"task": "forecast", "models": []}
    assert server.http.post(f"api/uploads/{good}/preview", json=body).json()["estimate"]["seconds"] is None
    body = {"channel": 1, "models": ["fake", "broken"]}
    assert server.http.post(f"api/uploads/{good}/preview", json=body).json()["estimate"]["seconds"] is None


def test_a_preview_has_the_channels_beside_and_the_events_of_a_column_of_states(server):
    """The same steps for all; what cannot be beside is refused by name."""
    table = "a,b_mV,state,c\n" + "".join(f"{k % 9},{k},{int(200 <= k < 240)},{k / 7}\n" for k in range(400))
    identity = send(server, table).json()["id"]

    def preview(**more):
        return server.http.post(
            f"api/uploads/{identity}/preview", json={"channel": 0, "start": 100, "stop": 300} | more
        )

    found = preview(beside=[1, 2], labels=2).json()
    assert [(one["column"], one["name"], one["unit"]) for one in found["beside"]] == [
        (1, "b", "mV"),
        (2, "state", None),
    ]
    assert found["beside"][0]["values"] == [float(k) for k in range(100, 300)]
    assert [(e["step"], e["until"], e["label"]) for e in found["events"]] == [(100, 140, "state 1")]
    assert preview().json()["beside"] == []
    for wrong, why in (([0], "must be another"), ([1, 1], "must be another"), ([9], "column 9 holds no numbers")):
        answer = preview(beside=wrong)
        assert answer.status_code == 422
        assert why in answer.json()["error"]["message"]
    assert preview(beside=[1, 2, 3, 4, 5, 6, 7, 8]).status_code == 422
    refused = preview(labels=3)
    assert refused.status_code == 422
    assert "numbers with fractions" in refused.json()["error"]["message"]


def test_warnings_come_before_the_run(server, good):
    """Too long, too short, unscaled."""

    def warnings(**body):
        answer = server.http.post(f"api/uploads/{good}/preview", json={"channel": 1, **body})
        return " ".join(answer.json()["warnings"])

    assert "more than the 4096" in warnings(resample_to=1000.0)
    assert "needs at least 94 steps" in warnings(stop=50)
    assert "needs at least 60 steps" in warnings(stop=50, task_params={"segment": 4, "delay": 36})
    assert "needs at least 102 steps" in warnings(stop=50, task="forecast", task_params={"context": 100})
    assert warnings(stop=50, task="forecast") == warnings(stop=94) == ""
    assert "z-scored" not in warnings()
    assert "z-scored" in warnings(scaling="none")
    assert "in training" not in warnings() + warnings(resample_to=50.0)
    noise = "a\n" + "".join(f"{(i * 7919) % 101 - 50}\n" for i in range(400)) + "900\n"
    identity = send(server, noise).json()["id"]
    warnings = " ".join(server.http.post(f"api/uploads/{identity}/preview", json={"channel": 0}).json()["warnings"])
    assert "deviations from the middle" in warnings
    assert "neighbouring steps are less alike" in warnings


def test_an_upload_runs_and_its_name_stays_private(server, good):
    """The file's name goes into the recording only when asked for."""
    signal = {"kind": "upload", "upload_id": good, "channel": 1, "stop": 200}
    for keep, name in ((False, "a"), (True, "my ecg .csv")):
        identity = server.http.post(
            "api/sessions",
            json={"signal": signal | {"keep_name": keep}, "task": "signal-recall", "models": ["fake"], "speed": None},
        ).json()["id"]
        manifest = server.wait(identity, "ended")["manifest"]
        assert manifest["steps"] == 200
        assert (manifest["signal"]["name"], manifest["signal"]["channel"]) == (name, "a")
        assert manifest["signal"]["unit"] == "mV"
        assert manifest["signal"]["source"]["window"] == [0, 200]
        assert len(manifest["signal"]["source"]["sha256"]) == 64
        assert ("ecg" in json.dumps(manifest)) is keep


BAD_WINDOWS = [
    ({"channel": 7}, "holds no numbers"),
    ({"channel": 1, "start": 5000}, "does not hold two"),
    ({"channel": 1, "start": 10, "stop": 5}, "does not hold two"),
    ({"channel": 1, "resample_to": 1e9}, "would make"),
    ({"channel": 1, "missing": "guess"}, "missing"),
    ({"channel": 1, "task": "dance"}, "unknown task"),
    ({"channel": 1, "task": "copy"}, "takes no signal"),
    ({"channel": 1, "task_params": {"segment": 0}}, "segment must be"),
    ({"channel": 1, "models": ["nobody"]}, "no checkpoint 'nobody-signal-recall'"),
    ({"channel": -1}, "channel"),
]


@pytest.mark.parametrize(("body", "message"), BAD_WINDOWS)
def test_impossible_windows_are_refused(server, good, body, message):
    """ServicesDep, got, what to do."""
    answer = server.http.post(f"api/uploads/{good}/preview", json=body)
    assert answer.status_code == 422
    assert message in answer.json()["error"]["message"]
    assert answer.json()["error"]["cure"]


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("x", "y")
    return out.getvalue()


BAD = {
    "empty": (b"", "empty", None),
    "binary": (bytes(range(256)) * 50, "binary", "character 0"),
    "zip": (zipped(), "no column holds numbers", "the first rows"),
    "text": (b"To be, or not to be,\nthat is the question\n" * 30, "no column holds numbers", "the first rows"),
    "one row": (b"a,b\n1,2\n", "1 row", "line 2"),
    "infinite": (b"a,b\n1,2\n3,inf\n5,6\n", "infinite", "line 3, column b"),
    "a word": (b"a,b\n" + b"1,2\n" * 50 + b"3,oops\n5,6\n", "'oops'", "line 52, column b"),
    "ragged": (b"a,b\n" + b"1,2\n" * 50 + b"3\n" + b"5,6\n" * 50, "1 values where 2", "line 52"),
    "commas": (b"," * 100_000, "longer than", "line 1"),
    "5 MB of commas": (b"," * 5_000_000, "longer than", "line 1"),
    "a line without end": (b"a,b\n" + b"1,2\n" * 20_000 + b"1" * 9_000_000, "longer than", None),
}


@pytest.mark.parametrize("name", list(BAD))
def test_bad_files(server, name):
    """An error with a place and a way out; the server stays up, and nothing stays of the file."""
    content, message, where = BAD[name]
    answer = send(server, content)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "import-failed")
    assert message in error["message"]
    assert error["where"] == where
    assert error["cure"]
    assert server.http.get("healthz").text == "ok"
    nothing_stays(server)


def test_the_way_out_is_open(server):
    """What the error offers can be sent along as options."""
    report = send(server, BAD["ragged"][0], ragged="skip").json()["report"]
    assert report["rows"] == 100
    assert any("line 52" in note for note in report["notes"])
    answer = send(server, GOOD, delimiter="§")
    assert answer.status_code == 422
    assert "options.delimiter" in answer.json()["error"]["message"]


def test_an_error_says_which_options_would_help(server):
    """The page makes a button of them; where nothing would help there is none."""
    assert send(server, BAD["zip"][0]).json()["error"]["retry"] is None
    error = send(server, BAD["a word"][0]).json()["error"]
    assert error["retry"] == {"label": "Treat “oops” as missing", "options": {"missing": ["oops"]}}
    report = send(server, BAD["a word"][0], **error["retry"]["options"]).json()["report"]
    assert report["columns"][1]["missing"] == 1
    assert "cells 'oops': read as missing, as asked" in report["notes"]
    assert report["sentinels"] == []


def test_a_file_is_read_again_without_being_sent_again(server):
    """By other options, as an upload of its own; the first reading stays until it is deleted."""
    text = "date,x\n" + "".join(f"{1 + i % 12:02d}/{4 + i % 3:02d}/2024,{i}\n" for i in range(9))
    first = send(server, text, name="log.csv").json()
    form = {"%m/%d/%Y": "%d/%m/%Y", "%d/%m/%Y": "%m/%d/%Y"}[first["report"]["resolved"]["time_format"]]
    second = server.http.post(f"api/uploads/{first['id']}/readings", json={"time_format": form})
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]
    report = second.json()["report"]
    assert (report["options"]["time_format"], report["resolved"]["time_format"]) == (form, form)
    assert report["span"] != first["report"]["span"]
    assert server.http.delete(f"api/uploads/{first['id']}").status_code == 204
    third = server.http.post(f"api/uploads/{second.json()['id']}/readings", json={})
    assert third.json()["report"] == first["report"]
    nothing_stays(server)


def test_a_reading_that_fails_leaves_the_one_before(server):
    first = send(server, GOOD).json()
    for options, status, message in (
        ({"delimiter": ";"}, 422, "no column holds numbers"),
        ({"time": ["nobody"]}, 422, "no column 'nobody'"),
        ({"delimiter": "§"}, 422, "delimiter"),
        ({"skip": -1}, 422, "counted from 1"),
        ({"tab": 1}, 422, "tab"),
    ):
        answer = server.http.post(f"api/uploads/{first['id']}/readings", json=options)
        assert (answer.status_code, message in answer.json()["error"]["message"]) == (status, True), answer.text
    nothing_stays(server)
    assert server.http.post(f"api/uploads/{first['id']}/preview", json={"channel": 1}).status_code == 200
    shutil.rmtree(server.data / "uploads" / first["id"] / "source")  # as an earlier version left it
    for identity in (first["id"], "nobody"):
        answer = server.http.post(f"api/uploads/{identity}/readings", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown-upload")


def test_what_was_said_of_a_file_stands_in_the_recording(server):
    """Where nothing was said nothing stands there."""

    def source(**options):
        identity = send(server, GOOD, **options).json()["id"]
        signal = {"kind": "upload", "upload_id": identity, "channel": 1, "stop": 200}
        body = {"signal": signal, "task": "signal-recall", "models": ["fake"], "speed": None}
        made = server.http.post("api/sessions", json=body).json()["id"]
        return server.wait(made, "ended")["manifest"]["signal"]["source"]

    assert "options" not in source()
    assert source(sample_rate=50.0, missing=["x"])["options"] == {"sample_rate": 50.0, "missing": ["x"]}


def test_a_file_that_was_read_twice_counts_once(taking, tmp_path):
    """Its bytes lie on the disk once."""
    first = taking(GOOD.encode())
    second, _ = asyncio.run(taking.uploads.again(first, ImportOptions(sample_rate=5.0)))
    kept = [tmp_path / "data" / "uploads" / identity / "source" / "x.csv" for identity in (first, second)]
    assert kept[0].samefile(kept[1])
    taking.uploads.remove(first)
    assert kept[1].read_bytes() == GOOD.encode()


def test_an_upload_is_deleted_at_once(server):
    """Numbers, names and all; a recording of it keeps what its models saw."""
    identity = send(server, GOOD).json()["id"]
    signal = {"kind": "upload", "upload_id": identity, "channel": 1, "stop": 200}
    body = {"signal": signal, "task": "signal-recall", "models": ["fake"], "speed": None}
    run = server.http.post("api/sessions", json=body).json()["id"]
    assert (server.data / "uploads" / identity).is_dir()
    assert server.http.delete(f"api/uploads/{identity}").status_code == 204
    assert not (server.data / "uploads" / identity).exists()
    nothing_stays(server)
    assert server.wait(run, "ended")["manifest"]["steps"] == 200
    for answer in (
        server.http.delete(f"api/uploads/{identity}"),
        server.http.delete("api/uploads/..%2Frecordings"),
        server.http.post(f"api/uploads/{identity}/preview", json={"channel": 1}),
        server.http.post("api/sessions", json=body),
    ):
        assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown-upload"


def test_an_upload_that_goes_while_it_is_read_is_unknown(server):
    """Not a bug of the server."""
    identity = send(server, GOOD).json()["id"]
    (server.data / "uploads" / identity / "values.f32").unlink()
    answer = server.http.post(f"api/uploads/{identity}/preview", json={"channel": 1})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown-upload")


def test_two_million_rows(server):
    """Long recordings are normal; the window is chosen afterwards."""
    answer = send(server, "a,b\n" + "".join(f"{i},{i % 97}.5\n" for i in range(20_000)) * 100)
    assert answer.status_code == 201
    assert answer.json()["report"]["rows"] == 2_000_000
    body = {"channel": 1, "start": 1_000_000, "stop": 1_001_000}
    assert server.http.post(f"api/uploads/{answer.json()['id']}/preview", json=body).json()["steps"] == 1000


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_larger_than_the_limit_gets_413_with_a_way_out(server, chunked):
    """With and without a length announced; memory does not grow with it."""

    def pieces():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(300):
            yield b"1,2\n" * (1 << 18)
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    if not chunked:
        headers["Content-Length"] = str(sum(map(len, pieces())))
    before = resident(server)
    answer = server.http.post("api/uploads", content=pieces(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too-large"
    assert "MNEMOSCOPE_UPLOAD_BYTES" in answer.json()["error"]["cure"]
    assert resident(server) - before < 30 << 20
    nothing_stays(server)


def resident(server):
    """Bytes of memory of the web process."""
    with open(f"/proc/{server.process.pid}/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_requests_that_are_no_upload(server):
    """A form without a file, and no form at all."""
    for request in ({"data": {"x": "1"}}, {"content": b"a,b\n1,2\n"}, {"json": {"file": "x"}}):
        answer = server.http.post("api/uploads", **request)
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "bad-request"
    nothing_stays(server)


@pytest.fixture
def taking(tmp_path):
    """`taking(content, **settings)` takes a file without a server around it -> id."""
    stores = []

    def taking(content, **settings):
        made = Settings(data_dir=tmp_path / "data", **{"free_bytes": 0, **settings})
        if not stores:
            stores.append(Store(made.data_dir, free_bytes=made.free_bytes))
        taking.uploads = Uploads(made, stores[0])
        identity, _ = asyncio.run(taking.uploads.take([("x.csv", io.BytesIO(content))], options=ImportOptions()))
        return identity

    yield taking
    for store in stores:
        store.close()
    if (tmp_path / "data" / "tmp").exists():
        assert list((tmp_path / "data" / "tmp").iterdir()) == []


@pytest.mark.slow
def test_a_file_that_takes_too_long_or_too_much_is_ended(taking, tmp_path):
    """The reading process is bounded; what it began is removed."""
    with pytest.raises(ImportFileError, match="took more than"):
        taking(GOOD.encode(), parse_seconds=0.05)
    with pytest.raises(ImportFileError, match="memory"):
        taking(b'{"x": [' + b"[1]," * 9_000_000 + b"[1]]}", parse_memory=512 << 20)
    assert list((tmp_path / "data" / "uploads").iterdir()) == []


class Endings:
    """A child process that ends in the given ways, one after the other: files it leaves, exit code, what it complains of."""

    def __init__(self, monkeypatch, *endings):
        self.left, self.attempts = list(endings), 0
        monkeypatch.setattr(processes, "run", lambda module, source, folder, bounds, *, seconds: self(Path(folder)))

    async def __call__(self, folder):
        self.attempts += 1
        files, code, complaint = self.left.pop(0)
        for name, content in files.items():
            (folder / name).write_text(content)
        return code, complaint


REPORT = json.dumps({"report": {"columns": []}, "channels": {}, "gaps": [], "labels": {}})


def test_a_result_that_is_whole_is_believed_however_its_process_ended(taking, monkeypatch):
    child = Endings(monkeypatch, ({"report.json": REPORT, "values.f32": ""}, -6, "terminate called"))
    assert taking(GOOD.encode())
    assert child.attempts == 1


def test_a_process_that_a_signal_ended_gets_one_more_attempt(taking, monkeypatch):
    """With nothing of the first one in its way."""
    child = Endings(monkeypatch, ({"report.part": "{"}, -6, "terminate called"), ({"report.json": REPORT}, 0, ""))
    assert taking(GOOD.encode())
    assert child.attempts == 2
    assert not list((taking.uploads.store.uploads).glob("*/report.part"))


@pytest.mark.parametrize(
    ("ending", "attempts", "message"),
    [
        (({}, -6, "terminate called without an active exception"), 2, "signal 6: terminate called"),
        (({}, -11, ""), 2, r"\(signal 11\)"),
        (({}, 1, "Traceback …\nKeyError: 'x'"), 1, "exit code 1: KeyError: 'x'"),
        (({}, 1, "MemoryError"), 1, "took too much memory"),
        (({}, -6, "terminate called after throwing an instance of 'std::bad_alloc'"), 1, "took too much memory"),
        (({}, -6, "memory allocation of 9000000000 bytes failed"), 1, "took too much memory"),
        (({}, -6, "thread caused non-unwinding panic. aborting."), 1, "the file is damaged"),
        (({}, -9, ""), 1, "took too much memory"),
        (({}, -24, ""), 1, "too much computing time"),
    ],
)
def test_how_a_process_ended_is_named_as_it_was(taking, monkeypatch, ending, attempts, message):
    """Memory only where it was memory: people cut their files into parts for nothing otherwise."""
    child = Endings(monkeypatch, ending, ending)
    with pytest.raises(ImportFileError, match=message):
        taking(GOOD.encode())
    assert child.attempts == attempts


@pytest.mark.slow
def test_old_uploads_go(taking, tmp_path):
    """Files are kept for hours, not for ever; the newest stay, the oldest make room."""
    ids = [taking(b"a,b\n" + b"1,2\n" * 60_000, uploads_total_bytes=3 << 19) for _ in range(4)]
    folder = tmp_path / "data" / "uploads"
    assert {path.name for path in folder.iterdir()} == set(ids[2:])
    os.utime(folder / ids[2], (0, 0))
    ids.append(taking(GOOD.encode()))
    assert {path.name for path in folder.iterdir()} == {ids[3], ids[4]}


def test_an_upload_deleted_while_others_are_looked_through_is_no_harm(taking, tmp_path):
    """What is listed and then gone, here for good: a link to nowhere."""
    first = taking(GOOD.encode())
    folder = tmp_path / "data" / "uploads"
    (folder / "gone").symlink_to(folder / "nowhere")
    second = taking(GOOD.encode())
    assert {path.name for path in folder.iterdir()} == {first, second, "gone"}


def test_a_full_disk_is_reported_before_anything_is_written(taking):
    """The reserve is for what is being recorded."""
    with pytest.raises(DiskFull):
        taking(GOOD.encode(), free_bytes=1 << 60)


@pytest.mark.parametrize("labels", [None, 2])
def test_an_upload_is_the_series_that_its_file_is(taking, tmp_path, labels):
    """Read from the disk of a server or at once: every field agrees."""
    text = "t,a,beat\n" + "".join(
        f"{i * 0.01:.2f},{math.sin(i / 9):.5f},{'N' if i % 50 == 30 else ''}\n" for i in range(90)
    )
    path = tmp_path / "x.csv"
    path.write_text(text)
    identity = taking(text.encode())
    ours, theirs = csv_import.read(path).series(1, labels), taking.uploads.series(identity, 1, labels)
    for field in dataclasses.fields(ours):
        np.testing.assert_array_equal(getattr(theirs, field.name), getattr(ours, field.name), err_msg=field.name)


@pytest.mark.parametrize(
    "name",
    [
        "monthly_us.csv", "single_drops.csv", "long_format.csv", "a counter beyond 2^24 keeps its steps", "the same, in milliseconds",
        "a second table below",
    ],
)  # fmt: skip
def test_page_command_line_and_python_read_the_same(server, tmp_path, capsys, name):
    """The same numbers, rate, questions, assumptions and lines left out, in the same words, from the same options."""
    case = next(case for case in CASES if case.name == name)
    path = tmp_path / "x.csv"
    path.write_bytes(case.data)
    ours = read_table(path, ImportOptions.from_json(case.cure)).report
    theirs = send(server, case.data, **case.cure).json()["report"]
    for key in ("rows", "sample_rate", "rate_text", "gaps", "notes", "left_out", "channel"):
        assert theirs[key] == ours[key], key
    for key in ("questions", "assumptions"):
        words = [[entry[field] for field in ("what", "chosen", "evidence")] for entry in ours[key]]
        assert [[entry[field] for field in ("what", "chosen", "evidence")] for entry in theirs[key]] == words
    arguments = shlex.split(switches(case.cure)) if case.cure else []
    assert main(["read", str(path), "--json", *arguments]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["rate_hz"], printed["rows"]) == (ours["sample_rate"], ours["rows"])
    assert (printed["questions"], printed["left_out"]) == (ours["questions"], ours["left_out"])
    by_name = {column["name"]: column for column in ours["columns"]}
    for channel in printed["channels"]:
        assert [channel[key] for key in ("min", "max", "mean")] == [
            by_name[channel["name"]][key] for key in ("min", "max", "mean")
        ]


def test_a_counter_keeps_its_steps_on_the_way_through_a_server(taking):
    """float32 would make multiples of 4 of them."""
    identity = taking(b"t_s,Wh\n" + b"".join(b"%d,%d\n" % (i, 41_234_567 + 3 * i) for i in range(90)))
    assert (np.diff(taking.uploads.series(identity, 1).values) == 3).all()


def test_labels_of_a_column_become_events_of_the_run(server):
    """They are counted in the report, shown by the preview and stand in the recording, moved with the window."""
    text = "t,a,beat\n" + "".join(
        f"{i * 0.01:.2f},{math.sin(i / 9):.5f},{'N' if i % 50 == 30 else ''}\n" for i in range(400)
    )
    answer = send(server, text).json()
    assert [column["labels"] for column in answer["report"]["columns"]] == [0, 0, 8]
    window = {"channel": 1, "labels": 2, "start": 20, "stop": 320, "resample_to": 50.0}
    preview = server.http.post(f"api/uploads/{answer['id']}/preview", json=window).json()
    assert [event["step"] for event in preview["events"]] == [5, 30, 55, 80, 105, 130]
    assert preview["events"][0] == {"step": 5, "until": 6, "kind": "label", "label": "N"}
    none = server.http.post(f"api/uploads/{answer['id']}/preview", json=window | {"labels": 1})
    assert none.status_code == 422
    assert "a holds numbers with fractions" in none.text
    assert "2 (beat)" in none.text
    order = {
        "signal": {"kind": "upload", "upload_id": answer["id"], **window},
        "task": "signal-recall",
        "models": ["fake"],
    }
    made = server.http.post("api/sessions", json=order).json()["id"]
    events = server.http.get(f"api/recordings/{made}").json()["manifest"]["task"]["events"]
    assert [event["step"] for event in events if event["kind"] == "label"] == [5, 30, 55, 80, 105, 130]


def test_a_long_reading_says_how_far_it_is_and_ends_when_nobody_waits(server):
    """Rows and bytes while it lasts; closed, its process is gone and nothing stays."""
    content = ("t,a,b\n" + "".join(f"{i},{i % 97}.5,x{i}\n" for i in range(20_000)) * 40).encode()
    watch = "a-name-of-the-page-0001"
    at = f"api/uploads/progress/{watch}"
    nothing = {"reading": False, "rows": 0, "bytes": 0}
    assert server.http.get(at).json() == nothing
    assert server.http.get("api/uploads/progress/short").status_code == 422
    seen: list[dict[str, int]] = []

    async def bring_and_leave() -> None:
        """Whoever waits goes once some rows were read, however long that took on this machine."""
        async with httpx.AsyncClient(base_url=server.http.base_url, timeout=60) as other:
            files, data = {"file": ("long.csv", content)}, {"watch": watch}
            bringing = asyncio.create_task(other.post("api/uploads", files=files, data=data))
            while not bringing.done() and not (seen and seen[-1]["rows"] > 10_000):
                answer = (await other.get(at)).json()
                if answer["reading"]:
                    seen.append(answer)
                await asyncio.sleep(0.05)
            bringing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await bringing

    asyncio.run(bring_and_leave())
    rows = [entry["rows"] for entry in seen]
    assert rows == sorted(rows)
    assert rows[-1] > 10_000
    assert 0 < seen[-1]["bytes"] <= len(content)
    end = time.monotonic() + 20
    while list((server.data / "tmp").iterdir()):
        assert time.monotonic() < end, "the reading goes on"
        time.sleep(0.1)
    assert server.http.get(at).json() == nothing
