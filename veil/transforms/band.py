"""Band: a number, as the range it lies in."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from veil.transforms.base import Context, Number, Properties, Transform, map_distinct
from veil.transforms.grid import MAX_DIGITS, read_grid
from veil.transforms.numbers import ARITHMETIC, decimal_mark, decimals, exact, places_of

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

        def label(low: Decimal) -> str:
            return band_label(low, low + width, whole=whole, places=places).replace(".", mark)

        def bands(values: list[str]) -> list[str]:
            numbered = _numbered(values, width, origin, context)
            if numbered is not None:
                codes, bands = numbered
                return [*map([label(band * width + origin) for band in bands].__getitem__, codes)]
            numbers = decimals(values, context)
            lows = (((number - origin) / width).to_integral_value(ROUND_FLOOR) * width + origin for number in numbers)
            return [label(low) for low in lows]

        return map_distinct(cells, context, bands)


def _numbered(values: list[str], width: Decimal, origin: Decimal, context: Context) -> tuple[list[int], list[int]] | None:
    """Return which band each number lies in, and the distinct bands counted from the origin; None if not all on the grid."""
    numbers = read_grid(values, context)
    steps = [ARITHMETIC.scaleb(number, places_of(context) or 0) for number in (width, origin)]
    if numbers is None or any(step % 1 or abs(step) >= 10**MAX_DIGITS for step in steps):
        return None
    bands, codes = np.unique((numbers - int(steps[1])) // int(steps[0]), return_inverse=True)
    return codes.tolist(), bands.tolist()


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def band_label(low: Decimal, end: Decimal, *, whole: bool, places: int) -> str:
    """Write a band; `whole` where both ends belong to it, so that the last number in it is written."""
    if whole:
        return f"{low:.0f}{'-' if low >= 0 else ' to '}{end - 1:.0f}"
    return f"{low:.{places}f}{'-<' if low >= 0 else ' to <'}{end:.{places}f}"
