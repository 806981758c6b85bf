"""Who is handed a model's weights. That the right ones are is tests/server/test_real_models.py."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from mnemoscope_server.access.token import GUEST
from mnemoscope_server.errors import NotPossible, UnknownFit
from mnemoscope_server.http import engine
from mnemoscope_server.settings import Settings
from mnemoscope_server.workers.memo import Answers

MANIFEST = {"models": [{"checkpoint": {"name": "lstm-copy"}}, {"checkpoint": {"name": "F" * 22}}, {}]}


@pytest.fixture
def services():
    """One fitted checkpoint, of somebody else; whatever else is asked for is packed."""

    def facts(identity, caller):
        raise UnknownFit(identity)

    async def ask(question):
        return {"package": f"engine of {question.stream}".encode()}

    return SimpleNamespace(
        fits=SimpleNamespace(has=lambda name: name == "F" * 22, facts=facts),
        live=SimpleNamespace(ask=ask),
        packages=Answers(2),
        settings=Settings(),
    )


def handed(services, stream, **scope):
    request = Request({"type": "http", "headers": [], **scope})
    return asyncio.run(engine._package(request, "A" * 22, services, MANIFEST, stream))


def test_models_are_handed_to_whoever_may_begin_runs(services):
    assert handed(services, 0) == b"engine of 0"
    assert (
        handed(services, 2) == b"engine of 2"
    )  # a recording from elsewhere may name no checkpoint: the worker says so


def test_a_link_alone_hands_out_no_weights(services):
    with pytest.raises(NotPossible, match="a link alone"):
        handed(services, 0, **{GUEST: True})


def test_a_fitted_model_is_its_owners(services):
    with pytest.raises(UnknownFit):
        handed(services, 1)


def test_an_export_leaves_out_what_may_not_be_had(services, monkeypatch):
    monkeypatch.setattr(engine, "_manifest", lambda services, identity: MANIFEST)
    request = Request({"type": "http", "headers": []})
    found = asyncio.run(engine.packed(request, "A" * 22, services))
    assert found == {0: b"engine of 0", 2: b"engine of 2"}
    guest = Request({"type": "http", "headers": [], GUEST: True})
    assert asyncio.run(engine.packed(guest, "A" * 22, services)) == {}
