import itertools
import json
import signal
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnemoscope.errors import CorruptRecording, RecordingError
from mnemoscope.format import blocks
from mnemoscope.reading.recording import Recording, RecordingWriter, amend
from tests.oracles.random_logs import MODELS, Made

MADE = Made(steps=150)
SMALL = Made(steps=70, models=("lstm", "transformer"), seed=1)


def test_a_finished_recording_gives_back_every_frame_and_keyframe(tmp_path: Path) -> None:
    rec = Recording.open(MADE.save(tmp_path / "a.mnemo"))
    assert rec.models == list(MODELS)
    assert (rec.steps, rec.chunks, rec.torn) == (150, 3, 0)
    assert rec.finished
    assert rec.manifest["status"] == "ended"
    assert rec.manifest["steps"] == 150
    for stream, ident in enumerate(rec):
        assert rec[ident].frame_bytes(0, 150) == MADE.frames[stream]
        size = MADE.manifest["models"][stream]["frame"]["bytes"]
        assert rec[ident].frame_bytes(60, 9) == MADE.frames[stream][60 * size : 69 * size]
        for k in range(3):
            assert (rec[ident].keyframe_bytes(k) or b"") == MADE.keyframes[stream][k]


def test_recorded_arrays_are_named_and_have_time_first(tmp_path: Path) -> None:
    rec = Recording.open(MADE.save(tmp_path / "a.mnemo"))
    weights = rec["ntm"].array("write_weights")
    assert weights.shape == (150, 2, 11)
    assert rec["ntm"].spec("write_weights").shape == (2, 11)
    np.testing.assert_array_equal(weights, MADE.logs["ntm", "memory"]["write_weights"].astype(np.float32))
    assert rec["lstm"].array("inputs").shape == (150, 3)
    assert rec["transformer"].array("keys").shape == (150, 2, 5)  # the last layer
    assert rec["transformer"].array("keys", "layer0").shape == (150, 4, 3)
    assert rec["ntm"].array("erase", start=10, stop=12).shape == (2, 2, 5)
    with pytest.raises(ValueError, match="read-only"):
        weights[0] = 0


def test_unknown_names_say_what_there_is(tmp_path: Path) -> None:
    rec = Recording.open(SMALL.save(tmp_path / "a.mnemo"))
    with pytest.raises(RecordingError, match=r"no model 'gru'.*lstm, transformer"):
        rec["gru"]
    with pytest.raises(RecordingError, match=r"no array 'usage' in bank 'cell'.*forget_gate.*cell"):
        rec["lstm"].array("usage")
    with pytest.raises(RecordingError, match=r"no bank 'layer7'.*layer0, layer1"):
        rec["transformer"].array("keys", "layer7")
    with pytest.raises(RecordingError, match=r"step of 0 … 69.*got 70"):
        rec["lstm"].shares(70)
    with pytest.raises(RecordingError, match=r"head of 0 … 1.*got 2"):
        rec["transformer"].shares(3, head=2)
    with pytest.raises(RecordingError, match=r"writes without gaps before step 70 of 70, got range\(60, 71\)"):
        rec["lstm"].losses(range(60, 71))
    with pytest.raises(RecordingError, match=r"writes without gaps before step 20 of 70"):
        rec["lstm"].losses(range(0, 10, 2), 20)


def test_losses_of_many_writes_are_those_of_each(tmp_path: Path) -> None:
    """More writes than are carried at once, of a bank that is not the default one too; attention loses nothing."""
    rec = Recording.open(Made(steps=70, models=("ntm", "lstm", "transformer"), seed=1).save(tmp_path / "a.mnemo"))
    for model in ("ntm", "lstm"):
        all_writes = rec[model].losses(range(70))
        assert all_writes
        for name, table in all_writes.items():
            assert table.shape == (70, 70)
            np.testing.assert_allclose(table[65:67, :68], rec[model].losses(range(65, 67), 68)[name], atol=1e-9)
        left = 1 - sum(table[3, :61].sum() for table in all_writes.values())
        assert left == pytest.approx(rec[model].held(3, 60))
    assert rec["transformer"].losses(range(5), bank="layer0") == {}


def test_messages_are_the_wire_form_of_a_chunk_keyframes_first(tmp_path: Path) -> None:
    rec = Recording.open(MADE.save(tmp_path / "a.mnemo"))
    for chunk, count in ((0, 64), (1, 64), (2, 22)):
        data, at, seen = rec.messages(chunk), 0, []
        while at < len(data):
            stream, kind, first, steps, length = struct.unpack_from("<HHIII", data, at)
            payload = data[at + 16 : at + 16 + length]
            seen.append((kind, stream))
            assert first == chunk * 64
            size = MADE.manifest["models"][stream]["frame"]["bytes"]
            if kind == 1:
                assert steps == count
                assert payload == MADE.frames[stream][first * size : (first + count) * size]
            else:
                assert steps == 1
                assert payload == MADE.keyframes[stream][chunk]
            at += 16 + length
        assert at == len(data)
        kept = [stream for stream, banks in enumerate(MODELS.values()) if banks[0].kind != "append"]
        assert seen == [*((2, stream) for stream in kept), *((1, stream) for stream in range(len(MODELS)))]
    with pytest.raises(RecordingError, match="chunk of 0 … 2, got 3"):
        rec.messages(3)
    of_each = [rec.messages(1, stream) for stream in range(len(MODELS))]
    assert sum(map(len, of_each)) == len(rec.messages(1))
    assert all(struct.unpack_from("<H", data)[0] == stream for stream, data in enumerate(of_each))
    with pytest.raises(RecordingError, match=f"stream of 0 … {len(MODELS) - 1}, got {len(MODELS)}"):
        rec.messages(1, len(MODELS))


@given(cuts=st.lists(st.integers(0, 70), max_size=12), flushed=st.sets(st.integers(0, 13)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pieces_and_flushes_do_not_change_what_is_recorded(tmp_path: Path, cuts: list[int], flushed: set[int]) -> None:
    """However steps are handed over, a reader sees each flushed step, and the end result is the same."""
    path = tmp_path / "pieces.mnemo"
    path.unlink(missing_ok=True)
    edges = [0, *sorted(cuts), 70]
    with RecordingWriter(path, SMALL.manifest) as writer, Recording.open(path) as rec:
        for i, (start, stop) in enumerate(itertools.pairwise(edges)):
            if start < stop:
                SMALL.write(writer, start, stop)
            if i in flushed:
                writer.flush()
                assert rec.refresh() == stop
        writer.finish("ended")
        assert rec.refresh() == 70
        assert rec.finished
        assert rec.content_hash() == rec.manifest["content_hash"]
        assert [rec[m].frame_bytes(0, 70) for m in rec] == SMALL.frames
        rec.check()


def test_a_reader_follows_a_writer_and_arrays_grow(tmp_path: Path) -> None:
    path = tmp_path / "live.mnemo"
    with RecordingWriter(path, SMALL.manifest) as writer:
        SMALL.write(writer, 0, 10)
        writer.flush()
        rec = Recording.open(path)
        assert rec["lstm"].array("write_vectors").shape == (10, 9)
        assert rec["lstm"].shares(9).sum() == pytest.approx(1, abs=1e-6)
        SMALL.write(writer, 10, 70)
        assert rec.refresh() == 64  # complete chunks are written at once, the rest waits for flush
        writer.flush()
        assert rec.refresh() == 70
        assert rec["lstm"].array("write_vectors").shape == (70, 9)
        assert rec["lstm"].shares(69).sum() == pytest.approx(1, abs=1e-6)
        assert not rec.finished


def test_every_torn_tail_is_cut_at_the_last_whole_block(tmp_path: Path) -> None:
    """Cut the file at any byte: it opens with the whole blocks before the cut, or says that its head is missing."""
    whole = SMALL.save(tmp_path / "a.mnemo").read_bytes()
    path = tmp_path / "torn.mnemo"
    with Recording.open(tmp_path / "a.mnemo") as full:
        ends = {block.end: block for block in full._blocks}
        head = full._blocks[0].offset
    reached, expected = [0, 0], {}
    for end in sorted(ends):
        if ends[end].tag == blocks.FRAMES:
            reached[ends[end].stream] += ends[end].count
        expected[end] = min(reached)
    for cut in [*range(0, head, 97), *range(head, len(whole), 211), *(e + d for e in ends for d in (-1, 0, 1))]:
        path.write_bytes(whole[:cut])
        if cut < head:
            with pytest.raises(RecordingError):
                Recording.open(path)
            continue
        with Recording.open(path) as rec:
            before = max((end for end in ends if end <= cut), default=head)
            assert rec.torn == cut - before
            assert rec.steps == expected.get(before, 0)
            rec.check()


def test_zeros_after_a_power_cut_are_a_torn_tail(tmp_path: Path) -> None:
    path = SMALL.save(tmp_path / "a.mnemo")
    with open(path, "ab") as file:
        file.write(bytes(5000))
    with Recording.open(path) as rec:
        assert (rec.steps, rec.torn) == (70, 5000)


def test_every_flipped_byte_is_noticed(tmp_path: Path) -> None:
    """A damaged byte never goes unseen: an error with an offset, or (in the last block) a torn tail."""
    path = SMALL.save(tmp_path / "a.mnemo")
    whole, damaged = path.read_bytes(), tmp_path / "damaged.mnemo"
    rng = np.random.default_rng(5)
    for at in [*range(20), *rng.integers(20, len(whole), 150).tolist()]:
        data = bytearray(whole)
        data[at] ^= 0x11
        damaged.write_bytes(data)
        noticed: RecordingError | int
        try:
            with Recording.open(damaged) as rec:
                rec.check()
                noticed = rec.torn
        except RecordingError as error:
            noticed = error
        assert noticed
        assert isinstance(noticed, CorruptRecording) or at < 20 or isinstance(noticed, int)


def test_a_damaged_payload_is_reported_with_the_offset_of_its_block(tmp_path: Path) -> None:
    path = SMALL.save(tmp_path / "a.mnemo")
    with Recording.open(path) as rec:
        block = next(b for b in rec._blocks if b.tag == blocks.FRAMES)
    data = bytearray(path.read_bytes())
    data[block.offset + blocks.HEADER.size + 5] ^= 1
    path.write_bytes(data)
    with Recording.open(path) as rec, pytest.raises(CorruptRecording, match=f"at byte {block.offset}") as caught:
        rec["lstm"].array("outputs")
    assert caught.value.offset == block.offset


WRITER_THAT_IS_KILLED = """
    import sys, time
    from tests.oracles.random_logs import Made
    from mnemoscope.reading.recording import RecordingWriter
    made = Made(steps=150)
    writer = RecordingWriter(sys.argv[1], made.manifest)
    for start in range(0, 150, 5):
        made.write(writer, start, start + 5)
        writer.flush()
        print(start + 5, flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
def test_a_killed_writer_leaves_every_flushed_step_readable(tmp_path: Path) -> None:
    """SIGKILL in the middle of a run: what was flushed is there; `amend` gives it an end."""
    path = tmp_path / "killed.mnemo"
    code = textwrap.dedent(WRITER_THAT_IS_KILLED)
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= 85:
                break
        child.send_signal(signal.SIGKILL)
    with open(path, "ab") as file:
        file.write(b"FRAM\x00")  # and one write that was cut short
    with Recording.open(path) as rec:
        assert rec.steps >= 85
        assert rec.torn == 5
        assert not rec.finished
        steps = rec.steps
    with amend(path, {"status": "stopped"}) as rec:
        assert (rec.torn, rec.steps, rec.manifest["steps"], rec.manifest["status"]) == (0, steps, steps, "stopped")
        assert rec.content_hash() == rec.manifest["content_hash"]


def test_amend_changes_a_title_under_an_open_reader(tmp_path: Path) -> None:
    path = SMALL.save(tmp_path / "a.mnemo")
    with Recording.open(path) as reader:
        before = reader.content_hash()
        amend(path, {"title": "Renamed"}).close()
        assert reader.refresh() == 70
        assert reader.manifest["title"] == "Renamed"
        assert reader.manifest["content_hash"] == before
    for bad in ({"models": []}, {"title": 3}):
        data = path.read_bytes()
        with pytest.raises(RecordingError):
            amend(path, bad)
        assert path.read_bytes() == data


def test_a_model_that_failed_does_not_hold_the_others_back(tmp_path: Path) -> None:
    path = tmp_path / "a.mnemo"
    with RecordingWriter(path, SMALL.manifest) as writer, Recording.open(path) as rec:
        writer.keyframe(0, 0, SMALL.keyframes[0][0])
        size = [m["frame"]["bytes"] for m in SMALL.manifest["models"]]
        writer.frames(0, 0, SMALL.frames[0][: 3 * size[0]])
        writer.frames(1, 0, SMALL.frames[1][: 50 * size[1]])
        writer.flush()
        assert rec.refresh() == 3
        writer.meta({"failures": [{"stream": 0, "step": 3, "reason": "not finite"}]})
        writer.flush()
        assert rec.refresh() == 50
        assert rec["lstm"].steps == 3
        assert len(rec.messages(0)) == 3 * 16 + len(SMALL.keyframes[0][0]) + 3 * size[0] + 50 * size[1]


def test_the_writer_refuses_what_would_not_read_back(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "a.mnemo", SMALL.manifest) as writer:
        frame = SMALL.manifest["models"][0]["frame"]["bytes"]
        with pytest.raises(RecordingError, match="from step 0 on, got step 4"):
            writer.frames(0, 4, bytes(frame))
        with pytest.raises(RecordingError, match=f"whole frames of {frame} bytes, got 7"):
            writer.frames(0, 0, bytes(7))
        with pytest.raises(RecordingError, match="got step 5"):
            writer.keyframe(0, 5, SMALL.keyframes[0][0])
        with pytest.raises(RecordingError, match="keyframe of 36 bytes, got 4"):
            writer.keyframe(0, 0, bytes(4))
        with pytest.raises(RecordingError, match="META cannot change models"):
            writer.meta({"models": []})
        with pytest.raises(RecordingError, match="stream of 0 … 1, got 2"):
            writer.frames(2, 0, b"")
        with pytest.raises(RecordingError, match="cannot be written as JSON"):
            writer.meta({"score": float("nan")})
    with pytest.raises(RecordingError, match="Cannot create"):
        RecordingWriter(tmp_path / "a.mnemo", SMALL.manifest)
    with pytest.raises(RecordingError, match="is closed"):
        writer.frames(0, 0, bytes(frame))


def test_thirty_lines_in_any_language_read_it(tmp_path: Path) -> None:
    """The documented layout, read without the library: preamble, blocks, zstd, float32."""
    import zstandard

    data = SMALL.save(tmp_path / "a.mnemo").read_bytes()
    assert data[:8] == bytes.fromhex("894D4E454D4F0D0A")
    version, length, _ = struct.unpack_from("<III", data, 8)
    manifest, at, steps = json.loads(data[20 : 20 + length]), 20 + length, 0
    assert version == 1
    while data[at : at + 4] != b"INDX":
        tag, stream, flags, first, count, size, _ = struct.unpack_from("<4sHHIIII", data, at)
        payload = data[at + 24 : at + 24 + size]
        payload = zstandard.decompress(payload) if flags & 1 else payload
        if tag == b"FRAM" and stream == 1:
            frame = manifest["models"][1]["frame"]
            where = next(t["offset"] for t in frame["tensors"] if t["name"] == "outputs") // 4
            table = np.frombuffer(payload, "<f4").reshape(count, frame["bytes"] // 4)
            wanted = np.frombuffer(SMALL.frames[1], "<f4").reshape(70, -1)[first : first + count]
            np.testing.assert_array_equal(table[:, where], wanted[:, where])
            steps += count
        at += 24 + size
    assert steps == 70
    assert struct.unpack("<Q", data[-8:])[0] == at


def test_what_was_read_is_derived_where_it_is_not_recorded(tmp_path: Path) -> None:
    """`read_vectors` is one name for all: in the log of the NTM here, `M_tᵀ w^r` for the DNC."""
    with Recording.open(MADE.save(tmp_path / "a.mnemo")) as rec:
        assert rec["ntm"].recorded("read_vectors")
        assert not rec["dnc"].recorded("read_vectors")
        for model in ("ntm", "dnc"):
            expected = MADE.logs[model, "memory"]["read_vectors"]
            np.testing.assert_allclose(rec[model].array("read_vectors"), expected, atol=1e-5)
            np.testing.assert_allclose(rec[model].read_vector(70, 1), expected[70, 1], atol=1e-5)
