"""Steps of an episode whose samples come while it is run: the same as if all of it had been there from the start."""

from dataclasses import replace

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.checkpoints import store
from mnemoscope.running.recorded_step import EngineName
from mnemoscope.running.seats import Seats
from mnemoscope.running.stepper import Stepper
from mnemoscope.running.stream import Packet

STEPS, PIECE = 130, 13


def all_of(packets: list[Packet]) -> list[tuple[str, int, bytes]]:
    """Keyframes, and frames one by one."""
    found: list[tuple[str, int, bytes]] = []
    for packet in packets:
        size = len(packet.payload) // packet.count
        found += [
            (packet.kind, packet.first + n, packet.payload[n * size : n * size + size]) for n in range(packet.count)
        ]
    return found


@pytest.mark.parametrize("by", ["engine", "torch", "seat"])
def test_samples_are_heard_as_they_come(by: str) -> None:
    """What is wanted and what is scored come with them; an episode that has become longer is taken over too."""
    loaded, task = store.load("dnc-signal-recall"), tasks.get("signal-recall")
    whole = task.episode(np.sin(np.arange(STEPS) / 5))
    seats = Seats(loaded.model, task.outputs + 1, binary=task.binary, device="cpu") if by == "seat" else None
    asked: EngineName = "auto" if by == "engine" else "torch"
    at_once = Stepper(loaded, whole, engine=asked, seats=seats)
    wanted = all_of([packet for _ in range(STEPS // PIECE) for packet in at_once.advance(PIECE)])
    at_once.close()

    def blank(steps: int) -> tasks.Episode:
        parts = {part: np.zeros_like(getattr(whole, part)[:steps]) for part in ("inputs", "targets", "mask")}
        return replace(whole, **parts)

    short, long = blank(STEPS // 2), blank(STEPS)
    stepper, came = Stepper(loaded, short, engine=asked, seats=seats), list[Packet]()
    for first in range(0, STEPS, PIECE):
        until = first + PIECE
        episode = short if until <= short.steps else long
        for part in ("inputs", "targets", "mask"):
            getattr(short, part)[first:until] = getattr(whole, part)[first : min(until, short.steps)]
            getattr(long, part)[first:until] = getattr(whole, part)[first:until]
        stepper.hear(episode, first, until)
        came += stepper.advance(PIECE)
    assert all_of(came) == wanted
