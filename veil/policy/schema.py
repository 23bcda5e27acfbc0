"""The JSON schema of the policy language, for editors; and which keys may stand where, for error messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from veil.policy.gates import Threshold
from veil.policy.models import Policy


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a policy file. `policies/schema.json` holds it."""
    schema = _tidied(Policy.model_json_schema(by_alias=True, mode="validation"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Veil policy"}


def _tidied(node: Any) -> Any:
    """Drop generated titles, join wrapped lines and write thresholds as a policy writes them."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"op", "value"} and not isinstance(node["value"], dict):
        return str(Threshold(**node))
    kept = {key: _tidied(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if isinstance(told := kept.get("description"), str):
        kept["description"] = re.sub(r"(?<!\n)\n(?!\n)", " ", told)
    named = kept.get("from")
    if isinstance(named, dict) and named.get("type") == "array":
        kept["from"] = {"anyOf": [named["items"], named]}  # one name need not be a list
    return kept


def keys_at(schema: dict[str, Any], loc: Sequence[str | int]) -> tuple[str, ...]:
    """Return the keys that may stand at a place of the policy, given as pydantic gives it: with names of union members."""
    node = _resolved(schema, schema)
    for part in loc:
        node = _resolved(schema, _inside(node, part))
    return tuple(node.get("properties", {}))


def places_of(schema: dict[str, Any], key: str) -> tuple[str, ...]:
    """Return the dotted places of the policy, tables left out, where a key of that name may stand."""
    return tuple(path for path, name in _walk(schema, _resolved(schema, schema), "") if name == key)


def _walk(schema: dict[str, Any], node: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for name, inner in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here, name
        yield from _walk(schema, _resolved(schema, inner), here)


def _inside(node: dict[str, Any], part: str | int) -> dict[str, Any]:
    mapping = node.get("discriminator", {}).get("mapping", {})
    inner = (
        node.get("properties", {}).get(part)
        or ({"$ref": mapping[part]} if part in mapping else None)
        or (node.get("items") if isinstance(part, int) else None)
        or next(iter(node.get("patternProperties", {}).values()), None)
        or node.get("additionalProperties")
    )
    return inner if isinstance(inner, dict) else {}


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node or (options := _options(node)):
        node = schema["$defs"][node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else options[0]
    return node


def _options(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts among what may stand at a place: `where` may be null, and else is an object with keys."""
    return [option for option in node.get("anyOf", ()) if "$ref" in option or "discriminator" in option]
