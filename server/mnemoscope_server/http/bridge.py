"""The bridge from Transformer to DNC over HTTP: how exactly both agree. Its runs are sessions (POST /api/sessions)."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from mnemoscope_server.http.depends import ERRORS, ServicesDep
from mnemoscope_server.planning.bridge import comparable
from mnemoscope_server.schemas.base import Answer
from mnemoscope_server.storage.store import new_id
from mnemoscope_server.workers.protocol import Compare

router = APIRouter(prefix="/api", responses=ERRORS)


class Agreement(Answer):
    """Two computations of the same outputs."""

    difference: float
    """Largest absolute difference over all steps and outputs."""
    scale: float
    """Largest absolute output of the Transformer."""
    limit: float
    """Largest difference that counts as equal: rounding; 0 = every bit must agree."""
    equal: bool


class Precisions(Answer):
    float32: Agreement
    float64: Agreement


class BridgeReport(Answer):
    """One checkpoint on one episode of its task, run as Transformer and as stateless DNC; outputs before any sigmoid."""

    model: str
    seed: int
    steps: int
    layers: int
    heads: int
    width: int
    positions: str
    task: str | None
    metric: str | None
    rounding: float
    """What rounding alone does to the Transformer: its own step in float32 against float64."""
    own_step: Precisions
    """The stateless DNC with write-once stores against the Transformer's own step."""
    torch_layers: Precisions | None
    """The same against torch.nn.TransformerEncoder over the whole sequence; null for positions that torch lacks."""
    graves_memory: Precisions
    """Every layer inside the unmodified memory of Graves 2016 against the Transformer's own step."""
    ok: bool
    """All of them are equal."""


@router.get("/bridge", summary="How exactly a Transformer is a stateless DNC, measured on this host")
async def bridge(
    services: ServicesDep,
    model: Annotated[str, Query(max_length=200, description="Name of a Transformer's checkpoint: transformer-copy")],
    seed: Annotated[int, Query(ge=0, lt=2**31, description="Of the episode")] = 0,
) -> BridgeReport:
    await asyncio.to_thread(comparable, model)
    ask = partial(services.live.ask, Compare(new_id(), model, seed))
    return BridgeReport.model_validate(await services.answers.get(("bridge", model, seed), ask))
