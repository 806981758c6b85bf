"""Eight faults of disk, index and worker, each by its name: what the server makes of it is said by the test beside it."""

import subprocess
import sys
import time

from tests import ROOT

FAULTS = {
    "the disk fills during a run": "tests/server/test_trouble.py::test_a_run_that_fills_the_disk_ends_with_the_step_and_its_neighbours_go_on",
    "the disk is full at the start": "tests/server/test_trouble.py::test_a_server_starts_on_a_full_disk_lists_deletes_and_then_goes_on",
    "the disk is full at a rename": "tests/server/storage/test_trouble.py::test_a_recording_cannot_be_renamed_on_a_full_disk_but_is_still_deleted",
    "the index is locked": "tests/server/test_trouble.py::test_a_locked_index_costs_nothing_that_was_begun_and_no_place",
    "the index is damaged, foreign or newer": "tests/server/storage/test_trouble.py::test_an_index_that_cannot_be_used_is_set_aside_and_made_again",
    "recordings are cut, unreadable, links or folders": "tests/server/storage/test_trouble.py::test_whatever_lies_among_the_recordings_the_server_starts",
    "a worker dies": "tests/server/test_crash.py::test_a_run_that_kills_its_worker_twice_fails_and_its_neighbour_goes_on",
    "a worker is frozen": "tests/server/test_trouble.py::test_a_frozen_worker_is_no_bug_and_readiness_knows",
}
"""Fault -> the test that makes it."""


def torture() -> list[str]:
    """Make every fault -> a sentence for each that was not borne."""
    failures: list[str] = []
    for name, test in FAULTS.items():
        began = time.monotonic()
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", test],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        borne = ended.returncode == 0
        if not borne:
            failures.append(f"{name}: {ended.stdout[-2000:]}{ended.stderr[-500:]}")
        print(f"{'borne' if borne else 'WRONG':6} {name} ({time.monotonic() - began:.0f} s)", flush=True)
        if not borne:
            print(failures[-1], flush=True)
    return failures
