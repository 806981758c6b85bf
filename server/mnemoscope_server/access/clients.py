"""Who counts as one client where places are few, and how much each may have of what costs something."""

import contextlib
import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Generator

MAX_CLIENTS = 10_000
"""Clients whose use is remembered; those that used nothing for longest are forgotten."""


class Places:
    """So many places in all, and so many for one client; this machine may have all of them."""

    def __init__(self, limit: int, per_client: int) -> None:
        self.limit, self.per_client = limit, per_client
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        return self._taken.total()

    @contextlib.contextmanager
    def place(self, address: str) -> Generator[bool, None, None]:
        """A place for somebody at this address for as long as it is held -> whether there is one."""
        client = client_of(address)
        if self.taken >= self.limit or (client and self._taken[client] >= self.per_client):
            yield False
            return
        self._taken[client] += 1
        try:
            yield True
        finally:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]


class Allowance:
    """So much for each client in so much time: what was used is given back evenly. This machine may use all it wants."""

    def __init__(self, amount: float, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.amount, self.seconds, self._clock = amount, seconds, clock
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """What a client had used, and when that was."""

    def take(self, client: str, cost: float = 1.0) -> int:
        """Use some -> 0, or the whole seconds until it can be had; more than there ever is, where nothing else was used."""
        if not client:
            return 0
        now = self._clock()
        used, since = self._used.get(client, (0.0, now))
        used = max(0.0, used - (now - since) * self.amount / self.seconds)
        over = used + min(cost, self.amount) - self.amount
        if over > 0:
            return math.ceil(over * self.seconds / self.amount)
        self._used[client] = (used + cost, now)
        self._used.move_to_end(client)
        while len(self._used) > MAX_CLIENTS:
            self._used.popitem(last=False)
        return 0


def client_of(address: str) -> str:
    """Who stands behind an address: of IPv6 its network, of which one household has all. "" = this machine, a proxy on it, a unix socket."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is None:
            return "" if known.is_loopback else str(ipaddress.ip_network((known, 64), strict=False))
        known = known.ipv4_mapped
    return "" if known.is_loopback else str(known)
