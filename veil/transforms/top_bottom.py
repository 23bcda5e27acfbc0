"""Top and bottom coding: pool the extremes, which single people out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field, model_validator

from veil.errors import TransformFailed
from veil.transforms.base import Context, Number, Properties, Transform, Whole, map_distinct
from veil.transforms.grid import read_grid, units_of
from veil.transforms.numbers import decimals, exact, writable, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veil.transforms.base import Cells

MIN_POOLED: Final = 10
"""A bound that fewer rows lie at or beyond is one of few people's own numbers, and points at them."""


@dataclass(frozen=True)
class Bounds:
    """The bounds that a column's quantiles give."""

    bottom: Decimal | None = field(default=None, repr=False)
    top: Decimal | None = field(default=None, repr=False)


class TopBottom(Transform):
    """Write `top` for every number above it and `bottom` for every number below; the rest stays byte for byte.

    Bounds that are declared stay the same for every drop. `top_quantile: 0.99` takes the number that 99 % of the column's rows do
    not exceed instead, another one in every drop: refused if fewer than ten rows lie at or beyond it.
    """

    name: ClassVar[str] = "top_bottom"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "format", "order"}))

    bottom: Number | None = Field(default=None, allow_inf_nan=False)
    top: Number | None = Field(default=None, allow_inf_nan=False)
    bottom_quantile: float | None = Field(default=None, gt=0, lt=1)
    top_quantile: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _bounds_hold(self) -> TopBottom:
        given = (self.bottom, self.top, self.bottom_quantile, self.top_quantile)
        if all(bound is None for bound in given):
            raise ValueError("give `bottom`, `top` or both, or their quantiles")
        if None not in given[::2] or None not in given[1::2]:
            raise ValueError("give a bound or its quantile, not both")
        if self.bottom is not None and self.top is not None and self.bottom >= self.top:
            raise ValueError("`bottom` must be less than `top`")
        if self.bottom_quantile is not None and self.top_quantile is not None and self.bottom_quantile >= self.top_quantile:
            raise ValueError("`bottom_quantile` must be less than `top_quantile`")
        return self

    @property
    def needs_whole(self) -> bool:
        """Quantiles are those of the whole column."""
        return self.bottom_quantile is not None or self.top_quantile is not None

    def fit(self, whole: Whole, context: Context) -> Bounds:
        """Return the numbers at the quantiles."""
        counts = whole.counts()
        counts = counts[~counts.index.isin(["", *context.null_values])]
        numbers = decimals(list(counts.index), context)
        order = sorted(range(len(numbers)), key=numbers.__getitem__)
        ordered, rows = [numbers[place] for place in order], counts.to_numpy(dtype=np.int64)[order]
        bottom = None if self.bottom_quantile is None else _quantile(ordered, rows, self.bottom_quantile, context)
        if self.top_quantile is None:
            return Bounds(bottom)
        below = 1 - exact(self.top_quantile)
        return Bounds(bottom, _quantile(ordered[::-1], rows[::-1], float(below), context))

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Pool the extremes of the distinct numbers."""
        fitted: Bounds = context.fitted if self.needs_whole else Bounds()
        bottom = fitted.bottom if self.bottom is None else writable(self.bottom, context, "bottom")
        top = fitted.top if self.top is None else writable(self.top, context, "top")
        if bottom is not None and top is not None and bottom > top:
            raise TransformFailed(context.column.name, "the quantile lies beyond the other bound; move one of them")
        return map_distinct(cells, context, lambda values: _pooled(values, bottom, top, context))


def _pooled(values: Sequence[str], bottom: Decimal | None, top: Decimal | None, context: Context) -> list[str]:
    under, over = _beyond(values, bottom, top, context)
    pooled = np.array(values, dtype=object)
    if bottom is not None:
        pooled[under] = written([bottom], context)[0]
    if top is not None:
        pooled[over] = written([top], context)[0]
    text: list[str] = pooled.tolist()
    return text


def _beyond(values: Sequence[str], bottom: Decimal | None, top: Decimal | None, context: Context) -> tuple[Any, Any]:
    """Return which numbers lie below the bottom and which above the top."""
    numbers = read_grid(values, context)
    if numbers is None:
        exactly = decimals(values, context)
        under = [bottom is not None and number < bottom for number in exactly]
        return np.array(under, dtype=bool), np.array([top is not None and number > top for number in exactly], dtype=bool)
    none = np.zeros(len(numbers), dtype=bool)
    low, high = (None if bound is None else units_of(bound, context) for bound in (bottom, top))
    return none if low is None else numbers < low, none if high is None else numbers > high


def _quantile(numbers: Sequence[Decimal], rows: Any, share: float, context: Context) -> Decimal | None:
    """Return the number at the nearest rank of a share of the rows, counted from the first; None if there are no rows."""
    if not numbers:
        return None
    upto = np.cumsum(rows)
    rank = max(1, -int(-Fraction(str(share)) * int(upto[-1]) // 1))
    place = int(np.searchsorted(upto, rank))
    if upto[place] < MIN_POOLED:
        raise TransformFailed(context.column.name, f"fewer than {MIN_POOLED} rows beyond the quantile; declare a bound")
    return numbers[place]
