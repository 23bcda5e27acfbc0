"""Mask: hide characters of a value, leaving its length and, by choice, a few of its ends."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, ClassVar, Final

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
    hidden = value.translate(_HIDING)
    if 0 < keep_first + keep_last < hidden.count(_HIDDEN):
        start, end = _end_of(hidden, keep_first), len(value) - _end_of(hidden[::-1], keep_last)
        return value[:start] + hidden[start:end].replace(_HIDDEN, char) + value[end:]
    return hidden.replace(_HIDDEN, char)


def _end_of(hidden: str, count: int) -> int:
    """Return the first place after so many hidden characters."""
    place = -1
    for _ in range(count):
        place = hidden.index(_HIDDEN, place + 1)
    return place + 1


def _tells(sign: str) -> bool:
    """Return False for spaces, punctuation and plain symbols; combining marks, pictures and controls can spell a name."""
    category = unicodedata.category(sign)
    return category[0] in "LMNC" or category == "So"


_HIDDEN: Final = "\ufdd0"
"""A noncharacter stands for what is hidden while ends are looked for: one that a value holds is hidden too."""


class _Hiding(dict[int, int]):
    """What each character becomes, found out when it is first met."""

    def __missing__(self, code: int) -> int:
        self[code] = ord(_HIDDEN) if _tells(chr(code)) else code
        return self[code]


_HIDING: Final = _Hiding()
