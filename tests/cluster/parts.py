"""All that a cluster has, on one machine: PostgreSQL, a server that speaks S3, Ray with engines, web processes, nginx before them."""

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from tests import ROOT
from tests.programs import free_port, program
from tests.server.postgres import Postgres
from tests.server.ray_cluster import RayCluster
from tests.server.s3 import S3

TOKEN = "a-token-of-this-cluster"
READY_SECONDS = 180


class Web:
    """A web process on a unix socket of its own."""

    def __init__(self, folder: Path, name: str, environment: dict[str, str]) -> None:
        self.name, self.socket, self.data = name, folder / name, folder / f"{name}.data"
        self.log = (folder / f"{name}.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mnemoscope", "serve", "--no-browser"],
            env=environment | {"MNEMOSCOPE_UNIX_SOCKET": str(self.socket), "MNEMOSCOPE_DATA_DIR": str(self.data)},
            stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True,
        )  # fmt: skip
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        line = self.process.stdout.readline() if ready else ""
        assert "Mnemoscope: unix:" in line, f"{line!r}: {Path(self.log.name).read_text()}"

    def http(self) -> httpx.Client:
        """This very process, past nginx."""
        transport = httpx.HTTPTransport(uds=str(self.socket))
        headers = {"Authorization": f"Bearer {TOKEN}", "Host": "127.0.0.1"}
        return httpx.Client(base_url="http://127.0.0.1/", transport=transport, headers=headers, timeout=60)

    def kill(self) -> None:
        """SIGKILL: nothing is put in order."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Cluster:
    """Started at once; `url` is nginx's. `settings` are those of the web processes."""

    def __init__(
        self,
        *,
        webs: int = 2,
        engines: int = 2,
        port: int | None = None,
        environment: dict[str, str] | None = None,
        **settings: str,
    ) -> None:
        nginx = program("nginx")
        self.folder = Path(tempfile.mkdtemp(prefix="mnemoscope-cluster-"))
        self._parts: list[Any] = []
        self.http: httpx.Client | None = None
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        try:
            self.postgres = self._part(Postgres())
            self.s3 = self._part(S3())
            self.index, self.blobs = self.postgres.database(), self.s3.bucket()
            outside = self.s3.environment | (environment or {})
            self.ray = self._part(RayCluster(cpus=engines, environment=outside))
            shared = {
                "index": self.index, "blobs": self.blobs, "ray": self.ray.address, "workers": str(engines),
                "token": TOKEN, "allowed_hosts": '["127.0.0.1"]', "free_bytes": "1",
            } | settings  # fmt: skip
            self._environment = (
                os.environ | outside | {f"MNEMOSCOPE_{name.upper()}": said for name, said in shared.items()}
            )
            self.webs = [self.web(name) for name in ("first", "second", "third")[:webs]]
            self._part(Nginx(nginx, self.folder, self.port, [web.socket for web in self.webs]))
            self.http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)
            deadline = time.monotonic() + READY_SECONDS
            while self._state() != 200:
                assert time.monotonic() < deadline, "the cluster does not become ready"
                time.sleep(0.2)
        except BaseException:
            self.close()
            raise

    def web(self, name: str) -> Web:
        """Start a web process; also one that was killed."""
        return self._part(Web(self.folder, name, self._environment))

    def _state(self) -> int:
        try:
            return self.http.get("readyz").status_code
        except httpx.TransportError:
            return 0

    def _part(self, part):
        self._parts.append(part)
        return part

    def close(self) -> None:
        """All of it, the last first."""
        if self.http is not None:
            self.http.close()
        for part in self._parts[::-1]:
            part.close()


class Nginx:
    """nginx with deploy/nginx-cluster.conf."""

    def __init__(self, binary: str, folder: Path, port: int, sockets: list[Path]) -> None:
        site = (ROOT / "deploy/nginx-cluster.conf").read_text(encoding="utf-8")
        servers = "\n".join(f"    server unix:{path} max_fails=1 fail_timeout=5s;" for path in sockets)
        site, found = re.subn(r"(?:^ +server unix:\S+ .*;\n)+", f"{servers}\n", site, flags=re.MULTILINE)
        assert found == 2
        site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        (folder / "nginx.conf").write_text(
            f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
            f"events {{}} http {{ access_log off; {temporary}\n{site} }}"
        )
        self.process = subprocess.Popen([binary, "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.DEVNULL)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)
