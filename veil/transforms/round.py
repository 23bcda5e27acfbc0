"""Round: a number, with fewer places, to a multiple, or to significant digits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, model_validator

from veil.transforms.base import Context, Number, Properties, Transform, map_distinct
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
        return map_distinct(cells, context, lambda values: written(self._rounded(decimals(values, context), context), context))

    def _rounded(self, numbers: Sequence[Decimal], context: Context) -> list[Decimal]:
        if self.digits is not None:
            return [_to_digits(number, self.digits) for number in numbers]
        grid = Decimal(1).scaleb(-(self.places or 0)) if self.to is None else writable(self.to, context, "to")
        return [to_multiple(number, grid) for number in numbers]


def to_multiple(number: Decimal, grid: Decimal) -> Decimal:
    """Return the multiple of `grid` nearest to the number; half way, the even one."""
    return ARITHMETIC.multiply(ARITHMETIC.divide(number, grid).to_integral_value(context=ARITHMETIC), grid)


def _to_digits(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), context=ARITHMETIC) if number else number
