"""What the parts of the policy language share: strictness, and words that may stand alone or in a list."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from veil.model import LogicalType, Role

STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=False)

Reason = Annotated[str, Field(pattern=r"\S.*\S")]


def _as_tuple(value: Any) -> Any:
    if value in ([], ()):
        raise ValueError("an empty list")
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _one_or_many(item: dict[str, Any]) -> tuple[Any, ...]:
    many = {"type": "array", "items": item, "minItems": 1}
    return (BeforeValidator(_as_tuple), WithJsonSchema({"anyOf": [item, many]}))


Words = Annotated[tuple[str, ...], *_one_or_many({"type": "string"})]
Roles = Annotated[tuple[Role, ...], *_one_or_many({"enum": list(Role.__args__)})]
Types = Annotated[tuple[LogicalType, ...], *_one_or_many({"enum": list(LogicalType.__args__)})]
