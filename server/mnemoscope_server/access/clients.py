"""Who counts as one client where places are few, and how many of them each may have."""

import contextlib
import ipaddress
from collections import Counter
from collections.abc import Generator


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
