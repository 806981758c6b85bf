"""What the commands of the command line do: each takes parsed arguments and returns an exit code.

Everything heavy is imported by the command that needs it, so that `--help` and `inspect` answer at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from mnemoscope.cli.verification import report_lines
from mnemoscope.errors import CorruptRecording, MnemoscopeError, TruncatedRecording, UnknownModel

if TYPE_CHECKING:
    from mnemoscope.reading.recording import Recording
    from mnemoscope.tasks import Episode

OK, NOT_OK, BAD_INPUT, INCOMPLETE, INTERRUPTED = 0, 1, 2, 3, 130
LIVE = "-"
"""The signal that is read from standard input as it comes."""
VERDICTS = {"whole": OK, "wrong": NOT_OK, "incomplete": INCOMPLETE}
"""Exit codes of `verify`."""


def echo(text: str, *, file: TextIO | None = None) -> None:
    """Print one line. A recording may come from a stranger: what would steer the terminal is shown as "?"."""
    print("".join(c if c.isprintable() else "?" for c in text), file=file)


def record(args: argparse.Namespace) -> int:
    """Run models over an episode and write the recording whole or not at all."""
    if args.signal == LIVE:
        from mnemoscope.cli.live import record_live

        return record_live(args)
    unfit = [f"--{name}" for name in ("warmup", "offset", "scale") if getattr(args, name) is not None]
    if unfit:
        raise MnemoscopeError(f"{', '.join(unfit)} can only be used with a live source (--signal -).")
    args.task = args.task or "signal-recall"
    from tqdm import tqdm

    episode, notes = _episode(args)
    if episode.signal is not None and episode.signal.get("channel"):
        echo(f"signal: {_signal_line(episode.signal)}", file=sys.stderr)
    for note in notes:
        echo(f"note: {note}", file=sys.stderr)
    import torch

    from mnemoscope.running.record import load_models, pick_device, record_file

    torch.set_num_threads(1)  # a batch of one gains nothing from a second thread
    device = pick_device(args.device)
    models = load_models(args.models, args.task, device=device)
    total = episode.steps * len(models)
    with tqdm(total=total, desc="recording", unit=" steps", disable=None) as bar:

        def progress(steps: int) -> None:
            bar.update(steps)

        failures = record_file(
            args.out, episode, models, seed=args.seed, title=args.title, device=device, progress=progress
        )
    names = ", ".join(model.name for model in models)
    print(f"{args.out}: {episode.steps} steps of {names}, {size_in_words(args.out.stat().st_size)}")
    for failure in failures:
        print(failure.describe(models[failure.stream].name), file=sys.stderr)
    return NOT_OK if failures else OK


def _signal_line(signal: dict[str, Any]) -> str:
    """Which channel the models hear, in which unit, at which rate."""
    from mnemoscope.format.manifest import beside
    from mnemoscope.signals.clock import rate_in_words

    unit = f" in {signal['unit']}" if signal.get("unit") else ""
    rate = rate_in_words(signal["sample_rate"]) if signal.get("sample_rate") else "rate unknown"
    source: dict[str, Any] = signal.get("source") or {}
    window = source.get("window")
    rows = f", rows {window[0]} … {window[1]}" if window else ""
    names = [name for name, _ in beside(signal)]
    further = f"; beside it {', '.join(names)}" if names else ""
    return f"channel {signal['channel']}{unit}, {rate}{rows}{further}"


def _episode(args: argparse.Namespace) -> tuple[Episode, list[str]]:
    """The episode that `record` was asked for, and notes on what was assumed."""
    from mnemoscope.checkpoints.names import fitted_scalings
    from mnemoscope.cli.reading import reading_of
    from mnemoscope.signals import generators
    from mnemoscope.signals.importers.options import switches
    from mnemoscope.tasks import episodes

    options, params = option_numbers(args.task_option, int), option_numbers(args.signal_option, float)
    of_file = ("channel", "beside", "labels", "start", "stop", "sample_rate", "resample_to", "missing", "scaling")
    given: dict[str, Any] = {name: getattr(args, name) for name in of_file if getattr(args, name) is not None}
    given |= reading_of(args)
    if given and (args.signal is None or args.signal in generators.KINDS):
        reading = given.pop("reading", None)
        named = ", ".join(
            [*(f"--{name.replace('_', '-')}" for name in given), *([switches(reading.given())] if reading else [])]
        )
        raise MnemoscopeError(f"{named} can only be used with a file, got --signal {args.signal}.")
    if params and args.signal not in generators.KINDS:
        known = ", ".join(generators.KINDS)
        raise MnemoscopeError(f"--signal-option is of a generator ({known}), got {args.signal}.")
    if args.signal is None and args.steps is not None:
        raise MnemoscopeError("--steps needs a --signal; the length of a task's own input follows from --task-option.")
    return episodes.from_signal(
        args.task,
        args.signal,
        steps=args.steps,
        seed=args.seed,
        options=options,
        params=params,
        fitted=fitted_scalings(args.models),
        **given,
    )


def tasks(args: argparse.Namespace) -> int:
    """List the tasks with their options: default, what is suggested, what is accepted."""
    from dataclasses import asdict

    from mnemoscope.tasks import get, names

    for task in map(get, names()):
        if args.json:
            card = {
                name: getattr(task, name) for name in ("name", "label", "sentence", "takes_signal", "metric", "measure")
            }
            echo(json.dumps(card | {"options": [asdict(option) for option in task.options]}, ensure_ascii=False))
            continue
        echo(f"{task.name}: {task.sentence}")
        echo(f"    measured in {task.metric}. {task.measure}")
        for option in task.options:
            low, high = option.suggested
            accepted = "" if (low, high) == (option.low, option.high) else f"; accepted {option.low} to {option.high}"
            if option.trained is not None:
                accepted += f"; trained on {option.trained[0]} to {option.trained[1]}"
            echo(f"    {f'{option.name}={option.default}':<12}  {option.description} ({low} to {high}{accepted})")
    return OK


def inspect(args: argparse.Namespace) -> int:
    """Say what a recording holds, after reading all of it; of any other file how it is read."""
    if _is_other_file(args.file):
        from mnemoscope.cli.reading import read

        return read(args)
    from mnemoscope.reading.recording import Recording
    from mnemoscope.reading.verify import describe

    with Recording.open(args.file) as rec:
        rec.check()
        facts = describe(rec)
    if args.json:
        print(json.dumps(facts, ensure_ascii=False))
        return OK
    echo(f"{facts['title']}  ({facts['id']})")
    echo(f"{facts['status']}, {facts['steps']} steps, {size_in_words(facts['bytes'])}, made {facts['created']}")
    signal = facts["signal"]
    echo(f"task    {facts['task']['name']} {facts['task']['params']}")
    echo(f"signal  {signal['name']}" if signal else "signal  made by the task")
    if signal and signal.get("channel"):
        echo(f"        {_signal_line(signal)}")
    for model in facts["models"]:
        banks = ", ".join(f"{b['name']} ({b['kind']}, {b['slots'] or 1}×{b['width']})" for b in model["banks"])
        echo(f"model   {model['id']}: {model['steps']} steps, {model['frame_bytes']} bytes a step; {banks}")
    if facts["torn_bytes"]:
        echo(f"torn    the last {facts['torn_bytes']} bytes belong to no whole block and are not read")
    return OK


def _is_other_file(path: Path) -> bool:
    """Whether there is such a file and it does not begin as a recording does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(5) != b"\x89MNEM"


def verify(args: argparse.Namespace) -> int:
    """Prove a recording; the exit code is its verdict."""
    # Matrix products this small wait longer for a second thread than they gain; read when numpy is first loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from tqdm import tqdm

    import mnemoscope
    from mnemoscope.reading.recording import Recording
    from mnemoscope.reading.verify import passes

    if args.with_weights:
        import torch

        torch.set_num_threads(1)  # a batch of one gains nothing from a second thread
    try:
        with Recording.open(args.file) as rec:
            steps = sum(rec[model].steps for model in rec) if args.with_weights else 0
            with tqdm(total=passes(rec) + steps, desc="verifying", disable=None) as bar:
                report: dict[str, Any] = mnemoscope.verify(rec, with_weights=args.with_weights, progress=bar.update)
    except CorruptRecording as error:
        verdict = "incomplete" if isinstance(error, TruncatedRecording) else "wrong"
        report = {"verdict": verdict, "ok": False, "error": str(error), "offset": error.offset}
    if args.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for line in report_lines(report):
            echo(line)
    return VERDICTS[report["verdict"]]


def evaluate(args: argparse.Namespace) -> int:
    """Measure checkpoints, a line as soon as it is known."""
    from tqdm import tqdm

    from mnemoscope import tasks
    from mnemoscope.checkpoints import store
    from mnemoscope.measuring import evaluate
    from mnemoscope.measuring.series import load
    from mnemoscope.running.record import pick_device

    device = pick_device(args.device)
    wanted = [tasks.get(args.task).name] if args.task else tasks.names()
    known = [card["name"] for card in store.cards() if card["task"] in wanted]
    names: list[str | Path] = [*known]
    if args.models:
        chosen = [
            [model]
            if isinstance(model, Path)
            else [n for n in known if n == model or n in {f"{model}-{t}" for t in wanted}]
            for model in args.models
        ]
        for model, found in zip(args.models, chosen, strict=True):
            if not found:
                raise UnknownModel(
                    f"There is no checkpoint of {model} for {', '.join(wanted)}; there are: {', '.join(known)}."
                )
        names = [name for found in chosen for name in found]
    series = [load(spec) for spec in args.series]
    rows: list[dict[str, Any]] = []

    def report(row: dict[str, Any]) -> None:
        rows.append(row)
        line = f"{row['model']:<20} {row['task']:<18} {row['condition']:<48} {row['metric']:<24} {row['value']:.4g}"
        tqdm.write(evaluate.as_json(row) if args.json else line, file=sys.stdout)

    for name in tqdm(names, desc="evaluating", unit=" checkpoints", disable=None):
        for row in evaluate.rows([name], device=device, sequences=args.sequences, series=series):
            report(row)
    if "forecast" in wanted and not args.models:
        for row in evaluate.baseline_rows(series):
            report(row)
    if args.markdown:
        from mnemoscope.measuring.report import markdown

        options = "".join(f" --series {Path(spec).name}" for spec in args.series)
        args.markdown.write_text(markdown(rows, options=options), encoding="utf-8")
    return OK


def train(args: argparse.Namespace) -> int:
    """Train by the recipe, keeping the best checkpoint."""
    from tqdm import tqdm

    from mnemoscope.running.record import pick_device
    from mnemoscope.training import loop, unrolled

    compiled = not args.eager and unrolled.can_compile()
    if not args.eager and not compiled:
        echo("no C++ compiler was found, so training is not compiled and several times slower", file=sys.stderr)
    out = args.out or Path("runs") / f"{args.model}-{args.task}"
    with tqdm(desc=f"{args.model} {args.task}", unit=" updates", disable=None) as bar:

        def progress(update: int, updates: int, loss: float, score: float) -> None:
            bar.total = updates
            shown: dict[str, object] = {"loss": f"{loss:.4g}", "score": f"{score:.4g}"}
            bar.set_postfix(shown, refresh=False)  # pyright: ignore[reportUnknownMemberType]  # tqdm types no keywords
            bar.update(update - bar.n)

        options: dict[str, Any] = {
            "updates": args.updates,
            "batch": args.batch,
            "device": pick_device(args.device),
        }
        options |= {"resume": args.resume, "compiled": compiled}
        if args.seeds:
            from mnemoscope.training import seeds

            card = seeds.several(args.task, args.model, args.seeds, out=out, progress=progress, **options)
        else:
            card = loop.train(args.task, args.model, out=out, seed=args.seed, progress=progress, **options)
    print(f"{out}: {card['metric']} {card['validation']:.4g} after {card['updates']} updates")
    print(f"Used by every command when MNEMOSCOPE_CHECKPOINTS={out.parent} is set.")
    return OK


def export(args: argparse.Namespace) -> int:
    """Write every format that was asked for."""
    from mnemoscope.reading.export import to_csv, to_html, to_npz
    from mnemoscope.reading.recording import Recording

    wanted = [(to_html, args.html), (to_npz, args.npz), (to_csv, args.csv)]
    if not any(out for _, out in wanted):
        raise MnemoscopeError("Nothing to export to; give --html OUT, --npz OUT or --csv OUT.")
    with Recording.open(args.file) as rec:
        for write, out in wanted:
            if out is not None:
                if write is to_html:
                    to_html(rec, out, verdict=_verdict_of(rec), engines=_engines_of(rec) if args.engines else {})
                else:
                    write(rec, out)
                print(f"{out}: {size_in_words(out.stat().st_size)}")
    return OK


def _engines_of(rec: Recording) -> dict[int, bytes]:
    """The models for a page that runs them again; without those, with a note, that cannot be packed."""
    from mnemoscope.running.packed import packed

    found: dict[int, bytes] = {}
    for stream, entry in enumerate(rec.manifest["models"]):
        try:
            found[stream] = packed(rec.manifest, stream)
        except MnemoscopeError as error:
            echo(f"note: the page cannot run {entry['label']} again: {error}", file=sys.stderr)
    return found


def _verdict_of(rec: Recording) -> dict[str, Any] | None:
    """The verdict for a page; None, with a note, where none can be reached."""
    from mnemoscope.measuring.verdict.judge import verdict

    try:
        return verdict(rec)
    except MnemoscopeError as error:
        echo(f"note: the page has no verdict: {error}", file=sys.stderr)
        return None


def option_numbers(given: list[tuple[str, str]], kind: type[int] | type[float]) -> dict[str, Any]:
    """Options that were given as NAME=VALUE, as numbers. Raises MnemoscopeError for what is none."""
    return {name: _number(name, value, kind) for name, value in given}


def _number(name: str, text: str, kind: type[int] | type[float]) -> Any:
    try:
        return kind(text)
    except ValueError:
        wanted = "whole number" if kind is int else "number"
        raise MnemoscopeError(f"Option {name} takes a {wanted}, got {text!r}.") from None


def size_in_words(count: float) -> str:
    """Bytes in a unit that is easy to read."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
