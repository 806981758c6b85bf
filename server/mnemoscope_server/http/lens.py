"""The lenses that need the model, over HTTP: what an output was sensitive to, and what blanking an input would have changed."""

import asyncio
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query
from numpy.typing import NDArray

from mnemoscope_server.errors import NotPossible
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep
from mnemoscope_server.schemas.base import Answer
from mnemoscope_server.services import Services
from mnemoscope_server.storage.store import new_id
from mnemoscope_server.workers.protocol import Blank, Look

router = APIRouter(prefix="/api", responses=ERRORS)

Lens = Literal["sensitivity", "intervention"]


class LensRow(Answer):
    """How much the raw output of one step depended on the input of each step before it (mnemoscope.measuring.lenses)."""

    stream: int
    step: int
    lens: Lens
    first: int
    """Step of the first value; those before it were not looked at."""
    values: list[float]
    """sensitivity: ‖∂y_t/∂x_s‖ · intervention: ‖y_t − y_t(x_s := 0)‖, of steps first … step."""


@router.get("/recordings/{id}/lens", summary="What one output depended on, from the model itself")
async def lens(
    identity: Id,
    services: ServicesDep,
    stream: Annotated[int, Query(ge=0, lt=1000, description="Index of the model in the manifest")],
    step: Annotated[int, Query(ge=0, lt=2**25, description="Step of the output")],
    lens: Lens,
) -> LensRow:
    async def ask() -> dict[str, Any]:
        look = await asyncio.to_thread(_look, services, identity, stream, step, lens)
        return await services.live.ask(look)

    # That a recording is deleted or expired is reported before anything that is known of it.
    await asyncio.to_thread(services.library.find, identity)
    row = await services.answers.get((identity, stream, step, lens), ask)
    return LensRow(stream=stream, step=step, lens=lens, **row)


class Moves(Answer):
    """How far the answers of a model move when a stretch of its input is blanked (mnemoscope.measuring.lenses.stretch)."""

    stream: int
    first: int
    last: int
    values: list[float]
    """RMS over outputs, of the answers as they are given, of steps first … the last one that there was; of bits of probabilities."""


@router.get("/recordings/{id}/moves", summary="What blanking a stretch of the input would have changed")
async def moves(
    identity: Id,
    services: ServicesDep,
    stream: Annotated[int, Query(ge=0, lt=1000, description="Index of the model in the manifest")],
    first: Annotated[int, Query(ge=0, lt=2**25, description="First step to blank")],
    last: Annotated[int, Query(ge=0, lt=2**25, description="Last step to blank")],
    until: Annotated[int, Query(ge=0, lt=2**25, description="Last step whose answer is wanted")],
) -> Moves:
    async def ask() -> dict[str, Any]:
        entry, inputs = await asyncio.to_thread(_heard, services, identity, stream, until)
        return await services.live.ask(Blank(new_id(), entry, inputs, first, last))

    await asyncio.to_thread(services.library.find, identity)
    row = await services.answers.get(("moves", identity, stream, first, last, until), ask)
    return Moves(stream=stream, first=first, last=last, values=row["values"])


def _look(services: Services, identity: str, stream: int, step: int, lens: str) -> Look:
    """The question for a worker. Raises NotPossible."""
    entry, inputs = _heard(services, identity, stream, step)
    return Look(new_id(), entry, inputs, step, lens)


def _heard(services: Services, identity: str, stream: int, step: int) -> tuple[dict[str, Any], NDArray[np.float32]]:
    """A model's entry in the manifest, and the inputs that it heard up to a step. Raises NotPossible."""
    with services.library.opened(identity) as recording:
        models = recording.manifest["models"]
        if stream >= len(models):
            raise NotPossible(
                "no-stream", f"there are {len(models)} models, got stream {stream}", "Streams count from 0."
            )
        held = recording.steps_of(stream)
        if step >= held:
            raise NotPossible(
                "not-yet", f"step {step} is not in the recording, which has {held}", "Ask for an earlier step."
            )
        inputs = recording[recording.models[stream]].array("inputs", stop=step + 1)
        return models[stream], inputs.copy()
