"""Figures for Prometheus: what the server does, holds and lacks. Asked for with the token, as everything that is no link."""

import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from mnemoscope_server.errors import IndexTrouble
from mnemoscope_server.http.depends import ServicesDep
from mnemoscope_server.services import Services

router = APIRouter(include_in_schema=False)

STATUSES = ("opened", "running", "paused")
WORKERS = ("starting", "ready", "failed")


def registry() -> CollectorRegistry:
    """A registry for one application, with the figures of its process."""
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    return made


@router.get("/metrics")
def metrics(request: Request, services: ServicesDep) -> Response:
    state = request.app.state
    text = generate_latest(state.registry)
    now = CollectorRegistry()
    now.register(_Now(services, state.connections))
    return Response(text + generate_latest(now), media_type=CONTENT_TYPE_LATEST)


class _Now(Collector):
    """What is so at this moment."""

    def __init__(self, services: Services, connections: Any) -> None:
        self.services, self.connections = services, connections

    def collect(self) -> Iterator[Metric]:
        services, live = self.services, self.services.live
        by_status = Counter(session.status for session in list(live.sessions.values()))
        yield _by("mnemoscope_sessions", "Live runs.", "status", {name: by_status[name] for name in STATUSES})
        yield GaugeMetricFamily("mnemoscope_sessions_limit", "Most live runs.", value=services.settings.sessions)
        yield GaugeMetricFamily("mnemoscope_queue", "Who waits for a place for a run.", value=len(live.queue))
        yield GaugeMetricFamily("mnemoscope_watchers", "Websockets that watch.", value=services.watchers.taken)
        yield CounterMetricFamily("mnemoscope_steps", "Steps computed.", value=live.computed)
        yield _by("mnemoscope_workers", "State of the workers, 1 = it is this.", "state",
                  {name: int(live.pool.state == name) for name in WORKERS})  # fmt: skip
        yield GaugeMetricFamily("mnemoscope_workers_alive", "Workers that run.", value=live.pool.alive)
        yield CounterMetricFamily("mnemoscope_worker_deaths", "Workers that died.", value=live.pool.deaths)
        removed = CounterMetricFamily("mnemoscope_recordings_removed", "Removed by itself.", labels=["why"])
        for why in ("age", "room", "expired"):
            removed.add_metric([why], live.removed[why])
        yield removed
        disk = shutil.disk_usage(services.store.folder)
        yield GaugeMetricFamily("mnemoscope_disk_free_bytes", "Free in the file system of the data.", value=disk.free)
        yield GaugeMetricFamily("mnemoscope_disk_reserve_bytes", "What is kept free.", value=services.store.free_bytes)
        yield from self._index()
        if self.connections is not None:
            held = self.connections
            yield GaugeMetricFamily("mnemoscope_connections", "Open connections.", value=len(held))
            yield CounterMetricFamily("mnemoscope_connections_displaced", "Cut off for others.", value=held.displaced)
            yield CounterMetricFamily(
                "mnemoscope_connections_refused", "Refused for want of places.", value=held.refused
            )

    def _index(self) -> Iterator[Metric]:
        """Recordings, where the index can be asked."""
        try:
            count, size = self.services.store.totals()
        except IndexTrouble:
            yield GaugeMetricFamily("mnemoscope_index_trouble", "Whether the index cannot be used.", value=1)
            return
        in_memory = self.services.store.index_volatile
        yield GaugeMetricFamily("mnemoscope_index_trouble", "Whether the index cannot be used.", value=int(in_memory))
        yield GaugeMetricFamily("mnemoscope_recordings", "Recordings.", value=count)
        yield GaugeMetricFamily("mnemoscope_recordings_bytes", "What they take.", value=size)


def _by(name: str, what: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    made = GaugeMetricFamily(name, what, labels=[label])
    for value, count in values.items():
        made.add_metric([value], count)
    return made
