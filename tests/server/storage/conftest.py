"""A data folder that is opened, closed and opened again; its index in each database there is."""

import pytest

from mnemoscope_server.storage.store import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def index_url(request):
    """Where the index is: None = in the data folder."""
    if request.param == "sqlite":
        return None
    return request.getfixturevalue("postgres").database()


@pytest.fixture
def open_store(tmp_path, index_url):
    stores = []

    def open_store(**more):
        stores.append(Store(tmp_path / "data", **({"index": index_url} if index_url else {}), **more))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()
