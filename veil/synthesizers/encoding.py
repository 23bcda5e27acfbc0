"""Cells to what a synthesizer learns, and back: every column becomes levels, numbers, or numbers with a few levels.

A column of numbers or dates with more than 20 distinct values is learnt as numbers. Null, the empty string and every
spike (a value that more than 5 % of the rows hold, such as 0) are levels beside the numbers. Every other column is levels.
Null and the empty string are two different levels.

Two rules keep a single record's value from standing out, and the width of a one-hot matrix bounded: levels that fewer
than 5 rows hold share one pooled level, and a column has at most `max_levels` levels, the rarest others being pooled. The
pool decodes by drawing among its members by their frequency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, from_numbers, to_numbers
from veil.errors import SynthesisFailed, UnknownColumn
from veil.model import Column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Level = str | None
    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MAX_LEVELS = 150
RARE_ROWS = 5
MIN_DISTINCT_NUMBERS = 21
SPIKE_SHARE = 0.05
MAX_DISTINCT_SHARE = 0.5


@dataclass(frozen=True)
class EncodedColumn:
    """A column as numbers: a level per row, and a number where the level says so.

    Attributes
    ----------
    codes : (n_rows,) level of each row, in [0, n_codes).
    n_codes : number of levels.
    numbers : (n_rows,) without NaN; None for a column of levels. A number counts only in the rows whose code is the last
        one, `n_codes - 1`; it is the column's lowest number elsewhere.
    """

    name: str
    codes: Codes = field(repr=False)
    n_codes: int
    numbers: Floats | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LevelColumn:
    """A column learnt as levels. The pool's code is `len(levels)`; there is none where the pool is empty."""

    name: str
    levels: tuple[Level, ...] = field(repr=False)
    pool: tuple[str, ...] = field(default=(), repr=False)
    pool_rows: tuple[int, ...] = field(default=(), repr=False)

    @property
    def n_codes(self) -> int:
        """Number of levels, the pool counting as one."""
        return len(self.levels) + bool(self.pool)

    def encode(self, cells: pd.Series[Any]) -> EncodedColumn:
        known: dict[Level, int] = {level: code for code, level in enumerate(self.levels)}
        known.update(dict.fromkeys(self.pool, len(self.levels)))
        return EncodedColumn(self.name, _lookup(self.name, cells, known), self.n_codes)

    def decode(self, encoded: EncodedColumn, rng: np.random.Generator) -> npt.NDArray[np.object_]:
        cells = np.array([*self.levels, None], dtype=object)[encoded.codes]
        pooled = np.flatnonzero(encoded.codes == len(self.levels))
        if pooled.size:
            shares = np.array(self.pool_rows) / sum(self.pool_rows)
            cells[pooled] = np.array(self.pool, dtype=object)[rng.choice(len(self.pool), pooled.size, p=shares)]
        return cells

    def to_json(self) -> dict[str, Any]:
        return {"learnt_as": "levels", "name": self.name, "levels": list(self.levels), "pool": list(self.pool),
                "pool_rows": list(self.pool_rows)}


@dataclass(frozen=True)
class NumberColumn:
    """A column learnt as numbers, with levels for null, empty and spikes. Numbers are decoded inside [low, high]."""

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
        """Number of levels, "a number" being the last."""
        return len(self.levels) + 1

    def encode(self, cells: pd.Series[Any]) -> EncodedColumn:
        numbers = to_numbers(cells, self.column)
        known = {level: code for code, level in enumerate(self.levels)}
        codes = _lookup(self.name, cells.where(np.isfinite(numbers) & ~cells.isin(self.levels).to_numpy(), None), known) \
            if False else _number_codes(self, cells, numbers, known)
        is_number = codes == len(self.levels)
        return EncodedColumn(self.name, codes, self.n_codes, np.where(is_number, numbers, self.low))

    def decode(self, encoded: EncodedColumn, rng: np.random.Generator) -> npt.NDArray[np.object_]:
        assert encoded.numbers is not None
        cells = np.array([*self.levels, None], dtype=object)[encoded.codes]
        is_number = encoded.codes == len(self.levels)
        numbers = np.clip(encoded.numbers[is_number], self.low, self.high)
        cells[is_number] = from_numbers(numbers, self.column).to_numpy(dtype=object)
        return cells

    def to_json(self) -> dict[str, Any]:
        column = {"name": self.name, "type": self.column.type, "format": self.column.format}
        return {"learnt_as": "numbers", "column": column, "levels": list(self.levels), "low": self.low, "high": self.high}
