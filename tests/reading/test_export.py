"""What leaves the house: archives without pickle, tables that run nothing, files that are whole or absent."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnemoscope.errors import RecordingError
from mnemoscope.format import manifest
from mnemoscope.reading import export
from mnemoscope.reading.recording import Recording, RecordingWriter
from tests.oracles.random_logs import Made

MADE = Made(steps=70, models=("ntm", "transformer"), seed=8)
SIGNAL = {
    "name": "ecg.csv",
    "unit": "mV",
    "sample_rate": 36.0,
    "scaling": {"method": "zscore", "offset": 0.5, "scale": 2},
}


@pytest.fixture
def rec(tmp_path: Path) -> Recording:
    return Recording.open(MADE.save(tmp_path / "a.mnemo"))


def with_manifest(path: Path, **changes: Any) -> Recording:
    with RecordingWriter(path, MADE.manifest | changes) as writer:
        MADE.write(writer, 0, 70)
        writer.finish("ended")
    return Recording.open(path)


def rows(path: Path) -> list[list[str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_an_archive_holds_every_tensor_and_the_manifest(tmp_path: Path, rec: Recording) -> None:
    with np.load(export.to_npz(rec, tmp_path / "a.npz"), allow_pickle=False) as archive:
        assert json.loads(str(archive["manifest"])) == rec.manifest
        np.testing.assert_array_equal(archive["ntm.memory.erase"], rec["ntm"].array("erase"))
        np.testing.assert_array_equal(archive["transformer.layer0.keys"], rec["transformer"].array("keys", "layer0"))
        assert archive["ntm.inputs"].shape == (70, 3)
        assert len(archive.files) == 1 + sum(len(rec[model].tensors) for model in rec)


def test_a_long_run_leaves_in_parts(tmp_path: Path, rec: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archive and table are the same, byte for byte, in however many parts they are written."""
    whole = [to(rec, tmp_path / "a").read_bytes() for to in (export.to_npz, export.to_csv)]
    monkeypatch.setattr(export, "STRETCH", 11)
    assert [to(rec, tmp_path / "b").read_bytes() for to in (export.to_npz, export.to_csv)] == whole


def test_an_archive_holds_every_kind_of_bank(tmp_path: Path) -> None:
    made = Made(steps=66, models=("rnn", "gru", "delta", "pair"), seed=8)
    with Recording.open(made.save(tmp_path / "k.mnemo")) as rec:
        path = export.to_npz(rec, tmp_path / "k.npz")
    with np.load(path, allow_pickle=False) as archive:
        for (model, bank), log in made.logs.items():
            for name, array in log.items():
                np.testing.assert_array_equal(archive[f"{model}.{bank}.{name}"], array.astype(np.float32))
        banks = json.loads(str(archive["manifest"]))["models"][3]["banks"]
    assert [bank["gated"] for bank in banks] == [True, True]


def test_a_table_has_one_row_a_step(tmp_path: Path, rec: Recording) -> None:
    table = rows(export.to_csv(rec, tmp_path / "a.csv"))
    assert table[0] == ["step", "inputs[0]", "inputs[1]", "inputs[2]", "ntm.outputs", "transformer.outputs"]
    assert len(table) == 71
    np.testing.assert_allclose(float(table[11][4]), rec["ntm"].array("outputs")[10, 0], rtol=1e-8)
    assert any(cell.startswith("-") for row in table[1:] for cell in row)  # numbers stay numbers


def test_the_signal_comes_back_in_its_own_unit_with_seconds(tmp_path: Path) -> None:
    rec = with_manifest(tmp_path / "b.mnemo", signal=SIGNAL)
    table = rows(export.to_csv(rec, tmp_path / "b.csv"))
    assert table[0][:3] == ["step", "seconds", "signal (mV)"]
    assert float(table[37][1]) == pytest.approx(1.0)
    assert float(table[37][2]) == pytest.approx(rec["ntm"].array("inputs")[36, 0] * 2 + 0.5)


@pytest.mark.parametrize("text", ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_texts_that_a_spreadsheet_would_run_are_inert(tmp_path: Path, text: str) -> None:
    """A recording may come from a stranger: its model ids and units become header cells."""
    models = [MADE.manifest["models"][0] | {"id": text}, MADE.manifest["models"][1]]
    rec = with_manifest(tmp_path / "c.mnemo", models=models)
    header = rows(export.to_csv(rec, tmp_path / "c.csv"))[0]
    assert export.inert(text) == "'" + text
    assert not [cell for cell in header if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_nonsense_in_the_signals_facts_is_left_out(tmp_path: Path) -> None:
    facts = SIGNAL | {"sample_rate": "fast", "scaling": {"offset": True, "scale": None}}
    table = rows(export.to_csv(with_manifest(tmp_path / "d.mnemo", signal=facts), tmp_path / "d.csv"))
    assert table[0][:2] == ["step", "inputs[0]"]


@pytest.mark.parametrize("stretch", [512, 20])
def test_a_model_that_stopped_early_leaves_empty_cells(
    tmp_path: Path, stretch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "STRETCH", stretch)
    with RecordingWriter(tmp_path / "e.mnemo", MADE.manifest) as writer:
        sizes = [model["frame"]["bytes"] for model in MADE.manifest["models"]]
        writer.frames(0, 0, MADE.frames[0][: 5 * sizes[0]])
        writer.frames(1, 0, MADE.frames[1])
        writer.meta({"failures": [{"stream": 0, "step": 5, "reason": "not finite"}]})
        writer.finish("ended")
    with Recording.open(tmp_path / "e.mnemo") as rec:
        table = rows(export.to_csv(rec, tmp_path / "e.csv"))
    assert len(table) == 71
    at = table[0].index("ntm.outputs")
    assert table[5][at] != ""
    assert table[6][at] == ""
    assert table[70][table[0].index("transformer.outputs")] != ""


def test_a_page_holds_what_the_viewer_makes(tmp_path: Path, rec: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    mnemoscope_viewer = pytest.importorskip("mnemoscope_viewer")
    monkeypatch.setattr(
        mnemoscope_viewer,
        "parts",
        lambda rec, verdict, engines: iter(
            (
                b"<title>",
                f"{rec.manifest['title']} · {(verdict or {}).get('question')} {[*engines]}".encode(),
                b"</title>",
            )
        ),
        raising=False,
    )
    out = tmp_path / "a.html"
    assert export.to_html(rec, out).read_text(encoding="utf-8") == "<title>A test · None []</title>"
    assert (
        export.to_html(rec, out, verdict={"question": "Who?"}, engines={1: b"x"}).read_text(encoding="utf-8")
        == "<title>A test · Who? [1]</title>"
    )


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, rec: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RecordingError, match=r"Cannot write .*No such file or directory"):
        export.to_csv(rec, tmp_path / "nowhere" / "a.csv")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(RecordingError, match="No space left on device"):
        export.to_npz(rec, tmp_path / "a.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mnemo"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([{"channel": "a", "unit": "mV", "offset": 2}, {"channel": "b", "unit": None}], [("a (mV)", 2.0), ("b", 0.0)]),
        ([7, {"channel": None, "offset": "x"}], [("channel 1", 0.0), ("channel 2", 0.0)]),
        ({"a": 1}, []),
        (None, []),
    ],
)
def test_channels_beside_have_names_whatever_a_file_says(said, found):
    assert manifest.beside({"beside": said}) == found
    assert len(manifest.beside({"beside": said}, 3)) == 3
