"""A table as one Parquet file, each column in the type that it had."""

from __future__ import annotations

from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.store.arrow_types import parse_type, written_alike
from tasks.store.partitions import read_batches
from veil.model import Column, Table


def write_parquet(table: Table, sink: BinaryIO) -> None:
    """Write the partitions as row groups; a column with a cell that its type cannot hold exactly becomes strings."""
    kinds = {column.name: _kind(table, column) for column in table.columns}
    schema = pa.schema(list(kinds.items()))
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for batch in read_batches(table):
            columns = [_typed(batch.column(name), kind) for name, kind in kinds.items()]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=max(len(batch), 1))


def _kind(table: Table, column: Column) -> pa.DataType:
    kind = parse_type(column.physical) or pa.string()
    if pa.types.is_string(kind):
        return kind
    for batch in read_batches(table, [column.name]):
        if written_alike(batch.column(0), kind) is None:
            return pa.string()
    return kind


def _typed(cells: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_string(kind):
        return cells
    values = written_alike(cells, kind)
    assert values is not None
    return values
