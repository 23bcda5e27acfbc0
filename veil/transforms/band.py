"""Band: a number, as the range it lies in."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from veil.transforms.base import Context, Number, Properties, Transform, map_distinct
from veil.transforms.numbers import decimal_mark, decimals, exact

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Band(Transform):
    """Write `20000-29999` for 23456 with `width: 10000`; bands start at `origin` and reach in both directions.

    In a column of integers both ends belong to the band. Elsewhere, or with a broken width, the upper end does not,
    and is written so: `1.5-<2.0`. Below zero the ends are joined by `to`: `-20 to -11`.
    """

    name: ClassVar[str] = "band"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "order"}))

    width: Number = Field(gt=0, allow_inf_nan=False)
    origin: Number = Field(default=0, allow_inf_nan=False)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Write the band of each distinct number."""
        width, origin = exact(self.width), exact(self.origin)
        whole = context.column.type == "integer" and width % 1 == 0 and origin % 1 == 0
        places = max(0, -_exponent(width), -_exponent(origin))
        mark = decimal_mark(context)

        def bands(values: list[str]) -> list[str]:
            numbers = decimals(values, context)
            lows = [((number - origin) / width).to_integral_value(ROUND_FLOOR) * width + origin for number in numbers]
            return [band_label(low, low + width, whole=whole, places=places).replace(".", mark) for low in lows]

        return map_distinct(cells, context, bands)


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def band_label(low: Decimal, end: Decimal, *, whole: bool, places: int) -> str:
    """Write a band; `whole` where both ends belong to it, so that the last number in it is written."""
    if whole:
        return f"{low:.0f}{'-' if low >= 0 else ' to '}{end - 1:.0f}"
    return f"{low:.{places}f}{'-<' if low >= 0 else ' to <'}{end:.{places}f}"
