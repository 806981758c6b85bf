"""What is tested is this checkout, also where another one is installed."""

import subprocess
import sys
from pathlib import Path

from tests import ROOT


def test_a_server_and_its_worker_run_the_code_beside_these_tests(start):
    """Their modules lie below this checkout."""
    server = start()
    server.wait(server.run("fake", start="playing"), "ended")
    modules = [*(server.folder / "modules").read_text().split(), (server.log / "modules").read_text()]
    assert len(modules) == 3
    assert [path for path in modules if ROOT not in Path(path).parents] == []


def test_a_process_started_anywhere_runs_the_code_beside_these_tests(tmp_path):
    """Whatever folder it starts in and whatever is installed."""
    packages = ("mnemoscope", "mnemoscope_server", "mnemoscope_viewer", "tests")
    code = f"import {', '.join(packages)}; print({', '.join(f'{name}.__file__' for name in packages)})"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    paths = done.stdout.split()
    assert len(paths) == len(packages)
    assert [path for path in paths if ROOT not in Path(path).parents] == []
