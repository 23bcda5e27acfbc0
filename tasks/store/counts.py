"""What is counted over a whole column in one pass: distinct values, nulls, the digest of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.store.digest import ColumnDigest
from tasks.store.partitions import ROWS_PER_PARTITION, read_batches
from veil.model import Table

if TYPE_CHECKING:
    import pandas as pd


def distinct(table: Table, column: str) -> pd.Series[Any]:
    """Return the distinct non-null values of a column with their counts, in order of first appearance.

    Memory grows with the number of distinct values, not of rows. The empty string is a value.
    """
    import pandas as pd

    merged = pa.table({"values": pa.array([], pa.string()), "counts": pa.array([], pa.int64())})
    waiting: list[pa.Table] = []
    for batch in read_batches(table, [column]):
        counted = pc.value_counts(batch.column(0).drop_null())
        waiting.append(pa.table({"values": counted.field(0), "counts": counted.field(1)}))
        if sum(map(len, waiting)) > max(len(merged), ROWS_PER_PARTITION):
            merged, waiting = _merged([merged, *waiting]), []
    merged = _merged([merged, *waiting])
    index = pd.Index(merged.column("values").to_pylist(), dtype=object, name=column)
    return pd.Series(merged.column("counts").to_numpy(), index=index, name="count")


def _merged(counts: Sequence[pa.Table]) -> pa.Table:
    grouped = pa.concat_tables(counts).group_by("values", use_threads=False).aggregate([("counts", "sum")])
    return pa.table({"values": grouped.column("values"), "counts": grouped.column("counts_sum")})


def n_nulls(table: Table, column: str) -> int:
    """Return how many cells of a column are null; the empty string is not."""
    return sum(batch.column(0).null_count for batch in read_batches(table, [column]))


def column_sha256(table: Table, column: str) -> str:
    """Return the digest of a column's cells in order; equal digests prove that a column was kept as it was."""
    digest = ColumnDigest()
    for batch in read_batches(table, [column]):
        digest.add(batch.column(0))
    return digest.hexdigest()
