"""The distinct values of a column with their counts, as Arrow holds them: millions of them without a Python object each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Counts:
    """The distinct values of a column that are not null, and how many rows hold each.

    Parameters
    ----------
    values : large strings, each once; the empty string may be among them.
    rows : int64, as long as `values`, at least 1 each.
    """

    values: pa.ChunkedArray = field(repr=False)
    rows: npt.NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def n_rows(self) -> int:
        """How many rows hold a value."""
        return int(self.rows.sum())

    def without(self, cells: Collection[str]) -> Counts:
        """Return the counts of all values but these."""
        left_out = pc.is_in(self.values, pa.array(sorted(cells), pa.large_string()))
        if not pc.any(left_out).as_py():
            return self
        kept = pc.invert(left_out)
        return Counts(self.values.filter(kept), self.rows[np.asarray(kept)])

    @cached_property
    def filled(self) -> Counts:
        """The counts of all values but the empty string."""
        return self.without([""])

    @cached_property
    def ranking(self) -> npt.NDArray[np.int64]:
        """The places of the values by descending count, those of equal count by text: an order that does not depend on theirs."""
        if not len(self) or self.rows.min() == self.rows.max():
            return np.asarray(pc.sort_indices(self.values)).astype(np.int64)
        table = pa.table({"rows": self.rows, "values": self.values})
        return np.asarray(pc.sort_indices(table, sort_keys=[("rows", "descending"), ("values", "ascending")])).astype(np.int64)


def counts_of(counts: Counts | pd.Series[Any]) -> Counts:
    """Return counts as Arrow holds them.

    Parameters
    ----------
    counts : as they are, or a series whose index are the distinct values.
    """
    if isinstance(counts, Counts):
        return counts
    values = pa.chunked_array([pa.array([str(value) for value in counts.index], pa.large_string())])
    return Counts(values, counts.to_numpy(dtype=np.int64))
