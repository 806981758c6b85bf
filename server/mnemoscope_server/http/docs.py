"""/api/docs: the interface as one plain page, made from the OpenAPI document. No script, nothing from elsewhere."""

from html import escape
from typing import Any

STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.55 system-ui,sans-serif;max-width:62rem;margin:2.5rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{margin-top:2.5rem;font-size:1.2rem}code,pre{font-family:ui-monospace,monospace;font-size:.88em}
section{border-top:1px solid #8884;padding:.9rem 0}.m{display:inline-block;min-width:4.8em;font-weight:600}
table{border-collapse:collapse;margin:.5rem 0;width:100%}td,th{text-align:left;padding:.2rem .8rem .2rem 0;
vertical-align:top;border-bottom:1px solid #8882}th{font-weight:500;opacity:.7}td:last-child{width:55%}
"""
METHODS = ("get", "post", "patch", "delete")


def render(document: dict[str, Any]) -> str:
    """The page for an OpenAPI document that has `ServerMessage` and `ClientMessage` among its schemas."""
    schemas = document["components"]["schemas"]
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Mnemoscope: interface</title>"
        f"<link rel=icon href=data:,><style>{STYLE}</style>",
        f"<h1>Mnemoscope {escape(document['info']['version'])}: interface</h1>",
        "<p>As data: <a href=openapi.json>openapi.json</a>. Errors of every endpoint are an "
        "<a href=#ErrorBody>ErrorBody</a>.</p><h2>HTTP</h2>",
    ]
    for path, item in document["paths"].items():
        parts += [_operation(method, path, item[method]) for method in METHODS if method in item]
    parts.append(
        "<h2>Websocket <code>/ws/{id}</code></h2><p>Text messages are JSON, one of the types below, chosen by "
        "<code>type</code>. Binary messages hold frames (docs/format.md). The client says hello first.</p>"
    )
    for name, who in (("ServerMessage", "server to client"), ("ClientMessage", "client to server")):
        links = ", ".join(_link(ref) for ref in schemas[name]["oneOf"])
        parts.append(f"<section id={name}><b>{who}</b>: {links}</section>")
    parts.append("<h2>Types</h2>")
    parts += [_schema(name, schema) for name, schema in sorted(schemas.items()) if "properties" in schema]
    return "\n".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = [
        (p["name"], _type(p["schema"]), f"in the {p['in']}. {p.get('description', '')}")
        for p in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {})
    takes = ", ".join(f"{_type(c['schema'])} as {escape(kind)}" for kind, c in body.items())
    gives = [
        f"{escape(code)}: {', '.join(_type(c.get('schema', {})) or escape(k) for k, c in r['content'].items())}"
        for code, r in operation["responses"].items()
        if r.get("content")
    ]
    summary = escape(operation.get("summary", ""))
    lines = [f"<section><span class=m>{method.upper()}</span><code>{escape(path)}</code> · {summary}"]
    if rows:
        lines.append(_table(rows))
    if takes:
        lines.append(f"<div>takes {takes}</div>")
    lines.append(f"<div>answers {'; '.join(gives) or 'without a body'}</div></section>")
    return "".join(lines)


def _schema(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    rows = [
        (key if key in required else f"{key}?", _type(value), value.get("description", ""))
        for key, value in schema["properties"].items()
    ]
    text = escape(schema.get("description", ""))
    return f"<section id={escape(name)}><b>{escape(name)}</b> · {text}{_table(rows)}</section>"


def _table(rows: list[tuple[str, str, str]]) -> str:
    cells = "".join(f"<tr><th><code>{escape(a)}</code><td>{b}<td>{escape(c)}" for a, b, c in rows)
    return f"<table>{cells}</table>"


def _link(schema: dict[str, Any]) -> str:
    name = escape(schema["$ref"].rsplit("/", 1)[1])
    return f"<a href=#{name}>{name}</a>"


def _type(schema: dict[str, Any]) -> str:
    """A JSON schema in short, as HTML."""
    if "$ref" in schema:
        return _link(schema)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(_type(option) for option in schema[key])
    if "const" in schema:
        return escape(f'"{schema["const"]}"')
    if "enum" in schema:
        return escape(" | ".join(f'"{value}"' for value in schema["enum"]))
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{{name: {_type(schema['additionalProperties'])}}}"
    return escape(str(schema.get("type", "")))
