"""How many rows a family has, as a circuit learns it: a class, by which the families are parted, and how many more than its least.

A tree for each class keeps what goes with many rows and what goes with few, also where several columns tell of it together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from veil.columns import to_numbers
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Codes = npt.NDArray[np.int64]

CLASS, MORE = "(class of size)", "(rows above the least of its class)"
COLUMNS = (Column(CLASS, "category"), Column(MORE, "integer"))
MAX_CLASSES = 6
MIN_FAMILIES = 400


@dataclass(frozen=True)
class Sizes:
    """The least size of each class, rising."""

    least: tuple[int, ...]

    @classmethod
    def fit(cls, sizes: Codes) -> Sizes:
        """Cut sizes between even shares of the families and even shares of their rows, at least 400 families in each class."""
        ordered = np.sort(sizes)
        rows = np.cumsum(ordered)
        even = np.linspace(0, 1, MAX_CLASSES + 1)[1:-1]
        by_family = ordered[(even * len(ordered)).astype(np.int64)]
        by_rows = ordered[np.minimum(np.searchsorted(rows, even * rows[-1]), len(ordered) - 1)]
        least = [int(ordered[0])]
        for cut in np.unique([ordered[0] + 1, *((by_family + by_rows) // 2)]).tolist():
            n_below, n_above = int(((sizes >= least[-1]) & (sizes < cut)).sum()), int((sizes >= cut).sum())
            if n_below >= MIN_FAMILIES and n_above >= MIN_FAMILIES and len(least) < MAX_CLASSES:
                least.append(int(cut))
        return cls(tuple(least))

    def cells(self, sizes: Codes) -> pd.DataFrame:
        """Write sizes as the cells of `COLUMNS`."""
        import pandas as pd

        classes = np.searchsorted(self.least, sizes, side="right") - 1
        more = sizes - np.array(self.least)[classes]
        return pd.DataFrame({CLASS: classes.astype(str), MORE: more.astype(str)}, dtype=object)

    def sizes(self, cells: pd.DataFrame) -> Codes:
        """Read sizes; what is drawn above the sizes of a class stays, so that none is turned into another."""
        classes, more = (to_numbers(cells[name], Column(name, "integer")).astype(np.int64) for name in (CLASS, MORE))
        return np.asarray(np.array(self.least)[classes] + more)
