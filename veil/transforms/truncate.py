"""Truncate: the beginning of a date's period, the first characters of a text, a number down to a step."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field, model_validator

from veil.columns import render_dates
from veil.errors import TransformFailed
from veil.transforms.base import Context, Number, Properties, Transform, map_distinct
from veil.transforms.dates import DateFormat, date_format, timestamps
from veil.transforms.grid import MAX_DIGITS, mapped, units_of
from veil.transforms.numbers import ARITHMETIC, decimals, writable, written

if TYPE_CHECKING:
    from veil.transforms.base import Cells

PERIODS: Final = {"year": "Y", "quarter": "Q", "month": "M", "week": "W-SUN", "day": "D", "hour": "h"}

HIDDEN: Final = "*"


class Truncate(Transform):
    """Write the first day of a date's period (`to: month`), the `first` characters of a text, or a number down to a `step`.

    The format of dates and numbers is kept: `08/04/1966` truncated to its month is `01/04/1966`; weeks begin on Monday. A text of
    no more than `first` characters would stay whole, so it is hidden; `short: keep` leaves it. A date on the first day of its
    period stays as it is: for dates of birth take `date_part`.
    """

    name: ClassVar[str] = "truncate"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls"}))

    to: Literal["year", "quarter", "month", "week", "day", "hour"] | None = None
    first: int | None = Field(default=None, ge=1, le=1000)
    step: Number | None = Field(default=None, gt=0, allow_inf_nan=False)
    short: Literal["hide", "keep"] = "hide"
    format: DateFormat = None

    @model_validator(mode="after")
    def _says_one(self) -> Truncate:
        if sum(way is not None for way in (self.to, self.first, self.step)) != 1:
            raise ValueError("give one of `to` (dates), `first` (texts) and `step` (numbers)")
        if self.format is not None and self.to is None:
            raise ValueError("`format` is for dates; give `to` with it")
        return self

    @property
    def declared(self) -> Properties:
        """Dates and numbers keep their format and order, texts do not."""
        if self.first is not None:
            return self.properties
        return Properties("generalize", keeps=frozenset({"nulls", "format", "order"}))

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Truncate each distinct value."""
        if self.first is not None:
            return map_distinct(cells, context, lambda values: [self._beginning(value) for value in values])
        truncated = self._dates if self.to is not None else self._numbers
        return map_distinct(cells, context, lambda values: truncated(values, context))

    def _beginning(self, value: str) -> str:
        return value[: self.first] if len(value) > (self.first or 0) or self.short == "keep" else HIDDEN

    def _numbers(self, values: list[str], context: Context) -> list[str]:
        step = writable(self.step or 1, context, "step")
        units = units_of(step, context)
        if not 0 < units < 10**MAX_DIGITS:
            return written([_down(number, step) for number in decimals(values, context)], context)
        return mapped(values, context, lambda numbers: numbers // units * units, lambda number: _down(number, step))

    def _dates(self, values: list[str], context: Context) -> list[str]:
        pattern = date_format(context.column, self.format)
        if self.to in ("day", "hour") and not re.search("%-?[HI]", pattern):
            raise TransformFailed(context.column.name, f"`to: {self.to}` in a column of days changes nothing; say `to: week`")
        begun: list[str] = list(render_dates(beginnings(timestamps(values, pattern, context), self.to or "day"), pattern))
        return begun


def _down(number: Decimal, step: Decimal) -> Decimal:
    return ARITHMETIC.multiply(ARITHMETIC.divide(number, step).to_integral_value(ROUND_FLOOR, ARITHMETIC), step)


def beginnings(stamps: Any, period: str) -> Any:
    """Return the first moment of the period that each timestamp lies in."""
    import pandas as pd

    if period in ("day", "hour"):
        return stamps.dt.floor(PERIODS[period])
    begun = stamps.dt.floor("D").astype("datetime64[s]")
    if period == "week":
        return begun - pd.to_timedelta(begun.dt.weekday, unit="D")
    return begun.dt.to_period(PERIODS[period]).dt.to_timestamp()
