"""No code asks for a kind of memory by its name: only the room of the kind says it."""

import ast

from mnemoscope.kinds import KINDS
from tests import ROOT

ROOMS = ROOT / "models" / "mnemoscope" / "kinds"


def named(source: str) -> list[int]:
    """Lines of code with a kind's name as a whole string; an option of a command line that is repeated says action="append"."""
    tree = ast.parse(source)
    actions = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "action"}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in KINDS and id(node) not in actions
    ]


def test_kinds_are_named_in_their_rooms_alone() -> None:
    files = [path for package in ("models", "server") for path in (ROOT / package).rglob("*.py")]
    assert len(files) > 100
    found = [f"{path}:{line}" for path in files if ROOMS not in path.parents for line in named(path.read_text("utf-8"))]
    assert found == []


def test_every_way_of_naming_a_kind_is_seen() -> None:
    for line in (
        'bank.kind == "matrix"',
        'x = {"cell": 1}',
        'match k:\n    case "append": pass',
        'f(kind="recurrent")',
    ):
        assert named(line)
    assert not named('"""an append bank"""\nparser.add_argument("--x", action="append")')
