"""How a run was ordered, as bytes: read by another server it is the same order, and nothing in it can be more than numbers and text."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnemoscope import tasks
from mnemoscope.tasks.growing import Growing, LiveSignal
from mnemoscope_server.sessions.left import Left, find
from mnemoscope_server.storage.blobs.bucket import Bucket
from mnemoscope_server.storage.blobs.parts import Parts
from mnemoscope_server.workers.protocol import Open

ID, HERE = "x" * 22, Path("here.mnemo")


def an_order(**more):
    episode = tasks.get("signal-recall").episode(np.sin(np.arange(200) / 3))
    episode = replace(episode, beside=np.ones((episode.steps, 2), np.float32), feedback=7)
    order = Open(ID, Path("elsewhere.mnemo"), "Ämter", 3, ("lstm-signal-recall", Path("/fits/mine")), episode, 24.5)
    return replace(order, **more)


def left(order, **more):
    return Left(
        order, {"id": ID, "models": []}, {"id": ID, "failures": [{"stream": 1}]}, **({"speed": 8.0, "until": 90} | more)
    )


def test_an_order_comes_back_as_it_was():
    order = an_order(bridge={"heads": 2}, reserve=5)
    found = Left.from_bytes(left(order).to_bytes(), HERE)
    assert (found.began, found.manifest, found.speed, found.until) == (
        {"id": ID, "models": []}, {"id": ID, "failures": [{"stream": 1}]}, 8.0, 90)  # fmt: skip
    assert replace(found.order, episode=None) == replace(order, episode=None, path=HERE)
    for name in ("inputs", "targets", "mask", "beside"):
        one, other = (getattr(each.episode, name) for each in (order, found.order))
        assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes()), name
    none = dict.fromkeys(("inputs", "targets", "mask", "beside"))
    assert replace(found.order.episode, **none) == replace(order.episode, **none)
    paused = Left.from_bytes(left(order, speed=None, until=None).to_bytes(), HERE)
    assert (paused.speed, paused.until) == (None, None)


def test_a_run_on_a_live_source_cannot_be_begun_again():
    growing = Growing("forecast", LiveSignal(warmup=10), steps=100)
    found = Left.from_bytes(left(an_order(growing=growing)).to_bytes(), HERE)
    assert found.order is None
    assert found.manifest["failures"] == [{"stream": 1}]


def test_an_order_of_another_version_is_none_and_bytes_that_are_none_are_refused(tmp_path, caplog):
    data = left(an_order()).to_bytes()
    other = data.replace(b'"reserve"', b'"Reserve"')
    assert other != data
    with pytest.raises(ValueError, match="not what a run leaves behind"):  # its checksum
        Left.from_bytes(other, HERE)
    with np.load(io.BytesIO(data)) as found:
        arrays = dict(found)
    arrays["json"] = np.frombuffer(arrays["json"].tobytes().replace(b'"reserve"', b'"Reserve"'), np.uint8)
    again = io.BytesIO()
    np.savez(again, **arrays)
    assert Left.from_bytes(again.getvalue(), HERE).order is None
    parts = Parts(Bucket(f"file://{tmp_path}/bucket"))
    for damaged in (b"", b"PK\3\4", data[:200], data[:-300], b"{}", np.arange(3).tobytes()):
        with pytest.raises(ValueError, match="not what a run leaves behind"):
            Left.from_bytes(damaged, HERE)
        parts.put_run(ID, damaged)
        assert find(parts, ID, HERE) is None
    assert ID in caplog.text
    parts.put_run(ID, data)
    found = find(parts, ID, HERE)
    assert (found.upto, found.last, found.left.order.title) == (0, b"", "Ämter")


def test_objects_of_python_are_not_read():
    data = io.BytesIO()
    np.savez(data, json=np.array([Path("x")], dtype=object))
    with pytest.raises(ValueError):
        Left.from_bytes(data.getvalue(), HERE)
