"""Mask: hide characters of a value, leaving its length and, by choice, a few of its ends."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, field_validator

from veil.transforms.base import Context, Properties, Transform, map_distinct

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Mask(Transform):
    """Replace letters, digits and whatever else carries meaning by `char`, except the first `keep_first` and last `keep_last`.

    Values with no more such characters than are kept are hidden whole: otherwise they would stay as they are. Spaces and
    punctuation stay, so that the shape of a value can still be seen.
    """

    name: ClassVar[str] = "mask"
    properties: ClassVar[Properties] = Properties("suppress", keeps=frozenset({"nulls", "length", "format"}))

    char: str = Field(default="*", min_length=1, max_length=1)
    keep_first: int = Field(default=0, ge=0)
    keep_last: int = Field(default=0, ge=0)

    @field_validator("char")
    @classmethod
    def _tells_nothing(cls, char: str) -> str:
        if char.isspace() or not char.isprintable():
            raise ValueError("`char` must be visible")
        return char

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Mask each distinct value."""
        return map_distinct(cells, context, lambda values: [self._masked(value) for value in values])

    def _masked(self, value: str) -> str:
        return masked(value, self.char, keep_first=self.keep_first, keep_last=self.keep_last)


def masked(value: str, char: str, *, keep_first: int, keep_last: int = 0) -> str:
    """Return the value with all telling characters hidden but the first and last few of them."""
    places = [place for place, sign in enumerate(value) if _tells(sign)]
    kept = keep_first + keep_last
    open_places = set(places[:keep_first] + places[len(places) - keep_last :]) if kept < len(places) else set()
    hidden = set(places) - open_places
    return "".join(char if place in hidden else sign for place, sign in enumerate(value))


def _tells(sign: str) -> bool:
    """Return False for spaces, punctuation and plain symbols; combining marks, pictures and controls can spell a name."""
    category = unicodedata.category(sign)
    return category[0] in "LMNC" or category == "So"
