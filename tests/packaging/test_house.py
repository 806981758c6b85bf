"""The house as users meet it: light to import, whole in a wheel, and the front door's promises kept in the files."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests import ROOT


def modules_after(statement: str) -> set[str]:
    """Top-level modules loaded in a fresh interpreter after `statement`."""
    code = f"{statement}\nimport sys\nprint('\\n'.join({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_library_is_light_to_import() -> None:
    """`import mnemoscope` brings neither torch nor the web stack: a notebook opens recordings at once."""
    loaded = modules_after("import mnemoscope; mnemoscope.Recording")
    assert not loaded & {"torch", "fastapi", "starlette", "uvicorn", "pydantic", "plotly", "pyarrow", "scipy"}


def test_cards_and_tasks_are_read_without_torch() -> None:
    """The web process lists models and lays out episodes without loading torch."""
    statement = "from mnemoscope import tasks; from mnemoscope.checkpoints import store as checkpoints; from mnemoscope.models import registry; registry.cards(); list(checkpoints.cards()); tasks.get('copy').episode()"
    assert "torch" not in modules_after(statement)


def test_every_dependency_has_its_reason() -> None:
    """Each line of a dependency list ends with why it is there."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [")
    listed = [line for line in lines[start : lines.index("[project.scripts]")] if line.startswith('  "')]
    assert len(listed) > 15
    assert [line for line in listed if "#" not in line] == []


def test_setting_up_takes_the_two_commands_of_the_readme() -> None:
    """README names `make run` and `make test`, the Makefile has them, and CI calls them."""
    readme, makefile = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile"))
    assert "make run" in readme
    assert "make test" in readme
    for target in ("run", "test", "check", "dev", "bench", "train"):
        assert f"\n{target}:" in makefile
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make check" in ci
    assert "make test" in ci


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout, without fetching anything."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(out),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    [path] = out.glob("*.whl")
    return path


def test_the_wheel_carries_three_packages_the_page_and_the_checkpoints(wheel: Path) -> None:
    """What `pip install` brings is complete: no Node, no download, no checkout needed."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"mnemoscope", "mnemoscope_server", "mnemoscope_viewer"}
    assert "mnemoscope_viewer/static/index.html" in names
    assert any(name.startswith("mnemoscope_viewer/static/assets/") and name.endswith(".js") for name in names)
    for model in ("lstm", "transformer", "ntm", "dnc"):
        for task in ("copy", "signal-recall"):
            for file in ("model.safetensors", "config.json", "card.json"):
                assert f"mnemoscope/checkpoints/shipped/{model}-{task}/{file}" in names
    for package in tops:  # their types reach whoever installs them
        assert f"{package}/py.typed" in names
    assert "mnemoscope_viewer/static/third-party-notices.txt" in names
    assert "mnemoscope/gallery/gallery.json" in names
    assert "mnemoscope/gallery/odd-beat.mnemo" in names


def test_torch_is_pinned_where_make_installs_it() -> None:
    """The plain name would pull gigabytes of CUDA packages."""
    assert "torch==2.13.0" in (ROOT / "constraints.txt").read_text(encoding="utf-8")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert any(line.startswith("torch>=") for line in settings["project"]["dependencies"])
