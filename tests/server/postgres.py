"""A real PostgreSQL for the tests of one process, in a folder that goes away, with a database for each test."""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.programs import free_port, program

BINARIES = "/usr/lib/postgresql/*/bin"
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class Postgres:
    """A running server."""

    def __init__(self):
        """Skips the test where there is none, nor one to be had."""
        self._initdb = program("initdb", package="postgresql", places=BINARIES)
        self._postgres = program("postgres", package="postgresql", places=BINARIES)
        self.folder = Path(tempfile.mkdtemp(prefix="mnemoscope-postgres-"))
        self._names = itertools.count()
        self.port = free_port()
        self._user = {}
        if os.geteuid() == 0:  # as which it does not run
            someone = pwd.getpwnam("postgres")
            os.chown(self.folder, someone.pw_uid, someone.pw_gid)
            self._user = {"user": someone.pw_uid, "group": someone.pw_gid, "extra_groups": []}
        make = [
            self._initdb,
            "-D",
            self.folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ]
        subprocess.run(make, check=True, capture_output=True, cwd=self.folder, **self._user)
        self.process = None
        self.start()

    def start(self):
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self._postgres, "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder, "-h", "127.0.0.1", *FAST.split()],
                stdout=log, stderr=log, cwd=self.folder, **self._user,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, "PostgreSQL does not start"
                time.sleep(0.05)

    def stop(self):
        """At once: connections are cut off."""
        self.process.terminate()
        subprocess.run(["kill", "-INT", str(self.process.pid)], check=False)  # the fast way
        self.process.wait(30)

    def url(self, database):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def database(self):
        """The address of a new, empty database."""
        name = f"test_{next(self._names)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)
