"""`mnemoscope open`: recordings on a server that runs, or on one that is started for them; and back from an address."""

import argparse
import re
import signal
import subprocess
import sys

import pytest

import mnemoscope
from mnemoscope.cli import opening
from mnemoscope.cli.main import main
from mnemoscope.errors import RecordingError
from mnemoscope.reading import remote
from mnemoscope.running import gallery

RUN = gallery.FOLDER / "copy.mnemo"


@pytest.fixture
def replay(start):
    """A server without workers: what it answers it has from files."""
    return start(workers=0)


def test_a_server_that_runs_gets_it_and_gives_it_back_by_its_address(replay, capsys):
    assert main(["open", str(RUN), "--url", replay.url, "--no-browser"]) == 0
    out = capsys.readouterr().out
    page = out.split()[-1]
    assert re.fullmatch(re.escape(replay.url) + r"s/[A-Za-z0-9_-]{22}", page), out
    assert replay.http.get(page).status_code == 200
    with mnemoscope.open(f"{page}#t=7&v=1") as there, mnemoscope.open(RUN) as here:
        assert there.content_hash() == here.content_hash()
    [row] = replay.http.get("api/recordings").json()
    assert row["id"] == page.rsplit("/", 1)[-1]
    main([str(RUN), "--url", replay.url, "--no-browser"])
    assert capsys.readouterr().out == out, "a recording that is there is shown, not copied"


def test_what_cannot_be_shown_is_refused_with_the_reason(replay, capsys, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("t,v\n1,2\n")
    assert main(["open", str(table), "--url", replay.url]) == 2
    assert "Wanted a .mnemo recording" in capsys.readouterr().err
    broken = tmp_path / "broken.mnemo"
    content = bytearray(RUN.read_bytes())
    content[len(content) // 2] ^= 0x10
    broken.write_bytes(content)
    assert main(["open", str(broken), "--url", replay.url, "--no-browser"]) == 2
    assert "checksum" in capsys.readouterr().err
    assert main(["open", str(RUN), "--url", "http://127.0.0.1:1/"]) == 2
    assert "No Mnemoscope server answers" in capsys.readouterr().err
    assert replay.http.get("api/recordings").json() == []


def test_one_is_started_where_none_runs(tmp_path):
    command = [sys.executable, "-m", "mnemoscope", str(RUN), "--no-browser", "--port", "0", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline(), process.stdout.readline()]
            page = lines[1].split()[-1]
            with mnemoscope.open(page) as there:
                assert there.steps > 0
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def test_port_0_is_a_server_of_its_own_whatever_runs_already(monkeypatch):
    joined = []
    monkeypatch.setattr(opening, "runs_at", lambda url: True)
    monkeypatch.setattr(opening, "show", lambda url, files, *, browser: joined.append(url))
    for port, wanted in ((0, 7), (None, 0), (8123, 0)):
        given = argparse.Namespace(files=[RUN], url=None, port=port, no_browser=True)
        assert opening.open_files(given, serve=lambda ready: 7) == wanted
    assert joined == ["http://127.0.0.1:8000/", "http://127.0.0.1:8123/"]


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("https://h/p/s/abc#t=3", "https://h/p/api/recordings/abc/file"),
        ("http://h/s/abc/long?token=x", "http://h/api/recordings/abc/file?token=x"),
        ("http://h/embed/abc", "http://h/api/recordings/abc/file"),
        ("http://h/runs/one.mnemo", "http://h/runs/one.mnemo"),
    ],
)
def test_a_link_to_a_page_leads_to_its_file(address, file):
    assert remote.file_address(address) == file


def test_an_address_without_a_recording_is_an_error_with_the_answer(replay):
    with pytest.raises(RecordingError, match="the server answered 404"):
        mnemoscope.open(f"{replay.url}s/{'x' * 22}")
    with pytest.raises(RecordingError, match=r"Wanted a \.mnemo recording"):
        mnemoscope.open(f"{replay.url}api/status")
    with pytest.raises(RecordingError, match="Cannot get the recording"):
        mnemoscope.open("http://127.0.0.1:1/s/x")
