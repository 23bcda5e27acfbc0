"""The distinct values of a column with their counts, as Arrow holds them: millions of them without a Python object each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
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
        if not cells:
            return self
        kept = pc.invert(pc.is_in(self.values, pa.array(sorted(cells), pa.large_string())))
        return Counts(self.values.filter(kept), self.rows[np.asarray(kept)])

    def ranked(self) -> pa.ChunkedArray:
        """Return the values by descending count, those of equal count by text: an order that does not depend on this one."""
        table = pa.table({"rows": self.rows, "values": self.values})
        return self.values.take(pc.sort_indices(table, sort_keys=[("rows", "descending"), ("values", "ascending")]))


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
