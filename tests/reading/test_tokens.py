"""Inks and glyphs: one file, distinguished by everybody, and copied by nobody."""

import itertools
import json
import re
import subprocess

import numpy as np
import pytest

from mnemoscope.models import registry as paradigms
from mnemoscope.reading import tokens
from tests import ROOT

MACHADO = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "none": np.eye(3),
}
"""Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB."""
TO_LMS = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
TO_OKLAB = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    dark, light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (a, b))
    return (light + 0.05) / (dark + 0.05)


def difference(a: str, b: str) -> float:
    """The smallest OKLab distance × 100 of two colours under any kind of colour vision."""

    def lab(colour: str, eye: object) -> np.ndarray:
        return np.asarray(TO_OKLAB) @ np.cbrt(np.asarray(TO_LMS) @ np.clip(np.asarray(eye) @ linear(colour), 0, 1))

    return min(100 * float(np.linalg.norm(lab(a, eye) - lab(b, eye))) for eye in MACHADO.values())


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_hues_are_read_on_the_page_and_distinguished_by_every_eye(theme: tokens.Theme) -> None:
    """Text contrast on the page, and OKLab ΔE × 100 of at least 5.2 to any other model and to the input's ink."""
    hues = {glyph: tokens.hue(glyph, theme) for glyph in tokens.tokens()["glyphs"]}
    for colour in hues.values():
        assert contrast(colour, tokens.ink("bg", theme)) >= 4.65
        assert contrast(colour, tokens.ink("sk", theme)) >= 4.5
    for a, b in itertools.combinations(hues | {"input": tokens.ink("tx", theme)}, 2):
        inks = hues | {"input": tokens.ink("tx", theme)}
        assert difference(inks[a], inks[b]) >= 5.2, (a, b)


@pytest.mark.parametrize("aspect", ["shape", "symbol"])
def test_signs_differ_in_shape(aspect: str) -> None:
    """Hue alone never says who."""
    drawn = [json.dumps(entry[aspect]) for entry in tokens.tokens()["glyphs"].values()]
    assert len(set(drawn)) == len(drawn)


FAMILIES = (
    ("rnn", "gru", "lstm"),
    ("deltanet", "gated-deltanet", "mamba2", "mlstm"),
    ("transformer", "encoder-decoder", "universal-transformer"),
    ("ntm",),
    ("dnc", "sdnc", "sdnc-encoder-decoder"),
)


@pytest.mark.parametrize("family", FAMILIES, ids=[family[0] for family in FAMILIES])
def test_members_of_a_family_share_an_outline_and_differ_in_dash(family: tuple[str, ...]) -> None:
    glyphs = tokens.tokens()["glyphs"]
    corners = {len(part["points"]) if "points" in part else 0 for name in family for part in glyphs[name]["shape"][:1]}
    assert len(corners) == 1
    assert len({tokens.dash(name) for name in family}) == len(family)
    assert {tokens.dash(name) for name in family} <= {"solid", "dash", "dot", "dashdot"}


def test_the_families_are_all_there_is() -> None:
    listed = [name for family in FAMILIES for name in family]
    assert sorted(listed) == sorted(paradigms.names())
    assert [*tokens.tokens()["glyphs"]] == [*listed, "own"]


def test_a_glyph_is_drawn_inside_its_square() -> None:
    for name, entry in tokens.tokens()["glyphs"].items():
        for part in entry["shape"]:
            reach = [abs(v) for point in part.get("points", []) for v in point] + [part.get("circle", 0)]
            assert max(reach) + part.get("stroke", 0) / 2 <= 1.08, name


def test_every_paradigm_has_a_sign_and_a_sentence() -> None:
    """Whoever adds a line to the registry has said all there is to say."""
    for card in paradigms.cards():
        assert card.glyph in tokens.tokens()["glyphs"]
        assert card.sentence.endswith(".")
        assert ". " not in card.sentence
        assert len(card.sentence) <= 120
        assert re.fullmatch("#[0-9a-f]{6}", card.hue("dark"))


def test_a_model_of_a_recording_has_the_sign_of_its_paradigm() -> None:
    """Recordings of before name one glyph for a family; what nobody knows is drawn as a model of one's own."""
    assert tokens.sign_of({"paradigm": "lstm", "glyph": "rnn"}) == "lstm"
    assert tokens.sign_of({"paradigm": "encoder-decoder", "glyph": "tr"}) == "encoder-decoder"
    assert tokens.sign_of({"paradigm": "mine", "glyph": "delta"}) == "deltanet"
    assert tokens.sign_of({"paradigm": "mine", "glyph": "hologram"}) == "own"
    assert tokens.hue("tr", "light") == tokens.hue("transformer", "light")


def test_the_page_has_these_tokens() -> None:
    """`npm run wire` writes them; nobody edits the copy."""
    text = (ROOT / "frontend/src/wire/tokens.gen.ts").read_text(encoding="utf-8")
    assert json.loads(text.split("TOKENS = ")[1].removesuffix(" as const;\n")) == tokens.tokens()


def test_no_second_place_holds_a_hue_or_a_sentence() -> None:
    """A copy is a fact that will differ one day."""
    listed = subprocess.run(["git", "ls-files", "models", "server", "frontend/src"], cwd=ROOT, check=True, capture_output=True, text=True)  # fmt: skip
    sources = [ROOT / name for name in listed.stdout.split() if name.endswith((".py", ".ts", ".svelte", ".css"))]
    text = {
        path.name: path.read_text(encoding="utf-8")
        for path in sources
        if path.is_file() and ".gen." not in path.name and ".test." not in path.name
    }
    for entry in tokens.tokens()["glyphs"].values():
        for colour in (entry["dark"], entry["light"]):
            assert [name for name, source in text.items() if colour in source] == []
    for card in paradigms.cards():
        assert [name for name, source in text.items() if card.sentence in source] == ["registry.py"]
