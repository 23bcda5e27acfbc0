"""Top and bottom coding: pool the extremes, which single people out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, model_validator

from veil.columns import from_numbers
from veil.errors import TransformFailed
from veil.transforms.base import Context, Number, Properties, Transform, map_distinct
from veil.transforms.numbers import decimals, exact

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class TopBottom(Transform):
    """Write `top` for every number above it and `bottom` for every number below; the rest stays byte for byte.

    The bounds are declared, never taken from the data: a quantile of one drop is another in the next.
    """

    name: ClassVar[str] = "top_bottom"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "format", "order"}))

    bottom: Number | None = Field(default=None, allow_inf_nan=False)
    top: Number | None = Field(default=None, allow_inf_nan=False)

    @model_validator(mode="after")
    def _bounds_hold(self) -> TopBottom:
        if self.bottom is None and self.top is None:
            raise ValueError("give `bottom`, `top` or both")
        if self.bottom is not None and self.top is not None and self.bottom >= self.top:
            raise ValueError("`bottom` must be less than `top`")
        return self

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Pool the extremes of the distinct numbers."""
        bottom = None if self.bottom is None else (exact(self.bottom), _written(self.bottom, context))
        top = None if self.top is None else (exact(self.top), _written(self.top, context))

        def pooled(values: list[str]) -> list[str]:
            numbers = decimals(values, context)
            if bottom is not None:
                values = [bottom[1] if number < bottom[0] else value for value, number in zip(values, numbers, strict=True)]
            if top is not None:
                values = [top[1] if number > top[0] else value for value, number in zip(values, numbers, strict=True)]
            return values

        return map_distinct(cells, context, pooled)


def _written(bound: Number, context: Context) -> str:
    if context.column.type not in ("integer", "decimal"):
        return f"{exact(bound):f}"
    text = str(from_numbers(np.array([bound], dtype=np.float64), context.column).iloc[0])
    if exact(text.replace(",", ".")) != exact(bound):  # type: ignore[arg-type]
        raise TransformFailed(context.column.name, f"the bound {bound} cannot be written in the column's format")
    return text
