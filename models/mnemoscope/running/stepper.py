"""One model on one episode, step by step: what it did as frames and keyframes of a recording.

A `Stepper` advances one model by exactly as many steps as it is asked to; nothing is computed ahead, so paused means that
the next step does not exist yet. The engine runs the steps where it can (recorded_step.py), on a GPU a batch of runs (seats.py); torch's
stay on the device and are copied to the host once a chunk. Which of them it is never changes within a run.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnemoscope import __version__, tasks
from mnemoscope.checkpoints import store
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import CheckpointError
from mnemoscope.format.layout import BESIDE, FrameLayout
from mnemoscope.format.manifest import KEYFRAME_EVERY, moment_label
from mnemoscope.measuring import price
from mnemoscope.models import registry
from mnemoscope.running.recorded_step import EngineName, FastStep, fast_step
from mnemoscope.running.seats import Job, Seat, Seats
from mnemoscope.running.stream import NotFinite, Packet
from mnemoscope.tasks import Episode


class Stepper:
    """One model on one episode."""

    def __init__(
        self,
        loaded: LoadedModel,
        episode: Episode,
        *,
        device: str = "cpu",
        engine: EngineName | None = None,
        seats: Seats | None = None,
    ) -> None:
        """engine: "torch", or "auto" for the fast one where it runs the model; None: as $MNEMOSCOPE_STEP_ENGINE says, or "auto".

        seats: a batch of the same model that this run joins, until `close`. Raises CheckpointError when the model was trained for another task than the episode's.
        """
        if loaded.task != episode.task:
            raise CheckpointError(
                f"{loaded.name} was trained for {loaded.task}, the episode is {episode.task}; choose a checkpoint of that task"
            )
        self.loaded, self.episode, self.device = loaded, episode, device
        self.model = loaded.model
        task = tasks.get(episode.task)
        self._binary = task.binary
        common = [
            (None, "inputs", "input", ("feature",), (task.inputs,)),
            (None, "targets", "target", ("output",), (task.outputs,)),
            (None, "mask", "mask", ("scored",), (1,)),
            (None, "outputs", "output", ("output",), (task.outputs,)),
        ]
        self._entries = self.model.frame_entries()
        further = 0 if episode.beside is None else episode.beside.shape[1]
        # The last, so that a copy without the facts of the signal leaves it out and all else stays where it is.
        shown = [(None, BESIDE, BESIDE, ("channel",), (further,))] if further else []
        self.layout = FrameLayout.of([*common, *self._entries, *shown])
        self.keyframe_layout = FrameLayout.of(self.model.keyframe_entries())
        self._fast: FastStep | Seat | None = (
            seats.take()
            if seats is not None
            else fast_step(self.model, task.outputs + 1, binary=self._binary, device=device, asked=engine)
        )
        self._lay_out(episode)
        self.reset()

    def _lay_out(self, episode: Episode) -> None:
        self.episode = episode
        # A copy: a free run overwrites what it hears.
        self._rows = np.concatenate((episode.inputs, episode.targets, episode.mask[:, None]), 1, dtype=np.float32)
        if self._fast is None:
            self._heard = torch.tensor(self._rows, device=self.device)
        self._free_from = self.steps if episode.feedback is None else max(episode.feedback, 1)

    def hear(self, episode: Episode, first: int, until: int) -> None:
        """Take in what an episode that grows has by now in steps `first … until`, which are still to be run; it may have become longer."""
        if episode is not self.episode:
            self._lay_out(episode)
            return
        new = slice(first, until)
        parts = (episode.inputs[new], episode.targets[new], episode.mask[new, None])
        self._rows[new] = np.concatenate(parts, 1)
        if self._fast is None:
            self._heard[new] = torch.as_tensor(self._rows[new])

    def reset(self) -> None:
        """Back to before the first step, memory blank."""
        self.done, self._seconds, self._floats = 0, 0.0, 0
        self._go_on_from(self.model.initial_state(1), torch.zeros(1, self.model.outputs, device=self.device))

    def _go_on_from(self, state: Any, last: Tensor) -> None:
        """A state of the model, and its last output [1, O]. Both lie in the engine where there is one."""
        if self._fast is not None:
            self._fast.begin(state, last)
        else:
            self._state, self._last = state, last

    def _now(self) -> tuple[Any, Tensor]:
        """State and last output."""
        return (self._state, self._last) if self._fast is None else self._fast.state()

    @property
    def state(self) -> Any:
        """All that the model's next step needs."""
        return self._now()[0]

    def branch(self, episode: Episode) -> Stepper:
        """A run of the same model that goes on from here as another episode does, which up to here must be the same."""
        other = Stepper(self.loaded, episode, device=self.device, engine=self.engine, seats=self.batch)
        other.done, other._floats = self.done, self._floats
        other._go_on_from(*self._now())
        return other

    @property
    def engine(self) -> EngineName:
        """What a run is asked for that is to go on as this one does."""
        return "auto" if isinstance(self._fast, FastStep) else "torch"

    @property
    def batch(self) -> Seats | None:
        """The batch that it has a seat in."""
        return self._fast.seats if isinstance(self._fast, Seat) else None

    def close(self) -> None:
        """No step follows: a seat in a batch is free for another run."""
        if isinstance(self._fast, Seat):
            self._fast.leave()

    @property
    def steps(self) -> int:
        """Steps of the episode."""
        return self.episode.steps

    @property
    def cost(self) -> dict[str, Any] | None:
        """What the steps so far cost, as in the manifest's `costs`; None before the first."""
        if not self.done:
            return None
        now = price.floats_of(self._state) if self._fast is None else self._fast.floats(self.done)
        more = now - self._floats
        milliseconds = round(1000.0 * self._seconds / self.done, 4)
        return {
            "ms_per_step": milliseconds,
            "floats": self._floats,
            "per_step": more // (self.done - 1) if self.done > 1 else 0,
        }

    def advance(self, count: int) -> list[Packet]:
        """Compute the next `count` steps (fewer at the end) -> frames, and a keyframe before every multiple of 64.

        Raises NotFinite (with the packets before it) when an output is NaN or infinite.
        """
        began = time.perf_counter()
        work, table = self._work(count), None
        try:
            while True:
                table = self._run([(self, work.send(table))])[0]
        except StopIteration as end:
            return end.value
        finally:
            self._seconds += time.perf_counter() - began

    @staticmethod
    @torch.inference_mode()
    def advance_together(wishes: Sequence[tuple[Stepper, int]]) -> list[list[Packet] | Exception]:
        """What `advance` of each gives or raises; runs that sit in one batch are stepped as one."""
        began = time.perf_counter()
        found: dict[int, list[Packet] | Exception] = {}
        works = {n: stepper._work(count) for n, (stepper, count) in enumerate(wishes)}
        tables: dict[int, NDArray[np.float32]] = {}
        while works:
            batches: dict[Any, dict[int, int]] = {}
            for n, work in works.items():
                try:
                    count = work.send(tables.get(n))
                except StopIteration as end:
                    found[n] = end.value
                except Exception as error:
                    found[n] = error
                else:
                    batches.setdefault(wishes[n][0].batch or n, {})[n] = count
            for batch in batches.values():
                try:
                    made = Stepper._run([(wishes[n][0], count) for n, count in batch.items()])
                    tables.update(zip(batch, made, strict=True))
                except Exception as error:  # none of them can go on
                    found.update(dict.fromkeys(batch, error))
            works = {n: work for n, work in works.items() if n not in found}
        for stepper, _ in wishes:
            stepper._seconds += (time.perf_counter() - began) / len(wishes)
        return [found[n] for n in range(len(wishes))]

    def _work(self, count: int) -> Generator[int, NDArray[np.float32] | None, list[Packet]]:
        """`advance` without its computing: yields how many steps to compute next, is sent what they did."""
        packets: list[Packet] = []
        stop = min(self.done + count, self.steps)
        while self.done < stop:
            if self.done % KEYFRAME_EVERY == 0 and self.keyframe_layout.tensors:
                packets.append(Packet("keyframe", self.done, 1, self._keyframe()))
            until = min(stop, self.done - self.done % KEYFRAME_EVERY + KEYFRAME_EVERY)
            table = yield until - self.done
            assert table is not None
            good = _finite_rows(table)
            if good:
                packets.append(Packet("frames", self.done, good, self._payload(table[:good])))
            if good < len(table):
                raise NotFinite(self.loaded.label, self.done + good, self._not_finite(table[good]), packets)
            self.done = until
        return packets

    def _payload(self, table: NDArray[np.float32]) -> bytes:
        """Frames of the next steps: what the model did, and beside it the channels that it does not hear, which may be NaN."""
        beside = self.episode.beside
        if beside is not None:
            table = np.concatenate((table, beside[self.done : self.done + len(table)]), 1)
        return table.astype("<f4", copy=False).tobytes()

    @staticmethod
    def _run(wishes: list[tuple[Stepper, int]]) -> list[NDArray[np.float32]]:
        """The next steps of runs of one batch, or of one run that has none: [count, numbers that the model's frame has] float32 on the host."""
        (first, count), *_ = wishes
        if first.batch is not None:
            return first.batch.run([Job(*stepper._job(count)) for stepper, count in wishes])
        if first._fast is None:
            return [first._by_torch(count)]
        fast, rows, free_from = first._job(count)
        return [fast.run(rows, free_from=free_from)]

    @torch.inference_mode()
    def _by_torch(self, count: int) -> NDArray[np.float32]:
        span = slice(self.done, self.done + count)
        outputs: list[Tensor] = []
        seen: list[Any] = []
        for t, x in enumerate(torch.split(self._heard[span, : self.model.inputs], 1), self.done):
            if t >= self._free_from:
                x[0, 0] = self._last[0, 0]  # into self._heard: the log holds what the model heard
            step = self.model.step(x, self._state)
            self._state, self._last = step.state, step.output
            if t == 0:
                self._floats = price.floats_of(self._state)
            outputs.append(step.output)
            seen.append(step.seen)
        answers = torch.cat(outputs)
        frames = self.model.frame(_joined(seen))
        columns = [self._heard[span], torch.sigmoid(answers) if self._binary else answers]
        columns += [frames[entry[0], entry[1]].reshape(count, -1) for entry in self._entries]
        return torch.cat(columns, 1).to("cpu", torch.float32).numpy()

    def _job(self, count: int) -> tuple[Any, NDArray[np.float32], int]:
        """Who computes the next steps, what they hear and are wanted to answer, and the first that hears its own last output."""
        assert self._fast is not None
        if not self.done:
            self._floats = self._fast.floats(1)
        return self._fast, self._rows[self.done : self.done + count], max(self._free_from - self.done, 0)

    def _not_finite(self, row: NDArray[np.float32]) -> str:
        """The first tensor of a frame that holds NaN or infinity."""
        at = 4 * int(np.isfinite(row).argmin())
        return next(spec.name for spec in reversed(self.layout.tensors) if spec.offset <= at)

    @torch.inference_mode()
    def _keyframe(self) -> bytes:
        state = self.model.keyframe(self.state)
        parts = [state[spec.bank, spec.name].reshape(-1) for spec in self.keyframe_layout.tensors]
        return torch.cat(parts).to("cpu", torch.float32).numpy().astype("<f4", copy=False).tobytes()

    def manifest_entry(self) -> dict[str, Any]:
        """The entry of this model in the manifest's `models`."""
        loaded = self.loaded
        base, _, moment = loaded.name.partition("@")
        return {
            "id": f"{loaded.paradigm}@{moment}" if moment else loaded.paradigm,
            "label": moment_label(loaded.label, int(moment)) if moment else loaded.label,
            "paradigm": loaded.paradigm,
            "glyph": loaded.glyph,
            "task": loaded.task,
            "checkpoint": {"name": loaded.name, "sha256": loaded.sha256},
            "config": registry.configuration(self.model),
            "parameters": self.model.parameter_count(),
            "device": self.device,
            "dtype": "float32",
            "engine": {"kind": "torch"} if self._fast is None else self._fast.identity,
            "versions": {
                "torch": str(torch.__version__),
                "mnemoscope": __version__,
                "python": platform.python_version(),
            },
            "banks": [bank.to_json() for bank in self.model.banks()],
            "frame": self.layout.to_json(),
            "keyframe": self.keyframe_layout.to_json(),
        } | (
            {
                "training": {
                    "of": base,
                    "update": int(moment),
                    "updates": store.snapshot_updates(base),
                    "label": loaded.label,
                }
            }
            if moment
            else {}
        )


def _joined(steps: list[Any]) -> Any:
    """What T steps of batch 1 have seen, as one `seen` with time in place of the batch.

    Joining leaf by leaf once a chunk costs a third of naming the tensors of every step. What is left is about half a
    microsecond for each tensor of a step, so models whose steps are short keep what they did in few tensors.
    """
    first = steps[0]
    if isinstance(first, Tensor):
        return torch.cat(steps)
    parts = [_joined(list(part)) for part in zip(*steps, strict=True)]
    return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)


def _finite_rows(table: NDArray[np.float32]) -> int:
    """Number of rows before the first one that holds NaN or infinity."""
    finite = np.isfinite(table)
    return len(table) if finite.all() else int(finite.all(1).argmin())
