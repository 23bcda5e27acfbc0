"""Age band: a birth date or an age, as a range of years, with the oldest pooled."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field, field_validator

from veil.errors import TransformFailed
from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.dates import DateFormat, date_format, is_dated, timestamps
from veil.transforms.numbers import decimals

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Cells


class AgeBand(Transform):
    """Write `40-44` for an age of 42 and `90+` for 90 and above.

    `as_of` is the day on which the age is taken from a birth date; a bare year means its last day. It is written in the
    policy because a clock would make tomorrow's release differ from today's. Ages over 89 are pooled by default, as the
    HIPAA safe harbor demands (45 CFR 164.514(b)(2)(i)(C)).
    """

    name: ClassVar[str] = "age_band"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls", "order"}))

    width: int = Field(default=5, ge=1, le=50)
    top: int = Field(default=90, ge=1, le=120)
    as_of: datetime.date | None = None
    format: DateFormat = None

    @field_validator("as_of", mode="before")
    @classmethod
    def _day(cls, as_of: Any) -> Any:
        text = str(as_of)
        if isinstance(as_of, (int, str)) and not isinstance(as_of, bool) and len(text) == 4 and text.isascii() and text.isdigit():
            return datetime.date(int(text), 12, 31)
        return datetime.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Write the band of each distinct birth date or age."""
        ages = self._ages_from_dates if is_dated(context.column, self.format) else _ages
        return map_distinct(cells, context, lambda values: self._bands(ages(values, context), context))

    def _ages_from_dates(self, values: list[str], context: Context) -> npt.NDArray[np.int64]:
        if self.as_of is None:
            raise TransformFailed(context.column.name, "a birth date needs `as_of`, the day or year the age is taken on")
        born = timestamps(values, date_format(context.column, self.format), context).dt
        birthday_to_come = (born.month * 100 + born.day) > self.as_of.month * 100 + self.as_of.day
        return np.asarray(self.as_of.year - born.year - birthday_to_come, dtype=np.int64)

    def _bands(self, ages: npt.NDArray[np.int64], context: Context) -> list[str]:
        context.refuse(ages < 0, "born after `as_of`, or a negative age")
        return [self._band(int(age)) for age in ages]

    def _band(self, age: int) -> str:
        if age >= self.top:
            return f"{self.top}+"
        low = age // self.width * self.width
        high = min(low + self.width, self.top) - 1
        return f"{low}-{high}" if low < high else str(low)


def _ages(values: list[str], context: Context) -> npt.NDArray[np.int64]:
    years = decimals(values, context)
    context.refuse([abs(age) > 200 for age in years], "no ages in years")
    return np.array([int(age // 1) if age >= 0 else -1 for age in years], dtype=np.int64)
