"""Keep: leave a column as it is, with the reason on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from veil.transforms.base import Context, Properties, Transform

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Keep(Transform):
    """Return the cells unchanged. Doing nothing is a decision, so `reason` must say why."""

    name: ClassVar[str] = "keep"
    properties: ClassVar[Properties] = Properties(
        "keep",
        injective=True,
        reversible=True,
        keeps=frozenset({"nulls", "length", "format", "order", "intervals", "equality"}),
    )

    reason: str = Field(pattern=r"\S")

    def apply(self, cells: Cells, context: Context) -> Cells:  # noqa: ARG002 - one signature for all
        """Copy the cells."""
        return cells.copy()
