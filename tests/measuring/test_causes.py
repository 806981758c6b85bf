"""Causes of death, held against memories whose death is known, with noise, other sizes, several heads and banks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnemoscope.errors import RecordingError
from mnemoscope.measuring import agreement
from mnemoscope.measuring.agreement import Moves, moves, settled
from mnemoscope.measuring.cooperative import run_to_end
from mnemoscope.reading.causes import LIMITS, Cause, cause, judged, percent
from mnemoscope.reading.recording import Recording
from mnemoscope.reading.segment import Segment
from tests.oracles.synthetic_memories import Leaky, Pointer, Rule, Synthetic, Tape, recorded

LEAD = 16


def examined(model: Synthetic, folder: Path, *, segment: int, delay: int) -> tuple[Cause, Cause]:
    """The cause of the ledger, and what is left of it once the segment was blanked."""
    rec = recorded(model, folder, segment=segment, delay=delay, lead=LEAD)
    store, recall = steps_of(rec)
    found = cause(rec["synthetic"], store, recall)
    return found, settled(found, run_to_end(moves(model, rec["synthetic"], store, recall, values=1)))


def steps_of(rec: Recording) -> tuple[range, range]:
    store, recall = (e for e in rec.manifest["task"]["events"] if e["kind"] in ("store", "recall"))
    return range(store["step"], store["until"]), range(recall["step"], recall["until"])


def shuffled(n: int, seed: int = 0) -> list[int]:
    return np.random.default_rng(seed).permutation(n).tolist()


KNOWN: dict[str, tuple[Synthetic, dict[str, int], str]] = {
    "tape, one slot more than it needs": (Tape(41), {"segment": 12, "delay": 28}, "alive"),
    "tape of exactly as many": (Tape(40), {"segment": 12, "delay": 28}, "overwritten"),
    "tape, noisy and blurred": (Tape(40, blur=0.1, noise=0.2), {"segment": 12, "delay": 30}, "overwritten"),
    "tape, blurred and long enough": (Tape(90, blur=0.1, noise=0.1), {"segment": 12, "delay": 30}, "alive"),
    "short tape, long segment": (Tape(20), {"segment": 30, "delay": 0}, "overwritten"),
    "tape beside a trace": (Tape(24, trace=True, heads=3), {"segment": 16, "delay": 20}, "overwritten"),
    "leaky": (Leaky(24, 0.1), {"segment": 24, "delay": 20}, "faded"),
    "leaky, few units and noise": (Leaky(8, 0.3, noise=0.3), {"segment": 8, "delay": 10}, "faded"),
    "hardly leaky": (Leaky(24, 0.002), {"segment": 24, "delay": 20}, "alive"),
    "shuffled": (Tape(90, order=shuffled(24)), {"segment": 24, "delay": 20}, "order lost"),
    "shuffled, short": (Tape(90, order=shuffled(10, 3), noise=0.1), {"segment": 10, "delay": 20}, "order lost"),
    "backwards, four heads": (Tape(90, order=list(range(19, -1, -1)), heads=4), {"segment": 20, "delay": 8}, "order lost"),
    "frees": (Tape(90, frees=True), {"segment": 12, "delay": 20}, "freed"),
    "frees, two heads and noise": (Tape(70, frees=True, heads=2, noise=0.1), {"segment": 20, "delay": 40}, "freed"),
    "never writes": (Tape(90, gate=0.0), {"segment": 12, "delay": 20}, "never written"),
    "hardly writes": (Tape(90, gate=0.01, heads=2, noise=0.1), {"segment": 24, "delay": 10}, "never written"),
    "delta rule, one key more than it needs": (Rule(33), {"segment": 12, "delay": 20}, "alive"),
    "delta rule of exactly as many": (Rule(32, heads=3, noise=0.1), {"segment": 12, "delay": 20}, "overwritten"),
    "delta rule that decays": (Rule(90, decay=0.95, heads=2), {"segment": 24, "delay": 30}, "faded"),
    "attention": (Pointer(0, heads=2, layers=3), {"segment": 12, "delay": 20}, "alive"),
    "attention, beside": (Pointer(-13), {"segment": 12, "delay": 20}, "kept, misread"),
    "attention, far beside": (Pointer(30, heads=4, layers=2, noise=0.05), {"segment": 24, "delay": 40}, "kept, misread"),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_a_death_that_is_known_is_named(name: str, tmp_path: Path) -> None:
    """By the ledger; and blanking agrees with it."""
    model, options, wanted = KNOWN[name]
    found, agreed = examined(model, tmp_path, **options)
    assert found.name == wanted, found
    assert agreed.name == wanted, agreed
    assert found.evidence["limits"] is LIMITS
    if wanted != "alive":
        assert found.evidence["error"] > LIMITS["error"]
        assert agreed.evidence["intervention"]["limits"] == agreement.LIMITS


@pytest.mark.parametrize("delay", [8, 14, 20])
def test_a_tape_dies_where_it_comes_round(delay: int, tmp_path: Path) -> None:
    """At N slots and not one step before, whatever N; the steps named are those that write the same slots again."""
    segment = 10
    alive, _ = examined(Tape(segment + delay + 1), tmp_path, segment=segment, delay=delay)
    dead, _ = examined(Tape(segment + delay), tmp_path, segment=segment, delay=delay)
    assert (alive.name, dead.name) == ("alive", "overwritten")
    again = LEAD + segment + delay
    assert dead.step == dead.evidence["run"]["first"]
    assert dead.evidence["run"]["first"] >= again
    assert dead.evidence["run"]["last"] < again + segment
    assert dead.evidence["overwritten"] == pytest.approx(1, abs=1e-5)


def test_the_evidence_of_fading_is_the_law_of_the_leak(tmp_path: Path) -> None:
    found, _ = examined(Leaky(12, 0.1), tmp_path, segment=12, delay=20)
    assert found.evidence["kept"] == pytest.approx(0.9**32, rel=1e-4)
    assert found.evidence["faded"] == pytest.approx(1 - 0.9**32, rel=1e-4)
    assert found.sentence == f"faded: {percent(0.9**32)} is left, half was gone by t = {found.step}"


def test_between_the_limits_nothing_is_settled(tmp_path: Path) -> None:
    """A third is left of every write: too much to have faded, too little to be kept."""
    found, agreed = examined(Leaky(12, 0.034), tmp_path, segment=12, delay=20)
    assert found.evidence["kept"] == pytest.approx(0.33, abs=0.01)
    assert found.name == agreed.name == "not settled"


def test_a_cause_that_blanking_contradicts_is_withheld() -> None:
    gone = Cause("faded", 7, "faded", {"kept": 0.01})
    misread = Cause("kept, misread", 7, "kept, misread", {})
    assert settled(gone, Moves(0.1, 0.1, 0.2)).name == "faded"
    for found, seen, why in (
        (gone, Moves(0.8, 0.2, 1.0), "80% of the answer goes when the segment is blanked"),
        (misread, Moves(0.8, 0.6, 1.0), "60% of the answer goes with the right moment"),
        (gone, None, "weights are not here"),
    ):
        withheld = settled(found, seen)
        assert withheld.name == "not settled"
        assert why in withheld.sentence
        assert withheld.evidence["ledger"] == found.name
    assert settled(Cause("alive", 7, "alive", {}), None).name == "alive"


def test_what_another_bank_keeps_is_not_called_lost(tmp_path: Path) -> None:
    """A tape that is overwritten beside one that is not: the ledger of one bank does not speak for both."""

    class Two(Tape):
        def banks(self) -> list[Any]:
            return [*super().banks(), *Pointer(0).banks()]

        def frame_entries(self) -> list[Any]:
            return [*super().frame_entries(), *Pointer(0).frame_entries()]

        def step(self, x: Any, state: Any) -> Any:
            tape, clock = state
            answer = super().step(x, tape)
            pointed = Pointer(0).step(x, clock)
            return answer._replace(state=(answer.state, pointed.state), seen=(answer.seen, pointed.seen))

        def initial_state(self, batch: int) -> Any:
            return super().initial_state(batch), Pointer(0).initial_state(batch)

        def frame(self, seen: Any) -> Any:
            return super().frame(seen[0]) | Pointer(0).frame(seen[1])

        def keyframe(self, state: Any) -> Any:
            return super().keyframe(state[0])

    rec = recorded(Two(24), tmp_path, segment=12, delay=20)
    store, recall = steps_of(rec)
    assert cause(rec["synthetic"], store, recall, bank="memory").name == "overwritten"
    both = cause(rec["synthetic"], store, recall)
    assert both.name == "not settled"
    assert both.evidence["elsewhere"] == "layer0"
    assert "layer0 still keeps 100%" in both.sentence


def test_steps_that_are_not_there_are_refused(tmp_path: Path) -> None:
    rec = recorded(Tape(40), tmp_path, segment=12, delay=10)
    with pytest.raises(RecordingError, match="before step 58 of model synthetic"):
        cause(rec["synthetic"], range(16, 28), range(50, 62))
    with pytest.raises(RecordingError, match="say with places="):
        cause(rec["synthetic"], range(16, 20), range(38, 50))


def lost(store: range, recall: range, losses: dict[str, list[tuple[int, float]]]) -> Segment:
    """A segment of equal writes that are read from nowhere near; losses: by mechanism a (step, share) a write, zeros as (0, 0)."""
    n, steps = len(store), recall.stop + 4
    tables = {name: np.zeros((n, steps)) for name in losses}
    for name, each in losses.items():
        for k, (step, share) in enumerate(each):
            tables[name][k, step] += share
    nothing = np.zeros(len(recall))
    return Segment(
        bank="memory", store=store, recall=recall, places=tuple(store[: len(recall)]), written=np.ones(n), offered=np.ones(n),
        losses=tables, right=nothing, inside=nothing, recent=nothing, sources=(None,) * len(recall),
    )  # fmt: skip


def test_a_cause_speaks_for_more_than_half_of_the_segment() -> None:
    """Two of five faded, two were overwritten, one is there: the larger part has no one cause; with three there is one."""
    store, recall = range(5), range(10, 15)
    mixed = {"faded": [(6, 1.0)] * 2 + [(0, 0.0)] * 3, "overwritten": [(0, 0.0)] * 2 + [(7, 1.0)] * 2 + [(0, 0.0)]}
    found = judged(lost(store, recall, mixed), 0.9)
    assert found.name == "not settled"
    assert found.evidence["votes"] == pytest.approx({"faded": 0.4, "overwritten": 0.4, "kept": 0.2})
    mixed["faded"][4] = (6, 1.0)
    assert judged(lost(store, recall, mixed), 0.9).name == "faded"


def test_what_a_replay_frees_behind_itself_is_no_loss() -> None:
    """A slot freed before the cue is lost, one freed in the replay is not, even before its own step is asked for."""
    store, recall = range(4), range(10, 14)
    part = lost(store, recall, {"freed": [(9, 1.0), (10, 1.0), (11, 1.0), (0, 0.0)]})
    assert part.kept.tolist() == [0, 1, 1, 1]
    overwritten = lost(store, recall, {"overwritten": [(9, 1.0), (10, 1.0), (11, 1.0), (0, 0.0)]})
    assert overwritten.kept.tolist() == [0, 0, 0, 1], "each is asked for a step after it was lost"
