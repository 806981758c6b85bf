"""What is handed on of a recording: copies made to be shared, and a picture for those who have only seen the link."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from mnemoscope_server.access import owners
from mnemoscope_server.errors import NotPossible
from mnemoscope_server.http.depends import ERRORS, Id, ServicesDep, require_room
from mnemoscope_server.schemas.recordings import ShareCreated, ShareRequest
from mnemoscope_server.storage import copies
from mnemoscope_server.storage.store import new_id
from mnemoscope_server.storage.uploads import printable

router = APIRouter(prefix="/api", responses=ERRORS)


@router.post("/recordings/{id}/share", summary="A copy to share, of a range of its steps", status_code=201)
def share(
    identity: Id, wanted: ShareRequest, request: Request, response: Response, services: ServicesDep
) -> ShareCreated:
    if identity in services.live.sessions or services.watched.growing(identity):
        raise NotPossible(
            "still-live", "the run is still going on, and copies are made of what will not change", "Stop it first."
        )
    services.store.require_space()
    owner = owners.introduced(request, response, services.settings)
    require_room(owner, services)
    expires = copies.expiry(wanted.expires)
    name = new_id()
    with services.library.opened(identity) as source:
        steps = copies.step_range(source, wanted.first, wanted.stop)
        part = services.store.tmp / f"{name}.share"
        copies.copy_of(
            source,
            part,
            identity=name,
            wanted=steps,
            strip_signal=wanted.strip_signal,
            title=printable(wanted.title or "") or None,
            sharing={"visibility": wanted.visibility, "expires": expires},
        )
    services.store.take_in(part, name, owner=owner)
    return ShareCreated(id=name, first=steps.first, stop=steps.stop, note=steps.note)


@router.get(
    "/recordings/{id}/picture.png",
    summary="What it looks like, 1200 × 630",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
def picture(identity: Id, services: ServicesDep) -> Response:
    entry = services.store.get(identity)
    listed = services.library.shipped(identity) or (entry is not None and entry.visibility == "listed")
    with services.library.opened(identity) as recording:
        if not recording.finished:
            recording.refresh()
        drawn, final = services.pictures.get(recording), recording.finished
    headers = {
        "Cache-Control": f"{'public' if listed else 'private'}, max-age=3600" if final else "no-store",
        "Cross-Origin-Resource-Policy": "cross-origin",  # a chat in a browser shows it in a page of its own
    }
    return Response(drawn, media_type="image/png", headers=headers)
