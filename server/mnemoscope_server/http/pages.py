"""The page: one bundle for every address of it, files whose name is their hash, and what to do where it is missing."""

import gzip
import html
import json
import re
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from mnemoscope.errors import MnemoscopeError
from mnemoscope.format.manifest import KEYFRAME_EVERY
from mnemoscope_server.access.guard import inline_hashes, is_embedded, policy
from mnemoscope_server.errors import StorageTrouble, UnknownRecording
from mnemoscope_server.problems import problem
from mnemoscope_server.storage import thumbnail
from mnemoscope_server.storage.index import Entry

router = APIRouter(include_in_schema=False)

IMMUTABLE = "public, max-age=31536000, immutable"
TEXTS = {".js": "text/javascript", ".css": "text/css"}
"""Files of the bundle that shrink to a third, and what they are; fonts and pictures are compressed already."""
STAGE = "src/pages/StagePage.svelte"
"""The page of a recording, as Vite's manifest calls it."""
MISSING = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mnemoscope</title><style>
body{font:16px/1.5 system-ui;max-width:42em;margin:4em auto;padding:0 1em}code{background:#8882}</style></head><body>
<h1>The page is not built yet</h1>
<p>The server runs, but the viewer's bundle is missing. In the repository, run</p>
<pre><code>npm --prefix frontend ci
npm --prefix frontend run build</code></pre>
<p>or <code>make run</code>, which does both; then reload. An installed package carries the bundle.</p>
<p>The interface works meanwhile: <a href="api/docs">api/docs</a>.</p></body></html>"""


def bundle() -> Path | None:
    """The folder of the built viewer, or None."""
    from mnemoscope_viewer import bundle as built  # not needed before the first page

    return built()


def based(text: str, root: str, head: str = "") -> str:
    """index.html with its base at the root of this server, so that relative addresses work on every page, and `head`."""
    tag = f'<base href="{html.escape(root, quote=True)}/">{head}'
    text = re.sub(r"<base\b[^>]*>", "", text, flags=re.IGNORECASE)
    return re.sub(r"(<head\b[^>]*>)", lambda found: found[1] + tag, text, count=1, flags=re.IGNORECASE)


@router.get("/")
@router.get("/new")
@router.get("/bridge")
@router.get("/fit")
@router.get("/long")
@router.get("/long/{identity}")
@router.get("/s/{identity}/long")
@router.get("/s/{identity}/fit")
def page(request: Request) -> Response:
    """The same bundle everywhere: it reads its address."""
    return sheet(request)


@router.get("/s/{identity}")
@router.get("/embed/{identity}")
def recording(request: Request, identity: str) -> Response:
    """The page of a recording. Where there is none, the page says so itself; programs see it by the status."""
    try:
        found = request.app.state.services.library.summary(identity)
    except UnknownRecording as error:
        return sheet(request, status=error.STATUS)
    except (
        MnemoscopeError,
        StorageTrouble,
    ):  # damaged, or not to be had now: the page shows the error that it gets when it asks for it
        return sheet(request)
    head = card(found, f"{request.base_url}api/recordings/{identity}/picture.png")
    return sheet(request, head=head + early(found, f"api/recordings/{identity}") + parts())


def parts() -> str:
    """Markup that fetches the scripts of the stage beside the one that would ask for them."""
    folder = bundle()
    manifest = folder / "manifest.json" if folder else None
    names = scripts(manifest, manifest.stat().st_mtime_ns) if manifest and manifest.is_file() else ()
    return "".join(f'<link rel="modulepreload" crossorigin href="{html.escape(name, quote=True)}">' for name in names)


@lru_cache(maxsize=1)
def scripts(manifest: Path, changed: int) -> tuple[str, ...]:
    """The stage's script and all that it imports, by Vite's manifest as it was at `changed`."""
    chunks = json.loads(manifest.read_text(encoding="utf-8"))
    wanted, found = [STAGE], dict[str, None]()
    while wanted:
        chunk = chunks.get(wanted.pop(), {})
        if chunk and chunk["file"] not in found:
            found[chunk["file"]] = None
            wanted += chunk.get("imports", [])
    return tuple(found)


def early(row: Entry, address: str) -> str:
    """Markup that fetches what the page needs first while its script still loads: the manifest and, of a recording that has
    ended, the first chunk and the chunk of the linked step. A script computes the latter, since no server sees what is behind the #.
    """
    head = f'<link rel="preload" as="fetch" crossorigin href="{html.escape(address, quote=True)}">'
    if row.steps == 0 or row.status == "running":
        return head
    last = (row.steps - 1) // KEYFRAME_EVERY
    chunks = json.dumps(f"{address}/chunks/").replace("<", "\\u003c")
    return head + (
        "<script>{const t = /[#&]t=(\\d+)/.exec(location.hash);"
        f"for (const n of new Set([t ? Math.min(Math.floor(t[1] / {KEYFRAME_EVERY}), {last}) : 0, 0]))"
        "document.head.append(Object.assign(document.createElement('link'),"
        f"{{rel: 'preload', as: 'fetch', crossOrigin: '', href: {chunks} + n}}));}}</script>"
    )


def sheet(request: Request, *, status: int = 200, head: str = "") -> Response:
    """The bundle's page; `head` is added to its head."""
    folder = bundle()
    root = request.scope.get("root_path", "")
    if folder is None:
        return HTMLResponse(based(MISSING, root), 503)
    text = based((folder / "index.html").read_text(encoding="utf-8"), root, head)
    frame = "*" if is_embedded(request.scope) else "'self'"
    headers = {
        "Content-Security-Policy": policy(frame=frame, scripts=inline_hashes(text)),
        "Cache-Control": "no-cache",
    }
    return HTMLResponse(text, status, headers=headers)


def card(row: Entry, picture: str) -> str:
    """What a chat or a search shows of a recording (OpenGraph). Titles are anybody's text."""
    models = ", ".join(dict.fromkeys(model["label"] for model in row.models))
    facts = {
        "og:type": "website",
        "og:site_name": "Mnemoscope",
        "og:title": row.title,
        "og:description": f"{models}: {row.steps} steps of {row.task}, and what each memory wrote, kept and read.",
        "og:image": picture,
        "og:image:width": str(thumbnail.WIDTH),
        "og:image:height": str(thumbnail.HEIGHT),
        "og:image:alt": "The signal, and below it where each model writes (orange) and reads (blue) over time.",
    }
    lines = [f'<meta property="{name}" content="{html.escape(text, quote=True)}">' for name, text in facts.items()]
    return "".join((*lines, '<meta name="twitter:card" content="summary_large_image">'))


@router.get("/assets/{name}")
def asset(request: Request, name: str) -> Response:
    """A file of the bundle, compressed where that is of use. Names are looked up in the folder's list, never joined to a path."""
    folder = bundle()
    files = {path.name: path for path in (folder / "assets").iterdir()} if folder else {}
    if name not in files or not files[name].is_file():
        return problem(404, "not-found", f"the bundle has no file {name[:100]!r}", hint="Reload the page.")
    headers = {"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"}
    path = files[name]
    if path.suffix not in TEXTS or "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(path, headers=headers)
    return Response(packed(path), headers=headers | {"Content-Encoding": "gzip"}, media_type=TEXTS[path.suffix])


@lru_cache(maxsize=16)  # a handful of files, whose names change with their contents
def packed(path: Path) -> bytes:
    """The file, compressed once. A middleware would do so at every answer, and to chunks of floats, which it is lost on."""
    return gzip.compress(path.read_bytes(), 9)
