"""The recordings that ship are what this program records from the weights that ship, so that a page can run their models again."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from mnemoscope.checkpoints import store
from mnemoscope.reading import verdicts
from mnemoscope.reading.recording import Recording
from mnemoscope.running import gallery, rebuild

IDS = [entry["id"] for entry in gallery.entries()]


def shipped(name: str) -> Path:
    path = gallery.path(name)
    assert path is not None
    return path


@pytest.mark.parametrize("name", IDS)
def test_an_exhibit_was_recorded_by_the_engine_from_the_weights_that_ship(name: str) -> None:
    """After a change of these: `python -m mnemoscope.running.gallery`."""
    with Recording.open(shipped(name)) as recording:
        for model in recording.manifest["models"]:
            checkpoint, _, moment = model["checkpoint"]["name"].partition("@")
            weights = store.find(checkpoint) / (store.SNAPSHOTS if moment else store.WEIGHTS)
            assert model["checkpoint"]["sha256"] == hashlib.sha256(weights.read_bytes()).hexdigest()
            assert model["engine"]["kind"] == "wasm"
        costs = [cost["ms_per_step"] for cost in recording.manifest["costs"]]
        kept = verdicts.known(shipped(name), recording.manifest)
        assert kept is not None
        assert sorted(row["ms_per_step"] for row in kept["ranking"]) == sorted(costs)


def test_run_again_from_its_weights_an_exhibit_is_the_same() -> None:
    with Recording.open(shipped("odd-beat")) as recording:
        for model in recording:
            again = rebuild.rebuild(recording, model)
            assert again.ok, again
            assert not again.earlier, again
            assert not again.renumbered, again


def test_the_twins_agree_in_every_bit() -> None:
    with Recording.open(shipped("twins")) as recording:
        one, other = (recording[model].array("outputs") for model in ("transformer", "sdnc"))
    assert np.array_equal(one.view(np.int32), other.view(np.int32))


def test_the_gallery_stays_small() -> None:
    """In megabytes, of every wheel and every clone."""
    assert sum(path.stat().st_size for path in gallery.FOLDER.iterdir()) <= 13.4e6
