"""Dates of a row that never come before its time, or never after: learnt as how far off they are, so that they never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from veil.columns import from_numbers, to_numbers
from veil.model import Column
from veil.synthesizers.sequences.axis import DAY

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Offsets:
    """The columns that are learnt as offsets from the time of `order`, in their own unit."""

    order: Column
    columns: tuple[Column, ...]

    @classmethod
    def fit(cls, table: pd.DataFrame, columns: Sequence[Column], times: Floats, order: Column) -> Offsets:
        """Look for dates that are on one side of the rows' times."""
        found = cls(order, ())
        if order.type not in ("date", "datetime"):
            return found
        dates = [column for column in columns if column.type in ("date", "datetime") and column.name != order.name]
        return cls(order, tuple(column for column in dates if found._is_one_sided(table, column, times)))

    def _is_one_sided(self, table: pd.DataFrame, column: Column, times: Floats) -> bool:
        cells = table[column.name]
        off = to_numbers(cells, column) - self._base(times, column)
        off = off[np.isfinite(off)]
        readable = len(off) == int((cells.notna() & (cells != "")).sum())
        return readable and len(off) > 0 and bool((off >= 0).all() or (off <= 0).all())

    def written(self, table: pd.DataFrame, times: Floats) -> pd.DataFrame:
        """Return the table with these columns as offsets."""
        off = {column.name: self._cells(table[column.name], to_numbers(table[column.name], column) - self._base(times, column))
               for column in self.columns}  # fmt: skip
        return table.assign(**off)

    def read(self, table: pd.DataFrame, times: Floats) -> pd.DataFrame:
        """Return the table with these columns as dates again."""
        cells = {}
        for column in self.columns:
            off = to_numbers(table[column.name], _offset(column))
            dates = from_numbers(off + self._base(times, column), column)
            cells[column.name] = dates.where(np.isfinite(off), table[column.name].to_numpy(dtype=object))
        return table.assign(**cells)

    def learnt(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Return the columns as they are learnt."""
        names = {column.name for column in self.columns}
        return tuple(_offset(column) if column.name in names else column for column in columns)

    def _base(self, times: Floats, column: Column) -> Floats:
        if column.type == self.order.type:
            return times
        return times * DAY if column.type == "datetime" else np.floor(times / DAY)

    @staticmethod
    def _cells(cells: pd.Series[str], off: Floats) -> pd.Series[str]:
        written = from_numbers(off, Column("", "integer"))
        return written.set_axis(cells.index).where(np.isfinite(off), cells)


def _offset(column: Column) -> Column:
    return replace(column, type="integer", format=None)
