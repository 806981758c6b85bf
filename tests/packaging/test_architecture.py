"""ARCHITECTURE.md is held to the tree: every room of the contracts is drawn and described, every file and function named exists."""

import re
import tomllib

import pytest

from tests import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PATH = re.compile(r"`((?:models|server|frontend|tests|docs)/[\w./-]+|pyproject\.toml)`")


def rooms_of_contracts() -> dict[str, set[str]]:
    """Rooms by package, as import-linter and ESLint enforce them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {}
    for contract in settings["tool"]["importlinter"]["contracts"]:
        for package in contract.get("containers", []):
            found[package] = {name.strip() for layer in contract["layers"] for name in layer.split("|")}
    eslint = (ROOT / "frontend" / "eslint.config.js").read_text(encoding="utf-8")
    [table] = re.findall(r"const ROOMS = \[(.*?)\]\.flat", eslint, re.DOTALL)
    return found | {"page": set(re.findall(r'"(\w+)"', table))}


def drawn() -> dict[str, list[str]]:
    """Rooms of the drawing by its three columns."""
    [drawing] = re.findall(r"```rooms\n(.*?)```", TEXT, re.DOTALL)
    heading, _, *lines = drawing.splitlines()
    edges = [heading.index("library"), heading.index("server  "), heading.index("page"), None]
    columns: list[list[str]] = [[], [], []]
    for line in lines[: lines.index("")]:
        plain = line.replace("torch from here up", " " * len("torch from here up"))
        for column, start, stop in zip(columns, edges[:-1], edges[1:], strict=True):
            column += plain[start:stop].split()
    return dict(zip(("mnemoscope", "mnemoscope_server", "page"), columns, strict=True))


@pytest.mark.parametrize("package", ["mnemoscope", "mnemoscope_server", "page"])
def test_the_drawing_shows_exactly_the_rooms_that_are_enforced(package: str) -> None:
    assert sorted(drawn()[package]) == sorted(rooms_of_contracts()[package])


@pytest.mark.parametrize(
    ("package", "heading"), [("mnemoscope", "The library"), ("mnemoscope_server", "The server"), ("page", "The page")]
)
def test_every_room_has_its_sentence(package: str, heading: str) -> None:
    section = TEXT.split(f"## {heading}")[1].split("\n## ")[0]
    described = re.findall(r"^\| `(\w+)` \| .{20,} \|$", section, re.MULTILINE)
    assert sorted(described) == sorted(rooms_of_contracts()[package])


def test_every_path_exists() -> None:
    paths = PATH.findall(TEXT)
    assert len(paths) > 60
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_function_named_with_a_file_is_in_it() -> None:
    """`name` in `path`, `name` (`path`): both orders that the walks use."""
    named = re.findall(r"`([A-Za-z_.]+)`\s+(?:in\s+|\()`((?:models|server|frontend)/[\w./-]+\.\w+)`", TEXT)
    assert len(named) > 25
    missing = [
        (name, path)
        for name, path in named
        if not all(re.search(rf"\b{part}\b", (ROOT / path).read_text(encoding="utf-8")) for part in name.split("."))
    ]
    assert missing == []
