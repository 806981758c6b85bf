"""The built page: a folder made by `npm run build`, carried by wheel and sdist."""

import json
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
"""Where Vite writes."""

SINGLE = "single"
"""Below it: the stage alone as one script, for exported files (`vite build --mode single`)."""

NOTICES = "third-party-notices.txt"
"""Made at the build from the packages in it (frontend/notices.ts)."""


class BundleMissing(RuntimeError):
    """The page has not been built; the message says how to."""


def bundle() -> Path | None:
    """The folder with `index.html` and `assets/`, or None where the page has not been built."""
    wanted = ("index.html", "manifest.json", f"{SINGLE}/manifest.json")
    return STATIC if all((STATIC / name).is_file() for name in wanted) else None


def notices() -> str:
    """The licences of what the built page is made of. Raises BundleMissing where it has not been built, or without them."""
    try:
        return (STATIC / NOTICES).read_text(encoding="utf-8")
    except OSError as error:
        raise BundleMissing(
            f"The page is not built, or without {NOTICES}; run `npm --prefix frontend run build` in the repository."
        ) from error


def entry() -> tuple[str, str, dict[str, bytes]]:
    """The script of an exported file and its styles as text, and the files the styles name (fonts), by file name.

    Raises BundleMissing where the page has not been built or was built in another way than this file expects.
    """
    folder = bundle()
    if folder is None:
        raise BundleMissing(
            "The page is not built, so no HTML file can be made. In the repository run: "
            "npm --prefix frontend ci && npm --prefix frontend run build. An installed package carries it."
        )
    folder = folder / SINGLE
    chunks = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    start = chunks.get("src/single.ts", {})
    if "file" not in start or start.get("imports"):  # what is loaded on demand stays behind
        raise BundleMissing(
            "The page was built as several scripts; one is wanted. Build it again with vite.config.ts as it is."
        )
    styles = sorted(
        {name for chunk in chunks.values() for name in [*chunk.get("css", []), chunk["file"]] if name.endswith(".css")}
    )
    files = {path.name: path.read_bytes() for path in (folder / "assets").iterdir() if path.suffix == ".woff2"}
    script = (folder / start["file"]).read_text(encoding="utf-8")
    return script, "".join((folder / name).read_text(encoding="utf-8") for name in styles), files
