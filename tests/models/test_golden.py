"""The golden files that vitest reads too: this reader agrees with them, and the script that made them still makes them."""

import importlib.util
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnemoscope.recording import Recording

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED: dict[str, Any] = json.loads((GOLDEN / "memories.expected.json").read_text(encoding="utf-8"))
BANKS = [(m, b) for m, banks in EXPECTED["models"].items() for b in banks]


@pytest.fixture(scope="module")
def rec() -> Recording:
    return Recording.open(GOLDEN / "memories.mnemo")


@pytest.mark.parametrize(("model", "bank"), BANKS, ids=["-".join(pair) for pair in BANKS])
def test_states_and_shares_are_the_golden_ones(rec: Recording, model: str, bank: str) -> None:
    view, tolerance = rec[model], EXPECTED["tolerance"]
    for name, steps in EXPECTED["models"][model][bank].items():
        for key, wanted in steps.items():
            t, rows = int(key), range(len(wanted))
            got = {
                "shares": lambda t=t, rows=rows: [view.shares(t, h, bank) for h in rows],
                "write_shares": lambda t=t, rows=rows: [view.shares(t, h, bank, write=True) for h in rows],
                "slot_origins": lambda t=t, rows=rows: [view.slot_origins(i, t, bank) for i in rows],
                "attention": lambda t=t, rows=rows: [view.attention(t, h, bank) for h in rows],
            }.get(name, lambda t=t, name=name: view.array(name, bank)[t])()
            np.testing.assert_allclose(np.array(got), np.array(wanted), atol=tolerance, err_msg=f"{name} at step {t}")


def test_the_raw_messages_are_those_of_the_file(rec: Recording) -> None:
    messages = b"".join(rec.messages(n) for n in range(rec.chunks))
    assert (GOLDEN / "memories.messages.bin").read_bytes() == messages
    assert json.loads((GOLDEN / "memories.manifest.json").read_text(encoding="utf-8")) == rec.manifest


def test_making_the_golden_files_again_gives_the_same(tmp_path: Path) -> None:
    """Same manifest, messages and expectations; the compressed file may differ between zstd versions, its content not."""
    spec = importlib.util.spec_from_file_location("make_golden", GOLDEN / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build(tmp_path)
    again = json.loads((tmp_path / "memories.manifest.json").read_text(encoding="utf-8"))
    before = json.loads((GOLDEN / "memories.manifest.json").read_text(encoding="utf-8"))
    # exp and tanh may differ in the last bit between processors, so numbers are compared, not hashes
    assert again | {"content_hash": None} == before | {"content_hash": None}
    for (head, numbers), (old_head, old_numbers) in zip(messages(tmp_path), messages(GOLDEN), strict=True):
        assert head == old_head
        np.testing.assert_allclose(numbers, old_numbers, rtol=1e-6, atol=1e-7)
    expected = json.loads((tmp_path / "memories.expected.json").read_text(encoding="utf-8"))
    for model, bank in BANKS:
        for name, steps in EXPECTED["models"][model][bank].items():
            for t, wanted in steps.items():
                np.testing.assert_allclose(np.array(expected["models"][model][bank][name][t]), wanted, atol=3e-6)


def messages(folder: Path) -> list[tuple[tuple[int, ...], np.ndarray]]:
    data, at, out = (folder / "memories.messages.bin").read_bytes(), 0, []
    while at < len(data):
        head = struct.unpack_from("<HHIII", data, at)
        out.append((head, np.frombuffer(data, "<f4", head[4] // 4, at + 16)))
        at += 16 + head[4]
    return out
