"""Round: a number, with fewer places, to a multiple, or to significant digits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, model_validator

from veil.transforms.base import Context, Number, Properties, Transform, map_distinct
from veil.transforms.grid import MAX_DIGITS, half_even, mapped, units_of
from veil.transforms.numbers import ARITHMETIC, decimals, writable, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veil.transforms.base import Cells


class Round(Transform):
    """Round to `places` decimal places (negative: to tens, hundreds), to a multiple of `to`, or to significant `digits`.

    A number half way goes to the even neighbor, so that sums do not drift. The column's format is kept: in a column of
    cents, 1.57 rounded to one place is written `1.60`.
    """

    name: ClassVar[str] = "round"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "format", "order"}))

    places: int | None = Field(default=None, ge=-30, le=30)
    to: Number | None = Field(default=None, gt=0, allow_inf_nan=False)
    digits: int | None = Field(default=None, ge=1, le=30)

    @model_validator(mode="after")
    def _says_one(self) -> Round:
        if sum(way is not None for way in (self.places, self.to, self.digits)) != 1:
            raise ValueError("give one of `places`, `to` (a multiple) and `digits` (significant ones)")
        return self

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Round each distinct number."""
        if self.digits is not None:
            digits = self.digits
            return map_distinct(cells, context, lambda values: _to_digits(values, digits, context))
        multiple = Decimal(1).scaleb(-(self.places or 0)) if self.to is None else writable(self.to, context, "to")
        return map_distinct(cells, context, lambda values: _to_multiple(values, multiple, context))


def _to_multiple(values: Sequence[str], multiple: Decimal, context: Context) -> list[str]:
    step = units_of(multiple, context)
    if not 0 < step < 10**MAX_DIGITS:
        return written([_nearest(number, multiple) for number in decimals(values, context)], context)
    return mapped(values, context, lambda numbers: half_even(numbers, step) * step, lambda number: _nearest(number, multiple))


def _nearest(number: Decimal, multiple: Decimal) -> Decimal:
    return ARITHMETIC.multiply(ARITHMETIC.divide(number, multiple).to_integral_value(context=ARITHMETIC), multiple)


def _to_digits(values: Sequence[str], digits: int, context: Context) -> list[str]:
    numbers = decimals(values, context)
    grids = (Decimal(1).scaleb(number.adjusted() - digits + 1) for number in numbers)
    return written([number.quantize(grid, context=ARITHMETIC) for number, grid in zip(numbers, grids, strict=True)], context)
