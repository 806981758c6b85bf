"""`mnemoscope read`, and its switches at the other commands."""

import json

import pytest

from mnemoscope.cli.main import main

METER = "when;kWh\n" + "".join(
    f"{1 + i // 24:02d}/02/2020 {i % 24:02d}:00;{1 + i % 7},{1 + i % 9}00\n" for i in range(240)
)


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """`run("read", "meter.csv")` -> exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "meter.csv").write_text(METER)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_read_prints_one_object(run):
    """With the default channel, the rate, and what the file does not decide."""
    code, out, _ = run("read", "meter.csv", "--json")
    facts = json.loads(out)
    assert (code, facts["rows"], facts["channel"], facts["gaps"], facts["left_out"]) == (0, 240, "kWh", 0, [])
    assert facts["rate_hz"] == pytest.approx(1 / 3600)
    assert set(facts["channels"][0]) == {"name", "unit", "n", "missing", "min", "max", "mean", "rate_hz", "rate"}
    assert {asked["what"] for asked in facts["questions"]} == {"decimal sign"}
    assert set(facts["questions"][0]) == {"what", "chosen", "evidence", "alternatives"}


def test_the_switches_of_an_alternative_lead_to_it(run):
    """1,100 is 1.1 or 1100: the file does not say."""
    first = json.loads(run("read", "meter.csv", "--json")[1])
    assert first["channels"][0]["max"] == pytest.approx(7.9)
    words = first["questions"][0]["alternatives"][0]["switches"].replace("'", "").split()
    other = json.loads(run("read", "meter.csv", "--json", *words)[1])
    assert other["channels"][0]["max"] == 7900
    assert other["questions"] == []


def test_inspect_reads_what_is_no_recording(run):
    assert run("inspect", "meter.csv", "--json") == run("read", "meter.csv", "--json")
    assert "* kWh: 240 values" in run("inspect", "meter.csv")[1]


def test_a_file_that_cannot_be_read_is_one_object_too(run):
    """On standard output, with exit code 1; without --json a sentence."""
    code, out, _ = run("read", "meter.csv", "--delimiter", "tab", "--json")
    assert (code, set(json.loads(out))) == (1, {"code", "message", "where", "cure"})
    code, out, err = run("read", "meter.csv", "--time", "nobody")
    assert (code, out) == (1, "")
    assert "no column 'nobody'" in err


def test_switches_of_a_file_are_refused_with_a_generator(run):
    code, _, err = run("record", "--signal", "heartbeat", "--decimal", ",", "--models", "ntm", "--out", "x.mnemo")
    assert code == 2
    assert "--decimal" in err
