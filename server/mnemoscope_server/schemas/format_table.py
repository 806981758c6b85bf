"""The table of the manifest's fields in docs/format.md, from the contract's description of it."""

import re
from typing import Any

BLOCK = re.compile(r"(<!-- manifest -->\n).*?(<!-- /manifest -->)", re.DOTALL)
"""Where the table stands in the document."""

NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}


def renewed(document: str, schemas: dict[str, Any]) -> str:
    """A document with the table made again. `schemas` are the components of the contract."""
    rows = ["| key | is | what it says |", "|---|---|---|", *_rows("Manifest", "", schemas, {})]
    return BLOCK.sub(lambda block: block[1] + "\n".join(rows) + "\n" + block[2], document)


def _rows(name: str, path: str, schemas: dict[str, Any], shown: dict[str, str]) -> list[str]:
    """A row a field, followed by those of what it holds. `shown`: where each entry has had its rows already."""
    entry: dict[str, Any] = schemas[name]
    rows: list[str] = []
    for key, field in entry["properties"].items():
        text, inner, many = _type(field)
        optional = "" if key in entry.get("required", []) else ", may be missing"
        within = f"{path}{key}{'[]' if many else ''}"
        what = " ".join(field.get("description", "").split()).replace("|", "\\|")
        if inner in shown:
            what += f" Fields as in `{shown[inner]}`."
        rows.append(f"| `{path}{key}` | {text}{optional} | {what} |")
        if inner and inner not in shown:
            shown[inner] = within
            rows += _rows(inner, f"{within}.", schemas, shown)
    return rows


def _type(field: dict[str, Any]) -> tuple[str, str | None, bool]:
    """(in words, name of the entry it holds, whether it is a list of them)"""
    if "$ref" in field:
        return "object", field["$ref"].rsplit("/", 1)[1], False
    if "anyOf" in field:
        words = [_type(choice) for choice in field["anyOf"] if choice.get("type") != "null"]
        text = " or ".join(word for word, _, _ in words)
        return f"{text} or null", words[0][1], words[0][2]
    if field["type"] == "array":
        text, inner, _ = _type(field["items"])
        return f"list of {text if text == 'text' else text + 's'}", inner, True
    values = field.get("enum") or ([field["const"]] if "const" in field else [])
    if values:
        return " or ".join(f"`{value}`" for value in values), None, False
    return NAMES[field["type"]], None, False
