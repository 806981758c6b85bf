"""What is done with a whole recording takes memory that does not grow with its length: measured, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mnemoscope import kinds
from mnemoscope.format.layout import pack
from mnemoscope.reading.recording import Recording, RecordingWriter
from mnemoscope.reading.verify import verify
from tests.oracles.random_logs import entry, manifest_of

CHUNK, UNITS = 64, 512
SHORT, LONG = 16 * CHUNK, 128 * CHUNK
"""Steps: 11 and 84 MB of frames."""

GROWTH = 60.0
"""Megabytes that seven times as many steps may add: what an open recording keeps of what it read (48), and a few numbers a step. Whole
arrays added 250 to follow a segment, 110 to write an archive."""

OPENED = "import sys; from pathlib import Path; from mnemoscope.reading.recording import Recording; rec = Recording.open(sys.argv[1]); "
WORK = {
    "verify": "from mnemoscope.reading.verify import verify; assert verify(rec)['ok']",
    "inspect": "from mnemoscope.reading.verify import describe; rec.check(); describe(rec)",
    "follow": "from mnemoscope.reading.segment import follow; n = rec.steps; "
    "part = follow(rec['lstm'], range(10, 34), range(n - 30, n - 6)); assert part.kept.min() > 0.99",
    "csv": "from mnemoscope.reading.export import to_csv; to_csv(rec, Path(sys.argv[1]).with_suffix('.csv'))",
    "npz": "from mnemoscope.reading.export import to_npz; to_npz(rec, Path(sys.argv[1]).with_suffix('.npz'))",
    "html": "from mnemoscope.reading.export import to_html; to_html(rec, Path(sys.argv[1]).with_suffix('.html'))",
}
PEAK = "; print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"


def made(path: Path, steps: int) -> Path:
    """A cell that keeps all, fed with as much as it is rid of in every chunk, so that all chunks are alike and the last read is made
    of every write since the first.
    """
    rng = np.random.default_rng(1)
    bank = kinds.CELL.bank("cell", width=UNITS)
    manifest, frame, keyframe = entry("lstm", [bank])
    size, ones = rng.uniform(0.5, 1.5, UNITS).astype(np.float32), np.ones((CHUNK, UNITS), np.float32)
    written = np.where(np.arange(CHUNK) < CHUNK // 2, 1, -1)[:, None] * size / CHUNK  # exact, and its sum is 0
    cells = 1.0 + np.cumsum(written, axis=0, dtype=np.float64)
    log = {"forget_gate": ones, "input_gate": ones, "output_gate": ones, "write_vectors": written}
    log["read_vectors"] = np.tanh(cells)
    whole = {(None, "inputs"): rng.standard_normal((CHUNK, 3)), (None, "outputs"): rng.standard_normal((CHUNK, 1))}
    frames = pack(frame, whole | {("cell", name): array for name, array in log.items()})
    state = pack(keyframe, {("cell", name): np.ones((1, UNITS)) for name in kinds.CELL.keyframe_tensors(bank)})
    with RecordingWriter(path, manifest_of([manifest], steps=steps)) as writer:
        for first in range(0, steps, CHUNK):
            writer.keyframe(0, first, state)
            writer.frames(0, first, frames)
        writer.finish("ended")
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same run, short and long."""
    folder = tmp_path_factory.mktemp("long")
    return [made(folder / f"{steps}.mnemo", steps) for steps in (SHORT, LONG)]


def peak(work: str, path: Path) -> float:
    """Megabytes that a process of its own had at most."""
    done = subprocess.run(
        [sys.executable, "-c", OPENED + work + PEAK, path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1]) / 1e3


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the system does not say what a process took")
@pytest.mark.parametrize("work", WORK)
def test_memory_does_not_grow_with_the_run(runs: list[Path], work: str) -> None:
    if work == "html" and not pytest.importorskip("mnemoscope_viewer").bundle():
        pytest.skip("the page is not built")
    short, long = (peak(WORK[work], path) for path in runs)
    assert long - short < GROWTH, (short, long)


def test_a_view_keeps_what_is_small_and_reads_the_rest_again(runs: list[Path]) -> None:
    """The same numbers either way, also where a range begins inside a chunk; nothing large stays."""
    with Recording.open(runs[1]) as rec:
        view = rec["lstm"]
        gates = view.array("write_vectors")
        assert gates is not view.array("write_vectors")
        np.testing.assert_array_equal(view.array("write_vectors", start=70, stop=200), gates[70:200])
        assert view.array("inputs").base is view.array("inputs").base
        with pytest.raises(ValueError, match="read-only"):
            view.array("write_vectors", start=0, stop=3)[0] = 1


def test_a_long_run_is_whole(runs: list[Path]) -> None:
    """What is measured above is a sound run, to the last step."""
    with Recording.open(runs[1]) as rec:
        report = verify(rec)
    assert report["verdict"] == "whole"
    assert report["banks"][0]["share_rows"]["count"] == LONG
