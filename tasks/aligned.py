"""The same rows of a raw table and of what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from tasks import store
from veil.model import Table


def aligned(
    raw: Table, raw_columns: Sequence[str], output: Table, output_columns: Sequence[str]
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Yield the same rows of two tables, whose partitions may be cut at different rows."""
    sides = [
        store.read_batches(table, list(dict.fromkeys(names))) for table, names in ((raw, raw_columns), (output, output_columns))
    ]
    waiting: list[pa.Table | None] = [None, None]
    while True:
        for at, side in enumerate(sides):
            if waiting[at] is None:
                waiting[at] = next(side, None)
        before, after = waiting
        if before is None or after is None:
            return
        n_rows = min(len(before), len(after))
        yield before.slice(0, n_rows), after.slice(0, n_rows)
        waiting = [rest.slice(n_rows) if len(rest) > n_rows else None for rest in (before, after)]
