"""What is declared of columns: which levels there are, or between which numbers cells lie. That is public and costs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.columns import NUMERIC_TYPES, factorize, to_numbers
from veil.errors import SynthesisFailed, few
from veil.model import Column

if TYPE_CHECKING:
    import pandas as pd

    Level = str | None

LEVEL_KEYS, NUMBER_KEYS = frozenset({"levels", "other"}), frozenset({"low", "high", "outside"})


@dataclass(frozen=True)
class Declared:
    """A column's domain. Null and the empty cell always belong to it.

    Attributes
    ----------
    levels : the cells of a column of levels; empty for one of numbers.
    other : the level that every other cell is counted as; without it a table with another cell is refused.
    low, high : the bounds of a column of numbers or dates.
    clip : a number outside is counted at the nearest bound; otherwise a table with one is refused.
    """

    levels: tuple[str, ...] = field(default=(), repr=False)
    other: str | None = field(default=None, repr=False)
    low: float = field(default=0.0, repr=False)
    high: float = field(default=0.0, repr=False)
    clip: bool = False


def read_domain(domain: Mapping[str, Any], columns: Sequence[Column]) -> dict[str, Declared]:
    """Read declared domains: per column a list of levels, `{levels, other}`, or `{low, high, outside: refuse | clip}`.

    Raises
    ------
    SynthesisFailed : a column that is not learnt, an unknown key, no level, a level twice, or bounds that make no range.
    """
    by_name = {column.name: column for column in columns}
    unknown = [name for name in domain if name not in by_name]
    if unknown:
        raise SynthesisFailed(f"domain: column `{unknown[0]}` is not learnt; name one of the learnt columns")
    return {name: _read(by_name[name], value) for name, value in domain.items()}


def _read(column: Column, value: Any) -> Declared:
    place = f"domain of `{column.name}`"
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = {"levels": value}
    keys = set(value) if isinstance(value, Mapping) else set()
    if keys >= {"levels"} and keys <= LEVEL_KEYS:
        return _read_levels(place, list(value["levels"]), value.get("other"))
    if keys >= {"low", "high"} and keys <= NUMBER_KEYS:
        return _read_bounds(place, column, value)
    raise SynthesisFailed(f"{place}: give a list of levels, `levels` and `other`, or `low`, `high` and `outside`")


def _read_levels(place: str, levels: list[Any], other: Any) -> Declared:
    if not levels or not all(isinstance(level, str) for level in [*levels, other or ""]):
        raise SynthesisFailed(f"{place}: give at least one level, and each as a text")
    if len({*levels}) < len(levels):
        raise SynthesisFailed(f"{place}: a level is there twice; name each once")
    named = [level for level in levels if level]
    return Declared(levels=tuple(dict.fromkeys([*named, other] if other else named)), other=other or None)


def _read_bounds(place: str, column: Column, value: Mapping[str, Any]) -> Declared:
    import pandas as pd

    if column.type not in NUMERIC_TYPES:
        raise SynthesisFailed(f"{place}: it holds no numbers and no dates; give its levels instead of bounds")
    outside = value.get("outside", "refuse")
    low, high = to_numbers(pd.Series([str(value["low"]), str(value["high"])], dtype=object), column).tolist()
    if outside not in ("refuse", "clip") or not low <= high:
        raise SynthesisFailed(f"{place}: `low` must not be above `high`, both written as the column's cells are ({column.type}); "
                              "`outside` is `refuse` or `clip`")
    return Declared(low=low, high=high, clip=outside == "clip")


def require_within(cells: pd.Series[Any], column: Column, declared: Declared | None, numbers: bool) -> None:
    """Refuse a column with cells that its domain does not have, before anything is told of any row.

    That a table is refused is not private: whoever sees it learns that such a cell is there. Nothing is released then.
    """
    codes, distinct = factorize(cells.to_numpy(dtype=object))
    rows = np.bincount(codes[codes >= 0], minlength=len(distinct))
    wrong = np.array([cell != "" for cell in distinct], dtype=bool)
    if numbers:
        import pandas as pd

        read = to_numbers(pd.Series(distinct, dtype=object), column) if len(distinct) else np.empty(0)
        if (wrong & ~np.isfinite(read)).any():
            n_wrong = int(rows[wrong & ~np.isfinite(read)].sum())
            raise SynthesisFailed(f"column `{column.name}`: {few(n_wrong)} cells are not of type {column.type}; declare its "
                                  "levels in `domain`")
        if declared is None or declared.clip:
            return
        wrong &= (read < declared.low) | (read > declared.high)
    elif declared is None or declared.other is not None:
        return
    else:
        known = set(declared.levels)
        wrong &= np.array([cell not in known for cell in distinct], dtype=bool)
    if wrong.any():
        way = "`outside: clip`" if numbers else "an `other` level"
        raise SynthesisFailed(f"column `{column.name}`: {few(int(rows[wrong].sum()))} cells are outside its declared domain; "
                              f"declare them too, or {way}")
