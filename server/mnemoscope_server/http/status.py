"""What this server is and can do: health, status, tasks, models."""

import asyncio
import logging
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from mnemoscope.checkpoints import store
from mnemoscope.errors import MnemoscopeError
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope.models import registry
from mnemoscope.running import standing
from mnemoscope_server.access.owners import known
from mnemoscope_server.errors import DiskFull, IndexTrouble
from mnemoscope_server.http.depends import ERRORS, ServicesDep
from mnemoscope_server.planning import task_cards
from mnemoscope_server.planning.fits import own_cards
from mnemoscope_server.schemas.base import Limits, ModelCard, Status
from mnemoscope_server.schemas.recordings import GalleryEntry
from mnemoscope_server.schemas.tasks import TaskCard, TaskPlan, TaskPlanRequest
from mnemoscope_server.services import Services
from mnemoscope_server.settings import MAX_MODELS
from mnemoscope_server.workers.protocol import Measured

log = logging.getLogger("mnemoscope.api")


READY_SECONDS = 5.0
"""How long a worker may take to answer (it does between two steps, and when it has loaded a model), and the bucket."""
GOOD = ("ready", "replay only")
health = APIRouter(include_in_schema=False)
router = APIRouter(prefix="/api", responses=ERRORS)


@health.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return Response("ok", media_type="text/plain")


@health.get("/readyz")
async def readyz(services: ServicesDep) -> Response:
    """What is wanted of this server can be had: 200 ready, or replay only where nothing else is wanted; 503 with what is amiss."""
    pool = services.live.pool
    state = pool.state if pool.count else "replay only"
    if state == "ready" and not await pool.answers(seconds=READY_SECONDS):
        state = "not answering"
    if state in GOOD:
        state = await asyncio.to_thread(_storage, services) or state
    if state in GOOD and services.bucket is not None and not await services.bucket.answers(seconds=READY_SECONDS):
        state = "bucket trouble"
    return Response(state, 200 if state in GOOD else 503, media_type="text/plain")


def _storage(services: Services) -> str:
    """What is amiss with the data folder; "" = nothing."""
    try:
        services.store.totals()
        if services.live.pool.count:
            services.store.require_space()
    except IndexTrouble:
        return "index trouble"
    except DiskFull:
        return "disk full"
    return "index trouble" if services.store.index_volatile else ""


@router.get("/status", summary="What this server is and can do now")
async def status(request: Request, services: ServicesDep) -> Status:
    pool = services.live.pool
    return Status(
        version=request.app.version,
        device=pool.device,
        workers=pool.state,
        workers_reason=pool.reason or None,
        replay_only=pool.state == "failed",
        watching=services.settings.watch is not None,
        limits=Limits(
            upload_bytes=services.settings.upload_bytes,
            steps=services.settings.steps,
            models=MAX_MODELS,
            uploads_hours=services.settings.uploads_hours,
        ),
    )


@router.get("/tasks", summary="What models can be asked to do, with the options of each task")
def tasks() -> list[TaskCard]:
    return task_cards.cards()


@router.post("/tasks/{name}/plan", summary="Steps and events of a run, before it is asked for")
def task_plan(name: str, request: TaskPlanRequest, services: ServicesDep) -> TaskPlan:
    return task_cards.plan(name, request, settings=services.settings)


@router.get("/models", summary="Checkpoints that can be run, one's own fitted ones last")
def models(request: Request, services: ServicesDep) -> list[ModelCard]:
    measured = services.live.pool.measured
    found: list[ModelCard] = []
    for name in store.names():
        try:
            found.append(_card(store.read_card(store.find(name)), measured.get(name)))
        except (MnemoscopeError, KeyError) as error:  # the others can still be run
            log.warning("checkpoint %s is left out: %r", name, error)
    return found + [
        _own(name, card, measured) for name, card in own_cards(services.fits, known(request, services.settings))
    ]


def _own(name: str, card: dict[str, Any], measured: dict[str, Measured]) -> ModelCard:
    """A fitted checkpoint, asked for by its name; a step costs what it did before the fit."""
    made = _card(card, measured.get(f"{card['model']}-{card['task']}"))
    source = card["fit"]["source"]["name"]
    text = f"Fitted to {source} by {card['fit']['updates']} updates; yours alone."
    return made.model_copy(
        update={
            "name": name,
            "model": name,
            "label": f"{card['label']} to {source}",
            "family": "",
            "description": text,
            "horizon": None,
        }
    )


def _card(card: dict[str, Any], measured: Measured | None) -> ModelCard:
    """A checkpoint's own card says how it was trained; what its paradigm is stands in the registry, where it is known."""
    paradigm = {line.name: line for line in registry.cards()}.get(card["model"])
    metrics = card.get("metrics") or ({card["metric"]: card.get("validation")} if "metric" in card else {})
    return ModelCard(
        name=card["name"],
        model=card["model"],
        label=paradigm.label if paradigm else card["label"],
        task=card["task"],
        glyph=paradigm.glyph if paradigm else card["glyph"],
        parameters=card["parameters"],
        family=paradigm.family if paradigm else "",
        horizon=standing.horizons().get(card["name"]),
        description=card.get("description") or (paradigm.sentence if paradigm else ""),
        snapshots=store.snapshot_updates(card["name"]) if "fit" not in card else [],
        measured_ms_per_step=measured and measured.ms_per_step,
        bytes_per_step=measured and measured.frame_bytes + measured.keyframe_bytes / KEYFRAME_EVERY,
        metrics=metrics,
    )


@router.get("/gallery", summary="Recordings that ship with the program")
def gallery(services: ServicesDep) -> list[GalleryEntry]:
    return [GalleryEntry.model_validate(entry) for entry in services.library.exhibits]
