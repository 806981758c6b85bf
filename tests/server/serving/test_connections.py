"""Places of connections: who makes room for whom."""

import pytest

from mnemoscope_server.access.clients import Allowance, Places, client_of
from mnemoscope_server.serving.connections import Connections, Stage


class Transport:
    """As much of a connection as has a place."""

    cut = False

    def abort(self):
        self.cut = True


def opened(connections, count, address="198.51.100.7", stage=Stage.WAITING):
    made = [Transport() for _ in range(count)]
    for transport in made:
        assert connections.begin(transport, address)
        connections.move(transport, stage)
    return made


def test_the_oldest_that_asks_for_nothing_makes_room_of_whoever_has_the_most():
    connections = Connections(limit=6, per_client=100)
    [other] = opened(connections, 1, "203.0.113.1")
    many = opened(connections, 5)
    opened(connections, 2, "203.0.113.2")
    assert [t.cut for t in (other, *many)] == [False, True, True, False, False, False]
    assert (len(connections), connections.displaced, connections.refused) == (6, 2, 0)


def test_a_body_makes_room_after_those_and_what_is_served_never():
    connections = Connections(limit=3, per_client=100)
    [served] = opened(connections, 1, stage=Stage.SERVED)
    [body] = opened(connections, 1, stage=Stage.RECEIVING)
    [waiting] = opened(connections, 1)
    opened(connections, 1, stage=Stage.SERVED)
    assert (waiting.cut, body.cut) == (True, False)
    opened(connections, 1, stage=Stage.SERVED)
    assert (body.cut, served.cut) == (True, False)
    assert not connections.begin(Transport(), "203.0.113.1")
    assert connections.refused == 1
    connections.end(served)
    connections.end(served)
    connections.end(Transport())
    assert len(connections) == 2
    assert connections.begin(Transport(), "203.0.113.1")


def test_one_address_has_its_share_and_this_machine_all():
    """Over its share it displaces its own alone."""
    connections = Connections(limit=100, per_client=2)
    [other] = opened(connections, 1, "203.0.113.1")
    first, _ = opened(connections, 2)
    opened(connections, 1)
    assert (first.cut, other.cut) == (True, False)
    opened(connections, 2, "203.0.113.9", Stage.SERVED)
    assert not connections.begin(Transport(), "203.0.113.9")
    opened(connections, 10, "127.0.0.1", Stage.SERVED)
    opened(connections, 10, "", Stage.SERVED)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("127.0.0.9", ""), ("::1", ""), ("::ffff:127.0.0.1", ""), ("", ""), ("testclient", ""),
    ],
)  # fmt: skip
def test_who_stands_behind_an_address(address, client):
    assert client_of(address) == client


def test_places_come_back_when_they_are_left():
    places = Places(3, 2)
    with places.place("203.0.113.1") as one, places.place("203.0.113.1") as two, places.place("203.0.113.1") as three:
        assert (one, two, three) == (True, True, False)
        with places.place("203.0.113.2") as four, places.place("203.0.113.3") as five:
            assert (four, five) == (True, False)
    assert places.taken == 0
    with places.place("203.0.113.1") as again:
        assert again


def test_an_allowance_comes_back_with_time_and_is_each_ones_own():
    now = [0.0]
    allowance = Allowance(100, 50, lambda: now[0])
    assert allowance.take("a", 60) == 0
    assert allowance.take("a", 60) == 10, "20 too much, 2 a second"
    assert allowance.take("b", 60) == 0
    assert allowance.take("", 10**9) == 0
    now[0] = 10
    assert allowance.take("a", 60) == 0
    now[0] = 1000
    assert allowance.take("a", 1000) == 0, "what is larger than all there is can be had alone"
    assert allowance.take("a", 1) == 451
