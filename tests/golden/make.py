"""Makes the golden recordings that pytest and vitest both read: `python -m tests.golden.make [FOLDER]`.

`memories` (memories.py): five small models (NTM, two DNCs, LSTM, Transformer); `kinds` (kinds.py): the other kinds and flags
of banks; one each for paradigms that came later (singles.py). Each axis has another size, 132 steps (three keyframes). The logs are random but valid; the expected states and
shares are computed there in float64 by the *forward* recursion, which carries what is left of every single write (reference
form `K[s] ⊙= decay`), so they are independent of the readers, which use keyframes and the backward recursion. What is drawn
at random is rounded to binary fractions (draws.py), and little but +, −, ×, ÷, √, exp and tanh goes in, so that machines
differ in the last bit at most.

    NAME.mnemo           the file
    NAME.manifest.json   its manifest, as the server would send it
    NAME.messages.bin    the wire messages of all chunks, one after another (no compression)
    NAME.expected.json   states and shares at a few steps; index 0 of a share row is the initial content

`models.MODEL.BANK.NAME.STEP` of an expected file, where not the derived array of that name at that step:

    shares, write_shares   a row [step + 2] per head
    shares_of_all_heads    one row [step + 2]: shares in the reads of all heads side by side
    slot_origins           a row [step + 2] per slot; the whole state of a cell or recurrent bank is its one slot
    unit_origins           a row [step + 2] per unit of a cell or recurrent state
    attention              a row [step + 1] per head
    held                   [step + 1]: how much is still held of the write of each step so far (held.py, docs/format.md)
    overwritten, freed,    [step + 1]: what that step took of the write of each step so far, by mechanism; only those of the
    faded                  kind of the bank
    write_norm             one number: ‖A‖, how much that step itself wrote
    occupancy              one number: how full the bank is; the run is planned to have `steps` steps
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mnemoscope.format.layout import BankSpec, FrameLayout, pack
from mnemoscope.reading.recording import Recording, RecordingWriter
from tests.golden.draws import EVERY, SEED, SHOWN, STEPS, TOLERANCE, Draw, Log, Models
from tests.golden.entries import LEFT_OUT, entry
from tests.golden.kinds import KINDS, expect_kind
from tests.golden.memories import expect_memory, memories
from tests.golden.singles import SINGLES

Expect = Callable[[BankSpec, Log, Log, dict[Any, np.ndarray]], dict[str, Any]]


def common(draw: Draw) -> dict[tuple[str | None, str], np.ndarray]:
    """What every model records; all models see the same episode."""
    value = draw.signed(1)
    inputs = np.concatenate([value, np.zeros((STEPS, 2))], 1)
    inputs[40:64, 1], inputs[94:118, 2] = 1, 1
    inputs[94:118, 0] = 0
    targets, mask = np.zeros((STEPS, 1)), np.zeros((STEPS, 1))
    targets[94:118], mask[94:118] = value[40:64], 1
    return {(None, "inputs"): inputs, (None, "targets"): targets, (None, "mask"): mask}


def build(folder: Path) -> None:
    """All recordings."""
    save(folder, "memories", "Golden: five memories", memories(), expect_memory)
    save(folder, "kinds", "Golden: other kinds of banks", {name: make() for name, make in KINDS.items()}, expect_kind)
    for name, make in SINGLES.items():
        model = make()
        save(folder, name, f"Golden: {model[0]}", {name: model}, expect_kind)


def save(folder: Path, name: str, title: str, models: Models, expect: Expect) -> None:
    """Run, record and write one recording with what a reader must find in it."""
    entries, payloads, keyframes, expected = [], [], [], {}
    for number, (ident, (label, paradigm, glyph, (banks, logs, initial))) in enumerate(models.items()):
        draw = Draw(100 + number)
        arrays = common(Draw(99)) | {(None, "outputs"): draw.signed(1), (None, "output_memory"): draw.signed(1)}
        layout: list[Any] = [
            (None, "inputs", "input", ("feature",), (3,)),
            (None, "targets", "target", ("output",), (1,)),
            (None, "mask", "mask", ("output",), (1,)),
            (None, "outputs", "output", ("output",), (1,)),
            (None, "output_memory", "output", ("output",), (1,)),
        ]
        key_layout, key_arrays = [], {}
        expected[ident] = {}
        for bank in banks:
            log = logs[bank.name]
            expected[ident][bank.name] = expect(bank, log, initial.get(bank.name, {}), key_arrays)
            key_layout += [entry(bank, name, value.shape) for name, value in initial.get(bank.name, {}).items()]
            recorded = {name: array for name, array in log.items() if name not in LEFT_OUT.get(ident, ())}
            layout += [entry(bank, name, array.shape[1:]) for name, array in recorded.items()]
            arrays |= {(bank.name, name): array for name, array in recorded.items()}
        frame, keyframe = FrameLayout.of(layout), FrameLayout.of(key_layout)
        payloads.append(pack(frame, arrays))
        keyframes.append(pack(keyframe, key_arrays))
        entries.append(
            {
                "id": ident,
                "label": label,
                "paradigm": paradigm,
                "glyph": glyph,
                "task": "signal-recall",
                "checkpoint": None,
                "config": {},
                "parameters": 0,
                "device": "cpu",
                "dtype": "float32",
                "versions": {"mnemoscope": "0.1.0"},
                "banks": [bank.to_json() for bank in banks],
                "frame": frame.to_json(),
                "keyframe": keyframe.to_json(),
            }
        )
    manifest = {
        "format": "mnemoscope-recording",
        "version": 1,
        "id": f"golden-{name}-000000000"[:22],
        "title": title,
        "created": "2026-11-21T00:00:00Z",
        "seed": SEED,
        "status": "running",
        "steps": STEPS,
        "keyframe_every": EVERY,
        "task": {
            "name": "signal-recall",
            "params": {"segment": 24, "delay": 30},
            "events": [
                {"step": 40, "until": 64, "kind": "store", "label": "store"},
                {"step": 94, "until": 118, "kind": "recall", "label": "recall"},
            ],
        },
        "signal": {
            "name": "golden.csv",
            "channel": "value",
            "unit": "mV",
            "sample_rate": 36.0,
            "source": {},
            "scaling": {"method": "zscore", "offset": 0.125, "scale": 0.5},
        },
        "models": entries,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.mnemo"
    with RecordingWriter(path, manifest, overwrite=True) as writer:
        for first in range(0, STEPS, EVERY):
            for stream, model in enumerate(entries):
                size, key_size = model["frame"]["bytes"], model["keyframe"]["bytes"]
                if key_size:
                    k = first // EVERY
                    writer.keyframe(stream, first, keyframes[stream][k * key_size : (k + 1) * key_size])
                writer.frames(stream, first, payloads[stream][first * size : (first + EVERY) * size])
        writer.finish("ended")
    with Recording.open(path) as rec:
        messages = b"".join(rec.messages(n) for n in range(rec.chunks))
        text = json.dumps(rec.manifest, separators=(",", ":"), ensure_ascii=False)
    (folder / f"{name}.messages.bin").write_bytes(messages)
    (folder / f"{name}.manifest.json").write_text(text + "\n", encoding="utf-8")
    body = {"recording": name, "steps": STEPS, "shown": SHOWN, "tolerance": TOLERANCE, "models": expected}
    (folder / f"{name}.expected.json").write_text(json.dumps(body, separators=(",", ":")) + "\n", encoding="utf-8")


def renew(folder: Path) -> None:
    """Write what is to be found anew, and recordings that are not there yet: one that is there was written by version 1 and stays."""
    with TemporaryDirectory() as made:
        build(Path(made))
        for path in Path(made).iterdir():
            if path.name.endswith(".expected.json") or not (folder / path.name).exists():
                shutil.copyfile(path, folder / path.name)


if __name__ == "__main__":
    renew(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
