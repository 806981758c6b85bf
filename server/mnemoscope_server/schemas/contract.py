"""The contract between server and page, as one document.

One OpenAPI document holds the HTTP interface and both websocket unions (which OpenAPI itself cannot describe). The
page's types are generated from the committed file, so neither side needs the other's tools; a test proves it fresh.
"""

import inspect
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mnemoscope_server.schemas import base as rest
from mnemoscope_server.schemas import messages as wire
from mnemoscope_server.schemas import recordings as rest_recordings
from mnemoscope_server.schemas import sessions as rest_sessions
from mnemoscope_server.schemas import signals as rest_signals

REF = "#/components/schemas/{model}"
HTTP = (rest, rest_recordings, rest_signals, rest_sessions)
"""Where types of the HTTP interface are that the page wants by name, whether an endpoint shows them or not."""


def document(app: FastAPI) -> dict[str, Any]:
    """The whole contract of an application as an OpenAPI 3.1 document."""
    described = app.openapi()
    answers = [(m, "serialization") for m in _classes(rest.Answer)]
    questions = [(m, "validation") for m in _classes(rest.Question)]
    server = [(m, "serialization") for m in wire.SERVER_MESSAGES]
    client = [(m, "validation") for m in wire.CLIENT_MESSAGES]
    _, definitions = models_json_schema([*answers, *questions, *server, *client], ref_template=REF)  # type: ignore[arg-type]
    schemas: dict[str, Any] = described["components"]["schemas"] | definitions["$defs"]
    schemas["ServerMessage"] = _union(wire.SERVER_MESSAGES, "What the server sends over /ws/{id} as JSON.")
    schemas["ClientMessage"] = _union(wire.CLIENT_MESSAGES, "What a client sends over /ws/{id}.")
    return {
        "openapi": described["openapi"],
        "info": {"title": "Mnemoscope", "version": "1"},
        "paths": described["paths"],
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _classes(base: type[BaseModel]) -> list[type[BaseModel]]:
    """The models on `base` in the modules of HTTP, each once."""
    found = [(module, c) for module in HTTP for _, c in inspect.getmembers(module, inspect.isclass)]
    return [c for module, c in found if issubclass(c, base) and c is not base and c.__module__ == module.__name__]


def _union(messages: tuple[type[wire.Message], ...], description: str) -> dict[str, Any]:
    refs = {m.model_fields["type"].annotation.__args__[0]: REF.format(model=m.__name__) for m in messages}  # type: ignore[union-attr]
    return {
        "description": description,
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "type", "mapping": refs},
    }
