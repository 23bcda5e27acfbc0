"""Postcode prefix: leave the region, hide the street."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.mask import masked

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class PostcodePrefix(Transform):
    """Leave the first `keep` letters and digits of a postcode and replace the rest by `*`: `SW1A 1AA` gives `SW** ***`.

    A code with no more than `keep` characters is hidden whole. How many people share a prefix differs by country; a check
    on k tells, this transform does not.
    """

    name: ClassVar[str] = "postcode_prefix"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "length", "format"}))

    keep: int = Field(default=2, ge=1, le=5)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Shorten each distinct postcode."""
        return map_distinct(cells, context, lambda values: [masked(value, "*", keep_first=self.keep) for value in values])
