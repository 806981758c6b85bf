"""`mnemoscope_viewer.page`: one file, nothing fetched, and no text of a recording that could end its element."""

import base64
import gzip
import json
import random
import re
import struct
from pathlib import Path

import pytest

from mnemoscope_viewer import BundleMissing, build, bundle, page
from tests import ROOT

GOLDEN = ROOT / "tests" / "golden"


class Small:
    """A recording with a title that means harm."""

    chunks = 2

    def __init__(self) -> None:
        self.manifest = json.loads((GOLDEN / "memories.manifest.json").read_text())
        self.manifest["title"] = "</script><script>alert(1)</script><!-- \u2028 {title}"

    def messages(self, chunk: int) -> bytes:
        return bytes([chunk]) * 5


def test_holds_manifest_and_messages() -> None:
    text = page(Small())
    manifest = re.search(r'id="mnemoscope-manifest">(.*?)</script>', text, re.DOTALL)
    messages = re.search(r'id="mnemoscope-messages">(.*?)</script>', text, re.DOTALL)
    assert manifest
    assert messages
    assert json.loads(manifest[1]) == Small().manifest
    assert gzip.decompress(base64.b64decode(messages[1])) == b"\0\0\0\0\0\1\1\1\1\1"
    assert page(Small()) == text, "the same recording gives the same file"


def test_carries_the_engines_that_it_is_given() -> None:
    """Every byte of them, in less than base64 takes of floats; nothing of that text ends an element or begins one."""
    rng = random.Random(1)
    package = b"the engine ." + struct.pack("<20000f", *(rng.gauss(0, 1) for _ in range(20_000))) + b"end"
    text = page(Small(), engines={2: package})
    assert text.count("mnemoscope-engine-2") == 1
    carried = re.search(r'id="mnemoscope-engine-2">([^<]*)</script>', text)
    assert carried
    planes = gzip.decompress(base64.b85decode(carried[1].replace(",", "<")))
    found = bytearray(len(package))
    for place in range(4):
        found[place::4], planes = planes[: len(package[place::4])], planes[len(package[place::4]) :]
    assert found == package
    assert len(carried[1]) < 0.89 * len(base64.b64encode(gzip.compress(package)))
    assert 'id="mnemoscope-engine-' not in page(Small())


def test_no_text_ends_its_element() -> None:
    text = page(Small())
    assert "alert(1)</script>" not in text
    assert text.count("<script") == text.count("</script") == 4
    assert "<title>&lt;/script&gt;" in text


def test_licences_travel_with_the_built_page_and_with_every_file() -> None:
    """MIT asks that its text goes with every copy, and so does the font's licence; the file has them whole."""
    text = build.notices()
    assert (build.STATIC / build.NOTICES).read_text(encoding="utf-8") == text
    for bundled in ("svelte ", "uqr ", "Inter (SIL Open Font License 1.1)"):
        assert re.search(rf"^{re.escape(bundled)}", text, re.MULTILINE), bundled
    assert text.count("Permission is hereby granted") >= 2
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    carried = re.search(r'id="third-party-notices">(.*?)</script>', page(Small()), re.DOTALL)
    assert carried
    assert carried[1] == text


def test_nothing_is_fetched() -> None:
    text = page(Small(), title="Ward 7")
    assert "<title>Ward 7</title>" in text
    assert "default-src &#x27;none&#x27;" in text
    markup = text[: text.index('<script type="module">')]  # the script may speak of frames and links
    assert not re.search(r"<(?:link|img|iframe)\b[^>]*(?:href|src)=", markup)
    assert not re.search(r"url\((?!\"?data:)", markup)


def test_says_how_to_build_where_there_is_no_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "STATIC", tmp_path)
    assert bundle() is None
    with pytest.raises(BundleMissing, match="npm --prefix frontend"):
        page(Small())
