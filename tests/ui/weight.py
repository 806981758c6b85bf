"""What a page loads before it is seen."""

import gzip
import json

from tests import ROOT

STATIC = ROOT / "frontend/mnemoscope_viewer/static"
MANIFEST = "manifest.json"


def pages() -> list[str]:
    """The pages, by the names of their parts: each is loaded when it is gone to."""
    manifest = json.loads((STATIC / MANIFEST).read_text())
    return [name for name in manifest["index.html"]["dynamicImports"] if name.startswith("src/pages/")]


def scripts(page: str) -> float:
    """Kilobytes, packed, of all scripts that are loaded where a page is opened first."""
    manifest = json.loads((STATIC / MANIFEST).read_text())
    wanted, files = ["index.html", page], set[str]()
    while wanted:
        part = manifest[wanted.pop()]
        if part["file"] not in files:
            files.add(part["file"])
            wanted += part.get("imports", [])
    return sum(len(gzip.compress((STATIC / file).read_bytes(), 9)) for file in files) / 1e3
