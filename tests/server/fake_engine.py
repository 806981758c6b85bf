"""An engine without torch: streams whose every number is known, some of them slow, wide, failing or deadly."""

import os
import time
from pathlib import Path

import numpy as np

from mnemoscope.errors import CheckpointError
from mnemoscope.format.layout import BankSpec, FrameLayout
from mnemoscope.running.stream import NotFinite, Packet
from mnemoscope_server.workers import protocol
from mnemoscope_server.workers.protocol import Judge, Measured, Open, Prepared

SLOTS, WIDTH, KEYFRAME_EVERY = 4, 3, 64
FAILS_AT = 70


def layouts(task_inputs, task_outputs, extra):
    padding = [(None, "padding", "output", ("feature",), (extra,))] if extra else []
    frame = FrameLayout.of(
        [
            *padding,
            (None, "inputs", "input", ("feature",), (task_inputs,)),
            (None, "targets", "target", ("output",), (task_outputs,)),
            (None, "mask", "mask", ("scored",), (1,)),
            (None, "outputs", "output", ("output",), (task_outputs,)),
            ("memory", "write_weights", "write", ("write_head", "slot"), (1, SLOTS)),
            ("memory", "erase", "erase", ("write_head", "width"), (1, WIDTH)),
            ("memory", "write_vectors", "write", ("write_head", "width"), (1, WIDTH)),
            ("memory", "read_weights", "read", ("read_head", "slot"), (1, SLOTS)),
            ("memory", "read_vectors", "read", ("read_head", "width"), (1, WIDTH)),
        ]
    )
    return frame, FrameLayout.of([("memory", "memory", "state", ("slot", "width"), (SLOTS, WIDTH))])


class FakeStream:
    """Step t's frame is filled with the number t, its keyframe with t too; `computed` counts in a file of its own."""

    cost = {"ms_per_step": 0.125, "floats": 12, "per_step": 0}

    def __init__(self, name, order):
        self.name, self.order, self.done = name, order, 0
        sizes = order.episode.inputs.shape[1], order.episode.targets.shape[1]
        self.frame, self.keyframe = layouts(*sizes, 5000 if name.startswith("wide") else 0)
        self.log = (
            Path(os.environ["FAKE_ENGINE_LOG"]) / f"{order.id}.{name}" if "FAKE_ENGINE_LOG" in os.environ else None
        )
        if self.log:
            self.log.with_name("modules").write_text(protocol.__file__)

    def advance(self, count):
        packets = []
        if self.name.startswith("slow"):
            time.sleep(0.02 * count)
        if self.name.startswith("deadly") and self.done + count > FAILS_AT:
            os._exit(9)
        if self.done % KEYFRAME_EVERY == 0:
            packets.append(Packet("keyframe", self.done, 1, self.filled(self.keyframe.bytes, [self.done])))
        good = max(0, FAILS_AT - self.done) if self.name.startswith("broken") else count
        if min(good, count):
            packets.append(Packet("frames", self.done, min(good, count), self.filled(
                self.frame.bytes, range(self.done, self.done + min(good, count)))))  # fmt: skip
        if good < count:
            raise NotFinite(self.name, FAILS_AT, "outputs", packets)
        self.done += count
        if self.log is not None:
            self.log.write_text(str(self.done))
        return packets

    def close(self):
        pass

    def hear(self, episode, first, until):
        if self.log is not None:
            with self.log.with_suffix(".heard").open("a") as heard:
                heard.writelines(f"{value:.4f}\n" for value in episode.inputs[first:until, 0])

    @staticmethod
    def filled(size, steps):
        return np.repeat(np.array(list(steps), "<f4"), size // 4).tobytes()

    def entry(self, number):
        bank = BankSpec(name="memory", kind="matrix", slots=SLOTS, width=WIDTH, write_heads=1, read_heads=1)
        base, at, moment = self.name.partition("@")
        training = {"training": {"of": base, "update": int(moment), "updates": [int(moment)]}} if at else {}
        return training | {
            "id": self.name.split("-")[0] + (f"@{moment}" if at else f"-{number}" if number else ""),
            "label": f"{base}, {moment} updates" if at else self.name, "paradigm": "ntm",
            "glyph": "ntm", "task": self.order.episode.task, "checkpoint": {"name": self.name, "sha256": "0" * 64},
            "config": {}, "parameters": 1, "device": "cpu", "dtype": "float32", "versions": {},
            "banks": [bank.to_json()], "frame": self.frame.to_json(), "keyframe": self.keyframe.to_json(),
        }  # fmt: skip


class FakeEngine:
    def __init__(self, device):
        self.device, self.batches = "cpu", False
        self.unmeasured = ["fake-signal-recall", "slow-signal-recall"]

    def prepare(self, order: Open) -> Prepared:
        streams = [FakeStream(name, order) for name in order.models]
        manifest = {
            "format": "mnemoscope-recording", "version": 1, "id": order.id, "title": order.title,
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "seed": order.seed, "status": "running",
            "steps": order.episode.steps, "keyframe_every": KEYFRAME_EVERY,
            "task": {"name": order.episode.task, "params": order.episode.params, "events": [e.to_json() for e in order.episode.events]},
            "signal": order.episode.signal, "models": [s.entry(i) for i, s in enumerate(streams)],
        }  # fmt: skip
        if order.growing is not None:
            manifest["open_ended"] = True
        return Prepared(manifest, streams)

    def answer(self, question):
        yield
        raise CheckpointError("the fake engine has no weights")

    def measure(self):
        if not self.unmeasured:
            return None
        return Measured(self.unmeasured.pop(0), 0.125, 96, 48)


VERDICT = {"question": "Who counts best?", "n": 0, "ranking": [], "clauses": []}


class BrokenEngine:
    def __init__(self, device):
        raise RuntimeError("no engine today")


class JudgingEngine(FakeEngine):
    """One that has a verdict on every recording."""

    def answer(self, question):
        if isinstance(question, Judge):
            yield
            return VERDICT
        return (yield from super().answer(question))
