"""Combinations of quasi-identifiers and how many rows have each, counted partition by partition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tasks import store
from veil.checks.k import results_of_sizes
from veil.model import CheckResult, Table

ROWS: Final = "\ufdd1rows"
"""A noncharacter of Unicode in a name that no column has."""
MERGED_AT: Final = 1_000_000


def classes(table: Table, columns: Sequence[str]) -> pa.Table:
    """Return the distinct combinations of some columns with their rows, as the last column; nulls are one value of their own.

    Memory grows with the combinations, not with the rows.
    """
    waiting: list[pa.Table] = []
    for batch in store.read_batches(table, columns):
        counted = batch.append_column(ROWS, pa.array(np.ones(len(batch), dtype=np.int64)))
        waiting.append(_merged([counted]))
        if len(waiting) > 1 and sum(map(len, waiting[1:])) > MERGED_AT:
            waiting = [_merged(waiting)]
    return _merged(waiting)


def _merged(parts: Sequence[pa.Table]) -> pa.Table:
    whole = pa.concat_tables(parts)
    keys = [name for name in whole.column_names if name != ROWS]
    grouped = whole.group_by(keys, use_threads=False).aggregate([(ROWS, "sum")])
    return grouped.select([*keys, f"{ROWS}_sum"]).rename_columns([*keys, ROWS])


def sizes_of(counted: pa.Table) -> Any:
    """Return how many rows each combination has."""
    return counted.column(ROWS).to_numpy()


def codes_of(counted: pa.Table) -> Any:
    """Return (n_classes, n_columns) which value of each column a combination has; nulls are a value."""
    import pyarrow.compute as pc

    columns = [name for name in counted.column_names if name != ROWS]
    encoded = [pc.dictionary_encode(counted.column(name).combine_chunks(), null_encoding="encode") for name in columns]
    return np.stack([each.indices.to_numpy() for each in encoded], axis=1).astype(np.int64)


def k_of_table(table: Table, quasi_identifiers: Sequence[str]) -> tuple[CheckResult, CheckResult]:
    """Return `k` and `unique_share` of a table over its quasi-identifiers."""
    return results_of_sizes(sizes_of(classes(table, quasi_identifiers)), quasi_identifiers, table.name)
