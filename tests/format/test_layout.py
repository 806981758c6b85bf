import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnemoscope import kinds
from mnemoscope.errors import RecordingError
from mnemoscope.format.layout import FLAGS, BankSpec, FrameLayout, pack, unpack

NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
SHAPES = st.lists(st.integers(1, 5), max_size=3).map(tuple)


@st.composite
def layouts(draw: st.DrawFn) -> FrameLayout:
    keys = draw(st.lists(st.tuples(st.none() | NAMES, NAMES), min_size=1, max_size=5, unique=True))
    shapes = [draw(SHAPES) for _ in keys]
    return FrameLayout.of([(b, n, "any", tuple("xyz"[: len(s)]), s) for (b, n), s in zip(keys, shapes, strict=True)])


@given(layouts(), st.integers(0, 4), st.data())
def test_what_is_packed_comes_back_bit_for_bit(layout: FrameLayout, steps: int, data: st.DataObject) -> None:
    """Any layout, any float32 (NaN payloads and infinities too): unpack(pack(x)) == x, in views of one buffer."""
    arrays = {t.key: data.draw(hnp.arrays(np.float32, (steps, *t.shape))) for t in layout.tensors}
    payload = pack(layout, arrays)
    assert len(payload) == steps * layout.bytes
    back = unpack(layout, payload)
    for key, array in arrays.items():
        assert back[key].tobytes() == array.tobytes()
        assert not back[key].flags.writeable
        assert not back[key].flags.owndata


@given(layouts())
def test_json_keeps_a_layout(layout: FrameLayout) -> None:
    again = FrameLayout.from_json(layout.to_json())
    assert again.tensors == layout.tensors
    assert again.bytes == layout.bytes
    assert again.to_json() == layout.to_json()


def test_offsets_follow_each_other_in_the_order_given() -> None:
    layout = FrameLayout.of(
        [(None, "inputs", "input", ("feature",), (3,)), ("memory", "erase", "gate", ("write_head", "width"), (2, 5))]
    )
    assert [t.offset for t in layout.tensors] == [0, 12]
    assert layout.bytes == 12 + 40
    assert layout["memory", "erase"].size == 10
    assert ("memory", "inputs") not in layout


def test_a_frame_of_another_shape_is_refused_with_both_shapes() -> None:
    layout = FrameLayout.of([("memory", "erase", "gate", ("write_head", "width"), (2, 5))])
    with pytest.raises(RecordingError, match=r"memory.erase: wanted shape \(4, 2, 5\).*got \(4, 5, 2\)"):
        pack(layout, {("memory", "erase"): np.zeros((4, 5, 2))})


def test_missing_and_unknown_tensors_are_named() -> None:
    layout = FrameLayout.of([(None, "inputs", "input", ("feature",), (3,))])
    with pytest.raises(RecordingError, match=r"missing: inputs; unknown: memory.erase"):
        pack(layout, {("memory", "erase"): np.zeros((1, 2))})


def test_a_tensor_laid_out_twice_is_refused() -> None:
    twice = (None, "inputs", "input", ("feature",), (3,))
    with pytest.raises(RecordingError, match="inputs is laid out twice"):
        FrameLayout.of([twice, twice])


def test_half_a_frame_is_refused() -> None:
    layout = FrameLayout.of([(None, "inputs", "input", ("feature",), (3,))])
    with pytest.raises(RecordingError, match="whole frames of 12 bytes, got 13"):
        unpack(layout, bytes(13))


def test_write_once_memories_have_no_keyframe() -> None:
    bank = BankSpec("layer0", "append", None, 4, write_heads=2, read_heads=2)
    assert kinds.of(bank).keyframe_tensors(bank) == {}
    assert unpack(FrameLayout.of([]), b"") == {}
    assert pack(FrameLayout.of([]), {}) == b""


def test_banks_of_every_kind_name_their_tensors() -> None:
    """What docs/format.md promises to the models that record."""
    gru = BankSpec("cell", "cell", 1, 6, direct=True)
    assert list(kinds.of(gru).frame_tensors(gru)) == ["forget_gate", "input_gate", "write_vectors", "read_vectors"]
    assert kinds.of(gru).keyframe_tensors(gru) == {"cell": (6,)}
    rnn = BankSpec("state", "recurrent", 1, 4)
    assert kinds.of(rnn).frame_tensors(rnn) == dict.fromkeys(("write_vectors", "slopes", "read_vectors"), (4,))
    assert kinds.of(rnn).keyframe_tensors(rnn) == {"hidden": (4,), "recurrent_weights": (4, 4)}
    delta = BankSpec("state", "associative", 5, 3, write_heads=2, read_heads=2)
    keyed = dict.fromkeys(("queries", "keys", "retention", "erase"), (2, 5))
    assert kinds.of(delta).frame_tensors(delta) == keyed | dict.fromkeys(
        ("write_vectors", "write_gate", "read_vectors"), (2, 3)
    )
    assert kinds.of(delta).keyframe_tensors(delta) == {"memory": (2, 5, 3)}
    cross = BankSpec("cross0", "append", None, 3, write_heads=2, read_heads=2, gated=True)
    assert (
        kinds.of(cross).frame_tensors(cross)["read_gate"] == kinds.of(cross).frame_tensors(cross)["write_gate"] == (1,)
    )


def test_flags_stand_in_the_manifest_only_where_they_hold() -> None:
    plain = BankSpec("layer0", "append", None, 3, write_heads=2, read_heads=2)
    biased = BankSpec("layer0", "append", None, 3, write_heads=2, read_heads=2, bias_slopes=(0.5, 0.25))
    assert set(plain.to_json()) == {"name", "kind", "slots", "width", "write_heads", "read_heads"}
    assert biased.to_json() == plain.to_json() | {"bias_slopes": [0.5, 0.25]}
    for flag in FLAGS:
        [owner] = [kind.name for kind in kinds.KINDS.values() if flag in kind.options]
        assert BankSpec("b", owner, 2, 3, **{flag: True}).to_json()[flag] is True
