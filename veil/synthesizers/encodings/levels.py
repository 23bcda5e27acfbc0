"""A column learnt as levels, and what becomes of the values that hardly a row holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from veil.columns import NUMERIC_TYPES
from veil.errors import SynthesisFailed
from veil.model import Column
from veil.synthesizers.encodings.distinct import RARE_ROWS, Distinct, all_known, by_frequency, numbers_of
from veil.synthesizers.encodings.encoded import EncodedColumn

if TYPE_CHECKING:
    import pandas as pd

    from veil.synthesizers.encodings.distinct import Cells, Codes, Level

Rare = Literal["merge", "marker", "replay"]
"""What is written for a value that fewer than five rows hold.

`merge` : a value of the column that at least five rows hold, drawn by frequency. No person's own value is ever written.
`marker` : `[rare]`. Nor is it here, and it shows where; but no row of the original holds the marker.
`replay` : one of the rare values, drawn by frequency and apart from the rest of its row. It still tells that somebody had it.
"""

MARKER = "[rare]"
MIN_DISTINCT = 21
MAX_DISTINCT_SHARE = 0.8
MAX_DISTINCT_TEXTS_SHARE = 0.5


@dataclass(frozen=True)
class LevelColumn:
    """A column learnt as levels, the most frequent first. The pool, if there is one, is the last code.

    Attributes
    ----------
    pool, pool_rows : what the pooled level may be written as, and how often.
    pools_others : whether a cell that is no level belongs to the pool, though `pool` does not list it.
    rare_rows : how many rows hold a value that fewer than five do.
    column : of a column of few different numbers: a rare one takes the level of the nearest.
    """

    name: str
    levels: tuple[Level, ...] = field(repr=False)
    pool: tuple[str, ...] = field(default=(), repr=False)
    pool_rows: tuple[int, ...] = field(default=(), repr=False)
    pools_others: bool = False
    column: Column | None = None
    rare_rows: int = 0

    @property
    def n_codes(self) -> int:
        """Number of levels, the pool counting as one."""
        return len(self.levels) + bool(self.pool)

    def encode(self, cells: pd.Series[Any]) -> EncodedColumn:
        """Return the level of each cell; a cell that was not there when fitted is refused, unless rare ones are pooled unseen."""
        distinct = Distinct.of(cells)
        known: dict[Level, int] = {} if self.pools_others else dict.fromkeys(self.pool, len(self.levels))
        known |= {level: code for code, level in enumerate(self.levels)}
        codes = np.array([known.get(value, -1) for value in distinct.values], dtype=np.int64)
        others = [place for place, value in enumerate(distinct.values) if value and codes[place] < 0]
        codes[others] = self._others([distinct.values[place] for place in others])
        return EncodedColumn(self.name, self.n_codes, all_known(self.name, codes[distinct.places]))

    def _others(self, values: list[Level]) -> Codes:
        """Return the codes of filled cells that are no level: that of the nearest number, or the pool's, or -1."""
        if self.column is None:
            return np.full(len(values), len(self.levels) if self.pools_others else -1)
        numbers, levels = numbers_of(values, self.column), numbers_of(self.levels, self.column)
        order = np.argsort(levels, kind="stable")[: int(np.isfinite(levels).sum())]  # null and empty come last, and are left out
        between = (levels[order][1:] + levels[order][:-1]) / 2
        return np.where(np.isfinite(numbers), order[np.searchsorted(between, numbers)], -1)

    def decode(self, encoded: EncodedColumn, rng: np.random.Generator) -> Cells:
        """Return cells; `rng` draws among what the pool may be written as."""
        cells = np.array([*self.levels, None], dtype=object)[encoded.codes]
        pooled = np.flatnonzero(encoded.codes == len(self.levels))
        if pooled.size:
            shares = np.array(self.pool_rows) / sum(self.pool_rows)
            cells[pooled] = np.array(self.pool, dtype=object)[rng.choice(len(self.pool), pooled.size, p=shares)]
        return cells

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value; `TableEncoder.from_json` reads it."""
        column = {"name": self.name, "type": self.column.type, "format": self.column.format} if self.column else None
        return {"learnt_as": "levels", "name": self.name, "levels": list(self.levels), "pool": list(self.pool),
                "pool_rows": list(self.pool_rows), "pools_others": self.pools_others, "column": column,
                "rare_rows": self.rare_rows}  # fmt: skip


def fit_levels(counted: dict[Level, int], column: Column, max_levels: int, rare: Rare) -> LevelColumn:
    """Decide what becomes of each cell.

    Raises
    ------
    SynthesisFailed : nearly all values differ, or fewer than five rows hold each and they are not to be replayed.
    """
    if rare not in get_args(Rare):
        raise SynthesisFailed(f"rare values cannot be treated as asked; say one of {', '.join(get_args(Rare))}")
    filled = by_frequency(counted, [value for value in counted if value])
    _refuse_texts(column, len(filled), sum(counted[value] for value in filled))
    scarce = {value for value in filled if counted[value] < RARE_ROWS}
    n_rare = sum(counted[value] for value in scarce)
    surplus = [value for value in filled[max_levels - 1 :] if value not in scarce]
    if column.type in NUMERIC_TYPES and len(scarce) < len(filled) and np.isfinite(numbers_of(filled, column)).all():
        gone = {*scarce, *surplus}
        kept = by_frequency(counted, [value for value in counted if value not in gone])
        return LevelColumn(column.name, tuple(kept), column=Column(column.name, column.type, column.format), rare_rows=n_rare)
    pool = [*surplus, *by_frequency(counted, scarce)]
    if column.type == "boolean" or rare == "replay":
        pool = pool if len(pool) > 1 else []
        return _pooled(column, counted, pool, {value: counted[value] for value in pool}, n_rare, pools_others=False)
    written = {value: counted[value] for value in surplus}
    if scarce:
        written |= _stand_ins(column, counted, scarce, surplus, rare)
    elif len(surplus) == 1:
        pool, written = [], {}
    return _pooled(column, counted, pool, written, n_rare, pools_others=bool(written))


def _stand_ins(
    column: Column, counted: dict[Level, int], scarce: set[Level], surplus: list[Level], rare: Rare
) -> dict[Level, int]:
    """Return what is written for rare values beside the surplus of frequent ones, and how often."""
    if rare == "marker":
        return {MARKER: sum(counted[value] for value in scarce)}
    if surplus:
        return {}
    frequent: dict[Level, int] = {value: rows for value, rows in counted.items() if value and value not in scarce}
    if not frequent:
        raise SynthesisFailed(f"column `{column.name}`: fewer than {RARE_ROWS} rows hold each of its values, which cannot be "
                              "learnt without repeating them; generalize or leave out the column, or say `rare: replay`")
    return frequent


def _pooled(
    column: Column, counted: dict[Level, int], pool: list[Level], written: dict[Level, int], n_rare: int, *, pools_others: bool
) -> LevelColumn:
    pooled = set(pool)
    kept = tuple(by_frequency(counted, [value for value in counted if value not in pooled]))
    cells = tuple(value for value in written if value is not None)
    return LevelColumn(column.name, kept, cells, tuple(written[value] for value in cells), pools_others, None, n_rare)


def _refuse_texts(column: Column, n_distinct: int, n_rows: int) -> None:
    share = MAX_DISTINCT_TEXTS_SHARE if column.type in ("text", "json") else MAX_DISTINCT_SHARE
    if n_distinct > max(MIN_DISTINCT, share * n_rows):
        raise SynthesisFailed(f"column `{column.name}`: {n_distinct} different values in {n_rows} rows cannot be learnt; "
                              "regenerate or leave out the column, or generalize it first")
