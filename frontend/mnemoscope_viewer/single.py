"""One HTML file that holds the viewer and a recording, and opens from disk in any browser, offline.

The recording travels as two elements the viewer looks for: its manifest as JSON, and all wire messages (docs/format.md,
"On the wire") gzip-compressed and base64-coded. Nothing in the file is fetched, and its content policy forbids it to.
"""

import base64
import html
import itertools
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from mnemoscope_viewer.build import entry, notices

POLICY = "; ".join(
    (
        "default-src 'none'",
        # The viewer itself, its workers out of the same text, and models that it runs.
        "script-src 'unsafe-inline' 'wasm-unsafe-eval' blob: data:",
        "worker-src blob: data:",
        "style-src 'unsafe-inline'",
        "font-src data:",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    )
)

TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="app"></div>
<noscript>Mnemoscope draws memory in the browser and needs JavaScript.</noscript>
<script type="application/json" id="mnemoscope-manifest">{manifest}</script>
{verdict}{engines}<script type="application/octet-stream" id="mnemoscope-messages">{messages}</script>
<script type="text/plain" id="third-party-notices">{notices}</script>
<script type="module">{script}</script>
</body>
</html>
"""


ENGINE = """<script type="application/octet-stream" id="mnemoscope-engine-{stream}">{engine}</script>
"""
MESSAGES = "\0messages\0"
"""Stands for the messages while the rest is put together; no text of a page has it."""
PIECE_BYTES = 256 * 1024
VERDICT = """<script type="application/json" id="mnemoscope-verdict">{verdict}</script>
"""


class Readable(Protocol):
    """What is used of a `mnemoscope.reading.recording.Recording`."""

    @property
    def manifest(self) -> dict[str, Any]: ...
    @property
    def chunks(self) -> int: ...
    def messages(self, chunk: int) -> bytes: ...


def page(
    recording: Readable,
    *,
    title: str | None = None,
    verdict: dict[str, Any] | None = None,
    engines: Mapping[int, bytes] = MappingProxyType({}),
) -> str:
    """The recording as one self-contained HTML file, with its verdict (`mnemoscope.verdict`) where one is given.

    engines: of some streams what `mnemoscope.running.packed` makes of them, so that the page can run these models again.
    `title` replaces the recording's own. A recording that is still running is taken as far as it has come.
    Raises BundleMissing where the viewer has not been built.
    """
    return b"".join(parts(recording, title=title, verdict=verdict, engines=engines)).decode()


def parts(
    recording: Readable,
    *,
    title: str | None = None,
    verdict: dict[str, Any] | None = None,
    engines: Mapping[int, bytes] = MappingProxyType({}),
) -> Iterator[bytes]:
    """What `page` returns, as UTF-8 piece by piece: no more than some chunks of the recording are in memory at a time.

    Raises BundleMissing at once; what `recording.messages` raises, when it is come to.
    """
    script, style, files = entry()
    manifest = dict(recording.manifest)
    if title is not None:
        manifest["title"] = title
    text = TEMPLATE.format(
        policy=html.escape(POLICY, quote=True),
        title=html.escape(str(manifest.get("title") or "Mnemoscope")),
        style=_inlined(style, files).replace("</", "<\\/"),
        manifest=_json(manifest),
        verdict="" if verdict is None else VERDICT.format(verdict=_json(verdict)),
        engines="".join(ENGINE.format(stream=stream, engine=_engine(package)) for stream, package in engines.items()),
        messages=MESSAGES,
        notices=_script(notices()),
        script=_script(script),
    )
    before, _, after = text.partition(MESSAGES)
    messages = (recording.messages(chunk) for chunk in range(recording.chunks))
    return itertools.chain([before.encode()], _packed(messages), [after.encode()])


def _packed(contents: Iterable[bytes]) -> Iterator[bytes]:
    """All of it, gzip-compressed and base64-coded; three bytes become four letters, so that pieces end at threes."""
    packer = zlib.compressobj(6, wbits=31)  # 31: gzip, whose header has no time: the same bytes every time
    left = b""
    for content in contents:
        left += packer.compress(content)
        if len(left) >= PIECE_BYTES:
            whole = len(left) - len(left) % 3
            yield base64.b64encode(left[:whole])
            left = left[whole:]
    yield base64.b64encode(left + packer.flush())


def _engine(package: bytes) -> str:
    """A package as text: most of it are floats, of which little but the exponents can be packed.

    So the first bytes of all words of four come together, then the second ones …, before gzip; the text is base 85 (RFC 1924) with a
    comma for "<", in which four bytes become five letters. frontend/src/wire/words.ts goes back.
    """
    packer = zlib.compressobj(9, wbits=31, strategy=zlib.Z_FILTERED)
    packed = packer.compress(b"".join(package[place::4] for place in range(4))) + packer.flush()
    return base64.b85encode(packed).replace(b"<", b",").decode("ascii")


def _json(value: object) -> str:
    """JSON that cannot end the element it stands in, whatever a title or a file name says."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _script(text: str) -> str:
    r"""A script that cannot end its element either: such sequences stand in string literals only, where \x3c is `<`."""
    return re.sub(r"<(?=/script|!--)", r"\\x3c", text, flags=re.IGNORECASE)


def _inlined(style: str, files: dict[str, bytes]) -> str:
    """The styles with every file they name put inside."""

    def put(found: re.Match[str]) -> str:
        name = found[1].rsplit("/", 1)[-1]
        if name not in files:
            return found[0]
        return f"url(data:font/woff2;base64,{base64.b64encode(files[name]).decode('ascii')})"

    return re.sub(r"url\(\s*[\"']?([^\"')]+\.woff2)[\"']?\s*\)", put, style)
