"""What is counted over whole columns in one pass: distinct values, nulls, the digest of the cells."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.store.digest import ColumnDigest
from tasks.store.partitions import ROWS_PER_PARTITION, read_batches
from veil.model import Table
from veil.recognizers.columns.counted import Counts

if TYPE_CHECKING:
    import pandas as pd

CELLS_PER_PASS: Final = 32_000_000
"""Columns are counted together, each partition opened once, as long as they have no more cells than this."""

PATIENCE: Final = 3
SELDOM_TWICE: Final = 0.9


def count_columns(table: Table) -> Iterator[tuple[Counts, int]]:
    """Yield for each column, in order, its distinct values in order of first appearance with their counts, and its nulls.

    The counts are exact. Memory grows with the number of distinct values of the columns that are counted together, not with the
    rows: about 260 bytes each for values of 20 characters, so ten million values that come once take 2.7 GB.
    """
    names = [column.name for column in table.columns]
    together = max(1, CELLS_PER_PASS // max(table.n_rows, 1))
    for start in range(0, len(names), together):
        countings = deque(_counted(table, names[start : start + together]))
        while countings:
            yield countings.popleft().finish()


def distinct(table: Table, column: str) -> pd.Series[Any]:
    """Return the distinct non-null values of a column with their counts, in order of first appearance.

    Memory grows with the number of distinct values, not of rows. The empty string is a value.
    """
    import pandas as pd

    counts, _ = _counted(table, [column])[0].finish()
    index = pd.Index(counts.values.to_pylist(), dtype=object, name=column)
    return pd.Series(counts.rows, index=index, name="count")


def _counted(table: Table, columns: Sequence[str]) -> list[_Counting]:
    countings = [_Counting() for _ in columns]
    for batch in read_batches(table, columns):
        for counting, cells in zip(countings, batch.columns, strict=True):
            counting.add(cells)
    return countings


class _Counting:
    """The counts of a column so far. Partitions wait until they are several times what is merged, so none is merged often.

    Where hardly a value comes twice, counting a partition by itself is labor lost: its cells wait as they are.
    """

    def __init__(self) -> None:
        self._merged = pa.table({"values": pa.array([], pa.large_string()), "counts": pa.array([], pa.int64())})
        self._waiting: list[pa.Table] = []
        self._n_waiting = self._n_null = 0
        self._seldom_twice = False

    def add(self, cells: pa.ChunkedArray) -> None:
        self._n_null += cells.null_count
        present = cells.drop_null()
        if self._seldom_twice:
            part = pa.table({"values": present.cast(pa.large_string()), "counts": np.ones(len(present), dtype=np.int64)})
        else:
            counted = pc.value_counts(present)
            part = pa.table({"values": counted.field(0).cast(pa.large_string()), "counts": counted.field(1)})
            self._seldom_twice = len(present) > ROWS_PER_PARTITION // 2 and len(part) > SELDOM_TWICE * len(present)
        self._waiting.append(part)
        self._n_waiting += len(part)
        if self._n_waiting > PATIENCE * max(len(self._merged), ROWS_PER_PARTITION):
            self._merge()

    def finish(self) -> tuple[Counts, int]:
        self._merge()
        return Counts(self._merged.column("values"), self._merged.column("counts").to_numpy()), self._n_null

    def _merge(self) -> None:
        parts = [part for part in (self._merged, *self._waiting) if len(part)]
        self._waiting, self._n_waiting = [], 0
        if len(parts) == 1:
            self._merged = parts[0]
        elif parts:
            grouped = pa.concat_tables(parts).group_by("values", use_threads=False).aggregate([("counts", "sum")])
            self._merged = pa.table({"values": grouped.column("values"), "counts": grouped.column("counts_sum")})


def n_nulls(table: Table, column: str) -> int:
    """Return how many cells of a column are null; the empty string is not."""
    return sum(batch.column(0).null_count for batch in read_batches(table, [column]))


def column_sha256(table: Table, column: str) -> str:
    """Return the digest of a column's cells in order; equal digests prove that a column was kept as it was."""
    digest = ColumnDigest()
    for batch in read_batches(table, [column]):
        digest.add(batch.column(0))
    return digest.hexdigest()
