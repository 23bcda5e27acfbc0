"""A sample of a table's rows, read partition by partition: what is learnt from where the table is larger than memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tasks import store
from veil import rng
from veil.model import Table
from veil.synthesizers.encoding import rows_to_learn

if TYPE_CHECKING:
    import pandas as pd


def sampled_rows(table: Table, most: int, seed: int, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return at most so many rows, in the table's order, without the others ever being in memory together.

    Parameters
    ----------
    seed : which rows; the same for any partitions of the same table.
    columns : all by default.

    Raises
    ------
    UnknownColumn : a name that the table does not have.
    """
    import pandas as pd

    rows = rows_to_learn(table.n_rows, most, rng.generator(seed, "sampled", table.name))
    if rows is None:
        return store.read_table(table, columns)
    ends = np.cumsum([0, *store.partition_rows(table)])
    parts = [
        frame.iloc[rows[np.searchsorted(rows, first) : np.searchsorted(rows, last)] - first]
        for frame, (first, last) in zip(store.read_partitions(table, columns), pairwise(ends.tolist()), strict=True)
    ]
    return pd.concat(parts, ignore_index=True)
