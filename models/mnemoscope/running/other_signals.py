"""What the results that ship say of the models of a verdict: a recording is one signal, they are held-out ones by the dozen."""

from __future__ import annotations

from typing import Any

from mnemoscope.running.standing import TASK, standing


def elsewhere(verdict: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any] | None:
    """Which of these checkpoints is ahead on the signals that ship, by segment and delay of the run: `{text, delay, n}`.

    One is ahead of another where their 90 % bands lie apart, else they are level. None where that was not measured: another task,
    several rounds, another segment or delay, a model that does not ship or was caught in the middle of its training.
    """
    if manifest["task"]["name"] != TASK or verdict["n"] != 1 or not verdict["recall"]:
        return None
    (first, stop), (cue, _) = verdict["store"], verdict["recall"]
    measured = {
        row["checkpoint"].split(",")[0]: row
        for row in standing()["rows"]
        if row["view"] == "behaviour"
        and row["checkpoint"] is not None
        and (row["segment"], row["delay"]) == (stop - first, cue - stop)
    }
    names = {model["id"]: model["checkpoint"]["name"] for model in manifest["models"] if model.get("checkpoint")}
    rows = [(row["label"], measured.get(names.get(row["model"], ""))) for row in verdict["ranking"]]
    known = [(label, row) for label, row in rows if row is not None]
    if len(known) < max(2, len(rows)):
        return None
    reach = min(known, key=lambda one: one[1]["error"])[1]["high"]
    ahead = [label for label, row in known if row["low"] <= reach]
    if len(ahead) > 1:
        says = f"{', '.join(ahead[:-1])} and {ahead[-1]} are level"
    else:
        says = f"{ahead[0]} leads{' too' if ahead[0] == rows[0][0] else ''}"
    n = known[0][1]["n"]
    return {"text": f"On {n} other signals {says}.", "delay": cue - stop, "n": n}
