"""Cells to what a synthesizer learns, and back: every column becomes levels, or numbers with a few levels beside them.

A column of numbers or dates with more than 20 distinct values is learnt as numbers. Null, the empty string and every
spike (a value that more than 5 % of the rows hold, such as 0) are levels beside the numbers. Every other column is levels.
Null and the empty string are two different levels, absent where the rows have them absent together (`absences.py`). A number is
written where the rows' own numbers can lie (`lattice.py`).

Two rules bound the width of a one-hot matrix and keep a single record's value from being tied to its row: levels that
fewer than 5 rows hold share one pooled level, and a column has at most `max_levels` levels, the rarest others being
pooled too. What the pool is written as is the choice of `rare` (`levels.py`); by default no value of fewer than 5 rows is ever
written. Rare numbers take the level of the nearest, or are learnt as numbers. Null and empty are never pooled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES
from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column
from veil.synthesizers.encodings.absences import Absences
from veil.synthesizers.encodings.distinct import RARE_ROWS, Distinct
from veil.synthesizers.encodings.encoded import EncodedColumn
from veil.synthesizers.encodings.lattice import Lattice
from veil.synthesizers.encodings.levels import LevelColumn, Rare, fit_levels
from veil.synthesizers.encodings.numbers import NumberColumn, fit_numbers

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

__all__ = ["MAX_LEVELS", "RARE_ROWS", "EncodedColumn", "LevelColumn", "NumberColumn", "Rare", "TableEncoder", "rows_to_learn"]

MAX_LEVELS = 150
SPIKE_SHARE = 0.05


@dataclass(frozen=True)
class TableEncoder:
    """How each column of a table is learnt, in the table's column order. Holds cells: never log its JSON."""

    columns: tuple[LevelColumn | NumberColumn, ...]
    absences: Absences = field(default_factory=Absences, repr=False)

    @classmethod
    def fit(
        cls, table: pd.DataFrame, columns: Sequence[Column], *, max_levels: int = MAX_LEVELS, spike_share: float = SPIKE_SHARE,
        rare: Rare = "merge",
    ) -> TableEncoder:  # fmt: skip
        """Look at a table of strings and None and decide how each of `columns` is learnt.

        Parameters
        ----------
        max_levels : most levels of a column.
        spike_share : share of the rows above which a value of a column of numbers is a level beside the numbers.
        rare : what is written for a value that fewer than five rows hold.

        Raises
        ------
        UnknownColumn : a column that `table` does not have.
        SynthesisFailed : no row, no column, or a column whose values are nearly all different, which cannot be learnt.
        """
        absent = [column.name for column in columns if column.name not in table.columns]
        if absent:
            raise UnknownColumn(f"column `{absent[0]}` is to be learnt but the table does not have it")
        if not columns or not len(table):
            raise SynthesisFailed(f"nothing to learn: {len(columns)} columns, {len(table)} rows; give at least one of each")
        fitted = tuple(_fit_column(table[column.name], column, max_levels, spike_share, rare) for column in columns)
        absent = [column.name for column in fitted if None in column.levels or "" in column.levels]
        return cls(fitted, Absences.fit(table, absent))

    @property
    def table_columns(self) -> tuple[Column, ...]:
        """The columns of the table that matter to conditions: a column of levels is a category, unless they are numbers."""
        return tuple(each.column or Column(each.name, "category") for each in self.columns)

    @property
    def rare_rows(self) -> dict[str, int]:
        """How many rows of each column hold a value that fewer than five rows do, where there are any; to be told."""
        return {each.name: each.rare_rows for each in self.columns if isinstance(each, LevelColumn) and each.rare_rows}

    def encode(self, table: pd.DataFrame) -> tuple[EncodedColumn, ...]:
        """Return the table without strings, one value per column."""
        return tuple(column.encode(table[column.name]) for column in self.columns)

    def decode(self, encoded: Sequence[EncodedColumn], rng: np.random.Generator) -> pd.DataFrame:
        """Return cells, strings and None, in the columns' order and formats; `rng` draws what is not told by the codes."""
        import pandas as pd

        levels = {column.name: column.levels for column in self.columns}
        by_name = self.absences.drawn({column.name: column for column in encoded}, levels, rng)
        cells = {column.name: column.decode(by_name[column.name], rng) for column in self.columns}
        return pd.DataFrame(cells, columns=[column.name for column in self.columns], dtype=object, copy=False)

    def to_json(self) -> list[dict[str, Any]]:
        """Return a JSON value that holds the levels, which are cells of the table."""
        return [*(column.to_json() for column in self.columns), {"learnt_as": "absences", "groups": self.absences.to_json()}]

    @classmethod
    def from_json(cls, value: Sequence[Mapping[str, Any]]) -> TableEncoder:
        """Read what `to_json` returned."""
        absences = [Absences.from_json(each["groups"]) for each in value if each["learnt_as"] == "absences"]
        columns = tuple(_column_from_json(each) for each in value if each["learnt_as"] != "absences")
        return cls(columns, *absences)


def rows_to_learn(n_rows: int, most: int, rng: np.random.Generator) -> npt.NDArray[np.int64] | None:
    """Return which rows of a larger table are learnt from, in order; None for all. Encode these only: the rest costs as much."""
    if n_rows <= most:
        return None
    return np.sort(rng.choice(n_rows, most, replace=False)).astype(np.int64)


def _column_from_json(value: Mapping[str, Any]) -> LevelColumn | NumberColumn:
    levels, column = tuple(value["levels"]), value["column"] and Column(**value["column"])
    if value["learnt_as"] == "levels":
        pool, rows = tuple(value["pool"]), tuple(value["pool_rows"])
        return LevelColumn(value["name"], levels, pool, rows, value["pools_others"], column, value["rare_rows"])
    lattice = Lattice.from_json(value["lattice"]) if value["lattice"] else None
    return NumberColumn(column, levels, value["low"], value["high"], lattice)


def _fit_column(
    cells: pd.Series[Any], column: Column, max_levels: int, spike_share: float, rare: Rare
) -> LevelColumn | NumberColumn:
    counted = Distinct.of(cells).counted()
    numbers = fit_numbers(counted, column, spike_share) if column.type in NUMERIC_TYPES else None
    return numbers or fit_levels(counted, column, max_levels, rare)
