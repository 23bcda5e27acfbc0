"""Arrow values as text and back. Only text from which exactly the same values can be read again is accepted."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_DECIMAL = re.compile(r"decimal(32|64|128|256)\((\d+), (-?\d+)\)")
_ZONED = re.compile(r"timestamp\[(s|ms|us|ns), tz=(.+)\]")
_DICTIONARY = re.compile(r"dictionary<values=(.+), indices=\w+, ordered=[01]>")


def to_text(values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Write a column's values as strings; None if the type has no text that gives every value back.

    Integers in digits, floats as the shortest text that reads back equal, decimals with their places, booleans as
    `true` and `false`, dates and times in ISO 8601, durations as a count of their unit. Nulls stay null.
    """
    plain = values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values
    try:
        text = _written(plain)
        back = from_text(text, plain.type)
    except (pa.ArrowException, ValueError, OverflowError):
        return None
    if pa.types.is_floating(plain.type):
        return text if back is not None and _written(back).equals(text) else None
    return text if back is not None and back.equals(plain) else None


def from_text(text: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | None:
    """Read strings as values of a type; None if any of them cannot be read."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    try:
        values = _read(text, plain)
    except (pa.ArrowException, ValueError, OverflowError):
        return None
    return values.dictionary_encode() if pa.types.is_dictionary(kind) else values


def written_alike(text: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | None:
    """Read strings as values of a type whose own text is the same string again; None if any cell is not of that kind."""
    values = from_text(text, kind)
    again = None if values is None else to_text(values)
    return values if again is not None and again.equals(text) else None


def parse_type(name: str) -> pa.DataType | None:
    """Return the Arrow type with that name, as `str` of a type writes it; None for any other text."""
    if match := _DECIMAL.fullmatch(name):
        return getattr(pa, f"decimal{match[1]}")(int(match[2]), int(match[3]))
    if match := _ZONED.fullmatch(name):
        return pa.timestamp(match[1], tz=match[2])
    if match := _DICTIONARY.fullmatch(name):
        values = parse_type(match[1])
        return None if values is None else pa.dictionary(pa.int32(), values)
    try:
        return pa.type_for_alias(name)
    except ValueError:
        return None


def is_readable(kind: pa.DataType) -> bool:
    """Whether columns of this type have text at all: scalars do, binary and nested types do not."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests: tuple[Any, ...] = (
        pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_date,
        pa.types.is_timestamp, pa.types.is_time, pa.types.is_duration, pa.types.is_string, pa.types.is_large_string,
        pa.types.is_string_view, pa.types.is_null,
    )
    return any(test(plain) for test in tests)


def _written(values: pa.ChunkedArray) -> pa.ChunkedArray:
    integers = values.cast(pa.int64()) if pa.types.is_duration(values.type) else values
    return integers.cast(pa.string())


def _read(text: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_null(kind) and text.null_count == len(text):
        return pa.chunked_array([pa.nulls(len(text))])
    if pa.types.is_duration(kind):
        return text.cast(pa.int64()).cast(kind)
    if pa.types.is_time(kind):
        return pc.binary_join_element_wise("1970-01-01", text, " ").cast(pa.timestamp(kind.unit)).cast(kind)
    return text.cast(kind)
