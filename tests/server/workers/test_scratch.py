"""Files of engines that are gone do not stay for ever."""

import os

import pytest

from mnemoscope_server.workers.scratch import PREFIX, YOUNG_SECONDS, Scratch


@pytest.mark.skipif(os.name == "nt", reason="Windows has no locks that die with their process")
def test_an_engine_removes_what_killed_ones_left_and_nothing_else(tmp_path):
    living = Scratch(tmp_path)
    left, fresh, other = (tmp_path / name for name in (f"{PREFIX}left", f"{PREFIX}fresh", "something-else"))
    for folder in (left, fresh, other):
        folder.mkdir()
        (folder / "run.mnemo").write_bytes(b"x")
    for folder in (living.folder, left, other):
        long_ago = folder.stat().st_mtime - 2 * YOUNG_SECONDS
        os.utime(folder, (long_ago, long_ago))
    new = Scratch(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([living.folder, fresh, other, new.folder])
    assert (other / "run.mnemo").is_file()
