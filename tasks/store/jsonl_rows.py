"""Reads JSON Lines: strings as they are, numbers as their literal text, nested values as their compact JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.store.names import check_names
from tasks.store.partitions import PHYSICAL, ROWS_PER_PARTITION
from tasks.store.source import BLOCK_BYTES, utf8_chunks
from veil.errors import DropRefused
from veil.model import FileFormat

MAX_LINE_BYTES = 64 << 20

Record = dict[str, Any]


class Number(str):
    """A JSON number as its literal text: `1.50` stays `1.50`, and no digit of a long one is lost."""

    __slots__ = ()


KINDS: dict[type, str | None] = {
    type(None): None, str: "string", Number: "number", bool: "boolean", dict: "json", list: "json",
}


def read_jsonl(
    path: Path, file_format: FileFormat, *, rows: int = ROWS_PER_PARTITION, block_bytes: int = BLOCK_BYTES
) -> Iterator[pa.Table]:
    """Yield a JSON Lines file's records as tables of string columns, in order of the keys' first appearance.

    A key that a record lacks is null there, like a JSON null. Each field's metadata names its kind once it is known:
    `string`, `number`, `boolean` or `json`.

    Raises
    ------
    DropRefused : with the line, where it is no JSON object; keys that are empty or twice in an object; columns of more
        than one kind; no record at all.
    """
    kinds: dict[str, str | None] = {}
    for first_line, records in _batches(path, file_format, rows, block_bytes):
        _meet_keys(records, kinds, path.name, first_line)
        yield _as_table(records, kinds, path.name, first_line)
    if not kinds:
        raise DropRefused(path.name, "holds no record with a key")


def _batches(path: Path, file_format: FileFormat, rows: int, block_bytes: int) -> Iterator[tuple[int, list[Record]]]:
    first_line, records, blank_line = 1, list[Record](), None
    for number, line in enumerate(_lines(path, file_format, block_bytes), 1):
        if not line.strip(b" \t\r"):
            blank_line = blank_line or number
            continue
        if blank_line is not None:
            raise DropRefused(path.name, "a blank line stands between records", line=blank_line)
        records.append(_parsed(line, path.name, number))
        if len(records) == rows:
            yield first_line, records
            first_line, records = number + 1, []
    if records:
        yield first_line, records


def _lines(path: Path, file_format: FileFormat, block_bytes: int) -> Iterator[bytes]:
    tail, n_lines = b"", 0
    for chunk in utf8_chunks(path, file_format, block_bytes=block_bytes):
        *whole, tail = (tail + chunk).split(b"\n")
        yield from whole
        n_lines += len(whole)
        if len(tail) > MAX_LINE_BYTES:
            raise DropRefused(path.name, "is over 64 MiB long; write one JSON object per line", line=n_lines + 1)
    if tail:
        yield tail


def _object(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise KeyError
    return record


def _no_constant(_: str) -> None:
    raise ValueError


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_no_constant)


def _parsed(line: bytes, name: str, number: int) -> Record:
    try:
        record = _DECODER.decode(line.decode())
    except KeyError:
        reason = "a key stands twice in one object; rename one"
    except (ValueError, RecursionError):
        reason = "is not valid JSON; write one JSON object per line"
    else:
        if isinstance(record, dict):
            return record
        reason = "is not a JSON object; write one object per line"
    raise DropRefused(name, reason, line=number)


def _meet_keys(records: list[Record], kinds: dict[str, str | None], name: str, first_line: int) -> None:
    """Enter the keys that no record had before, at the end."""
    for key in dict.fromkeys(chain.from_iterable(records)):
        if key in kinds:
            continue
        kinds[key] = None
        if not key.strip() or not _encodes(key):
            row = next(row for row, record in enumerate(records) if key in record)
            raise DropRefused(name, "a key is empty or holds half a character; name every value", line=first_line + row)
    check_names(list(kinds), name)


def _as_table(records: list[Record], kinds: dict[str, str | None], name: str, first_line: int) -> pa.Table:
    columns, fields = [], []
    for position, key in enumerate(kinds, 1):
        values = [record.get(key) for record in records]
        found = {KINDS[kind] for kind in set(map(type, values))} - {None}
        if len(found | {kinds[key]} - {None}) > 1:
            line = first_line + _first_other(values, kinds[key])
            raise DropRefused(name, f"column {position} holds more than one kind of value; write all alike", line=line)
        kinds[key] = found.pop() if found else kinds[key]
        columns.append(_column(values, kinds[key], name, first_line))
        kind = kinds[key]
        fields.append(pa.field(key, pa.string(), metadata={PHYSICAL: kind.encode()} if kind else None))
    return pa.table(columns, schema=pa.schema(fields))


def _first_other(values: Iterable[Any], known: str | None) -> int:
    """Return the row of the first value that is of another kind than those before it."""
    for row, value in enumerate(values):
        kind = KINDS[type(value)]
        if kind and known and kind != known:
            return row
        known = known or kind
    return 0


def _column(values: list[Any], kind: str | None, name: str, first_line: int) -> pa.Array:
    text = {"boolean": _boolean_text, "json": _json_text}.get(kind or "")
    try:
        cells = [None if value is None else text(value) for value in values] if text else values
        return pa.array(cells, pa.string())
    except RecursionError:
        line, reason = None, "holds a value that is nested too deeply"
    except UnicodeEncodeError:
        row = next(row for row, cell in enumerate(cells) if cell is not None and not _encodes(cell))
        line, reason = first_line + row, "holds half a surrogate pair, which is no character"
    raise DropRefused(name, reason, line=line)


def _encodes(cell: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in cell)


def _boolean_text(value: bool) -> str:
    return "true" if value else "false"


def _json_text(value: Any) -> str:
    """Write a nested value compactly, its numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_json_text(key)}:{_json_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
