"""Browser tests come last: the event loop of their driver lives until the session ends, and no asyncio test runs beside it."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the shuffled order, browser tests behind all others."""
    items.sort(key=lambda item: "/ui/" in item.path.as_posix())
