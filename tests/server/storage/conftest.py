"""A data folder that is opened, closed and opened again."""

import pytest

from mnemoscope_server.storage.store import Store


@pytest.fixture
def open_store(tmp_path):
    stores = []

    def open_store(**more):
        stores.append(Store(tmp_path / "data", **more))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()
