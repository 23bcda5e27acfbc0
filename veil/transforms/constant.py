"""Constant: one value for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from veil.transforms.base import Context, Properties, Transform, map_distinct

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Constant(Transform):
    """Replace every value by `value`; nulls stay, so whether there was a value remains visible."""

    name: ClassVar[str] = "constant"
    properties: ClassVar[Properties] = Properties("suppress", keeps=frozenset({"nulls"}))

    value: str

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Write the constant over each value."""
        return map_distinct(cells, context, lambda values: [self.value] * len(values))
