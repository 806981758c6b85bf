"""What a step costs on this host: measured while nobody waits, and kept for the next start however many figures come at once."""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.workers.process import NICENESS, quietly
from mnemoscope_server.workers.protocol import Measured


def test_figures_that_come_at_once_are_all_kept(tmp_path):
    """Threads that write the file together neither fail nor leave half of it."""
    (tmp_path / "tmp").mkdir()
    pool = SimpleNamespace(measured={f"m{n}": Measured(f"m{n}", 0.1, 8, 8) for n in range(50)})
    store, settings = SimpleNamespace(folder=tmp_path, tmp=tmp_path / "tmp"), SimpleNamespace(device="cpu")
    live = LiveSessions(settings, store, SimpleNamespace(), pool)
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(live._keep_measured) for _ in range(200)]:
            done.result()
    assert len(json.loads((tmp_path / "measured.json").read_text())["cpu"]) == 50


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a thread has a niceness of its own")
def test_what_nobody_waits_for_lets_others_go_first():
    """A page opened right after the start is not kept waiting by models that load; sessions then run as ever."""
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    assert quietly(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())) == min(19, usual + NICENESS)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == usual
    with pytest.raises(KeyError, match="no such model"):
        quietly(lambda: {}["no such model"])
