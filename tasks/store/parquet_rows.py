"""Reads Parquet: every scalar as text that gives the same value back. Binary and nested columns are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.store.arrow_types import is_readable, to_text
from tasks.store.names import check_names
from tasks.store.partitions import PHYSICAL, ROWS_PER_PARTITION
from tasks.store.source import open_source, refuse_bomb
from veil.errors import DropRefused

BROKEN = "is not a readable Parquet file; deliver it again"


def read_parquet(path: Path, *, rows: int = ROWS_PER_PARTITION) -> Iterator[pa.Table]:
    """Yield a Parquet file's rows as tables of string columns, each field's metadata naming its type in the file.

    Raises
    ------
    DropRefused : a damaged file, no rows, empty or duplicate column names, a column whose type has no lossless text.
    """
    with open_source(path) as source:
        opened = _opened(source, path.name)
        check_names(opened.schema_arrow.names, path.name)
        _check_types(opened.schema_arrow, path.name)
        size = max(sum(_sizes(opened.metadata)), opened.metadata.num_rows * len(opened.schema_arrow))
        refuse_bomb(path.name, path.stat().st_size, size)
        n_rows = 0
        for batch in _batches(opened, rows, path.name):
            n_rows += batch.num_rows
            yield _as_text(pa.Table.from_batches([batch]), path.name)
    if not n_rows:
        raise DropRefused(path.name, "has columns but no rows")


def _opened(source: BinaryIO, name: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(source, page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError):
        pass
    raise DropRefused(name, BROKEN)


def _sizes(metadata: pq.FileMetaData) -> Iterator[int]:
    return (metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))


def _check_types(schema: pa.Schema, name: str) -> None:
    for position, field in enumerate(schema, 1):
        if not is_readable(field.type):
            raise DropRefused(name, f"column {position} is of type {_bare(field.type)}, which has no lossless text; leave it out")


def _bare(kind: pa.DataType) -> str:
    """Name a type without the names of its children, which may be cells."""
    return str(kind).split("<", 1)[0]


def _batches(opened: pq.ParquetFile, rows: int, name: str) -> Iterator[pa.RecordBatch]:
    batches = opened.iter_batches(batch_size=rows)
    while batch := _next(batches, name):
        yield batch


def _next(batches: Iterator[pa.RecordBatch], name: str) -> pa.RecordBatch | None:
    try:
        return next(batches, None)
    except (pa.ArrowException, OSError, ValueError):
        pass
    raise DropRefused(name, BROKEN)


def _as_text(batch: pa.Table, name: str) -> pa.Table:
    columns, fields = [], []
    for position, field in enumerate(batch.schema, 1):
        text = to_text(batch.column(position - 1)) if _is_sound(batch.column(position - 1)) else None
        if text is None:
            raise DropRefused(name, f"column {position} holds values that have no lossless text; store it as strings")
        columns.append(text)
        fields.append(pa.field(field.name, pa.string(), metadata={PHYSICAL: str(field.type).encode()}))
    return pa.table(columns, schema=pa.schema(fields))


def _is_sound(values: pa.ChunkedArray) -> bool:
    """Whether the values are what their type says; strings must be valid UTF-8."""
    try:
        values.validate(full=True)
    except pa.ArrowException:
        return False
    return True
