"""The newest frames in memory, and cutting messages at a step."""

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from mnemoscope_server.sessions.tail import Shared, Tail, from_step, of_stream
from tests.server.fake_messages import frames, keyframe, steps_of


@pytest.mark.parametrize("have", [0, 1, 63, 64, 65, 100, 128, 500])
def test_a_watcher_gets_exactly_the_steps_it_lacks(have):
    """A keyframe is sent only where its stretch is lacked from the beginning."""
    data = keyframe(64) + frames(64, 90) + frames(90, 128) + frames(64, 128, stream=1)
    wanted = [(0, step) for step in range(max(64, have), 128)] + [(1, step) for step in range(max(64, have), 128)]
    got = steps_of(from_step(data, have))
    assert [entry for entry in got if not isinstance(entry[1], str)] == wanted
    assert ((0, "k64") in got) is (have <= 64)


def test_the_messages_of_one_stream_are_found_among_all():
    data = keyframe(64) + frames(64, 90) + frames(64, 90, stream=1) + frames(90, 128)
    assert steps_of(of_stream(data, 1)) == [(1, step) for step in range(64, 90)]
    assert of_stream(data, 0) == keyframe(64) + frames(64, 90) + frames(90, 128)
    assert of_stream(data, 2) == b""


def test_the_tail_forgets_whole_chunks_and_keeps_two():
    """What is forgotten must be whole in the file, and the current chunk is not."""
    tail = Tail(limit_bytes=2000)
    for first in range(0, 640, 16):
        tail.append(first, first + 16, (frames(first, first + 16),))
        assert tail.start % 64 == 0
        assert tail.batches[-1].upto == first + 16
        assert tail.start <= max(0, first // 64 * 64 - 64), "the chunk before the current one stays"
    assert tail.start >= 448
    assert tail.since(tail.first_number).first == tail.start
    assert steps_of(tail.messages(9)) == [(0, step) for step in range(576, 640)]


def test_numbers_go_on_when_everything_is_small():
    """Numbers say how far a watcher is, so they never begin again."""
    tail = Tail(limit_bytes=10**6)
    assert (tail.first_number, tail.next_number) == (0, 0)
    tail.append(0, 3, (frames(0, 3),))
    assert (tail.first_number, tail.next_number, tail.start) == (0, 1, 0)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_what_is_shared_is_framed_as_a_websocket_frames_it(length):
    """One binary frame, however long, that a client reads as those bytes."""
    data = Shared(bytes(n % 251 for n in range(length)))
    client = ClientProtocol(parse_uri("ws://localhost/"), state=OPEN, max_size=None)
    client.receive_data(data.frame)
    [event] = client.events_received()
    assert isinstance(event, Frame)
    assert (event.opcode, event.fin, bytes(event.data)) == (2, True, bytes(data))


def test_a_batch_is_joined_and_framed_once():
    """Not once a watcher."""
    tail = Tail(limit_bytes=10**6)
    tail.append(0, 3, (keyframe(0), frames(0, 3)))
    first, second = (tail.since(0).data for _ in range(2))
    assert first == keyframe(0) + frames(0, 3)
    assert first is second
    assert first.frame is second.frame
