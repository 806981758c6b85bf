"""The recordings that ship with the program: what the first page shows, with no model and no torch needed.

`python -m mnemoscope.running.gallery [ID …]` makes them again from the checkpoints, all or those named, `--verdicts` only their
verdicts; the folder holds
one `.mnemo` a recording and `gallery.json` with their titles and captions in the order of the page.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnemoscope.errors import MnemoscopeError
from mnemoscope.tasks import Episode

FOLDER = Path(__file__).resolve().parents[1] / "gallery"
MODELS = ("lstm", "transformer", "ntm", "dnc")
TRIES = 8
KEEPS, OVERWRITES, LEARNS, SAME = "Who keeps it?", "Who overwrites it?", "How is it learned?", "Is a Transformer a DNC?"
"""The questions that the first page groups its examples under, in this order."""


@dataclass(frozen=True)
class Exhibit:
    """One shipped recording."""

    id: str
    question: str
    """What it is an example of, as the first page groups them; examples of one question stand together."""
    title: str
    caption: str
    models: tuple[str, ...]
    episode: Callable[[], Episode]
    seed: int = 0


def entries(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """What `gallery.json` lists: {"id", "question", "title", "caption"}; empty where no recording has been made."""
    index = folder / "gallery.json"
    return json.loads(index.read_text(encoding="utf-8")) if index.is_file() else []


def path(name: str, folder: Path = FOLDER) -> Path | None:
    """The file of a shipped recording, or None. Names are compared with the list, never joined to a path."""
    for entry in entries(folder):
        if entry["id"] == name:
            return folder / f"{entry['id']}.mnemo"
    return None


def _on_signal(kind: str, steps: int, seed: int, *, params: dict[str, float] | None = None, **options: Any) -> Episode:
    """signal-recall on a generated signal; without `lead` the segment begins just before the first labelled moment."""
    from mnemoscope.signals import generators
    from mnemoscope.tasks import episodes

    if "lead" not in options:
        options["lead"] = generators.generate(kind, steps, seed=seed, **(params or {})).events[0].step - 8
    return episodes.from_generator("signal-recall", kind, steps=steps, seed=seed, params=params, options=options)


def _forecast(kind: str, steps: int, seed: int, *, params: dict[str, float], **options: Any) -> Episode:
    """The task forecast on a generated signal."""
    from mnemoscope.tasks import episodes

    return episodes.from_generator("forecast", kind, steps=steps, seed=seed, params=params, options=options)


def exhibits() -> Iterator[Exhibit]:
    """All of them, in the order of the page. A training can only be watched where snapshots of it were set aside."""
    from mnemoscope import tasks
    from mnemoscope.checkpoints import store

    yield Exhibit(
        "odd-beat",
        KEEPS,
        "Which of these remembers the odd beat?",
        "Four memories hold one ectopic heartbeat over the beats that follow, then replay it.",
        MODELS,
        lambda: _on_signal("heartbeat", 160, 1, params={"odd_beat": 1}, segment=24, delay=30),
    )
    yield Exhibit(
        "used-again",
        KEEPS,
        "The same memory, used again",
        "Three rounds without clearing anything: what is overwritten, and who still answers?",
        MODELS,
        lambda: _on_signal("chirp", 280, 5, lead=16, segment=24, delay=20, rounds=3),
    )
    yield Exhibit(
        "associations",
        KEEPS,
        "What came after that?",
        "Six items go by, one is asked for by the one before it: content leads to the slot, a link or a shift to the next.",
        ("ntm", "dnc"),
        lambda: tasks.get("associative-recall").episode(seed=3, items=6),
    )
    yield Exhibit(
        "noise",
        KEEPS,
        "Noise cannot be guessed",
        "Autoregressive noise has to be held step by step; nothing can be filled in.",
        ("transformer", "ntm", "dnc"),
        lambda: _on_signal("ar", 160, 7, lead=16, segment=32, delay=40),
    )
    yield Exhibit(
        "copy",
        KEEPS,
        "Copy task",
        "Twenty random bytes in, the same out: a tape, an allocator, a window and a state.",
        MODELS,
        lambda: tasks.get("copy").episode(seed=4, length=20),
    )
    yield Exhibit(
        "laps",
        OVERWRITES,
        "One tape, many laps",
        "Five bytes are repeated six times. The NTM's head runs along its tape and jumps back, the DNC's follows its links.",
        ("ntm", "dnc"),
        lambda: tasks.get("repeat-copy").episode(seed=2, length=5, repeats=6),
    )
    yield Exhibit(
        "eight",
        OVERWRITES,
        "Eight memories, the same bytes",
        "Eight ways to remember twelve bytes: gates, windows, an encoder, pondering, a tape, an allocator.",
        ("gru", "lstm", "transformer", "encoder-decoder", "universal-transformer", "sdnc", "ntm", "dnc"),
        lambda: tasks.get("copy").episode(seed=6, length=12),
    )
    yield Exhibit(
        "state-spaces",
        OVERWRITES,
        "State space, matrix state, attention",
        "A heartbeat is held by matrices that fade, by one that erases what a key held, and by a window that keeps every step.",
        ("mamba2", "mlstm", "gated-deltanet", "transformer"),
        lambda: _on_signal("heartbeat", 160, 1, params={"odd_beat": 1}, segment=24, delay=30),
    )
    yield Exhibit(
        "dreaming",
        OVERWRITES,
        "Listening, then dreaming on",
        "Each forecasts the next value of a heartbeat; from step 140 on it hears nothing but its own forecasts.",
        ("gru", "lstm", "transformer"),
        lambda: _forecast("heartbeat", 220, 2, params={"odd_beat": -1}, context=64, free=140),
    )
    if store.snapshot_updates("ntm-copy"):
        yield Exhibit(
            "learning",
            LEARNS,
            "Watch a memory being learned",
            "One NTM at moments of its training: first all bytes land on the same slots, in the end each has its own.",
            ("ntm@*",),
            lambda: tasks.get("copy").episode(seed=4, length=12),
        )
    yield Exhibit(
        "counting",
        LEARNS,
        "Counting what follows",
        "Which bit follows these five? The NTM keeps a count for every context, the Transformer looks up all of them again.",
        ("ntm", "transformer"),
        lambda: tasks.get("ngrams").episode(seed=3, length=160),
    )
    yield Exhibit(
        "sorting",
        LEARNS,
        "Sorting without comparing",
        "Twenty bytes with priorities go in, the sixteen highest come out in order. Who wrote them in order, who looks for the next?",
        ("dnc", "transformer"),
        lambda: tasks.get("priority-sort").episode(seed=4),
    )
    yield Exhibit(
        "twins",
        SAME,
        "A Transformer is a stateless DNC",
        "The same weights twice: a cache of keys and values, and a memory whose slots are written once. Every bit agrees.",
        ("transformer", "sdnc"),
        lambda: tasks.get("copy").episode(seed=8, length=16),
    )
    yield Exhibit(
        "deltas",
        SAME,
        "One matrix for everything",
        "No slots and no window: a delta rule corrects what a key brings back, and what is new lies over what is old.",
        ("deltanet", "gated-deltanet", "transformer"),
        lambda: tasks.get("copy").episode(seed=9, length=16),
    )


def make(folder: Path = FOLDER, only: Sequence[str] = ()) -> None:
    """Record every exhibit, or those with the ids in `only`, and write the index; needs torch and the checkpoints.

    Raises MnemoscopeError for an id that is not there.
    """
    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)
    known = list(exhibits())
    if unknown := set(only) - {exhibit.id for exhibit in known}:
        raise MnemoscopeError(f"no exhibit {', '.join(sorted(unknown))}; there are: {', '.join(e.id for e in known)}")
    for exhibit in tqdm([e for e in known if not only or e.id in only], desc="gallery", disable=None):
        target = folder / f"{exhibit.id}.mnemo"
        _record(exhibit, target)
        judge(target)
    listed = [
        {"id": exhibit.id, "question": exhibit.question, "title": exhibit.title, "caption": exhibit.caption}
        for exhibit in known
        if (folder / f"{exhibit.id}.mnemo").is_file()
    ]
    (folder / "gallery.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


def _record(exhibit: Exhibit, target: Path) -> None:
    """Record an exhibit TRIES times and keep the quickest: they differ in what a step took, to which whatever else runs only adds."""
    from mnemoscope.reading.recording import Recording
    from mnemoscope.running import record

    episode = exhibit.episode()
    models = record.load_models(list(exhibit.models), episode.task)

    def milliseconds(recording: Path) -> float:
        with Recording.open(recording) as opened:
            return float(sum(cost["ms_per_step"] for cost in opened.manifest["costs"]))

    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        tries = [Path(made) / f"{n}.mnemo" for n in range(TRIES)]
        for one in tries:
            record.record_file(one, episode, models, seed=exhibit.seed, title=exhibit.title, recording_id=exhibit.id)
        min(tries, key=milliseconds).replace(target)


def judge(recording: Path) -> None:
    """Reach the verdict of a recording and put it beside it, so that a server without torch shows it."""
    import mnemoscope
    from mnemoscope.reading import verdicts
    from mnemoscope.reading.recording import Recording

    with Recording.open(recording) as opened:
        verdicts.keep(recording, opened.manifest, mnemoscope.verdict(opened))


if __name__ == "__main__":
    if sys.argv[1:] == ["--verdicts"]:
        for shipped in sorted(FOLDER.glob("*.mnemo")):
            judge(shipped)
    else:
        make(only=sys.argv[1:])
