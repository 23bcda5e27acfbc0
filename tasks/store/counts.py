"""What is counted over whole columns in one pass: distinct values and nulls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.store.partitions import ROWS_PER_PARTITION, read_batches
from veil.model import Table
from veil.recognizers.columns.counted import Counts
from veil.recognizers.columns.hashed import hashed

if TYPE_CHECKING:
    import pandas as pd

CELLS_PER_PASS: Final = 32_000_000
"""Columns are counted together, each partition opened once, as long as they have no more cells than this."""

PATIENCE: Final = 3
SELDOM_TWICE: Final = 0.9
PACKED: Final = 4


def count_columns(table: Table) -> Iterator[tuple[Counts, int]]:
    """Yield for each column, in order, its distinct values in order of first appearance with their counts, and its nulls.

    The counts are exact. Memory grows with the number of distinct values of the columns that are counted together, not with the
    rows: the values themselves, and some 30 bytes each.
    """
    names = [column.name for column in table.columns]
    together = max(1, CELLS_PER_PASS // max(table.n_rows, 1))
    for start in range(0, len(names), together):
        countings = deque(_counted(table, names[start : start + together]))
        while countings:
            yield countings.popleft().finish()


def count_column(table: Table, column: str) -> Counts:
    """Return the distinct non-null values of one column with their counts, in order of first appearance."""
    counts, _ = _counted(table, [column])[0].finish()
    return counts


def distinct(table: Table, column: str) -> pd.Series[Any]:
    """Return the distinct non-null values of a column with their counts, in order of first appearance.

    Memory grows with the number of distinct values, not of rows. The empty string is a value.
    """
    import pandas as pd

    counts = count_column(table, column)
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
        self._merged = Counts(pa.chunked_array([], pa.large_string()), _ones(0))
        self._waiting: list[Counts] = []
        self._loose: list[Counts] = []
        self._n_waiting = self._n_null = 0
        self._seldom_twice = False

    def add(self, cells: pa.ChunkedArray) -> None:
        self._n_null += cells.null_count
        present = cells.drop_null()
        if self._seldom_twice:
            part = Counts(present.cast(pa.large_string()), _ones(len(present)))
        else:
            counted = pc.value_counts(present)
            values = pa.chunked_array([counted.field(0).cast(pa.large_string())])
            part = Counts(values, counted.field(1).to_numpy())
            self._seldom_twice = len(present) > ROWS_PER_PARTITION // 2 and len(part) > SELDOM_TWICE * len(present)
        self._loose.append(part)
        self._n_waiting += len(part)
        if len(self._loose) == PACKED:
            self._waiting.append(_side_by_side(self._loose))
            self._loose.clear()
        if self._n_waiting > PATIENCE * max(len(self._merged), ROWS_PER_PARTITION):
            self._merge()

    def finish(self) -> tuple[Counts, int]:
        self._merge()
        return self._merged, self._n_null

    def _merge(self) -> None:
        parts = [self._merged, *self._waiting, *self._loose]
        self._waiting, self._loose, self._n_waiting = [], [], 0
        chunks = [chunk for part in parts for chunk in part.values.chunks if len(chunk)]
        if len(parts) > 1:
            self._merged = _added_up(Counts(pa.chunked_array(chunks, pa.large_string()), _joined(parts)))


def _side_by_side(parts: Sequence[Counts]) -> Counts:
    """Return counts one after another, in one piece: small ones among others that come and go leave holes in memory."""
    values = pa.concat_arrays([chunk for part in parts for chunk in part.values.chunks])
    return Counts(pa.chunked_array([values]), _joined(parts))


def _joined(parts: Sequence[Counts]) -> npt.NDArray[np.int64]:
    rows = [part.rows for part in parts]
    is_once = all(each.strides == (0,) for each in rows)
    return _ones(sum(map(len, rows))) if is_once else np.concatenate(rows)


def _ones(n_values: int) -> npt.NDArray[np.int64]:
    """Return ones that take no memory."""
    return np.broadcast_to(np.int64(1), n_values)


def _added_up(counts: Counts) -> Counts:
    """Return counts in which each value stands once, at its first place; equal texts are looked for by their numbers."""
    numbers = hashed(counts.values)
    numbers.sort()
    shared = np.unique(numbers[1:][numbers[1:] == numbers[:-1]])
    if not len(shared):
        return counts
    numbers = hashed(counts.values)  # once more, since a second array would be the most memory that a long column takes
    places = np.flatnonzero(shared[np.minimum(np.searchsorted(shared, numbers), len(shared) - 1)] == numbers)
    order = places[np.argsort(numbers[places], kind="stable")]
    is_first = np.concatenate([[True], numbers[order[1:]] != numbers[order[:-1]]])
    firsts = order[is_first]
    if not _are_equal(counts, order, firsts[np.cumsum(is_first) - 1]):
        return _grouped(counts)
    rows = np.array(counts.rows)
    rows[firsts] = np.add.reduceat(rows[order], np.flatnonzero(is_first))
    kept = np.ones(len(rows), dtype=bool)
    kept[order[~is_first]] = False
    return Counts(counts.values.filter(pa.array(kept)), rows[kept])


def _are_equal(counts: Counts, places: npt.NDArray[np.int64], others: npt.NDArray[np.int64]) -> bool:
    """Whether the texts at these places are those at the others: by numbers alone somebody could hide one text behind another."""
    differ = np.flatnonzero(places != others)
    parts = np.array_split(differ, len(differ) // ROWS_PER_PARTITION + 1)
    taken = ((counts.texts(side[part]) for side in (places, others)) for part in parts)
    return all(pc.all(pc.equal(one, other)).as_py() is not False for one, other in taken)


def _grouped(counts: Counts) -> Counts:
    table = pa.table({"values": counts.values, "counts": np.ascontiguousarray(counts.rows)})
    grouped = table.group_by("values", use_threads=False).aggregate([("counts", "sum")])
    return Counts(grouped.column("values"), grouped.column("counts_sum").to_numpy())
