"""A server that speaks S3, in a process of its own: moto, a mock of its semantics and no storage that anybody should trust."""

import itertools
import os
import subprocess
import sys
import time

import httpx

from tests.programs import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "secretword", "AWS_REGION": "us-east-1"}


class S3:
    """A running server; `environment` is what whoever uses it needs."""

    def __init__(self):
        self.port, self._names, self.process = free_port(), itertools.count(), None
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = KEYS | {"AWS_ENDPOINT_URL": self.address}
        self.start()

    def start(self):
        """With nothing in it: what was, is in no file."""
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONWARNINGS": "ignore"}
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{self.address}/moto-api/", timeout=5)
                return
            except httpx.TransportError:
                assert self.process.poll() is None, "the S3 server does not start"
                assert time.monotonic() < deadline, "the S3 server does not answer"
                time.sleep(0.05)

    def bucket(self, name=None):
        """The address of a new bucket."""
        name = name or f"bucket-{next(self._names)}"
        httpx.put(f"{self.address}/{name}", timeout=30).raise_for_status()
        return f"s3://{name}/memories"

    def close(self):
        self.process.terminate()
        self.process.wait(30)
