"""Who waits for a place keeps it by asking again, and who is gone is not waited for."""

from mnemoscope_server.sessions.queue import FORGOTTEN_SECONDS, MAX_WAITING, Queue, worth_asking


def test_who_came_first_comes_in_first():
    now = [0.0]
    queue = Queue(lambda: now[0])
    assert queue.ask(None, 1, client="a") is None
    first, second = queue.ask(None, 0, client="a"), queue.ask(None, 0, client="b")
    assert (first.place, second.place) == (1, 2)
    assert queue.ask(None, 1, client="c").place == 2, "one place is free, and it is the first one's"
    assert queue.ask("made up", 0, client="d").place == 4
    assert queue.ask(second.ticket, 1, client="elsewhere now").place == 1
    assert queue.ask(first.ticket, 1) is None
    queue.leave(first.ticket)
    assert queue.ask(second.ticket, 1) is None


def test_a_program_without_tickets_does_not_queue_behind_itself():
    """It asks again and again; its place is that of the first time, and it leaves no ghosts."""
    queue = Queue(lambda: 0.0)
    assert {queue.ask(None, 0, client="a").place for _ in range(5)} == {1}
    assert len(queue) == 1
    assert queue.ask(None, 0, client="b").place == 2
    assert queue.ask(None, 1, client="a") is None
    queue.leave(None, client="a")
    assert queue.ask(None, 1, client="b") is None


def test_who_does_not_ask_again_is_forgotten():
    now = [0.0]
    queue = Queue(lambda: now[0])
    gone, stays = queue.ask(None, 0, client="a"), queue.ask(None, 0, client="b")
    now[0] = FORGOTTEN_SECONDS - 1
    assert queue.ask(stays.ticket, 0, client="b").place == 2
    now[0] += 2
    assert queue.ask(stays.ticket, 0, client="b").place == 1
    assert queue.ask(gone.ticket, 0, client="a").place == 2
    for number in range(2 * MAX_WAITING):
        last = queue.ask(None, 0, client=str(number))
    assert (last.ticket, len(queue)) == ("", MAX_WAITING)


def test_when_to_ask_again():
    """When a place is expected, but soon enough to keep one's own."""
    assert worth_asking([9.0, 5.2], 1) == 6
    assert worth_asking([9.0, 5.2], 2) == 9
    assert worth_asking([0.1], 1) == 3
    assert worth_asking([1e9], 1) == worth_asking([], 1) == FORGOTTEN_SECONDS / 3
