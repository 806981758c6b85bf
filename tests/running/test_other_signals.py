"""One sentence about the same models on other signals, and only where they were measured at this segment and delay."""

from typing import Any

import pytest

import mnemoscope
from mnemoscope.running import gallery
from mnemoscope.running import other_signals as at
from mnemoscope.running.other_signals import elsewhere

BANDS = {"lstm": (0.10, 0.20), "ntm": (0.01, 0.03), "dnc": (0.02, 0.04)}


def measured(bands: dict[str, tuple[float, float]], **other: Any) -> dict[str, Any]:
    row = {"view": "behaviour", "segment": 24, "delay": 30, "n": 48} | other
    return {
        "rows": [
            row | {"checkpoint": f"{name}-signal-recall,seed", "error": (low + high) / 2, "low": low, "high": high}
            for name, (low, high) in bands.items()
        ]
    }


def run(
    *models: str, delay: int = 30, n: int = 1, task: str = "signal-recall"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A verdict that ranks the models in this order, and the manifest of its recording."""
    verdict = {
        "n": n,
        "store": (20, 44),
        "recall": (44 + delay, 68 + delay),
        "ranking": [{"model": f"id-{name}", "label": name.upper()} for name in models],
    }
    listed = [{"id": f"id-{name}", "checkpoint": {"name": f"{name}-signal-recall"}} for name in models]
    return verdict, {"task": {"name": task}, "models": listed}


@pytest.mark.parametrize(
    ("bands", "says"),
    [
        (BANDS, "On 48 other signals DNC and NTM are level."),
        (BANDS | {"ntm": (0.05, 0.06)}, "On 48 other signals DNC leads too."),
        (BANDS | {"ntm": (0.001, 0.002)}, "On 48 other signals NTM leads."),
        (BANDS | {"lstm": (0.03, 0.20)}, "On 48 other signals DNC, NTM and LSTM are level."),
    ],
)
def test_one_leads_where_its_band_lies_apart(
    monkeypatch: pytest.MonkeyPatch, bands: dict[str, tuple[float, float]], says: str
) -> None:
    monkeypatch.setattr(at, "standing", lambda: measured(bands))
    assert elsewhere(*run("dnc", "ntm", "lstm")) == {"text": says, "delay": 30, "n": 48}


def test_nothing_is_said_of_what_was_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at, "standing", lambda: measured(BANDS))
    assert elsewhere(*run("dnc", "ntm")) is not None
    for other in (
        run("dnc", "ntm", delay=31),
        run("dnc", "ntm", n=3),
        run("dnc", "ntm", task="copy"),
        run("dnc", "ntm", "own"),
        run("dnc"),
    ):
        assert elsewhere(*other) is None
    verdict, manifest = run("dnc", "ntm")
    manifest["models"][1]["checkpoint"] = None
    assert elsewhere(verdict, manifest) is None
    assert elsewhere(verdict | {"recall": None}, run("dnc", "ntm")[1]) is None
    monkeypatch.setattr(at, "standing", lambda: measured(BANDS, segment=16))
    assert elsewhere(*run("dnc", "ntm")) is None
    monkeypatch.setattr(at, "standing", lambda: measured(BANDS, view="held"))
    assert elsewhere(*run("dnc", "ntm")) is None


def test_of_the_recording_that_ships() -> None:
    with mnemoscope.open(gallery.FOLDER / "odd-beat.mnemo") as recording:
        found = elsewhere(mnemoscope.verdict(recording), recording.manifest)
    assert found is not None
    assert found["text"].startswith("On 48 other signals ")
