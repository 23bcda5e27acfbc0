"""Token: a keyed pseudonym in letters, fit to be an identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.keys import letters

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Token(Transform):
    """Replace each value by `prefix` and `length` capital consonants.

    No digits, so that a token is never mistaken for a number or holds one by chance; no vowels, so that no words arise.
    A letter is worth 4.32 bits: 19 of them are 82 bits, and two of a billion values meet with a chance of 1 in 10 million.
    """

    name: ClassVar[str] = "token"
    properties: ClassVar[Properties] = Properties(
        "pseudonymize", keyed=True, injective=True, keeps=frozenset({"nulls", "equality"})
    )

    prefix: str = ""
    length: int = Field(default=19, ge=19, le=52)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Draw the letters of each distinct value, in its canonical form."""

        def tokens(values: list[str]) -> list[str]:
            words = context.words(context.keyspace, list(context.canonical_forms(values)), "token")
            return [self.prefix + drawn for drawn in letters(words, self.length)]

        return map_distinct(cells, context, tokens)
