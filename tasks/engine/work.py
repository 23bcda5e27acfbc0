"""What one process does with one partition: read it, transform its plain columns, count what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

from tasks import store
from tasks.engine.job import Job
from tasks.engine.partition import Columns, Partition


@dataclass(frozen=True)
class ColumnCount:
    """Nulls of a column before and after, whether any cell changed, and whether one is now spelled as a declared null value."""

    nulls_before: int = 0
    nulls_after: int = 0
    changed: bool = False
    spelled: bool = False

    @property
    def holds_nulls(self) -> bool:
        """Whether a transformed cell is null or stands for it."""
        return self.nulls_after > 0 or self.spelled

    @property
    def nulls_changed(self) -> bool:
        """Whether there are more or fewer nulls than before."""
        return self.nulls_before != self.nulls_after

    def __add__(self, other: ColumnCount) -> ColumnCount:
        before, after = self.nulls_before + other.nulls_before, self.nulls_after + other.nulls_after
        return ColumnCount(before, after, self.changed or other.changed, self.spelled or other.spelled)


class Work:
    """The plain columns of a table's partitions, one partition at a time."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._columns = Columns(job)
        self.names = tuple(name for name in job.actions if name not in job.late)

    @cached_property
    def first_rows(self) -> tuple[int, ...]:
        """The number of each partition's first row."""
        return tuple(accumulate(store.partition_rows(self._job.raw), initial=0))[:-1]

    def partition(self, number: int, columns: Iterable[str] | None = None) -> Partition:
        """Read a raw partition, or some of its columns."""
        import pandas as pd

        raw = store.read_partition(self._job.raw, number, columns)
        first = self.first_rows[number]
        return Partition(self._job, raw, pd.RangeIndex(first, first + len(raw)))

    def transformed(self, number: int) -> tuple[pa.Table, dict[str, ColumnCount]]:
        """Return a partition's plain columns, and what was counted on them."""
        partition = self.partition(number)
        cells = self._columns(partition, self.names)
        # A table without any plain column still has rows.
        table = pa.table(cells) if cells else partition.raw.select([])
        return table, counted(partition, cells)


def counted(partition: Partition, cells: Mapping[str, pa.Array]) -> dict[str, ColumnCount]:
    """Compare transformed columns with their raw cells."""
    nulls = pa.array(partition.job.null_values, pa.string())
    return {name: _counted(partition.raw.column(name), output, nulls) for name, output in cells.items()}


def _counted(raw: pa.ChunkedArray, output: pa.Array, nulls: pa.Array) -> ColumnCount:
    changed = not pa.chunked_array([output]).equals(raw)
    spelled = len(nulls) > 0 and bool(pc.any(pc.is_in(output, nulls)).as_py())
    return ColumnCount(raw.null_count, output.null_count, changed, spelled)
