"""Programs that tests start beside the server: found, or installed by apt-get where that may be; else the test is skipped."""

import glob
import os
import shutil
import socket
import subprocess

import pytest


def program(name, *, package=None, places=""):
    """Path of a program that is there, or that apt-get installs where it may. Skips where neither is possible.

    package: what brings it, where that is called otherwise. places: a pattern of folders that are looked at too, the last first.
    """
    if _found(name, places) is None and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-y", "--no-install-recommends", package or name]
        subprocess.run(command, env=quiet, capture_output=True, timeout=300, check=False)
    return _found(name, places) or pytest.skip(f"there is no {name}, and apt-get cannot install it")


def _found(name, places):
    return shutil.which(name) or next(
        (shutil.which(name, path=folder) for folder in sorted(glob.glob(places))[::-1]), None
    )


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
