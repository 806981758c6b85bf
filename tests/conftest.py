"""What holds for every test: processes that a test starts run this checkout, and browser tests come last."""

import os
import tempfile

import pytest

from tests import ROOT

pytest.register_assert_rewrite("tests.oracles", "tests.ui.helpers", "tests.ui.keys")
# An installed copy may lie elsewhere (another worktree, site-packages); pyproject's pythonpath does the same for pytest itself.
SOURCES = [str(ROOT / name) for name in ("", "models", "server", "frontend")]


WHOLE_MODELS = (
    "checkpoints",
    "cli",
    "measuring",
    "packaging",
    "running",
    "training",
)  # rooms whose tests train or run them
STARTING = {"server", "start", "real", "cluster", "proxied"}  # fixtures of the server's tests that start one


def pytest_configure() -> None:
    """Every child process inherits the path to this checkout, wherever it is started.

    One thread for torch: a second one waits more than it computes on models this small, and test files run side by side.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("MNEMOSCOPE_CACHE", os.path.join(tempfile.gettempdir(), f"mnemoscope-tests-{os.getuid()}"))
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [*SOURCES, *(path for path in inherited if path and path not in SOURCES)]
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the shuffled order, browser tests behind all others: the event loop of their driver lives until the session
    ends, and no asyncio test runs beside it.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks by what a test needs, so that nobody has to remember them."""
    room = item.path.relative_to(ROOT / "tests").parts
    if room[0] == "ui":
        item.add_marker("browser")
    elif room[0] in ("server", "cluster") and STARTING & set(getattr(item, "fixturenames", ())):
        item.add_marker("server")
    if room[0] in WHOLE_MODELS:
        item.add_marker("slow")
