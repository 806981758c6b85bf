"""Recordings with the fake engine's numbers, and rows, for tests of what lies in a data folder."""

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.reading.recording import RecordingWriter
from mnemoscope_server.storage.index import Entry
from mnemoscope_server.storage.store import new_id
from mnemoscope_server.workers import protocol as exchange
from tests.server.fake_engine import FakeEngine

on_sqlite = pytest.mark.parametrize("index_url", ["sqlite"], indirect=True)
"""For tests of what happens to the file of the index: they mean nothing where there is none."""


def write(store, *, steps=100, finish="ended", title="t"):
    """A recording with the fake engine's numbers; finish=None leaves it as a killed server would."""
    identity = new_id()
    episode = tasks.get("signal-recall").episode(np.zeros(100))
    order = exchange.Open(identity, store.path(identity), title, 0, ("fake-signal-recall",), episode, None)
    prepared = FakeEngine("cpu").prepare(order)
    writer = RecordingWriter(order.path, prepared.manifest)
    for piece in prepared.streams[0].advance(min(steps, 64)) if steps else ():
        (writer.keyframe if piece.kind == "keyframe" else writer.frames)(0, piece.first, piece.payload)
    if finish:
        writer.finish(finish)
    writer.close()
    return identity


def entry(number):
    return Entry(new_id(), f"100% _{number}_", "copy", [], number, "ended", f"2026-01-01T00:00:{number:02d}Z", 1)
