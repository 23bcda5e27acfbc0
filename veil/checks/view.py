"""One typed view of the tables that are compared: every column as numbers or as codes, with the same codes in all tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, to_numbers
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int64]

N_BINS = 10


@dataclass(frozen=True)
class View:
    """A table as arrays of n_rows each.

    Attributes
    ----------
    columns : the columns that were learnt, in table order.
    n_rows : rows of this table.
    numbers : float64 per numeric column (dates as days, datetimes as seconds); null and unreadable cells are NaN.
    codes : int64 in [0, n_levels) per column: the level of a discrete column, the bin of a numeric one. Null is the
        last level, also where no cell is null.
    n_levels : levels per column, the null level included; the same for all views made together.
    """

    columns: tuple[Column, ...]
    n_rows: int
    numbers: Mapping[str, Floats] = field(repr=False)
    codes: Mapping[str, Codes] = field(repr=False)
    n_levels: Mapping[str, int] = field(repr=False)

    @property
    def numeric(self) -> tuple[str, ...]:
        """Names of the numeric columns, dates and datetimes included."""
        return tuple(column.name for column in self.columns if column.type in NUMERIC_TYPES)

    @property
    def discrete(self) -> tuple[str, ...]:
        """Names of the columns that hold levels."""
        return tuple(column.name for column in self.columns if column.type not in NUMERIC_TYPES)


def shared_views(columns: tuple[Column, ...], *tables: pd.DataFrame) -> tuple[View, ...]:
    """Return a view per table, with codes that mean the same in all of them.

    Parameters
    ----------
    columns : the columns to look at; every table has them.
    tables : strings and None. The first one, the original, sets the bins: 10 of equal width over its range, open at
        both ends, as SDMetrics makes them for its pair trends.
    """
    numbers: list[dict[str, Floats]] = [{} for _ in tables]
    codes: list[dict[str, Codes]] = [{} for _ in tables]
    n_levels: dict[str, int] = {}
    for column in columns:
        cells = [table[column.name] for table in tables]
        if column.type in NUMERIC_TYPES:
            read = [to_numbers(series, column) for series in cells]
            for of_table, values in zip(numbers, read, strict=True):
                of_table[column.name] = values
            coded, n_levels[column.name] = bin_numbers(read)
        else:
            coded, n_levels[column.name] = level_codes(cells)
        for codes_of_table, values_coded in zip(codes, coded, strict=True):
            codes_of_table[column.name] = values_coded
    return tuple(View(columns, len(table), numbers[i], codes[i], n_levels) for i, table in enumerate(tables))


def bin_numbers(numbers: list[Floats], n_bins: int = N_BINS) -> tuple[list[Codes], int]:
    """Return bins of equal width over the first array's range, open at both ends; NaN is the last level."""
    known = numbers[0][~np.isnan(numbers[0])]
    inner = np.linspace(known.min(), known.max(), n_bins + 1)[1:-1] if known.size else np.empty(0)
    return [np.where(np.isnan(values), n_bins, np.digitize(values, inner)).astype(np.int64) for values in numbers], n_bins + 1


def level_codes(cells: list[pd.Series[Any]]) -> tuple[list[Codes], int]:
    """Return codes by order of first appearance over all series; null is the last level."""
    import pandas as pd

    codes, levels = pd.factorize(np.concatenate([series.to_numpy(dtype=object) for series in cells]))
    codes = np.where(codes < 0, len(levels), codes).astype(np.int64)
    return np.split(codes, np.cumsum([len(series) for series in cells])[:-1]), len(levels) + 1


def row_codes(columns: tuple[Column, ...], *tables: pd.DataFrame) -> list[Codes]:
    """Return one code per row: two rows of any tables have the same code exactly if all their cells are equal."""
    lengths = [len(table) for table in tables]
    rows = np.zeros(sum(lengths), dtype=np.int64)
    for column in columns:
        codes, n_levels = level_codes([table[column.name] for table in tables])
        rows = np.unique(rows * n_levels + np.concatenate(codes), return_inverse=True)[1].astype(np.int64)
    return np.split(rows, np.cumsum(lengths)[:-1])
