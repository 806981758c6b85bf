"""Fits over HTTP: see the split, begin, follow, stop; the checkpoint that comes of it is its owner's alone."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from mnemoscope.training.fitting.subject import BASELINES
from mnemoscope_server.access import owners
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep
from mnemoscope_server.planning import fits as planning
from mnemoscope_server.schemas.fits import Fit, FitPlan, FitPlanRequest, FitRequest

NEWS_SECONDS = 15.0

router = APIRouter(prefix="/api", responses=ERRORS)


@router.post("/fits/plan", summary="How a series would be split for a fit, and what the baselines reach on it")
def plan(request: FitPlanRequest, services: ServicesDep) -> FitPlan:
    return planning.plan(request, services.uploads)


@router.post(
    "/fits",
    summary="Train a model further on a series: a fit that begins when those before it are over",
    status_code=201,
)
async def begin(request: FitRequest, asked: Request, response: Response, services: ServicesDep) -> Fit:
    made = await asyncio.to_thread(planning.order, request, store=services.store, uploads=services.uploads)
    owner = owners.introduced(asked, response, services.settings)
    return _fit(services.fit_jobs.add(*made, owner=owner).to_json())


@router.get("/fits", summary="One's own fits, newest first")
async def fits(request: Request, services: ServicesDep) -> list[Fit]:
    caller = owners.known(request, services.settings)
    live = [job.to_json() for job in services.fit_jobs.unkept(caller)]
    kept = await asyncio.to_thread(services.fits.of, caller)
    return [_fit(found) for found in (*live, *(facts for _, facts in kept))]


@router.get("/fits/{id}", summary="A fit as soon as there is news of it, at the latest after 15 s")
async def fit(
    identity: Id,
    request: Request,
    services: ServicesDep,
    since: Annotated[int, Query(ge=-1, description="Looks that are known already; -1 = answer at once")] = -1,
) -> Fit:
    caller = owners.known(request, services.settings)
    seconds = NEWS_SECONDS if since >= 0 else 0.0
    return _fit(await services.fit_jobs.news(identity, caller, since=since, seconds=seconds))


@router.post("/fits/{id}/stop", summary="End a training; the best so far is the result", status_code=204)
async def stop(identity: Id, request: Request, services: ServicesDep) -> None:
    services.fit_jobs.stop(identity, owners.known(request, services.settings))


@router.delete("/fits/{id}", summary="Delete a fit and its checkpoint; recordings made with it stay", status_code=204)
async def remove(identity: Id, request: Request, services: ServicesDep) -> None:
    await services.fit_jobs.remove(identity, owners.known(request, services.settings))


@router.get(
    "/fits/{id}/checkpoint.zip",
    summary="The fitted checkpoint, for `mnemoscope record --models FOLDER`",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
def archive(identity: Id, request: Request, services: ServicesDep) -> Response:
    caller = owners.known(request, services.settings)
    data, facts = services.fits.archive(identity, caller), services.fits.facts(identity, caller)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{facts["model"]}-{facts["task"]}-fitted.zip"',
    }
    return Response(data, media_type="application/zip", headers=headers)


def _fit(found: dict[str, Any]) -> Fit:
    """What is kept of a result is more than a page needs; its figures are named one level up."""
    result = found["result"]
    if result is not None:
        scores = {key: result.get(key) for key in ("before", "after", *BASELINES)}
        result = result | result["recommendation"] | {"scores": scores}
    return Fit.model_validate(found | {"result": result})
