"""The contract between server and page, as one document.

One OpenAPI document holds the HTTP interface and both websocket unions (which OpenAPI itself cannot describe). The
page's types are generated from the committed file, so neither side needs the other's tools; a test proves it fresh.
"""

import inspect
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mnemoscope_server.schemas import base, messages, recordings, retention, samples, sessions, signals, verdict

REF = "#/components/schemas/{model}"
HTTP = (base, recordings, signals, sessions, samples, retention, verdict)
"""Where types of the HTTP interface are that the page wants by name, whether an endpoint shows them or not."""


def document(app: FastAPI) -> dict[str, Any]:
    """The whole contract of an application as an OpenAPI 3.1 document."""
    described = app.openapi()
    answers = [(m, "serialization") for m in _classes(base.Answer)]
    questions = [(m, "validation") for m in _classes(base.Question)]
    server = [(m, "serialization") for m in messages.SERVER_MESSAGES]
    client = [(m, "validation") for m in (*messages.CLIENT_MESSAGES, *samples.FEED_MESSAGES)]
    server += [(m, "serialization") for m in samples.FEED_ANSWERS if m not in messages.SERVER_MESSAGES]
    _, definitions = models_json_schema([*answers, *questions, *server, *client], ref_template=REF)  # type: ignore[arg-type]
    schemas: dict[str, Any] = described["components"]["schemas"] | definitions["$defs"]
    schemas["ServerMessage"] = _union(messages.SERVER_MESSAGES, "What the server sends over /ws/{id} as JSON.")
    schemas["ClientMessage"] = _union(messages.CLIENT_MESSAGES, "What a client sends over /ws/{id}.")
    feed = "/api/sessions/{id}/samples as a websocket"
    schemas["FeedMessage"] = _union(samples.FEED_MESSAGES, f"What a sender sends over {feed}.")
    schemas["FeedAnswer"] = _union(samples.FEED_ANSWERS, f"What a sender hears over {feed}.")
    return {
        "openapi": described["openapi"],
        "info": {"title": "Mnemoscope", "version": "1"},
        "paths": described["paths"],
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _classes(parent: type[BaseModel]) -> list[type[BaseModel]]:
    """The models on `parent` in the modules of HTTP, each once."""
    found = [(module, c) for module in HTTP for _, c in inspect.getmembers(module, inspect.isclass)]
    return [c for module, c in found if issubclass(c, parent) and c is not parent and c.__module__ == module.__name__]


def _union(union: tuple[type[messages.Message], ...], description: str) -> dict[str, Any]:
    refs = {m.model_fields["type"].annotation.__args__[0]: REF.format(model=m.__name__) for m in union}  # type: ignore[union-attr]
    return {
        "description": description,
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "type", "mapping": refs},
    }
