"""`mnemoscope record --signal -`: numbers line by line from a pipe become a recording while they come."""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
from types import FrameType
from typing import Any

from mnemoscope.cli.commands import NOT_OK, OK, echo, option_numbers, size_in_words
from mnemoscope.cli.reading import options_from
from mnemoscope.errors import MnemoscopeError
from mnemoscope.running.live import WRITE_SECONDS, LiveRecorder
from mnemoscope.signals.counted import counted
from mnemoscope.signals.lines import LineReader
from mnemoscope.tasks.growing import WARMUP, LiveSignal

TASK = "forecast"
READ_BYTES = 1 << 16
SHOWN_LINES = 10
"""Malformed lines that are reported one by one."""


class Interrupts:
    """Ctrl-C and SIGTERM end the source, not the program: what came before is computed and the file closed whole."""

    def __init__(self) -> None:
        self.came = False
        self._reading = False

    def read(self, descriptor: int) -> bytes:
        """What has come, at least a byte; b"" at the end of the source, or when it was ended here."""
        if self.came:
            return b""
        try:
            self._reading = True
            return os.read(descriptor, READ_BYTES)
        except KeyboardInterrupt:
            return b""
        finally:
            self._reading = False

    def quiet(self, descriptor: int, seconds: float) -> bool:
        """Whether nothing comes for so long. Windows cannot wait for a pipe: there every part is taken for the last for a while."""
        if os.name == "nt":
            return True
        try:
            self._reading = True
            return not self.came and not select.select([descriptor], [], [], seconds)[0]
        except KeyboardInterrupt:
            return False
        finally:
            self._reading = False

    def _came(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        if self._reading:
            raise KeyboardInterrupt

    def __enter__(self) -> Interrupts:
        self._before = {number: signal.signal(number, self._came) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def record_live(args: argparse.Namespace) -> int:
    """Record standard input until it ends, --steps are reached or Ctrl-C."""
    source, reader = _source(args), _reader(args)
    from tqdm import tqdm

    from mnemoscope.running.live import MAX_STEPS, growing_of
    from mnemoscope.running.record import load_models, pick_device

    task, most = args.task or TASK, args.steps or MAX_STEPS
    growing = growing_of(task, source, options=option_numbers(args.task_option, int), most=most)
    import torch

    torch.set_num_threads(1)  # a batch of one gains nothing from a second thread
    device = pick_device(args.device)
    models = load_models(args.models, task, device=device)
    recorder = LiveRecorder(args.out, growing, models, most=most, seed=args.seed, title=args.title, device=device)
    if growing.scaling is None:
        note = f"the first {source.warmup} steps settle mean and deviation; nothing is computed before (--warmup, --offset and --scale)"
        echo(f"note: {note}", file=sys.stderr)
    with recorder, Interrupts() as interrupts, tqdm(desc="recording", unit=" steps", disable=None) as bar:
        _until_the_end(recorder, reader, interrupts, bar)
        if interrupts.came:
            recorder.finish("stopped", by="owner")
        else:
            recorder.finish()
    _summary(args, recorder, reader, [model.name for model in models])
    return NOT_OK if recorder.failures else OK


def _until_the_end(recorder: LiveRecorder, reader: LineReader, interrupts: Interrupts, bar: Any) -> None:
    descriptor = sys.stdin.buffer.fileno()
    told = 0
    while not recorder.over:
        if interrupts.quiet(descriptor, WRITE_SECONDS):
            recorder.flush()
        data = interrupts.read(descriptor)
        values, times = reader.feed(data) if data else reader.end()
        for bad in reader.malformed[told:SHOWN_LINES]:
            echo(f"line {bad.line}: {bad.why}: {bad.text}", file=sys.stderr)
        told = len(reader.malformed)
        if values and reader.name and not recorder.done:
            recorder.growing.name_channel(reader.name)
        if values:
            bar.update(recorder.feed(values, times if reader.timed else None))
        if not data:
            return


def _source(args: argparse.Namespace) -> LiveSignal:
    """What is known of the source before it sends. Raises MnemoscopeError for switches that only a file or a generator has."""
    unfit = ("beside", "labels", "start", "stop")
    given = [f"--{name}" for name in unfit if getattr(args, name) is not None]
    given += ["--signal-option"] if args.signal_option else []
    given += [f"--missing {args.missing}"] if args.missing not in (None, "hold") else []
    given += ["--scaling robust"] if args.scaling == "robust" else []
    if given:
        raise MnemoscopeError(
            f"{', '.join(given)} cannot be used with a live source (--signal -), whose end is not known."
        )
    if (args.offset is None) != (args.scale is None):
        raise MnemoscopeError("--offset and --scale go together: the models hear (value - offset) / scale.")
    scaling = None if args.offset is None else (args.offset, args.scale)
    if args.scaling == "none":
        scaling = scaling or (0.0, 1.0)
    average = 1
    if args.resample_to is not None:
        if args.sample_rate is None:
            raise MnemoscopeError("--resample-to needs the rate of the source; give --rate.")
        average = round(args.sample_rate / args.resample_to) or 1
        if abs(args.sample_rate / average / args.resample_to - 1) > 1e-3:
            near = ", ".join(f"{args.sample_rate / k:g}" for k in sorted({max(1, average - 1), average, average + 1}))
            raise MnemoscopeError(
                f"Of a live source a step is the mean of a whole number of samples: {args.resample_to:g} Hz is no whole part of "
                f"{args.sample_rate:g} Hz; possible are {near}."
            )
    warmup = WARMUP if args.warmup is None else args.warmup
    return LiveSignal(
        name=args.title or "standard input", rate=args.sample_rate, average=average, scaling=scaling, warmup=warmup
    )


def _reader(args: argparse.Namespace) -> LineReader:
    options = options_from(args).given()
    more = ", ".join(sorted(set(options) - {"time", "decimal"}))
    if more:
        raise MnemoscopeError(f"Lines of a live source are read by --channel, --time and --decimal, got {more}.")
    times = options.get("time")
    if times is not None and len(times) > 1:
        raise MnemoscopeError("Of a live source one column has the times, in seconds; give --time once.")
    if times and args.sample_rate is None:
        raise MnemoscopeError("Times can only be placed where the rate is known; give --rate.")
    time_column = "none" if times == [] or args.sample_rate is None else times[0] if times else None
    return LineReader(args.channel, time_column, options.get("decimal", "."))


def _summary(args: argparse.Namespace, recorder: LiveRecorder, reader: LineReader, names: list[str]) -> None:
    size = size_in_words(args.out.stat().st_size)
    print(f"{args.out}: {recorder.done} steps of {', '.join(names)}, {size}")
    counts = recorder.arrivals.counts
    bad = reader.malformed_count
    said = [
        (bad, f"{bad} of {reader.lines} lines were malformed"),
        (
            counts.gaps,
            f"{counts.missing} samples are missing in {counted(counts.gaps, 'gap')}; their places hold the value before",
        ),
        (counts.late, f"{counts.late} samples came too late and were left out"),
        (counts.duplicates, f"{counts.duplicates} samples came twice and were left out"),
        (counts.blank, f"{counts.blank} samples were no number; their places hold the value before"),
        (counts.beyond, f"{counts.beyond} samples came after the last step (--steps)"),
    ]
    for count, sentence in said:
        if count:
            echo(f"note: {sentence}", file=sys.stderr)
    for failure in recorder.failures:
        echo(failure.describe(names[failure.stream]), file=sys.stderr)
