"""Cells to what a synthesizer learns, and back: every column becomes levels, or numbers with a few levels beside them.

A column of numbers or dates with more than 20 distinct values is learnt as numbers. Null, the empty string and every
spike (a value that more than 5 % of the rows hold, such as 0) are levels beside the numbers. Every other column is levels.
Null and the empty string are two different levels.

Two rules bound the width of a one-hot matrix and keep a single record's value from being tied to its row: levels that
fewer than 5 rows hold share one pooled level, and a column has at most `max_levels` levels, the rarest others being
pooled too. The pool decodes by drawing among its members by their frequency. Null and empty are never pooled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, factorize, from_numbers, to_numbers
from veil.errors import SynthesisFailed, UnknownColumn, few
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Level = str | None
    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Cells = npt.NDArray[np.object_]

MAX_LEVELS = 150
RARE_ROWS = 5
MIN_DISTINCT_NUMBERS = 21
SPIKE_SHARE = 0.05
MAX_DISTINCT_SHARE = 0.8
MAX_DISTINCT_TEXTS_SHARE = 0.5


@dataclass(frozen=True)
class EncodedColumn:
    """A column without strings: a level per row, and a number in the rows whose level says so.

    Attributes
    ----------
    codes : (n_rows,) the level of each row, in [0, n_codes).
    n_codes : number of levels.
    numbers : (n_rows,) without NaN, counting only in rows whose code is the last one, `n_codes - 1`, and the column's
        lowest number elsewhere; None for a column that is levels only.
    """

    name: str
    n_codes: int
    codes: Codes = field(repr=False)
    numbers: Floats | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LevelColumn:
    """A column learnt as levels, the most frequent first. The pool, if there is one, is the last code."""

    name: str
    levels: tuple[Level, ...] = field(repr=False)
    pool: tuple[str, ...] = field(default=(), repr=False)
    pool_rows: tuple[int, ...] = field(default=(), repr=False)

    @property
    def n_codes(self) -> int:
        """Number of levels, the pool counting as one."""
        return len(self.levels) + bool(self.pool)

    def encode(self, cells: pd.Series[Any]) -> EncodedColumn:
        """Return the level of each cell; a cell that was not there when fitted is refused."""
        known: dict[Level, int] = {level: code for code, level in enumerate(self.levels)}
        known.update(dict.fromkeys(self.pool, len(self.levels)))
        distinct, places = _distinct(cells)
        codes = np.array([known.get(value, -1) for value in distinct], dtype=np.int64)
        return EncodedColumn(self.name, self.n_codes, _all_known(self.name, codes[places]))

    def decode(self, encoded: EncodedColumn, rng: np.random.Generator) -> Cells:
        """Return cells; `rng` draws among the pooled levels."""
        cells = np.array([*self.levels, None], dtype=object)[encoded.codes]
        pooled = np.flatnonzero(encoded.codes == len(self.levels))
        if pooled.size:
            shares = np.array(self.pool_rows) / sum(self.pool_rows)
            cells[pooled] = np.array(self.pool, dtype=object)[rng.choice(len(self.pool), pooled.size, p=shares)]
        return cells

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value; `column_from_json` reads it."""
        return {"learnt_as": "levels", "name": self.name, "levels": list(self.levels), "pool": list(self.pool),
                "pool_rows": list(self.pool_rows)}


@dataclass(frozen=True)
class NumberColumn:
    """A column learnt as numbers in [low, high], with levels for null, empty and spikes. "A number" is the last code."""

    column: Column
    levels: tuple[Level, ...] = field(repr=False)
    low: float = field(repr=False)
    high: float = field(repr=False)

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    @property
    def n_codes(self) -> int:
        """Number of levels, "a number" counting as one."""
        return len(self.levels) + 1

    def encode(self, cells: pd.Series[Any]) -> EncodedColumn:
        """Return level and number of each cell; a cell that is neither a number nor a known level is refused."""
        distinct, places = _distinct(cells)
        numbers = _numbers(distinct, self.column)
        known = {level: code for code, level in enumerate(self.levels)}
        codes = np.where(np.isfinite(numbers), len(self.levels), -1)
        for place, value in enumerate(distinct):
            codes[place] = known.get(value, codes[place])
        numbers = np.where(codes == len(self.levels), numbers, self.low)
        return EncodedColumn(self.name, self.n_codes, _all_known(self.name, codes[places]), numbers[places])

    def decode(self, encoded: EncodedColumn, _: np.random.Generator) -> Cells:
        """Return cells, numbers clipped to the learnt range and written in the column's format."""
        assert encoded.numbers is not None
        cells = np.array([*self.levels, None], dtype=object)[encoded.codes]
        number = encoded.codes == len(self.levels)
        clipped = np.clip(encoded.numbers[number], self.low, self.high)
        cells[number] = from_numbers(clipped, self.column).to_numpy(dtype=object)
        return cells

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value; `column_from_json` reads it."""
        column = {"name": self.name, "type": self.column.type, "format": self.column.format}
        return {"learnt_as": "numbers", "column": column, "levels": list(self.levels), "low": self.low, "high": self.high}


@dataclass(frozen=True)
class TableEncoder:
    """How each column of a table is learnt, in the table's column order. Holds cells: never log its JSON."""

    columns: tuple[LevelColumn | NumberColumn, ...]

    @classmethod
    def fit(
        cls, table: pd.DataFrame, columns: Sequence[Column], *, max_levels: int = MAX_LEVELS, spike_share: float = SPIKE_SHARE
    ) -> TableEncoder:
        """Look at a table of strings and None and decide how each of `columns` is learnt.

        Parameters
        ----------
        max_levels : most levels of a column.
        spike_share : share of the rows above which a value of a column of numbers is a level beside the numbers.

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
        return cls(tuple(_fit_column(table[column.name], column, max_levels, spike_share) for column in columns))

    @property
    def table_columns(self) -> tuple[Column, ...]:
        """The columns of the table that matter to conditions: a column of levels is a category."""
        return tuple(each.column if isinstance(each, NumberColumn) else Column(each.name, "category") for each in self.columns)

    def encode(self, table: pd.DataFrame) -> tuple[EncodedColumn, ...]:
        """Return the table without strings, one value per column."""
        return tuple(column.encode(table[column.name]) for column in self.columns)

    def decode(self, encoded: Sequence[EncodedColumn], rng: np.random.Generator) -> pd.DataFrame:
        """Return cells, strings and None, in the columns' order and formats; `rng` draws among pooled levels."""
        import pandas as pd

        by_name = {column.name: column for column in encoded}
        cells = {column.name: column.decode(by_name[column.name], rng) for column in self.columns}
        return pd.DataFrame(cells, columns=[column.name for column in self.columns], dtype=object)

    def to_json(self) -> list[dict[str, Any]]:
        """Return a JSON value that holds the levels, which are cells of the table."""
        return [column.to_json() for column in self.columns]

    @classmethod
    def from_json(cls, value: Sequence[Mapping[str, Any]]) -> TableEncoder:
        """Read what `to_json` returned."""
        return cls(tuple(_column_from_json(column) for column in value))


def _column_from_json(value: Mapping[str, Any]) -> LevelColumn | NumberColumn:
    levels = tuple(value["levels"])
    if value["learnt_as"] == "levels":
        return LevelColumn(value["name"], levels, tuple(value["pool"]), tuple(value["pool_rows"]))
    return NumberColumn(Column(**value["column"]), levels, value["low"], value["high"])


def _fit_column(cells: pd.Series[Any], column: Column, max_levels: int, spike_share: float) -> LevelColumn | NumberColumn:
    distinct, places = _distinct(cells)
    rows = np.bincount(places, minlength=len(distinct))
    counted = {value: int(n) for value, n in zip(distinct, rows, strict=True) if n}
    numbers = _fit_numbers(counted, column, spike_share) if column.type in NUMERIC_TYPES else None
    return numbers or _fit_levels(counted, column, max_levels)


def _fit_numbers(counted: Mapping[Level, int], column: Column, spike_share: float) -> NumberColumn | None:
    """Return None where the column is better learnt as levels: few distinct numbers, or cells that are no numbers."""
    n_rows = sum(counted.values())
    levels = tuple(value for value in _by_frequency(counted) if not value or counted[value] > spike_share * n_rows)
    numbers = _numbers([value for value in counted if value not in levels], column)
    if not np.isfinite(numbers).all() or len(np.unique(numbers)) < MIN_DISTINCT_NUMBERS:
        return None
    low, high = float(numbers.min()), float(numbers.max())
    if column.type != "decimal":
        low, high = float(np.ceil(low)), float(np.floor(high))
    return NumberColumn(column, levels, low, high) if low < high else None


def _fit_levels(counted: Mapping[Level, int], column: Column, max_levels: int) -> LevelColumn:
    filled = [value for value in _by_frequency(counted) if value]
    n_filled = sum(counted[value] for value in filled)
    share = MAX_DISTINCT_TEXTS_SHARE if column.type in ("text", "json") else MAX_DISTINCT_SHARE
    if len(filled) > max(MIN_DISTINCT_NUMBERS, share * n_filled):
        raise SynthesisFailed(f"column `{column.name}`: {len(filled)} different values in {n_filled} rows cannot be learnt; "
                              "regenerate or leave out the column, or generalize it first")
    pool = [value for place, value in enumerate(filled) if place >= max_levels - 1 or counted[value] < RARE_ROWS]
    pool = pool if len(pool) > 1 else []
    pooled = set(pool)
    kept = tuple(value for value in _by_frequency(counted) if value not in pooled)
    return LevelColumn(column.name, kept, tuple(pool), tuple(counted[value] for value in pool))


def _by_frequency(counted: Mapping[Level, int]) -> list[Level]:
    return sorted(counted, key=lambda value: (-counted[value], value is not None, value or ""))


def _distinct(cells: pd.Series[Any]) -> tuple[list[Level], Codes]:
    """Return the distinct cells, None last and always there, and the place of each row's cell among them."""
    places, values = factorize(cells.to_numpy(dtype=object))
    return [*values, None], np.where(places < 0, len(values), places).astype(np.int64)


def _numbers(values: Sequence[Level], column: Column) -> Floats:
    import pandas as pd

    return to_numbers(pd.Series([value or None for value in values], dtype=object), column)


def _all_known(name: str, codes: Codes) -> Codes:
    unknown = int((codes < 0).sum())
    if unknown:
        raise SynthesisFailed(f"column `{name}`: {few(unknown)} rows hold values that the fitted table did not; fit again")
    return codes
