"""A table as JSON Lines, built a column at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tasks.store.csv_output import constant, content
from tasks.store.partitions import read_batches
from veil.model import Column, FileFormat, Table

NUMBER = r"\A-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\z"
ESCAPED = r'["\\\x00-\x1f]'


def jsonl_lines(table: Table, file_format: FileFormat) -> Iterator[bytes]:
    """Yield the file as UTF-8 bytes, one object per line, the last line end as the source had it."""
    bare = {column.name for column in table.columns if _all_bare(table, column)}
    pending = b""
    for batch in read_batches(table):
        yield pending
        pending = _lines(batch, bare, file_format)
    yield pending if file_format.final_newline else pending.removesuffix(file_format.newline.encode())


def _all_bare(table: Table, column: Column) -> bool:
    """Whether every cell of a column is still of the kind that its source had, and may stand without quotes."""
    if column.physical not in ("number", "boolean", "json"):
        return False
    cells = (batch.column(0).drop_null() for batch in read_batches(table, [column.name]))
    return all(_are_bare(chunk, column.physical) for chunk in cells)


def _are_bare(cells: pa.ChunkedArray, kind: str) -> bool:
    if kind == "json":
        return all(map(_is_nested, cells.unique().to_pylist()))
    pattern = NUMBER if kind == "number" else r"\A(?:true|false)\z"
    return pc.all(pc.match_substring_regex(cells, pattern)).as_py() is not False


def _is_nested(text: str) -> bool:
    if text[:1] not in ("{", "[") or re.search(r"[\x00-\x1f]", text):
        return False
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(batch: pa.Table, bare: set[str], file_format: FileFormat) -> bytes:
    parts = []
    for position, name in enumerate(batch.column_names):
        parts.append(constant(("{" if not position else ",") + json.dumps(name, ensure_ascii=False) + ":"))
        cells = batch.column(name).cast(pa.large_string())
        parts.append(pc.fill_null(cells if name in bare else _quoted(cells), "null"))
    parts.append(constant("}" + file_format.newline))
    return content(pc.binary_join_element_wise(*parts, constant("")))


def _quoted(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write strings as JSON strings; only distinct values that need escapes pass through Python."""
    plain = pc.binary_join_element_wise(constant('"'), cells, constant('"'), constant(""))
    needs = pc.match_substring_regex(cells, ESCAPED)
    if not pc.any(needs).as_py():
        return plain
    special = cells.filter(pc.fill_null(needs, False)).combine_chunks().dictionary_encode()
    texts = pa.array([json.dumps(value, ensure_ascii=False) for value in special.dictionary.to_pylist()], pa.large_string())
    replaced = pc.replace_with_mask(plain.combine_chunks(), needs.combine_chunks(), texts.take(special.indices))
    return pa.chunked_array([replaced])
