"""The engine of a worker: our models on torch. Only this, bridge_engine and retention_engine import torch in the server."""

import logging
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, cast

import torch

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import MnemoscopeError, Unsupported
from mnemoscope.measuring import lenses
from mnemoscope.measuring.verdict import judge
from mnemoscope.reading.recording import Recording
from mnemoscope.running import packed, record
from mnemoscope.running.seats import Seats
from mnemoscope.running.stepper import Stepper
from mnemoscope.running.stream import Packet
from mnemoscope_server.workers import bridge_engine, retention_engine
from mnemoscope_server.workers.protocol import (
    Blank,
    Compare,
    Judge,
    Measured,
    Open,
    Pack,
    Prepared,
    Question,
    Remember,
    Stream,
)

log = logging.getLogger("mnemoscope.engine")

MEASURED_STEPS = 96
MEASURED_SECONDS = 0.3


class TorchEngine:
    """Loads checkpoints once and runs them; one torch thread, since a second does not help steps of batch 1."""

    def __init__(self, device: str) -> None:
        torch.set_num_threads(1)
        self.device = record.pick_device(device)
        self._loaded: dict[str | Path, LoadedModel] = {}
        self._asked: LoadedModel | None = None
        """The model of the last question. Steps of runs are computed in inference mode, so questions have a copy of their own."""
        self._unmeasured = store.names()
        self.batches = self.device == "cuda"  # on a CPU a run is fastest alone, in the engine
        self._seats: dict[str | Path, Seats | None] = {}

    def prepare(self, order: Open) -> Prepared:
        models = [self._load(name) for name in order.models]
        if order.bridge is not None:
            models.append(bridge_engine.crossed(str(order.models[0]), order.bridge, device=self.device))
        names = [*order.models, *[""] * (len(models) - len(order.models))]  # what was made for this run has no batch
        steppers: list[Stepper] = []
        try:
            for name, model in zip(names, models, strict=True):
                seats = self._seats_of(name, model) if name else None
                steppers.append(Stepper(model, order.episode, device=self.device, seats=seats))
        except BaseException:
            for stepper in steppers:
                stepper.close()
            raise
        manifest = record.manifest_for(
            order.episode,
            steppers,
            recording_id=order.id,
            title=order.title,
            seed=order.seed,
            open_ended=order.growing is not None,
        )
        return Prepared(manifest, [*steppers])

    def advance(self, wishes: Sequence[tuple[Stream, int]]) -> list[list[Packet] | Exception]:
        return Stepper.advance_together([(cast(Stepper, stream), count) for stream, count in wishes])

    def answer(self, question: Question) -> Generator[dict[str, Any] | None, None, dict[str, Any]]:
        if isinstance(question, Compare):
            return (yield from bridge_engine.compared(question.model, question.seed))
        if isinstance(question, Judge):
            with Recording.open(question.path) as recording:
                return (yield from judge.working(recording))
        if isinstance(question, Pack):
            return {"package": packed.packed(question.manifest, question.stream)}
        if isinstance(question, Remember):
            return (yield from retention_engine.measured(question, device=self.device))
        if (
            self._asked is None
            or not lenses.is_model_of(self._asked, question.entry)
            or not store.is_there(self._asked.name)  # a fitted one may have been deleted
        ):
            self._asked = lenses.model_of(question.entry, device=self.device)
        loaded = self._asked
        inputs = torch.tensor(question.inputs, device=self.device)
        if isinstance(question, Blank):
            task, steps = tasks.get(loaded.task), range(question.first, question.last + 1)
            row = yield from lenses.stretch(loaded.model, inputs, steps, values=task.values, bits=task.binary)
        else:
            row = yield from lenses.LENSES[question.lens](loaded.model, inputs, question.step)
        return {"first": row.first, "values": row.values.tolist()}

    def measure(self) -> Measured | None:
        """Milliseconds per recorded step, warmed up; the median of several rounds, since others use this machine too."""
        if not self._unmeasured:
            return None
        name = self._unmeasured.pop(0)
        try:
            loaded = self._load(name)
        except MnemoscopeError as error:  # a run that asks for it gets the error; the others can be measured
            log.warning("checkpoint %s cannot be measured: %s", name, error)
            return self.measure()
        episode = tasks.get(loaded.task).episode(seed=0)
        stepper = Stepper(loaded, episode, device=self.device)
        stepper.advance(8)
        times: list[float] = []
        until = time.perf_counter() + MEASURED_SECONDS
        while len(times) * 8 < MEASURED_STEPS and time.perf_counter() < until:
            if stepper.done + 8 > stepper.steps:
                stepper.reset()
            began = time.perf_counter()
            stepper.advance(8)
            times.append((time.perf_counter() - began) / 8)
        ms = sorted(times)[len(times) // 2] * 1000 if times else float("nan")
        return Measured(name, round(ms, 4), stepper.layout.bytes, stepper.keyframe_layout.bytes)

    def _seats_of(self, name: str | Path, loaded: LoadedModel) -> Seats | None:
        """The batch of a model's runs; None where they are stepped alone."""
        if not self.batches:
            return None
        if name not in self._seats:
            task = tasks.get(loaded.task)
            try:
                self._seats[name] = Seats(loaded.model, task.outputs + 1, binary=task.binary, device=self.device)
            except Unsupported as error:
                log.info("runs of %s are stepped one after the other: %s", name, error)
                self._seats[name] = None
        return self._seats[name]

    def _load(self, name: str | Path) -> LoadedModel:
        if name not in self._loaded:
            self._loaded[name] = store.load(name, device=self.device)
        return self._loaded[name]
