"""Programs that feed a live source as users do: the sender of `examples/`, and curl with the command that the page shows."""

import json
import math
import shutil
import subprocess
import sys

import pytest

from tests import ROOT
from tests.server.http.test_samples import GIVEN, open_source

pytestmark = pytest.mark.server
SENDER = ROOT / "examples" / "serial_sender.py"


def sensor(folder, count):
    """What a sensor printed, with a line that the cable garbled."""
    path = folder / "sensor.txt"
    lines = [f"{math.sin(k / 9):.4f}" for k in range(count)]
    lines[5] = "0.1\ufffd2"
    path.write_text("\n".join(lines) + "\n")
    return path


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def test_the_sender_of_a_serial_port_sends_all_of_a_file(server, tmp_path):
    identity = open_source(server, **GIVEN)
    url = f"{server.url}api/sessions/{identity}/samples"
    done = run(sys.executable, str(SENDER), str(sensor(tmp_path, 2500)), url)
    assert done.returncode == 0, done.stderr
    found = server.wait(identity, "ended")
    live = found["manifest"]["signal"]["source"]["live"]
    assert (found["steps"], live["received"], live["blank"]) == (2500, 2500, 1)


def test_it_waits_for_a_full_queue_and_loses_nothing(start, tmp_path):
    server = start(live_queue=2048)
    identity = open_source(server, models=("slow",), task="signal-recall", steps=4000, start="paused", **GIVEN)
    url = f"{server.url}api/sessions/{identity}/samples"
    sender = subprocess.Popen([sys.executable, str(SENDER), str(sensor(tmp_path, 2500)), url])
    with pytest.raises(subprocess.TimeoutExpired):
        sender.wait(3)
    assert 0 < server.http.get(f"api/sessions/{identity}/samples").json()["source"]["received"] <= 2048
    with server.socket(identity) as driver:
        driver.send('{"type": "play"}')
        assert sender.wait(60) == 0
    source = server.http.get(f"api/sessions/{identity}/samples").json()["source"]
    assert (source["received"], source["gaps"], source["duplicates"]) == (2500, 0, 0)


def test_it_says_why_it_ends(server, tmp_path):
    done = run(sys.executable, str(SENDER), str(sensor(tmp_path, 10)), f"{server.url}api/sessions/{'x' * 22}/samples")
    assert done.returncode == 1
    assert "there is no recording" in done.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_pipe_into_curl(server, tmp_path):
    identity = open_source(server, **GIVEN)
    command = f"cat {sensor(tmp_path, 300)} | curl -sS -X POST -T - -H 'Content-Type: text/plain' "
    done = run("sh", "-c", command + f"'{server.url}api/sessions/{identity}/samples?end=true'")
    assert done.returncode == 0, done.stderr
    assert (json.loads(done.stdout)["taken"], json.loads(done.stdout)["malformed_count"]) == (300, 1)
    assert server.wait(identity, "ended")["steps"] == 300
