"""The application: everything wired up by a factory that takes its settings."""

import asyncio
import contextlib
import functools
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import HTMLResponse, Response

from mnemoscope import __version__
from mnemoscope_server import problems
from mnemoscope_server.access.clients import Allowance
from mnemoscope_server.access.guard import Guard
from mnemoscope_server.access.token import TokenCheck
from mnemoscope_server.background import Background
from mnemoscope_server.http import (
    bridge,
    docs,
    engine,
    fits,
    lens,
    metrics,
    pages,
    recordings,
    retention,
    samples,
    sessions,
    share,
    socket,
    status,
    study,
    uploads,
    verdict,
    wheel,
)
from mnemoscope_server.observing.requests import Requests
from mnemoscope_server.schemas import contract
from mnemoscope_server.services import Services
from mnemoscope_server.sessions.manager import LiveSessions
from mnemoscope_server.settings import Settings
from mnemoscope_server.storage.fits import FITS
from mnemoscope_server.storage.library import Library
from mnemoscope_server.storage.store import Store, open_store
from mnemoscope_server.storage.uploads import Uploads
from mnemoscope_server.storage.watched import Watched
from mnemoscope_server.workers.pool import WorkerPool

if TYPE_CHECKING:
    from mnemoscope_server.workers.ray_hosts import RayHosts

WORKERS_AFTER_SECONDS = 0.05
SWEEP_SECONDS, SETTLE_SECONDS = 300.0, 10.0
"""How often old things are looked for, and rows that could not be written."""


def create_app(settings: Settings | None = None, *, store: Store | None = None, connections: Any = None) -> FastAPI:
    """Build the application. Workers start when it starts to serve; `app.state.services` holds its parts while it runs.

    store: the data folder, already opened; by default it is opened at the start (DataFolderInUse is raised then).
    connections: how many there are (`serving.connections.Connections`), where they are counted.
    """
    settings = settings or Settings()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
        folder = store or open_store(settings)
        watched = Watched(settings, folder)
        library = Library(folder, watched)
        watched.changed = library.forget
        uploads = Uploads(settings, folder)
        pool = _hosts(settings, private=folder.folder / FITS)
        live = LiveSessions(settings, folder, library, pool)
        if settings.index is not None and not isinstance(pool, WorkerPool):
            from mnemoscope_server.sessions.directory import Directory  # only where they are shared
            from mnemoscope_server.sessions.elsewhere import Elsewhere

            live.others = others = Elsewhere(live, pool, Directory(folder.database, settings.index, web=pool.web))
            others.start()
        app.state.services = Services(settings, folder, library, uploads, live, watched)
        # after the socket listens: loading models must not delay the first answer
        beginning = asyncio.get_running_loop().call_later(WORKERS_AFTER_SECONDS, live.start)
        chores = Background()
        _sweep(chores, app.state.services)
        if settings.watch is not None:
            chores.again_and_again("looking at the watched folder", watched.look, every=watched.pause)
        try:
            yield
        finally:
            beginning.cancel()
            chores.cancel()
            await app.state.services.fit_jobs.close()
            await app.state.services.measurements.close()
            await live.stop()
            await uploads.reader.close()
            await asyncio.to_thread(watched.close)
            library.close()
            folder.close()

    app = FastAPI(
        title="Mnemoscope", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None,
        separate_input_output_schemas=False,
    )  # fmt: skip
    app.state.settings = settings
    app.state.connections, app.state.registry = connections, metrics.registry()
    problems.install(app, missing_page=functools.partial(pages.sheet, status=404))
    app.include_router(status.health)
    app.include_router(metrics.router)
    for module in (
        status,
        recordings,
        uploads,
        sessions,
        samples,
        wheel,
        share,
        bridge,
        study,
        fits,
        lens,
        engine,
        retention,
        verdict,
        socket,
        pages,
    ):
        app.include_router(module.router)
    app.add_api_route("/api/openapi.json", _openapi, include_in_schema=False)
    app.add_api_route("/api/docs", _docs, include_in_schema=False)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.upload_bytes)
    app.add_middleware(
        Guard,
        host=settings.host,
        allowed_hosts=settings.allowed_hosts,
        upload_bytes=settings.upload_bytes,
        here_alone=settings.here_alone,
        requests=Allowance(settings.requests_per_minute, 60),
        token_check=TokenCheck(settings.token, cookie=f"mnemoscope-{settings.port}") if settings.token else None,
    )
    app.add_middleware(Requests, registry=app.state.registry)
    return app


@functools.cache
def _document() -> dict[str, Any]:
    return contract.document(create_app(Settings())) | {"info": {"title": "Mnemoscope", "version": __version__}}


def _openapi() -> Response:
    return Response(json.dumps(_document(), ensure_ascii=False), media_type="application/json")


def _docs() -> Response:
    return HTMLResponse(docs.render(_document()))


def _hosts(settings: Settings, *, private: Path) -> "WorkerPool | RayHosts":
    """What runs models: processes of this server, or engines on a Ray cluster. private: the folder of fitted checkpoints."""
    if settings.ray is None:
        return WorkerPool(count=settings.workers, device=settings.device, engine=settings.engine, private=private)
    from mnemoscope_server.workers.ray_hosts import RayHosts  # only where it is asked for

    return RayHosts(
        settings.ray,
        count=settings.workers,
        device=settings.device,
        engine=settings.engine,
        gpu_share=settings.gpu_share,
        private=private,
    )


def _sweep(chores: Background, services: Services) -> None:
    """Old uploads, fits and forgotten sessions go, at the start and every few minutes; one that fails holds up no other."""

    async def stop_idle() -> None:
        services.live.stop_idle()

    works: dict[str, Callable[[], Awaitable[None]]] = {
        "removing old uploads": lambda: asyncio.to_thread(services.uploads.sweep),
        "removing old fits": lambda: asyncio.to_thread(services.fits.sweep),
        "stopping forgotten sessions": stop_idle,
        "removing expired recordings": lambda: asyncio.to_thread(services.live.remove_expired),
        "removing old recordings": lambda: asyncio.to_thread(services.live.remove_old),
    }
    for what, work in works.items():
        chores.again_and_again(what, work, every=lambda: SWEEP_SECONDS)
    settling = lambda: asyncio.to_thread(services.store.settle)  # noqa: E731
    chores.again_and_again("writing the index", settling, every=lambda: SETTLE_SECONDS)
