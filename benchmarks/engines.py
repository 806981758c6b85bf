"""A run at 30 steps a second and one watcher, with the engine in a process of the server and on a Ray cluster: how far behind each is.

On this machine all share its cores, and the two are measured one after the other, six times in turn: every run begins at another
place between two ticks of its engine. The ratio counts.
"""

import asyncio
import contextlib
import importlib.util
import os
from collections.abc import Iterator

from benchmarks.fan_out import begin, behind, quantile, watch
from benchmarks.serving import server
from benchmarks.table import Row
from tests.server.ray_cluster import RayCluster

ROUNDS, SECONDS = 6, 6.0
RATIO = 2.0
"""Budget: what the 99th percentile may be beside the embedded one."""


def rows() -> Iterator[Row]:
    """Percentiles of both, and how they compare; nothing where Ray is not installed."""
    if importlib.util.find_spec("ray") is None:
        return
    late: dict[str, list[float]] = {"": []}
    with contextlib.closing(RayCluster(cpus=1)) as cluster:
        late[cluster.address] = []
        for address in [*late] * ROUNDS:
            late[address] += _late(address)
        elsewhere = cluster.address
    here, there = sorted(late[""]), sorted(late[elsewhere])
    yield Row("engine beside the server, median", quantile(here, 0.5), "ms")
    yield Row("engine beside the server, 99 of 100", quantile(here, 0.99), "ms")
    yield Row("engine on Ray, median", quantile(there, 0.5), "ms")
    yield Row("engine on Ray, 99 of 100", quantile(there, 0.99), "ms")
    yield Row(
        "engine on Ray, beside the server's, 99 of 100", quantile(there, 0.99) / quantile(here, 0.99), "x", budget=RATIO
    )


def _late(ray: str) -> list[float]:
    os.environ |= {"MNEMOSCOPE_RAY": ray} if ray else {}
    try:
        with server() as served:
            identity = begin(served.address)
            host = served.address.removeprefix("http://")
            arrived, begun, _ = asyncio.run(
                watch(host, f"/ws/{identity}", served.process, watchers=1, stalled=0, seconds=SECONDS)
            )
    finally:
        os.environ.pop("MNEMOSCOPE_RAY", None)
    return behind(arrived, begun)[1]
