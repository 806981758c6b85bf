"""Settings from flags, environment and file: what is unknown is refused, and the token is never printed."""

import subprocess
import sys
from argparse import Namespace

import pytest

from mnemoscope.cli import main as cli
from mnemoscope_server.settings import BadSettings, Settings, listed

TOKEN = "a token that nobody may read"


def given(*words):
    return Settings.from_arguments(cli.parser().parse_args(["serve", *words]))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MNEMOSCOPE_TOKN", TOKEN, "There is no setting MNEMOSCOPE_TOKN: did you mean MNEMOSCOPE_TOKEN?"),
        ("MNEMOSCOPE_QQQ", "1", "`mnemoscope config` lists them"),
        ("MNEMOSCOPE_STEPS", "abc", "MNEMOSCOPE_STEPS: Input should be a valid integer"),
        ("MNEMOSCOPE_TOKEN", "short-one", "MNEMOSCOPE_TOKEN: String should have at least 16 characters"),
        ("MNEMOSCOPE_ALLOWED_HOSTS", "far.example.net", "MNEMOSCOPE_ALLOWED_HOSTS: wanted a JSON list"),
    ],
)
def test_what_is_no_setting_is_a_sentence_without_its_value(monkeypatch, name, value, said):
    """Believing in a token that is not asked for is worse than not starting."""
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        given()
    assert said in str(caught.value)
    assert value not in str(caught.value) or len(value) < 4


def test_the_server_does_not_start_with_a_bad_one(tmp_path):
    """One sentence, no traceback, and no token in it, although one stands in the environment."""
    environment = {"MNEMOSCOPE_TOKEN": TOKEN, "MNEMOSCOPE_STEPS": "abc", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "mnemoscope", "serve", "--data-dir", str(tmp_path / "data")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "MNEMOSCOPE_STEPS" in done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_a_file_is_under_the_environment_and_that_under_flags(monkeypatch, tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('sessions = 5\nsteps = 1000\nport = 7000\nallowed_hosts = ["mem.example.org"]\n')
    monkeypatch.setenv("MNEMOSCOPE_STEPS", "2000")
    monkeypatch.setenv("MNEMOSCOPE_PORT", "7001")
    made = given("--config", str(file), "--port", "7002")
    assert (made.sessions, made.steps, made.port, made.allowed_hosts) == (5, 2000, 7002, ["mem.example.org"])
    monkeypatch.setenv("MNEMOSCOPE_CONFIG", str(file))
    assert given().sessions == 5
    for text, said in (("sesions = 5", "did you mean sessions?"), ("sessions", "no TOML"), ("steps = true", "STEPS")):
        file.write_text(text)
        monkeypatch.delenv("MNEMOSCOPE_STEPS", raising=False)
        with pytest.raises(BadSettings, match=said.replace("?", r"\?")):
            given()
    with pytest.raises(BadSettings, match="cannot be read"):
        given("--config", str(tmp_path / "nothing.toml"))


def test_they_are_listed_without_the_token(monkeypatch, capsys):
    monkeypatch.setenv("MNEMOSCOPE_TOKEN", TOKEN)
    assert cli.main(["config"]) == 0
    out = capsys.readouterr().out
    assert "MNEMOSCOPE_TOKEN=(set)" in out
    assert TOKEN not in out
    assert len(listed(Settings.from_arguments(Namespace()))) == len(Settings.model_fields)
    assert TOKEN not in repr(Settings())


def test_a_password_of_the_database_is_never_printed(monkeypatch, capsys):
    secrets = "somebody:secretword@"
    monkeypatch.setenv("MNEMOSCOPE_INDEX", f"postgresql://{secrets}db.example.org:5433/memories?sslpassword=hushhush")
    monkeypatch.setenv("MNEMOSCOPE_BLOBS", "s3://bucket/memories")
    assert cli.main(["config"]) == 0
    out = capsys.readouterr().out
    assert "MNEMOSCOPE_INDEX=postgresql://db.example.org:5433/memories\n" in out
    assert "MNEMOSCOPE_BLOBS=s3://bucket/memories\n" in out
    for secret in ("somebody", "secretword", "hushhush"):
        assert secret not in out + repr(Settings.from_arguments(Namespace()))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"INDEX": "postgresql://db/memories"}, "need both"),
        ({"BLOBS": "s3://bucket"}, "need both"),
        ({"INDEX": "mysql://secretword@db/memories", "BLOBS": "s3://bucket"}, "MNEMOSCOPE_INDEX: String should match"),
        ({"INDEX": "postgresql://db/memories", "BLOBS": "bucket"}, "MNEMOSCOPE_BLOBS: String should match"),
        ({"INDEX": "postgresql://db/memories", "BLOBS": "s3://bucket", "WATCH": "/tmp"}, "MNEMOSCOPE_WATCH is for one server"),
    ],
)  # fmt: skip
def test_several_servers_need_an_index_and_a_bucket_that_they_can_share(monkeypatch, values, said):
    """One alone would list recordings that others cannot open."""
    for name, value in values.items():
        monkeypatch.setenv(f"MNEMOSCOPE_{name}", value)
    with pytest.raises(BadSettings, match=said) as caught:
        Settings.from_arguments(Namespace())
    assert "secretword" not in str(caught.value)
