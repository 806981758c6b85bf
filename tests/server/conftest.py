"""A real server in a process of its own, over real sockets, with an engine whose every number is known."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time

import httpx
import pytest
from websockets.sync.client import connect

from tests.server.postgres import Postgres
from tests.server.s3 import S3

PROGRAM = """
import argparse, sys
if __name__ == "__main__":
    import mnemoscope, mnemoscope_server
    print(mnemoscope.__file__, mnemoscope_server.__file__, sep="\\n", file=open({modules!r}, "w"))
    from mnemoscope_server import serving
    from mnemoscope_server.settings import Settings
    sys.exit(serving.run(Settings.from_arguments(argparse.Namespace(port=0, no_browser=True, data_dir={data!r}))))
"""
FAKES = (
    *(f"{name}-signal-recall" for name in ("fake", "slow", "broken", "deadly", "wide")),
    *(f"fake-{task}" for task in ("forecast", "copy", "repeat-copy")),
)
MOMENTS = (0, 250, *range(1000, 32000, 1000))


def make_checkpoints(folder):
    """Checkpoints of the fake engine: cards and the header of the snapshots are all that the web process reads."""
    for checkpoint in FAKES:
        name, _, task = checkpoint.partition("-")
        place = folder / checkpoint
        place.mkdir(parents=True)
        (place / "model.safetensors").write_bytes(b"")
        (place / "config.json").write_text("{}")
        card = {"model": name, "label": name, "glyph": "ntm", "task": task, "parameters": 1}
        (place / "card.json").write_text(json.dumps(card))
    header = json.dumps({f"{n}/w": {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]} for n in MOMENTS}).encode()
    (folder / "fake-copy" / "snapshots.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)


class Server:
    """One server process."""

    def __init__(self, folder, *, engine="tests.server.fake_engine:FakeEngine", data=None, **settings):
        self.folder, self.data = folder, data or folder / "data"
        self.log = folder / "computed"
        self.log.mkdir(exist_ok=True)
        checkpoints = folder / "checkpoints"
        if not checkpoints.exists():
            make_checkpoints(checkpoints)
        script = folder / "run_server.py"
        script.write_text(PROGRAM.format(data=str(self.data), modules=str(folder / "modules")))
        self.environment = environment = os.environ | {
            "MNEMOSCOPE_CHECKPOINTS": str(checkpoints), "FAKE_ENGINE_LOG": str(self.log),
            "MNEMOSCOPE_ENGINE": engine, "MNEMOSCOPE_FREE_BYTES": "1",
        } | {f"MNEMOSCOPE_{name.upper()}": str(value) for name, value in settings.items()}  # fmt: skip
        self.began = time.perf_counter()
        self.errors = (folder / "stderr.txt").open("a")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            start_new_session=True,
        )  # fmt: skip
        self.url = self._url()
        self.answered = time.perf_counter() - self.began
        self.http = httpx.Client(base_url=self.url, timeout=30)

    def _url(self):
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline() if ready else ""
        assert "http://" in line, f"the server said {line!r}: {(self.folder / 'stderr.txt').read_text()}"
        return line.split("Mnemoscope: ")[1].split()[0]

    @contextlib.contextmanager
    def socket(self, identity, *, have=0, **more):
        """A websocket that has said hello."""
        address = self.url.replace("http", "ws") + f"ws/{identity}"
        with connect(address, max_size=None, compression=None, close_timeout=1, **more) as socket:
            if have is not None:
                socket.send(json.dumps({"type": "hello", "have": have}))
            yield socket

    def run(self, *models, steps=200, start="paused", speed=None, **more):
        """A session on a generated signal -> its id."""
        signal_ = {"kind": "generated", "generator": "sines", "seed": 1, "steps": steps}
        body = {"signal": signal_, "task": "signal-recall", "models": list(models or ("fake",)), "start": start}
        answer = self.http.post("api/sessions", json=body | {"speed": speed} | more)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def computed(self, identity, model="fake"):
        path = self.log / f"{identity}.{model}-signal-recall"
        return int(path.read_text() or 0) if path.exists() else 0

    def status(self, identity):
        return self.http.get(f"api/recordings/{identity}").json()

    def wait(self, identity, status, *, seconds=60):
        deadline = time.monotonic() + seconds
        while (found := self.status(identity)).get("status") != status:
            assert time.monotonic() < deadline, found | {"manifest": "…"}
            time.sleep(0.02)
        return found

    def kill(self):
        """SIGKILL to the server alone; its workers must notice by themselves."""
        self.process.send_signal(signal.SIGKILL)
        self.close()

    def close(self):
        self.http.close()
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()


@pytest.fixture
def start(tmp_path):
    """Start servers in a folder of this test."""
    running = []

    def start(**settings):
        running.append(Server(tmp_path, **settings))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server that many tests share; they must not depend on what others left."""
    server = Server(tmp_path_factory.mktemp("server"), send_seconds=1.5)
    deadline = time.monotonic() + 60
    while server.http.get("readyz").status_code != 200:
        assert time.monotonic() < deadline, "the worker does not become ready"
        time.sleep(0.05)
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL (tests/server/postgres.py)."""
    running = Postgres()
    yield running
    running.close()


@pytest.fixture(scope="session")
def _s3():
    running = S3()
    yield running
    running.close()


@pytest.fixture
def s3(_s3, monkeypatch):
    """A server that speaks S3 (tests/server/s3.py), with the variables by which it is found."""
    for name, value in _s3.environment.items():
        monkeypatch.setenv(name, value)
    return _s3
