"""One run watched by two hundred: how far behind the run's own clock each message arrives, and what it costs the server.

On Linux: server and worker are held to one processor and the watchers to another. Some watchers take nothing. The watchers
are as light as they can be, so that it is the server that is measured: bytes of a websocket, no library.
"""

import asyncio
import base64
import json
import os
import struct
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.serving import server
from benchmarks.table import Row

WATCHERS, STALLED, SPEED, SECONDS, SETTLING = 200, 20, 30.0, 20, 5
MODELS = ["lstm", "ntm"]
HELLO = b'{"type":"hello","have":0}'
LATE = 30.0
"""Milliseconds, budget of the 99th percentile."""


class Watching(asyncio.Protocol):
    """A watcher that notes when each step arrives; a stalled one reads no more after its hello."""

    def __init__(self, host: str, path: str, arrived: list[tuple[int, float]], *, stalled: bool) -> None:
        self._host, self._path, self._arrived, self._stalled = host, path, arrived, stalled
        self._bytes, self._open = bytearray(), False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._bytes += data
        if not self._open:
            end = self._bytes.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._bytes[: end + 4]
            self._open = True
            self._transport.write(bytes([0x81, 0x80 | len(HELLO)]) + bytes(4) + HELLO)
            if self._stalled:
                self._transport.pause_reading()
                return
        while (found := self._frame()) is not None:
            code, payload = found
            if code == 2:  # binary: the wire's messages
                self._arrived.append((_last_step(payload), now))
            elif code == 9:  # ping
                self._transport.write(bytes([0x8A, 0x80 | len(payload)]) + bytes(4) + payload)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame; the server's are not masked."""
        held = self._bytes
        if len(held) < 2:
            return None
        length, begin = held[1] & 127, 2
        if length > 125:
            begin, form = (4, ">H") if length == 126 else (10, ">Q")
            if len(held) < begin:
                return None
            [length] = struct.unpack_from(form, held, 2)
        if len(held) < begin + length:
            return None
        code, payload = held[0] & 15, bytes(held[begin : begin + length])
        del held[: begin + length]
        return code, payload


def _last_step(payload: bytes) -> int:
    at = last = 0
    while at < len(payload):
        _, _, first, count, length = struct.unpack_from("<HHIII", payload, at)
        at += 16 + length
        last = max(last, first + count)
    return last


def seconds_of(process: int) -> float:
    """Processor time so far, of the web process alone."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


async def watch(
    host: str, path: str, process: int, *, watchers: int = WATCHERS, stalled: int = STALLED, seconds: float = SECONDS
) -> tuple[list[tuple[int, float]], float, float]:
    """(step, moment) of every arrival, when it had settled, the share of a processor that the web process took since."""
    arrived: list[tuple[int, float]] = []
    loop = asyncio.get_running_loop()
    name, _, port = host.partition(":")
    lines = [
        await loop.create_connection(lambda n=n: Watching(host, path, arrived, stalled=n < stalled), name, int(port))
        for n in range(watchers)
    ]
    await asyncio.sleep(SETTLING)
    begun, before = time.monotonic(), seconds_of(process)
    await asyncio.sleep(seconds)
    share = (seconds_of(process) - before) / (time.monotonic() - begun)
    for transport, _ in lines:
        transport.abort()
    return arrived, begun, share


def begin(address: str) -> str:
    """A run at `SPEED` that lasts long enough -> its id."""
    steps = int(SPEED * (SETTLING + SECONDS) * 2)
    body = {
        "signal": {"kind": "generated", "generator": "sines", "seed": 1, "steps": steps},
        "task": "signal-recall",
        "models": MODELS,
        "speed": SPEED,
    }
    request = urllib.request.Request(
        f"{address}/api/sessions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["id"]


def behind(arrived: list[tuple[int, float]], begun: float) -> tuple[dict[int, float], list[float]]:
    """When each step came first, and how many milliseconds behind the run's own clock all came that came since `begun`, in order."""
    soonest: dict[int, float] = {}
    for step, moment in arrived:
        soonest[step] = min(moment, soonest.get(step, moment))
    clock = min(moment - step / SPEED for step, moment in soonest.items())
    return soonest, sorted(1e3 * (moment - clock - step / SPEED) for step, moment in arrived if moment > begun)


def rows() -> Iterator[Row]:
    """Percentiles of the delay, how far watchers lie apart, and the server's share of a processor."""
    own = os.sched_getaffinity(0)
    first, second = sorted(own)[:2] if len(own) > 1 else (min(own), min(own))
    os.sched_setaffinity(0, {first})  # what is started now inherits it
    try:
        with server() as served:
            os.sched_setaffinity(0, {second})
            host = served.address.removeprefix("http://")
            identity = begin(served.address)
            arrived, begun, share = asyncio.run(watch(host, f"/ws/{identity}", served.process))
    finally:
        os.sched_setaffinity(0, own)
    soonest, late = behind(arrived, begun)
    settled = [(step, moment) for step, moment in arrived if moment > begun]
    apart = sorted(1e3 * (moment - soonest[step]) for step, moment in settled)
    yield Row("behind the run's clock, median", quantile(late, 0.5), "ms")
    yield Row("behind the run's clock, 99 of 100", quantile(late, 0.99), "ms", budget=LATE)
    yield Row("behind the first watcher, 99 of 100", quantile(apart, 0.99), "ms")
    yield Row("web process, of one processor", 100 * share, "%")
    yield Row("web process, a message", 1e6 * share * SECONDS / len(settled), "us")


def quantile(ordered: list[float], q: float) -> float:
    return ordered[int(q * (len(ordered) - 1))]
