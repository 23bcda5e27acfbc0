"""Date part: leave the year, quarter, month or weekday of a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.dates import DateFormat, date_format, timestamps

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class DatePart(Transform):
    """Write `1966`, `1966-Q2`, `1966-04` or `Friday` for a date, whatever its format was."""

    name: ClassVar[str] = "date_part"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls"}))

    part: Literal["year", "quarter", "month", "weekday"]
    format: DateFormat = None

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Generalize each distinct date."""
        pattern = date_format(context.column, self.format)
        return map_distinct(cells, context, lambda values: self._parts(timestamps(values, pattern, context)))

    def _parts(self, stamps: Cells) -> list[str]:
        if self.part == "weekday":
            return list(map(_WEEKDAYS.__getitem__, stamps.dt.weekday))
        parts = zip(stamps.dt.year, stamps.dt.quarter, stamps.dt.month, strict=True)
        if self.part == "year":
            return [f"{year:04d}" for year, _, _ in parts]
        if self.part == "quarter":
            return [f"{year:04d}-Q{quarter}" for year, quarter, _ in parts]
        return [f"{year:04d}-{month:02d}" for year, _, month in parts]


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
