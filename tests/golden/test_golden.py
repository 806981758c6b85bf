"""The golden files that vitest reads too: this reader agrees with them, and the script that made them still makes them."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnemoscope.kinds import MECHANISMS
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.segment import taking
from mnemoscope.reading.verify import verify
from mnemoscope.signals.clock import rate_in_words
from tests.golden import make

GOLDEN = Path(make.__file__).parent
NAMES = sorted(path.name.removesuffix(".manifest.json") for path in GOLDEN.glob("*.manifest.json"))
EXPECTED: dict[str, Any] = {
    name: json.loads((GOLDEN / f"{name}.expected.json").read_text(encoding="utf-8")) for name in NAMES
}
BANKS = [(name, m, b) for name in NAMES for m, banks in EXPECTED[name]["models"].items() for b in banks]


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    return {name: Recording.open(GOLDEN / f"{name}.mnemo") for name in NAMES}


@pytest.mark.parametrize("case", json.loads((GOLDEN / "taking.json").read_text()), ids=lambda case: case["name"])
def test_a_loss_is_dated_as_on_the_page(case: dict[str, Any]) -> None:
    found = taking(np.array(case["lost"], dtype=float))
    assert found is not None
    assert (found.first, found.last) == (case["first"], case["last"])
    assert found.share == pytest.approx(case["share"])


@pytest.mark.parametrize("case", json.loads((GOLDEN / "rates.json").read_text()), ids=lambda case: case["words"])
def test_a_rate_is_said_as_on_the_page(case: dict[str, Any]) -> None:
    assert rate_in_words(case["hz"]) == case["words"]


@pytest.mark.parametrize(("name", "model", "bank"), BANKS, ids=["-".join(entry) for entry in BANKS])
def test_states_and_shares_are_the_golden_ones(
    recordings: dict[str, Recording], name: str, model: str, bank: str
) -> None:
    view, tolerance = recordings[name][model], EXPECTED[name]["tolerance"]
    for array, steps in EXPECTED[name]["models"][model][bank].items():
        for key, wanted in steps.items():
            t, rows = int(key), range(len(wanted))
            got = {
                "shares": lambda t=t, rows=rows: [view.shares(t, h, bank) for h in rows],
                "write_shares": lambda t=t, rows=rows: [view.shares(t, h, bank, write=True) for h in rows],
                "slot_origins": lambda t=t, rows=rows: [view.slot_origins(i, t, bank) for i in rows],
                "shares_of_all_heads": lambda t=t: [view.shares(t, None, bank)],
                "unit_origins": lambda t=t, rows=rows: [view.slot_origins(0, t, bank, unit=i) for i in rows],
                "held": lambda t=t: view.held_row(t, bank),
                **{
                    name: lambda t=t, name=name: view.losses(range(t + 1), t + 1, bank)[name][:, t]
                    for name in MECHANISMS
                },
                "write_norm": lambda t=t: [view.write_norm(t, bank)],
                "occupancy": lambda t=t: [view.occupancy(t, bank)],
                "attention": lambda t=t, rows=rows: [view.attention(t, h, bank) for h in rows],
            }.get(array, lambda t=t, array=array: view.array(array, bank)[t])()
            np.testing.assert_allclose(np.array(got), np.array(wanted), atol=tolerance, err_msg=f"{array} at step {t}")


@pytest.mark.parametrize("name", NAMES)
def test_the_raw_messages_are_those_of_the_file(recordings: dict[str, Recording], name: str) -> None:
    rec = recordings[name]
    messages = b"".join(rec.messages(n) for n in range(rec.chunks))
    assert (GOLDEN / f"{name}.messages.bin").read_bytes() == messages
    assert json.loads((GOLDEN / f"{name}.manifest.json").read_text(encoding="utf-8")) == rec.manifest
    assert verify(rec)["ok"]


def test_making_the_golden_files_again_gives_the_same(tmp_path: Path) -> None:
    """Same manifest, messages and expectations; the compressed file may differ between zstd versions, its content not."""
    make.build(tmp_path)
    for name in NAMES:
        again = json.loads((tmp_path / f"{name}.manifest.json").read_text(encoding="utf-8"))
        before = json.loads((GOLDEN / f"{name}.manifest.json").read_text(encoding="utf-8"))
        # exp and tanh may differ in the last bit between processors, so numbers are compared, not hashes
        unknown = {"content_hash": None, "recording_hash": None}  # the second is younger than the golden files
        assert again | unknown == before | unknown
        for (head, numbers), (old_head, old) in zip(messages(tmp_path, name), messages(GOLDEN, name), strict=True):
            assert head == old_head
            np.testing.assert_allclose(numbers, old, rtol=1e-5, atol=1e-6)
        expected = json.loads((tmp_path / f"{name}.expected.json").read_text(encoding="utf-8"))
        for model, banks in EXPECTED[name]["models"].items():
            for bank, arrays in banks.items():
                for array, steps in arrays.items():
                    for t, wanted in steps.items():
                        got = np.array(expected["models"][model][bank][array][t])
                        np.testing.assert_allclose(got, wanted, atol=3e-6)


def messages(folder: Path, name: str) -> list[tuple[tuple[int, ...], np.ndarray]]:
    data, at, out = (folder / f"{name}.messages.bin").read_bytes(), 0, []
    while at < len(data):
        head = struct.unpack_from("<HHIII", data, at)
        out.append((head, np.frombuffer(data, "<f4", head[4] // 4, at + 16)))
        at += 16 + head[4]
    return out
