"""What `mnemoscope` promises to others: the names of `__all__`, each found, documented, and doing what README shows."""

import gc
import inspect
import re
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pytest

import mnemoscope
from mnemoscope.errors import MnemoscopeError, RecordingError, SignalError
from tests import ROOT


@pytest.mark.parametrize("name", mnemoscope.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(mnemoscope, name)
    assert name in dir(mnemoscope)
    if name != "__version__":
        assert len(inspect.getdoc(found) or "") > 20
    if inspect.isfunction(found) and name.islower():
        assert "Raises" in inspect.getdoc(found) or not name.startswith(
            ("open", "record", "verify", "load", "evaluate")
        )


def test_names_that_are_not_public_are_not_found() -> None:
    with pytest.raises(AttributeError, match="no attribute 'pandas'"):
        mnemoscope.pandas


def test_the_version_is_the_projects() -> None:
    """An installed checkout says what pyproject.toml says."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert mnemoscope.__version__ in (settings["project"]["version"], "0+source")


def test_the_example_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(compile(example, "README.md", "exec"), names)
    with names["rec"] as rec, mnemoscope.open("run.mnemo") as again:
        assert rec.models == again.models == ["lstm", "dnc"]
        assert again["dnc"].memory(214).ndim == 2
        assert again["dnc"].shares(214, head=0).sum() == pytest.approx(1, abs=1e-5)
        assert len(again["dnc"].shares(214, head=0)) == 216


def test_numbers_are_recorded_without_a_file_of_ones_own() -> None:
    """The temporary recording goes with the object that reads it."""
    rec = mnemoscope.record("gru", np.sin(np.arange(120) / 9), title="a sine", device="cpu")
    folder = rec.path.parent
    assert (rec.steps, rec.manifest["title"]) == (120, "a sine")
    assert rec.manifest["signal"]["source"]["given"] == "array"
    inputs = rec["gru"].array("inputs")[:, 0]
    scaling = rec.manifest["signal"]["scaling"]
    raw = inputs * scaling["scale"] + scaling["offset"]
    store = rec["gru"].array("inputs")[:, 2] == 0  # during the replay the value is hidden
    np.testing.assert_allclose(raw[store], np.sin(np.arange(120) / 9)[store], atol=1e-6)
    assert mnemoscope.verify(rec)["ok"]
    rec.close()
    del rec
    gc.collect()  # a recording and the views of its models know each other
    assert not folder.exists()


def test_a_series_from_a_file_is_recorded_and_what_was_left_out_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    rows = [f"{i},{np.sin(i / 7):.6f},{np.cos(i / 5):.6f}" for i in range(200)]
    file.write_text("\n".join(["row,first,second", *rows]) + "\n")
    series = mnemoscope.load_series(str(file), channel="second", sample_rate=10)
    assert (series.name, series.sample_rate, len(series)) == ("second", 10, 200)
    with pytest.warns(UserWarning, match="the first 120 of 200 rows are used"):
        rec = mnemoscope.record(["gru"], file, channel="second", steps=120, out=tmp_path / "a.mnemo", device="cpu")
    with rec:
        assert rec.manifest["signal"]["channel"] == "second"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        again = mnemoscope.record(["gru"], series, steps=120, out=str(tmp_path / "b.mnemo"), device="cpu")
    with again, mnemoscope.open(tmp_path / "a.mnemo") as rec:
        np.testing.assert_array_equal(again["gru"].array("inputs"), rec["gru"].array("inputs"))
    with mnemoscope.open(str(tmp_path / "b.mnemo")) as rec:
        assert mnemoscope.to_csv(rec, str(tmp_path / "b.csv")) == tmp_path / "b.csv"


@pytest.mark.parametrize(
    ("signal", "further", "message"),
    [
        (None, {"sample_rate": 3.0}, "sample_rate can only be used with a file or a series"),
        ("gone.csv", {}, "no generator and no file 'gone.csv'"),
        ([[1.0, 2.0]], {}, r"one number a step.*\[1, 2\]"),
        (["a", "b"], {}, "a signal is numbers"),
        ([1.0, 2.0], {"params": {"cycles": 3.0}}, "params are of a generator"),
    ],
)
def test_what_cannot_be_recorded_says_why(signal: object, further: dict, message: str) -> None:
    with pytest.raises(SignalError, match=message):
        mnemoscope.record("gru", signal, device="cpu", **further)


def test_every_file_is_named_by_text_or_path(tmp_path: Path) -> None:
    """`str` and `Path` mean the same wherever a public function takes a file."""
    for path in (tmp_path / "none.mnemo", str(tmp_path / "none.mnemo")):
        with pytest.raises(RecordingError, match="Cannot open the recording"):
            mnemoscope.open(path)
        with pytest.raises(RecordingError, match="Cannot open the recording"):
            mnemoscope.verify(path)
        with pytest.raises(MnemoscopeError, match="cannot open none"):
            mnemoscope.load_series(path)


def test_evaluate_measures_a_checkpoint_under_every_condition() -> None:
    rows = mnemoscope.evaluate(["gru-copy"] if "gru-copy" in mnemoscope.model_names() else ["lstm-copy"], sequences=2)
    assert len({row["condition"] for row in rows}) == len(rows) > 1
    assert {row["task"] for row in rows} == {"copy"}
    assert all(np.isfinite(row["value"]) for row in rows)
