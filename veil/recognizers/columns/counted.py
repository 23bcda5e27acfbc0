"""The distinct values of a column with their counts, as Arrow holds them: millions of them without a Python object each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd


PART: Final = 1 << 17


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
        left_out = np.asarray(pc.is_in(self.values, pa.array(sorted(cells), pa.large_string())))
        places = np.flatnonzero(left_out)
        if not len(places):
            return self
        ends = [*places.tolist(), len(self)]
        starts = [0, *(place + 1 for place in places.tolist())]
        kept = [self.values.slice(start, end - start) for start, end in zip(starts, ends, strict=True)]
        values = pa.chunked_array([chunk for part in kept for chunk in part.chunks if len(chunk)], pa.large_string())
        return Counts(values, self.rows[~left_out])

    def texts(self, places: npt.NDArray[np.int64]) -> pa.Array:
        """Return the values at some places, in the order of these. Taking from all chunks at once would copy every value."""
        order = np.argsort(places, kind="stable")
        ascending, taken, start = places[order], [], 0
        for chunk in self.values.chunks:
            low, high = np.searchsorted(ascending, (start, start + len(chunk)))
            if low < high:
                taken.append(chunk.take(pa.array(ascending[low:high] - start)))
            start += len(chunk)
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        return pa.concat_arrays(taken).take(pa.array(back)) if taken else pa.array([], pa.large_string())

    def parts(self) -> Iterator[tuple[pa.ChunkedArray, npt.NDArray[np.int64]]]:
        """Yield the values and their counts in parts of bounded size, so that what is made of them is so too."""
        for at in range(0, len(self), PART):
            yield self.values.slice(at, PART), self.rows[at : at + PART]

    @property
    def filled(self) -> Counts:
        """The counts of all values but the empty string."""
        return self if self._filled is None else self._filled

    @cached_property
    def _filled(self) -> Counts | None:
        """None if that are all of them: counts that hold themselves would stay in memory until garbage is collected."""
        filled = self.without([""])
        return None if filled is self else filled

    def most_frequent(self, size: int) -> npt.NDArray[np.int64]:
        """Return the places of so many values: highest count first, those of equal count by text, whatever order they are in."""
        if not len(self) or not size:
            return np.empty(0, dtype=np.int64)
        last = max(len(self) - size, 0)
        least = self.rows[0] if self.rows.min() == self.rows.max() else np.partition(self.rows, last)[last]
        above, tied = np.flatnonzero(self.rows > least), np.flatnonzero(self.rows == least)
        table = pa.table({"rows": self.rows[above], "values": self.texts(above)})
        ranked = pc.sort_indices(table, sort_keys=[("rows", "descending"), ("values", "ascending")])
        return np.concatenate([above[np.asarray(ranked)], self._first(tied, size - len(above))]).astype(np.int64)

    def _first(self, places: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
        """Return so many of the places, those whose values come first as texts."""
        first = places[:0]
        for at in range(0, len(places), PART):
            first = np.concatenate([first, places[at : at + PART]])
            first = first[np.asarray(pc.select_k_unstable(self.texts(first), min(size, len(first)), [("", "ascending")]))]
        return first


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
