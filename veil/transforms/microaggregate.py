"""Microaggregate: a number, as the mean of the few that are nearest to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from veil.columns import render_dates
from veil.errors import TransformFailed, few
from veil.transforms.anonymity.mdav import Neighbors
from veil.transforms.base import Context, Properties, Transform, Whole, map_distinct, present, replaced
from veil.transforms.dates import date_format, is_dated, timestamps
from veil.transforms.grid import half_even, units, write_grid
from veil.transforms.numbers import ARITHMETIC, places_of, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from veil.transforms.base import Cells

    Integers = npt.NDArray[np.int64]


class Microaggregate(Transform):
    """Sort the column's numbers, cut them into groups of at least `size` rows, and write each group's mean or median.

    Equal numbers stay together, so what a cell becomes does not depend on its row. The mean is exact, then rounded half to even
    in the column's format; dates are averaged in days, or seconds where they have a time. Source: Defays and Nanopoulos 1993.

    Columns that name the same `group` are averaged over the same rows, those nearest to one another in all of them (MDAV), for
    tables of up to 65,536 rows.
    """

    name: ClassVar[str] = "microaggregate"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "format", "order"}))

    size: int = Field(default=5, ge=3, le=1_000_000)
    by: Literal["mean", "median"] = "mean"
    group: str | None = Field(default=None, min_length=1)

    @property
    def needs_whole(self) -> bool:
        """The groups are those of the whole column."""
        return True

    @property
    def declared(self) -> Properties:
        """Grouped with other columns, the order of the numbers of one of them is lost."""
        return self.properties if self.group is None else Properties("generalize", keeps=frozenset({"nulls", "format"}))

    def fit(self, whole: Whole, context: Context) -> Mapping[str, str] | Averages:
        """Return what each distinct cell becomes, or each row where columns are grouped together."""
        if self.group is not None:
            name = f"microaggregate {self.group}"
            neighbors: Neighbors = whole.shared.setdefault(name, Neighbors(self.size, whole.frame, _numbers))
            neighbors.add(self.size, context)
            return Averages(neighbors)
        counts = whole.counts()
        counts = counts[~counts.index.isin(["", *context.null_values])]
        rows = counts.to_numpy(dtype=np.int64)
        self._require_enough(int(rows.sum()), context)
        numbers = _numbers(list(counts.index), context)
        order = np.argsort(numbers, kind="stable")
        written = self._averaged(numbers[order], rows[order], context)
        return dict(zip(np.asarray(counts.index, dtype=object)[order], written, strict=True))

    def _require_enough(self, n_rows: int, context: Context) -> None:
        if 0 < n_rows < self.size:
            reason = f"`size: {self.size}` in a column that has {few(n_rows)} values; drop the column"
            raise TransformFailed(context.column.name, reason)

    def _averaged(self, numbers: Any, rows: Integers, context: Context) -> list[str]:
        starts = _starts(numbers, rows, self.size)
        middles = (_means if self.by == "mean" else _medians)(numbers, rows, starts) if len(starts) else numbers
        lengths = np.diff(np.append(starts, len(numbers)))
        return _written(np.repeat(middles, lengths), context)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Write the group's mean or median."""
        if self.group is not None:
            return self._by_row(cells, context)
        becomes: Mapping[str, str] = context.fitted
        return map_distinct(cells, context, lambda values: [becomes[value] for value in values])

    def _by_row(self, cells: Cells, context: Context) -> Cells:
        averages: Averages = context.fitted
        groups, numbers = averages.neighbors.groups()
        if "texts" not in averages.known:
            averages.known["texts"] = self._texts(groups[groups >= 0], numbers[context.column.name], context)
        there = present(cells, context).to_numpy(dtype=bool)
        return replaced(cells, there, groups[cells.index.to_numpy()[there]], averages.known["texts"])

    def _texts(self, groups: Integers, numbers: Any, context: Context) -> npt.NDArray[Any]:
        """Return what is written for each group of rows."""
        self._require_enough(len(groups), context)
        if not len(groups):
            return np.zeros(0, dtype=object)
        order = np.lexsort((np.unique(numbers, return_inverse=True)[1], groups))
        starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
        middles = (_means if self.by == "mean" else _medians)(numbers[order], np.ones(len(numbers), dtype=np.int64), starts)
        return np.array(_written(middles, context), dtype=object)


@dataclass(frozen=True)
class Averages:
    """The groups that a column shares with others, and what is written for each of them."""

    neighbors: Neighbors = field(repr=False)
    known: dict[str, Any] = field(default_factory=dict, repr=False)


def _numbers(cells: list[str], context: Context) -> npt.NDArray[Any]:
    """Return integers: units of the format's last place, days, or seconds."""
    if is_dated(context.column, None):
        stamps = timestamps(cells, date_format(context.column, None), context).to_numpy()
        unit = "datetime64[D]" if context.column.type == "date" else "datetime64[s]"
        return np.asarray(stamps.astype(unit).astype(np.int64))
    if places_of(context) is None:
        raise TransformFailed(context.column.name, f"a {context.column.type} column has no mean; only numbers and dates have")
    return units(cells, context)


def _starts(numbers: Any, rows: Integers, size: int) -> Integers:
    """Return the first place of each group of sorted numbers: at least `size` rows each, equal numbers never apart."""
    starts, held, left = [0] if len(rows) else [], 0, int(rows.sum())
    alike = np.append(False, numbers[1:] == numbers[:-1]).tolist()
    for place, count in enumerate(rows.tolist()):
        if held >= size and left >= size and not alike[place]:
            starts.append(place)
            held = 0
        held, left = held + count, left - count
    return np.array(starts, dtype=np.int64)


def _means(numbers: Any, rows: Integers, starts: Integers) -> Any:
    sums_fit = len(numbers) and int(np.abs(numbers).max()) * int(rows.sum()) < 2**62
    sums = np.add.reduceat((numbers if sums_fit else numbers.astype(object)) * rows, starts)
    return half_even(sums, np.add.reduceat(rows, starts))


def _medians(numbers: Any, rows: Integers, starts: Integers) -> Any:
    upto = np.cumsum(rows)
    firsts = np.append(0, upto[starts[1:] - 1])
    lasts = np.append(firsts[1:], upto[-1]) - 1
    low, high = (np.searchsorted(upto, (firsts + lasts + more) // 2, side="right") for more in (0, 1))
    return half_even(numbers[low] + numbers[high], np.full(len(starts), 2))


def _written(middles: Any, context: Context) -> list[str]:
    if is_dated(context.column, None):
        return _dates(middles, context)
    if middles.dtype != object:
        return write_grid(middles, context)
    return written([Decimal(int(middle)).scaleb(-(places_of(context) or 0), ARITHMETIC) for middle in middles], context)


def _dates(middles: Any, context: Context) -> list[str]:
    import pandas as pd

    stamps = middles.astype("datetime64[D]" if context.column.type == "date" else "datetime64[s]").astype("datetime64[s]")
    text: list[str] = list(render_dates(pd.Series(stamps), date_format(context.column, None)))
    return text
