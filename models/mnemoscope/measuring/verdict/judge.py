"""The verdict of a recording, put together.

    judged = verdict(mnemoscope.open("run.mnemo"))
    judged["ranking"][0]["label"], judged["ranking"][0]["because"]

What is read off the log needs no weights; where the weights that made a stream are here, a model that lost its segment is run
again with the segment blanked before a cause is spoken, and its price is measured where the recording does not say it.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mnemoscope import tasks
from mnemoscope.checkpoints.store import LoadedModel
from mnemoscope.errors import MnemoscopeError, RecordingError
from mnemoscope.kinds.ledger import Floats
from mnemoscope.measuring import agreement, lenses, price
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.measuring.verdict import clauses, scores
from mnemoscope.measuring.verdict.clauses import Clause
from mnemoscope.measuring.verdict.questions import Asked, asked
from mnemoscope.reading import causes
from mnemoscope.reading.causes import ALIVE, Cause
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.segment import following
from mnemoscope.reading.view import ModelView
from mnemoscope.tasks.base import Round

Work = Generator[None, None, dict[str, Any]]

MAX_ROUNDS = 4
"""Rounds of a run that are followed through the ledger, spread over all that were reached; errors are of all of them."""
MAX_TIMED = 2_000
"""Steps heard up to which a step is timed where the recording does not say: a longer store takes its time to make."""
MAX_READS = 12
"""Reads of a model that replays nothing of which the source is looked up, spread over the scored steps."""


@dataclass
class _Row:
    """One model on its way into the ranking."""

    stream: int
    view: ModelView
    entry: dict[str, Any]
    score: scores.Score
    right: list[Floats] = field(default_factory=list[Floats])
    """`Segment.right` of the rounds that were followed; a whole segment is as long as the run."""
    cause: Cause | None = None
    said: list[Clause] = field(default_factory=list[Clause])
    reads: dict[int, bool] = field(default_factory=dict[int, bool])
    """Asked steps that read anything: whether from one source."""
    floats: int | None = None
    grows: bool = False
    ms: float | None = None
    measured_now: bool = False


def verdict(recording: Recording) -> dict[str, Any]:
    """What `working` returns, at once."""
    return run_to_end(working(recording))


def working(recording: Recording) -> Work:
    """The verdict as JSON (docs/format.md does not hold it: it follows from the recording); yields every few milliseconds.

    {question, when, note, poster, store, recall, n, chance, error_of, error_says, baselines, ranking: a row a model, best first,
    clauses: of each the text, model, step, bank and slot that show it}. What cannot be said is None, and `note` says why. The same recording has the same sentences; only milliseconds that are measured now may differ.
    Raises RecordingError for a recording that has no steps, UnknownTask for a task this program does not know.
    """
    if not recording.steps:
        raise RecordingError("There is no step in this recording yet, so there is no verdict.")
    what = asked(recording)
    rows: list[_Row] = []
    for stream, model in enumerate(recording.models):
        view = recording[model]
        row = _Row(stream, view, recording.manifest["models"][stream], scores.score(view, what, recording.steps))
        loaded = _loaded(row.entry)
        yield from _examine(row, what, loaded, recording.steps)
        costs: list[dict[str, Any] | None] = recording.manifest.get("costs") or []
        yield from _priced(row, what, loaded, costs[stream] if stream < len(costs) else None)
        rows.append(row)
        yield
    rows.sort(key=lambda row: (math.isnan(row.score.error), row.score.error))
    return _composed(recording, what, rows)


def _loaded(entry: dict[str, Any]) -> LoadedModel | None:
    """The weights that made a stream, where they are here."""
    try:
        return lenses.model_of(entry)
    except MnemoscopeError:  # other weights, or none: what needs them is None, and the note says so
        return None


def _examine(row: _Row, what: Asked, loaded: LoadedModel | None, steps: int) -> Generator[None, None, None]:
    if row.view.steps < steps:
        row.said = [Clause(f"not a number from t = {row.view.steps} on", max(0, row.view.steps - 1))]
        return
    if not what.planned:
        scored = list(what.scored)
        picked = np.linspace(0, len(scored) - 1, min(MAX_READS, len(scored))).round().astype(int).tolist()
        row.said = clauses.of_reads(row.view, [scored[k] for k in picked])
        yield
        return
    if not what.rounds or not row.view.banks:
        row.cause = causes.unexamined(row.view, what.rounds[-1].recall) if what.rounds else None
        return
    errors = [causes.relative_error(row.view, r.recall) for r in what.rounds]
    died = [n for n, error in enumerate(errors) if error > causes.LIMITS["error"]]
    spread = np.linspace(0, len(errors) - 1, min(MAX_ROUNDS, len(errors))).round().astype(int).tolist()
    shown = died[0] if died else len(errors) - 1
    for n in sorted({*spread, shown}):
        said = yield from _followed(row, what.rounds[n], what, loaded, shown=n == shown)
        if n == shown:
            row.said = [*_lost_of(errors, died, what), *said]


def _followed(
    row: _Row, r: Round, what: Asked, loaded: LoadedModel | None, *, shown: bool
) -> Generator[None, None, list[Clause]]:
    """Take in one round; of the one that is shown its cause too, and what there is to say of it."""
    part = yield from following(row.view, r.store, r.recall, places=r.places)
    row.right.append(part.right)
    for k, t in enumerate(r.recall):
        if (single := clauses.one_source(part, k)) is not None:
            row.reads[t] = single
    if not shown:
        return []
    row.cause = yield from _settled(row, causes.of_segment(row.view, part), r, loaded, what)
    return clauses.of_segment(part, row.cause, what.thing, row.view.steps - 1, bits=what.task.binary)


def _lost_of(errors: list[float], died: list[int], what: Asked) -> list[Clause]:
    """How many of several rounds were lost: the clauses that follow are about the first of those."""
    if not died or len(errors) == 1:
        return []
    every = "both" if len(errors) == 2 else f"all {len(errors)}"
    lost = f"{len(died)} of {len(errors)}" if len(died) < len(errors) else every
    return [Clause(f"{lost} {what.kind_of_round}s lost", what.rounds[died[0]].recall.start)]


def _settled(
    row: _Row, found: Cause, r: Round, loaded: LoadedModel | None, what: Asked
) -> Generator[None, None, Cause]:
    if found.name == ALIVE:
        return found
    if what.before:
        return agreement.settled(found, None, why="this is a part of a run, which cannot be run again alone")
    if loaded is None:
        return agreement.settled(found, None)
    values = tasks.get(loaded.task).values
    try:
        seen = yield from agreement.moves(loaded.model, row.view, r.store, r.recall, values=values, places=r.places)
    except MnemoscopeError as error:
        return agreement.settled(found, None, why=str(error))
    return agreement.settled(found, seen)


def _priced(
    row: _Row, what: Asked, loaded: LoadedModel | None, cost: dict[str, Any] | None
) -> Generator[None, None, None]:
    """As the recording has it; of one that does not say, counted and measured with the weights."""
    heard = what.before + min(_last_asked(what), row.view.steps - 1) + 1
    if cost is not None:
        row.floats = cost["floats"] + cost["per_step"] * (heard - 1)
        row.grows, row.ms = cost["per_step"] > 0, cost["ms_per_step"]
    elif loaded is not None:
        found = price.price(loaded.model, counted=(heard,), timed=(min(heard, MAX_TIMED),))
        row.floats, row.grows, row.ms, row.measured_now = found.floats[0][1], found.grows, found.ms[0][1], True
        yield


def _last_asked(what: Asked) -> int:
    if what.planned:
        return (what.rounds or what.planned)[-1].recall[-1]
    return what.scored[-1] if what.scored else 0


def _composed(recording: Recording, what: Asked, rows: list[_Row]) -> dict[str, Any]:
    beaten = scores.forecasts(recording, what)
    level = scores.tied([row.score for row in rows])
    shown = what.rounds[-1] if what.rounds else what.planned[0] if what.planned else None
    return {
        "question": what.question,
        "when": what.when,
        "note": _note(recording, what, rows, beaten),
        "poster": _poster(what, rows),
        "store": None if shown is None else [shown.store.start, shown.store.stop],
        "recall": None if shown is None else [shown.recall.start, shown.recall.stop],
        "n": max((row.score.draws for row in rows), default=0),
        "chance": what.task.blind,
        "error_of": what.task.error_of,
        "error_says": what.task.error_says,
        "baselines": [{"name": name, "label": label} | scores.as_json(found) for name, label, found in beaten],
        "ranking": [_ranked(row, tied, what) for row, tied in zip(rows, level, strict=True)],
        "clauses": [_clause(row, clause) for row in rows for clause in row.said],
    }


def _clause(row: _Row, clause: Clause) -> dict[str, Any]:
    slot = clauses.slot_of(row.view, clause)
    bank = None if slot is None else row.view.bank().name
    return {"text": clause.text, "model": row.view.id, "step": clause.step, "bank": bank, "slot": slot}


def _ranked(row: _Row, tied: bool, what: Asked) -> dict[str, Any]:
    right = np.concatenate(row.right) if row.right else np.empty(0)
    right = right[np.isfinite(right)]
    return {
        "model": row.view.id,
        "label": row.view.label,
        **scores.as_json(row.score),
        "unit": what.unit if row.score.unit_error is not None else None,
        "right_share": float(right.mean()) if len(right) else None,
        "floats": row.floats,
        "floats_grow": row.grows,
        "ms_per_step": row.ms,
        "tied": tied,
        "cause": None if row.cause is None else row.cause.name,
        "evidence": None if row.cause is None else _finite(row.cause.evidence),
        "because": "; ".join(clause.text for clause in row.said),
    }


def _poster(what: Asked, rows: list[_Row]) -> int | None:
    """The asked step that shows the answer best: the read of most models has one source there, and in the later half of its round its
    value stands out most (of bits the last such step); where no step is like that the last that was asked for.
    """
    steps = sorted({t for row in rows for t in row.reads})
    shown = [t for t in steps if 2 * sum(reads := [row.reads[t] for row in rows if t in row.reads]) > len(reads)]
    if not shown:
        return what.rounds[-1].recall[-1] if what.rounds else what.scored[-1] if what.scored else None
    if what.task.binary:
        return shown[-1]
    recall = next(r.recall for r in what.rounds if shown[-1] in r.recall)
    view = next(row.view for row in rows if shown[-1] in row.reads)
    wanted = view.array("targets", start=recall.start, stop=recall.stop)[:, 0].astype(np.float64)
    stands_out = np.abs(wanted - np.median(wanted))
    late = [t for t in shown if t in recall and 2 * (t - recall.start) >= len(recall)]
    return max(late or shown[-1:], key=lambda t: stands_out[t - recall.start])


def _against(recording: Recording, rows: list[_Row], beaten: list[tuple[str, str, scores.Score | None]]) -> list[str]:
    """The best baseline and the best model in a sentence: where that baseline wins; and always where a model was fitted here."""
    models = [row for row in rows if not math.isnan(row.score.error)]
    rivals = [(label, found) for _, label, found in beaten if found is not None]
    if not models or not rivals:
        return []
    label, rival = min(rivals, key=lambda each: each[1].error)
    best = models[0]
    fitted = scores.fit_of(recording) is not None
    if fitted and not scores.apart(best.score, rival):
        return [f"{label} ({rival.error:.2f}) and {best.view.label} ({best.score.error:.2f}) are level here."]
    if rival.error < best.score.error:
        beats = "the model" if len(models) == 1 else "both models" if len(models) == 2 else f"all {len(models)} models"
        return [f"{label} beats {beats} here ({rival.error:.2f})."]
    if fitted:
        name = label if label[:2].isupper() else label[0].lower() + label[1:]
        return [f"{best.view.label} beats {name} here ({best.score.error:.2f} against {rival.error:.2f})."]
    return []


def _left_out(beaten: list[tuple[str, str, scores.Score | None]]) -> list[str]:
    """Why a baseline has no error."""
    why = {
        "ar32": "AR(32) has too little to be fitted to before the first forecast.",
        "seasonal": "The run is shorter than a season.",
    }
    return [why[name] for name, _, found in beaten if found is None]


def _note(
    recording: Recording, what: Asked, rows: list[_Row], beaten: list[tuple[str, str, scores.Score | None]]
) -> str:
    """What limits the sentences: how many draws, what a band is, and why something is not said."""
    errors = [row.score.error for row in rows if not math.isnan(row.score.error)]
    said = [*_against(recording, rows, beaten), *_left_out(beaten)]
    draws = max((row.score.draws for row in rows), default=0)
    one, many = ("stretch", "stretches") if not what.planned else (what.kind_of_round, f"{what.kind_of_round}s")
    counted = f"One {one}" if draws == 1 else f"{draws} {many}"
    counted = counted if what.planned else f"{counted} of {scores.BLOCK} steps"
    if not errors:
        ended = f"The run ended at t = {recording.steps - 1}"
        asked_at = f", before it was asked at t = {what.planned[0].recall.start}" if what.planned else ""
        said.append(f"{ended}{asked_at}: nothing was scored.")
    elif draws >= scores.MIN_DRAWS:
        said.append(f"{counted}; bands are 5 to 95% of {scores.RESAMPLINGS} resamplings; one checkpoint a model.")
    else:
        said.append(f"{counted}: a rank, no band; one checkpoint a model.")
    if errors and what.unit is None:
        said.append("The unit of the signal is not known.")
    if any(row.floats is None for row in rows):
        said.append("Floats kept are not known where the weights are not here.")
    if any(row.measured_now for row in rows):
        said.append(
            "Milliseconds were measured with the weights when this was written; the recording does not hold them."
        )
    elif any(row.ms is None for row in rows):
        said.append("Milliseconds a step are not known: the recording does not hold them.")
    return " ".join(said)


def _finite(value: Any) -> Any:
    """A value for JSON: what is not a number is None."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
