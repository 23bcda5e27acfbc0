"""Mask: hide characters of a value, leaving its length and, by choice, a few of its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from veil.transforms.base import Context, Properties, Transform, map_distinct

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Mask(Transform):
    """Replace letters and digits by `char`, except the first `keep_first` and last `keep_last` of them.

    Values with no more letters and digits than are kept are hidden whole: otherwise they would stay as they are.
    """

    name: ClassVar[str] = "mask"
    properties: ClassVar[Properties] = Properties("suppress", keeps=frozenset({"nulls", "length", "format"}))

    char: str = Field(default="*", min_length=1, max_length=1)
    keep_first: int = Field(default=0, ge=0)
    keep_last: int = Field(default=0, ge=0)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Mask each distinct value."""
        return map_distinct(cells, context, lambda values: [self._masked(value) for value in values])

    def _masked(self, value: str) -> str:
        places = [place for place, char in enumerate(value) if char.isalnum()]
        kept = self.keep_first + self.keep_last
        open_places = set(places[: self.keep_first] + places[len(places) - self.keep_last :]) if kept < len(places) else set()
        return "".join(self.char if char.isalnum() and place not in open_places else char for place, char in enumerate(value))
