"""Drop: the column leaves the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NoReturn

from veil.errors import TransformFailed
from veil.transforms.base import Context, Properties, Transform

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Drop(Transform):
    """Leave the column out. There are no cells to return: the transform stage removes the column and never calls `apply`."""

    name: ClassVar[str] = "drop"
    properties: ClassVar[Properties] = Properties("suppress")

    def apply(self, cells: Cells, context: Context) -> NoReturn:  # noqa: ARG002 - one signature for all
        """Refuse: a dropped column that reaches this line would have been released."""
        raise TransformFailed(context.column.name, "`drop` has no cells to return; leave the column out of the table")
