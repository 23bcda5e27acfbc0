"""Null: empty a column but leave it in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from veil.transforms.base import Context, Properties, Transform

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Null(Transform):
    """Replace every cell by null, the empty and the declared null values too."""

    name: ClassVar[str] = "null"
    properties: ClassVar[Properties] = Properties("suppress")

    def apply(self, cells: Cells, context: Context) -> Cells:  # noqa: ARG002 - one signature for all
        """Return as many nulls."""
        import pandas as pd

        return pd.Series([None] * len(cells), index=cells.index, name=cells.name, dtype=object)
