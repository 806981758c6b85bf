"""How many connections there are, in all and of one address; where there are too many, one that asks for nothing makes room.

Whoever opens connections and sends nothing can thereby displace only others of that kind, and first of all their own: an owner's request
is whole within milliseconds, and what is being answered or watched is never displaced.
"""

import asyncio
import enum
from collections import Counter, OrderedDict

from mnemoscope_server.access.clients import client_of


class Stage(enum.IntEnum):
    """What a connection is about, in the order in which it makes room."""

    WAITING = 0
    """No whole request yet, none after the last answer, or a socket that has not said hello."""
    RECEIVING = 1
    """A request whose body comes in."""
    SERVED = 2
    """A request that is being answered, or a socket that watches."""


class Connections:
    """The open connections of a server, by their transports."""

    def __init__(self, limit: int, per_client: int) -> None:
        """per_client: most of one address; this machine is exempt, since a proxy on it speaks for many."""
        self.limit, self.per_client = limit, per_client
        self._clients: dict[asyncio.BaseTransport, str] = {}
        self._by_client: Counter[str] = Counter()
        self._stages: tuple[OrderedDict[asyncio.Transport, None], ...] = tuple(OrderedDict() for _ in Stage)
        """Connections of each stage, the one that has been in it longest first."""
        self.displaced = self.refused = 0

    def __len__(self) -> int:
        return len(self._clients)

    def begin(self, transport: asyncio.Transport, address: str) -> bool:
        """Another one -> whether there is a place for it; one that asks for nothing may have been cut off for it."""
        client = client_of(address)
        if client and self._by_client[client] >= self.per_client and not self._make_room(client):
            self.refused += 1
            return False
        if len(self) >= self.limit and not self._make_room(None):
            self.refused += 1
            return False
        self._clients[transport] = client
        self._by_client[client] += 1
        self._stages[Stage.WAITING][transport] = None
        return True

    def move(self, transport: asyncio.Transport, stage: Stage) -> None:
        """A connection is about something else now."""
        if transport in self._clients and transport not in self._stages[stage]:
            self._drop(transport)
            self._stages[stage][transport] = None

    def end(self, transport: asyncio.Transport) -> None:
        """A connection is closed; one that never had a place may be named too."""
        client = self._clients.pop(transport, None)
        if client is None:
            return
        self._drop(transport)
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]

    def _drop(self, transport: asyncio.Transport) -> None:
        for stage in self._stages:
            stage.pop(transport, None)

    def _make_room(self, client: str | None) -> bool:
        """Cut off the oldest that asks for nothing: of this client, or of the one that has the most of them."""
        for stage in (Stage.WAITING, Stage.RECEIVING):
            held = self._stages[stage]
            most = client
            if most is None and held:
                [(most, _)] = Counter(self._clients[transport] for transport in held).most_common(1)
            for transport in held:
                if self._clients[transport] == most:
                    self.displaced += 1
                    self.end(transport)
                    transport.abort()
                    return True
        return False
