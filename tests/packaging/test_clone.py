"""A clone is enough: no test reads a file from outside it, and none is skipped because one is missing."""

import re
from pathlib import Path

import pytest

from tests import DATA, ROOT

HERE = Path(__file__)


def sources(folder: str, suffix: str) -> list[Path]:
    found = [path for path in (ROOT / folder).rglob(f"*{suffix}") if path != HERE]
    assert len(found) > 30
    return found


def test_python_tests_find_files_from_the_root_of_the_checkout() -> None:
    """By `tests.ROOT` or a temporary folder; nobody climbs out, and nothing depends on what lies beside."""
    climbing = re.compile(r"ROOT\.parent|\.parents\[|\.parent\.parent|skipif\(not .*(is_file|exists)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources("tests", ".py")
        if path != ROOT / "tests" / "__init__.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if climbing.search(line)
    ]
    assert found == []


def test_paths_in_the_page_stay_below_the_checkout() -> None:
    """Imports and files that its tests read."""
    outside = []
    for path in sources("frontend/src", ".ts"):
        for way in re.findall(r"[\"'`]((?:\.\./)+[^\"'`]*)", path.read_text(encoding="utf-8")):
            if ROOT not in (path.parent / way).resolve().parents:
                outside.append(f"{path.relative_to(ROOT)}: {way}")
    assert outside == []


def test_the_data_is_small() -> None:
    """700 kB in all, each folder with its licence."""
    files = [path for path in DATA.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 700_000
    assert [
        folder.name for folder in DATA.iterdir() if folder.is_dir() and not (folder / "LICENCE.txt").is_file()
    ] == []


@pytest.mark.parametrize("line", ['DATA = ROOT.parent / "shared"', "path = Path(__file__).parents[3]"])
def test_a_way_out_would_be_noticed(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule above sees what it is meant to see."""
    (tmp_path / "test_it.py").write_text(line)
    monkeypatch.setattr(f"{__name__}.sources", lambda *_: [tmp_path / "test_it.py"])
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    with pytest.raises(AssertionError, match="test_it"):
        test_python_tests_find_files_from_the_root_of_the_checkout()
