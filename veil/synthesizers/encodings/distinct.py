"""A column's distinct cells and how many rows hold each: what encoders decide by and work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import factorize, to_numbers
from veil.errors import SynthesisFailed, few
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Level = str | None
    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Cells = npt.NDArray[np.object_]

RARE_ROWS = 5
"""A value that fewer rows hold is a record's own: it is never tied to its row."""


@dataclass(frozen=True)
class Distinct:
    """The distinct cells of a column, None last and always there.

    Attributes
    ----------
    places : (n_rows,) the place of each row's cell in `values`.
    """

    values: list[Level] = field(repr=False)
    places: Codes = field(repr=False)

    @classmethod
    def of(cls, cells: pd.Series[Any]) -> Distinct:
        """Look at the cells of a column: strings and None."""
        places, values = factorize(cells.to_numpy(dtype=object))
        return cls([*values, None], np.where(places < 0, len(values), places).astype(np.int64))

    def counted(self) -> dict[Level, int]:
        """Return how many rows hold each cell that is there."""
        rows = np.bincount(self.places, minlength=len(self.values)).tolist()
        return {value: n for value, n in zip(self.values, rows, strict=True) if n}


def by_frequency(counted: dict[Level, int], values: Iterable[Level]) -> list[Level]:
    """Return values in order, the most frequent first; null before text where as many rows hold them."""
    return sorted(values, key=lambda value: (-counted[value], value is not None, value or ""))


def numbers_of(values: Sequence[Level], column: Column) -> Floats:
    """Return cells as numbers; NaN where a cell is null, empty or no number."""
    import pandas as pd

    return to_numbers(pd.Series([value or None for value in values], dtype=object), column)


def all_known(name: str, codes: Codes) -> Codes:
    """Return the codes, none of which is negative.

    Raises
    ------
    SynthesisFailed : some are; says of how many rows, not what they hold.
    """
    unknown = int((codes < 0).sum())
    if unknown:
        raise SynthesisFailed(f"column `{name}`: {few(unknown)} rows hold values that the fitted table did not; fit again")
    return codes
