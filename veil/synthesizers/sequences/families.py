"""Rows that belong together: a family is a subject with its events, or a parent with its children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Families:
    """Rows family by family, the longest families first, so that those which still go on are always the first ones.

    Attributes
    ----------
    names : (n_families,) which family each is, in the numbers of the owners.
    lengths : (n_families,) rows of each, falling; none is empty.
    rows : (n_rows,) places of the rows in the table, family by family, each in its order.
    """

    names: Codes = field(repr=False)
    lengths: Codes = field(repr=False)
    rows: Codes = field(repr=False)

    @classmethod
    def of(cls, owners: Codes, keys: Sequence[Floats] = ()) -> Families:
        """Sort rows by owner and, inside, by keys, the first key first; ties stay in the table's order."""
        order = np.lexsort((*reversed(keys), owners))
        present, lengths = np.unique(owners, return_counts=True)
        starts = np.cumsum(lengths) - lengths
        by_length = np.argsort(-lengths, kind="stable")
        rows = order[_ranges(starts[by_length], lengths[by_length])]
        return cls(present[by_length], lengths[by_length].astype(np.int64), rows)

    @property
    def starts(self) -> Codes:
        """Return where each family's rows begin in `rows`."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def positions(self) -> Codes:
        """Return how many rows of its family come before each."""
        return np.arange(len(self.rows)) - np.repeat(self.starts, self.lengths)

    def n_active(self, position: int) -> int:
        """Return how many families have a row at a position."""
        return int(np.searchsorted(-self.lengths, -position, side="left"))

    def at(self, position: int) -> Codes:
        """Return where in `rows` the rows at a position are, of the families that have one."""
        return self.starts[: self.n_active(position)] + position

    def drawn(self, max_rows: int, rng: np.random.Generator) -> Codes:
        """Return places of families, drawn: as many as have at most `max_rows` rows, but at least one family."""
        if len(self.rows) <= max_rows:
            return np.arange(len(self.lengths))
        order = rng.permutation(len(self.lengths))
        n_kept = max(int(np.searchsorted(np.cumsum(self.lengths[order]), max_rows, side="right")), 1)
        return np.sort(order[:n_kept])

    def only(self, places: Codes) -> Families:
        """Return the families at rising places."""
        starts, lengths = self.starts[places], self.lengths[places]
        return Families(self.names[places], lengths, self.rows[_ranges(starts, lengths)])


def _ranges(starts: Codes, lengths: Codes) -> Codes:
    """Return the numbers from each start on, as many as its length says."""
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(int(lengths.sum())) + np.repeat(starts - (ends - lengths), lengths), dtype=np.int64)
