"""Requests made up from the server's own description of its interface, right ones and wrong ones: none may be a server error.

    python -m tests.server.fuzzed_api --cases 10000

A server with an engine that computes nothing answers them; what is begun by one request meets the next ones. `make fuzz` runs it.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import pytest_configure
from tests.server.conftest import Server
from tests.torture import traceback_in

READY_SECONDS = 60.0


def fuzzed(server: Server, examples: int, *, seed: int = 1, edges: bool = True) -> tuple[int, str]:
    """Send so many requests to every operation, and with `edges` those at the bounds of its fields -> how many, and what was wrong."""
    deadline = time.monotonic() + READY_SECONDS
    while server.http.get("readyz").status_code != 200:
        assert time.monotonic() < deadline, "the worker does not become ready"
        time.sleep(0.05)
    asked = [
        str(Path(sys.executable).with_name("schemathesis")), "run", server.url + "api/openapi.json",
        "--checks", "not_a_server_error", "--phases", "coverage,fuzzing" if edges else "fuzzing",
        "--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure", "--warnings", "off", "--no-color",
    ]  # fmt: skip
    # it keeps a folder of what it has found where it runs
    done = subprocess.run(asked, cwd=server.folder, capture_output=True, text=True, check=False)
    found = re.search(r"(\d+) generated", done.stdout)
    wrong = "" if done.returncode == 0 else done.stdout[-8000:] + done.stderr[-2000:]
    return int(found[1]) if found else 0, wrong + traceback_in(server.folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    wanted = parser.parse_args()
    pytest_configure()  # servers run this checkout
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        server = Server(Path(name))
        try:
            operations = sum(len(path) for path in server.http.get("api/openapi.json").json()["paths"].values())
            count, wrong = fuzzed(server, -(-wanted.cases // operations), seed=wanted.seed)
        finally:
            server.close()
    print(wrong, end="")
    print(
        f"{count} requests in {time.monotonic() - began:.0f} s, {'something was wrong' if wrong else 'no server error'}"
    )
    return 1 if wrong or count < wanted.cases else 0


if __name__ == "__main__":
    sys.exit(main())
