"""Run the models of a recording again, from the inputs and the weights that it names, and hold the result against it.

What a model answered follows from nothing else in its log, so this is what proves its outputs, and the gates that leave no trace
in the memory. Needs torch and the checkpoints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnemoscope.checkpoints import store
from mnemoscope.errors import CheckpointError, RecordingError, UnknownModel
from mnemoscope.format.layout import BESIDE, FrameLayout, TensorSpec, unpack
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.reading.bank_checks import MIN_SCALE, Worst
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.view import ModelView
from mnemoscope.running.stepper import Stepper
from mnemoscope.running.stream import NotFinite, Packet
from mnemoscope.tasks import Episode

TOLERANCE = 1e-3
"""Largest error by the largest number of a tensor. The same machine computes every bit again; others round elsewhere, and a
memory carries that on."""

SLOTS = ("slot", "from_slot")
STATED = ("paradigm", "task", "config", "parameters", "banks", "frame", "keyframe")
"""What the manifest says of a model and its weights say too."""


@dataclass
class Rebuilt:
    """One model run again. Errors are relative to the largest number of the tensor."""

    model: str
    checkpoint: str
    outputs: Worst = field(default_factory=Worst)
    frames: Worst = field(default_factory=Worst)
    keyframes: Worst = field(default_factory=Worst)
    contradicted: list[str] = field(default_factory=list[str])
    """Keys of the manifest's entry that the weights contradict."""
    renumbered: bool = False
    """Some tensors agree only when slots may trade places: rounding chose other slots for the same content."""

    earlier: bool = False
    """It agrees with the step as earlier versions of this program computed it."""

    @property
    def agrees(self) -> bool:
        return all(worst.error <= TOLERANCE for worst in (self.outputs, self.frames, self.keyframes))

    @property
    def ok(self) -> bool:
        return self.agrees and not self.contradicted

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "checkpoint": self.checkpoint,
            "ok": self.ok,
            "outputs": self.outputs.to_json(),
            "frames": self.frames.to_json(),
            "keyframes": self.keyframes.to_json(),
            "contradicted": self.contradicted,
            "renumbered": self.renumbered,
            "earlier": self.earlier,
        }


def verify_with_weights(
    rec: Recording, report: dict[str, Any], *, progress: Callable[[int], object] | None = None
) -> dict[str, Any]:
    """The report of `reading.verify.verify` with `rebuilt`, an entry a model, and the verdict that follows.

    progress(n): steps run since the last call. Raises CheckpointError where a model's weights are not named, not there or others,
    RecordingError for an excerpt that does not begin with the run.
    """
    found = [rebuild(rec, model, progress=progress).to_json() for model in rec]
    if not all(entry["ok"] for entry in found):
        report = report | {"verdict": "wrong", "ok": False}
    return report | {"rebuild_tolerance": TOLERANCE, "rebuilt": found}


def rebuild(rec: Recording, model: str, *, progress: Callable[[int], object] | None = None) -> Rebuilt:
    """Run one model of a recording again, on the CPU. Raises as `verify_with_weights`.

    Where that leads elsewhere, and earlier versions of this program computed the model's step otherwise (`MemoryModel.earlier`), it is
    run their way too.
    """
    excerpt = rec.manifest.get("excerpt")
    if excerpt and excerpt["first"]:
        raise RecordingError(
            f"This is a copy from step {excerpt['first']} on: what a model knew before is not in it, so it cannot be run again. "
            "Verify the original."
        )
    view, entry = rec[model], rec.manifest["models"][rec.models.index(model)]
    loaded = _weights(model, entry)
    out = Rebuilt(model, loaded.name)
    if not view.steps:
        return out
    inputs, targets, mask = (view.array(name) for name in ("inputs", "targets", "mask"))
    beside = view.array(BESIDE) if (None, BESIDE) in view else None
    named: dict[str, Any] = entry.get("engine") or {}
    made_by = "auto" if named.get("kind") == "wasm" else "torch"
    stepper = Stepper(loaded, Episode(loaded.task, {}, inputs, targets, mask[:, 0], beside=beside), engine=made_by)
    made = stepper.manifest_entry()
    out.contradicted = [key for key in STATED if made[key] != entry.get(key)]
    if {"banks", "frame", "keyframe"} & {*out.contradicted}:
        return out
    _compare(out, view, stepper, progress or (lambda _: None))
    earlier = loaded.model.earlier()
    if out.agrees or earlier is None:
        return out
    again = Rebuilt(model, loaded.name, contradicted=out.contradicted, earlier=True)
    _compare(again, view, Stepper(replace(loaded, model=earlier), stepper.episode, engine="torch"), lambda _: None)
    return again if again.agrees else out


def _weights(model: str, entry: dict[str, Any]) -> store.LoadedModel:
    """The checkpoint that an entry of the manifest names."""
    named = entry.get("checkpoint")
    if named is None:
        raise CheckpointError(f"Model {model} of this recording names no checkpoint; it cannot be run again.")
    name, sha256 = named["name"], named["sha256"]
    try:
        loaded = store.load(name)
    except UnknownModel as error:
        raise CheckpointError(
            f"Model {model} was run with the checkpoint {name}, which is not here; set MNEMOSCOPE_CHECKPOINTS to the folder "
            f"that holds it. ({error})"
        ) from error
    if loaded.sha256 != sha256:
        raise CheckpointError(
            f"Model {model} was run with a checkpoint {name} of sha256 {sha256[:12]}…, the one here has {loaded.sha256[:12]}…; "
            "set MNEMOSCOPE_CHECKPOINTS to the folder that holds the right one."
        )
    return loaded


def _compare(out: Rebuilt, view: ModelView, stepper: Stepper, tick: Callable[[int], object]) -> None:
    """Frames and keyframes, chunk by chunk."""
    while stepper.done < view.steps:
        first = stepper.done
        try:
            packets = stepper.advance(min(KEYFRAME_EVERY, view.steps - first))
        except NotFinite as error:  # where the recording has a number
            packets = error.packets
            out.outputs.add(np.full(1, np.inf), error.step, error.tensor)
        for packet in packets:
            if packet.kind == "frames":
                _hold(out, stepper.layout, packet, view.frame_bytes(packet.first, packet.count), of_keyframe=False)
                continue
            stored = view.keyframe_bytes(packet.first // KEYFRAME_EVERY)
            if stored is not None:
                _hold(out, stepper.keyframe_layout, packet, stored, of_keyframe=True)
        if stepper.done == first:
            return
        tick(stepper.done - first)


def _hold(out: Rebuilt, layout: FrameLayout, packet: Packet, stored: bytes, *, of_keyframe: bool) -> None:
    """One packet against what is stored of the same steps."""
    made, found = unpack(layout, packet.payload), unpack(layout, stored)
    for spec in layout.tensors:
        if spec.key == (None, BESIDE):  # no model made it, and where nothing was measured it is NaN
            continue
        new, old = made[spec.key].astype(np.float64), found[spec.key].astype(np.float64)
        errors = _relative(new, old)
        if errors.max(initial=0.0) > TOLERANCE and any(axis in SLOTS for axis in spec.axes):
            sorted_errors = _relative(_without_order(spec, new), _without_order(spec, old))
            if sorted_errors.max(initial=0.0) <= TOLERANCE:
                errors, out.renumbered = sorted_errors, True
        worst = out.keyframes if of_keyframe else out.outputs if spec.key == (None, "outputs") else out.frames
        worst.add(errors, packet.first, spec.name)


def _relative(new: NDArray[Any], old: NDArray[Any]) -> NDArray[Any]:
    return np.abs(new - old) / max(MIN_SCALE, float(np.abs(new).max(initial=0.0)))


def _without_order(spec: TensorSpec, array: NDArray[Any]) -> NDArray[Any]:
    """[step, …] with the numbers of all slots in ascending order, whichever slot holds which."""
    slots = [axis for axis, name in enumerate(spec.axes, 1) if name in SLOTS]
    moved = np.moveaxis(array, slots, range(-len(slots), 0))
    return np.sort(moved.reshape(*moved.shape[: -len(slots)], -1), axis=-1)
