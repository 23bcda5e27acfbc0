"""Microaggregate: a number, as the mean of the few that are nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from veil.columns import render_dates
from veil.errors import TransformFailed, few
from veil.transforms.base import Context, Properties, Transform, Whole, map_distinct
from veil.transforms.dates import date_format, is_dated, timestamps
from veil.transforms.numbers import ARITHMETIC, decimals, places_of, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from veil.transforms.base import Cells


class Microaggregate(Transform):
    """Sort the column's numbers, cut them into groups of at least `size` rows, and write each group's mean or median.

    Equal numbers stay together, so what a cell becomes does not depend on its row. The mean is exact, then rounded half to even
    in the column's format; dates are averaged in days, or seconds where they have a time. Source: Defays and Nanopoulos 1993.
    """

    name: ClassVar[str] = "microaggregate"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "format", "order"}))

    size: int = Field(default=5, ge=3, le=1_000_000)
    by: Literal["mean", "median"] = "mean"

    @property
    def needs_whole(self) -> bool:
        """The groups are those of the whole column."""
        return True

    def fit(self, whole: Whole, context: Context) -> Mapping[str, str]:
        """Return what each distinct cell becomes."""
        counts = whole.counts()
        counts = counts[~counts.index.isin(["", *context.null_values])]
        rows = counts.to_numpy(dtype=np.int64)
        if len(rows) and int(rows.sum()) < self.size:
            told = few(int(rows.sum()))
            raise TransformFailed(context.column.name, f"`size: {self.size}` in a column that has {told} values; drop the column")
        cells = list(counts.index)
        numbers = _numbers(cells, context)
        order = sorted(range(len(cells)), key=numbers.__getitem__)
        return dict(zip((cells[place] for place in order), self._averaged(order, numbers, rows, context), strict=True))

    def _averaged(self, order: Sequence[int], numbers: Sequence[Fraction], rows: Any, context: Context) -> list[str]:
        counts = [int(rows[place]) for place in order]
        ordered = [numbers[place] for place in order]
        middle = _mean if self.by == "mean" else _median
        middles: list[Fraction] = []
        for start, end in _groups(ordered, counts, self.size):
            middles += [middle(ordered[start:end], counts[start:end])] * (end - start)
        return _written(middles, context)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Write the group's mean or median."""
        becomes: Mapping[str, str] = context.fitted
        return map_distinct(cells, context, lambda values: [becomes[value] for value in values])


def _numbers(cells: list[str], context: Context) -> list[Fraction]:
    if is_dated(context.column, None):
        stamps = timestamps(cells, date_format(context.column, None), context)
        return [Fraction(int(stamp)) for stamp in stamps.to_numpy().astype("datetime64[s]").astype(np.int64)]
    if places_of(context) is None:
        raise TransformFailed(context.column.name, f"a {context.column.type} column has no mean; only numbers and dates have")
    return [Fraction(number) for number in decimals(cells, context)]


def _groups(numbers: Sequence[Fraction], counts: Sequence[int], size: int) -> list[tuple[int, int]]:
    """Return the first place of each group and the first after it: at least `size` rows each, equal numbers never apart."""
    borders, start, held, left = [], 0, 0, sum(counts)
    for place, (number, count) in enumerate(zip(numbers, counts, strict=True)):
        if held >= size and left >= size and number != numbers[place - 1]:
            borders.append((start, place))
            start, held = place, 0
        held, left = held + count, left - count
    return [*borders, (start, len(numbers))] if numbers else []


def _mean(numbers: Sequence[Fraction], counts: Sequence[int]) -> Fraction:
    return sum((number * count for number, count in zip(numbers, counts, strict=True)), Fraction(0)) / sum(counts)


def _median(numbers: Sequence[Fraction], counts: Sequence[int]) -> Fraction:
    upto = np.cumsum(counts)
    low, high = (int(np.searchsorted(upto, place, side="right")) for place in ((upto[-1] - 1) // 2, upto[-1] // 2))
    return (numbers[low] + numbers[high]) / 2


def _written(middles: Sequence[Fraction], context: Context) -> list[str]:
    if is_dated(context.column, None):
        return _dates(middles, context)
    # Rounded once, from the exact fraction: a fraction cut to many digits first could be rounded the other way.
    grid = 10 ** (places_of(context) or 0)
    rounded = [Decimal(round(middle * grid)) for middle in middles]
    return written([ARITHMETIC.divide(number, Decimal(grid)) for number in rounded], context)


def _dates(middles: Sequence[Fraction], context: Context) -> list[str]:
    import pandas as pd

    unit = 86_400 if context.column.type == "date" else 1
    seconds = np.array([round(middle / unit) * unit for middle in middles], dtype=np.int64)
    text: list[str] = list(render_dates(pd.Series(seconds.astype("datetime64[s]")), date_format(context.column, None)))
    return text
