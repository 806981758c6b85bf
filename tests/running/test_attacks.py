"""Recordings that were changed on purpose, with every checksum and hash made again: what `verify` notices, and from what.

An edit of the log is noticed from the log alone where the memory, a sum or a bound contradicts it; everything that a model emitted is
noticed by running it again.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mnemoscope
from mnemoscope.errors import CheckpointError
from mnemoscope.format.layout import FrameLayout
from mnemoscope.reading.recording import Recording, RecordingWriter, amend
from mnemoscope.running.record import load_models, record_file
from mnemoscope.tasks.episodes import from_signal

MODELS = ["lstm", "transformer", "ntm", "dnc"]
STEP = 70


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("attacks") / "honest.mnemo"
    episode, _ = from_signal("signal-recall", "heartbeat", steps=110, seed=3)
    assert episode.steps > STEP + 20
    assert record_file(path, episode, load_models(MODELS, "signal-recall"), seed=3) == []
    return path


class Contents:
    """All of a recording in the open, to be changed and written again as if it had been recorded so."""

    def __init__(self, path: Path) -> None:
        with Recording.open(path) as rec:
            self.manifest: dict[str, Any] = rec.manifest
            self.models = rec.models
            self.frames = {m: bytearray(rec[m].frame_bytes(0, rec[m].steps)) for m in rec}
            self.keyframes: dict[str, list[bytearray]] = {}
            for m in rec:
                kept = [rec[m].keyframe_bytes(k) for k in range(rec.chunks)]
                self.keyframes[m] = [bytearray(data) for data in kept if data is not None]

    def numbers(self, model: str, name: str, t: int) -> np.ndarray:
        """A recorded tensor of step t; writing into it changes the recording."""
        layout = FrameLayout.from_json(self.entry(model)["frame"])
        return _tensor(self.frames[model], layout, name, t)

    def kept(self, model: str, name: str, k: int) -> np.ndarray:
        """The same for a tensor of keyframe k."""
        layout = FrameLayout.from_json(self.entry(model)["keyframe"])
        return _tensor(self.keyframes[model][k], layout, name, 0)

    def entry(self, model: str) -> dict[str, Any]:
        return self.manifest["models"][self.models.index(model)]

    def save(self, path: Path, *, steps: int | None = None) -> Path:
        """With all checksums and hashes that belong to it."""
        begun = {k: v for k, v in self.manifest.items() if k not in ("content_hash", "recording_hash")}
        reached = self.manifest["steps"] if steps is None else steps
        with RecordingWriter(path, begun | {"status": "running"}) as writer:
            for first in range(0, reached, 64):
                for stream, model in enumerate(self.models):
                    size = self.entry(model)["frame"]["bytes"]
                    if self.keyframes[model]:
                        writer.keyframe(stream, first, self.keyframes[model][first // 64])
                    writer.frames(stream, first, self.frames[model][first * size : min(first + 64, reached) * size])
            writer.finish("ended", steps=self.manifest["steps"])
        return path


def _tensor(data: bytearray, layout: FrameLayout, name: str, t: int) -> np.ndarray:
    spec = next(spec for spec in layout.tensors if spec.name == name)
    count = int(np.prod(spec.shape))
    return np.frombuffer(data, "<f4", count, t * layout.bytes + spec.offset)


def test_what_was_recorded_is_whole_and_every_bit_comes_again(honest: Path) -> None:
    report = mnemoscope.verify(honest, with_weights=True)
    assert report["verdict"] == "whole"
    assert report["recording_hash"]["agrees"] is True
    for bank in report["banks"]:
        assert bank["weights"]["error"] < 1e-5, bank
        assert bank["addressing"] is None or bank["addressing"]["error"] < 1e-5, bank
    assert {bank["model"] for bank in report["banks"] if bank["addressing"]} == {"ntm", "dnc"}
    assert [entry["model"] for entry in report["rebuilt"]] == MODELS
    for entry in report["rebuilt"]:
        assert (entry["ok"], entry["contradicted"], entry["earlier"]) == (True, [], False)
        assert max(entry[name]["error"] for name in ("outputs", "frames", "keyframes")) < 1e-5


def test_saving_the_contents_unchanged_changes_nothing(honest: Path, tmp_path: Path) -> None:
    """Or the attacks below would prove nothing."""
    report = mnemoscope.verify(Contents(honest).save(tmp_path / "same.mnemo"))
    assert report["verdict"] == "whole"
    with Recording.open(honest) as rec:
        assert report["content_hash"]["stored"] == rec.manifest["content_hash"]
        assert report["recording_hash"]["stored"] == rec.manifest["recording_hash"]


OF_ALL = [(model, name, False) for model in MODELS for name in ("inputs", "outputs")]
OF_MEMORY = [(model, "output_memory", False) for model in ("ntm", "dnc")]
OF_NTM = [
    ("ntm", "read_weights", True),
    ("ntm", "write_weights", True),
    ("ntm", "write_strengths", False),
    ("ntm", "read_strengths", False),
    ("ntm", "write_interpolation_gates", True),
    ("ntm", "read_interpolation_gates", False),
    ("ntm", "write_shifts", True),
    ("ntm", "read_shifts", True),
    ("ntm", "write_sharpening", False),
    ("ntm", "read_sharpening", False),
]
OF_DNC = [
    ("dnc", "read_weights", True),
    ("dnc", "write_weights", True),
    ("dnc", "read_strengths", False),
    ("dnc", "write_strength", False),
    ("dnc", "allocation_gate", True),
    ("dnc", "write_gate", True),
    ("dnc", "free_gates", False),
    ("dnc", "read_modes", True),
    ("dnc", "link_sharpening", False),
]


@pytest.mark.parametrize(("model", "name", "by_log"), OF_ALL + OF_MEMORY + OF_NTM + OF_DNC)
def test_one_number_larger_by_a_half_is_noticed(
    honest: Path, tmp_path: Path, model: str, name: str, by_log: bool
) -> None:
    contents = Contents(honest)
    writable(contents.numbers(model, name, STEP))[0] += 0.5
    path = contents.save(tmp_path / "a.mnemo")
    report = mnemoscope.verify(path, with_weights=True)
    assert report["verdict"] == "wrong"
    again = next(entry for entry in report["rebuilt"] if entry["model"] == model)
    assert not again["ok"]
    assert all(entry["ok"] for entry in report["rebuilt"] if entry["model"] != model)
    alone = mnemoscope.verify(path)
    assert alone["content_hash"]["agrees"] is True
    assert alone["recording_hash"]["agrees"] is True
    if by_log:
        assert alone["verdict"] == "wrong"


@pytest.mark.parametrize("name", ["read_modes", "write_gate", "read_interpolation_gates"])
def test_a_gate_halved_stays_in_its_bounds_and_is_still_noticed(honest: Path, tmp_path: Path, name: str) -> None:
    """By what it would have left in the weightings."""
    model = "ntm" if name == "read_interpolation_gates" else "dnc"
    contents = Contents(honest)
    for t in range(30, 100):
        gate = writable(contents.numbers(model, name, t))
        gate[:] = gate[::-1] if name == "read_modes" else gate / 2
    report = mnemoscope.verify(contents.save(tmp_path / "a.mnemo"))
    bank = next(bank for bank in report["banks"] if bank["model"] == model)
    assert bank["weights"]["error"] < 1e-4
    assert bank["addressing"]["error"] > 1e-4
    assert report["verdict"] == "wrong"


@pytest.mark.parametrize(
    ("model", "name", "by_log"),
    [
        ("ntm", "memory", True),
        ("ntm", "write_weights", True),
        ("ntm", "read_weights", True),
        ("dnc", "memory", True),
        ("dnc", "links", True),
        ("dnc", "read_weights", False),
        ("dnc", "usage", True),
        ("dnc", "precedence", True),
        ("lstm", "cell", True),
        ("lstm", "hidden", False),
    ],
)
def test_a_changed_first_keyframe_is_noticed(honest: Path, tmp_path: Path, model: str, name: str, by_log: bool) -> None:
    contents = Contents(honest)
    writable(contents.kept(model, name, 0))[0] += 0.5
    path = contents.save(tmp_path / "a.mnemo")
    assert mnemoscope.verify(path, with_weights=True)["verdict"] == "wrong"
    if by_log:
        assert mnemoscope.verify(path)["verdict"] == "wrong"


def of_model(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        manifest["models"][3][key] = value

    return change


def of_top(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        manifest[key] = value

    return change


MANIFEST_EDITS = {
    "paradigm": (of_model("paradigm", "lstm"), True),
    "label": (of_model("label", "Another"), False),
    "parameters": (of_model("parameters", 7), True),
    "config": (of_model("config", {"slots": 1}), True),
    "device": (of_model("device", "cuda"), False),
    "seed": (of_top("seed", 12), False),
    "events": (lambda manifest: manifest["task"]["events"].clear(), False),
    "scaling": (lambda manifest: manifest["signal"]["scaling"].update(scale=9.0), False),
    "signal name": (lambda manifest: manifest["signal"].update(name="other.csv"), False),
    "date": (of_top("created", "2020-01-01T00:00:00Z"), False),
    "id": (of_top("id", "A" * 22), False),
    "unknown key": (of_top("invented", 1), False),
}


@pytest.mark.parametrize("name", MANIFEST_EDITS)
def test_a_changed_manifest_is_noticed_by_its_hash(honest: Path, tmp_path: Path, name: str) -> None:
    """Without a way to make the hash again; what the weights know as well is noticed even then."""
    change, by_weights = MANIFEST_EDITS[name]
    contents = Contents(honest)
    before = {key: contents.manifest[key] for key in ("content_hash", "recording_hash")}
    change(contents.manifest)
    path = contents.save(tmp_path / "a.mnemo")
    assert mnemoscope.verify(path)["verdict"] == "whole"  # all hashes made again: nothing else knows
    assert mnemoscope.verify(path, with_weights=True)["ok"] is not by_weights
    amend(path, before).close()
    report = mnemoscope.verify(path)
    assert report["content_hash"]["agrees"] is True
    assert report["recording_hash"]["agrees"] is False
    assert report["verdict"] == "wrong"


def test_a_new_title_and_rules_of_sharing_change_no_hash(honest: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mnemo"
    path.write_bytes(honest.read_bytes())
    amend(path, {"title": "Renamed", "sharing": {"visibility": "listed", "expires": None}}).close()
    assert mnemoscope.verify(path)["verdict"] == "whole"


def test_weights_that_are_not_those_of_the_recording_are_an_error(honest: Path, tmp_path: Path) -> None:
    for number, (edit, message) in enumerate(
        [
            ({"name": "dnc-signal-recall", "sha256": "0" * 64}, "sha256 000000000000"),
            ({"name": "nowhere", "sha256": "0" * 64}, "which is not here"),
            (None, "names no checkpoint"),
        ]
    ):
        contents = Contents(honest)
        contents.entry("dnc")["checkpoint"] = edit
        path = contents.save(tmp_path / f"{number}.mnemo")
        with pytest.raises(CheckpointError, match=message):
            mnemoscope.verify(path, with_weights=True)


@pytest.mark.parametrize("cut", [1, 10, 200, 5000])
def test_a_file_cut_short_is_incomplete(honest: Path, tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.mnemo"
    path.write_bytes(honest.read_bytes()[:-cut])
    report = mnemoscope.verify(path)
    assert (report["verdict"], report["ok"]) == ("incomplete", False)
    assert report["incomplete"]


def test_a_file_cut_before_its_index_is_incomplete(honest: Path, tmp_path: Path) -> None:
    """Every block is whole and the end is told; the index that closes it is not there."""
    data = honest.read_bytes()
    path = tmp_path / "a.mnemo"
    path.write_bytes(data[: int.from_bytes(data[-8:], "little")])
    report = mnemoscope.verify(path)
    assert report["verdict"] == "incomplete"
    assert report["incomplete"] == ["the index at its end is missing"]


def test_an_end_that_promises_more_steps_than_there_are_is_incomplete(honest: Path, tmp_path: Path) -> None:
    """The last chunk left out, all hashes made again."""
    report = mnemoscope.verify(Contents(honest).save(tmp_path / "a.mnemo", steps=64))
    assert report["verdict"] == "incomplete"
    assert len(report["incomplete"]) == len(MODELS)
    assert report["incomplete"][0].startswith("lstm has 64 of ")


def test_the_shipped_recordings_come_again_from_their_weights() -> None:
    """Made by an earlier version, whose DNC chose between free slots by rounding."""
    path = Path(mnemoscope.__file__).parent / "gallery" / "odd-beat.mnemo"
    report = mnemoscope.verify(path, with_weights=True)
    assert report["verdict"] == "whole"
    assert report["recording_hash"]["agrees"] is None or report["recording_hash"]["agrees"]


def writable(view: np.ndarray) -> np.ndarray:
    assert view.flags.writeable
    return view
