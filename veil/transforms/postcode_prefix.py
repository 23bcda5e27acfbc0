"""Postcode prefix: leave the region, hide the street, and the region too where few people live."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field, model_validator

from veil.transforms.base import Context, Properties, Transform, Whole, map_distinct
from veil.transforms.mask import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from veil.transforms.base import Cells

ZIP3_VERSION: Final = "2000+2010"
"""The censuses that `SPARSE_ZIP3` is from. A change of the table changes outputs: it is in the changelog."""

_CENSUS_2000: Final = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893"  # the 17 of the HIPAA guidance
_CENSUS_2010: Final = "036 059 102 202 203 204 205 369 556 692 753 772 821 823 878 879 884 893"

SPARSE_ZIP3: Final = frozenset(_CENSUS_2000.split()) | frozenset(_CENSUS_2010.split())
"""Regions of three-digit ZIP codes with 20,000 inhabitants or fewer (45 CFR 164.514(b)(2)(i)(B)) by either census."""


class PostcodePrefix(Transform):
    """Leave the first `keep` letters and digits of a postcode and replace the rest by `*`: `SW1A 1AA` gives `SW** ***`.

    A code with no more than `keep` characters is hidden whole. How many people share a prefix differs by country: with
    `country: US`, a ZIP code whose first three digits belong to 20,000 inhabitants or fewer becomes `000**`, and no more than
    three are kept, as the HIPAA safe harbor demands. `min_rows` hides a code whole if fewer rows share its prefix.
    """

    name: ClassVar[str] = "postcode_prefix"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "length", "format"}))

    keep: int = Field(default=2, ge=1, le=5)
    country: Literal["US"] | None = None
    min_rows: int | None = Field(default=None, ge=2, le=1_000_000)

    @model_validator(mode="after")
    def _is_safe_harbor(self) -> PostcodePrefix:
        if self.country == "US" and self.keep > 3:
            raise ValueError("`country: US` keeps three digits at most: the populations of longer prefixes are not known here")
        return self

    @property
    def needs_whole(self) -> bool:
        """With `min_rows` the rows of the whole column are counted."""
        return self.min_rows is not None

    def fit(self, whole: Whole, context: Context) -> frozenset[str]:
        """Return the prefixes that too few rows share."""
        counts = whole.counts()
        counts = counts[~counts.index.isin(["", *context.null_values])]
        rows: Counter[str] = Counter()
        for value, count in zip(counts.index, counts.to_numpy(), strict=True):
            rows[self._prefixed(value)] += int(count)
        return frozenset(prefix for prefix, count in rows.items() if count < (self.min_rows or 0))

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Shorten each distinct postcode."""
        return map_distinct(cells, context, lambda values: self._shortened(values, context))

    def _shortened(self, values: Sequence[str], context: Context) -> list[str]:
        if self.country == "US":
            unlike = [not (value[:5].isascii() and value[:5].isdigit() and len(value) >= 5) for value in values]
            context.refuse(unlike, "no ZIP codes, such as 90210 or 90210-1234; leading zeros must not be lost")
        rare: frozenset[str] = context.fitted if self.min_rows is not None else frozenset()
        prefixes = [self._prefixed(value) for value in values]
        return [masked(prefix, "*", keep_first=0) if prefix in rare else prefix for prefix in prefixes]

    def _prefixed(self, value: str) -> str:
        if self.country == "US" and value[:3] in SPARSE_ZIP3:
            return "0" * self.keep + masked(value[self.keep :], "*", keep_first=0)
        return masked(value, "*", keep_first=self.keep)
