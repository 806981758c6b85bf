"""What a step costs on this host is kept for the next start, however many figures come at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from mnemoscope_server.exchange import Measured
from mnemoscope_server.live import LiveSessions


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
